// SPDX-License-Identifier: GPL-2.0-or-later
/* Traffic selectors, there and back. */
#include <linux/adit.h>
#include <stdlib.h>

#include "../lib/selector.h"
#include "tap.h"

static void show_all(const struct field_list *list, char *buf, size_t size)
{
	const struct adit_selector *ts = list->items;
	char text[SELECTOR_TEXT_SIZE];
	size_t len = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < list->n; i++)
		len += (size_t)snprintf(buf + len, size - len, "%s%s",
					i ? "," : "",
					selector_show(&ts[i], text));
}

static void round_trips(void)
{
	/* What is written, then what is shown of it; NULL for the same. */
	static const char *const rows[][2] = {
		{ "10.1.0.0/16", NULL },
		{ "10.1.2.3/16", "10.1.0.0/16" },
		{ "10.1.2.3", "10.1.2.3/32" },
		{ "0.0.0.0/0", NULL },
		{ "::/0", NULL },
		{ "fd00::/8", NULL },
		{ "fd00::1", "fd00::1/128" },
		{ "10.0.0.1-10.0.0.9", NULL },
		{ "10.0.0.0-10.0.0.255", "10.0.0.0/24" },
		{ "10.0.0.1-10.0.0.1", "10.0.0.1/32" },
		{ "fd00::1-fd00::ff", NULL },
		{ "10.1.0.0/16[tcp/80]", NULL },
		{ "10.1.0.0/16[6/80]", "10.1.0.0/16[tcp/80]" },
		{ "10.1.0.0/16[tcp]", NULL },
		{ "10.1.0.0/16[udp/5000-5010]", NULL },
		{ "10.1.0.0/16[udp/0-65535]", "10.1.0.0/16[udp]" },
		{ "10.1.0.0/16[udp/53-53]", "10.1.0.0/16[udp/53]" },
		{ "10.1.0.0/16[udp/opaque]", NULL },
		{ "fd00::/8[any/opaque]", NULL },
		{ "10.1.0.0/16[tcp/65535]", NULL },
		{ "10.1.0.0/16[253]", NULL },
		{ "10.1.0.0/16[any]", "10.1.0.0/16" },
		{ "10.1.0.0/16[0]", "10.1.0.0/16" },
		{ "fd00::/8[ipv6-icmp]", "fd00::/8[icmpv6]" },
		{ "10.0.0.1-10.0.0.9[sctp/1-9]", NULL },
		{ "any", "0.0.0.0/0,::/0" },
		{ "any[tcp/80]", "0.0.0.0/0[tcp/80],::/0[tcp/80]" },
		{ "10.1.0.0/16,fd00::/8[tcp],10.0.0.1-10.0.0.9", NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *want = rows[i][1] ? rows[i][1] : rows[i][0];
		struct field_list list = { 0 }, again = { 0 };
		struct err err = { 0 };
		char buf[512];

		if (!CHECK_ROW(!selector_parse_list(&list, rows[i][0], &err),
			       rows[i][0]))
			printf("# %s\n", err.text);
		show_all(&list, buf, sizeof(buf));
		CHECK_TEXT(buf, want);
		/* What is shown can be read, and is the same. */
		CHECK_ROW(!selector_parse_list(&again, buf, &err), buf);
		show_all(&again, buf, sizeof(buf));
		CHECK_TEXT(buf, want);
		free(list.items);
		free(again.items);
	}
}

static void refusals(void)
{
	static const char *const rows[] = {
		"",
		",",
		"10.1.0.0/16,",
		",10.1.0.0/16",
		"10.1.0.0/33",
		"10.1.0.0/",
		"10.1.0.0/-1",
		"10.1.0.0/1x",
		"fd00::/129",
		"10.0.0.9-10.0.0.1",
		"10.0.0.1-",
		"-10.0.0.1",
		"10.0.0.1-fd00::1",
		"any-10.0.0.1",
		"any/8",
		"10.1.0.0/16-10.2.0.0/16",
		"10.1.0.0/16[",
		"10.1.0.0/16[]",
		"10.1.0.0/16[tcp",
		"10.1.0.0/16[tcp]x",
		"10.1.0.0/16[tcp/]",
		"10.1.0.0/16[tcp/65536]",
		"10.1.0.0/16[tcp/90-80]",
		"10.1.0.0/16[tcp/65535-0]",
		"10.1.0.0/16[tcp/opaque-9]",
		"10.1.0.0/16[opaque]",
		"10.1.0.0/16[tcp/80-]",
		"10.1.0.0/16[256]",
		"10.1.0.0/16[nothing]",
		"[tcp/80]",
		"dynamic",
		"1.2.3",
		"10000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000.0.0.0/8",
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct field_list list = { 0 };
		struct err err = { 0 };

		CHECK_ROW(selector_parse_list(&list, rows[i], &err) == -1,
			  rows[i]);
		CHECK_ROW(err.kind == ERR_USAGE && *err.text, rows[i]);
		free(list.items);
	}
}

/* A kernel that leaves out what it may. */
static void partial(void)
{
	struct adit_selector ts = { .has = BIT64(ADIT_A_SELECTOR_START) };
	char buf[SELECTOR_TEXT_SIZE];

	CHECK_TEXT(selector_show(&ts, buf), "none/0");
	ts.start = (struct addr){ 4, { 10, 0, 0, 1 } };
	CHECK_TEXT(selector_show(&ts, buf), "10.0.0.1/32");
	ts.has |= BIT64(ADIT_A_SELECTOR_PORT_START);
	ts.port_start = 7;
	CHECK_TEXT(selector_show(&ts, buf), "10.0.0.1/32[any/7]");
	ts.port_start = 0;
	CHECK_TEXT(selector_show(&ts, buf), "10.0.0.1/32[any/0]");
	ts.has |= BIT64(ADIT_A_SELECTOR_PORT_END);
	ts.port_end = UINT16_MAX;
	CHECK_TEXT(selector_show(&ts, buf), "10.0.0.1/32");
	ts.proto = 17;
	CHECK_TEXT(selector_show(&ts, buf), "10.0.0.1/32[udp]");
}

static const struct tap_test tests[] = {
	{ "selectors are read, written and read again", round_trips },
	{ "bad selectors are refused", refusals },
	{ "selectors with missing parts are shown", partial },
};

TAP_MAIN(tests)
