// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Session resumption (RFC 5723): B gives tickets to A, which comes back with one
 * when it has lost the IKE SA: what of before goes on.
 */
#include <stdlib.h>

#include "ikev2_resume.h"

/* Without any secret, in two round trips, with new keys. */
static void goes_on(void)
{
	struct pair *pair = begin();
	struct buf before = BUF_INIT;
	const struct ikev2_sa *sa;

	CHECK(ticket(pair));
	CHECK(seen.inits == 1 && !seen.resumes);
	buf_add_span(&before, buf_span(&v2_sa(pair_ike(pair, PAIR_A))->keys.d));
	for (unsigned int i = 0; i < 3; i++) {
		struct ticket *used = ticket_get(ticket(pair));

		pair->ends[PAIR_A].secret = "A's alone";
		lose(pair);
		again(pair);
		CHECK(is_up(pair, true));
		CHECK(!seen.inits && seen.resumes == 1 && seen.auths == 1);
		CHECK(pair->sent == 4);
		CHECK(pair->ends[PAIR_A].done == 1 &&
		      !pair->ends[PAIR_A].result);
		sa = v2_sa(pair_ike(pair, PAIR_A));
		CHECK(!span_equal(buf_span(&before), buf_span(&sa->keys.d)));
		CHECK(span_equal(
			buf_span(&sa->keys.d),
			buf_span(&v2_sa(pair_ike(pair, PAIR_B))->keys.d)));
		CHECK(ticket(pair) && ticket(pair) != used);
		ticket_put(used);
		CHECK(!sa->resume.ticket && sa->peer_fragments);
	}
	/* But with secrets it would not have been. */
	ticket_drop(pair->ends[PAIR_A].engine, ticket(pair));
	lose(pair);
	again(pair);
	CHECK(!pair_ike(pair, PAIR_A));
	buf_free(&before);
	pair_free(pair);
}

/* What is sent of it, and the AUTH of the initiator inside. */
static struct {
	struct buf request, auth, id;
} sent;

static void keep_auth(struct buf *plain, uint8_t *first)
{
	struct chain chain;
	uint8_t critical;
	struct err err;

	CHECK(!chain_parse(&chain, *first, buf_span(plain), &critical, &err));
	buf_add_span(&sent.auth, chain_find(&chain, PAYLOAD_AUTH, NULL)->body);
	buf_add_span(&sent.id, chain_find(&chain, PAYLOAD_IDI, NULL)->body);
}

static bool keep_sent(struct pair *pair, struct pair_packet *packet)
{
	if (packet->header.flags & IKE_FLAG_RESPONSE)
		return true;
	if (packet->header.exchange == EXCHANGE_IKE_SESSION_RESUME)
		buf_add_span(&sent.request, buf_span(&packet->octets));
	else if (packet->header.exchange == EXCHANGE_IKE_AUTH)
		pair_edit(pair, packet, keep_auth);
	return true;
}

/*
 * RFC 5723, 5.1: SKEYSEED = prf(SK_d_old, "Resumption" | Ni | Nr), and
 * {SK_d | SK_ai | SK_ar | SK_ei | SK_er | SK_pi | SK_pr} of it; without SK_a here.
 */
