// SPDX-License-Identifier: GPL-2.0-only
/* Timers of a device's objects. */

#include <linux/jiffies.h>
#include <linux/ktime.h>

#include "compat.h"
#include "alarm.h"

/* However far the next alarm is, look again after a day. */
#define LONGEST_WAIT (24 * 3600 * NSEC_PER_SEC)

static void schedule_next(struct adit_alarms *alarms)
{
	struct timerqueue_node *next = timerqueue_getnext(&alarms->queue);
	s64 wait;

	lockdep_assert_held(&alarms->lock);
	if (!next)
		return;
	wait = ktime_to_ns(ktime_sub(next->expires, ktime_get_boottime()));
	wait = clamp_t(s64, wait, 0, LONGEST_WAIT);
	/* One jiffy more, so that it is due when the work looks. */
	mod_delayed_work(system_power_efficient_wq, &alarms->work,
			 wait ? nsecs_to_jiffies(wait) + 1 : 0);
}

static struct adit_alarm *take_due(struct adit_alarms *alarms, ktime_t now)
{
	struct timerqueue_node *next;

	spin_lock_bh(&alarms->lock);
	next = timerqueue_getnext(&alarms->queue);
	if (next && ktime_after(next->expires, now))
		next = NULL;
	if (next)
		timerqueue_del(&alarms->queue, next);
	spin_unlock_bh(&alarms->lock);
	return next ? container_of(next, struct adit_alarm, node) : NULL;
}

static void ring_due(struct work_struct *work)
{
	struct adit_alarms *alarms = container_of(to_delayed_work(work),
						  struct adit_alarms, work);
	ktime_t now = ktime_get_boottime();
	struct adit_alarm *alarm;

	mutex_lock(alarms->mutex);
	while ((alarm = take_due(alarms, now)))
		alarm->ring(alarm);
	mutex_unlock(alarms->mutex);

	spin_lock_bh(&alarms->lock);
	schedule_next(alarms);
	spin_unlock_bh(&alarms->lock);
}

/**
 * adit_alarms_init() - make a device's alarms
 * @alarms: the alarms
 * @mutex: what is held while one rings; outlives @alarms
 */
void adit_alarms_init(struct adit_alarms *alarms, struct mutex *mutex)
{
	spin_lock_init(&alarms->lock);
	timerqueue_init_head(&alarms->queue);
	INIT_DELAYED_WORK(&alarms->work, ring_due);
	alarms->mutex = mutex;
}

/**
 * adit_alarms_stop() - let none ring any more
 * @alarms: the alarms
 *
 * Context: may sleep; the mutex of adit_alarms_init() is not held, and nobody
 * is left who sets an alarm.
 */
void adit_alarms_stop(struct adit_alarms *alarms)
{
	cancel_delayed_work_sync(&alarms->work);
}

/**
 * adit_alarm_init() - make an alarm that is not set
 * @alarm: the alarm
 * @ring: what it calls
 */
void adit_alarm_init(struct adit_alarm *alarm,
		     void (*ring)(struct adit_alarm *alarm))
{
	timerqueue_init(&alarm->node);
	alarm->ring = ring;
}

/**
 * adit_alarm_set() - set an alarm, or move one that is set
 * @alarms: the device's alarms
 * @alarm: the alarm
 * @when: on the boot clock; 0 for at once
 *
 * Context: any but hard interrupts.
 */
void adit_alarm_set(struct adit_alarms *alarms, struct adit_alarm *alarm,
		    ktime_t when)
{
	spin_lock_bh(&alarms->lock);
	if (!RB_EMPTY_NODE(&alarm->node.node))
		timerqueue_del(&alarms->queue, &alarm->node);
	alarm->node.expires = when;
	if (timerqueue_add(&alarms->queue, &alarm->node))
		schedule_next(alarms);
	spin_unlock_bh(&alarms->lock);
}

/**
 * adit_alarm_cancel() - it will not ring
 * @alarms: the device's alarms
 * @alarm: the alarm, set or not
 *
 * Context: the mutex of adit_alarms_init() is held, so that it is not ringing
 * either.
 */
void adit_alarm_cancel(struct adit_alarms *alarms, struct adit_alarm *alarm)
{
	lockdep_assert_held(alarms->mutex);
	spin_lock_bh(&alarms->lock);
	if (!RB_EMPTY_NODE(&alarm->node.node))
		timerqueue_del(&alarms->queue, &alarm->node);
	spin_unlock_bh(&alarms->lock);
}
