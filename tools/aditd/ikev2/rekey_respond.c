// SPDX-License-Identifier: GPL-2.0-or-later
/* The responder's side of rekey.c. */
#include <stdlib.h>

#include "v2.h"

enum fsm_verdict v2_not_now(struct ike_sa *ike, void *arg)
{
	v2_respond_notify(v2_sa(ike), arg, NOTIFY_TEMPORARY_FAILURE,
			  span_of(NULL, 0));
	return FSM_OK;
}

/* What of the offer is good for us, too. */
static int choose(struct ikev2_sa *sa, const struct v2_message *message,
		  struct v2_answer *answer)
{
	struct proposals *offer = calloc(1, sizeof(*offer));
	const struct transform *ke;
	struct err err;
	int ret = -1;

	answer->notify = NOTIFY_INVALID_SYNTAX;
	if (!offer ||
	    payload_sa(chain_find(&message->chain, PAYLOAD_SA, NULL)->body,
		       offer, &err) ||
	    payload_nonce(chain_find(&message->chain, PAYLOAD_NONCE, NULL)->body,
			  &answer->nonces[0], &err))
		goto out;
	answer->notify = NOTIFY_NO_PROPOSAL_CHOSEN;
	if (proposal_select(&sa->ike.conn->proposals, offer,
			    sa->ike.conn->prefer_peer ? PROPOSAL_PREFER_PEER :
							0,
			    &answer->chosen, &err)) {
		engine_fail(sa->ike.engine, &sa->ike, sa->ike.conn->name,
			    err.text, "the peer can't rekey the IKE SA");
		goto out;
	}
	ke = proposal_get(&answer->chosen, TRANSFORM_KE);
	if (!ke || !v2_rekey_get_spi(&answer->chosen))
		goto out;
	answer->notify = 0;
	ret = v2_answer_ke(message, ke->id, answer);
out:
	free(offer);
	return ret;
}

static struct ikev2_sa *make_answered(struct ikev2_sa *sa,
				      struct v2_answer *answer)
{
	struct ikev2_sa *next = v2_new(sa->ike.engine, false);
	uint8_t nonce[V2_NONCE_LEN];

	if (!next)
		return NULL;
	if (engine_random(sa->ike.engine, nonce, sizeof(nonce)) ||
	    v2_rekey_inherit(next, sa))
		goto fail;
	next->ike.spi_i = v2_rekey_get_spi(&answer->chosen);
	v2_take_algorithms(next, &answer->chosen);
	buf_add_span(&next->nonce_i, answer->nonces[0]);
	buf_add_span(&next->nonce_r, SPAN(nonce));
	v2_more_begin(&answer->more, next->ike.algs.addke);
	if (next->nonce_i.failed || next->nonce_r.failed)
		goto fail;
	/* Or its keys come later. */
	if (v2_more_left(&answer->more))
		return next;
	if (v2_keymat_rekey(next, sa, buf_span(&answer->secret),
			    span_of(NULL, 0)))
		goto fail;
	ike_sa_set_state(&next->ike, IKE_ESTABLISHED);
	/* A ticket of it, which the answer may have, ends with it. */
	ike_sa_set_times(&next->ike);
	return next;
fail:
	next->ike.orphaned = true;
	ike_sa_remove(&next->ike, "it is not made");
	return NULL;
}

static void add_answer(const struct v2_answer *answer, struct ikev2_sa *next,
		       const struct chain *request, struct build *out)
{
	struct proposals *list = calloc(1, sizeof(*list));

	if (!list) {
		out->buf.failed = true;
		return;
	}
	list->n = 1;
	list->list[0] = answer->chosen;
	v2_rekey_set_spi(&list->list[0], next->ike.spi_r);
	build_sa(out, list);
	build_span(out, PAYLOAD_NONCE, buf_span(&next->nonce_r));
	build_ke(out, next->ike.algs.dh, buf_span(&answer->share));
	v2_qcd_add(next, out);
	v2_ticket_answer(next, request, out);
	v2_answer_add_link(answer, out);
	free(list);
}

/* Children that come or go just now would belong to neither (2.25.2). */
static bool is_busy(const struct ike_sa *ike)
{
	return ike->active && (ike->active->kind == TASK_CHILD ||
			       ike->active->kind == TASK_CHILD_REKEY ||
			       ike->active->kind == TASK_CHILD_DELETE);
}

void v2_rekey_answered(struct ikev2_sa *sa, struct ikev2_sa *next)
{
	struct ike_sa *ike = &sa->ike;

	ike_sa_count(ike, COUNT_IKE_REKEY_RESP);
	if (ike->active && ike->active->kind == TASK_IKE_REKEY) {
		next->rival_of = ike->unique;
		v2_rivalled(&sa->making, next->ike.unique,
			    buf_span(&next->nonce_i), buf_span(&next->nonce_r));
	} else {
		v2_rekey_succeed(&next->ike, ike);
	}
}

/* More key exchanges are to come before there is one. */
static void answer_follows(struct ikev2_sa *sa, struct ikev2_sa *next)
{
	const struct task *active = sa->ike.active;

	if (active && active->kind == TASK_IKE_REKEY)
		v2_rivalled(&sa->making, 0, buf_span(&next->nonce_i),
			    buf_span(&next->nonce_r));
}

enum fsm_verdict v2_rekey_request(struct ike_sa *ike, void *arg)
{
	const struct v2_message *message = arg;
	struct ikev2_sa *sa = v2_sa(ike), *next = NULL;
	struct v2_answer answer = { 0 };
	bool follows = false;
	struct build out;

	/* Ours is not to be stopped any more, if it has more than one exchange. */
	if (is_busy(ike) || sa->making.more.n || v2_rekey_rival(sa))
		return v2_not_now(ike, arg);
	if (!choose(sa, message, &answer))
		next = make_answered(sa, &answer);
	if (next && v2_more_left(&answer.more)) {
		follows = !v2_following_begin(sa, &answer, next);
		if (follows)
			answer_follows(sa, next);
		else
			next = NULL;
	}
	build_start_inner(&out);
	if (next)
		add_answer(follows ? &sa->following->answer : &answer, next,
			   &message->chain, &out);
	else
		v2_answer_add(&answer, &out);
	v2_respond(sa, message, &out);
	v2_answer_free(&answer);
	if (next && !follows) {
		/* What the peer has begun before is not to come in addition. */
		v2_following_end(sa);
		v2_rekey_answered(sa, next);
	}
	return FSM_OK;
}
