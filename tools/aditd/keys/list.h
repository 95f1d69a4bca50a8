/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What there is, for VICI's list-certs. */
#ifndef ADITD_KEYS_LIST_H
#define ADITD_KEYS_LIST_H

#include "../../lib/setting.h"
#include "store.h"

/*
 * Put a section "certs" into @answer, with one for each certificate, CRL and
 * public key that @filter {type, flag, subject} lets through. If there is no room
 * for more, "next" is what "from" of the next filter has to be. -1 without memory.
 */
int keys_list(const struct keys_store *store, const struct setting *filter,
	      struct setting *answer);

#endif
