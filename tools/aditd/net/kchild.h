/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Peers and children that were made in the module, and the SAs of a child
 * there; IKE's own are in core/.
 */
#ifndef ADITD_NET_KCHILD_H
#define ADITD_NET_KCHILD_H

#include "kernel.h"

struct peer {
	struct device *device;
	uint32_t id;
	struct addr remote;
	uint32_t keepalive; /* seconds, where there is NAT */
	struct kchild *children;
	struct table_node node;
};

struct kchild {
	struct kchild *next; /* of the peer */
	struct peer *peer;
	uint32_t id;
	enum conf_mode mode;
	uint8_t protocol;
	struct ways routed; /* what it has routes for */
	struct table_node node;
};

struct kchild *kchild_new(struct kernel *kernel, struct peer *peer,
			  const struct msg_child *msg, struct err *err);

/* Its selectors and their routes. */
int kchild_set(struct kernel *kernel, struct kchild *child,
	       const struct msg_child *msg, struct err *err);

int kchild_install_sas(struct kernel *kernel, struct kchild *child,
		       const struct msg_child *msg, struct err *err);
int kchild_activate(struct kernel *kernel, struct kchild *child,
		    const struct msg_child *msg, struct err *err);
void kchild_remove_sas(struct kernel *kernel, struct kchild *child,
		       const struct msg_child *msg);

/* With its routes and SAs, in the module too. */
void kchild_forget(struct kernel *kernel, struct kchild *child);

#endif
