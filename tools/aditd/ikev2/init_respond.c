// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * IKE_SA_INIT of the responder (RFC 7296, 1.2, 2.6). As long as nothing is known
 * of the peer nothing is kept that it has not paid for with a cookie.
 */
#include <stdio.h>
#include <stdlib.h>

#include "v2.h"

enum {
	/* One packet of a stranger is not written down more often than that, */
	REFUSED_CONNS_MAX = 8,
	/* nor answered, as it may not have come from where it says. */
	REPEATS_MAX = 20,
};

/* What the request has, all views of it. */
struct request {
	struct chain chain;
	struct proposals offer;
	struct payload_ke ke;
	struct span nonce;
	/* What is chosen. */
	struct conn *conn;
	struct proposal chosen;
};

static int read_request(struct request *request,
			const struct ike_header *header, struct span octets,
			uint8_t *critical, struct err *err)
{
	struct span inner = span_of(octets.data + IKE_HEADER_LEN,
				    octets.len - IKE_HEADER_LEN);
	const struct payload *sa, *ke, *nonce;

	if (chain_parse(&request->chain, header->next, inner, critical, err))
		return -1;
	sa = chain_find(&request->chain, PAYLOAD_SA, NULL);
	ke = chain_find(&request->chain, PAYLOAD_KE, NULL);
	nonce = chain_find(&request->chain, PAYLOAD_NONCE, NULL);
	if (!sa || !ke || !nonce)
		return err_set(err, ERR_REFUSED, "a payload is missing");
	if (payload_sa(sa->body, &request->offer, err) ||
	    payload_ke(ke->body, &request->ke, err) ||
	    payload_nonce(nonce->body, &request->nonce, err))
		return -1;
	return 0;
}

/* Only in its own first message can the peer repeat what it said. */
static struct ikev2_sa *find_same(struct engine *engine, uint64_t spi_i,
				  const struct ike_path *path,
				  struct span octets)
{
	struct table_node *node = table_first(&engine->by_init, spi_i);
	struct ikev2_sa *sa;

	for (; node; node = table_next(node)) {
		sa = v2_sa(node->owner);
		if (addr_compare(&sa->ike.path.remote, &path->remote) == 0 &&
		    span_equal(buf_span(&sa->message_1), octets))
			return sa;
	}
	return NULL;
}

bool v2_init_is_new(struct engine *engine, const struct ike_header *header,
		    const struct ike_path *path, struct span octets)
{
	struct ikev2_sa *sa;

	if (header->spi_r || header->id || !header->spi_i ||
	    !(header->flags & IKE_FLAG_INITIATOR)) {
		counter_add(engine, COUNT_INVALID);
		return false;
	}
	sa = find_same(engine, header->spi_i, path, octets);
	if (!sa)
		return true;
	/* Not any more when IKE_AUTH has been answered. */
	if (sa->next_in == 1 && sa->repeats < REPEATS_MAX) {
		sa->repeats++;
		counter_add(engine, COUNT_REPLIES_AGAIN);
		packets_send(&sa->reply, &engine->env, path);
	}
	return false;
}

/* True if it may go on; else it was told about the cookie, or nothing. */
bool v2_init_has_paid(struct engine *engine, const struct ike_header *header,
		      const struct ike_path *path, const struct chain *chain,
		      struct span nonce)
{
	struct cookies *cookies = &engine->cookies;
	struct payload_notify notify;
	uint8_t cookie[COOKIE_LEN];

	if (cookies->half_open < HALF_OPEN_COOKIES &&
	    engine_now(engine) >= cookies->until)
		return true;
	if (chain_notify(chain, NOTIFY_COOKIE, &notify) &&
	    cookie_check(cookies, &engine->env, nonce, &path->remote,
			 header->spi_i, notify.data)) {
		if (cookies->half_open < HALF_OPEN_MAX &&
		    !engine_has_many_of(engine, &path->remote))
			return true;
		counter_add(engine, COUNT_HALF_OPEN_REFUSED);
		return false;
	}
	counter_add(engine, COUNT_COOKIES_ASKED);
	if (!cookie_make(cookies, &engine->env, nonce, &path->remote,
			 header->spi_i, cookie))
		v2_bare_notify(engine, path, header, NOTIFY_COOKIE,
			       SPAN(cookie));
	return false;
}

/* More key exchanges are only for who has said so (RFC 9370, 2.2.1). */
static unsigned int flags_of(const struct conn *conn,
			     const struct request *request)
{
	struct payload_notify notify;

	return (conn->prefer_peer ? PROPOSAL_PREFER_PEER : 0U) |
	       (chain_notify(&request->chain,
			     NOTIFY_INTERMEDIATE_EXCHANGE_SUPPORTED, &notify) ?
			0U :
			PROPOSAL_NO_ADDKE);
}

