// SPDX-License-Identifier: GPL-2.0-or-later
/* See rtnetlink.h. */
#include "rtnetlink.h"

#include <linux/adit.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netlink/errno.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/route/link.h>
#include <string.h>

#include "../../lib/err.h"
#include "rtmessage.h"

/* What an interface has that a daemon made, so that the next one knows. */
#define OURS "aditd"

int rt_open(struct rt *rt, struct err *err)
{
	int rc;

	rt->sock = nl_socket_alloc();
	if (!rt->sock)
		return err_set(err, ERR_REFUSED, "out of memory");
	rc = nl_connect(rt->sock, NETLINK_ROUTE);
	if (rc >= 0)
		return 0;
	rt_close(rt);
	return err_set(err, ERR_REFUSED, "rtnetlink: %s", nl_geterror(rc));
}

void rt_close(struct rt *rt)
{
	if (rt->sock)
		nl_socket_free(rt->sock);
	rt->sock = NULL;
}

int rt_ask(struct rt *rt, struct nl_msg *msg, int otherwise, const char *what,
	   struct err *err)
{
	int rc = nl_send_sync(rt->sock, msg);

	if (rc >= 0)
		return 0;
	if (otherwise && rc == -otherwise)
		return 1;
	return err_set(err, ERR_REFUSED, "%s: %s", what, nl_geterror(rc));
}

struct nl_msg *rt_start(int type, int flags, const void *header, size_t len)
{
	struct nl_msg *msg = nlmsg_alloc_simple(type, flags);

	if (msg && !nlmsg_append(msg, (void *)header, len, NLMSG_ALIGNTO))
		return msg;
	nlmsg_free(msg);
	return NULL;
}

int rt_no_room(struct nl_msg *msg, struct err *err)
{
	nlmsg_free(msg);
	return err_set(err, ERR_REFUSED, "out of memory");
}

/* A few of what was shown, as messages that delete them. */
struct shown {
	rt_delete_fn make;
	size_t n;
	struct nl_msg *list[16];
};

static int see(struct nl_msg *msg, void *arg)
{
	struct shown *shown = arg;

	if (shown->n == ARRAY_SIZE(shown->list))
		return NL_OK;
	shown->list[shown->n] = shown->make(msg);
	if (shown->list[shown->n])
		shown->n++;
	return NL_OK;
}

/* Takes the message. */
static int show(struct rt *rt, struct nl_msg *msg, struct shown *shown)
{
	struct nl_cb *cb = nl_cb_alloc(NL_CB_DEFAULT);
	int rc = -NLE_NOMEM;

	shown->n = 0;
	if (msg && cb) {
		nl_cb_set(cb, NL_CB_VALID, NL_CB_CUSTOM, see, shown);
		rc = nl_send_auto(rt->sock, msg);
		if (rc >= 0)
			rc = nl_recvmsgs(rt->sock, cb);
	}
	nl_cb_put(cb);
	nlmsg_free(msg);
	return rc;
}

int rt_delete_shown(struct rt *rt, int type, const void *header, size_t len,
		    rt_delete_fn make, int gone, const char *what,
		    struct err *err)
{
	struct shown shown = { .make = make };
	int rc;

	do {
		rc = show(rt, rt_start(type, NLM_F_DUMP, header, len), &shown);
		if (rc < 0)
			return err_set(err, ERR_REFUSED, "%s: %s", what,
				       nl_geterror(rc));
		rc = 0;
		for (size_t i = 0; i < shown.n; i++)
			if (rt_ask(rt, shown.list[i], gone, what, err) < 0)
				rc = -1;
	} while (!rc && shown.n);
	return rc;
}

/* ---------------------------------------------------------------- interfaces */

int rt_link_find(struct rt *rt, const char *name, struct rt_link *link,
		 struct err *err)
{
	struct rtnl_link *found = NULL;
	const char *text;
	int rc;

	*link = (struct rt_link){ 0 };
	rc = rtnl_link_get_kernel(rt->sock, 0, name, &found);
	if (rc == -NLE_OBJ_NOTFOUND || rc == -NLE_NODEV)
		return 1;
	if (rc < 0)
		return err_set(err, ERR_REFUSED, "interface %s: %s", name,
			       nl_geterror(rc));
	link->ifindex = (uint32_t)rtnl_link_get_ifindex(found);
	text = rtnl_link_get_type(found);
	link->is_adit = text && strcmp(text, "adit") == 0;
	text = rtnl_link_get_ifalias(found);
	link->is_ours = link->is_adit && text && strcmp(text, OURS) == 0;
	rtnl_link_put(found);
	return 0;
}

typedef int (*put_fn)(struct nl_msg *msg, const void *arg);

static int put_mark(struct nl_msg *msg, const void *arg)
{
	const uint32_t *mark = arg;

	return nla_put_u32(msg, IFLA_ADIT_FWMARK, *mark);
}

static int put_headers(struct nl_msg *msg, const void *arg)
{
	const struct rt_headers *headers = arg;

	if (nla_put_u8(msg, IFLA_ADIT_DF,
		       headers->copy_df ? ADIT_DF_COPY : ADIT_DF_UNSET) ||
	    nla_put_u8(msg, IFLA_ADIT_DSFIELD_INHERIT, headers->dscp_out))
		return -1;
	return nla_put_u8(msg, IFLA_ADIT_DECAP_DSCP, headers->dscp_in);
}

static int put_kind(struct nl_msg *msg, put_fn put, const void *arg)
{
	struct nlattr *info = nla_nest_start(msg, IFLA_LINKINFO);
	struct nlattr *data;

	if (!info || nla_put_string(msg, IFLA_INFO_KIND, "adit"))
		return -1;
	data = nla_nest_start(msg, IFLA_INFO_DATA);
	if (!data || put(msg, arg))
		return -1;
	nla_nest_end(msg, data);
	nla_nest_end(msg, info);
	return 0;
}

