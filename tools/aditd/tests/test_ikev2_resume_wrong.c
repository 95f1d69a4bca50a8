// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Session resumption with a peer, or somebody else, that says what is wrong:
 * the ticket may be of no use then, but the connection comes up (RFC 5723, 4.3).
 */
#include "ikev2_resume.h"
#include "ikev2_wrong.h"

struct row {
	const char *name;
	bool response;
	struct change change;
	bool resumed; /* or it is up without the ticket */
	const char *why; /* the last failure of B, "" for none */
};

/* A has lost it, and comes back with its ticket: what @row says is changed. */
static struct pair *changed(uint8_t exchange, const struct row *row)
{
	struct pair *pair = begin();

	lose(pair);
	wrong_begin(pair, exchange, row->response, &row->change);
	wrong.bare = exchange == EXCHANGE_IKE_SESSION_RESUME;
	return pair;
}

static void check(struct pair *pair, const struct row *row)
{
	again(pair);
	CHECK_ROW(!wrong.times, row->name);
	CHECK_ROW(is_up(pair, row->resumed), row->name);
	CHECK_ROW(pair->ends[PAIR_A].done == 1 && !pair->ends[PAIR_A].result,
		  row->name);
	CHECK_ROW(pair_installed(pair, PAIR_A) == 1 &&
			  pair_installed(pair, PAIR_B) == 1,
		  row->name);
	if (!CHECK_ROW(*row->why ? strstr(pair_why(pair, PAIR_B, "net"),
					  row->why) != NULL :
				   !*pair_why(pair, PAIR_B, "net"),
		       row->name))
		printf("# it says: %s\n", pair_why(pair, PAIR_B, "net"));
	pair_free(pair);
}

/* Anybody may have said these; what is right comes behind. */
static void answers(void)
{
	static const struct row rows[] = {
		{ "no SPI", true, OF_HEADER(8, 8, 0), true, "" },
		{ "half a nonce", true, SHORT(NONCE, 8), true, "" },
		{ "no nonce", true, NO(NONCE), true, "" },
		{ "nothing", true, SAY(REDIRECT_SUPPORTED), true, "" },
		{ "what is not known and critical",
		  true,
		  { .act = UNKNOWN },
		  true,
		  "" },
		{ "a payload that ends behind the message", true, BEYOND(NONCE),
		  true, "" },
		{ "a refusal", true, SAY(NO_PROPOSAL_CHOSEN), false, "" },
		{ "a refusal of the ticket", true, SAY(TICKET_NACK), false,
		  "" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct pair *pair =
			changed(EXCHANGE_IKE_SESSION_RESUME, &rows[i]);

		wrong.copied = true;
		check(pair, &rows[i]);
	}
}

static void requests(void)
{
	static const struct row rows[] = {
		{ "half a nonce", false, SHORT(NONCE, 8), false, "" },
		{ "no nonce", false, NO(NONCE), false, "" },
		{ "what is not known and critical",
		  false,
		  { .act = UNKNOWN },
		  false,
		  "" },
		{ "a payload that ends behind the message", false,
		  BEYOND(NONCE), false, "" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		check(changed(EXCHANGE_IKE_SESSION_RESUME, &rows[i]), &rows[i]);
}

/* What is authentic, but not what goes with the ticket. */
static void auth(void)
{
	static const struct row rows[] = {
		{ "no AUTH", false, NO(AUTH), false, "request is not valid" },
		{ "half an AUTH", false, SHORT(AUTH, 2), false, "AUTH" },
		{ "another AUTH", false, BITS(AUTH, 8, 1), false, "AUTH" },
		{ "half an identity", false, SHORT(IDI, 2), false, "ID" },
		{ "another identity", false, TO(IDI, 4, 1, 'x'), false,
		  "the peer is x.example; the ticket is of a.example" },
		{ "another identity of B", false, TO(IDR, 4, 1, 'x'), false,
		  "the peer asks for x.example; the ticket is of b.example" },
		{ "another AUTH of B", true, BITS(AUTH, 8, 1), false,
		  "the peer does not believe our AUTH" },
		{ "another identity of B's", true, TO(IDR, 4, 1, 'x'), false,
		  "the peer does not believe our AUTH" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		check(changed(EXCHANGE_IKE_AUTH, &rows[i]), &rows[i]);
}

static const struct tap_test tests[] = {
	{ "answers that anybody may have sent", answers },
	{ "requests that are malformed", requests },
	{ "an IKE_AUTH that does not go with the ticket", auth },
};

TAP_MAIN(tests)
