// SPDX-License-Identifier: GPL-2.0-only
/* Where things are freed that need a grace period and a place to sleep. */

#include <linux/rcupdate.h>

#include "compat.h"
#include "defer.h"

struct workqueue_struct *adit_free_wq;
struct workqueue_struct *adit_sock_wq;

/**
 * adit_defer_module_init() - get ready
 *
 * Return: 0 or -ENOMEM.
 */
int adit_defer_module_init(void)
{
	adit_free_wq = alloc_workqueue("adit-free", WQ_UNBOUND, 0);
	if (!adit_free_wq)
		return -ENOMEM;
	adit_sock_wq = alloc_workqueue("adit-sock", WQ_UNBOUND | WQ_HIGHPRI, 0);
	if (adit_sock_wq)
		return 0;
	destroy_workqueue(adit_free_wq);
	return -ENOMEM;
}

/**
 * adit_defer_module_exit() - wait until all is freed
 *
 * Context: may sleep; no device is left.
 */
void adit_defer_module_exit(void)
{
	/* Sockets that are gone have nothing to do, but must find out. */
	destroy_workqueue(adit_sock_wq);
	/* First what waits for a grace period, which queues the work. */
	rcu_barrier();
	/* A path that is freed gives back its socket, which waits likewise. */
	flush_workqueue(adit_free_wq);
	rcu_barrier();
	destroy_workqueue(adit_free_wq);
	/* And what the work itself gave to kfree_rcu(). */
	rcu_barrier();
}
