/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ike process: the engine, its world made of messages to the other two
 * processes, and what the control socket (ctl.h) needs of them.
 */
#ifndef ADITD_IKE_ROLE_H
#define ADITD_IKE_ROLE_H

#include "../core/engine.h"
#include "../proc/log.h"

struct event_base;
struct ike_role;

/* How the process was started: descriptors are inherited. */
struct ike_start {
	int net_fd; /* to the net process */
	int keys_fd; /* to the keys process */
	int vici_fd; /* listens; -1 if there is no control socket */
	enum env_level level;
	const char *root; /* an empty folder */
};

/* Runs until the net process says so, or is gone; the exit status. */
int ike_run(const struct ike_start *start);

struct event_base *role_base(struct ike_role *role);
struct engine *role_engine(struct ike_role *role);
struct log *role_log(struct ike_role *role);

/*
 * A command of VICI that another process carries out: load-shared, load-key,
 * load-cert, load-authority, unload-*, get-shared, ... by ROLE_KEYS,
 * reload-settings by ROLE_NET, which reads the files again and comes back with
 * load-* to both. @done is called once, from the loop; @answer is borrowed and
 * may be NULL.
 */
typedef void (*role_done_fn)(void *arg, bool good, const char *text,
			     const struct setting *answer);
int role_command(struct ike_role *role, enum role to, const char *command,
		 const struct setting *settings, role_done_fn done, void *arg,
		 struct err *err);

/*
 * Traffic of each SA on the device, or with "" on all. @done is called from
 * the loop, perhaps several times; the last time @last is true, and there may
 * be no counters then.
 */
typedef void (*role_counters_fn)(void *arg, const struct msg_counter *counters,
				 size_t n, bool last);
int role_counters(struct ike_role *role, const char *interface,
		  role_counters_fn done, void *arg, struct err *err);

/* Forget who asked; what comes is thrown away. For clients that are gone. */
void role_forget(struct ike_role *role, const void *arg);

#endif
