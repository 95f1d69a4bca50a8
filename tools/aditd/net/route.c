// SPDX-License-Identifier: GPL-2.0-or-later
/* See route.h. */
#include "route.h"

#include <stdlib.h>
#include <sys/socket.h>

#include "sock.h"

struct route {
	struct route *next;
	struct device_way way;
	struct rt_route rt;
	unsigned int count;
	bool foreign; /* there was another one already */
};

/* --------------------------------------------------------------------- rules */

static const struct rt_rule own_rules[] = {
	{ .priority = ROUTE_PRIORITY,
	  .table = ROUTE_TABLE,
	  .mark = UNDERLAY_MARK,
	  .not_mark = true,
	  .skips = true },
	{ .priority = ROUTE_PRIORITY + 1, .skips = true },
	{ .priority = ROUTE_PRIORITY + 2,
	  .table = ROUTE_TABLE,
	  .mark = UNDERLAY_MARK,
	  .not_mark = true },
};

static const struct rt_rule protocol_rules[] = {
	{ .priority = ROUTE_UNMARKED, .action = RULE_NOTHING },
	{ .priority = ROUTE_MARKED,
	  .action = RULE_GO_TO,
	  .to_priority = ROUTE_UNMARKED,
	  .mark = UNDERLAY_MARK },
};

static int family_of(size_t i)
{
	return i ? AF_INET6 : AF_INET;
}

static int add_rules(struct devices *devices, const struct rt_rule *rules,
		     size_t n, size_t of, bool *has, struct err *err)
{
	if (has[of])
		return 0;
	for (size_t i = 0; i < n; i++) {
		struct rt_rule rule = rules[i];

		rule.family = family_of(of);
		if (rt_rule_add(&devices->rt, &rule, err) < 0)
			return -1;
	}
	has[of] = true;
	return 0;
}

static void remove_rule(struct devices *devices, const struct rt_rule *rule)
{
	struct err err;

	if (rt_rule_delete(&devices->rt, rule, &err))
		log_text(devices->log, LEVEL_ERROR, "", err.text);
}

static void remove_rules(struct devices *devices, const struct rt_rule *rules,
			 size_t n, bool *has)
{
	for (size_t of = 0; of < 2; of++) {
		for (size_t i = 0; has[of] && i < n; i++) {
			struct rt_rule rule = rules[i];

			rule.family = family_of(of);
			remove_rule(devices, &rule);
		}
		has[of] = false;
	}
}

void route_remove_rules(struct devices *devices)
{
	remove_rules(devices, own_rules, ARRAY_SIZE(own_rules),
		     devices->has_rules);
	remove_rules(devices, protocol_rules, ARRAY_SIZE(protocol_rules),
		     devices->has_protocol_rules);
}

/* A kernel without rules, or without IPv6, has none to remove. */
void route_clean(struct devices *devices)
{
	struct err err;

	for (size_t of = 0; of < 2; of++)
		if (rt_rules_delete(&devices->rt, family_of(of), &err))
			log_text(devices->log, LEVEL_DETAIL, "", err.text);
}

/*
 * For packets of a protocol: first to routes that are longer than the selector,
 * then to the table of the device.
 */
static void rules_of(const struct route *route, struct rt_rule rules[2])
{
	const struct device_way *way = &route->way;
	bool narrow = way->source_ports.last || way->ports.last;
	struct rt_rule rule = {
		.family = family_of(way->to.addr.len != 4),
		.to = way->to,
		.proto = way->proto,
		.source = way->source_ports,
		.destination = way->ports,
	};

	rule.priority =
		ROUTE_PROTOCOLS + 4U * (128U - way->to.plen) + (narrow ? 0 : 2);
	rules[0] = rule;
	rules[0].skips = true;
	rules[0].skip_plen = way->to.plen;
	rules[1] = rule;
	rules[1].priority++;
	rules[1].table = route->rt.table;
}

static int put_rules(struct devices *devices, const struct route *route,
		     struct err *err)
{
	struct rt_rule rules[2];

	if (!route->way.proto)
		return 0;
	rules_of(route, rules);
	if (rt_rule_add(&devices->rt, &rules[0], err) < 0)
		return -1;
	if (rt_rule_add(&devices->rt, &rules[1], err) >= 0)
		return 0;
	remove_rule(devices, &rules[0]);
	return -1;
}

static void take_rules(struct devices *devices, const struct route *route)
{
	struct rt_rule rules[2];

	if (!route->way.proto)
		return;
	rules_of(route, rules);
	remove_rule(devices, &rules[0]);
	remove_rule(devices, &rules[1]);
}

/* -------------------------------------------------------------------- routes */

static bool same_prefix(const struct prefix *a, const struct prefix *b)
{
	return a->plen == b->plen && addr_compare(&a->addr, &b->addr) == 0;
}

static bool same(const struct device_way *a, const struct device_way *b)
{
	return same_prefix(&a->to, &b->to) && a->proto == b->proto &&
	       a->source_ports.first == b->source_ports.first &&
	       a->source_ports.last == b->source_ports.last &&
	       a->ports.first == b->ports.first &&
	       a->ports.last == b->ports.last;
}

