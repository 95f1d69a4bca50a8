// SPDX-License-Identifier: GPL-2.0-only
/* Security associations: made, moved through their states, counted, freed. */

#include <linux/slab.h>

#include "compat.h"
#include "defer.h"
#include "io.h"
#include "ipcomp.h"
#include "sa.h"
#include "trace.h"
#include "xform.h"

#define STATE_BIT(name) BIT(ADIT_SA_STATE_##name)

/* To which states each one may go; row 0 is that of a new SA. */
static const u8 may_follow[] = {
	[0] = STATE_BIT(LARVAL) | STATE_BIT(VALID),
	[ADIT_SA_STATE_LARVAL] = STATE_BIT(VALID) | STATE_BIT(DEAD),
	[ADIT_SA_STATE_VALID] = STATE_BIT(DYING) | STATE_BIT(DEAD),
	[ADIT_SA_STATE_DYING] = STATE_BIT(DEAD),
	[ADIT_SA_STATE_DEAD] = 0,
};

/**
 * adit_sa_set_state() - the only way from one state to the next
 * @sa: the SA
 * @state: ADIT_SA_STATE_*
 *
 * Context: the namespace's lock is held.
 */
void adit_sa_set_state(struct adit_sa *sa, u8 state)
{
	lockdep_assert_held(sa->alarms->mutex);
	if (WARN_ON_ONCE(!(may_follow[sa->state] & BIT(state))))
		return;
	trace_adit_sa_state(sa->dir, sa->spi, sa->state, state);
	/* Pairs with adit_sa_state(): the keys before the state. */
	smp_store_release(&sa->state, state);
}

static void init(struct adit_sa *sa, struct adit_child *child,
		 struct adit_alarms *alarms, const struct adit_xform *xform,
		 __be32 spi, u8 dir)
{
	sa->child = child;
	sa->alarms = alarms;
	sa->xform = xform;
	sa->proto = xform->proto;
	sa->spi = spi;
	sa->dir = dir;
	sa->next_packets = U64_MAX;
	sa->next_bytes = U64_MAX;
	sa->hard_packets = U64_MAX;
	sa->hard_bytes = U64_MAX;
	sa->born = ktime_get_boottime();
	refcount_set(&sa->ref, 1);
	INIT_LIST_HEAD(&sa->child_node);
	adit_alarm_init(&sa->alarm, adit_life_ring);
	pr_debug("adit: sa %s-0x%08x-%p created\n",
		 dir == ADIT_DIR_IN ? "in" : "out", be32_to_cpu(spi), sa);
}

/**
 * adit_sa_in_alloc() - make an inbound SA without keys
 * @child: whose it is; the reference is given to the SA
 * @alarms: the device's
 * @xform: the protocol
 * @spi: its SPI
 *
 * Context: may sleep.
 * Return: the SA, in no state and in no table; NULL without memory, the
 * reference to @child is still the caller's then.
 */
struct adit_sa_in *adit_sa_in_alloc(struct adit_child *child,
				    struct adit_alarms *alarms,
				    const struct adit_xform *xform, __be32 spi)
{
	struct adit_sa_in *in = kzalloc_obj(*in, GFP_KERNEL_ACCOUNT);

	if (!in)
		return NULL;
	init(&in->sa, child, alarms, xform, spi, ADIT_DIR_IN);
	spin_lock_init(&in->replay_lock);
	return in;
}

/**
 * adit_sa_out_alloc() - make an outbound SA without keys
 * @child: whose it is; the reference is given to the SA
 * @alarms: the device's
 * @xform: the protocol
 * @spi: its SPI
 *
 * Context: may sleep.
 * Return: the SA, in no state and in no table; NULL without memory, the
 * reference to @child is still the caller's then.
 */
struct adit_sa_out *adit_sa_out_alloc(struct adit_child *child,
				      struct adit_alarms *alarms,
				      const struct adit_xform *xform,
				      __be32 spi)
{
	struct adit_sa_out *out = kzalloc_obj(*out, GFP_KERNEL_ACCOUNT);

	if (!out)
		return NULL;
	init(&out->sa, child, alarms, xform, spi, ADIT_DIR_OUT);
	return out;
}

/**
 * adit_sa_in_set_keys() - give an inbound SA its cipher and window
 * @in: the SA, new or LARVAL; it may be in the table already
 * @keys: algorithms and keys
 * @esn: 64-bit sequence numbers
 * @replay_window: packets that the window spans
 *
 * Context: may sleep; nobody else does this to the same SA.
 * Return: 0 or an error of adit_crypto_init(), then nothing has changed.
 */
