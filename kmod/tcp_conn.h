/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A TCP connection, for the files of ESP in TCP only.
 *
 * With the socket locked means: its spinlock, with bottom halves off, while no
 * process owns it; or owned.
 */
#ifndef ADIT_TCP_CONN_H
#define ADIT_TCP_CONN_H

#include <linux/skbuff.h>
#include <linux/workqueue.h>
#include <net/sock.h>

#include "proto.h"
#include "sock.h"

struct adit_tcp_twin;

/* What begins a stream (RFC 9329, 4). */
#define ADIT_TCP_PREFIX "IKETCP"

enum {
	ADIT_TCP_PREFIX_LEN = sizeof(ADIT_TCP_PREFIX) - 1,
	/* After the end, for userspace to read what came before. */
	ADIT_TCP_READ_SECONDS = 5,
};

/**
 * struct adit_tcp_record - the record that is being received
 * @prefix_left: octets of the stream prefix that are still to come
 * @length: its length field
 * @length_have: octets of that which are there
 * @left: octets of the record that are still to come
 * @skb: those which are there; NULL if there was no memory: it is skipped
 */
struct adit_tcp_record {
	u8 prefix_left;
	u8 length[ADIT_TCP_LEN_LEN];
	u8 length_have;
	unsigned int left;
	struct sk_buff *skb;
};

/**
 * struct adit_tcp_header - an outer header as packets over IP have one
 * @octets: the IP header; its length field is 0
 * @len: octets of it
 * @nhoff: where it says what follows
 * @protocol: ETH_P_IP or ETH_P_IPV6
 */
struct adit_tcp_header {
	u8 octets[ADIT_MAX_OUTER_LEN];
	u8 len;
	u8 nhoff;
	__be16 protocol;
};

/**
 * struct adit_tcp_saved - what the kernel's socket had before
 * @data_ready: callback
 * @write_space: callback
 * @state_change: callback
 * @allocation: how it allocates
 * @use_task_frag: whether it may do so from the task
 * @notsent_lowat: octets that it takes before it has sent them
 */
struct adit_tcp_saved {
	void (*data_ready)(struct sock *sk);
	void (*write_space)(struct sock *sk);
	void (*state_change)(struct sock *sk);
	gfp_t allocation;
	bool use_task_frag;
	u32 notsent_lowat;
};

/**
 * struct adit_tcp - a TCP connection, or a socket that takes them
 * @sock: what all sockets have
 * @sk: the kernel's socket, counted, freed after a grace period; its user data is
 *	this. NULL while there is none. Written with @sk locked
 * @own: the same if the module has opened it, else NULL; under the namespace's
 *	lock
 * @twin: the functions that it has got from us, of one of userspace
 * @saved: what is given back to @sk
 * @tls: the kernel's TLS is in between: records go through its functions, from
 *	@io_work only; constant
 * @connects: the module makes the connection, again and again; constant
 * @record: the record that is being received; with @sk locked
 * @header: what is put in front of received ESP; empty until it is connected:
 *	nothing is read before; with @sk locked
 * @ended: why the connection ended, a positive errno; with @sk locked
 * @violated: that was because of what came; with @sk locked
 * @ike: IKE messages for userspace
 * @ike_octets: memory of these
 * @out: records to be sent; its lock guards the next four
 * @ready: more may be queued
 * @out_octets: memory of @out
 * @out_ike: memory of the IKE messages in @out
 * @stopped: device that sends nothing until @out is shorter; counted by @tracker
 * @tracker: see @stopped
 * @out_sent: octets of the first record that TCP has taken; of whoever writes,
 *	with @sk locked
 * @tls_lock: serializes what @io_work does with @tls and its end
 * @io_work: goes on reading and writing
 * @link_work: the next step of a connection that the module makes or takes
 * @listener: id of the socket that has taken it, or 0; constant
 * @mark: of outer packets of a socket of the module; constant
 * @oif: that it is bound to; constant
 * @bind_port: local port to connect from, 0 for any; constant
 * @bind_local: local address to connect from; constant
 * @since: jiffies when it was connected, or connecting began
 * @back_off: seconds until the next try
 */
