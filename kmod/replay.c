// SPDX-License-Identifier: GPL-2.0-only
/* The anti-replay window (RFC 4303, 3.4.3 and appendix A; RFC 6479). */

#ifdef __KERNEL__
#include <linux/bitops.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include "compat.h"
#endif
#include "replay.h"

static u32 blocks_of(u32 window)
{
	if (!window)
		return 0;
	return roundup_pow_of_two(DIV_ROUND_UP(window, BITS_PER_LONG) + 1);
}

/**
 * adit_replay_size() - octets that a window takes
 * @window: packets it spans
 *
 * Return: the octets, with the header.
 */
size_t adit_replay_size(u32 window)
{
	return sizeof(struct adit_replay) +
	       (size_t)blocks_of(window) * sizeof(unsigned long);
}

/**
 * adit_replay_init() - make a window empty
 * @replay: memory of adit_replay_size() octets
 * @window: packets it spans, 0 for no replay protection
 * @esn: sequence numbers have 64 bits
 */
void adit_replay_init(struct adit_replay *replay, u32 window, bool esn)
{
	memset(replay, 0, adit_replay_size(window));
	replay->window = window;
	replay->esn = esn;
	replay->blocks = blocks_of(window);
}

/**
 * adit_replay_infer() - the whole sequence number from its lower half
 * @top: highest number verified so far
 * @window: packets that the window spans
 * @esn: numbers have 64 bits; else @low is the number
 * @low: the 32 bits that the packet carries
 *
 * RFC 4303, A2.2: of the numbers that end in @low, the one that lies in the
 * window or else the next one to its right. It is only a guess until the ICV,
 * which covers the upper half, verifies.
 *
 * Return: the number. One that cannot be (left of 2^32) is given as 0, which
 * no sender uses.
 */
u64 adit_replay_infer(u64 top, u32 window, bool esn, u32 low)
{
	u32 span = window ? window : 1;
	u32 top_low = (u32)top;
	u32 high = (u32)(top >> 32);
	u32 bottom = top_low - span + 1;

	if (!esn)
		return low;
	if (top_low >= span - 1) {
		/* Case A: the window lies within one subspace. */
		if (low < bottom) {
			if (high == U32_MAX)
				return 0;
			high++;
		}
	} else {
		/* Case B: the window spans two. */
		if (low >= bottom) {
			if (!high)
				return 0;
			high--;
		}
	}
	return (u64)high << 32 | low;
}

static bool seen(const struct adit_replay *replay, u64 seq)
{
	u32 block = (u32)(seq / BITS_PER_LONG) & (replay->blocks - 1);

	return replay->map[block] >> (seq % BITS_PER_LONG) & 1;
}

/**
 * adit_replay_check() - may a packet with this number be new?
 * @replay: the window
 * @seq: the whole sequence number
 *
 * Changes nothing: before the ICV is verified the number may be forged.
 *
 * Return: the verdict.
 */
enum adit_replay_verdict adit_replay_check(const struct adit_replay *replay,
					   u64 seq)
{
	if (!replay->window)
		return ADIT_REPLAY_NEW;
	if (!seq)
		return ADIT_REPLAY_OLD;
	if (seq > replay->top)
		return ADIT_REPLAY_NEW;
	if (replay->top - seq >= replay->window)
		return ADIT_REPLAY_OLD;
	return seen(replay, seq) ? ADIT_REPLAY_DUPLICATE : ADIT_REPLAY_NEW;
}

static void mark(struct adit_replay *replay, u64 seq)
{
	u32 block = (u32)(seq / BITS_PER_LONG) & (replay->blocks - 1);

	replay->map[block] |= 1UL << (seq % BITS_PER_LONG);
}

static void advance(struct adit_replay *replay, u64 seq)
{
	u64 from = replay->top / BITS_PER_LONG;
	u64 steps = seq / BITS_PER_LONG - from;
	u64 i;

	if (steps > replay->blocks)
		steps = replay->blocks;
	for (i = 1; i <= steps; i++)
		replay->map[(u32)(from + i) & (replay->blocks - 1)] = 0;
	replay->top = seq;
}

/**
 * adit_replay_commit() - take note of a packet whose ICV has verified
 * @replay: the window
 * @seq: the whole sequence number
 *
 * Checks again: between the check and now another packet with the same number
 * may have been verified, or the window may have moved on.
 *
 * Return: the verdict; only for ADIT_REPLAY_NEW has the window changed.
 */
enum adit_replay_verdict adit_replay_commit(struct adit_replay *replay,
					    u64 seq)
{
	enum adit_replay_verdict verdict = adit_replay_check(replay, seq);

	if (verdict != ADIT_REPLAY_NEW)
		return verdict;
	if (!replay->window) {
		if (seq > replay->top)
			replay->top = seq;
		return verdict;
	}
	if (seq > replay->top)
		advance(replay, seq);
	mark(replay, seq);
	return verdict;
}

/**
 * adit_replay_save() - tell which numbers the window has seen
 * @replay: the window
 * @map: adit_replay_saved_len() octets to write to; bit i, the lowest of each
 *	octet first, is set if the number &adit_replay.top - i was seen
 */
void adit_replay_save(const struct adit_replay *replay, u8 *map)
{
	u32 i;

	memset(map, 0, adit_replay_saved_len(replay->window));
	for (i = 0; i < replay->window && i < replay->top; i++)
		if (seen(replay, replay->top - i))
			map[i / 8] |= 1 << (i % 8);
}

/**
 * adit_replay_restore() - take over what the same SA has seen elsewhere
 * @replay: the window; nothing that it has seen becomes new
 * @top: highest sequence number that was verified there
 * @map: as adit_replay_save() writes it
 * @len: octets of @map; of numbers beyond it all count as seen
 *
 * Return: false if @top is below the window's own; then nothing has changed.
 */
bool adit_replay_restore(struct adit_replay *replay, u64 top, const u8 *map,
			 size_t len)
{
	u32 i;

	if (top < replay->top)
		return false;
	if (!replay->window) {
		replay->top = top;
		return true;
	}
	advance(replay, top);
	for (i = 0; i < replay->window && i < top; i++)
		if (i / 8 >= len || map[i / 8] >> (i % 8) & 1)
			mark(replay, top - i);
	return true;
}
