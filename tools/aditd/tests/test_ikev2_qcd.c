// SPDX-License-Identifier: GPL-2.0-or-later
/* A peer that has crashed (RFC 6290), and who only says that it has. */
#include <stdlib.h>

#include "../../tests/tap.h"
#include "ikev2_pair.h"

static const uint8_t secrets[2][ENGINE_SECRET_LEN] = { { 1 }, { 2 } };

static void secret(struct pair *pair, unsigned int end)
{
	engine_set_secret(pair->ends[end].engine, secrets[end]);
}

static struct pair *begin(void)
{
	struct pair *pair = pair_new();

	for (unsigned int end = 0; end < 2; end++) {
		secret(pair, end);
		pair_load(pair, end, pair_usual(pair, end));
	}
	CHECK(pair_up(pair));
	return pair;
}

static void crash(struct pair *pair, unsigned int end)
{
	pair_restart(pair, end);
	pair_load(pair, end, pair_usual(pair, end));
}

static void ask(struct pair *pair, unsigned int end)
{
	ike_sa_want(pair_ike(pair, end), TASK_LIVENESS, 0);
	pair_settle(pair);
}

static void is_noticed(void)
{
	for (unsigned int end = 0; end < 2; end++) {
		struct pair *pair = begin();

		crash(pair, end);
		secret(pair, end);
		CHECK(pair_ike(pair, !end));
		ask(pair, !end);
		CHECK(!pair_ike(pair, !end));
		CHECK(!pair_installed(pair, !end));
		CHECK(strstr(pair_why(pair, !end, "net"), "QCD_TOKEN"));
		pair_free(pair);
	}
}

/* And it is made again, if that is configured. */
static void is_restarted(void)
{
	struct pair *pair = pair_new();
	struct conn *conn = pair_usual(pair, PAIR_A);

	conn->children->dpd_action = DPD_RESTART;
	secret(pair, PAIR_B);
	pair_load(pair, PAIR_A, conn);
	pair_load(pair, PAIR_B, pair_usual(pair, PAIR_B));
	CHECK(pair_up(pair));
	crash(pair, PAIR_B);
	secret(pair, PAIR_B);
	ask(pair, PAIR_A);
	CHECK(pair_ike(pair, PAIR_A) && pair_ike(pair, PAIR_B));
	CHECK(pair_senders(pair, PAIR_A) == 1 && pair_agrees(pair));
	pair_free(pair);
}

/* Without the secret, or with another one, it is as without QCD. */
static void needs_the_secret(void)
{
	for (unsigned int other = 0; other < 2; other++) {
		struct pair *pair = begin();

		crash(pair, PAIR_B);
		if (other)
			engine_set_secret(pair->ends[PAIR_B].engine,
					  secrets[PAIR_A]);
		ask(pair, PAIR_A);
		CHECK(pair_ike(pair, PAIR_A));
		pair_run(pair, 100 * 1000ULL);
		CHECK(pair_ike(pair, PAIR_A));
		pair_run(pair, 100 * 1000ULL);
		CHECK(!pair_ike(pair, PAIR_A));
		pair_free(pair);
	}
}

static void rekeyed(void)
{
	for (unsigned int who = 0; who < 2; who++) {
		for (unsigned int end = 0; end < 2; end++) {
			struct pair *pair = begin();

			ike_sa_want(pair_ike(pair, who), TASK_IKE_REKEY, 0);
			pair_run(pair, 90 * 1000ULL);
			crash(pair, end);
			secret(pair, end);
			ask(pair, !end);
			CHECK(!pair_ike(pair, !end));
			pair_free(pair);
		}
	}
}

/* -------------------------------------------------------------------- hostile */

static void inject(struct pair *pair, unsigned int end,
		   const struct ike_header *header, uint16_t type,
		   struct span data, uint16_t second, struct span token)
{
	const struct ike_path path = {
		.local = pair->ends[end].addr,
		.remote = pair->ends[!end].addr,
		.local_port = 500,
		.remote_port = 500,
		.socket = 1,
	};
	struct span none = { 0 };
	struct build out;

	build_start(&out, header);
	build_notify(&out, PROTOCOL_NONE, none, type, data);
	if (second)
		build_notify(&out, PROTOCOL_IKE, none, second, token);
	CHECK(!build_finish(&out));
	engine_input(pair->ends[end].engine, &path, buf_span(&out.buf));
	build_free(&out);
}

