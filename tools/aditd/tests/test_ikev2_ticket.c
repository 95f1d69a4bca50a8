// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Tickets of session resumption (RFC 5723) that are not taken, or not by whom they
 * were given to; how long they are good, and what they are sealed with.
 */
#include <stdlib.h>

#include "ikev2_resume.h"

/* --------------------------------------------------------------------- refused */

/* A has one of before. */
static void present(struct pair *pair, struct ticket *old)
{
	struct conn_slot *slot = conn_slot(pair->ends[PAIR_A].engine, "net");

	ticket_put(slot->ticket);
	slot->ticket = old;
}

static void refused_now(struct pair *pair, const char *text)
{
	pair->ends[PAIR_B].watch = "its ticket is refused";
	*pair->ends[PAIR_B].watched = '\0';
	pair->ends[PAIR_A].watch = "the ticket is refused";
	*pair->ends[PAIR_A].watched = '\0';
	memset(&seen, 0, sizeof(seen));
	pair->sent = 0;
	again(pair);
	CHECK_ROW(is_up(pair, false), text);
	CHECK_ROW(seen.resumes == 1 && seen.inits == 1 && seen.auths == 1,
		  text);
	CHECK_ROW(pair->sent == 6, text);
	CHECK_ROW(strstr(pair->ends[PAIR_B].watched, text), text);
	CHECK_ROW(strstr(pair->ends[PAIR_A].watched, "TICKET_NACK"), text);
	CHECK_ROW(pair->ends[PAIR_A].done == 1 && !pair->ends[PAIR_A].result,
		  text);
}

static void refused(struct pair *pair, const char *text)
{
	lose(pair);
	refused_now(pair, text);
}

static void other_daemon(void)
{
	struct pair *pair = begin();

	pair_restart(pair, PAIR_B);
	pair_load(pair, PAIR_B, usual(pair, PAIR_B));
	refused(pair, "its key is not known");
	pair_free(pair);
}

static void connection_changed(void)
{
	struct pair *pair = begin();
	struct conn *conn = usual(pair, PAIR_B);

	pair_load(pair, PAIR_B, conn);
	refused(pair, "connection net was changed");
	pair_free(pair);
}

/* The connection is another one now, which does not want that peer. */
static void identity_not_allowed(void)
{
	struct pair *pair = begin();
	struct conn *conn = usual(pair, PAIR_B);

	set_id(&conn->remote[0].id, "somebody.example");
	pair_load(pair, PAIR_B, conn);
	pair->ends[PAIR_B].watch = "its ticket is refused";
	lose(pair);
	again(pair);
	CHECK(strstr(pair->ends[PAIR_B].watched, "was changed"));
	CHECK(!pair_ike(pair, PAIR_A));
	CHECK(strstr(pair_why(pair, PAIR_A, "net"), "AUTHENTICATION_FAILED"));
	pair_free(pair);
}

/* Somebody's secret is no more. */
static void other_credentials(void)
{
	struct pair *pair = begin();

	engine_forget_tickets(pair->ends[PAIR_B].engine);
	refused(pair, "its key is not known");
	pair_free(pair);
}

static void connection_gone(void)
{
	struct pair *pair = begin();

	engine_conn_remove(pair->ends[PAIR_B].engine, "net");
	pair->ends[PAIR_B].watch = "its ticket is refused";
	lose(pair);
	again(pair);
	CHECK(strstr(pair->ends[PAIR_B].watched, "is not loaded any more"));
	CHECK(seen.resumes == 1 && seen.inits == 1);
	CHECK(!pair_ike(pair, PAIR_A));
	pair_free(pair);
}

static void elsewhere(void)
{
	struct pair *pair = pair_new();
	struct conn *conn = usual(pair, PAIR_B);

	free(conn->remote_addrs.texts[0]);
	conn->remote_addrs.n = 0;
	pair_add_text(&conn->remote_addrs, "192.0.2.1");
	pair_load(pair, PAIR_A, usual(pair, PAIR_A));
	pair_load(pair, PAIR_B, conn);
	CHECK(pair_up(pair));
	pair->ends[PAIR_A].addr.octets[3] = 9;
	pair->ends[PAIR_B].watch = "its ticket is refused";
	lose(pair);
	again(pair);
	CHECK(strstr(pair->ends[PAIR_B].watched, "does not fit the addresses"));
	CHECK(!pair_ike(pair, PAIR_A));
	pair_free(pair);
}

/* A believes that it still is good. */
static void expired(void)
{
	struct pair *pair = begin();

	pair_run(pair, TICKET_SECONDS * 1000ULL + 1000);
	ticket(pair)->session.until += 3600UL * 1000;
	refused(pair, "it has expired");
	/* Or knows it. */
	pair_run(pair, TICKET_SECONDS * 1000ULL + 1000);
	lose(pair);
	again(pair);
	CHECK(is_up(pair, false) && !seen.resumes);
	pair_run(pair, 2ULL * TICKET_SECONDS * 1000 + 1000);
	ticket(pair)->session.until = UINT64_MAX;
	refused(pair, "it is too old");
	pair_free(pair);
}

