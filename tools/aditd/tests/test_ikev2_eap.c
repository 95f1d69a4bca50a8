// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * IKE_AUTH in several exchanges: EAP with a responder that signs, EAP alone
 * (RFC 5998), and rounds (RFC 4739); what is lost, missing, or refused.
 */
#include "../../tests/tap.h"
#include "ikev2_pair.h"

static void set_id(struct ident *id, const char *text)
{
	struct err err;

	ident_free(id);
	CHECK(!ident_parse(id, text, &err));
}

/* "pe" is PSK and then EAP; of the initiator, and of the responder. */
static void set_rounds(struct conf_round *rounds, size_t *n, const char *words,
		       const char *name)
{
	char id[32];

	*n = strlen(words);
	for (size_t i = 0; i < *n; i++) {
		rounds[i].auth = words[i] == 'e' ? AUTH_WITH_EAP :
						   AUTH_WITH_PSK;
		snprintf(id, sizeof(id), "%s%.0zu.example", name, i);
		set_id(&rounds[i].id, i ? id : name);
	}
}

/* Both ends' configurations; the initiator's and the responder's rounds. */
static struct pair *make(const char *a, const char *b)
{
	struct pair *pair = pair_new();

	for (unsigned int end = 0; end < 2; end++) {
		struct conn *conn = pair_usual(pair, end);

		set_rounds(end ? conn->remote : conn->local,
			   end ? &conn->remote_n : &conn->local_n, a,
			   "a.example");
		set_rounds(end ? conn->local : conn->remote,
			   end ? &conn->local_n : &conn->remote_n, b,
			   "b.example");
		pair_load(pair, end, conn);
	}
	return pair;
}

static const struct {
	const char *a, *b;
	size_t messages;
} orders[] = {
	{ "p", "p", 4 }, /* as ever */
	{ "e", "p", 10 }, /* INIT, ID, 2 of EAP, AUTH */
	{ "e", "e", 10 }, /* the same without AUTH in front */
	{ "pp", "p", 6 },    { "p", "pp", 6 }, /* the initiator has nothing to say then */
	{ "pp", "pp", 6 },   { "ppp", "pp", 8 }, { "pe", "p", 12 },
	{ "pe", "pp", 12 },  { "ep", "p", 12 },	 { "ee", "p", 18 },
	{ "ep", "e", 12 },   { "ep", "pp", 12 }, { "pep", "ppp", 14 },
	{ "p", "pppp", 10 }, { "e", "ppp", 14 },
};

