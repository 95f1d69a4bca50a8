/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Security associations (RFC 4301, 4.1): one direction of one key generation.
 *
 * An SA's life; adit_sa_set_state() is the only one to move it:
 *
 *            spi-alloc                     sa-new
 *	   o-----------> LARVAL ------------------------.
 *	                   |                            v
 *	   o---------------|------- sa-new ---------> VALID
 *	                   |                           |  |
 *	                   | time is up,    soft limit |  |
 *	                   | sa-del                    v  |
 *	                   |                        DYING | hard limit, sa-del,
 *	                   |                           |  | child, peer or device
 *	                   v                           v  v goes
 *	                  DEAD <------------------------'-'
 *	                   |
 *	                   | out of every table; after a grace period, and when
 *	                   v the cipher has given back its last packet
 *	                 freed
 *
 * Direction is a type: &struct adit_sa_in has a replay window, &struct
 * adit_sa_out a sequence counter, and neither can be taken for the other.
 */
#ifndef ADIT_SA_H
#define ADIT_SA_H

#include <linux/atomic.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/list.h>
#include <linux/refcount.h>
#include <linux/rhashtable-types.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include "alarm.h"
#include "crypto.h"
#include "natcsum.h"
#include "replay.h"
#include "stats.h"

struct adit_child;
struct adit_xform;

/**
 * struct adit_limits - when an SA should be replaced, and when it ends
 * @seconds: of age
 * @bytes: octets of inner packets
 * @packets: inner packets
 *
 * One of these is the soft ones, one the hard ones; 0 is no limit.
 */
struct adit_limits {
	u64 seconds;
	u64 bytes;
	u64 packets;
};

/**
 * struct adit_sa - what both directions have
 * @crypto: the cipher; constant once the SA is VALID
 * @xform: the protocol's functions; constant
 * @child: whose SA this is; counted, constant
 * @next_packets: number of packets that calls for a look at the limits
 * @next_bytes: number of octets that calls for a look at the limits
 * @hard_packets: no packet passes once so many have
 * @hard_bytes: no packet passes once so many octets have
 * @used: jiffies of the last packet, 0 if there was none
 * @spi: RFC 4303, 2.1; constant
 * @proto: IP protocol; constant
 * @dir: ADIT_DIR_IN or ADIT_DIR_OUT; constant
 * @state: ADIT_SA_STATE_*; written under the namespace's lock
 * @cpi: of IPComp with DEFLATE inside of it, 0 for none (RFC 3173, 3.3); constant
 *	once the SA is VALID
 * @bundled: it protects a packet only together with another one, which is
 *	inside or outside of it: see &adit_child.protocols; constant
 * @soft_told: the soft event was raised; under the namespace's lock
 * @ref: one while the SA is in a table, one for each packet that an
 *	asynchronous cipher has
 * @stats: counters
 * @soft: limits that raise an event; under the namespace's lock
 * @hard: limits that end the SA; under the namespace's lock
 * @born: when it was made, boot clock
 * @deadline: when a larval SA ends, boot clock
 * @alarms: the device's, that @alarm is set in; borrowed, constant
 * @alarm: the next look at the limits
 * @child_node: in &adit_child.sas, until it is freed; under the namespace's
 *	lock
 * @free_work: frees it after a grace period, where sleeping is allowed
 */
struct adit_sa {
	struct adit_crypto crypto;
	const struct adit_xform *xform;
	struct adit_child *child;
	u64 next_packets;
	u64 next_bytes;
	u64 hard_packets;
	u64 hard_bytes;
	unsigned long used;
	__be32 spi;
	u8 proto;
	u8 dir;
	u8 state;
	u16 cpi;
	bool bundled;
	bool soft_told;
	refcount_t ref;
	struct adit_stats stats;
	struct adit_limits soft;
	struct adit_limits hard;
	ktime_t born;
	ktime_t deadline;
	struct adit_alarms *alarms;
	struct adit_alarm alarm;
	struct list_head child_node;
	struct rcu_work free_work;
};

/**
 * struct adit_sa_in - an inbound SA
 * @sa: what both directions have
 * @hash: in &adit_sadb.in
 * @replay_lock: guards @replay; taken with bottom halves off
 * @replay: the window; NULL while the SA is LARVAL, constant then; owned
 * @nat_oa: in transport mode, the addresses that checksums are made with;
 *	constant once the SA is VALID
 */
struct adit_sa_in {
	struct adit_sa sa;
	struct rhash_head hash;
	spinlock_t replay_lock; /* replay */
	struct adit_replay *replay;
	struct adit_nat_oa nat_oa;
};