int adit_sa_in_set_keys(struct adit_sa_in *in, const struct adit_keys *keys,
			bool esn, u32 replay_window)
{
	struct adit_replay *replay;
	int err;

	replay = kvmalloc(adit_replay_size(replay_window), GFP_KERNEL_ACCOUNT);
	if (!replay)
		return -ENOMEM;
	adit_replay_init(replay, replay_window, esn);
	err = adit_crypto_init(&in->sa.crypto, keys, esn);
	if (err) {
		kvfree(replay);
		return err;
	}
	in->replay = replay;
	return 0;
}

/**
 * adit_sa_set_ipcomp() - let IPComp be inside of an SA (RFC 7296, 2.22)
 * @sa: the SA, which carries no packets
 * @cpi: the CPI, 0 for no IPComp
 *
 * Context: may sleep; nobody else does this to the same SA.
 * Return: 0, -ENOENT if the kernel has no DEFLATE, or -ENOMEM; then nothing has
 * changed. 0 never fails.
 */
int adit_sa_set_ipcomp(struct adit_sa *sa, u16 cpi)
{
	int err = 0;

	if (cpi && !sa->cpi)
		err = adit_ipcomp_get();
	else if (!cpi && sa->cpi)
		adit_ipcomp_put();
	if (!err)
		sa->cpi = cpi;
	return err;
}

/**
 * adit_sa_last_seq() - the last sequence number there is
 * @esn: 64-bit sequence numbers
 *
 * The counter never wraps (RFC 4303, 3.3.3). The upper bound leaves room for
 * reservations that come too late.
 *
 * Return: the number.
 */
u64 adit_sa_last_seq(bool esn)
{
	return esn ? U64_MAX - U32_MAX : U32_MAX;
}

/**
 * adit_sa_in_take_over() - go on where the same SA was elsewhere (RFC 6311)
 * @in: the SA, with its keys
 * @top: highest sequence number that was verified there
 * @seen: which others were, see adit_replay_save()
 * @len: octets of @seen; of numbers beyond it all count as seen
 *
 * Context: the namespace's lock is held.
 * Return: false if @top is below what was verified here; nothing has changed.
 */
bool adit_sa_in_take_over(struct adit_sa_in *in, u64 top, const u8 *seen,
			  size_t len)
{
	bool done;

	spin_lock_bh(&in->replay_lock);
	done = adit_replay_restore(in->replay, top, seen, len);
	spin_unlock_bh(&in->replay_lock);
	return done;
}

/**
 * adit_sa_out_take_over() - go on where the same SA was elsewhere (RFC 6311)
 * @out: the SA, with its keys
 * @seq: last sequence number that was used there
 *
 * A number is never used twice, as that would give away what AEADs protect.
 *
 * Context: any.
 * Return: false if @seq is below the last one used here; nothing has changed.
 */
bool adit_sa_out_take_over(struct adit_sa_out *out, u64 seq)
{
	s64 old = atomic64_read(&out->seq);

	do {
		if ((u64)old > seq)
			return false;
	} while (!atomic64_try_cmpxchg(&out->seq, &old, seq));
	return true;
}

/**
 * adit_sa_out_set_keys() - give an outbound SA its cipher
 * @out: the SA, new
 * @keys: algorithms and keys
 * @esn: 64-bit sequence numbers
 *
 * Context: may sleep.
 * Return: 0 or an error of adit_crypto_init(), then nothing has changed.
 */
int adit_sa_out_set_keys(struct adit_sa_out *out, const struct adit_keys *keys,
			 bool esn)
{
	const struct adit_xform *xform = out->sa.xform;
	int err = adit_crypto_init(&out->sa.crypto, keys, esn);

	if (err)
		return err;
	/* The soft event comes while a sixteenth of the numbers is left. */
	out->seq_hard = adit_sa_last_seq(esn);
	out->seq_soft = out->seq_hard - (out->seq_hard >> 4);
	out->head_len4 = xform->head_len(&out->sa, AF_INET);
	out->head_len6 = xform->head_len(&out->sa, AF_INET6);
	out->tail_len = xform->tail_len(&out->sa);
	return 0;
}

