// SPDX-License-Identifier: GPL-2.0-only
/* Requests about peers. */

#include "compat.h"
#include "attr.h"
#include "io.h"
#include "nl.h"

static void read_end_attrs(const struct adit_dev *adit, struct nlattr **attrs,
			   struct adit_end_attrs *end)
{
	*end = (struct adit_end_attrs){
		.local = attrs[ADIT_A_PEER_LOCAL],
		.remote = attrs[ADIT_A_PEER_REMOTE],
		.encap = attrs[ADIT_A_PEER_ENCAP],
		.local_port = attrs[ADIT_A_PEER_LOCAL_PORT],
		.remote_port = attrs[ADIT_A_PEER_REMOTE_PORT],
		.socket = attrs[ADIT_A_PEER_SOCKET],
		.keepalive = attrs[ADIT_A_PEER_KEEPALIVE],
		.roam = attrs[ADIT_A_PEER_ROAM],
		.mark = adit->underlay.fwmark,
		.oif = adit->underlay.oif,
	};
}

static struct adit_peer *add_peer(struct adit_dev *adit,
				  struct genl_info *info)
{
	const struct nlattr *id = info->attrs[ADIT_A_PEER_ID];
	struct adit_endpoint end = { };
	struct adit_end_attrs attrs;
	struct adit_peer *peer;
	u32 number;
	int err;

	read_end_attrs(adit, info->attrs, &attrs);
	err = adit_nl_check_id(id, info->extack) ?:
	      adit_attr_end(adit->an, &attrs, &end, info->extack);
	if (err)
		return ERR_PTR(err);
	number = id ? nla_get_u32(id) : 0;
	peer = adit_peer_add(adit, id ? &number : NULL, &end);
	if (peer == ERR_PTR(-EBUSY)) {
		NL_SET_ERR_MSG_ATTR_FMT(info->extack, id,
					"id: %s has a peer %u already",
					adit->dev->name, number);
		return ERR_PTR(-EEXIST);
	}
	return peer;
}

int adit_nl_peer_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct adit_dev *adit = adit_nl_dev(info);
	struct adit_peer *peer;
	struct sk_buff *reply;
	void *header;
	int err;

	reply = adit_nl_reply_begin(info, &header);
	if (!reply)
		return -ENOMEM;
	peer = add_peer(adit, info);
	err = PTR_ERR_OR_ZERO(peer);
	if (!err) {
		adit_event_peer(peer, ADIT_CMD_PEER_NTF);
		/* A new reply has the room. */
		WARN_ON_ONCE(nla_put_u32(reply, ADIT_A_PEER_IFINDEX,
					 adit->dev->ifindex) ||
			     nla_put_u32(reply, ADIT_A_PEER_ID, peer->id));
	}
	return adit_nl_reply_end(info, reply, header, err);
}

/* To change or remove the interface's own peer its id must be said. */
static struct adit_peer *named_peer(struct genl_info *info)
{
	int err = adit_nl_need(info->attrs, ADIT_A_PEER_ID, "id",
			       info->extack);

	if (err)
		return ERR_PTR(err);
	return adit_nl_peer(adit_nl_dev(info), info->attrs[ADIT_A_PEER_ID],
			    "id", info->extack);
}

int adit_nl_peer_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct adit_peer *peer = named_peer(info);
	struct adit_end_attrs attrs;
	struct adit_endpoint end;
	int err;

	if (IS_ERR(peer))
		return PTR_ERR(peer);
	end = *adit_peer_end(peer);
	read_end_attrs(peer->adit, info->attrs, &attrs);
	attrs.has_ah = adit_peer_has_ah(peer);
	err = adit_attr_end(peer->adit->an, &attrs, &end, info->extack) ?:
	      adit_peer_set(peer, &end);
	if (err)
		return err;
	adit_event_peer(peer, ADIT_CMD_PEER_NTF);
	adit_nl_fit_mtu(info, adit_peer_inner_mtu(peer));
	return 0;
}

int adit_nl_peer_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct adit_peer *peer = named_peer(info);

	if (IS_ERR(peer))
		return PTR_ERR(peer);
	adit_peer_remove(peer);
	return 0;
}

int adit_nl_peer_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct adit_peer *peer;
	struct sk_buff *reply;
	void *header;

	peer = adit_nl_peer(adit_nl_dev(info), info->attrs[ADIT_A_PEER_ID],
			    "id", info->extack);
	if (IS_ERR(peer))
		return PTR_ERR(peer);
	reply = adit_nl_reply_begin(info, &header);
	if (!reply)
		return -ENOMEM;
	return adit_nl_reply_end(info, reply, header,
				 adit_nl_fill_peer(reply, peer));
}

int adit_nl_peer_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct adit_peer *peer;
	struct adit_dev *adit;
	unsigned long id;
	void *header;

	adit = adit_nl_dump_enter(skb, cb, ADIT_A_PEER_IFINDEX);
	if (IS_ERR(adit))
		return PTR_ERR(adit);
	xa_for_each_start(&adit->peers, id, peer, cb->args[0]) {
		header = adit_nl_dump_put(skb, cb, ADIT_CMD_PEER_GET);
		if (!header)
			break;
		if (adit_nl_fill_peer(skb, peer)) {
			genlmsg_cancel(skb, header);
			break;
		}
		genlmsg_end(skb, header);
		cb->args[0] = id + 1;
	}
	adit_nl_leave(adit);
	return skb->len;
}
