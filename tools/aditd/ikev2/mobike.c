// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * MOBIKE (RFC 4555): what we say of addresses, and what is answered. Which
 * addresses are used is decided in core/move.c.
 */
#include "v2.h"

static void add_notify(struct build *out, uint16_t type, struct span data)
{
	build_notify(out, PROTOCOL_NONE, span_of(NULL, 0), type, data);
}

/* ----------------------------------------------------------------- IKE_AUTH */

static void add_list(struct ikev2_sa *sa, struct build *out)
{
	struct ike_move *move = &sa->ike.move;

	move->n_told = ike_move_others(&sa->ike, move->told);
	for (size_t i = 0; i < move->n_told; i++)
		add_notify(out,
			   move->told[i].len == 4 ?
				   NOTIFY_ADDITIONAL_IP4_ADDRESS :
				   NOTIFY_ADDITIONAL_IP6_ADDRESS,
			   span_of(move->told[i].octets, move->told[i].len));
}

void v2_mobike_add(struct ikev2_sa *sa, struct build *out)
{
	if (!sa->ike.conn->mobike)
		return;
	add_notify(out, NOTIFY_MOBIKE_SUPPORTED, span_of(NULL, 0));
	add_list(sa, out);
}

void v2_mobike_read(struct ikev2_sa *sa, const struct chain *chain)
{
	struct ike_move *move = &sa->ike.move;
	struct payload_notify notify;
	struct v2_said said;

	sa->peer_mobike = sa->ike.conn->mobike &&
			  chain_notify(chain, NOTIFY_MOBIKE_SUPPORTED, &notify);
	move->able = sa->peer_mobike;
	move->mover = sa->ike.initiator;
	if (!move->able)
		return;
	ike_move_verified(&sa->ike, &sa->ike.path.remote);
	/* What is malformed is not there. */
	if (!v2_said_read(chain, &said))
		v2_said_keep(sa, &said);
}

void v2_mobike_inherit(struct ikev2_sa *sa, const struct ikev2_sa *from)
{
	sa->peer_mobike = from->peer_mobike;
	sa->ike.move = from->ike.move;
}

/* ------------------------------------------------------------------- asking */

static int add_cookie2(struct ikev2_sa *sa, struct build *out)
{
	struct v2_mobike *mobike = &sa->mobike;

	if (engine_random(sa->ike.engine, mobike->cookie2, COOKIE2_LEN))
		return -1;
	add_notify(out, NOTIFY_COOKIE2, SPAN(mobike->cookie2));
	return 0;
}

/* RFC 4555, 3.9: the addresses and ports as they are at this end. */
static void add_no_nats(const struct ike_path *path, struct build *out)
{
	struct buf data = BUF_INIT;

	buf_add(&data, path->local.octets, path->local.len);
	buf_add(&data, path->remote.octets, path->remote.len);
	buf_add_u16(&data, path->local_port);
	buf_add_u16(&data, path->remote_port);
	add_notify(out, NOTIFY_NO_NATS_ALLOWED, buf_span(&data));
	if (data.failed)
		out->buf.failed = true;
	buf_free(&data);
}

void v2_mobike_natd(struct ikev2_sa *sa, const struct ike_path *path,
		    struct build *out)
{
	enum conf_encap encap = sa->ike.conn->encap;

	if (!path->tcp && encap != ENCAP_NONE)
		v2_add_natd(sa, out, path, encap == ENCAP_UDP);
}

static int send(struct ikev2_sa *sa, struct build *out, int failed)
{
	if (failed)
		build_free(out);
	else
		v2_request(sa, EXCHANGE_INFORMATIONAL, out);
	return failed;
}

int v2_address_start(struct ikev2_sa *sa, struct task *task)
{
	const struct ike_path *path = &sa->ike.path;
	struct build out;

	(void)task;
	sa->ike.move.pending = false;
	if (!sa->ike.move.able)
		return 1;
	build_start_inner(&out);
	add_notify(&out, NOTIFY_UPDATE_SA_ADDRESSES, span_of(NULL, 0));
	v2_mobike_natd(sa, path, &out);
	if (!path->tcp && sa->ike.conn->encap == ENCAP_NONE)
		add_no_nats(path, &out);
	return send(sa, &out, add_cookie2(sa, &out));
}

int v2_address_list_start(struct ikev2_sa *sa, struct task *task)
{
	struct build out;

	(void)task;
	if (!sa->ike.move.able)
		return 1;
	build_start_inner(&out);
	add_list(sa, &out);
	if (!sa->ike.move.n_told)
		add_notify(&out, NOTIFY_NO_ADDITIONAL_ADDRESSES,
			   span_of(NULL, 0));
	return send(sa, &out, 0);
}

int v2_routability_start(struct ikev2_sa *sa, struct task *task)
{
	struct build out;

	(void)task;
	if (!sa->ike.move.able || !sa->ike.move.unmoved)
		return 1;
	sa->mobike.asked = sa->ike.path.remote;
	build_start_inner(&out);
	return send(sa, &out, add_cookie2(sa, &out));
}

