/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The anti-replay window as RFC 4303 defines it, not as anybody would build
 * it: the set of all numbers that were ever accepted.
 */
#ifndef ADIT_UNIT_REPLAY_MODEL_H
#define ADIT_UNIT_REPLAY_MODEL_H

#include "../../kmod/replay.h"

/**
 * struct model - a window
 * @top: highest number accepted
 * @window: packets that it spans
 * @bits: log2 of the places in @set
 * @set: numbers accepted, hashed; 0 is a free place, for no number is 0
 */
struct model {
	u64 top;
	u32 window;
	unsigned int bits;
	u64 *set;
};

void model_init(struct model *model, u32 window, unsigned int bits);
void model_free(struct model *model);
enum adit_replay_verdict model_check(const struct model *model, u64 seq);
enum adit_replay_verdict model_commit(struct model *model, u64 seq);
u64 model_infer(u64 top, u32 window, u32 low);

#endif
