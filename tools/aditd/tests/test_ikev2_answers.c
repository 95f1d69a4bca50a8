// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What is wrong in IKE_SA_INIT's answer, which anybody may have sent, and in
 * IKE_AUTH, which is authentic (RFC 7296, 2.21.1, 2.21.2).
 */
#include "ikev2_wrong.h"

struct row {
	const char *name;
	struct change change;
	const char *why;
};

static struct pair *fresh(void)
{
	struct pair *pair = pair_new();

	pair_load_usual(pair);
	return pair;
}

static bool is_up(const struct pair *pair)
{
	return pair_ikes(pair, PAIR_A, IKE_ESTABLISHED) == 1 &&
	       pair_ikes(pair, PAIR_B, IKE_ESTABLISHED) == 1 &&
	       pair_installed(pair, PAIR_A) == 1 &&
	       pair_installed(pair, PAIR_B) == 1 && pair_agrees(pair);
}

/* ------------------------------------------------------------- IKE_SA_INIT */

static const struct row init_answers[] = {
	{ "no SPI", OF_HEADER(8, 8, 0), "no answer to IKE_SA_INIT" },
	{ "what was not offered", TO(SA, SA_SPI + 7, 1, ENCR_AES_CBC),
	  "which we did not offer" },
	{ "another protocol", TO(SA, SA_PROTOCOL, 1, PROTOCOL_ESP),
	  "protocol 3" },
	{ "a proposal that is too long", TO(SA, 3, 1, 255), "proposal" },
	{ "half a nonce", SHORT(NONCE, 8), "nonce of 8 octets" },
	{ "no nonce", NO(NONCE), "no answer to IKE_SA_INIT" },
	{ "half a method", SHORT(KE, 1), "KE payload is too short" },
	{ "another method", TO(KE, 0, 2, 0),
	  "key exchange method 31 chosen, 0 sent, 31 asked for" },
	{ "a share that is no point", TO(KE, KE_SHARE, 32, 0),
	  "share is not valid" },
	{ "what is not known and critical",
	  { .act = UNKNOWN },
	  "no answer to IKE_SA_INIT" },
	{ "a payload that ends behind the message", BEYOND(NONCE),
	  "no answer to IKE_SA_INIT" },
	{ "a group that was not offered", SAY(INVALID_KE_PAYLOAD),
	  "a key exchange method that we don't allow" },
	{ "a refusal", SAY(NO_PROPOSAL_CHOSEN), "NO_PROPOSAL_CHOSEN" },
	{ "nothing at all", SAY(REDIRECT_SUPPORTED),
	  "no answer to IKE_SA_INIT" },
};

/* The right one comes behind it: so somebody else said that. */
static void lies_are_not_believed(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(init_answers); i++) {
		struct pair *pair = fresh();

		wrong_begin(pair, EXCHANGE_IKE_SA_INIT, true,
			    &init_answers[i].change);
		wrong.bare = true;
		wrong.copied = true;
		pair_initiate(pair, PAIR_A, "net", "net");
		pair_settle(pair);
		CHECK_ROW(!wrong.times && is_up(pair), init_answers[i].name);
		CHECK_ROW(!pair->ends[PAIR_A].result, init_answers[i].name);
		pair_free(pair);
	}
}

static void nothing_but_lies(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(init_answers); i++) {
		struct pair *pair = fresh();

		wrong_begin(pair, EXCHANGE_IKE_SA_INIT, true,
			    &init_answers[i].change);
		wrong.bare = true;
		wrong.times = 1000;
		pair_initiate(pair, PAIR_A, "net", "net");
		pair_run(pair, 300 * 1000ULL);
		wrong.times = 0;
		wrong_check(pair, PAIR_A, init_answers[i].why,
			    init_answers[i].name);
		CHECK_ROW(pair->ends[PAIR_A].result == -1,
			  init_answers[i].name);
		for (unsigned int end = 0; end < 2; end++)
			CHECK_ROW(!engine_first(pair->ends[end].engine),
				  init_answers[i].name);
		pair_free(pair);
	}
}

/* ---------------------------------------------------------------- IKE_AUTH */

