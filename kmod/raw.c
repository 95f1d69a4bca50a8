// SPDX-License-Identifier: GPL-2.0-only
/*
 * ESP and AH as IP protocols 50 and 51. Received through the kernel's own chains
 * of IPsec handlers, ahead of its own: a packet for an SPI that is not ours is
 * given on untouched, so that the kernel's IPsec works on the same host. On a
 * kernel without XFRM the protocols are ours alone.
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

/**
 * adit_raw_push() - put an outer header, or its own, in front of a packet
 * @path: where to
 * @route: its route
 * @skb: the packet, skb->data at ESP or AH; its notes end here
 * @proto: IP protocol
 *
 * Context: RCU read section.
 */
void adit_raw_push(const struct adit_path *path, const struct adit_route *route,
		   struct sk_buff *skb, u8 proto)
{
	const struct adit_underlay *underlay = path->underlay;

	scrub(skb, underlay);
	if (adit_skb_cb(skb)->hdr_len)
		adit_transport_push(skb, proto);
	else if (path->end.family == AF_INET6)
		adit_outer_push6(&underlay->outer, skb, proto,
				 &route->local.v6, &path->end.remote.v6,
				 ip6_dst_hoplimit(route->dst));
	else
		adit_outer_push4(&underlay->outer, underlay->net, skb, proto,
				 route->local.v4, path->end.remote.v4,
				 ip4_dst_hoplimit(route->dst));
}

/* Where the SPI is in the first octets of a header. */
static __be32 spi_of(const void *header, u8 proto)
{
	const struct ip_auth_hdr *ah = header;
	const struct ip_esp_hdr *esp = header;

	return proto == IPPROTO_AH ? ah->spi : esp->spi;
}

static int receive(struct sk_buff *skb, u8 proto, u16 nhoff)
{
	struct adit_net *an = adit_net(dev_net(skb->dev));
	unsigned int len = proto == IPPROTO_AH ? sizeof(struct ip_auth_hdr) :
						 sizeof(struct ip_esp_hdr);

	if (!pskb_may_pull(skb, len)) {
		this_cpu_inc(an->counters->truncated);
		return -EINVAL;
	}
	return adit_recv(an, NULL, skb, proto, spi_of(skb->data, proto), nhoff);
}

/*
 * A packet for an SPI that is not ours is the next handler's; without XFRM there
 * is none, and its sender is told.
 *
 * Which protocol it is the caller knows: the header does not if the packet came
 * in UDP to a socket that takes that off (FOU).
 */
static int receive4(struct sk_buff *skb, u8 proto)
{
	int err = receive(skb, proto, offsetof(struct iphdr, protocol));

	if (IS_ENABLED(CONFIG_XFRM) || !err)
		return err;
	icmp_send(skb, ICMP_DEST_UNREACH, ICMP_PORT_UNREACH, 0);
	kfree_skb_reason(skb, SKB_DROP_REASON_IP_NOPROTO);
	return 0;
}

static int receive4_esp(struct sk_buff *skb)
{
	return receive4(skb, IPPROTO_ESP);
}

static int receive4_ah(struct sk_buff *skb)
{
	return receive4(skb, IPPROTO_AH);
}

#if IS_ENABLED(CONFIG_IPV6)
static int receive6(struct sk_buff *skb, u8 proto)
{
	int err = receive(skb, proto, IP6CB(skb)->nhoff);

	if (IS_ENABLED(CONFIG_XFRM) || !err)
		return err;
	icmpv6_send(skb, ICMPV6_DEST_UNREACH, ICMPV6_PORT_UNREACH, 0);
	kfree_skb_reason(skb, SKB_DROP_REASON_IP_NOPROTO);
	return 0;
}

static int receive6_esp(struct sk_buff *skb)
{
	return receive6(skb, IPPROTO_ESP);
}

static int receive6_ah(struct sk_buff *skb)
{
	return receive6(skb, IPPROTO_AH);
}
#endif

