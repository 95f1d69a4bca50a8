// SPDX-License-Identifier: GPL-2.0-or-later
/* See sock.h. */
#include "sock.h"

#include <arpa/inet.h>
#include <errno.h>
#include <event2/event.h>
#include <linux/xfrm.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "../proto/ike.h"
#include "sockaddr.h"

enum {
	/* In one go, before others have their turn. */
	READS = 64,
	/* The kernel's, for a flood, and for many peers at once. */
	BUFFER = 1024 * 1024,
};

static const struct {
	int family;
	uint16_t port;
} kinds[SOCKS] = {
	{ AF_INET, IKE_PORT },
	{ AF_INET, IKE_NATT_PORT },
	{ AF_INET6, IKE_PORT },
	{ AF_INET6, IKE_NATT_PORT },
};

/* ------------------------------------------------------------------- reading */

union control {
	struct cmsghdr align;
	char octets[CMSG_SPACE(sizeof(struct in6_pktinfo)) + 64];
};

static void take_local(struct msghdr *msg, struct addr *local)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c;
	     c = CMSG_NXTHDR(msg, c)) {
		struct in6_pktinfo info6;
		struct in_pktinfo info;

		if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
			memcpy(&info, CMSG_DATA(c), sizeof(info));
			*local = (struct addr){ .len = 4 };
			memcpy(local->octets, &info.ipi_addr, 4);
		} else if (c->cmsg_level == IPPROTO_IPV6 &&
			   c->cmsg_type == IPV6_PKTINFO) {
			memcpy(&info6, CMSG_DATA(c), sizeof(info6));
			*local = (struct addr){ .len = 16 };
			memcpy(local->octets, &info6.ipi6_addr, 16);
		}
	}
}

/* Also what the module let through though it has no marker is no IKE here. */
static bool take_marker(const struct sock *sock, struct span *message)
{
	static const uint8_t marker[IKE_MARKER_LEN];
	struct span front;

	if (!sock->marker)
		return true;
	return span_take(message, sizeof(marker), &front) &&
	       span_equal(front, SPAN(marker));
}

static bool read_one(struct sock *sock, uint8_t *octets, size_t size)
{
	struct iovec iov = { octets, size };
	struct sockaddr_storage from = { 0 };
	union control control;
	struct msghdr msg = {
		.msg_name = &from,
		.msg_namelen = sizeof(from),
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	struct socks *socks = sock->socks;
	struct ike_path path = {
		.local_port = sock->port,
		.socket = (uint32_t)(sock - socks->list) + 1,
		.marker = sock->marker,
	};
	struct span message;
	ssize_t n = recvmsg(sock->fd, &msg, 0);

	/* Errors of what was sent come here too; the next one may be good. */
	if (n < 0)
		return errno != EAGAIN;
	message = span_of(octets, (size_t)n);
	take_local(&msg, &path.local);
	if (!(msg.msg_flags & MSG_TRUNC) && path.local.len &&
	    sockaddr_read(&from, &path.remote, &path.remote_port) &&
	    path.remote_port && take_marker(sock, &message) && message.len)
		socks->input(socks->arg, &path, message);
	return true;
}

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
	static uint8_t octets[IKE_MESSAGE_MAX];
	struct sock *sock = arg;

	(void)fd;
	(void)what;
	/* The input may have paused us. */
	for (int i = 0;
	     i < READS && event_pending(sock->readable, EV_READ, NULL); i++)
		if (!read_one(sock, octets, sizeof(octets)))
			break;
}

void socks_pause(struct socks *socks, bool pause)
{
	for (size_t i = 0; i < SOCKS; i++) {
		struct sock *sock = &socks->list[i];

		if (sock->readable && pause)
			event_del(sock->readable);
		else if (sock->readable)
			event_add(sock->readable, NULL);
	}
}

/* ------------------------------------------------------------------- sending */

static const struct sock *choose(const struct socks *socks,
				 const struct ike_path *path)
{
	int family = path->remote.len == 4 ? AF_INET : AF_INET6;

	for (size_t i = 0; i < SOCKS; i++) {
		const struct sock *sock = &socks->list[i];

		if (sock->fd >= 0 && sock->family == family &&
		    sock->marker == path->marker)
			return sock;
	}
	return NULL;
}

