// SPDX-License-Identifier: GPL-2.0-only
/* The interface: its netdev operations, its rtnetlink kind, its counters. */

#include <linux/ethtool.h>
#include <linux/inetdevice.h>
#include <linux/module.h>
#include <net/addrconf.h>
#include <net/ip_tunnels.h>
#include <net/rtnetlink.h>

#include "compat.h"
#include "attr.h"
#include "child.h"
#include "dev.h"
#include "io.h"
#include "mtu.h"
#include "peer.h"
#include "send.h"
#include "skb.h"
#include "trace.h"
#include "xform.h"

/**
 * adit_dev_count_drop() - count a packet that somebody else has freed
 * @adit: the device
 * @stats: of the most specific object that is known, or NULL
 * @reason: ADIT_DROP_*
 *
 * Context: bottom halves off.
 */
void adit_dev_count_drop(struct adit_dev *adit, struct adit_stats *stats,
			 int reason)
{
	if (stats)
		atomic64_inc(&stats->drops[reason]);
	adit_dev_stats_drop(adit->stats, reason, 1);
}

/**
 * adit_dev_drop() - the one place where packets are dropped
 * @adit: the device
 * @stats: of the most specific object that is known, or NULL
 * @skb: the packet, freed
 * @spi: SPI of the SA, 0 if none is known
 * @seq: sequence number, 0 if none is known
 * @reason: ADIT_DROP_*
 *
 * Context: bottom halves off.
 */
void adit_dev_drop(struct adit_dev *adit, struct adit_stats *stats,
		   struct sk_buff *skb, __be32 spi, u64 seq, int reason)
{
	adit_dev_count_drop(adit, stats, reason);
	trace_adit_drop(adit->dev, skb, spi, seq, reason);
	kfree_skb_reason(skb, adit_drop_core[reason]);
}

static netdev_tx_t start_xmit(struct sk_buff *skb, struct net_device *dev)
{
	struct adit_dev *adit = netdev_priv(dev);

	if (unlikely(!pskb_inet_may_pull(skb) ||
		     skb->protocol != ip_tunnel_parse_protocol(skb)))
		adit_dev_drop(adit, NULL, skb, 0, 0, ADIT_DROP_TX_MALFORMED);
	else
		adit_send(adit, skb);
	return NETDEV_TX_OK;
}

static int init(struct net_device *dev)
{
	struct adit_dev *adit = netdev_priv(dev);
	int err = -ENOMEM;

	adit->stats = adit_dev_stats_alloc();
	if (!adit->stats)
		return -ENOMEM;
	err = gro_cells_init(&adit->cells, dev);
	if (err)
		goto err_free_stats;
	err = adit_spd_init(&adit->spd);
	if (err)
		goto err_destroy_cells;
	err = adit_natflows_init(&adit->natflows);
	if (err)
		goto err_uninit_spd;
	xa_init_flags(&adit->peers, XA_FLAGS_ALLOC);
	xa_init_flags(&adit->children, XA_FLAGS_ALLOC);
	adit_alarms_init(&adit->alarms, &adit->an->lock);
	adit_mtu_init(adit);
	list_add_tail(&adit->an_node, &adit->an->devices);
	netdev_dbg(dev, "adit: device %p created\n", adit);
	return 0;

err_uninit_spd:
	adit_spd_uninit(&adit->spd);
err_destroy_cells:
	gro_cells_destroy(&adit->cells);
err_free_stats:
	free_percpu(adit->stats);
	return err;
}

/*
 * The first of two phases: no packet finds the device any more, its peers,
 * children and SAs leave every table. Each keeps the device until it is freed;
 * the core waits for that before it frees the device itself.
 */
static void uninit(struct net_device *dev)
{
	struct adit_dev *adit = netdev_priv(dev);
	struct adit_peer *peer;
	unsigned long id;

	list_del(&adit->an_node);
	mutex_lock(&adit->an->lock);
	adit->gone = true;
	xa_for_each(&adit->peers, id, peer)
		adit_peer_remove(peer);
	adit_alarm_cancel(&adit->alarms, &adit->natflows.alarm);
	mutex_unlock(&adit->an->lock);
}

