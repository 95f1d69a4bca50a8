// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Many connections that start at once: not all first messages at once, nobody
 * waits long for a peer that is away, and who is asked for by hand begins now.
 */
#include <stdio.h>

#include "../../tests/tap.h"
#include "ikev2_pair.h"

enum { MANY = 60, AT_ONCE = 32 };

static struct conn *one(struct pair *pair, unsigned int end, unsigned int i)
{
	char name[16], local[32], remote[32];
	struct conn *conn;

	snprintf(name, sizeof(name), "c%u", i);
	snprintf(local, sizeof(local), "10.%u.0.%u/32", end ? 2U : 1U, i);
	snprintf(remote, sizeof(remote), "10.%u.0.%u/32", end ? 1U : 2U, i);
	conn = pair_conn(pair, end, name, "aes128gcm16-prfsha256-x25519");
	pair_child(conn, "net", "aes128gcm16", local, remote)->start =
		end == PAIR_A ? START_START : START_NONE;
	return conn;
}

/* b has one for all of them. */
static struct pair *pair_with_many(void)
{
	struct pair *pair = pair_new();

	pair_load(pair, PAIR_B, pair_usual(pair, PAIR_B));
	return pair;
}

static void load_many(struct pair *pair)
{
	for (unsigned int i = 0; i < MANY; i++)
		pair_load(pair, PAIR_A, one(pair, PAIR_A, i));
}

/* First messages of a that were not on their way before. */
static size_t begun(const struct pair *pair)
{
	size_t n = 0;

	for (const struct ike_sa *sa = engine_first(pair->ends[PAIR_A].engine);
	     sa; sa = sa->next)
		n += sa->state == IKE_CONNECTING;
	return n;
}

static void not_all_at_once(void)
{
	struct pair *pair = pair_with_many();

	load_many(pair);
	for (unsigned int ms = 0; ms < 2000; ms++) {
		pair_run(pair, 1);
		CHECK(begun(pair) <= AT_ONCE);
	}
	/* Without a pause: the next one begins when one is up. */
	CHECK(pair_ikes(pair, PAIR_A, IKE_ESTABLISHED) == MANY);
	CHECK(!pair_count(pair, PAIR_B, "half-open-refused"));
	pair_free(pair);
}

static void a_silent_peer_holds_up_nobody(void)
{
	struct pair *pair = pair_with_many();

	pair->mute = true;
	load_many(pair);
	pair_run(pair, 500);
	CHECK(begun(pair) == AT_ONCE);
	/* After a second the others have their turn. */
	pair_run(pair, 1000);
	CHECK(begun(pair) == MANY);
	pair_free(pair);
}

static void who_is_asked_for_begins_now(void)
{
	struct pair *pair = pair_with_many();
	struct pair_end *a = &pair->ends[PAIR_A];

	pair->mute = true;
	load_many(pair);
	pair_run(pair, 100);
	/* One that waits for its turn, and one that is not to start by itself. */
	pair_load(pair, PAIR_A, pair_usual(pair, PAIR_A));
	pair->mute = false;
	pair_initiate(pair, PAIR_A, "net", "net");
	pair_initiate(pair, PAIR_A, "c59", "net");
	pair_run(pair, 200);
	CHECK(a->done == 2 && !a->result);
	CHECK(pair_ikes(pair, PAIR_A, IKE_ESTABLISHED) == 2);
	pair_run(pair, 30000);
	CHECK(pair_ikes(pair, PAIR_A, IKE_ESTABLISHED) == MANY + 1);
	pair_free(pair);
}

/* Those that wait, and those that have begun, in any order. */
static void they_can_be_terminated(void)
{
	struct pair *pair = pair_with_many();
	struct engine *engine = pair->ends[PAIR_A].engine;
	char name[16];

	pair->mute = true;
	load_many(pair);
	pair_run(pair, 100);
	for (unsigned int i = 0; i < MANY; i += 2) {
		snprintf(name, sizeof(name), "c%u", MANY - 1 - i);
		CHECK(engine_terminate(engine,
				       &(struct engine_pick){ .ike = name },
				       false, NULL, NULL) == 1);
		CHECK(begun(pair) <= AT_ONCE);
	}
	pair->mute = false;
	pair_run(pair, 30000);
	CHECK(pair_ikes(pair, PAIR_A, IKE_ESTABLISHED) == MANY / 2);
	pair_free(pair);
}

static const struct tap_test tests[] = {
	{ "not all at once", not_all_at_once },
	{ "a silent peer holds up nobody", a_silent_peer_holds_up_nobody },
	{ "who is asked for begins now", who_is_asked_for_begins_now },
	{ "they can be terminated", they_can_be_terminated },
};

TAP_MAIN(tests)
