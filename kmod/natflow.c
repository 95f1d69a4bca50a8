// SPDX-License-Identifier: GPL-2.0-only
/* Flows in transport mode through NAT. */

#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/jhash.h>
#include <linux/rhashtable.h>
#include <linux/slab.h>
#include <net/checksum.h>

#include "compat.h"
#include "child.h"
#include "dev.h"
#include "drop.h"
#include "natcsum.h"
#include "natflow.h"
#include "peer.h"

/**
 * struct flow_key - what packets of a flow have in common here
 * @remote: the address of the NAT, or of a host without one
 * @local: our address
 * @family: AF_INET or AF_INET6
 * @proto: IP protocol
 * @zero: so that all octets are compared
 * @remote_port: host order; of an ICMP echo its identifier; 0 without ports
 * @local_port: host order; 0 without ports
 */
struct flow_key {
	union adit_addr remote;
	union adit_addr local;
	u16 family;
	u8 proto;
	u8 zero;
	u16 remote_port;
	u16 local_port;
};

/**
 * struct child_key - what they have in common there
 * @child: where they come from
 * @flow: with the remote port that is used there
 */
struct child_key {
	const struct adit_child *child;
	struct flow_key flow;
};

/**
 * struct natflow - a flow; constant but for @used and @looked
 * @in: in &adit_natflows.in, by @there
 * @out: in &adit_natflows.out, by @here
 * @there: its child, and the flow as it is there
 * @here: the flow as it is here; only the remote port may differ
 * @child: the same child; borrowed, the flow is removed before it
 * @node: in &adit_child.natflows
 * @used: jiffies of its last packet
 * @looked: what that was when it came to the end of the list; under
 *	&adit_natflows.lock
 * @rcu: frees it
 */
struct natflow {
	struct rhash_head in;
	struct rhash_head out;
	struct child_key there;
	struct flow_key here;
	struct adit_child *child;
	struct list_head node;
	unsigned long used;
	unsigned long looked;
	struct rcu_head rcu;
};

static const struct rhashtable_params in_params = {
	.key_offset = offsetof(struct natflow, there),
	.key_len = sizeof(struct child_key),
	.head_offset = offsetof(struct natflow, in),
	.automatic_shrinking = true,
};

static const struct rhashtable_params out_params = {
	.key_offset = offsetof(struct natflow, here),
	.key_len = sizeof(struct flow_key),
	.head_offset = offsetof(struct natflow, out),
	.automatic_shrinking = true,
};

/* Where ports are given out: RFC 6335, 6, the dynamic ones. */
#define FIRST_PORT 49152
#define PORT_COUNT (U16_MAX + 1 - FIRST_PORT)
#define PORT_TRIES 64

/* ------------------------------------------------------------- what packets say */

enum way { IN, OUT };

/* Has it ports in front, and a checksum that follows them? SCTP's does not. */
static bool can_change_port(u8 proto)
{
	return proto == IPPROTO_TCP || proto == IPPROTO_UDP ||
	       proto == IPPROTO_UDPLITE;
}

static bool is_icmp(const struct flow_key *key)
{
	return key->proto == (key->family == AF_INET6 ? IPPROTO_ICMPV6 :
							IPPROTO_ICMP);
}

/* Hosts there ask, and are answered. */
static bool is_echo(const struct adit_flow *flow, enum way way)
{
	u8 type = flow->source_port >> 8;

	if (flow->family == AF_INET6)
		return type == (way == IN ? ICMPV6_ECHO_REQUEST :
					    ICMPV6_ECHO_REPLY);
	return type == (way == IN ? ICMP_ECHO : ICMP_ECHOREPLY);
}

/* Where the remote port is, from the beginning of what is transported. */
static unsigned int port_offset(const struct flow_key *key, enum way way)
{
	if (is_icmp(key))
		return offsetof(struct icmphdr, un.echo.id);
	return way == IN ? 0 : sizeof(__be16);
}

/* All but an echo's identifier, which @flow does not have. */
static void set_key(struct flow_key *key, const struct adit_flow *flow,
		    enum way way)
{
	memset(key, 0, sizeof(*key));
	key->family = flow->family;
	key->proto = flow->proto;
	key->remote = way == IN ? flow->source : flow->destination;
	key->local = way == IN ? flow->destination : flow->source;
	if (is_icmp(key))
		return;
	key->remote_port = way == IN ? flow->source_port :
				       flow->destination_port;
	key->local_port = way == IN ? flow->destination_port :
				      flow->source_port;
}