static void tampered(void)
{
	struct pair *pair = begin();
	size_t len = ticket(pair)->opaque.len;

	for (size_t i = 0; i < len; i++) {
		ticket(pair)->opaque.data[i] ^= (uint8_t)(1U << i % 8);
		/* Not all of it is written down, nor is it let in for free. */
		pair_run(pair, 11 * 1000ULL);
		refused(pair, i < TICKET_ID_LEN ? "its key is not known" :
						  "somebody has changed it");
	}
	for (size_t cut = 1; cut < len; cut += 7) {
		buf_cut(&ticket(pair)->opaque, len - cut);
		pair_run(pair, 11 * 1000ULL);
		refused(pair, "refused");
	}
	buf_add_u8(&ticket(pair)->opaque, 0);
	pair_run(pair, 11 * 1000ULL);
	refused(pair, "somebody has changed it");
	pair_free(pair);
}

static void foreign_key(void)
{
	struct pair *pair = begin(), *other = pair_new();

	/* Else all would be the same there. */
	other->random = 12345;
	for (unsigned int end = 0; end < 2; end++)
		pair_load(other, end, usual(other, end));
	CHECK(pair_up(other));
	CHECK(ticket(other)->opaque.len == ticket(pair)->opaque.len);
	buf_cut(&ticket(pair)->opaque, 0);
	buf_add_span(&ticket(pair)->opaque, buf_span(&ticket(other)->opaque));
	refused(pair, "its key is not known");
	pair_free(pair);
	pair_free(other);
}

/* --------------------------------------------------- of an IKE SA that is no more */

static const char over[] = "was closed, rekeyed, or resumed already";

/* Whether B still had the IKE SA, or not. */
static void used_twice(void)
{
	for (unsigned int lost = 0; lost < 2; lost++) {
		struct pair *pair = begin();
		struct ticket *used = ticket_get(ticket(pair));

		if (lost)
			lose_at(pair, PAIR_B);
		lose(pair);
		again(pair);
		CHECK(is_up(pair, true));
		lose(pair);
		present(pair, used);
		refused_now(pair, over);
		pair_free(pair);
	}
}

/* Of several that an IKE SA had, one is for the IKE SA that comes after. */
static void another_one(void)
{
	for (unsigned int i = 0; i < 2; i++) {
		struct pair *pair = begin();
		struct ticket *tickets[2];

		tickets[0] = ticket_get(ticket(pair));
		ike_sa_want(pair_ike(pair, PAIR_A), TASK_TICKET, 0);
		pair_settle(pair);
		tickets[1] = ticket_get(ticket(pair));
		CHECK(tickets[0] != tickets[1]);
		lose(pair);
		present(pair, tickets[i]);
		again(pair);
		CHECK(is_up(pair, true));
		lose(pair);
		present(pair, tickets[!i]);
		refused_now(pair, over);
		pair_free(pair);
	}
}

/* By the client, or by the gateway, from which somebody is to be kept away. */
static void closed(void)
{
	struct engine_pick pick = { .ike = "net" };

	for (unsigned int end = 0; end < 2; end++) {
		struct pair *pair = begin();
		struct ticket *old = ticket_get(ticket(pair));

		engine_terminate(pair->ends[end].engine, &pick, false, NULL,
				 NULL);
		pair_settle(pair);
		CHECK(!pair_ike(pair, PAIR_B));
		present(pair, old);
		refused_now(pair, over);
		pair_free(pair);
	}
}

static void rekeyed_since(void)
{
	for (unsigned int end = 0; end < 2; end++) {
		struct pair *pair = begin();
		struct ticket *old = ticket_get(ticket(pair));

		ike_sa_want(pair_ike(pair, end), TASK_IKE_REKEY, 0);
		pair_run(pair, 90 * 1000ULL);
		lose(pair);
		present(pair, old);
		refused_now(pair, over);
		pair_free(pair);
	}
}

/* ------------------------------------------------------------------- hostile */

static struct buf recorded;

/* The right one does not come through. */
static bool record(struct pair *pair, struct pair_packet *packet)
{
	count(pair, packet);
	if (packet->header.exchange != EXCHANGE_IKE_SESSION_RESUME ||
	    packet->header.flags & IKE_FLAG_RESPONSE)
		return true;
	if (!recorded.len)
		buf_add_span(&recorded, buf_span(&packet->octets));
	return !pair->hook_arg;
}

static void inject(struct pair *pair, struct span octets)
{
	const struct ike_path path = {
		.local = pair->ends[PAIR_B].addr,
		.remote = pair->ends[PAIR_A].addr,
		.local_port = 500,
		.remote_port = 500,
		.socket = 1,
	};

	engine_input(pair->ends[PAIR_B].engine, &path, octets);
}