static void check_keys(const struct ikev2_sa *sa, const struct buf *old)
{
	struct buf spis = BUF_INIT, keys = BUF_INIT, octets = BUF_INIT;
	struct span seed_of[] = { span_of_text("Resumption"),
				  buf_span(&sa->nonce_i),
				  buf_span(&sa->nonce_r) };
	struct span keys_of[3], id = buf_span(&sent.id), all;
	uint8_t seed[32], auth[32];

	buf_add_u64(&spis, sa->ike.spi_i);
	buf_add_u64(&spis, sa->ike.spi_r);
	keys_of[0] = seed_of[1];
	keys_of[1] = seed_of[2];
	keys_of[2] = buf_span(&spis);
	CHECK(!prf(PRF_HMAC_SHA2_256, buf_span(old), seed_of, 3, seed));
	CHECK(!prf_plus(PRF_HMAC_SHA2_256, SPAN(seed), keys_of, 3,
			3 * 32 + 2 * 20, &keys));
	CHECK(span_equal(span_of(keys.data, 32), buf_span(&sa->keys.d)));
	CHECK(span_equal(span_of(keys.data + 32, 20), buf_span(&sa->keys.ei)));
	CHECK(span_equal(span_of(keys.data + 72, 32), buf_span(&sa->keys.pi)));
	/* AUTH = prf(SK_pi, RealMessage1 | Nr | prf(SK_pi, IDi')) */
	buf_add_span(&octets, buf_span(&sent.request));
	buf_add_span(&octets, buf_span(&sa->nonce_r));
	CHECK(!prf(PRF_HMAC_SHA2_256, buf_span(&sa->keys.pi), &id, 1, auth));
	buf_add_span(&octets, SPAN(auth));
	all = buf_span(&octets);
	CHECK(!prf(PRF_HMAC_SHA2_256, buf_span(&sa->keys.pi), &all, 1, auth));
	CHECK(sent.auth.len == 4 + 32 && sent.auth.data[0] == AUTH_PSK);
	CHECK(span_equal(span_of(sent.auth.data + 4, 32), SPAN(auth)));
	buf_free(&spis);
	buf_free(&keys);
	buf_free(&octets);
}

static void keys_and_auth(void)
{
	struct pair *pair = begin();
	struct buf old = BUF_INIT;

	buf_add_span(&old, buf_span(&v2_sa(pair_ike(pair, PAIR_B))->keys.d));
	pair->hook = keep_sent;
	lose(pair);
	again(pair);
	CHECK(is_up(pair, true));
	check_keys(v2_sa(pair_ike(pair, PAIR_B)), &old);
	buf_free(&old);
	buf_free(&sent.request);
	buf_free(&sent.auth);
	buf_free(&sent.id);
	pair_free(pair);
}

/* --------------------------------------------------------------- what there is */

/* "pe" is PSK and then EAP, of the end @of. */
static void set_rounds(struct conn *conn, unsigned int end, unsigned int of,
		       const char *words)
{
	struct conf_round *rounds = end == of ? conn->local : conn->remote;
	char id[32];

	*(end == of ? &conn->local_n : &conn->remote_n) = strlen(words);
	for (size_t i = 0; words[i]; i++) {
		rounds[i].auth = words[i] == 'e' ? AUTH_WITH_EAP :
				 words[i] == 'a' ? AUTH_WITH_ANY :
						   AUTH_WITH_PSK;
		snprintf(id, sizeof(id), "%c%zu.example", of ? 'b' : 'a', i);
		set_id(&rounds[i].id, id);
	}
}

static const struct kind {
	const char *name;
	const char *a, *b; /* rounds of authentication */
	const char *proposals;
	bool ppk, mobike, nat, tcp;
	enum conf_childless childless;
	enum conf_encap encap;
	enum conf_fragmentation fragmentation;
} kinds[] = {
	{ "PSK", "p", "p" },
	{ "certificates", "a", "a" },
	{ "EAP", "e", "p" },
	{ "EAP alone", "e", "e" },
	{ "rounds", "pe", "pp" },
	{ "a cipher with its own integrity", "p", "p",
	  "aes256-sha384-prfsha512-ecp256" },
	{ "a prf with a key of its own length", "p", "p",
	  "aes128-aesxcbc-prfaesxcbc-x25519" },
	{ "more key exchanges", "p", "p",
	  "aes128gcm16-prfsha256-x25519-ke1_ecp256" },
	{ "a PPK", "p", "p", NULL, .ppk = true },
	{ "MOBIKE", "p", "p", NULL, .mobike = true },
	{ "NAT", "p", "p", NULL, .nat = true },
	{ "TCP", "p", "p", NULL, .tcp = true, .encap = ENCAP_TCP },
	{ "UDP where there is no NAT", "p", "p", NULL, .encap = ENCAP_UDP },
	{ "no NAT detection", "p", "p", NULL, .encap = ENCAP_NONE },
	{ "no fragments", "p", "p", NULL, .fragmentation = FRAG_NO },
	{ "no child at once", "p", "p", NULL, .childless = CHILDLESS_FORCE },
	{ "a child at once", "p", "p", NULL, .childless = CHILDLESS_NEVER },
};

