/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Retransmission of requests (RFC 7296, 2.4), strongSwan's 4 s * 1.8^n. */
#ifndef ADITD_CORE_RETX_H
#define ADITD_CORE_RETX_H

#include "env.h"

enum {
	RETX_TRIES = 5,
	RETX_FALL_BACK = 2, /* of IKE_SA_INIT, before TCP is tried too */
	RETX_TCP_DEAD = 2, /* of any, before the connection is made anew */
	PACKETS_MAX = 128,
};

/* One message: a datagram, or several if it is in fragments. */
struct packets {
	size_t n;
	struct buf *list;
};

/* The next, empty; NULL without memory or if there are too many. */
struct buf *packets_add(struct packets *packets);
void packets_send(const struct packets *packets, const struct env *env,
		  const struct ike_path *path);
void packets_move(struct packets *to, struct packets *from);
void packets_free(struct packets *packets);

/* With the DSCP of the SA's connection, if it has one already. */
void ike_sa_send(const struct ike_sa *sa, const struct packets *packets,
		 const struct ike_path *path);

struct retx {
	struct packets packets;
	bool running;
	unsigned int tries; /* after the first */
	uint64_t since;
	struct env_timer timer;
};

/* Sends @packets and keeps them; what was there before is forgotten. */
void retx_start(struct ike_sa *sa, struct packets *packets);
void retx_stop(struct ike_sa *sa);

/* Once more now, perhaps on another path; the count begins anew. */
void retx_again(struct ike_sa *sa);

/* The same without a new count. */
void retx_repeat(struct ike_sa *sa);

/* Milliseconds until try number @n + 1. */
uint64_t retx_delay(unsigned int n);

#endif
