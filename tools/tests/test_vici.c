// SPDX-License-Identifier: GPL-2.0-or-later
/* VICI's packets, against octets as the protocol's description has them. */
#include "../lib/vici.h"

#include <stdio.h>
#include <stdlib.h>

#include "tap.h"

/* The example of the description, as the answer to a command. */
static const uint8_t example[] = {
	/* length, CMD_RESPONSE */
	0, 0, 0, 78, 1,
	/* key1 = value1 */
	3, 4, 'k', 'e', 'y', '1', 0, 6, 'v', 'a', 'l', 'u', 'e', '1',
	/* section1 { */
	1, 8, 's', 'e', 'c', 't', 'i', 'o', 'n', '1',
	/* sub-section { */
	1, 11, 's', 'u', 'b', '-', 's', 'e', 'c', 't', 'i', 'o', 'n',
	/* key2 = value2 */
	3, 4, 'k', 'e', 'y', '2', 0, 6, 'v', 'a', 'l', 'u', 'e', '2',
	/* } */
	2,
	/* list1 = [ item1, item2 ] */
	4, 5, 'l', 'i', 's', 't', '1', 5, 0, 5, 'i', 't', 'e', 'm', '1', 5, 0,
	5, 'i', 't', 'e', 'm', '2', 6,
	/* } */
	2
};

static const uint8_t register_log[] = { 0, 0, 0, 5, 3, 3, 'l', 'o', 'g' };

static struct span behind_length(struct span octets)
{
	return span_of(octets.data + 4, octets.len - 4);
}

static void decodes(void)
{
	struct setting *root, *section, *list;
	struct span name;
	struct err err;
	uint8_t type;

	CHECK(!vici_decode(behind_length(SPAN(example)), &type, &name, &root,
			   &err));
	CHECK(type == VICI_CMD_RESPONSE && !name.len);
	CHECK_TEXT(setting_text(root, "key1", ""), "value1");
	section = setting_find(root, "section1");
	CHECK_TEXT(setting_text(setting_find(section, "sub-section"), "key2",
				""),
		   "value2");
	list = setting_find(section, "list1");
	CHECK(list->kind == SETTING_LIST);
	CHECK_TEXT((const char *)list->first->data, "item1");
	CHECK_TEXT((const char *)list->first->next->data, "item2");
	CHECK(!list->first->next->next);
	setting_free(root);
}

static void encodes(void)
{
	struct buf buf = BUF_INIT;
	struct setting *root;
	struct span name;
	struct err err;
	uint8_t type;

	CHECK(!vici_decode(behind_length(SPAN(example)), &type, &name, &root,
			   &err));
	vici_encode(&buf, VICI_CMD_RESPONSE, NULL, root);
	CHECK(span_equal(buf_span(&buf), SPAN(example)));
	buf_cut(&buf, 0);
	vici_encode(&buf, VICI_EVENT_REGISTER, "log", NULL);
	CHECK(span_equal(buf_span(&buf), SPAN(register_log)));
	setting_free(root);
	buf_free(&buf);
}

#define PACKET(text)                                      \
	{                                                 \
		(const uint8_t *)(text), sizeof(text) - 1 \
	}

