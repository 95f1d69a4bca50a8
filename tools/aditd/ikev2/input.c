// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A message comes in: whose is it, is it the one that is due, is it authentic,
 * which row is it; and what comes back from the keys process.
 */
#include "v2.h"

#include "../proto/names.h"

#define ALWAYS (FSM_PAYLOAD(PAYLOAD_NOTIFY) | FSM_PAYLOAD(PAYLOAD_VENDOR))
#define KNOWN_FIRST PAYLOAD_SA
#define KNOWN_LAST PAYLOAD_EAP

enum { FORGED_LOGGED = 10 };

/* What is not known does not count (RFC 7296, 2.5). */
static uint64_t payloads_of(const struct chain *chain)
{
	uint64_t payloads = 0;

	for (size_t i = 0; i < chain->n; i++) {
		uint8_t type = chain->payloads[i].type;

		if (type >= KNOWN_FIRST && type <= KNOWN_LAST)
			payloads |= FSM_PAYLOAD(type);
	}
	return payloads & ~ALWAYS;
}

static bool is_response(const struct ike_header *header)
{
	return header->flags & IKE_FLAG_RESPONSE;
}

/* Exchanges that nothing protects, as they are the first. */
static bool is_bare(uint8_t exchange)
{
	return exchange == EXCHANGE_IKE_SA_INIT ||
	       exchange == EXCHANGE_IKE_SESSION_RESUME;
}

static void malformed(struct ikev2_sa *sa, const struct v2_message *message,
		      const char *text)
{
	const char *exchange = v2_exchange_name(message->header.exchange);

	ike_sa_count(&sa->ike, COUNT_INVALID);
	/* Of a stranger's, ike_sa_fail() tells, if anything. */
	ike_sa_log(&sa->ike, sa->ike.half_open ? LEVEL_DETAIL : LEVEL_INFO,
		   "%s %s is not valid: %s", exchange,
		   is_response(&message->header) ? "response" : "request",
		   text);
	/* Before there are keys anybody may have sent it. */
	if (is_bare(message->header.exchange))
		return;
	if (!is_response(&message->header)) {
		v2_respond_notify(sa, message, NOTIFY_INVALID_SYNTAX,
				  span_of(NULL, 0));
		if (sa->ike.state < IKE_ESTABLISHED)
			ike_sa_fail(&sa->ike, "the peer's request is not valid",
				    text);
	} else if (sa->ike.state < IKE_ESTABLISHED) {
		/* It may have answered that all is well (RFC 7296, 2.21.2). */
		v2_auth_tell(sa, NOTIFY_INVALID_SYNTAX);
		ike_sa_fail(&sa->ike, "the peer's answer is not valid", text);
	} else if (sa->ike.state > IKE_ESTABLISHED) {
		/* It was to go anyway: that is no reason to connect again. */
		ike_sa_remove(&sa->ike, "the peer's answer is not valid");
	} else {
		ike_sa_lost(&sa->ike, "the peer's answer is not valid");
	}
}

static void after(struct ikev2_sa *sa)
{
	struct ike_sa *ike = &sa->ike;

	if (ike->gone)
		return;
	if (ike->state >= IKE_ESTABLISHED && !ike->active)
		v2_kick(ike);
	ike_sa_schedule(ike);
}

static void finish(struct ikev2_sa *sa, const struct fsm_row *row,
		   const struct v2_message *message, enum fsm_verdict verdict)
{
	if (verdict == FSM_SYNTAX)
		malformed(sa, message, row->story);
	else if (verdict == FSM_OK && !sa->ike.gone)
		fsm_move(&sa->ike, row);
	after(sa);
}

enum fsm_verdict v2_suspend(struct ikev2_sa *sa, v2_then_fn then)
{
	sa->suspended.on = true;
	sa->suspended.then = then;
	return FSM_SUSPEND;
}