static void release(struct adit_sa *sa)
{
	pr_debug("adit: sa %s-0x%08x-%p destroyed\n",
		 sa->dir == ADIT_DIR_IN ? "in" : "out", be32_to_cpu(sa->spi),
		 sa);
	adit_crypto_uninit(&sa->crypto);
	adit_sa_set_ipcomp(sa, 0);
	if (sa->dir == ADIT_DIR_IN) {
		kvfree(adit_sa_in(sa)->replay);
		kfree(adit_sa_in(sa));
	} else {
		if (adit_sa_out(sa)->ah)
			adit_sa_put(&adit_sa_out(sa)->ah->sa);
		kfree(adit_sa_out(sa));
	}
}

/**
 * adit_sa_discard() - free an SA that was never in a table
 * @sa: the SA; its reference to the child is the caller's again
 *
 * Context: may sleep.
 */
void adit_sa_discard(struct adit_sa *sa)
{
	release(sa);
}

static void free_work(struct work_struct *work)
{
	struct adit_sa *sa = container_of(to_rcu_work(work), struct adit_sa,
					  free_work);
	struct adit_child *child = sa->child;

	/* Takes the counts over, and the SA off the child's list. */
	adit_child_drained(sa);
	release(sa);
	adit_child_put(child);
}

/**
 * adit_sa_get_many() - keep an SA
 * @sa: an SA that was found in this RCU read section
 * @count: how many references
 *
 * Context: RCU read section.
 * Return: false if the SA is on its way out; then there is no reference.
 */
bool adit_sa_get_many(struct adit_sa *sa, unsigned int count)
{
	return refcount_add_not_zero(count, &sa->ref);
}

/**
 * adit_sa_put_many() - give back an SA
 * @sa: the SA; freed after a grace period if these were the last references
 * @count: how many references; 0 is allowed
 *
 * Context: any.
 */
void adit_sa_put_many(struct adit_sa *sa, unsigned int count)
{
	if (!count || !refcount_sub_and_test(count, &sa->ref))
		return;
	INIT_RCU_WORK(&sa->free_work, free_work);
	queue_rcu_work(adit_free_wq, &sa->free_work);
}

/**
 * adit_sa_set_limits() - replace the limits
 * @sa: the SA
 * @soft: limits that raise an event
 * @hard: limits that end the SA
 *
 * What was told of the old soft limits is told again of the new ones.
 *
 * Context: the namespace's lock is held.
 */
void adit_sa_set_limits(struct adit_sa *sa, const struct adit_limits *soft,
			const struct adit_limits *hard)
{
	lockdep_assert_held(sa->alarms->mutex);
	sa->soft = *soft;
	sa->hard = *hard;
	sa->soft_told = false;
	WRITE_ONCE(sa->hard_packets, hard->packets ?: U64_MAX);
	WRITE_ONCE(sa->hard_bytes, hard->bytes ?: U64_MAX);
	if (memchr_inv(soft, 0, sizeof(*soft)) ||
	    memchr_inv(hard, 0, sizeof(*hard))) {
		/* The look at the limits finds the numbers that matter. */
		adit_alarm_set(sa->alarms, &sa->alarm, 0);
	} else {
		WRITE_ONCE(sa->next_packets, U64_MAX);
		WRITE_ONCE(sa->next_bytes, U64_MAX);
		adit_alarm_cancel(sa->alarms, &sa->alarm);
	}
}

/**
 * adit_sa_charge_slow() - a batch has come to a number that matters
 * @sa: the SA
 * @packets: inner packets before the batch
 * @bytes: octets before the batch
 *
 * Context: bottom halves off.
 * Return: whether the batch may pass.
 */
bool adit_sa_charge_slow(struct adit_sa *sa, u64 packets, u64 bytes)
{
	if (packets >= READ_ONCE(sa->hard_packets) ||
	    bytes >= READ_ONCE(sa->hard_bytes))
		return false;
	/* A dead SA has no alarm any more. */
	if (adit_sa_carries(sa))
		adit_alarm_set(sa->alarms, &sa->alarm, 0);
	return true;
}

/**
 * adit_sa_out_reserve() - take sequence numbers
 * @out: the SA
 * @packets: how many
 *
 * Context: bottom halves off.
 * Return: the first of them, or 0 if there are not so many left.
 */
u64 adit_sa_out_reserve(struct adit_sa_out *out, unsigned int packets)
{
	u64 last = atomic64_add_return(packets, &out->seq);

	if (likely(last < READ_ONCE(out->seq_soft)))
		return last - packets + 1;
	if (adit_sa_carries(&out->sa))
		adit_alarm_set(out->sa.alarms, &out->sa.alarm, 0);
	return last <= out->seq_hard ? last - packets + 1 : 0;
}