/* A NAT that has forgotten us is found by asking where we are seen (3.8). */
void v2_mobike_liveness(struct ikev2_sa *sa, struct build *out)
{
	const struct ike_sa *ike = &sa->ike;

	if (ike->move.able && ike->move.mover && ike->nat_here)
		v2_mobike_natd(sa, &ike->path, out);
}

/* ----------------------------------------------------------------- answered */

/* Who has not seen the request can't answer it (3.7). */
static bool is_honest(struct ikev2_sa *sa, const struct v2_message *message)
{
	struct ike_sa *ike = &sa->ike;
	struct payload_notify notify;

	if (chain_notify(&message->chain, NOTIFY_COOKIE2, &notify) &&
	    crypto_equal(notify.data, SPAN(sa->mobike.cookie2)))
		return true;
	engine_fail(ike->engine, ike, ike->conn->name,
		    "the peer answers with another COOKIE2 than was asked with",
		    "the IKE SA is closed (RFC 4555, 3.7)");
	ike_sa_want(ike, TASK_IKE_DELETE, 0);
	return false;
}

/* True if it is another place than before. */
static bool see(struct ikev2_sa *sa, const struct v2_message *message)
{
	struct v2_mobike *mobike = &sa->mobike;
	struct payload_notify notify;
	bool other;

	if (!chain_notify(&message->chain, NOTIFY_NAT_DETECTION_DESTINATION_IP,
			  &notify) ||
	    notify.data.len != NATD_LEN)
		return false;
	other = mobike->has_seen &&
		!span_equal(notify.data, SPAN(mobike->seen));
	memcpy(mobike->seen, notify.data.data, NATD_LEN);
	mobike->has_seen = true;
	return other;
}

static const char *refusal_of(const struct v2_message *message)
{
	struct payload_notify notify;

	if (chain_notify(&message->chain, NOTIFY_UNACCEPTABLE_ADDRESSES,
			 &notify))
		return "the peer does not take our new address: UNACCEPTABLE_ADDRESSES";
	if (chain_notify(&message->chain, NOTIFY_UNEXPECTED_NAT_DETECTED,
			 &notify))
		return "there is a NAT on the way to the peer: UNEXPECTED_NAT_DETECTED";
	return NULL;
}

static void updated(struct ikev2_sa *sa, const struct v2_message *message)
{
	struct ike_sa *ike = &sa->ike;
	const char *refusal = refusal_of(message);
	enum conf_encap encap = ike->encap;

	/* It was of a place where we are not any more (3.5). */
	if (ike->move.pending) {
		ike_sa_want(ike, TASK_ADDRESS, 0);
		return;
	}
	if (refusal) {
		engine_fail(ike->engine, ike, ike->conn->name, refusal,
			    ike->conn->encap == ENCAP_NONE ?
				    "encap = none does without NAT only" :
				    "trying other addresses, if there are any");
		ike_move_refused(ike);
		return;
	}
	if (!is_honest(sa, message))
		return;
	v2_said_nat(sa, &message->chain, message->path);
	see(sa, message);
	ike_move_verified(ike, &ike->path.remote);
	if (encap != ike->encap || ike->move.unmoved)
		ike_move_device(ike);
	ike_move_tell(ike);
}

static void routable(struct ikev2_sa *sa, const struct v2_message *message)
{
	struct ike_sa *ike = &sa->ike;

	if (!is_honest(sa, message))
		return;
	ike_move_verified(ike, &sa->mobike.asked);
	if (addr_compare(&sa->mobike.asked, &ike->path.remote) == 0)
		ike_move_device(ike);
	else if (ike->move.unmoved)
		ike_sa_want(ike, TASK_ROUTABILITY, 0);
}

static void alive(struct ikev2_sa *sa, const struct v2_message *message)
{
	struct ike_sa *ike = &sa->ike;

	if (!ike->move.mover || !see(sa, message))
		return;
	ike_sa_log(ike, LEVEL_INFO,
		   "the NAT before us has another address now");
	ike->move.pending = true;
	ike_sa_want(ike, TASK_ADDRESS, 0);
}

enum fsm_verdict v2_mobike_response(struct ikev2_sa *sa,
				    const struct v2_message *message,
				    enum task_kind kind)
{
	static void (*const answered[TASKS])(
		struct ikev2_sa * sa, const struct v2_message *message) = {
		[TASK_ADDRESS] = updated,
		[TASK_ROUTABILITY] = routable,
		[TASK_LIVENESS] = alive,
	};
	struct ike_sa *next;

	if (!sa->ike.move.able || !answered[kind])
		return FSM_OK;
	if (sa->ike.state == IKE_ESTABLISHED) {
		answered[kind](sa, message);
		return FSM_OK;
	}
	/* It was rekeyed meanwhile: then once more, of the new one. */
	next = sa->successor ? engine_ike(sa->ike.engine, sa->successor) : NULL;
	if (next && kind != TASK_LIVENESS) {
		next->move.pending |= kind == TASK_ADDRESS;
		ike_sa_want(next, kind, 0);
	}
	return FSM_OK;
}