static struct ike_header header_to(const struct pair *pair, unsigned int end,
				   uint8_t flags)
{
	const struct ike_sa *sa = pair_ike(pair, end);

	return (struct ike_header){
		.spi_i = sa->spi_i,
		.spi_r = sa->spi_r,
		.version = IKE_V2,
		.exchange = EXCHANGE_INFORMATIONAL,
		.flags = (uint8_t)(flags |
				   (sa->initiator ? 0 : IKE_FLAG_INITIATOR)),
	};
}

static void guess(struct pair *pair, struct span token)
{
	const struct ike_header header =
		header_to(pair, PAIR_A, IKE_FLAG_RESPONSE);
	struct span none = { 0 };

	inject(pair, PAIR_A, &header, NOTIFY_INVALID_IKE_SPI, none,
	       NOTIFY_QUICK_CRASH_DETECTION, token);
}

static void wrong_tokens(void)
{
	uint8_t token[200] = { 0 };
	struct pair *pair = begin();
	const struct buf *right = &v2_sa(pair_ike(pair, PAIR_A))->peer_token;

	CHECK(right->len == 32);
	memcpy(token, right->data, right->len);
	for (size_t len = 0; len < 32; len++)
		guess(pair, span_of(token, len));
	guess(pair, span_of(token, 33));
	guess(pair, span_of(token, sizeof(token)));
	token[31] ^= 1;
	guess(pair, span_of(token, 32));
	pair_settle(pair);
	CHECK(pair_ike(pair, PAIR_A) && pair_child_sa(pair, PAIR_A));
	token[31] ^= 1;
	guess(pair, span_of(token, 32));
	CHECK(!pair_ike(pair, PAIR_A));
	pair_free(pair);
}

/* A request can't say it, nor what is of another IKE SA. */
static void right_token_wrong_message(void)
{
	struct pair *pair = begin();
	struct span token =
		buf_span(&v2_sa(pair_ike(pair, PAIR_A))->peer_token);
	struct ike_header header = header_to(pair, PAIR_A, 0);
	struct span none = { 0 };

	inject(pair, PAIR_A, &header, NOTIFY_INVALID_IKE_SPI, none,
	       NOTIFY_QUICK_CRASH_DETECTION, token);
	header = header_to(pair, PAIR_A, IKE_FLAG_RESPONSE);
	header.spi_r ^= 1;
	inject(pair, PAIR_A, &header, NOTIFY_INVALID_IKE_SPI, none,
	       NOTIFY_QUICK_CRASH_DETECTION, token);
	pair_settle(pair);
	CHECK(pair_ike(pair, PAIR_A) && pair_child_sa(pair, PAIR_A));
	pair_free(pair);
}

/* RFC 6290, 3 and 7: it is the token that counts, up to four of them. */
static void token_alone(void)
{
	static const uint8_t wrong[32] = { 1 };

	for (unsigned int i = 0; i < 2; i++) {
		struct pair *pair = begin();
		struct span right =
			buf_span(&v2_sa(pair_ike(pair, PAIR_A))->peer_token);
		struct ike_header header =
			header_to(pair, PAIR_A, IKE_FLAG_RESPONSE);

		inject(pair, PAIR_A, &header, NOTIFY_QUICK_CRASH_DETECTION,
		       i ? right : SPAN(wrong), NOTIFY_QUICK_CRASH_DETECTION,
		       i ? SPAN(wrong) : right);
		CHECK(!pair_ike(pair, PAIR_A));
		CHECK(!pair_installed(pair, PAIR_A));
		pair_free(pair);
	}
}

/*
 * With INVALID_SPI, from who knows which IKE SA that SPI was of (8.2); wrong ones
 * are as none.
 */
static void token_for_esp(void)
{
	struct ike_header header = { .version = IKE_V2,
				     .exchange = EXCHANGE_INFORMATIONAL,
				     .flags = IKE_FLAG_INITIATOR };

	for (unsigned int i = 0; i < 3; i++) {
		struct pair *pair = begin();
		struct buf token = BUF_INIT;
		uint8_t spi[4];

		buf_add_span(
			&token,
			buf_span(&v2_sa(pair_ike(pair, PAIR_A))->peer_token));
		for (unsigned int j = 0; j < 4; j++)
			spi[j] =
				(uint8_t)(pair_child_sa(pair, PAIR_A)->spi_out >>
					  8 * (3 - j));
		token.data[7] ^= i == 1;
		spi[0] ^= i == 2;
		/* From wherever, as the peer may be a cluster. */
		pair->ends[PAIR_B].addr.octets[3] ^= 1;
		inject(pair, PAIR_A, &header, NOTIFY_INVALID_SPI, SPAN(spi),
		       NOTIFY_QUICK_CRASH_DETECTION, buf_span(&token));
		CHECK(!pair_ike(pair, PAIR_A) == (i == 0));
		CHECK(!pair_installed(pair, PAIR_A) == (i == 0));
		buf_free(&token);
		pair_free(pair);
	}
}

