// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Tickets asked for and given (RFC 5723, 4.1 and 4.2): in IKE_AUTH, and for what
 * is rekeyed, or will be too old, in INFORMATIONAL; a peer may also ask in the
 * CREATE_CHILD_SA that rekeys. The client is who has made the first of these IKE
 * SAs, as that is who makes it again.
 *
 *	N(TICKET_REQUEST)  -->
 *			<--  N(TICKET_LT_OPAQUE), N(TICKET_ACK), N(TICKET_NACK)
 */
#include "v2.h"

enum {
	WORTH_SECONDS = 60, /* a ticket that ends before is none */
	OPAQUE_MAX = 4096, /* of others: it goes in one datagram */
};

static void add(struct build *out, uint16_t type, struct span data)
{
	build_notify(out, PROTOCOL_NONE, span_of(NULL, 0), type, data);
}

/* ------------------------------------------------------------------- client */

static bool wants(const struct ikev2_sa *sa)
{
	return sa->ike.conn->resumption && !sa->ike.orphaned;
}

void v2_ticket_ask(struct ikev2_sa *sa, struct build *out)
{
	if (!wants(sa))
		return;
	sa->resume.asked = true;
	add(out, NOTIFY_TICKET_REQUEST, span_of(NULL, 0));
}

/* With what is asked anyway, when half of its time is over. */
void v2_ticket_renew(struct ikev2_sa *sa, struct build *out)
{
	const struct ticket *ticket = ticket_of(&sa->ike);
	uint64_t now = ike_sa_now(&sa->ike);

	if (ticket && sa->resume.client &&
	    now - ticket->given >= (ticket->session.until - ticket->given) / 2)
		v2_ticket_ask(sa, out);
}

int v2_ticket_start(struct ikev2_sa *sa, struct task *task)
{
	struct build out;

	(void)task;
	if (!wants(sa))
		return 1;
	build_start_inner(&out);
	v2_ticket_ask(sa, &out);
	v2_request(sa, EXCHANGE_INFORMATIONAL, &out);
	return 0;
}

void v2_ticket_follow(struct ikev2_sa *sa, const struct ikev2_sa *old)
{
	ticket_forget(&old->ike);
	if (sa->resume.client && wants(sa))
		ike_sa_want(&sa->ike, TASK_TICKET, 0);
}

static void take(struct ikev2_sa *sa, struct span data)
{
	uint64_t life = session_life(&sa->ike);
	uint32_t seconds;

	if (!span_take_u32(&data, &seconds) || !seconds || !life || !data.len ||
	    data.len > OPAQUE_MAX)
		return;
	if (seconds > life)
		seconds = (uint32_t)life;
	if (!ticket_keep(&sa->ike, buf_span(&sa->keys.d), data, seconds))
		ike_sa_log(&sa->ike, LEVEL_INFO,
			   "the peer gave a ticket, good for %u s", seconds);
}

bool v2_ticket_read(struct ikev2_sa *sa, const struct chain *chain)
{
	struct payload_notify notify;

	if (!sa->resume.client || !sa->resume.asked || !wants(sa))
		return false;
	if (chain_notify(chain, NOTIFY_TICKET_LT_OPAQUE, &notify)) {
		sa->resume.asked = false;
		take(sa, notify.data);
	} else if (chain_notify(chain, NOTIFY_TICKET_NACK, &notify)) {
		sa->resume.asked = false;
		ike_sa_log(
			&sa->ike, LEVEL_INFO,
			"the peer gives no ticket: TICKET_NACK; is resumption = yes there?");
	} else {
		return chain_notify(chain, NOTIFY_TICKET_ACK, &notify);
	}
	return false;
}

/* ---------------------------------------------------------------- responder */

/* What is said with it: the seconds, and the ticket. -1 if there is to be none. */
static int make(struct ikev2_sa *sa, struct buf *out)
{
	struct engine *engine = sa->ike.engine;
	struct session session = { 0 };
	struct buf state = BUF_INIT;
	uint64_t seconds = session_life(&sa->ike);
	int ret = -1;

	/* As it is loaded now: whoever resumes it is of that connection. */
	if (!sa->ike.conn->resumption || sa->ike.state != IKE_ESTABLISHED ||
	    engine_conn(engine, sa->ike.conn->name) != sa->ike.conn ||
	    seconds < WORTH_SECONDS)
		return -1;
	if (!session_of(&session, &sa->ike, buf_span(&sa->keys.d),
			engine_now(engine) + seconds * 1000)) {
		session_write(&session, &state);
		buf_add_u32(out, (uint32_t)seconds);
		if (!state.failed)
			ret = ticket_seal(&engine->tickets, &engine->env,
					  sa->ike.tickets, buf_span(&state),
					  out);
	}
	session_free(&session);
	buf_free(&state);
	return ret;
}

void v2_ticket_answer(struct ikev2_sa *sa, const struct chain *chain,
		      struct build *out)
{
	struct payload_notify notify;
	struct buf data = BUF_INIT;

	if (!chain_notify(chain, NOTIFY_TICKET_REQUEST, &notify))
		return;
	if (!make(sa, &data))
		add(out, NOTIFY_TICKET_LT_OPAQUE, buf_span(&data));
	else if (!sa->keys.d.len && sa->ike.conn->resumption)
		/* They come with IKE_FOLLOWUP_KE: then it asks again (4.1). */
		add(out, NOTIFY_TICKET_ACK, span_of(NULL, 0));
	else
		add(out, NOTIFY_TICKET_NACK, span_of(NULL, 0));
	buf_free(&data);
}
