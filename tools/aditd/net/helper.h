/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What may wait, or reads what strangers on the network say, is done by a
 * process of its own: it has a pipe for its answer, and no time without end.
 */
#ifndef ADITD_NET_HELPER_H
#define ADITD_NET_HELPER_H

#include <sys/types.h>

#include "../../lib/buf.h"

struct event_base;
struct helper;

/* What it does, and what becomes of it. */
struct helper_task {
	/* In the helper, which has the answer's pipe, and ends after it. */
	void (*run)(void *arg, int to);
	/* Empty if it was not there in time; then @arg may be freed. */
	void (*done)(void *arg, struct span answer);
	void (*drop)(void *arg); /* it is not done any more */
	void *arg;
};

struct helpers {
	struct event_base *base;
	size_t at_once;
	size_t waiting_max;
	unsigned int seconds; /* for each */
	size_t answer_max;
	struct helper *running, *waiting;
	size_t n_running, n_waiting;
};

/* -1 if there are too many, or no memory: then nobody is called. */
int helpers_add(struct helpers *helpers, const struct helper_task *task);

/* A child that ended; false if it is none of these. */
bool helpers_ended(struct helpers *helpers, pid_t pid);
void helpers_free(struct helpers *helpers);

/* In a helper: give up all that root has. */
void helper_be_nobody(void);

#endif
