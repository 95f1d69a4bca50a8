// SPDX-License-Identifier: GPL-2.0-only
/* Events: told to the namespace that the device is in, if anyone listens. */

#include <linux/hash.h>
#include <linux/udp.h>
#include <net/ip.h>
#include <net/ipv6.h>
#if IS_ENABLED(CONFIG_XFRM)
#include <net/xfrm.h>
#endif

#include "compat.h"
#include "attr.h"
#include "flow.h"
#include "io.h"
#include "nl.h"
#include "sock.h"

static bool heard(const struct adit_dev *adit, unsigned int group)
{
	bool is_heard;

	rcu_read_lock();
	is_heard = genl_has_listeners(&adit_nl_family, dev_net_rcu(adit->dev),
				      group);
	rcu_read_unlock();
	return is_heard;
}

/* The device may be moved right now, and the namespace that it leaves end. */
static struct net *get_dev_net(const struct adit_dev *adit)
{
	struct net *net;

	rcu_read_lock();
	net = maybe_get_net(dev_net_rcu(adit->dev));
	rcu_read_unlock();
	return net;
}

static struct sk_buff *begin(u8 cmd, void **header, gfp_t gfp)
{
	struct sk_buff *msg = genlmsg_new(GENLMSG_DEFAULT_SIZE, gfp);

	if (!msg)
		return NULL;
	*header = genlmsg_put(msg, 0, 0, &adit_nl_family, 0, cmd);
	return msg;
}

/* An event that does not fit or finds no memory is lost, as is their nature. */
static void end(const struct adit_dev *adit, struct sk_buff *msg, void *header,
		int err, unsigned int group, gfp_t gfp)
{
	struct net *net = err ? NULL : get_dev_net(adit);

	if (!net) {
		nlmsg_free(msg);
		return;
	}
	genlmsg_end(msg, header);
	genlmsg_multicast_netns(&adit_nl_family, net, msg, 0, group, gfp);
	put_net(net);
}

static int fill_acquire(struct sk_buff *msg, const struct adit_child *child,
			const struct sk_buff *skb)
{
	const struct net_device *dev = child->adit->dev;
	struct adit_flow flow;

	adit_flow_read(&flow, skb);
	if (nla_put_u32(msg, ADIT_A_ACQUIRE_IFINDEX, dev->ifindex) ||
	    nla_put_string(msg, ADIT_A_ACQUIRE_IFNAME, dev->name) ||
	    nla_put_u32(msg, ADIT_A_ACQUIRE_PEER, child->peer->id) ||
	    nla_put_u32(msg, ADIT_A_ACQUIRE_CHILD, child->id) ||
	    adit_attr_put_addr(msg, ADIT_A_ACQUIRE_SOURCE, flow.family,
			       &flow.source) ||
	    adit_attr_put_addr(msg, ADIT_A_ACQUIRE_DESTINATION, flow.family,
			       &flow.destination) ||
	    nla_put_u8(msg, ADIT_A_ACQUIRE_PROTO, flow.proto))
		return -EMSGSIZE;
	if (!flow.has_ports)
		return 0;
	if (nla_put_u16(msg, ADIT_A_ACQUIRE_SOURCE_PORT, flow.source_port) ||
	    nla_put_u16(msg, ADIT_A_ACQUIRE_DESTINATION_PORT,
			flow.destination_port))
		return -EMSGSIZE;
	return 0;
}

/**
 * adit_event_acquire() - a packet needs an outbound SA
 * @child: the child that it would leave through
 * @skb: the packet
 *
 * Context: any.
 */
void adit_event_acquire(struct adit_child *child, const struct sk_buff *skb)
{
	struct sk_buff *msg;
	void *header;

	if (!heard(child->adit, ADIT_NLGRP_ACQUIRE))
		return;
	msg = begin(ADIT_CMD_ACQUIRE_NTF, &header, GFP_ATOMIC);
	if (msg)
		end(child->adit, msg, header, fill_acquire(msg, child, skb),
		    ADIT_NLGRP_ACQUIRE, GFP_ATOMIC);
}

