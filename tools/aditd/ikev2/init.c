// SPDX-License-Identifier: GPL-2.0-or-later
/* IKE_SA_INIT of the initiator (RFC 7296, 1.2, 2.6, 2.7). */
#include <stdio.h>
#include <stdlib.h>

#include "../proto/names.h"
#include "v2.h"

void v2_add_natd(struct ikev2_sa *sa, struct build *out,
		 const struct ike_path *path, bool fake)
{
	uint8_t source[NATD_LEN], destination[NATD_LEN];
	struct span none = { 0 };

	if (natd_make(sa->ike.spi_i, sa->ike.spi_r, path, fake, source,
		      destination))
		return;
	build_notify(out, PROTOCOL_NONE, none, NOTIFY_NAT_DETECTION_SOURCE_IP,
		     SPAN(source));
	build_notify(out, PROTOCOL_NONE, none,
		     NOTIFY_NAT_DETECTION_DESTINATION_IP, SPAN(destination));
}

/* Of several sources, as of a host with many addresses, one must fit. */
static bool any_fits(const struct ikev2_sa *sa, const struct chain *chain,
		     uint16_t type, const struct addr *addr, uint16_t port,
		     bool *there)
{
	const struct payload *payload = NULL;
	struct payload_notify notify;
	struct err err;

	*there = false;
	while ((payload = chain_find(chain, PAYLOAD_NOTIFY, payload)) != NULL) {
		if (payload_notify(payload->body, &notify, &err) ||
		    notify.type != type)
			continue;
		*there = true;
		if (natd_fits(sa->ike.spi_i, sa->ike.spi_r, addr, port,
			      notify.data))
			return true;
	}
	return false;
}

bool v2_read_natd_again(struct ikev2_sa *sa, const struct chain *chain,
			const struct ike_path *path)
{
	struct ike_sa *ike = &sa->ike;
	bool source, destination, fits_source, fits_destination;

	fits_source = any_fits(sa, chain, NOTIFY_NAT_DETECTION_SOURCE_IP,
			       &path->remote, path->remote_port, &source);
	fits_destination =
		any_fits(sa, chain, NOTIFY_NAT_DETECTION_DESTINATION_IP,
			 &path->local, path->local_port, &destination);
	if (!source && !destination)
		return false;
	ike->nat_there = source && !fits_source;
	ike->nat_here = destination && !fits_destination;
	ike->encap = path->tcp ? ENCAP_TCP : ENCAP_NONE;
	if (!path->tcp && (ike->nat_there || ike->nat_here))
		ike->encap = ENCAP_UDP;
	return true;
}

void v2_read_natd(struct ikev2_sa *sa, const struct chain *chain,
		  const struct ike_path *path)
{
	struct ike_sa *ike = &sa->ike;
	uint64_t spi_r = ike->spi_r;

	/* In the request there was no SPI of the responder yet. */
	if (!ike->initiator)
		ike->spi_r = 0;
	ike->encap = path->tcp ? ENCAP_TCP : ENCAP_NONE;
	sa->peer_natd = v2_read_natd_again(sa, chain, path);
	ike->spi_r = spi_r;
}

void v2_init_features(struct ikev2_sa *sa, const struct conn *conn,
		      struct build *out)
{
	/* All that crypto/sig.h can check. */
	static const uint8_t hashes[] = {
		0, HASH_SHA2_256, 0, HASH_SHA2_384,
		0, HASH_SHA2_512, 0, HASH_IDENTITY,
	};
	struct span none = { 0 };

	if (conn->fragmentation != FRAG_NO)
		build_notify(out, PROTOCOL_NONE, none,
			     NOTIFY_IKEV2_FRAGMENTATION_SUPPORTED, none);
	build_notify(out, PROTOCOL_NONE, none, NOTIFY_SIGNATURE_HASH_ALGORITHMS,
		     SPAN(hashes));
	if (!sa->ike.initiator && conn->childless != CHILDLESS_NEVER)
		build_notify(out, PROTOCOL_NONE, none,
			     NOTIFY_CHILDLESS_IKEV2_SUPPORTED, none);
	/* The initiator says so in IKE_AUTH (RFC 4739, 2.1). */
	if (!sa->ike.initiator)
		build_notify(out, PROTOCOL_NONE, none,
			     NOTIFY_MULTIPLE_AUTH_SUPPORTED, none);
	if (sa->ike.initiator ? proposals_have_addke(&conn->proposals) :
				sa->more.n)
		build_notify(out, PROTOCOL_NONE, none,
			     NOTIFY_INTERMEDIATE_EXCHANGE_SUPPORTED, none);
	if (v2_ppk_offers(sa)) {
		build_notify(out, PROTOCOL_NONE, none, NOTIFY_USE_PPK, none);
		sa->ppk.agreed = !sa->ike.initiator;
	}
}