static void load(struct pair *pair, unsigned int end, const struct kind *kind)
{
	struct conn *conn = pair_conn(pair, end, "net",
				      kind->proposals ?
					      kind->proposals :
					      "aes128gcm16-prfsha256-x25519");

	pair_child(conn, "net", "aes128gcm16-x25519",
		   end ? "10.2.0.0/16" : "10.1.0.0/16",
		   end ? "10.1.0.0/16" : "10.2.0.0/16");
	conn->resumption = true;
	set_rounds(conn, end, PAIR_A, kind->a);
	set_rounds(conn, end, PAIR_B, kind->b);
	if (kind->ppk) {
		pair->ends[end].ppk_id = "p";
		pair->ends[end].ppk = "a secret";
		pair_ppk(conn, "p", true);
	}
	conn->mobike = kind->mobike;
	conn->childless = kind->childless;
	conn->encap = kind->encap;
	conn->fragmentation = kind->fragmentation;
	if (kind->tcp)
		pair_add_text(&conn->tcp_ports, "443");
	pair_load(pair, end, conn);
}

static struct pair *begin_with(const struct kind *kind)
{
	struct pair *pair = pair_new();

	if (kind->nat) {
		pair->ends[PAIR_A].behind_nat = true;
		pair->ends[PAIR_A].nat_addr =
			(struct addr){ 4, { 198, 51, 100, 7 } };
		pair->ends[PAIR_A].nat_ports = 1000;
	}
	pair->no_udp = kind->tcp;
	pair->ends[PAIR_A].cert = "A's certificate";
	pair->ends[PAIR_B].cert = "B's certificate";
	for (unsigned int end = 0; end < 2; end++)
		load(pair, end, kind);
	pair->hook = count;
	CHECK_ROW(pair_up(pair), kind->name);
	return pair;
}

static void all_kinds(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		const struct kind *kind = &kinds[i];
		struct pair *pair = begin_with(kind);
		unsigned int certs = pair->ends[PAIR_A].certs_seen;
		struct ident eap = { 0 };
		const struct ike_sa *b = pair_ike(pair, PAIR_B);
		enum conf_encap encap = b->encap;

		CHECK(!ident_copy(&eap, &b->eap_id));
		lose(pair);
		again(pair);
		CHECK_ROW(is_up(pair, true), kind->name);
		CHECK_ROW(!seen.inits && seen.resumes == 1 && seen.auths == 1,
			  kind->name);
		CHECK_ROW(pair->ends[PAIR_A].certs_seen == certs, kind->name);
		b = pair_ike(pair, PAIR_B);
		CHECK_ROW(b && b->encap == encap &&
				  pair_ike(pair, PAIR_A)->encap == encap,
			  kind->name);
		CHECK_ROW(b && ident_equal(&eap, &b->eap_id), kind->name);
		CHECK_ROW(b && b->algs.ppk == kind->ppk &&
				  b->move.able == kind->mobike,
			  kind->name);
		CHECK_ROW(v2_sa(pair_ike(pair, PAIR_A))->peer_fragments ==
				  (kind->fragmentation != FRAG_NO),
			  kind->name);
		ident_free(&eap);
		pair_free(pair);
	}
}

/* --------------------------------------------------------- when it is not used */

static void not_when_closed(void)
{
	struct engine_pick pick = { .ike = "net" };

	for (unsigned int i = 0; i < 4; i++) {
		struct pair *pair = begin();

		engine_terminate(pair->ends[i & 1].engine, &pick, i & 2, NULL,
				 NULL);
		pair_settle(pair);
		CHECK(!pair_ike(pair, PAIR_A) && !ticket(pair));
		memset(&seen, 0, sizeof(seen));
		again(pair);
		CHECK(is_up(pair, false));
		CHECK(!seen.resumes && seen.inits == 1);
		pair_free(pair);
	}
}

static void not_to_authenticate_anew(void)
{
	struct engine_pick pick = { .ike = "net" };
	struct pair *pair = begin();
	struct ticket *first = ticket_get(ticket(pair));

	engine_rekey(pair->ends[PAIR_A].engine, &pick, true);
	pair_settle(pair);
	CHECK(is_up(pair, false));
	CHECK(!seen.resumes && seen.inits == 2);
	/* The ticket is now of the new one. */
	CHECK(ticket(pair) && ticket(pair) != first);
	ticket_put(first);
	CHECK(ticket_of(pair_ike(pair, PAIR_A)) == ticket(pair));
	pair_free(pair);
}

