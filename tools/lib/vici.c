// SPDX-License-Identifier: GPL-2.0-or-later
/* See vici.h. */
#include "vici.h"

#include <stdlib.h>

/* Elements of a message. */
enum {
	SECTION_START = 1,
	SECTION_END = 2,
	KEY_VALUE = 3,
	LIST_START = 4,
	LIST_ITEM = 5,
	LIST_END = 6,
};

enum { NAME_MAX_LEN = 255, VALUE_MAX_LEN = 65535 };

bool vici_is_named(uint8_t type)
{
	return type == VICI_CMD_REQUEST || type == VICI_EVENT_REGISTER ||
	       type == VICI_EVENT_UNREGISTER || type == VICI_EVENT;
}

static bool has_settings(uint8_t type)
{
	return type == VICI_CMD_REQUEST || type == VICI_CMD_RESPONSE ||
	       type == VICI_EVENT;
}

static bool take_name(struct span *from, struct span *name)
{
	uint8_t len;

	return span_take_u8(from, &len) && span_take(from, len, name) &&
	       !memchr(name->data, '\0', len);
}

static bool take_value(struct span *from, struct span *value)
{
	uint16_t len;

	return span_take_u16(from, &len) && span_take(from, len, value);
}

/* A message while it is read: the sections that are open, from the root. */
struct reader {
	struct span octets;
	struct setting *open[VICI_DEPTH_MAX];
	unsigned int depth;
	struct setting *list; /* the one that is open, or NULL */
	struct err *err;
};

static int refuse(struct reader *reader, const char *what)
{
	return err_set(reader->err, ERR_USAGE, "malformed VICI message: %s",
		       what);
}

static int add(struct reader *reader, enum setting_kind kind, struct span name,
	       struct span value, struct setting **added)
{
	char text[NAME_MAX_LEN + 1];

	memcpy(text, name.data, name.len);
	text[name.len] = '\0';
	*added = setting_new(reader->open[reader->depth], kind, text, value);
	return *added ? 0 : refuse(reader, "no memory for it");
}

static int compare(const void *a, const void *b)
{
	const struct setting *const *one = a, *const *other = b;

	return strcmp((*one)->name, (*other)->name);
}

/* Sorted, since a section may have as many names as a packet holds. */
static int check_names(struct reader *reader)
{
	const struct setting *section = reader->open[reader->depth];
	const struct setting **all, *i;
	const char *twice = NULL;
	size_t n = 0;

	for (i = section->first; i; i = i->next)
		n++;
	if (n < 2)
		return 0;
	all = malloc(n * sizeof(const struct setting *));
	if (!all)
		return refuse(reader, "no memory for it");
	n = 0;
	for (i = section->first; i; i = i->next)
		all[n++] = i;
	qsort(all, n, sizeof(const struct setting *), compare);
	for (size_t at = 1; at < n && !twice; at++)
		if (compare(&all[at - 1], &all[at]) == 0)
			twice = all[at]->name;
	free(all);
	if (!twice)
		return 0;
	return err_set(reader->err, ERR_USAGE,
		       "malformed VICI message: '%.64s' is there twice", twice);
}

static int read_section(struct reader *reader)
{
	struct setting *section;
	struct span name;

	if (!take_name(&reader->octets, &name))
		return refuse(reader, "a section's name is cut off");
	if (reader->depth + 1 == VICI_DEPTH_MAX)
		return refuse(reader, "sections are nested too deep");
	if (add(reader, SETTING_SECTION, name, span_of(NULL, 0), &section))
		return -1;
	reader->open[++reader->depth] = section;
	return 0;
}

static int read_value(struct reader *reader)
{
	struct setting *added;
	struct span name, value;

	if (!take_name(&reader->octets, &name) ||
	    !take_value(&reader->octets, &value))
		return refuse(reader, "a key or its value is cut off");
	return add(reader, SETTING_VALUE, name, value, &added);
}

static int read_list(struct reader *reader)
{
	struct span name;

	if (!take_name(&reader->octets, &name))
		return refuse(reader, "a list's name is cut off");
	return add(reader, SETTING_LIST, name, span_of(NULL, 0), &reader->list);
}

static int read_item(struct reader *reader)
{
	struct span value;

	if (!take_value(&reader->octets, &value))
		return refuse(reader, "an item is cut off");
	if (!setting_new(reader->list, SETTING_VALUE, NULL, value))
		return refuse(reader, "no memory for it");
	return 0;
}

static int read_end(struct reader *reader)
{
	if (!reader->depth)
		return refuse(reader, "a section ends that never began");
	if (check_names(reader))
		return -1;
	reader->depth--;
	return 0;
}

