// SPDX-License-Identifier: GPL-2.0-only
/* Limits of SAs (RFC 4301, 4.4.2.1): the soft ones told, the hard ones kept. */

#include "compat.h"
#include "child.h"
#include "dev.h"
#include "io.h"

struct usage {
	u64 seconds;
	u64 bytes;
	u64 packets;
	u64 sequence;
};

static void read_usage(const struct adit_sa *sa, ktime_t now, struct usage *u)
{
	const struct adit_stats *stats = &sa->stats;

	u->seconds = ktime_divns(ktime_sub(now, sa->born), NSEC_PER_SEC);
	if (sa->dir == ADIT_DIR_IN) {
		u->bytes = atomic64_read(&stats->rx_bytes);
		u->packets = atomic64_read(&stats->rx_packets);
		u->sequence = 0;
	} else {
		u->bytes = atomic64_read(&stats->tx_bytes);
		u->packets = atomic64_read(&stats->tx_packets);
		u->sequence = atomic64_read(&adit_sa_out((void *)sa)->seq);
	}
}

static bool reached(u64 used, u64 limit)
{
	return limit && used >= limit;
}

/* The limit that is reached, or 0. */
static u8 which(const struct usage *u, const struct adit_limits *limits,
		u64 sequence)
{
	if (reached(u->seconds, limits->seconds))
		return ADIT_LIMIT_SECONDS;
	if (reached(u->bytes, limits->bytes))
		return ADIT_LIMIT_BYTES;
	if (reached(u->packets, limits->packets))
		return ADIT_LIMIT_PACKETS;
	if (reached(u->sequence, sequence))
		return ADIT_LIMIT_SEQUENCE;
	return 0;
}

/* The lower of the limits that are still ahead. */
static u64 ahead(u64 used, u64 soft, u64 hard)
{
	u64 next = U64_MAX;

	if (soft > used)
		next = soft;
	if (hard > used)
		next = min(next, hard);
	return next;
}

static void look_again(struct adit_sa *sa, const struct usage *u)
{
	u64 seconds = ahead(u->seconds, sa->soft.seconds, sa->hard.seconds);
	struct adit_sa_out *out = adit_sa_out(sa);

	/* The numbers are told to run out once: now only their end matters. */
	if (sa->dir == ADIT_DIR_OUT && u->sequence >= out->seq_soft)
		WRITE_ONCE(out->seq_soft, out->seq_hard);

	WRITE_ONCE(sa->next_packets,
		   ahead(u->packets, sa->soft.packets, sa->hard.packets));
	WRITE_ONCE(sa->next_bytes,
		   ahead(u->bytes, sa->soft.bytes, sa->hard.bytes));
	/* More than a century is never. */
	if (seconds < U32_MAX)
		adit_alarm_set(sa->alarms, &sa->alarm,
			       ktime_add_ns(sa->born, seconds * NSEC_PER_SEC));
}

static void end(struct adit_sa *sa, u8 limit)
{
	adit_event_expire(sa, true, limit);
	adit_child_detach(sa->child, sa);
}

/**
 * adit_life_ring() - look at the limits of an SA
 * @alarm: &adit_sa.alarm
 *
 * Rung by time, and by the packet path when it has come to a number that
 * matters. A soft limit is told once for each SA; a hard one ends it.
 *
 * Context: may sleep; the namespace's lock is held.
 */
void adit_life_ring(struct adit_alarm *alarm)
{
	struct adit_sa *sa = container_of(alarm, struct adit_sa, alarm);
	ktime_t now = ktime_get_boottime();
	struct usage u;
	u8 limit;

	if (sa->state == ADIT_SA_STATE_DEAD)
		return;
	if (sa->state == ADIT_SA_STATE_LARVAL) {
		end(sa, ADIT_LIMIT_SECONDS);
		return;
	}
	read_usage(sa, now, &u);
	limit = which(&u, &sa->hard, sa->dir == ADIT_DIR_OUT ?
				     adit_sa_out(sa)->seq_hard : 0);
	if (limit) {
		end(sa, limit);
		return;
	}
	limit = which(&u, &sa->soft, sa->dir == ADIT_DIR_OUT ?
				     adit_sa_out(sa)->seq_soft : 0);
	if (limit && !sa->soft_told) {
		sa->soft_told = true;
		if (sa->state == ADIT_SA_STATE_VALID) {
			adit_sa_set_state(sa, ADIT_SA_STATE_DYING);
			adit_event_sa(sa, ADIT_CMD_SA_NTF);
		}
		adit_event_expire(sa, false, limit);
	}
	look_again(sa, &u);
}