/* The second: nothing refers to the device any more. */
static void destroy(struct net_device *dev)
{
	struct adit_dev *adit = netdev_priv(dev);

	adit_alarms_stop(&adit->alarms);
	adit_mtu_stop(adit);
	gro_cells_destroy(&adit->cells);
	adit_natflows_uninit(&adit->natflows);
	adit_spd_uninit(&adit->spd);
	xa_destroy(&adit->peers);
	xa_destroy(&adit->children);
	netdev_dbg(dev, "adit: device %p destroyed\n", adit);
	free_percpu(adit->stats);
}

static int open(struct net_device *dev)
{
	struct inet6_dev *dev6 = __in6_dev_get(dev);
	struct in_device *dev4 = __in_dev_get_rtnl(dev);

	/* Of a packet that comes back out of the tunnel no host is told. */
	if (dev4) {
		IN_DEV_CONF_SET(dev4, SEND_REDIRECTS, false);
		IPV4_DEVCONF_ALL(dev_net(dev), SEND_REDIRECTS) = false;
	}
	/* Without a link there is no link-local address, nor solicitations. */
	if (dev6)
		dev6->cnf.addr_gen_mode = IN6_ADDR_GEN_MODE_NONE;
	return 0;
}

static void get_stats64(struct net_device *dev, struct rtnl_link_stats64 *s)
{
	struct adit_dev *adit = netdev_priv(dev);
	struct adit_stats_sum sum;
	int i;

	adit_dev_stats_sum(adit->stats, &sum);
	s->tx_packets = sum.tx_packets;
	s->tx_bytes = sum.tx_bytes;
	s->rx_packets = sum.rx_packets;
	s->rx_bytes = sum.rx_bytes;
	for (i = 0; i < ADIT_DROP_RX_FIRST; i++)
		s->tx_dropped += sum.drops[i];
	for (; i < ADIT_DROP_COUNT; i++)
		if (i != ADIT_DROP_RX_DUMMY)
			s->rx_dropped += sum.drops[i];
	s->rx_errors = sum.drops[ADIT_DROP_RX_ICV] +
		       sum.drops[ADIT_DROP_RX_TRUNCATED] +
		       sum.drops[ADIT_DROP_RX_PADDING] +
		       sum.drops[ADIT_DROP_RX_NEXT_HEADER] +
		       sum.drops[ADIT_DROP_RX_MALFORMED];
}

static const struct net_device_ops netdev_ops = {
	.ndo_init = init,
	.ndo_uninit = uninit,
	.ndo_open = open,
	.ndo_start_xmit = start_xmit,
	.ndo_change_mtu = adit_mtu_set,
	.ndo_get_stats64 = get_stats64,
};

/**
 * adit_dev_is() - is it one of our interfaces?
 * @dev: the interface
 *
 * Return: whether it is.
 */
bool adit_dev_is(const struct net_device *dev)
{
	return dev->netdev_ops == &netdev_ops;
}

static void get_drvinfo(struct net_device *dev, struct ethtool_drvinfo *info)
{
	strscpy(info->driver, "adit", sizeof(info->driver));
	strscpy(info->version, ADIT_VERSION, sizeof(info->version));
}

static const char *const traffic_name[] = {
	"tx_packets", "tx_bytes", "rx_packets", "rx_bytes",
};

static int get_sset_count(struct net_device *dev, int set)
{
	if (set != ETH_SS_STATS)
		return -EOPNOTSUPP;
	return ARRAY_SIZE(traffic_name) + ADIT_DROP_COUNT;
}

static void get_strings(struct net_device *dev, u32 set, u8 *data)
{
	int i;

	if (set != ETH_SS_STATS)
		return;
	for (i = 0; i < ARRAY_SIZE(traffic_name); i++)
		ethtool_puts(&data, traffic_name[i]);
	for (i = 0; i < ADIT_DROP_COUNT; i++)
		ethtool_puts(&data, adit_drop_name[i]);
}

