// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Two ends connect: IKE_SA_INIT and IKE_AUTH with what may go wrong there
 * (RFC 7296, 1.2, 2.4, 2.6, 2.15, 2.21).
 */
#include "../../tests/tap.h"
#include "ikev2_pair.h"

static void connects(void)
{
	struct pair *pair = pair_new();

	pair_load_usual(pair);
	CHECK(pair_up(pair));
	CHECK(pair->sent == 4);
	CHECK(pair_senders(pair, PAIR_A) == 1);
	CHECK(pair_senders(pair, PAIR_B) == 1);
	CHECK(pair->ends[PAIR_A].events[EVENT_IKE_UP] == 1);
	CHECK(pair->ends[PAIR_B].events[EVENT_CHILD_UP] == 1);
	CHECK(pair_ike(pair, PAIR_A)->encap == ENCAP_NONE);
	CHECK(pair_count(pair, PAIR_A, "ike-init-out-req") == 1);
	CHECK(pair_count(pair, PAIR_B, "ike-auth-out-resp") == 1);
	pair_free(pair);
}

struct algorithms {
	const char *ike, *esp;
};

static void connects_with_all_algorithms(void)
{
	static const struct algorithms rows[] = {
		{ "aes256-sha256-modp2048", "aes256-sha256" },
		{ "aes256gcm16-prfsha384-ecp384", "aes256gcm16-esn" },
		{ "aes128-sha512-ecp256", "aes128-sha512-modp2048" },
		{ "chacha20poly1305-prfsha256-x25519", "chacha20poly1305" },
		{ "aes128ctr-aesxcbc-prfaesxcbc-ecp521", "aes128ctr-sha384" },
		{ "aes192-aescmac-prfaescmac-x448", "aes192-aescmac" },
		{ "camellia128-sha1-modp1536", "camellia128-sha1" },
		{ "aes128ccm16-prfsha256-modp3072", "aes128ccm16" },
		{ "3des-sha1-modp1024", "3des-sha1" },
		{ "aes128gcm16-prfsha256-x25519", "null-sha256" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct pair *pair = pair_new();

		for (unsigned int end = 0; end < 2; end++) {
			struct conn *conn =
				pair_conn(pair, end, "net", rows[i].ike);

			pair_child(conn, "net", rows[i].esp, "dynamic",
				   "dynamic");
			pair_load(pair, end, conn);
		}
		CHECK_ROW(pair_up(pair), rows[i].ike);
		pair_free(pair);
	}
}

static bool drop_nth(struct pair *pair, struct pair_packet *packet)
{
	return packet->nth != pair->hook_arg;
}

static bool twice(struct pair *pair, struct pair_packet *packet)
{
	pair_copy(pair, packet, 3);
	return true;
}

static void survives_loss_and_copies(void)
{
	for (unsigned int i = 0; i < 4; i++) {
		struct pair *pair = pair_new();

		pair_load_usual(pair);
		pair->hook = drop_nth;
		pair->hook_arg = i;
		pair_initiate(pair, PAIR_A, "net", "net");
		pair_run(pair, 3900);
		CHECK(!pair_agrees(pair) || !pair_senders(pair, PAIR_A));
		pair_run(pair, 200);
		CHECK(pair_agrees(pair) && pair_senders(pair, PAIR_A) == 1);
		CHECK(pair_count(pair, PAIR_A, "retransmits") == 1);
		pair_free(pair);
	}
	struct pair *pair = pair_new();

	pair_load_usual(pair);
	pair->hook = twice;
	CHECK(pair_up(pair));
	CHECK(pair->ends[PAIR_B].events[EVENT_IKE_UP] == 1);
	pair_free(pair);
}

static void gives_up(void)
{
	struct pair *pair = pair_new();
	char waits[256];

	pair_load_usual(pair);
	pair->mute = true;
	pair_initiate(pair, PAIR_A, "net", "net");
	pair_run(pair, 15000);
	CHECK_TEXT(ike_sa_waits(engine_first(pair->ends[PAIR_A].engine), waits,
				sizeof(waits)),
		   "sent IKE_SA_INIT to 192.0.2.2:500, 3rd try, no answer in "
		   "14 s; is UDP 500 open?");
	pair_run(pair, 140000);
	CHECK(!pair->ends[PAIR_A].done);
	pair_run(pair, 30000);
	CHECK(pair->sent == 6);
	CHECK(pair->ends[PAIR_A].result == -1);
	CHECK_TEXT(pair_why(pair, PAIR_A, "net"),
		   "no answer to IKE_SA_INIT from 192.0.2.2:500 after 6 tries");
	CHECK(!engine_first(pair->ends[PAIR_A].engine));
	pair_free(pair);
}

static void tries_for_ever(void)
{
	struct pair *pair = pair_new();
	struct conn *conn = pair_usual(pair, PAIR_A);

	conn->keyingtries = 0;
	pair_load(pair, PAIR_A, conn);
	pair_load(pair, PAIR_B, pair_usual(pair, PAIR_B));
	pair->mute = true;
	pair_initiate(pair, PAIR_A, "net", "net");
	pair_run(pair, 24ULL * 3600 * 1000);
	CHECK(pair_ikes(pair, PAIR_A, IKE_CONNECTING) +
		      pair_ikes(pair, PAIR_A, IKE_CREATED) ==
	      1);
	CHECK(pair->sent > 6UL * 180 && pair->sent < 6UL * 600);
	pair->mute = false;
	pair_run(pair, 500 * 1000ULL);
	CHECK(pair_agrees(pair) && pair_senders(pair, PAIR_A) == 1);
	pair_free(pair);
}

static void needs_an_address(void)
{
	struct pair *pair = pair_new();
	struct conn *conn = pair_usual(pair, PAIR_A);

	conn->keyingtries = 2;
	pair_load(pair, PAIR_A, conn);
	pair_load(pair, PAIR_B, pair_usual(pair, PAIR_B));
	pair->ends[PAIR_A].resolve_fails = 1;
	pair_initiate(pair, PAIR_A, "net", "net");
	pair_settle(pair);
	CHECK(pair->ends[PAIR_A].result == -1);
	CHECK_TEXT(pair_why(pair, PAIR_A, "net"),
		   "peer.example has no address");
	pair_run(pair, 10000);
	CHECK(pair_senders(pair, PAIR_A) == 1);
	pair_free(pair);
}

static void other_group(void)
{
	struct pair *pair = pair_new();
	struct conn *conn = pair_conn(pair, PAIR_A, "net",
				      "aes128-sha256-x25519-ecp256-modp2048");

	pair_child(conn, "net", "aes128-sha256", "10.1.0.0/16", "10.2.0.0/16");
	pair_load(pair, PAIR_A, conn);
	conn = pair_conn(pair, PAIR_B, "net", "aes128-sha256-ecp256");
	pair_child(conn, "net", "aes128-sha256", "10.2.0.0/16", "10.1.0.0/16");
	pair_load(pair, PAIR_B, conn);
	CHECK(pair_up(pair));
	CHECK(pair->sent == 6);
	CHECK(pair_ike(pair, PAIR_A)->algs.dh == KE_ECP_256);
	pair_free(pair);
}

static void no_proposal(void)
{
	struct pair *pair = pair_new();
	struct conn *conn =
		pair_conn(pair, PAIR_B, "net", "aes256-sha512-ecp384");

	pair_load(pair, PAIR_A, pair_usual(pair, PAIR_A));
	pair_child(conn, "net", "aes128gcm16", "10.2.0.0/16", "10.1.0.0/16");
	pair_load(pair, PAIR_B, conn);
	pair_initiate(pair, PAIR_A, "net", "net");
	pair_run(pair, 100);
	/* Anybody may have said so: it waits until it would try again. */
	CHECK(!pair->ends[PAIR_A].done);
	pair_run(pair, 5000);
	CHECK(pair->ends[PAIR_A].result == -1);
	CHECK(strstr(pair_why(pair, PAIR_A, "net"), "NO_PROPOSAL_CHOSEN"));
	CHECK(strstr(pair_why(pair, PAIR_A, "net"), "AES_GCM_16"));
	CHECK(strstr(pair_why(pair, PAIR_B, ""), "peer offers"));
	CHECK(strstr(pair_why(pair, PAIR_B, ""), "ECP_384"));
	CHECK(strstr(pair_why(pair, PAIR_B, "net"), "peer offers"));
	CHECK(strstr(pair_why(pair, PAIR_B, "net"), "; we allow"));
	CHECK(strstr(pair_why(pair, PAIR_B, "net"), "ECP_384"));
	CHECK(!engine_first(pair->ends[PAIR_B].engine));
	pair_free(pair);
}

/* A liar is faster than the peer. */
static bool lie_first(struct pair *pair, struct pair_packet *packet)
{
	struct ike_header header = packet->header;
	struct pair_packet lie = *packet;
	struct build out;

	if (packet->nth != 1)
		return true;
	header.spi_r = 0;
	build_start(&out, &header);
	build_notify(&out, 0, span_of(NULL, 0), NOTIFY_NO_PROPOSAL_CHOSEN,
		     span_of(NULL, 0));
	CHECK(!build_finish(&out));
	lie.octets = out.buf;
	lie.due--;
	pair_copy(pair, &lie, 0);
	build_free(&out);
	return true;
}

static void does_not_believe_liars(void)
{
	struct pair *pair = pair_new();

	pair_load_usual(pair);
	pair->hook = lie_first;
	CHECK(pair_up(pair));
	pair_free(pair);
}

static void wrong_secret(void)
{
	struct pair *pair = pair_new();

	pair_load_usual(pair);
	pair->ends[PAIR_B].secret = "another";
	pair_initiate(pair, PAIR_A, "net", "net");
	pair_settle(pair);
	CHECK(pair->ends[PAIR_A].done == 1 && pair->ends[PAIR_A].result == -1);
	CHECK(strstr(pair_why(pair, PAIR_A, "net"), "AUTHENTICATION_FAILED"));
	CHECK_TEXT(pair_why(pair, PAIR_B, "net"),
		   "the peer has another secret");
	CHECK(!engine_first(pair->ends[PAIR_A].engine));
	CHECK(!engine_first(pair->ends[PAIR_B].engine));
	CHECK(!pair_installed(pair, PAIR_A) && !pair_installed(pair, PAIR_B));
	pair_free(pair);
}

static void wrong_identity(void)
{
	struct pair *pair = pair_new();
	struct conn *conn = pair_usual(pair, PAIR_A);
	struct err err;

	/* The responder is somebody else than the initiator expects. */
	ident_free(&conn->remote[0].id);
	CHECK(!ident_parse(&conn->remote[0].id, "*.other.example", &err));
	pair_load(pair, PAIR_A, conn);
	pair_load(pair, PAIR_B, pair_usual(pair, PAIR_B));
	pair_initiate(pair, PAIR_A, "net", "net");
	pair_settle(pair);
	CHECK_TEXT(pair_why(pair, PAIR_A, "net"),
		   "the peer is b.example; we expect *.other.example");
	CHECK(strstr(pair_why(pair, PAIR_B, "net"), "does not believe"));
	CHECK(!engine_first(pair->ends[PAIR_B].engine));
	CHECK(!pair_installed(pair, PAIR_B));

	/* And the initiator is. */
	conn = pair_usual(pair, PAIR_A);
	ident_free(&conn->local[0].id);
	CHECK(!ident_parse(&conn->local[0].id, "c.example", &err));
	pair_load(pair, PAIR_A, conn);
	pair_initiate(pair, PAIR_A, "net", "net");
	pair_settle(pair);
	CHECK(strstr(pair_why(pair, PAIR_A, "net"), "AUTHENTICATION_FAILED"));
	CHECK(strstr(pair_why(pair, PAIR_B, ""), "expects peer a.example"));
	pair_free(pair);
}

static void chooses_by_identity(void)
{
	struct pair *pair = pair_new();
	struct conn *conn;
	struct err err;

	pair_load(pair, PAIR_A, pair_usual(pair, PAIR_A));
	conn = pair_conn(pair, PAIR_B, "first", "aes128gcm16-prfsha256-x25519");
	ident_free(&conn->remote[0].id);
	CHECK(!ident_parse(&conn->remote[0].id, "*.example", &err));
	pair_child(conn, "wide", "aes128gcm16", "10.0.0.0/8", "10.0.0.0/8");
	pair_load(pair, PAIR_B, conn);
	pair_load(pair, PAIR_B, pair_usual(pair, PAIR_B));
	CHECK(pair_up(pair));
	CHECK_TEXT(pair_ike(pair, PAIR_B)->conn->name, "net");
	pair_free(pair);
}

static void child_refused(void)
{
	static const struct algorithms rows[] = {
		{ "aes256-sha512", "NO_PROPOSAL_CHOSEN" },
		{ "aes128gcm16", "TS_UNACCEPTABLE" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct pair *pair = pair_new();
		struct conn *conn = pair_conn(pair, PAIR_B, "net",
					      "aes128gcm16-prfsha256-x25519");

		pair_child(conn, "net", rows[i].ike, "10.2.0.0/16",
			   i ? "10.3.0.0/16" : "10.1.0.0/16");
		pair_load(pair, PAIR_A, pair_usual(pair, PAIR_A));
		pair_load(pair, PAIR_B, conn);
		pair_initiate(pair, PAIR_A, "net", "net");
		pair_settle(pair);
		CHECK(pair->ends[PAIR_A].result == -1);
		CHECK_ROW(strstr(pair->ends[PAIR_A].text, rows[i].esp),
			  pair->ends[PAIR_A].text);
		CHECK(strstr(pair_why(pair, PAIR_B, "net"), "peer "));
		/* The IKE SA does not suffer. */
		CHECK(pair_ikes(pair, PAIR_A, IKE_ESTABLISHED) == 1);
		CHECK(pair_ikes(pair, PAIR_B, IKE_ESTABLISHED) == 1);
		CHECK(!pair_installed(pair, PAIR_A));
		CHECK(!pair_installed(pair, PAIR_B));
		pair_free(pair);
	}
}

static void narrows(void)
{
	struct pair *pair = pair_new();
	struct conn *conn =
		pair_conn(pair, PAIR_B, "net", "aes128gcm16-prfsha256-x25519");
	char text[200] = "";

	pair_child(conn, "net", "aes128gcm16", "10.2.3.0/24,10.2.5.0/24[tcp]",
		   "10.1.0.0/24");
	pair_load(pair, PAIR_A, pair_usual(pair, PAIR_A));
	pair_load(pair, PAIR_B, conn);
	CHECK(pair_up(pair));
	ts_show_list(&pair_child_sa(pair, PAIR_A)->remote_ts, text,
		     sizeof(text));
	CHECK_TEXT(text, "10.2.3.0/24 10.2.5.0/24[tcp]");
	pair_free(pair);
}

static void transport(void)
{
	struct pair *pair = pair_new();

	for (unsigned int end = 0; end < 2; end++) {
		struct conn *conn =
			pair_conn(pair, end, "net", "aes128-sha256-x25519");

		pair_child(conn, "net", "aes128-sha256", "dynamic", "dynamic")
			->mode = MODE_TRANSPORT;
		pair_load(pair, end, conn);
	}
	CHECK(pair_up(pair));
	CHECK(pair_child_sa(pair, PAIR_B)->mode == MODE_TRANSPORT);
	pair_free(pair);
}

static void cookies(void)
{
	struct pair *pair = pair_new();
	struct pair_packet copy = { 0 };
	struct engine *b = pair->ends[PAIR_B].engine;
	struct ike_path path = {
		.local = pair->ends[PAIR_B].addr,
		.remote = { 4, { 198, 51, 100, 0 } },
		.local_port = 500,
		.remote_port = 500,
	};

	pair_load_usual(pair);
	pair->mute = true;
	pair_initiate(pair, PAIR_A, "net", "net");
	pair_settle(pair);
	buf_add_span(&copy.octets,
		     buf_span(&engine_first(pair->ends[PAIR_A].engine)
				       ->retx.packets.list[0]));
	/* Strangers, or who says so, whose answers get lost. */
	for (unsigned int i = 0; i < 1000; i++) {
		path.remote.octets[3] = (uint8_t)i;
		copy.octets.data[0] = (uint8_t)(i >> 8);
		copy.octets.data[1] = (uint8_t)i;
		engine_input(b, &path, buf_span(&copy.octets));
	}
	CHECK(pair_ikes(pair, PAIR_B, IKE_CONNECTING) == HALF_OPEN_COOKIES);
	CHECK(pair_count(pair, PAIR_B, "cookies-asked") ==
	      1000 - HALF_OPEN_COOKIES);
	/* A friend gets through nevertheless. */
	pair->mute = false;
	pair_run(pair, 5000);
	CHECK(pair_senders(pair, PAIR_A) == 1 && pair_agrees(pair));
	CHECK(pair_count(pair, PAIR_B, "cookies-asked") ==
	      1001 - HALF_OPEN_COOKIES);
	/* And the strangers are forgotten. */
	pair_run(pair, 31000);
	CHECK(!pair_ikes(pair, PAIR_B, IKE_CONNECTING));
	buf_free(&copy.octets);
	pair_free(pair);
}

/* Who is refused costs time, too: after some of them they have to show where they are. */
static void refused_flood(void)
{
	struct pair *pair = pair_new();
	struct buf copy = BUF_INIT;
	struct engine *b = pair->ends[PAIR_B].engine;
	struct ike_path path = {
		.local = pair->ends[PAIR_B].addr,
		.remote = { 4, { 198, 51, 100, 0 } },
		.local_port = 500,
		.remote_port = 500,
	};

	pair_load(pair, PAIR_A, pair_usual(pair, PAIR_A));
	pair->mute = true;
	pair_initiate(pair, PAIR_A, "net", "net");
	pair_settle(pair);
	buf_add_span(&copy, buf_span(&engine_first(pair->ends[PAIR_A].engine)
					      ->retx.packets.list[0]));
	for (unsigned int i = 0; i < 1000; i++) {
		path.remote.octets[3] = (uint8_t)i;
		copy.data[0] = (uint8_t)(i >> 8);
		copy.data[1] = (uint8_t)i;
		engine_input(b, &path, buf_span(&copy));
	}
	CHECK(!engine_first(b));
	CHECK(pair_count(pair, PAIR_B, "failures") == REFUSED_BURST + 1);
	CHECK(pair_count(pair, PAIR_B, "cookies-asked") ==
	      1000 - REFUSED_BURST - 1);
	/* A friend pays, and gets in. */
	pair_load(pair, PAIR_B, pair_usual(pair, PAIR_B));
	pair->mute = false;
	pair_run(pair, 5000);
	CHECK(pair_senders(pair, PAIR_A) == 1 && pair_agrees(pair));
	CHECK(pair_count(pair, PAIR_B, "cookies-asked") ==
	      1000 - REFUSED_BURST);
	buf_free(&copy);
	pair_free(pair);
}

/* The first message of one that has paid already: with a cookie in front. */
static void paid(struct engine *engine, const struct ike_path *path,
		 struct span first, uint64_t spi, struct buf *out)
{
	uint8_t cookie[COOKIE_LEN];
	struct span rest = span_of(first.data + 28, first.len - 28);
	const struct payload *nonce;
	struct chain chain;
	struct err err;
	uint8_t critical;

	CHECK(!chain_parse(&chain, first.data[16], rest, &critical, &err));
	nonce = chain_find(&chain, PAYLOAD_NONCE, NULL);
	CHECK(nonce && !cookie_make(&engine->cookies, &engine->env, nonce->body,
				    &path->remote, spi, cookie));
	buf_add(out, first.data, 28);
	buf_put_u32(out, 0, (uint32_t)(spi >> 32));
	buf_put_u32(out, 4, (uint32_t)spi);
	out->data[16] = PAYLOAD_NOTIFY;
	buf_add_u8(out, first.data[16]);
	buf_add_u8(out, 0);
	buf_add_u16(out, 8 + COOKIE_LEN);
	buf_add_u16(out, 0);
	buf_add_u16(out, NOTIFY_COOKIE);
	buf_add(out, cookie, sizeof(cookie));
	buf_add_span(out, rest);
	buf_put_u32(out, 24, (uint32_t)out->len);
}

/* Who does pay, again and again, does not keep others out. */
static void greedy_peer(struct addr local, struct addr remote)
{
	struct pair *pair = pair_new();
	struct engine *b = pair->ends[PAIR_B].engine;
	struct ike_path path = {
		.local = local,
		.remote = remote,
		.local_port = 500,
		.remote_port = 500,
	};
	struct buf first = BUF_INIT;

	pair_load_usual(pair);
	pair->mute = true;
	pair_initiate(pair, PAIR_A, "net", "net");
	pair_settle(pair);
	buf_add_span(&first, buf_span(&engine_first(pair->ends[PAIR_A].engine)
					       ->retx.packets.list[0]));
	for (uint64_t spi = 1; spi <= 300; spi++) {
		struct buf message = BUF_INIT;

		/* Of IPv6 it has as many addresses as it wants. */
		if (remote.len == 16)
			path.remote.octets[15] = (uint8_t)spi;
		paid(b, &path, buf_span(&first), spi, &message);
		engine_input(b, &path, buf_span(&message));
		buf_free(&message);
	}
	CHECK(pair_ikes(pair, PAIR_B, IKE_CONNECTING) == HALF_OPEN_EACH);
	CHECK(pair_count(pair, PAIR_B, "half-open-refused") ==
	      300 - HALF_OPEN_EACH);
	pair->mute = false;
	pair_run(pair, 5000);
	CHECK(pair_senders(pair, PAIR_A) == 1 && pair_agrees(pair));
	pair_run(pair, 31000);
	CHECK(!pair_ikes(pair, PAIR_B, IKE_CONNECTING));
	CHECK(!b->by_from.n && !b->cookies.half_open);
	buf_free(&first);
	pair_free(pair);
}

static void one_greedy_peer(void)
{
	greedy_peer((struct addr){ 4, { 192, 0, 2, 2 } },
		    (struct addr){ 4, { 198, 51, 100, 1 } });
	greedy_peer((struct addr){ 16, { 0x20, 1, 0xd, 0xb8, 1 } },
		    (struct addr){ 16, { 0x20, 1, 0xd, 0xb8, 2 } });
}

/* Who says the same for ever has not seen the answer, or has another address. */
static void repeats_have_an_end(void)
{
	struct pair *pair = pair_new();
	const struct ike_path path = {
		.local = pair->ends[PAIR_B].addr,
		.remote = { 4, { 198, 51, 100, 1 } },
		.local_port = 500,
		.remote_port = 500,
	};
	struct buf first = BUF_INIT;

	pair_load_usual(pair);
	pair->mute = true;
	pair_initiate(pair, PAIR_A, "net", "net");
	pair_settle(pair);
	buf_add_span(&first, buf_span(&engine_first(pair->ends[PAIR_A].engine)
					       ->retx.packets.list[0]));
	pair->sent = 0;
	for (unsigned int i = 0; i < 500; i++)
		engine_input(pair->ends[PAIR_B].engine, &path,
			     buf_span(&first));
	CHECK(pair->sent > 10 && pair->sent < 30);
	buf_free(&first);
	pair_free(pair);
}

/* B's answer to IKE_AUTH, the first time. */
static bool lose_last_answer(struct pair *pair, struct pair_packet *packet)
{
	if (packet->to != PAIR_A ||
	    packet->header.exchange != EXCHANGE_IKE_AUTH || pair->hook_count)
		return true;
	pair->hook_count++;
	return false;
}

/* What the responder wants next is there before the answer that it is up. */
static void request_overtakes(void)
{
	struct engine_pick pick = { .child = "net" };
	struct pair *pair = pair_new();
	struct ike_sa *sa;

	pair_load_usual(pair);
	pair->hook = lose_last_answer;
	pair_initiate(pair, PAIR_A, "net", "net");
	pair_run(pair, 100);
	sa = engine_first(pair->ends[PAIR_A].engine);
	CHECK(sa && sa->state == IKE_AUTHENTICATING);
	CHECK(pair_ikes(pair, PAIR_B, IKE_ESTABLISHED) == 1);
	engine_rekey(pair->ends[PAIR_B].engine, &pick, false);
	pair_run(pair, 20 * 1000ULL);
	CHECK(pair_ike(pair, PAIR_A) == sa);
	CHECK(pair_agrees(pair) && pair_senders(pair, PAIR_A) == 1);
	CHECK(pair->ends[PAIR_A].events[EVENT_CHILD_REKEY] == 1);
	pair_free(pair);
}

/* In front of the first message one that nobody knows; what the answer says of it. */
static bool add_critical(struct pair *pair, struct pair_packet *packet)
{
	const uint8_t critical[] = { packet->octets.data[16], 0x80, 0, 4 };
	struct payload_notify notify;
	struct buf rest = BUF_INIT;
	struct chain chain;
	uint8_t unknown;
	struct err err;

	buf_add(&rest, packet->octets.data + IKE_HEADER_LEN,
		packet->octets.len - IKE_HEADER_LEN);
	if (packet->nth == 0) {
		buf_cut(&packet->octets, IKE_HEADER_LEN);
		packet->octets.data[16] = 200;
		buf_add_span(&packet->octets, SPAN(critical));
		buf_add_span(&packet->octets, buf_span(&rest));
		buf_put_u32(&packet->octets, 24, (uint32_t)packet->octets.len);
	} else if (!chain_parse(&chain, packet->header.next, buf_span(&rest),
				&unknown, &err) &&
		   chain_notify(&chain, NOTIFY_UNSUPPORTED_CRITICAL_PAYLOAD,
				&notify) &&
		   notify.data.len == 1) {
		pair->hook_count = notify.data.data[0];
	}
	buf_free(&rest);
	return true;
}

static void critical_payload(void)
{
	struct pair *pair = pair_new();

	pair_load_usual(pair);
	pair->hook = add_critical;
	pair_initiate(pair, PAIR_A, "net", "net");
	pair_settle(pair);
	CHECK(!engine_first(pair->ends[PAIR_B].engine));
	CHECK(pair->hook_count == 200);
	pair_free(pair);
}

static void unknown_spi(void)
{
	struct pair *pair = pair_new();
	struct ike_path path = {
		.local = pair->ends[PAIR_B].addr,
		.remote = pair->ends[PAIR_A].addr,
		.local_port = 500,
		.remote_port = 500,
	};
	uint8_t octets[28] = { 1, 2, 3, 4, 5, 6, 7, 8,	  9,  9,
			       9, 9, 9, 9, 9, 9, 0, 0x20, 37, 8 };

	octets[27] = 28;
	for (unsigned int i = 0; i < 1000; i++)
		engine_input(pair->ends[PAIR_B].engine, &path, SPAN(octets));
	CHECK(pair->sent == 100);
	octets[19] = IKE_FLAG_RESPONSE;
	engine_input(pair->ends[PAIR_B].engine, &path, SPAN(octets));
	octets[17] = 0x30;
	pair_run(pair, 10000);
	octets[19] = 8;
	engine_input(pair->ends[PAIR_B].engine, &path, SPAN(octets));
	CHECK(pair->sent == 101);
	pair_free(pair);
}

static void childless(void)
{
	struct pair *pair = pair_new();

	pair_load_usual(pair);
	pair_initiate(pair, PAIR_A, "net", NULL);
	pair_settle(pair);
	CHECK(pair->ends[PAIR_A].done == 1 && !pair->ends[PAIR_A].result);
	CHECK(pair_ikes(pair, PAIR_B, IKE_ESTABLISHED) == 1);
	CHECK(!pair_installed(pair, PAIR_B));
	/* A child later, with a key exchange of its own. */
	pair_initiate(pair, PAIR_A, NULL, "net");
	pair_settle(pair);
	CHECK(pair->ends[PAIR_A].done == 2 && !pair->ends[PAIR_A].result);
	CHECK(pair_agrees(pair) && pair_senders(pair, PAIR_A) == 1);
	CHECK(pair_child_sa(pair, PAIR_A)->dh == KE_CURVE25519);
	pair_free(pair);
}

static void fragments(void)
{
	static char cert[9000];
	struct pair *pair = pair_new();

	memset(cert, 'c', sizeof(cert) - 1);
	pair->ends[PAIR_A].cert = cert;
	pair->ends[PAIR_B].cert = cert;
	pair_load_usual(pair);
	pair->hook = twice;
	CHECK(pair_up(pair));
	CHECK(pair->ends[PAIR_A].certs_seen == 1);
	CHECK(pair->ends[PAIR_B].certs_seen == 1);
	CHECK(pair->largest <= 1280 - 28);
	CHECK(pair->sent > 2 + 2 * 7);
	pair_free(pair);

	/* If one end does not want that, it is one large message. */
	pair = pair_new();
	pair->ends[PAIR_A].cert = cert;
	struct conn *conn = pair_usual(pair, PAIR_A);

	conn->fragmentation = FRAG_NO;
	pair_load(pair, PAIR_A, conn);
	pair_load(pair, PAIR_B, pair_usual(pair, PAIR_B));
	CHECK(pair_up(pair));
	CHECK(pair->sent == 4 && pair->largest > 9000);
	pair_free(pair);
}

static bool drop_third_fragment(struct pair *pair, struct pair_packet *packet)
{
	if (packet->header.next == PAYLOAD_SKF &&
	    packet->octets.data[IKE_HEADER_LEN + 5] == 3 && !pair->hook_count) {
		pair->hook_count++;
		return false;
	}
	/* And in the reverse order. */
	packet->due += 100 - (packet->header.next == PAYLOAD_SKF ?
				      packet->octets.data[IKE_HEADER_LEN + 5] :
				      0);
	return true;
}

static void fragments_get_lost(void)
{
	static char cert[9000];
	struct pair *pair = pair_new();

	memset(cert, 'c', sizeof(cert) - 1);
	pair->ends[PAIR_A].cert = cert;
	pair->ends[PAIR_B].cert = cert;
	pair_load_usual(pair);
	pair->hook = drop_third_fragment;
	pair_initiate(pair, PAIR_A, "net", "net");
	pair_run(pair, 3000);
	CHECK(!pair_senders(pair, PAIR_A));
	pair_run(pair, 3000);
	CHECK(pair_agrees(pair) && pair_senders(pair, PAIR_A) == 1);
	pair_free(pair);
}

/* Copies of what comes to B in IKE_AUTH; two are enough. */
struct kept {
	struct ike_path path;
	struct buf octets[2];
	size_t n;
};

static struct kept kept;

static bool keep_auth(struct pair *pair, struct pair_packet *packet)
{
	(void)pair;
	if (packet->to == PAIR_B && packet->header.id == 1 &&
	    kept.n < ARRAY_SIZE(kept.octets)) {
		kept.path = packet->path;
		buf_add_span(&kept.octets[kept.n++], buf_span(&packet->octets));
	}
	return true;
}

/* How many datagrams come back, if it is sent from anywhere. */
static size_t asked_again(struct pair *pair, const struct buf *octets)
{
	size_t before = pair->sent;

	kept.path.remote.octets[3] ^= 1;
	engine_input(pair->ends[PAIR_B].engine, &kept.path, buf_span(octets));
	return pair->sent - before;
}

static void repeats_only_what_is_authentic(void)
{
	static char cert[3000];

	memset(cert, 'c', sizeof(cert) - 1);
	for (size_t large = 0; large < 2; large++) {
		struct pair *pair = pair_new();

		kept = (struct kept){ .octets = { BUF_INIT, BUF_INIT } };
		for (unsigned int end = 0; large && end < 2; end++)
			pair->ends[end].cert = cert;
		pair_load_usual(pair);
		pair->hook = keep_auth;
		CHECK(pair_up(pair));
		CHECK(kept.n == 1 + large);
		CHECK(asked_again(pair, &kept.octets[0]) == 1 + 2 * large);
		kept.octets[0].data[kept.octets[0].len - 1] ^= 1;
		CHECK(!asked_again(pair, &kept.octets[0]));
		/* Of fragments the first one alone asks. */
		if (large)
			CHECK(!asked_again(pair, &kept.octets[1]));
		/* The header alone. */
		kept.octets[0].len = IKE_HEADER_LEN;
		kept.octets[0].data[16] = 0;
		kept.octets[0].data[26] = 0;
		kept.octets[0].data[27] = IKE_HEADER_LEN;
		CHECK(!asked_again(pair, &kept.octets[0]));
		for (size_t i = 0; i < ARRAY_SIZE(kept.octets); i++)
			buf_free(&kept.octets[i]);
		pair_free(pair);
	}
}

static const struct tap_test tests[] = {
	{ "two ends connect in four messages", connects },
	{ "with all kinds of algorithms", connects_with_all_algorithms },
	{ "messages get lost and come twice", survives_loss_and_copies },
	{ "nobody answers", gives_up },
	{ "keyingtries = 0 is for ever, in bounds", tries_for_ever },
	{ "a name without an address, at first", needs_an_address },
	{ "INVALID_KE_PAYLOAD", other_group },
	{ "NO_PROPOSAL_CHOSEN tells both values", no_proposal },
	{ "an error that nobody vouches for", does_not_believe_liars },
	{ "a wrong PSK", wrong_secret },
	{ "a wrong identity, of either", wrong_identity },
	{ "the responder chooses by identity", chooses_by_identity },
	{ "a child that is refused leaves the IKE SA", child_refused },
	{ "selectors are narrowed", narrows },
	{ "transport mode", transport },
	{ "a flood: cookies, and friends get through", cookies },
	{ "a flood of those that no connection is for", refused_flood },
	{ "one address has few that are half open", one_greedy_peer },
	{ "the same first message again and again", repeats_have_an_end },
	{ "a critical payload in the first message", critical_payload },
	{ "a request that overtakes the answer to IKE_AUTH",
	  request_overtakes },
	{ "unknown SPIs are answered, but not all", unknown_spi },
	{ "without a child at first (RFC 6023)", childless },
	{ "large messages in fragments (RFC 7383)", fragments },
	{ "a fragment gets lost, others change places", fragments_get_lost },
	{ "answers are repeated to who has the keys",
	  repeats_only_what_is_authentic },
};

TAP_MAIN(tests)
