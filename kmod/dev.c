// SPDX-License-Identifier: GPL-2.0-only
/* The interface: its netdev operations, its counters. */

#include <linux/ethtool.h>
#include <linux/inetdevice.h>
#include <net/addrconf.h>
#include <net/ip_tunnels.h>

#include "compat.h"
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

/**
 * adit_dev_setup() - what a new interface is like, for &rtnl_link_ops.setup
 * @dev: the interface
 */
void adit_dev_setup(struct net_device *dev)
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
