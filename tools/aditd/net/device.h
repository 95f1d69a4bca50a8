/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The interfaces that connections have: those that are made here when they are
 * needed and removed when nothing is left of them, and those of an admin that
 * the configuration names, which stay. No other interface is ever touched.
 */
#ifndef ADITD_NET_DEVICE_H
#define ADITD_NET_DEVICE_H

#include <net/if.h>

#include "../core/table.h"
#include "../proc/log.h"
#include "rtnetlink.h"

struct device {
	struct device *next;
	char name[IF_NAMESIZE];
	uint32_t ifindex;
	bool made; /* by us */
	size_t peers; /* that we made */
	size_t inners; /* peers that gave us addresses, see inner.h */
	struct addrs foreign; /* of these, what it had from somebody else */
	struct rt_headers headers; /* as they were set */
	bool has_headers;
	struct route *routes;
	struct table_node by_name, by_index;
};

struct devices {
	struct rt rt;
	struct log *log;
	struct device *first;
	struct table names, indexes;
	/* May an interface that is there already be used? */
	bool (*is_configured)(void *arg, const char *name);
	void *arg;
	/* Of routing, for IPv4 and IPv6. */
	bool has_rules[2], has_protocol_rules[2];
};

int devices_open(struct devices *devices, struct log *log, struct err *err);

/* Removes what was made. */
void devices_close(struct devices *devices);

/* Made if it is missing; NULL with an error. */
struct device *device_get(struct devices *devices, const char *name,
			  struct err *err);

/* Of one that was made here; of another one the admin decides. */
int device_headers(struct devices *devices, struct device *device,
		   const struct rt_headers *headers, struct err *err);

/* One that is known, by name or index; NULL if there is none. */
struct device *device_find(struct devices *devices, const char *name);
struct device *device_at(struct devices *devices, uint32_t ifindex);

/* Somebody else has removed it. */
bool device_is_lost(const struct device *device);

/* Something in it is gone: if it was the last, and it was made here, it goes. */
void device_unused(struct devices *devices, struct device *device);

struct device_way {
	struct prefix to;
	uint8_t proto; /* 0 for all packets */
	struct ports source_ports, ports;
	struct addr source; /* of what this host sends, if it has a length */
	/* Also the device's own packets to the peer, if nothing is done. */
	bool catches;
};

/* Such packets go to the device; counted. See route.h. */
int device_route(struct devices *devices, struct device *device,
		 const struct device_way *way, struct err *err);
void device_unroute(struct devices *devices, struct device *device,
		    const struct device_way *way);

#endif
