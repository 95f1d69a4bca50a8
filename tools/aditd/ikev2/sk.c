// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Messages sealed and opened: SK payloads (RFC 7296, 3.14) and their fragments
 * SKF (RFC 7383).
 */
#include "v2.h"

enum {
	PACKET_MAX = 1280, /* what an IPv6 network carries at least */
	GENERIC_LEN = 4,
	SK_CLEAR = IKE_HEADER_LEN + GENERIC_LEN,
	SKF_CLEAR = SK_CLEAR + 4,
	PAD_MAX = 16 + 1,
	NEXT_AT = 16, /* in the header: the type of the first payload */
};

static struct seal seal_with(const struct ikev2_sa *sa,
			     const struct v2_keys *keys, bool from_initiator)
{
	return (struct seal){
		.encr = sa->ike.algs.encr,
		.bits = sa->ike.algs.encr_bits,
		.integ = sa->ike.algs.integ,
		.encr_key = buf_span(from_initiator ? &keys->ei : &keys->er),
		.integ_key = buf_span(from_initiator ? &keys->ai : &keys->ar),
	};
}

static struct seal seal_of(const struct ikev2_sa *sa, bool from_initiator)
{
	return seal_with(sa, &sa->keys, from_initiator);
}

/* One datagram; @number and @total are 0 for a whole message. */
static int seal_one(struct ikev2_sa *sa, const struct ike_header *header,
		    uint8_t first, struct span plain, uint16_t number,
		    uint16_t total, struct packets *out)
{
	struct seal seal = seal_of(sa, sa->ike.initiator);
	size_t clear = total ? SKF_CLEAR : SK_CLEAR;
	struct ike_header outer = *header;
	struct buf *buf = packets_add(out);

	if (!buf)
		return -1;
	outer.next = total ? PAYLOAD_SKF : PAYLOAD_SK;
	outer.length =
		(uint32_t)(clear + plain.len + seal_overhead(&seal, plain.len));
	if (outer.length > IKE_MESSAGE_MAX)
		return -1;
	ike_header_build(buf, &outer);
	buf_add_u8(buf, number > 1 ? 0 : first);
	buf_add_u8(buf, 0);
	buf_add_u16(buf, (uint16_t)(outer.length - IKE_HEADER_LEN));
	if (total) {
		buf_add_u16(buf, number);
		buf_add_u16(buf, total);
	}
	buf_add_span(buf, plain);
	if (buf->failed)
		return -1;
	return seal_message(&seal, sa->sealed++, buf, clear);
}

static size_t datagram_max(const struct ike_path *path)
{
	return PACKET_MAX - (path->remote.len == 16 ? 48 : 28) -
	       (path->marker ? IKE_MARKER_LEN : 0);
}

static bool may_fragment(const struct ikev2_sa *sa)
{
	return sa->peer_fragments && !sa->ike.path.tcp &&
	       (!sa->ike.conn || sa->ike.conn->fragmentation == FRAG_YES ||
		sa->ike.conn->fragmentation == FRAG_FORCE);
}

static int seal_all(struct ikev2_sa *sa, const struct ike_header *header,
		    const struct ike_path *path, struct build *inner,
		    struct packets *out)
{
	struct seal seal = seal_of(sa, sa->ike.initiator);
	struct span rest = buf_span(&inner->buf), part;
	uint8_t first = build_first(inner);
	size_t max = datagram_max(path), room;
	size_t total;

	if (inner->buf.failed)
		return -1;
	if (SK_CLEAR + rest.len + seal_overhead(&seal, rest.len) <= max ||
	    !may_fragment(sa))
		return seal_one(sa, header, first, rest, 0, 0, out);
	room = max - SKF_CLEAR - seal_iv_len(&seal) - seal_icv_len(&seal) -
	       PAD_MAX;
	total = (rest.len + room - 1) / room;
	for (size_t i = 1; i <= total; i++) {
		span_take(&rest, rest.len < room ? rest.len : room, &part);
		if (seal_one(sa, header, first, part, (uint16_t)i,
			     (uint16_t)total, out))
			return -1;
	}
	return 0;
}

void v2_count(struct engine *engine, const struct ike_sa *ike, uint8_t exchange,
	      bool response, bool sent)
{
	static const enum counter received[] = {
		COUNT_IKE_INIT_IN_REQ,
		COUNT_IKE_AUTH_IN_REQ,
		COUNT_CREATE_CHILD_IN_REQ,
		COUNT_INFO_IN_REQ,
	};
	unsigned int i = exchange - EXCHANGE_IKE_SA_INIT;

	/* Behind each are those of its answer, and of both when they are sent. */
	if (i >= ARRAY_SIZE(received))
		return;
	if (ike)
		ike_sa_count(ike, received[i] + 2 * sent + response);
	else
		counter_add(engine, received[i] + 2 * sent + response);
}

