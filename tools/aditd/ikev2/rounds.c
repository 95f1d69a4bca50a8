// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * IKE_AUTH in more than one exchange, for both roles: EAP (RFC 7296, 2.16; alone:
 * RFC 5998), whose packets go to the keys process and come from it, and several
 * rounds (RFC 4739).
 */
#include <stdio.h>

#include "v2.h"

/* A chain of certificates in pieces of 1 KB is the most that is sensible. */
enum { EXCHANGES_MAX = 100, ROUNDS_MS = 120 * 1000 };

const struct conf_round *v2_local_round(const struct ikev2_sa *sa)
{
	const struct conn *conn = sa->ike.conn;

	return sa->rounds.local < conn->local_n ?
		       &conn->local[sa->rounds.local] :
		       NULL;
}

const struct conf_round *v2_remote_round(const struct ikev2_sa *sa)
{
	const struct conn *conn = sa->ike.conn;

	return sa->rounds.remote < conn->remote_n ?
		       &conn->remote[sa->rounds.remote] :
		       NULL;
}

static void ask(struct ikev2_sa *sa, enum env_eap eap, struct span packet)
{
	const struct env *env = &sa->ike.engine->env;
	struct env_auth auth = {
		.eap = eap,
		.session = sa->rounds.session,
		.packet = packet,
		.revocation = sa->ike.conn->remote[0].revocation,
		.conn = sa->ike.conn,
		.round = sa->ike.initiator ? v2_local_round(sa) :
					     v2_remote_round(sa),
		.local = &sa->ike.local_id,
		.remote = &sa->ike.remote_id,
		.local_addr = sa->ike.path.local,
		.remote_addr = sa->ike.path.remote,
	};

	/* Only its end may come when the rounds are over. */
	if (!auth.round)
		auth.round = &sa->ike.conn->local[0];
	if (eap != EAP_END)
		auth.cookie = ike_sa_cookie(&sa->ike);
	env->ops->auth(env->world, &auth);
}

enum fsm_verdict v2_eap_ask(struct ikev2_sa *sa, struct span packet,
			    v2_then_fn then)
{
	if (!sa->rounds.session)
		sa->rounds.session = ++sa->ike.engine->last_session;
	snprintf(sa->ike.waits_for, sizeof(sa->ike.waits_for), "EAP");
	v2_suspend(sa, then);
	ask(sa, sa->ike.initiator ? EAP_PEER : EAP_SERVER, packet);
	return FSM_SUSPEND;
}

int v2_eap_keep(struct ikev2_sa *sa, const struct env_auth_reply *reply)
{
	struct ident *id = &sa->ike.eap_id;
	struct err err;

	snprintf(sa->rounds.why, sizeof(sa->rounds.why), "%.255s",
		 reply->text ? reply->text : "");
	buf_free(&sa->rounds.packet);
	buf_add_span(&sa->rounds.packet, reply->packet);
	if (reply->eap_id && *reply->eap_id) {
		ident_free(id);
		if (ident_parse(id, reply->eap_id, &err))
			*id = (struct ident){ 0 };
	}
	return sa->rounds.packet.failed ? -1 : 0;
}

void v2_eap_add(struct ikev2_sa *sa, struct build *out)
{
	if (sa->rounds.packet.len)
		build_span(out, PAYLOAD_EAP, buf_span(&sa->rounds.packet));
	buf_free(&sa->rounds.packet);
}

void v2_eap_end(struct ikev2_sa *sa)
{
	if (sa->rounds.session)
		ask(sa, EAP_END, span_of(NULL, 0));
	sa->rounds.session = 0;
	sa->rounds.why[0] = '\0';
	sa->rounds.eap = V2_EAP_NONE;
}

void v2_rounds_free(struct ikev2_sa *sa)
{
	buf_free(&sa->rounds.packet);
	buf_free(&sa->rounds.request);
}

/* What it has not said at the end of a round is not to come. */
int v2_rounds_check(const struct ikev2_sa *sa, const struct v2_message *message,
		    struct err *err)
{
	size_t want = sa->ike.conn->remote_n, done = sa->rounds.remote;
	struct payload_notify notify;
	bool another = chain_notify(&message->chain,
				    NOTIFY_ANOTHER_AUTH_FOLLOWS, &notify);

	if (another == (done < want))
		return 0;
	return err_set(
		err, ERR_REFUSED,
		"the peer authenticates %s%zu times, we want it %zu times (RFC 4739)",
		another ? "more than " : "", done, want);
}

void v2_rounds_add_another(const struct ikev2_sa *sa, struct build *out)
{
	struct span none = { 0 };

	if (v2_local_round(sa))
		build_notify(out, PROTOCOL_NONE, none,
			     NOTIFY_ANOTHER_AUTH_FOLLOWS, none);
}

bool v2_rounds_count(struct ikev2_sa *sa)
{
	uint64_t now = ike_sa_now(&sa->ike);

	/* Somebody may have to be asked for a password, but not for ever. */
	if (!sa->rounds.until)
		sa->rounds.until = now + ROUNDS_MS;
	if (!sa->ike.initiator)
		sa->ike.give_up_at = now + HALF_OPEN_MS < sa->rounds.until ?
					     now + HALF_OPEN_MS :
					     sa->rounds.until;
	return ++sa->rounds.exchanges <= EXCHANGES_MAX;
}
