// SPDX-License-Identifier: GPL-2.0-only
/* Requests about namespaces, algorithms and devices. */

#include <linux/rtnetlink.h>

#include "compat.h"
#include "nl.h"

static int fill_net(struct sk_buff *skb, const struct adit_net *an)
{
	struct adit_net_counters sum;

	adit_net_sum(an, &sum);
	if (nla_put_u64_64bit(skb, ADIT_A_NET_UNKNOWN_SPI, sum.unknown_spi,
			      ADIT_A_NET_PAD) ||
	    nla_put_u64_64bit(skb, ADIT_A_NET_TRUNCATED, sum.truncated,
			      ADIT_A_NET_PAD) ||
	    nla_put_u32(skb, ADIT_A_NET_SAS, atomic_read(&an->sadb.count)) ||
	    nla_put_string(skb, ADIT_A_NET_VERSION, ADIT_VERSION))
		return -EMSGSIZE;
	return 0;
}

int adit_nl_net_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	const struct nlattr *ifindex = info->attrs[ADIT_A_NET_IFINDEX];
	struct adit_net *an = adit_net(genl_info_net(info));
	struct adit_dev *adit = NULL;
	struct sk_buff *reply;
	void *header;
	int err;

	if (ifindex) {
		adit = adit_nl_enter(an->net, ifindex, skb, info->extack);
		if (IS_ERR(adit))
			return PTR_ERR(adit);
		an = adit->an;
	}
	reply = adit_nl_reply_begin(info, &header);
	err = reply ? fill_net(reply, an) : -ENOMEM;
	if (adit)
		adit_nl_leave(adit);
	return reply ? adit_nl_reply_end(info, reply, header, err) : err;
}

static int fill_alg(struct sk_buff *skb, const struct adit_alg *alg)
{
	unsigned int i;

	if (nla_put_u8(skb, ADIT_A_ALG_TRANSFORM, alg->transform) ||
	    nla_put_u16(skb, ADIT_A_ALG_ID, alg->id) ||
	    nla_put_string(skb, ADIT_A_ALG_NAME, alg->name) ||
	    nla_put_u16(skb, ADIT_A_ALG_SALT_LEN, alg->salt_len) ||
	    nla_put_u16(skb, ADIT_A_ALG_IV_LEN, alg->iv_len) ||
	    nla_put_u16(skb, ADIT_A_ALG_ICV_LEN, alg->icv_len) ||
	    nla_put_u8(skb, ADIT_A_ALG_AEAD, alg->aead) ||
	    nla_put_u8(skb, ADIT_A_ALG_USABLE, adit_alg_usable(alg)) ||
	    nla_put_u8(skb, ADIT_A_ALG_LEGACY, alg->legacy))
		return -EMSGSIZE;
	for (i = 0; alg->key_len[i]; i++)
		if (nla_put_u16(skb, ADIT_A_ALG_KEY_BITS,
				alg->key_len[i] * BITS_PER_BYTE))
			return -EMSGSIZE;
	return 0;
}

int adit_nl_alg_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct netlink_ext_ack *extack = info->extack;
	const struct adit_alg *alg;
	struct sk_buff *reply;
	void *header;

	if (adit_nl_need(info->attrs, ADIT_A_ALG_TRANSFORM, "transform",
			 extack) ||
	    adit_nl_need(info->attrs, ADIT_A_ALG_ID, "id", extack))
		return -EINVAL;
	alg = adit_alg_get(nla_get_u8(info->attrs[ADIT_A_ALG_TRANSFORM]),
			   nla_get_u16(info->attrs[ADIT_A_ALG_ID]));
	if (!alg) {
		NL_SET_ERR_MSG_ATTR_FMT(extack, info->attrs[ADIT_A_ALG_ID],
					"id: no algorithm of transform %u has number %u",
					nla_get_u8(info->attrs[ADIT_A_ALG_TRANSFORM]),
					nla_get_u16(info->attrs[ADIT_A_ALG_ID]));
		return -ENOENT;
	}
	reply = adit_nl_reply_begin(info, &header);
	if (!reply)
		return -ENOMEM;
	return adit_nl_reply_end(info, reply, header, fill_alg(reply, alg));
}

int adit_nl_alg_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	void *header;

	for (; cb->args[0] < adit_alg_count; cb->args[0]++) {
		header = adit_nl_dump_put(skb, cb, ADIT_CMD_ALG_GET);
		if (!header)
			break;
		if (fill_alg(skb, &adit_algs[cb->args[0]])) {
			genlmsg_cancel(skb, header);
			break;
		}
		genlmsg_end(skb, header);
	}
	return skb->len;
}

int adit_nl_dev_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct sk_buff *reply;
	void *header;

	reply = adit_nl_reply_begin(info, &header);
	if (!reply)
		return -ENOMEM;
	return adit_nl_reply_end(info, reply, header,
				 adit_nl_fill_dev(reply, adit_nl_dev(info)));
}

static int dump_dev(struct sk_buff *skb, struct netlink_callback *cb,
		    struct adit_dev *adit)
{
	void *header = adit_nl_dump_put(skb, cb, ADIT_CMD_DEV_GET);
	int err;

	if (!header)
		return -EMSGSIZE;
	mutex_lock(&adit->an->lock);
	err = adit_nl_fill_dev(skb, adit);
	mutex_unlock(&adit->an->lock);
	if (err) {
		genlmsg_cancel(skb, header);
		return err;
	}
	genlmsg_end(skb, header);
	return 0;
}

int adit_nl_dev_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct net_device *dev;

	rtnl_lock();
	for_each_netdev(sock_net(skb->sk), dev) {
		if (dev->ifindex <= cb->args[0] || !adit_dev_is(dev))
			continue;
		if (dump_dev(skb, cb, netdev_priv(dev)))
			break;
		cb->args[0] = dev->ifindex;
	}
	rtnl_unlock();
	return skb->len;
}
