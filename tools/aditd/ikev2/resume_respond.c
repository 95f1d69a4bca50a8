// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Session resumption (RFC 5723, 4.3) of the responder. Until IKE_AUTH a ticket is
 * only something that may have been recorded: it costs what an IKE_SA_INIT does,
 * with the same limits and cookies (9.2 to 9.4).
 */
#include <stdio.h>

#include "v2.h"

/* -------------------------------------------------------------- the ticket */

/* The connection as it was when the ticket was given; NULL and why not. */
static struct conn_slot *find_conn(const struct engine *engine,
				   const struct session *session,
				   const struct ike_path *path, struct err *err)
{
	struct conn_slot *slot = conn_slot(engine, session->conn);

	if (!slot)
		err_set(err, ERR_REFUSED,
			"connection %s is not loaded any more", session->conn);
	else if (slot->edition != session->edition)
		err_set(err, ERR_REFUSED,
			"connection %s was changed since it was given",
			session->conn);
	else if (!conn_slot_match(slot, path))
		err_set(err, ERR_REFUSED,
			"connection %s does not fit the addresses",
			session->conn);
	else
		return slot;
	return NULL;
}

static struct conn_slot *open_ticket(struct engine *engine,
				     const struct ike_path *path,
				     struct span opaque, struct ticket *ticket,
				     struct err *err)
{
	struct session *session = &ticket->session;
	struct buf state = BUF_INIT;
	int ret;

	ret = ticket_open(&engine->tickets, &engine->env, opaque, &ticket->mark,
			  &state, err);
	if (!ret && session_read(session, buf_span(&state)))
		ret = err_set(err, ERR_REFUSED, "out of memory");
	buf_free(&state);
	if (ret)
		return NULL;
	if (engine_now(engine) >= session->until) {
		err_set(err, ERR_REFUSED, "it has expired");
		return NULL;
	}
	return find_conn(engine, session, path, err);
}

static void refuse(struct engine *engine, const struct ike_header *header,
		   const struct ike_path *path, const char *text)
{
	char from[ENDPOINT_TEXT_SIZE];

	v2_bare_notify(engine, path, header, NOTIFY_TICKET_NACK,
		       span_of(NULL, 0));
	if (engine_may_tell(engine))
		engine_log(engine, LEVEL_INFO, NULL,
			   "%s: its ticket is refused: %s",
			   endpoint_show(&path->remote, path->remote_port,
					 from),
			   text);
}

/* ------------------------------------------------------- IKE_SESSION_RESUME */

static int make_keys(struct ikev2_sa *sa, struct span nonce)
{
	const struct session *session = &sa->resume.ticket->session;
	uint8_t own[V2_NONCE_LEN];

	if (engine_random(sa->ike.engine, own, sizeof(own)))
		return -1;
	buf_add_span(&sa->nonce_i, nonce);
	buf_add_span(&sa->nonce_r, SPAN(own));
	return sa->nonce_i.failed || sa->nonce_r.failed ||
			       session_apply(session, &sa->ike) ||
			       v2_keymat_resume(sa, buf_span(&session->key)) ?
		       -1 :
		       0;
}

static int answer(struct ikev2_sa *sa, struct span nonce, struct span octets)
{
	const struct ike_header header =
		v2_header(sa, EXCHANGE_IKE_SESSION_RESUME, 0, true);
	enum conf_encap encap = sa->ike.conn->encap;
	struct build out;

	if (make_keys(sa, nonce))
		return -1;
	build_start(&out, &header);
	build_span(&out, PAYLOAD_NONCE, buf_span(&sa->nonce_r));
	if (encap != ENCAP_NONE)
		v2_add_natd(sa, &out, &sa->ike.path, encap == ENCAP_UDP);
	v2_resume_features(sa, &out);
	return v2_init_answer(sa, &out, octets);
}

/* What the request has, all views of it. */
struct request {
	struct chain chain;
	struct span nonce, opaque;
};

static void begin(struct engine *engine, const struct ike_header *header,
		  const struct ike_path *path, const struct request *request,
		  struct span octets)
{
	struct ticket *ticket = ticket_new();
	struct conn_slot *slot;
	struct ikev2_sa *sa;
	struct err err;

	if (!ticket)
		return;
	slot = open_ticket(engine, path, request->opaque, ticket, &err);
	if (!slot) {
		refuse(engine, header, path, err.text);
		ticket_put(ticket);
		return;
	}
	sa = v2_init_new(engine, header, path, &request->chain, slot->conn);
	if (!sa) {
		ticket_put(ticket);
		return;
	}
	sa->resume.ticket = ticket;
	ike_sa_set_conn(&sa->ike, conn_get(slot->conn));
	if (answer(sa, request->nonce, octets))
		ike_sa_remove(&sa->ike, "no keys could be made");
	else
		ike_sa_schedule(&sa->ike);
}

static int read_request(struct request *request,
			const struct ike_header *header, struct span octets,
			uint8_t *critical, struct err *err)
{
	struct span inner = span_of(octets.data + IKE_HEADER_LEN,
				    octets.len - IKE_HEADER_LEN);
	const struct payload *payload;
	struct payload_notify notify;

	if (chain_parse(&request->chain, header->next, inner, critical, err))
		return -1;
	payload = chain_find(&request->chain, PAYLOAD_NONCE, NULL);
	if (!payload ||
	    !chain_notify(&request->chain, NOTIFY_TICKET_OPAQUE, &notify))
		return err_set(err, ERR_REFUSED, "a payload is missing");
	request->opaque = notify.data;
	return payload_nonce(payload->body, &request->nonce, err);
}