void v2_init_read_features(struct ikev2_sa *sa, const struct conn *conn,
			   const struct chain *chain)
{
	struct payload_notify notify;
	uint16_t hash_id;

	/* Both have to say so (RFC 7383, 2.3). */
	sa->peer_fragments = conn->fragmentation != FRAG_NO &&
			     chain_notify(chain,
					  NOTIFY_IKEV2_FRAGMENTATION_SUPPORTED,
					  &notify);
	sa->peer_childless =
		chain_notify(chain, NOTIFY_CHILDLESS_IKEV2_SUPPORTED, &notify);
	sa->rounds.multiple =
		chain_notify(chain, NOTIFY_MULTIPLE_AUTH_SUPPORTED, &notify);
	sa->ppk.peer = chain_notify(chain, NOTIFY_USE_PPK, &notify);
	if (chain_notify(chain, NOTIFY_SIGNATURE_HASH_ALGORITHMS, &notify))
		while (span_take_u16(&notify.data, &hash_id))
			if (hash_id < 32)
				sa->peer_hashes |= 1U << hash_id;
}

void v2_take_algorithms(struct ikev2_sa *sa, const struct proposal *chosen)
{
	const struct transform *encr = proposal_get(chosen, TRANSFORM_ENCR);
	const struct transform *integrity =
		proposal_get(chosen, TRANSFORM_INTEG);
	const struct transform *random = proposal_get(chosen, TRANSFORM_PRF);
	const struct transform *ke = proposal_get(chosen, TRANSFORM_KE);

	sa->ike.algs.encr = encr ? encr->id : 0;
	sa->ike.algs.encr_bits = encr ? encr->bits : 0;
	sa->ike.algs.integ = integrity ? integrity->id : 0;
	sa->ike.algs.prf = random ? random->id : 0;
	sa->ike.algs.dh = ke ? ke->id : 0;
	proposal_addke(chosen, sa->ike.algs.addke);
}

/* What changes from one IKE_SA_INIT to the next is made here. */
static int prepare(struct ikev2_sa *sa)
{
	struct buf share = BUF_INIT;
	uint8_t nonce[V2_NONCE_LEN];

	if (!sa->ke)
		sa->ke = v2_first_ke(&sa->ike.conn->proposals);
	if (!sa->nonce_i.len) {
		if (engine_random(sa->ike.engine, nonce, sizeof(nonce)))
			return -1;
		buf_add_span(&sa->nonce_i, SPAN(nonce));
	}
	if (!sa->kex || kex_method(sa->kex) != sa->ke) {
		kex_free(sa->kex);
		sa->kex = kex_start(sa->ke, &share);
		/* Kept, so that a cookie's request is the same otherwise. */
		buf_free(&sa->share);
		sa->share = share;
	}
	return sa->kex && !sa->nonce_i.failed && !sa->share.failed ? 0 : -1;
}

static void build_request(struct ikev2_sa *sa, struct build *out)
{
	struct ike_header header = {
		.spi_i = sa->ike.spi_i,
		.version = IKE_V2,
		.exchange = EXCHANGE_IKE_SA_INIT,
		.flags = IKE_FLAG_INITIATOR,
	};
	const struct conn *conn = sa->ike.conn;
	struct span none = { 0 };

	build_start(out, &header);
	if (sa->cookie.len)
		build_notify(out, PROTOCOL_NONE, none, NOTIFY_COOKIE,
			     buf_span(&sa->cookie));
	build_sa(out, &conn->proposals);
	build_ke(out, sa->ke, buf_span(&sa->share));
	build_span(out, PAYLOAD_NONCE, buf_span(&sa->nonce_i));
	if (conn->encap != ENCAP_NONE)
		v2_add_natd(sa, out, &sa->ike.path, conn->encap == ENCAP_UDP);
	v2_init_features(sa, sa->ike.conn, out);
}

int v2_init_ask(struct ikev2_sa *sa, uint8_t exchange, struct build *out)
{
	struct packets packets = { 0 };
	struct buf *buf = packets_add(&packets);

	if (build_finish(out) || !buf) {
		build_free(out);
		packets_free(&packets);
		return -1;
	}
	buf_free(&sa->message_1);
	buf_add_span(&sa->message_1, buf_span(&out->buf));
	buf_add_span(buf, buf_span(&out->buf));
	build_free(out);
	ike_sa_set_state(&sa->ike, IKE_CONNECTING);
	sa->asked = exchange;
	sa->ike.refused[0] = '\0';
	retx_start(&sa->ike, &packets);
	packets_free(&packets);
	return 0;
}