static void get_ethtool_stats(struct net_device *dev,
			      struct ethtool_stats *stats, u64 *data)
{
	struct adit_dev *adit = netdev_priv(dev);
	struct adit_stats_sum sum;
	int i;

	adit_dev_stats_sum(adit->stats, &sum);
	*data++ = sum.tx_packets;
	*data++ = sum.tx_bytes;
	*data++ = sum.rx_packets;
	*data++ = sum.rx_bytes;
	for (i = 0; i < ADIT_DROP_COUNT; i++)
		*data++ = sum.drops[i];
}

static const struct ethtool_ops ethtool_ops = {
	.get_drvinfo = get_drvinfo,
	.get_link = ethtool_op_get_link,
	.get_sset_count = get_sset_count,
	.get_strings = get_strings,
	.get_ethtool_stats = get_ethtool_stats,
};

static const struct device_type device_type = { .name = "adit" };

static void setup(struct net_device *dev)
{
	netdev_features_t features = NETIF_F_SG | NETIF_F_HW_CSUM |
				     NETIF_F_FRAGLIST | NETIF_F_HIGHDMA |
				     NETIF_F_GSO | NETIF_F_GSO_SOFTWARE;

	dev->netdev_ops = &netdev_ops;
	dev->ethtool_ops = &ethtool_ops;
	dev->header_ops = &ip_tunnel_header_ops;
	dev->needs_free_netdev = true;
	dev->priv_destructor = destroy;
	dev->type = ARPHRD_NONE;
	dev->flags = IFF_POINTOPOINT | IFF_NOARP;
	dev->priv_flags |= IFF_NO_QUEUE;
	compat_set_lltx(dev);
	dev->features |= features | NETIF_F_RXCSUM;
	dev->hw_features |= features | NETIF_F_RXCSUM;
	dev->hw_enc_features |= features;
	/* With these set on each new packet no copy is needed on its way. */
	dev->needed_headroom = ALIGN(LL_MAX_HEADER + ADIT_MAX_OUTER_LEN +
				     sizeof(struct udphdr) +
				     ADIT_MAX_HDR_LEN, 4);
	dev->needed_tailroom = ADIT_MAX_TRAILER_LEN;
	dev->mtu = ETH_DATA_LEN - ADIT_MAX_OUTER_LEN - ADIT_MAX_HDR_LEN -
		   ADIT_MAX_TRAILER_LEN;
	dev->min_mtu = ADIT_MIN_MTU;
	dev->max_mtu = IP_MAX_MTU - ADIT_MAX_OUTER_LEN - ADIT_MAX_HDR_LEN -
		       ADIT_MAX_TRAILER_LEN;
	SET_NETDEV_DEVTYPE(dev, &device_type);
	/* ICMP errors and the path MTU need the route that led here. */
	netif_keep_dst(dev);
	netif_set_tso_max_size(dev, GSO_MAX_SIZE);
}

static const struct nla_policy policy[IFLA_ADIT_MAX + 1] = {
	[IFLA_ADIT_LOCAL] = { .type = NLA_BINARY },
	[IFLA_ADIT_REMOTE] = { .type = NLA_BINARY },
	[IFLA_ADIT_ENCAP] = NLA_POLICY_MAX(NLA_U8, ADIT_ENCAP_TCP),
	[IFLA_ADIT_LOCAL_PORT] = { .type = NLA_U16 },
	[IFLA_ADIT_REMOTE_PORT] = { .type = NLA_U16 },
	[IFLA_ADIT_FWMARK] = { .type = NLA_U32 },
	[IFLA_ADIT_UNDERLAY] = { .type = NLA_U32 },
	[IFLA_ADIT_TTL] = { .type = NLA_U8 },
	[IFLA_ADIT_TTL_INHERIT] = NLA_POLICY_MAX(NLA_U8, 1),
	[IFLA_ADIT_DSFIELD] = { .type = NLA_U8 },
	[IFLA_ADIT_DSFIELD_INHERIT] = NLA_POLICY_MAX(NLA_U8, 1),
	[IFLA_ADIT_DF] = NLA_POLICY_MAX(NLA_U8, ADIT_DF_UNSET),
	[IFLA_ADIT_FLOWLABEL] = { .type = NLA_U32 },
	[IFLA_ADIT_FLOWLABEL_INHERIT] = NLA_POLICY_MAX(NLA_U8, 1),
	[IFLA_ADIT_DECAP_DSCP] = NLA_POLICY_MAX(NLA_U8, 1),
};

