// SPDX-License-Identifier: GPL-2.0-or-later
/* Traffic selectors: tables from the RFCs, and against the model. */

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>

#include "random.h"
#include "selector_model.h"
#include "tap.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

static union adit_addr addr_of(const char *text)
{
	union adit_addr addr = { 0 };

	if (inet_pton(strchr(text, ':') ? AF_INET6 : AF_INET, text, &addr) != 1)
		abort();
	return addr;
}

static u16 family_of(const char *text)
{
	return strchr(text, ':') ? AF_INET6 : AF_INET;
}

static u16 random_family(void)
{
	return rnd() % 2 ? AF_INET : AF_INET6;
}

static number last_number(u16 family)
{
	return family == AF_INET ? U32_MAX : ~(number)0;
}

/* Numbers of every size, and near both ends. */
static number random_number(u16 family)
{
	number n = (number)rnd() << 64 | rnd();
	unsigned int bits = family == AF_INET ? 32 : 128;

	n &= last_number(family);
	n >>= rnd() % bits;
	return rnd() % 2 ? n : last_number(family) - n;
}

/* ---------------------------------------------------------------- addresses */

static void test_addr(void)
{
	static const struct {
		const char *addr;
		unsigned int len;
		const char *expected;
	} rows[] = {
		{ "192.0.2.255", 32, "192.0.2.255" },
		{ "192.0.2.255", 31, "192.0.2.254" },
		{ "192.0.2.255", 24, "192.0.2.0" },
		{ "192.0.2.255", 1, "128.0.0.0" },
		{ "192.0.2.255", 0, "0.0.0.0" },
		{ "2001:db8::ffff:ffff", 128, "2001:db8::ffff:ffff" },
		{ "2001:db8::ffff:ffff", 127, "2001:db8::ffff:fffe" },
		{ "2001:db8::ffff:ffff", 97, "2001:db8::8000:0" },
		{ "2001:db8::ffff:ffff", 96, "2001:db8::" },
		{ "2001:db8:ffff:ffff:ffff::", 64, "2001:db8:ffff:ffff::" },
		{ "2001:db8:ffff:ffff:ffff::", 33, "2001:db8:8000::" },
		{ "2001:db8:ffff:ffff:ffff::", 32, "2001:db8::" },
		{ "2001:db8::1", 0, "::" },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		union adit_addr addr = addr_of(rows[i].addr);
		union adit_addr expected = addr_of(rows[i].expected);
		u16 family = family_of(rows[i].addr);

		adit_addr_mask(family, &addr, rows[i].len);
		check(!memcmp(&addr, &expected, sizeof(addr)),
		      "%s/%u is not %s", rows[i].addr, rows[i].len,
		      rows[i].expected);
		check(adit_addr_is_any(family, &addr) ==
		      !model_number(family, &expected), "%s/%u: any",
		      rows[i].addr, rows[i].len);
	}
	check(adit_addr_is_any(AF_UNSPEC, &(union adit_addr){ 0 }),
	      "no address is one");
}

static int sign(int n)
{
	return (n > 0) - (n < 0);
}

static void test_addr_random(void)
{
	unsigned int i;

	for (i = 0; i < tap_steps; i++) {
		u16 family = random_family();
		unsigned int bits = family == AF_INET ? 32 : 128;
		unsigned int len = rnd() % (bits + 1);
		number a = random_number(family);
		number b = rnd() % 8 ? random_number(family) : a;
		union adit_addr addr = model_addr(family, a);
		union adit_addr other = model_addr(family, b);
		int expected = a < b ? -1 : a > b;

		check(sign(adit_addr_cmp(family, &addr, &other)) == expected,
		      "step %u: not %d", i, expected);
		check(adit_addr_is_any(family, &addr) == !a, "step %u: any", i);
		adit_addr_mask(family, &addr, len);
		a = len ? a >> (bits - len) << (bits - len) : 0;
		check(model_number(family, &addr) == a, "step %u: mask", i);
	}
}

/* ------------------------------------------------------------------ matches */