void v2_init_send(struct ikev2_sa *sa)
{
	struct build out;

	if (prepare(sa)) {
		ike_sa_fail(&sa->ike, "no key could be made for IKE_SA_INIT",
			    "the first group of the proposals is not usable");
		return;
	}
	build_request(sa, &out);
	ike_sa_count(&sa->ike, COUNT_IKE_INIT_OUT_REQ);
	if (v2_init_ask(sa, EXCHANGE_IKE_SA_INIT, &out))
		ike_sa_fail(&sa->ike, "IKE_SA_INIT can't be built",
			    "are there too many proposals?");
}

/* From UDP to TCP with a new SPI, and all that is made of it (RFC 9329, 5.1). */
void v2_init_restart(struct ikev2_sa *sa)
{
	retx_stop(&sa->ike);
	kex_free(sa->kex);
	sa->kex = NULL;
	buf_free(&sa->nonce_i);
	buf_free(&sa->share);
	buf_free(&sa->cookie);
	sa->restarts = 0;
	if (ike_sa_new_spi(&sa->ike))
		ike_sa_fail(&sa->ike, "there are no random numbers", NULL);
	else if (sa->resume.ticket)
		v2_resume_send(sa);
	else
		v2_init_send(sa);
}

/* Nobody vouches for it: other answers are still welcome until the next try. */
void v2_init_said(struct ikev2_sa *sa, const char *text)
{
	struct ike_sa *ike = &sa->ike;

	if (ike->refused[0])
		return;
	snprintf(ike->refused, sizeof(ike->refused), "%.255s", text);
	ike_sa_log(ike, LEVEL_INFO, "%s", text);
}

static enum fsm_verdict take_cookie(struct ikev2_sa *sa, struct span cookie)
{
	if (!cookie.len || cookie.len > 64)
		return FSM_IGNORE;
	buf_free(&sa->cookie);
	buf_add_span(&sa->cookie, cookie);
	v2_init_send(sa);
	return FSM_DONE;
}

/* Another group, if it is one of ours (RFC 7296, 1.2). */
static enum fsm_verdict take_group(struct ikev2_sa *sa, struct span data)
{
	struct transform wanted = { .type = TRANSFORM_KE };
	const struct proposals *ours = &sa->ike.conn->proposals;

	if (!span_take_u16(&data, &wanted.id) || wanted.id == sa->ke)
		return FSM_IGNORE;
	for (size_t i = 0; i < ours->n; i++) {
		if (!proposal_has(&ours->list[i], &wanted))
			continue;
		ike_sa_log(&sa->ike, LEVEL_INFO,
			   "the peer wants key exchange method %u", wanted.id);
		sa->ke = wanted.id;
		v2_init_send(sa);
		return FSM_DONE;
	}
	v2_init_said(
		sa, "the peer wants a key exchange method that we don't allow");
	return FSM_IGNORE;
}

enum fsm_verdict v2_init_refused(struct ike_sa *ike, void *arg)
{
	struct ikev2_sa *sa = v2_sa(ike);
	const struct v2_message *message = arg;
	struct payload_notify notify;
	char text[128], offer[PROPOSAL_TEXT_SIZE];
	char all[sizeof(ike->refused)];
	uint16_t type;

	if (sa->restarts < V2_COOKIES_MAX) {
		if (chain_notify(&message->chain, NOTIFY_COOKIE, &notify)) {
			sa->restarts++;
			return take_cookie(sa, notify.data);
		}
		if (chain_notify(&message->chain, NOTIFY_INVALID_KE_PAYLOAD,
				 &notify)) {
			sa->restarts++;
			return take_group(sa, notify.data);
		}
	}
	if (!v2_refusal(message, &type, text))
		return FSM_IGNORE;
	if (type == NOTIFY_NO_PROPOSAL_CHOSEN) {
		proposal_show_list(&ike->conn->proposals, offer, sizeof(offer));
		snprintf(all, sizeof(all), "%s to IKE_SA_INIT; we offer %.100s",
			 text, offer);
		v2_init_said(sa, all);
	} else {
		v2_init_said(sa, text);
	}
	return FSM_IGNORE;
}