/* Who has recorded it gets nowhere, and harms nobody. */
static void replayed(void)
{
	struct pair *pair = begin();
	const struct engine *b = pair->ends[PAIR_B].engine;

	pair->hook = record;
	pair->hook_arg = 1;
	lose(pair);
	again(pair);
	CHECK(recorded.len);
	inject(pair, buf_span(&recorded));
	inject(pair, buf_span(&recorded));
	CHECK(b->cookies.half_open == 1);
	for (unsigned int i = 0; i < 1000; i++) {
		buf_put_u32(&recorded, 0, i);
		inject(pair, buf_span(&recorded));
	}
	CHECK(b->cookies.half_open == HALF_OPEN_COOKIES);
	CHECK(pair_count(pair, PAIR_B, "cookies-asked") > 900);
	/* Meanwhile the right one comes in. */
	pair->hook_arg = 0;
	pair_run(pair, 20 * 1000ULL);
	CHECK(pair_ike(pair, PAIR_B)->resumed && pair_agrees(pair));
	CHECK(!seen.inits);
	pair_run(pair, 40 * 1000ULL);
	CHECK(b->cookies.half_open == 0);
	CHECK(is_up(pair, true));
	/* And then it is worth nothing any more. */
	buf_put_u32(&recorded, 0, 0);
	inject(pair, buf_span(&recorded));
	CHECK(b->cookies.half_open == 0);
	pair_settle(pair);
	CHECK(is_up(pair, true));
	buf_free(&recorded);
	pair_free(pair);
}

static void with_a_cookie(void)
{
	struct pair *pair = begin();

	pair->ends[PAIR_B].engine->cookies.until = UINT64_MAX;
	lose(pair);
	again(pair);
	CHECK(is_up(pair, true));
	CHECK(seen.resumes == 2 && !seen.inits && pair->sent == 6);
	/* And who is refused then. */
	ticket(pair)->opaque.data[20] ^= 1;
	lose(pair);
	again(pair);
	CHECK(is_up(pair, false));
	CHECK(seen.resumes == 2 && seen.inits == 2);
	pair_free(pair);
}

/* Junk costs no log without end. */
static void log_is_limited(void)
{
	struct pair *pair = begin();
	const struct ike_header header = {
		.spi_i = 1,
		.version = IKE_V2,
		.exchange = EXCHANGE_IKE_SESSION_RESUME,
		.flags = IKE_FLAG_INITIATOR,
	};
	uint8_t junk[TICKET_MAX + 1] = { 0 };
	uint64_t before = pair_count(pair, PAIR_B, "failures");
	struct span none = { 0 };
	struct build out;

	for (unsigned int i = 0; i < 1000; i++) {
		build_start(&out, &header);
		build_span(&out, PAYLOAD_NONCE, span_of(junk, 32));
		build_notify(&out, PROTOCOL_NONE, none, NOTIFY_TICKET_OPAQUE,
			     span_of(junk, (size_t)i + 26));
		CHECK(!build_finish(&out));
		inject(pair, buf_span(&out.buf));
		build_free(&out);
	}
	CHECK(pair_count(pair, PAIR_B, "failures") - before == 1);
	CHECK(pair_count(pair, PAIR_B, "cookies-asked") > 900);
	CHECK(pair->ends[PAIR_B].engine->cookies.half_open == 0);
	pair_settle(pair);
	pair_free(pair);
}

/* Requests that are none. */
static void malformed(void)
{
	struct pair *pair = begin();
	struct span none = { 0 };

	for (unsigned int i = 0; i < 16; i++) {
		const struct ike_header header = {
			.spi_i = i & 1 ? 0 : 7,
			.spi_r = i & 2 ? 7 : 0,
			.version = IKE_V2,
			.exchange = EXCHANGE_IKE_SESSION_RESUME,
			.flags = i & 4 ? 0 : IKE_FLAG_INITIATOR,
			.id = i & 8 ? 1 : 0,
		};
		struct build out;

		build_start(&out, &header);
		if (i)
			build_notify(&out, PROTOCOL_NONE, none,
				     NOTIFY_TICKET_OPAQUE,
				     buf_span(&ticket(pair)->opaque));
		build_span(&out, PAYLOAD_NONCE,
			   span_of(ticket(pair)->opaque.data, i ? 32 : 15));
		CHECK(!build_finish(&out));
		inject(pair, buf_span(&out.buf));
		build_free(&out);
	}
	CHECK(pair->ends[PAIR_B].engine->cookies.half_open == 0);
	pair_settle(pair);
	CHECK(is_up(pair, false));
	pair_free(pair);
}

/* ------------------------------------------------------------------ IKE_AUTH */

static struct {
	bool response;
	unsigned int what;
} edited;

static void change_auth(struct buf *plain, uint8_t *first)
{
	struct span octets = buf_span(plain);
	const struct payload *payload;
	struct chain chain;
	uint8_t critical;
	struct err err;
	uint8_t *body;

	CHECK(!chain_parse(&chain, *first, octets, &critical, &err));
	payload = chain_find(&chain, PAYLOAD_AUTH, NULL);
	if (!CHECK(payload))
		return;
	body = plain->data + (payload->body.data - octets.data);
	switch (edited.what) {
	case 0: /* its last octet */
		body[payload->body.len - 1] ^= 1;
		break;
	case 1: /* its method */
		body[0] = AUTH_DIGITAL_SIGNATURE;
		break;
	default: /* another name; behind its type */
		body = plain->data +
		       (chain.payloads[0].body.data - octets.data);
		body[4] ^= 1;
	}
}