/* Keep what is needed to go on later. */
static void keep(struct ikev2_sa *sa, const struct fsm_row *row,
		 const struct v2_message *message, struct buf *plain,
		 uint8_t first)
{
	struct v2_suspended *suspended = &sa->suspended;

	suspended->row = row;
	suspended->header = message->header;
	suspended->path = *message->path;
	suspended->first = first;
	if (plain == &suspended->plain)
		return;
	buf_free(&suspended->plain);
	suspended->plain = *plain;
	*plain = BUF_INIT;
}

static void log_received(const struct ikev2_sa *sa,
			 const struct v2_message *message)
{
	char text[512] = "";

	v2_show(&message->header, &message->chain, text, sizeof(text));
	ike_sa_log(&sa->ike, LEVEL_DETAIL, "received %s", text);
}

static bool deletes_ike(const struct chain *chain)
{
	const struct payload *payload = NULL;
	struct payload_delete delete;
	struct err err;

	while ((payload = chain_find(chain, PAYLOAD_DELETE, payload)) != NULL)
		if (!payload_delete(payload->body, &delete, &err) &&
		    delete.protocol == PROTOCOL_IKE)
			return true;
	return false;
}

static void dispatch(struct ikev2_sa *sa, struct v2_message *message,
		     struct buf *plain, uint8_t first)
{
	struct fsm_event event = {
		.exchange = message->header.exchange,
		.response = is_response(&message->header),
		.task = sa->ike.active ? (int)sa->ike.active->kind : -1,
		.payloads = payloads_of(&message->chain),
	};
	const struct fsm_row *row;
	enum fsm_verdict verdict;
	bool known;

	message->payloads = event.payloads;
	message->plain = buf_span(plain);
	message->first = first;
	log_received(sa, message);
	if (sa->rival_of && !deletes_ike(&message->chain))
		v2_rekey_used(sa);
	row = fsm_find(v2_rows, v2_n_rows, &sa->ike, &event, &known);
	if (!row) {
		malformed(sa, message,
			  known ? "payloads are missing or too many" :
				  "not now");
		after(sa);
		return;
	}
	ike_sa_log(&sa->ike, LEVEL_DEBUG, "%s", row->story);
	verdict = row->handle(&sa->ike, message);
	if (verdict == FSM_SUSPEND && !sa->ike.gone)
		keep(sa, row, message, plain, first);
	else
		finish(sa, row, message, verdict);
}

/* The payloads inside. A critical one that is unknown is answered. */
static bool cut(struct ikev2_sa *sa, struct v2_message *message, uint8_t first,
		struct span plain)
{
	uint8_t critical = 0;
	struct err err;

	if (!chain_parse(&message->chain, first, plain, &critical, &err))
		return true;
	if (critical && !is_response(&message->header)) {
		ike_sa_log(&sa->ike, LEVEL_INFO,
			   "payload %u is critical and not known", critical);
		v2_respond_notify(sa, message,
				  NOTIFY_UNSUPPORTED_CRITICAL_PAYLOAD,
				  span_of(&critical, 1));
		return false;
	}
	malformed(sa, message, err.text);
	return false;
}

/*
 * A peer behind a NAT may be somewhere else now (RFC 7296, 2.23): to where it is
 * goes what we send from now on. Only for what is new and authentic.
 */
static void follow(struct ikev2_sa *sa, const struct ike_path *path)
{
	struct ike_path *now = &sa->ike.path;
	const struct env *env = &sa->ike.engine->env;
	char to[ENDPOINT_TEXT_SIZE];

	if (sa->ike.state == IKE_CONNECTING) {
		*now = *path;
		return;
	}
	/* Then it says so (RFC 4555, 3.8). */
	if (sa->ike.move.able && !(now->tcp && path->tcp))
		return;
	if (now->tcp) {
		ike_tcp_follow(&sa->ike, path);
		return;
	}
	if (!path->tcp)
		now->socket = path->socket;
	if (!sa->ike.nat_there || sa->ike.nat_here || path->tcp != now->tcp ||
	    (addr_compare(&path->remote, &now->remote) == 0 &&
	     path->remote_port == now->remote_port))
		return;
	*now = *path;
	ike_sa_log(&sa->ike, LEVEL_INFO, "the peer is at %s now",
		   endpoint_show(&path->remote, path->remote_port, to));
	if (sa->ike.established)
		env->ops->peer_move(env->world, sa->ike.interface, sa->ike.peer,
				    now, sa->ike.encap);
}

