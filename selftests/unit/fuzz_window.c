// SPDX-License-Identifier: GPL-2.0-or-later
/* Fuzzer of the anti-replay window: packets in any order, against the model. */

#include <stdlib.h>

#include "replay_model.h"

/* What one packet's lower half is made of: how, and how far. */
#define STEP 5
/* The model remembers that many packets, and as many places stay free. */
#define BITS 10

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

static void must(bool ok)
{
	if (!ok)
		abort();
}

static u64 next(const struct adit_replay *replay, const u8 *data)
{
	u32 distance;

	memcpy(&distance, data + 1, sizeof(distance));
	distance >>= data[0] & 31;
	switch (data[0] >> 5) {
	case 0:
	case 1:
	case 2:
		return replay->top + distance;
	case 3:
		return replay->top + ((u64)distance << 32);
	case 4:
		return replay->top - replay->window + distance;
	default:
		return replay->top - distance;
	}
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct adit_replay *replay;
	struct model model;
	u16 window;
	u64 seq, got;
	size_t i;

	if (size < sizeof(window) || size > (1 << BITS) / 2 * STEP)
		return 0;
	memcpy(&window, data, sizeof(window));
	replay = malloc(adit_replay_size(window));
	must(replay);
	adit_replay_init(replay, window, true);
	model_init(&model, window, BITS);
	for (i = sizeof(window); i + STEP <= size; i += STEP) {
		seq = next(replay, data + i);
		got = adit_replay_infer(replay->top, window, true, (u32)seq);
		must(got == model_infer(model.top, window, (u32)seq));
		must(adit_replay_check(replay, seq) ==
		     model_check(&model, seq));
		must(adit_replay_commit(replay, seq) ==
		     model_commit(&model, seq));
		must(replay->top == model.top);
	}
	model_free(&model);
	free(replay);
	return 0;
}