struct adit_tcp {
	struct adit_sock sock;
	struct sock __rcu *sk;
	struct socket *own;
	struct adit_tcp_twin *twin;
	struct adit_tcp_saved saved;
	bool tls;
	bool connects;
	struct adit_tcp_record record;
	struct adit_tcp_header header;
	int ended;
	bool violated;
	struct sk_buff_head ike;
	atomic_t ike_octets;
	struct sk_buff_head out;
	bool ready;
	unsigned int out_octets;
	unsigned int out_ike;
	struct net_device *stopped;
	netdevice_tracker tracker;
	unsigned int out_sent;
	struct mutex tls_lock; /* see above */
	struct work_struct io_work;
	struct delayed_work link_work;
	u32 listener;
	u32 mark;
	int oif;
	__be16 bind_port;
	union adit_addr bind_local;
	unsigned long since;
	unsigned int back_off;
};

/**
 * struct adit_tcp_run - octets that have come
 * @tcp: the connection
 * @skb: where they are, or NULL
 * @offset: from where on
 * @data: where they are without @skb
 * @budget: steps that may be taken yet
 * @err: what is wrong with them
 */
struct adit_tcp_run {
	struct adit_tcp *tcp;
	struct sk_buff *skb;
	unsigned int offset;
	const u8 *data;
	int budget;
	int err;
};

static inline struct adit_tcp *adit_to_tcp(const struct adit_sock *sock)
{
	return container_of((struct adit_sock *)sock, struct adit_tcp, sock);
}

/**
 * adit_tcp_of() - whose socket is it?
 * @sk: the kernel's socket
 *
 * Context: RCU read section.
 * Return: the connection, or NULL once it was given back.
 */
static inline struct adit_tcp *adit_tcp_of(const struct sock *sk)
{
	return rcu_dereference_sk_user_data(sk);
}

/* tcp.c */
void adit_tcp_init(struct adit_tcp *tcp);
void adit_tcp_read_ends(struct adit_tcp *tcp, const struct sock *sk);
void adit_tcp_tune(struct sock *sk);
void adit_tcp_save(struct adit_tcp *tcp, const struct sock *sk);
void adit_tcp_attach(struct adit_tcp *tcp, struct sock *sk);
void adit_tcp_detach(struct adit_tcp *tcp, struct sock *sk);
struct sock *adit_tcp_hold_sk(struct adit_tcp *tcp);
void adit_tcp_end(struct adit_tcp *tcp, int error);
void adit_tcp_kick_io(struct adit_tcp *tcp);
void adit_tcp_kick_link(struct adit_tcp *tcp, unsigned long delay);
void adit_tcp_purge(struct adit_tcp *tcp);

/* tcp_in.c */
unsigned int adit_tcp_feed(struct adit_tcp_run *run, unsigned int len);
bool adit_tcp_read(struct adit_tcp *tcp, struct sock *sk);

/* tcp_tls.c */
bool adit_tcp_read_tls(struct adit_tcp *tcp, struct sock *sk);

/* tcp_out.c */
void adit_tcp_set_ready(struct adit_tcp *tcp, bool ready);
bool adit_tcp_queue_ike(struct adit_tcp *tcp, struct sk_buff *skb);
bool adit_tcp_takes_ike(const struct adit_tcp *tcp);
void adit_tcp_push(struct adit_tcp *tcp);
void adit_tcp_write(struct adit_tcp *tcp, struct sock *sk);
void adit_tcp_wake(struct adit_sock *sock);
void adit_tcp_purge_out(struct adit_tcp *tcp);

/* tcp_ike.c */
int adit_tcp_base_recvmsg(const struct adit_tcp *tcp, struct sock *sk,
			  struct msghdr *msg, size_t len);
int adit_tcp_base_sendmsg(const struct adit_tcp *tcp, struct sock *sk,
			  struct msghdr *msg, size_t len);
int adit_tcp_find_twin(struct adit_tcp *tcp, struct sock *sk);
void adit_tcp_take_over(struct adit_tcp *tcp, struct sock *sk);
void adit_tcp_hand_back(struct adit_tcp *tcp, struct sock *sk);
void adit_tcp_wake_users(struct sock *sk);

/* tcp_open.c */
extern const struct adit_sock_ops adit_tcp_ops;
struct adit_tcp *adit_tcp_alloc(struct adit_net *an);
struct socket *adit_tcp_create_own(struct adit_tcp *tcp);
void adit_tcp_set_state(struct adit_tcp *tcp, u8 state);

/* tcp_listen.c */
int adit_tcp_listen(struct adit_tcp *tcp, struct netlink_ext_ack *extack);
void adit_tcp_accept(struct adit_tcp *listener);
void adit_tcp_go_on_accepted(struct adit_tcp *tcp);

#endif
