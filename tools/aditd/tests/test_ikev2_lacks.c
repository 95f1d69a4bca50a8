// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What one end needs, and the other one does not know, or has not got: secrets,
 * several rounds, PPKs, children that come later, transport mode.
 */
#include "ikev2_wrong.h"

static bool is_down(const struct pair *pair)
{
	for (unsigned int end = 0; end < 2; end++)
		if (engine_first(pair->ends[end].engine) ||
		    pair_installed(pair, end))
			return false;
	return true;
}

static void check_text(const char *got, const char *want, const char *row)
{
	if (!CHECK_ROW(strstr(got, want) != NULL, row))
		printf("# it says: %s\n", got);
}

/* ------------------------------------------- a notify that the peer leaves out */

enum needs { ROUNDS_OF_A, ROUNDS_OF_B, CHILDLESS, PPK, KEY_EXCHANGES };

static void need(struct pair *pair, enum needs needs)
{
	for (unsigned int end = 0; end < 2; end++) {
		struct conn *conn = needs == KEY_EXCHANGES ?
					    pair_more(pair, end,
						      "x25519-ke1_ecp256",
						      "x25519") :
					    pair_usual(pair, end);

		if (needs == ROUNDS_OF_A)
			*(end ? &conn->remote_n : &conn->local_n) = 2;
		else if (needs == ROUNDS_OF_B)
			*(end ? &conn->local_n : &conn->remote_n) = 2;
		else if (needs == CHILDLESS)
			conn->childless = end ? CHILDLESS_ALLOW :
						CHILDLESS_FORCE;
		else if (needs == PPK)
			pair_ppk(conn, "a ppk", !end);
		pair->ends[end].ppk_id = "a ppk";
		pair->ends[end].ppk = "which both have";
		pair_load(pair, end, conn);
	}
}

static const struct {
	const char *name;
	enum needs needs;
	uint8_t exchange;
	bool response;
	struct change change;
	const char *a, *b; /* what the ends say */
} features[] = {
	{ "rounds of the initiator", ROUNDS_OF_A, EXCHANGE_IKE_SA_INIT, true,
	  WITHOUT(MULTIPLE_AUTH_SUPPORTED),
	  "the peer does not know several rounds", "did not go on" },
	{ "rounds of the responder", ROUNDS_OF_B, EXCHANGE_IKE_AUTH, false,
	  WITHOUT(MULTIPLE_AUTH_SUPPORTED), "AUTHENTICATION_FAILED",
	  "the peer does not know several rounds" },
	{ "a child later", CHILDLESS, EXCHANGE_IKE_SA_INIT, true,
	  WITHOUT(CHILDLESS_IKEV2_SUPPORTED),
	  "the peer does not know childless IKE SAs", "did not go on" },
	{ "the PPK, in the beginning", PPK, EXCHANGE_IKE_SA_INIT, true,
	  WITHOUT(USE_PPK), "the peer has no PPK, and ppk_required is yes",
	  "did not go on" },
	{ "the PPK, in the end", PPK, EXCHANGE_IKE_AUTH, true,
	  WITHOUT(PPK_IDENTITY), "the peer does not use the PPK 'a ppk'",
	  "the peer does not believe our AUTH" },
	{ "where more key exchanges go", KEY_EXCHANGES, EXCHANGE_IKE_SA_INIT,
	  true, WITHOUT(INTERMEDIATE_EXCHANGE_SUPPORTED),
	  "chose more key exchanges, and does not know IKE_INTERMEDIATE",
	  "did not go on" },
};

static void features_are_needed(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(features); i++) {
		struct pair *pair = pair_new();

		need(pair, features[i].needs);
		wrong_begin(pair, features[i].exchange, features[i].response,
			    &features[i].change);
		wrong.bare = features[i].exchange == EXCHANGE_IKE_SA_INIT;
		wrong.times = wrong.bare ? 1000 : 1;
		pair_initiate(pair, PAIR_A, "net", "net");
		pair_run(pair, 300 * 1000ULL);
		CHECK_ROW(wrong.times != 1 && wrong.times != 1000,
			  features[i].name);
		CHECK_ROW(pair->ends[PAIR_A].result == -1, features[i].name);
		check_text(pair_why(pair, PAIR_A, "net"), features[i].a,
			   features[i].name);
		check_text(pair->ends[PAIR_B].last_error, features[i].b,
			   features[i].name);
		CHECK_ROW(is_down(pair), features[i].name);
		pair_free(pair);
	}
}

