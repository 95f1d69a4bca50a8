// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * IKE_AUTH of the responder (RFC 7296, 1.2, 2.15), one exchange or several, see
 * rounds.c.
 */
#include <stdio.h>
#include <stdlib.h>

#include "v2.h"

enum fsm_verdict v2_auth_refuse(struct ikev2_sa *sa,
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
			{ TRANSFORM_ENCR, ike->algs.encr, ike->algs.encr_bits },
			{ TRANSFORM_PRF, ike->algs.prf, 0 },
			{ TRANSFORM_KE, ike->algs.dh, 0 },
		},
	};

	for (unsigned int i = 0; i < PROPOSAL_ADDKE_MAX; i++)
		if (ike->algs.addke[i])
			agreed.transforms[agreed.n++] = (struct transform){
				(uint8_t)(TRANSFORM_ADDKE1 + i),
				ike->algs.addke[i], 0
			};
	if (ike->algs.integ)
		agreed.transforms[agreed.n++] =
			(struct transform){ TRANSFORM_INTEG, ike->algs.integ,
					    0 };
	return proposal_check(&conn->proposals, &agreed, 0, err);
}

static struct conn *choose(struct ikev2_sa *sa,
			   const struct v2_message *message, enum conf_auth how,
			   const struct ident *asked, struct err *err)
{
	char id[IDENT_TEXT_SIZE], from[ENDPOINT_TEXT_SIZE];
	struct conn *conn;

	conn = conn_choose(sa->ike.engine, message->path, &sa->ike.remote_id,
			   asked, how, err);
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

static bool has(const struct v2_message *message, uint8_t payload)
{
	return message->payloads & FSM_PAYLOAD(payload);
}

/* Without a child there is still to be said that there is no address. */
static void add_refusal(const struct ikev2_sa *sa, struct build *out)
{
	uint16_t notify;
	char text[400];

	notify = v2_cp_refusal(sa, text);
	if (notify != NOTIFY_INTERNAL_ADDRESS_FAILURE)
		return;
	build_notify(out, PROTOCOL_NONE, span_of(NULL, 0), notify,
		     span_of(NULL, 0));
	engine_fail(sa->ike.engine, &sa->ike, sa->ike.conn->name, text, "");
}

void v2_auth_finish(struct ikev2_sa *sa, const struct v2_message *first,
		    const struct v2_message *message, struct build *out)
{
	bool with_child = chain_find(&first->chain, PAYLOAD_SA, NULL);
	struct v2_answer made = { .first = true };

	made.nonces[0] = buf_span(&sa->nonce_i);
	made.nonces[1] = buf_span(&sa->nonce_r);
	table_remove(&sa->ike.engine->by_init, &sa->ike.by_init);
	ike_sa_established(&sa->ike, sa->initial_contact);
	v2_mobike_read(sa, &first->chain);
	v2_qcd_read(sa, &first->chain);
	/* Before all that is of the child (RFC 6290, 4.2). */
	v2_qcd_add(sa, out);
	v2_cp_answer(sa, out);
	if (with_child) {
		v2_answer_child(sa, first, &made);
		v2_answer_add(&made, out);
	} else {
		add_refusal(sa, out);
	}
	if (sa->peer_mobike)
		v2_mobike_add(sa, out);
	v2_ticket_answer(sa, &first->chain, out);
	v2_respond(sa, message, out);
	if (made.child)
		child_up(made.child, NULL);
	v2_answer_free(&made);
	buf_free(&sa->message_1);
	buf_free(&sa->message_2);
	v2_rounds_free(sa);
}

/* Of several exchanges. It was parsed before, so it can be again. */
static void finish_later(struct ikev2_sa *sa, const struct v2_message *message,
			 struct build *out)
{
	struct v2_message *first = calloc(1, sizeof(*first));
	uint8_t critical;
	struct err err;

	if (first &&
	    !chain_parse(&first->chain, sa->rounds.request_first,
			 buf_span(&sa->rounds.request), &critical, &err)) {
		first->header = message->header;
		first->path = message->path;
		v2_auth_finish(sa, first, message, out);
	} else {
		build_free(out);
		ike_sa_fail(&sa->ike, "no answer", "is memory short?");
	}
	free(first);
}

static int keep_request(struct ikev2_sa *sa, const struct v2_message *message)
{
	buf_add_span(&sa->rounds.request, message->plain);
	sa->rounds.request_first = message->first;
	return sa->rounds.request.failed ? -1 : 0;
}

/* What is due is in @out. Is it all, or does IKE_AUTH go on? */
static enum fsm_verdict
answer(struct ikev2_sa *sa, const struct v2_message *message, struct build *out)
{
	bool over = sa->rounds.eap == V2_EAP_NONE && !v2_local_round(sa) &&
		    !v2_remote_round(sa);

	v2_ppk_add(sa, out);
	if (over && !sa->rounds.request.len) {
		v2_auth_finish(sa, message, message, out);
	} else if (over) {
		finish_later(sa, message, out);
	} else if (!sa->rounds.request.len && keep_request(sa, message)) {
		build_free(out);
		return v2_auth_refuse(sa, message, "IKE_AUTH cannot go on",
				      "is memory short?");
	} else {
		v2_respond(sa, message, out);
	}
	return FSM_OK;
}

static enum fsm_verdict request_signed(struct ikev2_sa *sa,
				       struct v2_message *message,
				       const struct env_auth_reply *reply)
{
	struct build out;

	if (!reply->good)
		return v2_auth_refuse(
			sa, message,
			reply->text ? reply->text : "no AUTH of our own",
			"is the secret, or the private key, loaded?");
	sa->rounds.local++;
	build_start_inner(&out);
	v2_auth_add(&out, sa, reply);
	v2_eap_add(sa, &out);
	v2_rounds_add_another(sa, &out);
	return answer(sa, message, &out);
}

/* The next of our own rounds goes with this answer. */
static enum fsm_verdict sign_round(struct ikev2_sa *sa,
				   struct v2_message *message)
{
	const struct conf_round *round = v2_local_round(sa);
	struct build out;

	if (!round) {
		build_start_inner(&out);
		v2_eap_add(sa, &out);
		return answer(sa, message, &out);
	}
	if (sa->rounds.local && v2_auth_own_id(sa))
		return v2_auth_refuse(sa, message, "no identity of our own",
				      "");
	if (round->auth != AUTH_WITH_EAP)
		return v2_auth_sign(sa, request_signed);
	/* RFC 5998: of ours there is only the AUTH that follows EAP. */
	if (sa->rounds.eap == V2_EAP_NONE || !sa->rounds.eap_only)
		return v2_auth_refuse(
			sa, message,
			"the peer wants us to authenticate before EAP",
			"local.auth = eap needs RFC 5998 and remote.auth = eap on both ends");
	build_start_inner(&out);
	v2_auth_add_id(&out, sa);
	v2_eap_add(sa, &out);
	return answer(sa, message, &out);
}

/* A round of the peer's is over. */
static enum fsm_verdict peer_done(struct ikev2_sa *sa,
				  const struct v2_message *message)
{
	char id[IDENT_TEXT_SIZE], text[300];
	struct err err;

	sa->rounds.remote++;
	if (v2_rounds_check(sa, message, &err))
		return v2_auth_refuse(sa, message, err.text,
				      "the remote sections are its rounds");
	if (v2_remote_round(sa) || !ike_sa_is_unwanted(&sa->ike))
		return FSM_OK;
	snprintf(text, sizeof(text), "%.200s is connected already",
		 ident_show(&sa->ike.remote_id, id));
	return v2_auth_refuse(sa, message, text, "unique = keep");
}

static enum fsm_verdict request_verified(struct ikev2_sa *sa,
					 struct v2_message *message,
					 const struct env_auth_reply *reply)
{
	enum fsm_verdict verdict;

	if (!reply->good)
		return v2_auth_refuse(
			sa, message,
			reply->text ? reply->text : "the AUTH is wrong",
			sa->ppk.mixed ?
				"or do the PPKs differ?" :
				"are secret, certificates and both ids right?");
	verdict = peer_done(sa, message);
	return verdict == FSM_OK ? sign_round(sa, message) : verdict;
}

/* ----------------------------------------------------------------------- EAP */

static enum fsm_verdict eap_begun(struct ikev2_sa *sa,
				  struct v2_message *message,
				  const struct env_auth_reply *reply)
{
	if (!reply->good || v2_eap_keep(sa, reply))
		return v2_auth_refuse(
			sa, message, reply->text ? reply->text : "no EAP",
			"is there an eap secret, or a certificate?");
	return sign_round(sa, message);
}

static enum fsm_verdict begin_eap(struct ikev2_sa *sa,
				  const struct v2_message *message)
{
	if (v2_remote_round(sa)->auth != AUTH_WITH_EAP)
		return v2_auth_refuse(
			sa, message,
			"the peer sends no AUTH, as if it wanted EAP",
			"is remote.auth to be eap?");
	sa->rounds.eap = V2_EAP_RUNS;
	return v2_eap_ask(sa, span_of(NULL, 0), eap_begun);
}

/* EAP's Failure says it to the peer (RFC 7296, 2.16). */
static enum fsm_verdict eap_answered(struct ikev2_sa *sa,
				     struct v2_message *message,
				     const struct env_auth_reply *reply)
{
	struct build out;

	if (v2_eap_keep(sa, reply) || !sa->rounds.packet.len)
		return v2_auth_refuse(
			sa, message,
			reply->text && *reply->text ? reply->text : "no EAP",
			"");
	if (reply->good && reply->eap_done)
		sa->rounds.eap = V2_EAP_AUTH;
	build_start_inner(&out);
	v2_eap_add(sa, &out);
	v2_respond(sa, message, &out);
	if (reply->good)
		return FSM_OK;
	ike_sa_fail(&sa->ike, reply->text ? reply->text : "EAP failed",
		    "has the peer the right secret?");
	return FSM_DONE;
}

static enum fsm_verdict eap_signed(struct ikev2_sa *sa,
				   struct v2_message *message,
				   const struct env_auth_reply *reply)
{
	const struct conf_round *round = v2_local_round(sa);
	enum fsm_verdict verdict;
	struct build out;

	if (!reply->good)
		return v2_auth_refuse(
			sa, message, reply->text ? reply->text : "no AUTH", "");
	v2_eap_end(sa);
	verdict = peer_done(sa, message);
	if (verdict != FSM_OK)
		return verdict;
	build_start_inner(&out);
	build_auth(&out, reply->method, reply->auth);
	if (round && round->auth == AUTH_WITH_EAP) {
		sa->rounds.local++;
		v2_rounds_add_another(sa, &out);
	}
	return answer(sa, message, &out);
}

static enum fsm_verdict eap_verified(struct ikev2_sa *sa,
				     struct v2_message *message,
				     const struct env_auth_reply *reply)
{
	if (!reply->good)
		return v2_auth_refuse(
			sa, message,
			reply->text ? reply->text : "the AUTH is wrong", "");
	return v2_auth_sign(sa, eap_signed);
}

/* ------------------------------------------------------------------ requests */

static enum fsm_verdict keys_known(struct ikev2_sa *sa,
				   struct v2_message *message,
				   const struct env_auth_reply *reply)
{
	(void)reply;
	return v2_auth_verify(sa, message,
			      sa->rounds.eap == V2_EAP_AUTH ? eap_verified :
							      request_verified);
}

static enum fsm_verdict identified(struct ikev2_sa *sa,
				   struct v2_message *message,
				   enum conf_auth how,
				   const struct ident *asked)
{
	const struct chain *chain = &message->chain;
	struct payload_notify notify;
	struct conn *conn;
	struct err err;

	conn = choose(sa, message, how, asked, &err);
	if (!conn)
		return v2_auth_refuse(sa, message, err.text, "");
	ike_sa_set_conn(&sa->ike, conn_get(conn));
	if (!has(message, PAYLOAD_SA) && conn->childless == CHILDLESS_NEVER)
		return v2_auth_refuse(sa, message,
				      "the peer wants no child at once",
				      "childless = never");
	if (v2_cp_asked(sa, message))
		return FSM_SYNTAX;
	if (set_own_id(sa, asked))
		return v2_auth_refuse(sa, message, "no identity of our own",
				      "");
	v2_certreqs_take(sa, chain);
	sa->initial_contact =
		chain_notify(chain, NOTIFY_INITIAL_CONTACT, &notify);
	sa->rounds.eap_only =
		chain_notify(chain, NOTIFY_EAP_ONLY_AUTHENTICATION, &notify);
	sa->rounds.multiple =
		chain_notify(chain, NOTIFY_MULTIPLE_AUTH_SUPPORTED, &notify);
	ike_sa_set_state(&sa->ike, IKE_AUTHENTICATING);
	if (conn->local_n > 1 && !sa->rounds.multiple)
		return v2_auth_refuse(
			sa, message,
			"the peer does not know several rounds of authentication",
			"more than one local section needs RFC 4739 on both ends");
	return has(message, PAYLOAD_AUTH) ?
		       v2_ppk_request(sa, message, keys_known) :
		       begin_eap(sa, message);
}

static int read_how(const struct v2_message *message, enum conf_auth *how)
{
	struct payload_auth auth;
	struct err err;

	*how = AUTH_WITH_EAP;
	if (!has(message, PAYLOAD_AUTH))
		return 0;
	if (payload_auth(chain_find(&message->chain, PAYLOAD_AUTH, NULL)->body,
			 &auth, &err))
		return -1;
	*how = auth.method == AUTH_PSK ? AUTH_WITH_PSK : AUTH_WITH_PUBKEY;
	return 0;
}

enum fsm_verdict v2_auth_request(struct ike_sa *ike, void *arg)
{
	struct v2_message *message = arg;
	const struct payload *payload =
		chain_find(&message->chain, PAYLOAD_IDR, NULL);
	struct ikev2_sa *sa = v2_sa(ike);
	struct ident asked = { 0 };
	enum fsm_verdict verdict = FSM_SYNTAX;
	enum conf_auth how;
	struct err err;

	if (sa->resume.ticket)
		return v2_resume_auth_request(sa, message);
	/* Not before all keys are exchanged. */
	if (v2_more_left(&sa->more))
		return FSM_SYNTAX;
	sa->auth_id = message->header.id;
	if (!v2_auth_peer_id(sa, message, PAYLOAD_IDI, &err) &&
	    !read_how(message, &how) &&
	    (!payload || !ident_from_wire(&asked, payload->body, &err)))
		verdict = identified(sa, message, how, payload ? &asked : NULL);
	ident_free(&asked);
	return verdict;
}

static enum fsm_verdict next_round(struct ikev2_sa *sa,
				   const struct v2_message *message)
{
	char got[IDENT_TEXT_SIZE], want[IDENT_TEXT_SIZE];
	const struct conf_round *round = v2_remote_round(sa);
	struct err err;

	if (!round || v2_auth_peer_id(sa, message, PAYLOAD_IDI, &err))
		return FSM_SYNTAX;
	if (!ident_match(&sa->ike.remote_id, &round->id)) {
		err_set(&err, ERR_REFUSED,
			"the peer is %.200s in round %zu; we expect %.200s",
			ident_show(&sa->ike.remote_id, got),
			sa->rounds.remote + 1, ident_show(&round->id, want));
		return v2_auth_refuse(sa, message, err.text,
				      "is remote.id right?");
	}
	if (has(message, PAYLOAD_AUTH))
		return v2_auth_verify(sa, message, request_verified);
	return begin_eap(sa, message);
}

enum fsm_verdict v2_auth_next_request(struct ike_sa *ike, void *arg)
{
	struct v2_message *message = arg;
	struct ikev2_sa *sa = v2_sa(ike);
	enum v2_eap eap = sa->rounds.eap;

	if (!v2_rounds_count(sa))
		return v2_auth_refuse(sa, message,
				      "IKE_AUTH does not come to an end", "");
	if ((eap == V2_EAP_RUNS) != has(message, PAYLOAD_EAP))
		return FSM_SYNTAX;
	if (eap == V2_EAP_RUNS)
		return v2_eap_ask(
			sa,
			chain_find(&message->chain, PAYLOAD_EAP, NULL)->body,
			eap_answered);
	if (eap == V2_EAP_AUTH) {
		if (has(message, PAYLOAD_IDI) || !has(message, PAYLOAD_AUTH))
			return FSM_SYNTAX;
		return sa->rounds.remote ?
			       v2_auth_verify(sa, message, eap_verified) :
			       v2_ppk_request(sa, message, keys_known);
	}
	if (has(message, PAYLOAD_IDI))
		return next_round(sa, message);
	/* The peer has said all, and is not surprised that we have not. */
	if (has(message, PAYLOAD_AUTH) || v2_remote_round(sa) ||
	    !v2_local_round(sa))
		return FSM_SYNTAX;
	return sign_round(sa, message);
}

enum fsm_verdict v2_auth_given_up(struct ike_sa *ike, void *arg)
{
	const struct v2_message *message = arg;
	struct ikev2_sa *sa = v2_sa(ike);
	char text[128], all[256];
	struct build out;
	uint16_t type;

	build_start_inner(&out);
	v2_respond(sa, message, &out);
	/* It may be what we have just said. */
	if (*sa->rounds.why)
		snprintf(all, sizeof(all), "%s", sa->rounds.why);
	else
		snprintf(all, sizeof(all), "%s",
			 v2_refusal(message, &type, text) ?
				 text :
				 "the peer gave up in IKE_AUTH");
	ike_sa_fail(ike, all, "the peer's log says more");
	return FSM_DONE;
}
