/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Processes: net is the parent, and starts the others as the same program
 * anew, so that nothing of its memory is theirs.
 */
#ifndef ADITD_PROC_PROC_H
#define ADITD_PROC_PROC_H

#include <sys/types.h>

#include "chan.h"
#include "log.h"

/* Where a process that is started finds what it inherits. */
enum {
	PROC_NET_FD = 3, /* to net */
	PROC_PEER_FD = 4, /* ike's to keys, and keys' to ike */
	PROC_VICI_FD = 5, /* of ike alone */
};

struct proc {
	enum role role;
	pid_t pid; /* 0 if it does not run (any more) */
	struct chan chan;
	bool ready; /* its restrictions are in force */
};

struct proc_start {
	enum role role;
	int net_fd, peer_fd, vici_fd; /* -1 for none; not closed */
	enum env_level level;
	const char *root;
};

/* The pid, or -1 with an error. */
pid_t proc_start(const struct proc_start *start, struct err *err);

/* Two ends that nobody inherits by chance. */
int proc_pair(int fds[2], struct err *err);

/* "was ended by SIGSYS: ...", for a log. */
void proc_show_end(int status, char *buf, size_t size);

#endif