/* The peer may change its token at any time, in what is sealed (4.4). */
static void new_token(struct buf *plain, uint8_t *first)
{
	static const uint8_t token[20] = { 1, 2, 3 };
	struct buf all = BUF_INIT;

	buf_add_u8(&all, *first);
	buf_add_u8(&all, 0);
	buf_add_u16(&all, 8 + sizeof(token));
	buf_add_u8(&all, PROTOCOL_IKE);
	buf_add_u8(&all, 0);
	buf_add_u16(&all, NOTIFY_QUICK_CRASH_DETECTION);
	buf_add_span(&all, SPAN(token));
	buf_add_span(&all, buf_span(plain));
	buf_cut(plain, 0);
	buf_add_span(plain, buf_span(&all));
	buf_free(&all);
	*first = PAYLOAD_NOTIFY;
}

static bool gives_another(struct pair *pair, struct pair_packet *packet)
{
	if (packet->header.exchange == EXCHANGE_INFORMATIONAL &&
	    packet->to == PAIR_A)
		pair_edit(pair, packet, new_token);
	return true;
}

static void another_token(void)
{
	for (unsigned int end = 0; end < 2; end++) {
		struct pair *pair = begin();
		const struct buf *token =
			&v2_sa(pair_ike(pair, PAIR_A))->peer_token;

		CHECK(token->len == 32);
		pair->hook = gives_another;
		ask(pair, end);
		CHECK(token->len == 20 && token->data[1] == 2);
		pair_free(pair);
	}
}

/* It comes before what is of the child (4.2). */
static struct {
	unsigned int token, child;
} places;

static void find_places(struct buf *plain, uint8_t *first)
{
	struct payload_notify notify;
	struct chain chain;
	uint8_t critical;
	struct err err;

	CHECK(!chain_parse(&chain, *first, buf_span(plain), &critical, &err));
	for (unsigned int i = 0; i < chain.n; i++) {
		const struct payload *payload = &chain.payloads[i];

		if (payload->type == PAYLOAD_NOTIFY &&
		    !payload_notify(payload->body, &notify, &err) &&
		    notify.type == NOTIFY_QUICK_CRASH_DETECTION)
			places.token = i + 1;
		if ((payload->type == PAYLOAD_CP ||
		     payload->type == PAYLOAD_SA) &&
		    !places.child)
			places.child = i + 1;
	}
	CHECK(places.token && places.token < places.child);
}

static bool look_for_places(struct pair *pair, struct pair_packet *packet)
{
	if (packet->header.exchange != EXCHANGE_IKE_AUTH)
		return true;
	places.token = places.child = 0;
	pair_edit(pair, packet, find_places);
	return true;
}

static void before_the_child(void)
{
	struct pair *pair = pair_new();

	for (unsigned int end = 0; end < 2; end++) {
		secret(pair, end);
		pair_load(pair, end, pair_usual(pair, end));
	}
	pair->hook = look_for_places;
	CHECK(pair_up(pair));
	CHECK(places.token);
	pair_free(pair);
}

/* Nobody gets a token of an IKE SA that lives, whatever is asked with. */
static bool look_for_token(struct pair *pair, struct pair_packet *packet)
{
	struct chain chain;
	const struct ikev2_sa *sa = v2_sa(pair_ike(pair, PAIR_A));
	struct payload_notify notify;
	uint8_t critical;
	struct err err;

	if (!chain_parse(&chain, packet->header.next,
			 span_of(packet->octets.data + IKE_HEADER_LEN,
				 packet->octets.len - IKE_HEADER_LEN),
			 &critical, &err) &&
	    chain_notify(&chain, NOTIFY_QUICK_CRASH_DETECTION, &notify)) {
		pair->hook_arg++;
		pair->hook_count +=
			span_equal(notify.data, buf_span(&sa->peer_token));
	}
	return true;
}

