// SPDX-License-Identifier: GPL-2.0-only
/*
 * Four network ports that a benchmark owns both ends of:
 *
 *   bgen   what the benchmark sends comes in here, as from a network card
 *   bnear  one end of a cable,
 *   bfar   and the other
 *   bsink  what goes out here has arrived
 *
 * Move bgen and bnear to a gateway, bfar and bsink to the next, route from bgen
 * to bsink through the cable, and a run tells what each gateway costs:
 *
 *   cat IP-PACKETS >/sys/kernel/debug/bport/packets
 *   echo COUNT WINDOW >/sys/kernel/debug/bport/run; cat .../run
 *     ns of a burst in the first gateway, ns in the second
 *
 * A run is a closed loop. WINDOW packets come in at bgen; once all of them are
 * in bnear they come in at bfar, once they are all in bsink the next ones come
 * in at bgen. So nothing is ever lost for want of room, nothing idles, and the
 * same run takes the same steps again. What the ports do themselves is no one's
 * cost and not timed: making packets, and copying each into memory on its way
 * through the cable, as a network card would. The times are medians of all
 * bursts of WINDOW packets: most are so short that nothing else came between.
 * With no run under way the cable passes packets on both ways as they come.
 *
 * The packets, IPv4 or IPv6 from the IP header on, are written one behind the
 * other; a run takes them in turn.
 */

#include <linux/debugfs.h>
#include <linux/if_arp.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/netdevice.h>
#include <linux/seq_file.h>
#include <linux/sort.h>
#include <linux/uaccess.h>
#include <linux/wait.h>

/* A run that makes no progress for so long has lost a packet. */
#define STALLED (5 * HZ)
#define MAX_PACKETS_LEN 65536
#define MAX_BURSTS 4096

enum { GEN, NEAR, FAR, SINK, PORTS };

static const char *const names[PORTS] = { "bgen", "bnear", "bfar", "bsink" };

struct port {
	unsigned int index;
	struct napi_struct napi;
	struct sk_buff_head in;
};

static struct {
	struct net_device *dev[PORTS];

	/* The packets to send, and where the next is. */
	u8 packets[MAX_PACKETS_LEN];
	size_t packets_len, at;

	/* The run. Only one side of the loop has work at a time. */
	struct mutex mutex;
	wait_queue_head_t ended;
	bool on, crossed;
	unsigned int count, window, sent, batch, bursts;
	atomic_t in_far, in_sink;
	ktime_t since;
	u32 ns[2][MAX_BURSTS];

	struct dentry *debugfs;
} bench;

static bool frags;
module_param(frags, bool, 0644);
MODULE_PARM_DESC(frags, "the cable delivers all but the first 128 octets in a page");

static struct port *port_of(unsigned int index)
{
	return netdev_priv(bench.dev[index]);
}

static unsigned int packet_len(const u8 *packet, size_t room)
{
	const struct ipv6hdr *ip6h = (const void *)packet;
	const struct iphdr *iph = (const void *)packet;
	unsigned int len = 0;

	if (room >= sizeof(*iph) && iph->version == 4)
		len = ntohs(iph->tot_len);
	else if (room >= sizeof(*ip6h) && ip6h->version == 6)
		len = sizeof(*ip6h) + ntohs(ip6h->payload_len);
	return len >= sizeof(*iph) && len <= room ? len : 0;
}

static void as_received(struct sk_buff *skb)
{
	skb_reset_mac_header(skb);
	skb_reset_network_header(skb);
	skb->protocol = htons(ip_hdr(skb)->version == 6 ? ETH_P_IPV6 :
							  ETH_P_IP);
}

static struct sk_buff *make_packet(struct port *gen)
{
	const u8 *packet = bench.packets + bench.at;
	unsigned int len = packet_len(packet, bench.packets_len - bench.at);
	struct sk_buff *skb = napi_alloc_skb(&gen->napi, len);

	bench.at += len;
	if (bench.at >= bench.packets_len)
		bench.at = 0;
	if (!skb)
		return NULL;
	skb_put_data(skb, packet, len);
	skb->ip_summed = CHECKSUM_UNNECESSARY;
	as_received(skb);
	return skb;
}

/* What a network card's driver makes of a packet on the cable. */
static struct sk_buff *carry(struct port *to, struct sk_buff *from)
{
	unsigned int head = frags ? min(from->len, 128U) : from->len;
	struct sk_buff *skb = napi_alloc_skb(&to->napi, head);
	struct page *page;

	if (!skb)
		goto out;
	skb_copy_bits(from, 0, skb_put(skb, head), head);
	if (head < from->len) {
		page = dev_alloc_page();
		if (!page) {
			kfree_skb(skb);
			skb = NULL;
			goto out;
		}
		skb_copy_bits(from, head, page_address(page), from->len - head);
		skb_add_rx_frag(skb, 0, page, 0, from->len - head, PAGE_SIZE);
	}
	/* Network cards verify checksums, but know nothing of ESP. */
	skb->ip_summed = from->ip_summed == CHECKSUM_PARTIAL ?
				 CHECKSUM_UNNECESSARY : CHECKSUM_NONE;
	as_received(skb);
out:
	consume_skb(from);
	return skb;
}

