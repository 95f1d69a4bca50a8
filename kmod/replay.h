/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The anti-replay window of an inbound SA (RFC 4303, 3.4.3 and appendix A),
 * in the block-wise form of RFC 6479. Pure: no locks, no packets; the same
 * file is built into the userspace tests.
 */
#ifndef ADIT_REPLAY_H
#define ADIT_REPLAY_H

#ifdef __KERNEL__
#include <linux/types.h>
#else
#include "kernel.h"
#endif

/**
 * struct adit_replay - a replay window
 * @top: highest sequence number that was verified, 0 if none
 * @window: packets that the window spans, 0 for no replay protection
 * @esn: sequence numbers have 64 bits, of which 32 are in the packet
 * @blocks: words in @map, a power of two; one more than the window needs, so
 *	that a word can be cleared as a whole when the window moves
 * @map: bit n of the ring is set if the number n modulo its size was seen
 */
struct adit_replay {
	u64 top;
	u32 window;
	bool esn;
	u32 blocks;
	unsigned long map[];
};

/**
 * enum adit_replay_verdict - what the window says of a sequence number
 * @ADIT_REPLAY_NEW: not seen yet
 * @ADIT_REPLAY_OLD: left of the window, or never used by a sender
 * @ADIT_REPLAY_DUPLICATE: seen before
 */
enum adit_replay_verdict {
	ADIT_REPLAY_NEW,
	ADIT_REPLAY_OLD,
	ADIT_REPLAY_DUPLICATE,
};

size_t adit_replay_size(u32 window);
void adit_replay_init(struct adit_replay *replay, u32 window, bool esn);
u64 adit_replay_infer(u64 top, u32 window, bool esn, u32 low);
enum adit_replay_verdict adit_replay_check(const struct adit_replay *replay,
					   u64 seq);
enum adit_replay_verdict adit_replay_commit(struct adit_replay *replay,
					    u64 seq);
void adit_replay_save(const struct adit_replay *replay, u8 *map);
bool adit_replay_restore(struct adit_replay *replay, u64 top, const u8 *map,
			 size_t len);

/**
 * adit_replay_saved_len() - octets that adit_replay_save() writes
 * @window: packets that the window spans
 *
 * Return: the octets.
 */
static inline size_t adit_replay_saved_len(u32 window)
{
	return ((size_t)window + 7) / 8;
}

#endif
