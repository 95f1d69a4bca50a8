// SPDX-License-Identifier: GPL-2.0-or-later
/* Ranges as prefixes: together they are the range, and none goes beyond. */
#include "../net/prefix.h"

#include <stdio.h>
#include <string.h>

#include "../../tests/tap.h"
#include "../net/sockaddr.h"

static const struct row {
	const char *first, *last, *want;
} rows[] = {
	{ "10.0.0.0", "10.255.255.255", "10.0.0.0/8" },
	{ "0.0.0.0", "255.255.255.255", "0.0.0.0/0" },
	{ "192.0.2.1", "192.0.2.1", "192.0.2.1/32" },
	{ "10.0.0.1", "10.0.0.4", "10.0.0.1/32 10.0.0.2/31 10.0.0.4/32" },
	{ "10.0.0.0", "10.0.2.255", "10.0.0.0/23 10.0.2.0/24" },
	{ "255.255.255.254", "255.255.255.255", "255.255.255.254/31" },
	{ "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "::/0" },
	{ "2001:db8::", "2001:db8::ffff", "2001:db8::/112" },
	{ "2001:db8::1", "2001:db8::2", "2001:db8::1/128 2001:db8::2/128" },
};

static struct addr addr_of(const char *word)
{
	struct addr addr = { 0 };
	struct err err;

	CHECK_ROW(!addr_parse_digits(&addr, word, &err), word);
	return addr;
}

static void ranges(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct addr first = addr_of(rows[i].first);
		struct addr last = addr_of(rows[i].last);
		struct prefix list[PREFIXES_MAX];
		unsigned int n = prefixes_of(&first, &last, list);
		char text[256] = "", one[ADDR_TEXT_SIZE];
		size_t len = 0;

		for (unsigned int k = 0; k < n; k++)
			len += (size_t)snprintf(text + len, sizeof(text) - len,
						"%s%s/%u", k ? " " : "",
						addr_digits(&list[k].addr, one),
						list[k].plen);
		CHECK_TEXT(text, rows[i].want);
	}
}

/* The most that there can be: all but the first and the last address. */
static void worst(void)
{
	struct addr first = { .len = 16 }, last = { .len = 16 };
	struct prefix list[PREFIXES_MAX];

	first.octets[15] = 1;
	memset(last.octets, 0xff, 16);
	last.octets[15] = 0xfe;
	CHECK(prefixes_of(&first, &last, list) == PREFIXES_MAX);
	CHECK(!addr_compare(&list[PREFIXES_MAX - 1].addr, &last));
}

static void inside(void)
{
	const struct prefix prefix = { addr_of("10.1.0.0"), 16 };
	const struct prefix all = { addr_of("0.0.0.0"), 0 };
	struct addr in = addr_of("10.1.255.9"), out = addr_of("10.2.0.0");
	struct addr v6 = addr_of("2001:db8::1"), none = { 0 };

	CHECK(prefix_has(&prefix, &in));
	CHECK(!prefix_has(&prefix, &out));
	CHECK(prefix_has(&all, &out));
	CHECK(!prefix_has(&all, &v6));
	CHECK(!prefix_has(&all, &none));
}

static void sockets(void)
{
	static const char *const words[] = { "192.0.2.7", "2001:db8::7" };
	struct sockaddr_storage to;
	struct addr back;
	uint16_t port;

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		struct addr addr = addr_of(words[i]);

		CHECK(sockaddr_write(&to, &addr, 4500));
		CHECK(sockaddr_read(&to, &back, &port));
		CHECK(port == 4500 && !addr_compare(&addr, &back));
	}
	back = addr_of("::ffff:192.0.2.7");
	sockaddr_write(&to, &back, 1);
	CHECK(sockaddr_read(&to, &back, &port) && back.len == 4);
	CHECK(back.octets[3] == 7 && !back.octets[4] && !back.octets[15]);
	to.ss_family = AF_UNIX;
	CHECK(!sockaddr_read(&to, &back, &port));
}

static const struct tap_test tests[] = {
	{ "ranges", ranges },
	{ "worst", worst },
	{ "inside", inside },
	{ "sockets", sockets },
};

TAP_MAIN(tests)
