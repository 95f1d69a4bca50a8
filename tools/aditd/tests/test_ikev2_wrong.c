// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Messages that are authentic, and wrong: what a peer says that has other ideas,
 * or means ill. No more ends than what it was about, and both know why.
 */
#include "ikev2_rekey.h"
#include "ikev2_wrong.h"

struct row {
	const char *name;
	struct change change;
	const char *why; /* what who asked knows */
	const char *peer; /* and who answered */
};

#define SYNTAX "the peer answered INVALID_SYNTAX"

/* -------------------------------------------------------- CREATE_CHILD_SA */

/* Requests that rekey a child, and the next one is as it should be. */
static const struct row child_requests[] = {
	{ "another protocol", TO(SA, SA_PROTOCOL, 1, PROTOCOL_AH),
	  "NO_PROPOSAL_CHOSEN", "peer offers" },
	{ "no SPI", TO(SA, SA_SPI, 4, 0), SYNTAX, "no SPI" },
	{ "an SPI of 8 octets", TO(SA, SA_SPI_LEN, 1, 8), SYNTAX,
	  "SPI of 8 octets" },
	{ "half a nonce", SHORT(NONCE, 8), SYNTAX, "nonce of 8 octets" },
	{ "half a method", SHORT(KE, 1), SYNTAX, "KE payload is too short" },
	{ "another method", TO(KE, 0, 2, 0), "INVALID_KE_PAYLOAD",
	  "of another method" },
	{ "no share", NO(KE), "INVALID_KE_PAYLOAD", "of another method" },
	{ "a share that is no point", TO(KE, KE_SHARE, 32, 0), SYNTAX,
	  "share is not valid" },
	{ "more selectors than there are", TO(TSI, 0, 1, 9), SYNTAX,
	  "TS payload ends" },
	{ "selectors of others here", TO(TSI, TS_START, 8, 9),
	  "TS_UNACCEPTABLE", "peer proposes 9.9.9.9/32 === 10.2.0.0/16" },
	{ "selectors of others there", TO(TSR, TS_START, 8, 9),
	  "TS_UNACCEPTABLE", "peer proposes 10.1.0.0/16 === 9.9.9.9/32" },
	{ "no selectors", NO(TSI), SYNTAX, "" },
	{ "what is not known and critical",
	  { .act = UNKNOWN },
	  "UNSUPPORTED_CRITICAL_PAYLOAD",
	  "" },
	{ "a payload that ends behind the message", BEYOND(NONCE), SYNTAX, "" },
};

/* In 30 seconds it is tried again, in 60 for an IKE SA. */
static void requests(const struct row *rows, size_t n,
		     void (*rekey)(struct pair *pair, unsigned int end))
{
	for (size_t i = 0; i < n; i++) {
		struct pair *pair = wrong_connected();

		pair->lossless = true;
		wrong_begin(pair, EXCHANGE_CREATE_CHILD_SA, false,
			    &rows[i].change);
		rekey(pair, PAIR_A);
		pair_run(pair, 10 * 1000ULL);
		wrong_check(pair, PAIR_A, rows[i].why, rows[i].name);
		wrong_check(pair, PAIR_B, rows[i].peer, rows[i].name);
		pair_run(pair, 100 * 1000ULL);
		for (unsigned int end = 0; end < 2; end++)
			CHECK_ROW(pair->ends[end].events[EVENT_CHILD_REKEY] +
						  pair->ends[end].events
							  [EVENT_IKE_REKEY] ==
					  1,
				  rows[i].name);
		nothing_ended(pair, rows[i].name);
		pair_free(pair);
	}
}

static void requests_for_a_child(void)
{
	requests(child_requests, ARRAY_SIZE(child_requests), rekey_child);
}

static const struct row ike_requests[] = {
	{ "another protocol", TO(SA, SA_PROTOCOL, 1, PROTOCOL_AH), SYNTAX, "" },
	{ "another proposal", TO(SA, SA_SPI + 8 + 4, 1, TRANSFORM_PRF),
	  "NO_PROPOSAL_CHOSEN", "peer offers" },
	{ "no SPI", TO(SA, SA_SPI, 8, 0), "NO_PROPOSAL_CHOSEN", "" },
	{ "half a nonce", SHORT(NONCE, 8), SYNTAX, "" },
	{ "half a method", SHORT(KE, 1), SYNTAX, "" },
	{ "another method", TO(KE, 0, 2, 0), "INVALID_KE_PAYLOAD", "" },
	{ "no share", NO(KE), SYNTAX, "" },
	{ "a share that is no point", TO(KE, KE_SHARE, 32, 0), SYNTAX, "" },
	{ "what is not known and critical",
	  { .act = UNKNOWN },
	  "UNSUPPORTED_CRITICAL_PAYLOAD",
	  "" },
	{ "a payload that ends behind the message", BEYOND(NONCE), SYNTAX, "" },
};

static void requests_for_an_ike_sa(void)
{
	requests(ike_requests, ARRAY_SIZE(ike_requests), rekey_ike);
}

/*
 * Answers: the peer has the new one, which is deleted. The old one goes on at
 * both ends, and is rekeyed later.
 */