static bool change(struct pair *pair, struct pair_packet *packet)
{
	bool response = packet->header.flags & IKE_FLAG_RESPONSE;

	count(pair, packet);
	if (packet->header.exchange == EXCHANGE_IKE_AUTH &&
	    response == edited.response && !pair->hook_count++)
		pair_edit(pair, packet, change_auth);
	return true;
}

/* Then the secrets decide. */
static void wrong_auth(void)
{
	for (unsigned int i = 0; i < 6; i++) {
		struct pair *pair = begin();

		edited.response = i & 1;
		edited.what = i / 2;
		pair->hook = change;
		pair->hook_count = 0;
		lose(pair);
		again(pair);
		CHECK(is_up(pair, false));
		CHECK(seen.resumes == 1 && seen.inits == 1 && seen.auths == 2);
		CHECK(strstr(pair_why(pair, edited.response ? PAIR_A : PAIR_B,
				      "net"),
			     edited.what == 2 ? "the ticket is of" :
						"not of the session's keys"));
		CHECK(pair->ends[PAIR_A].done == 1 &&
		      !pair->ends[PAIR_A].result);
		pair_free(pair);
	}
}

/* Who has the ticket, but not what belongs to it. */
static void stolen(void)
{
	struct pair *pair = begin();

	ticket(pair)->session.key.data[0] ^= 1;
	lose(pair);
	again(pair);
	/* B does not even hear it. */
	CHECK(seen.auths == 1 && !pair_ike(pair, PAIR_A));
	CHECK(pair_ikes(pair, PAIR_B, IKE_ESTABLISHED) == 1);
	pair_run(pair, 200 * 1000ULL);
	CHECK(pair->ends[PAIR_A].done == 1 && pair->ends[PAIR_A].result);
	CHECK(pair_ikes(pair, PAIR_B, IKE_ESTABLISHED) == 1);
	memset(&seen, 0, sizeof(seen));
	again(pair);
	CHECK(is_up(pair, false) && !seen.resumes);
	pair_free(pair);
}

static void for_another_name(void)
{
	for (unsigned int i = 0; i < 2; i++) {
		struct pair *pair = begin();
		struct session *session = &ticket(pair)->session;

		set_id(i ? &session->remote : &session->local, "c.example");
		lose(pair);
		again(pair);
		CHECK(strstr(
			pair_why(pair, PAIR_B, "net"),
			i ? "the peer asks for c.example; the ticket is of b.example" :
			    "the peer is c.example; the ticket is of a.example"));
		CHECK(is_up(pair, false));
		CHECK(seen.resumes == 1 && seen.inits == 1);
		pair_free(pair);
	}
}

/* Between the two exchanges somebody loads it anew. */
static bool reload(struct pair *pair, struct pair_packet *packet)
{
	count(pair, packet);
	if (packet->header.exchange == EXCHANGE_IKE_SESSION_RESUME &&
	    packet->header.flags & IKE_FLAG_RESPONSE)
		pair->hook_arg = 1;
	return true;
}

static void changed_meanwhile(void)
{
	struct pair *pair = begin();

	pair->hook = reload;
	lose(pair);
	pair_initiate(pair, PAIR_A, "net", "net");
	while (!pair->hook_arg)
		pair_run(pair, 1);
	pair_load(pair, PAIR_B, usual(pair, PAIR_B));
	pair_settle(pair);
	CHECK(strstr(pair_why(pair, PAIR_B, "net"), "was changed"));
	CHECK(is_up(pair, false));
	CHECK(seen.resumes == 1 && seen.inits == 1);
	pair_free(pair);
}

/* Two come with the same ticket at the same time. */
static void used_meanwhile(void)
{
	struct pair *pair = begin();
	struct ticket_keys *keys = &pair->ends[PAIR_B].engine->tickets;

	pair->hook = reload;
	lose(pair);
	pair_initiate(pair, PAIR_A, "net", "net");
	while (!pair->hook_arg)
		pair_run(pair, 1);
	ticket_revoke(keys, &pair_ike(pair, PAIR_B)->tickets[keys->newest]);
	pair_settle(pair);
	CHECK(strstr(pair_why(pair, PAIR_B, "net"), "was used meanwhile"));
	CHECK(is_up(pair, false));
	CHECK(seen.resumes == 1 && seen.inits == 1);
	pair_free(pair);
}

/* It is of no use before IKE_AUTH. */
static bool too_early_hook(struct pair *pair, struct pair_packet *packet)
{
	count(pair, packet);
	if (packet->header.exchange == EXCHANGE_IKE_AUTH && !pair->hook_count++)
		packet->octets.data[18] = packet->header.exchange =
			(uint8_t)pair->hook_arg;
	return true;
}

