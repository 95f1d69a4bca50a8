// SPDX-License-Identifier: GPL-2.0-only
/*
 * ESP in UDP (RFC 3948). A datagram that comes to one of our sockets is ESP, an
 * IKE message behind a marker of zeros, or a keepalive of one octet: ESP stays
 * here, IKE goes on to whoever reads the socket.
 */

#include <linux/delay.h>
#include <linux/net.h>
#include <linux/slab.h>
#include <net/gro.h>
#include <net/ip6_checksum.h>
#include <net/udp.h>
#include <net/udp_tunnel.h>

#include "compat.h"
#include "io.h"
#include "raw.h"
#include "skb.h"
#include "udp.h"
#include "udp_gro.h"

/**
 * struct adit_udp - a UDP socket
 * @sock: what all sockets have
 * @sk: the kernel's socket; counted; its user data while packets are taken
 * @own: the same if the module has opened it, else NULL
 */
struct adit_udp {
	struct adit_sock sock;
	struct sock *sk;
	struct socket *own;
};

static struct adit_udp *to_udp(struct adit_sock *sock)
{
	return container_of(sock, struct adit_udp, sock);
}

/* ------------------------------------------------------------------ receive */

static int receive_esp(struct adit_sock *sock, struct sk_buff *skb)
{
	const struct ip_esp_hdr *esp;
	u16 nhoff;

	/* The transport header stays at UDP: who sent it is read there. */
	__skb_pull(skb, sizeof(struct udphdr));
	esp = (const void *)skb->data;
	nhoff = skb->protocol == htons(ETH_P_IPV6) ?
			IP6CB(skb)->nhoff : offsetof(struct iphdr, protocol);
	return adit_recv(sock->an, sock, skb, IPPROTO_ESP, esp->spi, nhoff);
}

/* Returns 1 for what the socket's reader gets. */
static int receive(struct sock *sk, struct sk_buff *skb)
{
	struct adit_udp *udp = rcu_dereference_sk_user_data(sk);
	struct adit_sock_counters *counters;

	if (unlikely(!udp))
		return 1;
	counters = &udp->sock.counters;
	switch (udp->sock.marker ? adit_udp_classify(skb) : ADIT_UDP_IKE) {
	case ADIT_UDP_ESP:
		if (likely(!receive_esp(&udp->sock, skb)))
			return 0;
		break;
	case ADIT_UDP_KEEPALIVE:
		atomic64_inc(&counters->keepalives);
		consume_skb(skb);
		return 0;
	case ADIT_UDP_IKE:
		if (!udp->own) {
			atomic64_inc(&counters->ike);
			return 1;
		}
		atomic64_inc(&counters->ike_dropped);
		consume_skb(skb);
		return 0;
	case ADIT_UDP_NOTHING:
		break;
	}
	atomic64_inc(&counters->dropped);
	kfree_skb(skb);
	return 0;
}

/*
 * An ICMP error about a datagram that we have sent; the network header is that
 * of the datagram. The route's MTU is learnt here, as the kernel would look for
 * the route without the path's mark; the rest is the socket's.
 */
static int receive_error(struct sock *sk, struct sk_buff *skb)
{
	const struct udphdr *uh = udp_hdr(skb);
	const struct adit_udp *udp = rcu_dereference_sk_user_data(sk);
	const struct ip_esp_hdr *esp = (const void *)(uh + 1);

	if (udp && pskb_may_pull(skb, (const u8 *)(esp + 1) - skb->data)) {
		uh = udp_hdr(skb);
		esp = (const void *)(uh + 1);
		if (esp->spi)
			adit_raw_learn_mtu(udp->sock.an, skb, esp->spi);
	}
	return 0;
}

static struct sk_buff *receive_early(struct sock *sk, struct list_head *head,
				     struct sk_buff *skb)
{
	struct adit_udp *udp = rcu_dereference_sk_user_data(sk);

	/* What is not ours, or not now, goes the usual way, and alone. */
	if (udp && udp->sock.marker && adit_udp_gro(&udp->sock, skb))
		return ERR_PTR(-EINPROGRESS);
	NAPI_GRO_CB(skb)->same_flow = 0;
	NAPI_GRO_CB(skb)->flush = 1;
	return NULL;
}

/* Userspace has closed it. */
static void destroyed(struct sock *sk)
{
	struct adit_udp *udp;

	rcu_read_lock();
	udp = rcu_dereference_sk_user_data(sk);
	if (udp)
		adit_sock_lost(&udp->sock, 0);
	rcu_read_unlock();
}

/* --------------------------------------------------------------------- life */

/*
 * As setup_udp_tunnel_sock() does, which is in a module of its own, that insmod
 * would not load for us, and which converts checksums for tunnels in tunnels:
 * there are none behind ESP, and a superpacket would be summed up for that.
 */
