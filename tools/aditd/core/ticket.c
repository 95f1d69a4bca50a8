// SPDX-License-Identifier: GPL-2.0-or-later
/* See ticket.h. */
#include "ticket.h"

#include <stdlib.h>

#include "inner.h"

struct ticket *ticket_new(void)
{
	struct ticket *ticket = calloc(1, sizeof(*ticket));

	if (ticket)
		ticket->refs = 1;
	return ticket;
}

struct ticket *ticket_get(struct ticket *ticket)
{
	ticket->refs++;
	return ticket;
}

void ticket_put(struct ticket *ticket)
{
	if (!ticket || --ticket->refs)
		return;
	session_free(&ticket->session);
	buf_free(&ticket->opaque);
	free(ticket);
}

static struct conn_slot *slot_of(const struct ike_sa *sa)
{
	return sa->conn ? conn_slot(sa->engine, sa->conn->name) : NULL;
}

static void put_into(struct conn_slot *slot, struct ticket *ticket)
{
	ticket_put(slot->ticket);
	slot->ticket = ticket;
}

int ticket_keep(const struct ike_sa *sa, struct span key, struct span opaque,
		uint64_t seconds)
{
	struct conn_slot *slot = slot_of(sa);
	struct ticket *ticket;

	/* Of a connection that is another one by now. */
	if (!slot || slot->conn != sa->conn)
		return -1;
	ticket = ticket_new();
	if (!ticket)
		return -1;
	ticket->owner = sa->unique;
	ticket->given = ike_sa_now(sa);
	buf_add_span(&ticket->opaque, opaque);
	if (session_of(&ticket->session, sa, key,
		       ticket->given + seconds * 1000) ||
	    ticket->opaque.failed) {
		ticket_put(ticket);
		return -1;
	}
	put_into(slot, ticket);
	return 0;
}

struct ticket *ticket_for(const struct ike_sa *sa)
{
	struct conn_slot *slot = slot_of(sa);
	struct ticket *ticket = slot ? slot->ticket : NULL;

	/* Who authenticates anew is to show who it is. */
	if (!ticket || sa->reauth_of || slot->conn != sa->conn ||
	    engine_ike(sa->engine, ticket->owner))
		return NULL;
	if (ike_sa_now(sa) < ticket->session.until)
		return ticket_get(ticket);
	put_into(slot, NULL);
	return NULL;
}

const struct ticket *ticket_of(const struct ike_sa *sa)
{
	const struct conn_slot *slot = slot_of(sa);

	return slot && slot->ticket && slot->ticket->owner == sa->unique ?
		       slot->ticket :
		       NULL;
}

void ticket_drop(struct engine *engine, const struct ticket *ticket)
{
	struct conn_slot *slot = conn_slot(engine, ticket->session.conn);

	if (slot && slot->ticket == ticket)
		put_into(slot, NULL);
}

void ticket_forget(const struct ike_sa *sa)
{
	if (ticket_of(sa))
		put_into(slot_of(sa), NULL);
	for (size_t i = 0; i < ARRAY_SIZE(sa->tickets); i++)
		ticket_revoke(&sa->engine->tickets, &sa->tickets[i]);
}