void v2_resume_request(struct engine *engine, const struct ike_header *header,
		       const struct ike_path *path, struct span octets)
{
	struct request request = { 0 };
	uint8_t critical;
	struct err err;

	if (!v2_init_is_new(engine, header, path, octets))
		return;
	if (read_request(&request, header, octets, &critical, &err)) {
		v2_init_malformed(engine, header, path, critical);
	} else if (v2_init_has_paid(engine, header, path, &request.chain,
				    request.nonce)) {
		begin(engine, header, path, &request, octets);
	}
}

/* ----------------------------------------------------------------- IKE_AUTH */

/* The IKE SA that the ticket was given for, if it is there. */
static uint32_t find_old(const struct ikev2_sa *sa)
{
	const struct session *session = &sa->resume.ticket->session;
	const uint64_t spis[] = { session->spi_r, session->spi_i };

	for (size_t i = 0; i < ARRAY_SIZE(spis); i++) {
		struct ike_sa *old =
			table_find(&sa->ike.engine->by_spi, spis[i]);

		if (old && old->established && old->spi_i == session->spi_i &&
		    old->spi_r == session->spi_r)
			return old->unique;
	}
	return 0;
}

/* No other one than that of before (4.3.3). */
static int check_own_id(const struct ikev2_sa *sa,
			const struct v2_message *message, struct err *err)
{
	const struct payload *payload =
		chain_find(&message->chain, PAYLOAD_IDR, NULL);
	char want[IDENT_TEXT_SIZE], got[IDENT_TEXT_SIZE];
	struct ident asked = { 0 };
	int ret;

	if (!payload)
		return 0;
	ret = ident_from_wire(&asked, payload->body, err);
	if (!ret && !ident_equal(&asked, &sa->ike.local_id))
		ret = err_set(
			err, ERR_REFUSED,
			"the peer asks for %.200s; the ticket is of %.200s",
			ident_show(&asked, got),
			ident_show(&sa->ike.local_id, want));
	ident_free(&asked);
	return ret;
}

/* Who it is is known; may it come in? */
static int check(struct ikev2_sa *sa, const struct v2_message *message,
		 struct err *err)
{
	bool child = message->payloads & FSM_PAYLOAD(PAYLOAD_SA);
	const struct ticket *ticket = sa->resume.ticket;
	const struct engine *engine = sa->ike.engine;
	char id[IDENT_TEXT_SIZE];

	/* Meanwhile it may have been loaded anew, or somebody was faster. */
	if (!find_conn(engine, &ticket->session, message->path, err) ||
	    check_own_id(sa, message, err))
		return -1;
	if (ticket_is_revoked(&engine->tickets, &ticket->mark))
		return err_set(err, ERR_REFUSED,
			       "the ticket was used meanwhile");
	if (!child && sa->ike.conn->childless == CHILDLESS_NEVER)
		return err_set(err, ERR_REFUSED,
			       "the peer wants no child at once");
	sa->ike.resumes = find_old(sa);
	if (ike_sa_is_unwanted(&sa->ike))
		return err_set(err, ERR_REFUSED, "%.200s is connected already",
			       ident_show(&sa->ike.remote_id, id));
	return 0;
}

enum fsm_verdict v2_resume_auth_request(struct ikev2_sa *sa,
					const struct v2_message *message)
{
	struct env_auth_reply reply = { .good = true, .method = AUTH_PSK };
	struct payload_notify notify;
	uint8_t auth[PRF_LEN_MAX];
	struct build out;
	struct err err;

	if (!(message->payloads & FSM_PAYLOAD(PAYLOAD_AUTH)) ||
	    v2_cp_asked(sa, message))
		return FSM_SYNTAX;
	if (v2_resume_verify(sa, message, &err) || check(sa, message, &err))
		return v2_auth_refuse(sa, message, err.text,
				      "it came with a ticket");
	if (v2_resume_sign(sa, auth))
		return v2_auth_refuse(sa, message, "AUTH can't be computed",
				      "is memory short?");
	sa->initial_contact =
		chain_notify(&message->chain, NOTIFY_INITIAL_CONTACT, &notify);
	/* Each is used once (4.3.1), as are all others of that IKE SA. */
	ticket_revoke(&sa->ike.engine->tickets, &sa->resume.ticket->mark);
	sa->ike.resumed = true;
	sa->ike.reauth_at = sa->resume.ticket->session.reauth_at;
	sa->rounds.local = sa->ike.conn->local_n;
	sa->rounds.remote = sa->ike.conn->remote_n;
	ike_sa_set_state(&sa->ike, IKE_AUTHENTICATING);
	reply.auth = span_of(auth, prf_len(sa->ike.algs.prf));
	build_start_inner(&out);
	v2_auth_add(&out, sa, &reply);
	v2_auth_finish(sa, message, message, &out);
	v2_resume_end(sa);
	return FSM_OK;
}
