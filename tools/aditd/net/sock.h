/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The UDP sockets of IKE: ports 500 and 4500, of either family. Those of 4500
 * are handed to the module, so that ESP stays in the kernel and only IKE comes
 * here, behind the non-ESP marker (RFC 3948, 2.2), which is taken off and put on.
 */
#ifndef ADITD_NET_SOCK_H
#define ADITD_NET_SOCK_H

#include "../../lib/family.h"
#include "../core/env.h"
#include "../proc/log.h"

struct event;
struct event_base;

/*
 * The mark of all that goes outside of tunnels, IKE and ESP, so that rules of
 * routing can keep it there, see route.h.
 */
enum { UNDERLAY_MARK = 0xad17 };

enum { SOCKS = 4 };

struct sock {
	struct socks *socks;
	int fd; /* -1 if there is none */
	int family;
	uint16_t port;
	bool marker;
	uint32_t id; /* in the module; 0 if it is not there */
	struct event *readable;
};

typedef void (*socks_input_fn)(void *arg, const struct ike_path *path,
			       struct span message);

struct socks {
	struct sock list[SOCKS];
	struct log *log;
	socks_input_fn input;
	void *arg;
};

/* What is outside of tunnels: marked, and nothing for the kernel's own IPsec. */
int sock_set_underlay(int fd, int family);

/* IPv6 may be missing on a host; the error says who else may have the ports. */
int socks_open(struct socks *socks, struct event_base *base, struct log *log,
	       socks_input_fn input, void *arg, struct err *err);
void socks_close(struct socks *socks);

/* To the module. */
int socks_hand_over(struct socks *socks, struct adit_nl *nl, struct err *err);

/* Stop reading, or go on: the kernel drops what does not fit meanwhile. */
void socks_pause(struct socks *socks, bool pause);

/* -1 with an error that names the destination. */
int socks_send(const struct socks *socks, const struct ike_path *path,
	       struct span message, struct err *err);

/* The module's socket for ESP in UDP on that path, 0 if there is none. */
uint32_t socks_id(const struct socks *socks, const struct ike_path *path);

/* Of an event: a path with that socket of the module. False if it is not ours. */
bool socks_path(const struct socks *socks, uint32_t id, struct ike_path *path);

#endif