static void log_sent(const struct ikev2_sa *sa, const struct ike_header *header,
		     const struct build *inner)
{
	struct chain chain;
	char text[512] = "";
	uint8_t critical;
	struct err err;

	if (chain_parse(&chain, build_first(inner), buf_span(&inner->buf),
			&critical, &err))
		chain.n = 0;
	v2_show(header, &chain, text, sizeof(text));
	ike_sa_log(&sa->ike, LEVEL_DETAIL, "sending %s", text);
}

struct ike_header v2_header(const struct ikev2_sa *sa, uint8_t exchange,
			    uint32_t id, bool response)
{
	return (struct ike_header){
		.spi_i = sa->ike.spi_i,
		.spi_r = sa->ike.spi_r,
		.version = IKE_V2,
		.exchange = exchange,
		.flags =
			(uint8_t)((sa->ike.initiator ? IKE_FLAG_INITIATOR : 0) |
				  (response ? IKE_FLAG_RESPONSE : 0)),
		.id = id,
	};
}

void v2_request(struct ikev2_sa *sa, uint8_t exchange, struct build *inner)
{
	struct ike_header header = v2_header(sa, exchange, sa->next_out, false);
	struct packets packets = { 0 };

	log_sent(sa, &header, inner);
	sa->asked = exchange;
	if (seal_all(sa, &header, &sa->ike.path, inner, &packets)) {
		ike_sa_log(&sa->ike, LEVEL_ERROR,
			   "a message can't be sealed: is memory short?");
		packets_free(&packets);
	}
	v2_count(sa->ike.engine, &sa->ike, exchange, false, true);
	build_free(inner);
	/* An empty one as well: the task is over when nobody answers. */
	retx_start(&sa->ike, &packets);
	packets_free(&packets);
	ike_sa_schedule(&sa->ike);
}

void v2_respond(struct ikev2_sa *sa, const struct v2_message *message,
		struct build *inner)
{
	struct ike_header header = v2_header(sa, message->header.exchange,
					     message->header.id, true);

	log_sent(sa, &header, inner);
	packets_free(&sa->reply);
	if (seal_all(sa, &header, message->path, inner, &sa->reply)) {
		ike_sa_log(&sa->ike, LEVEL_ERROR,
			   "an answer can't be sealed: is memory short?");
		packets_free(&sa->reply);
	}
	v2_count(sa->ike.engine, &sa->ike, header.exchange, true, true);
	build_free(inner);
	ike_sa_send(&sa->ike, &sa->reply, message->path);
}

void v2_respond_notify(struct ikev2_sa *sa, const struct v2_message *message,
		       uint16_t type, struct span data)
{
	struct build out;

	build_start_inner(&out);
	build_notify(&out, PROTOCOL_NONE, span_of(NULL, 0), type, data);
	v2_respond(sa, message, &out);
}

/*
 * What AUTH signs of IKE_INTERMEDIATE has the octets in front of what is sealed as
 * they came, of fragments those of the first, as if it were the whole (RFC 9242,
 * 3.3.2).
 */
static void keep_clear(struct ikev2_sa *sa, const struct ike_header *header,
		       struct span message, const struct chain *chain)
{
	const struct payload *last = &chain->payloads[chain->n - 1];
	size_t next = NEXT_AT;

	if (header->exchange != EXCHANGE_IKE_INTERMEDIATE)
		return;
	if (chain->n > 1)
		next = (size_t)(chain->payloads[chain->n - 2].body.data -
				message.data) -
		       GENERIC_LEN;
	buf_free(&sa->clear);
	buf_add(&sa->clear, message.data,
		(size_t)(last->body.data - message.data));
	if (!sa->clear.failed)
		buf_put_u8(&sa->clear, next, PAYLOAD_SK);
}

static enum v2_open
open_fragment(struct ikev2_sa *sa, const struct ike_header *header,
	      struct span message, const struct chain *chain,
	      const struct payload *payload, struct buf *whole, uint8_t *first)
{
	bool response = header->flags & IKE_FLAG_RESPONSE;
	struct frag *frag = response ? &sa->responses : &sa->requests;
	struct seal seal = seal_of(sa, !sa->ike.initiator);
	struct payload_skf skf;
	struct buf plain = BUF_INIT;
	enum frag_verdict verdict = FRAG_DROP;
	struct err err;

	if (!sa->peer_fragments || payload_skf(payload->body, &skf, &err) ||
	    !frag_wanted(frag, header->id, skf.number, skf.total))
		return OPEN_BAD;
	if (!seal_open(&seal, message, (size_t)(skf.sealed.data - message.data),
		       &plain))
		verdict = frag_add(frag, header->id, skf.number, skf.total,
				   chain->inner, buf_span(&plain), whole,
				   first);
	buf_free(&plain);
	if (verdict != FRAG_DROP && skf.number == 1)
		keep_clear(sa, header, message, chain);
	if (verdict == FRAG_WHOLE)
		return OPEN_WHOLE;
	return verdict == FRAG_MORE ? OPEN_MORE : OPEN_BAD;
}

