// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * IKE_FOLLOWUP_KE (RFC 9370, 2.2.4): additional key exchanges behind a
 * CREATE_CHILD_SA. Before the last one is done there is no new SA; which one it
 * is says the "link", an octet string of the responder.
 *
 *	HDR, SK {KEi(n), N(ADDITIONAL_KEY_EXCHANGE)(link)}  -->
 *		<--  HDR, SK {KEr(n), [N(ADDITIONAL_KEY_EXCHANGE)(link)]}
 *
 * If both rekey the same, it is known from the nonces of CREATE_CHILD_SA already
 * whose stays: the other one does not go on, so that the responder forgets it.
 */
#include <stdlib.h>

#include "v2.h"

enum { LINK_MAX = 1024 };

/* ------------------------------------------------------------------ initiator */

static int take_link(struct v2_making *making, const struct v2_message *message,
		     struct err *err)
{
	struct payload_notify notify;

	if (!chain_notify(&message->chain, NOTIFY_ADDITIONAL_KEY_EXCHANGE,
			  &notify) ||
	    notify.data.len > LINK_MAX)
		return err_set(err, ERR_REFUSED,
			       "the peer does not say how key exchanges go on");
	buf_free(&making->link);
	buf_add_span(&making->link, notify.data);
	return 0;
}

int v2_followup_send(struct ikev2_sa *sa, const struct v2_message *message,
		     struct err *err)
{
	struct v2_making *making = &sa->making;
	struct build out;

	if (take_link(making, message, err))
		return -1;
	/* The peer's one has lost. */
	if (making->rivalled && !making->rival)
		v2_following_end(sa);
	build_start_inner(&out);
	if (v2_more_offer(&making->more, &out) || making->link.failed) {
		build_free(&out);
		return err_set(err, ERR_REFUSED,
			       "no key for an additional key exchange");
	}
	build_notify(&out, PROTOCOL_NONE, span_of(NULL, 0),
		     NOTIFY_ADDITIONAL_KEY_EXCHANGE, buf_span(&making->link));
	v2_request(sa, EXCHANGE_IKE_FOLLOWUP_KE, &out);
	return 0;
}

enum fsm_verdict v2_followup_response(struct ike_sa *ike, void *arg)
{
	struct ikev2_sa *sa = v2_sa(ike);
	struct v2_making *making = &sa->making;
	bool of_ike = making->ike;
	struct err err;
	int ret;

	ret = v2_more_answered(&making->more, arg, &making->more.secrets, &err);
	if (!ret && v2_more_left(&making->more))
		ret = v2_followup_send(sa, arg, &err);
	else if (!ret && of_ike)
		v2_rekey_made(sa);
	else if (!ret)
		v2_child_made(sa);
	if (ret && of_ike)
		v2_rekey_failed(sa, err.text);
	else if (ret)
		v2_child_failed(sa, err.text);
	return FSM_OK;
}

/* ------------------------------------------------------------------ responder */

static struct child_sa *child_of(const struct v2_following *following)
{
	return following->child ? child_of_unique(following->sa->ike.engine,
						  following->child) :
				  NULL;
}

static struct ikev2_sa *next_of(const struct v2_following *following)
{
	struct ike_sa *next =
		following->next ?
			engine_ike(following->sa->ike.engine, following->next) :
			NULL;

	return next ? v2_sa(next) : NULL;
}

/* Its child or IKE SA is somebody else's from now on. */
static void forget(struct v2_following *following)
{
	struct ikev2_sa *sa = following->sa;
	const struct env *env = &sa->ike.engine->env;

	following->timer.at = 0;
	env->ops->set_timer(env->world, &following->timer);
	if (following->next)
		sa->ike.quiet_until = 0;
	sa->following = NULL;
	v2_answer_free(&following->answer);
	free(following);
}

void v2_following_end(struct ikev2_sa *sa)
{
	struct v2_following *following = sa->following;
	struct child_sa *child;
	struct ikev2_sa *next;

	if (!following)
		return;
	child = child_of(following);
	next = next_of(following);
	forget(following);
	if (child)
		child_remove(child);
	if (next)
		ike_sa_remove(&next->ike, "it is not made");
	/* It is no rival any more. */
	if (sa->making.rivalled && !sa->making.rival)
		sa->making.rivalled = false;
}

/* The peer does not go on. */
static void ring(struct env_timer *timer)
{
	struct ikev2_sa *sa = timer->arg;
	struct engine *engine = sa->ike.engine;

	timer->at = 0;
	engine_enter(engine);
	ike_sa_log(&sa->ike, LEVEL_INFO,
		   "the peer does not go on with its key exchanges");
	v2_following_end(sa);
	v2_kick(&sa->ike);
	ike_sa_schedule(&sa->ike);
	engine_leave(engine);
}