static void only_if_both_want_it(void)
{
	for (unsigned int i = 0; i < 4; i++) {
		struct pair *pair = pair_new();

		for (unsigned int end = 0; end < 2; end++) {
			struct conn *conn = pair_usual(pair, end);

			conn->resumption = i & 1U << end;
			pair_load(pair, end, conn);
		}
		pair->ends[PAIR_A].watch = "TICKET_NACK; is resumption";
		CHECK(pair_up(pair));
		CHECK(!ticket(pair) == (i != 3));
		CHECK(!*pair->ends[PAIR_A].watched == (i != 1));
		pair_free(pair);
	}
}

static void not_of_another_configuration(void)
{
	struct pair *pair = begin();

	pair_load(pair, PAIR_A, usual(pair, PAIR_A));
	CHECK(!ticket(pair));
	lose(pair);
	again(pair);
	CHECK(is_up(pair, false) && !seen.resumes);
	engine_conn_remove(pair->ends[PAIR_A].engine, "net");
	pair_free(pair);
}

/* An outage: there is no answer, and then there is. */
static void after_an_outage(void)
{
	struct pair *pair = pair_new();

	for (unsigned int end = 0; end < 2; end++) {
		struct conn *conn = usual(pair, end);

		conn->dpd_delay = end ? 0 : 10;
		conn->children->dpd_action = DPD_RESTART;
		conn->keyingtries = 0;
		pair_load(pair, end, conn);
	}
	pair->hook = count;
	CHECK(pair_up(pair));
	memset(&seen, 0, sizeof(seen));
	pair->mute = true;
	pair_run(pair, 600 * 1000ULL);
	CHECK(!pair_ike(pair, PAIR_A) && ticket(pair));
	pair->mute = false;
	pair_run(pair, 600 * 1000ULL);
	CHECK(is_up(pair, true));
	CHECK(!seen.inits && seen.auths == 1);
	pair_free(pair);
}

/* ------------------------------------------------------------------ rekeying */

static void after_rekeying(void)
{
	for (unsigned int end = 0; end < 2; end++) {
		struct pair *pair = begin();
		struct ticket *first = ticket_get(ticket(pair));

		ike_sa_want(pair_ike(pair, end), TASK_IKE_REKEY, 0);
		pair_run(pair, 90 * 1000ULL);
		CHECK(ticket(pair) && ticket(pair) != first);
		ticket_put(first);
		CHECK(ticket_of(pair_ike(pair, PAIR_A)) == ticket(pair));
		CHECK(ticket(pair)->session.spi_i ==
		      pair_ike(pair, PAIR_A)->spi_i);
		lose(pair);
		again(pair);
		CHECK(is_up(pair, true) && !seen.inits);
		/* Who has resumed is shown so after rekeying, too. */
		ike_sa_want(pair_ike(pair, !end), TASK_IKE_REKEY, 0);
		pair_run(pair, 90 * 1000ULL);
		CHECK(is_up(pair, true));
		lose(pair);
		again(pair);
		CHECK(is_up(pair, true) && !seen.inits);
		pair_free(pair);
	}
}

static bool no_tickets(struct pair *pair, struct pair_packet *packet)
{
	const struct ike_sa *sa = pair_ike(pair, PAIR_A);

	count(pair, packet);
	/* Those of INFORMATIONAL are lost. */
	return !sa || !sa->active || sa->active->kind != TASK_TICKET;
}

/* The one from before is none of the IKE SA that followed (6.2). */
static void old_ticket_after_rekeying(void)
{
	for (unsigned int end = 0; end < 2; end++) {
		struct pair *pair = begin();

		pair->hook = no_tickets;
		ike_sa_want(pair_ike(pair, end), TASK_IKE_REKEY, 0);
		pair_settle(pair);
		CHECK(!ticket(pair));
		pair->hook = count;
		lose(pair);
		again(pair);
		CHECK(is_up(pair, false) && !seen.resumes);
		pair_free(pair);
	}
}

/* The gateway has lost it as well: that is what tickets are for. */
static void lost_by_both(void)
{
	struct pair *pair = begin();

	lose_at(pair, PAIR_B);
	lose(pair);
	again(pair);
	CHECK(is_up(pair, true) && !seen.inits);
	pair_free(pair);
}

