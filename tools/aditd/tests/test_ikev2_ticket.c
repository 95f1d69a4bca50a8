// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Tickets of session resumption (RFC 5723) that are not taken, or not by whom they
 * were given to.
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
};

TAP_MAIN(tests)