static int fill_expire(struct sk_buff *msg, const struct adit_sa *sa, bool hard,
		       u8 limit)
{
	const struct net_device *dev = sa->child->adit->dev;

	if (nla_put_u32(msg, ADIT_A_EXPIRE_IFINDEX, dev->ifindex) ||
	    nla_put_string(msg, ADIT_A_EXPIRE_IFNAME, dev->name) ||
	    nla_put_u32(msg, ADIT_A_EXPIRE_PEER, sa->child->peer->id) ||
	    nla_put_u32(msg, ADIT_A_EXPIRE_CHILD, sa->child->id) ||
	    nla_put_u8(msg, ADIT_A_EXPIRE_DIR, sa->dir) ||
	    nla_put_u8(msg, ADIT_A_EXPIRE_PROTO, sa->proto) ||
	    nla_put_be32(msg, ADIT_A_EXPIRE_SPI, sa->spi) ||
	    nla_put_u8(msg, ADIT_A_EXPIRE_HARD, hard) ||
	    nla_put_u8(msg, ADIT_A_EXPIRE_LIMIT, limit))
		return -EMSGSIZE;
	return 0;
}

/**
 * adit_event_expire() - an SA has reached a limit
 * @sa: the SA
 * @hard: it ends; else it should be replaced soon
 * @limit: ADIT_LIMIT_*
 *
 * Context: may sleep.
 */
void adit_event_expire(const struct adit_sa *sa, bool hard, u8 limit)
{
	struct adit_dev *adit = sa->child->adit;
	struct sk_buff *msg;
	void *header;

	if (!heard(adit, ADIT_NLGRP_EXPIRE))
		return;
	msg = begin(ADIT_CMD_EXPIRE_NTF, &header, GFP_KERNEL);
	if (msg)
		end(adit, msg, header, fill_expire(msg, sa, hard, limit),
		    ADIT_NLGRP_EXPIRE, GFP_KERNEL);
}

/**
 * adit_event_sa() - an SA is new, changed or gone
 * @sa: the SA
 * @cmd: ADIT_CMD_SA_NTF or ADIT_CMD_SA_DEL_NTF
 *
 * Context: may sleep; the namespace's lock is held.
 */
void adit_event_sa(struct adit_sa *sa, u8 cmd)
{
	struct adit_dev *adit = sa->child->adit;
	struct sk_buff *msg;
	void *header;

	if (!heard(adit, ADIT_NLGRP_CONFIG))
		return;
	msg = begin(cmd, &header, GFP_KERNEL);
	if (msg)
		end(adit, msg, header, adit_nl_fill_sa(msg, sa, false),
		    ADIT_NLGRP_CONFIG, GFP_KERNEL);
}

/**
 * adit_event_child() - a child is new, changed or gone
 * @child: the child
 * @cmd: ADIT_CMD_CHILD_NTF or ADIT_CMD_CHILD_DEL_NTF
 *
 * Context: may sleep; the namespace's lock is held.
 */
void adit_event_child(struct adit_child *child, u8 cmd)
{
	struct sk_buff *msg;
	void *header;

	if (!heard(child->adit, ADIT_NLGRP_CONFIG))
		return;
	msg = begin(cmd, &header, GFP_KERNEL);
	if (msg)
		end(child->adit, msg, header, adit_nl_fill_child(msg, child),
		    ADIT_NLGRP_CONFIG, GFP_KERNEL);
}

/**
 * adit_event_socket() - a socket is new, changed or gone
 * @sock: the socket
 * @cmd: ADIT_CMD_SOCKET_NTF or ADIT_CMD_SOCKET_DEL_NTF
 *
 * Context: may sleep; the namespace's lock is held.
 */
void adit_event_socket(struct adit_sock *sock, u8 cmd)
{
	struct net *net = sock->an->net;
	struct sk_buff *msg;
	void *header;

	if (!genl_has_listeners(&adit_nl_family, net, ADIT_NLGRP_CONFIG))
		return;
	msg = begin(cmd, &header, GFP_KERNEL);
	if (!msg)
		return;
	if (adit_nl_fill_socket(msg, sock)) {
		nlmsg_free(msg);
		return;
	}
	genlmsg_end(msg, header);
	genlmsg_multicast_netns(&adit_nl_family, net, msg, 0, ADIT_NLGRP_CONFIG,
				GFP_KERNEL);
}

/* Once a second for an address; two that hash alike take turns. */
static bool is_due(struct adit_net *an, const struct sk_buff *skb)
{
	unsigned long now = jiffies, last, *told;
	u32 source;

	source = skb->protocol == htons(ETH_P_IP) ?
			(__force u32)ip_hdr(skb)->saddr :
			ipv6_addr_hash(&ipv6_hdr(skb)->saddr);
	told = &an->senders[hash_32(source, ADIT_SENDERS_BITS)];
	last = READ_ONCE(*told);
	return !time_before(now, last + HZ) && cmpxchg(told, last, now) == last;
}

