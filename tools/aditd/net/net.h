/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the net process consists of; between role.c, signals.c and serve.c. */
#ifndef ADITD_NET_NET_H
#define ADITD_NET_NET_H

#include "../proc/proc.h"
#include "config.h"
#include "dns.h"
#include "fetch.h"
#include "kernel.h"
#include "module.h"
#include "resolve.h"
#include "role.h"
#include "tcp.h"
#include "watch.h"

struct event;
struct event_base;

enum { SIGNALS = 4 };

struct net {
	const struct net_start *start;
	struct event_base *base;
	struct log log;
	struct event *signals[SIGNALS];
	struct proc ike, keys;
	struct devices devices;
	struct socks socks;
	struct tcp tcp;
	struct kernel kernel;
	struct module_events events;
	struct watch watch;
	uint8_t secret[ENGINE_SECRET_LEN]; /* until ike has it */
	bool has_secret;
	struct resolver *resolver;
	struct dns *dns;
	struct fetcher *fetcher;
	struct config config;
	uint32_t reload_cookie; /* of the ike process, that waits for it */
	bool configured; /* and said to be ready */
	bool closing;
	bool failed;
};

/* From the ike process, see msg.h; -1 with an error if it makes no sense. */
int serve_ike(struct net *net, enum msg_type type, const union msg_any *msg,
	      struct err *err);

/* From the keys process. */
int serve_keys(struct net *net, enum msg_type type, const union msg_any *msg,
	       struct err *err);

/* To the keys process. */
void serve_fetched(void *arg, const struct msg_fetched *answer);

/* To the ike process. */
void serve_input(void *arg, const struct ike_path *path, struct span message);
void serve_resolved(void *arg, const struct msg_resolved *answer);
void serve_event(unsigned int cmd, void *object, void *arg);
void serve_network(void *arg);

extern const struct tcp_ops serve_tcp;

int signals_catch(struct net *net, struct err *err);
void signals_release(struct net *net);

/* End all of it; @failed if nobody wanted that. */
void net_stop(struct net *net, bool failed);

/* Children have ended. */
void net_reap(struct net *net);

/* Read the configuration again; the ike process may wait for it. */
void net_reload(struct net *net, uint32_t cookie);

#endif