static void living_have_no_token(void)
{
	static const uint8_t all_flags[] = { 0, IKE_FLAG_INITIATOR };
	struct pair *pair = begin();
	const struct ike_sa *sa = pair_ike(pair, PAIR_B);
	const uint64_t spis[] = { sa->spi_i, sa->spi_r, 7, 0 };
	struct ike_header header = { .version = IKE_V2,
				     .exchange = EXCHANGE_CREATE_CHILD_SA };
	struct span none = { 0 };

	pair->hook = look_for_token;
	for (size_t i = 0; i < 4UL * 4 * 2; i++) {
		header.spi_i = spis[i / 8];
		header.spi_r = spis[i / 2 % 4];
		header.flags = all_flags[i % 2];
		inject(pair, PAIR_B, &header, NOTIFY_INVALID_SYNTAX, none, 0,
		       none);
	}
	pair_settle(pair);
	CHECK(pair->hook_count == 0);
	/* Those of others are seen. */
	CHECK(pair->hook_arg > 0);
	pair_free(pair);
}

/* What anybody can say makes us ask, once in a while. */
static void hints_are_few(void)
{
	struct pair *pair = begin();
	const struct child_sa *child = pair_child_sa(pair, PAIR_A);
	struct ike_header none = { .version = IKE_V2,
				   .exchange = EXCHANGE_INFORMATIONAL,
				   .flags = IKE_FLAG_INITIATOR };
	uint64_t before = pair_count(pair, PAIR_A, "info-out-req");
	struct span nothing = { 0 };
	uint8_t spi[4];

	for (unsigned int i = 0; i < 4; i++)
		spi[i] = (uint8_t)(child->spi_out >> 8 * (3 - i));
	for (unsigned int i = 0; i < 100; i++) {
		const struct ike_header header =
			header_to(pair, PAIR_A, IKE_FLAG_RESPONSE);

		inject(pair, PAIR_A, &header, NOTIFY_INVALID_IKE_SPI, nothing,
		       0, nothing);
		inject(pair, PAIR_A, &none, NOTIFY_INVALID_SPI, SPAN(spi), 0,
		       nothing);
		pair_settle(pair);
	}
	CHECK(pair_count(pair, PAIR_A, "info-out-req") == before + 1);
	pair_run(pair, 11 * 1000ULL);
	inject(pair, PAIR_A, &none, NOTIFY_INVALID_SPI, SPAN(spi), 0, nothing);
	pair_settle(pair);
	CHECK(pair_count(pair, PAIR_A, "info-out-req") == before + 2);
	/* Of an SPI that is none of ours, or malformed: nothing. */
	pair_run(pair, 11 * 1000ULL);
	spi[0] ^= 0xff;
	inject(pair, PAIR_A, &none, NOTIFY_INVALID_SPI, SPAN(spi), 0, nothing);
	inject(pair, PAIR_A, &none, NOTIFY_INVALID_SPI, nothing, 0, nothing);
	pair_settle(pair);
	CHECK(pair_count(pair, PAIR_A, "info-out-req") == before + 2);
	CHECK(pair_child_sa(pair, PAIR_A));
	pair_free(pair);
}

/* ------------------------------------------------------------ ESP of no SA */

static struct ike_path esp_path(const struct pair *pair, unsigned int end)
{
	return (struct ike_path){
		.local = pair->ends[end].addr,
		.remote = pair->ends[!end].addr,
	};
}

/* With an IKE SA the peer is asked, if it is it, and seldom. */
static void esp_makes_us_ask(void)
{
	struct pair *pair = begin();
	struct engine *engine = pair->ends[PAIR_A].engine;
	uint64_t before = pair_count(pair, PAIR_A, "info-out-req");
	struct ike_path path = esp_path(pair, PAIR_A);
	struct ike_path other = path;

	other.remote.octets[3] ^= 1;
	engine_unknown_spi(engine, &other, PROTOCOL_ESP, 0x1234);
	/* Another host behind its NAT. */
	other = path;
	other.remote_port = 1;
	engine_unknown_spi(engine, &other, PROTOCOL_ESP, 0x1234);
	pair_settle(pair);
	CHECK(pair_count(pair, PAIR_A, "info-out-req") == before);
	for (unsigned int i = 0; i < 100; i++) {
		engine_unknown_spi(engine, &path, PROTOCOL_ESP, 0x1234 + i);
		pair_settle(pair);
	}
	CHECK(pair_count(pair, PAIR_A, "info-out-req") == before + 1);
	pair_run(pair, 11 * 1000ULL);
	path.remote_port = pair_ike(pair, PAIR_A)->path.remote_port;
	engine_unknown_spi(engine, &path, PROTOCOL_AH, 0x1234);
	pair_settle(pair);
	CHECK(pair_count(pair, PAIR_A, "info-out-req") == before + 2);
	CHECK(pair_child_sa(pair, PAIR_A) && pair_child_sa(pair, PAIR_B));
	pair_free(pair);
}

