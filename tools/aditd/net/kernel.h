/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Peers, children and SAs in the module, on behalf of the ike process: what it
 * asks for is done on its own devices and with its own ids only.
 */
#ifndef ADITD_NET_KERNEL_H
#define ADITD_NET_KERNEL_H

#include "../proc/msg.h"
#include "device.h"
#include "sock.h"
#include "tcp.h"

struct kernel {
	struct adit_nl nl;
	struct devices *devices;
	struct socks *socks;
	struct tcp *tcp;
	struct log *log;
	struct table peers, children; /* by device and id */
	struct inner *inners; /* see inner.h */
	struct dns *dns;
};

/* Loads the module if it is missing. */
int kernel_open(struct kernel *kernel, struct devices *devices,
		struct socks *socks, struct tcp *tcp, struct log *log,
		struct err *err);

/* Removes all peers that were made. */
void kernel_close(struct kernel *kernel);

int kernel_install(struct kernel *kernel, const struct msg_child *msg,
		   struct err *err);
int kernel_remove(struct kernel *kernel, const struct msg_child *msg,
		  struct err *err);
int kernel_trap(struct kernel *kernel, const struct msg_child *msg,
		struct err *err);
int kernel_peer_move(struct kernel *kernel, const struct msg_peer *msg,
		     struct err *err);
int kernel_peer_remove(struct kernel *kernel, const struct msg_peer *msg,
		       struct err *err);

/* Inner addresses and name servers that a peer has given, or took back. */
int kernel_inner(struct kernel *kernel, const struct msg_inner *msg,
		 struct err *err);

/* Is it one of ours? */
bool kernel_has_child(const struct kernel *kernel, uint32_t ifindex,
		      uint32_t child);

/* Each SA of the device, or of all with "". */
typedef void (*kernel_counter_fn)(void *arg, const struct msg_counter *counter);
int kernel_counters(struct kernel *kernel, const char *interface,
		    kernel_counter_fn fn, void *arg, struct err *err);

#endif
