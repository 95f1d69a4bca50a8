// SPDX-License-Identifier: GPL-2.0-only
/* The generic netlink family, and what its handlers have in common. */

#include "compat.h"
#include "mtu.h"
#include "nl.h"
/* The groups in it are static: the generator thinks of one file for both. */
#include "genl/adit.c"

/*
 * A device that was moved shows its inside to another namespace than the one
 * that its ESP is in: whoever changes it must be an admin of both.
 */
static bool may_change(const struct adit_dev *adit, const struct net *net,
		       struct sk_buff *request)
{
	return net_eq(net, adit->an->net) ||
	       netlink_ns_capable(request, adit->an->net->user_ns,
				  CAP_NET_ADMIN);
}

/**
 * adit_nl_enter() - begin to work on a device
 * @net: the namespace of the caller
 * @ifindex: the attribute that names the device, or NULL
 * @request: the caller's message
 * @extack: where a refusal is explained
 *
 * Context: may sleep.
 * Return: the device, with the namespace's lock held, for adit_nl_leave(); or
 * ERR_PTR.
 */
struct adit_dev *adit_nl_enter(struct net *net, const struct nlattr *ifindex,
			       struct sk_buff *request,
			       struct netlink_ext_ack *extack)
{
	struct net_device *dev;
	struct adit_dev *adit;

	if (!ifindex) {
		NL_SET_ERR_MSG(extack, "ifindex: is missing, it names the interface");
		return ERR_PTR(-EINVAL);
	}
	dev = dev_get_by_index(net, nla_get_u32(ifindex));
	if (!dev || !adit_dev_is(dev)) {
		NL_SET_ERR_MSG_ATTR_FMT(extack, ifindex,
					"ifindex: %u (%s) is no interface of kind adit",
					nla_get_u32(ifindex),
					dev ? dev->name : "none here");
		dev_put(dev);
		return ERR_PTR(-ENODEV);
	}
	adit = netdev_priv(dev);
	if (!may_change(adit, net, request)) {
		NL_SET_ERR_MSG_ATTR(extack, ifindex,
				    "ifindex: born in a namespace that you are no admin of");
		dev_put(dev);
		return ERR_PTR(-EPERM);
	}
	mutex_lock(&adit->an->lock);
	if (!adit->gone)
		return adit;
	adit_nl_leave(adit);
	NL_SET_ERR_MSG_ATTR(extack, ifindex, "ifindex: the interface is going away");
	return ERR_PTR(-ENODEV);
}

/**
 * adit_nl_leave() - end the work on a device
 * @adit: the device
 */
void adit_nl_leave(struct adit_dev *adit)
{
	mutex_unlock(&adit->an->lock);
	dev_put(adit->dev);
}

/**
 * adit_nl_need() - refuse a request that lacks an attribute
 * @attrs: the attributes
 * @type: the one
 * @name: its name in the specification
 * @extack: where the refusal is explained
 *
 * Return: 0 or -EINVAL.
 */
int adit_nl_need(struct nlattr *const *attrs, int type, const char *name,
		 struct netlink_ext_ack *extack)
{
	if (attrs[type])
		return 0;
	NL_SET_ERR_MSG_FMT(extack, "%s: is missing", name);
	return -EINVAL;
}

/**
 * adit_nl_check_id() - may a new object have this id?
 * @id: the attribute, or NULL for any
 * @extack: where a refusal is explained
 *
 * Return: 0 or -ERANGE.
 */
int adit_nl_check_id(const struct nlattr *id, struct netlink_ext_ack *extack)
{
	/* Dumps go on at the id behind the last one, in a long. */
	if (!id || nla_get_u32(id) < INT_MAX)
		return 0;
	NL_SET_ERR_MSG_ATTR_FMT(extack, id, "id: %u is not below %d",
				nla_get_u32(id), INT_MAX);
	return -ERANGE;
}

/**
 * adit_nl_peer() - the peer that a request is about
 * @adit: the device
 * @id: the attribute with its id; NULL for 0, the interface's own
 * @name: the attribute's name in the specification
 * @extack: where a refusal is explained
 *
 * Context: the namespace's lock is held.
 * Return: the peer, borrowed, or ERR_PTR(-ENOENT).
 */
struct adit_peer *adit_nl_peer(struct adit_dev *adit, const struct nlattr *id,
			       const char *name, struct netlink_ext_ack *extack)
{
	u32 number = id ? nla_get_u32(id) : 0;
	struct adit_peer *peer = xa_load(&adit->peers, number);

	if (peer)
		return peer;
	NL_SET_ERR_MSG_ATTR_FMT(extack, id, "%s: %s has no peer %u", name,
				adit->dev->name, number);
	return ERR_PTR(-ENOENT);
}

