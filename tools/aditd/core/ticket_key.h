/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tickets by value (RFC 5723, 7.1 and appendix A): sessions that are sealed with
 * a key that nobody else has, and that ends with the daemon. Keys change; the
 * one before stays as long as there may be tickets of it.
 */
#ifndef ADITD_CORE_TICKET_KEY_H
#define ADITD_CORE_TICKET_KEY_H

#include "../../lib/err.h"
#include "env.h"

enum {
	TICKET_SECONDS = 12 * 3600, /* the most that one is good for */
	/* It goes in one datagram, which can't be in fragments. */
	TICKET_MAX = 1024,
	TICKET_ID_LEN = 8,
	TICKET_KEY_LEN = 32 + 4, /* with the salt */
};

struct ticket_key {
	bool there;
	uint64_t made;
	uint64_t sealed; /* tickets, for the IV */
	uint8_t id[TICKET_ID_LEN];
	uint8_t key[TICKET_KEY_LEN];
};

struct ticket_keys {
	struct ticket_key keys[2];
	unsigned int newest;
};

/* Append the ticket of that state; -1 if there is none, as it is too long. */
int ticket_seal(struct ticket_keys *keys, const struct env *env,
		struct span state, struct buf *out);

/* Append the state again; -1 with what is wrong with the ticket. */
int ticket_open(struct ticket_keys *keys, const struct env *env,
		struct span ticket, struct buf *state, struct err *err);

#endif
