// SPDX-License-Identifier: GPL-2.0-or-later
/* Addresses, ranges and prefixes. */
#include "../lib/addr.h"
#include "tap.h"

static void parse(void)
{
	static const struct {
		const char *word;
		unsigned int len; /* 0: refused */
		const char *digits;
	} rows[] = {
		{ "192.0.2.1", 4, "192.0.2.1" },
		{ "0.0.0.0", 4, "0.0.0.0" },
		{ "any", 4, "0.0.0.0" },
		{ "2001:DB8::1", 16, "2001:db8::1" },
		{ "::", 16, "::" },
		{ "::ffff:192.0.2.1", 16, "::ffff:192.0.2.1" },
		{ "", 0, "" },
		{ "192.0.2", 0, "" },
		{ "192.0.2.256", 0, "" },
		{ "192.0.2.1 ", 0, "" },
		{ "192.0.2.01.1", 0, "" },
		{ "fe80::1%lo", 0, "" },
		{ "1::2::3", 0, "" },
		{ "host.example", 0, "" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char buf[ADDR_TEXT_SIZE];
		struct err err = { 0 };
		struct addr addr;
		int rc = addr_parse(&addr, rows[i].word, &err);

		CHECK_ROW((rc == 0) == (rows[i].len != 0), rows[i].word);
		if (rc) {
			CHECK_ROW(err.kind == ERR_USAGE, rows[i].word);
			continue;
		}
		CHECK_ROW(addr.len == rows[i].len, rows[i].word);
		CHECK_TEXT(addr_digits(&addr, buf), rows[i].digits);
	}
}

static void any(void)
{
	char buf[ADDR_TEXT_SIZE];
	struct addr addr = { 0 };
	struct err err;

	CHECK(addr_is_any(&addr));
	CHECK_TEXT(addr_show(&addr, buf), "any");
	CHECK(!addr_parse(&addr, "::", &err) && addr_is_any(&addr));
	CHECK_TEXT(addr_show(&addr, buf), "any");
	CHECK(!addr_parse(&addr, "::1", &err) && !addr_is_any(&addr));
	CHECK_TEXT(addr_show(&addr, buf), "::1");
	CHECK(addr_parse_digits(&addr, "any", &err));
}

/* Every prefix length of both families, there and back. */
static void prefixes(void)
{
	static const char *const words[] = { "170.170.170.170",
					     "aaaa:5555:aaaa:5555:aaaa::1" };

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		struct addr addr, first, last;
		struct err err;

		CHECK(!addr_parse(&addr, words[i], &err));
		for (unsigned int plen = 0; plen <= 8U * addr.len; plen++) {
			addr_prefix_range(&addr, plen, &first, &last);
			CHECK(addr_range_prefix(&first, &last) == (int)plen);
			CHECK(addr_compare(&first, &addr) <= 0);
			CHECK(addr_compare(&last, &addr) >= 0);
		}
	}
}

static void no_prefix(void)
{
	static const char *const rows[][2] = {
		{ "10.0.0.0", "10.0.0.2" }, { "10.0.0.1", "10.0.0.2" },
		{ "10.0.0.0", "::" },	    { "10.0.0.255", "10.0.0.0" },
		{ "::1", "::2" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct addr first, last;
		struct err err;

		CHECK(!addr_parse(&first, rows[i][0], &err));
		CHECK(!addr_parse(&last, rows[i][1], &err));
		CHECK_ROW(addr_range_prefix(&first, &last) == -1, rows[i][0]);
	}
}

static const struct tap_test tests[] = {
	{ "addresses are read and written", parse },
	{ "unspecified addresses are any", any },
	{ "prefixes become ranges and back", prefixes },
	{ "other ranges are no prefixes", no_prefix },
};

TAP_MAIN(tests)
