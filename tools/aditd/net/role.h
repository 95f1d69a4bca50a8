/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The net process, parent of the others: it has the sockets, the module, the
 * files, and what is needed for them; no octet that a peer wrote is read here,
 * but the prefix of a TCP connection, and what a proxy answers.
 */
#ifndef ADITD_NET_ROLE_H
#define ADITD_NET_ROLE_H

#include "../core/env.h"

struct net_start {
	const char *config; /* folder */
	const char *vici; /* URI */
	const char *pid; /* file, or NULL */
	const char *state; /* folder of what the next daemon is to know */
	const char *root; /* an empty folder for the others */
	enum env_level level;
};

/* Until a signal ends it; the exit status. */
int net_run(const struct net_start *start);

/* Only read the configuration; the exit status. */
int net_check(const struct net_start *start);

#endif
