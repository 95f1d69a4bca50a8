// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which addresses fit local_addrs and remote_addrs, and how well; and what the
 * device of a connection is called.
 */
#include <stdlib.h>

#include "../../tests/tap.h"
#include "../core/inner.h"

/* As conn_slot_match() says it; of the local one any fits. */
enum { NOT = 0, ANY = 1 * 4 + 1, NET = 2 * 4 + 1, EXACTLY = 3 * 4 + 1 };

static const struct row {
	const char *texts, *more; /* of remote_addrs */
	const char *addr;
	unsigned int fits;
} rows[] = {
	{ "%any", NULL, "192.0.2.1", ANY },
	{ "0.0.0.0", NULL, "192.0.2.1", ANY },
	{ "::", NULL, "2001:db8::1", ANY },
	{ "192.0.2.1", NULL, "192.0.2.1", EXACTLY },
	{ "192.0.2.1", NULL, "192.0.2.2", NOT },
	{ "192.0.2.1", NULL, "2001:db8::1", NOT },
	{ "2001:db8::1", NULL, "2001:db8::1", EXACTLY },
	{ "192.0.2.0/24", NULL, "192.0.2.255", NET },
	{ "192.0.2.0/24", NULL, "192.0.3.0", NOT },
	{ "192.0.2.77/24", NULL, "192.0.2.1", NET },
	{ "0.0.0.0/0", NULL, "192.0.2.1", NET },
	{ "0.0.0.0/0", NULL, "2001:db8::1", NOT },
	{ "192.0.2.0/33", NULL, "192.0.2.1", NOT },
	{ "192.0.2.0/24/8", NULL, "192.0.2.0", NOT },
	{ "192.0.2", NULL, "192.0.0.2", NOT },
	{ "2001:db8::x", NULL, "2001:db8::1", NOT },
	{ "192.0.2.0/x", NULL, "192.0.2.1", NOT },
	{ "nobody/24", NULL, "192.0.2.1", NOT },
	{ "2001:db8::/32", NULL, "2001:db8:ffff::1", NET },
	{ "2001:db8::/32", NULL, "2001:db9::1", NOT },
	{ "192.0.2.5-192.0.2.9", NULL, "192.0.2.4", NOT },
	{ "192.0.2.5-192.0.2.9", NULL, "192.0.2.5", NET },
	{ "192.0.2.5-192.0.2.9", NULL, "192.0.2.9", NET },
	{ "192.0.2.5-192.0.2.9", NULL, "192.0.2.10", NOT },
	{ "192.0.2.9-192.0.2.5", NULL, "192.0.2.7", NOT },
	{ "2001:db8::5-2001:db8::9", NULL, "2001:db8::9", NET },
	{ "2001:db8::5-2001:db8::9", NULL, "2001:db8::a", NOT },
	{ "0.0.0.0-ffff::", NULL, "192.0.2.7", NOT },
	{ "192.0.2.5-192.0.2", NULL, "192.0.2.5", NOT },
	{ "2001:db8::5-", NULL, "2001:db8::5", NOT },
	/* Names may be of any address, also those that look like a range. */
	{ "vpn.example", NULL, "192.0.2.1", ANY },
	{ "my-vpn.example", NULL, "192.0.2.1", ANY },
	{ "cafe-bad.de", NULL, "192.0.2.1", ANY },
	/* The best one of several. */
	{ "%any", "192.0.2.1", "192.0.2.1", EXACTLY },
	{ "192.0.2.0/24", "%any", "192.0.2.1", NET },
	{ "192.0.2.0/24", "%any", "192.0.3.1", ANY },
	{ "192.0.2.0/24", "192.0.3.0/24", "192.0.4.1", NOT },
	{ NULL, NULL, "192.0.2.1", ANY },
};

static void remote_addrs(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char *texts[] = { (char *)rows[i].texts, (char *)rows[i].more };
		struct conn conn = { 0 };
		struct conn_slot slot = { .conn = &conn };
		struct ike_path path = { 0 };
		const char *name = rows[i].texts ? rows[i].texts : "none";
		struct err err;

		conn.remote_addrs.texts = texts;
		conn.remote_addrs.n = !texts[0] ? 0 : !texts[1] ? 1 : 2;
		CHECK(!addr_parse_digits(&path.remote, rows[i].addr, &err));
		CHECK(!addr_parse_digits(&path.local, "192.0.2.200", &err));
		CHECK(!conn_slot_read_addrs(&slot));
		CHECK_ROW(conn_slot_match(&slot, &path) == rows[i].fits, name);
		free(slot.remote.list);
		free(slot.local.list);
		/* A connection's own addresses are of the same kind. */
		conn.local_addrs = conn.remote_addrs;
		CHECK_ROW(conn_match_local(&conn, &path.remote) ==
				  (rows[i].fits != NOT),
			  name);
	}
}

/* What is nearer counts first at the other end, then here. */
static void both_addrs(void)
{
	char net[] = "192.0.2.0/24", one[] = "192.0.2.1", any[] = "%any";
	const struct {
		char *remote, *local;
		unsigned int fits;
	} best_first[] = {
		{ one, one, CONN_FITS_BEST },
		{ one, net, 14 },
		{ one, any, 13 },
		{ net, one, 11 },
		{ net, any, 9 },
		{ any, one, 7 },
		{ any, any, 5 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(best_first); i++) {
		struct conn conn = { 0 };
		struct conn_slot slot = { .conn = &conn };
		struct ike_path path = { 0 };
		char *remote = best_first[i].remote;
		char *local = best_first[i].local;
		struct err err;

		conn.remote_addrs.texts = &remote;
		conn.local_addrs.texts = &local;
		conn.remote_addrs.n = 1;
		conn.local_addrs.n = 1;
		CHECK(!addr_parse_digits(&path.remote, one, &err));
		path.local = path.remote;
		CHECK(!conn_slot_read_addrs(&slot));
		CHECK(conn_slot_match(&slot, &path) == best_first[i].fits);
		free(slot.remote.list);
		free(slot.local.list);
	}
}

/* Of at most 15 characters that a device may have; "" is a hash of the name. */
static void devices(void)
{
	static const struct {
		const char *interface, *name, *want;
	} names[] = {
		{ "vpn0", "net", "vpn0" },
		{ "", "net", "adit-net" },
		{ NULL, "0123456789", "adit-0123456789" },
		{ "", "0123456789a", "" },
		{ "", "0123456789b", "" },
		{ "", "a b", "" },
		{ "", "a/b", "" },
		{ "", "a:b", "" },
		{ "", "a%d", "" },
		{ "", "a\nb", "" },
		{ "", "a\tb", "" },
	};
	char got[ARRAY_SIZE(names)][16];

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const struct conn conn = {
			.name = (char *)names[i].name,
			.interface = (char *)names[i].interface,
		};

		conn_device(&conn, got[i]);
		if (*names[i].want) {
			CHECK_TEXT(got[i], names[i].want);
			continue;
		}
		CHECK_ROW(strlen(got[i]) == 13 &&
				  strncmp(got[i], "adit-", 5) == 0 &&
				  strspn(got[i] + 5, "0123456789abcdef") == 8,
			  names[i].name);
		for (size_t j = 0; j < i; j++)
			CHECK_ROW(strcmp(got[i], got[j]) != 0, names[i].name);
	}
}

static const struct tap_test tests[] = {
	{ "one address", remote_addrs },
	{ "both of them", both_addrs },
	{ "names of devices", devices },
};

TAP_MAIN(tests)