/* It goes on to the kernel's own IPsec, which may know it. */
static bool is_xfrms(struct net *net, const struct sk_buff *skb, u8 proto,
		     __be32 spi)
{
#if IS_ENABLED(CONFIG_XFRM)
	xfrm_address_t destination = { };
	unsigned short family = AF_INET;
	struct xfrm_state *state;

	if (skb->protocol == htons(ETH_P_IP)) {
		destination.a4 = ip_hdr(skb)->daddr;
	} else {
		destination.in6 = ipv6_hdr(skb)->daddr;
		family = AF_INET6;
	}
	state = xfrm_state_lookup(net, skb->mark, &destination, spi, proto,
				  family);
	if (!state)
		return false;
	xfrm_state_put(state);
	return true;
#else
	return false;
#endif
}

static int fill_unknown_spi(struct sk_buff *msg, const struct adit_sock *sock,
			    const struct sk_buff *skb, u8 proto, __be32 spi)
{
	u8 encap = sock ? sock->ops->encap : ADIT_ENCAP_NONE;
	union adit_addr source = { }, destination = { };
	u16 family = AF_INET;
	__be16 port;

	if (skb->protocol == htons(ETH_P_IP)) {
		source.v4 = ip_hdr(skb)->saddr;
		destination.v4 = ip_hdr(skb)->daddr;
	} else {
		family = AF_INET6;
		source.v6 = ipv6_hdr(skb)->saddr;
		destination.v6 = ipv6_hdr(skb)->daddr;
	}
	if (nla_put_u8(msg, ADIT_A_UNKNOWN_SPI_PROTO, proto) ||
	    nla_put_be32(msg, ADIT_A_UNKNOWN_SPI_SPI, spi) ||
	    adit_attr_put_addr(msg, ADIT_A_UNKNOWN_SPI_SOURCE, family,
			       &source) ||
	    adit_attr_put_addr(msg, ADIT_A_UNKNOWN_SPI_DESTINATION, family,
			       &destination) ||
	    nla_put_u8(msg, ADIT_A_UNKNOWN_SPI_ENCAP, encap))
		return -EMSGSIZE;
	if (!sock)
		return 0;
	port = encap == ADIT_ENCAP_UDP ? udp_hdr(skb)->source :
					 sock->remote_port;
	if (nla_put_u16(msg, ADIT_A_UNKNOWN_SPI_SOURCE_PORT, ntohs(port)) ||
	    nla_put_u32(msg, ADIT_A_UNKNOWN_SPI_SOCKET, sock->id))
		return -EMSGSIZE;
	return 0;
}

/**
 * adit_event_unknown_spi() - a packet is for no SA
 * @an: the namespace that it came to
 * @sock: the socket that it came through, or NULL
 * @skb: the packet, its network header that in front of ESP or AH and, with UDP,
 *	its transport header at UDP
 * @proto: IP protocol
 * @spi: its SPI
 *
 * Whoever sends at full rate must not keep us busy: most packets end at the first
 * check. The reserved SPIs can't be of an SA that was lost (RFC 4303, 2.1).
 *
 * Context: RCU read section, bottom halves off.
 */
void adit_event_unknown_spi(struct adit_net *an, const struct adit_sock *sock,
			    const struct sk_buff *skb, u8 proto, __be32 spi)
{
	struct sk_buff *msg;
	void *header;

	if (ntohl(spi) < ADIT_MIN_SPI ||
	    !genl_has_listeners(&adit_nl_family, an->net,
				ADIT_NLGRP_UNKNOWN_SPI) ||
	    !is_due(an, skb) || (!sock && is_xfrms(an->net, skb, proto, spi)))
		return;
	msg = begin(ADIT_CMD_UNKNOWN_SPI_NTF, &header, GFP_ATOMIC);
	if (!msg)
		return;
	if (fill_unknown_spi(msg, sock, skb, proto, spi)) {
		nlmsg_free(msg);
		return;
	}
	genlmsg_end(msg, header);
	genlmsg_multicast_netns(&adit_nl_family, an->net, msg, 0,
				ADIT_NLGRP_UNKNOWN_SPI, GFP_ATOMIC);
}

/**
 * adit_event_peer() - a peer is new, changed or gone
 * @peer: the peer
 * @cmd: ADIT_CMD_PEER_NTF or ADIT_CMD_PEER_DEL_NTF
 *
 * Context: may sleep; the namespace's lock is held.
 */
void adit_event_peer(struct adit_peer *peer, u8 cmd)
{
	struct sk_buff *msg;
	void *header;

	if (!heard(peer->adit, ADIT_NLGRP_CONFIG))
		return;
	msg = begin(cmd, &header, GFP_KERNEL);
	if (msg)
		end(peer->adit, msg, header, adit_nl_fill_peer(msg, peer),
		    ADIT_NLGRP_CONFIG, GFP_KERNEL);
}