/* A packet from 10.0.0.5 to 10.1.0.5, or from fd00::5 to fd01::5. */
static struct adit_flow flow_of(u16 family, u8 proto, bool has_ports,
				u16 source_port, u16 destination_port)
{
	struct adit_flow flow = {
		.source = addr_of(family == AF_INET ? "10.0.0.5" : "fd00::5"),
		.destination = addr_of(family == AF_INET ? "10.1.0.5" :
							   "fd01::5"),
		.family = family,
		.proto = proto,
		.has_ports = has_ports,
		.source_port = source_port,
		.destination_port = destination_port,
	};

	return flow;
}

static void test_match(void)
{
#define TCP AF_INET, IPPROTO_TCP, true, 1000, 80
#define TCP6 AF_INET6, IPPROTO_TCP, true, 1000, 80
#define FRAGMENT AF_INET, IPPROTO_TCP, false, 0, 0
#define ECHO AF_INET, IPPROTO_ICMP, true, 8 << 8, 8 << 8
#define GRE AF_INET, IPPROTO_GRE, false, 0, 0
#define ANY 0, 65535
#define OPAQUE 65535, 0
	static const struct {
		u16 family;
		u8 flow_proto;
		bool has_ports;
		u16 source_port;
		u16 destination_port;
		const char *start;
		const char *end;
		u8 proto;
		u16 port_start;
		u16 port_end;
		bool source;
		bool expected;
	} rows[] = {
		/* Addresses: the ends belong to the range. */
		{ TCP, "10.0.0.5", "10.0.0.5", 0, ANY, true, true },
		{ TCP, "10.0.0.0", "10.0.0.5", 0, ANY, true, true },
		{ TCP, "10.0.0.5", "10.0.0.9", 0, ANY, true, true },
		{ TCP, "10.0.0.6", "10.0.0.9", 0, ANY, true, false },
		{ TCP, "10.0.0.0", "10.0.0.4", 0, ANY, true, false },
		{ TCP, "0.0.0.0", "255.255.255.255", 0, ANY, true, true },
		{ TCP, "10.0.0.5", "10.0.0.5", 0, ANY, false, false },
		{ TCP, "10.1.0.5", "10.1.0.5", 0, ANY, false, true },
		{ TCP6, "fd00::", "fd00::ffff", 0, ANY, true, true },
		{ TCP6, "fd00::6", "fd00::ffff", 0, ANY, true, false },
		{ TCP6, "fd00::", "fd00::ffff", 0, ANY, false, false },
		/* One family never is in a range of the other. */
		{ TCP, "::", "ffff::", 0, ANY, true, false },
		{ TCP6, "0.0.0.0", "255.255.255.255", 0, ANY, true, false },
		/* Protocols. */
		{ TCP, "10.0.0.5", "10.0.0.5", 6, ANY, true, true },
		{ TCP, "10.0.0.5", "10.0.0.5", 17, ANY, true, false },
		/* Ports, each side its own. */
		{ TCP, "10.0.0.5", "10.0.0.5", 6, 1000, 1000, true, true },
		{ TCP, "10.0.0.5", "10.0.0.5", 6, 1001, 65535, true, false },
		{ TCP, "10.0.0.5", "10.0.0.5", 6, 0, 999, true, false },
		{ TCP, "10.0.0.5", "10.0.0.5", 6, 80, 80, true, false },
		{ TCP, "10.1.0.5", "10.1.0.5", 6, 80, 80, false, true },
		{ TCP, "10.0.0.5", "10.0.0.5", 0, 1000, 1000, true, true },
		/* No ports: only who asks for none (RFC 4301, 7.2). */
		{ FRAGMENT, "10.0.0.5", "10.0.0.5", 6, ANY, true, true },
		{ FRAGMENT, "10.0.0.5", "10.0.0.5", 6, 0, 0, true, false },
		{ FRAGMENT, "10.0.0.5", "10.0.0.5", 6, 0, 65534, true, false },
		{ FRAGMENT, "10.0.0.5", "10.0.0.5", 6, 1, 65535, true, false },
		{ GRE, "10.0.0.5", "10.0.0.5", 47, ANY, true, true },
		{ GRE, "10.0.0.5", "10.0.0.5", 47, 1, 2, true, false },
		/* OPAQUE: only who has none (RFC 7296, 3.13.1). */
		{ FRAGMENT, "10.0.0.5", "10.0.0.5", 6, OPAQUE, true, true },
		{ FRAGMENT, "10.1.0.5", "10.1.0.5", 0, OPAQUE, false, true },
		{ FRAGMENT, "10.0.0.5", "10.0.0.5", 17, OPAQUE, true, false },
		{ FRAGMENT, "10.0.0.6", "10.0.0.6", 6, OPAQUE, true, false },
		{ GRE, "10.0.0.5", "10.0.0.5", 0, OPAQUE, true, true },
		{ TCP, "10.0.0.5", "10.0.0.5", 6, OPAQUE, true, false },
		{ TCP, "10.0.0.5", "10.0.0.5", 0, OPAQUE, true, false },
		{ TCP6, "fd00::", "fd00::ffff", 6, OPAQUE, true, false },
		{ ECHO, "10.0.0.5", "10.0.0.5", 1, OPAQUE, true, false },
		{ FRAGMENT, "10.0.0.5", "10.0.0.5", 6, 65535, 65535, true, false },
		/* Type and code of ICMP are one port (RFC 7296, 3.13.1). */
		{ ECHO, "10.0.0.5", "10.0.0.5", 1, 0x800, 0x8ff, true, true },
		{ ECHO, "10.1.0.5", "10.1.0.5", 1, 0x800, 0x800, false, true },
		{ ECHO, "10.0.0.5", "10.0.0.5", 1, 0, 0xff, true, false },
	};
#undef TCP
#undef TCP6
#undef FRAGMENT
#undef ECHO
#undef GRE
#undef ANY
#undef OPAQUE
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct adit_flow flow = flow_of(rows[i].family,
						rows[i].flow_proto,
						rows[i].has_ports,
						rows[i].source_port,
						rows[i].destination_port);
		struct adit_ts ts = {
			.start = addr_of(rows[i].start),
			.end = addr_of(rows[i].end),
			.family = family_of(rows[i].start),
			.proto = rows[i].proto,
			.port_start = rows[i].port_start,
			.port_end = rows[i].port_end,
		};

		check(adit_ts_match(&ts, 1, &flow, rows[i].source) ==
		      rows[i].expected, "row %u", i);
		check(model_match(&ts, 1, &flow, rows[i].source) ==
		      rows[i].expected, "row %u: the model differs", i);
		check(adit_ts_match(&ts, 0, &flow, rows[i].source),
		      "row %u: none at all", i);
	}
}

