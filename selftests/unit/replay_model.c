// SPDX-License-Identifier: GPL-2.0-or-later
/* The anti-replay window as RFC 4303 defines it. */

#include <stdlib.h>

#include "replay_model.h"

void model_init(struct model *model, u32 window, unsigned int bits)
{
	model->top = 0;
	model->window = window;
	model->bits = bits;
	model->set = calloc((size_t)1 << bits, sizeof(*model->set));
	if (!model->set)
		abort();
}

void model_free(struct model *model)
{
	free(model->set);
}

/* The number's place, or the free one where it belongs. */
static u64 *place(const struct model *model, u64 seq)
{
	size_t mask = ((size_t)1 << model->bits) - 1;
	size_t at = seq * 0x9e3779b97f4a7c15u >> (64 - model->bits);

	while (model->set[at] && model->set[at] != seq)
		at = (at + 1) & mask;
	return &model->set[at];
}

enum adit_replay_verdict model_check(const struct model *model, u64 seq)
{
	if (!model->window)
		return ADIT_REPLAY_NEW;
	if (!seq)
		return ADIT_REPLAY_OLD;
	if (seq > model->top)
		return ADIT_REPLAY_NEW;
	/* The window is the numbers top - window + 1 to top. */
	if (model->top >= model->window && seq <= model->top - model->window)
		return ADIT_REPLAY_OLD;
	return *place(model, seq) ? ADIT_REPLAY_DUPLICATE : ADIT_REPLAY_NEW;
}

enum adit_replay_verdict model_commit(struct model *model, u64 seq)
{
	enum adit_replay_verdict verdict = model_check(model, seq);

	if (verdict != ADIT_REPLAY_NEW)
		return verdict;
	if (model->window)
		*place(model, seq) = seq;
	if (seq > model->top)
		model->top = seq;
	return verdict;
}

/*
 * The smallest number with these low bits that is not left of the window;
 * 0 if it would be negative or have more than 64 bits.
 */
u64 model_infer(u64 top, u32 window, u32 low)
{
	u32 span = window ? window : 1;
	u32 before = 0;
	u64 bottom;
	u32 step;

	if (top + 1 >= span || top == U64_MAX) {
		bottom = top - (span - 1);
	} else {
		/* The window begins so many numbers before 0. */
		bottom = 0;
		before = span - 1 - (u32)top;
	}
	/* How far right of the beginning the number is. */
	step = low - (u32)bottom + before;
	if (step < before)
		return 0;
	step -= before;
	return bottom > U64_MAX - step ? 0 : bottom + step;
}
