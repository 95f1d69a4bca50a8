// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is behind a UDP header, and ESP that is taken before the IP stack: from
 * GRO, where the driver gives packets away, right to decryption.
 *
 * That leaves out firewall, taps and whatever else sees a packet on its way to
 * a socket. So it is done only while there is none of these, and for packets
 * that would have come to this socket all the same: whole, without options, for
 * an address of this host. What is not verified then is only what the ICV makes
 * up for, as the path that it came (rp_filter).
 */

#include <linux/inetdevice.h>
#include <linux/moduleparam.h>
#include <net/addrconf.h>
#include <net/gro.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/udp.h>

#include "compat.h"
#include "io.h"
#include "proto.h"
#include "skb.h"
#include "sock.h"
#include "udp_gro.h"

static bool early = true;
module_param(early, bool, 0644);
MODULE_PARM_DESC(early, "take ESP in UDP before the IP stack where nobody would see it there");

/**
 * adit_udp_classify() - what is behind a UDP header?
 * @skb: the datagram, skb->data at its UDP header, which is linear
 *
 * Return: what it is; if ESP, its header is linear, too.
 */
enum adit_udp_payload adit_udp_classify(struct sk_buff *skb)
{
	unsigned int len = skb->len - sizeof(struct udphdr);
	const u8 *payload;

	if (!len || !pskb_may_pull(skb, sizeof(struct udphdr) + 1))
		return ADIT_UDP_NOTHING;
	payload = skb->data + sizeof(struct udphdr);
	if (len == 1)
		return *payload == ADIT_KEEPALIVE_OCTET ? ADIT_UDP_KEEPALIVE :
							  ADIT_UDP_NOTHING;
	if (!pskb_may_pull(skb, sizeof(struct udphdr) + ADIT_ESP_HDR_LEN))
		return ADIT_UDP_NOTHING;
	payload = skb->data + sizeof(struct udphdr);
	return get_unaligned((__be32 *)payload) ? ADIT_UDP_ESP : ADIT_UDP_IKE;
}

/* Would a firewall see it? One that does is there for a reason. */
static bool has_hooks(const struct net *net, u8 family)
{
#if IS_ENABLED(CONFIG_NETFILTER)
	if (family == NFPROTO_IPV4)
		return rcu_access_pointer(net->nf.hooks_ipv4[NF_INET_PRE_ROUTING]) ||
		       rcu_access_pointer(net->nf.hooks_ipv4[NF_INET_LOCAL_IN]);
	return rcu_access_pointer(net->nf.hooks_ipv6[NF_INET_PRE_ROUTING]) ||
	       rcu_access_pointer(net->nf.hooks_ipv6[NF_INET_LOCAL_IN]);
#else
	return false;
#endif
}

static bool has_policies(const struct net *net)
{
#if IS_ENABLED(CONFIG_XFRM)
	return net->xfrm.policy_count[XFRM_POLICY_IN] ||
	       net->xfrm.policy_default[XFRM_POLICY_IN] ==
		       XFRM_USERPOLICY_BLOCK;
#else
	return false;
#endif
}

/* Does anybody look at what this device receives? */
static bool is_watched(const struct net_device *dev)
{
	return rcu_access_pointer(dev->rx_handler) ||
	       !list_empty(&dev->ptype_all) || compat_has_taps(dev_net(dev)) ||
	       compat_has_ingress(dev);
}

static bool is_local(const struct sk_buff *skb)
{
	struct net *net = dev_net(skb->dev);

	if (skb->protocol == htons(ETH_P_IP))
		return __ip_dev_find(net, ip_hdr(skb)->daddr, false);
	return IS_ENABLED(CONFIG_IPV6) &&
	       ipv6_hdr(skb)->nexthdr == IPPROTO_UDP &&
	       ipv6_chk_addr(net, &ipv6_hdr(skb)->daddr, skb->dev, 0);
}

static bool may_take(const struct sk_buff *skb)
{
	const struct net *net = dev_net(skb->dev);
	bool is_v4 = skb->protocol == htons(ETH_P_IP);

	return READ_ONCE(early) && !NAPI_GRO_CB(skb)->flush &&
	       skb->pkt_type == PACKET_HOST && !skb_is_gso(skb) &&
	       !skb_vlan_tag_present(skb) && !is_watched(skb->dev) &&
	       !has_hooks(net, is_v4 ? NFPROTO_IPV4 : NFPROTO_IPV6) &&
	       !has_policies(net) && is_local(skb);
}

/**
 * adit_udp_gro() - take ESP out of GRO
 * @sock: the socket that its port leads to
 * @skb: the datagram, at its network header; GRO is behind the UDP header
 *
 * Context: RCU read section, bottom halves off.
 * Return: whether it was taken; if not, it is as it was.
 */
bool adit_udp_gro(struct adit_sock *sock, struct sk_buff *skb)
{
	unsigned int offset = skb_gro_offset(skb) - sizeof(struct udphdr);
	const struct ip_esp_hdr *esp;
	u16 nhoff;

	if (!may_take(skb) || !pskb_pull(skb, offset))
		return false;
	if (adit_udp_classify(skb) != ADIT_UDP_ESP)
		goto not_ours;
	skb_reset_transport_header(skb);
	__skb_pull(skb, sizeof(struct udphdr));
	esp = (const void *)skb->data;
	nhoff = skb->protocol == htons(ETH_P_IP) ?
			offsetof(struct iphdr, protocol) :
			offsetof(struct ipv6hdr, nexthdr);
	if (!adit_recv(sock->an, sock, skb, IPPROTO_ESP, esp->spi, nhoff))
		return true;
	__skb_push(skb, sizeof(struct udphdr));
not_ours:
	__skb_push(skb, offset);
	return false;
}