static struct adit_ts range(const char *start, const char *end)
{
	struct adit_ts ts = {
		.start = addr_of(start),
		.end = addr_of(end),
		.family = family_of(start),
	};

	return ts;
}

/* A fragment that would write over a header: only OPAQUE minds. */
static void test_overlap(void)
{
	struct adit_flow flow = flow_of(AF_INET, IPPROTO_TCP, false, 0, 0);
	struct adit_ts ts = range("10.0.0.5", "10.0.0.5");

	flow.overlaps = true;
	ts.port_end = 65535;
	check(adit_ts_match(&ts, 1, &flow, true), "any port");
	ts.port_start = 65535;
	ts.port_end = 0;
	check(!adit_ts_match(&ts, 1, &flow, true), "OPAQUE");
	flow.overlaps = false;
	check(adit_ts_match(&ts, 1, &flow, true), "OPAQUE, none");
}

static void random_ts(struct adit_ts *ts)
{
	u16 family = random_family();
	number a = random_number(family), b = random_number(family);

	memset(ts, 0, sizeof(*ts));
	ts->family = family;
	ts->start = model_addr(family, a < b ? a : b);
	ts->end = model_addr(family, a < b ? b : a);
	ts->proto = rnd() % 2 ? 0 : IPPROTO_UDP;
	ts->port_start = rnd() % 2 ? 0 : (u16)rnd();
	ts->port_end = rnd() % 2 ? 65535 :
				   (u16)(ts->port_start +
					 rnd() % (65536 - ts->port_start));
	if (rnd() % 8 == 0) {
		ts->port_start = 65535;
		ts->port_end = 0;
	}
}

