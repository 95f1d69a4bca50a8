// SPDX-License-Identifier: GPL-2.0-or-later
/* IKE_AUTH of the responder (RFC 7296, 1.2, 2.15). */
#include <stdio.h>

#include "v2.h"

/* Say no, in a way that tells strangers nothing, and ourselves everything. */
static enum fsm_verdict refuse(struct ikev2_sa *sa,
			       const struct v2_message *message,
			       const char *text, const char *hint)
{
	v2_respond_notify(sa, message, NOTIFY_AUTHENTICATION_FAILED,
			  span_of(NULL, 0));
	ike_sa_fail(&sa->ike, text, hint);
	return FSM_DONE;
}

/* What IKE_SA_INIT agreed on may be of another connection. */
static int check_algorithms(const struct ike_sa *ike, const struct conn *conn,
			    struct err *err)
{
	struct proposal agreed = {
		.number = 1,
		.protocol = PROTOCOL_IKE,
		.n = 3,
		.transforms = {
			{ TRANSFORM_ENCR, ike->encr, ike->encr_bits },
			{ TRANSFORM_PRF, ike->prf, 0 },
			{ TRANSFORM_KE, ike->dh, 0 },
		},
	};

	if (ike->integ)
		agreed.transforms[agreed.n++] =
			(struct transform){ TRANSFORM_INTEG, ike->integ, 0 };
	return proposal_check(&conn->proposals, &agreed, 0, err);
}

static struct conn *choose(struct ikev2_sa *sa,
			   const struct v2_message *message,
			   const struct payload_auth *auth,
			   const struct ident *asked, struct err *err)
{
	char id[IDENT_TEXT_SIZE], from[ENDPOINT_TEXT_SIZE];
	struct conn *conn;

	conn = conn_choose(sa->ike.engine, message->path, &sa->ike.remote_id,
			   asked, auth->method == AUTH_PSK, err);
	if (conn && !check_algorithms(&sa->ike, conn, err))
		return conn;
	err_prefix(err,
		   "peer %.100s at %s: ", ident_show(&sa->ike.remote_id, id),
		   endpoint_show(&message->path->remote,
				 message->path->remote_port, from));
	return NULL;
}

/* Its own id, or the one asked for if any will do. */
static int set_own_id(struct ikev2_sa *sa, const struct ident *asked)
{
	if (asked && sa->ike.conn->local[0].id.type == IDENT_ANY) {
		ident_free(&sa->ike.local_id);
		return ident_copy(&sa->ike.local_id, asked);
	}
	return v2_auth_own_id(sa);
}

static enum fsm_verdict request_signed(struct ikev2_sa *sa,
				       struct v2_message *message,
				       const struct env_auth_reply *reply)
{
	bool with_child = message->payloads & FSM_PAYLOAD(PAYLOAD_SA);
	struct v2_answer answer = { .first = true };
	struct build out;

	if (!reply->good)
		return refuse(sa, message,
			      reply->text ? reply->text : "no AUTH of our own",
			      "is the secret, or the private key, loaded?");
	answer.nonces[0] = buf_span(&sa->nonce_i);
	answer.nonces[1] = buf_span(&sa->nonce_r);
	table_remove(&sa->ike.engine->by_init, &sa->ike.by_init);
	ike_sa_established(&sa->ike, sa->initial_contact);
	build_start_inner(&out);
	v2_auth_add(&out, sa, reply);
	if (with_child) {
		v2_answer_child(sa, message, &answer);
		v2_answer_add(&answer, &out);
	}
	v2_respond(sa, message, &out);
	if (answer.child)
		child_up(answer.child, NULL);
	v2_answer_free(&answer);
	buf_free(&sa->message_1);
	buf_free(&sa->message_2);
	return FSM_OK;
}

static enum fsm_verdict request_verified(struct ikev2_sa *sa,
					 struct v2_message *message,
					 const struct env_auth_reply *reply)
{
	char id[IDENT_TEXT_SIZE], text[300];

	if (!reply->good)
		return refuse(sa, message,
			      reply->text ? reply->text : "the AUTH is wrong",
			      "are secret, certificates and both ids right?");
	if (ike_sa_is_unwanted(&sa->ike)) {
		snprintf(text, sizeof(text), "%.200s is connected already",
			 ident_show(&sa->ike.remote_id, id));
		return refuse(sa, message, text, "unique = keep");
	}
	return v2_auth_sign(sa, request_signed);
}

static enum fsm_verdict identified(struct ikev2_sa *sa,
				   const struct v2_message *message,
				   const struct payload_auth *auth,
				   const struct ident *asked)
{
	struct payload_notify notify;
	struct conn *conn;
	struct err err;

	conn = choose(sa, message, auth, asked, &err);
	if (!conn)
		return refuse(sa, message, err.text, "");
	ike_sa_set_conn(&sa->ike, conn_get(conn));
	if (conn->fragmentation == FRAG_NO)
		sa->peer_fragments = false;
	if (!(message->payloads & FSM_PAYLOAD(PAYLOAD_SA)) &&
	    conn->childless == CHILDLESS_NEVER)
		return refuse(sa, message, "the peer wants no child at once",
			      "childless = never");
	if (set_own_id(sa, asked))
		return refuse(sa, message, "no identity of our own", "");
	v2_take_certreqs(sa, &message->chain);
	sa->initial_contact =
		chain_notify(&message->chain, NOTIFY_INITIAL_CONTACT, &notify);
	ike_sa_set_state(&sa->ike, IKE_AUTHENTICATING);
	return v2_auth_verify(sa, message, request_verified);
}

enum fsm_verdict v2_auth_request(struct ike_sa *ike, void *arg)
{
	const struct v2_message *message = arg;
	const struct payload *payload =
		chain_find(&message->chain, PAYLOAD_IDR, NULL);
	struct ikev2_sa *sa = v2_sa(ike);
	struct payload_auth auth;
	struct ident asked = { 0 };
	enum fsm_verdict verdict = FSM_SYNTAX;
	struct err err;

	if (!v2_auth_peer_id(sa, message, PAYLOAD_IDI, &err) &&
	    !payload_auth(chain_find(&message->chain, PAYLOAD_AUTH, NULL)->body,
			  &auth, &err) &&
	    (!payload || !ident_from_wire(&asked, payload->body, &err)))
		verdict =
			identified(sa, message, &auth, payload ? &asked : NULL);
	ident_free(&asked);
	return verdict;
}