/**
 * adit_nl_child() - the child that a request is about
 * @adit: the device
 * @id: the attribute with its id, or NULL if it is missing
 * @name: the attribute's name in the specification
 * @extack: where a refusal is explained
 *
 * Context: the namespace's lock is held.
 * Return: the child, borrowed, or ERR_PTR.
 */
struct adit_child *adit_nl_child(struct adit_dev *adit,
				 const struct nlattr *id, const char *name,
				 struct netlink_ext_ack *extack)
{
	struct adit_child *child;

	if (!id) {
		NL_SET_ERR_MSG_FMT(extack, "%s: is missing, it names the child",
				   name);
		return ERR_PTR(-EINVAL);
	}
	child = xa_load(&adit->children, nla_get_u32(id));
	if (child)
		return child;
	NL_SET_ERR_MSG_ATTR_FMT(extack, id, "%s: %s has no child %u", name,
				adit->dev->name, nla_get_u32(id));
	return ERR_PTR(-ENOENT);
}

/**
 * adit_nl_reply_begin_large() - begin a reply that needs more room than most
 * @info: the request
 * @more: octets beyond those that fit into every reply
 * @header: where the place of its header goes
 *
 * Return: the reply for adit_nl_reply_end(), or NULL without memory.
 */
struct sk_buff *adit_nl_reply_begin_large(struct genl_info *info, size_t more,
					  void **header)
{
	struct sk_buff *reply;

	reply = genlmsg_new(GENLMSG_DEFAULT_SIZE + more, GFP_KERNEL);
	if (!reply)
		return NULL;
	*header = genlmsg_put_reply(reply, info, &adit_nl_family, 0,
				    info->genlhdr->cmd);
	if (*header)
		return reply;
	nlmsg_free(reply);
	return NULL;
}

/**
 * adit_nl_reply_begin() - begin the reply to a request
 * @info: the request
 * @header: where the place of its header goes
 *
 * Return: the reply for adit_nl_reply_end(), or NULL without memory.
 */
struct sk_buff *adit_nl_reply_begin(struct genl_info *info, void **header)
{
	return adit_nl_reply_begin_large(info, 0, header);
}

/**
 * adit_nl_reply_end() - send the reply to a request
 * @info: the request
 * @reply: the reply; consumed
 * @header: of adit_nl_reply_begin()
 * @err: what became of filling it; not 0 to send nothing
 *
 * Return: @err, or what became of sending.
 */
int adit_nl_reply_end(struct genl_info *info, struct sk_buff *reply,
		      void *header, int err)
{
	if (err) {
		nlmsg_free(reply);
		return err;
	}
	genlmsg_end(reply, header);
	return genlmsg_reply(reply, info);
}

/**
 * adit_nl_dump_enter() - begin a part of a dump about a device
 * @skb: the dump
 * @cb: its state
 * @ifindex: the attribute that names the device
 *
 * Return: as adit_nl_enter().
 */
struct adit_dev *adit_nl_dump_enter(struct sk_buff *skb,
				    struct netlink_callback *cb, int ifindex)
{
	return adit_nl_enter(sock_net(skb->sk),
			     genl_info_dump(cb)->attrs[ifindex], cb->skb,
			     cb->extack);
}

/**
 * adit_nl_dump_put() - begin an object in a dump
 * @skb: the dump
 * @cb: its state
 * @cmd: ADIT_CMD_*
 *
 * Return: the object's header, for genlmsg_end() or genlmsg_cancel(); NULL if
 * this part of the dump is full.
 */
void *adit_nl_dump_put(struct sk_buff *skb, struct netlink_callback *cb,
		       u8 cmd)
{
	return genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
			   &adit_nl_family, NLM_F_MULTI, cmd);
}

/*
 * Events tell of addresses and SPIs: they are for admins alone. The generator
 * knows the groups' names, but not the flags that the specification gives them.
 */
#define ADMIN_GROUP(group_name)						\
	{ .name = (group_name), .flags = GENL_MCAST_CAP_NET_ADMIN }

static const struct genl_multicast_group mcgrps[] = {
	[ADIT_NLGRP_CONFIG] = ADMIN_GROUP(ADIT_MCGRP_CONFIG),
	[ADIT_NLGRP_ACQUIRE] = ADMIN_GROUP(ADIT_MCGRP_ACQUIRE),
	[ADIT_NLGRP_EXPIRE] = ADMIN_GROUP(ADIT_MCGRP_EXPIRE),
	[ADIT_NLGRP_UNKNOWN_SPI] = ADMIN_GROUP(ADIT_MCGRP_UNKNOWN_SPI),
};

