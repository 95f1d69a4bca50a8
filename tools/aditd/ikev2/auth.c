// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * IKE_AUTH of the initiator (RFC 7296, 1.2, 2.15), and what both roles have in
 * common there. AUTH itself is computed where the keys are.
 */
#include <stdio.h>

#include "v2.h"

enum { CERTS_MAX = 16 };

int v2_auth_own_id(struct ikev2_sa *sa)
{
	const struct ident *id = &sa->ike.conn->local[0].id;

	ident_free(&sa->ike.local_id);
	if (id->type != IDENT_ANY)
		return ident_copy(&sa->ike.local_id, id);
	return ident_from_addr(&sa->ike.local_id, &sa->ike.path.local);
}

int v2_auth_peer_id(struct ikev2_sa *sa, const struct v2_message *message,
		    uint8_t type, struct err *err)
{
	const struct payload *payload = chain_find(&message->chain, type, NULL);

	ident_free(&sa->ike.remote_id);
	buf_free(&sa->peer_id);
	buf_add_span(&sa->peer_id, payload->body);
	if (sa->peer_id.failed)
		return err_set(err, ERR_REFUSED, "out of memory");
	return ident_from_wire(&sa->ike.remote_id, payload->body, err);
}

static bool wants_pss(const struct conf_round *round)
{
	return round->method && strstr(round->method, "pss");
}

static void ask(struct ikev2_sa *sa, struct env_auth *auth)
{
	const struct env *env = &sa->ike.engine->env;

	auth->cookie = ike_sa_cookie(&sa->ike);
	auth->conn = sa->ike.conn;
	auth->local = &sa->ike.local_id;
	auth->remote = &sa->ike.remote_id;
	auth->local_addr = sa->ike.path.local;
	auth->remote_addr = sa->ike.path.remote;
	auth->prf = sa->ike.prf;
	snprintf(sa->ike.waits_for, sizeof(sa->ike.waits_for),
		 auth->verify ? "check of the peer's AUTH" : "our own AUTH");
	env->ops->auth(env->world, auth);
}

enum fsm_verdict v2_auth_sign(struct ikev2_sa *sa, v2_then_fn then)
{
	struct buf id = BUF_INIT, octets = BUF_INIT;
	struct env_auth auth = {
		.round = &sa->ike.conn->local[0],
		.hashes = sa->peer_hashes,
		.pss = wants_pss(&sa->ike.conn->local[0]),
		.certreqs = buf_span(&sa->certreqs),
	};
	int ret;

	ident_to_wire(&sa->ike.local_id, &id);
	ret = id.failed ||
	      v2_auth_octets(sa, sa->ike.initiator, buf_span(&id), &octets);
	if (!ret) {
		auth.octets = buf_span(&octets);
		v2_suspend(sa, then);
		ask(sa, &auth);
	}
	buf_free(&id);
	buf_free(&octets);
	if (!ret)
		return FSM_SUSPEND;
	ike_sa_fail(&sa->ike, "AUTH can't be computed", "is memory short?");
	return FSM_DONE;
}

enum fsm_verdict v2_auth_verify(struct ikev2_sa *sa,
				const struct v2_message *message,
				v2_then_fn then)
{
	const struct payload *payload =
		chain_find(&message->chain, PAYLOAD_AUTH, NULL);
	struct span certs[CERTS_MAX];
	struct buf octets = BUF_INIT;
	struct env_auth auth = {
		.verify = true,
		.round = &sa->ike.conn->remote[0],
		.certs = certs,
	};
	struct payload_auth theirs;
	struct err err;

	if (payload_auth(payload->body, &theirs, &err))
		return FSM_SYNTAX;
	if (v2_auth_octets(sa, !sa->ike.initiator, buf_span(&sa->peer_id),
			   &octets)) {
		buf_free(&octets);
		ike_sa_fail(&sa->ike, "AUTH can't be checked",
			    "is memory short?");
		return FSM_DONE;
	}
	payload = NULL;
	while (auth.n_certs < CERTS_MAX &&
	       (payload = chain_find(&message->chain, PAYLOAD_CERT, payload)) !=
		       NULL)
		certs[auth.n_certs++] = payload->body;
	auth.octets = buf_span(&octets);
	auth.method = theirs.method;
	auth.auth = theirs.data;
	v2_suspend(sa, then);
	ask(sa, &auth);
	buf_free(&octets);
	return FSM_SUSPEND;
}

