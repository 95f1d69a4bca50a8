/* SPDX-License-Identifier: GPL-2.0-only */
/* Timers of a device's objects: thousands of them on one delayed work. */
#ifndef ADIT_ALARM_H
#define ADIT_ALARM_H

#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/timerqueue.h>
#include <linux/workqueue.h>

/**
 * struct adit_alarms - the alarms of a device
 * @lock: guards @queue and the nodes in it; taken with bottom halves off
 * @queue: alarms that are set, the next one first
 * @work: rings what is due
 * @mutex: held while an alarm rings, and by whoever frees its object, so that
 *	none of them rings on freed memory; borrowed
 */
struct adit_alarms {
	spinlock_t lock; /* queue and the nodes in it */
	struct timerqueue_head queue;
	struct delayed_work work;
	struct mutex *mutex; /* borrowed, see above */
};

/**
 * struct adit_alarm - a time at which an object wants to be looked at
 * @node: in &adit_alarms.queue while set; the time is of the boot clock
 * @ring: looks at the object; called once, with &adit_alarms.mutex held
 */
struct adit_alarm {
	struct timerqueue_node node;
	void (*ring)(struct adit_alarm *alarm);
};

void adit_alarms_init(struct adit_alarms *alarms, struct mutex *mutex);
void adit_alarms_stop(struct adit_alarms *alarms);

void adit_alarm_init(struct adit_alarm *alarm,
		     void (*ring)(struct adit_alarm *alarm));
void adit_alarm_set(struct adit_alarms *alarms, struct adit_alarm *alarm,
		    ktime_t when);
void adit_alarm_cancel(struct adit_alarms *alarms, struct adit_alarm *alarm);

#endif
