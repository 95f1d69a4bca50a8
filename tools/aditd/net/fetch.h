/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the keys process wants of web servers: CRLs, and answers of OCSP. Each
 * is fetched by a helper, which alone reads what the server says, when it can
 * do nothing any more but read and write. What it brings is handed on unread.
 */
#ifndef ADITD_NET_FETCH_H
#define ADITD_NET_FETCH_H

#include "../proc/msg.h"

struct event_base;
struct fetcher;

typedef void (*fetched_fn)(void *arg, const struct msg_fetched *answer);

struct fetcher *fetcher_new(struct event_base *base, fetched_fn done,
			    void *arg);
void fetcher_free(struct fetcher *fetcher);

/* Answered later, or at once if it can't be. */
void fetcher_ask(struct fetcher *fetcher, const struct msg_fetch *msg);

/*
 * How near a server is: this host or its link, a private network (RFC 1918,
 * 4193, 6598), or anywhere. A redirection leads to nothing nearer than who says
 * it.
 */
enum fetch_scope { FETCH_HOST, FETCH_PRIVATE, FETCH_GLOBAL };
enum fetch_scope fetch_scope(const struct addr *addr);

/* A child that ended; false if it is none of these. */
bool fetcher_ended(struct fetcher *fetcher, pid_t pid);

#endif