static void too_early(void)
{
	static const uint8_t exchanges[] = { EXCHANGE_CREATE_CHILD_SA,
					     EXCHANGE_INFORMATIONAL,
					     EXCHANGE_IKE_INTERMEDIATE,
					     EXCHANGE_IKE_SA_INIT,
					     EXCHANGE_IKE_SESSION_RESUME };

	for (size_t i = 0; i < ARRAY_SIZE(exchanges); i++) {
		struct pair *pair = begin();

		pair->hook = too_early_hook;
		pair->hook_arg = exchanges[i];
		lose(pair);
		again(pair);
		/* What was changed is not authentic: the next try is. */
		pair_run(pair, 10 * 1000ULL);
		CHECK(is_up(pair, true));
		pair_free(pair);
	}
}

/* -------------------------------------------------------------------- times */

/* Tickets end with what they are of. */
static void lifetimes(void)
{
	static const struct {
		unsigned int end;
		uint64_t rekey, reauth, want;
	} rows[] = {
		{ PAIR_B, 0, 0, TICKET_SECONDS },
		{ PAIR_B, 3600, 0, 3600 + 600 },
		{ PAIR_B, 0, 3600, 3600 },
		{ PAIR_B, 7200, 3600, 3600 },
		{ PAIR_A, 3600, 0, 3600 + 600 },
		{ PAIR_A, 0, 3600, 3600 },
		{ PAIR_B, 100000, 200000, TICKET_SECONDS },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct pair *pair = pair_new();
		const struct ticket *got;
		uint64_t life;

		for (unsigned int end = 0; end < 2; end++) {
			struct conn *conn = usual(pair, end);

			if (end == rows[i].end) {
				conn->rekey_time = rows[i].rekey;
				conn->reauth_time = rows[i].reauth;
			}
			conn->over_time = 600;
			pair_load(pair, end, conn);
		}
		CHECK(pair_up(pair));
		got = ticket(pair);
		life = got ? (got->session.until - got->given) / 1000 : 0;
		CHECK(life <= rows[i].want && life + 1 >= rows[i].want);
		pair_free(pair);
	}
}

/* No ticket is worth it when all is over soon. */
static void too_short(void)
{
	struct pair *pair = pair_new();

	for (unsigned int end = 0; end < 2; end++) {
		struct conn *conn = usual(pair, end);

		conn->reauth_time = end ? 59 : 0;
		pair_load(pair, end, conn);
	}
	CHECK(pair_up(pair));
	CHECK(!ticket(pair));
	pair_free(pair);
}

/* Who resumes does not get more time until it has to show who it is. */
static void reauthenticates_in_time(void)
{
	struct pair *pair = pair_new();
	uint64_t due;

	for (unsigned int end = 0; end < 2; end++) {
		struct conn *conn = usual(pair, end);

		conn->reauth_time = end ? 0 : 3600;
		pair_load(pair, end, conn);
	}
	memset(&seen, 0, sizeof(seen));
	pair->hook = count;
	CHECK(pair_up(pair));
	due = pair_ike(pair, PAIR_A)->reauth_at;
	pair_run(pair, 1800 * 1000ULL);
	lose(pair);
	again(pair);
	CHECK(is_up(pair, true));
	CHECK(pair_ike(pair, PAIR_A)->reauth_at == due);
	CHECK(ticket(pair)->session.until <= due);
	pair_run(pair, 1810 * 1000ULL);
	CHECK(seen.inits == 1 && seen.resumes == 1);
	CHECK(is_up(pair, false));
	pair_free(pair);
}

/* When half of its time is over, with what asks for life. */
static void renewed(void)
{
	struct pair *pair = pair_new();
	const struct ticket *first;

	for (unsigned int end = 0; end < 2; end++) {
		struct conn *conn = usual(pair, end);

		conn->dpd_delay = end ? 0 : 60;
		pair_load(pair, end, conn);
	}
	CHECK(pair_up(pair));
	first = ticket(pair);
	pair_run(pair, TICKET_SECONDS * 400ULL);
	CHECK(ticket(pair) == first);
	pair_run(pair, TICKET_SECONDS * 200ULL);
	CHECK(ticket(pair) && ticket(pair) != first);
	pair_run(pair, TICKET_SECONDS * 3000ULL);
	lose(pair);
	again(pair);
	CHECK(is_up(pair, true));
	pair_free(pair);
}

/* ------------------------------------------------------ TICKET_ACK, and when */

static struct {
	unsigned int requests; /* with TICKET_REQUEST */
	unsigned int acks; /* so many tickets become TICKET_ACK */
	uint8_t exchange; /* where something is looked for */
	uint16_t type; /* of its answer's notify about tickets */
	struct buf data;
} put_off;

