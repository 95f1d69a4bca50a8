/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a process gives up for good once it has what it needs, so that who takes
 * it over has little. Each restriction is a row with its reason.
 */
#ifndef ADITD_PROC_SANDBOX_H
#define ADITD_PROC_SANDBOX_H

#include "log.h"

struct sandbox {
	enum role role;
	const char *root; /* an empty folder that it is locked into */
};

/*
 * -1 if something that this machine could do was refused. What it cannot do at
 * all (no such user, no seccomp in the kernel) is said to @log.
 */
int sandbox_enter(const struct sandbox *sandbox, struct log *log,
		  struct err *err);

/* The parts, for who needs them alone, and for tests. */
int sandbox_user(const struct sandbox *sandbox, struct log *log,
		 struct err *err);
int sandbox_limits(const struct sandbox *sandbox, struct err *err);
int sandbox_calls(enum role role, struct log *log, struct err *err);

/* An empty folder of root's, made if it is missing. */
int sandbox_make_root(const char *path, struct err *err);

/*
 * libcrypto and libc read their files at first use: now, while there are some.
 * The process gets a name of its own.
 */
void sandbox_prepare(enum role role);

#endif