static void random_flow(struct adit_flow *flow)
{
	memset(flow, 0, sizeof(*flow));
	flow->family = random_family();
	flow->source = model_addr(flow->family, random_number(flow->family));
	flow->destination = model_addr(flow->family,
				       random_number(flow->family));
	flow->proto = rnd() % 2 ? IPPROTO_UDP : IPPROTO_TCP;
	flow->has_ports = rnd() % 4;
	flow->overlaps = !flow->has_ports && rnd() % 4 == 0;
	flow->source_port = (u16)rnd();
	flow->destination_port = (u16)rnd();
}

/* Both sides of a child, with room for the selectors of both. */
static struct adit_selectors *selectors;

static void random_selectors(void)
{
	unsigned int i;

	selectors->local_count = rnd() % 3;
	selectors->remote_count = rnd() % 3;
	for (i = 0; i < 4; i++)
		random_ts(&selectors->ts[i]);
}

static void check_sides(const struct adit_flow *flow, unsigned int step)
{
	const struct adit_ts *local = selectors->ts;
	const struct adit_ts *remote = local + selectors->local_count;
	unsigned int n = selectors->local_count, m = selectors->remote_count;

	check(adit_selectors_remote(selectors) == remote, "step %u: remote",
	      step);
	check(adit_selectors_match_out(selectors, flow) ==
	      (model_match(local, n, flow, true) &&
	       model_match(remote, m, flow, false)), "step %u: out", step);
	check(adit_selectors_match_in(selectors, flow) ==
	      (model_match(remote, m, flow, true) &&
	       model_match(local, n, flow, false)), "step %u: in", step);
}

static bool any_asks_for_ports(void)
{
	unsigned int i, count = selectors->local_count +
				selectors->remote_count;

	for (i = 0; i < count; i++)
		if (selectors->ts[i].port_start ||
		    selectors->ts[i].port_end != 65535)
			return true;
	return false;
}

static void test_match_random(void)
{
	struct adit_flow flow;
	unsigned int i;

	selectors = malloc(sizeof(*selectors) + 4 * sizeof(struct adit_ts));
	if (!selectors)
		abort();
	for (i = 0; i < tap_steps; i++) {
		if (i % 16 == 0)
			random_selectors();
		random_flow(&flow);
		check_sides(&flow, i);
		check(adit_selectors_use_ports(selectors) ==
		      any_asks_for_ports(), "step %u: ports", i);
	}
	free(selectors);
}

/* -------------------------------------------------------------------- hulls */

/* The range of @n selectors of a family; false if there is none. */
static bool model_hull(const struct adit_ts *ts, unsigned int n, u16 family,
		       struct adit_ts *hull)
{
	number start = last_number(family), end = 0;
	u16 port_start = 65535, port_end = 0;
	u8 protos[256] = { 0 };
	unsigned int i, found = 0;
	bool opaque = false;

	for (i = 0; i < n; i++) {
		number first = model_number(ts[i].family, &ts[i].start);
		number last = model_number(ts[i].family, &ts[i].end);

		if (ts[i].family != family)
			continue;
		found++;
		protos[ts[i].proto]++;
		opaque |= adit_ts_is_opaque(&ts[i]);
		start = first < start ? first : start;
		end = last > end ? last : end;
		port_start = min(port_start, ts[i].port_start);
		port_end = max(port_end, ts[i].port_end);
	}
	memset(hull, 0, sizeof(*hull));
	hull->start = model_addr(family, start);
	hull->end = model_addr(family, end);
	hull->family = family;
	hull->port_start = opaque ? 0 : port_start;
	hull->port_end = opaque ? 65535 : port_end;
	for (i = 0; i < ARRAY_SIZE(protos); i++)
		if (found && protos[i] == found)
			hull->proto = (u8)i;
	return found;
}

static void test_hull_random(void)
{
	struct adit_ts ts[4], hull, expected;
	struct adit_flow flow;
	unsigned int i, j, n;
	bool got;

	for (i = 0; i < tap_steps; i++) {
		u16 family = random_family();

		n = rnd() % (ARRAY_SIZE(ts) + 1);
		for (j = 0; j < n; j++)
			random_ts(&ts[j]);
		memset(&hull, 0, sizeof(hull));
		got = adit_ts_hull(ts, n, family, &hull);
		check(got == model_hull(ts, n, family, &expected),
		      "step %u: found", i);
		if (!got)
			continue;
		check(!memcmp(&hull, &expected, sizeof(hull)), "step %u", i);
		random_flow(&flow);
		flow.family = family;
		check(!model_match(ts, n, &flow, true) ||
		      model_match(&hull, 1, &flow, true),
		      "step %u: it matches less", i);
	}
}

