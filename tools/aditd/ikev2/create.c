// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * CREATE_CHILD_SA that makes Child SAs, new ones and successors (RFC 7296,
 * 1.3.1, 1.3.3, 2.8, 2.25).
 */
#include <stdio.h>

#include "v2.h"

enum {
	AGAIN_MS = 4000,
	REKEY_LATER_MS = 30 * 1000,
};

static int send_offer(struct ikev2_sa *sa, const struct child_sa *old)
{
	uint8_t spi[4];
	struct build out;

	build_start_inner(&out);
	if (old) {
		for (unsigned int i = 0; i < 4; i++)
			spi[i] = (uint8_t)(old->spi_in >> 8 * (3 - i));
		build_notify(&out, old->protocol, SPAN(spi), NOTIFY_REKEY_SA,
			     span_of(NULL, 0));
	}
	v2_offer_add(sa, &out);
	if (out.buf.failed) {
		build_free(&out);
		return -1;
	}
	v2_request(sa, EXCHANGE_CREATE_CHILD_SA, &out);
	return 0;
}

int v2_child_start(struct ikev2_sa *sa, struct task *task)
{
	const struct child_sa *there = child_of_conf(&sa->ike, task->conf);

	if (there && there->state >= CHILD_INSTALLED)
		return 1;
	if (v2_offer_begin(sa, task, true))
		return -1;
	return send_offer(sa, NULL);
}

/*
 * As long as the one before it is there, the peer may not know yet that it is
 * there: its answer, or ours, is on its way.
 */
static bool is_fresh(const struct child_sa *child)
{
	const struct child_sa *other = child->ike->children;

	while (other && (other == child || other->id != child->id ||
			 other->state != CHILD_REKEYED))
		other = other->next;
	return other;
}

int v2_child_rekey_start(struct ikev2_sa *sa, struct task *task)
{
	struct child_sa *old = child_of_unique(sa->ike.engine, task->child);

	if (!old || old->ike != &sa->ike || old->state != CHILD_INSTALLED)
		return 1;
	if (is_fresh(old) || v2_following_child(sa, old->unique)) {
		child_rekey_later(old, AGAIN_MS);
		return 1;
	}
	if (v2_offer_begin(sa, task, true) || send_offer(sa, old)) {
		child_rekey_later(old, REKEY_LATER_MS);
		return -1;
	}
	child_set_state(old, CHILD_REKEYING);
	return 0;
}

/* Octet by octet, and what is the beginning of the other is lower. */
static int compare(struct span a, struct span b)
{
	size_t len = a.len < b.len ? a.len : b.len;
	int ret = memcmp(a.data, b.data, len);

	if (ret)
		return ret;
	return a.len == b.len ? 0 : a.len < b.len ? -1 : 1;
}

bool v2_is_again(uint16_t notify)
{
	return notify == NOTIFY_TEMPORARY_FAILURE ||
	       notify == NOTIFY_STATE_NOT_FOUND;
}

/* Who never knows what we go on with is not asked any more (RFC 9370, 2.2.4). */
void v2_put_off(struct ikev2_sa *sa, uint16_t notify, uint64_t pause_ms)
{
	if (!v2_task_again(sa, pause_ms) && notify == NOTIFY_STATE_NOT_FOUND)
		ike_sa_reauth(&sa->ike);
}

bool v2_is_loser(const struct v2_making *making, struct span ours,
		 struct span peers)
{
	struct span lower = compare(ours, peers) < 0 ? ours : peers;

	return compare(lower, buf_span(&making->rival_nonce)) < 0;
}

void v2_rivalled(struct v2_making *making, uint32_t rival, struct span nonce,
		 struct span other)
{
	making->rivalled = true;
	making->rival = rival;
	buf_free(&making->rival_nonce);
	buf_add_span(&making->rival_nonce,
		     compare(nonce, other) < 0 ? nonce : other);
}

/* The Child SA that the request wants to replace; it may not be there. */
static struct child_sa *find_old(const struct ike_sa *ike,
				 const struct payload_notify *rekey)
{
	struct span spi = rekey->spi;
	uint32_t value;

	if (spi.len != 4 || !span_take_u32(&spi, &value))
		return NULL;
	return child_of_spi(ike, rekey->protocol, value, false);
}

void v2_child_answered(struct ikev2_sa *sa, struct v2_answer *answer,
		       struct child_sa *old)
{
	struct v2_making *making = &sa->making;

	child_up(answer->child, old);
	if (old && making->old == old->unique)
		v2_rivalled(making, answer->child->unique, answer->nonces[0],
			    answer->nonces[1]);
	else if (old)
		child_replaced(old);
}

static void answer(struct ikev2_sa *sa, const struct v2_message *message,
		   struct child_sa *old)
{
	struct v2_making *making = &sa->making;
	struct v2_answer answer = { .old = old };
	struct build out;
	bool follows;