/* Without one it hears of it, asks, and learns the rest. */
static void esp_after_a_crash(void)
{
	for (unsigned int end = 0; end < 2; end++) {
		struct pair *pair = begin();
		struct ike_path path = esp_path(pair, end);
		uint32_t spi = pair_child_sa(pair, !end)->spi_out;

		crash(pair, end);
		secret(pair, end);
		engine_unknown_spi(pair->ends[end].engine, &path, PROTOCOL_ESP,
				   spi);
		pair_settle(pair);
		CHECK(!pair_ike(pair, !end));
		CHECK(strstr(pair_why(pair, !end, "net"), "QCD_TOKEN"));
		pair_free(pair);
	}
}

static void strangers_hear_nothing(void)
{
	struct pair *pair = pair_new();
	struct engine *engine = pair->ends[PAIR_A].engine;
	struct conn *conn = pair_usual(pair, PAIR_A);
	struct ike_path path = esp_path(pair, PAIR_A);

	free(conn->remote_addrs.texts[0]);
	conn->remote_addrs.n = 0;
	pair_add_text(&conn->remote_addrs, "198.18.0.0/24");
	pair_load(pair, PAIR_A, conn);
	engine_unknown_spi(engine, &path, PROTOCOL_ESP, 0x1234);
	CHECK(!pair->sent);
	path.tcp = true;
	pair_load(pair, PAIR_A, pair_usual(pair, PAIR_A));
	engine_unknown_spi(engine, &path, PROTOCOL_ESP, 0x1234);
	CHECK(!pair->sent);
	/* And who may be one not more than others that have no SA. */
	path.tcp = false;
	for (unsigned int i = 0; i < 1000; i++)
		engine_unknown_spi(engine, &path, PROTOCOL_ESP, 0x1234 + i);
	CHECK(pair->sent == 100);
	CHECK(pair_count(pair, PAIR_A, "errors-unsent") == 900);
	pair_settle(pair);
	pair_free(pair);
}

/* So that nobody is flooded with them in somebody else's name. */
static void answers_are_limited(void)
{
	struct pair *pair = begin();
	struct ike_header header = { .version = IKE_V2,
				     .exchange = EXCHANGE_CREATE_CHILD_SA };
	struct span none = { 0 };

	pair->sent = 0;
	for (unsigned int i = 0; i < 1000; i++) {
		header.spi_i = 1000 + i;
		header.spi_r = 5000 + i;
		inject(pair, PAIR_B, &header, NOTIFY_INVALID_SYNTAX, none, 0,
		       none);
	}
	CHECK(pair->sent == 100);
	CHECK(pair_count(pair, PAIR_B, "errors-unsent") == 900);
	pair_settle(pair);
	pair_free(pair);
}

static const struct tap_test tests[] = {
	{ "a crash is noticed, of either", is_noticed },
	{ "it connects anew", is_restarted },
	{ "without the secret, or with another one", needs_the_secret },
	{ "after rekeying by either", rekeyed },
	{ "tokens that are wrong, by a bit or in length", wrong_tokens },
	{ "the right token in the wrong message", right_token_wrong_message },
	{ "the right token alone, or beside a wrong one", token_alone },
	{ "the right token with INVALID_SPI", token_for_esp },
	{ "another token, in a request or an answer", another_token },
	{ "the token comes before what is of the child", before_the_child },
	{ "an IKE SA that lives gives no token away", living_have_no_token },
	{ "who has no token makes us ask, and seldom", hints_are_few },
	{ "ESP of no SA makes us ask the peer that sent it", esp_makes_us_ask },
	{ "who sends ESP after our crash learns of it", esp_after_a_crash },
	{ "of ESP of no SA strangers hear nothing", strangers_hear_nothing },
	{ "answers to nobody are limited", answers_are_limited },
};

TAP_MAIN(tests)
