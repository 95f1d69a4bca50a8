// SPDX-License-Identifier: GPL-2.0-only
/* The anti-replay window, against a map of all numbers that ever came. */

#include <linux/bitmap.h>
#include <linux/limits.h>
#include <linux/slab.h>

#include "../compat.h"
#include "../replay.h"
#include "selftest.h"

static const u32 windows[] = {
	0, 1, 2, 31, 32, 33, 63, 64, 65, 127, 128, 129, 4096, 65535, 65536,
};

static struct adit_replay *replay_alloc(struct adit_selftest *test, u32 window)
{
	struct adit_replay *replay = kvmalloc(adit_replay_size(window),
					      GFP_KERNEL);

	if (adit_check(test, replay, "no memory"))
		adit_replay_init(replay, window, true);
	return replay;
}

/* Checked and committed, a packet gets the same verdict. */
static void take(struct adit_selftest *test, struct adit_replay *replay,
		 u64 seq, enum adit_replay_verdict expected)
{
	u64 top = replay->top;
	enum adit_replay_verdict before = adit_replay_check(replay, seq);
	enum adit_replay_verdict got = adit_replay_commit(replay, seq);

	adit_check(test, before == expected && got == expected,
		   "window %u, top %llx: %llx gets %d, then %d, not %d",
		   replay->window, top, seq, before, got, expected);
}

/* The ends of every window, before and after it moves. */
static void ends(struct adit_selftest *test, u32 window, u64 start)
{
	struct adit_replay *replay = replay_alloc(test, window);
	u64 top = start + window;

	if (!replay)
		return;
	take(test, replay, 0, window ? ADIT_REPLAY_OLD : ADIT_REPLAY_NEW);
	take(test, replay, top, ADIT_REPLAY_NEW);
	take(test, replay, top,
	     window ? ADIT_REPLAY_DUPLICATE : ADIT_REPLAY_NEW);
	take(test, replay, start, window ? ADIT_REPLAY_OLD : ADIT_REPLAY_NEW);
	if (window > 1) {
		take(test, replay, start + 1, ADIT_REPLAY_NEW);
		take(test, replay, start + 1, ADIT_REPLAY_DUPLICATE);
	}
	if (window) {
		take(test, replay, top + 1, ADIT_REPLAY_NEW);
		take(test, replay, start + 1, ADIT_REPLAY_OLD);
	}
	kvfree(replay);
}

static void test_ends(struct adit_selftest *test)
{
	static const u64 starts[] = {
		1, 64, 100, U32_MAX - 1000, U32_MAX, 1ULL << 32, 1ULL << 40,
		U64_MAX - 65537,
	};
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(windows); i++)
		for (j = 0; j < ARRAY_SIZE(starts); j++)
			if (adit_sample(test, 7))
				ends(test, windows[i], starts[j]);
}

/*
 * The model: every number from @base on has a bit, and it is what RFC 4303,
 * 3.4.3 says: left of the window old, right of it new, in it new once.
 */
static void against_map(struct adit_selftest *test, u32 window, u64 base,
			unsigned long *map, u32 size)
{
	struct adit_replay *replay = replay_alloc(test, window);
	enum adit_replay_verdict expected;
	u32 at, top = 0, next = 1;

	if (!replay)
		return;
	bitmap_zero(map, size);
	while (next < size) {
		/* In the window or left of it for the most part. */
		at = top > window ? top - window : 0;
		at += adit_random(test, next - at);
		if (adit_random(test, 4) == 0)
			at = next;
		if (window && at + window <= top)
			expected = ADIT_REPLAY_OLD;
		else if (window && test_bit(at, map))
			expected = ADIT_REPLAY_DUPLICATE;
		else
			expected = ADIT_REPLAY_NEW;
		take(test, replay, base + at, expected);
		__set_bit(at, map);
		top = max(top, at);
		next = top + 1 + adit_random(test, 1 + window / 16);
	}
	kvfree(replay);
}

static void test_against_map(struct adit_selftest *test)
{
	static const u64 bases[] = { 1, U32_MAX - 200, 5ULL << 32 };
	/* Three times the largest window. */
	u32 room = 3 * 65536, size;
	unsigned long *map = bitmap_alloc(room, GFP_KERNEL);
	unsigned int i, j;

	if (!adit_check(test, map, "no memory"))
		return;
	for (i = 0; i < ARRAY_SIZE(windows); i++) {
		size = min(room, 3 * windows[i] + 200);
		for (j = 0; j < ARRAY_SIZE(bases); j++)
			if (adit_sample(test, 11))
				against_map(test, windows[i], bases[j], map,
					    size);
	}
	bitmap_free(map);
}

/* RFC 4303, A2.2: the number that a receiver may still want is found. */
static void test_infer(struct adit_selftest *test)
{
	static const u64 tops[] = {
		0, 1, 63, 64, 4095, 65535, 65536, U32_MAX - 1, U32_MAX,
		1ULL << 32, (1ULL << 32) + 1, (1ULL << 32) + 65535,
		(7ULL << 32) - 1, (7ULL << 32) + 4095,
	};
	unsigned int i, j, k;

	for (i = 0; i < ARRAY_SIZE(tops); i++)
		for (j = 0; j < ARRAY_SIZE(windows); j++) {
			u32 span = max(windows[j], 1U);
			u64 left = tops[i] >= span ? tops[i] - span + 1 : 0;
			u64 seqs[] = {
				left, left + span / 2, tops[i], tops[i] + 1,
				tops[i] + 65536, left + U32_MAX,
			};

			for (k = 0; k < ARRAY_SIZE(seqs); k++) {
				u64 got = adit_replay_infer(tops[i], windows[j],
							    true, (u32)seqs[k]);

				/* Nothing is left of 0: see the unit tests. */
				if (tops[i] < span && seqs[k] > U32_MAX - span)
					continue;
				adit_check(test, got == seqs[k],
					   "window %u, top %llx: %llx for %llx",
					   windows[j], tops[i], got, seqs[k]);
				got = adit_replay_infer(tops[i], windows[j],
							false, (u32)seqs[k]);
				adit_check(test, got == (u32)seqs[k],
					   "%llx is not 32 bits", got);
			}
		}
}

static const struct adit_selftest_case cases[] = {
	{ "ends of the window", test_ends },
	{ "random numbers against a map", test_against_map },
	{ "64-bit numbers from 32 bits", test_infer },
};

ADIT_SELFTEST_SUITE(replay);
