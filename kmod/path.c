// SPDX-License-Identifier: GPL-2.0-only
/* Paths to peers, and their routes. */

#include <linux/slab.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/route.h>

#include "compat.h"
#include "defer.h"
#include "drop.h"
#include "path.h"
#include "skb.h"
#include "sock.h"

/**
 * adit_path_alloc() - make a path
 * @underlay: of the device; outlives the path
 * @end: its ends; copied
 *
 * Context: may sleep.
 * Return: the path, or NULL without memory.
 */
struct adit_path *adit_path_alloc(const struct adit_underlay *underlay,
				  const struct adit_endpoint *end)
{
	struct adit_path *path = kzalloc_obj(*path, GFP_KERNEL_ACCOUNT);

	if (!path)
		return NULL;
	if (dst_cache_init(&path->cache, GFP_KERNEL_ACCOUNT)) {
		kfree(path);
		return NULL;
	}
	path->end = *end;
	if (end->sock)
		adit_sock_get(end->sock);
	path->underlay = underlay;
	return path;
}

/* Freeing per-CPU memory takes a mutex: it needs a work, not a callback. */
static void free_work(struct work_struct *work)
{
	struct adit_path *path = container_of(to_rcu_work(work),
					      struct adit_path, free_work);
	struct adit_sock *sock = path->end.sock;

	dst_cache_destroy(&path->cache);
	if (sock && sock->ops->unused)
		sock->ops->unused(sock);
	if (sock)
		adit_sock_put(sock);
	kfree(path);
}

/**
 * adit_path_free() - free a path after a grace period
 * @path: the path, not to be found by new readers any more; NULL is allowed
 */
void adit_path_free(struct adit_path *path)
{
	if (!path)
		return;
	INIT_RCU_WORK(&path->free_work, free_work);
	queue_rcu_work(adit_free_wq, &path->free_work);
}

/**
 * adit_path_known() - is there somewhere to send to?
 * @path: the path
 *
 * Return: whether the remote address is known.
 */
bool adit_path_known(const struct adit_path *path)
{
	return !adit_addr_is_any(path->end.family, &path->end.remote);
}

/**
 * adit_path_leads_to() - is this the address that it sends to?
 * @path: the path
 * @family: AF_INET or AF_INET6
 * @remote: the address
 *
 * Return: whether it is.
 */
bool adit_path_leads_to(const struct adit_path *path, u16 family,
			const union adit_addr *remote)
{
	return path->end.family == family &&
	       !adit_addr_cmp(family, &path->end.remote, remote);
}

/**
 * adit_path_came_from() - is the peer where a packet came from?
 * @path: the peer's path
 * @skb: the packet, its network header that in front of ESP and, with UDP, its
 *	transport header at UDP
 * @from: if not, family, remote address and port of where it came from
 *
 * What came through another kind of encapsulation says nothing of the path.
 *
 * Return: whether the path leads to where the packet came from.
 */
bool adit_path_came_from(const struct adit_path *path, struct sk_buff *skb,
			 struct adit_endpoint *from)
{
	const struct adit_endpoint *end = &path->end;
	const struct adit_skb_cb *cb = adit_skb_cb(skb);
	u32 id = 0;

	if (cb->encap != end->encap)
		return true;
	/* Another socket may have the id of one that is gone. */
	if (end->sock && !READ_ONCE(end->sock->gone))
		id = end->sock->id;
	memset(from, 0, sizeof(*from));
	if (skb->protocol == htons(ETH_P_IP)) {
		from->family = AF_INET;
		from->remote.v4 = ip_hdr(skb)->saddr;
	} else {
		from->family = AF_INET6;
		from->remote.v6 = ipv6_hdr(skb)->saddr;
	}
	if (cb->encap == ADIT_ENCAP_UDP)
		from->remote_port = udp_hdr(skb)->source;
	else
		from->remote_port = end->remote_port;
	return from->remote_port == end->remote_port &&
	       cb->sock == id &&
	       adit_path_leads_to(path, from->family, &from->remote);
}

