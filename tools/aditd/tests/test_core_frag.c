// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Fragments of messages (RFC 7383, 2.6): in any order, once each, in bounds; and
 * tables, which grow.
 */
#include <stdlib.h>

#include "../../tests/tap.h"
#include "../core/frag.h"
#include "../core/table.h"

struct piece {
	uint32_t id;
	uint16_t number, total;
	const char *text;
	enum frag_verdict verdict;
};

struct row {
	const char *name;
	struct piece pieces[8];
	const char *whole; /* of the last one */
};

static const struct row rows[] = {
	{ "in order",
	  { { 1, 1, 3, "ab", FRAG_MORE },
	    { 1, 2, 3, "cd", FRAG_MORE },
	    { 1, 3, 3, "e", FRAG_WHOLE } },
	  "abcde" },
	{ "backwards",
	  { { 1, 3, 3, "e", FRAG_MORE },
	    { 1, 2, 3, "cd", FRAG_MORE },
	    { 1, 1, 3, "ab", FRAG_WHOLE } },
	  "abcde" },
	{ "one alone", { { 1, 1, 1, "ab", FRAG_WHOLE } }, "ab" },
	{ "numbers that there are not",
	  { { 1, 0, 2, "x", FRAG_DROP },
	    { 1, 3, 2, "x", FRAG_DROP },
	    { 1, 1, 0, "x", FRAG_DROP },
	    { 1, 1, 256, "x", FRAG_DROP },
	    { 1, 65535, 65535, "x", FRAG_DROP },
	    { 1, 1, 2, "ab", FRAG_MORE },
	    { 1, 2, 2, "cd", FRAG_WHOLE } },
	  "abcd" },
	{ "twice, and another one",
	  { { 1, 1, 2, "ab", FRAG_MORE },
	    { 1, 1, 2, "xy", FRAG_DROP },
	    { 1, 2, 2, "cd", FRAG_WHOLE } },
	  "abcd" },
	{ "nothing in it",
	  { { 1, 1, 2, "", FRAG_DROP },
	    { 1, 1, 2, "ab", FRAG_MORE },
	    { 1, 2, 2, "", FRAG_DROP },
	    { 1, 2, 2, "c", FRAG_WHOLE } },
	  "abc" },
	{ "smaller ones, as the path takes no larger ones",
	  { { 1, 2, 2, "cd", FRAG_MORE },
	    { 1, 1, 3, "ab", FRAG_MORE },
	    { 1, 1, 2, "xx", FRAG_DROP },
	    { 1, 2, 3, "c", FRAG_MORE },
	    { 1, 3, 3, "d", FRAG_WHOLE } },
	  "abcd" },
	{ "of another message",
	  { { 1, 1, 3, "xx", FRAG_MORE },
	    { 2, 2, 2, "b", FRAG_MORE },
	    { 2, 1, 2, "a", FRAG_WHOLE } },
	  "ab" },
};

static void messages(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct row *row = &rows[i];
		struct buf whole = BUF_INIT;
		struct frag frag = { 0 };
		uint8_t first = 0;

		for (const struct piece *p = row->pieces; p->text; p++)
			/* Each says what comes first; only number 1 is right. */
			CHECK_ROW(frag_add(&frag, p->id, p->number, p->total,
					   p->number == 1 ? 33 : 99,
					   span_of_text(p->text), &whole,
					   &first) == p->verdict,
				  row->name);
		CHECK_ROW(span_equal(buf_span(&whole),
				     span_of_text(row->whole)),
			  row->name);
		CHECK_ROW(first == 33, row->name);
		CHECK_ROW(!frag.used && !frag.parts, row->name);
		buf_free(&whole);
	}
}

/* Who has the keys may send as much as there is room for, and no more. */
static void too_much(void)
{
	static uint8_t octets[1024];
	struct buf whole = BUF_INIT;
	struct frag frag = { 0 };
	enum frag_verdict verdict = FRAG_MORE;
	uint16_t n = 0;
	uint8_t first;

	while (verdict == FRAG_MORE && n < 200) {
		CHECK(frag.octets <= FRAG_OCTETS_MAX);
		verdict = frag_add(&frag, 1, ++n, 200, 33, SPAN(octets), &whole,
				   &first);
	}
	CHECK(verdict == FRAG_DROP);
	CHECK(n == FRAG_OCTETS_MAX / sizeof(octets) + 1);
	CHECK(!frag.used && !frag.parts && !whole.len);
	/* And then the next message. */
	CHECK(frag_add(&frag, 2, 1, 1, 33, SPAN(octets), &whole, &first) ==
	      FRAG_WHOLE);
	buf_free(&whole);
}

/* ---------------------------------------------------------------------- tables */

enum { NODES = 1000 };

/* Each key is twice there; some go, some move. */
static void tables(void)
{
	static struct table_node nodes[NODES];
	struct table table;
	size_t n = 0;

	CHECK(!table_init(&table, 0x1234567890abcdefULL));
	for (size_t i = 0; i < NODES; i++)
		table_add(&table, &nodes[i], i / 2, &nodes[i]);
	for (size_t i = 0; i < NODES; i += 3)
		table_remove(&table, &nodes[i]);
	for (size_t i = 0; i < NODES; i += 5)
		table_add(&table, &nodes[i], NODES + i, &nodes[i]);
	for (size_t i = 0; i < NODES; i++) {
		uint64_t key = i % 5 ? i / 2 : NODES + i;
		bool there = i % 3 || !(i % 5);
		struct table_node *node = table_first(&table, key);

		while (node && node->owner != &nodes[i])
			node = table_next(node);
		CHECK((node != NULL) == there);
		CHECK(nodes[i].in == there);
		n += there;
	}
	CHECK(table.n == n);
	/* No chain is long: there are as many slots as nodes. */
	CHECK(table.n_slots >= n);
	CHECK(!table_find(&table, 3ULL * NODES));
	for (size_t i = 0; i < NODES; i++)
		table_remove(&table, &nodes[i]);
	CHECK(!table.n && !table_find(&table, 1));
	table_free(&table);
}

static const struct tap_test tests[] = {
	{ "fragments of a message", messages },
	{ "fragments of too much", too_much },
	{ "tables grow", tables },
};

TAP_MAIN(tests)
