// SPDX-License-Identifier: GPL-2.0-or-later
/* Objects to messages and back. */
#include <linux/genetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <stdlib.h>

#include "../lib/codec.h"
#include "../lib/model.h"
#include "../lib/nl.h"
#include "tap.h"

static const struct field_set *const sets[] = {
	&set_link,    &set_selector, &set_drop_count,  &set_stats,
	&set_limits,  &set_net,	     &set_dev,	       &set_peer,
	&set_socket,  &set_child,    &set_sa,	       &set_alg,
	&set_acquire, &set_expire,   &set_unknown_spi,
};

/* Something different in each field. */
static void fill(const struct field_set *set, void *obj, unsigned int seed)
{
	for (size_t i = 0; i < set->n; i++) {
		const struct field *field = &set->rows[i];
		void *at = field_at(field, obj);
		uint64_t number = (seed + i) * 0x0101010101010101ULL + i;

		switch (field->wire) {
		case WIRE_ADDR:
			*(struct addr *)at =
				(struct addr){ i % 2 ? 4 : 16,
					       { 10, (uint8_t)i, 0, 1 } };
			break;
		case WIRE_STRING:
			snprintf(at, field->size, "text%zu", i);
			break;
		case WIRE_NEST:
			fill(field->nest, at, seed + 1);
			break;
		case WIRE_NESTS:
			for (unsigned int j = 0; j < 3; j++)
				fill(field->nest,
				     field_list_add(at, field->nest->size),
				     seed + j);
			break;
		case WIRE_SECRET:
		case WIRE_U16S:
			continue;
		default:
			field_set_number(field, obj, number);
		}
		*(uint64_t *)obj |= BIT64(field->attr);
	}
}

static bool same(const struct field_set *set, const void *a, const void *b);

static bool same_list(const struct field *field, const struct field_list *a,
		      const struct field_list *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (!same(field->nest,
			  (const char *)a->items + i * field->nest->size,
			  (const char *)b->items + i * field->nest->size))
			return false;
	return true;
}

static bool same(const struct field_set *set, const void *a, const void *b)
{
	if (*(const uint64_t *)a != *(const uint64_t *)b)
		return false;
	for (size_t i = 0; i < set->n; i++) {
		const struct field *field = &set->rows[i];
		const void *x = field_at_const(field, a);
		const void *y = field_at_const(field, b);
		bool equal = true;

		if (field_is_number(field))
			equal = field_number(field, a) ==
				field_number(field, b);
		else if (field->wire == WIRE_ADDR)
			equal = !addr_compare(x, y);
		else if (field->wire == WIRE_STRING)
			equal = !strcmp(x, y);
		else if (field->wire == WIRE_NEST)
			equal = same(field->nest, x, y);
		else if (field->wire == WIRE_NESTS)
			equal = same_list(field, x, y);
		if (!equal)
			return false;
	}
	return true;
}

static void decode(const struct field_set *set, const struct nl_msg *msg,
		   int len, void *obj)
{
	const struct nlmsghdr *head = nlmsg_hdr((struct nl_msg *)msg);

	codec_decode(set, nlmsg_attrdata(head, 0),
		     len < 0 ? nlmsg_attrlen(head, 0) : len, obj);
}

static struct nl_msg *message(void)
{
	struct nl_msg *msg = nlmsg_alloc_size(16384);

	nlmsg_put(msg, 0, 0, NLMSG_MIN_TYPE, 0, 0);
	return msg;
}

static void round_trips(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(sets); i++) {
		const struct field_set *set = sets[i];
		struct nl_msg *msg = message();
		void *obj = calloc(1, set->size);
		void *again = calloc(1, set->size);

		fill(set, obj, (unsigned int)i + 1);
		CHECK_ROW(!codec_encode(set, obj, msg), set->names->what);
		decode(set, msg, -1, again);
		CHECK_ROW(same(set, obj, again), set->names->what);
		field_clear(set, obj);
		field_clear(set, again);
		free(obj);
		free(again);
		nlmsg_free(msg);
	}
}

/* A message that ends anywhere is read up to there. */
static void truncated(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(sets); i++) {
		const struct field_set *set = sets[i];
		struct nl_msg *msg = message();
		void *obj = calloc(1, set->size);
		const struct nlmsghdr *head;
		int len;

		fill(set, obj, 1);
		CHECK(!codec_encode(set, obj, msg));
		field_clear(set, obj);
		head = nlmsg_hdr(msg);
		for (len = 0; len < nlmsg_attrlen(head, 0); len++) {
			/* Of that size, so that ASan sees what is behind. */
			char *copy = malloc((size_t)len + 1);

			memcpy(copy, nlmsg_attrdata(head, 0), (size_t)len);
			memset(obj, 0, set->size);
			codec_decode(set, (const struct nlattr *)copy, len,
				     obj);
			field_clear(set, obj);
			free(copy);
		}
		free(obj);
		nlmsg_free(msg);
	}
}

static void strange(void)
{
	struct nl_msg *msg = message();
	struct adit_peer peer = { 0 };
	const uint8_t odd[5] = { 1, 2, 3, 4, 5 };

	/* Not known, of another size, empty, a string without its end. */
	nla_put_u32(msg, 4711, 1);
	nla_put_u32(msg, ADIT_A_PEER_ENCAP, 1);
	nla_put(msg, ADIT_A_PEER_ID, sizeof(odd), odd);
	nla_put(msg, ADIT_A_PEER_LOCAL, sizeof(odd), odd);
	nla_put(msg, ADIT_A_PEER_REMOTE, 0, NULL);
	nla_put_u32(msg, ADIT_A_PEER_CHILDREN, 7);
	decode(&set_peer, msg, -1, &peer);
	CHECK(peer.has == BIT64(ADIT_A_PEER_CHILDREN) && peer.children == 7);
	nlmsg_free(msg);
}

