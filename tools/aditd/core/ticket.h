/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tickets of session resumption (RFC 5723). An initiator keeps the newest one
 * with its connection, until the IKE SA that it was given to is lost: who has
 * closed it on purpose, or has changed the connection, has no ticket any more.
 */
#ifndef ADITD_CORE_TICKET_H
#define ADITD_CORE_TICKET_H

#include "session.h"

struct engine;

/* What a session is resumed with; counted. */
struct ticket {
	unsigned int refs;
	uint32_t owner; /* unique id of the IKE SA that it was given to */
	uint64_t given;
	struct session session;
	struct ticket_mark mark; /* of the responder */
	struct buf opaque; /* of the initiator: the responder's own words */
};

struct ticket *ticket_new(void);
struct ticket *ticket_get(struct ticket *ticket);
void ticket_put(struct ticket *ticket); /* may be NULL */

/* The initiator's: the one of an IKE SA takes the place of an older one. */
int ticket_keep(const struct ike_sa *sa, struct span key, struct span opaque,
		uint64_t seconds);

/* The one to begin @sa with, counted; NULL if it is to begin without. */
struct ticket *ticket_for(const struct ike_sa *sa);

/* The one that was given to @sa; NULL if there is none. */
const struct ticket *ticket_of(const struct ike_sa *sa);

/* It is used, or was refused: not once more. */
void ticket_drop(struct engine *engine, const struct ticket *ticket);

/* The IKE SA is no more, and that was somebody's will; or it is rekeyed (6.2). */
void ticket_forget(const struct ike_sa *sa);

#endif
