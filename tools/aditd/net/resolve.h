/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Addresses of peers. Names are looked up in a process of its own, which may
 * wait and reads what name servers say; it is nobody, and one of a few.
 */
#ifndef ADITD_NET_RESOLVE_H
#define ADITD_NET_RESOLVE_H

#include "../proc/msg.h"

struct event_base;
struct resolver;

typedef void (*resolve_fn)(void *arg, const struct msg_resolved *answer);

struct resolver *resolver_new(struct event_base *base, resolve_fn done,
			      void *arg);
void resolver_free(struct resolver *resolver);

/* Answered at once if there are no names. */
void resolver_ask(struct resolver *resolver, const struct msg_resolve *msg);

/* A child that ended; false if it is none of these. */
bool resolver_ended(struct resolver *resolver, pid_t pid);

#endif
