// SPDX-License-Identifier: GPL-2.0-or-later
/* Rules of routing, see rtnetlink.h. */
#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>
#include <netlink/errno.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>

#include "rtmessage.h"

static int put_ports(struct nl_msg *msg, int attr, const struct ports *ports)
{
	const struct fib_rule_port_range range = { ports->first, ports->last };

	return ports->last ? nla_put(msg, attr, sizeof(range), &range) : 0;
}

/* What packets have. */
static int put_match(struct nl_msg *msg, const struct rt_rule *rule)
{
	const struct prefix *to = &rule->to;

	if ((to->plen &&
	     nla_put(msg, FRA_DST, to->addr.len, to->addr.octets)) ||
	    (rule->mark && nla_put_u32(msg, FRA_FWMARK, rule->mark)) ||
	    (rule->proto && nla_put_u8(msg, FRA_IP_PROTO, rule->proto)) ||
	    put_ports(msg, FRA_SPORT_RANGE, &rule->source) ||
	    put_ports(msg, FRA_DPORT_RANGE, &rule->destination))
		return -1;
	return 0;
}

static int put_action(struct nl_msg *msg, const struct rt_rule *rule)
{
	uint32_t table = rule->table ? rule->table : RT_TABLE_MAIN;

	if (rule->action == RULE_GO_TO)
		return nla_put_u32(msg, FRA_GOTO, rule->to_priority);
	if (rule->action == RULE_NOTHING)
		return 0;
	if (nla_put_u32(msg, FRA_TABLE, table))
		return -1;
	return rule->skips ? nla_put_u32(msg, FRA_SUPPRESS_PREFIXLEN,
					 rule->skip_plen) :
			     0;
}

static struct nl_msg *message(const struct rt_rule *rule, int type, int flags)
{
	static const uint8_t actions[] = {
		[RULE_LOOK_UP] = FR_ACT_TO_TBL,
		[RULE_GO_TO] = FR_ACT_GOTO,
		[RULE_NOTHING] = FR_ACT_NOP,
	};
	const struct fib_rule_hdr header = {
		.family = (uint8_t)rule->family,
		.dst_len = rule->to.plen,
		.action = actions[rule->action],
		.flags = rule->not_mark ? FIB_RULE_INVERT : 0,
	};
	struct nl_msg *msg = rt_start(type, flags, &header, sizeof(header));

	if (msg && !nla_put_u32(msg, FRA_PRIORITY, rule->priority) &&
	    !nla_put_u8(msg, FRA_PROTOCOL, RT_PROTOCOL) &&
	    !put_match(msg, rule) && !put_action(msg, rule))
		return msg;
	nlmsg_free(msg);
	return NULL;
}

int rt_rule_add(struct rt *rt, const struct rt_rule *rule, struct err *err)
{
	struct nl_msg *msg =
		message(rule, RTM_NEWRULE, NLM_F_CREATE | NLM_F_EXCL);

	if (!msg)
		return rt_no_room(msg, err);
	return rt_ask(rt, msg, NLE_EXIST, "rule of routing", err);
}

int rt_rule_delete(struct rt *rt, const struct rt_rule *rule, struct err *err)
{
	struct nl_msg *msg = message(rule, RTM_DELRULE, 0);

	if (!msg)
		return rt_no_room(msg, err);
	/* It may be gone already. */
	return rt_ask(rt, msg, NLE_OBJ_NOTFOUND, "rule of routing", err) < 0 ?
		       -1 :
		       0;
}

/* What the kernel has shown names a rule exactly. */
static struct nl_msg *delete_shown(struct nl_msg *shown)
{
	struct nlmsghdr *header = nlmsg_hdr(shown);
	struct nlattr *attrs[FRA_MAX + 1];

	if (nlmsg_parse(header, sizeof(struct fib_rule_hdr), attrs, FRA_MAX,
			NULL) < 0 ||
	    !attrs[FRA_PROTOCOL] ||
	    nla_get_u8(attrs[FRA_PROTOCOL]) != RT_PROTOCOL)
		return NULL;
	return rt_start(RTM_DELRULE, 0, nlmsg_data(header),
			(size_t)nlmsg_datalen(header));
}

int rt_rules_delete(struct rt *rt, int family, struct err *err)
{
	const struct fib_rule_hdr header = { .family = (uint8_t)family };

	return rt_delete_shown(rt, RTM_GETRULE, &header, sizeof(header),
			       delete_shown, NLE_OBJ_NOTFOUND,
			       "rules of routing", err);
}