/* Behind those that are there already. */
static void put_control(struct msghdr *msg, union control *control, int level,
			int type, const void *data, size_t len)
{
	struct cmsghdr *c;

	msg->msg_control = control;
	c = (struct cmsghdr *)(control->octets + msg->msg_controllen);
	c->cmsg_level = level;
	c->cmsg_type = type;
	c->cmsg_len = CMSG_LEN(len);
	memcpy(CMSG_DATA(c), data, len);
	msg->msg_controllen += CMSG_SPACE(len);
}

/* From the address that the peer knows, though the socket has none. */
static void put_local(struct msghdr *msg, union control *control,
		      const struct addr *local)
{
	struct in6_pktinfo info6 = { 0 };
	struct in_pktinfo info = { 0 };

	if (addr_is_any(local))
		return;
	if (local->len == 4) {
		memcpy(&info.ipi_spec_dst, local->octets, 4);
		put_control(msg, control, IPPROTO_IP, IP_PKTINFO, &info,
			    sizeof(info));
	} else {
		memcpy(&info6.ipi6_addr, local->octets, 16);
		put_control(msg, control, IPPROTO_IPV6, IPV6_PKTINFO, &info6,
			    sizeof(info6));
	}
}

static void put_dscp(struct msghdr *msg, union control *control, int family,
		     uint8_t dscp)
{
	int tos = dscp << 2;

	if (!dscp)
		return;
	if (family == AF_INET)
		put_control(msg, control, IPPROTO_IP, IP_TOS, &tos,
			    sizeof(tos));
	else
		put_control(msg, control, IPPROTO_IPV6, IPV6_TCLASS, &tos,
			    sizeof(tos));
}

static int cannot(const struct ike_path *path, const char *why, struct err *err)
{
	char to[ENDPOINT_TEXT_SIZE];

	return err_set(err, ERR_REFUSED, "cannot send to %s: %s",
		       endpoint_show(&path->remote, path->remote_port, to),
		       why);
}

int socks_send(const struct socks *socks, const struct ike_path *path,
	       struct span message, struct err *err)
{
	static uint8_t marker[IKE_MARKER_LEN];
	const struct sock *sock = choose(socks, path);
	struct iovec iov[] = {
		{ marker, sizeof(marker) },
		{ (uint8_t *)message.data, message.len },
	};
	struct sockaddr_storage to;
	union control control;
	struct msghdr msg = {
		.msg_name = &to,
		.msg_iov = path->marker ? iov : iov + 1,
		.msg_iovlen = path->marker ? 2 : 1,
	};

	if (!sock)
		return cannot(path, "there is no socket for it", err);
	msg.msg_namelen = sockaddr_write(&to, &path->remote, path->remote_port);
	memset(&control, 0, sizeof(control));
	put_local(&msg, &control, &path->local);
	put_dscp(&msg, &control, sock->family, path->dscp);
	if (sendmsg(sock->fd, &msg, MSG_NOSIGNAL) >= 0)
		return 0;
	return cannot(path, strerror(errno), err);
}

/* ---------------------------------------------------------------------- life */

/* IKE is never to be inside the kernel's own IPsec, if it has policies. */
static void bypass_xfrm(int fd, int family)
{
	struct xfrm_userpolicy_info policy = {
		.action = XFRM_POLICY_ALLOW,
		.sel.family = (uint16_t)family,
	};
	int level = family == AF_INET ? IPPROTO_IP : IPPROTO_IPV6;
	int option = family == AF_INET ? IP_XFRM_POLICY : IPV6_XFRM_POLICY;

	/* A kernel without XFRM has none, and refuses. */
	policy.dir = XFRM_POLICY_IN;
	if (setsockopt(fd, level, option, &policy, sizeof(policy)))
		return;
	policy.dir = XFRM_POLICY_OUT;
	setsockopt(fd, level, option, &policy, sizeof(policy));
}

int sock_set_underlay(int fd, int family)
{
	int mark = UNDERLAY_MARK;

	bypass_xfrm(fd, family);
	return setsockopt(fd, SOL_SOCKET, SO_MARK, &mark, sizeof(mark));
}

