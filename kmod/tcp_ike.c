// SPDX-License-Identifier: GPL-2.0-only
/*
 * What userspace does with a TCP socket that it has handed over: reads and writes
 * are of whole IKE messages, behind the marker; all else is as before.
 *
 * The socket gets functions of ours for that, while others may be about to call
 * them: see adit_tcp_module_exit().
 */

#include <linux/net.h>
#include <linux/poll.h>
#include <linux/rcupdate_wait.h>
#include <linux/slab.h>
#include <net/tcp.h>

#include "compat.h"
#include "tcp.h"
#include "tcp_conn.h"

/**
 * struct adit_tcp_twin - the functions of a kind of socket, and ours in their place
 * @node: in the list of all; they stay until the module goes
 * @prot: the kind's own
 * @ops: the kind's own
 * @our_prot: with ours
 * @our_ops: with ours
 */
struct adit_tcp_twin {
	struct list_head node;
	struct proto *prot;
	const struct proto_ops *ops;
	struct proto our_prot;
	struct proto_ops our_ops;
};

static DEFINE_MUTEX(twins_lock);
static LIST_HEAD(twins);
/* Threads that are in a function of ours. */
static atomic_t callers = ATOMIC_INIT(0);
static DECLARE_WAIT_QUEUE_HEAD(no_callers);

/* The connection, counted; NULL if the socket was given back meanwhile. */
static struct adit_tcp *enter(struct sock *sk)
{
	struct adit_tcp *tcp;

	atomic_inc(&callers);
	rcu_read_lock();
	tcp = adit_tcp_of(sk);
	/* If it was given back: see adit_tcp_hand_back(). */
	smp_rmb();
	/* With the twin's functions it is ours, and lives. */
	if (tcp && (READ_ONCE(sk->sk_prot) != &tcp->twin->our_prot ||
		    !refcount_inc_not_zero(&tcp->sock.ref)))
		tcp = NULL;
	rcu_read_unlock();
	return tcp;
}

static void leave(struct adit_tcp *tcp)
{
	if (tcp)
		adit_sock_put(&tcp->sock);
	if (atomic_dec_and_test(&callers))
		wake_up_all(&no_callers);
}

/**
 * adit_tcp_wake_users() - whoever waits for a socket looks again
 * @sk: the kernel's socket
 *
 * Context: any.
 */
void adit_tcp_wake_users(struct sock *sk)
{
	struct socket_wq *wq;

	rcu_read_lock();
	wq = rcu_dereference(sk->sk_wq);
	if (skwq_has_sleeper(wq))
		wake_up_interruptible_poll(&wq->wait, EPOLLIN | EPOLLRDNORM |
					   EPOLLOUT | EPOLLWRNORM);
	sk_wake_async(sk, SOCK_WAKE_WAITD, POLL_IN);
	rcu_read_unlock();
}

static bool is_attached(const struct adit_tcp *tcp)
{
	return rcu_access_pointer(tcp->sk);
}

/* ------------------------------------------------------------------------ read */

static bool readable(const struct adit_tcp *tcp, const struct sock *sk)
{
	return !skb_queue_empty_lockless(&tcp->ike) || !is_attached(tcp) ||
	       READ_ONCE(tcp->ended) || READ_ONCE(sk->sk_err);
}

/* The next message, or an error: -EAGAIN as well after the end. */
static struct sk_buff *next_message(struct adit_tcp *tcp, struct sock *sk,
				    int flags, int *err)
{
	struct sk_buff *skb;
	int off = 0;

	skb = __skb_recv_datagram(sk, &tcp->ike, flags | MSG_DONTWAIT, &off,
				  err);
	if (!skb || flags & MSG_PEEK)
		return skb;
	atomic_sub(skb->truesize, &tcp->ike_octets);
	if (READ_ONCE(tcp->ended) && skb_queue_empty_lockless(&tcp->ike))
		adit_sock_lost(&tcp->sock, tcp->ended);
	return skb;
}

