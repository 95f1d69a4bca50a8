/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * VICI's commands that are of keys and certificates, as strongSwan has them,
 * with what conf/load.h adds to them.
 */
#ifndef ADITD_KEYS_COMMAND_H
#define ADITD_KEYS_COMMAND_H

#include "../../lib/setting.h"
#include "store.h"

bool keys_has_command(struct span name);

/*
 * Carry it out; what it answers, beside success, is put into @answer. list-certs
 * answers with a section "certs", in which each is the body of an event
 * list-cert. -1 with an error that names the file, if there is one.
 */
int keys_command(struct keys_store *store, struct span name,
		 const struct setting *settings, struct setting *answer,
		 struct err *err);

#endif
