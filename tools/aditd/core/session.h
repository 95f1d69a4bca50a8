/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Session resumption (RFC 5723): what goes on from an IKE SA to the one that
 * resumes it, the same at both ends. A responder puts it, sealed, into the
 * ticket (ticket_key.h) and forgets it; an initiator keeps it beside the ticket
 * (ticket.h).
 */
#ifndef ADITD_CORE_SESSION_H
#define ADITD_CORE_SESSION_H

#include "../../lib/buf.h"
#include "sa.h"

/* RFC 5723, 5: what is "from the ticket"; all else comes anew. */
struct session {
	char conn[CONF_NAME_MAX];
	uint32_t edition; /* of the connection, see struct conn_slot */
	struct ident local, remote, eap;
	struct ike_algs algs;
	uint64_t spi_i, spi_r; /* of the IKE SA that it was */
	uint64_t until; /* env_now(): it is over then */
	uint64_t reauth_at; /* who it is has to be shown then; 0 for never */
	struct buf key; /* SK_d, nobody else's */
};

/* Of an IKE SA that is up, with that SK_d; -1 without memory. */
int session_of(struct session *session, const struct ike_sa *sa,
	       struct span key, uint64_t until);

/* The IKE SA that resumes it gets its identities and algorithms. */
int session_apply(const struct session *session, struct ike_sa *sa);

/* As octets, and back; -1 if that is not what they are. */
void session_write(const struct session *session, struct buf *out);
int session_read(struct session *session, struct span octets);
void session_free(struct session *session);

/* So many seconds is a session of @sa at most good for, 0 if it is over. */
uint64_t session_life(const struct ike_sa *sa);

#endif
