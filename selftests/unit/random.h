/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Random numbers, the same in each run. */
#ifndef ADIT_UNIT_RANDOM_H
#define ADIT_UNIT_RANDOM_H

#include "kernel.h"

/* xorshift64*; any number but 0 is a beginning. */
static u64 state = 1;

static inline u64 rnd(void)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return state * 0x2545f4914f6cdd1du;
}

#endif