static void wait(struct v2_following *following)
{
	struct ike_sa *ike = &following->sa->ike;
	const struct env *env = &ike->engine->env;

	following->timer.at = ike_sa_now(ike) + V2_SECONDS_TO_FOLLOW * 1000ULL;
	env->ops->set_timer(env->world, &following->timer);
	/* What we would begin now would belong to neither (RFC 7296, 2.25.2). */
	if (following->next)
		ike->quiet_until = following->timer.at;
}

int v2_following_begin(struct ikev2_sa *sa, struct v2_answer *answer,
		       struct ikev2_sa *next)
{
	struct v2_following *following = calloc(1, sizeof(*following));

	v2_following_end(sa);
	if (!following || engine_random(sa->ike.engine, &answer->link,
					sizeof(answer->link))) {
		free(following);
		if (next)
			ike_sa_remove(&next->ike, "it is not made");
		answer->notify = NOTIFY_TEMPORARY_FAILURE;
		return -1;
	}
	following->sa = sa;
	following->answer = *answer;
	following->timer.arg = sa;
	following->timer.ring = ring;
	following->child = answer->child ? answer->child->unique : 0;
	following->old = answer->old ? answer->old->unique : 0;
	following->next = next ? next->ike.unique : 0;
	sa->following = following;
	*answer = (struct v2_answer){ 0 };
	wait(following);
	return 0;
}

bool v2_following_child(const struct ikev2_sa *sa, uint32_t old)
{
	return sa->following && sa->following->old == old;
}

bool v2_following_ike(const struct ikev2_sa *sa)
{
	return sa->following && sa->following->next;
}

/* The last one is done; what is answered if it can't be. */
static uint16_t finish_child(struct v2_following *following,
			     struct child_sa *old)
{
	struct v2_answer *answer = &following->answer;

	answer->child = child_of(following);
	if (!answer->child ||
	    (following->old && (!old || old->state > CHILD_REKEYING)))
		return NOTIFY_TEMPORARY_FAILURE;
	return v2_answer_install(following->sa, answer, old) ? answer->notify :
							       0;
}

static uint16_t finish_ike(struct v2_following *following)
{
	struct v2_answer *answer = &following->answer;
	struct ikev2_sa *next = next_of(following);

	if (!next ||
	    v2_keymat_rekey(next, following->sa, buf_span(&answer->secret),
			    buf_span(&answer->more.secrets)))
		return NOTIFY_TEMPORARY_FAILURE;
	ike_sa_set_state(&next->ike, IKE_ESTABLISHED);
	return 0;
}

static enum fsm_verdict finish(struct v2_following *following,
			       const struct v2_message *message,
			       struct build *out)
{
	struct ikev2_sa *sa = following->sa, *next = next_of(following);
	struct child_sa *old =
		following->old ?
			child_of_unique(sa->ike.engine, following->old) :
			NULL;
	struct v2_answer answer;
	uint16_t notify;

	notify = following->next ? finish_ike(following) :
				   finish_child(following, old);
	if (notify) {
		build_free(out);
		v2_following_end(sa);
		v2_respond_notify(sa, message, notify, span_of(NULL, 0));
		return FSM_OK;
	}
	v2_respond(sa, message, out);
	answer = following->answer;
	following->answer = (struct v2_answer){ 0 };
	forget(following);
	if (next)
		v2_rekey_answered(sa, next);
	else
		v2_child_answered(sa, &answer, old);
	v2_answer_free(&answer);
	return FSM_OK;
}

static bool is_linked(const struct v2_following *following, struct span link)
{
	uint64_t value;

	return following && link.len == sizeof(value) &&
	       span_take_u64(&link, &value) && value == following->answer.link;
}

enum fsm_verdict v2_followup_request(struct ike_sa *ike, void *arg)
{
	const struct v2_message *message = arg;
	struct ikev2_sa *sa = v2_sa(ike);
	struct v2_following *following = sa->following;
	struct payload_notify notify;
	struct build out;
	struct err err;

	if (!chain_notify(&message->chain, NOTIFY_ADDITIONAL_KEY_EXCHANGE,
			  &notify))
		return FSM_SYNTAX;
	if (!is_linked(following, notify.data)) {
		v2_respond_notify(sa, message, NOTIFY_STATE_NOT_FOUND,
				  span_of(NULL, 0));
		return FSM_OK;
	}
	build_start_inner(&out);
	if (v2_more_answer(&following->answer.more, message, &out,
			   &following->answer.more.secrets, &err)) {
		ike_sa_log(ike, LEVEL_INFO, "%s", err.text);
		build_free(&out);
		v2_following_end(sa);
		return FSM_SYNTAX;
	}
	if (!v2_more_left(&following->answer.more))
		return finish(following, message, &out);
	v2_answer_add_link(&following->answer, &out);
	v2_respond(sa, message, &out);
	wait(following);
	return FSM_OK;
}