static void ack(struct buf *plain, uint8_t *first)
{
	struct span octets = buf_span(plain);
	const struct payload *payload = NULL;
	struct payload_notify notify;
	struct chain chain;
	uint8_t critical;
	struct err err;

	CHECK(!chain_parse(&chain, *first, octets, &critical, &err));
	while ((payload = chain_find(&chain, PAYLOAD_NOTIFY, payload)) !=
	       NULL) {
		if (payload_notify(payload->body, &notify, &err))
			continue;
		put_off.requests += notify.type == NOTIFY_TICKET_REQUEST;
		if (notify.type != NOTIFY_TICKET_LT_OPAQUE || !put_off.acks)
			continue;
		put_off.acks--;
		plain->data[payload->body.data - octets.data + 3] =
			NOTIFY_TICKET_ACK & 0xff;
	}
}

static bool acks(struct pair *pair, struct pair_packet *packet)
{
	if (packet->header.exchange == EXCHANGE_IKE_AUTH ||
	    packet->header.exchange == EXCHANGE_INFORMATIONAL)
		pair_edit(pair, packet, ack);
	return true;
}

/* Then the client is to ask again, in a message of its own (RFC 5723, 4.1). */
static void asks_again(void)
{
	for (unsigned int i = 1; i < 4; i++) {
		struct pair *pair = pair_new();

		for (unsigned int end = 0; end < 2; end++)
			pair_load(pair, end, usual(pair, end));
		memset(&put_off, 0, sizeof(put_off));
		put_off.acks = i;
		pair->hook = acks;
		CHECK(pair_up(pair));
		/* At once, and then with pauses. */
		CHECK(put_off.requests == 2 && !ticket(pair) == (i > 1));
		pair_run(pair, 400 * 1000ULL);
		CHECK(put_off.requests == i + 1 && ticket(pair));
		pair->hook = count;
		lose(pair);
		again(pair);
		CHECK(is_up(pair, true));
		pair_free(pair);
	}
}

static void not_for_ever(void)
{
	struct pair *pair = pair_new();
	unsigned int asked;

	for (unsigned int end = 0; end < 2; end++)
		pair_load(pair, end, usual(pair, end));
	memset(&put_off, 0, sizeof(put_off));
	put_off.acks = 1000;
	pair->hook = acks;
	CHECK(pair_up(pair));
	pair_run(pair, 3600 * 1000ULL);
	asked = put_off.requests;
	CHECK(asked > 5 && asked < 20);
	pair_run(pair, 3600 * 1000ULL);
	CHECK(put_off.requests == asked && !ticket(pair));
	pair_free(pair);
}

/* A peer that asks in the exchange that rekeys, as it may (4.1). */
static void ask(struct buf *plain, uint8_t *first)
{
	struct buf all = BUF_INIT;

	buf_add_u8(&all, *first);
	buf_add_u8(&all, 0);
	buf_add_u16(&all, 8);
	buf_add_u16(&all, 0);
	buf_add_u16(&all, NOTIFY_TICKET_REQUEST);
	buf_add_span(&all, buf_span(plain));
	buf_cut(plain, 0);
	buf_add_span(plain, buf_span(&all));
	buf_free(&all);
	*first = PAYLOAD_NOTIFY;
}

static void look(struct buf *plain, uint8_t *first)
{
	const struct payload *payload = NULL;
	struct payload_notify notify;
	struct chain chain;
	uint8_t critical;
	struct err err;

	CHECK(!chain_parse(&chain, *first, buf_span(plain), &critical, &err));
	while ((payload = chain_find(&chain, PAYLOAD_NOTIFY, payload)) != NULL)
		if (!payload_notify(payload->body, &notify, &err) &&
		    notify.type >= NOTIFY_TICKET_LT_OPAQUE &&
		    notify.type <= NOTIFY_TICKET_NACK) {
			put_off.type = notify.type;
			buf_free(&put_off.data);
			buf_add_span(&put_off.data, notify.data);
		}
}

static bool asks_in(struct pair *pair, struct pair_packet *packet)
{
	if (packet->header.exchange == put_off.exchange)
		pair_edit(pair, packet,
			  packet->header.flags & IKE_FLAG_RESPONSE ? look :
								     ask);
	return true;
}

static void rekey_and_ask(struct pair *pair, unsigned int end)
{
	memset(&put_off, 0, sizeof(put_off));
	put_off.exchange = EXCHANGE_CREATE_CHILD_SA;
	pair->hook = asks_in;
	ike_sa_want(pair_ike(pair, end), TASK_IKE_REKEY, 0);
	pair_settle(pair);
}

static void asked_in_rekeying(void)
{
	struct pair *pair = pair_new();
	struct engine *b = pair->ends[PAIR_B].engine;
	struct session session = { 0 };
	struct buf state = BUF_INIT;
	struct ticket_mark mark;
	uint32_t seconds = 0;
	struct span data;
	struct err err;

	for (unsigned int end = 0; end < 2; end++) {
		struct conn *conn = usual(pair, end);

		conn->rekey_time = 3600;
		conn->over_time = 600;
		pair_load(pair, end, conn);
	}
	CHECK(pair_up(pair));
	rekey_and_ask(pair, PAIR_A);
	CHECK(put_off.type == NOTIFY_TICKET_LT_OPAQUE);
	data = buf_span(&put_off.data);
	CHECK(span_take_u32(&data, &seconds) && seconds == 3600 + 600);
	CHECK(!ticket_open(&b->tickets, &b->env, data, &mark, &state, &err));
	CHECK(!session_read(&session, buf_span(&state)));
	CHECK(session.spi_i == pair_ike(pair, PAIR_B)->spi_i &&
	      session.spi_r == pair_ike(pair, PAIR_B)->spi_r);
	CHECK(span_equal(buf_span(&session.key),
			 buf_span(&v2_sa(pair_ike(pair, PAIR_B))->keys.d)));
	session_free(&session);
	buf_free(&state);
	buf_free(&put_off.data);
	pair_free(pair);
}

