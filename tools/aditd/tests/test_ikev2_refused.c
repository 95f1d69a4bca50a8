// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a peer refuses, for a while or for ever, and what becomes of what is not
 * rekeyed (RFC 7296, 1.3, 2.8, 2.25, 4).
 */
#include "ikev2_rekey.h"
#include "ikev2_wrong.h"

static const struct change not_now = SAY(TEMPORARY_FAILURE);
static const struct change no_more = SAY(NO_ADDITIONAL_SAS);
static const struct change no_proposal = SAY(NO_PROPOSAL_CHOSEN);
static const struct change another_group = SAY(INVALID_KE_PAYLOAD);

static void refuse(struct pair *pair, const struct change *change,
		   unsigned int times)
{
	wrong_begin(pair, EXCHANGE_CREATE_CHILD_SA, true, change);
	wrong.refused = true;
	wrong.times = times;
}

static unsigned int rekeyed(const struct pair *pair, unsigned int end)
{
	return pair->ends[end].events[EVENT_CHILD_REKEY] +
	       pair->ends[end].events[EVENT_IKE_REKEY];
}

/* For a minute and a half; then it would do it. */
static void put_off(void (*rekey)(struct pair *pair, unsigned int end))
{
	struct pair *pair = wrong_connected();

	refuse(pair, &not_now, V2_TASK_TRIES + 1);
	rekey(pair, PAIR_A);
	pair_run(pair, 110 * 1000ULL);
	wrong_check(pair, PAIR_A, "puts it off again and again", "");
	pair_run(pair, 90 * 1000ULL);
	nothing_ended(pair, "put off");
	for (unsigned int end = 0; end < 2; end++)
		CHECK(rekeyed(pair, end) == 1);
	pair_free(pair);
}

static void child_is_put_off(void)
{
	put_off(rekey_child);
}

static void ike_is_put_off(void)
{
	put_off(rekey_ike);
}

/* One of those that were not offered is none to try. */
static void of_another_group(void)
{
	static void (*const rekey[])(struct pair * pair, unsigned int end) = {
		rekey_child,
		rekey_ike,
	};

	for (size_t i = 0; i < ARRAY_SIZE(rekey); i++) {
		struct pair *pair = wrong_connected();

		refuse(pair, &another_group, 1);
		rekey[i](pair, PAIR_A);
		pair_run(pair, 10 * 1000ULL);
		wrong_check(pair, PAIR_A, "INVALID_KE_PAYLOAD", "");
		CHECK(!rekeyed(pair, PAIR_A));
		pair_run(pair, 100 * 1000ULL);
		nothing_ended(pair, "another group");
		CHECK(rekeyed(pair, PAIR_A) == 1);
		pair_free(pair);
	}
}

/* A small peer: another IKE SA is there before the old one goes. */
static void no_additional_sas(void)
{
	static void (*const rekey[])(struct pair * pair, unsigned int end) = {
		rekey_child,
		rekey_ike,
	};

	for (size_t i = 0; i < ARRAY_SIZE(rekey); i++) {
		struct pair *pair = wrong_connected();
		uint32_t old = pair_ike(pair, PAIR_A)->unique;

		pair->lossless = true;
		refuse(pair, &no_more, 1);
		rekey[i](pair, PAIR_A);
		pair_run(pair, 60 * 1000ULL);
		CHECK(is_clean(pair));
		CHECK(!pair->lost);
		CHECK(pair_ike(pair, PAIR_A)->unique != old);
		for (unsigned int end = 0; end < 2; end++) {
			CHECK(!rekeyed(pair, end));
			CHECK(!pair->ends[end].events[EVENT_CHILD_DOWN]);
		}
		pair_free(pair);
	}
}

static void no_second_child(void)
{
	struct pair *pair = pair_new();
	struct conn *conn = pair_usual(pair, PAIR_A);

	pair_child(conn, "two", "aes128gcm16", "10.3.0.0/16", "10.2.0.0/16");
	pair_load(pair, PAIR_A, conn);
	pair_load(pair, PAIR_B, pair_usual(pair, PAIR_B));
	CHECK(pair_up(pair));
	refuse(pair, &no_more, 1);
	pair_initiate(pair, PAIR_A, "net", "two");
	pair_run(pair, 60 * 1000ULL);
	wrong_check(pair, PAIR_A, "takes no more Child SAs", "");
	CHECK(pair->ends[PAIR_A].done == 2 && pair->ends[PAIR_A].result);
	CHECK(strstr(pair->ends[PAIR_A].text, "NO_ADDITIONAL_SAS"));
	CHECK(is_clean(pair));
	pair_free(pair);
}

