// SPDX-License-Identifier: GPL-2.0-only
/* The part of a network namespace that is ours. */

#include <linux/jiffies.h>
#include <net/netns/generic.h>

#include "compat.h"
#include "netns.h"
#include "sock.h"

static unsigned int net_id;
static void (*exit_devices)(struct list_head *nets);

/**
 * adit_net() - our part of a namespace
 * @net: the namespace
 *
 * Return: it; lives as long as @net.
 */
struct adit_net *adit_net(const struct net *net)
{
	return net_generic(net, net_id);
}

/**
 * adit_net_sum() - the counters of a namespace over all CPUs
 * @an: the namespace
 * @sum: where to; what it held is lost
 *
 * Context: any.
 */
void adit_net_sum(const struct adit_net *an, struct adit_net_counters *sum)
{
	const struct adit_net_counters *one;
	int cpu;

	memset(sum, 0, sizeof(*sum));
	for_each_possible_cpu(cpu) {
		one = per_cpu_ptr(an->counters, cpu);
		sum->unknown_spi += READ_ONCE(one->unknown_spi);
		sum->truncated += READ_ONCE(one->truncated);
	}
}

static int netns_init(struct net *net)
{
	struct adit_net *an = adit_net(net);
	unsigned int i;
	int err;

	an->net = net;
	for (i = 0; i < ARRAY_SIZE(an->senders); i++)
		an->senders[i] = jiffies - HZ;
	mutex_init(&an->lock);
	INIT_LIST_HEAD(&an->devices);
	xa_init_flags(&an->sockets, XA_FLAGS_ALLOC);
	INIT_DELAYED_WORK(&an->sock_work, adit_sock_closed_work);
	an->counters = alloc_percpu(struct adit_net_counters);
	if (!an->counters)
		return -ENOMEM;
	err = adit_sadb_init(&an->sadb);
	if (err)
		free_percpu(an->counters);
	return err;
}

static void netns_exit_batch(struct list_head *nets)
{
	struct adit_net *an;
	struct net *net;

	/* Ends when each of the devices, and so each SA, is gone. */
	exit_devices(nets);
	list_for_each_entry(net, nets, exit_list) {
		an = adit_net(net);
		adit_sock_remove_all(an);
		xa_destroy(&an->sockets);
		adit_sadb_uninit(&an->sadb);
		free_percpu(an->counters);
	}
}

static struct pernet_operations netns_ops = {
	.init = netns_init,
	.exit_batch = netns_exit_batch,
	.id = &net_id,
	.size = sizeof(struct adit_net),
};

/**
 * adit_netns_module_init() - have a part in each namespace
 * @exit_batch: removes the devices that were born in the namespaces of a list
 *
 * Return: 0 or an error.
 */
int adit_netns_module_init(void (*exit_batch)(struct list_head *nets))
{
	exit_devices = exit_batch;
	return register_pernet_device(&netns_ops);
}

/**
 * adit_netns_module_exit() - have no part in any namespace
 */
void adit_netns_module_exit(void)
{
	unregister_pernet_device(&netns_ops);
}
