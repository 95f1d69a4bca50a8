/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Requests to the adit family and events from it, over libnl. */
#ifndef ADIT_NL_H
#define ADIT_NL_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

#include "field.h"

struct nl_sock;

struct adit_nl {
	struct nl_sock *sock;
	int family; /* the generic netlink id */
	/* What the kernel has to say though it did what was asked; or NULL. */
	void (*warn)(const char *text);
};

enum {
	ADIT_NL_DUMP = 1 << 0, /* all objects that fit the request */
};

/* Called with each object of an answer, which the callee owns. */
typedef int (*adit_nl_object_fn)(void *obj, void *arg);

struct adit_nl_request {
	unsigned int cmd;
	unsigned int flags;
	const struct field_set *set;
	const void *object; /* sent: what it has */
	adit_nl_object_fn fn; /* may be NULL */
	void *arg;
};

int adit_nl_open(struct adit_nl *nl, struct err *err);
void adit_nl_close(struct adit_nl *nl);

/*
 * Send and wait for the answer. 1 if a dump was interrupted by changes, so
 * that what came may not fit together.
 */
int adit_nl_call(struct adit_nl *nl, const struct adit_nl_request *request,
		 struct err *err);

/* Called with each event; obj is of the set that belongs to cmd. */
typedef void (*adit_nl_event_fn)(unsigned int cmd, void *obj, void *arg);

enum { ADIT_NL_GROUPS = 8 };

/* Get the events of the multicast groups from now on, up to ADIT_NL_GROUPS. */
int adit_nl_join(struct adit_nl *nl, const char *const *groups, size_t n,
		 struct err *err);

/*
 * Events for who has a loop of its own. The socket does not block any more, and
 * has room for bursts.
 */
struct nl_cb;
struct adit_nl_events {
	adit_nl_event_fn event;
	void *arg;
	struct nl_cb *cb;
};

enum {
	ADIT_NL_NOTHING, /* there is none now */
	ADIT_NL_READ,
	ADIT_NL_LOST, /* the kernel had to drop some */
};

int adit_nl_events_begin(struct adit_nl *nl, struct adit_nl_events *events,
			 struct err *err);

/* One message: ADIT_NL_*, or -1. */
int adit_nl_events_read(struct adit_nl *nl, const struct adit_nl_events *events,
			struct err *err);
void adit_nl_events_end(struct adit_nl_events *events);

/*
 * Read events until a signal that @unblock lets through arrives. @lost is
 * called when the kernel had to drop events.
 */
int adit_nl_listen(struct adit_nl *nl, const sigset_t *unblock,
		   adit_nl_event_fn event, void (*lost)(void *arg), void *arg,
		   struct err *err);

/* The object in a message of the family, NULL if it is none. Free it. */
struct nlmsghdr;
void *adit_nl_decode(const struct nlmsghdr *message, unsigned int *cmd);

#endif
