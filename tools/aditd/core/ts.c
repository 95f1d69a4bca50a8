// SPDX-License-Identifier: GPL-2.0-or-later
/* See ts.h: traffic selectors as sets, and on the wire. */
#include "ts.h"

#include "../proto/v2.h"

bool ts_equal(const struct ts *a, const struct ts *b)
{
	return a->dynamic == b->dynamic && a->proto == b->proto &&
	       a->port_start == b->port_start && a->port_end == b->port_end &&
	       addr_compare(&a->start, &b->start) == 0 &&
	       addr_compare(&a->end, &b->end) == 0;
}

static bool has(const struct ts_list *list, const struct ts *ts)
{
	for (size_t i = 0; i < list->n; i++)
		if (ts_equal(&list->ts[i], ts))
			return true;
	return false;
}

/* As sets: the order is of no importance. */
bool ts_list_equal(const struct ts_list *a, const struct ts_list *b)
{
	for (size_t i = 0; i < a->n; i++)
		if (!has(b, &a->ts[i]))
			return false;
	for (size_t i = 0; i < b->n; i++)
		if (!has(a, &b->ts[i]))
			return false;
	return true;
}

static const struct addr *later(const struct addr *a, const struct addr *b)
{
	return addr_compare(a, b) > 0 ? a : b;
}

static const struct addr *earlier(const struct addr *a, const struct addr *b)
{
	return addr_compare(a, b) < 0 ? a : b;
}

/* OPAQUE: where ports cannot be seen, as in fragments (RFC 7296, 3.13.1). */
static bool is_opaque(const struct ts *ts)
{
	return ts->port_start > ts->port_end;
}

static bool any_port(const struct ts *ts)
{
	return !ts->port_start && ts->port_end == UINT16_MAX;
}

/* "Any" has OPAQUE in it, a range of ports has not (RFC 4301, 4.4.1.1). */
static bool intersect_ports(const struct ts *a, const struct ts *b,
			    struct ts *out)
{
	if (is_opaque(a) || is_opaque(b)) {
		out->port_start = UINT16_MAX;
		out->port_end = 0;
		return (is_opaque(a) || any_port(a)) &&
		       (is_opaque(b) || any_port(b));
	}
	out->port_start = a->port_start > b->port_start ? a->port_start :
							  b->port_start;
	out->port_end = a->port_end < b->port_end ? a->port_end : b->port_end;
	return out->port_start <= out->port_end;
}

bool ts_intersect(const struct ts *a, const struct ts *b, struct ts *out)
{
	struct ts both = { 0 };

	if (a->dynamic || b->dynamic || a->start.len != b->start.len)
		return false;
	if (a->proto && b->proto && a->proto != b->proto)
		return false;
	both.proto = a->proto ? a->proto : b->proto;
	if (!intersect_ports(a, b, &both))
		return false;
	both.start = *later(&a->start, &b->start);
	both.end = *earlier(&a->end, &b->end);
	if (addr_compare(&both.start, &both.end) > 0)
		return false;
	*out = both;
	return true;
}

bool ts_contains(const struct ts *outer, const struct ts *inner)
{
	struct ts both;

	return ts_intersect(outer, inner, &both) && ts_equal(&both, inner);
}

/* Dynamic ones are as wide as what replaces them. */
static void resolve_one(const struct ts *from, const struct addr *host,
			struct ts_list *to)
{
	struct ts ts = *from;

	if (to->n >= TS_MAX || !host->len)
		return;
	ts.dynamic = false;
	addr_prefix_range(host, addr_is_any(host) ? 0 : 8U * host->len,
			  &ts.start, &ts.end);
	to->ts[to->n++] = ts;
}

void ts_resolve(const struct ts_list *from, const struct addr *hosts, size_t n,
		struct ts_list *to)
{
	to->n = 0;
	for (size_t i = 0; i < from->n; i++) {
		if (!from->ts[i].dynamic) {
			if (to->n < TS_MAX)
				to->ts[to->n++] = from->ts[i];
			continue;
		}
		for (size_t j = 0; j < n; j++)
			resolve_one(&from->ts[i], &hosts[j], to);
	}
}

/* Add unless it is in what is there; it takes the place of what is in it. */
static void add(struct ts_list *list, const struct ts *ts)
{
	bool placed = false;
	size_t n = 0;

	for (size_t i = 0; i < list->n; i++)
		if (ts_contains(&list->ts[i], ts))
			return;
	for (size_t i = 0; i < list->n; i++) {
		if (!ts_contains(ts, &list->ts[i])) {
			list->ts[n++] = list->ts[i];
		} else if (!placed) {
			list->ts[n++] = *ts;
			placed = true;
		}
	}
	if (!placed && n < TS_MAX)
		list->ts[n++] = *ts;
	list->n = n;
}

/* What is first among the proposed is first here, and so never left out. */
void ts_narrow(const struct ts_list *proposed, const struct ts_list *ours,
	       struct ts_list *out)
{
	struct ts both;