static int read_in_section(struct reader *reader, uint8_t element)
{
	switch (element) {
	case SECTION_START:
		return read_section(reader);
	case SECTION_END:
		return read_end(reader);
	case KEY_VALUE:
		return read_value(reader);
	case LIST_START:
		return read_list(reader);
	case LIST_ITEM:
	case LIST_END:
		return refuse(reader, "an item or end of no list");
	default:
		return refuse(reader, "an element of an unknown type");
	}
}

static int read_in_list(struct reader *reader, uint8_t element)
{
	switch (element) {
	case LIST_ITEM:
		return read_item(reader);
	case LIST_END:
		reader->list = NULL;
		return 0;
	default:
		return refuse(reader, "a list has more than items");
	}
}

static int read_elements(struct reader *reader)
{
	uint8_t element;

	while (span_take_u8(&reader->octets, &element)) {
		int rc = reader->list ? read_in_list(reader, element) :
					read_in_section(reader, element);

		if (rc)
			return -1;
	}
	if (reader->list || reader->depth)
		return refuse(reader, "a section or list does not end");
	return check_names(reader);
}

static int decode_settings(struct span octets, struct setting **settings,
			   struct err *err)
{
	struct reader reader = { .octets = octets, .err = err };

	reader.open[0] =
		setting_new(NULL, SETTING_SECTION, NULL, span_of(NULL, 0));
	if (!reader.open[0])
		return refuse(&reader, "no memory for it");
	if (read_elements(&reader)) {
		setting_free(reader.open[0]);
		return -1;
	}
	*settings = reader.open[0];
	return 0;
}

int vici_decode(struct span packet, uint8_t *type, struct span *name,
		struct setting **settings, struct err *err)
{
	*settings = NULL;
	*name = span_of(NULL, 0);
	if (!span_take_u8(&packet, type))
		return err_set(err, ERR_USAGE, "an empty VICI packet");
	if (*type > VICI_EVENT)
		return err_set(err, ERR_USAGE, "a VICI packet of type %u",
			       *type);
	if (vici_is_named(*type) && !take_name(&packet, name))
		return err_set(err, ERR_USAGE, "a VICI packet without a name");
	if (has_settings(*type))
		return decode_settings(packet, settings, err);
	if (packet.len)
		return err_set(err, ERR_USAGE,
			       "octets behind a VICI packet of type %u", *type);
	return 0;
}

/* What does not fit makes the buffer a failed one, as no memory does. */
static void add_name(struct buf *buf, const char *name)
{
	size_t len = strlen(name);

	buf->failed |= len > NAME_MAX_LEN;
	buf_add_u8(buf, (uint8_t)len);
	buf_add(buf, name, len);
}

static void add_value(struct buf *buf, const struct setting *value)
{
	buf->failed |= value->len > VALUE_MAX_LEN;
	buf_add_u16(buf, (uint16_t)value->len);
	buf_add(buf, value->data, value->len);
}

static void add_setting(struct buf *buf, const struct setting *setting,
			unsigned int depth);

static void add_items(struct buf *buf, const struct setting *parent,
		      unsigned int depth)
{
	for (const struct setting *i = parent->first; i; i = i->next)
		add_setting(buf, i, depth);
}

static void add_list(struct buf *buf, const struct setting *list)
{
	buf_add_u8(buf, LIST_START);
	add_name(buf, list->name);
	for (const struct setting *i = list->first; i; i = i->next) {
		buf_add_u8(buf, LIST_ITEM);
		add_value(buf, i);
	}
	buf_add_u8(buf, LIST_END);
}

static void add_setting(struct buf *buf, const struct setting *setting,
			unsigned int depth)
{
	switch (setting->kind) {
	case SETTING_VALUE:
		buf_add_u8(buf, KEY_VALUE);
		add_name(buf, setting->name);
		add_value(buf, setting);
		break;
	case SETTING_LIST:
		add_list(buf, setting);
		break;
	case SETTING_SECTION:
		buf->failed |= depth + 1 >= VICI_DEPTH_MAX;
		if (buf->failed)
			return;
		buf_add_u8(buf, SECTION_START);
		add_name(buf, setting->name);
		add_items(buf, setting, depth + 1);
		buf_add_u8(buf, SECTION_END);
		break;
	}
}

void vici_encode(struct buf *buf, uint8_t type, const char *name,
		 const struct setting *settings)
{
	size_t start = buf->len;
	size_t len;

	buf_add_u32(buf, 0);
	buf_add_u8(buf, type);
	if (name && vici_is_named(type))
		add_name(buf, name);
	if (settings)
		add_items(buf, settings, 0);
	len = buf->len - start - 4;
	buf->failed |= len > VICI_PACKET_MAX;
	buf_put_u32(buf, start, (uint32_t)len);
}