static void connects(void)
{
	char text[32];

	for (size_t i = 0; i < ARRAY_SIZE(orders); i++) {
		struct pair *pair = make(orders[i].a, orders[i].b);

		snprintf(text, sizeof(text), "%s and %s", orders[i].a,
			 orders[i].b);
		CHECK_ROW(pair_up(pair), text);
		if (!CHECK_ROW(pair->sent == orders[i].messages, text))
			printf("# %zu messages\n", pair->sent);
		for (unsigned int end = 0; end < 2; end++)
			CHECK_ROW(!pair->ends[end].eap_open, text);
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
	struct pair *pair;

	for (unsigned int i = 0; i < 12; i++) {
		pair = make("pe", "pp");
		pair->hook = drop_nth;
		pair->hook_arg = i;
		pair_initiate(pair, PAIR_A, "net", "net");
		pair_run(pair, 10000);
		CHECK(pair_agrees(pair) && pair_senders(pair, PAIR_A) == 1);
		pair_free(pair);
	}
	pair = make("ep", "pp");
	pair->hook = twice;
	CHECK(pair_up(pair));
	CHECK(pair->ends[PAIR_B].events[EVENT_IKE_UP] == 1);
	pair_free(pair);
}

/* The failure that each end shows, and nothing is left of it. */
static void fails(struct pair *pair, const char *a, const char *b,
		  const char *row)
{
	pair_initiate(pair, PAIR_A, "net", "net");
	pair_run(pair, 200000);
	CHECK_ROW(pair->ends[PAIR_A].done == 1, row);
	CHECK_ROW(pair->ends[PAIR_A].result == -1, row);
	if (!CHECK_ROW(strstr(pair_why(pair, PAIR_A, "net"), a), row))
		printf("# %s\n", pair_why(pair, PAIR_A, "net"));
	if (!CHECK_ROW(strstr(pair_why(pair, PAIR_B, "net"), b), row))
		printf("# %s\n", pair_why(pair, PAIR_B, "net"));
	for (unsigned int end = 0; end < 2; end++) {
		CHECK_ROW(!engine_first(pair->ends[end].engine), row);
		CHECK_ROW(!pair->ends[end].eap_open, row);
	}
	pair_free(pair);
}

static void is_refused(void)
{
	struct pair *pair = make("e", "p");

	pair->ends[PAIR_B].eap_refuses = true;
	fails(pair, "wrong password", "wrong password", "the server refuses");
	pair = make("e", "e");
	pair->ends[PAIR_A].msk = "another key";
	fails(pair, "AUTHENTICATION_FAILED", "another secret",
	      "another MSK, alone");
	pair = make("e", "p");
	pair->ends[PAIR_B].eap_steps = 200;
	fails(pair, "does not come to an end", "AUTHENTICATION_FAILED",
	      "EAP without end");
	pair = make("pp", "p");
	engine_conn(pair->ends[PAIR_B].engine, "net")->remote_n = 1;
	fails(pair, "AUTHENTICATION_FAILED",
	      "the peer authenticates more than 1 times, we want it 1 times",
	      "more rounds than wanted");
	pair = make("pp", "p");
	engine_conn(pair->ends[PAIR_A].engine, "net")->local_n = 1;
	fails(pair, "AUTHENTICATION_FAILED",
	      "the peer authenticates 1 times, we want it 2 times",
	      "too few rounds");
	pair = make("p", "pp");
	engine_conn(pair->ends[PAIR_B].engine, "net")->local_n = 1;
	fails(pair, "the peer authenticates 1 times, we want it 2 times",
	      "does not believe our AUTH", "too few rounds of the responder");
	pair = make("pp", "p");
	set_id(&engine_conn(pair->ends[PAIR_B].engine, "net")->remote[1].id,
	       "c.example");
	fails(pair, "AUTHENTICATION_FAILED",
	      "the peer is a.example1.example in round 2; we expect c.example",
	      "another identity in round 2");
}

/* The client does not wait for EAP-Failure. */
static bool gives_up_early(struct pair *pair, struct pair_packet *packet)
{
	struct ikev2_sa *sa = v2_sa(engine_first(pair->ends[PAIR_A].engine));
	struct build out;

	if (packet->to != PAIR_A || packet->header.id != 2 || !sa)
		return true;
	/* As if it had read that request, and then said no. */
	sa->next_out++;
	retx_stop(&sa->ike);
	build_start_inner(&out);
	build_notify(&out, PROTOCOL_NONE, span_of(NULL, 0),
		     NOTIFY_AUTHENTICATION_FAILED, span_of(NULL, 0));
	v2_request(sa, EXCHANGE_INFORMATIONAL, &out);
	return false;
}

static void knows_why_before(void)
{
	struct pair *pair = make("e", "p");

	pair->ends[PAIR_B].eap_refuses = true;
	pair->hook = gives_up_early;
	pair_initiate(pair, PAIR_A, "net", "net");
	pair_run(pair, 20000);
	CHECK_TEXT(pair_why(pair, PAIR_B, "net"), "wrong password");
	pair_free(pair);
}

static void what_is_configured_is_kept(void)
{
	struct pair *pair = make("e", "p");

	/* The responder sends no AUTH, and the initiator has not said that. */
	engine_conn(pair->ends[PAIR_B].engine, "net")->local[0].auth =
		AUTH_WITH_EAP;
	fails(pair, "AUTHENTICATION_FAILED", "authenticate before EAP",
	      "alone, unasked");
	pair = make("e", "p");
	engine_conn(pair->ends[PAIR_B].engine, "net")->remote[0].auth =
		AUTH_WITH_PSK;
	pair_initiate(pair, PAIR_A, "net", "net");
	pair_settle(pair);
	CHECK(strstr(
		pair->ends[PAIR_B].last_error,
		"the peer authenticates with EAP, connection net wants a shared key"));
	pair_free(pair);
	pair = make("p", "p");
	engine_conn(pair->ends[PAIR_B].engine, "net")->remote[0].auth =
		AUTH_WITH_EAP;
	pair_initiate(pair, PAIR_A, "net", "net");
	pair_settle(pair);
	CHECK(strstr(pair->ends[PAIR_B].last_error, "wants EAP"));
	pair_free(pair);
}

/* Who is it: also after a rekeying, and for the policy of who is there twice. */
static void knows_the_name(void)
{
	struct pair *pair = make("e", "p");
	struct engine_pick ike = { .ike = "net" };
	char name[IDENT_TEXT_SIZE];

	/* What the client has for the certificate of its server. */
	engine_conn(pair->ends[PAIR_A].engine, "net")->remote[0].revocation =
		REVOCATION_STRICT;
	CHECK(pair_up(pair));
	CHECK(pair->ends[PAIR_A].eap_revocation == REVOCATION_STRICT);
	CHECK_TEXT(ident_show(&pair_ike(pair, PAIR_B)->eap_id, name), "carol");
	engine_rekey(pair->ends[PAIR_A].engine, &ike, false);
	pair_settle(pair);
	CHECK_TEXT(ident_show(&pair_ike(pair, PAIR_B)->eap_id, name), "carol");
	pair_free(pair);
}

/* One payload of one message is another one. */
static bool as_auth(struct pair *pair, struct pair_packet *packet)
{
	struct ikev2_sa *sa;

	(void)packet;
	sa = v2_sa(engine_first(pair->ends[PAIR_B].engine));
	if (sa && sa->rounds.eap == V2_EAP_RUNS)
		sa->rounds.eap = V2_EAP_AUTH;
	return true;
}

static void out_of_order(void)
{
	struct pair *pair = make("e", "p");

	/* EAP comes when it is over: a message that is not valid. */
	pair->hook = as_auth;
	pair_initiate(pair, PAIR_A, "net", "net");
	pair_settle(pair);
	CHECK(strstr(pair_why(pair, PAIR_B, "net"), "not valid"));
	CHECK(strstr(pair_why(pair, PAIR_A, "net"), "INVALID_SYNTAX"));
	pair_free(pair);
}

static void gives_up_waiting(void)
{
	struct pair *pair = make("e", "p");

	pair->hook = drop_nth;
	pair->hook_arg = 4;
	pair_initiate(pair, PAIR_A, "net", "net");
	pair_run(pair, 100);
	pair->mute = true;
	pair_run(pair, 40000);
	CHECK_TEXT(pair_why(pair, PAIR_B, "net"),
		   "the peer began to connect and did not go on");
	CHECK(!pair->ends[PAIR_B].eap_open);
	pair_free(pair);
}

static const struct tap_test tests[] = {
	{ "rounds and EAP, in each order", connects },
	{ "survive loss and copies", survives_loss_and_copies },
	{ "are refused, and both know why", is_refused },
	{ "a client that does not wait to hear why", knows_why_before },
	{ "and nothing else than is configured", what_is_configured_is_kept },
	{ "EAP says who it is", knows_the_name },
	{ "EAP that comes too late", out_of_order },
	{ "a peer that does not go on", gives_up_waiting },
};

TAP_MAIN(tests)