static const struct row child_answers[] = {
	{ "another protocol", TO(SA, SA_PROTOCOL, 1, PROTOCOL_AH),
	  "which we did not offer", "" },
	{ "an SPI of 8 octets", TO(SA, SA_SPI_LEN, 1, 8), "SPI of 8 octets",
	  "" },
	{ "half a method", SHORT(KE, 1), "share is not valid", "" },
	{ "another method", TO(KE, 0, 2, 0), "share is not valid", "" },
	{ "no share", NO(KE), "share is not valid", "" },
	{ "a share that is no point", TO(KE, KE_SHARE, 32, 0),
	  "share is not valid", "" },
	{ "more selectors than there are", TO(TSR, 0, 1, 9),
	  "traffic selectors: TS payload ends", "" },
	{ "more of us than asked for", TO(TSI, TS_START, 1, 9),
	  "takes 9.1.0.0-10.1.255.255; we asked for 10.1.0.0/16", "" },
	{ "more of it than asked for", TO(TSR, TS_START, 1, 9),
	  "takes 9.2.0.0-10.2.255.255; we asked for 10.2.0.0/16", "" },
};

static void answers_with_a_child(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(child_answers); i++) {
		const struct row *row = &child_answers[i];
		struct pair *pair = wrong_connected();

		wrong_begin(pair, EXCHANGE_CREATE_CHILD_SA, true, &row->change);
		rekey_child(pair, PAIR_A);
		pair_run(pair, 10 * 1000ULL);
		wrong_check(pair, PAIR_A, row->why, row->name);
		CHECK_ROW(is_clean(pair), row->name);
		pair_run(pair, 300 * 1000ULL);
		nothing_ended(pair, row->name);
		pair_free(pair);
	}
}

/* ----------------------------------------------------------- INFORMATIONAL */

/* A delete of a child; B has the child as before, and nothing else ends. */
static void deletes(void)
{
	static const struct row rows[] = {
		{ "SPIs of 8 octets", TO(DELETE, 1, 1, 8), "", "" },
		{ "more SPIs than there are", TO(DELETE, 2, 2, 1), "", "" },
		{ "fewer SPIs than there are", TO(DELETE, 2, 2, 0), "", "" },
		{ "another SPI", TO(DELETE, 4, 4, 9), "", "" },
		{ "of AH", TO(DELETE, 0, 1, PROTOCOL_AH), "", "" },
		{ "of a protocol that there is not", TO(DELETE, 0, 1, 77), "",
		  "" },
		{ "half a delete", SHORT(DELETE, 3), "", "" },
		{ "no delete", NO(DELETE), "", "" },
	};
	const struct engine_pick pick = { .child = "net" };

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct pair *pair = wrong_connected();
		struct pair_end *a = &pair->ends[PAIR_A];

		wrong_begin(pair, EXCHANGE_INFORMATIONAL, false,
			    &rows[i].change);
		a->done = 0;
		engine_terminate(a->engine, &pick, false, pair_done, a);
		pair_settle(pair);
		CHECK_ROW(!wrong.times && a->done == 1, rows[i].name);
		CHECK_ROW(!pair_installed(pair, PAIR_A), rows[i].name);
		CHECK_ROW(pair_installed(pair, PAIR_B) == 1, rows[i].name);
		for (unsigned int end = 0; end < 2; end++)
			CHECK_ROW(pair_ikes(pair, end, IKE_ESTABLISHED) == 1,
				  rows[i].name);
		/* The IKE SA goes on. */
		pair_initiate(pair, PAIR_A, "net", "net");
		pair_settle(pair);
		CHECK_ROW(!a->result && pair_installed(pair, PAIR_A) == 1,
			  rows[i].name);
		pair_free(pair);
	}
}

static void delete_everything(struct buf *plain, uint8_t *first)
{
	uint32_t spi = 0;
	uint8_t *says;
	size_t at;

	CHECK(find(plain, first, PAYLOAD_DELETE, 0, &at, &says));
	for (unsigned int i = 0; i < 4; i++)
		spi = spi << 8 | plain->data[at + 8 + i];
	/* The child's SPI among many that are nobody's, and many times. */
	buf_cut(plain, at + 8);
	buf_put_u16(plain, at + 2, 8 + 4 * 4000);
	buf_put_u16(plain, at + 6, 4000);
	for (uint32_t i = 0; i < 4000; i++)
		buf_add_u32(plain, i % 3 ? i : spi);
}

static bool many(struct pair *pair, struct pair_packet *packet)
{
	bool response = packet->header.flags & IKE_FLAG_RESPONSE;

	if (response)
		pair->hook_arg = (unsigned int)packet->octets.len;
	else if (!pair->hook_count++)
		pair_edit(pair, packet, delete_everything);
	return true;
}

/* It is deleted once, and named once in the answer. */
static void many_deletes(void)
{
	const struct engine_pick pick = { .child = "net" };
	struct pair *pair = wrong_connected();

	pair->hook = many;
	engine_terminate(pair->ends[PAIR_A].engine, &pick, false, NULL, NULL);
	pair_settle(pair);
	CHECK(pair->hook_count == 1);
	CHECK(pair->hook_arg && pair->hook_arg < 100);
	for (unsigned int end = 0; end < 2; end++) {
		CHECK(!pair_installed(pair, end));
		CHECK(pair->ends[end].events[EVENT_CHILD_DOWN] == 1);
		CHECK(pair_ikes(pair, end, IKE_ESTABLISHED) == 1);
	}
	pair_free(pair);
}

static const struct tap_test tests[] = {
	{ "requests that rekey a child", requests_for_a_child },
	{ "requests that rekey an IKE SA", requests_for_an_ike_sa },
	{ "answers with a child", answers_with_a_child },
	{ "deletes of what is not there", deletes },
	{ "deletes of the same, many times", many_deletes },
};

TAP_MAIN(tests)