/* The connection that fits the addresses best, of those with a proposal. */
static bool choose(struct engine *engine, const struct ike_path *path,
		   struct request *request, struct err *err)
{
	unsigned int best = 0, fits;
	struct proposal chosen;
	bool any = false;

	err_set(err, ERR_REFUSED, "no connection is for this address");
	for (struct conn_slot *slot = engine->slots;
	     slot && best < CONN_FITS_BEST; slot = slot->next) {
		fits = slot->conn->version == 1 ? 0 :
						  conn_slot_match(slot, path);
		/* Of thousands that fit alike one proposal is looked at. */
		if (fits <= best)
			continue;
		if (proposal_select(&slot->conn->proposals, &request->offer,
				    flags_of(slot->conn, request), &chosen,
				    any ? NULL : err)) {
			any = true;
		} else {
			best = fits;
			request->conn = slot->conn;
			request->chosen = chosen;
		}
	}
	return best;
}

/* So that "adit why" of those that would have fitted tells, too. */
static void remember(struct engine *engine, const struct ike_path *path,
		     const struct request *request, const char *hint)
{
	char from[ADDR_TEXT_SIZE], text[640];
	unsigned int n = 0;
	struct proposal chosen;
	struct err why;

	/* Without the port: the same again is no new failure. */
	addr_digits(&path->remote, from);
	for (struct conn_slot *slot = engine->slots;
	     slot && n < REFUSED_CONNS_MAX; slot = slot->next) {
		const struct conn *conn = slot->conn;

		if (conn->version == 1 || !conn_slot_match(slot, path) ||
		    !proposal_select(&conn->proposals, &request->offer,
				     flags_of(conn, request), &chosen, &why))
			continue;
		n++;
		snprintf(text, sizeof(text), "%s: %s", from, why.text);
		history_add(&engine->history, conn->name, engine_now(engine),
			    text, hint);
	}
}

static void refuse(struct engine *engine, const struct ike_header *header,
		   const struct ike_path *path, const struct request *request,
		   const char *text)
{
	static const char hint[] =
		"is the connection loaded, are its proposals the same?";
	char from[ENDPOINT_TEXT_SIZE], all[640];

	v2_bare_notify(engine, path, header, NOTIFY_NO_PROPOSAL_CHOSEN,
		       span_of(NULL, 0));
	if (!engine_may_tell(engine))
		return;
	snprintf(all, sizeof(all), "%s: %s",
		 endpoint_show(&path->remote, path->remote_port, from), text);
	engine_fail(engine, NULL, HISTORY_NONE, all, hint);
	remember(engine, path, request, "are the proposals the same?");
}

static int make_keys(struct ikev2_sa *sa, const struct request *request,
		     struct buf *share)
{
	uint8_t nonce[V2_NONCE_LEN];
	struct buf secret = BUF_INIT;
	int ret = -1;

	if (engine_random(sa->ike.engine, nonce, sizeof(nonce)))
		return -1;
	buf_add_span(&sa->nonce_i, request->nonce);
	buf_add_span(&sa->nonce_r, SPAN(nonce));
	v2_take_algorithms(sa, &request->chosen);
	v2_more_begin(&sa->more, sa->ike.algs.addke);
	if (!sa->nonce_i.failed && !sa->nonce_r.failed &&
	    !kex_respond(request->ke.method, request->ke.share, share,
			 &secret) &&
	    !secret.failed)
		ret = v2_keymat(sa, buf_span(&secret));
	buf_free(&secret);
	return ret;
}

static void build_answer(struct ikev2_sa *sa, struct request *request,
			 struct span share, struct build *out)
{
	struct ike_header header = {
		.spi_i = sa->ike.spi_i,
		.spi_r = sa->ike.spi_r,
		.version = IKE_V2,
		.exchange = EXCHANGE_IKE_SA_INIT,
		.flags = IKE_FLAG_RESPONSE,
	};
	enum conf_encap encap = request->conn->encap;

	/* The offer is read; its place takes the answer. */
	request->offer.n = 1;
	request->offer.list[0] = request->chosen;
	request->offer.list[0].spi_len = 0;
	build_start(out, &header);
	build_sa(out, &request->offer);
	build_ke(out, request->ke.method, share);
	build_span(out, PAYLOAD_NONCE, buf_span(&sa->nonce_r));
	if (encap != ENCAP_NONE)
		v2_add_natd(sa, out, &sa->ike.path, encap == ENCAP_UDP);
	v2_init_features(sa, request->conn, out);
	v2_certreqs_add_any(sa, &request->chosen, out);
}