/*
 * Read what a packet says. Returns false if it belongs to no flow: an ICMP
 * message that is none of ours to answer, or a packet that is not whole.
 */
static bool read_key(struct flow_key *key, const struct adit_flow *flow,
		     const struct sk_buff *skb, enum way way,
		     unsigned int *port_at)
{
	const __be16 *id;
	__be16 buf;
	int offset;
	u8 proto;

	offset = adit_natcsum_offset(skb, &proto);
	if (offset < 0)
		return false;
	set_key(key, flow, way);
	*port_at = offset + port_offset(key, way);
	if (is_icmp(key)) {
		id = skb_header_pointer(skb, *port_at, sizeof(buf), &buf);
		if (!id || !flow->has_ports || !is_echo(flow, way))
			return false;
		key->remote_port = ntohs(*id);
	}
	return flow->has_ports || !can_change_port(key->proto);
}

static bool can_translate(const struct flow_key *key)
{
	return can_change_port(key->proto) || is_icmp(key);
}

/* Put another remote port into a packet, which may be written. */
static void translate(struct sk_buff *skb, const struct flow_key *key,
		      unsigned int port_at, enum way way, u16 port)
{
	unsigned int offset = port_at - port_offset(key, way);
	__be16 *at = (__be16 *)(skb->data + port_at);
	__be16 new = htons(port);
	__sum16 *check;

	if (key->family == AF_INET && is_icmp(key))
		check = &((struct icmphdr *)(skb->data + offset))->checksum;
	else
		check = adit_natcsum_field(skb, offset, key->proto);
	if (check) {
		inet_proto_csum_replace2(check, skb, *at, new, false);
		if (!*check && key->proto != IPPROTO_TCP && !is_icmp(key))
			*check = CSUM_MANGLED_0;
	}
	*at = new;
}

/* Octets of @skb that translate() writes to. */
static unsigned int written_len(const struct sk_buff *skb,
				const struct flow_key *key,
				unsigned int port_at)
{
	return min(port_at - port_offset(key, OUT) +
		   (key->proto == IPPROTO_TCP ? sizeof(struct tcphdr) :
						sizeof(struct udphdr)),
		   (size_t)skb->len);
}

/* -------------------------------------------------------------------- the table */

static unsigned long idle_time(const struct natflow *flow)
{
	/* RFC 5382, REQ-5, and RFC 4787, REQ-5. */
	return flow->here.proto == IPPROTO_TCP ? ADIT_NATFLOW_TCP_SECONDS * HZ :
						 ADIT_NATFLOW_SECONDS * HZ;
}

static bool is_idle(const struct natflow *flow)
{
	return time_after_eq(jiffies, READ_ONCE(flow->used) + idle_time(flow));
}

static void touch(struct natflow *flow)
{
	unsigned long now = jiffies;

	if (READ_ONCE(flow->used) != now)
		WRITE_ONCE(flow->used, now);
}

static void remove_flow(struct adit_natflows *flows, struct natflow *flow)
{
	lockdep_assert_held(&flows->lock);
	rhashtable_remove_fast(&flows->in, &flow->in, in_params);
	rhashtable_remove_fast(&flows->out, &flow->out, out_params);
	list_del(&flow->node);
	flow->child->natflow_count--;
	WRITE_ONCE(flows->count, flows->count - 1);
	kfree_rcu(flow, rcu);
}

/**
 * adit_natflows_forget() - remove the flows of a child
 * @child: the child, marked as gone: none is added any more
 *
 * Context: any but hard interrupts.
 */
void adit_natflows_forget(struct adit_child *child)
{
	struct adit_natflows *flows = &child->adit->natflows;
	struct natflow *flow, *next;

	spin_lock_bh(&flows->lock);
	list_for_each_entry_safe(flow, next, &child->natflows, node)
		remove_flow(flows, flow);
	spin_unlock_bh(&flows->lock);
}

static void set_alarm(struct adit_dev *adit)
{
	adit_alarm_set(&adit->alarms, &adit->natflows.alarm,
		       ktime_add_ns(ktime_get_boottime(),
				    ADIT_NATFLOW_SECONDS / 2 * NSEC_PER_SEC));
}

/* Twice in the time that a flow may be idle, remove those that are. */
static void ring(struct adit_alarm *alarm)
{
	struct adit_dev *adit = container_of(alarm, struct adit_dev,
					     natflows.alarm);
	struct adit_natflows *flows = &adit->natflows;
	struct natflow *flow, *next;
	struct adit_child *child;
	unsigned long id;

	xa_for_each(&adit->children, id, child) {
		spin_lock_bh(&flows->lock);
		list_for_each_entry_safe(flow, next, &child->natflows, node)
			if (is_idle(flow))
				remove_flow(flows, flow);
		spin_unlock_bh(&flows->lock);
	}
	if (READ_ONCE(flows->count))
		set_alarm(adit);
}

