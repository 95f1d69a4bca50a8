// SPDX-License-Identifier: GPL-2.0-only
/* Requests about children. */

#include <linux/slab.h>

#include "compat.h"
#include "attr.h"
#include "io.h"
#include "nl.h"
#include "output.h"

static int read_addrs(const struct nlattr *side, struct nlattr **attrs,
		      struct adit_ts *ts, struct netlink_ext_ack *extack)
{
	u16 family;
	int err;

	if (!attrs[ADIT_A_SELECTOR_START]) {
		NL_SET_ERR_MSG_ATTR(extack, side,
				    "start: is missing from a selector");
		return -EINVAL;
	}
	err = adit_attr_addr(attrs[ADIT_A_SELECTOR_START], "start",
			     &ts->family, &ts->start, extack);
	if (err)
		return err;
	ts->end = ts->start;
	if (!attrs[ADIT_A_SELECTOR_END])
		return 0;
	err = adit_attr_addr(attrs[ADIT_A_SELECTOR_END], "end", &family,
			     &ts->end, extack);
	if (err)
		return err;
	if (family != ts->family) {
		NL_SET_ERR_MSG_ATTR(extack, attrs[ADIT_A_SELECTOR_END],
				    "end: must be of the family of start");
		return -EINVAL;
	}
	if (adit_addr_cmp(family, &ts->end, &ts->start) < 0) {
		NL_SET_ERR_MSG_ATTR(extack, attrs[ADIT_A_SELECTOR_END],
				    "end: must not be below start");
		return -EINVAL;
	}
	return 0;
}

static int read_ports(struct nlattr **attrs, struct adit_ts *ts,
		      struct netlink_ext_ack *extack)
{
	const struct nlattr *start = attrs[ADIT_A_SELECTOR_PORT_START];
	const struct nlattr *end = attrs[ADIT_A_SELECTOR_PORT_END];

	ts->port_start = 0;
	ts->port_end = U16_MAX;
	if (!start && !end)
		return 0;
	if (!start) {
		NL_SET_ERR_MSG_ATTR(extack, end,
				    "port-end: needs port-start");
		return -EINVAL;
	}
	ts->port_start = nla_get_u16(start);
	ts->port_end = end ? nla_get_u16(end) : ts->port_start;
	/* Whatever the protocol: none has ports in all packets. */
	if (adit_ts_is_opaque(ts))
		return 0;
	if (ts->port_end < ts->port_start) {
		NL_SET_ERR_MSG_ATTR_FMT(extack, end,
					"port-end: %u is below port-start %u",
					ts->port_end, ts->port_start);
		return -EINVAL;
	}
	if (!ts->proto && (ts->port_start || ts->port_end != U16_MAX)) {
		NL_SET_ERR_MSG_ATTR(extack, start,
				    "port-start: needs proto (tcp 6, udp 17, ...)");
		return -EINVAL;
	}
	return 0;
}

static int read_ts(const struct nlattr *side, struct adit_ts *ts,
		   struct netlink_ext_ack *extack)
{
	struct nlattr *attrs[ADIT_A_SELECTOR_MAX + 1];
	int err;

	err = nla_parse_nested(attrs, ADIT_A_SELECTOR_MAX, side,
			       adit_selector_nl_policy, extack);
	if (err)
		return err;
	if (attrs[ADIT_A_SELECTOR_PROTO])
		ts->proto = nla_get_u8(attrs[ADIT_A_SELECTOR_PROTO]);
	return read_addrs(side, attrs, ts, extack) ?:
	       read_ports(attrs, ts, extack);
}

static int count_ts(struct genl_info *info, int type, const char *name,
		    u16 *count)
{
	const struct nlattr *attr;
	int rem, n = 0;

	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) != type)
			continue;
		if (++n > ADIT_MAX_SELECTORS) {
			NL_SET_ERR_MSG_ATTR_FMT(info->extack, attr,
						"%s: more than %u selectors",
						name, ADIT_MAX_SELECTORS);
			return -E2BIG;
		}
	}
	*count = n;
	return 0;
}

static int read_side(struct genl_info *info, int type, struct adit_ts *ts)
{
	const struct nlattr *attr;
	int rem, err;

	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) != type)
			continue;
		err = read_ts(attr, ts++, info->extack);
		if (err)
			return err;
	}
	return 0;
}

/* A packet has one family: of two sides, one family each, none would match. */
static int check_families(const struct adit_selectors *selectors,
			  struct netlink_ext_ack *extack)
{
	unsigned int i, count = selectors->local_count;
	bool local[2] = { !count, !count }, remote[2];

	for (i = 0; i < count; i++)
		local[selectors->ts[i].family == AF_INET6] = true;
	count = selectors->remote_count;
	remote[0] = !count;
	remote[1] = !count;
	for (i = 0; i < count; i++)
		remote[adit_selectors_remote(selectors)[i].family ==
		       AF_INET6] = true;
	if (local[0] == remote[0] && local[1] == remote[1])
		return 0;
	/* "Anything" on one side goes with whatever the other one names. */
	if ((!selectors->local_count || !selectors->remote_count))
		return 0;
	NL_SET_ERR_MSG(extack, "local-ts and remote-ts: must be of the same families");
	return -EINVAL;
}

