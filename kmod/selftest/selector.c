// SPDX-License-Identifier: GPL-2.0-only
/* Traffic selectors and the policies made of them, against a naive search. */

#include <linux/slab.h>

#include "../compat.h"
#include "../selector.h"
#include "../spd.h"
#include "selftest.h"

#define CHILDREN 40
#define MAX_TS 3

/* A child. */
struct policy {
	struct adit_selectors *selectors;
	struct adit_spd_claim *claim;
	u32 priority;
	u32 id;
};

static u16 random_family(struct adit_selftest *test)
{
	return adit_random(test, 3) ? AF_INET : AF_INET6;
}

/*
 * Addresses are numbers of 16 bits: of IPv4 the last ones, of IPv6 some in the
 * middle, across a word.
 */
static void put_addr(union adit_addr *addr, u16 family, u16 number)
{
	memset(addr, 0, sizeof(*addr));
	if (family == AF_INET) {
		addr->word[0] = cpu_to_be32(0x0a000000 | number);
	} else {
		addr->word[0] = cpu_to_be32(0xfd000000);
		addr->word[1] = cpu_to_be32(number >> 8);
		addr->word[2] = cpu_to_be32((u32)number << 24);
	}
}

static u16 get_addr(const union adit_addr *addr, u16 family)
{
	if (family == AF_INET)
		return be32_to_cpu(addr->word[0]);
	return be32_to_cpu(addr->word[1]) << 8 |
	       be32_to_cpu(addr->word[2]) >> 24;
}

static void random_range(struct adit_selftest *test, u16 *start, u16 *end)
{
	u16 a = adit_random(test, 65536), b = adit_random(test, 65536);

	switch (adit_random(test, 4)) {
	case 0:
		*start = a;
		*end = a;
		break;
	case 1:
		/* A prefix. */
		b = (1 << adit_random(test, 17)) - 1;
		*start = a & ~b;
		*end = a | b;
		break;
	default:
		*start = min(a, b);
		*end = max(a, b);
	}
}

static void random_ts(struct adit_selftest *test, struct adit_ts *ts)
{
	u16 start, end;

	ts->family = random_family(test);
	random_range(test, &start, &end);
	put_addr(&ts->start, ts->family, start);
	put_addr(&ts->end, ts->family, end);
	/* The rest of the last IPv6 address of a range is ones. */
	if (ts->family == AF_INET6) {
		ts->end.word[2] |= cpu_to_be32(0x00ffffff);
		ts->end.word[3] = cpu_to_be32(~0U);
	}
	ts->proto = adit_random(test, 3) ? 0 : IPPROTO_UDP;
	switch (adit_random(test, 5)) {
	case 0:
		random_range(test, &ts->port_start, &ts->port_end);
		break;
	case 1:
		/* OPAQUE */
		ts->port_start = 65535;
		ts->port_end = 0;
		break;
	default:
		ts->port_start = 0;
		ts->port_end = 65535;
	}
}

static struct adit_selectors *random_selectors(struct adit_selftest *test)
{
	unsigned int local = adit_random(test, MAX_TS + 1);
	unsigned int remote = adit_random(test, MAX_TS + 1);
	struct adit_selectors *selectors;
	unsigned int i;

	selectors = kzalloc(struct_size(selectors, ts, local + remote),
			    GFP_KERNEL);
	if (!adit_check(test, selectors, "no memory"))
		return NULL;
	selectors->local_count = local;
	selectors->remote_count = remote;
	for (i = 0; i < local + remote; i++)
		random_ts(test, &selectors->ts[i]);
	return selectors;
}

static void random_flow(struct adit_selftest *test, struct adit_flow *flow)
{
	flow->family = random_family(test);
	put_addr(&flow->source, flow->family, adit_random(test, 65536));
	put_addr(&flow->destination, flow->family, adit_random(test, 65536));
	flow->proto = adit_random(test, 2) ? IPPROTO_UDP : IPPROTO_TCP;
	flow->has_ports = adit_random(test, 4);
	flow->overlaps = !flow->has_ports && !adit_random(test, 4);
	flow->source_port = adit_random(test, 65536);
	flow->destination_port = adit_random(test, 65536);
}

/* ------------------------------------------------------------ the naive way */

static bool contains(const struct adit_ts *ts, u16 family,
		     const union adit_addr *addr)
{
	u16 number = get_addr(addr, family);

	return ts->family == family && get_addr(&ts->start, family) <= number &&
	       number <= get_addr(&ts->end, family);
}

