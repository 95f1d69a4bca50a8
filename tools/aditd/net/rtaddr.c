// SPDX-License-Identifier: GPL-2.0-or-later
/* See rtaddr.h. */
#include "rtaddr.h"

#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <netlink/errno.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <stdio.h>

#include "../../lib/err.h"
#include "rtmessage.h"

static struct nl_msg *message(int type, int flags, uint32_t ifindex,
			      const struct addr *addr)
{
	/* Nobody else is on a tunnel to have the same one. */
	const struct ifaddrmsg header = {
		.ifa_family = addr->len == 4 ? AF_INET : AF_INET6,
		.ifa_prefixlen = (uint8_t)(8 * addr->len),
		.ifa_flags = IFA_F_NODAD,
		.ifa_scope = RT_SCOPE_UNIVERSE,
		.ifa_index = ifindex,
	};
	struct nl_msg *msg = rt_start(type, flags, &header, sizeof(header));

	if (msg && !nla_put(msg, IFA_LOCAL, addr->len, addr->octets) &&
	    !nla_put(msg, IFA_ADDRESS, addr->len, addr->octets) &&
	    !nla_put_u8(msg, IFA_PROTO, RT_PROTOCOL))
		return msg;
	nlmsg_free(msg);
	return NULL;
}

static int ask(struct rt *rt, struct nl_msg *msg, int otherwise,
	       const struct addr *addr, struct err *err)
{
	char text[ADDR_TEXT_SIZE], what[96];

	if (!msg)
		return rt_no_room(msg, err);
	snprintf(what, sizeof(what), "inner address %s",
		 addr_digits(addr, text));
	return rt_ask(rt, msg, otherwise, what, err);
}

int rt_addr_add(struct rt *rt, uint32_t ifindex, const struct addr *addr,
		struct err *err)
{
	return ask(rt,
		   message(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, ifindex,
			   addr),
		   NLE_EXIST, addr, err);
}

int rt_addr_delete(struct rt *rt, uint32_t ifindex, const struct addr *addr,
		   struct err *err)
{
	struct nl_msg *msg = message(RTM_DELADDR, 0, ifindex, addr);

	return ask(rt, msg, NLE_NOADDR, addr, err) < 0 ? -1 : 0;
}

static struct nl_msg *delete_shown(struct nl_msg *shown)
{
	struct nlmsghdr *hdr = nlmsg_hdr(shown);
	const struct ifaddrmsg *header = nlmsg_data(hdr);
	struct nlattr *attrs[IFA_MAX + 1], *local;
	struct addr addr = { 0 };

	if (nlmsg_parse(hdr, sizeof(*header), attrs, IFA_MAX, NULL) < 0 ||
	    !attrs[IFA_PROTO] || nla_get_u8(attrs[IFA_PROTO]) != RT_PROTOCOL)
		return NULL;
	local = attrs[IFA_LOCAL] ? attrs[IFA_LOCAL] : attrs[IFA_ADDRESS];
	addr.len = header->ifa_family == AF_INET ? 4 : 16;
	if (!local || nla_len(local) != addr.len)
		return NULL;
	memcpy(addr.octets, nla_data(local), addr.len);
	return message(RTM_DELADDR, 0, header->ifa_index, &addr);
}

int rt_addrs_delete(struct rt *rt, struct err *err)
{
	const struct ifaddrmsg header = { .ifa_family = AF_UNSPEC };

	return rt_delete_shown(rt, RTM_GETADDR, &header, sizeof(header),
			       delete_shown, NLE_NOADDR,
			       "inner addresses that were left over", err);
}