static int read_flowlabel(struct nlattr **data, struct adit_outer *outer,
			  struct netlink_ext_ack *extack)
{
	const struct nlattr *attr = data[IFLA_ADIT_FLOWLABEL];
	const u32 max = ntohl(IPV6_FLOWLABEL_MASK);

	if (attr && nla_get_u32(attr) > max) {
		NL_SET_ERR_MSG_ATTR_FMT(extack, attr,
					"flowlabel: 0x%x is more than 0x%x (RFC 8200, 3)",
					nla_get_u32(attr), max);
		return -ERANGE;
	}
	if (attr) {
		outer->flowlabel = htonl(nla_get_u32(attr));
		outer->flowlabel_inherit = false;
	}
	if (data[IFLA_ADIT_FLOWLABEL_INHERIT])
		outer->flowlabel_inherit =
			nla_get_u8(data[IFLA_ADIT_FLOWLABEL_INHERIT]);
	return 0;
}

static int read_outer(struct nlattr **data, struct adit_outer *outer,
		      struct netlink_ext_ack *extack)
{
	const struct nlattr *attr = data[IFLA_ADIT_DSFIELD];

	if (attr && (nla_get_u8(attr) & INET_ECN_MASK)) {
		NL_SET_ERR_MSG_ATTR_FMT(extack, attr,
					"dsfield: 0x%02x sets ECN bits, which follow RFC 6040",
					nla_get_u8(attr));
		return -EINVAL;
	}
	if (attr) {
		outer->dsfield = nla_get_u8(attr);
		outer->dsfield_inherit = false;
	}
	if (data[IFLA_ADIT_DSFIELD_INHERIT])
		outer->dsfield_inherit =
			nla_get_u8(data[IFLA_ADIT_DSFIELD_INHERIT]);
	if (data[IFLA_ADIT_TTL]) {
		outer->ttl = nla_get_u8(data[IFLA_ADIT_TTL]);
		outer->ttl_inherit = false;
	}
	if (data[IFLA_ADIT_TTL_INHERIT])
		outer->ttl_inherit = nla_get_u8(data[IFLA_ADIT_TTL_INHERIT]);
	if (data[IFLA_ADIT_DF])
		outer->df = nla_get_u8(data[IFLA_ADIT_DF]);
	if (data[IFLA_ADIT_DECAP_DSCP])
		outer->decap_dscp = nla_get_u8(data[IFLA_ADIT_DECAP_DSCP]);
	return read_flowlabel(data, outer, extack);
}

static int read_underlay(struct adit_dev *adit, struct nlattr **data,
			 struct adit_underlay *underlay,
			 struct netlink_ext_ack *extack)
{
	const struct nlattr *attr = data[IFLA_ADIT_UNDERLAY];
	struct net_device *dev;

	if (attr && nla_get_u32(attr)) {
		dev = __dev_get_by_index(adit->an->net, nla_get_u32(attr));
		if (!dev || dev == adit->dev) {
			NL_SET_ERR_MSG_ATTR_FMT(extack, attr,
						"underlay: %u is no other interface of this namespace",
						nla_get_u32(attr));
			return -ENODEV;
		}
	}
	if (attr)
		underlay->oif = nla_get_u32(attr);
	if (data[IFLA_ADIT_FWMARK])
		underlay->fwmark = nla_get_u32(data[IFLA_ADIT_FWMARK]);
	return read_outer(data, &underlay->outer, extack);
}

