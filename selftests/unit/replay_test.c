// SPDX-License-Identifier: GPL-2.0-or-later
/* The anti-replay window: tables from the RFCs, and against the model. */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "random.h"
#include "replay_model.h"
#include "tap.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define HIGH(high, low) ((u64)(high) << 32 | (low))

static const u32 windows[] = { 0, 1, 31, 32, 33, 63, 64, 65, 127, 128, 4096,
			       65535, 65536 };

static struct adit_replay *make(u32 window, bool esn)
{
	struct adit_replay *replay = malloc(adit_replay_size(window));

	if (!replay)
		abort();
	memset(replay, 0xa5, adit_replay_size(window));
	adit_replay_init(replay, window, esn);
	return replay;
}

static void test_infer(void)
{
#define T(top, window, low, expected) { top, window, low, expected }
	static const struct {
		u64 top;
		u32 window;
		u32 low;
		u64 expected;
	} rows[] = {
		/* RFC 4303, A2.2, case A: the window in one subspace. */
		T(HIGH(1, 0x100), 64, 0xc1, HIGH(1, 0xc1)),
		T(HIGH(1, 0x100), 64, 0xc0, HIGH(2, 0xc0)),
		T(HIGH(1, 0x100), 64, 0x100, HIGH(1, 0x100)),
		T(HIGH(1, 0x100), 64, 0x101, HIGH(1, 0x101)),
		T(HIGH(1, 0x100), 64, U32_MAX, HIGH(1, U32_MAX)),
		T(HIGH(1, 0x100), 64, 0, HIGH(2, 0)),
		/* Its border: the window begins with the subspace. */
		T(HIGH(1, 63), 64, 0, HIGH(1, 0)),
		T(HIGH(1, 63), 64, 63, HIGH(1, 63)),
		T(HIGH(1, 63), 64, U32_MAX, HIGH(1, U32_MAX)),
		/* Case B: the window in two subspaces. */
		T(HIGH(1, 62), 64, U32_MAX, HIGH(0, U32_MAX)),
		T(HIGH(1, 62), 64, U32_MAX - 1, HIGH(1, U32_MAX - 1)),
		T(HIGH(1, 62), 64, 0, HIGH(1, 0)),
		T(HIGH(1, 62), 64, 62, HIGH(1, 62)),
		T(HIGH(1, 62), 64, 63, HIGH(1, 63)),
		T(HIGH(1, 0), 64, U32_MAX - 62, HIGH(0, U32_MAX - 62)),
		T(HIGH(1, 0), 64, U32_MAX - 63, HIGH(1, U32_MAX - 63)),
		/* The low half wraps. */
		T(U32_MAX, 64, 0, HIGH(1, 0)),
		T(U32_MAX, 64, U32_MAX - 63, U32_MAX - 63),
		T(U32_MAX, 64, U32_MAX - 64, HIGH(1, U32_MAX - 64)),
		T(HIGH(7, U32_MAX), 1, 0, HIGH(8, 0)),
		T(HIGH(7, U32_MAX), 1, U32_MAX, HIGH(7, U32_MAX)),
		T(HIGH(8, 0), 1, U32_MAX, HIGH(8, U32_MAX)),
		T(HIGH(8, 0), 2, U32_MAX, HIGH(7, U32_MAX)),
		/* A new SA: what is left of 0 cannot be. */
		T(0, 64, 1, 1),
		T(0, 64, 0, 0),
		T(0, 64, U32_MAX - 63, U32_MAX - 63),
		T(0, 64, U32_MAX - 62, 0),
		T(0, 64, U32_MAX, 0),
		T(0, 1, U32_MAX, U32_MAX),
		T(0, 65536, 0xffff0000, 0xffff0000),
		T(0, 65536, 0xffff0001, 0),
		T(65534, 65536, U32_MAX, 0),
		T(65535, 65536, U32_MAX, U32_MAX),
		/* The end of all numbers: what is right of it cannot be. */
		T(U64_MAX, 64, U32_MAX, U64_MAX),
		T(U64_MAX, 64, U32_MAX - 63, U64_MAX - 63),
		T(U64_MAX, 64, U32_MAX - 64, 0),
		T(U64_MAX, 64, 0, 0),
		T(HIGH(U32_MAX, 62), 64, U32_MAX, HIGH(U32_MAX - 1, U32_MAX)),
		T(HIGH(U32_MAX, 63), 64, U32_MAX, U64_MAX),
		/* Without a window the highest number alone is known. */
		T(HIGH(1, 5), 0, 5, HIGH(1, 5)),
		T(HIGH(1, 5), 0, 6, HIGH(1, 6)),
		T(HIGH(1, 5), 0, 4, HIGH(2, 4)),
	};
#undef T
	unsigned int i;
	u64 got;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		got = adit_replay_infer(rows[i].top, rows[i].window, true,
					rows[i].low);
		check(got == rows[i].expected,
		      "row %u: got %" PRIx64 ", not %" PRIx64, i, got,
		      rows[i].expected);
		got = adit_replay_infer(rows[i].top, rows[i].window, false,
					rows[i].low);
		check(got == rows[i].low, "row %u without ESN: got %" PRIx64,
		      i, got);
		check(model_infer(rows[i].top, rows[i].window, rows[i].low) ==
		      rows[i].expected, "row %u: the model differs", i);
	}
}