static int copy_message(struct sk_buff *skb, struct msghdr *msg, size_t len,
			int flags)
{
	int copied = min_t(size_t, len, skb->len);
	int err;

	if (copied < skb->len)
		msg->msg_flags |= MSG_TRUNC;
	err = skb_copy_datagram_msg(skb, 0, msg, copied);
	if (err)
		return err;
	return flags & MSG_TRUNC ? skb->len : copied;
}

/* Returns -ERESTART if the socket was given back. */
static int receive(struct adit_tcp *tcp, struct sock *sk, struct msghdr *msg,
		   size_t len, int flags)
{
	long wait = sock_rcvtimeo(sk, flags & MSG_DONTWAIT);
	struct sk_buff *skb;
	int err;

	for (;;) {
		skb = next_message(tcp, sk, flags, &err);
		if (skb) {
			err = copy_message(skb, msg, len, flags);
			consume_skb(skb);
			return err;
		}
		if (!is_attached(tcp))
			return -ERESTART;
		if (err != -EAGAIN)
			return err;
		if (READ_ONCE(tcp->ended))
			return 0;
		if (!wait)
			return -EAGAIN;
		wait = wait_event_interruptible_timeout(*sk_sleep(sk),
							readable(tcp, sk),
							wait);
		if (wait < 0)
			return sock_intr_errno(wait);
	}
}

static int recvmsg(struct sock *sk, struct msghdr *msg, size_t len, int flags)
{
	struct adit_tcp *tcp = enter(sk);
	int ret = -ERESTART;

	if (tcp && !(flags & MSG_ERRQUEUE))
		ret = receive(tcp, sk, msg, len, flags);
	if (ret == -ERESTART) {
		if (tcp && is_attached(tcp))
			ret = compat_recvmsg(tcp->twin->prot, sk, msg, len,
					     flags);
		else
			ret = compat_recvmsg(READ_ONCE(sk->sk_prot), sk, msg,
					     len, flags);
	}
	leave(tcp);
	return ret;
}

compat_define_recvmsg(recvmsg)

/* ----------------------------------------------------------------------- write */

static struct sk_buff *copy_record(struct msghdr *msg, size_t size)
{
	struct sk_buff *skb;

	if (size > U16_MAX - ADIT_TCP_LEN_LEN)
		return ERR_PTR(-EMSGSIZE);
	if (size <= ADIT_MARKER_LEN)
		return ERR_PTR(-EINVAL);
	skb = alloc_skb(size + ADIT_TCP_LEN_LEN, GFP_KERNEL_ACCOUNT);
	if (!skb)
		return ERR_PTR(-ENOMEM);
	skb_reserve(skb, ADIT_TCP_LEN_LEN);
	if (!copy_from_iter_full(skb_put(skb, size), size, &msg->msg_iter)) {
		kfree_skb(skb);
		return ERR_PTR(-EFAULT);
	}
	/* ESP is not for userspace to send. */
	if (get_unaligned((__be32 *)skb->data)) {
		kfree_skb(skb);
		return ERR_PTR(-EINVAL);
	}
	put_unaligned_be16(size + ADIT_TCP_LEN_LEN,
			   skb_push(skb, ADIT_TCP_LEN_LEN));
	return skb;
}

static bool writable(const struct adit_tcp *tcp)
{
	return adit_tcp_takes_ike(tcp) || !READ_ONCE(tcp->ready);
}

/* Returns how long to wait from now on, or a negative error. */
static long wait_for_room(const struct adit_tcp *tcp, struct sock *sk, int flags,
			  long wait)
{
	if (!READ_ONCE(tcp->ready))
		return sk_stream_error(sk, flags, -EPIPE);
	if (!wait)
		return -EAGAIN;
	return wait_event_interruptible_timeout(*sk_sleep(sk), writable(tcp),
						wait);
}

