// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * CREATE_CHILD_SA that rekeys the IKE SA (RFC 7296, 1.3.2, 2.8, 2.18): the new
 * one takes over the children, the old one is deleted by who began.
 */
#include <stdio.h>
#include <stdlib.h>

#include "v2.h"

enum { AGAIN_MS = 4000, LATER_MS = 60 * 1000 };

enum fsm_verdict v2_not_now(struct ike_sa *ike, void *arg)
{
	v2_respond_notify(v2_sa(ike), arg, NOTIFY_TEMPORARY_FAILURE,
			  span_of(NULL, 0));
	return FSM_OK;
}

/* All that is not of the keys. It has no children, and nobody knows of it. */
static int inherit(struct ikev2_sa *sa, const struct ikev2_sa *from)
{
	struct ike_sa *ike = &sa->ike;
	const struct ike_sa *old = &from->ike;

	ike->orphaned = true;
	ike_sa_set_conn(ike, conn_get(old->conn));
	memcpy(ike->interface, old->interface, sizeof(ike->interface));
	ike->peer = old->peer;
	table_add(&ike->engine->by_peer, &ike->by_peer, ike->peer, ike);
	ike->path = old->path;
	ike->nat_here = old->nat_here;
	ike->nat_there = old->nat_there;
	ike->encap = old->encap;
	ike->tcp.ours = old->tcp.ours;
	ike->tcp.at = old->tcp.at;
	ike->reauth_at = old->reauth_at;
	ike->algs.ppk = old->algs.ppk;
	ike->resumed = old->resumed;
	sa->peer_fragments = from->peer_fragments;
	sa->peer_childless = from->peer_childless;
	sa->peer_mobike = from->peer_mobike;
	sa->peer_hashes = from->peer_hashes;
	sa->resume.client = from->resume.client;
	v2_mobike_inherit(sa, from);
	return ike_sa_inherit_vips(ike, old) ||
	       ident_copy(&ike->local_id, &old->local_id) ||
	       ident_copy(&ike->remote_id, &old->remote_id) ||
	       ident_copy(&ike->eap_id, &old->eap_id);
}

/*
 * Who rekeys what it has just made has no use for the one before it, even if it
 * has not said so: else there would be as many as it can rekey in that time.
 */
static void forget_predecessor(struct ikev2_sa *sa)
{
	struct ike_sa *old = engine_ike(sa->ike.engine, sa->predecessor);

	if (old && old->state == IKE_REKEYED)
		ike_sa_remove(old, "its successor is rekeyed");
	sa->predecessor = 0;
}

/* Its children and tasks are the new one's from now on. */
static void adopt(struct ike_sa *ike, struct ike_sa *old)
{
	const struct env *env = &ike->engine->env;
	struct task *task;

	v2_following_end(v2_sa(old));
	while (old->children)
		child_move(old->children, ike);
	while ((task = task_take(&old->tasks, UINT64_MAX)) != NULL) {
		if (task->kind == TASK_IKE_REKEY || task->kind == TASK_LIVENESS)
			task_end(task, 0, "");
		else
			task_push(&ike->tasks, task);
	}
	waiters_move(&ike->closers, &old->closers);
	ike->path = old->path;
	ike->encap = old->encap;
	ike->nat_here = old->nat_here;
	ike->nat_there = old->nat_there;
	v2_mobike_inherit(v2_sa(ike), v2_sa(old));
	ike->established = ike_sa_now(ike);
	ike->reauth_of = old->reauth_of;
	old->reauth_of = 0;
	ike->orphaned = false;
	old->orphaned = true;
	/* Its answer may still be on its way to the peer. */
	if (!ike->initiator)
		ike->quiet_until =
			ike_sa_now(ike) + V2_SECONDS_TO_DELETE * 1000ULL;
	forget_predecessor(v2_sa(old));
	v2_sa(old)->successor = ike->unique;
	v2_sa(ike)->predecessor = old->unique;
	ike_sa_set_state(old, IKE_REKEYED);
	old->give_up_at = ike_sa_now(old) + V2_SECONDS_TO_DELETE * 1000ULL;
	ike_sa_schedule(old);
	ike_sa_set_times(ike);
	if (ike->initiator)
		ike_sa_want(ike, TASK_TOKEN, 0);
	v2_ticket_follow(v2_sa(ike), v2_sa(old));
	ike_sa_log(ike, LEVEL_INFO, "rekeyed");
	env->ops->event(env->world, EVENT_IKE_REKEY, ike, NULL);
	if (ike->active == NULL)
		v2_kick(ike);
	ike_sa_schedule(ike);
}

static void set_spi(struct proposal *proposal, uint64_t spi)
{
	proposal->spi_len = 8;
	for (unsigned int i = 0; i < 8; i++)
		proposal->spi[i] = (uint8_t)(spi >> 8 * (7 - i));
}

static uint64_t get_spi(const struct proposal *proposal)
{
	struct span spi = span_of(proposal->spi, proposal->spi_len);
	uint64_t value = 0;

	return proposal->spi_len == 8 && span_take_u64(&spi, &value) ? value :
								       0;
}

