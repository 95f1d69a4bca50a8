// SPDX-License-Identifier: GPL-2.0-or-later
/* Traffic selectors as the RFCs define them. */

#include "selector_model.h"

static unsigned int octets_of(u16 family)
{
	return family == AF_INET6 ? 16 : 4;
}

number model_number(u16 family, const union adit_addr *addr)
{
	number n = 0;
	unsigned int i;

	for (i = 0; i < octets_of(family); i++)
		n = n << 8 | addr->v6.s6_addr[i];
	return n;
}

union adit_addr model_addr(u16 family, number n)
{
	union adit_addr addr = { 0 };
	unsigned int i;

	for (i = octets_of(family); i--; n >>= 8)
		addr.v6.s6_addr[i] = (u8)n;
	return addr;
}

static bool match_one(const struct adit_ts *ts, const struct adit_flow *flow,
		      const union adit_addr *addr, u16 port)
{
	number n;

	if (ts->family != flow->family)
		return false;
	n = model_number(flow->family, addr);
	if (n < model_number(ts->family, &ts->start) ||
	    n > model_number(ts->family, &ts->end))
		return false;
	if (ts->proto && ts->proto != flow->proto)
		return false;
	/* "Any port" is no port as well, OPAQUE is only that (RFC 4301). */
	if (ts->port_start == 0 && ts->port_end == 65535)
		return true;
	if (ts->port_start == 65535 && ts->port_end == 0)
		return !flow->has_ports && !flow->overlaps;
	return flow->has_ports && port >= ts->port_start &&
	       port <= ts->port_end;
}

bool model_match(const struct adit_ts *ts, unsigned int count,
		 const struct adit_flow *flow, bool source)
{
	unsigned int i, matches = 0;

	for (i = 0; i < count; i++)
		matches += match_one(&ts[i], flow,
				     source ? &flow->source : &flow->destination,
				     source ? flow->source_port :
					      flow->destination_port);
	return matches || !count;
}

/* A range, and the prefixes that were found in it. */
struct walk {
	u16 family;
	number start;
	number end;
	struct adit_prefix *next;
};

/* The part of the range that lies below a prefix. */
static void walk(struct walk *w, number addr, unsigned int len)
{
	unsigned int host = 8 * octets_of(w->family) - len;
	number last = addr | (host < 128 ? ((number)1 << host) - 1 :
					   ~(number)0);

	if (last < w->start || addr > w->end)
		return;
	if (w->start <= addr && last <= w->end) {
		w->next->addr = model_addr(w->family, addr);
		w->next->family = w->family;
		w->next->len = (u16)len;
		w->next++;
		return;
	}
	walk(w, addr, len + 1);
	walk(w, addr | (number)1 << (host - 1), len + 1);
}

/* There is room for ADIT_RANGE_PREFIXES_MAX. */
unsigned int model_prefixes(const struct adit_ts *ts,
			    struct adit_prefix *prefixes)
{
	struct walk w = {
		.family = ts->family,
		.start = model_number(ts->family, &ts->start),
		.end = model_number(ts->family, &ts->end),
		.next = prefixes,
	};

	walk(&w, 0, 0);
	return (unsigned int)(w.next - prefixes);
}
