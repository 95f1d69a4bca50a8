// SPDX-License-Identifier: GPL-2.0-only
/* Counting, adding up and handing down. */

#include <linux/percpu.h>
#include <linux/netdevice.h>

#include "compat.h"
#include "stats.h"

/**
 * adit_stats_add_drops() - add an object's drops to a sum
 * @sum: the sum
 * @stats: the counters
 *
 * Context: any.
 */
void adit_stats_add_drops(struct adit_stats_sum *sum,
			  const struct adit_stats *stats)
{
	int i;

	for (i = 0; i < ADIT_DROP_COUNT; i++)
		sum->drops[i] += atomic64_read(&stats->drops[i]);
}

/**
 * adit_stats_add() - add an object's counters to a sum
 * @sum: the sum
 * @stats: the counters
 *
 * Context: any.
 */
void adit_stats_add(struct adit_stats_sum *sum, const struct adit_stats *stats)
{
	sum->tx_packets += atomic64_read(&stats->tx_packets);
	sum->tx_bytes += atomic64_read(&stats->tx_bytes);
	sum->rx_packets += atomic64_read(&stats->rx_packets);
	sum->rx_bytes += atomic64_read(&stats->rx_bytes);
	adit_stats_add_drops(sum, stats);
}

/**
 * adit_stats_fold_drops() - hand only the drops to the object above
 * @into: the one above
 * @from: the one that goes, see adit_stats_fold()
 *
 * Context: as of adit_stats_fold().
 */
void adit_stats_fold_drops(struct adit_stats *into,
			   const struct adit_stats *from)
{
	int i;

	for (i = 0; i < ADIT_DROP_COUNT; i++)
		atomic64_add(atomic64_read(&from->drops[i]), &into->drops[i]);
}

/**
 * adit_stats_fold() - hand the counters of an object that goes to the one above
 * @into: the one above
 * @from: the one that goes; nothing counts on it any more
 *
 * Context: the lock that readers of both hold while they add up, so that no
 * reader sees the counts twice or not at all.
 */
void adit_stats_fold(struct adit_stats *into, const struct adit_stats *from)
{
	atomic64_add(atomic64_read(&from->tx_packets), &into->tx_packets);
	atomic64_add(atomic64_read(&from->tx_bytes), &into->tx_bytes);
	atomic64_add(atomic64_read(&from->rx_packets), &into->rx_packets);
	atomic64_add(atomic64_read(&from->rx_bytes), &into->rx_bytes);
	adit_stats_fold_drops(into, from);
}

/**
 * adit_dev_stats_alloc() - counters for a new device
 *
 * Context: may sleep.
 * Return: the counters, to be freed with free_percpu(), or NULL.
 */
struct adit_dev_stats __percpu *adit_dev_stats_alloc(void)
{
	return netdev_alloc_pcpu_stats(struct adit_dev_stats);
}

/**
 * adit_dev_stats_sum() - a device's counters over all CPUs
 * @stats: the counters
 * @sum: where to; what it held is lost
 *
 * Context: any.
 */
void adit_dev_stats_sum(const struct adit_dev_stats __percpu *stats,
			struct adit_stats_sum *sum)
{
	struct adit_stats_sum one;
	unsigned int start;
	int cpu, i;

	memset(sum, 0, sizeof(*sum));
	for_each_possible_cpu(cpu) {
		const struct adit_dev_stats *s = per_cpu_ptr(stats, cpu);

		do {
			start = u64_stats_fetch_begin(&s->syncp);
			one.tx_packets = u64_stats_read(&s->tx_packets);
			one.tx_bytes = u64_stats_read(&s->tx_bytes);
			one.rx_packets = u64_stats_read(&s->rx_packets);
			one.rx_bytes = u64_stats_read(&s->rx_bytes);
			for (i = 0; i < ADIT_DROP_COUNT; i++)
				one.drops[i] = u64_stats_read(&s->drops[i]);
		} while (u64_stats_fetch_retry(&s->syncp, start));

		sum->tx_packets += one.tx_packets;
		sum->tx_bytes += one.tx_bytes;
		sum->rx_packets += one.rx_packets;
		sum->rx_bytes += one.rx_bytes;
		for (i = 0; i < ADIT_DROP_COUNT; i++)
			sum->drops[i] += one.drops[i];
	}
}

/**
 * adit_dev_stats_tx() - count what a device sent
 * @stats: the device's counters
 * @packets: inner packets
 * @bytes: their octets
 *
 * Context: bottom halves off.
 */
void adit_dev_stats_tx(struct adit_dev_stats __percpu *stats,
		       unsigned int packets, unsigned int bytes)
{
	struct adit_dev_stats *s = this_cpu_ptr(stats);

	u64_stats_update_begin(&s->syncp);
	u64_stats_add(&s->tx_packets, packets);
	u64_stats_add(&s->tx_bytes, bytes);
	u64_stats_update_end(&s->syncp);
}

/**
 * adit_dev_stats_rx() - count what a device received
 * @stats: the device's counters
 * @packets: inner packets
 * @bytes: their octets
 *
 * Context: bottom halves off.
 */
void adit_dev_stats_rx(struct adit_dev_stats __percpu *stats,
		       unsigned int packets, unsigned int bytes)
{
	struct adit_dev_stats *s = this_cpu_ptr(stats);

	u64_stats_update_begin(&s->syncp);
	u64_stats_add(&s->rx_packets, packets);
	u64_stats_add(&s->rx_bytes, bytes);
	u64_stats_update_end(&s->syncp);
}

/**
 * adit_dev_stats_drop() - count packets that a device dropped
 * @stats: the device's counters
 * @reason: ADIT_DROP_*
 * @packets: how many
 *
 * Context: bottom halves off.
 */
void adit_dev_stats_drop(struct adit_dev_stats __percpu *stats, int reason,
			 unsigned int packets)
{
	struct adit_dev_stats *s = this_cpu_ptr(stats);

	u64_stats_update_begin(&s->syncp);
	u64_stats_add(&s->drops[reason], packets);
	u64_stats_update_end(&s->syncp);
}
