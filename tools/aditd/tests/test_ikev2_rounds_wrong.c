// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * IKE_AUTH in several exchanges, with EAP or several rounds, when one of its
 * messages is not what is due: nobody is let in, and both ends know why.
 */
#include "ikev2_wrong.h"

/* "pe" is PSK and then EAP; of the initiator, and of the responder. */
static const struct row {
	const char *name;
	const char *a, *b;
	unsigned int nth; /* request, or answer, of IKE_AUTH */
	bool response;
	struct change change;
	const char *why, *peer; /* what A and B say */
} rows[] = {
	{ "EAP is not gone on with", "e", "p", 2, false, NO(EAP),
	  "INVALID_SYNTAX", "request is not valid" },
	{ "no AUTH behind EAP", "e", "p", 4, false, NO(AUTH), "INVALID_SYNTAX",
	  "request is not valid" },
	{ "half an AUTH behind EAP", "e", "p", 4, false, SHORT(AUTH, 2),
	  "INVALID_SYNTAX", "request is not valid" },
	{ "another AUTH behind EAP", "e", "p", 4, false, BITS(AUTH, 8, 1),
	  "AUTHENTICATION_FAILED", "secret" },
	{ "no EAP in the answer", "e", "p", 1, true, NO(EAP),
	  "answer is not valid", "INVALID_SYNTAX" },
	{ "nothing in the answer", "e", "p", 2, true, NO(EAP),
	  "answer is not valid", "INVALID_SYNTAX" },
	{ "the responder does not prove itself", "e", "p", 1, true, NO(AUTH),
	  "does not authenticate itself but in EAP", "AUTHENTICATION_FAILED" },
	{ "no AUTH of the responder behind EAP", "e", "p", 4, true, NO(AUTH),
	  "answer is not valid", "does not understand our answer" },
	{ "another AUTH of the responder behind EAP", "e", "p", 4, true,
	  BITS(AUTH, 8, 1), "secret", "does not believe our AUTH" },
	{ "the same, and nothing else proves it", "e", "e", 4, true,
	  BITS(AUTH, 8, 1), "secret", "does not believe our AUTH" },
	{ "somebody else in the second round", "pp", "p", 2, false,
	  TO(IDI, 4, 1, 'x'), "AUTHENTICATION_FAILED",
	  "in round 2; we expect a.example1.example" },
	{ "half an identity in the second round", "pp", "p", 2, false,
	  SHORT(IDI, 2), "INVALID_SYNTAX", "request is not valid" },
	{ "no identity in the second round", "pp", "p", 2, false, NO(IDI),
	  "INVALID_SYNTAX", "request is not valid" },
	{ "no AUTH in the second round", "pp", "p", 2, false, NO(AUTH),
	  "AUTHENTICATION_FAILED", "as if it wanted EAP" },
	{ "another AUTH in the second round", "pp", "p", 2, false,
	  BITS(AUTH, 8, 1), "AUTHENTICATION_FAILED", "secret" },
	{ "what is not known and critical in the second round",
	  "pp",
	  "p",
	  2,
	  false,
	  { .act = UNKNOWN },
	  "UNSUPPORTED_CRITICAL_PAYLOAD",
	  "did not go on" },
	{ "a round less", "pp", "p", 1, false, WITHOUT(ANOTHER_AUTH_FOLLOWS),
	  "AUTHENTICATION_FAILED", "1 times, we want it 2 times" },
	{ "a round less of the responder", "p", "pp", 1, true,
	  WITHOUT(ANOTHER_AUTH_FOLLOWS), "1 times, we want it 2 times",
	  "AUTHENTICATION_FAILED" },
	{ "somebody else in the responder's second round", "p", "pp", 2, true,
	  TO(IDR, 4, 1, 'x'), "we expect b.example1.example",
	  "does not believe our AUTH" },
	{ "another AUTH in the responder's second round", "p", "pp", 2, true,
	  BITS(AUTH, 8, 1), "secret", "does not believe our AUTH" },
};

static void set_rounds(struct conf_round *rounds, size_t *n, const char *words,
		       const char *name)
{
	char id[32];
	struct err err;

	*n = strlen(words);
	for (size_t i = 0; i < *n; i++) {
		rounds[i].auth = words[i] == 'e' ? AUTH_WITH_EAP :
						   AUTH_WITH_PSK;
		snprintf(id, sizeof(id), "%s%.0zu.example", name, i);
		ident_free(&rounds[i].id);
		CHECK(!ident_parse(&rounds[i].id, i ? id : name, &err));
	}
}

static struct pair *make(const struct row *row)
{
	struct pair *pair = pair_new();

	for (unsigned int end = 0; end < 2; end++) {
		struct conn *conn = pair_usual(pair, end);

		set_rounds(end ? conn->remote : conn->local,
			   end ? &conn->remote_n : &conn->local_n, row->a,
			   "a.example");
		set_rounds(end ? conn->local : conn->remote,
			   end ? &conn->local_n : &conn->remote_n, row->b,
			   "b.example");
		pair_load(pair, end, conn);
	}
	return pair;
}

static void wrong_messages(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct row *row = &rows[i];
		struct pair *pair = make(row);

		wrong_begin(pair, EXCHANGE_IKE_AUTH, row->response,
			    &row->change);
		wrong.skip = row->nth - 1;
		pair_initiate(pair, PAIR_A, "net", "net");
		pair_run(pair, 130 * 1000ULL);
		wrong_check(pair, PAIR_A, row->why, row->name);
		if (!CHECK_ROW(strstr(pair->ends[PAIR_B].last_error,
				      row->peer) != NULL,
			       row->name))
			printf("# B says: %s\n", pair->ends[PAIR_B].last_error);
		CHECK_ROW(pair->ends[PAIR_A].result == -1, row->name);
		for (unsigned int end = 0; end < 2; end++) {
			CHECK_ROW(!engine_first(pair->ends[end].engine),
				  row->name);
			CHECK_ROW(!pair_installed(pair, end), row->name);
			CHECK_ROW(!pair->ends[end].eap_open, row->name);
		}
		pair_free(pair);
	}
}

static const struct tap_test tests[] = {
	{ "a message of IKE_AUTH that is not what is due", wrong_messages },
};

TAP_MAIN(tests)
