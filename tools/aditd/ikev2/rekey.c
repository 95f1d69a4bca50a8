// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * CREATE_CHILD_SA that rekeys the IKE SA (RFC 7296, 1.3.2, 2.8, 2.18), of who
 * begins. What becomes of the old one and the new one is in rekey_settle.c.
 */
#include <stdlib.h>

#include "v2.h"

enum { AGAIN_MS = 4000, LATER_MS = 60 * 1000 };

void v2_rekey_set_spi(struct proposal *proposal, uint64_t spi)
{
	proposal->spi_len = 8;
	for (unsigned int i = 0; i < 8; i++)
		proposal->spi[i] = (uint8_t)(spi >> 8 * (7 - i));
}

uint64_t v2_rekey_get_spi(const struct proposal *proposal)
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
		v2_rekey_set_spi(&making->offer->list[i],
				 making->ike->ike.spi_i);
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
	if (!making->ike || v2_rekey_inherit(making->ike, sa) || make_offer(sa))
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
	if (answer->n != 1 || !v2_rekey_get_spi(&answer->list[0])) {
		err_set(err, ERR_REFUSED, "not one proposal with an SPI");
		goto out;
	}
	if (proposal_check(making->offer, &answer->list[0], 0, err))
		goto out;
	next->ike.spi_r = v2_rekey_get_spi(&answer->list[0]);
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

/* Ours has lost before it was there: the peer's goes on, or is there. */
static void give_way(struct ikev2_sa *sa)
{
	ike_sa_log(&sa->ike, LEVEL_INFO,
		   "both rekey the IKE SA, ours is not made");
	v2_task_done(sa, 0, "");
	if (!v2_rekey_adopt(sa))
		sa->ike.rekey_at = ike_sa_now(&sa->ike) + LATER_MS;
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
		v2_rekey_settle(sa);
}

enum fsm_verdict v2_rekey_response(struct ike_sa *ike, void *arg)
{
	struct ikev2_sa *sa = v2_sa(ike);
	struct err err;
	int ret = take_answer(sa, arg, &err);

	if (!ret && !v2_more_left(&sa->making.more))
		v2_rekey_made(sa);
	else if (!ret && v2_rekey_loses(sa))
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