/* The peer has lost it, and nobody knows how (2.25). */
static void child_is_not_found(void)
{
	struct pair *pair = wrong_connected();
	struct engine *engine = pair->ends[PAIR_B].engine;
	uint32_t old = pair_child_sa(pair, PAIR_A)->unique;

	engine_enter(engine);
	child_remove(pair_child_sa(pair, PAIR_B));
	engine_leave(engine);
	rekey_child(pair, PAIR_A);
	pair_settle(pair);
	CHECK(is_clean(pair));
	CHECK(pair_child_sa(pair, PAIR_A)->unique != old);
	CHECK(pair->ends[PAIR_A].events[EVENT_CHILD_UP] == 2);
	CHECK(!pair->ends[PAIR_A].events[EVENT_CHILD_REKEY]);
	pair_free(pair);
}

/* Keys are not used for longer than they may, whatever the peer wants. */
static void child_gets_too_old(void)
{
	struct pair *pair = pair_new();
	struct conn *conn = pair_usual(pair, PAIR_A);

	conn->children->rekey_time = 100;
	conn->children->life_time = 200;
	pair_load(pair, PAIR_A, conn);
	pair_load(pair, PAIR_B, pair_usual(pair, PAIR_B));
	CHECK(pair_up(pair));
	refuse(pair, &no_proposal, 1000);
	pair_run(pair, 199 * 1000ULL);
	CHECK(strstr(pair_why(pair, PAIR_A, "net"), "NO_PROPOSAL_CHOSEN"));
	CHECK(is_clean(pair));
	pair_run(pair, 10 * 1000ULL);
	for (unsigned int end = 0; end < 2; end++) {
		CHECK(!pair_installed(pair, end));
		CHECK(pair->ends[end].events[EVENT_CHILD_DOWN] == 1);
		CHECK(pair_ikes(pair, end, IKE_ESTABLISHED) == 1);
	}
	pair_free(pair);
}

static void ike_gets_too_old(void)
{
	struct pair *pair = pair_new();
	struct conn *conn = pair_usual(pair, PAIR_A);

	conn->rekey_time = 100;
	conn->over_time = 100;
	pair_load(pair, PAIR_A, conn);
	pair_load(pair, PAIR_B, pair_usual(pair, PAIR_B));
	CHECK(pair_up(pair));
	refuse(pair, &no_proposal, 1000);
	pair_run(pair, 199 * 1000ULL);
	CHECK(strstr(pair_why(pair, PAIR_A, "net"), "NO_PROPOSAL_CHOSEN"));
	CHECK(is_clean(pair));
	pair_run(pair, 10 * 1000ULL);
	for (unsigned int end = 0; end < 2; end++) {
		CHECK(!engine_first(pair->ends[end].engine));
		CHECK(!pair_installed(pair, end));
		CHECK(pair->ends[end].events[EVENT_IKE_DOWN] == 1);
	}
	pair_free(pair);
}

/* Between two key exchanges what is rekeyed is deleted: there is nothing to do. */
static void deleted_between(void)
{
	for (unsigned int late = 0; late < 70; late += 5) {
		struct engine_pick pick = { .child = "net" };
		struct pair *pair = pair_new();
		char row[32];

		for (unsigned int end = 0; end < 2; end++)
			pair_load(pair, end,
				  pair_more(pair, end, "x25519",
					    "x25519-ke1_ecp256-ke2_ecp384"));
		CHECK(pair_up(pair));
		snprintf(row, sizeof(row), "%u ms", late);
		rekey_child(pair, PAIR_A);
		pair_run(pair, late);
		engine_terminate(pair->ends[PAIR_B].engine, &pick, false, NULL,
				 NULL);
		pair_run(pair, 200 * 1000ULL);
		CHECK_ROW(pair_agrees(pair), row);
		for (unsigned int end = 0; end < 2; end++) {
			CHECK_ROW(pair_ikes(pair, end, IKE_ESTABLISHED) == 1,
				  row);
			CHECK_ROW(pair_installed(pair, end) ==
					  pair_installed(pair, !end),
				  row);
			CHECK_ROW(!pair_children(pair, end, CHILD_INSTALLING),
				  row);
			CHECK_ROW(!v2_sa(pair_ike(pair, end))->following, row);
		}
		pair_free(pair);
	}
}

static const struct tap_test tests[] = {
	{ "a child is rekeyed when the peer is ready", child_is_put_off },
	{ "an IKE SA is rekeyed when the peer is ready", ike_is_put_off },
	{ "a key exchange that was not offered", of_another_group },
	{ "rekeying is refused: a new IKE SA instead", no_additional_sas },
	{ "a second child is refused", no_second_child },
	{ "a child that the peer has lost", child_is_not_found },
	{ "a child that is never rekeyed", child_gets_too_old },
	{ "an IKE SA that is never rekeyed", ike_gets_too_old },
	{ "a child is deleted while keys are exchanged", deleted_between },
};

TAP_MAIN(tests)
