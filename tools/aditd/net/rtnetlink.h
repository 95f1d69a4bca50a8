/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Interfaces, routes and rules, by rtnetlink. Each call waits for its answer. */
#ifndef ADITD_NET_RTNETLINK_H
#define ADITD_NET_RTNETLINK_H

#include "ways.h"

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

/* What is taken over between inner and outer headers. */
struct rt_headers {
	bool copy_df;
	bool dscp_out, dscp_in;
};

int rt_link_headers(struct rt *rt, uint32_t ifindex,
		    const struct rt_headers *headers, struct err *err);
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
/* In place of the one to there. */
int rt_route_replace(struct rt *rt, const struct rt_route *route,
		     struct err *err);
int rt_route_delete(struct rt *rt, const struct rt_route *route,
		    struct err *err);

enum rt_action {
	RULE_LOOK_UP, /* in `table` */
	RULE_GO_TO, /* the rule with the priority `to_priority` */
	RULE_NOTHING, /* where others go to */
};

/* Of routing. What is 0 does not matter. */
struct rt_rule {
	int family;
	uint32_t priority;
	enum rt_action action;
	uint32_t to_priority;
	uint32_t table; /* 0 for the main one */
	uint32_t mark;
	bool not_mark; /* all packets but those with the mark */
	bool skips; /* what is found of prefixes up to this length */
	uint8_t skip_plen;
	struct prefix to;
	uint8_t proto;
	struct ports source, destination;
};

/* 1 if it is there already. */
int rt_rule_add(struct rt *rt, const struct rt_rule *rule, struct err *err);
int rt_rule_delete(struct rt *rt, const struct rt_rule *rule, struct err *err);

/* All that daemons made, and did not remove. */
int rt_rules_delete(struct rt *rt, int family, struct err *err);

#endif