void v2_take_certreqs(struct ikev2_sa *sa, const struct chain *chain)
{
	const struct payload *payload = NULL;

	buf_free(&sa->certreqs);
	while ((payload = chain_find(chain, PAYLOAD_CERTREQ, payload)) != NULL)
		if (payload->body.len > 1 && payload->body.len % 20 == 1 &&
		    payload->body.data[0] == CERT_X509_SIGNATURE &&
		    sa->certreqs.len < 16384)
			buf_add(&sa->certreqs, payload->body.data + 1,
				payload->body.len - 1);
}

/* ID, [CERT ...,] AUTH; what is between them stands elsewhere. */
void v2_auth_add(struct build *out, const struct ikev2_sa *sa,
		 const struct env_auth_reply *reply)
{
	struct buf id = BUF_INIT;

	ident_to_wire(&sa->ike.local_id, &id);
	build_span(out, sa->ike.initiator ? PAYLOAD_IDI : PAYLOAD_IDR,
		   buf_span(&id));
	buf_free(&id);
	for (size_t i = 0; i < reply->n_certs; i++)
		build_span(out, PAYLOAD_CERT, reply->certs[i]);
	build_auth(out, reply->method, reply->auth);
}

/* Has the peer, as far as we know, nothing of us? */
static bool is_first_contact(const struct ike_sa *ike)
{
	const struct ike_sa *other = ike->engine->first;

	while (other && (other == ike || !other->conn || !other->established ||
			 strcmp(other->conn->name, ike->conn->name) != 0))
		other = other->next;
	return !other && ike->conn->unique != UNIQUE_NEVER;
}

/* "Which of you do I mean": not if any will do. */
static void add_wanted_id(const struct ikev2_sa *sa, struct build *out)
{
	const struct ident *id = &sa->ike.conn->remote[0].id;
	char text[IDENT_TEXT_SIZE];
	struct buf body = BUF_INIT;

	if (id->type == IDENT_ANY || strchr(ident_show(id, text), '*'))
		return;
	ident_to_wire(id, &body);
	build_span(out, PAYLOAD_IDR, buf_span(&body));
	buf_free(&body);
}

/*
 * The first of the children that are wanted comes with IKE_AUTH, unless that
 * shall, or may, be without one. -1 if that can't be.
 */
static int begin_child(struct ikev2_sa *sa)
{
	struct ike_sa *ike = &sa->ike;
	enum conf_childless childless = ike->conn->childless;
	bool without = childless == CHILDLESS_FORCE ||
		       (childless == CHILDLESS_PREFER && sa->peer_childless);

	if (without && !sa->peer_childless) {
		ike_sa_fail(ike, "the peer does not know childless IKE SAs",
			    "childless = force needs RFC 6023 on both ends");
		return -1;
	}
	if (without)
		return 0;
	ike->active = task_take_kind(&ike->tasks, TASK_CHILD);
	if (!ike->active && !sa->peer_childless) {
		if (ike->conn->children)
			ike_sa_want_child(ike, ike->conn->children, NULL, NULL);
		ike->active = task_take_kind(&ike->tasks, TASK_CHILD);
		if (!ike->active) {
			ike_sa_fail(ike, "there is no child to begin with",
				    "the peer does not know childless IKE SAs");
			return -1;
		}
	}
	if (ike->active && v2_offer_begin(sa, ike->active, false)) {
		ike_sa_fail(ike, "the child can't be offered",
			    "is memory short?");
		return -1;
	}
	return 0;
}

static enum fsm_verdict auth_send(struct ikev2_sa *sa,
				  struct v2_message *message,
				  const struct env_auth_reply *reply)
{
	struct span none = { 0 };
	struct build out;

	(void)message;
	if (!reply->good) {
		ike_sa_fail(&sa->ike, reply->text ? reply->text : "no AUTH",
			    "is the secret, or the private key, loaded?");
		return FSM_DONE;
	}
	if (begin_child(sa))
		return FSM_DONE;
	build_start_inner(&out);
	v2_auth_add(&out, sa, reply);
	if (is_first_contact(&sa->ike))
		build_notify(&out, PROTOCOL_NONE, none, NOTIFY_INITIAL_CONTACT,
			     none);
	v2_add_certreqs(sa, &out, sa->ike.conn);
	add_wanted_id(sa, &out);
	if (sa->making.child)
		v2_offer_add(sa, &out);
	v2_request(sa, EXCHANGE_IKE_AUTH, &out);
	return FSM_OK;
}

