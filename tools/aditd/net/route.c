// SPDX-License-Identifier: GPL-2.0-or-later
/* See route.h. */
#include "route.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "sock.h"

struct route {
	struct route *next;
	struct prefix to;
	struct rt_route rt;
	unsigned int count;
	bool foreign; /* there was another one already */
};

static const struct rt_rule rules[] = {
	{ .priority = ROUTE_PRIORITY,
	  .table = ROUTE_TABLE,
	  .not_mark = UNDERLAY_MARK,
	  .no_default = true },
	{ .priority = ROUTE_PRIORITY + 1, .no_default = true },
	{ .priority = ROUTE_PRIORITY + 2,
	  .table = ROUTE_TABLE,
	  .not_mark = UNDERLAY_MARK },
};

static int family_of(size_t i)
{
	return i ? AF_INET6 : AF_INET;
}

static int add_rules(struct devices *devices, size_t of, struct err *err)
{
	if (devices->has_rules[of])
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(rules); i++) {
		struct rt_rule rule = rules[i];

		rule.family = family_of(of);
		if (rt_rule_add(&devices->rt, &rule, err) < 0)
			return -1;
	}
	devices->has_rules[of] = true;
	return 0;
}

void route_remove_rules(struct devices *devices)
{
	struct err err;

	for (size_t of = 0; of < 2; of++) {
		for (size_t i = 0;
		     devices->has_rules[of] && i < ARRAY_SIZE(rules); i++) {
			struct rt_rule rule = rules[i];

			rule.family = family_of(of);
			if (rt_rule_delete(&devices->rt, &rule, &err))
				log_text(devices->log, LEVEL_ERROR, "",
					 err.text);
		}
		devices->has_rules[of] = false;
	}
}

static struct route **find(struct device *device, const struct prefix *to)
{
	struct route **at = &device->routes;

	while (*at && ((*at)->to.plen != to->plen ||
		       addr_compare(&(*at)->to.addr, &to->addr)))
		at = &(*at)->next;
	return at;
}

static int put(struct devices *devices, struct route *route, const char *name,
	       struct err *err)
{
	char to[ADDR_TEXT_SIZE];
	int rc = rt_route_add(&devices->rt, &route->rt, err);

	route->foreign = rc == 1;
	if (rc == 1)
		log_put(devices->log, LEVEL_ERROR,
			"%s: there is another route to %s/%u already, which is left as it is",
			name, addr_digits(&route->to.addr, to), route->to.plen);
	return rc < 0 ? -1 : 0;
}

/* It was not known that it catches the device's own packets. */
static int move(struct devices *devices, struct route *route, const char *name,
		struct err *err)
{
	if (!route->foreign && rt_route_delete(&devices->rt, &route->rt, err))
		return -1;
	route->rt.table = ROUTE_TABLE;
	return put(devices, route, name, err);
}

static struct route *make(const struct prefix *to, const struct addr *source,
			  uint32_t ifindex, bool catches)
{
	struct route *route = calloc(1, sizeof(*route));

	if (!route)
		return NULL;
	route->to = *to;
	route->rt = (struct rt_route){
		.to = to->addr,
		.plen = to->plen,
		.ifindex = ifindex,
		.table = catches ? ROUTE_TABLE : 0,
		.source = *source,
	};
	return route;
}

int device_route(struct devices *devices, struct device *device,
		 const struct prefix *to, const struct addr *source,
		 bool catches, struct err *err)
{
	struct route *route = *find(device, to);

	if (catches && add_rules(devices, to->addr.len != 4, err))
		return -1;
	if (route) {
		route->count++;
		if (catches && !route->rt.table)
			return move(devices, route, device->name, err);
		return 0;
	}
	route = make(to, source, device->ifindex, catches);
	if (!route)
		return err_set(err, ERR_REFUSED, "out of memory");
	if (put(devices, route, device->name, err)) {
		free(route);
		return -1;
	}
	route->count = 1;
	route->next = device->routes;
	device->routes = route;
	return 0;
}

static void take_out(struct devices *devices, struct route **at)
{
	struct route *route = *at;
	struct err err;

	*at = route->next;
	/* The device may be gone, and the route with it. */
	if (!route->foreign && rt_route_delete(&devices->rt, &route->rt, &err))
		log_text(devices->log, LEVEL_DETAIL, "", err.text);
	free(route);
}

void device_unroute(struct devices *devices, struct device *device,
		    const struct prefix *to)
{
	struct route **at = find(device, to);

	if (*at && !--(*at)->count)
		take_out(devices, at);
}

void route_remove_all(struct devices *devices, struct device *device)
{
	while (device->routes)
		take_out(devices, &device->routes);
}

void route_free_all(struct device *device)
{
	while (device->routes) {
		struct route *route = device->routes;

		device->routes = route->next;
		free(route);
	}
}
