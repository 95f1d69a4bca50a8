// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The responder's side of a Child SA, in IKE_AUTH and in CREATE_CHILD_SA: which
 * child of the configuration it is, how far it goes, and the answer
 * (RFC 7296, 2.7, 2.9, 2.17).
 */
#include <stdio.h>
#include <stdlib.h>

#include "v2.h"

/* What the peer proposes; too large for the stack. */
struct proposed {
	struct proposals offer;
	struct ts_list tsi, tsr; /* with NAT undone, where that is needed */
	struct ts_list ours;
	struct ts_list narrow_i, narrow_r;
	bool transport;
};

void v2_take_child_proposal(struct child_sa *child,
			    const struct proposal *chosen)
{
	const struct transform *encr = proposal_get(chosen, TRANSFORM_ENCR);
	const struct transform *integrity =
		proposal_get(chosen, TRANSFORM_INTEG);
	const struct transform *ke = proposal_get(chosen, TRANSFORM_KE);
	const struct transform *esn = proposal_get(chosen, TRANSFORM_ESN);
	struct span spi = span_of(chosen->spi, chosen->spi_len);

	child->protocol = chosen->protocol;
	child->encr = encr ? encr->id : 0;
	child->encr_bits = encr ? encr->bits : 0;
	child->integ = integrity ? integrity->id : 0;
	child->dh = ke ? ke->id : 0;
	proposal_addke(chosen, child->addke);
	child->esn = esn && esn->id == ESN_YES;
	span_take_u32(&spi, &child->spi_out);
}

static int no(struct v2_answer *answer, uint16_t notify, const char *text)
{
	answer->notify = notify;
	snprintf(answer->text, sizeof(answer->text), "%.399s", text);
	return -1;
}

/*
 * In transport mode the addresses are those of the packets as they come here,
 * not what they were before a NAT (RFC 7296, 2.23.1).
 */
static void undo_nat(struct ts_list *list, const struct addr *addr)
{
	for (size_t i = 0; i < list->n; i++) {
		if (list->ts[i].start.len != addr->len ||
		    addr_compare(&list->ts[i].start, &list->ts[i].end) != 0)
			continue;
		list->ts[i].start = *addr;
		list->ts[i].end = *addr;
	}
}

static int read_proposed(struct ikev2_sa *sa, const struct v2_message *message,
			 struct proposed *proposed, struct v2_answer *answer)
{
	const struct chain *chain = &message->chain;
	struct payload_notify notify;
	struct err err;

	if (payload_sa(chain_find(chain, PAYLOAD_SA, NULL)->body,
		       &proposed->offer, &err) ||
	    ts_from_wire(&proposed->tsi,
			 chain_find(chain, PAYLOAD_TSI, NULL)->body, &err) ||
	    ts_from_wire(&proposed->tsr,
			 chain_find(chain, PAYLOAD_TSR, NULL)->body, &err))
		return no(answer, NOTIFY_INVALID_SYNTAX, err.text);
	proposed->transport =
		chain_notify(chain, NOTIFY_USE_TRANSPORT_MODE, &notify);
	*answer->tsi = proposed->tsi;
	*answer->tsr = proposed->tsr;
	if (proposed->transport && sa->ike.nat_there)
		undo_nat(&proposed->tsi, &sa->ike.path.remote);
	if (proposed->transport && sa->ike.nat_here)
		undo_nat(&proposed->tsr, &sa->ike.path.local);
	return 0;
}

static bool narrow(const struct ikev2_sa *sa, const struct child_conf *conf,
		   struct proposed *proposed)
{
	const struct addrs *hosts;
	struct addrs room;

	hosts = ike_sa_hosts(&sa->ike, false, &room);
	ts_resolve(&conf->remote_ts, hosts->list, hosts->n, &proposed->ours);
	ts_narrow(&proposed->tsi, &proposed->ours, &proposed->narrow_i);
	hosts = ike_sa_hosts(&sa->ike, true, &room);
	ts_resolve(&conf->local_ts, hosts->list, hosts->n, &proposed->ours);
	ts_narrow(&proposed->tsr, &proposed->ours, &proposed->narrow_r);
	return ts_pair(&proposed->narrow_i, &proposed->narrow_r);
}

