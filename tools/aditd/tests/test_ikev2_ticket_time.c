// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * When tickets of session resumption (RFC 5723) are given: how long they are good,
 * a newer one in time, and what is put off.
 */
#include <stdlib.h>

#include "ikev2_resume.h"

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
	struct ticket *first;

	for (unsigned int end = 0; end < 2; end++) {
		struct conn *conn = usual(pair, end);

		conn->dpd_delay = end ? 0 : 60;
		pair_load(pair, end, conn);
	}
	CHECK(pair_up(pair));
	first = ticket_get(ticket(pair));
	pair_run(pair, TICKET_SECONDS * 400ULL);
	CHECK(ticket(pair) == first);
	pair_run(pair, TICKET_SECONDS * 200ULL);
	CHECK(ticket(pair) && ticket(pair) != first);
	ticket_put(first);
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

static const struct tap_test tests[] = {
	{ "tickets end with what they are of", lifetimes },
	{ "no ticket for what ends soon", too_short },
	{ "who it is is shown in time", reauthenticates_in_time },
	{ "a newer ticket in time", renewed },
	{ "TICKET_ACK: asked for again", asks_again },
	{ "TICKET_ACK for ever", not_for_ever },
	{ "asked for in the exchange that rekeys", asked_in_rekeying },
	{ "asked for before all keys are exchanged", asked_before_more_keys },
};

TAP_MAIN(tests)
