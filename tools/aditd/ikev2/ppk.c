// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Post-quantum preshared keys (RFC 8784). The PPK itself is in the keys process:
 * it gets SK_d, SK_pi and SK_pr, and gives them back with the PPK in them.
 *
 *	HDR, SAi1, KEi, Ni, N(USE_PPK)  -->
 *				<--  HDR, SAr1, KEr, Nr, N(USE_PPK)
 *	HDR, SK {IDi, AUTH, ..., N(PPK_IDENTITY)[, N(NO_PPK_AUTH)]}  -->
 *				<--  HDR, SK {IDr, AUTH, ...[, N(PPK_IDENTITY)]}
 *
 * With EAP all that is with the AUTH that follows it, as strongSwan has it: until
 * then, also in the responder's first AUTH, the keys are those without the PPK.
 */
#include "v2.h"

void v2_ppk_free(struct v2_ppk *ppk)
{
	v2_keys_free(&ppk->other);
	buf_free(&ppk->no_auth);
}

/* The responder knows no connection yet: any PPK that there is may be the one. */
bool v2_ppk_offers(const struct ikev2_sa *sa)
{
	const struct env *env = &sa->ike.engine->env;

	if (sa->ike.initiator)
		return sa->ike.conn->ppk_id && !sa->ike.no_ppk;
	return sa->ppk.peer && env->ops->has_ppk &&
	       env->ops->has_ppk(env->world);
}

int v2_ppk_agree(struct ikev2_sa *sa, const struct v2_message *message,
		 struct err *err)
{
	const struct conn *conn = sa->ike.conn;
	struct payload_notify notify;

	sa->ppk.peer = chain_notify(&message->chain, NOTIFY_USE_PPK, &notify);
	sa->ppk.agreed = sa->ppk.peer && v2_ppk_offers(sa);
	if (!conn->ppk_required || sa->ppk.agreed)
		return 0;
	return err_set(err, ERR_REFUSED,
		       conn->ppk_id ?
			       "the peer has no PPK, and ppk_required is yes" :
			       "ppk_required is yes, and there is no ppk_id");
}

/* ------------------------------------------------------------ keys, and which */

static void exchange(struct buf *a, struct buf *b)
{
	struct buf c = *a;

	*a = *b;
	*b = c;
}

/* From those without it to those with it, or back. */
static void change_keys(struct ikev2_sa *sa)
{
	struct v2_keys *other = &sa->ppk.other;

	exchange(&sa->keys.d, &other->d);
	exchange(&sa->keys.pi, &other->pi);
	exchange(&sa->keys.pr, &other->pr);
	sa->ppk.mixed = !sa->ppk.mixed;
	sa->ike.algs.ppk = sa->ppk.mixed;
}

/* Decided: those that are not used are no more. */
static void settle(struct ikev2_sa *sa)
{
	v2_keys_free(&sa->ppk.other);
	buf_free(&sa->ppk.no_auth);
}

static int take_keys(struct ikev2_sa *sa, struct span keys)
{
	struct v2_keys *other = &sa->ppk.other;
	struct buf *const to[] = { &other->d, &other->pi, &other->pr };
	size_t len = sa->keys.d.len;
	struct span part;

	v2_keys_free(other);
	for (size_t i = 0; i < ARRAY_SIZE(to); i++) {
		if (!span_take(&keys, len, &part))
			return -1;
		buf_add_span(to[i], part);
		if (to[i]->failed)
			return -1;
	}
	return keys.len ? -1 : 0;
}

static enum fsm_verdict mix(struct ikev2_sa *sa, struct span id,
			    v2_then_fn then)
{
	const struct env *env = &sa->ike.engine->env;
	struct buf keys = BUF_INIT;
	struct env_ppk ppk = { .id = id, .prf = sa->ike.algs.prf };

	buf_add_span(&keys, buf_span(&sa->keys.d));
	buf_add_span(&keys, buf_span(&sa->keys.pi));
	buf_add_span(&keys, buf_span(&sa->keys.pr));
	if (keys.failed) {
		buf_free(&keys);
		ike_sa_fail(&sa->ike, "the PPK can't be used",
			    "is memory short?");
		return FSM_DONE;
	}
	ppk.cookie = ike_sa_cookie(&sa->ike);
	ppk.keys = buf_span(&keys);
	v2_suspend(sa, then);
	env->ops->ppk(env->world, &ppk);
	buf_free(&keys);
	return FSM_SUSPEND;
}

