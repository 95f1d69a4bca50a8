// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * IKE_AUTH of the initiator (RFC 7296, 1.2, 2.15), one exchange or several, see
 * rounds.c.
 */
#include <stdio.h>

#include "../proto/names.h"
#include "v2.h"

/* Has the peer, as far as we know, nothing of us? */
static bool is_first_contact(const struct ike_sa *ike)
{
	const struct ike_sa *other = NULL;

	do {
		other = conn_next_sa(ike->engine, ike->conn->name, other);
	} while (other &&
		 (other == ike || !other->established || other->orphaned));
	return !other && ike->conn->unique != UNIQUE_NEVER;
}

/* "Which of you do I mean": not if any will do. */
static void add_wanted_id(const struct ikev2_sa *sa, struct build *out)
{
	const struct ident *id = &sa->ike.conn->remote[0].id;
	char text[IDENT_TEXT_SIZE];
	struct buf body = BUF_INIT;

	/* There is no other one (RFC 5723, 4.3.3). */
	if (sa->resume.ticket)
		id = &sa->resume.ticket->session.remote;
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

/* How both are to show who they are, which needs no words when it goes on. */
static void add_methods(struct ikev2_sa *sa, struct build *out)
{
	const struct conn *conn = sa->ike.conn;
	struct span none = { 0 };

	v2_ppk_add(sa, out);
	build_notify(out, PROTOCOL_NONE, none, NOTIFY_MULTIPLE_AUTH_SUPPORTED,
		     none);
	if (conn->local[0].auth == AUTH_WITH_EAP &&
	    conn->remote[0].auth == AUTH_WITH_EAP)
		build_notify(out, PROTOCOL_NONE, none,
			     NOTIFY_EAP_ONLY_AUTHENTICATION, none);
}

/* What is said once, beside who we are. */
static void add_first(struct ikev2_sa *sa, struct build *out)
{
	struct span none = { 0 };

	if (is_first_contact(&sa->ike))
		build_notify(out, PROTOCOL_NONE, none, NOTIFY_INITIAL_CONTACT,
			     none);
	if (!sa->resume.ticket)
		v2_certreqs_add(sa, out);
	add_wanted_id(sa, out);
	if (!sa->resume.ticket)
		add_methods(sa, out);
	/* Before all that is of the child (RFC 6290, 4.2). */
	v2_qcd_add(sa, out);
	v2_ticket_ask(sa, out);
	v2_cp_ask(sa, out);
	if (sa->making.child)
		v2_offer_add(sa, out);
	v2_mobike_add(sa, out);
}

/* Our ID, with the AUTH that is made for it; without one EAP is to begin. */
enum fsm_verdict v2_auth_send(struct ikev2_sa *sa, struct v2_message *message,
			      const struct env_auth_reply *reply)
{
	bool first = !sa->rounds.exchanges;
	struct build out;

	(void)message;
	if (reply && !reply->good) {
		ike_sa_fail(&sa->ike, reply->text ? reply->text : "no AUTH",
			    "is the secret, or the private key, loaded?");
		return FSM_DONE;
	}
	if (first && begin_child(sa))
		return FSM_DONE;
	build_start_inner(&out);
	if (reply) {
		sa->rounds.local++;
		v2_auth_add(&out, sa, reply);
		v2_rounds_add_another(sa, &out);
	} else {
		sa->rounds.eap = V2_EAP_RUNS;
		v2_auth_add_id(&out, sa);
	}
	if (first)
		add_first(sa, &out);
	v2_rounds_count(sa);
	v2_request(sa, EXCHANGE_IKE_AUTH, &out);
	return FSM_OK;
}

/* A PPK is of the first round. */
static enum fsm_verdict sign(struct ikev2_sa *sa, v2_then_fn then)
{
	return sa->rounds.local ? v2_auth_sign(sa, then) :
				  v2_ppk_sign(sa, then);
}

static enum fsm_verdict begin_round(struct ikev2_sa *sa)
{
	if (v2_auth_own_id(sa)) {
		ike_sa_fail(&sa->ike, "no identity of our own",
			    "is memory short?");
		return FSM_DONE;
	}
	if (v2_local_round(sa)->auth == AUTH_WITH_EAP)
		return v2_auth_send(sa, NULL, NULL);
	return sign(sa, v2_auth_send);
}

enum fsm_verdict v2_auth_begin(struct ikev2_sa *sa)
{
	sa->auth_id = sa->next_out;
	if (sa->rounds.multiple || sa->ike.conn->local_n == 1)
		return begin_round(sa);
	ike_sa_fail(&sa->ike,
		    "the peer does not know several rounds of authentication",
		    "more than one local section needs RFC 4739 on both ends");
	return FSM_DONE;
}

/* The peer believes that the SA is up (RFC 7296, 2.21.2). */
void v2_auth_tell(struct ikev2_sa *sa, uint16_t notify)
{
	struct build out;

	build_start_inner(&out);
	build_notify(&out, PROTOCOL_NONE, span_of(NULL, 0), notify,
		     span_of(NULL, 0));
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
	uint16_t type = 0;

	if (!ike->active)
		return;
	if (!(message->payloads & FSM_PAYLOAD(PAYLOAD_SA))) {
		err_set(&err, ERR_REFUSED, "child %s: %s",
			ike->active->conf->name,
			v2_refusal(message, &type, text) ?
				text :
				"the peer made none");
		engine_fail(ike->engine, ike, ike->conn->name, err.text,
			    v2_child_hint(type));
		v2_making_free(sa);
		v2_task_done(sa, -1, err.text);
		return;
	}
	if (v2_offer_answered(sa, message, &err) ||
	    v2_offer_install(sa, nonces, &err)) {
		engine_fail(ike->engine, ike, ike->conn->name, err.text, "");
		v2_task_done(sa, -1, err.text);
		return;
	}
	v2_task_done(sa, 0, "");
}

static enum fsm_verdict give_up(struct ikev2_sa *sa, const char *text,
				const char *hint)
{
	v2_auth_tell(sa, NOTIFY_AUTHENTICATION_FAILED);
	ike_sa_fail(&sa->ike, text, hint);
	return FSM_DONE;
}

enum fsm_verdict v2_auth_established(struct ikev2_sa *sa,
				     const struct v2_message *message)
{
	v2_cp_take(sa, message);
	ike_sa_established(&sa->ike, false);
	v2_mobike_read(sa, &message->chain);
	v2_qcd_read(sa, &message->chain);
	sa->resume.client = true;
	/* As if its place were in a message of its own (RFC 5723, 4.1). */
	if (v2_ticket_read(sa, &message->chain))
		ike_sa_want(&sa->ike, TASK_TICKET, 0);
	buf_free(&sa->message_1);
	buf_free(&sa->message_2);
	take_child(sa, message);
	return FSM_OK;
}

/* This answer is done with. */
static enum fsm_verdict next(struct ikev2_sa *sa,
			     const struct v2_message *message)
{
	struct build out;

	if (v2_local_round(sa))
		return begin_round(sa);
	if (!v2_remote_round(sa))
		return v2_auth_established(sa, message);
	/* We have said all, and the peer has not. */
	build_start_inner(&out);
	v2_request(sa, EXCHANGE_IKE_AUTH, &out);
	return FSM_OK;
}

static enum fsm_verdict peer_done(struct ikev2_sa *sa,
				  const struct v2_message *message,
				  struct err *err)
{
	sa->rounds.remote++;
	sa->rounds.mutual = false;
	return v2_rounds_check(sa, message, err) ? FSM_DONE : FSM_OK;
}

/* ----------------------------------------------------------------------- EAP */

static enum fsm_verdict eap_verified(struct ikev2_sa *sa,
				     struct v2_message *message,
				     const struct env_auth_reply *reply)
{
	struct err err;

	if (!reply->good)
		return give_up(sa, reply->text ? reply->text : "AUTH is wrong",
			       "");
	v2_eap_end(sa);
	sa->rounds.local++;
	if (sa->rounds.mutual && peer_done(sa, message, &err) != FSM_OK)
		return give_up(sa, err.text, "");
	return next(sa, message);
}

static enum fsm_verdict eap_signed(struct ikev2_sa *sa,
				   struct v2_message *message,
				   const struct env_auth_reply *reply)
{
	struct build out;

	(void)message;
	if (!reply->good)
		return give_up(sa, reply->text ? reply->text : "no AUTH", "");
	build_start_inner(&out);
	build_auth(&out, reply->method, reply->auth);
	v2_ppk_add(sa, &out);
	if (sa->rounds.local + 1 < sa->ike.conn->local_n)
		build_notify(&out, PROTOCOL_NONE, span_of(NULL, 0),
			     NOTIFY_ANOTHER_AUTH_FOLLOWS, span_of(NULL, 0));
	v2_request(sa, EXCHANGE_IKE_AUTH, &out);
	return FSM_OK;
}

static struct span eap_of(const struct v2_message *message)
{
	return chain_find(&message->chain, PAYLOAD_EAP, NULL)->body;
}

static enum fsm_verdict eap_answered(struct ikev2_sa *sa,
				     struct v2_message *message,
				     const struct env_auth_reply *reply)
{
	struct span packet = eap_of(message);
	struct build out;

	if (!reply->good) {
		/* Who has said no knows it. */
		if (!packet.len || packet.data[0] != EAP_CODE_FAILURE)
			v2_auth_tell(sa, NOTIFY_AUTHENTICATION_FAILED);
		ike_sa_fail(&sa->ike, reply->text ? reply->text : "EAP failed",
			    "are eap_id, aaa_id and the secret right?");
		return FSM_DONE;
	}
	if (reply->eap_done) {
		sa->rounds.eap = V2_EAP_AUTH;
		return sign(sa, eap_signed);
	}
	if (v2_eap_keep(sa, reply))
		return give_up(sa, "no answer in EAP", "is memory short?");
	build_start_inner(&out);
	v2_eap_add(sa, &out);
	v2_request(sa, EXCHANGE_IKE_AUTH, &out);
	return FSM_OK;
}

/* What concerns us, when what is said of the peer is checked. */
static enum fsm_verdict go_on(struct ikev2_sa *sa,
			      const struct v2_message *message)
{
	bool has_eap = message->payloads & FSM_PAYLOAD(PAYLOAD_EAP);
	bool has_auth = message->payloads & FSM_PAYLOAD(PAYLOAD_AUTH);
	bool named = message->payloads & FSM_PAYLOAD(PAYLOAD_IDR);

	if (has_eap != (sa->rounds.eap == V2_EAP_RUNS) ||
	    (!named && has_auth != (sa->rounds.eap == V2_EAP_AUTH)))
		return FSM_SYNTAX;
	switch (sa->rounds.eap) {
	case V2_EAP_RUNS:
		return v2_eap_ask(sa, eap_of(message), eap_answered);
	case V2_EAP_AUTH:
		return v2_auth_verify(sa, message, eap_verified);
	default:
		return next(sa, message);
	}
}

/* ------------------------------------------------------------------ the peer */

static enum fsm_verdict auth_verified(struct ikev2_sa *sa,
				      struct v2_message *message,
				      const struct env_auth_reply *reply)
{
	struct err err;

	if (!reply->good)
		return give_up(sa,
			       reply->text ? reply->text : "the AUTH is wrong",
			       sa->ppk.mixed ? "or do the PPKs differ?" : "");
	if (peer_done(sa, message, &err) != FSM_OK)
		return give_up(sa, err.text, "");
	return go_on(sa, message);
}

/* RFC 5998: only EAP says who it is, which we must want. */
static enum fsm_verdict eap_alone(struct ikev2_sa *sa,
				  const struct v2_message *message)
{
	if (sa->rounds.eap != V2_EAP_RUNS ||
	    v2_remote_round(sa)->auth != AUTH_WITH_EAP)
		return give_up(
			sa, "the peer does not authenticate itself but in EAP",
			"with remote.auth = eap that would be enough");
	sa->rounds.mutual = true;
	return go_on(sa, message);
}

static enum fsm_verdict peer_named(struct ikev2_sa *sa,
				   const struct v2_message *message)
{
	char got[IDENT_TEXT_SIZE], want[IDENT_TEXT_SIZE];
	const struct conf_round *round = v2_remote_round(sa);
	struct ike_sa *ike = &sa->ike;
	struct err err;

	/* Of two AUTH payloads nobody could tell which is which. */
	if (!round || sa->rounds.mutual || sa->rounds.eap == V2_EAP_AUTH ||
	    v2_auth_peer_id(sa, message, PAYLOAD_IDR, &err))
		return FSM_SYNTAX;
	if (!ident_match(&ike->remote_id, &round->id)) {
		err_set(&err, ERR_REFUSED,
			"the peer is %.200s; we expect %.200s",
			ident_show(&ike->remote_id, got),
			ident_show(&round->id, want));
		return give_up(sa, err.text, "is remote.id right?");
	}
	if (!(message->payloads & FSM_PAYLOAD(PAYLOAD_AUTH)))
		return eap_alone(sa, message);
	return v2_auth_verify(sa, message, auth_verified);
}

enum fsm_verdict v2_auth_response(struct ike_sa *ike, void *arg)
{
	const struct v2_message *message = arg;
	struct ikev2_sa *sa = v2_sa(ike);
	struct err err;

	if (sa->resume.ticket)
		return v2_resume_auth_response(sa, message);
	if (!v2_rounds_count(sa))
		return give_up(sa, "IKE_AUTH does not come to an end", "");
	if (v2_ppk_answered(sa, message, &err))
		return give_up(sa, err.text, "ppk_required is yes");
	if (message->payloads & FSM_PAYLOAD(PAYLOAD_IDR))
		return peer_named(sa, message);
	if (!sa->rounds.remote && !sa->rounds.mutual)
		return FSM_SYNTAX;
	return go_on(sa, message);
}

/* All others are of the child alone (RFC 7296, 2.21.2). */
static bool is_fatal(uint16_t type)
{
	return type == NOTIFY_AUTHENTICATION_FAILED ||
	       type == NOTIFY_INVALID_SYNTAX ||
	       type == NOTIFY_UNSUPPORTED_CRITICAL_PAYLOAD;
}

enum fsm_verdict v2_auth_refused(struct ike_sa *ike, void *arg)
{
	const struct v2_message *message = arg;
	struct ikev2_sa *sa = v2_sa(ike);
	char text[128], all[256];
	uint16_t type = 0;
	bool refused = v2_refusal(message, &type, text);

	if (sa->resume.ticket)
		return v2_resume_auth_refused(sa, message);
	/* Nothing to say; or it is only the child that is refused. */
	if (sa->rounds.remote &&
	    (!refused ||
	     (!is_fatal(type) && !v2_local_round(sa) && !v2_remote_round(sa))))
		return v2_auth_response(ike, arg);
	if (!refused)
		return FSM_SYNTAX;
	if (*sa->rounds.why)
		snprintf(all, sizeof(all), "%s", sa->rounds.why);
	else
		snprintf(all, sizeof(all), "%s to %s", text,
			 v2_exchange_name(message->header.exchange));
	ike_sa_fail(ike, all,
		    type == NOTIFY_AUTHENTICATION_FAILED ?
			    "are secret, certificates, both ids and PPK right? "
			    "The peer's log says more" :
			    "");
	return FSM_DONE;
}