enum fsm_verdict v2_auth_begin(struct ikev2_sa *sa)
{
	if (v2_auth_own_id(sa)) {
		ike_sa_fail(&sa->ike, "no identity of our own",
			    "is memory short?");
		return FSM_DONE;
	}
	return v2_auth_sign(sa, auth_send);
}

enum fsm_verdict v2_auth_refused(struct ike_sa *ike, void *arg)
{
	const struct v2_message *message = arg;
	char text[128], all[192];
	uint16_t type;

	if (!v2_refusal(message, &type, text))
		return FSM_SYNTAX;
	snprintf(all, sizeof(all), "%s to IKE_AUTH", text);
	ike_sa_fail(ike, all,
		    type == NOTIFY_AUTHENTICATION_FAILED ?
			    "are secret, certificates and both ids right? The "
			    "peer's log says more" :
			    "");
	return FSM_DONE;
}

/* The peer believes that the SA is up (RFC 7296, 2.21.2). */
static void tell_refusal(struct ikev2_sa *sa)
{
	struct build out;

	build_start_inner(&out);
	build_notify(&out, PROTOCOL_NONE, span_of(NULL, 0),
		     NOTIFY_AUTHENTICATION_FAILED, span_of(NULL, 0));
	v2_request(sa, EXCHANGE_INFORMATIONAL, &out);
	retx_stop(&sa->ike);
}

static void take_child(struct ikev2_sa *sa, const struct v2_message *message)
{
	const struct span nonces[2] = { buf_span(&sa->nonce_i),
					buf_span(&sa->nonce_r) };
	struct ike_sa *ike = &sa->ike;
	char text[128];
	struct err err;
	uint16_t type;

	if (!ike->active)
		return;
	if (!(message->payloads & FSM_PAYLOAD(PAYLOAD_SA))) {
		err_set(&err, ERR_REFUSED, "child %s: %s",
			ike->active->conf->name,
			v2_refusal(message, &type, text) ?
				text :
				"the peer made none");
		engine_fail(ike->engine, ike, ike->conn->name, err.text,
			    "do proposals and selectors of both ends fit?");
		v2_making_free(sa);
		v2_task_done(sa, -1, err.text);
		return;
	}
	if (v2_offer_answered(sa, message, nonces, &err)) {
		engine_fail(ike->engine, ike, ike->conn->name, err.text, "");
		v2_task_done(sa, -1, err.text);
		return;
	}
	v2_task_done(sa, 0, "");
}

static enum fsm_verdict auth_verified(struct ikev2_sa *sa,
				      struct v2_message *message,
				      const struct env_auth_reply *reply)
{
	if (!reply->good) {
		tell_refusal(sa);
		ike_sa_fail(&sa->ike,
			    reply->text ? reply->text : "the AUTH is wrong",
			    "");
		return FSM_DONE;
	}
	ike_sa_established(&sa->ike, false);
	buf_free(&sa->message_1);
	buf_free(&sa->message_2);
	take_child(sa, message);
	return FSM_OK;
}

enum fsm_verdict v2_auth_response(struct ike_sa *ike, void *arg)
{
	const struct v2_message *message = arg;
	struct ikev2_sa *sa = v2_sa(ike);
	char got[IDENT_TEXT_SIZE], want[IDENT_TEXT_SIZE];
	const struct ident *expected = &ike->conn->remote[0].id;
	struct err err;

	if (v2_auth_peer_id(sa, message, PAYLOAD_IDR, &err))
		return FSM_SYNTAX;
	if (!ident_match(&ike->remote_id, expected)) {
		err_set(&err, ERR_REFUSED,
			"the peer is %.200s; we expect %.200s",
			ident_show(&ike->remote_id, got),
			ident_show(expected, want));
		tell_refusal(sa);
		ike_sa_fail(ike, err.text, "is remote.id right?");
		return FSM_DONE;
	}
	return v2_auth_verify(sa, message, auth_verified);
}