/* There are no keys yet that a ticket could be of. */
static void asked_before_more_keys(void)
{
	static const char ike[] = "aes128gcm16-prfsha256-x25519-ke1_ecp256";

	for (unsigned int on = 0; on < 2; on++) {
		struct pair *pair = pair_new();

		for (unsigned int end = 0; end < 2; end++) {
			struct conn *conn =
				pair_more(pair, end, ike, "aes128gcm16-x25519");

			conn->resumption = on;
			pair_load(pair, end, conn);
		}
		CHECK(pair_up(pair));
		rekey_and_ask(pair, PAIR_A);
		CHECK(put_off.type ==
		      (on ? NOTIFY_TICKET_ACK : NOTIFY_TICKET_NACK));
		CHECK(pair_agrees(pair) && !ticket(pair) == !on);
		buf_free(&put_off.data);
		pair_free(pair);
	}
}

/* ----------------------------------------------------------- keys and octets */

static void keys_change(void)
{
	struct pair *pair = pair_new();
	struct pair_end *b = &pair->ends[PAIR_B];
	const struct env *env = &b->engine->env;
	struct ticket_keys keys = { 0 };
	struct ticket_mark marks[TICKET_KEYS] = { 0 }, mark;
	struct buf tickets[5] = { 0 }, state = BUF_INIT;
	struct err err;

	/* One every half of a life. */
	for (size_t i = 0; i < ARRAY_SIZE(tickets); i++) {
		CHECK(!ticket_seal(&keys, env, marks, span_of_text("state"),
				   &tickets[i]));
		for (size_t j = 0; j <= i; j++) {
			bool good = !ticket_open(&keys, env,
						 buf_span(&tickets[j]), &mark,
						 &state, &err);

			/* As long as it may live, and not for ever. */
			CHECK(good || i - j > 2);
			CHECK(!good || i - j < 4);
			CHECK(!good || span_equal(buf_span(&state),
						  span_of_text("state")));
			buf_cut(&state, 0);
		}
		pair->now += TICKET_SECONDS * 500ULL;
	}
	/* The same twice is not the same. */
	CHECK(!ticket_seal(&keys, env, marks, span_of_text("state"), &state));
	CHECK(!span_equal(buf_span(&state), buf_span(&tickets[4])));
	/* Nothing too long. */
	buf_cut(&state, 0);
	CHECK(buf_extend(&state, TICKET_MAX - TICKET_ID_LEN - 28));
	CHECK(ticket_seal(&keys, env, marks, buf_span(&state), &tickets[0]));
	buf_free(&state);
	for (size_t i = 0; i < ARRAY_SIZE(tickets); i++)
		buf_free(&tickets[i]);
	ticket_keys_free(&keys);
	pair_free(pair);
}

enum { SESSIONS = 30 };

static int open_one(struct pair *pair, struct ticket_keys *keys,
		    const struct buf *ticket)
{
	struct buf state = BUF_INIT;
	struct ticket_mark mark = { 0 };
	struct err err;
	int ret = ticket_open(keys, &pair->ends[PAIR_B].engine->env,
			      buf_span(ticket), &mark, &state, &err);

	buf_free(&state);
	return ret;
}

/* Those of one IKE SA, whichever key they are of, and of no other one. */
static void revoked(void)
{
	struct pair *pair = pair_new();
	const struct env *env = &pair->ends[PAIR_B].engine->env;
	struct ticket_mark marks[SESSIONS][TICKET_KEYS] = { 0 };
	struct ticket_mark none = { 0 };
	struct ticket_keys keys = { 0 };
	struct buf tickets[2][SESSIONS] = { 0 };

	for (unsigned int k = 0; k < 2; k++) {
		for (unsigned int i = 0; i < SESSIONS; i++)
			CHECK(!ticket_seal(&keys, env, marks[i],
					   span_of_text("state"),
					   &tickets[k][i]));
		pair->now += TICKET_SECONDS * 1000ULL;
	}
	ticket_revoke(&keys, &none);
	CHECK(ticket_is_revoked(&keys, &none));
	for (unsigned int i = 0; i < SESSIONS; i += 3)
		for (unsigned int k = 0; k < 2; k++)
			ticket_revoke(&keys, &marks[i][k]);
	for (unsigned int i = 0; i < SESSIONS; i++) {
		CHECK(!open_one(pair, &keys, &tickets[1][i]) == (i % 3 != 0));
		/* Its time is over. */
		CHECK(open_one(pair, &keys, &tickets[0][i]));
	}
	ticket_keys_free(&keys);
	CHECK(open_one(pair, &keys, &tickets[1][1]));
	for (unsigned int i = 0; i < 2 * SESSIONS; i++)
		buf_free(&tickets[i / SESSIONS][i % SESSIONS]);
	pair_free(pair);
}

