/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The system calls that each process may use; all others end it. */
#ifndef ADITD_PROC_CALLS_H
#define ADITD_PROC_CALLS_H

#include "msg.h"

/* Sets of processes, for rows that say whose they are. */
enum {
	NET = 1 << ROLE_NET,
	IKE = 1 << ROLE_IKE,
	KEYS = 1 << ROLE_KEYS,
	FETCH = 1 << ROLE_FETCH,
	LOCKED = IKE | KEYS,
	ALL = NET | IKE | KEYS,
	EACH = ALL | FETCH,
};

/* Is this a build whose sanitizer needs calls of its own? */
#if defined(__SANITIZE_ADDRESS__)
#define CALLS_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define CALLS_SANITIZED 1
#endif
#endif
#ifndef CALLS_SANITIZED
#define CALLS_SANITIZED 0
#endif

/*
 * Load the list of that process. -1 with errno in @failed; ENOSYS and EINVAL
 * mean that the kernel has no seccomp.
 */
int calls_restrict(enum role role, int *failed);

#endif