static struct route **find(struct device *device, const struct device_way *way)
{
	struct route **at = &device->routes;

	while (*at && !same(&(*at)->way, way))
		at = &(*at)->next;
	return at;
}

/* Rules that differ in ports may have a route in common. */
static bool has_other(const struct device *device, const struct route *route)
{
	const struct route *i = device->routes;

	while (i && (i == route || i->rt.table != route->rt.table ||
		     !same_prefix(&i->way.to, &route->way.to)))
		i = i->next;
	return i;
}

static int put(struct devices *devices, const struct device *device,
	       struct route *route, struct err *err)
{
	char to[ADDR_TEXT_SIZE];
	int rc;

	if (route->way.proto && has_other(device, route))
		return put_rules(devices, route, err);
	rc = rt_route_add(&devices->rt, &route->rt, err);
	if (rc < 0)
		return -1;
	route->foreign = rc && !route->way.proto;
	if (route->foreign)
		log_put(devices->log, LEVEL_ERROR,
			"%s: there is another route to %s/%u already, which is left as it is",
			device->name, addr_digits(&route->way.to.addr, to),
			route->way.to.plen);
	if (!put_rules(devices, route, err))
		return 0;
	rt_route_delete(&devices->rt, &route->rt, &(struct err){ 0 });
	return -1;
}

/* It was not known that it catches the device's own packets. */
static int move(struct devices *devices, const struct device *device,
		struct route *route, struct err *err)
{
	if (!route->foreign && rt_route_delete(&devices->rt, &route->rt, err))
		return -1;
	route->rt.table = ROUTE_TABLE;
	return put(devices, device, route, err);
}

/*
 * Now there is an inner address, or none any more: the kernel removes routes with
 * their source. The route is never away. A child without an address leaves that
 * of others, but @route counts what the child itself had before, too.
 */
static int set_source(struct devices *devices, const struct device *device,
		      struct route *route, const struct addr *source,
		      struct err *err)
{
	if (route->foreign || (!source->len && route->count > 2) ||
	    addr_compare(&route->rt.source, source) == 0)
		return 0;
	for (struct route *i = device->routes; i; i = i->next)
		if (i->rt.table == route->rt.table &&
		    same_prefix(&i->way.to, &route->way.to))
			i->rt.source = *source;
	return rt_route_replace(&devices->rt, &route->rt, err);
}

static uint32_t table_of(const struct device *device,
			 const struct device_way *way)
{
	if (way->proto)
		return ROUTE_TABLES | device->ifindex;
	return way->catches ? ROUTE_TABLE : 0;
}

static struct route *make(const struct device *device,
			  const struct device_way *way)
{
	struct route *route = calloc(1, sizeof(*route));

	if (!route)
		return NULL;
	route->way = *way;
	route->rt = (struct rt_route){
		.to = way->to.addr,
		.plen = way->to.plen,
		.ifindex = device->ifindex,
		.table = table_of(device, way),
		.source = way->source,
	};
	return route;
}

static int need_rules(struct devices *devices, const struct device_way *way,
		      struct err *err)
{
	size_t of = way->to.addr.len != 4;

	if (way->proto)
		return add_rules(devices, protocol_rules,
				 ARRAY_SIZE(protocol_rules), of,
				 devices->has_protocol_rules, err);
	if (way->catches)
		return add_rules(devices, own_rules, ARRAY_SIZE(own_rules), of,
				 devices->has_rules, err);
	return 0;
}

int device_route(struct devices *devices, struct device *device,
		 const struct device_way *way, struct err *err)
{
	struct route *route = *find(device, way);

	if (need_rules(devices, way, err))
		return -1;
	if (route) {
		route->count++;
		if (set_source(devices, device, route, &way->source, err))
			return -1;
		if (way->catches && !route->rt.table)
			return move(devices, device, route, err);
		return 0;
	}
	route = make(device, way);
	if (!route)
		return err_set(err, ERR_REFUSED, "out of memory");
	if (put(devices, device, route, err)) {
		free(route);
		return -1;
	}
	route->count = 1;
	route->next = device->routes;
	device->routes = route;
	return 0;
}

static void take_out(struct devices *devices, struct device *device,
		     struct route **at)
{
	struct route *route = *at;
	struct err err;

	*at = route->next;
	take_rules(devices, route);
	/* The device may be gone, and the route with it. */
	if (!route->foreign &&
	    !(route->way.proto && has_other(device, route)) &&
	    rt_route_delete(&devices->rt, &route->rt, &err))
		log_text(devices->log, LEVEL_DETAIL, "", err.text);
	free(route);
}

void device_unroute(struct devices *devices, struct device *device,
		    const struct device_way *way)
{
	struct route **at = find(device, way);

	if (*at && !--(*at)->count)
		take_out(devices, device, at);
}

void route_remove_all(struct devices *devices, struct device *device)
{
	while (device->routes)
		take_out(devices, device, &device->routes);
}

void route_free_all(struct device *device)
{
	while (device->routes) {
		struct route *route = device->routes;

		device->routes = route->next;
		free(route);
	}
}