/* A key is for so many IKE SAs, so that what is known of them is limited. */
static void sessions_are_limited(void)
{
	struct pair *pair = pair_new();
	const struct env *env = &pair->ends[PAIR_B].engine->env;
	struct ticket_mark marks[3][TICKET_KEYS] = { 0 };
	struct ticket_keys keys = { 0 };
	struct buf tickets[3] = { 0 };
	struct span state = span_of_text("state");

	CHECK(!ticket_seal(&keys, env, marks[0], state, &tickets[0]));
	keys.keys[keys.newest].sessions = TICKET_SESSIONS_MAX - 8;
	CHECK(buf_extend(&keys.keys[keys.newest].revoked,
			 TICKET_SESSIONS_MAX / 8 - 2));
	for (unsigned int i = 0; i < 8; i++) {
		struct ticket_mark other[TICKET_KEYS] = { 0 };

		buf_cut(&tickets[1], 0);
		CHECK(!ticket_seal(&keys, env, other, state, &tickets[1]));
		CHECK(span_equal(SPAN(other[keys.newest].id),
				 SPAN(marks[0][keys.newest].id)));
	}
	CHECK(keys.keys[keys.newest].revoked.len == TICKET_SESSIONS_MAX / 8);
	CHECK(!ticket_seal(&keys, env, marks[2], state, &tickets[2]));
	CHECK(!span_equal(SPAN(keys.keys[0].id), SPAN(keys.keys[1].id)));
	for (unsigned int i = 0; i < 3; i++) {
		CHECK(!open_one(pair, &keys, &tickets[i]));
		buf_free(&tickets[i]);
	}
	ticket_keys_free(&keys);
	pair_free(pair);
}

static void as_octets(void)
{
	struct pair *pair = begin();
	struct session session = { 0 };
	struct buf all = BUF_INIT;
	const struct session *of = &ticket(pair)->session;

	session_write(of, &all);
	CHECK(!session_read(&session, buf_span(&all)));
	CHECK_TEXT(session.conn, "net");
	CHECK(session.edition == of->edition && session.until == of->until);
	CHECK(ident_equal(&session.local, &of->local));
	CHECK(ident_equal(&session.remote, &of->remote));
	CHECK(span_equal(buf_span(&session.key), buf_span(&of->key)));
	session_free(&session);
	for (size_t len = 0; len < all.len; len++) {
		session = (struct session){ 0 };
		CHECK(session_read(&session, span_of(all.data, len)));
		session_free(&session);
	}
	buf_add_u8(&all, 0);
	session = (struct session){ 0 };
	CHECK(session_read(&session, buf_span(&all)));
	session_free(&session);
	buf_free(&all);
	pair_free(pair);
}

static const struct tap_test tests[] = {
	{ "refused: the daemon is another one", other_daemon },
	{ "refused: the connection was changed", connection_changed },
	{ "refused: the identity is not allowed any more",
	  identity_not_allowed },
	{ "refused: the credentials are others", other_credentials },
	{ "refused: the connection is gone", connection_gone },
	{ "refused: from an address that it is not for", elsewhere },
	{ "refused: expired", expired },
	{ "refused: each octet changed, and cut", tampered },
	{ "refused: of another responder", foreign_key },
	{ "refused: used already", used_twice },
	{ "refused: another one of the same IKE SA was used", another_one },
	{ "refused: the IKE SA was closed", closed },
	{ "refused: the IKE SA was rekeyed", rekeyed_since },
	{ "replayed", replayed },
	{ "with a cookie", with_a_cookie },
	{ "junk is not written down without end", log_is_limited },
	{ "malformed requests", malformed },
	{ "wrong AUTH and wrong ID, of either", wrong_auth },
	{ "stolen, without its key", stolen },
	{ "for another name", for_another_name },
	{ "the connection changes between the exchanges", changed_meanwhile },
	{ "used by another one between the exchanges", used_meanwhile },
	{ "other exchanges before IKE_AUTH", too_early },
	{ "tickets end with what they are of", lifetimes },
	{ "no ticket for what ends soon", too_short },
	{ "who it is is shown in time", reauthenticates_in_time },
	{ "a newer ticket in time", renewed },
	{ "TICKET_ACK: asked for again", asks_again },
	{ "TICKET_ACK for ever", not_for_ever },
	{ "asked for in the exchange that rekeys", asked_in_rekeying },
	{ "asked for before all keys are exchanged", asked_before_more_keys },
	{ "keys of tickets change", keys_change },
	{ "revoked: those of one IKE SA", revoked },
	{ "IKE SAs of a key are limited", sessions_are_limited },
	{ "sessions as octets", as_octets },
};

TAP_MAIN(tests)