/*
 * The selectors of a request. A side that the request does not name is taken
 * over from @old, or is anything.
 */
static struct adit_selectors *read_selectors(struct genl_info *info,
					     const struct adit_selectors *old)
{
	struct adit_selectors *selectors;
	u16 local, remote;
	bool keep_local, keep_remote;
	int err;

	err = count_ts(info, ADIT_A_CHILD_LOCAL_TS, "local-ts", &local) ?:
	      count_ts(info, ADIT_A_CHILD_REMOTE_TS, "remote-ts", &remote);
	if (err)
		return ERR_PTR(err);
	keep_local = !local && old;
	keep_remote = !remote && old;
	if (keep_local)
		local = old->local_count;
	if (keep_remote)
		remote = old->remote_count;
	selectors = kvzalloc_flex(*selectors, ts, local + remote,
				  GFP_KERNEL_ACCOUNT);
	if (!selectors)
		return ERR_PTR(-ENOMEM);
	selectors->local_count = local;
	selectors->remote_count = remote;
	if (keep_local)
		memcpy(selectors->ts, old->ts,
		       array_size(local, sizeof(*old->ts)));
	if (keep_remote)
		memcpy(selectors->ts + local, adit_selectors_remote(old),
		       array_size(remote, sizeof(*old->ts)));
	if (!keep_local)
		err = read_side(info, ADIT_A_CHILD_LOCAL_TS, selectors->ts);
	if (!err && !keep_remote)
		err = read_side(info, ADIT_A_CHILD_REMOTE_TS,
				selectors->ts + local);
	err = err ?: check_families(selectors, info->extack);
	if (!err)
		return selectors;
	kvfree(selectors);
	return ERR_PTR(err);
}

/* Change in @config what the request names, and find the selectors. */
static int read_config(struct genl_info *info, struct adit_child_config *config,
		       const struct adit_selectors *old)
{
	const struct nlattr *hold = info->attrs[ADIT_A_CHILD_HOLD_SECONDS];
	const struct nlattr *errors = info->attrs[ADIT_A_CHILD_ICMP_ERRORS];

	if (info->attrs[ADIT_A_CHILD_PRIORITY])
		config->priority =
			nla_get_u32(info->attrs[ADIT_A_CHILD_PRIORITY]);
	if (hold) {
		config->hold_seconds = nla_get_u32(hold);
		if (!config->hold_seconds ||
		    config->hold_seconds > ADIT_WAIT_SECONDS_MAX) {
			NL_SET_ERR_MSG_ATTR_FMT(info->extack, hold,
						"hold-seconds: %u is not between 1 and %u",
						config->hold_seconds,
						ADIT_WAIT_SECONDS_MAX);
			return -ERANGE;
		}
	}
	if (errors)
		config->icmp_errors = nla_get_u8(errors);
	config->selectors = read_selectors(info, old);
	return PTR_ERR_OR_ZERO(config->selectors);
}

/* AH covers the addresses that a NAT changes. */
static int check_protocols(const struct nlattr *attr, u8 protocols,
			   const struct adit_peer *peer,
			   struct netlink_ext_ack *extack)
{
	if (protocols == ADIT_PROTOCOLS_ESP ||
	    adit_peer_end(peer)->encap == ADIT_ENCAP_NONE)
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr,
			    "protocols: AH goes over IP alone (RFC 3948, 1), and the peer is reached through udp or tcp");
	return -EINVAL;
}

static struct adit_child *add_child(struct adit_dev *adit,
				    struct genl_info *info)
{
	const struct nlattr *id = info->attrs[ADIT_A_CHILD_ID];
	const struct nlattr *protocols = info->attrs[ADIT_A_CHILD_PROTOCOLS];
	const struct nlattr *mode = info->attrs[ADIT_A_CHILD_MODE];
	struct adit_child_config config = {
		.mode = ADIT_MODE_TUNNEL,
		.protocols = ADIT_PROTOCOLS_ESP,
		.hold_seconds = ADIT_HOLD_SECONDS,
		.icmp_errors = true,
	};
	struct adit_child *child;
	struct adit_peer *peer;
	u32 number;
	int err;

	peer = adit_nl_peer(adit, info->attrs[ADIT_A_CHILD_PEER], "peer",
			    info->extack);
	if (IS_ERR(peer))
		return ERR_CAST(peer);
	if (mode)
		config.mode = nla_get_u8(mode);
	if (protocols)
		config.protocols = nla_get_u8(protocols);
	err = adit_nl_check_id(id, info->extack) ?:
	      check_protocols(protocols, config.protocols, peer,
			      info->extack) ?:
	      read_config(info, &config, NULL);
	if (err)
		return ERR_PTR(err);
	number = id ? nla_get_u32(id) : 0;
	child = adit_child_add(peer, id ? &number : NULL, &config);
	if (!IS_ERR(child))
		return child;
	kvfree(config.selectors);
	if (child != ERR_PTR(-EBUSY))
		return child;
	NL_SET_ERR_MSG_ATTR_FMT(info->extack, id,
				"id: %s has a child %u already",
				adit->dev->name, number);
	return ERR_PTR(-EEXIST);
}

