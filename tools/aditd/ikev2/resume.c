// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Session resumption (RFC 5723, 4.3) of the initiator, and what both roles have in
 * common: AUTH is made of the keys themselves, so that neither secrets nor
 * certificates are needed, nor looked at.
 *
 *	HDR, [N(COOKIE),] Ni, N(TICKET_OPAQUE)  -->
 *				<--  HDR, Nr  or  N(TICKET_NACK)  or  N(COOKIE)
 *	HDR, SK {IDi, [IDr,] AUTH, SAi2, TSi, TSr, N(TICKET_REQUEST)}  -->
 *			<--  HDR, SK {IDr, AUTH, SAr2, TSi, TSr, N(TICKET_...)}
 */
#include <stdio.h>

#include "../proto/names.h"
#include "v2.h"

enum { COOKIE_MAX = 64 };

/* RFC 7383, 2.3, and RFC 6023; all else is as it was, or said in IKE_AUTH. */
void v2_resume_features(const struct ikev2_sa *sa, struct build *out)
{
	const struct conn *conn = sa->ike.conn;
	struct span none = { 0 };

	if (conn->fragmentation != FRAG_NO)
		build_notify(out, PROTOCOL_NONE, none,
			     NOTIFY_IKEV2_FRAGMENTATION_SUPPORTED, none);
	if (!sa->ike.initiator && conn->childless != CHILDLESS_NEVER)
		build_notify(out, PROTOCOL_NONE, none,
			     NOTIFY_CHILDLESS_IKEV2_SUPPORTED, none);
}

/* --------------------------------------------------------------------- AUTH */

/* prf(SK_px, what AUTH signs in RFC 7296, 2.15), with the new SK_px. */
static int compute(const struct ikev2_sa *sa, bool initiator, struct span id,
		   uint8_t auth[PRF_LEN_MAX])
{
	const struct buf *key = initiator ? &sa->keys.pi : &sa->keys.pr;
	struct buf octets = BUF_INIT;
	struct span part;
	int ret = v2_auth_octets(sa, initiator, id, &octets);

	part = buf_span(&octets);
	if (!ret)
		ret = prf(sa->ike.algs.prf, buf_span(key), &part, 1, auth);
	buf_free(&octets);
	return ret;
}

int v2_resume_sign(struct ikev2_sa *sa, uint8_t auth[PRF_LEN_MAX])
{
	struct buf id = BUF_INIT;
	int ret;

	ident_to_wire(&sa->ike.local_id, &id);
	ret = id.failed || compute(sa, sa->ike.initiator, buf_span(&id), auth);
	buf_free(&id);
	return ret ? -1 : 0;
}

int v2_resume_verify(struct ikev2_sa *sa, const struct v2_message *message,
		     struct err *err)
{
	const struct ident *want = &sa->resume.ticket->session.remote;
	const struct payload *payload =
		chain_find(&message->chain, PAYLOAD_AUTH, NULL);
	char got[IDENT_TEXT_SIZE], text[IDENT_TEXT_SIZE];
	uint8_t own[PRF_LEN_MAX];
	struct payload_auth auth;
	bool good;

	if (v2_auth_peer_id(sa, message,
			    sa->ike.initiator ? PAYLOAD_IDR : PAYLOAD_IDI,
			    err) ||
	    payload_auth(payload->body, &auth, err))
		return -1;
	if (!ident_equal(&sa->ike.remote_id, want))
		return err_set(err, ERR_REFUSED,
			       "the peer is %.200s; the ticket is of %.200s",
			       ident_show(&sa->ike.remote_id, got),
			       ident_show(want, text));
	good = auth.method == AUTH_PSK &&
	       !compute(sa, !sa->ike.initiator, buf_span(&sa->peer_id), own) &&
	       crypto_equal(auth.data, span_of(own, prf_len(sa->ike.algs.prf)));
	explicit_bzero(own, sizeof(own));
	return good ? 0 :
		      err_set(err, ERR_REFUSED,
			      "the AUTH is not of the session's keys");
}

/* It is up: nothing of before is needed. */
void v2_resume_end(struct ikev2_sa *sa)
{
	ticket_put(sa->resume.ticket);
	sa->resume.ticket = NULL;
}

/* ------------------------------------------------------- IKE_SESSION_RESUME */

static void add_request(struct ikev2_sa *sa, struct build *out)
{
	const struct ticket *ticket = sa->resume.ticket;
	enum conf_encap encap = sa->ike.conn->encap;
	struct span none = { 0 };

	if (sa->cookie.len)
		build_notify(out, PROTOCOL_NONE, none, NOTIFY_COOKIE,
			     buf_span(&sa->cookie));
	build_span(out, PAYLOAD_NONCE, buf_span(&sa->nonce_i));
	build_notify(out, PROTOCOL_NONE, none, NOTIFY_TICKET_OPAQUE,
		     buf_span(&ticket->opaque));
	if (encap != ENCAP_NONE)
		v2_add_natd(sa, out, &sa->ike.path, encap == ENCAP_UDP);
	v2_resume_features(sa, out);
}

void v2_resume_send(struct ikev2_sa *sa)
{
	const struct ike_header header =
		v2_header(sa, EXCHANGE_IKE_SESSION_RESUME, 0, false);
	uint8_t nonce[V2_NONCE_LEN];
	struct build out;

	if (!sa->nonce_i.len &&
	    !engine_random(sa->ike.engine, nonce, sizeof(nonce)))
		buf_add_span(&sa->nonce_i, SPAN(nonce));
	build_start(&out, &header);
	add_request(sa, &out);
	if (!sa->nonce_i.len ||
	    v2_init_ask(sa, EXCHANGE_IKE_SESSION_RESUME, &out)) {
		build_free(&out);
		ike_sa_fail(&sa->ike, "IKE_SESSION_RESUME can't be built",
			    "is memory short?");
		return;
	}
	ike_sa_log(&sa->ike, LEVEL_INFO, "resuming with the peer's ticket");
}