/* The path of the packet that an ICMP error is about, if that was ours. */
static struct adit_path *path_of(struct adit_net *an, u8 proto, __be32 spi,
				 u16 family, const union adit_addr *remote)
{
	struct adit_path *path = NULL;
	struct rhlist_head *list, *at;
	struct adit_sa_out *out;

	list = adit_sadb_lookup_out(&an->sadb, proto, spi);
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

/**
 * adit_raw_learn_mtu() - learn the path MTU from an error about ESP in UDP
 * @an: the namespace
 * @skb: the error, skb->data at the header that it quotes
 * @spi: the SPI that it quotes
 *
 * Context: RCU read section, bottom halves off.
 */
void adit_raw_learn_mtu(struct adit_net *an, struct sk_buff *skb, __be32 spi)
{
	const struct icmp6hdr *icmp6 = (const void *)skb->data - sizeof(*icmp6);
	const struct icmphdr *icmp = (const void *)skb->data - sizeof(*icmp);
	const struct ipv6hdr *ip6h = (const void *)skb->data;
	const struct iphdr *iph = (const void *)skb->data;
	union adit_addr remote = { };
	struct adit_path *path;
	u16 family;
	u32 mtu;

	if (skb->protocol == htons(ETH_P_IP)) {
		if (icmp->type != ICMP_DEST_UNREACH ||
		    icmp->code != ICMP_FRAG_NEEDED)
			return;
		family = AF_INET;
		remote.v4 = iph->daddr;
		mtu = ntohs(icmp->un.frag.mtu);
	} else {
		if (icmp6->icmp6_type != ICMPV6_PKT_TOOBIG)
			return;
		family = AF_INET6;
		remote.v6 = ip6h->daddr;
		mtu = ntohl(icmp6->icmp6_mtu);
	}
	path = path_of(an, IPPROTO_ESP, spi, family, &remote);
	if (path)
		learn_mtu(skb, path, spi, mtu);
}

static int error4(struct sk_buff *skb, u32 info)
{
	const struct iphdr *iph = (const void *)skb->data;
	__be32 spi = spi_of(skb->data + iph->ihl * 4, iph->protocol);
	union adit_addr remote = { .v4 = iph->daddr };
	struct net *net = dev_net(skb->dev);
	struct adit_path *path;

	rcu_read_lock();
	path = path_of(adit_net(net), iph->protocol, spi, AF_INET, &remote);
	if (path && icmp_hdr(skb)->type == ICMP_DEST_UNREACH &&
	    icmp_hdr(skb)->code == ICMP_FRAG_NEEDED)
		learn_mtu(skb, path, spi, info);
	else if (path && icmp_hdr(skb)->type == ICMP_REDIRECT)
		ipv4_redirect(skb, net, path->underlay->oif, iph->protocol);
	rcu_read_unlock();
	return path ? 0 : -ENOENT;
}

static int error6(struct sk_buff *skb, u8 proto, u8 type, int offset,
		  __be32 info)
{
	const struct ipv6hdr *ip6h = (const void *)skb->data;
	__be32 spi = spi_of(skb->data + offset, proto);
	union adit_addr remote = { .v6 = ip6h->daddr };
	struct net *net = dev_net(skb->dev);
	struct adit_path *path;

	rcu_read_lock();
	path = path_of(adit_net(net), proto, spi, AF_INET6, &remote);
	if (path && type == ICMPV6_PKT_TOOBIG)
		learn_mtu(skb, path, spi, ntohl(info));
	else if (path && type == NDISC_REDIRECT)
		ip6_redirect(skb, net, skb->dev->ifindex,
			     path->underlay->fwmark, sock_net_uid(net, NULL));
	rcu_read_unlock();
	return path ? 0 : -ENOENT;
}

static int error6_esp(struct sk_buff *skb, struct inet6_skb_parm *opt, u8 type,
		      u8 code, int offset, __be32 info)
{
	return error6(skb, IPPROTO_ESP, type, offset, info);
}

static int error6_ah(struct sk_buff *skb, struct inet6_skb_parm *opt, u8 type,
		     u8 code, int offset, __be32 info)
{
	return error6(skb, IPPROTO_AH, type, offset, info);
}

#if IS_ENABLED(CONFIG_XFRM)

/* Ahead of vti (100), xfrm interfaces (10) and the kernel's own (0). */
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

#define HANDLER(receive, error) {		\
	.handler = (receive),			\
	.input_handler = decline_input,		\
	.cb_handler = decline_callback,		\
	.err_handler = (error),			\
	.priority = PRIORITY,			\
}

