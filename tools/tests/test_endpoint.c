// SPDX-License-Identifier: GPL-2.0-or-later
/* Addresses with ports. */
#include "../lib/endpoint.h"
#include "tap.h"

static void parse(void)
{
	static const struct {
		const char *word;
		const char *digits; /* NULL: refused */
		int port; /* -1: none is given */
		const char *strict; /* part of the refusal of the strict one */
	} rows[] = {
		{ "192.0.2.1", "192.0.2.1", -1, NULL },
		{ "192.0.2.1:4500", "192.0.2.1", 4500, NULL },
		{ "0.0.0.0:0", "0.0.0.0", 0, NULL },
		{ "any:65535", "0.0.0.0", 65535, NULL },
		{ "any", "0.0.0.0", -1, NULL },
		{ "::", "::", -1, NULL },
		{ "::1", "::1", -1, NULL },
		{ "::443", "::443", -1, NULL },
		{ "[::]", "::", -1, NULL },
		{ "[::]:443", "::", 443, NULL },
		{ "2001:db8::1", "2001:db8::1", -1, NULL },
		{ "[2001:db8::1]:443", "2001:db8::1", 443, NULL },
		{ "[192.0.2.1]:443", "192.0.2.1", 443, NULL },
		{ "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8", -1, NULL },
		{ "2001:db8::a:b", "2001:db8::a:b", -1, NULL },
		{ "[2001:db8::1:443]", "2001:db8::1:443", -1, NULL },
		/* An address, and one that looks as if it had a port. */
		{ "2001:db8::1:443", "2001:db8::1:443", -1,
		  "2001:db8::1:443: write [2001:db8::1]:443, or "
		  "[2001:db8::1:443] without a port" },
		{ ":::443", NULL, -1, ":::443: write [::]:443" },
		{ "1:2:3:4:5:6:7:8:443", NULL, -1,
		  "1:2:3:4:5:6:7:8:443: write [1:2:3:4:5:6:7:8]:443" },
		{ "2001:db8::1:4500000", NULL, -1,
		  "2001:db8::1:4500000: write [2001:db8::1]:4500000" },
		{ "", NULL, -1, "'' is not an IPv4 or IPv6 address" },
		{ ":443", NULL, -1, "'' is not an IPv4" },
		{ "host:443", NULL, -1, "'host' is not an IPv4" },
		{ "192.0.2.1:", NULL, -1, "port: '' is not a number" },
		{ "192.0.2.1:65536", NULL, -1,
		  "port: 65536 is not in 0 to 65535" },
		{ "192.0.2.1:https", NULL, -1,
		  "port: 'https' is not a number" },
		{ "192.0.2.1:80:90", NULL, -1, "is not an IPv4 or IPv6" },
		{ "[::1", NULL, -1, "'[::1' is not [ADDR]:PORT" },
		{ "[::1]443", NULL, -1, "'[::1]443' is not [ADDR]:PORT" },
		{ "[]:443", NULL, -1, "'' is not an IPv4" },
		{ "[::1]:", NULL, -1, "port: '' is not a number" },
		{ "[111.111.111.111.111.111.111.111.111.111.111.111.111]", NULL,
		  -1, "is not an IPv4 or IPv6 address" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char buf[ADDR_TEXT_SIZE];
		struct err err = { 0 };
		struct endpoint end;
		int rc = endpoint_parse(&end, rows[i].word, &err);

		CHECK_ROW((rc == 0) == (rows[i].digits != NULL), rows[i].word);
		if (!rc && rows[i].digits) {
			CHECK_TEXT(addr_digits(&end.addr, buf), rows[i].digits);
			CHECK_ROW(end.has_port == (rows[i].port >= 0),
				  rows[i].word);
			CHECK_ROW(!end.has_port || end.port == rows[i].port,
				  rows[i].word);
		}
		rc = endpoint_parse_strict(&end, rows[i].word, &err);
		CHECK_ROW((rc != 0) == (rows[i].strict != NULL), rows[i].word);
		if (rc && rows[i].strict) {
			CHECK_ROW(strstr(err.text, rows[i].strict), err.text);
			CHECK_ROW(err.kind == ERR_USAGE, rows[i].word);
		}
	}
}

static void show(void)
{
	static const char *const rows[] = {
		"0.0.0.0:4500",
		"[::]:4500",
		"[2001:db8::1]:443",
		"255.255.255.255:65535",
		"[ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255]:65535",
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char buf[ENDPOINT_TEXT_SIZE], again[ENDPOINT_TEXT_SIZE];
		struct endpoint end, read;
		struct err err;

		CHECK_ROW(!endpoint_parse_strict(&end, rows[i], &err), rows[i]);
		endpoint_show(&end.addr, end.port, buf);
		CHECK_ROW(!endpoint_parse_strict(&read, buf, &err), buf);
		CHECK_TEXT(endpoint_show(&read.addr, read.port, again), buf);
	}
}

static const struct tap_test tests[] = {
	{ "addresses with and without ports", parse },
	{ "what is written can be read", show },
};

TAP_MAIN(tests)