static int transmit(struct adit_tcp *tcp, struct sock *sk, struct msghdr *msg,
		    size_t size)
{
	long wait = sock_sndtimeo(sk, msg->msg_flags & MSG_DONTWAIT);
	struct sk_buff *skb = copy_record(msg, size);

	if (IS_ERR(skb))
		return PTR_ERR(skb);
	while (!adit_tcp_queue_ike(tcp, skb)) {
		wait = wait_for_room(tcp, sk, msg->msg_flags, wait);
		if (wait < 0) {
			kfree_skb(skb);
			return wait == -ERESTARTSYS ? sock_intr_errno(wait) :
						      wait;
		}
	}
	rcu_read_lock();
	adit_tcp_push(tcp);
	rcu_read_unlock();
	return size;
}

static int sendmsg(struct sock *sk, struct msghdr *msg, size_t size)
{
	struct adit_tcp *tcp = enter(sk);
	int ret;

	if (!tcp)
		ret = READ_ONCE(sk->sk_prot)->sendmsg(sk, msg, size);
	else if (msg->msg_flags & ~(MSG_DONTWAIT | MSG_NOSIGNAL | MSG_EOR) ||
		 msg->msg_controllen)
		ret = -EOPNOTSUPP;
	else
		ret = transmit(tcp, sk, msg, size);
	leave(tcp);
	return ret;
}

static __poll_t poll(struct file *file, struct socket *socket,
		     struct poll_table_struct *table)
{
	struct sock *sk = socket->sk;
	struct adit_tcp *tcp = enter(sk);
	__poll_t mask = 0;

	if (!tcp) {
		mask = READ_ONCE(socket->ops)->poll(file, socket, table);
		goto out;
	}
	sock_poll_wait(file, socket, table);
	if (!skb_queue_empty_lockless(&tcp->ike))
		mask |= EPOLLIN | EPOLLRDNORM;
	if (READ_ONCE(tcp->ended))
		mask |= EPOLLIN | EPOLLRDNORM | EPOLLRDHUP | EPOLLHUP;
	if (READ_ONCE(sk->sk_err))
		mask |= EPOLLERR;
	if (adit_tcp_takes_ike(tcp))
		mask |= EPOLLOUT | EPOLLWRNORM;
out:
	leave(tcp);
	return mask;
}

/* ------------------------------------------------------------------------ rest */

static int setsockopt(struct sock *sk, int level, int name, sockptr_t value,
		      unsigned int len)
{
	struct adit_tcp *tcp = enter(sk);
	int ret;

	/* What would put other functions there. */
	if (tcp && ((level == SOL_TCP && name == TCP_ULP) || level == SOL_TLS ||
		    (level == SOL_IPV6 && name == IPV6_ADDRFORM)))
		ret = -EBUSY;
	else
		ret = (tcp ? tcp->twin->prot : READ_ONCE(sk->sk_prot))
			->setsockopt(sk, level, name, value, len);
	leave(tcp);
	return ret;
}

static int disconnect(struct sock *sk, int flags)
{
	return -EBUSY;
}

static void close(struct sock *sk, long timeout)
{
	struct adit_tcp *tcp = enter(sk);

	if (tcp) {
		adit_tcp_detach(tcp, sk);
		adit_sock_lost(&tcp->sock, 0);
	}
	READ_ONCE(sk->sk_prot)->close(sk, timeout);
	leave(tcp);
}

/**
 * adit_tcp_base_recvmsg() - receive as it was before
 * @tcp: a connection of userspace
 * @sk: the kernel's socket
 * @msg: where to
 * @len: octets there
 *
 * Context: process context; does not wait for data.
 * Return: octets, 0 at the end, or a negative error.
 */
int adit_tcp_base_recvmsg(const struct adit_tcp *tcp, struct sock *sk,
			  struct msghdr *msg, size_t len)
{
	return compat_recvmsg(tcp->twin->prot, sk, msg, len, MSG_DONTWAIT);
}

/**
 * adit_tcp_base_sendmsg() - send as it was before
 * @tcp: a connection of userspace
 * @sk: the kernel's socket
 * @msg: what
 * @len: octets there
 *
 * Context: process context; does not wait for room if @msg says so.
 * Return: octets or a negative error.
 */