/* ------------------------------------------------------------------ initiator */

static enum fsm_verdict signed_without(struct ikev2_sa *sa,
				       struct v2_message *message,
				       const struct env_auth_reply *reply)
{
	(void)message;
	if (reply->good) {
		buf_free(&sa->ppk.no_auth);
		buf_add_span(&sa->ppk.no_auth, reply->auth);
	}
	if (!reply->good || sa->ppk.no_auth.failed) {
		ike_sa_fail(&sa->ike, reply->text ? reply->text : "no AUTH",
			    "is the secret, or the private key, loaded?");
		return FSM_DONE;
	}
	change_keys(sa);
	return v2_auth_sign(sa, sa->ppk.then);
}

/* Who has said USE_PPK has to name one: it is taken back (RFC 8784, 3). */
static enum fsm_verdict anew(struct ikev2_sa *sa, const char *text)
{
	ike_sa_log(&sa->ike, LEVEL_INFO, "connecting without a PPK: %s", text);
	sa->ike.no_ppk = true;
	ike_sa_anew(&sa->ike, &sa->ike.path);
	return FSM_DONE;
}

static enum fsm_verdict mixed(struct ikev2_sa *sa, struct v2_message *message,
			      const struct env_auth_reply *reply)
{
	bool required = sa->ike.conn->ppk_required;
	bool good = reply->good && !take_keys(sa, reply->auth);

	(void)message;
	if (!good && required) {
		ike_sa_fail(&sa->ike, reply->text ? reply->text : "no PPK",
			    "ppk_required is yes");
		return FSM_DONE;
	}
	if (!good)
		return anew(sa, reply->text ? reply->text : "no PPK");
	if (!required)
		return v2_auth_sign(sa, signed_without);
	change_keys(sa);
	return v2_auth_sign(sa, sa->ppk.then);
}

enum fsm_verdict v2_ppk_sign(struct ikev2_sa *sa, v2_then_fn then)
{
	enum fsm_verdict verdict;
	struct ident id = { 0 };
	struct err err;

	sa->ppk.then = then;
	if (!sa->ppk.agreed)
		return v2_auth_sign(sa, then);
	if (ident_parse(&id, sa->ike.conn->ppk_id, &err)) {
		ike_sa_fail(&sa->ike, err.text, "is ppk_id right?");
		return FSM_DONE;
	}
	verdict = mix(sa, span_of(id.data, id.len), mixed);
	ident_free(&id);
	return verdict;
}

/* The octets of an identity alone, as strongSwan does it; the responder none. */
static void add_identity(const struct ikev2_sa *sa, struct build *out)
{
	struct buf data = BUF_INIT;
	struct ident id = { 0 };
	struct err err;

	if (sa->ike.initiator &&
	    !ident_parse(&id, sa->ike.conn->ppk_id, &err)) {
		buf_add_u8(&data, PPK_ID_FIXED);
		buf_add(&data, id.data, id.len);
	}
	build_notify(out, PROTOCOL_NONE, span_of(NULL, 0), NOTIFY_PPK_IDENTITY,
		     buf_span(&data));
	out->buf.failed |= data.failed;
	buf_free(&data);
	ident_free(&id);
}

void v2_ppk_add(struct ikev2_sa *sa, struct build *out)
{
	/* Once. */
	if (!sa->ppk.mixed || !sa->ppk.other.d.len)
		return;
	add_identity(sa, out);
	if (sa->ike.initiator && sa->ppk.no_auth.len)
		build_notify(out, PROTOCOL_NONE, span_of(NULL, 0),
			     NOTIFY_NO_PPK_AUTH, buf_span(&sa->ppk.no_auth));
	if (!sa->ike.initiator)
		settle(sa);
}