static void receive(struct port *port, struct sk_buff_head *list)
{
	struct sk_buff *skb;

	while ((skb = __skb_dequeue(list)))
		napi_gro_receive(&port->napi, skb);
}

static int poll_gen(struct port *gen)
{
	ktime_t now = ktime_get();
	struct sk_buff_head list;
	struct sk_buff *skb;
	unsigned int i;

	if (!bench.on || atomic_read(&bench.in_sink) < bench.batch)
		return 0;
	if (bench.sent)
		bench.ns[1][bench.bursts++] = ktime_sub(now, bench.since);
	bench.batch = min(bench.window, bench.count - bench.sent);
	if (!bench.batch) {
		bench.on = false;
		wake_up(&bench.ended);
		return 0;
	}
	atomic_set(&bench.in_far, 0);
	atomic_set(&bench.in_sink, 0);
	bench.crossed = false;
	bench.sent += bench.batch;
	__skb_queue_head_init(&list);
	for (i = 0; i < bench.batch; i++) {
		skb = make_packet(gen);
		if (skb)
			__skb_queue_tail(&list, skb);
	}
	bench.since = ktime_get();
	receive(gen, &list);
	return bench.batch;
}

static int poll_wire(struct port *port, int budget)
{
	bool timed = bench.on && port->index == FAR && !bench.crossed;
	struct sk_buff_head list;
	struct sk_buff *skb;
	int work = 0;

	if (timed) {
		if (atomic_read(&bench.in_far) < bench.batch)
			return 0;
		bench.ns[0][bench.bursts] = ktime_sub(ktime_get(), bench.since);
	}
	__skb_queue_head_init(&list);
	while (work < budget && (skb = skb_dequeue(&port->in))) {
		work++;
		skb = carry(port, skb);
		if (skb)
			__skb_queue_tail(&list, skb);
	}
	if (timed) {
		bench.crossed = true;
		bench.since = ktime_get();
	}
	receive(port, &list);
	return work;
}

static int port_poll(struct napi_struct *napi, int budget)
{
	struct port *port = container_of(napi, struct port, napi);
	int work;

	work = port->index == GEN ? poll_gen(port) : poll_wire(port, budget);
	if (work < budget)
		napi_complete_done(napi, work);
	return work;
}

static netdev_tx_t port_xmit(struct sk_buff *skb, struct net_device *dev)
{
	struct port *port = netdev_priv(dev);
	struct port *to;

	if (port->index == GEN || port->index == SINK) {
		consume_skb(skb);
		if (port->index == SINK && bench.on &&
		    atomic_inc_return(&bench.in_sink) == bench.batch)
			napi_schedule(&port_of(GEN)->napi);
		return NETDEV_TX_OK;
	}
	to = port_of(port->index == NEAR ? FAR : NEAR);
	skb_orphan(skb);
	skb_queue_tail(&to->in, skb);
	/* Halfway the batch waits until it is complete. */
	if (to->index == NEAR || !bench.on || bench.crossed ||
	    atomic_inc_return(&bench.in_far) == bench.batch)
		napi_schedule(&to->napi);
	return NETDEV_TX_OK;
}

static int port_open(struct net_device *dev)
{
	struct port *port = netdev_priv(dev);

	napi_enable(&port->napi);
	return 0;
}

static int port_stop(struct net_device *dev)
{
	struct port *port = netdev_priv(dev);

	napi_disable(&port->napi);
	skb_queue_purge(&port->in);
	return 0;
}

static const struct net_device_ops port_ops = {
	.ndo_open = port_open,
	.ndo_stop = port_stop,
	.ndo_start_xmit = port_xmit,
};

static void port_setup(struct net_device *dev)
{
	dev->netdev_ops = &port_ops;
	dev->type = ARPHRD_NONE;
	dev->flags = IFF_NOARP | IFF_POINTOPOINT;
	dev->priv_flags |= IFF_NO_QUEUE;
	dev->features = NETIF_F_SG | NETIF_F_HW_CSUM | NETIF_F_HIGHDMA;
	dev->hw_features = dev->features;
	dev->mtu = 1500;
	dev->max_mtu = IP_MAX_MTU;
}

static int port_create(unsigned int index)
{
	struct net_device *dev;
	struct port *port;
	int err;

	dev = alloc_netdev(sizeof(*port), names[index], NET_NAME_USER,
			   port_setup);
	if (!dev)
		return -ENOMEM;
	port = netdev_priv(dev);
	port->index = index;
	skb_queue_head_init(&port->in);
	netif_napi_add(dev, &port->napi, port_poll);
	err = register_netdev(dev);
	if (err)
		free_netdev(dev);
	else
		bench.dev[index] = dev;
	return err;
}

