/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Interfaces, routes and rules, by rtnetlink. Each call waits for its answer. */
#ifndef ADITD_NET_RTNETLINK_H
#define ADITD_NET_RTNETLINK_H

#include "../../lib/addr.h"

struct nl_sock;

struct rt {
	struct nl_sock *sock;
};

int rt_open(struct rt *rt, struct err *err);
void rt_close(struct rt *rt);

struct rt_link {
	uint32_t ifindex;
	bool is_adit;
	bool is_ours; /* made by a daemon, perhaps one that crashed */
};

/* 0 if it is there, 1 if not, -1 with an error. */
int rt_link_find(struct rt *rt, const char *name, struct rt_link *link,
		 struct err *err);

/* An interface of kind adit, up, with that mark on the underlay. */
int rt_link_make(struct rt *rt, const char *name, uint32_t mark,
		 uint32_t *ifindex, struct err *err);
int rt_link_up(struct rt *rt, uint32_t ifindex, struct err *err);
int rt_link_delete(struct rt *rt, uint32_t ifindex, struct err *err);

struct rt_route {
	struct addr to;
	uint8_t plen;
	uint32_t ifindex;
	uint32_t table; /* 0 for the main one */
	struct addr source; /* preferred; of length 0 for none */
};

/* 1 if there is another route to there already. */
int rt_route_add(struct rt *rt, const struct rt_route *route, struct err *err);
int rt_route_delete(struct rt *rt, const struct rt_route *route,
		    struct err *err);

struct rt_rule {
	int family;
	uint32_t priority;
	uint32_t table; /* 0 for the main one */
	uint32_t not_mark; /* 0 for all packets */
	bool no_default; /* skip what is found of prefix length 0 */
};

/* 1 if it is there already. */
int rt_rule_add(struct rt *rt, const struct rt_rule *rule, struct err *err);
int rt_rule_delete(struct rt *rt, const struct rt_rule *rule, struct err *err);

#endif