static void attach(struct adit_udp *udp)
{
	struct udp_sock *up = udp_sk(udp->sk);

	rcu_assign_sk_user_data(udp->sk, udp);
	WRITE_ONCE(up->encap_rcv, receive);
	WRITE_ONCE(up->encap_err_lookup, receive_error);
	WRITE_ONCE(up->encap_destroy, destroyed);
	WRITE_ONCE(up->gro_receive, receive_early);
	/* Any number but 0: who is behind it nobody asks. */
	smp_store_release(&up->encap_type, 1);
	udp_tunnel_encap_enable(udp->sk);
	udp_tunnel_update_gro_rcv(udp->sk, true);
}

/* One that is being closed counts itself out, by what it finds there. */
static void detach(struct sock *sk)
{
	struct udp_sock *up = udp_sk(sk);

	lock_sock(sk);
	WRITE_ONCE(up->encap_type, 0);
	WRITE_ONCE(up->encap_rcv, NULL);
	WRITE_ONCE(up->encap_err_lookup, NULL);
	WRITE_ONCE(up->encap_destroy, NULL);
	if (!sock_flag(sk, SOCK_DEAD)) {
		udp_tunnel_update_gro_rcv(sk, false);
		WRITE_ONCE(up->gro_receive, NULL);
	}
	rcu_assign_sk_user_data(sk, NULL);
	release_sock(sk);
	/* Who closes it now may have read encap_destroy: let that be over. */
	while (sock_flag(sk, SOCK_DEAD) && READ_ONCE(sk->sk_socket))
		usleep_range(100, 1000);
}

static void udp_release(struct adit_sock *sock)
{
	struct adit_udp *udp = to_udp(sock);

	detach(udp->sk);
	if (udp->own) {
		kernel_sock_shutdown(udp->own, SHUT_RDWR);
		sock_release(udp->own);
	}
	/* Those who are receiving right now are done when it is freed. */
	sock_put(udp->sk);
}

static bool udp_is_closed(const struct adit_sock *sock)
{
	const struct adit_udp *udp = container_of(sock, struct adit_udp, sock);

	return sock_flag(udp->sk, SOCK_DEAD);
}

static void udp_free(struct adit_sock *sock)
{
	kfree(to_udp(sock));
}

static const struct adit_sock_ops udp_ops = {
	.encap = ADIT_ENCAP_UDP,
	.release = udp_release,
	.is_closed = udp_is_closed,
	.free = udp_free,
};

static void read_local(struct adit_sock *sock, const struct sock *sk)
{
	sock->family = sk->sk_family;
	sock->local_port = inet_sk(sk)->inet_sport;
	if (sk->sk_family == AF_INET) {
		sock->local.v4 = inet_sk(sk)->inet_rcv_saddr;
#if IS_ENABLED(CONFIG_IPV6)
	} else {
		sock->local.v6 = sk->sk_v6_rcv_saddr;
		sock->both_families = !sk->sk_ipv6only &&
				      ipv6_addr_any(&sock->local.v6);
#endif
	}
}

/* Takes the sockets over if it succeeds. */
static struct adit_sock *add(struct adit_net *an, const u32 *id,
			     struct sock *sk, struct socket *own,
			     const struct adit_udp_config *config,
			     struct netlink_ext_ack *extack)
{
	struct adit_udp *udp = kzalloc_obj(*udp, GFP_KERNEL_ACCOUNT);
	struct adit_sock *sock;
	int err;

	if (!udp)
		return ERR_PTR(-ENOMEM);
	sock = &udp->sock;
	sock->ops = &udp_ops;
	sock->an = an;
	sock->own = own;
	sock->automatic = config->automatic;
	sock->marker = config->marker;
	sock->state = ADIT_SOCKET_STATE_OPEN;
	read_local(sock, sk);
	udp->sk = sk;
	udp->own = own;
	err = adit_sock_add(sock, id, extack);
	if (err) {
		kfree(udp);
		return ERR_PTR(err);
	}
	sock_hold(sk);
	attach(udp);
	return sock;
}

/**
 * adit_udp_open() - open a UDP socket
 * @an: the namespace
 * @id: its id, or NULL for the lowest free one above 0
 * @config: what it is
 * @extack: where a refusal is explained
 *
 * Context: may sleep; the namespace's lock is held.
 * Return: the socket, borrowed until the lock is released, or ERR_PTR.
 */
struct adit_sock *adit_udp_open(struct adit_net *an, const u32 *id,
				const struct adit_udp_config *config,
				struct netlink_ext_ack *extack)
{
	struct adit_sock *sock;
	struct socket *own;
	int err;