static int make_offer(struct ikev2_sa *sa)
{
	struct v2_making *making = &sa->making;
	uint8_t nonce[V2_NONCE_LEN];

	making->offer = calloc(1, sizeof(*making->offer));
	if (!making->offer ||
	    engine_random(sa->ike.engine, nonce, sizeof(nonce)))
		return -1;
	proposals_copy(making->offer, &sa->ike.conn->proposals);
	for (size_t i = 0; i < making->offer->n; i++)
		set_spi(&making->offer->list[i], making->ike->ike.spi_i);
	buf_add_span(&making->nonce, SPAN(nonce));
	return making->nonce.failed ? -1 : 0;
}

int v2_rekey_start(struct ikev2_sa *sa, struct task *task)
{
	struct v2_making *making = &sa->making;
	struct buf share = BUF_INIT;
	struct build out;
	int ret;

	making->ike = v2_new(sa->ike.engine, true);
	if (!making->ike || inherit(making->ike, sa) || make_offer(sa))
		return -1;
	/* What was good before is good again. */
	sa->ke = task->ke ? task->ke : sa->ike.algs.dh;
	making->kex = kex_start(sa->ke, &share);
	build_start_inner(&out);
	build_sa(&out, making->offer);
	build_span(&out, PAYLOAD_NONCE, buf_span(&making->nonce));
	build_ke(&out, sa->ke, buf_span(&share));
	ret = !making->kex || share.failed || out.buf.failed ? -1 : 0;
	buf_free(&share);
	if (ret)
		build_free(&out);
	else
		v2_request(sa, EXCHANGE_CREATE_CHILD_SA, &out);
	return ret;
}

/* The responder's choice. */
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
	if (!ke || !get_spi(&answer->chosen))
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
	    inherit(next, sa))
		goto fail;
	next->ike.spi_i = get_spi(&answer->chosen);
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
	set_spi(&list->list[0], next->ike.spi_r);
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
		adopt(&next->ike, ike);
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

/* Keys from the answer, for the one that is being made. */
static int take_answer(struct ikev2_sa *sa, const struct v2_message *message,
		       struct err *err)
{
	const struct chain *chain = &message->chain;
	struct v2_making *making = &sa->making;
	struct proposals *answer = calloc(1, sizeof(*answer));
	struct ikev2_sa *next = making->ike;
	struct buf *secret = &making->secret;
	struct payload_ke ke;
	struct span nonce;
	int ret = -1;

	if (!answer ||
	    payload_sa(chain_find(chain, PAYLOAD_SA, NULL)->body, answer,
		       err) ||
	    payload_ke(chain_find(chain, PAYLOAD_KE, NULL)->body, &ke, err) ||
	    payload_nonce(chain_find(chain, PAYLOAD_NONCE, NULL)->body, &nonce,
			  err))
		goto out;
	if (answer->n != 1 || !get_spi(&answer->list[0])) {
		err_set(err, ERR_REFUSED, "not one proposal with an SPI");
		goto out;
	}
	if (proposal_check(making->offer, &answer->list[0], 0, err))
		goto out;
	next->ike.spi_r = get_spi(&answer->list[0]);
	v2_take_algorithms(next, &answer->list[0]);
	v2_qcd_read(next, chain);
	v2_more_begin(&making->more, next->ike.algs.addke);
	buf_add_span(&next->nonce_i, buf_span(&making->nonce));
	buf_add_span(&next->nonce_r, nonce);
	if (ke.method != next->ike.algs.dh ||
	    ke.method != kex_method(making->kex) ||
	    kex_finish(making->kex, ke.share, secret) || secret->failed)
		err_set(err, ERR_REFUSED, "the share is not valid");
	else
		ret = 0;
out:
	free(answer);
	return ret;
}

/* Has ours the lowest of the four nonces, so that the peer's stays? */
static bool is_loser(const struct ikev2_sa *sa)
{
	const struct ikev2_sa *next = sa->making.ike;

	return sa->making.rivalled &&
	       v2_is_loser(&sa->making, buf_span(&next->nonce_i),
			   buf_span(&next->nonce_r));
}

static void settle(struct ikev2_sa *sa)
{
	struct v2_making *making = &sa->making;
	struct ikev2_sa *next = making->ike;
	bool goes_on = making->rivalled && !making->rival;
	struct ike_sa *rival =
		making->rivalled ? engine_ike(sa->ike.engine, making->rival) :
				   NULL;
	bool loses = (rival && !rival->orphaned) ||
		     ((rival || goes_on) && is_loser(sa));

	making->ike = NULL;
	v2_making_free(sa);
	v2_task_done(sa, 0, "");
	ike_sa_set_state(&next->ike, IKE_ESTABLISHED);
	ike_sa_count(&sa->ike, COUNT_IKE_REKEY_INIT);
	if (loses) {
		ike_sa_log(&next->ike, LEVEL_INFO,
			   "both rekeyed the IKE SA, ours goes");
		if (rival && rival->orphaned)
			adopt(rival, &sa->ike);
		ike_sa_want(&next->ike, TASK_IKE_DELETE, 0);
		return;
	}
	if (goes_on)
		v2_following_end(sa);
	adopt(&next->ike, &sa->ike);
	ike_sa_want(&sa->ike, TASK_IKE_DELETE, 0);
	if (rival) {
		ike_sa_set_state(rival, IKE_REKEYED);
		rival->give_up_at =
			ike_sa_now(rival) + V2_SECONDS_TO_DELETE * 1000ULL;
		ike_sa_schedule(rival);
	}
}