/* The whole number is found wherever a receiver may still want it. */
static void infer_round(u64 top, u32 window)
{
	u32 span = window ? window : 1;
	u64 bottom = top >= span ? top - span + 1 : 1;
	u64 seq = bottom + (rnd() >> (32 + rnd() % 32));
	u32 low = rnd() >> (rnd() % 64);
	u64 got;

	if (seq >= bottom && seq - bottom <= U32_MAX - span) {
		got = adit_replay_infer(top, window, true, (u32)seq);
		check(got == seq, "top %" PRIx64 ", window %" PRIu32 ": %"
		      PRIx64 " taken for %" PRIx64, top, window, seq, got);
	}
	got = adit_replay_infer(top, window, true, low);
	check(got == model_infer(top, window, low),
	      "top %" PRIx64 ", window %" PRIu32 ", low %" PRIx32 ": %" PRIx64,
	      top, window, low, got);
}

static void test_infer_random(void)
{
	unsigned int i;
	u64 top;

	state = 1;
	for (i = 0; i < tap_steps; i++) {
		top = rnd() >> (rnd() % 64);
		/* Half of them near a border of subspaces. */
		if (rnd() % 2)
			top = (top & ~(u64)U32_MAX) + rnd() % 140000 - 70000;
		infer_round(top, windows[rnd() % ARRAY_SIZE(windows)]);
	}
}

static void test_size(void)
{
#define T(window, bits) { window, bits }
	static const struct {
		u32 window;
		u32 bits;
	} rows[] = {
		/* A power of two, and at least a word more than the window. */
#if BITS_PER_LONG == 64
		T(0, 0), T(1, 128), T(64, 128), T(65, 256), T(128, 256),
		T(129, 256), T(192, 256), T(193, 512),
#else
		T(0, 0), T(1, 64), T(32, 64), T(33, 128), T(64, 128),
		T(65, 128), T(96, 128), T(97, 256),
#endif
		T(4096, 8192), T(65535, 131072), T(65536, 131072),
	};
#undef T
	size_t expected;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		expected = sizeof(struct adit_replay) + rows[i].bits / 8;
		check(adit_replay_size(rows[i].window) == expected,
		      "window %" PRIu32 ": %zu octets, not %zu",
		      rows[i].window, adit_replay_size(rows[i].window),
		      expected);
	}
}

/*
 * One packet: the verdicts before and after its verification agree, and only
 * a new one changes the window.
 */
static enum adit_replay_verdict take(struct adit_replay *replay, u64 seq)
{
	u64 top = replay->top;
	enum adit_replay_verdict before, verdict;

	before = adit_replay_check(replay, seq);
	check(replay->top == top, "a check moves the window");
	verdict = adit_replay_commit(replay, seq);
	check(before == verdict, "%" PRIx64 ": checked %d, committed %d", seq,
	      before, verdict);
	if (verdict == ADIT_REPLAY_NEW && seq > top)
		top = seq;
	check(replay->top == top, "%" PRIx64 ": top %" PRIx64 ", not %" PRIx64,
	      seq, replay->top, top);
	return verdict;
}

