// SPDX-License-Identifier: GPL-2.0-or-later
/* See inner.h. */
#include "inner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dns.h"
#include "rtaddr.h"

/* What one peer gave; by the name of the interface, which may be made again. */
struct inner {
	struct inner *next;
	char interface[IF_NAMESIZE];
	uint32_t ifindex; /* of the interface that has the addresses */
	uint32_t peer;
	struct addrs vips;
	struct vip_names names;
};

static struct inner **find(struct kernel *kernel, const char *interface,
			   uint32_t peer)
{
	struct inner **at = &kernel->inners;

	while (*at && ((*at)->peer != peer ||
		       strcmp((*at)->interface, interface) != 0))
		at = &(*at)->next;
	return at;
}

static bool has_another(const struct kernel *kernel, const struct inner *but,
			const struct addr *addr)
{
	const struct inner *other = kernel->inners;

	while (other && (other == but || other->ifindex != but->ifindex ||
			 !addrs_have(&other->vips, addr)))
		other = other->next;
	return other;
}

static bool is_foreign(const struct kernel *kernel, const struct inner *inner,
		       const struct addr *addr)
{
	const struct device *device =
		device_at(kernel->devices, inner->ifindex);

	return device && addrs_have(&device->foreign, addr);
}

/* It is an admin's, or not any more. */
static void set_foreign(struct device *device, const struct addr *addr,
			bool foreign)
{
	struct addrs *list = &device->foreign;
	size_t i = 0;

	while (i < list->n && addr_compare(&list->list[i], addr) != 0)
		i++;
	if (foreign && i == list->n)
		addrs_add(list, addr);
	else if (!foreign && i < list->n)
		list->list[i] = list->list[--list->n];
}

static void put_addr(struct kernel *kernel, const struct inner *inner,
		     const struct addr *addr)
{
	struct device *device = device_at(kernel->devices, inner->ifindex);
	char text[ADDR_TEXT_SIZE];
	struct err err;
	int rc;

	rc = rt_addr_add(&kernel->devices->rt, inner->ifindex, addr, &err);
	if (rc < 0) {
		log_text(kernel->log, LEVEL_ERROR, inner->interface, err.text);
		return;
	}
	if (device)
		set_foreign(device, addr, rc);
	log_put(kernel->log, LEVEL_DETAIL, "%s has inner address %s",
		inner->interface, addr_digits(addr, text));
}

static void take_addr(struct kernel *kernel, const struct inner *inner,
		      const struct addr *addr)
{
	struct err err;

	/* On an interface of an admin's it may be the admin's, too. */
	if (is_foreign(kernel, inner, addr))
		return;
	/* The interface may be gone, and the address with it. */
	if (rt_addr_delete(&kernel->devices->rt, inner->ifindex, addr, &err))
		log_text(kernel->log, LEVEL_DETAIL, inner->interface, err.text);
}

/* New ones first, so that what stays is never away. */
static void change(struct kernel *kernel, struct inner *inner,
		   const struct addrs *vips)
{
	const struct addrs old = inner->vips;

	for (size_t i = 0; i < vips->n; i++)
		if (!addrs_have(&old, &vips->list[i]) &&
		    !has_another(kernel, inner, &vips->list[i]))
			put_addr(kernel, inner, &vips->list[i]);
	inner->vips = *vips;
	for (size_t i = 0; i < old.n; i++)
		if (!addrs_have(vips, &old.list[i]) &&
		    !has_another(kernel, inner, &old.list[i]))
			take_addr(kernel, inner, &old.list[i]);
}

/* ------------------------------------------------------------- name servers */

static void gather(struct dns_request *request, const struct vip_names *names)
{
	for (size_t i = 0; i < names->servers.n; i++)
		if (!addrs_have(&request->names.servers,
				&names->servers.list[i]))
			addrs_add(&request->names.servers,
				  &names->servers.list[i]);
	for (size_t i = 0; i < names->n_domains; i++) {
		if (request->names.n_domains == DOMAINS_MAX)
			return;
		memcpy(request->names.domains[request->names.n_domains++],
		       names->domains[i], DOMAIN_SIZE);
	}
}