	build_start_inner(&out);
	v2_answer_child(sa, message, &answer);
	follows = answer.child && v2_more_left(&answer.more);
	/* It is rivalled, though nothing is made yet. */
	if (follows && old && making->old == old->unique)
		v2_rivalled(making, 0, answer.nonces[0], answer.nonces[1]);
	if (follows && v2_following_begin(sa, &answer, NULL)) {
		child_remove(answer.child);
		answer.child = NULL;
		follows = false;
	}
	v2_answer_add(follows ? &sa->following->answer : &answer, &out);
	v2_respond(sa, message, &out);
	if (answer.child && !follows)
		v2_child_answered(sa, &answer, old);
	v2_answer_free(&answer);
}

/* Of which SA there is none: its SPI, as the peer said it (2.25). */
static void answer_not_found(struct ikev2_sa *sa,
			     const struct v2_message *message,
			     const struct payload_notify *rekey)
{
	struct build out;

	build_start_inner(&out);
	build_notify(&out, rekey->protocol, rekey->spi,
		     NOTIFY_CHILD_SA_NOT_FOUND, span_of(NULL, 0));
	v2_respond(sa, message, &out);
}

enum fsm_verdict v2_child_request(struct ike_sa *ike, void *arg)
{
	const struct v2_message *message = arg;
	struct ikev2_sa *sa = v2_sa(ike);
	struct child_sa *old = NULL;
	struct payload_notify rekey;

	if ((ike->active && ike->active->kind == TASK_IKE_REKEY) ||
	    v2_following_ike(sa))
		return v2_not_now(ike, arg);
	if (chain_notify(&message->chain, NOTIFY_REKEY_SA, &rekey)) {
		old = find_old(ike, &rekey);
		/* It may be the one whose answer we wait for. */
		if (!old && sa->making.child)
			return v2_not_now(ike, arg);
		if (!old) {
			answer_not_found(sa, message, &rekey);
			return FSM_OK;
		}
		/* Ours is not to be stopped any more. */
		if (old->state > CHILD_REKEYING ||
		    (sa->making.old == old->unique && sa->making.more.n))
			return v2_not_now(ike, arg);
	}
	answer(sa, message, old);
	return FSM_OK;
}

/* Ours has lost before it was there: the peer's goes on, or is there. */
static void give_way(struct ikev2_sa *sa)
{
	struct v2_making *making = &sa->making;
	struct child_sa *old = child_of_unique(sa->ike.engine, making->old);
	bool there = making->rival;

	ike_sa_log(&sa->ike, LEVEL_INFO,
		   "child %s is rekeyed by both, ours is not made",
		   making->child->conf->name);
	v2_making_free(sa);
	v2_task_done(sa, 0, "");
	if (old && there)
		child_replaced(old);
	else if (old)
		child_rekey_later(old, REKEY_LATER_MS);
}

/*
 * RFC 7296, 2.8.1: of two successors the one with the lowest of the four nonces
 * goes again, by who made it; the other one's maker deletes the old one.
 */
static void settle(struct ikev2_sa *sa)
{
	struct v2_making *making = &sa->making;
	struct engine *engine = sa->ike.engine;
	struct child_sa *old = child_of_unique(engine, making->old);
	struct child_sa *child = making->child;
	struct child_sa *rival =
		making->rivalled ? child_of_unique(engine, making->rival) :
				   NULL;
	bool loses = making->rivalled &&
		     v2_is_loser(making, buf_span(&making->nonce),
				 buf_span(&making->peers_nonce));
	bool goes_on = making->rivalled && !making->rival;

	making->child = NULL;
	if (old && loses && goes_on)
		child_rekey_later(old, REKEY_LATER_MS);
	else if (old)
		child_replaced(old);
	v2_making_free(sa);
	v2_task_done(sa, 0, "");
	if (loses) {
		ike_sa_log(&sa->ike, LEVEL_INFO,
			   "child %s was rekeyed by both, ours goes",
			   child->conf->name);
		child_replaced(child);
		ike_sa_want(&sa->ike, TASK_CHILD_DELETE, child->unique);
		return;
	}
	if (goes_on)
		v2_following_end(sa);
	if (rival)
		child_replaced(rival);
	child_take_over(child);
	child_up(child, old ? old : child);
	if (old)
		ike_sa_want(&sa->ike, TASK_CHILD_DELETE, old->unique);
}

void v2_child_failed(struct ikev2_sa *sa, const char *text)
{
	struct ike_sa *ike = &sa->ike;
	uint32_t rekeys = sa->making.old;
	struct child_sa *old;

	v2_making_free(sa);
	engine_fail(ike->engine, ike, ike->conn->name, text, "");
	old = rekeys ? child_of_unique(ike->engine, rekeys) : NULL;
	if (old && old->state == CHILD_REKEYING)
		child_rekey_later(old, REKEY_LATER_MS);
	v2_task_done(sa, -1, text);
}

