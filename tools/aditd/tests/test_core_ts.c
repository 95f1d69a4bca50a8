// SPDX-License-Identifier: GPL-2.0-or-later
/* Traffic selectors: text, octets, and what is left of them. */
#include "../../tests/tap.h"
#include "../core/ts.h"

static void parse(struct ts_list *list, const char *text)
{
	struct err err = { 0 };

	list->n = 0;
	if (*text && ts_parse(list, text, &err))
		CHECK_ROW(!*err.text, err.text);
}

static void show(const struct ts_list *list, char *buf, size_t size)
{
	buf[0] = '\0';
	ts_show_list(list, buf, size);
}

static void round_trips(void)
{
	/* What is written, then what is shown of it; NULL for the same. */
	static const char *const rows[][2] = {
		{ "10.1.0.0/16", NULL },
		{ "10.1.2.3/16", "10.1.0.0/16" },
		{ "10.1.2.3", "10.1.2.3/32" },
		{ "0.0.0.0/0,::/0", "0.0.0.0/0 ::/0" },
		{ " 10.1.0.0/16 , fd00::1 ", "10.1.0.0/16 fd00::1/128" },
		{ "10.0.0.1-10.0.0.9", NULL },
		{ "10.0.0.0-10.0.0.255", "10.0.0.0/24" },
		{ "fd00::1-fd00::9[tcp]", NULL },
		{ "dynamic", NULL },
		{ "dynamic[gre]", NULL },
		{ "dynamic[udp/l2tp]", "dynamic[udp/1701]" },
		{ "10.1.0.0/16[tcp/http]", "10.1.0.0/16[tcp/80]" },
		{ "10.1.0.0/16[6/80-90]", "10.1.0.0/16[tcp/80-90]" },
		{ "10.1.0.0/16[tcp/0-65535]", "10.1.0.0/16[tcp]" },
		{ "10.1.0.0/16[tcp/any]", "10.1.0.0/16[tcp]" },
		{ "10.1.0.0/16[/53]", "10.1.0.0/16[any/53]" },
		{ "10.1.0.0/16[any/0-65535]", "10.1.0.0/16" },
		{ "10.1.0.0/16[udp/opaque]", NULL },
		{ "10.1.0.0/16[253]", NULL },
		{ "10.1.0.0/16[icmp]", NULL },
		{ "10.1.0.0/16[icmp/8]", NULL },
		{ "10.1.0.0/16[icmp/0]", NULL },
		{ "10.1.0.0/16[icmp/8(0)]", NULL },
		{ "10.1.0.0/16[icmp/2048]", "10.1.0.0/16[icmp/8(0)]" },
		{ "10.1.0.0/16[icmp/3-5]", NULL },
		{ "10.1.0.0/16[icmp/3(1)-5(2)]", NULL },
		{ "fd00::/8[ipv6-icmp/128-129]", "fd00::/8[icmpv6/128-129]" },
		{ "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fff1-ffff:ffff:ffff:ffff:ffff:ffff:ffff:fff9[icmpv6/255(254)-255(255)]",
		  "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fff1-ffff:ffff:ffff:ffff:ffff:ffff:ffff:fff9[icmpv6/255(254)-255(255)]" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *want = rows[i][1] ? rows[i][1] : rows[i][0];
		struct ts_list list, again;
		struct buf wire = BUF_INIT;
		struct err err = { 0 };
		char buf[256];

		parse(&list, rows[i][0]);
		show(&list, buf, sizeof(buf));
		CHECK_TEXT(buf, want);
		for (size_t j = 0; j < list.n; j++) {
			char text[TS_TEXT_SIZE];

			parse(&again, ts_show(&list.ts[j], text));
			CHECK_ROW(again.n == 1 &&
					  ts_equal(&list.ts[j], &again.ts[0]),
				  text);
		}
		if (list.ts[0].dynamic)
			continue;
		ts_to_wire(&list, &wire);
		CHECK_ROW(!ts_from_wire(&again, buf_span(&wire), &err),
			  rows[i][0]);
		CHECK_ROW(ts_list_equal(&list, &again), rows[i][0]);
		buf_free(&wire);
	}
}

static void refusals(void)
{
	static const char *const rows[] = {
		"",
		",",
		"10.1.0.0/16,",
		",10.1.0.0/16",
		"10.1.0.0/16,,10.2.0.0/16",
		"10.1.0.0/33",
		"10.1.0.0/",
		"10.1.0.0/-1",
		"fd00::/129",
		"10.0.0.9-10.0.0.1",
		"10.0.0.1-",
		"10.0.0.1-fd00::1",
		"10.1.0.0/16-10.2.0.0",
		"any",
		"dynamic/8",
		"dynamics",
		"10.1.0.0/16[",
		"10.1.0.0/16]",
		"10.1.0.0/16[]",
		"10.1.0.0/16[tcp",
		"10.1.0.0/16[tcp]x",
		"10.1.0.0/16[tcp/]",
		"10.1.0.0/16[tcp/65536]",
		"10.1.0.0/16[tcp/90-80]",
		"10.1.0.0/16[tcp/opaque-9]",
		"10.1.0.0/16[tcp/80-]",
		"10.1.0.0/16[tcp/8(0)]",
		"10.1.0.0/16[tcp/nothing]",
		"10.1.0.0/16[256]",
		"10.1.0.0/16[nothing]",
		"10.1.0.0/16[icmp/8(256)]",
		"10.1.0.0/16[icmp/8(0]",
		"10.1.0.0/16[icmp/8()]",
		"10.1.0.0/16[icmp/256(0)]",
		"10.1.0.0/16[icmp/00000000000000000000000000000000000008]",
		"[tcp/80]",
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct ts_list list = { 0 };
		struct err err = { 0 };

		CHECK_ROW(ts_parse(&list, rows[i], &err) == -1, rows[i]);
		CHECK_ROW(strlen(err.text) > 10, rows[i]);
	}
}

static void limit(void)
{
	struct ts_list list = { 0 };
	struct err err = { 0 };
	char buf[16] = "a: ";

	for (size_t i = 0; i < TS_MAX; i++)
		CHECK(!ts_parse(&list, "10.0.0.0/8", &err));
	CHECK(ts_parse(&list, "10.0.0.0/8", &err) == -1);
	ts_show_list(&list, buf, sizeof(buf));
	CHECK_TEXT(buf, "a: 10.0.0.0/8 1");
}

static void narrowing(void)
{
	static const char *const rows[][3] = {
		/* proposed, ours, what is left */
		{ "0.0.0.0/0", "10.1.0.0/16", "10.1.0.0/16" },
		{ "10.1.0.0/16", "0.0.0.0/0", "10.1.0.0/16" },
		{ "10.1.0.0/16", "10.1.0.0/16", "10.1.0.0/16" },
		{ "10.1.0.0/16", "10.2.0.0/16", "" },
		{ "10.1.0.0/16", "fd00::/8", "" },
		{ "0.0.0.0/0,::/0", "fd00::/8,10.1.0.0/16",
		  "10.1.0.0/16 fd00::/8" },
		{ "10.0.0.1-10.0.0.9", "10.0.0.5-10.0.0.20",
		  "10.0.0.5-10.0.0.9" },
		{ "10.1.0.0/16[tcp]", "10.1.0.0/16", "10.1.0.0/16[tcp]" },
		{ "10.1.0.0/16", "10.1.0.0/16[tcp/80]", "10.1.0.0/16[tcp/80]" },
		{ "10.1.0.0/16[udp]", "10.1.0.0/16[tcp]", "" },
		{ "10.1.0.0/16[tcp/1-100]", "10.1.0.0/16[tcp/80-200]",
		  "10.1.0.0/16[tcp/80-100]" },
		{ "10.1.0.0/16[tcp/1-79]", "10.1.0.0/16[tcp/80]", "" },
		/* Any port has OPAQUE in it, a range has not. */
		{ "10.1.0.0/16[tcp]", "10.1.0.0/16[tcp/opaque]",
		  "10.1.0.0/16[tcp/opaque]" },
		{ "10.1.0.0/16[tcp/opaque]", "10.1.0.0/16[tcp/opaque]",
		  "10.1.0.0/16[tcp/opaque]" },
		{ "10.1.0.0/16[tcp/1-65535]", "10.1.0.0/16[tcp/opaque]", "" },
		/* A packet's selector in front, as after an acquire. */
		{ "10.1.0.5[tcp/80],10.1.0.0/16", "10.1.0.0/16",
		  "10.1.0.0/16" },
		{ "10.1.0.5[tcp/80],10.1.0.0/16", "10.1.0.0/16[tcp/1-99]",
		  "10.1.0.0/16[tcp/1-99]" },
		{ "10.1.0.5[tcp/80],0.0.0.0/0", "10.2.0.0/16,10.1.0.5",
		  "10.1.0.5/32 10.2.0.0/16" },
		/* Nothing twice. */
		{ "10.1.0.0/24,10.1.0.0/16,10.1.1.0/24", "10.0.0.0/8",
		  "10.1.0.0/16" },
		{ "10.0.0.0/8", "10.1.0.0/24,10.1.0.0/16", "10.1.0.0/16" },
		{ "10.1.0.0/16[icmp/8]", "10.0.0.0/8[icmp]",
		  "10.1.0.0/16[icmp/8]" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct ts_list proposed, ours, out;
		char buf[256];

		parse(&proposed, rows[i][0]);
		parse(&ours, rows[i][1]);
		ts_narrow(&proposed, &ours, &out);
		show(&out, buf, sizeof(buf));
		CHECK_TEXT(buf, rows[i][2]);
		for (size_t j = 0; j < out.n; j++) {
			bool within = false;

			for (size_t k = 0; k < ours.n; k++)
				within |= ts_contains(&ours.ts[k], &out.ts[j]);
			CHECK_ROW(within, rows[i][1]);
		}
	}
}

static void pairs(void)
{
	static const char *const rows[][4] = {
		{ "10.1.0.0/16,fd00::/8", "10.3.0.1", "10.1.0.0/16",
		  "10.3.0.1/32" },
		{ "fd00:3::1", "0.0.0.0/0,::/0", "fd00:3::1/128", "::/0" },
		{ "10.1.0.0/16,fd00::/8", "::/0,0.0.0.0/0",
		  "10.1.0.0/16 fd00::/8", "::/0 0.0.0.0/0" },
		{ "10.1.0.0/16", "fd00::/8", "", "" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct ts_list local, remote;
		char buf[256];

		parse(&local, rows[i][0]);
		parse(&remote, rows[i][1]);
		CHECK_ROW(ts_pair(&local, &remote) == !!*rows[i][2],
			  rows[i][0]);
		show(&local, buf, sizeof(buf));
		CHECK_TEXT(buf, rows[i][2]);
		show(&remote, buf, sizeof(buf));
		CHECK_TEXT(buf, rows[i][3]);
	}
}

/* More than there is room for: the first one proposed stays. */
static void narrowing_much(void)
{
	struct ts_list proposed = { 0 }, ours = { 0 }, out;
	struct err err;
	char text[64];

	ts_parse(&proposed, "10.250.0.0-10.251.0.0", &err);
	for (unsigned int i = 0; i < TS_MAX; i++) {
		snprintf(text, sizeof(text), "10.%u.0.0-10.%u.0.0", i * 2,
			 i * 2 + 1);
		ts_parse(&ours, text, &err);
	}
	for (unsigned int i = 1; i < TS_MAX; i++) {
		snprintf(text, sizeof(text), "10.%u.1.0-10.%u.0.0", i * 2 - 1,
			 i * 2 + 1);
		ts_parse(&proposed, text, &err);
	}
	parse(&out, "10.9.9.9");
	ours.ts[TS_MAX - 1] = proposed.ts[0];
	ts_narrow(&proposed, &ours, &out);
	CHECK(out.n >= 1 && out.n <= TS_MAX);
	CHECK(ts_equal(&out.ts[0], &proposed.ts[0]));
}

static void sets(void)
{
	struct ts_list a, b;

	parse(&a, "10.1.0.0/16,fd00::/8[tcp/80]");
	parse(&b, "fd00::/8[tcp/80],10.1.0.0/16");
	CHECK(ts_list_equal(&a, &b));
	parse(&b, "fd00::/8[tcp/80]");
	CHECK(!ts_list_equal(&a, &b));
	CHECK(!ts_list_equal(&b, &a));
	parse(&b, "10.1.0.0/16[tcp]");
	CHECK(ts_contains(&a.ts[0], &b.ts[0]));
	CHECK(!ts_contains(&b.ts[0], &a.ts[0]));
	parse(&b, "dynamic");
	CHECK(!ts_contains(&b.ts[0], &a.ts[0]));
	CHECK(!ts_contains(&b.ts[0], &b.ts[0]));
	CHECK(ts_equal(&b.ts[0], &b.ts[0]));
	CHECK(!ts_equal(&b.ts[0], &a.ts[0]));
}

static void resolving(void)
{
	static const struct addr hosts[] = {
		{ 4, { 192, 0, 2, 1 } },
		{ 16, { 0xfd, [15] = 1 } },
	};
	static const struct addr unknown = { .len = 4 };
	struct ts_list from, to;
	char buf[256];

	parse(&from, "10.1.0.0/16,dynamic[udp/1701]");
	ts_resolve(&from, hosts, 1, &to);
	show(&to, buf, sizeof(buf));
	CHECK_TEXT(buf, "10.1.0.0/16 192.0.2.1/32[udp/1701]");
	ts_resolve(&from, hosts, 2, &to);
	show(&to, buf, sizeof(buf));
	CHECK_TEXT(buf,
		   "10.1.0.0/16 192.0.2.1/32[udp/1701] fd00::1/128[udp/1701]");
	ts_resolve(&from, NULL, 0, &to);
	show(&to, buf, sizeof(buf));
	CHECK_TEXT(buf, "10.1.0.0/16");
	ts_resolve(&from, &unknown, 1, &to);
	show(&to, buf, sizeof(buf));
	CHECK_TEXT(buf, "10.1.0.0/16 0.0.0.0/0[udp/1701]");
}

/* 10.1.0.0/16[tcp/80] */
#define V4 7, 6, 0, 16, 0, 80, 0, 80, 10, 1, 0, 0, 10, 1, 255, 255

static void on_the_wire(void)
{
	static const uint8_t good[] = { 1, 0, 0, 0, V4 };
	/* A selector of a type that is not known (RFC 7296, 3.13.1). */
	static const uint8_t other[] = { 2, 0, 0, 0, 10, 0, 0, 5, 1, V4 };
	struct buf buf = BUF_INIT;
	struct ts_list list;
	struct err err;
	char text[TS_TEXT_SIZE];

	CHECK(!ts_from_wire(&list, SPAN(good), &err));
	CHECK(list.n == 1);
	CHECK_TEXT(ts_show(&list.ts[0], text), "10.1.0.0/16[tcp/80]");
	ts_to_wire(&list, &buf);
	CHECK(span_equal(buf_span(&buf), SPAN(good)));
	buf_free(&buf);
	CHECK(!ts_from_wire(&list, SPAN(other), &err));
	CHECK(list.n == 1);
	CHECK_TEXT(ts_show(&list.ts[0], text), "10.1.0.0/16[tcp/80]");
	/* Every cut of it is an error. */
	for (size_t len = 0; len < sizeof(other); len++)
		CHECK(ts_from_wire(&list, span_of(other, len), &err) == -1);
}

static void bad_wire(void)
{
#define ROW(...)                                    \
	{                                           \
		sizeof((uint8_t[]){ __VA_ARGS__ }), \
		{                                   \
			__VA_ARGS__                 \
		}                                   \
	}
	static const struct {
		size_t len;
		uint8_t octets[64];
	} rows[] = {
		ROW(0, 0, 0, 0),
		ROW(0, 0, 0, 0, V4),
		ROW(1, 0, 0, 0, V4, 0),
		ROW(1, 0, 0, 0, V4, V4),
		ROW(2, 0, 0, 0, V4),
		/* IPv6 of IPv4's length, and the other way round */
		ROW(1, 0, 0, 0, 8, 6, 0, 16, 0, 80, 0, 80, 10, 1, 0, 0, 10, 1,
		    255, 255),
		ROW(1, 0, 0, 0, 7, 0, 0, 24, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8,
		    1, 2, 3, 4, 5, 6, 7, 8),
		/* lengths that are less than a header */
		ROW(1, 0, 0, 0, 7, 6, 0, 0, 0, 80, 0, 80, 10, 1, 0, 0, 10, 1,
		    255, 255),
		ROW(1, 0, 0, 0, 10, 6, 0, 3, 0, 80, 0, 80),
		/* ends before it starts; ports too */
		ROW(1, 0, 0, 0, 7, 6, 0, 16, 0, 80, 0, 80, 10, 1, 255, 255, 10,
		    1, 0, 0),
		ROW(1, 0, 0, 0, 7, 6, 0, 16, 0, 81, 0, 80, 10, 1, 0, 0, 10, 1,
		    255, 255),
		ROW(1, 0, 0, 0, 7, 6, 0, 16, 255, 255, 0, 1, 10, 1, 0, 0, 10, 1,
		    255, 255),
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct ts_list list;
		struct err err = { 0 };
		char row[16];

		snprintf(row, sizeof(row), "%zu", i);
		CHECK_ROW(ts_from_wire(&list,
				       span_of(rows[i].octets, rows[i].len),
				       &err) == -1,
			  row);
		CHECK_ROW(*err.text, row);
	}
}

/* 255 of them are taken as far as there is room. */
static void many(void)
{
	static const uint8_t one[] = { V4 };
	struct buf buf = BUF_INIT;
	struct ts_list list;
	struct err err;

	buf_add(&buf, (uint8_t[]){ 255, 0, 0, 0 }, 4);
	for (size_t i = 0; i < 255; i++)
		buf_add_span(&buf, SPAN(one));
	CHECK(!ts_from_wire(&list, buf_span(&buf), &err));
	CHECK(list.n == TS_MAX);
	buf_free(&buf);
}

static const struct tap_test tests[] = {
	{ "selectors are read, written and sent", round_trips },
	{ "bad selectors are refused", refusals },
	{ "as many as there is room for", limit },
	{ "proposed ones are narrowed", narrowing },
	{ "of both ends, the families that both have", pairs },
	{ "much to narrow", narrowing_much },
	{ "selectors are sets", sets },
	{ "dynamic is replaced by hosts", resolving },
	{ "octets are those of the RFC", on_the_wire },
	{ "malformed payloads are refused", bad_wire },
	{ "many selectors of a peer", many },
};

TAP_MAIN(tests)