/* Ours has lost before it was there: the peer's goes on, or is there. */
static void give_way(struct ikev2_sa *sa)
{
	ike_sa_log(&sa->ike, LEVEL_INFO,
		   "both rekey the IKE SA, ours is not made");
	v2_task_done(sa, 0, "");
	if (!v2_rekey_adopt(sa))
		sa->ike.rekey_at = ike_sa_now(&sa->ike) + LATER_MS;
}

/* What the peer has made while ours is under way: one, or the last would count. */
struct ike_sa *v2_rekey_rival(const struct ikev2_sa *sa)
{
	return sa->making.rivalled && sa->making.ike ?
		       engine_ike(sa->ike.engine, sa->making.rival) :
		       NULL;
}

bool v2_rekey_adopt(struct ikev2_sa *sa)
{
	struct ike_sa *rival = v2_rekey_rival(sa);

	v2_making_free(sa);
	if (!rival)
		return false;
	if (rival->orphaned)
		adopt(rival, &sa->ike);
	return true;
}

void v2_rekey_abandon(struct ikev2_sa *sa)
{
	struct ike_sa *rival = v2_rekey_rival(sa);

	if (rival && rival->orphaned)
		ike_sa_remove(rival, "what it was to follow is gone");
}

void v2_rekey_known(struct ikev2_sa *sa)
{
	struct ike_sa *next =
		sa->successor ? engine_ike(sa->ike.engine, sa->successor) :
				NULL;

	if (!next)
		return;
	next->quiet_until = 0;
	v2_kick(next);
	ike_sa_schedule(next);
}

void v2_rekey_used(struct ikev2_sa *sa)
{
	struct ike_sa *old = engine_ike(sa->ike.engine, sa->rival_of);

	sa->rival_of = 0;
	if (old && sa->ike.orphaned && old->state == IKE_ESTABLISHED)
		adopt(&sa->ike, old);
}

void v2_rekey_failed(struct ikev2_sa *sa, const char *text)
{
	struct ike_sa *ike = &sa->ike;

	engine_fail(ike->engine, ike, ike->conn->name, text,
		    "rekeying the IKE SA failed");
	v2_task_done(sa, -1, text);
	if (!v2_rekey_adopt(sa))
		ike->rekey_at = ike_sa_now(ike) + LATER_MS;
}

void v2_rekey_made(struct ikev2_sa *sa)
{
	struct v2_making *making = &sa->making;

	if (v2_keymat_rekey(making->ike, sa, buf_span(&making->secret),
			    buf_span(&making->more.secrets)))
		v2_rekey_failed(sa, "no keys for the new IKE SA");
	else
		settle(sa);
}

enum fsm_verdict v2_rekey_response(struct ike_sa *ike, void *arg)
{
	struct ikev2_sa *sa = v2_sa(ike);
	struct err err;
	int ret = take_answer(sa, arg, &err);

	if (!ret && !v2_more_left(&sa->making.more))
		v2_rekey_made(sa);
	else if (!ret && is_loser(sa))
		give_way(sa);
	else if (ret || v2_followup_send(sa, arg, &err))
		v2_rekey_failed(sa, err.text);
	return FSM_OK;
}

enum fsm_verdict v2_rekey_refused(struct ike_sa *ike, void *arg)
{
	const struct v2_message *message = arg;
	struct ikev2_sa *sa = v2_sa(ike);
	bool other_group = v2_offer_group(sa, message);
	char text[128];
	uint16_t type;

	if (!v2_refusal(message, &type, text))
		return FSM_SYNTAX;
	if (sa->making.rivalled) {
		v2_task_done(sa, 0, "");
		if (!v2_rekey_adopt(sa))
			ike->rekey_at = ike_sa_now(ike) + LATER_MS;
		return FSM_OK;
	}
	v2_making_free(sa);
	if (other_group) {
		v2_task_again(sa, 0);
	} else if (v2_is_again(type)) {
		v2_put_off(sa, type, AGAIN_MS);
	} else if (type == NOTIFY_NO_ADDITIONAL_SAS) {
		/* It has no CREATE_CHILD_SA (RFC 7296, 4). */
		v2_task_done(sa, 0, "");
		ike_sa_reauth(ike);
	} else {
		engine_fail(ike->engine, ike, ike->conn->name, text,
			    "rekeying the IKE SA failed");
		v2_task_done(sa, -1, text);
		ike->rekey_at = ike_sa_now(ike) + LATER_MS;
	}
	return FSM_OK;
}
