// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Session resumption (RFC 5723): B gives tickets to A, which comes back with one
 * when it has lost the IKE SA. What of before goes on, and who is sent away.
 */
#include <stdlib.h>

#include "../../tests/tap.h"
#include "ikev2_pair.h"

/* Requests of these exchanges that were sent. */
static struct {
	unsigned int inits, resumes, auths;
} seen;

static bool count(struct pair *pair, struct pair_packet *packet)
{
	(void)pair;
	if (packet->header.flags & IKE_FLAG_RESPONSE)
		return true;
	seen.inits += packet->header.exchange == EXCHANGE_IKE_SA_INIT;
	seen.resumes += packet->header.exchange == EXCHANGE_IKE_SESSION_RESUME;
	seen.auths += packet->header.exchange == EXCHANGE_IKE_AUTH;
	return true;
}

static struct conn *usual(struct pair *pair, unsigned int end)
{
	struct conn *conn = pair_usual(pair, end);

	conn->resumption = true;
	return conn;
}

static struct pair *begin(void)
{
	struct pair *pair = pair_new();

	for (unsigned int end = 0; end < 2; end++)
		pair_load(pair, end, usual(pair, end));
	memset(&seen, 0, sizeof(seen));
	pair->hook = count;
	CHECK(pair_up(pair));
	return pair;
}

static struct ticket *ticket(const struct pair *pair)
{
	struct conn_slot *slot = conn_slot(pair->ends[PAIR_A].engine, "net");

	return slot ? slot->ticket : NULL;
}

/* A gives up B, as after retransmissions; B does not know. */
static void lose(struct pair *pair)
{
	engine_enter(pair->ends[PAIR_A].engine);
	ike_sa_lost(pair_ike(pair, PAIR_A), "the peer is lost");
	engine_leave(pair->ends[PAIR_A].engine);
	memset(&seen, 0, sizeof(seen));
	pair->sent = 0;
}

static void again(struct pair *pair)
{
	pair->ends[PAIR_A].done = 0;
	pair_initiate(pair, PAIR_A, "net", "net");
	pair_settle(pair);
}

/* Both ends have one IKE SA, of which they think the same. */
static bool is_up(const struct pair *pair, bool resumed)
{
	const struct ike_sa *a = pair_ike(pair, PAIR_A);
	const struct ike_sa *b = pair_ike(pair, PAIR_B);

	return a && b && a->resumed == resumed && b->resumed == resumed &&
	       pair_ikes(pair, PAIR_A, IKE_ESTABLISHED) == 1 &&
	       pair_ikes(pair, PAIR_B, IKE_ESTABLISHED) == 1 &&
	       ident_equal(&a->local_id, &b->remote_id) &&
	       ident_equal(&a->remote_id, &b->local_id) &&
	       a->algs.encr == b->algs.encr && a->algs.integ == b->algs.integ &&
	       a->algs.prf == b->algs.prf && a->algs.dh == b->algs.dh &&
	       a->algs.ppk == b->algs.ppk &&
	       memcmp(a->algs.addke, b->algs.addke, sizeof(a->algs.addke)) ==
		       0 &&
	       pair_senders(pair, PAIR_A) == 1 &&
	       pair_senders(pair, PAIR_B) == 1 && pair_agrees(pair);
}

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
		const struct ticket *used = ticket(pair);

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

static void set_id(struct ident *id, const char *text)
{
	struct err err;

	ident_free(id);
	CHECK(!ident_parse(id, text, &err));
}

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
	const struct ticket *first = ticket(pair);

	engine_rekey(pair->ends[PAIR_A].engine, &pick, true);
	pair_settle(pair);
	CHECK(is_up(pair, false));
	CHECK(!seen.resumes && seen.inits == 2);
	/* The ticket is now of the new one. */
	CHECK(ticket(pair) && ticket(pair) != first);
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
		const struct ticket *first = ticket(pair);

		ike_sa_want(pair_ike(pair, end), TASK_IKE_REKEY, 0);
		pair_run(pair, 90 * 1000ULL);
		CHECK(ticket(pair) && ticket(pair) != first);
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