static int create(struct rt *rt, const char *name, uint32_t mark,
		  struct err *err)
{
	const struct ifinfomsg header = { .ifi_family = AF_UNSPEC };
	struct nl_msg *msg = rt_start(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL,
				      &header, sizeof(header));
	char what[64];

	if (!msg || nla_put_string(msg, IFLA_IFNAME, name) ||
	    put_kind(msg, put_mark, &mark))
		return rt_no_room(msg, err);
	snprintf(what, sizeof(what), "making interface %s", name);
	return rt_ask(rt, msg, 0, what, err);
}

static int set_up(struct rt *rt, uint32_t ifindex, const char *alias,
		  struct err *err)
{
	const struct ifinfomsg header = {
		.ifi_family = AF_UNSPEC,
		.ifi_index = (int)ifindex,
		.ifi_flags = IFF_UP,
		.ifi_change = IFF_UP,
	};
	struct nl_msg *msg = rt_start(RTM_NEWLINK, 0, &header, sizeof(header));

	/* Without its NUL, as ip(8) writes it. */
	if (!msg ||
	    (alias && nla_put(msg, IFLA_IFALIAS, (int)strlen(alias), alias)))
		return rt_no_room(msg, err);
	return rt_ask(rt, msg, 0, "setting an interface up", err);
}

int rt_link_make(struct rt *rt, const char *name, uint32_t mark,
		 uint32_t *ifindex, struct err *err)
{
	struct rt_link link;

	if (create(rt, name, mark, err))
		return -1;
	if (rt_link_find(rt, name, &link, err) || !link.is_adit)
		return err_set(err, ERR_REFUSED, "interface %s is gone again",
			       name);
	*ifindex = link.ifindex;
	return set_up(rt, link.ifindex, OURS, err);
}

int rt_link_headers(struct rt *rt, uint32_t ifindex,
		    const struct rt_headers *headers, struct err *err)
{
	const struct ifinfomsg header = {
		.ifi_family = AF_UNSPEC,
		.ifi_index = (int)ifindex,
	};
	struct nl_msg *msg = rt_start(RTM_NEWLINK, 0, &header, sizeof(header));

	if (!msg || put_kind(msg, put_headers, headers))
		return rt_no_room(msg, err);
	return rt_ask(rt, msg, 0, "copy_df, copy_dscp of an interface", err);
}

int rt_link_up(struct rt *rt, uint32_t ifindex, struct err *err)
{
	return set_up(rt, ifindex, NULL, err);
}

int rt_link_delete(struct rt *rt, uint32_t ifindex, struct err *err)
{
	const struct ifinfomsg header = {
		.ifi_family = AF_UNSPEC,
		.ifi_index = (int)ifindex,
	};
	struct nl_msg *msg = rt_start(RTM_DELLINK, 0, &header, sizeof(header));

	if (!msg)
		return rt_no_room(msg, err);
	return rt_ask(rt, msg, NLE_NODEV, "removing an interface", err) < 0 ?
		       -1 :
		       0;
}

/* -------------------------------------------------------------------- routes */

static struct nl_msg *route_message(const struct rt_route *route, int type,
				    int flags)
{
	const struct rtmsg header = {
		.rtm_family = route->to.len == 4 ? AF_INET : AF_INET6,
		.rtm_dst_len = route->plen,
		.rtm_table = RT_TABLE_UNSPEC,
		.rtm_protocol = RTPROT_STATIC,
		.rtm_scope = route->to.len == 4 ? RT_SCOPE_LINK :
						  RT_SCOPE_UNIVERSE,
		.rtm_type = RTN_UNICAST,
	};
	struct nl_msg *msg = rt_start(type, flags, &header, sizeof(header));
	uint32_t table = route->table ? route->table : RT_TABLE_MAIN;

	if (msg && !nla_put(msg, RTA_DST, route->to.len, route->to.octets) &&
	    !nla_put_u32(msg, RTA_OIF, route->ifindex) &&
	    !nla_put_u32(msg, RTA_TABLE, table) &&
	    (!route->source.len || !nla_put(msg, RTA_PREFSRC, route->source.len,
					    route->source.octets)))
		return msg;
	nlmsg_free(msg);
	return NULL;
}

static void name_route(const struct rt_route *route, char *buf, size_t size)
{
	char to[ADDR_TEXT_SIZE];

	snprintf(buf, size, "route to %s/%u", addr_digits(&route->to, to),
		 route->plen);
}

static int new_route(struct rt *rt, const struct rt_route *route, int flags,
		     struct err *err)
{
	struct nl_msg *msg = route_message(route, RTM_NEWROUTE, flags);
	char what[96];

	if (!msg)
		return rt_no_room(msg, err);
	name_route(route, what, sizeof(what));
	return rt_ask(rt, msg, NLE_EXIST, what, err);
}

int rt_route_add(struct rt *rt, const struct rt_route *route, struct err *err)
{
	return new_route(rt, route, NLM_F_CREATE | NLM_F_EXCL, err);
}

int rt_route_replace(struct rt *rt, const struct rt_route *route,
		     struct err *err)
{
	return new_route(rt, route, NLM_F_CREATE | NLM_F_REPLACE, err);
}

int rt_route_delete(struct rt *rt, const struct rt_route *route,
		    struct err *err)
{
	struct nl_msg *msg = route_message(route, RTM_DELROUTE, 0);
	char what[96];

	if (!msg)
		return rt_no_room(msg, err);
	name_route(route, what, sizeof(what));
	return rt_ask(rt, msg, NLE_OBJ_NOTFOUND, what, err) < 0 ? -1 : 0;
}