int v2_ppk_answered(struct ikev2_sa *sa, const struct v2_message *message,
		    struct err *err)
{
	struct payload_notify notify;

	if (!sa->ppk.mixed || !sa->ppk.other.d.len)
		return 0;
	if (chain_notify(&message->chain, NOTIFY_PPK_IDENTITY, &notify)) {
		settle(sa);
		return 0;
	}
	if (sa->ike.conn->ppk_required)
		return err_set(err, ERR_REFUSED,
			       "the peer does not use the PPK '%.200s'",
			       sa->ike.conn->ppk_id);
	ike_sa_log(&sa->ike, LEVEL_INFO,
		   "the peer does not use the PPK '%s': without it",
		   sa->ike.conn->ppk_id);
	change_keys(sa);
	settle(sa);
	return 0;
}

/* ------------------------------------------------------------------ responder */

static enum fsm_verdict not_mixed(struct ikev2_sa *sa,
				  struct v2_message *message, const char *text)
{
	bool required = sa->ike.conn->ppk_required;
	struct payload_notify notify;

	if (required ||
	    !chain_notify(&message->chain, NOTIFY_NO_PPK_AUTH, &notify))
		return v2_auth_refuse(sa, message, text,
				      required ? "ppk_required is yes" :
						 "the peer insists on its PPK");
	ike_sa_log(&sa->ike, LEVEL_INFO, "without a PPK: %s", text);
	settle(sa);
	return sa->ppk.then(sa, message, NULL);
}

static enum fsm_verdict request_mixed(struct ikev2_sa *sa,
				      struct v2_message *message,
				      const struct env_auth_reply *reply)
{
	if (!reply->good || take_keys(sa, reply->auth))
		return not_mixed(sa, message,
				 reply->text ? reply->text : "no PPK");
	change_keys(sa);
	return sa->ppk.then(sa, message, NULL);
}

/* No type goes with the octets. */
static bool is_of_conn(const struct conn *conn, struct span id)
{
	struct ident ours = { 0 }, same;
	struct err err;
	bool fits;

	if (!conn->ppk_id)
		return true;
	if (id.len > IDENT_LEN_MAX || ident_parse(&ours, conn->ppk_id, &err))
		return false;
	same = (struct ident){ ours.type, (uint16_t)id.len,
			       (uint8_t *)id.data };
	fits = ours.type == IDENT_ANY || ident_match(&same, &ours);
	ident_free(&ours);
	return fits;
}

enum fsm_verdict v2_ppk_request(struct ikev2_sa *sa, struct v2_message *message,
				v2_then_fn then)
{
	bool required = sa->ike.conn->ppk_required;
	struct payload_notify notify;
	uint8_t type;

	if (!sa->ppk.agreed)
		return required ? v2_auth_refuse(sa, message,
						 "the peer does not use a PPK",
						 "ppk_required is yes") :
				  then(sa, message, NULL);
	if (!chain_notify(&message->chain, NOTIFY_PPK_IDENTITY, &notify))
		return v2_auth_refuse(
			sa, message,
			"the peer says that it uses a PPK, and not which",
			"has it the one that its ppk_id names?");
	if (!span_take_u8(&notify.data, &type))
		return FSM_SYNTAX;
	sa->ppk.then = then;
	if (type == PPK_ID_FIXED && !is_of_conn(sa->ike.conn, notify.data))
		return not_mixed(sa, message,
				 "the peer's PPK is not the one of ppk_id");
	/* PPK_ID_OPAQUE is for who agreed on what it means: we have none of it. */
	return mix(sa, type == PPK_ID_FIXED ? notify.data : span_of(NULL, 0),
		   request_mixed);
}

struct span v2_ppk_auth(const struct ikev2_sa *sa,
			const struct v2_message *message, struct span auth)
{
	struct payload_notify notify;

	if (!sa->ike.initiator && sa->ppk.agreed && !sa->ppk.mixed &&
	    chain_notify(&message->chain, NOTIFY_PPK_IDENTITY, &notify) &&
	    chain_notify(&message->chain, NOTIFY_NO_PPK_AUTH, &notify))
		return notify.data;
	return auth;
}
