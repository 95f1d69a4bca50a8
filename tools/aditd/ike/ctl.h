/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The control socket: the server's side of VICI (lib/vici.h), with the
 * commands and events of strongSwan's daemon and the names that those have, so
 * that swanctl and what reads its output work as they are.
 *
 * What is more than that: get-failures { ike } answers { failures { 0 { ago,
 * text, hint } ... } }, and list-sas with "adit = yes" has interface,
 * encapsulation, waits-for and tries too. get-conns with it has those of the
 * files, too.
 *
 * A client that is slow has its lists made as it reads them; one that does not
 * read its events loses log lines first, and then the connection.
 */
#ifndef ADITD_IKE_CTL_H
#define ADITD_IKE_CTL_H

#include "role.h"

struct ctl;

/* What it needs of outside; calls as in role.h. */
struct ctl_ops {
	uint64_t (*now)(void *world);
	int (*command)(void *world, enum role to, const char *command,
		       const struct setting *settings, role_done_fn done,
		       void *arg, struct err *err);
	int (*counters)(void *world, const char *interface,
			role_counters_fn done, void *arg, struct err *err);
	void (*forget)(void *world, void *arg);
};

enum {
	CTL_CLIENTS_MAX = 64,
	CTL_OUT_LOW = 64 * 1024, /* a list goes on when less than that waits */
	CTL_OUT_HIGH = 1024 * 1024, /* no more events above that */
};

/*
 * The socket listens already; it is the control socket's from now on. SIGPIPE
 * must be ignored in the process, since clients hang up as they like.
 */
struct ctl *ctl_new(struct event_base *base, struct engine *engine, int fd,
		    const struct ctl_ops *ops, void *world, struct err *err);

/* After engine_free(): clients may still wait for something of the engine. */
void ctl_free(struct ctl *ctl);

/* A client that is connected already, for tests. */
int ctl_add_client(struct ctl *ctl, int fd);

/*
 * A command that comes from another process: load-conn, unload-conn, load-pool,
 * unload-pool. The error's text is empty if it went well.
 */
int ctl_load(struct ctl *ctl, const char *command,
	     const struct setting *settings, struct err *err);

/* What the engine says, of env_ops. */
void ctl_event(struct ctl *ctl, enum env_event event, struct ike_sa *ike,
	       struct child_sa *child);
void ctl_log(struct ctl *ctl, enum env_level level, const struct ike_sa *sa,
	     const char *text);

#endif