static bool naive_match(const struct adit_ts *ts, unsigned int count,
			const struct adit_flow *flow,
			const union adit_addr *addr, u16 port)
{
	unsigned int i;

	for (i = 0; i < count; i++) {
		if (!contains(&ts[i], flow->family, addr))
			continue;
		if (ts[i].proto && ts[i].proto != flow->proto)
			continue;
		if (ts[i].port_start == 0 && ts[i].port_end == 65535)
			return true;
		if (ts[i].port_start == 65535 && !ts[i].port_end &&
		    !flow->has_ports && !flow->overlaps)
			return true;
		if (flow->has_ports && ts[i].port_start <= port &&
		    port <= ts[i].port_end)
			return true;
	}
	return !count;
}

static bool naive_match_out(const struct adit_selectors *selectors,
			    const struct adit_flow *flow)
{
	return naive_match(selectors->ts, selectors->local_count, flow,
			   &flow->source, flow->source_port) &&
	       naive_match(selectors->ts + selectors->local_count,
			   selectors->remote_count, flow, &flow->destination,
			   flow->destination_port);
}

/* The longest prefix around an address that lies in the range as a whole. */
static int naive_len(const struct adit_ts *ts, const struct adit_flow *flow)
{
	u16 number = get_addr(&flow->destination, flow->family);
	int bits;

	if (!contains(ts, flow->family, &flow->destination))
		return -1;
	for (bits = 16; bits; bits--) {
		u16 host = (1 << bits) - 1;

		if (get_addr(&ts->start, ts->family) <= (number & ~host) &&
		    (number | host) <= get_addr(&ts->end, ts->family))
			break;
	}
	return 16 - bits;
}

static int naive_specific(const struct adit_selectors *selectors,
			  const struct adit_flow *flow)
{
	const struct adit_ts *ts = selectors->ts + selectors->local_count;
	int best = -1;
	unsigned int i;

	for (i = 0; i < selectors->remote_count; i++)
		best = max(best, naive_len(&ts[i], flow));
	return best;
}

static const struct policy *naive_lookup(const struct policy *policies,
					 const struct adit_flow *flow)
{
	const struct policy *best = NULL;
	int len, best_len = -1;
	unsigned int i;

	for (i = 0; i < CHILDREN; i++) {
		const struct policy *policy = &policies[i];

		if (!policy->claim ||
		    !naive_match_out(policy->selectors, flow))
			continue;
		len = naive_specific(policy->selectors, flow);
		if (!best || policy->priority < best->priority ||
		    (policy->priority == best->priority &&
		     (len > best_len ||
		      (len == best_len && policy->id < best->id)))) {
			best = policy;
			best_len = len;
		}
	}
	return best;
}

/* ----------------------------------------------------------------- the rows */

/* The packet that comes back. */
static void mirror(struct adit_flow *flow)
{
	swap(flow->source, flow->destination);
	swap(flow->source_port, flow->destination_port);
}

static void test_match(struct adit_selftest *test)
{
	struct adit_selectors *selectors;
	struct adit_flow flow;
	unsigned int i, j;
	bool expected;

	for (i = 0; i < 100; i++) {
		selectors = random_selectors(test);
		if (!selectors)
			return;
		for (j = 0; j < 100; j++) {
			if (!adit_sample(test, 11))
				continue;
			random_flow(test, &flow);
			expected = naive_match_out(selectors, &flow);
			adit_check(test, expected ==
				   adit_selectors_match_out(selectors, &flow),
				   "selectors %u, flow %u: out", i, j);
			mirror(&flow);
			adit_check(test, expected ==
				   adit_selectors_match_in(selectors, &flow),
				   "selectors %u, flow %u: in", i, j);
		}
		kfree(selectors);
	}
}

static u32 last_of(const struct adit_prefix *prefix)
{
	u32 host = prefix->len ? U32_MAX >> 1 >> (prefix->len - 1) : U32_MAX;

	return be32_to_cpu(prefix->addr.v4) | host;
}

/* One after the other, without a gap, and as few as can be. */
static void check_prefixes(struct adit_selftest *test,
			   const struct adit_prefix *prefixes,
			   unsigned int count, u32 start, u32 end)
{
	u64 next = start;
	unsigned int i;

	for (i = 0; i < count; i++) {
		const struct adit_prefix *prefix = &prefixes[i];
		union adit_addr masked = prefix->addr;

		adit_addr_mask(AF_INET, &masked, prefix->len);
		adit_check(test, masked.v4 == prefix->addr.v4 &&
			   be32_to_cpu(masked.v4) == next,
			   "%08x to %08x: prefix %u is %08x/%u", start, end, i,
			   be32_to_cpu(prefix->addr.v4), prefix->len);
		next = (u64)last_of(prefix) + 1;
		/* Two halves of one prefix would be that prefix. */
		adit_check(test, !i || prefix->len != prefix[-1].len ||
			   be32_to_cpu(prefix[-1].addr.v4) >>
			   (32 - prefix->len) & 1,
			   "%08x to %08x: prefix %u is half of one", start,
			   end, i);
	}
	adit_check(test, next == (u64)end + 1, "%08x to %08x: ends at %08llx",
		   start, end, next);
}

