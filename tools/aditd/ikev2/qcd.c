// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Quick crash detection (RFC 6290): each end gives the other one a token of the
 * IKE SA, which it can make again when it has lost all else. And what is said
 * without protection besides, which at most makes us ask (RFC 7296, 2.21.4).
 */
#include <stdio.h>

#include "v2.h"

enum {
	TOKEN_LEN = 32,
	TOKEN_MIN = 16, /* RFC 6290, 5 */
	TOKEN_MAX = 128,
	TOKENS_MAX = 4, /* that are looked at, in one message */
	SAME_SPI_MAX = 8, /* with one SPI, that it may be of */
	HINT_MS = 10 * 1000,
};

/* ------------------------------------------------------------------- making */

static int make(const struct engine *engine, uint64_t spi_i, uint64_t spi_r,
		uint8_t out[TOKEN_LEN])
{
	struct span label = span_of_text("QCD_TOKEN");
	struct buf spis = BUF_INIT;
	int ret = -1;

	buf_add_u64(&spis, spi_i);
	buf_add_u64(&spis, spi_r);
	if (engine->has_secret && !spis.failed) {
		const struct span parts[] = { label, buf_span(&spis) };

		ret = prf(PRF_HMAC_SHA2_256, SPAN(engine->secret), parts,
			  ARRAY_SIZE(parts), out);
	}
	buf_free(&spis);
	return ret;
}

static void add(const struct engine *engine, uint64_t spi_i, uint64_t spi_r,
		struct build *out)
{
	uint8_t token[TOKEN_LEN];

	if (!make(engine, spi_i, spi_r, token))
		build_notify(out, PROTOCOL_IKE, span_of(NULL, 0),
			     NOTIFY_QUICK_CRASH_DETECTION, SPAN(token));
	explicit_bzero(token, sizeof(token));
}

void v2_qcd_add(const struct ikev2_sa *sa, struct build *out)
{
	add(sa->ike.engine, sa->ike.spi_i, sa->ike.spi_r, out);
}

/* The responder's SPI was not known yet when it was rekeyed (4.3). */
int v2_token_start(struct ikev2_sa *sa, struct task *task)
{
	struct build out;

	(void)task;
	if (!sa->ike.engine->has_secret)
		return 1;
	build_start_inner(&out);
	v2_qcd_add(sa, &out);
	v2_request(sa, EXCHANGE_INFORMATIONAL, &out);
	return 0;
}

void v2_qcd_unknown(struct engine *engine, const struct ike_path *path,
		    const struct ike_header *to)
{
	struct build out;

	if (!limit_take(&engine->errors, engine_now(engine))) {
		counter_add(engine, COUNT_ERRORS_UNSENT);
		return;
	}
	v2_bare_start(to, &out);
	build_notify(&out, PROTOCOL_NONE, span_of(NULL, 0),
		     NOTIFY_INVALID_IKE_SPI, span_of(NULL, 0));
	/* Never of one that lives, whatever else in the header is wrong. */
	if (to->spi_i && to->spi_r && !table_find(&engine->by_spi, to->spi_i) &&
	    !table_find(&engine->by_spi, to->spi_r))
		add(engine, to->spi_i, to->spi_r, &out);
	v2_bare_send(engine, path, &out);
}

/* ------------------------------------------------------------------- taking */

void v2_qcd_read(struct ikev2_sa *sa, const struct chain *chain)
{
	struct payload_notify notify;

	if (!chain_notify(chain, NOTIFY_QUICK_CRASH_DETECTION, &notify) ||
	    notify.data.len < TOKEN_MIN || notify.data.len > TOKEN_MAX)
		return;
	buf_free(&sa->peer_token);
	buf_add_span(&sa->peer_token, notify.data);
	/* Half a token is none. */
	if (sa->peer_token.failed)
		buf_free(&sa->peer_token);
}

static bool has_token(const struct ikev2_sa *sa, const struct chain *chain)
{
	const struct payload *payload = NULL;
	struct payload_notify notify;
	unsigned int n = 0;
	struct err err;

	if (!sa->peer_token.len)
		return false;
	while (n < TOKENS_MAX &&
	       (payload = chain_find(chain, PAYLOAD_NOTIFY, payload)) != NULL) {
		if (payload_notify(payload->body, &notify, &err) ||
		    notify.type != NOTIFY_QUICK_CRASH_DETECTION)
			continue;
		n++;
		if (crypto_equal(notify.data, buf_span(&sa->peer_token)))
			return true;
	}
	return false;
}

/* Anybody can say that: the peer is asked, but not too often. */
static void hint(struct ikev2_sa *sa, const char *what)
{
	uint64_t now = ike_sa_now(&sa->ike);

	if (sa->ike.state != IKE_ESTABLISHED ||
	    (sa->hinted && now < sa->hinted + HINT_MS))
		return;
	sa->hinted = now;
	ike_sa_log(&sa->ike, LEVEL_INFO, "%s: is the peer there?", what);
	/* What is on its way already asks for that, too. */
	if (!sa->ike.retx.running)
		ike_sa_want(&sa->ike, TASK_LIVENESS, 0);
}

static void crashed(struct ikev2_sa *sa)
{
	static const char text[] =
		"the peer has restarted, and lost the IKE SA: QCD_TOKEN";

	if (sa->ike.state == IKE_ESTABLISHED && !sa->ike.orphaned)
		ike_sa_lost(&sa->ike, text);
	else
		ike_sa_remove(&sa->ike, text);
}