static bool read_end_attrs(struct nlattr **data,
			   const struct adit_underlay *underlay,
			   struct adit_end_attrs *attrs)
{
	*attrs = (struct adit_end_attrs){
		.local = data[IFLA_ADIT_LOCAL],
		.remote = data[IFLA_ADIT_REMOTE],
		.encap = data[IFLA_ADIT_ENCAP],
		.local_port = data[IFLA_ADIT_LOCAL_PORT],
		.remote_port = data[IFLA_ADIT_REMOTE_PORT],
		.mark = underlay->fwmark,
		.oif = underlay->oif,
	};
	return attrs->local || attrs->remote || attrs->encap ||
	       attrs->local_port || attrs->remote_port;
}

/* Add or change peer 0, which the link attributes are about. */
static int set_peer0(struct adit_dev *adit, struct adit_end_attrs *attrs,
		     struct netlink_ext_ack *extack)
{
	struct adit_endpoint end = { };
	struct adit_peer *peer;
	u32 id = 0;
	int err;

	peer = xa_load(&adit->peers, id);
	if (peer) {
		end = *adit_peer_end(peer);
		attrs->has_ah = adit_peer_has_ah(peer);
	}
	err = adit_attr_end(adit->an, attrs, &end, extack);
	if (err)
		return err;
	if (peer) {
		err = adit_peer_set(peer, &end);
	} else {
		peer = adit_peer_add(adit, &id, &end);
		err = PTR_ERR_OR_ZERO(peer);
	}
	if (!err)
		adit_event_peer(peer, ADIT_CMD_PEER_NTF);
	return err;
}

static int set_link(struct adit_dev *adit, struct nlattr **data,
		    struct netlink_ext_ack *extack)
{
	struct adit_underlay underlay = adit->underlay;
	struct adit_end_attrs attrs;
	struct adit_peer *peer;
	unsigned long id;
	int err;

	if (!data)
		return 0;
	err = read_underlay(adit, data, &underlay, extack);
	if (err)
		return err;
	mutex_lock(&adit->an->lock);
	if (read_end_attrs(data, &underlay, &attrs))
		err = set_peer0(adit, &attrs, extack);
	if (!err) {
		adit->underlay = underlay;
		xa_for_each(&adit->peers, id, peer)
			adit_peer_forget_route(peer);
	}
	mutex_unlock(&adit->an->lock);
	return err;
}

static int newlink(struct net_device *dev, struct rtnl_newlink_params *params,
		   struct netlink_ext_ack *extack)
{
	struct adit_dev *adit = netdev_priv(dev);
	int err;

	adit->dev = dev;
	adit->an = adit_net(rtnl_newlink_link_net(params));
	adit->underlay.net = adit->an->net;
	adit->underlay.self = dev;
	adit->underlay.outer.dsfield_inherit = true;
	adit->mtu_fixed = params->tb[IFLA_MTU];

	err = register_netdevice(dev);
	if (err)
		return err;
	err = set_link(adit, params->data, extack);
	if (err) {
		unregister_netdevice(dev);
		return err;
	}
	if (!adit->mtu_fixed)
		adit_mtu_guess(adit);
	return 0;
}

static int changelink(struct net_device *dev, struct nlattr *tb[],
		      struct nlattr *data[], struct netlink_ext_ack *extack)
{
	struct adit_dev *adit = netdev_priv(dev);
	int err = set_link(adit, data, extack);

	if (!err)
		adit_mtu_fit_anew(adit);
	return err;
}

static size_t get_size(const struct net_device *dev)
{
	return 2 * nla_total_size(sizeof(struct in6_addr)) +
	       2 * nla_total_size(sizeof(u16)) +
	       3 * nla_total_size(sizeof(u32)) +
	       8 * nla_total_size(sizeof(u8));
}

