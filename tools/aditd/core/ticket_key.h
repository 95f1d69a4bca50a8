/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tickets by value (RFC 5723, 6 and appendix A): sessions that are sealed with a
 * key that nobody else has, and that ends with the daemon. Keys change; the one
 * before stays as long as there may be tickets of it. With a key goes a bit for
 * each IKE SA that has tickets of it: no ticket is for an IKE SA that was closed,
 * rekeyed, or resumed already (4.3.1, 6.2, 9.8).
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
	TICKET_KEYS = 2,
	TICKET_SESSIONS_MAX = 1 << 20, /* of a key: then there is another one */
};

/* Which IKE SA a ticket is of: a key, and a number with that key. */
struct ticket_mark {
	bool there;
	uint8_t id[TICKET_ID_LEN];
	uint32_t number;
};

struct ticket_key {
	bool there;
	uint64_t made;
	uint64_t sealed; /* tickets, for the IV */
	uint8_t id[TICKET_ID_LEN];
	uint8_t key[TICKET_KEY_LEN];
	uint32_t sessions; /* that have a number */
	struct buf revoked; /* a bit for each of them */
};

struct ticket_keys {
	struct ticket_key keys[TICKET_KEYS];
	unsigned int newest;
};

/*
 * Append the ticket of that state, of the IKE SA that has these marks, one for
 * each key; -1 if there is none, as it is too long.
 */
int ticket_seal(struct ticket_keys *keys, const struct env *env,
		struct ticket_mark marks[TICKET_KEYS], struct span state,
		struct buf *out);

/* Append the state again; -1 with what is wrong with the ticket. */
int ticket_open(struct ticket_keys *keys, const struct env *env,
		struct span ticket, struct ticket_mark *mark, struct buf *state,
		struct err *err);

/* All tickets of that IKE SA are worth nothing from now on. */
void ticket_revoke(struct ticket_keys *keys, const struct ticket_mark *mark);
bool ticket_is_revoked(const struct ticket_keys *keys,
		       const struct ticket_mark *mark);

void ticket_keys_free(struct ticket_keys *keys);

#endif
