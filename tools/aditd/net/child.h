/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Peers and children that were made in the module, and a child's SAs there. */
#ifndef ADITD_NET_CHILD_H
#define ADITD_NET_CHILD_H

#include "kernel.h"

struct peer {
	struct device *device;
	uint32_t id;
	struct addr remote;
	struct child *children;
	struct table_node node;
};

struct child {
	struct child *next; /* of the peer */
	struct peer *peer;
	uint32_t id;
	enum conf_mode mode;
	uint8_t protocol;
	struct ts_list routed; /* what it has routes for */
	struct table_node node;
};

struct child *child_new(struct kernel *kernel, struct peer *peer,
			const struct msg_child *msg, struct err *err);

/* Its selectors and their routes. */
int child_set(struct kernel *kernel, struct child *child,
	      const struct msg_child *msg, struct err *err);

int child_install_sas(struct kernel *kernel, struct child *child,
		      const struct msg_child *msg, struct err *err);
int child_activate(struct kernel *kernel, struct child *child,
		   const struct msg_child *msg, struct err *err);
void child_remove_sas(struct kernel *kernel, struct child *child,
		      const struct msg_child *msg);

/* With its routes and SAs, in the module too. */
void child_forget(struct kernel *kernel, struct child *child);

#endif