static void test_table(void)
{
#define NEW ADIT_REPLAY_NEW
#define OLD ADIT_REPLAY_OLD
#define DUP ADIT_REPLAY_DUPLICATE
#define START(window) { window, 0, -1 }
#define T(seq, expected) { 0, seq, expected }
	static const struct {
		u32 window;
		u64 seq;
		int expected;
	} rows[] = {
		START(64),
		T(0, OLD), T(1, NEW), T(1, DUP), T(0, OLD), T(9, NEW),
		T(8, NEW), T(7, NEW), T(7, DUP), T(2, NEW), T(3, NEW),
		T(64, NEW), T(4, NEW), T(65, NEW), T(5, NEW), T(1, OLD),
		T(2, DUP), T(66, NEW), T(2, OLD), T(3, DUP), T(6, NEW),
		T(200, NEW), T(136, OLD), T(137, NEW), T(137, DUP),
		T(199, NEW), T(200, DUP), T(66, OLD), T(201, NEW),
		T(137, OLD), T(138, NEW),
		/* A jump over the whole ring, onto its own old bits. */
		T(201 + 128, NEW), T(200 + 128, NEW), T(138 + 128, NEW),
		T(137 + 128, OLD), T(201 + 1024, NEW), T(200 + 1024, NEW),
		T(199 + 1024, NEW), T(201 + 1024, DUP),

		/* Jumps by the window less one, the window, and one more. */
		START(32),
		T(100, NEW), T(131, NEW), T(100, DUP), T(101, NEW), T(163, NEW),
		T(131, OLD), T(132, NEW), T(196, NEW), T(163, OLD), T(164, OLD),
		T(165, NEW), T(196, DUP),

		START(1),
		T(1, NEW), T(1, DUP), T(3, NEW), T(2, OLD), T(3, DUP),
		T(4, NEW), T(3, OLD), T(U32_MAX, NEW), T(U32_MAX, DUP),
		T(4, OLD),

		/* No window: everything is new, always. */
		START(0),
		T(1, NEW), T(1, NEW), T(0, NEW), T(5, NEW), T(2, NEW),

		/* The end of 32-bit numbers. */
		START(64),
		T(U32_MAX - 1, NEW), T(U32_MAX, NEW), T(U32_MAX, DUP),
		T(U32_MAX - 63, NEW), T(U32_MAX - 64, OLD), T(1, OLD),
		T(0, OLD),
		/* And on, with 64 bits. */
		T(HIGH(1, 0), NEW), T(U32_MAX, DUP), T(U32_MAX - 2, NEW),
		T(U32_MAX - 63, OLD), T(HIGH(1, 0), DUP),
		T(HIGH(2, 0), NEW), T(HIGH(1, 0), OLD),
		T(HIGH(1, U32_MAX), NEW), T(HIGH(3, 1), NEW),
		T(HIGH(2, 0), OLD), T(HIGH(3, 0), NEW),
		/* The end of 64-bit numbers. */
		T(U64_MAX - 1, NEW), T(U64_MAX, NEW), T(U64_MAX, DUP),
		T(U64_MAX - 63, NEW), T(U64_MAX - 64, OLD), T(0, OLD),
		T(1, OLD), T(U64_MAX - 62, NEW), T(U64_MAX - 62, DUP),
	};
	struct adit_replay *replay = NULL;
	enum adit_replay_verdict got;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		if (rows[i].expected < 0) {
			free(replay);
			replay = make(rows[i].window, true);
			continue;
		}
		got = take(replay, rows[i].seq);
		check((int)got == rows[i].expected,
		      "row %u: %" PRIx64 " gets %d, not %d", i, rows[i].seq,
		      got, rows[i].expected);
	}
	free(replay);
#undef T
#undef START
}

/* Every number in, and around, the window gets the model's verdict. */
static void sweep(const struct adit_replay *replay, const struct model *model)
{
	u64 around = (u64)model->window + 3 * BITS_PER_LONG;
	u64 seq = model->top > around ? model->top - around : 0;
	u64 end = model->top > U64_MAX - 70 ? U64_MAX : model->top + 70;
	unsigned int wrong = 0;

	for (; seq != end; seq++)
		wrong += adit_replay_check(replay, seq) !=
			 model_check(model, seq);
	wrong += adit_replay_check(replay, end) != model_check(model, end);
	check(!wrong, "window %" PRIu32 ", top %" PRIx64 ": %u wrong",
	      model->window, model->top, wrong);
}

static void both(struct adit_replay *replay, struct model *model, u64 seq)
{
	enum adit_replay_verdict expected = model_commit(model, seq);
	enum adit_replay_verdict got = take(replay, seq);

	check(got == expected, "window %" PRIu32 ", top %" PRIx64 ": %" PRIx64
	      " gets %d, not %d", model->window, model->top, seq, got,
	      expected);
}