static void test_common(void)
{
	unsigned int i;

	for (i = 0; i < tap_steps; i++) {
		u16 family = random_family();
		unsigned int len = family == AF_INET ? 32 : 128;
		number a = random_number(family);
		number b = rnd() % 4 ? a ^ (number)1 << rnd() % len : a;
		union adit_addr addr = model_addr(family, a);
		union adit_addr other = model_addr(family, b);

		for (b ^= a; b; b >>= 1)
			len--;
		check(adit_addr_common(family, &addr, &other) == len,
		      "step %u: not %u", i, len);
	}
}

/* ----------------------------------------------------------------- prefixes */

static void check_prefixes(const struct adit_ts *ts, const char *what)
{
	struct adit_prefix expected[ADIT_RANGE_PREFIXES_MAX] = { 0 };
	struct adit_prefix got[ADIT_RANGE_PREFIXES_MAX] = { 0 };
	unsigned int count = model_prefixes(ts, expected);
	unsigned int n = adit_ts_prefixes(ts, got, ARRAY_SIZE(got));

	check(n == count, "%s: %u prefixes, not %u", what, n, count);
	check(!memcmp(got, expected, sizeof(got)), "%s: other prefixes", what);

	/* With less room, the first ones and nothing behind them. */
	memset(got + count / 2, 0xa5, sizeof(got[0]));
	n = adit_ts_prefixes(ts, got, count / 2);
	check(n == count / 2 && got[n].len == 0xa5a5, "%s: %u of %u", what, n,
	      count / 2);
}

static void test_prefixes(void)
{
	static const struct {
		const char *start;
		const char *end;
		unsigned int count;
	} rows[] = {
		{ "0.0.0.0", "255.255.255.255", 1 },
		{ "0.0.0.0", "0.0.0.0", 1 },
		{ "255.255.255.255", "255.255.255.255", 1 },
		{ "0.0.0.1", "255.255.255.254", 62 },
		{ "192.0.2.0", "192.0.2.255", 1 },
		{ "192.0.2.1", "192.0.2.255", 8 },
		{ "192.0.2.0", "192.0.3.0", 2 },
		{ "127.255.255.255", "128.0.0.0", 2 },
		{ "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 1 },
		{ "::1", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe",
		  ADIT_RANGE_PREFIXES_MAX },
		{ "2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", 1 },
		{ "2001:db8::ffff:ffff", "2001:db8::1:0:0", 2 },
	};
	struct adit_prefix prefixes[ADIT_RANGE_PREFIXES_MAX];
	unsigned int i, count;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct adit_ts ts = range(rows[i].start, rows[i].end);

		count = adit_ts_prefixes(&ts, prefixes, ARRAY_SIZE(prefixes));
		check(count == rows[i].count, "%s to %s: %u prefixes, not %u",
		      rows[i].start, rows[i].end, count, rows[i].count);
		check_prefixes(&ts, rows[i].start);
	}
}

static void test_prefixes_random(void)
{
	struct adit_ts ts;
	unsigned int i;

	for (i = 0; i < tap_steps / 50; i++) {
		random_ts(&ts);
		check_prefixes(&ts, ts.family == AF_INET ? "IPv4" : "IPv6");
	}
}

int main(int argc, char **argv)
{
	static const struct tap_test tests[] = {
		{ "addresses", test_addr },
		{ "addresses are numbers", test_addr_random },
		{ "matches, RFC 4301 and RFC 7296", test_match },
		{ "fragments that overlap", test_overlap },
		{ "matches against the model", test_match_random },
		{ "hulls against the model", test_hull_random },
		{ "beginnings that addresses have in common", test_common },
		{ "prefixes of ranges", test_prefixes },
		{ "prefixes against the model", test_prefixes_random },
	};

	return tap_main(argc, argv, "selector", tests, ARRAY_SIZE(tests));
}
