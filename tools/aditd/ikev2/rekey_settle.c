// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * An IKE SA is rekeyed (RFC 7296, 2.8): the new one takes over the children, the
 * old one is deleted by who began. If both began at once, one of the two new ones
 * is a rival that goes: the one with the lowest of the four nonces (2.8.1).
 */
#include "v2.h"

/* All that is not of the keys. It has no children, and nobody knows of it. */
int v2_rekey_inherit(struct ikev2_sa *sa, const struct ikev2_sa *from)
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
void v2_rekey_succeed(struct ike_sa *ike, struct ike_sa *old)
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

/* Has ours the lowest of the four nonces, so that the peer's stays? */
bool v2_rekey_loses(const struct ikev2_sa *sa)
{
	const struct ikev2_sa *next = sa->making.ike;

	return sa->making.rivalled &&
	       v2_is_loser(&sa->making, buf_span(&next->nonce_i),
			   buf_span(&next->nonce_r));
}

void v2_rekey_settle(struct ikev2_sa *sa)
{
	struct v2_making *making = &sa->making;
	struct ikev2_sa *next = making->ike;
	bool goes_on = making->rivalled && !making->rival;
	struct ike_sa *rival =
		making->rivalled ? engine_ike(sa->ike.engine, making->rival) :
				   NULL;
	bool loses = (rival && !rival->orphaned) ||
		     ((rival || goes_on) && v2_rekey_loses(sa));

	making->ike = NULL;
	v2_making_free(sa);
	v2_task_done(sa, 0, "");
	ike_sa_set_state(&next->ike, IKE_ESTABLISHED);
	ike_sa_count(&sa->ike, COUNT_IKE_REKEY_INIT);
	if (loses) {
		ike_sa_log(&next->ike, LEVEL_INFO,
			   "both rekeyed the IKE SA, ours goes");
		if (rival && rival->orphaned)
			v2_rekey_succeed(rival, &sa->ike);
		ike_sa_want(&next->ike, TASK_IKE_DELETE, 0);
		return;
	}
	if (goes_on)
		v2_following_end(sa);
	v2_rekey_succeed(&next->ike, &sa->ike);
	ike_sa_want(&sa->ike, TASK_IKE_DELETE, 0);
	if (rival) {
		ike_sa_set_state(rival, IKE_REKEYED);
		rival->give_up_at =
			ike_sa_now(rival) + V2_SECONDS_TO_DELETE * 1000ULL;
		ike_sa_schedule(rival);
	}
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
		v2_rekey_succeed(rival, &sa->ike);
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
		v2_rekey_succeed(&sa->ike, old);
}