/**
 * adit_natflows_init() - make an empty table
 * @flows: where to
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int adit_natflows_init(struct adit_natflows *flows)
{
	int err;

	err = rhashtable_init(&flows->in, &in_params);
	if (err)
		return err;
	err = rhashtable_init(&flows->out, &out_params);
	if (err) {
		rhashtable_destroy(&flows->in);
		return err;
	}
	spin_lock_init(&flows->lock);
	adit_alarm_init(&flows->alarm, ring);
	return 0;
}

/**
 * adit_natflows_uninit() - free a table that is empty again
 * @flows: the table
 *
 * Context: may sleep.
 */
void adit_natflows_uninit(struct adit_natflows *flows)
{
	WARN_ON(flows->count);
	rhashtable_destroy(&flows->out);
	rhashtable_destroy(&flows->in);
}

/* Each child may have its share of what a device may have. */
static u32 share(const struct adit_dev *adit)
{
	u32 children = max(READ_ONCE(adit->transport_count), 1U);

	return clamp(ADIT_NATFLOWS_PER_DEV / children, ADIT_NATFLOWS_MIN,
		     ADIT_NATFLOWS_MAX);
}

/*
 * One of a child's flows goes: the first one that has had no packet since it was
 * looked at, of a few.
 */
static void evict(struct adit_natflows *flows, struct adit_child *child)
{
	struct natflow *flow;
	int i;

	for (i = 0; i < 8; i++) {
		flow = list_first_entry(&child->natflows, struct natflow, node);
		if (READ_ONCE(flow->used) == flow->looked)
			break;
		flow->looked = READ_ONCE(flow->used);
		list_move_tail(&flow->node, &child->natflows);
	}
	remove_flow(flows, list_first_entry(&child->natflows, struct natflow,
					    node));
}

/*
 * Its own flows make room for a child's new one, so that no peer takes another
 * one's. Two at a time, as the share is smaller with each child that is added.
 */
static void make_room(struct adit_natflows *flows, struct adit_child *child)
{
	u32 most = share(child->adit);
	int i;

	for (i = 0; i < 2 && child->natflow_count >= most; i++)
		evict(flows, child);
}

/*
 * Is the flow of another child the new one's to take? One that has been idle is;
 * and a peer has no two hosts: with a new child it goes on with its flows.
 */
static bool may_replace(const struct natflow *old, const struct natflow *new)
{
	return is_idle(old) || old->child->peer == new->child->peer;
}

/* Let answers find a new flow, under another port if that is what it takes. */
static int insert_out(struct adit_natflows *flows, struct natflow *new)
{
	struct natflow *old;
	u32 port;
	int i;

	port = jhash(&new->here, sizeof(new->here), new->child->id);
	for (i = 0; i <= PORT_TRIES; i++) {
		old = rhashtable_lookup_get_insert_fast(&flows->out, &new->out,
							out_params);
		if (IS_ERR(old))
			return ADIT_DROP_RX_NO_MEMORY;
		if (!old)
			return ADIT_OK;
		if (may_replace(old, new)) {
			remove_flow(flows, old);
			continue;
		}
		if (!can_translate(&new->here))
			break;
		new->here.remote_port = FIRST_PORT + port++ % PORT_COUNT;
	}
	return ADIT_DROP_RX_NAT_FLOW;
}

static int insert(struct adit_natflows *flows, struct natflow *new)
{
	struct adit_child *child = new->child;
	int reason;

	make_room(flows, child);
	reason = insert_out(flows, new);
	if (reason != ADIT_OK)
		return reason;
	if (rhashtable_insert_fast(&flows->in, &new->in, in_params)) {
		rhashtable_remove_fast(&flows->out, &new->out, out_params);
		return ADIT_DROP_RX_NO_MEMORY;
	}
	list_add_tail(&new->node, &child->natflows);
	child->natflow_count++;
	if (!flows->count)
		set_alarm(child->adit);
	WRITE_ONCE(flows->count, flows->count + 1);
	return ADIT_OK;
}