static int read_answer(struct ikev2_sa *sa, const struct v2_message *message,
		       struct payload_ke *ke, struct span *nonce,
		       struct err *err)
{
	const struct chain *chain = &message->chain;
	struct proposals *answer = calloc(1, sizeof(*answer));
	struct payload_notify notify;
	int ret = -1;

	if (!answer)
		return err_set(err, ERR_REFUSED, "out of memory");
	if (payload_sa(chain_find(chain, PAYLOAD_SA, NULL)->body, answer, err))
		goto out;
	if (answer->n != 1) {
		err_set(err, ERR_REFUSED, "%zu proposals in an answer",
			answer->n);
		goto out;
	}
	if (proposal_check(&sa->ike.conn->proposals, &answer->list[0], 0,
			   err) ||
	    payload_ke(chain_find(chain, PAYLOAD_KE, NULL)->body, ke, err) ||
	    payload_nonce(chain_find(chain, PAYLOAD_NONCE, NULL)->body, nonce,
			  err))
		goto out;
	v2_take_algorithms(sa, &answer->list[0]);
	v2_more_begin(&sa->more, sa->ike.algs.addke);
	if (ke->method != sa->ke || sa->ike.algs.dh != sa->ke)
		err_set(err, ERR_REFUSED,
			"key exchange method %u chosen, %u sent, %u asked for",
			sa->ike.algs.dh, ke->method, sa->ke);
	else if (sa->more.n &&
		 !chain_notify(chain, NOTIFY_INTERMEDIATE_EXCHANGE_SUPPORTED,
			       &notify))
		err_set(err, ERR_REFUSED,
			"the peer chose more key exchanges, and does not know IKE_INTERMEDIATE");
	else
		ret = 0;
out:
	free(answer);
	return ret;
}

/*
 * To 4500 when there is a NAT, or when the peer may be told so (2.23); or when
 * there may be one later (RFC 4555, 3.3).
 */
static void float_port(struct ikev2_sa *sa)
{
	bool later = sa->ike.conn->mobike && sa->peer_natd;
	struct ike_path *path = &sa->ike.path;

	if ((sa->ike.encap != ENCAP_UDP && !later) || path->marker || path->tcp)
		return;
	path->marker = true;
	path->remote_port = IKE_NATT_PORT;
	if (path->local_port == IKE_PORT)
		path->local_port = IKE_NATT_PORT;
	path->socket = 0;
}

void v2_init_answered(struct ikev2_sa *sa, const struct v2_message *message)
{
	struct ike_sa *ike = &sa->ike;

	buf_free(&sa->message_2);
	buf_add_span(&sa->message_2, message->octets);
	buf_free(&sa->cookie);
	v2_init_read_features(sa, ike->conn, &message->chain);
	if (ike->conn->encap != ENCAP_NONE)
		v2_read_natd(sa, &message->chain, message->path);
	else
		ike->encap = ENCAP_NONE;
	if (ike->conn->encap == ENCAP_UDP && !message->path->tcp)
		ike->encap = ENCAP_UDP;
	ike->path.local = message->path->local;
	ike->path.socket = message->path->socket;
	retx_stop(ike);
	sa->next_out = 1;
	float_port(sa);
}

enum fsm_verdict v2_init_response(struct ike_sa *ike, void *arg)
{
	const struct v2_message *message = arg;
	struct ikev2_sa *sa = v2_sa(ike);
	struct buf secret = BUF_INIT;
	struct payload_ke ke = { 0 };
	struct span nonce = { 0 };
	struct err err;
	int ret;

	if (!message->header.spi_r)
		return FSM_IGNORE;
	if (read_answer(sa, message, &ke, &nonce, &err) ||
	    v2_ppk_agree(sa, message, &err)) {
		v2_init_said(sa, err.text);
		return FSM_IGNORE;
	}
	if (kex_finish(sa->kex, ke.share, &secret) || secret.failed) {
		buf_free(&secret);
		v2_init_said(sa, "the peer's key exchange share is not valid");
		return FSM_IGNORE;
	}
	ike->spi_r = message->header.spi_r;
	buf_free(&sa->nonce_r);
	buf_add_span(&sa->nonce_r, nonce);
	ret = v2_keymat(sa, buf_span(&secret));
	buf_free(&secret);
	if (ret || sa->nonce_r.failed) {
		ike->spi_r = 0;
		return FSM_IGNORE;
	}
	kex_free(sa->kex);
	sa->kex = NULL;
	buf_free(&sa->share);
	v2_certreqs_take(sa, &message->chain);
	v2_init_answered(sa, message);
	return v2_intermediate_begin(sa);
}
