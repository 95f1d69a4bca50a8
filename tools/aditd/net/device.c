// SPDX-License-Identifier: GPL-2.0-or-later
/* See device.h. */
#include "device.h"

#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "route.h"
#include "rtaddr.h"
#include "sock.h"

static uint64_t key_of(const char *name)
{
	uint64_t key = 14695981039346656037U;

	for (; *name; name++)
		key = (key ^ (uint8_t)*name) * 1099511628211U;
	return key;
}

int devices_open(struct devices *devices, struct log *log, struct err *err)
{
	*devices = (struct devices){ .log = log };
	/* Keys are not a peer's choice here. */
	if (table_init(&devices->names, 0) || table_init(&devices->indexes, 0))
		return err_set(err, ERR_REFUSED, "out of memory");
	if (rt_open(&devices->rt, err))
		return -1;
	/* Of a daemon that was killed. */
	if (rt_addrs_delete(&devices->rt, err))
		log_text(log, LEVEL_ERROR, "", err->text);
	route_clean(devices);
	return 0;
}

struct device *device_find(struct devices *devices, const char *name)
{
	struct table_node *node = table_first(&devices->names, key_of(name));

	for (; node; node = table_next(node)) {
		struct device *device = node->owner;

		if (strcmp(device->name, name) == 0)
			return device;
	}
	return NULL;
}

struct device *device_at(struct devices *devices, uint32_t ifindex)
{
	return table_find(&devices->indexes, ifindex);
}

static void forget(struct devices *devices, struct device *device)
{
	struct device **at = &devices->first;

	while (*at != device)
		at = &(*at)->next;
	*at = device->next;
	table_remove(&devices->names, &device->by_name);
	table_remove(&devices->indexes, &device->by_index);
	route_free_all(device);
	free(device);
}

static struct device *remember(struct devices *devices, const char *name,
			       uint32_t ifindex, bool made, struct err *err)
{
	struct device *device = calloc(1, sizeof(*device));

	if (!device) {
		err_set(err, ERR_REFUSED, "out of memory");
		return NULL;
	}
	snprintf(device->name, sizeof(device->name), "%s", name);
	device->ifindex = ifindex;
	device->made = made;
	device->next = devices->first;
	devices->first = device;
	table_add(&devices->names, &device->by_name, key_of(name), device);
	table_add(&devices->indexes, &device->by_index, ifindex, device);
	return device;
}

static bool is_configured(const struct devices *devices, const char *name)
{
	return devices->is_configured &&
	       devices->is_configured(devices->arg, name);
}

static struct device *make(struct devices *devices, const char *name,
			   struct err *err)
{
	uint32_t ifindex = 0;

	if (rt_link_make(&devices->rt, name, UNDERLAY_MARK, &ifindex, err)) {
		if (ifindex)
			rt_link_delete(&devices->rt, ifindex,
				       &(struct err){ 0 });
		return NULL;
	}
	log_put(devices->log, LEVEL_DETAIL, "made interface %s", name);
	return remember(devices, name, ifindex, true, err);
}

/* It is there, and none of those that we know. */
static struct device *adopt(struct devices *devices, const char *name,
			    const struct rt_link *link, struct err *err)
{
	if (!link->is_adit) {
		err_set(err, ERR_REFUSED,
			"interface %s is there already, and is no tunnel of adit; give the connection another 'interface'",
			name);
		return NULL;
	}
	if (is_configured(devices, name) && !link->is_ours) {
		if (rt_link_up(&devices->rt, link->ifindex, err))
			return NULL;
		return remember(devices, name, link->ifindex, false, err);
	}
	if (!link->is_ours) {
		err_set(err, ERR_REFUSED,
			"interface %s was made by somebody else; to have it used, name it as 'interface' of a connection in the configuration file",
			name);
		return NULL;
	}
	/* Of a daemon that did not end well: what is in it means nothing. */
	if (rt_link_delete(&devices->rt, link->ifindex, err))
		return NULL;
	return make(devices, name, err);
}

bool device_is_lost(const struct device *device)
{
	return if_nametoindex(device->name) != device->ifindex;
}

struct device *device_get(struct devices *devices, const char *name,
			  struct err *err)
{
	struct device *device = device_find(devices, name);
	struct rt_link link;
	int rc;

	if (device)
		return device;
	rc = rt_link_find(&devices->rt, name, &link, err);
	if (rc < 0)
		return NULL;
	return rc ? make(devices, name, err) : adopt(devices, name, &link, err);
}

static bool same_headers(const struct rt_headers *a, const struct rt_headers *b)
{
	return a->copy_df == b->copy_df && a->dscp_out == b->dscp_out &&
	       a->dscp_in == b->dscp_in;
}

int device_headers(struct devices *devices, struct device *device,
		   const struct rt_headers *headers, struct err *err)
{
	if (!device->made ||
	    (device->has_headers && same_headers(&device->headers, headers)))
		return 0;
	if (device->has_headers)
		log_put(devices->log, LEVEL_INFO,
			"%s: its children differ in copy_df or copy_dscp, which an interface has once: the last one decides",
			device->name);
	device->headers = *headers;
	device->has_headers = true;
	return rt_link_headers(&devices->rt, device->ifindex, headers, err);
}

static void dismiss(struct devices *devices, struct device *device)
{
	struct err err;

	route_remove_all(devices, device);
	if (device->made && rt_link_delete(&devices->rt, device->ifindex, &err))
		log_text(devices->log, LEVEL_ERROR, device->name, err.text);
	forget(devices, device);
}

void device_unused(struct devices *devices, struct device *device)
{
	if (!device->peers && !device->inners)
		dismiss(devices, device);
}

void devices_close(struct devices *devices)
{
	if (!devices->rt.sock)
		return;
	while (devices->first)
		dismiss(devices, devices->first);
	route_remove_rules(devices);
	table_free(&devices->names);
	table_free(&devices->indexes);
	rt_close(&devices->rt);
}