/* What is sealed is in the last payload. */
static const struct payload *last_sealed(const struct ike_header *header,
					 struct span message,
					 struct chain *chain)
{
	struct span octets = span_of(message.data + IKE_HEADER_LEN,
				     message.len - IKE_HEADER_LEN);
	const struct payload *last;
	uint8_t critical;
	struct err err;

	if (chain_parse(chain, header->next, octets, &critical, &err) ||
	    !chain->n)
		return NULL;
	last = &chain->payloads[chain->n - 1];
	return last->type == PAYLOAD_SK || last->type == PAYLOAD_SKF ? last :
								       NULL;
}

static const struct payload *find_sealed(const struct ikev2_sa *sa,
					 const struct ike_header *header,
					 struct span message,
					 struct chain *chain)
{
	return sa->keys.ei.len ? last_sealed(header, message, chain) : NULL;
}

bool v2_is_sealed(const struct ike_header *header, struct span message)
{
	struct chain chain;

	return last_sealed(header, message, &chain);
}

enum v2_open v2_open(struct ikev2_sa *sa, const struct ike_header *header,
		     struct span message, struct buf *plain, uint8_t *first)
{
	struct seal seal = seal_of(sa, !sa->ike.initiator);
	const struct payload *payload;
	struct chain chain;

	payload = find_sealed(sa, header, message, &chain);
	if (!payload)
		return OPEN_BAD;
	if (payload->type == PAYLOAD_SKF)
		return open_fragment(sa, header, message, &chain, payload,
				     plain, first);
	*first = chain.inner;
	if (seal_open(&seal, message,
		      (size_t)(payload->body.data - message.data), plain))
		return OPEN_BAD;
	keep_clear(sa, header, message, &chain);
	return OPEN_WHOLE;
}

bool v2_asks_again(const struct ikev2_sa *sa, const struct ike_header *header,
		   struct span message)
{
	struct seal seal =
		seal_with(sa, sa->before.ei.len ? &sa->before : &sa->keys,
			  !sa->ike.initiator);
	const struct payload *payload;
	struct buf plain = BUF_INIT;
	struct payload_skf skf;
	struct chain chain;
	struct span sealed;
	struct err err;
	bool good;

	payload = find_sealed(sa, header, message, &chain);
	if (!payload)
		return false;
	sealed = payload->body;
	if (payload->type == PAYLOAD_SKF) {
		/* Of fragments the first one alone (RFC 7383, 2.6.1). */
		if (payload_skf(payload->body, &skf, &err) || skf.number != 1)
			return false;
		sealed = skf.sealed;
	}
	good = !seal_open(&seal, message, (size_t)(sealed.data - message.data),
			  &plain);
	buf_free(&plain);
	return good;
}

void v2_bare_start(const struct ike_header *to, struct build *out)
{
	const struct ike_header header = {
		.spi_i = to->spi_i,
		.spi_r = to->spi_r,
		.version = IKE_V2,
		.exchange = to->exchange,
		.flags = (uint8_t)(IKE_FLAG_RESPONSE |
				   (~to->flags & IKE_FLAG_INITIATOR)),
		.id = to->id,
	};

	build_start(out, &header);
}

void v2_bare_send(struct engine *engine, const struct ike_path *path,
		  struct build *out)
{
	const struct env *env = &engine->env;

	if (!build_finish(out))
		env->ops->send(env->world, path, buf_span(&out->buf));
	build_free(out);
}

void v2_bare_notify(struct engine *engine, const struct ike_path *path,
		    const struct ike_header *to, uint16_t type,
		    struct span data)
{
	struct build out;

	/* These are shorter than what asked for them, and let friends in. */
	if (type != NOTIFY_COOKIE && type != NOTIFY_TICKET_NACK &&
	    !limit_take(&engine->errors, engine_now(engine))) {
		counter_add(engine, COUNT_ERRORS_UNSENT);
		return;
	}
	v2_bare_start(to, &out);
	build_notify(&out, PROTOCOL_NONE, span_of(NULL, 0), type, data);
	v2_bare_send(engine, path, &out);
}