/* Then the one from before is still for the IKE SA that followed. */
static void old_ticket_after_rekeying(void)
{
	struct pair *pair = begin();
	const struct ticket *first = ticket(pair);

	pair->hook = no_tickets;
	ike_sa_want(pair_ike(pair, PAIR_A), TASK_IKE_REKEY, 0);
	pair_settle(pair);
	CHECK(ticket(pair) == first);
	CHECK(ticket_of(pair_ike(pair, PAIR_A)) == first);
	pair->hook = count;
	lose(pair);
	again(pair);
	CHECK(is_up(pair, true) && !seen.inits);
	pair_free(pair);
}

/* --------------------------------------------------------------------- refused */

static void refused(struct pair *pair, const char *text)
{
	pair->ends[PAIR_B].watch = "its ticket is refused";
	*pair->ends[PAIR_B].watched = '\0';
	pair->ends[PAIR_A].watch = "the ticket is refused";
	*pair->ends[PAIR_A].watched = '\0';
	lose(pair);
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
	pair_run(pair, 2 * TICKET_SECONDS * 1000ULL + 1000);
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

/* ------------------------------------------------------------------- hostile */

static struct buf recorded;

static bool record(struct pair *pair, struct pair_packet *packet)
{
	count(pair, packet);
	if (packet->header.exchange == EXCHANGE_IKE_SESSION_RESUME &&
	    !(packet->header.flags & IKE_FLAG_RESPONSE)) {
		buf_free(&recorded);
		buf_add_span(&recorded, buf_span(&packet->octets));
	}
	return true;
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
	lose(pair);
	again(pair);
	CHECK(is_up(pair, true));
	inject(pair, buf_span(&recorded));
	inject(pair, buf_span(&recorded));
	CHECK(b->cookies.half_open == 1);
	for (unsigned int i = 0; i < 1000; i++) {
		buf_put_u32(&recorded, 0, i);
		inject(pair, buf_span(&recorded));
	}
	CHECK(b->cookies.half_open == HALF_OPEN_COOKIES);
	CHECK(pair_count(pair, PAIR_B, "cookies-asked") > 900);
	pair_settle(pair);
	CHECK(pair_ike(pair, PAIR_A) && pair_child_sa(pair, PAIR_B));
	/* Meanwhile the right one comes in. */
	lose(pair);
	again(pair);
	CHECK(pair_ike(pair, PAIR_B)->resumed && pair_agrees(pair));
	CHECK(seen.resumes == 2 && !seen.inits);
	pair_run(pair, 40 * 1000ULL);
	CHECK(b->cookies.half_open == 0);
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
			     span_of(junk, i + 26));
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
	uint8_t exchange;
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

/* TICKET_ACK: it comes in a request of the peer's (RFC 5723, 4.2). */
static void ack(struct buf *plain, uint8_t *first)
{
	struct span octets = buf_span(plain);
	const struct payload *payload = NULL;
	struct payload_notify notify;
	struct chain chain;
	uint8_t critical;
	struct err err;

	CHECK(!chain_parse(&chain, *first, octets, &critical, &err));
	while ((payload = chain_find(&chain, PAYLOAD_NOTIFY, payload)) != NULL)
		if (!payload_notify(payload->body, &notify, &err) &&
		    notify.type == NOTIFY_TICKET_LT_OPAQUE)
			plain->data[payload->body.data - octets.data + 3] =
				NOTIFY_TICKET_ACK & 0xff;
}

static bool only_ack(struct pair *pair, struct pair_packet *packet)
{
	if (packet->header.exchange == EXCHANGE_IKE_AUTH &&
	    packet->header.flags & IKE_FLAG_RESPONSE)
		pair_edit(pair, packet, ack);
	return true;
}

static void give_later(struct pair *pair)
{
	struct ikev2_sa *sa = v2_sa(pair_ike(pair, PAIR_B));
	struct chain asked = { .n = 1 };
	uint8_t body[] = { 0, 0, NOTIFY_TICKET_REQUEST >> 8,
			   NOTIFY_TICKET_REQUEST & 0xff };
	struct build out;

	asked.payloads[0].type = PAYLOAD_NOTIFY;
	asked.payloads[0].body = SPAN(body);
	build_start_inner(&out);
	v2_ticket_answer(sa, &asked, &out);
	v2_request(sa, EXCHANGE_INFORMATIONAL, &out);
	pair_settle(pair);
}

static void comes_later(void)
{
	struct pair *pair = pair_new();
	const struct ticket *first;

	for (unsigned int end = 0; end < 2; end++)
		pair_load(pair, end, usual(pair, end));
	pair->hook = only_ack;
	CHECK(pair_up(pair));
	CHECK(!ticket(pair));
	give_later(pair);
	first = ticket(pair);
	CHECK(first);
	/* What nobody has asked for is not taken. */
	give_later(pair);
	CHECK(ticket(pair) == first);
	pair->hook = count;
	lose(pair);
	again(pair);
	CHECK(is_up(pair, true));
	pair_free(pair);
}

/* ----------------------------------------------------------- keys and octets */

static void keys_change(void)
{
	struct pair *pair = pair_new();
	struct pair_end *b = &pair->ends[PAIR_B];
	const struct env *env = &b->engine->env;
	struct ticket_keys keys = { 0 };
	struct buf tickets[5] = { 0 }, state = BUF_INIT;
	struct err err;

	/* One every half of a life. */
	for (size_t i = 0; i < ARRAY_SIZE(tickets); i++) {
		CHECK(!ticket_seal(&keys, env, span_of_text("state"),
				   &tickets[i]));
		for (size_t j = 0; j <= i; j++) {
			bool good = !ticket_open(&keys, env,
						 buf_span(&tickets[j]), &state,
						 &err);

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
	CHECK(!ticket_seal(&keys, env, span_of_text("state"), &state));
	CHECK(!span_equal(buf_span(&state), buf_span(&tickets[4])));
	/* Nothing too long. */
	buf_cut(&state, 0);
	CHECK(buf_extend(&state, TICKET_MAX - TICKET_ID_LEN - 24));
	CHECK(ticket_seal(&keys, env, buf_span(&state), &tickets[0]));
	buf_free(&state);
	for (size_t i = 0; i < ARRAY_SIZE(tickets); i++)
		buf_free(&tickets[i]);
	pair_free(pair);
}

static void octets(void)
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
	{ "with a ticket from before rekeying", old_ticket_after_rekeying },
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
	{ "replayed", replayed },
	{ "with a cookie", with_a_cookie },
	{ "junk is not written down without end", log_is_limited },
	{ "malformed requests", malformed },
	{ "wrong AUTH and wrong ID, of either", wrong_auth },
	{ "stolen, without its key", stolen },
	{ "for another name", for_another_name },
	{ "the connection changes between the exchanges", changed_meanwhile },
	{ "other exchanges before IKE_AUTH", too_early },
	{ "messages are lost, and come twice", lost_and_twice },
	{ "messages are lost, in all ways", lost_in_any_way },
	{ "the old IKE SA goes without a word, whatever unique is",
	  old_one_goes },
	{ "tickets end with what they are of", lifetimes },
	{ "no ticket for what ends soon", too_short },
	{ "who it is is shown in time", reauthenticates_in_time },
	{ "a newer ticket in time", renewed },
	{ "TICKET_ACK: it comes later", comes_later },
	{ "keys of tickets change", keys_change },
	{ "sessions as octets", octets },
};

TAP_MAIN(tests)