static int fill_peer0(struct sk_buff *skb, const struct adit_dev *adit)
{
	const struct adit_endpoint *end;
	struct adit_peer *peer;
	int err = 0;

	rcu_read_lock();
	peer = xa_load((struct xarray *)&adit->peers, 0);
	if (peer) {
		end = &rcu_dereference(peer->path)->end;
		if (adit_attr_put_addr(skb, IFLA_ADIT_LOCAL, end->family,
				       &end->local) ||
		    adit_attr_put_addr(skb, IFLA_ADIT_REMOTE, end->family,
				       &end->remote) ||
		    nla_put_u8(skb, IFLA_ADIT_ENCAP, end->encap) ||
		    (end->encap != ADIT_ENCAP_NONE &&
		     (nla_put_be16(skb, IFLA_ADIT_LOCAL_PORT,
				   end->local_port) ||
		      nla_put_be16(skb, IFLA_ADIT_REMOTE_PORT,
				   end->remote_port))))
			err = -EMSGSIZE;
	}
	rcu_read_unlock();
	return err;
}

static int fill_info(struct sk_buff *skb, const struct net_device *dev)
{
	const struct adit_dev *adit = netdev_priv(dev);
	const struct adit_underlay *underlay = &adit->underlay;
	const struct adit_outer *outer = &underlay->outer;

	if (fill_peer0(skb, adit) ||
	    nla_put_u32(skb, IFLA_ADIT_FWMARK, underlay->fwmark) ||
	    nla_put_u32(skb, IFLA_ADIT_UNDERLAY, underlay->oif) ||
	    nla_put_u8(skb, IFLA_ADIT_TTL, outer->ttl) ||
	    nla_put_u8(skb, IFLA_ADIT_TTL_INHERIT, outer->ttl_inherit) ||
	    nla_put_u8(skb, IFLA_ADIT_DSFIELD, outer->dsfield) ||
	    nla_put_u8(skb, IFLA_ADIT_DSFIELD_INHERIT,
		       outer->dsfield_inherit) ||
	    nla_put_u8(skb, IFLA_ADIT_DF, outer->df) ||
	    nla_put_u32(skb, IFLA_ADIT_FLOWLABEL, ntohl(outer->flowlabel)) ||
	    nla_put_u8(skb, IFLA_ADIT_FLOWLABEL_INHERIT,
		       outer->flowlabel_inherit) ||
	    nla_put_u8(skb, IFLA_ADIT_DECAP_DSCP, outer->decap_dscp))
		return -EMSGSIZE;
	return 0;
}

static struct net *get_link_net(const struct net_device *dev)
{
	const struct adit_dev *adit = netdev_priv(dev);

	return adit->an->net;
}

compat_define_newlink(newlink)

static struct rtnl_link_ops link_ops __read_mostly = {
	.kind = "adit",
	.priv_size = sizeof(struct adit_dev),
	.setup = setup,
	.maxtype = IFLA_ADIT_MAX,
	.policy = policy,
	.newlink = compat_newlink(newlink),
	.changelink = changelink,
	.get_size = get_size,
	.fill_info = fill_info,
	.get_link_net = get_link_net,
};

/* Devices end with the namespace that they were born in, wherever they are. */
static void exit_batch(struct list_head *nets)
{
	struct adit_dev *adit, *next;
	LIST_HEAD(victims);
	struct net *net;

	rtnl_lock();
	list_for_each_entry(net, nets, exit_list)
		list_for_each_entry_safe(adit, next, &adit_net(net)->devices,
					 an_node)
			unregister_netdevice_queue(adit->dev, &victims);
	unregister_netdevice_many(&victims);
	rtnl_unlock();
}

/**
 * adit_dev_module_init() - let interfaces be made
 *
 * Return: 0 or an error.
 */
int adit_dev_module_init(void)
{
	int err;

	err = adit_netns_module_init(exit_batch);
	if (err)
		return err;
	err = adit_mtu_module_init();
	if (err)
		goto err_netns;
	err = rtnl_link_register(&link_ops);
	if (err)
		goto err_mtu;
	return 0;

err_mtu:
	adit_mtu_module_exit();
err_netns:
	adit_netns_module_exit();
	return err;
}

/**
 * adit_dev_module_exit() - remove all interfaces
 *
 * Context: may sleep.
 */
void adit_dev_module_exit(void)
{
	rtnl_link_unregister(&link_ops);
	adit_mtu_module_exit();
	adit_netns_module_exit();
}

MODULE_ALIAS_RTNL_LINK("adit");