/* What all peers of that interface have given. */
static void tell_dns(struct kernel *kernel, const char *interface)
{
	struct dns_request request = { 0 };

	snprintf(request.interface, sizeof(request.interface), "%s", interface);
	for (const struct inner *i = kernel->inners; i; i = i->next)
		if (strcmp(i->interface, interface) == 0)
			gather(&request, &i->names);
	dns_set(kernel->dns, &request);
}

static bool take_names(struct inner *inner, const struct msg_inner *msg)
{
	struct vip_names names = { .servers = msg->servers };
	bool differ;

	names.n_domains = msg->n_domains;
	for (size_t i = 0; i < msg->n_domains; i++)
		snprintf(names.domains[i], DOMAIN_SIZE, "%s", msg->domains[i]);
	differ = memcmp(&names, &inner->names, sizeof(names)) != 0;
	inner->names = names;
	return differ;
}

/* -------------------------------------------------------------------- peers */

static struct inner *make(struct inner **at, struct device *device,
			  uint32_t peer)
{
	struct inner *inner = calloc(1, sizeof(*inner));

	if (!inner)
		return NULL;
	snprintf(inner->interface, sizeof(inner->interface), "%s",
		 device->name);
	inner->ifindex = device->ifindex;
	inner->peer = peer;
	device->inners++;
	*at = inner;
	return inner;
}

static void drop(struct kernel *kernel, struct inner **at)
{
	static const struct addrs none = { 0 };
	struct inner *inner = *at;

	change(kernel, inner, &none);
	*at = inner->next;
	if (inner->names.servers.n)
		tell_dns(kernel, inner->interface);
	free(inner);
}

int inner_set(struct kernel *kernel, struct device *device,
	      const struct msg_inner *msg, struct err *err)
{
	struct inner **at = find(kernel, msg->interface, msg->peer);

	if (device)
		inner_again(kernel, device);
	if (!device || !msg->vips.n) {
		if (!*at)
			return 0;
		drop(kernel, at);
		if (!device)
			return 0;
		device->inners--;
		device_unused(kernel->devices, device);
		return 0;
	}
	if (!*at && !make(at, device, msg->peer)) {
		device_unused(kernel->devices, device);
		return err_set(err, ERR_REFUSED, "out of memory");
	}
	change(kernel, *at, &msg->vips);
	if (take_names(*at, msg))
		tell_dns(kernel, msg->interface);
	return 0;
}

void inner_again(struct kernel *kernel, struct device *device)
{
	for (struct inner *i = kernel->inners; i; i = i->next) {
		const struct addrs vips = i->vips;

		if (strcmp(i->interface, device->name) != 0 ||
		    i->ifindex == device->ifindex)
			continue;
		i->ifindex = device->ifindex;
		i->vips.n = 0;
		device->inners++;
		change(kernel, i, &vips);
		if (i->names.servers.n)
			tell_dns(kernel, i->interface);
	}
}

void inner_remove_all(struct kernel *kernel)
{
	while (kernel->inners)
		drop(kernel, &kernel->inners);
}

bool inner_source(const struct kernel *kernel, const struct peer *peer,
		  const struct ts_list *list, uint8_t len, struct addr *addr)
{
	const struct inner *i = kernel->inners;

	while (i &&
	       (i->peer != peer->id || i->ifindex != peer->device->ifindex))
		i = i->next;
	for (size_t k = 0; i && k < i->vips.n; k++) {
		*addr = i->vips.list[k];
		for (size_t j = 0; addr->len == len && j < list->n; j++)
			if (addr_compare(addr, &list->ts[j].start) >= 0 &&
			    addr_compare(addr, &list->ts[j].end) <= 0 &&
			    list->ts[j].start.len == len)
				return true;
	}
	return false;
}
