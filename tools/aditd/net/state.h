/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is kept in files from one daemon to the next. */
#ifndef ADITD_NET_STATE_H
#define ADITD_NET_STATE_H

#include "../core/engine.h"

/*
 * The secret that tokens of IKE SAs are made of (RFC 6290), read from the
 * folder, or made there. Each daemon has its own: daemons of one host share the
 * folder, but no control socket. -1 with an error: then there are no tokens.
 */
int state_secret(const char *folder, const char *vici,
		 uint8_t secret[ENGINE_SECRET_LEN], struct err *err);

#endif