/* ------------------------------------------------------------------- debugfs */

static ssize_t packets_write(struct file *file, const char __user *from,
			     size_t len, loff_t *pos)
{
	size_t at = 0;
	ssize_t done;
	unsigned int one;

	mutex_lock(&bench.mutex);
	done = simple_write_to_buffer(bench.packets, sizeof(bench.packets), pos,
				      from, len);
	bench.packets_len = done > 0 ? *pos : 0;
	bench.at = 0;
	while (at < bench.packets_len) {
		one = packet_len(bench.packets + at, bench.packets_len - at);
		if (!one) {
			bench.packets_len = 0;
			done = -EINVAL;
		}
		at += one;
	}
	mutex_unlock(&bench.mutex);
	return done;
}

static const struct file_operations packets_fops = {
	.owner = THIS_MODULE,
	.write = packets_write,
};

/* Wait for the end as long as packets move. */
static int wait_for_end(void)
{
	unsigned int sent;
	long left;

	do {
		sent = READ_ONCE(bench.sent);
		left = wait_event_interruptible_timeout(bench.ended, !bench.on,
							STALLED);
	} while (!left && sent != READ_ONCE(bench.sent));
	if (left > 0)
		return 0;
	bench.on = false;
	if (!left)
		pr_err("stalled: %u of %u sent, %d of %u through the cable, %d arrived\n",
		       bench.sent, bench.count, atomic_read(&bench.in_far),
		       bench.batch, atomic_read(&bench.in_sink));
	return left ?: -ETIMEDOUT;
}

static ssize_t run_write(struct file *file, const char __user *from, size_t len,
			 loff_t *pos)
{
	unsigned int packets, window;
	char text[32] = "";
	int err;

	if (len >= sizeof(text) || copy_from_user(text, from, len))
		return -EFAULT;
	if (sscanf(text, "%u %u", &packets, &window) != 2 || !packets ||
	    !window || window > NAPI_POLL_WEIGHT ||
	    packets / window >= MAX_BURSTS)
		return -EINVAL;

	mutex_lock(&bench.mutex);
	err = -ENODATA;
	if (!bench.packets_len)
		goto out;
	err = -ENETDOWN;
	if (!netif_running(bench.dev[GEN]) || !netif_running(bench.dev[FAR]))
		goto out;
	bench.count = packets;
	bench.window = window;
	bench.sent = 0;
	bench.batch = 0;
	bench.bursts = 0;
	atomic_set(&bench.in_sink, 0);
	local_bh_disable();
	bench.on = true;
	napi_schedule(&port_of(GEN)->napi);
	local_bh_enable();
	err = wait_for_end();
out:
	mutex_unlock(&bench.mutex);
	return err ?: len;
}

static int compare(const void *a, const void *b)
{
	u32 x = *(const u32 *)a, y = *(const u32 *)b;

	return x < y ? -1 : x > y;
}

static u32 median(u32 *values, unsigned int n)
{
	sort(values, n, sizeof(*values), compare, NULL);
	return n ? values[n / 2] : 0;
}

static int run_show(struct seq_file *seq, void *unused)
{
	mutex_lock(&bench.mutex);
	seq_printf(seq, "%u %u\n", median(bench.ns[0], bench.bursts),
		   median(bench.ns[1], bench.bursts));
	mutex_unlock(&bench.mutex);
	return 0;
}

static int run_open(struct inode *inode, struct file *file)
{
	return single_open(file, run_show, NULL);
}

static const struct file_operations run_fops = {
	.owner = THIS_MODULE,
	.open = run_open,
	.read = seq_read,
	.write = run_write,
	.llseek = seq_lseek,
	.release = single_release,
};

/* -------------------------------------------------------------------- module */

static void bport_exit(void)
{
	int i;

	debugfs_remove(bench.debugfs);
	for (i = 0; i < PORTS && bench.dev[i]; i++)
		unregister_netdev(bench.dev[i]);
	for (i = 0; i < PORTS && bench.dev[i]; i++)
		free_netdev(bench.dev[i]);
}

static int __init bport_init(void)
{
	int i, err;

	mutex_init(&bench.mutex);
	init_waitqueue_head(&bench.ended);
	for (i = 0; i < PORTS; i++) {
		err = port_create(i);
		if (err) {
			bport_exit();
			return err;
		}
	}
	bench.debugfs = debugfs_create_dir("bport", NULL);
	debugfs_create_file("packets", 0200, bench.debugfs, NULL,
			    &packets_fops);
	debugfs_create_file("run", 0600, bench.debugfs, NULL, &run_fops);
	return 0;
}

module_init(bport_init);
module_exit(bport_exit);
MODULE_DESCRIPTION("Network ports of a benchmark");
MODULE_LICENSE("GPL");