	own = adit_sock_create(an, config->family, SOCK_DGRAM);
	if (IS_ERR(own))
		return ERR_CAST(own);
	err = adit_sock_bind(own, config->family, &config->local, config->port);
	if (err) {
		adit_sock_refuse_bind("UDP", config->port, err, extack);
		sock = ERR_PTR(err);
	} else {
		sock = add(an, id, own->sk, own, config, extack);
	}
	if (IS_ERR(sock))
		sock_release(own);
	return sock;
}

static int check_adopted(const struct sock *sk, struct netlink_ext_ack *extack)
{
	if (!inet_sk(sk)->inet_num) {
		NL_SET_ERR_MSG(extack, "fd: is not bound to a port");
		return -EINVAL;
	}
	if (udp_sk(sk)->encap_type || sk->sk_user_data) {
		NL_SET_ERR_MSG(extack,
			       "fd: was handed over already, or has UDP_ENCAP set");
		return -EBUSY;
	}
	return 0;
}

/**
 * adit_udp_adopt() - take ESP out of a socket of userspace
 * @an: the namespace
 * @id: its id, or NULL for the lowest free one above 0
 * @socket: the socket, UDP and of the namespace; not kept: it may be closed
 * @marker: whether it has the non-ESP marker, or NULL to tell by its port
 * @extack: where a refusal is explained
 *
 * Context: may sleep; the namespace's lock is held.
 * Return: the socket, borrowed until the lock is released, or ERR_PTR.
 */
struct adit_sock *adit_udp_adopt(struct adit_net *an, const u32 *id,
				 struct socket *socket,
				 const struct nlattr *marker,
				 struct netlink_ext_ack *extack)
{
	struct adit_udp_config config = { };
	struct sock *sk = socket->sk;
	struct adit_sock *sock;
	int err;

	config.marker = marker ? nla_get_u8(marker) :
				 inet_sk(sk)->inet_num != ADIT_PORT_IKE;
	lock_sock(sk);
	err = check_adopted(sk, extack);
	sock = err ? ERR_PTR(err) : add(an, id, sk, NULL, &config, extack);
	release_sock(sk);
	return sock;
}

/* --------------------------------------------------------------------- send */

/* To the device, or to where the kernel does what that cannot. */
static void leave_checksum(const struct adit_path *path,
			   const struct adit_route *route, struct sk_buff *skb)
{
	const struct adit_endpoint *end = &path->end;
	struct udphdr *uh = udp_hdr(skb);
	u16 len = ntohs(uh->len);

	if (end->family == AF_INET6)
		uh->check = ~udp_v6_check(len, &route->local.v6,
					  &end->remote.v6, 0);
	else
		uh->check = ~udp_v4_check(len, route->local.v4, end->remote.v4,
					  0);
	skb->ip_summed = CHECKSUM_PARTIAL;
	skb->csum_start = skb_transport_header(skb) - skb->head;
	skb->csum_offset = offsetof(struct udphdr, check);
}

/**
 * adit_udp_push() - put UDP and the outer header in front of a packet
 * @path: where to
 * @route: its route
 * @skb: the packet, skb->data at ESP; its notes end here
 *
 * Over IPv4 the checksum is 0 (RFC 3948, 2.1), over IPv6 and in a superpacket
 * there has to be one.
 *
 * Context: RCU read section.
 */
void adit_udp_push(struct adit_path *path, const struct adit_route *route,
		   struct sk_buff *skb)
{
	unsigned long now = jiffies;
	struct udphdr *uh;

	if (READ_ONCE(path->sent) != now)
		WRITE_ONCE(path->sent, now);
	uh = skb_push(skb, sizeof(*uh));
	skb_reset_transport_header(skb);
	uh->source = path->end.local_port;
	uh->dest = path->end.remote_port;
	uh->len = htons(skb->len);
	uh->check = 0;
	adit_raw_push(path, route, skb, IPPROTO_UDP);
	if (skb_is_gso(skb) || path->end.family == AF_INET6)
		leave_checksum(path, route, skb);
}

/**
 * adit_udp_keepalive() - send a NAT keepalive (RFC 3948, 2.3)
 * @path: where to
 *
 * One that is lost, for want of memory or of a route, is not missed.
 *
 * Context: process context.
 */
void adit_udp_keepalive(struct adit_path *path)
{
	struct adit_route route;
	struct sk_buff *skb;

	local_bh_disable();
	rcu_read_lock();
	if (!adit_sock_ready(&path->end) ||
	    adit_path_route(path, &route) != ADIT_OK)
		goto out;
	skb = adit_skb_alloc(adit_path_outer_len(&path->end) +
			     LL_RESERVED_SPACE(route.dst->dev), 1, 0);
	if (skb) {
		*(u8 *)skb->data = ADIT_KEEPALIVE_OCTET;
		adit_udp_push(path, &route, skb);
		adit_raw_send(path, &route, skb);
	}
	adit_route_put(&route);
out:
	rcu_read_unlock();
	local_bh_enable();
}