int adit_nl_child_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct adit_dev *adit = adit_nl_dev(info);
	struct adit_child *child;
	struct sk_buff *reply;
	void *header;
	int err;

	reply = adit_nl_reply_begin(info, &header);
	if (!reply)
		return -ENOMEM;
	child = add_child(adit, info);
	err = PTR_ERR_OR_ZERO(child);
	if (!err) {
		adit_event_child(child, ADIT_CMD_CHILD_NTF);
		/* A new reply has the room. */
		WARN_ON_ONCE(nla_put_u32(reply, ADIT_A_CHILD_IFINDEX,
					 adit->dev->ifindex) ||
			     nla_put_u32(reply, ADIT_A_CHILD_ID, child->id));
	}
	return adit_nl_reply_end(info, reply, header, err);
}

static struct adit_child *named_child(struct genl_info *info)
{
	return adit_nl_child(adit_nl_dev(info), info->attrs[ADIT_A_CHILD_ID],
			     "id", info->extack);
}

int adit_nl_child_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct adit_child *child = named_child(info);
	struct adit_child_config config = { };
	int err;

	if (IS_ERR(child))
		return PTR_ERR(child);
	config.priority = child->priority;
	config.hold_seconds = child->hold_seconds;
	config.icmp_errors = child->icmp_errors;
	err = read_config(info, &config, adit_child_selectors(child));
	if (err)
		return err;
	err = adit_child_set(child, &config);
	if (err)
		kvfree(config.selectors);
	else
		adit_event_child(child, ADIT_CMD_CHILD_NTF);
	return err;
}

int adit_nl_child_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct adit_child *child = named_child(info);

	if (IS_ERR(child))
		return PTR_ERR(child);
	adit_child_remove(child);
	return 0;
}

int adit_nl_child_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct adit_child *child = named_child(info);
	struct sk_buff *reply;
	void *header;

	if (IS_ERR(child))
		return PTR_ERR(child);
	reply = adit_nl_reply_begin(info, &header);
	if (!reply)
		return -ENOMEM;
	return adit_nl_reply_end(info, reply, header,
				 adit_nl_fill_child(reply, child));
}

int adit_nl_child_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct adit_child *child;
	struct adit_dev *adit;
	unsigned long id;
	void *header;

	adit = adit_nl_dump_enter(skb, cb, ADIT_A_CHILD_IFINDEX);
	if (IS_ERR(adit))
		return PTR_ERR(adit);
	xa_for_each_start(&adit->children, id, child, cb->args[0]) {
		header = adit_nl_dump_put(skb, cb, ADIT_CMD_CHILD_GET);
		if (!header)
			break;
		if (adit_nl_fill_child(skb, child)) {
			genlmsg_cancel(skb, header);
			break;
		}
		genlmsg_end(skb, header);
		cb->args[0] = id + 1;
	}
	adit_nl_leave(adit);
	return skb->len;
}

static int refuse_dummy(struct genl_info *info, const struct adit_child *child,
			u32 len, int err)
{
	const struct nlattr *id = info->attrs[ADIT_A_CHILD_ID];

	switch (err) {
	case -EOPNOTSUPP:
		NL_SET_ERR_MSG_ATTR_FMT(info->extack, id,
					"id: child %u has ah, dummy packets are of esp (RFC 4303, 2.6)",
					child->id);
		break;
	case -ENETDOWN:
		NL_SET_ERR_MSG_FMT(info->extack, "ifindex: %s is down",
				   child->adit->dev->name);
		break;
	case -ENOENT:
		NL_SET_ERR_MSG_ATTR_FMT(info->extack, id,
					"id: child %u has no outbound SA",
					child->id);
		break;
	case -ENETUNREACH:
		NL_SET_ERR_MSG_ATTR_FMT(info->extack, id,
					"id: there is no route to the peer of child %u",
					child->id);
		break;
	case -EMSGSIZE:
		NL_SET_ERR_MSG_ATTR_FMT(info->extack,
					info->attrs[ADIT_A_CHILD_DUMMY_LENGTH],
					"dummy-length: %u does not fit the path",
					len);
		break;
	}
	return err;
}

int adit_nl_dummy_send_doit(struct sk_buff *skb, struct genl_info *info)
{
	const struct nlattr *attr = info->attrs[ADIT_A_CHILD_DUMMY_LENGTH];
	u32 len = attr ? nla_get_u32(attr) : ADIT_DUMMY_LEN;
	struct adit_child *child = named_child(info);

	if (IS_ERR(child))
		return PTR_ERR(child);
	return refuse_dummy(info, child, len, adit_output_dummy(child, len));
}