static void test_prefixes(struct adit_selftest *test)
{
	static const u32 numbers[] = { 0, 1, 0x7fffffff, 0x80000000,
				       U32_MAX - 1, U32_MAX };
	struct adit_prefix prefixes[62];
	unsigned int i, count;
	u32 start, end;

	for (i = 0; i < 2000; i++) {
		struct adit_ts ts = { .family = AF_INET };

		start = adit_random(test, 0);
		end = adit_random(test, 0);
		if (i < ARRAY_SIZE(numbers) * ARRAY_SIZE(numbers)) {
			start = numbers[i / ARRAY_SIZE(numbers)];
			end = numbers[i % ARRAY_SIZE(numbers)];
		} else if (!adit_sample(test, 100)) {
			continue;
		}
		if (start > end)
			swap(start, end);
		ts.start.v4 = cpu_to_be32(start);
		ts.end.v4 = cpu_to_be32(end);
		count = adit_ts_prefixes(&ts, prefixes, ARRAY_SIZE(prefixes));
		check_prefixes(test, prefixes, count, start, end);
	}
}

static void claim(struct adit_selftest *test, struct adit_spd *spd,
		  struct policy *policy, u32 id)
{
	policy->id = id;
	/* To the database a child is but a pointer. */
	policy->claim = adit_spd_claim(spd, (struct adit_child *)policy, id,
				       policy->priority, policy->selectors);
	adit_check(test, policy->claim, "no memory");
}

static void add_policy(struct adit_selftest *test, struct adit_spd *spd,
		       struct policy *policy, u32 id)
{
	policy->selectors = random_selectors(test);
	policy->priority = adit_random(test, 3);
	if (policy->selectors)
		claim(test, spd, policy, id);
}

static void remove_policy(struct adit_spd *spd, struct policy *policy)
{
	if (policy->claim)
		adit_spd_disclaim(spd, policy->claim);
	kfree(policy->selectors);
	policy->claim = NULL;
	policy->selectors = NULL;
}

static void look_up(struct adit_selftest *test, struct adit_spd *spd,
		    const struct policy *policies, unsigned int flows)
{
	struct adit_flow flow;

	while (flows--) {
		const struct policy *expected;
		const void *got;

		random_flow(test, &flow);
		expected = naive_lookup(policies, &flow);
		rcu_read_lock();
		got = adit_spd_lookup(spd, &flow);
		rcu_read_unlock();
		adit_check(test, got == expected, "%s, %x to %x: %d, not %d",
			   flow.family == AF_INET ? "IPv4" : "IPv6",
			   get_addr(&flow.source, flow.family),
			   get_addr(&flow.destination, flow.family),
			   got ? ((const struct policy *)got)->id : -1,
			   expected ? expected->id : -1);
	}
}

static void test_spd(struct adit_selftest *test)
{
	unsigned int i, rounds = adit_selftest_is_full() ? 100 : 2;
	struct policy *policies;
	struct adit_spd *spd;

	policies = kcalloc(CHILDREN, sizeof(*policies), GFP_KERNEL);
	spd = kzalloc_obj(*spd, GFP_KERNEL);
	if (!adit_check(test, policies && spd && !adit_spd_init(spd),
			"no memory"))
		goto out;
	for (i = 0; i < CHILDREN; i++)
		add_policy(test, spd, &policies[i], i);
	while (rounds--) {
		look_up(test, spd, policies, 50);
		i = adit_random(test, CHILDREN);
		remove_policy(spd, &policies[i]);
		look_up(test, spd, policies, 10);
		add_policy(test, spd, &policies[i], i);
	}
	for (i = 0; i < CHILDREN; i++)
		remove_policy(spd, &policies[i]);
	look_up(test, spd, policies, 10);
	adit_check(test, bitmap_empty(spd->lens4, 33) &&
		   bitmap_empty(spd->lens6, 129), "lengths are left");
	adit_spd_uninit(spd);
out:
	kfree(policies);
	kfree(spd);
}

