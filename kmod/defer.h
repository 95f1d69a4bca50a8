/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where things are freed that need a grace period and a place to sleep, and where
 * sockets do what cannot be done at once.
 */
#ifndef ADIT_DEFER_H
#define ADIT_DEFER_H

#include <linux/workqueue.h>

/* For queue_rcu_work() only; empty before the module goes. */
extern struct workqueue_struct *adit_free_wq;

/* What goes on in sockets of the kernel. */
extern struct workqueue_struct *adit_sock_wq;

int adit_defer_module_init(void);
void adit_defer_module_exit(void);

#endif