static bool is_exact(const struct proposed *proposed)
{
	return ts_list_equal(&proposed->tsi, &proposed->narrow_i) &&
	       ts_list_equal(&proposed->tsr, &proposed->narrow_r);
}

static unsigned int flags_of(const struct ikev2_sa *sa,
			     const struct v2_answer *answer)
{
	return (answer->first ? PROPOSAL_NO_KE : 0U) |
	       (sa->ike.conn->prefer_peer ? PROPOSAL_PREFER_PEER : 0U);
}

static void say_selectors(const struct ikev2_sa *sa,
			  const struct proposed *proposed,
			  struct v2_answer *answer)
{
	char tsi[100] = "", tsr[100] = "";

	ts_show_list(&proposed->tsi, tsi, sizeof(tsi));
	ts_show_list(&proposed->tsr, tsr, sizeof(tsr));
	no(answer, NOTIFY_TS_UNACCEPTABLE, "");
	snprintf(answer->text, sizeof(answer->text),
		 "peer proposes %s === %s; no child of %.64s has that", tsi,
		 tsr, sa->ike.conn->name);
}

/* The first that fits, or better one that fits exactly. */
static int choose(struct ikev2_sa *sa, struct proposed *proposed,
		  struct v2_answer *answer)
{
	const struct child_conf *conf = sa->ike.conn->children;
	struct proposal chosen;
	bool exact = false;
	struct err err;

	say_selectors(sa, proposed, answer);
	for (; conf && !exact; conf = conf->next) {
		if (answer->old && conf != answer->old->conf)
			continue;
		if (!narrow(sa, conf, proposed))
			continue;
		if (proposal_select(&conf->proposals, &proposed->offer,
				    flags_of(sa, answer), &chosen, &err)) {
			if (!answer->conf)
				no(answer, NOTIFY_NO_PROPOSAL_CHOSEN, err.text);
			continue;
		}
		exact = is_exact(proposed);
		if (!answer->conf || exact) {
			answer->conf = conf;
			answer->chosen = chosen;
		}
	}
	if (!answer->conf)
		return -1;
	answer->notify = 0;
	narrow(sa, answer->conf, proposed);
	return 0;
}

int v2_answer_ke(const struct v2_message *message, uint16_t method,
		 struct v2_answer *answer)
{
	const struct payload *payload =
		chain_find(&message->chain, PAYLOAD_KE, NULL);
	struct payload_ke ke = { 0 };
	struct err err;

	if (method == KE_NONE)
		return 0;
	if (payload && payload_ke(payload->body, &ke, &err))
		return no(answer, NOTIFY_INVALID_SYNTAX, err.text);
	if (!payload || ke.method != method) {
		buf_add_u16(&answer->data, method);
		return no(answer, NOTIFY_INVALID_KE_PAYLOAD,
			  "the peer's key exchange is of another method");
	}
	if (kex_respond(method, ke.share, &answer->share, &answer->secret) ||
	    answer->share.failed || answer->secret.failed)
		return no(answer, NOTIFY_INVALID_SYNTAX,
			  "the peer's key exchange share is not valid");
	return 0;
}

/* Nonces and key exchange of its own, if it is not in IKE_AUTH. */
static int exchange_keys(struct ikev2_sa *sa, const struct v2_message *message,
			 struct v2_answer *answer)
{
	const struct transform *ke =
		proposal_get(&answer->chosen, TRANSFORM_KE);
	uint8_t nonce[V2_NONCE_LEN];
	struct span peers;
	struct err err;

	if (answer->first)
		return 0;
	if (payload_nonce(chain_find(&message->chain, PAYLOAD_NONCE, NULL)->body,
			  &peers, &err))
		return no(answer, NOTIFY_INVALID_SYNTAX, err.text);
	if (engine_random(sa->ike.engine, nonce, sizeof(nonce)))
		return no(answer, NOTIFY_TEMPORARY_FAILURE, "no random");
	/* It may be needed longer than this message is there. */
	buf_add_span(&answer->peers_nonce, peers);
	buf_add_span(&answer->nonce, SPAN(nonce));
	if (answer->peers_nonce.failed || answer->nonce.failed)
		return no(answer, NOTIFY_TEMPORARY_FAILURE, "out of memory");
	answer->nonces[0] = buf_span(&answer->peers_nonce);
	answer->nonces[1] = buf_span(&answer->nonce);
	return v2_answer_ke(message, ke ? ke->id : KE_NONE, answer);
}