static void said_of_ike(struct ikev2_sa *sa, const struct ike_header *header,
			const struct chain *chain)
{
	struct payload_notify notify;

	if (!(header->flags & IKE_FLAG_RESPONSE) ||
	    sa->ike.state < IKE_ESTABLISHED)
		return;
	/* It is enough alone (RFC 6290, 3 and 7). */
	if (has_token(sa, chain))
		crashed(sa);
	else if (chain_notify(chain, NOTIFY_INVALID_IKE_SPI, &notify))
		hint(sa, "somebody says INVALID_IKE_SPI, without protection");
}

/*
 * Peers choose these SPIs, each on its own: there may be several. From who still
 * knows which IKE SA it was of, the token comes at once, from whatever address
 * (RFC 6290, 3 and 8.2).
 */
static struct child_sa *child_with_token(const struct engine *engine,
					 uint32_t spi,
					 const struct chain *chain)
{
	const struct table_node *node = table_first(&engine->child_out, spi);

	for (unsigned int n = 0; node && n < SAME_SPI_MAX; n++) {
		struct child_sa *child = node->owner;

		if (child->ike->ops == &ikev2_ops &&
		    child->ike->state >= IKE_ESTABLISHED &&
		    has_token(v2_sa(child->ike), chain))
			return child;
		node = table_next(node);
	}
	return NULL;
}

static void said_of_child(struct engine *engine, const struct ike_path *path,
			  const struct chain *chain)
{
	struct payload_notify notify;
	struct child_sa *child;
	uint32_t spi;

	if (!chain_notify(chain, NOTIFY_INVALID_SPI, &notify) ||
	    notify.data.len != 4 || !span_take_u32(&notify.data, &spi))
		return;
	child = child_with_token(engine, spi, chain);
	if (child) {
		crashed(v2_sa(child->ike));
		return;
	}
	child = table_find(&engine->child_out, spi);
	if (child && child->ike->ops == &ikev2_ops &&
	    addr_compare(&child->ike->path.remote, &path->remote) == 0)
		hint(v2_sa(child->ike),
		     "somebody says INVALID_SPI, without protection");
}

void v2_qcd_said(struct engine *engine, struct ikev2_sa *sa,
		 const struct ike_path *path, const struct ike_header *header,
		 struct span octets)
{
	struct chain chain;
	uint8_t critical;
	struct err err;

	counter_add(engine, COUNT_INVALID_SPI);
	if (chain_parse(&chain, header->next,
			span_of(octets.data + IKE_HEADER_LEN,
				octets.len - IKE_HEADER_LEN),
			&critical, &err))
		return;
	if (sa)
		said_of_ike(sa, header, &chain);
	else
		said_of_child(engine, path, &chain);
}

/* ------------------------------------------------------------ ESP of no SA */

/* Is it the peer that sent it, or another host at its NAT? */
static bool came_from(const struct ike_sa *ike, const struct ike_path *path)
{
	return ike->ops == &ikev2_ops && ike->state == IKE_ESTABLISHED &&
	       addr_compare(&ike->path.remote, &path->remote) == 0 &&
	       (!path->remote_port ||
		path->remote_port == ike->path.remote_port);
}

/* Only who could be a peer of ours is told anything. */
static const struct conn *find_conn(const struct engine *engine,
				    const struct ike_path *path)
{
	const struct conn_slot *slot = engine->slots;

	while (slot &&
	       (slot->conn->version == 1 || !conn_slot_match(slot, path)))
		slot = slot->next;
	return slot ? slot->conn : NULL;
}

/* To who uses an SA that we know no more, with the IKE SA that it was of (1.5). */
static void tell(struct engine *engine, const struct ike_path *from,
		 uint32_t spi)
{
	static const struct ike_header header = {
		.version = IKE_V2,
		.exchange = EXCHANGE_INFORMATIONAL,
		.flags = IKE_FLAG_INITIATOR,
	};
	const struct conn *conn = find_conn(engine, from);
	struct ike_path path = *from;
	struct build out;
	uint8_t data[4];

	if (!conn || path.tcp)
		return;
	if (!limit_take(&engine->errors, engine_now(engine))) {
		counter_add(engine, COUNT_ERRORS_UNSENT);
		return;
	}
	if (!path.remote_port) {
		path.local_port = conn->local_port ? conn->local_port :
						     IKE_PORT;
		path.remote_port = conn->remote_port ? conn->remote_port :
						       IKE_PORT;
	}
	for (unsigned int i = 0; i < 4; i++)
		data[i] = (uint8_t)(spi >> 8 * (3 - i));
	build_start(&out, &header);
	build_notify(&out, PROTOCOL_NONE, span_of(NULL, 0), NOTIFY_INVALID_SPI,
		     SPAN(data));
	v2_bare_send(engine, &path, &out);
}

void v2_qcd_unknown_spi(struct engine *engine, const struct ike_path *path,
			uint8_t protocol, uint32_t spi)
{
	bool known = false;
	char what[64];

	snprintf(what, sizeof(what), "%s for SPI %08x, which no SA has",
		 protocol == PROTOCOL_AH ? "AH" : "ESP", spi);
	for (struct ike_sa *ike = engine->first; ike; ike = ike->next) {
		if (!came_from(ike, path))
			continue;
		known = true;
		hint(v2_sa(ike), what);
	}
	if (!known)
		tell(engine, path, spi);
}
