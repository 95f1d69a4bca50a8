// SPDX-License-Identifier: GPL-2.0-or-later
/* See ways.h. */
#include "ways.h"

#include <netinet/in.h>
#include <string.h>

/* Those whose ports the kernel's rules of routing know. */
static bool has_ports(uint8_t proto)
{
	return proto == IPPROTO_TCP || proto == IPPROTO_UDP ||
	       proto == IPPROTO_SCTP || proto == IPPROTO_DCCP ||
	       proto == IPPROTO_UDPLITE;
}

/*
 * The kernel takes 1 to 65534. A range that ends with 65535 is all ports, since
 * it must not be less; and so is OPAQUE (RFC 4301, 4.4.1.1), whose packets have
 * none that could be seen.
 */
static struct ports ports_of(const struct ts *ts, uint8_t proto)
{
	const struct ports all = { 0, 0 };

	if (!has_ports(proto) || ts->proto != proto ||
	    ts->port_start > ts->port_end || ts->port_end == UINT16_MAX ||
	    !ts->port_end)
		return all;
	return (struct ports){ ts->port_start ? ts->port_start : 1,
			       ts->port_end };
}

static bool same_ports(const struct ports *a, const struct ports *b)
{
	return a->first == b->first && a->last == b->last;
}

static bool same(const struct way *a, const struct way *b)
{
	return addr_compare(&a->first, &b->first) == 0 &&
	       addr_compare(&a->last, &b->last) == 0 && a->proto == b->proto &&
	       same_ports(&a->source, &b->source) &&
	       same_ports(&a->destination, &b->destination);
}

static bool add(struct ways *ways, const struct way *way)
{
	for (size_t i = 0; i < ways->n; i++)
		if (same(&ways->list[i], way))
			return true;
	if (ways->n == WAYS_MAX)
		return false;
	ways->list[ways->n++] = *way;
	return true;
}

/* A packet has both; false if none can. */
static bool pair(const struct ts *local, const struct ts *remote,
		 struct way *way)
{
	if (local->start.len != remote->start.len ||
	    (local->proto && remote->proto && local->proto != remote->proto))
		return false;
	*way = (struct way){ .first = remote->start, .last = remote->end };
	way->proto = local->proto ? local->proto : remote->proto;
	way->source = ports_of(local, way->proto);
	way->destination = ports_of(remote, way->proto);
	return true;
}

/* To one selector of the peer's side; false if there are too many. */
static bool add_remote(struct ways *ways, const struct ts_list *local,
		       const struct ts *remote)
{
	const struct way all = { .first = remote->start, .last = remote->end };
	struct way way;
	bool any = false;

	for (size_t i = 0; i < local->n; i++) {
		if (!pair(&local->ts[i], remote, &way))
			continue;
		any = true;
		if (!way.proto)
			return add(ways, &all);
	}
	if (!any)
		return add(ways, &all);
	for (size_t i = 0; i < local->n; i++)
		if (pair(&local->ts[i], remote, &way) && !add(ways, &way))
			return false;
	return true;
}

static bool too_many(const struct ways *ways)
{
	struct prefix prefixes[PREFIXES_MAX];
	size_t n = 0;

	for (size_t i = 0; i < ways->n; i++)
		if (ways->list[i].proto)
			n += prefixes_of(&ways->list[i].first,
					 &ways->list[i].last, prefixes);
	return n > WAYS_RULES_MAX;
}

void ways_of(const struct ts_list *local, const struct ts_list *remote,
	     struct ways *ways)
{
	bool good = true;

	ways->n = 0;
	ways->wide = false;
	for (size_t i = 0; good && i < remote->n; i++)
		good = add_remote(ways, local, &remote->ts[i]);
	if (good && !too_many(ways))
		return;
	ways->n = 0;
	ways->wide = true;
	/* As many as selectors at most, which there is room for. */
	for (size_t i = 0; i < remote->n; i++)
		add(ways, &(struct way){ .first = remote->ts[i].start,
					 .last = remote->ts[i].end });
}