static int make_child(struct ikev2_sa *sa, const struct v2_message *message,
		      const struct proposed *proposed, struct v2_answer *answer)
{
	struct child_sa *child = child_new(&sa->ike, answer->conf);

	if (!child)
		return no(answer, NOTIFY_NO_ADDITIONAL_SAS,
			  "there are too many children");
	child->mode = proposed->transport &&
				      answer->conf->mode == MODE_TRANSPORT ?
			      MODE_TRANSPORT :
			      MODE_TUNNEL;
	child->local_ts = proposed->narrow_r;
	child->remote_ts = proposed->narrow_i;
	v2_take_child_proposal(child, &answer->chosen);
	v2_traits_choose(child, &message->chain);
	if (!answer->first)
		v2_more_begin(&answer->more, child->addke);
	answer->child = child;
	return 0;
}

int v2_answer_install(struct ikev2_sa *sa, struct v2_answer *answer,
		      struct child_sa *old)
{
	struct child_sa *child = answer->child;
	struct buf keymat = BUF_INIT;
	struct child_keys keys;

	if (v2_keymat_child(sa, child, false, answer->nonces,
			    buf_span(&answer->secret),
			    buf_span(&answer->more.secrets), &keymat, &keys)) {
		buf_free(&keymat);
		child_remove(child);
		answer->child = NULL;
		return no(answer, NOTIFY_NO_PROPOSAL_CHOSEN,
			  "no keys for the child");
	}
	child_identify(child, old);
	child_install(child, &keys, true);
	buf_free(&keymat);
	return 0;
}

/* With its keys, unless more of them are exchanged first. */
static int make(struct ikev2_sa *sa, const struct v2_message *message,
		const struct proposed *proposed, struct v2_answer *answer)
{
	if (make_child(sa, message, proposed, answer))
		return -1;
	if (!v2_more_left(&answer->more))
		return v2_answer_install(sa, answer, answer->old);
	child_set_state(answer->child, CHILD_INSTALLING);
	return 0;
}

/* Back from @ours, which took the place of the address that the peer said. */
static void redo_nat(struct ts_list *list, const struct addr *ours,
		     const struct ts_list *said)
{
	size_t i = 0;

	while (i < said->n &&
	       (said->ts[i].start.len != ours->len ||
		addr_compare(&said->ts[i].start, &said->ts[i].end) != 0))
		i++;
	for (size_t j = 0; i < said->n && j < list->n; j++) {
		struct ts *ts = &list->ts[j];

		if (addr_compare(&ts->start, ours) != 0 ||
		    addr_compare(&ts->end, ours) != 0)
			continue;
		ts->start = said->ts[i].start;
		ts->end = said->ts[i].end;
	}
}

/* As it is answered: narrow (2.9), with the peer's own addresses (2.23.1). */
static void set_answer(const struct ike_sa *ike, struct proposed *proposed,
		       struct v2_answer *answer)
{
	bool transport = answer->child->mode == MODE_TRANSPORT;

	if (transport && ike->nat_there)
		redo_nat(&proposed->narrow_i, &ike->path.remote, answer->tsi);
	if (transport && ike->nat_here)
		redo_nat(&proposed->narrow_r, &ike->path.local, answer->tsr);
	*answer->tsi = proposed->narrow_i;
	*answer->tsr = proposed->narrow_r;
}

static int check_spi(const struct proposal *chosen)
{
	struct span spi = span_of(chosen->spi, chosen->spi_len);
	uint32_t value = 0;

	return chosen->spi_len == 4 && span_take_u32(&spi, &value) && value ?
		       0 :
		       -1;
}

