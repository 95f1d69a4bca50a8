/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The keys process: private keys, secrets and certificates are here and nowhere
 * else. It answers whether an AUTH is right and makes ours, nothing more.
 */
#ifndef ADITD_KEYS_ROLE_H
#define ADITD_KEYS_ROLE_H

#include "../core/env.h"

struct keys_start {
	int net_fd;
	int ike_fd;
	enum env_level level;
	const char *root; /* an empty folder */
};

/* Until the net process is gone; the exit status. */
int keys_run(const struct keys_start *start);

#endif
