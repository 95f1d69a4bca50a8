/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Counters. Traffic is counted in one place only, the SA that carried it, and
 * a drop at the most specific object that is known. (What ESP and AH carry in a
 * bundle is shown for both, and counted for all above at ESP.) What an object shows is
 * its own count and that of all below it; an SA or child that goes adds its
 * counts to the one above, so that a peer's survive every rekey.
 */
#ifndef ADIT_STATS_H
#define ADIT_STATS_H

#include <linux/atomic.h>
#include <linux/skbuff.h>
#include <linux/u64_stats_sync.h>

#include "drop.h"

/**
 * struct adit_stats - counters of an SA, child or peer
 * @tx_packets: inner packets sent
 * @tx_bytes: octets of inner packets sent
 * @rx_packets: inner packets received, verified
 * @rx_bytes: octets of inner packets received, verified
 * @drops: packets dropped, by reason
 */
struct adit_stats {
	atomic64_t tx_packets;
	atomic64_t tx_bytes;
	atomic64_t rx_packets;
	atomic64_t rx_bytes;
	atomic64_t drops[ADIT_DROP_COUNT];
};

/**
 * struct adit_stats_sum - counters added up, in plain numbers
 * @tx_packets: see &struct adit_stats
 * @tx_bytes: see &struct adit_stats
 * @rx_packets: see &struct adit_stats
 * @rx_bytes: see &struct adit_stats
 * @drops: see &struct adit_stats
 */
struct adit_stats_sum {
	u64 tx_packets;
	u64 tx_bytes;
	u64 rx_packets;
	u64 rx_bytes;
	u64 drops[ADIT_DROP_COUNT];
};

/**
 * struct adit_dev_stats - counters of a device, one for each CPU
 * @tx_packets: inner packets sent
 * @tx_bytes: octets of inner packets sent
 * @rx_packets: inner packets received, verified
 * @rx_bytes: octets of inner packets received, verified
 * @drops: packets dropped, by reason
 * @syncp: lets 32-bit readers see whole numbers
 */
struct adit_dev_stats {
	u64_stats_t tx_packets;
	u64_stats_t tx_bytes;
	u64_stats_t rx_packets;
	u64_stats_t rx_bytes;
	u64_stats_t drops[ADIT_DROP_COUNT];
	struct u64_stats_sync syncp;
};

void adit_stats_add_drops(struct adit_stats_sum *sum,
			  const struct adit_stats *stats);
void adit_stats_add(struct adit_stats_sum *sum, const struct adit_stats *stats);
void adit_stats_fold_drops(struct adit_stats *into,
			   const struct adit_stats *from);
void adit_stats_fold(struct adit_stats *into, const struct adit_stats *from);

struct adit_dev_stats __percpu *adit_dev_stats_alloc(void);
void adit_dev_stats_sum(const struct adit_dev_stats __percpu *stats,
			struct adit_stats_sum *sum);
void adit_dev_stats_tx(struct adit_dev_stats __percpu *stats,
		       unsigned int packets, unsigned int bytes);
void adit_dev_stats_rx(struct adit_dev_stats __percpu *stats,
		       unsigned int packets, unsigned int bytes);
void adit_dev_stats_drop(struct adit_dev_stats __percpu *stats, int reason,
			 unsigned int packets);

#endif
