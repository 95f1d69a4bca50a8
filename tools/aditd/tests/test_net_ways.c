// SPDX-License-Identifier: GPL-2.0-or-later
/* Selectors as what goes to the interface: never less than they have. */
#include "../net/ways.h"

#include <stdio.h>
#include <string.h>

#include "../../tests/tap.h"

static const struct row {
	const char *local, *remote, *want;
} rows[] = {
	{ "10.1.0.0/16", "10.2.0.0/16", "10.2.0.0-10.2.255.255 0" },
	{ "10.1.0.0/16", "10.2.0.0/16[tcp/443]",
	  "10.2.0.0-10.2.255.255 6 to 443-443" },
	{ "10.1.0.0/24[tcp/443]", "10.2.0.0/24",
	  "10.2.0.0-10.2.0.255 6 from 443-443" },
	{ "10.1.0.1[udp/1701]", "10.2.0.1[udp/1701]",
	  "10.2.0.1-10.2.0.1 17 from 1701-1701 to 1701-1701" },
	{ "10.1.0.1[gre]", "10.2.0.1", "10.2.0.1-10.2.0.1 47" },
	{ "10.1.0.1", "10.2.0.1[icmp/8]", "10.2.0.1-10.2.0.1 1" },
	/* What the kernel's rules cannot say is more, not less. */
	{ "10.1.0.1", "10.2.0.1[tcp/1024-65535]", "10.2.0.1-10.2.0.1 6" },
	{ "10.1.0.1", "10.2.0.1[tcp/opaque]", "10.2.0.1-10.2.0.1 6" },
	{ "10.1.0.1", "10.2.0.1[tcp/0-1023]", "10.2.0.1-10.2.0.1 6 to 1-1023" },
	/* One that has all makes rules needless. */
	{ "10.1.0.1[tcp],10.1.0.2", "10.2.0.1", "10.2.0.1-10.2.0.1 0" },
	/* Nothing is said twice. */
	{ "10.1.0.1[tcp],10.1.0.2[tcp]", "10.2.0.1", "10.2.0.1-10.2.0.1 6" },
	{ "10.1.0.1[tcp],10.1.0.2[udp]", "10.2.0.1[tcp/80]",
	  "10.2.0.1-10.2.0.1 6 to 80-80" },
	{ "10.1.0.1[tcp/80],10.1.0.1[tcp/443]", "10.2.0.1",
	  "10.2.0.1-10.2.0.1 6 from 80-80|10.2.0.1-10.2.0.1 6 from 443-443" },
	{ "10.1.0.1,fd00::1[tcp]", "fd00::2,10.2.0.1",
	  "fd00::2-fd00::2 6|10.2.0.1-10.2.0.1 0" },
	/* Of another family, or of another protocol: as it was without rules. */
	{ "10.1.0.1", "fd00::2", "fd00::2-fd00::2 0" },
	{ "10.1.0.1[tcp]", "10.2.0.1[udp]", "10.2.0.1-10.2.0.1 0" },
};

static void show_ports(const char *word, const struct ports *ports, char *text,
		       size_t size)
{
	size_t len = strlen(text);

	if (ports->last)
		snprintf(text + len, size - len, " %s %u-%u", word,
			 ports->first, ports->last);
}

static void show(const struct ways *ways, char *text, size_t size)
{
	char first[ADDR_TEXT_SIZE], last[ADDR_TEXT_SIZE];

	*text = '\0';
	for (size_t i = 0; i < ways->n; i++) {
		const struct way *way = &ways->list[i];
		size_t len = strlen(text);

		snprintf(text + len, size - len, "%s%s-%s %u", i ? "|" : "",
			 addr_digits(&way->first, first),
			 addr_digits(&way->last, last), way->proto);
		show_ports("from", &way->source, text, size);
		show_ports("to", &way->destination, text, size);
	}
}

static void read_list(struct ts_list *list, const char *text)
{
	struct err err;

	list->n = 0;
	CHECK_ROW(!ts_parse(list, text, &err), text);
}

static void pairs(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct ts_list local, remote;
		struct ways ways;
		char text[512];

		read_list(&local, rows[i].local);
		read_list(&remote, rows[i].remote);
		ways_of(&local, &remote, &ways);
		show(&ways, text, sizeof(text));
		CHECK(!ways.wide);
		CHECK_TEXT(text, rows[i].want);
	}
}

/* What would make each packet slow is said without protocols. */
static void many(void)
{
	struct ts_list local = { 0 }, remote = { 0 };
	struct ways ways;
	char text[64];

	for (unsigned int i = 0; i < 10; i++) {
		struct err err;

		snprintf(text, sizeof(text), "10.1.0.1[tcp/%u]", 80 + i);
		CHECK(!ts_parse(&local, text, &err));
		snprintf(text, sizeof(text), "10.2.0.%u", i);
		CHECK(!ts_parse(&remote, text, &err));
	}
	ways_of(&local, &remote, &ways);
	CHECK(ways.wide && ways.n == 10);
	for (size_t i = 0; i < ways.n; i++)
		CHECK(!ways.list[i].proto);

	/* A range of many prefixes. */
	read_list(&local, "10.1.0.1[tcp/80],10.1.0.1[tcp/81],10.1.0.1[tcp/82]");
	read_list(&remote, "0.0.0.1-255.255.255.254");
	ways_of(&local, &remote, &ways);
	CHECK(ways.wide && ways.n == 1 && !ways.list[0].proto);
}

static const struct tap_test tests[] = {
	{ "pairs", pairs },
	{ "many", many },
};

TAP_MAIN(tests)