static noinline int find_route4(struct adit_path *path,
				struct adit_route *route)
{
	const struct adit_underlay *underlay = path->underlay;
	struct flowi4 fl4 = {
		.flowi4_proto = IPPROTO_ESP,
		.flowi4_mark = underlay->fwmark,
		.flowi4_oif = underlay->oif,
		.saddr = path->end.local.v4,
		.daddr = path->end.remote.v4,
	};
	struct rtable *rt;

	rt = ip_route_output_key(underlay->net, &fl4);
	if (IS_ERR(rt))
		return ADIT_DROP_TX_NO_ROUTE;
	if (rt->dst.dev == underlay->self) {
		ip_rt_put(rt);
		return ADIT_DROP_TX_LOOP;
	}
	dst_cache_set_ip4(&path->cache, &rt->dst, fl4.saddr);
	route->local.v4 = fl4.saddr;
	route->dst = &rt->dst;
	return ADIT_OK;
}

/*
 * IPv6 takes the interface for a wish only, once a source is given: insist.
 * Without a source it is one to be found as well.
 */
static struct dst_entry *lookup6(struct net *net, struct flowi6 *fl6)
{
	struct dst_entry *dst;

	if (!fl6->flowi6_oif || ipv6_addr_any(&fl6->saddr))
		return ip6_dst_lookup_flow(net, NULL, fl6, NULL);
	dst = ip6_route_output_flags(net, NULL, fl6, RT6_LOOKUP_F_IFACE);
	if (!dst->error)
		return dst;
	dst_release(dst);
	return ERR_PTR(-ENETUNREACH);
}

static noinline int find_route6(struct adit_path *path,
				struct adit_route *route)
{
	const struct adit_underlay *underlay = path->underlay;
	struct flowi6 fl6 = {
		.flowi6_proto = IPPROTO_ESP,
		.flowi6_mark = underlay->fwmark,
		.flowi6_oif = underlay->oif,
		.saddr = path->end.local.v6,
		.daddr = path->end.remote.v6,
	};
	struct dst_entry *dst;

	if (!IS_ENABLED(CONFIG_IPV6))
		return ADIT_DROP_TX_NO_ROUTE;
	dst = lookup6(underlay->net, &fl6);
	if (IS_ERR(dst))
		return ADIT_DROP_TX_NO_ROUTE;
	if (dst->dev == underlay->self) {
		dst_release(dst);
		return ADIT_DROP_TX_LOOP;
	}
	dst_cache_set_ip6(&path->cache, dst, &fl6.saddr);
	route->local.v6 = fl6.saddr;
	route->dst = dst;
	return ADIT_OK;
}

/**
 * adit_path_route() - find the route
 * @path: the path
 * @route: where to; to be given back with adit_route_put()
 *
 * Context: RCU read section, bottom halves off.
 * Return: ADIT_OK, or a drop reason; then there is nothing to give back.
 */
int adit_path_route(struct adit_path *path, struct adit_route *route)
{
	struct rtable *rt;

	if (path->end.family == AF_INET6) {
		route->dst = dst_cache_get_ip6(&path->cache, &route->local.v6);
	} else {
		rt = dst_cache_get_ip4(&path->cache, &route->local.v4);
		route->dst = rt ? &rt->dst : NULL;
	}
	if (likely(route->dst))
		return ADIT_OK;
	if (!adit_path_known(path))
		return ADIT_DROP_TX_NO_ENDPOINT;
	return path->end.family == AF_INET6 ? find_route6(path, route) :
					      find_route4(path, route);
}

/**
 * adit_path_mtu() - what the underlay carries to the peer
 * @path: the path
 *
 * Context: RCU read section, bottom halves off.
 * Return: octets of the largest outer packet; 0 if there is no route.
 */
unsigned int adit_path_mtu(struct adit_path *path)
{
	struct adit_route route;
	unsigned int mtu;

	if (adit_path_route(path, &route) != ADIT_OK)
		return 0;
	mtu = dst_mtu(route.dst);
	adit_route_put(&route);
	return mtu;
}
