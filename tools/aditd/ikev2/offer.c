// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The initiator's side of a Child SA, in IKE_AUTH and in CREATE_CHILD_SA: what
 * it offers, and what it makes of the answer (RFC 7296, 1.3.1, 2.7, 2.9).
 */
#include <stdlib.h>

#include "v2.h"

void v2_making_free(struct ikev2_sa *sa)
{
	struct v2_making *making = &sa->making;

	if (making->child)
		child_remove(making->child);
	if (making->ike) {
		making->ike->ike.orphaned = true;
		ike_sa_remove(&making->ike->ike, "it is not made");
	}
	free(making->offer);
	kex_free(making->kex);
	v2_more_free(&making->more);
	buf_free(&making->link);
	buf_free(&making->secret);
	buf_free(&making->nonce);
	buf_free(&making->peers_nonce);
	buf_free(&making->rival_nonce);
	*making = (struct v2_making){ 0 };
}

static void strip_ke(struct proposal *proposal)
{
	uint8_t n = 0;

	for (uint8_t i = 0; i < proposal->n; i++)
		if (proposal->transforms[i].type != TRANSFORM_KE &&
		    !transform_is_addke(&proposal->transforms[i]))
			proposal->transforms[n++] = proposal->transforms[i];
	proposal->n = n;
}

static void set_spi(struct proposal *proposal, uint32_t spi)
{
	proposal->spi_len = 4;
	for (unsigned int i = 0; i < 4; i++)
		proposal->spi[i] = (uint8_t)(spi >> 8 * (3 - i));
}

uint16_t v2_first_ke(const struct proposals *proposals)
{
	const struct transform *ke;

	for (size_t i = 0; i < proposals->n; i++) {
		ke = proposal_get(&proposals->list[i], TRANSFORM_KE);
		if (ke)
			return ke->id;
	}
	return KE_NONE;
}

static void resolve_ts(struct child_sa *child, const struct task *task)
{
	struct ts_list *local = &child->local_ts, *remote = &child->remote_ts;
	const struct addrs *hosts;
	struct addrs room;

	hosts = ike_sa_hosts(child->ike, true, &room);
	ts_resolve(&child->conf->local_ts, hosts->list, hosts->n, local);
	hosts = ike_sa_hosts(child->ike, false, &room);
	ts_resolve(&child->conf->remote_ts, hosts->list, hosts->n, remote);
	/* The packet that asked for it stands first (RFC 7296, 2.9). */
	if (!task->has_packet || local->n >= TS_MAX || remote->n >= TS_MAX)
		return;
	memmove(local->ts + 1, local->ts, local->n++ * sizeof(*local->ts));
	memmove(remote->ts + 1, remote->ts, remote->n++ * sizeof(*remote->ts));
	local->ts[0] = task->source;
	remote->ts[0] = task->destination;
}

static int make_offer(struct v2_making *making, bool with_ke)
{
	const struct child_sa *child = making->child;

	making->offer = calloc(1, sizeof(*making->offer));
	if (!making->offer)
		return -1;
	proposals_copy(making->offer, &child->conf->proposals);
	for (size_t i = 0; i < making->offer->n; i++) {
		making->offer->list[i].number = (uint8_t)(i + 1);
		set_spi(&making->offer->list[i], child->spi_in);
		if (!with_ke)
			strip_ke(&making->offer->list[i]);
	}
	return 0;
}

int v2_offer_begin(struct ikev2_sa *sa, const struct task *task, bool with_ke)
{
	struct v2_making *making = &sa->making;
	const struct child_sa *old =
		task->child ? child_of_unique(sa->ike.engine, task->child) :
			      NULL;
	uint8_t nonce[V2_NONCE_LEN];

	making->child = child_new(&sa->ike, old ? old->conf : task->conf);
	if (!making->child || make_offer(making, with_ke) ||
	    engine_random(sa->ike.engine, nonce, sizeof(nonce)))
		return -1;
	making->child->protocol = making->offer->list[0].protocol;
	if (old) {
		making->old = old->unique;
		making->child->mode = old->mode;
		making->child->local_ts = old->local_ts;
		making->child->remote_ts = old->remote_ts;
	} else {
		resolve_ts(making->child, task);
	}
	if (with_ke)
		buf_add_span(&making->nonce, SPAN(nonce));
	sa->ke = task->ke ? task->ke : v2_first_ke(making->offer);
	child_set_state(making->child, CHILD_INSTALLING);
	return making->nonce.failed ? -1 : 0;
}

