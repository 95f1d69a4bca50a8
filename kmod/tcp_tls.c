// SPDX-License-Identifier: GPL-2.0-only
/*
 * Records of a TCP connection in which the kernel does TLS (RFC 9329, A): they are
 * read through the functions of its socket, which may sleep.
 */

#include <linux/slab.h>
#include <linux/tls.h>
#include <net/tcp.h>

#include "compat.h"
#include "tcp_conn.h"

enum {
	/* Octets at once, and how often in one run. */
	READ_OCTETS = 8192,
	READS = 16,
	/* RFC 8446, B.1 and B.3 */
	CONTENT_ALERT = 21,
	CONTENT_HANDSHAKE = 22,
	CONTENT_DATA = 23,
	HANDSHAKE_NEW_TICKET = 4,
};

/* What the kernel's TLS says of octets: are they data? Without a word they are. */
static bool is_tls_data(struct msghdr *msg, void *control)
{
	const struct cmsghdr *cmsg = control;

	return msg->msg_control == control || cmsg->cmsg_level != SOL_TLS ||
	       cmsg->cmsg_type != TLS_GET_RECORD_TYPE ||
	       *(u8 *)CMSG_DATA(cmsg) == CONTENT_DATA;
}

/*
 * Tickets are nothing to us; an alert ends the connection, and so does a new key,
 * which only userspace could answer.
 */
static int tls_other(const u8 *control, const u8 *octets, int len)
{
	if (*control == CONTENT_ALERT)
		return -ESHUTDOWN;
	return *control == CONTENT_HANDSHAKE && len &&
	       *octets == HANDSHAKE_NEW_TICKET ? 0 : -EPROTO;
}

/* Returns octets or, as a negative errno, why there are none. */
static int read_tls_once(struct adit_tcp_run *run, struct sock *sk, void *buffer)
{
	u8 control[CMSG_SPACE(sizeof(u8))] __aligned(sizeof(long)) = { };
	struct kvec vec = { .iov_base = buffer, .iov_len = READ_OCTETS };
	struct msghdr msg = {
		.msg_control = control,
		.msg_controllen = sizeof(control),
		.msg_flags = MSG_DONTWAIT,
	};
	int len, err;

	iov_iter_kvec(&msg.msg_iter, ITER_DEST, &vec, 1, READ_OCTETS);
	len = adit_tcp_base_recvmsg(run->tcp, sk, &msg, READ_OCTETS);
	if (len <= 0)
		return len ?: -ESHUTDOWN;
	if (!is_tls_data(&msg, control)) {
		err = tls_other(CMSG_DATA((struct cmsghdr *)control), buffer,
				len);
		return err ?: len;
	}
	run->budget = INT_MAX;
	run->offset = 0;
	local_bh_disable();
	rcu_read_lock();
	adit_tcp_feed(run, len);
	rcu_read_unlock();
	local_bh_enable();
	return len;
}

/**
 * adit_tcp_read_tls() - take what has come through TLS
 * @tcp: the connection
 * @sk: the kernel's socket
 *
 * Context: may sleep; &adit_tcp.tls_lock is held.
 * Return: whether there may be more.
 */
bool adit_tcp_read_tls(struct adit_tcp *tcp, struct sock *sk)
{
	struct adit_tcp_run run = { .tcp = tcp };
	unsigned int i;
	int ret = 1;

	run.data = kmalloc(READ_OCTETS, GFP_KERNEL);
	if (!run.data)
		return true;
	for (i = 0; i < READS && ret > 0 && !run.err; i++)
		ret = read_tls_once(&run, sk, (void *)run.data);
	kfree(run.data);
	/* Older kernels tell only there of a record that cannot be. */
	if (ret == -EAGAIN)
		ret = -READ_ONCE(sk->sk_err);
	if (run.err) {
		tcp->violated = true;
		adit_tcp_end(tcp, -run.err);
	} else if (ret < 0) {
		adit_tcp_end(tcp, -ret);
	}
	return ret > 0 && !run.err;
}
