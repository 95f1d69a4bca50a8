// SPDX-License-Identifier: GPL-2.0-or-later
/* Inner addresses of IKE SAs: asked for, leased, inherited. See inner.h. */
#include <stdlib.h>

#include "inner.h"

void conn_vips(const struct conn *conn, struct addrs *out)
{
	struct addr addr;
	struct err ignored;

	out->n = 0;
	for (size_t i = 0; i < conn->vips.n; i++)
		if (!addr_parse_digits(&addr, conn->vips.texts[i], &ignored))
			addrs_add(out, &addr);
}

void conn_vip_families(const struct conn *conn, struct addrs *out)
{
	conn_vips(conn, out);
	for (size_t i = 0; i < out->n; i++)
		out->list[i] = (struct addr){ .len = out->list[i].len };
}

const struct addrs *ike_sa_hosts(const struct ike_sa *sa, bool local,
				 struct addrs *room)
{
	const struct addrs *vips = local ? &sa->vips.local : &sa->vips.remote;

	if (vips->n)
		return vips;
	/* Whatever is asked for, the peer may give another one. */
	if (local && sa->initiator && sa->conn->vips.n) {
		conn_vip_families(sa->conn, room);
		return room;
	}
	*room = (struct addrs){ .n = 1 };
	room->list[0] = local ? sa->path.local : sa->path.remote;
	return room;
}

static bool has_lease(const struct ike_sa *sa, const struct lease *lease)
{
	for (size_t i = 0; i < sa->vips.remote.n; i++)
		if (sa->vips.leases[i] == lease)
			return true;
	return false;
}

/* Whom it follows keeps it, until it goes. */
static struct lease *share_lease(const struct ike_sa *sa, uint8_t family_len)
{
	const char *name = sa->conn->name;
	const struct ike_sa *other = conn_next_sa(sa->engine, name, NULL);

	for (; other; other = conn_next_sa(sa->engine, name, other)) {
		if (!ike_sa_follows(sa, other))
			continue;
		for (size_t i = 0; i < other->vips.remote.n; i++) {
			struct lease *lease = other->vips.leases[i];

			if (!lease || lease->addr.len != family_len ||
			    has_lease(sa, lease))
				continue;
			lease_get(lease);
			return lease;
		}
	}
	return NULL;
}

void ike_sa_lease_vips(struct ike_sa *sa)
{
	const struct addrs *asked = &sa->vips.asked;
	char text[ADDR_TEXT_SIZE];
	struct lease *lease;

	for (size_t i = 0; i < asked->n && sa->conn->pools.n; i++) {
		lease = share_lease(sa, asked->list[i].len);
		if (!lease)
			lease = pools_lease(&sa->engine->pools,
					    &sa->conn->pools,
					    ike_sa_peer_id(sa),
					    &asked->list[i]);
		if (!lease)
			continue;
		sa->vips.leases[sa->vips.remote.n] = lease;
		addrs_add(&sa->vips.remote, &lease->addr);
		ike_sa_log(sa, LEVEL_INFO, "the peer gets %s of pool %s",
			   addr_digits(&lease->addr, text),
			   lease->pool->conf->name);
	}
}

void ike_sa_release_vips(struct ike_sa *sa)
{
	for (size_t i = 0; i < sa->vips.remote.n; i++) {
		if (sa->vips.leases[i])
			lease_put(sa->vips.leases[i]);
		sa->vips.leases[i] = NULL;
	}
}

int ike_sa_inherit_vips(struct ike_sa *sa, const struct ike_sa *old)
{
	sa->vips.asked = old->vips.asked;
	sa->vips.local = old->vips.local;
	if (old->vips.names) {
		sa->vips.names = malloc(sizeof(*sa->vips.names));
		if (!sa->vips.names)
			return -1;
		*sa->vips.names = *old->vips.names;
	}
	sa->vips.remote = old->vips.remote;
	for (size_t i = 0; i < old->vips.remote.n; i++) {
		sa->vips.leases[i] = old->vips.leases[i];
		if (sa->vips.leases[i])
			lease_get(sa->vips.leases[i]);
	}
	return 0;
}

static void gather(struct env_inner *out, const struct ike_sa *sa)
{
	for (size_t i = 0; i < sa->vips.local.n; i++)
		if (!addrs_have(&out->vips, &sa->vips.local.list[i]))
			addrs_add(&out->vips, &sa->vips.local.list[i]);
	if (!out->names && !sa->gone)
		out->names = sa->vips.names;
}

void ike_sa_install_vips(const struct ike_sa *sa)
{
	const struct env *env = &sa->engine->env;
	struct env_inner out = {
		.interface = sa->interface,
		.peer = sa->peer,
	};
	struct table_node *node = table_first(&sa->engine->by_peer, sa->peer);

	if (!sa->peer || !sa->vips.local.n || !env->ops->inner)
		return;
	/* Another one of the peer may have the same ones, or others. */
	for (; node; node = table_next(node))
		gather(&out, node->owner);
	env->ops->inner(env->world, &out);
}