void v2_child_made(struct ikev2_sa *sa)
{
	struct v2_making *making = &sa->making;
	const struct span nonces[2] = { buf_span(&making->nonce),
					buf_span(&making->peers_nonce) };
	uint32_t rekeys = making->old;
	struct err err;

	if (v2_offer_install(sa, nonces, &err)) {
		making->old = rekeys;
		v2_child_failed(sa, err.text);
	} else if (rekeys) {
		settle(sa);
	} else {
		v2_task_done(sa, 0, "");
	}
}

enum fsm_verdict v2_child_response(struct ike_sa *ike, void *arg)
{
	const struct v2_message *message = arg;
	struct ikev2_sa *sa = v2_sa(ike);
	struct v2_making *making = &sa->making;
	uint32_t rekeys = making->old;
	struct span nonce;
	struct err err;
	int ret;

	if (payload_nonce(chain_find(&message->chain, PAYLOAD_NONCE, NULL)->body,
			  &nonce, &err))
		return FSM_SYNTAX;
	buf_add_span(&making->peers_nonce, nonce);
	ret = v2_offer_answered(sa, message, &err);
	if (ret == 1 && making->rivalled &&
	    v2_is_loser(making, buf_span(&making->nonce), nonce)) {
		give_way(sa);
		return FSM_OK;
	}
	if (ret == 1)
		ret = v2_followup_send(sa, message, &err);
	else if (!ret)
		v2_child_made(sa);
	if (ret < 0) {
		making->old = rekeys;
		v2_child_failed(sa, err.text);
	}
	return FSM_OK;
}

/* The peer does not know it: from scratch (2.25). */
static void begin_anew(struct ikev2_sa *sa, struct child_sa *old)
{
	const struct child_conf *conf = old->conf;

	child_remove(old);
	ike_sa_want_child(&sa->ike, conf, NULL, NULL);
}

/*
 * The peer makes no SAs after the first ones (RFC 7296, 1.3, 4): in place of new
 * keys there is a new IKE SA, made before the old one goes.
 */
static void refused_more(struct ikev2_sa *sa, const struct child_sa *old)
{
	const char *text =
		"the peer takes no more Child SAs (NO_ADDITIONAL_SAS)";

	if (old) {
		ike_sa_log(&sa->ike, LEVEL_INFO, "%s: authenticating anew",
			   text);
		v2_task_done(sa, 0, "");
		ike_sa_reauth(&sa->ike);
		return;
	}
	engine_fail(
		sa->ike.engine, &sa->ike, sa->ike.conn->name, text,
		"put all selectors into one child, or give each child a connection of its own");
	v2_task_done(sa, -1, text);
}

static void refused_for_good(struct ikev2_sa *sa, struct child_sa *old,
			     uint16_t type, const char *why)
{
	char text[256];

	snprintf(text, sizeof(text), "child %.64s: %s",
		 old		      ? old->conf->name :
		 sa->ike.active->conf ? sa->ike.active->conf->name :
					"",
		 why);
	engine_fail(sa->ike.engine, &sa->ike, sa->ike.conn->name, text,
		    v2_child_hint(type));
	if (old)
		child_rekey_later(old, REKEY_LATER_MS);
	v2_task_done(sa, -1, text);
}

enum fsm_verdict v2_child_refused(struct ike_sa *ike, void *arg)
{
	const struct v2_message *message = arg;
	struct ikev2_sa *sa = v2_sa(ike);
	bool rivalled = sa->making.rivalled, there = sa->making.rival;
	struct child_sa *old =
		sa->making.old ? child_of_unique(ike->engine, sa->making.old) :
				 NULL;
	bool other_group = v2_offer_group(sa, message);
	bool rekeys = sa->making.old;
	char text[128];
	uint16_t type;

	if (!v2_refusal(message, &type, text))
		return FSM_SYNTAX;
	v2_making_free(sa);
	if (old && rivalled && there)
		child_replaced(old);
	else if (old && rivalled)
		child_rekey_later(old, REKEY_LATER_MS);
	else if (old && old->state == CHILD_REKEYING)
		child_set_state(old, CHILD_INSTALLED);
	if (rivalled || (rekeys && !old)) {
		v2_task_done(sa, 0, "");
	} else if (other_group) {
		v2_task_again(sa, 0);
	} else if (v2_is_again(type)) {
		v2_put_off(sa, type, AGAIN_MS);
	} else if (type == NOTIFY_NO_ADDITIONAL_SAS) {
		refused_more(sa, old);
	} else if (type == NOTIFY_CHILD_SA_NOT_FOUND && old) {
		v2_task_done(sa, 0, "");
		begin_anew(sa, old);
	} else {
		refused_for_good(sa, old, type, text);
	}
	return FSM_OK;
}