/* Authentic, and the one that is due. */
static void take_sealed(struct ikev2_sa *sa, struct v2_message *message,
			struct buf *plain, uint8_t first)
{
	bool response = is_response(&message->header);

	sa->ike.last_in = ike_sa_now(&sa->ike);
	sa->ike.heard = true;
	sa->ike.quiet_until = 0;
	v2_count(sa->ike.engine, &sa->ike, message->header.exchange, response,
		 false);
	if (response) {
		sa->next_out++;
		retx_stop(&sa->ike);
		ike_move_answered(&sa->ike, message->path);
	} else {
		sa->next_in++;
		packets_free(&sa->reply);
		v2_keys_free(&sa->before);
		follow(sa, message->path);
	}
	if (cut(sa, message, first, buf_span(plain)))
		dispatch(sa, message, plain, first);
	else
		after(sa);
}

/* The same request again: our answer was lost (RFC 7296, 2.1). */
static void answer_again(struct ikev2_sa *sa, const struct ike_header *header,
			 const struct ike_path *path, struct span octets)
{
	/* Who has only seen the SPIs could have it sent to anybody. */
	if (!v2_asks_again(sa, header, octets))
		return;
	ike_sa_count(&sa->ike, COUNT_REPLIES_AGAIN);
	ike_sa_send(&sa->ike, &sa->reply, path);
}

static void sealed(struct ikev2_sa *sa, const struct ike_header *header,
		   const struct ike_path *path, struct span octets)
{
	struct v2_message message = { .header = *header, .path = path };
	bool response = is_response(header);
	struct buf plain = BUF_INIT;
	enum v2_open opened;
	uint8_t first = 0;

	if (sa->suspended.on)
		return;
	if (header->next == PAYLOAD_NOTIFY && !v2_is_sealed(header, octets)) {
		v2_qcd_said(sa->ike.engine, sa, path, header, octets);
		return;
	}
	/*
	 * For the peer it is up, and what says so to us is late, or lost: as that
	 * comes again, so will this.
	 */
	if (!response && sa->ike.initiator && sa->ike.state < IKE_ESTABLISHED)
		return;
	if (!response && header->id + 1 == sa->next_in) {
		answer_again(sa, header, path, octets);
		return;
	}
	if (response ? !sa->ike.retx.running || header->id != sa->next_out ||
			       header->exchange != sa->asked :
		       header->id != sa->next_in)
		return;
	opened = v2_open(sa, header, octets, &plain, &first);
	if (opened == OPEN_BAD) {
		ike_sa_count(&sa->ike, COUNT_INVALID);
		/* Whoever knows the SPIs can make as many as there is room. */
		if (sa->forged++ < FORGED_LOGGED)
			ike_sa_log(&sa->ike, LEVEL_DETAIL,
				   "a message is not authentic, ignored");
	} else if (opened == OPEN_WHOLE) {
		take_sealed(sa, &message, &plain, first);
	}
	buf_free(&plain);
}

/* The first answer, which nothing protects. */
static void bare(struct ikev2_sa *sa, const struct ike_header *header,
		 const struct ike_path *path, struct span octets)
{
	struct v2_message message = { .header = *header,
				      .path = path,
				      .octets = octets };
	struct buf plain = BUF_INIT;
	struct err err;
	uint8_t critical;

	if (sa->suspended.on || sa->ike.state != IKE_CONNECTING ||
	    !sa->ike.initiator || header->id || !sa->ike.retx.running ||
	    header->exchange != sa->asked)
		return;
	buf_add(&plain, octets.data + IKE_HEADER_LEN,
		octets.len - IKE_HEADER_LEN);
	v2_count(sa->ike.engine, &sa->ike, header->exchange, true, false);
	if (plain.failed || chain_parse(&message.chain, header->next,
					buf_span(&plain), &critical, &err))
		ike_sa_count(&sa->ike, COUNT_INVALID);
	else
		dispatch(sa, &message, &plain, header->next);
	buf_free(&plain);
}