/* From a start, jumps of each interesting size; all that is in between. */
static void jumps(u32 window, u64 start)
{
	const u64 jump[] = { 1, window - 1, window, window + 1,
			     (u64)window * 2 + BITS_PER_LONG, U32_MAX,
			     HIGH(1, 0), HIGH(1, 1), HIGH(5, window) };
	struct adit_replay *replay = make(window, true);
	struct model model;
	unsigned int i;

	model_init(&model, window, 16);
	both(replay, &model, start);
	for (i = 0; i < ARRAY_SIZE(jump); i++) {
		u64 from = model.top;

		if (jump[i] > U64_MAX - from || !jump[i])
			continue;
		both(replay, &model, from + jump[i]);
		both(replay, &model, from);
		/* The ends of the window, inside and outside. */
		if (model.top >= window) {
			both(replay, &model, model.top - window);
			both(replay, &model, model.top - window + 1);
		}
		sweep(replay, &model);
	}
	free(replay);
	model_free(&model);
}

/* A window that goes on where another was gives the other's verdicts. */
static void take_over(u32 window, u64 top)
{
	struct adit_replay *replay = make(window, true);
	struct adit_replay *same = make(window, true);
	struct adit_replay *blind = make(window, true);
	size_t len = adit_replay_saved_len(window);
	unsigned int i, fresh = 0;
	struct model model;
	u8 *map;

	model_init(&model, window, 16);
	for (i = 300; i-- > 0;)
		if (top > i && i * 7 % 10 < 6)
			both(replay, &model, top - i);
	map = malloc(len + 1);
	if (!map)
		exit(1);
	memset(map, 0xa5, len);
	adit_replay_save(replay, map);

	check(adit_replay_restore(same, top, map, len), "not restored");
	sweep(same, &model);
	memset(map, 0, len);
	check(adit_replay_restore(same, top, map, len), "not restored twice");
	sweep(same, &model);
	check(!adit_replay_restore(same, top - 1, map, len),
	      "the window is moved back");
	sweep(same, &model);

	check(adit_replay_restore(blind, top, NULL, 0), "not without a map");
	for (i = 0; i < window && i < top; i++)
		fresh += adit_replay_check(blind, top - i) == ADIT_REPLAY_NEW;
	check(!fresh, "%u of what is not known are new", fresh);
	free(map);
	free(blind);
	free(same);
	free(replay);
	model_free(&model);
}

static void test_take_over(void)
{
	const u64 tops[] = { 1, 63, 64, 65, 5000, U32_MAX, HIGH(1, 0),
			     HIGH(1, 70), U64_MAX };
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(windows); i++)
		for (j = 0; j < ARRAY_SIZE(tops); j++)
			take_over(windows[i], tops[j]);
}

static void test_jumps(void)
{
	const u64 starts[] = { 1, 63, 64, 65, 4095, 70000, U32_MAX - 70,
			       U32_MAX, HIGH(1, 0), HIGH(1, 63), HIGH(9, 9),
			       U64_MAX - 140000, U64_MAX - 65, U64_MAX };
	unsigned int i, j;

	for (i = 1; i < ARRAY_SIZE(windows); i++)
		for (j = 0; j < ARRAY_SIZE(starts); j++)
			jumps(windows[i], starts[j]);
}

static u64 random_seq(const struct model *model)
{
	u64 spread = (u64)model->window + 80;

	switch (rnd() % 1024) {
	case 0:
		return model->top + rnd() % (3 * spread);
	case 1:
		return model->top + HIGH(rnd() % 3, rnd() % spread);
	case 2:
		return 0;
	default:
		/* In the window for the most part, and slowly on. */
		return model->top + 3 - rnd() % spread;
	}
}

static void random_run(u32 window, u64 start)
{
	struct adit_replay *replay = make(window, true);
	struct model model;
	unsigned int i;

	state = window + 1;
	model_init(&model, window, 22);
	both(replay, &model, start);
	for (i = 0; i < tap_steps; i++) {
		u64 seq = random_seq(&model);

		both(replay, &model, seq);
		if (i % (tap_steps / 8) == 0)
			sweep(replay, &model);
	}
	free(replay);
	model_free(&model);
}

static void test_random(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(windows); i++)
		random_run(windows[i], i % 2 ? 1 : U32_MAX - 5000);
}

int main(int argc, char **argv)
{
	static const struct tap_test tests[] = {
		{ "octets of a window", test_size },
		{ "inference of 64-bit numbers, RFC 4303 A2", test_infer },
		{ "inference against the model", test_infer_random },
		{ "verdicts, RFC 6479", test_table },
		{ "jumps of every size", test_jumps },
		{ "going on where another window was", test_take_over },
		{ "random packets against the model", test_random },
	};

	return tap_main(argc, argv, "replay", tests, ARRAY_SIZE(tests));
}
