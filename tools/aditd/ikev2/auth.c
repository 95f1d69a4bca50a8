// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * IKE_AUTH (RFC 7296, 1.2, 2.15), as far as both roles have it in common. AUTH
 * itself is computed where the keys are.
 */
#include <stdio.h>

#include "v2.h"

enum { CERTS_MAX = 16 };

int v2_auth_own_id(struct ikev2_sa *sa)
{
	const struct conf_round *round = v2_local_round(sa);
	const struct ident *id = &round->id;

	ident_free(&sa->ike.local_id);
	if (id->type == IDENT_ANY)
		id = &round->cert_id;
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
	auth->prf = sa->ike.algs.prf;
	snprintf(sa->ike.waits_for, sizeof(sa->ike.waits_for),
		 auth->verify ? "check of the peer's AUTH" : "our own AUTH");
	env->ops->auth(env->world, auth);
}

/* AUTH of both ends is then of one round: the initiator's. */
static void by_eap(const struct ikev2_sa *sa, struct env_auth *auth)
{
	auth->eap = EAP_MSK;
	auth->session = sa->rounds.session;
	auth->round = sa->ike.initiator ? v2_local_round(sa) :
					  v2_remote_round(sa);
}

enum fsm_verdict v2_auth_sign(struct ikev2_sa *sa, v2_then_fn then)
{
	struct buf id = BUF_INIT, octets = BUF_INIT;
	struct env_auth auth = {
		.round = v2_local_round(sa),
		.hashes = sa->peer_hashes,
		.certreqs = buf_span(&sa->certreqs),
	};
	int ret;

	if (sa->rounds.eap == V2_EAP_AUTH)
		by_eap(sa, &auth);
	auth.pss = wants_pss(auth.round);
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
		.round = v2_remote_round(sa),
		.certs = certs,
	};
	struct payload_auth theirs;
	struct err err;

	if (payload_auth(payload->body, &theirs, &err))
		return FSM_SYNTAX;
	if (sa->rounds.eap == V2_EAP_AUTH)
		by_eap(sa, &auth);
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
	auth.auth = v2_ppk_auth(sa, message, theirs.data);
	v2_suspend(sa, then);
	ask(sa, &auth);
	buf_free(&octets);
	return FSM_SUSPEND;
}

void v2_auth_add_id(struct build *out, const struct ikev2_sa *sa)
{
	struct buf id = BUF_INIT;

	ident_to_wire(&sa->ike.local_id, &id);
	build_span(out, sa->ike.initiator ? PAYLOAD_IDI : PAYLOAD_IDR,
		   buf_span(&id));
	buf_free(&id);
}

/* ID, [CERT ...,] AUTH; what is between them stands elsewhere. */
void v2_auth_add(struct build *out, const struct ikev2_sa *sa,
		 const struct env_auth_reply *reply)
{
	v2_auth_add_id(out, sa);
	for (size_t i = 0; i < reply->n_certs; i++)
		build_span(out, PAYLOAD_CERT, reply->certs[i]);
	build_auth(out, reply->method, reply->auth);
}
