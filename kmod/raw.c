// SPDX-License-Identifier: GPL-2.0-only
/*
 * ESP as IP protocol 50. Received through the kernel's own chains of IPsec
 * handlers, ahead of esp4 and esp6: a packet for an SPI that is not ours is
 * given on untouched, so that the kernel's IPsec works on the same host. On a
 * kernel without XFRM the protocol is ours alone.
 */

#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <net/dsfield.h>
#include <net/icmp.h>
#include <net/ip.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/protocol.h>
#include <net/route.h>
#include <net/xfrm.h>

#include "compat.h"
#include "io.h"
#include "netns.h"
#include "outer.h"
#include "proto.h"
#include "raw.h"
#include "skb.h"
#include "trace.h"
#include "transport.h"

static void scrub(struct sk_buff *skb, const struct adit_underlay *underlay)
{
	skb_scrub_packet(skb, !net_eq(dev_net(underlay->self), underlay->net));
	skb->mark = underlay->fwmark;
	skb->ip_summed = CHECKSUM_NONE;
	skb->encapsulation = 0;
	skb->dev = NULL;
}

static int send4(struct adit_path *path, const struct adit_route *route,
		 struct sk_buff *skb, u8 proto)
{
	const struct adit_underlay *underlay = path->underlay;

	if (adit_skb_cb(skb)->hdr_len)
		adit_transport_push(skb, proto);
	else
		adit_outer_push4(&underlay->outer, underlay->net, skb, proto,
				 route->local.v4, path->end.remote.v4,
				 ip4_dst_hoplimit(route->dst));
	return ip_local_out(underlay->net, NULL, skb);
}

static int send6(struct adit_path *path, const struct adit_route *route,
		 struct sk_buff *skb, u8 proto)
{
	const struct adit_underlay *underlay = path->underlay;

	if (adit_skb_cb(skb)->hdr_len)
		adit_transport_push(skb, proto);
	else
		adit_outer_push6(&underlay->outer, skb, proto,
				 &route->local.v6, &path->end.remote.v6,
				 ip6_dst_hoplimit(route->dst));
	return ip6_local_out(underlay->net, NULL, skb);
}

/**
 * adit_raw_send() - put an outer header, or its own, in front of a packet
 * @path: where to
 * @route: its route
 * @skb: the packet, skb->data at ESP; consumed
 * @proto: IP protocol
 *
 * Context: RCU read section, bottom halves off.
 * Return: 0, or an error if the underlay refused the packet.
 */
int adit_raw_send(struct adit_path *path, const struct adit_route *route,
		  struct sk_buff *skb, u8 proto)
{
	int err;

	scrub(skb, path->underlay);
	/* The batch has the route counted; RCU keeps it until it is used. */
	skb_dst_set_noref(skb, route->dst);
	if (path->end.family == AF_INET6)
		err = send6(path, route, skb, proto);
	else
		err = send4(path, route, skb, proto);
	return net_xmit_eval(err);
}

static int receive(struct sk_buff *skb, u8 tos, u16 nhoff)
{
	struct adit_net *an = adit_net(dev_net(skb->dev));
	const struct ip_esp_hdr *esp;

	if (!pskb_may_pull(skb, sizeof(*esp))) {
		this_cpu_inc(an->counters->truncated);
		return -EINVAL;
	}
	esp = (const void *)skb->data;
	return adit_recv(an, skb, IPPROTO_ESP, esp->spi, tos, nhoff);
}

static int receive4(struct sk_buff *skb)
{
	return receive(skb, ip_hdr(skb)->tos, offsetof(struct iphdr, protocol));
}

static int receive6(struct sk_buff *skb)
{
	return receive(skb, ipv6_get_dsfield(ipv6_hdr(skb)),
		       IP6CB(skb)->nhoff);
}

/* The path of the packet that an ICMP error is about, if that was ours. */
static struct adit_path *path_of(struct net *net, __be32 spi, u16 family,
				 const union adit_addr *remote)
{
	struct adit_net *an = adit_net(net);
	struct adit_path *path = NULL;
	struct rhlist_head *list, *at;
	struct adit_sa_out *out;

	list = adit_sadb_lookup_out(&an->sadb, IPPROTO_ESP, spi);
	rhl_for_each_entry_rcu(out, at, list, hash)
		path = path ?: adit_peer_path_to(&out->sa, family, remote);
	return path;
}

/*
 * RFC 4301, 8.2.1: the underlay's route learns the path MTU. The kernel's
 * helpers would look for a route without the path's mark, or take that of the
 * interface for a wish, and find one into the tunnel.
 */
static void learn_mtu(struct sk_buff *skb, struct adit_path *path, __be32 spi,
		      u32 mtu)
{
	u16 network_header = skb->network_header;
	struct net_device *dev = skb->dev;
	struct adit_route route;
	u32 mark = skb->mark;

	trace_adit_path_mtu(spi, mtu);
	if (adit_path_route(path, &route) != ADIT_OK)
		return;
	/* The route's own function reads its key from the packet quoted. */
	skb_reset_network_header(skb);
	skb->dev = route.dst->dev;
	skb->mark = path->underlay->fwmark;
	route.dst->ops->update_pmtu(route.dst, NULL, skb, mtu, false);
	skb->mark = mark;
	skb->dev = dev;
	skb->network_header = network_header;
	adit_route_put(&route);
}

