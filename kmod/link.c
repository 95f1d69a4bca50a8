// SPDX-License-Identifier: GPL-2.0-only
/* The rtnetlink kind: "ip link add type adit", its attributes, its end. */

#include <linux/module.h>
#include <net/rtnetlink.h>

#include "compat.h"
#include "attr.h"
#include "dev.h"
#include "io.h"
#include "link.h"
#include "mtu.h"
#include "peer.h"

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
	.setup = adit_dev_setup,
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
 * adit_link_module_init() - let interfaces be made
 *
 * Return: 0 or an error.
 */
int adit_link_module_init(void)
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
 * adit_link_module_exit() - remove all interfaces
 *
 * Context: may sleep.
 */
void adit_link_module_exit(void)
{
	rtnl_link_unregister(&link_ops);
	adit_mtu_module_exit();
	adit_netns_module_exit();
}

MODULE_ALIAS_RTNL_LINK("adit");