/* ------------------------------------------------------------ beside another */

/* B's own old one goes without a word, and the address stays the same. */
static void old_one_goes(void)
{
	static const enum conf_unique uniques[] = { UNIQUE_NO, UNIQUE_NEVER,
						    UNIQUE_KEEP,
						    UNIQUE_REPLACE };

	for (size_t i = 0; i < ARRAY_SIZE(uniques); i++) {
		struct pool_conf *pool = calloc(1, sizeof(*pool));
		struct pair *pair = pair_new();
		struct addr first;
		struct err err;

		if (!pool)
			abort();
		snprintf(pool->name, sizeof(pool->name), "p");
		pool->first = (struct addr){ 4, { 10, 3, 0, 1 } };
		pool->base = pool->first;
		pool->size = 20;
		CHECK(!engine_pool_add(pair->ends[PAIR_B].engine, pool, &err));
		for (unsigned int end = 0; end < 2; end++) {
			struct conn *conn = usual(pair, end);

			conn->unique = uniques[i];
			pair_add_text(end ? &conn->pools : &conn->vips,
				      end ? "p" : "0.0.0.0");
			pair_load(pair, end, conn);
		}
		pair->hook = count;
		CHECK(pair_up(pair));
		first = pair_ike(pair, PAIR_B)->vips.remote.list[0];
		lose(pair);
		/* From somewhere else, so that it is no reauthentication. */
		pair->ends[PAIR_A].addr.octets[3] = 77;
		again(pair);
		CHECK(is_up(pair, true));
		CHECK(pair->sent == 4);
		CHECK(pair_ike(pair, PAIR_B)->vips.remote.n == 1);
		CHECK(addr_compare(&pair_ike(pair, PAIR_A)->vips.local.list[0],
				   &first) == 0);
		pair_free(pair);
	}
}

/* ------------------------------------------------------------ lost messages */

static bool twice(struct pair *pair, struct pair_packet *packet)
{
	pair_copy(pair, packet, 3);
	return packet->nth % 4 != pair->hook_arg;
}

static void lost_and_twice(void)
{
	for (unsigned int i = 0; i < 4; i++) {
		struct pair *pair = begin();

		pair->hook = twice;
		pair->hook_arg = i;
		lose(pair);
		pair_initiate(pair, PAIR_A, "net", "net");
		pair_run(pair, 100 * 1000ULL);
		CHECK(is_up(pair, true));
		pair_free(pair);
	}
}

static bool drop_some(struct pair *pair, struct pair_packet *packet)
{
	(void)packet;
	return !(pair->hook_arg & 1U << pair->hook_count++ % 8);
}

static void lost_in_any_way(void)
{
	for (unsigned int i = 0; i < 256; i++) {
		struct pair *pair = begin();

		lose(pair);
		pair->hook = drop_some;
		pair->hook_arg = i == 255 ? 127 : i;
		pair_initiate(pair, PAIR_A, "net", "net");
		pair_run(pair, 400 * 1000ULL);
		if (pair_ike(pair, PAIR_A))
			CHECK(is_up(pair, true));
		else
			CHECK(pair->ends[PAIR_A].result);
		pair_free(pair);
	}
}

static const struct tap_test tests[] = {
	{ "a lost IKE SA goes on without secrets, again and again", goes_on },
	{ "keys and AUTH as RFC 5723 has them", keys_and_auth },
	{ "a row for each kind of connection", all_kinds },
	{ "not when it was closed", not_when_closed },
	{ "not to authenticate anew", not_to_authenticate_anew },
	{ "not if only one end wants it", only_if_both_want_it },
	{ "not when the connection is another one",
	  not_of_another_configuration },
	{ "after an outage", after_an_outage },
	{ "after rekeying by either", after_rekeying },
	{ "not with a ticket from before rekeying", old_ticket_after_rekeying },
	{ "when both have lost it", lost_by_both },
	{ "messages are lost, and come twice", lost_and_twice },
	{ "messages are lost, in all ways", lost_in_any_way },
	{ "the old IKE SA goes without a word, whatever unique is",
	  old_one_goes },
};

TAP_MAIN(tests)