static int error4(struct sk_buff *skb, u32 info)
{
	const struct iphdr *iph = (const void *)skb->data;
	const struct ip_esp_hdr *esp = (const void *)skb->data + iph->ihl * 4;
	union adit_addr remote = { .v4 = iph->daddr };
	struct net *net = dev_net(skb->dev);
	struct adit_path *path;

	rcu_read_lock();
	path = path_of(net, esp->spi, AF_INET, &remote);
	if (path && icmp_hdr(skb)->type == ICMP_DEST_UNREACH &&
	    icmp_hdr(skb)->code == ICMP_FRAG_NEEDED)
		learn_mtu(skb, path, esp->spi, info);
	else if (path && icmp_hdr(skb)->type == ICMP_REDIRECT)
		ipv4_redirect(skb, net, path->underlay->oif, IPPROTO_ESP);
	rcu_read_unlock();
	return path ? 0 : -ENOENT;
}

static int error6(struct sk_buff *skb, struct inet6_skb_parm *opt, u8 type,
		  u8 code, int offset, __be32 info)
{
	const struct ipv6hdr *ip6h = (const void *)skb->data;
	const struct ip_esp_hdr *esp = (const void *)skb->data + offset;
	union adit_addr remote = { .v6 = ip6h->daddr };
	struct net *net = dev_net(skb->dev);
	struct adit_path *path;

	rcu_read_lock();
	path = path_of(net, esp->spi, AF_INET6, &remote);
	if (path && type == ICMPV6_PKT_TOOBIG)
		learn_mtu(skb, path, esp->spi, ntohl(info));
	else if (path && type == NDISC_REDIRECT)
		ip6_redirect(skb, net, skb->dev->ifindex,
			     path->underlay->fwmark, sock_net_uid(net, NULL));
	rcu_read_unlock();
	return path ? 0 : -ENOENT;
}

#if IS_ENABLED(CONFIG_XFRM)

/* Ahead of vti (100), xfrm interfaces (10) and esp4 (0). */
#define PRIORITY 200

static int decline_input(struct sk_buff *skb, int nexthdr, __be32 spi,
			 int encap_type)
{
	return -EINVAL;
}

static int decline_callback(struct sk_buff *skb, int err)
{
	return 1;
}

static struct xfrm4_protocol esp4 = {
	.handler = receive4,
	.input_handler = decline_input,
	.cb_handler = decline_callback,
	.err_handler = error4,
	.priority = PRIORITY,
};

static int register4(void)
{
	return xfrm4_protocol_register(&esp4, IPPROTO_ESP);
}

static void unregister4(void)
{
	xfrm4_protocol_deregister(&esp4, IPPROTO_ESP);
}

#if IS_ENABLED(CONFIG_IPV6)
static struct xfrm6_protocol esp6 = {
	.handler = receive6,
	.input_handler = decline_input,
	.cb_handler = decline_callback,
	.err_handler = error6,
	.priority = PRIORITY,
};

static int register6(void)
{
	return xfrm6_protocol_register(&esp6, IPPROTO_ESP);
}

static void unregister6(void)
{
	xfrm6_protocol_deregister(&esp6, IPPROTO_ESP);
}
#endif

#else /* CONFIG_XFRM */

static int receive4_alone(struct sk_buff *skb)
{
	if (receive4(skb) != -EINVAL)
		return 0;
	icmp_send(skb, ICMP_DEST_UNREACH, ICMP_PORT_UNREACH, 0);
	kfree_skb_reason(skb, SKB_DROP_REASON_IP_NOPROTO);
	return 0;
}

static const struct net_protocol esp4 = {
	.handler = receive4_alone,
	.err_handler = error4,
	.no_policy = 1,
};

static int register4(void)
{
	return inet_add_protocol(&esp4, IPPROTO_ESP);
}

static void unregister4(void)
{
	inet_del_protocol(&esp4, IPPROTO_ESP);
}

#if IS_ENABLED(CONFIG_IPV6)
static int receive6_alone(struct sk_buff *skb)
{
	if (receive6(skb) != -EINVAL)
		return 0;
	icmpv6_send(skb, ICMPV6_DEST_UNREACH, ICMPV6_PORT_UNREACH, 0);
	kfree_skb_reason(skb, SKB_DROP_REASON_IP_NOPROTO);
	return 0;
}

static const struct inet6_protocol esp6 = {
	.handler = receive6_alone,
	.err_handler = error6,
	.flags = INET6_PROTO_NOPOLICY,
};

static int register6(void)
{
	return inet6_add_protocol(&esp6, IPPROTO_ESP);
}

static void unregister6(void)
{
	inet6_del_protocol(&esp6, IPPROTO_ESP);
}
#endif

#endif /* CONFIG_XFRM */

#if !IS_ENABLED(CONFIG_IPV6)
static int register6(void)
{
	return 0;
}

static void unregister6(void)
{
}
#endif

/**
 * adit_raw_module_init() - receive ESP
 *
 * Return: 0 or an error.
 */
int adit_raw_module_init(void)
{
	int err;

	err = register4();
	if (err)
		return err;
	err = register6();
	if (err)
		unregister4();
	return err;
}

/**
 * adit_raw_module_exit() - receive ESP no more
 *
 * Context: may sleep; ends when no packet is being received.
 */
void adit_raw_module_exit(void)
{
	unregister6();
	unregister4();
}
