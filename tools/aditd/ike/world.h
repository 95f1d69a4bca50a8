/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The engine's world in the ike process; of role.c and world.c only. */
#ifndef ADITD_IKE_WORLD_H
#define ADITD_IKE_WORLD_H

#include "../../lib/vici.h"
#include "../proc/chan.h"
#include "role.h"

struct ctl;
struct question;

struct ike_role {
	struct event_base *base;
	struct log log;
	struct chan net, keys;
	struct engine *engine;
	struct ctl *ctl;
	struct question *questions;
	uint32_t last_cookie;
	struct buf certreqs; /* key ids of CAs, of the keys process */
	bool has_ppk; /* the keys process */
};

/* Its world is the role. */
extern const struct env_ops world_ops;

#endif