int adit_tcp_base_sendmsg(const struct adit_tcp *tcp, struct sock *sk,
			  struct msghdr *msg, size_t len)
{
	return tcp->twin->prot->sendmsg(sk, msg, len);
}

/* ----------------------------------------------------------------------- twins */

static struct adit_tcp_twin *find_twin(const struct sock *sk)
{
	const struct proto_ops *ops = READ_ONCE(sk->sk_socket->ops);
	struct adit_tcp_twin *twin;

	list_for_each_entry(twin, &twins, node)
		if (twin->prot == sk->sk_prot && twin->ops == ops)
			return twin;
	twin = kzalloc_obj(*twin, GFP_KERNEL);
	if (!twin)
		return NULL;
	twin->prot = sk->sk_prot;
	twin->ops = ops;
	twin->our_prot = *twin->prot;
	INIT_LIST_HEAD(&twin->our_prot.node);
	twin->our_prot.recvmsg = compat_recvmsg_fn(recvmsg);
	twin->our_prot.sendmsg = sendmsg;
	compat_no_sendpage(&twin->our_prot);
	twin->our_prot.setsockopt = setsockopt;
	twin->our_prot.disconnect = disconnect;
	twin->our_prot.close = close;
	twin->our_ops = *ops;
	twin->our_ops.poll = poll;
	/* Else it would be read past us. */
	twin->our_ops.splice_read = NULL;
	list_add(&twin->node, &twins);
	return twin;
}

/**
 * adit_tcp_find_twin() - have functions for a socket of userspace
 * @tcp: the connection
 * @sk: the kernel's socket
 *
 * Context: @sk is locked, by a process.
 * Return: 0 or -ENOMEM.
 */
int adit_tcp_find_twin(struct adit_tcp *tcp, struct sock *sk)
{
	mutex_lock(&twins_lock);
	tcp->twin = find_twin(sk);
	mutex_unlock(&twins_lock);
	return tcp->twin ? 0 : -ENOMEM;
}

/**
 * adit_tcp_take_over() - give a socket of userspace functions of ours
 * @tcp: the connection, attached
 * @sk: the kernel's socket
 *
 * Context: @sk is locked, by a process.
 */
void adit_tcp_take_over(struct adit_tcp *tcp, struct sock *sk)
{
	/* After the user data: who is in ours finds it. */
	smp_wmb();
	WRITE_ONCE(sk->sk_prot, &tcp->twin->our_prot);
	WRITE_ONCE(sk->sk_socket->ops, &tcp->twin->our_ops);
}

/**
 * adit_tcp_hand_back() - give a socket the functions that it had
 * @tcp: the connection
 * @sk: the kernel's socket
 *
 * Context: @sk is locked, by a process.
 */
void adit_tcp_hand_back(struct adit_tcp *tcp, struct sock *sk)
{
	WRITE_ONCE(sk->sk_prot, tcp->twin->prot);
	/* One that is being closed has lost it, or loses it now. */
	write_lock_bh(&sk->sk_callback_lock);
	if (sk->sk_socket)
		WRITE_ONCE(sk->sk_socket->ops, tcp->twin->ops);
	write_unlock_bh(&sk->sk_callback_lock);
	/* Before the user data: who finds none finds these. */
	smp_wmb();
}

/**
 * adit_tcp_module_exit() - wait until nobody is in functions of ours
 *
 * All sockets were given back. Somebody may have looked up a function and not
 * have come to its first line, or be past its last: between there he does not
 * sleep, so that a grace period of tasks is over then.
 *
 * Context: may sleep.
 */
void adit_tcp_module_exit(void)
{
	struct adit_tcp_twin *twin, *next;

	if (list_empty(&twins))
		return;
	synchronize_rcu_tasks();
	wait_event(no_callers, !atomic_read(&callers));
	synchronize_rcu_tasks();
	list_for_each_entry_safe(twin, next, &twins, node)
		kfree(twin);
}
