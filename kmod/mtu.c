// SPDX-License-Identifier: GPL-2.0-only
/* The interface's MTU: what the SAs leave of the paths, or what an admin says. */

#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <net/ipv6.h>

#include "compat.h"
#include "child.h"
#include "dev.h"
#include "mtu.h"
#include "peer.h"
#include "xform.h"

/**
 * adit_mtu_set() - take another MTU
 * @dev: the interface
 * @mtu: the MTU, between the interface's bounds
 *
 * Context: under the RTNL.
 * Return: 0.
 */
int adit_mtu_set(struct net_device *dev, int mtu)
{
	struct adit_dev *adit = netdev_priv(dev);

	if (!adit->setting_mtu)
		adit->mtu_fixed = true;
	WRITE_ONCE(dev->mtu, mtu);
	return 0;
}

static void set_fit(struct adit_dev *adit, unsigned int mtu)
{
	struct net_device *dev = adit->dev;

	ASSERT_RTNL();
	WRITE_ONCE(adit->fit_mtu, mtu);
	if (adit->mtu_fixed || dev->reg_state != NETREG_REGISTERED ||
	    dev->mtu == mtu)
		return;
	adit->setting_mtu = true;
	dev_set_mtu(dev, clamp(mtu, dev->min_mtu, dev->max_mtu));
	adit->setting_mtu = false;
}

/*
 * Below 1280 octets the kernel would take IPv6 off the device for good: such
 * packets are sent in outer fragments, and larger IPv4 packets are told the right
 * size one by one. What is not known stays 0.
 */
static unsigned int floored(unsigned int mtu)
{
	return mtu ? max(mtu, IPV6_MIN_MTU) : 0;
}

/*
 * Is it another MTU if one of the paths carries this? It follows a device's only
 * child; where there are more, it follows the narrowest of them.
 */
static bool changes(const struct adit_dev *adit, unsigned int mtu)
{
	unsigned int now = READ_ONCE(adit->fit_mtu);

	if (!mtu || (now == mtu && READ_ONCE(adit->dev->mtu) == mtu))
		return false;
	return READ_ONCE(adit->child_count) <= 1 || !now || mtu < now;
}

/**
 * adit_mtu_fit() - what one of a device's paths carries has become known
 * @adit: the device
 * @mtu: the largest inner packet that fits; 0 if that is not known
 *
 * An outbound SA on standby narrows it, so that a rekey to an algorithm that adds
 * more loses no packet; it widens when the SA is put to use. A MTU that an admin
 * has set stays.
 *
 * Context: may sleep; takes the RTNL, the namespace's lock is not held.
 */
void adit_mtu_fit(struct adit_dev *adit, unsigned int mtu)
{
	mtu = floored(mtu);
	if (!changes(adit, mtu))
		return;
	rtnl_lock();
	set_fit(adit, mtu);
	rtnl_unlock();
}

/**
 * adit_mtu_fit_anew() - look at all paths that are in use
 * @adit: the device
 *
 * Context: under the RTNL; takes the namespace's lock.
 */
void adit_mtu_fit_anew(struct adit_dev *adit)
{
	struct adit_child *child;
	unsigned int mtu = 0;
	unsigned long id;

	ASSERT_RTNL();
	mutex_lock(&adit->an->lock);
	xa_for_each(&adit->children, id, child)
		mtu = min_not_zero(mtu, adit_child_mtu(child));
	mutex_unlock(&adit->an->lock);
	if (mtu)
		set_fit(adit, floored(mtu));
}

static void fit_work(struct work_struct *work)
{
	rtnl_lock();
	adit_mtu_fit_anew(container_of(work, struct adit_dev, mtu_work));
	rtnl_unlock();
}

/**
 * adit_mtu_fit_later() - as adit_mtu_fit(), for who has the namespace's lock
 * @adit: the device
 * @mtu: the largest inner packet that fits; 0 if that is not known
 *
 * Context: the namespace's lock is held, which is inside of the RTNL.
 */
void adit_mtu_fit_later(struct adit_dev *adit, unsigned int mtu)
{
	adit_dev_assert_held(adit);
	if (changes(adit, floored(mtu)))
		queue_work(system_power_efficient_wq, &adit->mtu_work);
}

/**
 * adit_mtu_init() - begin
 * @adit: the device
 */
void adit_mtu_init(struct adit_dev *adit)
{
	INIT_WORK(&adit->mtu_work, fit_work);
}

/**
 * adit_mtu_stop() - end
 * @adit: the device, which has no peers any more
 *
 * Context: may sleep; the RTNL is not held.
 */
void adit_mtu_stop(struct adit_dev *adit)
{
	cancel_work_sync(&adit->mtu_work);
}

/**
 * adit_mtu_guess() - a new interface's MTU
 * @adit: the device
 *
 * Before there is an SA, that of the widest one: it only shrinks.
 *
 * Context: under the RTNL.
 */
void adit_mtu_guess(struct adit_dev *adit)
{
	struct adit_peer *peer = xa_load(&adit->peers, 0);
	struct net_device *dev = adit->dev;
	unsigned int mtu = 0, outer_len = ADIT_MAX_OUTER_LEN;
	struct adit_path *path;

	if (!peer)
		return;
	local_bh_disable();
	rcu_read_lock();
	path = rcu_dereference(peer->path);
	mtu = adit_path_mtu(path);
	outer_len += adit_path_encap_len(&path->end);
	rcu_read_unlock();
	local_bh_enable();
	if (mtu > IPV6_MIN_MTU + outer_len)
		dev->mtu = min(mtu - outer_len - ADIT_MAX_HDR_LEN -
			       ADIT_MAX_TRAILER_LEN, dev->max_mtu);
}

static int netdev_event(struct notifier_block *nb, unsigned long event,
			void *ptr)
{
	struct net_device *dev = netdev_notifier_info_to_dev(ptr);
	struct adit_dev *adit;

	if (event == NETDEV_CHANGEMTU)
		list_for_each_entry(adit, &adit_net(dev_net(dev))->devices,
				    an_node)
			if (adit->dev != dev)
				adit_mtu_fit_anew(adit);
	return NOTIFY_DONE;
}

static struct notifier_block netdev_notifier = {
	.notifier_call = netdev_event,
};

/**
 * adit_mtu_module_init() - listen for MTUs that change
 *
 * Return: 0 or an error.
 */
int adit_mtu_module_init(void)
{
	return register_netdevice_notifier(&netdev_notifier);
}

/**
 * adit_mtu_module_exit() - listen no more
 *
 * Context: may sleep.
 */
void adit_mtu_module_exit(void)
{
	unregister_netdevice_notifier(&netdev_notifier);
}