/* Is it from the other one of the two that have this SA? */
static bool is_peers(const struct ikev2_sa *sa, const struct ike_header *header)
{
	bool from_initiator = header->flags & IKE_FLAG_INITIATOR;
	uint64_t peers = sa->ike.initiator ? header->spi_r : header->spi_i;
	uint64_t known = sa->ike.initiator ? sa->ike.spi_r : sa->ike.spi_i;

	return from_initiator != sa->ike.initiator &&
	       (peers == known ||
		(sa->ike.initiator && !known && is_bare(header->exchange)));
}

static void unknown(struct engine *engine, const struct ike_header *header,
		    const struct ike_path *path, struct span octets)
{
	/* Of an ESP packet, from who knows no IKE SA any more (1.5). */
	if (!is_response(header) && header->next == PAYLOAD_NOTIFY &&
	    header->exchange == EXCHANGE_INFORMATIONAL) {
		v2_qcd_said(engine, NULL, path, header, octets);
		return;
	}
	counter_add(engine, COUNT_INVALID_SPI);
	/* RFC 7296, 2.21.4; never in answer to an answer. */
	if (!is_response(header))
		v2_qcd_unknown(engine, path, header);
}

static struct ikev2_sa *find(struct engine *engine,
			     const struct ike_header *header)
{
	uint64_t own = header->flags & IKE_FLAG_INITIATOR ? header->spi_r :
							    header->spi_i;
	struct ike_sa *sa = table_find(&engine->by_spi, own);

	return sa && sa->ops == &ikev2_ops ? v2_sa(sa) : NULL;
}

void v2_input(struct engine *engine, const struct ike_path *path,
	      struct span octets)
{
	struct ike_header header;
	struct ikev2_sa *sa;
	struct err err;
	uint8_t version = IKE_V2;

	if (ike_header_parse(octets, &header, &err)) {
		counter_add(engine, COUNT_INVALID);
		return;
	}
	if (header.version >> 4 != IKE_V2 >> 4) {
		counter_add(engine, COUNT_INVALID);
		if (!is_response(&header))
			v2_bare_notify(engine, path, &header,
				       NOTIFY_INVALID_MAJOR_VERSION,
				       span_of(&version, 1));
		return;
	}
	if (is_bare(header.exchange) && !is_response(&header)) {
		v2_count(engine, NULL, header.exchange, false, false);
		if (header.exchange == EXCHANGE_IKE_SA_INIT)
			v2_init_request(engine, &header, path, octets);
		else
			v2_resume_request(engine, &header, path, octets);
		return;
	}
	sa = find(engine, &header);
	if (!sa || !is_peers(sa, &header))
		unknown(engine, &header, path, octets);
	else if (is_bare(header.exchange))
		bare(sa, &header, path, octets);
	else
		sealed(sa, &header, path, octets);
}

void v2_auth_done(struct ike_sa *ike, const struct env_auth_reply *reply)
{
	struct ikev2_sa *sa = v2_sa(ike);
	struct v2_suspended *suspended = &sa->suspended;
	struct v2_message message = { .header = suspended->header,
				      .path = &suspended->path };
	struct buf plain = suspended->plain;
	enum fsm_verdict verdict;
	uint8_t critical;
	struct err err;

	if (!suspended->on)
		return;
	suspended->on = false;
	suspended->plain = BUF_INIT;
	/* It was parsed before, so it can be again. */
	if (!chain_parse(&message.chain, suspended->first, buf_span(&plain),
			 &critical, &err)) {
		message.payloads = payloads_of(&message.chain);
		message.plain = buf_span(&plain);
		message.first = suspended->first;
		verdict = suspended->then(sa, &message, reply);
		if (verdict == FSM_SUSPEND && !ike->gone)
			keep(sa, suspended->row, &message, &plain,
			     suspended->first);
		else
			finish(sa, suspended->row, &message, verdict);
	}
	buf_free(&plain);
}