void v2_offer_add(struct ikev2_sa *sa, struct build *out)
{
	struct v2_making *making = &sa->making;
	struct child_sa *child = making->child;
	struct buf share = BUF_INIT;
	struct span none = { 0 };

	if (child->mode == MODE_TRANSPORT)
		build_notify(out, PROTOCOL_NONE, none,
			     NOTIFY_USE_TRANSPORT_MODE, none);
	v2_traits_offer(child, out);
	build_sa(out, making->offer);
	if (making->nonce.len)
		build_span(out, PAYLOAD_NONCE, buf_span(&making->nonce));
	if (making->nonce.len && sa->ke != KE_NONE) {
		making->kex = kex_start(sa->ke, &share);
		if (!making->kex || share.failed)
			out->buf.failed = true;
		build_ke(out, sa->ke, buf_span(&share));
		buf_free(&share);
	}
	build_ts(out, PAYLOAD_TSI, &child->local_ts);
	build_ts(out, PAYLOAD_TSR, &child->remote_ts);
}

/* The one proposal that the answer has, if it is one of ours. */
static int take_proposal(struct ikev2_sa *sa, const struct v2_message *message,
			 struct err *err)
{
	struct v2_making *making = &sa->making;
	struct proposals *answer = calloc(1, sizeof(*answer));
	int ret = -1;

	if (!answer)
		return err_set(err, ERR_REFUSED, "out of memory");
	if (payload_sa(chain_find(&message->chain, PAYLOAD_SA, NULL)->body,
		       answer, err))
		goto out;
	if (answer->n != 1 || answer->list[0].spi_len != 4) {
		err_set(err, ERR_REFUSED,
			"the answer has %zu proposals, the "
			"first with an SPI of %u octets",
			answer->n, answer->list[0].spi_len);
		goto out;
	}
	ret = proposal_check(making->offer, &answer->list[0],
			     making->nonce.len ? 0 : PROPOSAL_NO_KE, err);
	if (!ret) {
		v2_take_child_proposal(making->child, &answer->list[0]);
		if (making->nonce.len)
			v2_more_begin(&making->more, making->child->addke);
	}
out:
	free(answer);
	return ret;
}

static bool is_within(const struct ts_list *inner, const struct ts_list *outer)
{
	for (size_t i = 0; i < inner->n; i++) {
		size_t j = 0;

		while (j < outer->n &&
		       !ts_contains(&outer->ts[j], &inner->ts[i]))
			j++;
		if (j == outer->n)
			return false;
	}
	return inner->n;
}

static int take_side(const struct v2_message *message, uint8_t type,
		     struct ts_list *ours, struct err *err)
{
	struct ts_list *theirs = calloc(1, sizeof(*theirs));
	char got[200] = "", want[200] = "";
	int ret = -1;

	if (!theirs)
		return err_set(err, ERR_REFUSED, "out of memory");
	if (ts_from_wire(theirs, chain_find(&message->chain, type, NULL)->body,
			 err)) {
		err_prefix(err, "traffic selectors: ");
	} else if (is_within(theirs, ours)) {
		*ours = *theirs;
		ret = 0;
	} else {
		ts_show_list(theirs, got, sizeof(got));
		ts_show_list(ours, want, sizeof(want));
		err_set(err, ERR_REFUSED, "the peer takes %s; we asked for %s",
			got, want);
	}
	free(theirs);
	return ret;
}

/*
 * The selectors were asked for before our inner addresses were known: now it is
 * known what "dynamic" is. Another end that leaves it at all of the addresses is
 * right, too.
 */
static int take_own(struct child_sa *child, struct err *err)
{
	const struct ike_sa *ike = child->ike;
	struct ts_list *lists;
	char got[200] = "", want[200] = "";

	if (!ike->conn->vips.n)
		return 0;
	if (!ike->vips.local.n)
		return err_set(
			err, ERR_REFUSED,
			"the peer gave no inner address, and we asked for one");
	lists = calloc(2, sizeof(*lists));
	if (!lists)
		return err_set(err, ERR_REFUSED, "out of memory");
	ts_resolve(&child->conf->local_ts, ike->vips.local.list,
		   ike->vips.local.n, &lists[0]);
	ts_narrow(&child->local_ts, &lists[0], &lists[1]);
	if (lists[1].n) {
		child->local_ts = lists[1];
	} else {
		ts_show_list(&child->local_ts, got, sizeof(got));
		ts_show_list(&lists[0], want, sizeof(want));
		err_set(err, ERR_REFUSED,
			"the peer takes %s from us; it gave us %s", got, want);
	}
	free(lists);
	return child->local_ts.n && !*got ? 0 : -1;
}