int v2_init_answer(struct ikev2_sa *sa, struct build *out, struct span octets)
{
	struct buf *copy = packets_add(&sa->reply);
	int ret = build_finish(out);

	if (!ret && copy) {
		buf_add_span(copy, buf_span(&out->buf));
		buf_add_span(&sa->message_1, octets);
		buf_add_span(&sa->message_2, buf_span(&out->buf));
		ret = copy->failed || sa->message_1.failed ||
				      sa->message_2.failed ?
			      -1 :
			      0;
	}
	build_free(out);
	if (ret || !copy)
		return -1;
	ike_sa_send(&sa->ike, &sa->reply, &sa->ike.path);
	return 0;
}

static int answer(struct ikev2_sa *sa, struct request *request,
		  struct span octets)
{
	struct buf share = BUF_INIT;
	struct build out;

	if (make_keys(sa, request, &share)) {
		buf_free(&share);
		return -1;
	}
	build_answer(sa, request, buf_span(&share), &out);
	buf_free(&share);
	if (v2_init_answer(sa, &out, octets))
		return -1;
	ike_sa_count(&sa->ike, COUNT_IKE_INIT_OUT_RESP);
	return 0;
}

struct ikev2_sa *v2_init_new(struct engine *engine,
			     const struct ike_header *header,
			     const struct ike_path *path,
			     const struct chain *chain, const struct conn *conn)
{
	struct ikev2_sa *sa = v2_new(engine, false);

	if (!sa)
		return NULL;
	sa->ike.spi_i = header->spi_i;
	sa->ike.path = *path;
	ike_sa_set_state(&sa->ike, IKE_CONNECTING);
	ike_sa_half_open(&sa->ike, true);
	table_add(&engine->by_init, &sa->ike.by_init, header->spi_i, &sa->ike);
	v2_init_read_features(sa, conn, chain);
	v2_read_natd(sa, chain, path);
	if ((conn->encap == ENCAP_NONE || conn->encap == ENCAP_UDP) &&
	    !path->tcp)
		sa->ike.encap = conn->encap;
	sa->next_in = 1;
	sa->ike.give_up_at = engine_now(engine) + HALF_OPEN_MS;
	snprintf(sa->ike.waits_for, sizeof(sa->ike.waits_for),
		 "IKE_AUTH of the peer");
	return sa;
}

static void begin(struct engine *engine, const struct ike_header *header,
		  const struct ike_path *path, struct request *request,
		  struct span octets)
{
	struct ikev2_sa *sa = v2_init_new(engine, header, path, &request->chain,
					  request->conn);

	if (!sa)
		return;
	if (answer(sa, request, octets))
		ike_sa_remove(&sa->ike, "the peer's share is not valid");
	else
		ike_sa_schedule(&sa->ike);
}

/* Is the KE payload of the method that is chosen (RFC 7296, 1.2)? */
static bool has_right_ke(struct engine *engine, const struct ike_header *header,
			 const struct ike_path *path,
			 const struct request *request)
{
	const struct transform *ke =
		proposal_get(&request->chosen, TRANSFORM_KE);
	uint8_t wanted[2];

	if (ke && ke->id == request->ke.method)
		return kex_share_fits(ke->id, request->ke.share, true);
	if (!ke)
		return false;
	wanted[0] = (uint8_t)(ke->id >> 8);
	wanted[1] = (uint8_t)ke->id;
	v2_bare_notify(engine, path, header, NOTIFY_INVALID_KE_PAYLOAD,
		       SPAN(wanted));
	return false;
}

/* RFC 7296, 2.5: of a critical payload that is not known the peer hears which. */
void v2_init_malformed(struct engine *engine, const struct ike_header *header,
		       const struct ike_path *path, uint8_t critical)
{
	counter_add(engine, COUNT_INVALID);
	if (critical)
		v2_bare_notify(engine, path, header,
			       NOTIFY_UNSUPPORTED_CRITICAL_PAYLOAD,
			       span_of(&critical, 1));
	else
		v2_bare_notify(engine, path, header, NOTIFY_INVALID_SYNTAX,
			       span_of(NULL, 0));
}

void v2_init_request(struct engine *engine, const struct ike_header *header,
		     const struct ike_path *path, struct span octets)
{
	struct request *request;
	uint8_t critical;
	struct err err;

	if (!v2_init_is_new(engine, header, path, octets))
		return;
	request = calloc(1, sizeof(*request));
	if (!request)
		return;
	if (read_request(request, header, octets, &critical, &err)) {
		v2_init_malformed(engine, header, path, critical);
	} else if (v2_init_has_paid(engine, header, path, &request->chain,
				    request->nonce)) {
		if (!choose(engine, path, request, &err))
			refuse(engine, header, path, request, err.text);
		else if (has_right_ke(engine, header, path, request))
			begin(engine, header, path, request, octets);
	}
	free(request);
}
