/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether a child is in use; the engine is told later. */
#ifndef ADITD_IKE_IDLE_H
#define ADITD_IKE_IDLE_H

#include "../proc/msg.h"
#include "role.h"

int idle_ask(struct ike_role *role, const char *interface, uint32_t child,
	     uint32_t cookie, struct err *err);

#endif