/* A gateway has both families, and may have given an address of one only. */
static int pair_sides(struct child_sa *child, struct err *err)
{
	char local[200] = "", remote[200] = "";

	ts_show_list(&child->local_ts, local, sizeof(local));
	ts_show_list(&child->remote_ts, remote, sizeof(remote));
	return ts_pair(&child->local_ts, &child->remote_ts) ?
		       0 :
		       err_set(err, ERR_REFUSED,
			       "the peer takes %s === %s, IPv4 at one end and IPv6 at the other",
			       local, remote);
}

static int take_mode(struct child_sa *child, const struct v2_message *message)
{
	struct payload_notify notify;

	if (child->mode == MODE_TRANSPORT &&
	    !chain_notify(&message->chain, NOTIFY_USE_TRANSPORT_MODE,
			  &notify)) {
		ike_sa_log(child->ike, LEVEL_INFO,
			   "child %s: the peer wants tunnel mode",
			   child->conf->name);
		child->mode = MODE_TUNNEL;
	}
	v2_traits_answered(child, &message->chain);
	return 0;
}

static int take_secret(struct ikev2_sa *sa, const struct v2_message *message,
		       struct err *err)
{
	const struct payload *payload =
		chain_find(&message->chain, PAYLOAD_KE, NULL);
	struct v2_making *making = &sa->making;
	struct buf *secret = &making->secret;
	struct payload_ke ke;

	if (!making->nonce.len || making->child->dh == KE_NONE)
		return 0;
	if (!payload || payload_ke(payload->body, &ke, err) || !making->kex ||
	    ke.method != making->child->dh ||
	    ke.method != kex_method(making->kex) ||
	    kex_finish(making->kex, ke.share, secret) || secret->failed)
		return err_set(err, ERR_REFUSED,
			       "the peer's key exchange share is not valid");
	return 0;
}

/* The peer may have it, and shall not. */
static int give_up(struct ikev2_sa *sa, struct err *err)
{
	struct child_sa *child = sa->making.child;

	err_prefix(err, "child %s: ", child->conf->name);
	sa->making.child = NULL;
	child_set_state(child, CHILD_DELETING);
	ike_sa_want(&sa->ike, TASK_CHILD_DELETE, child->unique);
	v2_making_free(sa);
	return -1;
}

int v2_offer_install(struct ikev2_sa *sa, const struct span nonces[2],
		     struct err *err)
{
	struct v2_making *making = &sa->making;
	struct child_sa *child = making->child;
	const struct child_sa *old =
		making->old ? child_of_unique(sa->ike.engine, making->old) :
			      NULL;
	struct buf keymat = BUF_INIT;
	struct child_keys keys;
	int ret;

	ret = v2_keymat_child(sa, child, true, nonces,
			      buf_span(&making->secret),
			      buf_span(&making->more.secrets), &keymat, &keys);
	if (!ret) {
		child_identify(child, old);
		/* The one that has lost does not send at all. */
		child_install(child, &keys, making->rivalled);
	}
	buf_free(&keymat);
	if (ret) {
		err_set(err, ERR_REFUSED, "no keys for the child");
		return give_up(sa, err);
	}
	if (making->old || making->rivalled)
		return 0; /* the caller knows which one stays */
	making->child = NULL;
	child_up(child, NULL);
	v2_making_free(sa);
	return 0;
}

int v2_offer_answered(struct ikev2_sa *sa, const struct v2_message *message,
		      struct err *err)
{
	struct child_sa *child = sa->making.child;

	if (take_proposal(sa, message, err) || take_mode(child, message) ||
	    take_side(message, PAYLOAD_TSI, &child->local_ts, err) ||
	    (!sa->making.old && take_own(child, err)) ||
	    take_side(message, PAYLOAD_TSR, &child->remote_ts, err) ||
	    pair_sides(child, err) || take_secret(sa, message, err))
		return give_up(sa, err);
	return v2_more_left(&sa->making.more) ? 1 : 0;
}

bool v2_offer_group(struct ikev2_sa *sa, const struct v2_message *message)
{
	struct transform wanted = { .type = TRANSFORM_KE };
	const struct proposals *offer = sa->making.offer;
	struct payload_notify notify;

	if (!chain_notify(&message->chain, NOTIFY_INVALID_KE_PAYLOAD,
			  &notify) ||
	    !span_take_u16(&notify.data, &wanted.id) || wanted.id == sa->ke)
		return false;
	for (size_t i = 0; offer && i < offer->n; i++) {
		if (proposal_has(&offer->list[i], &wanted)) {
			sa->ike.active->ke = wanted.id;
			return true;
		}
	}
	return false;
}