/* All at once: a ticket that the peer does not take is worth nothing. */
static enum fsm_verdict without(struct ikev2_sa *sa, const char *text)
{
	ike_sa_log(&sa->ike, LEVEL_INFO,
		   "the ticket is refused: %s; connecting without it", text);
	ticket_drop(sa->ike.engine, sa->resume.ticket);
	v2_resume_end(sa);
	v2_init_restart(sa);
	return FSM_DONE;
}

enum fsm_verdict v2_resume_refused(struct ike_sa *ike, void *arg)
{
	const struct v2_message *message = arg;
	struct ikev2_sa *sa = v2_sa(ike);
	struct payload_notify notify;
	char text[128];
	uint16_t type;

	if (chain_notify(&message->chain, NOTIFY_COOKIE, &notify) &&
	    notify.data.len && notify.data.len <= COOKIE_MAX &&
	    sa->restarts < V2_COOKIES_MAX) {
		sa->restarts++;
		buf_free(&sa->cookie);
		buf_add_span(&sa->cookie, notify.data);
		v2_resume_send(sa);
		return FSM_DONE;
	}
	if (chain_notify(&message->chain, NOTIFY_TICKET_NACK, &notify))
		return without(sa, "the peer answered TICKET_NACK");
	if (v2_refusal(message, &type, text))
		return without(sa, text);
	return FSM_IGNORE;
}

/* The keys are the session's from now on, or it is as if nothing had come. */
static int take_answer(struct ikev2_sa *sa, const struct v2_message *message,
		       struct err *err)
{
	const struct session *session = &sa->resume.ticket->session;
	struct span nonce;

	if (payload_nonce(chain_find(&message->chain, PAYLOAD_NONCE, NULL)->body,
			  &nonce, err))
		return -1;
	sa->ike.spi_r = message->header.spi_r;
	buf_free(&sa->nonce_r);
	buf_add_span(&sa->nonce_r, nonce);
	if (!sa->nonce_r.failed && !session_apply(session, &sa->ike) &&
	    !v2_keymat_resume(sa, buf_span(&session->key)))
		return 0;
	sa->ike.spi_r = 0;
	return err_set(err, ERR_REFUSED, "no keys could be made");
}

enum fsm_verdict v2_resume_response(struct ike_sa *ike, void *arg)
{
	const struct v2_message *message = arg;
	struct ikev2_sa *sa = v2_sa(ike);
	struct env_auth_reply reply = { .good = true, .method = AUTH_PSK };
	uint8_t auth[PRF_LEN_MAX];
	struct err err;

	if (!message->header.spi_r)
		return FSM_IGNORE;
	if (take_answer(sa, message, &err)) {
		v2_init_said(sa, err.text);
		return FSM_IGNORE;
	}
	v2_init_answered(sa, message);
	/* Each is used once: what is recorded is not to be of two IKE SAs. */
	ticket_drop(ike->engine, sa->resume.ticket);
	if (v2_resume_sign(sa, auth)) {
		ike_sa_fail(ike, "AUTH can't be computed", "is memory short?");
		return FSM_DONE;
	}
	/* Of its rounds there is this one. */
	sa->rounds.local = ike->conn->local_n - 1;
	sa->rounds.remote = ike->conn->remote_n;
	reply.auth = span_of(auth, prf_len(ike->algs.prf));
	return v2_auth_send(sa, NULL, &reply);
}

/* ----------------------------------------------------------------- IKE_AUTH */

/* With all that waits for it, and nothing of the session. */
static enum fsm_verdict anew(struct ikev2_sa *sa, const char *text,
			     const char *hint)
{
	struct ike_sa *ike = &sa->ike;

	engine_fail(ike->engine, ike, ike->conn->name, text, hint);
	ike_sa_anew(ike, &ike->path);
	return FSM_DONE;
}

enum fsm_verdict v2_resume_auth_response(struct ikev2_sa *sa,
					 const struct v2_message *message)
{
	const uint64_t needed = FSM_PAYLOAD(PAYLOAD_IDR) |
				FSM_PAYLOAD(PAYLOAD_AUTH);
	enum fsm_verdict verdict;
	struct err err;

	if ((message->payloads & needed) != needed ||
	    message->payloads & FSM_PAYLOAD(PAYLOAD_EAP))
		return FSM_SYNTAX;
	if (v2_resume_verify(sa, message, &err)) {
		v2_auth_tell(sa, NOTIFY_AUTHENTICATION_FAILED);
		return anew(sa, err.text, "connecting without the ticket");
	}
	sa->ike.resumed = true;
	sa->ike.reauth_at = sa->resume.ticket->session.reauth_at;
	verdict = v2_auth_established(sa, message);
	v2_resume_end(sa);
	return verdict;
}

enum fsm_verdict v2_resume_auth_refused(struct ikev2_sa *sa,
					const struct v2_message *message)
{
	char text[128], all[256];
	uint16_t type;

	if (!v2_refusal(message, &type, text))
		return FSM_SYNTAX;
	snprintf(all, sizeof(all), "%s to %s with a ticket", text,
		 v2_exchange_name(message->header.exchange));
	return anew(sa, all, "connecting without it");
}
