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

/* As rules of routing have it, see rtrule.c. */
enum { ADDR_PROTOCOL = 173, FOUND_MAX = 16 };

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
	    !nla_put_u8(msg, IFA_PROTO, ADDR_PROTOCOL))
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

/* ----------------------------------------------------------- those left over */

/* A few of them, as messages that delete them. */
struct found {
	size_t n;
	struct nl_msg *list[FOUND_MAX];
};

static int see(struct nl_msg *msg, void *arg)
{
	const struct ifaddrmsg *header = nlmsg_data(nlmsg_hdr(msg));
	struct nlattr *attrs[IFA_MAX + 1];
	struct found *found = arg;
	struct addr addr = { 0 };
	struct nlattr *local;

	if (nlmsg_parse(nlmsg_hdr(msg), sizeof(*header), attrs, IFA_MAX, NULL) <
		    0 ||
	    !attrs[IFA_PROTO] ||
	    nla_get_u8(attrs[IFA_PROTO]) != ADDR_PROTOCOL ||
	    found->n == FOUND_MAX)
		return NL_OK;
	local = attrs[IFA_LOCAL] ? attrs[IFA_LOCAL] : attrs[IFA_ADDRESS];
	addr.len = header->ifa_family == AF_INET ? 4 : 16;
	if (!local || nla_len(local) != addr.len)
		return NL_OK;
	memcpy(addr.octets, nla_data(local), addr.len);
	found->list[found->n] =
		message(RTM_DELADDR, 0, header->ifa_index, &addr);
	if (found->list[found->n])
		found->n++;
	return NL_OK;
}

static int find(struct rt *rt, struct found *found, struct err *err)
{
	const struct ifaddrmsg header = { .ifa_family = AF_UNSPEC };
	struct nl_msg *msg =
		rt_start(RTM_GETADDR, NLM_F_DUMP, &header, sizeof(header));
	struct nl_cb *cb = nl_cb_alloc(NL_CB_DEFAULT);
	int rc = -NLE_NOMEM;

	found->n = 0;
	if (msg && cb) {
		nl_cb_set(cb, NL_CB_VALID, NL_CB_CUSTOM, see, found);
		rc = nl_send_auto(rt->sock, msg);
		if (rc >= 0)
			rc = nl_recvmsgs(rt->sock, cb);
	}
	nl_cb_put(cb);
	nlmsg_free(msg);
	return rc < 0 ? err_set(err, ERR_REFUSED, "addresses: %s",
				nl_geterror(rc)) :
			0;
}

int rt_addrs_delete(struct rt *rt, struct err *err)
{
	struct found found;
	int rc = 0;

	do {
		if (find(rt, &found, err))
			return -1;
		for (size_t i = 0; i < found.n; i++)
			if (rt_ask(rt, found.list[i], NLE_NOADDR,
				   "an inner address that was left over",
				   err) < 0)
				rc = -1;
	} while (!rc && found.n);
	return rc;
}
