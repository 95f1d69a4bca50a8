// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A peer that is who it says, and does not keep to the rules: it gets no more
 * of us than it could have by them.
 */
#include "../../tests/tap.h"
#include "ikev2_forge.h"

/* Connected, and from now on A is what the test says. */
static struct pair *alone(void)
{
	struct pair *pair = pair_new();

	pair_load_usual(pair);
	CHECK(pair_up(pair));
	pair->mute = true;
	return pair;
}

static size_t n_sas(const struct pair *pair)
{
	return pair->ends[PAIR_B].engine->n_sas;
}

static void ask_rekey(struct ikev2_sa *sa, uint8_t n)
{
	const uint8_t spi[8] = { 1, n };
	struct build inner;

	build_start_inner(&inner);
	forge_offer(&sa->ike.conn->proposals, SPAN(spi), &inner);
	forge(sa, EXCHANGE_CREATE_CHILD_SA, false, &inner);
}

/* While ours is under way, one of the peer's may come, but not many. */
static void rekeys_again_and_again(void)
{
	struct engine_pick pick = { .ike = "net" };
	struct pair *pair = alone();
	struct engine *b = pair->ends[PAIR_B].engine;
	struct ikev2_sa *sa = v2_sa(pair_ike(pair, PAIR_B));

	engine_rekey(b, &pick, false);
	CHECK(n_sas(pair) == 2);
	for (uint8_t i = 0; i < 50; i++)
		ask_rekey(sa, i);
	CHECK(n_sas(pair) == 3);
	/* Nobody answers: with the old one goes what was to follow it. */
	pair_run(pair, 600 * 1000ULL);
	CHECK(!n_sas(pair));
	pair_free(pair);
}

/* Nor does it delete what it has rekeyed. */
static void rekeys_one_after_the_other(void)
{
	struct pair *pair = alone();

	for (uint8_t i = 0; i < 50; i++)
		ask_rekey(v2_sa(pair_ike(pair, PAIR_B)), i);
	CHECK(pair->ends[PAIR_B].events[EVENT_IKE_REKEY] == 50);
	CHECK(n_sas(pair) <= 3);
	CHECK(pair_ikes(pair, PAIR_B, IKE_ESTABLISHED) == 1);
	CHECK(pair_ike(pair, PAIR_B)->n_children == 1);
	pair_free(pair);
}

static const struct tap_test tests[] = {
	{ "one that rekeys the IKE SA again and again",
	  rekeys_again_and_again },
	{ "one that rekeys each IKE SA at once, and deletes none",
	  rekeys_one_after_the_other },
};

TAP_MAIN(tests)