/**
 * struct adit_sa_out - an outbound SA
 * @sa: what both directions have
 * @hash: in &adit_sadb.out
 * @ah: the AH SA that protects a packet next; NULL if none does; counted,
 *	constant
 * @seq: last sequence number given out
 * @seq_soft: the number that raises the soft event
 * @seq_hard: the last number there is
 * @tfc_padding: octets that shorter packets are padded to, or ADIT_TFC_*; 0 in
 *	transport mode; under the namespace's lock for writing
 * @head_len4: what &adit_xform.head_len says of IPv4, constant as the keys are
 * @head_len6: what it says of IPv6
 * @tail_len: what &adit_xform.tail_len says
 */
struct adit_sa_out {
	struct adit_sa sa;
	struct rhlist_head hash;
	struct adit_sa_out *ah;
	atomic64_t seq;
	u64 seq_soft;
	u64 seq_hard;
	u32 tfc_padding;
	u16 head_len4;
	u16 head_len6;
	u16 tail_len;
};

static inline struct adit_sa_in *adit_sa_in(struct adit_sa *sa)
{
	return container_of(sa, struct adit_sa_in, sa);
}

static inline struct adit_sa_out *adit_sa_out(struct adit_sa *sa)
{
	return container_of(sa, struct adit_sa_out, sa);
}

/**
 * adit_sa_state() - the state, from the packet path
 * @sa: the SA
 *
 * An SA that is seen to be VALID is seen with its keys.
 *
 * Return: ADIT_SA_STATE_*.
 */
static inline u8 adit_sa_state(const struct adit_sa *sa)
{
	/* Pairs with adit_sa_set_state(). */
	return smp_load_acquire(&sa->state);
}

/**
 * adit_sa_carries() - may it carry packets?
 * @sa: the SA
 *
 * Return: whether it is VALID or DYING.
 */
static inline bool adit_sa_carries(const struct adit_sa *sa)
{
	u8 state = adit_sa_state(sa);

	return state == ADIT_SA_STATE_VALID || state == ADIT_SA_STATE_DYING;
}

struct adit_sa_in *adit_sa_in_alloc(struct adit_child *child,
				    struct adit_alarms *alarms,
				    const struct adit_xform *xform, __be32 spi);
struct adit_sa_out *adit_sa_out_alloc(struct adit_child *child,
				      struct adit_alarms *alarms,
				      const struct adit_xform *xform,
				      __be32 spi);
int adit_sa_in_set_keys(struct adit_sa_in *in, const struct adit_keys *keys,
			bool esn, u32 replay_window);
int adit_sa_out_set_keys(struct adit_sa_out *out, const struct adit_keys *keys,
			 bool esn);
int adit_sa_set_ipcomp(struct adit_sa *sa, u16 cpi);
void adit_sa_discard(struct adit_sa *sa);
void adit_sa_set_state(struct adit_sa *sa, u8 state);
void adit_sa_set_limits(struct adit_sa *sa, const struct adit_limits *soft,
			const struct adit_limits *hard);

bool adit_sa_get_many(struct adit_sa *sa, unsigned int count);
void adit_sa_put_many(struct adit_sa *sa, unsigned int count);

static inline void adit_sa_put(struct adit_sa *sa)
{
	adit_sa_put_many(sa, 1);
}

/**
 * adit_sa_is_outer() - does it protect what another SA has protected?
 * @sa: the SA
 *
 * Return: whether it is the AH SA of a bundle.
 */
static inline bool adit_sa_is_outer(const struct adit_sa *sa)
{
	return sa->bundled && sa->proto == IPPROTO_AH;
}

u64 adit_sa_last_seq(bool esn);
bool adit_sa_in_take_over(struct adit_sa_in *in, u64 top, const u8 *seen,
			  size_t len);
bool adit_sa_out_take_over(struct adit_sa_out *out, u64 seq);

bool adit_sa_charge_slow(struct adit_sa *sa, u64 packets, u64 bytes);
u64 adit_sa_out_reserve(struct adit_sa_out *out, unsigned int packets);

/**
 * adit_sa_charge() - count packets against an SA's limits
 * @sa: the SA
 * @packet_count: &adit_stats.tx_packets or &adit_stats.rx_packets of @sa
 * @byte_count: the same for octets
 * @packets: inner packets
 * @bytes: their octets
 *
 * A batch passes as a whole or not at all: the last one may overshoot a limit.
 *
 * Context: bottom halves off.
 * Return: false if a hard limit had been reached before; nothing is counted.
 */
static inline bool adit_sa_charge(struct adit_sa *sa, atomic64_t *packet_count,
				  atomic64_t *byte_count, unsigned int packets,
				  unsigned int bytes)
{
	u64 p = atomic64_add_return(packets, packet_count);
	u64 b = atomic64_add_return(bytes, byte_count);

	WRITE_ONCE(sa->used, jiffies | 1);
	if (likely(p < READ_ONCE(sa->next_packets) &&
		   b < READ_ONCE(sa->next_bytes)))
		return true;
	if (adit_sa_charge_slow(sa, p - packets, b - bytes))
		return true;
	atomic64_sub(packets, packet_count);
	atomic64_sub(bytes, byte_count);
	return false;
}

#endif