static void strings(void)
{
	static const char long_name[] = "a name that is longer than any other";
	struct nl_msg *msg = message();
	struct adit_dev dev = { 0 };

	nla_put(msg, ADIT_A_DEV_IFNAME, 4, "vpn0"); /* without its end */
	decode(&set_dev, msg, -1, &dev);
	CHECK_TEXT(dev.ifname, "vpn0");
	nlmsg_free(msg);
	msg = message();
	nla_put_string(msg, ADIT_A_DEV_IFNAME, long_name);
	decode(&set_dev, msg, -1, &dev);
	CHECK(strlen(dev.ifname) == sizeof(dev.ifname) - 1);
	nlmsg_free(msg);
}

static void secrets(void)
{
	struct nl_msg *msg = message();
	struct adit_sa sa = { .has = BIT64(ADIT_A_SA_ENCR_KEY),
			      .encr_key = { 3, { 1, 2, 3 } } };
	struct adit_sa got = { 0 };
	const struct nlattr *attr;

	CHECK(!codec_encode(&set_sa, &sa, msg));
	attr = nlmsg_find_attr(nlmsg_hdr(msg), 0, ADIT_A_SA_ENCR_KEY);
	if (CHECK(attr != NULL))
		CHECK(nla_len(attr) == 3 &&
		      !memcmp(nla_data(attr), "\1\2\3", 3));
	/* The kernel never sends one; if it did, it would not be taken. */
	decode(&set_sa, msg, -1, &got);
	CHECK(!got.has);
	field_clear(&set_sa, &sa);
	CHECK(!sa.encr_key.len && !sa.encr_key.octets[0]);
	nlmsg_free(msg);
}

static void too_long(void)
{
	struct adit_child child = { .has = BIT64(ADIT_A_CHILD_LOCAL_TS) };
	struct nl_msg *msg = nlmsg_alloc_size(256);

	nlmsg_put(msg, 0, 0, NLMSG_MIN_TYPE, 0, 0);
	for (int i = 0; i < 64; i++)
		fill(&set_selector,
		     field_list_add(&child.local_ts, set_selector.size), 1);
	CHECK(codec_encode(&set_child, &child, msg) == -1);
	field_clear(&set_child, &child);
	nlmsg_free(msg);
}

static void key_bits(void)
{
	struct nl_msg *msg = message();
	struct adit_alg alg = { 0 };
	const uint16_t *bits;

	nla_put_u16(msg, ADIT_A_ALG_KEY_BITS, 128);
	nla_put_u32(msg, ADIT_A_ALG_KEY_BITS, 192); /* of another size */
	nla_put_u16(msg, ADIT_A_ALG_KEY_BITS, 256);
	decode(&set_alg, msg, -1, &alg);
	bits = alg.key_bits.items;
	CHECK(alg.key_bits.n == 2 && bits[0] == 128 && bits[1] == 256);
	field_clear(&set_alg, &alg);
	nlmsg_free(msg);
}

static void whole_messages(void)
{
	struct nl_msg *msg = nlmsg_alloc();
	struct genlmsghdr genl = { .cmd = ADIT_CMD_EXPIRE_NTF, .version = 1 };
	struct adit_expire *expire;
	unsigned int cmd = 0;
	struct nlmsghdr *head;

	head = nlmsg_put(msg, 0, 0, NLMSG_MIN_TYPE, sizeof(genl), 0);
	memcpy(nlmsg_data(head), &genl, sizeof(genl));
	nla_put_u32(msg, ADIT_A_EXPIRE_CHILD, 5);
	expire = adit_nl_decode(head, &cmd);
	if (CHECK(expire != NULL))
		CHECK(cmd == ADIT_CMD_EXPIRE_NTF && expire->child == 5);
	free(expire);
	/* A command of a later version, and no command at all. */
	genl.cmd = 200;
	memcpy(nlmsg_data(head), &genl, sizeof(genl));
	CHECK(!adit_nl_decode(head, &cmd));
	head->nlmsg_len = NLMSG_HDRLEN;
	CHECK(!adit_nl_decode(head, &cmd));
	nlmsg_free(msg);
}

/*
 * Not for people, and thus not the command's: pads, and a map of bits that one
 * program gives to the other.
 */
static bool is_for_programs(const char *word)
{
	return !strcmp(word, "pad") || !strcmp(word, "replay-seen");
}

/* Each other attribute of the contract has a row. */
static void complete(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(sets); i++)
		for (size_t j = 0; j < sets[i]->names->n; j++) {
			const struct name *name = &sets[i]->names->rows[j];

			CHECK_ROW(field_find(sets[i], name->value) ||
					  is_for_programs(name->word),
				  name->word);
		}
	for (size_t i = 0; i < names_cmd.n; i++)
		CHECK_ROW(model_set_of(names_cmd.rows[i].value),
			  names_cmd.rows[i].word);
}

static const struct tap_test tests[] = {
	{ "all objects survive a round trip", round_trips },
	{ "truncated messages are read as far as they go", truncated },
	{ "what is strange is passed over", strange },
	{ "strings always end", strings },
	{ "secrets go out, never in, and are wiped", secrets },
	{ "a message that does not fit is an error", too_long },
	{ "lists of numbers", key_bits },
	{ "whole messages", whole_messages },
	{ "every attribute of the contract has a row", complete },
};

TAP_MAIN(tests)