/* The kernel links each into a list of its own. */
static struct xfrm4_protocol esp4 = HANDLER(receive4_esp, error4);
static struct xfrm4_protocol ah4 = HANDLER(receive4_ah, error4);

#define register4(handler, proto) xfrm4_protocol_register(handler, proto)
#define unregister4(handler, proto) xfrm4_protocol_deregister(handler, proto)

#if IS_ENABLED(CONFIG_IPV6)
static struct xfrm6_protocol esp6 = HANDLER(receive6_esp, error6_esp);
static struct xfrm6_protocol ah6 = HANDLER(receive6_ah, error6_ah);

#define register6(handler, proto) xfrm6_protocol_register(handler, proto)
#define unregister6(handler, proto) xfrm6_protocol_deregister(handler, proto)
#endif

#else /* CONFIG_XFRM */

#define HANDLER4(receive) {			\
	.handler = (receive),			\
	.err_handler = error4,			\
	.no_policy = 1,				\
}

static const struct net_protocol esp4 = HANDLER4(receive4_esp);
static const struct net_protocol ah4 = HANDLER4(receive4_ah);

#define register4(handler, proto) inet_add_protocol(handler, proto)
#define unregister4(handler, proto) inet_del_protocol(handler, proto)

#if IS_ENABLED(CONFIG_IPV6)
#define HANDLER6(receive, error) {		\
	.handler = (receive),			\
	.err_handler = (error),			\
	.flags = INET6_PROTO_NOPOLICY,		\
}

static const struct inet6_protocol esp6 = HANDLER6(receive6_esp, error6_esp);
static const struct inet6_protocol ah6 = HANDLER6(receive6_ah, error6_ah);

#define register6(handler, proto) inet6_add_protocol(handler, proto)
#define unregister6(handler, proto) inet6_del_protocol(handler, proto)
#endif

#endif /* CONFIG_XFRM */

static int register_all4(void)
{
	int err;

	err = register4(&esp4, IPPROTO_ESP);
	if (err)
		return err;
	err = register4(&ah4, IPPROTO_AH);
	if (err)
		unregister4(&esp4, IPPROTO_ESP);
	return err;
}

static void unregister_all4(void)
{
	unregister4(&ah4, IPPROTO_AH);
	unregister4(&esp4, IPPROTO_ESP);
}

#if IS_ENABLED(CONFIG_IPV6)
static int register_all6(void)
{
	int err;

	err = register6(&esp6, IPPROTO_ESP);
	if (err)
		return err;
	err = register6(&ah6, IPPROTO_AH);
	if (err)
		unregister6(&esp6, IPPROTO_ESP);
	return err;
}

static void unregister_all6(void)
{
	unregister6(&ah6, IPPROTO_AH);
	unregister6(&esp6, IPPROTO_ESP);
}
#else
static int register_all6(void)
{
	return 0;
}

static void unregister_all6(void)
{
}
#endif

/**
 * adit_raw_module_init() - receive ESP and AH
 *
 * Return: 0 or an error.
 */
int adit_raw_module_init(void)
{
	int err;

	err = register_all4();
	if (err)
		return err;
	err = register_all6();
	if (err)
		unregister_all4();
	return err;
}

/**
 * adit_raw_module_exit() - receive ESP and AH no more
 *
 * Context: may sleep; ends when no packet is being received.
 */
void adit_raw_module_exit(void)
{
	unregister_all6();
	unregister_all4();
}