static const struct auth_row {
	const char *name;
	bool response;
	struct change change;
	const char *why, *peer;
} fatal[] = {
	{ "half an identity", false, SHORT(IDI, 2), "INVALID_SYNTAX",
	  "request is not valid" },
	{ "half of whom it asks for", false, SHORT(IDR, 2), "INVALID_SYNTAX",
	  "request is not valid" },
	{ "half an AUTH", false, SHORT(AUTH, 2), "INVALID_SYNTAX",
	  "request is not valid" },
	{ "another AUTH", false, BITS(AUTH, 8, 1), "AUTHENTICATION_FAILED",
	  "" },
	{ "no AUTH", false, NO(AUTH), "AUTHENTICATION_FAILED",
	  "the peer authenticates with EAP" },
	{ "what is not known and critical",
	  false,
	  { .act = UNKNOWN },
	  "UNSUPPORTED_CRITICAL_PAYLOAD",
	  "did not go on" },
	{ "a payload that ends behind the message", false, BEYOND(TSI),
	  "INVALID_SYNTAX", "request is not valid" },
	{ "half a child", false, NO(TSI), "INVALID_SYNTAX",
	  "request is not valid" },
	{ "half an identity of the peer", true, SHORT(IDR, 2),
	  "answer is not valid", "does not understand our answer" },
	{ "half an AUTH of the peer", true, SHORT(AUTH, 2),
	  "answer is not valid", "does not understand our answer" },
	{ "another AUTH of the peer", true, BITS(AUTH, 8, 1), "another secret",
	  "the peer does not believe our AUTH" },
	{ "no AUTH of the peer", true, NO(AUTH), "answer is not valid",
	  "does not understand our answer" },
	{ "an answer that is not known and critical",
	  true,
	  { .act = UNKNOWN },
	  "answer is not valid",
	  "does not understand our answer" },
	{ "an answer that ends too early", true, BEYOND(TSI),
	  "answer is not valid", "does not understand our answer" },
	{ "an answer with half a child", true, NO(TSI), "answer is not valid",
	  "does not understand our answer" },
	{ "an answer that says nothing", true, SAY(REDIRECT_SUPPORTED),
	  "answer is not valid", "does not understand our answer" },
};

/* Neither end has it, and neither waits for the other to find out. */
static void no_ike_sa(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(fatal); i++) {
		const struct auth_row *row = &fatal[i];
		struct pair *pair = fresh();

		wrong_begin(pair, EXCHANGE_IKE_AUTH, row->response,
			    &row->change);
		pair_initiate(pair, PAIR_A, "net", "net");
		pair_run(pair, 40 * 1000ULL);
		wrong_check(pair, PAIR_A, row->why, row->name);
		CHECK_ROW(pair->ends[PAIR_A].result == -1, row->name);
		for (unsigned int end = 0; end < 2; end++) {
			CHECK_ROW(!engine_first(pair->ends[end].engine),
				  row->name);
			CHECK_ROW(!pair_installed(pair, end), row->name);
		}
		if (*row->peer)
			CHECK_ROW(strstr(pair->ends[PAIR_B].last_error,
					 row->peer) != NULL,
				  row->name);
		pair_free(pair);
	}
}

static const struct auth_row childless[] = {
	{ "another protocol", false, TO(SA, SA_PROTOCOL, 1, PROTOCOL_AH),
	  "NO_PROPOSAL_CHOSEN", "peer offers" },
	{ "no SPI", false, TO(SA, SA_SPI, 4, 0), "INVALID_SYNTAX", "no SPI" },
	{ "more selectors than there are", false, TO(TSI, 0, 1, 9),
	  "INVALID_SYNTAX", "TS payload ends" },
	{ "selectors of others", false, TO(TSR, TS_START, 8, 9),
	  "TS_UNACCEPTABLE", "peer proposes" },
	{ "a child of another protocol", true,
	  TO(SA, SA_PROTOCOL, 1, PROTOCOL_AH), "which we did not offer", "" },
	{ "an SPI of 8 octets", true, TO(SA, SA_SPI_LEN, 1, 8),
	  "SPI of 8 octets", "" },
	{ "half a selector", true, TO(TSI, 0, 1, 9), "TS payload ends", "" },
	{ "more of us than asked for", true, TO(TSI, TS_START, 1, 9),
	  "takes 9.1.0.0-10.1.255.255; we asked for 10.1.0.0/16", "" },
	{ "more of it than asked for", true, TO(TSR, TS_START, 1, 9),
	  "takes 9.2.0.0-10.2.255.255; we asked for 10.2.0.0/16", "" },
};

/* The IKE SA is good, and there is no child, at neither end. */
static void no_child(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(childless); i++) {
		const struct auth_row *row = &childless[i];
		struct pair *pair = fresh();

		wrong_begin(pair, EXCHANGE_IKE_AUTH, row->response,
			    &row->change);
		pair_initiate(pair, PAIR_A, "net", "net");
		pair_settle(pair);
		wrong_check(pair, PAIR_A, row->why, row->name);
		wrong_check(pair, PAIR_B, row->peer, row->name);
		CHECK_ROW(pair->ends[PAIR_A].result == -1, row->name);
		for (unsigned int end = 0; end < 2; end++) {
			struct ike_sa *ike = pair_ike(pair, end);

			CHECK_ROW(ike && !ike->children, row->name);
			CHECK_ROW(!pair_installed(pair, end), row->name);
		}
		/* It works as soon as both are right. */
		pair_initiate(pair, PAIR_A, "net", "net");
		pair_settle(pair);
		CHECK_ROW(is_up(pair), row->name);
		pair_free(pair);
	}
}

static const struct tap_test tests[] = {
	{ "somebody else answers IKE_SA_INIT first", lies_are_not_believed },
	{ "nobody answers IKE_SA_INIT as he should", nothing_but_lies },
	{ "what is wrong in IKE_AUTH: no IKE SA", no_ike_sa },
	{ "what is wrong in IKE_AUTH: no child", no_child },
};

TAP_MAIN(tests)