static const struct {
	struct span packet;
	const char *error; /* NULL if it is good */
} packets[] = {
	{ PACKET("\0\7version"), NULL },
	{ PACKET("\1"), NULL },
	{ PACKET("\2"), NULL },
	{ PACKET("\5"), NULL },
	{ PACKET("\7\3log\3\1a\0\0"), NULL },
	{ PACKET("\1\4\1a\6"), NULL },
	{ PACKET("\1\1\1a\2"), NULL },
	/* The same name in two sections. */
	{ PACKET("\1\1\1a\3\1b\0\0\2\3\1b\0\0"), NULL },
	{ PACKET(""), "an empty VICI packet" },
	{ PACKET("\10"), "a VICI packet of type 8" },
	{ PACKET("\377"), "a VICI packet of type 255" },
	{ PACKET("\0"), "a VICI packet without a name" },
	{ PACKET("\0\10version"), "a VICI packet without a name" },
	{ PACKET("\3\3l\0g"), "a VICI packet without a name" },
	{ PACKET("\2x"), "octets behind a VICI packet of type 2" },
	{ PACKET("\3\1ax"), "octets behind a VICI packet of type 3" },
	{ PACKET("\1\0"),
	  "malformed VICI message: an element of an unknown type" },
	{ PACKET("\1\7"),
	  "malformed VICI message: an element of an unknown type" },
	{ PACKET("\1\1"),
	  "malformed VICI message: a section's name is cut off" },
	{ PACKET("\1\1\2a"),
	  "malformed VICI message: a section's name is cut off" },
	{ PACKET("\1\1\1a"),
	  "malformed VICI message: a section or list does not end" },
	{ PACKET("\1\2"),
	  "malformed VICI message: a section ends that never began" },
	{ PACKET("\1\3\1a"),
	  "malformed VICI message: a key or its value is cut off" },
	{ PACKET("\1\3\1a\0\1"),
	  "malformed VICI message: a key or its value is cut off" },
	{ PACKET("\1\4\1"),
	  "malformed VICI message: a list's name is cut off" },
	{ PACKET("\1\4\1a"),
	  "malformed VICI message: a section or list does not end" },
	{ PACKET("\1\4\1a\3\1b\0\0\6"),
	  "malformed VICI message: a list has more than items" },
	{ PACKET("\1\4\1a\4\1b\6\6"),
	  "malformed VICI message: a list has more than items" },
	{ PACKET("\1\4\1a\5\0\2x"),
	  "malformed VICI message: an item is cut off" },
	{ PACKET("\1\5\0\0"),
	  "malformed VICI message: an item or end of no list" },
	{ PACKET("\1\6"), "malformed VICI message: an item or end of no list" },
	{ PACKET("\1\3\1b\0\0\3\1a\0\0\3\1b\0\0"),
	  "malformed VICI message: 'b' is there twice" },
	{ PACKET("\1\1\1s\3\1b\0\0\4\1b\6\2"),
	  "malformed VICI message: 'b' is there twice" },
};

static void judges(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(packets); i++) {
		struct err err = { 0 };
		struct setting *root;
		struct span name;
		char row[16];
		uint8_t type;
		int rc = vici_decode(packets[i].packet, &type, &name, &root,
				     &err);

		snprintf(row, sizeof(row), "%zu", i);
		CHECK_ROW((rc == 0) == !packets[i].error, row);
		CHECK_TEXT(err.text, packets[i].error ? packets[i].error : "");
		setting_free(root);
	}
}

static void deep(void)
{
	for (unsigned int depth = VICI_DEPTH_MAX - 1; depth <= VICI_DEPTH_MAX;
	     depth++) {
		struct buf buf = BUF_INIT;
		struct setting *root;
		struct span name;
		struct err err;
		uint8_t type;

		buf_add_u8(&buf, VICI_CMD_RESPONSE);
		for (unsigned int i = 0; i < depth; i++)
			buf_add(&buf, "\1\1a", 3);
		for (unsigned int i = 0; i < depth; i++)
			buf_add_u8(&buf, 2);
		CHECK((vici_decode(buf_span(&buf), &type, &name, &root, &err) ==
		       0) == (depth < VICI_DEPTH_MAX));
		setting_free(root);
		buf_free(&buf);
	}
}

static void too_long(void)
{
	struct setting *root =
		setting_new(NULL, SETTING_SECTION, NULL, span_of(NULL, 0));
	static const uint8_t much[65536];
	struct setting *value;
	struct buf buf = BUF_INIT;
	char name[257];

	setting_new(root, SETTING_VALUE, "v", span_of(much, 65535));
	vici_encode(&buf, VICI_CMD_RESPONSE, NULL, root);
	CHECK(!buf.failed);
	buf_free(&buf);
	value = setting_new(root, SETTING_VALUE, "w", span_of(much, 65536));
	vici_encode(&buf, VICI_CMD_RESPONSE, NULL, root);
	CHECK(buf.failed);
	buf_free(&buf);
	value->len = 0;
	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	setting_new(root, SETTING_LIST, name, span_of(NULL, 0));
	vici_encode(&buf, VICI_CMD_RESPONSE, NULL, root);
	CHECK(buf.failed);
	buf_free(&buf);
	setting_free(root);
}

static const struct tap_test tests[] = {
	{ "the example of the protocol is read", decodes },
	{ "and written as the same octets", encodes },
	{ "what is malformed is refused with a reason", judges },
	{ "sections nest so deep and no deeper", deep },
	{ "what has no room in a packet fails", too_long },
};

TAP_MAIN(tests)