/* A flow that was not there a moment ago. */
static noinline struct natflow *add(struct adit_child *child,
				    const struct child_key *key, int *reason)
{
	struct adit_natflows *flows = &child->adit->natflows;
	struct natflow *flow, *new;

	*reason = ADIT_DROP_RX_NO_MEMORY;
	new = kzalloc_obj(*new, GFP_ATOMIC);
	if (!new)
		return NULL;
	new->there = *key;
	new->here = key->flow;
	new->child = child;
	new->used = jiffies;
	new->looked = new->used;

	spin_lock_bh(&flows->lock);
	flow = rhashtable_lookup_fast(&flows->in, key, in_params);
	if (flow)
		*reason = ADIT_OK;
	else if (READ_ONCE(child->gone))
		*reason = ADIT_DROP_RX_EXPIRED;
	else
		*reason = insert(flows, new);
	spin_unlock_bh(&flows->lock);
	if (!flow && *reason == ADIT_OK)
		return new;
	/* In the table for a moment, perhaps. */
	kfree_rcu(new, rcu);
	return flow;
}

/* ------------------------------------------------------------------ the packets */

/**
 * adit_natflow_receive() - note the flow of a packet that was received
 * @child: the child that it came through, one in transport mode
 * @skb: the packet, linear and private, skb->data at its IP header; its
 *	addresses and ports are the child's to use
 *
 * Context: bottom halves off, RCU read section.
 * Return: ADIT_OK, or a drop reason; may have changed the source port.
 */
int adit_natflow_receive(struct adit_child *child, struct sk_buff *skb)
{
	struct adit_natflows *flows = &child->adit->natflows;
	struct child_key key = { .child = child };
	struct natflow *natflow;
	unsigned int port_at;
	struct adit_flow flow;
	int reason = ADIT_OK;

	adit_flow_read(&flow, skb);
	if (!read_key(&key.flow, &flow, skb, IN, &port_at))
		return ADIT_OK;
	natflow = rhashtable_lookup(&flows->in, &key, in_params);
	if (unlikely(!natflow)) {
		natflow = add(child, &key, &reason);
		if (!natflow)
			return reason;
	}
	touch(natflow);
	if (natflow->here.remote_port != key.flow.remote_port)
		translate(skb, &key.flow, port_at, IN,
			  natflow->here.remote_port);
	return ADIT_OK;
}

/**
 * adit_natflow_child() - where a flow came from
 * @adit: the device
 * @flow: the flow, of what goes out; one with ports that are used here
 *
 * Context: RCU read section.
 * Return: the child, or NULL if nothing of the flow has come.
 */
struct adit_child *adit_natflow_child(struct adit_dev *adit,
				      const struct adit_flow *flow)
{
	struct natflow *natflow;
	struct flow_key key;

	if (!READ_ONCE(adit->natflows.count))
		return NULL;
	set_key(&key, flow, OUT);
	natflow = rhashtable_lookup(&adit->natflows.out, &key, out_params);
	return natflow ? natflow->child : NULL;
}

/**
 * adit_natflow_send() - let an answer go where the question came from
 * @adit: the device
 * @skb: the packet, at its IP header
 * @reason: ADIT_OK, or a drop reason
 *
 * Context: bottom halves off, RCU read section.
 * Return: the child that it leaves through, then @skb has the destination port
 * that is used there; NULL if nothing of its flow has come.
 */
struct adit_child *adit_natflow_send(struct adit_dev *adit, struct sk_buff *skb,
				     int *reason)
{
	const struct flow_key *there;
	struct natflow *natflow;
	unsigned int port_at;
	struct flow_key key;
	struct adit_flow flow;

	*reason = ADIT_OK;
	if (!READ_ONCE(adit->natflows.count))
		return NULL;
	adit_flow_read(&flow, skb);
	if (!read_key(&key, &flow, skb, OUT, &port_at))
		return NULL;
	natflow = rhashtable_lookup(&adit->natflows.out, &key, out_params);
	if (!natflow)
		return NULL;
	there = &natflow->there.flow;
	if (!is_icmp(&key))
		flow.destination_port = there->remote_port;
	/* The peer may have gone elsewhere since. */
	if (!adit_child_carries(natflow->child, &flow)) {
		/* Nobody else's as long as there is the flow. */
		*reason = ADIT_DROP_TX_NO_SELECTOR;
		return NULL;
	}
	touch(natflow);
	if (there->remote_port == key.remote_port)
		return natflow->child;
	if (skb_ensure_writable(skb, written_len(skb, &key, port_at))) {
		*reason = ADIT_DROP_TX_NO_MEMORY;
		return NULL;
	}
	translate(skb, &key, port_at, OUT, there->remote_port);
	return natflow->child;
}