static int set_options(int fd, int family)
{
	int on = 1, size = BUFFER;

	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	if (sock_set_underlay(fd, family))
		return -1;
	if (family == AF_INET)
		return setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof(on));
	if (setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on)))
		return -1;
	return setsockopt(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, &on, sizeof(on));
}

static int bind_any(int fd, int family, uint16_t port)
{
	const struct addr any = { .len = family == AF_INET ? 4 : 16 };
	struct sockaddr_storage to;
	socklen_t len = sockaddr_write(&to, &any, port);

	return bind(fd, (const struct sockaddr *)&to, len);
}

static int refused(const struct sock *sock, struct err *err)
{
	if (errno == EADDRINUSE)
		return err_set(
			err, ERR_REFUSED,
			"UDP port %u is taken: does another IKE daemon run (charon, pluto, iked, aditd)? ss -lunp shows it",
			sock->port);
	return err_set(err, ERR_REFUSED, "UDP port %u: %s", sock->port,
		       strerror(errno));
}

static int open_one(struct sock *sock, struct event_base *base, struct err *err)
{
	sock->fd = socket(sock->family,
			  SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (sock->fd < 0 && sock->family == AF_INET6) {
		log_put(sock->socks->log, LEVEL_INFO, "no IPv6 here: %s",
			strerror(errno));
		return 0;
	}
	if (sock->fd < 0 || set_options(sock->fd, sock->family) ||
	    bind_any(sock->fd, sock->family, sock->port))
		return refused(sock, err);
	sock->readable = event_new(base, sock->fd, EV_READ | EV_PERSIST,
				   on_readable, sock);
	if (sock->readable && !event_add(sock->readable, NULL))
		return 0;
	return err_set(err, ERR_REFUSED, "out of memory");
}

int socks_open(struct socks *socks, struct event_base *base, struct log *log,
	       socks_input_fn input, void *arg, struct err *err)
{
	*socks = (struct socks){ .log = log, .input = input, .arg = arg };
	for (size_t i = 0; i < SOCKS; i++)
		socks->list[i] = (struct sock){
			.socks = socks,
			.fd = -1,
			.family = kinds[i].family,
			.port = kinds[i].port,
			.marker = kinds[i].port == IKE_NATT_PORT,
		};
	for (size_t i = 0; i < SOCKS; i++)
		if (open_one(&socks->list[i], base, err))
			return -1;
	return 0;
}

void socks_close(struct socks *socks)
{
	for (size_t i = 0; i < SOCKS; i++) {
		struct sock *sock = &socks->list[i];

		if (sock->readable)
			event_free(sock->readable);
		if (sock->socks && sock->fd >= 0)
			close(sock->fd);
		sock->readable = NULL;
		sock->fd = -1;
	}
}

int socks_hand_over(struct socks *socks, struct adit_nl *nl, struct err *err)
{
	for (size_t i = 0; i < SOCKS; i++) {
		struct sock *sock = &socks->list[i];
		struct adit_socket request = {
			.has = BIT64(ADIT_A_SOCKET_ENCAP) |
			       BIT64(ADIT_A_SOCKET_FD) |
			       BIT64(ADIT_A_SOCKET_MARKER),
			.encap = ADIT_ENCAP_UDP,
			.fd = (uint32_t)sock->fd,
			.marker = 1,
		};
		struct adit_socket answer = { 0 };

		if (sock->fd < 0 || !sock->marker)
			continue;
		if (adit_ask(nl, ADIT_CMD_SOCKET_NEW, &request, &answer, err))
			return err_prefix(err, "UDP port %u: ", sock->port);
		sock->id = answer.id;
		field_clear(&set_socket, &answer);
	}
	return 0;
}

uint32_t socks_id(const struct socks *socks, const struct ike_path *path)
{
	struct ike_path with_marker = *path;
	const struct sock *sock;

	with_marker.marker = true;
	sock = choose(socks, &with_marker);
	return sock ? sock->id : 0;
}

bool socks_path(const struct socks *socks, uint32_t id, struct ike_path *path)
{
	for (size_t i = 0; i < SOCKS; i++) {
		if (!id || socks->list[i].id != id)
			continue;
		path->socket = (uint32_t)i + 1;
		path->local_port = socks->list[i].port;
		path->marker = true;
		return true;
	}
	return false;
}
