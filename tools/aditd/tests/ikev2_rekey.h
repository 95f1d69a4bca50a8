/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What tests of rekeying share: both ends want something, at once or in a storm.
 * Static, as a check counts in the program that it is part of.
 */
#ifndef ADITD_TESTS_IKEV2_REKEY_H
#define ADITD_TESTS_IKEV2_REKEY_H

#include "../../tests/tap.h"
#include "ikev2_pair.h"

/* One of each, and nothing is left of others. */
static bool is_clean(const struct pair *pair)
{
	for (unsigned int i = 0; i < 2; i++) {
		const struct ike_sa *sa = engine_first(pair->ends[i].engine);

		if (!sa || sa->next || sa->state != IKE_ESTABLISHED ||
		    sa->n_children != 1 || sa->active || sa->tasks.n ||
		    sa->children->state != CHILD_INSTALLED ||
		    pair_installed(pair, i) != 1 ||
		    pair_senders(pair, i) != 1 ||
		    v2_sa(pair_ike(pair, i))->following)
			return false;
	}
	return pair_agrees(pair);
}

static void rekey_child(struct pair *pair, unsigned int end)
{
	struct engine_pick pick = { .child = "net" };

	engine_rekey(pair->ends[end].engine, &pick, false);
}

static void rekey_ike(struct pair *pair, unsigned int end)
{
	struct engine_pick pick = { .ike = "net" };

	engine_rekey(pair->ends[end].engine, &pick, false);
}

/* What both may want, and when the other one begins with its own. */
enum { WANT_CHILD = 1, WANT_IKE = 2 };

static void want(struct pair *pair, unsigned int end, unsigned int what)
{
	if (what & WANT_CHILD && pair_child_sa(pair, end))
		rekey_child(pair, end);
	if (what & WANT_IKE && pair_ike(pair, end))
		rekey_ike(pair, end);
}

static void nothing_ended(const struct pair *pair, const char *row)
{
	CHECK_ROW(is_clean(pair), row);
	CHECK_ROW(!pair->lost, row);
	for (unsigned int end = 0; end < 2; end++) {
		CHECK_ROW(!pair->ends[end].events[EVENT_IKE_DOWN], row);
		CHECK_ROW(!pair->ends[end].events[EVENT_CHILD_DOWN], row);
	}
}

/* Frees the pair, which is connected. */
static void collide(struct pair *pair, unsigned int a, unsigned int b,
		    unsigned int late)
{
	char row[64];

	pair->random += late * 77777ULL + a * 13ULL + b;
	snprintf(row, sizeof(row), "a %u, b %u, %u ms later", a, b, late);
	want(pair, PAIR_A, a);
	pair_run(pair, late);
	want(pair, PAIR_B, b);
	pair_run(pair, 200 * 1000ULL);
	nothing_ended(pair, row);
	for (unsigned int end = 0; end < 2; end++)
		CHECK_ROW(!*pair_why(pair, end, "net"), row);
	pair_free(pair);
}

/*
 * Each against each, at all distances that matter: a message takes 10 ms, and
 * several generators of nonces, so that either may have the lowest.
 */
static inline void collide_all(struct pair *(*connect)(void),
			       unsigned int latest)
{
	for (unsigned int a = 1; a <= 3; a++)
		for (unsigned int b = 1; b <= 3; b++)
			for (unsigned int late = 0; late < latest; late += 5)
				collide(connect(), a, b, late);
}

/* Some of the packets get lost, some come late, some twice. */
static bool storm(struct pair *pair, struct pair_packet *packet)
{
	unsigned int dice;

	pair->hook_arg = pair->hook_arg * 1103515245 + 12345;
	dice = pair->hook_arg >> 16;
	packet->due += dice % 700;
	if (dice % 4 == 0)
		return false;
	if (dice % 5 == 0)
		pair_copy(pair, packet, dice % 900);
	return true;
}

static inline void collide_in_storms(struct pair *(*connect)(void),
				     unsigned int storms)
{
	for (unsigned int i = 0; i < storms; i++) {
		struct pair *pair = connect();
		char row[32];

		snprintf(row, sizeof(row), "storm %u", i);
		pair->hook = storm;
		pair->hook_arg = i;
		for (unsigned int n = 0; n < 4; n++) {
			want(pair, PAIR_A, (i + n) % 4);
			pair_run(pair, i * 17ULL % 1000);
			want(pair, PAIR_B, (i / 4 + n) % 4);
			pair_run(pair, 1000);
		}
		/* The worst is over: not that nobody answers six times. */
		pair->hook = NULL;
		pair_run(pair, 600 * 1000ULL);
		nothing_ended(pair, row);
		pair_free(pair);
	}
}

#endif