/* Without the addresses that it needs, the peer gets no child (RFC 7296, 2.19). */
static int check_config(const struct ikev2_sa *sa, struct v2_answer *answer)
{
	if (!answer->first)
		return 0;
	answer->notify = v2_cp_refusal(sa, answer->text);
	return answer->notify ? -1 : 0;
}

int v2_answer_child(struct ikev2_sa *sa, const struct v2_message *message,
		    struct v2_answer *answer)
{
	struct proposed *proposed = calloc(1, sizeof(*proposed));
	int ret = -1;

	answer->tsi = calloc(1, sizeof(*answer->tsi));
	answer->tsr = calloc(1, sizeof(*answer->tsr));
	if (!proposed || !answer->tsi || !answer->tsr)
		no(answer, NOTIFY_TEMPORARY_FAILURE, "out of memory");
	else if (!check_config(sa, answer) &&
		 !read_proposed(sa, message, proposed, answer) &&
		 !choose(sa, proposed, answer)) {
		if (check_spi(&answer->chosen))
			no(answer, NOTIFY_INVALID_SYNTAX, "no SPI");
		else
			ret = exchange_keys(sa, message, answer) ||
					      make(sa, message, proposed,
						   answer) ?
				      -1 :
				      0;
	}
	if (ret) {
		char text[sizeof(answer->text) + 32];

		snprintf(text, sizeof(text), "child refused: %s", answer->text);
		engine_fail(
			sa->ike.engine, &sa->ike, sa->ike.conn->name, text,
			answer->notify == NOTIFY_INTERNAL_ADDRESS_FAILURE ?
				"" :
				"do proposals and selectors of both ends fit?");
	} else {
		set_answer(&sa->ike, proposed, answer);
	}
	free(proposed);
	return ret;
}

static void add_sa(const struct v2_answer *answer, struct build *out)
{
	struct proposals *list = calloc(1, sizeof(*list));
	struct proposal *one;

	if (!list) {
		out->buf.failed = true;
		return;
	}
	list->n = 1;
	one = &list->list[0];
	*one = answer->chosen;
	one->spi_len = 4;
	for (unsigned int i = 0; i < 4; i++)
		one->spi[i] = (uint8_t)(answer->child->spi_in >> 8 * (3 - i));
	build_sa(out, list);
	free(list);
}

void v2_answer_add_link(const struct v2_answer *answer, struct build *out)
{
	struct buf link = BUF_INIT;

	if (!v2_more_left(&answer->more))
		return;
	buf_add_u64(&link, answer->link);
	build_notify(out, PROTOCOL_NONE, span_of(NULL, 0),
		     NOTIFY_ADDITIONAL_KEY_EXCHANGE, buf_span(&link));
	out->buf.failed |= link.failed;
	buf_free(&link);
}

void v2_answer_add(const struct v2_answer *answer, struct build *out)
{
	struct span none = { 0 };

	if (answer->notify || !answer->child) {
		build_notify(out, PROTOCOL_NONE, none,
			     answer->notify ? answer->notify :
					      NOTIFY_TEMPORARY_FAILURE,
			     buf_span(&answer->data));
		return;
	}
	if (answer->child->mode == MODE_TRANSPORT)
		build_notify(out, PROTOCOL_NONE, none,
			     NOTIFY_USE_TRANSPORT_MODE, none);
	v2_traits_answer(answer->child, out);
	add_sa(answer, out);
	if (answer->nonce.len)
		build_span(out, PAYLOAD_NONCE, buf_span(&answer->nonce));
	if (answer->share.len)
		build_ke(out, answer->child->dh, buf_span(&answer->share));
	build_ts(out, PAYLOAD_TSI, answer->tsi);
	build_ts(out, PAYLOAD_TSR, answer->tsr);
	v2_answer_add_link(answer, out);
}

void v2_answer_free(struct v2_answer *answer)
{
	free(answer->tsi);
	free(answer->tsr);
	v2_more_free(&answer->more);
	buf_free(&answer->nonce);
	buf_free(&answer->peers_nonce);
	buf_free(&answer->share);
	buf_free(&answer->secret);
	buf_free(&answer->data);
}