/*
 * How the children of a crowd differ, which all have the same remote prefix.
 * Numbers are below 16384.
 */
enum crowd { BY_HOST, BY_PROTO_AND_PORT, BY_BLOCK_OF_PORTS };

static void crowd_ts(struct adit_ts *ts, enum crowd how, u16 number)
{
	struct adit_ts *local = &ts[0], *remote = &ts[1];

	local->family = AF_INET;
	put_addr(&local->start, AF_INET, 0);
	put_addr(&local->end, AF_INET, U16_MAX);
	local->port_end = U16_MAX;
	*remote = *local;
	switch (how) {
	case BY_HOST:
		put_addr(&local->start, AF_INET, number);
		local->end = local->start;
		break;
	case BY_PROTO_AND_PORT:
		remote->proto = number % 2 ? IPPROTO_TCP : IPPROTO_UDP;
		remote->port_start = number / 2;
		remote->port_end = number / 2;
		break;
	case BY_BLOCK_OF_PORTS:
		/* Not such as are one prefix. */
		local->proto = IPPROTO_UDP;
		local->port_start = number * 3;
		local->port_end = number * 3 + 2;
		break;
	}
}

/* The flow of a child of the crowd. */
static void crowd_flow(struct adit_flow *flow, const struct policy *policy)
{
	const struct adit_ts *local = policy->selectors->ts;
	const struct adit_ts *remote = local + 1;

	memset(flow, 0, sizeof(*flow));
	flow->family = AF_INET;
	flow->source = local->start;
	flow->destination = remote->start;
	flow->proto = local->proto ?: remote->proto ?: IPPROTO_UDP;
	flow->has_ports = true;
	flow->source_port = local->port_start;
	flow->destination_port = remote->port_start;
}

static struct policy *make_crowd(struct adit_selftest *test,
				 struct adit_spd *spd, enum crowd how,
				 unsigned int count)
{
	struct policy *crowd = kvcalloc(count, sizeof(*crowd), GFP_KERNEL);
	struct adit_selectors *selectors;
	unsigned int i;

	for (i = 0; crowd && i < count; i++) {
		selectors = kzalloc(struct_size(selectors, ts, 2), GFP_KERNEL);
		if (!adit_check(test, selectors, "no memory"))
			break;
		selectors->local_count = 1;
		selectors->remote_count = 1;
		crowd_ts(selectors->ts, how, i);
		crowd[i].selectors = selectors;
		claim(test, spd, &crowd[i], i);
	}
	return crowd;
}

static void find_crowd(struct adit_selftest *test, struct adit_spd *spd,
		       const struct policy *crowd, unsigned int count)
{
	const struct policy *policy;
	struct adit_flow flow;
	const void *got;
	unsigned int i;

	for (i = 0; i < 400; i++) {
		policy = &crowd[i * 997 % count];
		crowd_flow(&flow, policy);
		rcu_read_lock();
		got = adit_spd_lookup(spd, &flow);
		rcu_read_unlock();
		adit_check(test, got == policy, "%d, not %d",
			   got ? ((const struct policy *)got)->id : -1,
			   policy->id);
	}
}

static void with_crowd(struct adit_selftest *test, enum crowd how,
		       unsigned int count)
{
	struct policy *crowd = NULL;
	struct adit_spd *spd;
	unsigned int i;

	spd = kzalloc_obj(*spd, GFP_KERNEL);
	if (!adit_check(test, spd && !adit_spd_init(spd), "no memory"))
		goto out;
	crowd = make_crowd(test, spd, how, count);
	if (adit_check(test, crowd, "no memory"))
		find_crowd(test, spd, crowd, count);
	for (i = 0; crowd && i < count; i++)
		remove_policy(spd, &crowd[i]);
	adit_spd_uninit(spd);
out:
	kvfree(crowd);
	kfree(spd);
}

/* What it costs to find one of many is the benchmark's to tell. */
static void test_crowd(struct adit_selftest *test)
{
	unsigned int many = adit_selftest_is_full() ? 10000 : 50;
	enum crowd how;

	for (how = BY_HOST; how <= BY_BLOCK_OF_PORTS; how++) {
		with_crowd(test, how, 4);
		with_crowd(test, how, many);
	}
}

static const struct adit_selftest_case cases[] = {
	{ "random selectors, naive match", test_match },
	{ "ranges are prefixes", test_prefixes },
	{ "random policies, naive lookup", test_spd },
	{ "crowds behind one prefix", test_crowd },
};

ADIT_SELFTEST_SUITE(selector);