static_assert(sizeof(mcgrps) == sizeof(adit_nl_mcgrps));

/* The attribute that names the device, of requests that are about one. */
static const u8 ifindex_type[] = {
	[ADIT_CMD_DEV_GET] = ADIT_A_DEV_IFINDEX,
	[ADIT_CMD_PEER_NEW] = ADIT_A_PEER_IFINDEX,
	[ADIT_CMD_PEER_SET] = ADIT_A_PEER_IFINDEX,
	[ADIT_CMD_PEER_DEL] = ADIT_A_PEER_IFINDEX,
	[ADIT_CMD_PEER_GET] = ADIT_A_PEER_IFINDEX,
	[ADIT_CMD_CHILD_NEW] = ADIT_A_CHILD_IFINDEX,
	[ADIT_CMD_CHILD_SET] = ADIT_A_CHILD_IFINDEX,
	[ADIT_CMD_CHILD_DEL] = ADIT_A_CHILD_IFINDEX,
	[ADIT_CMD_CHILD_GET] = ADIT_A_CHILD_IFINDEX,
	[ADIT_CMD_DUMMY_SEND] = ADIT_A_CHILD_IFINDEX,
	[ADIT_CMD_SPI_ALLOC] = ADIT_A_SA_IFINDEX,
	[ADIT_CMD_SA_NEW] = ADIT_A_SA_IFINDEX,
	[ADIT_CMD_SA_SET] = ADIT_A_SA_IFINDEX,
	[ADIT_CMD_SA_ACTIVATE] = ADIT_A_SA_IFINDEX,
	[ADIT_CMD_SA_DEL] = ADIT_A_SA_IFINDEX,
	[ADIT_CMD_SA_GET] = ADIT_A_SA_IFINDEX,
};

/* Before a request about a device: find it, take the lock. */
static int pre_doit(const compat_genl_ops_t *ops, struct sk_buff *skb,
		    struct genl_info *info)
{
	u8 cmd = info->genlhdr->cmd;
	struct adit_dev *adit;

	if (cmd >= ARRAY_SIZE(ifindex_type) || !ifindex_type[cmd])
		return 0;
	adit = adit_nl_enter(genl_info_net(info),
			     info->attrs[ifindex_type[cmd]], skb,
			     info->extack);
	if (!IS_ERR(adit)) {
		info->user_ptr[0] = adit;
		return 0;
	}
	if (cmd == ADIT_CMD_SA_NEW)
		adit_nl_wipe_keys(info);
	return PTR_ERR(adit);
}

/* After it. The MTU is set under the RTNL, which is outside of the lock. */
static void post_doit(const compat_genl_ops_t *ops, struct sk_buff *skb,
		      struct genl_info *info)
{
	struct adit_dev *adit = info->user_ptr[0];

	if (!adit)
		return;
	mutex_unlock(&adit->an->lock);
	adit_mtu_fit(adit, (unsigned long)info->user_ptr[1]);
	dev_put(adit->dev);
}

/**
 * adit_nl_dev() - the device that a request is about
 * @info: the request
 *
 * Return: the device, with the namespace's lock held until the handler is done.
 */
struct adit_dev *adit_nl_dev(const struct genl_info *info)
{
	return info->user_ptr[0];
}

/**
 * adit_nl_fit_mtu() - when the handler is done, let the MTU fit
 * @info: the request
 * @mtu: what one of the device's paths carries, 0 if that is not known
 */
void adit_nl_fit_mtu(struct genl_info *info, unsigned int mtu)
{
	info->user_ptr[1] = (void *)(unsigned long)mtu;
}

struct genl_family adit_nl_family __ro_after_init = {
	.name = ADIT_FAMILY_NAME,
	.version = ADIT_FAMILY_VERSION,
	.netnsok = true,
	.pre_doit = pre_doit,
	.post_doit = post_doit,
	.module = THIS_MODULE,
	.ops = adit_nl_ops,
	.n_ops = ARRAY_SIZE(adit_nl_ops),
	.mcgrps = mcgrps,
	.n_mcgrps = ARRAY_SIZE(mcgrps),
};

/**
 * adit_nl_module_init() - be there for userspace
 *
 * Return: 0 or an error.
 */
int adit_nl_module_init(void)
{
	return genl_register_family(&adit_nl_family);
}

/**
 * adit_nl_module_exit() - be gone for userspace
 *
 * Context: may sleep; ends when no request is being handled.
 */
void adit_nl_module_exit(void)
{
	genl_unregister_family(&adit_nl_family);
}