/* With all that is needed there, each of these is up. */
static void features_are_there(void)
{
	static const enum needs all[] = { CHILDLESS, PPK, KEY_EXCHANGES };

	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		struct pair *pair = pair_new();

		need(pair, all[i]);
		pair_initiate(pair, PAIR_A, "net", "net");
		pair_run(pair, 10 * 1000ULL);
		CHECK(!pair->ends[PAIR_A].result);
		CHECK(pair_senders(pair, PAIR_A) == 1 && pair_agrees(pair));
		pair_free(pair);
	}
}

/* ----------------------------------------------------- children, and without */

static void childless(void)
{
	static const struct {
		const char *name;
		enum conf_childless a, b;
		bool has_child; /* A's configuration */
		bool wanted; /* by who initiates */
		unsigned int first; /* children behind IKE_AUTH */
		const char *why; /* NULL if it comes up */
	} rows[] = {
		{ "with one, as ever", CHILDLESS_ALLOW, CHILDLESS_ALLOW, true,
		  true, 1, NULL },
		{ "rather later", CHILDLESS_PREFER, CHILDLESS_ALLOW, true, true,
		  0, NULL },
		{ "rather later, and the peer can't", CHILDLESS_PREFER,
		  CHILDLESS_NEVER, true, true, 1, NULL },
		{ "only later", CHILDLESS_FORCE, CHILDLESS_ALLOW, true, true, 0,
		  NULL },
		{ "only later, and the peer can't", CHILDLESS_FORCE,
		  CHILDLESS_NEVER, true, true, 0,
		  "does not know childless IKE SAs" },
		{ "none is wanted", CHILDLESS_ALLOW, CHILDLESS_ALLOW, true,
		  false, 0, NULL },
		{ "none is wanted, and the peer needs one", CHILDLESS_ALLOW,
		  CHILDLESS_NEVER, true, false, 1, NULL },
		{ "there is none, and the peer needs one", CHILDLESS_ALLOW,
		  CHILDLESS_NEVER, false, false, 0,
		  "there is no child to begin with" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct pair *pair = pair_new();
		struct conn *a =
			rows[i].has_child ?
				pair_usual(pair, PAIR_A) :
				pair_conn(pair, PAIR_A, "net",
					  "aes128gcm16-prfsha256-x25519");
		struct conn *b = pair_usual(pair, PAIR_B);
		const char *child = rows[i].wanted ? "net" : NULL;

		a->childless = rows[i].a;
		b->childless = rows[i].b;
		pair_load(pair, PAIR_A, a);
		pair_load(pair, PAIR_B, b);
		pair_initiate(pair, PAIR_A, "net", child);
		/* IKE_SA_INIT and IKE_AUTH, and not what follows. */
		pair_run(pair, 45);
		CHECK_ROW(pair_installed(pair, PAIR_A) == rows[i].first,
			  rows[i].name);
		pair_run(pair, 100 * 1000ULL);
		CHECK_ROW(pair->ends[PAIR_A].result == (rows[i].why ? -1 : 0),
			  rows[i].name);
		check_text(pair_why(pair, PAIR_A, "net"),
			   rows[i].why ? rows[i].why : "", rows[i].name);
		for (unsigned int end = 0; end < 2; end++)
			CHECK_ROW(pair_senders(pair, end) ==
					  (rows[i].first ||
					   (rows[i].wanted && !rows[i].why)),
				  rows[i].name);
		CHECK_ROW(pair_agrees(pair), rows[i].name);
		pair_free(pair);
	}
}

/* Only if both have said so there are any (RFC 7383, 2.3). */
static void fragments(void)
{
	static char cert[9000];
	static const enum conf_fragmentation all[] = { FRAG_YES, FRAG_ACCEPT,
						       FRAG_FORCE, FRAG_NO };

	memset(cert, 'c', sizeof(cert) - 1);
	for (size_t i = 0; i < 16; i++) {
		struct conn *conns[2];
		struct pair *pair = pair_new();
		bool none = all[i / 4] == FRAG_NO || all[i % 4] == FRAG_NO;
		char row[32];

		snprintf(row, sizeof(row), "%zu and %zu", i / 4, i % 4);
		for (unsigned int end = 0; end < 2; end++) {
			conns[end] = pair_usual(pair, end);
			conns[end]->fragmentation = all[end ? i % 4 : i / 4];
			pair_load(pair, end, conns[end]);
			pair->ends[end].cert = cert;
		}
		CHECK_ROW(pair_up(pair), row);
		for (unsigned int end = 0; end < 2; end++)
			CHECK_ROW(v2_sa(pair_ike(pair, end))->peer_fragments ==
					  !none,
				  row);
		CHECK_ROW(pair->ends[PAIR_A].certs_seen == 1 &&
				  pair->ends[PAIR_B].certs_seen == 1,
			  row);
		/* With "accept" only the other one sends them. */
		CHECK_ROW((pair->largest > 9000) ==
				  (none || all[i / 4] == FRAG_ACCEPT ||
				   all[i % 4] == FRAG_ACCEPT),
			  row);
		pair_free(pair);
	}
}

/* With no id in the configuration: its certificate's subject, or its address. */
static void no_identity(void)
{
	static const char *const ids[] = { "CN=a", NULL };

	for (size_t i = 0; i < ARRAY_SIZE(ids); i++) {
		struct pair *pair = pair_new();
		struct conn *a = pair_usual(pair, PAIR_A);
		struct conn *b = pair_usual(pair, PAIR_B);
		const char *want = ids[i] ? ids[i] : "192.0.2.1";
		char text[IDENT_TEXT_SIZE];
		struct err err;

		ident_free(&a->local[0].id);
		if (ids[i])
			CHECK(!ident_parse(&a->local[0].cert_id, ids[i], &err));
		ident_free(&b->remote[0].id);
		CHECK(!ident_parse(&b->remote[0].id, want, &err));
		pair_load(pair, PAIR_A, a);
		pair_load(pair, PAIR_B, b);
		CHECK_ROW(pair_up(pair), want);
		CHECK_TEXT(ident_show(&pair_ike(pair, PAIR_B)->remote_id, text),
			   want);
		pair_free(pair);
	}
}

/* RFC 7296, 1.3.1: who does not answer it wants a tunnel, which we take. */
static void tunnel_mode(void)
{
	static const struct change change = WITHOUT(USE_TRANSPORT_MODE);
	struct pair *pair = pair_new();

	for (unsigned int end = 0; end < 2; end++) {
		struct conn *conn =
			pair_conn(pair, end, "net", "aes128-sha256-x25519");

		pair_child(conn, "net", "aes128-sha256", "dynamic", "dynamic")
			->mode = MODE_TRANSPORT;
		pair_load(pair, end, conn);
	}
	wrong_begin(pair, EXCHANGE_IKE_AUTH, true, &change);
	pair->ends[PAIR_A].watch = "wants tunnel mode";
	pair_initiate(pair, PAIR_A, "net", "net");
	pair_settle(pair);
	CHECK(!wrong.times && !pair->ends[PAIR_A].result);
	CHECK(pair_child_sa(pair, PAIR_A)->mode == MODE_TUNNEL);
	CHECK(*pair->ends[PAIR_A].watched);
	pair_free(pair);
}

static const struct tap_test tests[] = {
	{ "what the peer does not know", features_are_needed },
	{ "what it does", features_are_there },
	{ "children that come later", childless },
	{ "fragments, which both have to want", fragments },
	{ "an identity", no_identity },
	{ "a peer that wants tunnel mode", tunnel_mode },
};

TAP_MAIN(tests)