	out->n = 0;
	for (size_t i = 0; i < proposed->n; i++)
		for (size_t j = 0; j < ours->n; j++)
			if (ts_intersect(&proposed->ts[i], &ours->ts[j], &both))
				add(out, &both);
}

static bool has_family(const struct ts_list *list, uint8_t len)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->ts[i].start.len == len)
			return true;
	return false;
}

static void keep_families(struct ts_list *list, bool four, bool six)
{
	size_t n = 0;

	for (size_t i = 0; i < list->n; i++)
		if (list->ts[i].start.len == 4 ? four : six)
			list->ts[n++] = list->ts[i];
	list->n = n;
}

bool ts_pair(struct ts_list *local, struct ts_list *remote)
{
	bool four = has_family(local, 4) && has_family(remote, 4);
	bool six = has_family(local, 16) && has_family(remote, 16);

	keep_families(local, four, six);
	keep_families(remote, four, six);
	return four || six;
}

/*
 *	                     1                   2                   3
 *	 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *	+---------------+---------------+-------------------------------+
 *	| Number of TSs |                   RESERVED                    |
 *	+---------------+---------------+-------------------------------+
 *	|   TS Type     |IP Protocol ID |       Selector Length         |
 *	+---------------+---------------+-------------------------------+
 *	|           Start Port          |           End Port            |
 *	+-------------------------------+-------------------------------+
 *	~               Starting Address, Ending Address                ~
 *	+---------------------------------------------------------------+
 */
enum { LIST_HEADER_LEN = 4, HEADER_LEN = 4 };

static uint8_t addr_len(uint8_t type)
{
	return type == TS_IPV4_ADDR_RANGE ? 4 :
	       type == TS_IPV6_ADDR_RANGE ? 16 :
					    0;
}

static bool take_addr(struct span *from, uint8_t len, struct addr *addr)
{
	struct span octets;

	if (!span_take(from, len, &octets))
		return false;
	*addr = (struct addr){ .len = len };
	memcpy(addr->octets, octets.data, len);
	return true;
}

/* @value is what is behind the length. */
static int take_ts(struct ts *ts, uint8_t len, struct span value,
		   struct err *err)
{
	if (!span_take_u16(&value, &ts->port_start) ||
	    !span_take_u16(&value, &ts->port_end) ||
	    !take_addr(&value, len, &ts->start) ||
	    !take_addr(&value, len, &ts->end) || value.len)
		return err_set(err, ERR_REFUSED,
			       "traffic selector of wrong length");
	if (addr_compare(&ts->start, &ts->end) > 0)
		return err_set(err, ERR_REFUSED,
			       "traffic selector ends before it starts");
	if (is_opaque(ts) && (ts->port_start != UINT16_MAX || ts->port_end))
		return err_set(err, ERR_REFUSED,
			       "ports of a traffic selector are %u to %u",
			       ts->port_start, ts->port_end);
	return 0;
}

int ts_from_wire(struct ts_list *list, struct span body, struct err *err)
{
	struct span reserved, value;
	uint8_t number;

	list->n = 0;
	if (!span_take_u8(&body, &number) ||
	    !span_take(&body, LIST_HEADER_LEN - 1, &reserved))
		return err_set(err, ERR_REFUSED,
			       "TS payload of %zu octets is too short",
			       body.len);
	for (unsigned int i = 0; i < number; i++) {
		struct ts ts = { 0 };
		uint16_t length;
		uint8_t type;

		if (!span_take_u8(&body, &type) ||
		    !span_take_u8(&body, &ts.proto) ||
		    !span_take_u16(&body, &length) || length < HEADER_LEN ||
		    !span_take(&body, length - HEADER_LEN, &value))
			return err_set(err, ERR_REFUSED,
				       "TS payload ends in selector %u of %u",
				       i + 1, number);
		if (!addr_len(type))
			continue;
		if (take_ts(&ts, addr_len(type), value, err))
			return -1;
		/* What is too much is not chosen, which RFC 7296, 2.9 allows. */
		if (list->n < TS_MAX)
			list->ts[list->n++] = ts;
	}
	if (!number || body.len)
		return err_set(err, ERR_REFUSED,
			       "TS payload of %u selectors has %zu octets more",
			       number, body.len);
	return 0;
}

void ts_to_wire(const struct ts_list *list, struct buf *buf)
{
	size_t number_at = buf->len;
	uint8_t number = 0;

	buf_extend(buf, LIST_HEADER_LEN);
	for (size_t i = 0; i < list->n; i++) {
		const struct ts *ts = &list->ts[i];
		uint16_t len = ts->start.len;

		if (ts->dynamic)
			continue;
		buf_add_u8(buf,
			   len == 4 ? TS_IPV4_ADDR_RANGE : TS_IPV6_ADDR_RANGE);
		buf_add_u8(buf, ts->proto);
		buf_add_u16(buf, (uint16_t)(HEADER_LEN + 4 + 2 * len));
		buf_add_u16(buf, ts->port_start);
		buf_add_u16(buf, ts->port_end);
		buf_add(buf, ts->start.octets, len);
		buf_add(buf, ts->end.octets, len);
		number++;
	}
	buf_put_u8(buf, number_at, number);
}
