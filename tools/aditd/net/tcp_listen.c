// SPDX-License-Identifier: GPL-2.0-or-later
/* See tcp.h: the ports where peers connect, and what they say first. */
#include <errno.h>
#include <event2/event.h>
#include <netinet/in.h>
#include <unistd.h>

#include "sockaddr.h"
#include "tcp.h"

enum { BACKLOG = 64, ACCEPTS = 16 };

static const uint8_t prefix[TCP_PREFIX_LEN] = { 'I', 'K', 'E', 'T', 'C', 'P' };

/* ------------------------------------------------------------ who has come */

static void on_prefix(evutil_socket_t fd, short what, void *arg)
{
	struct tcp_conn *conn = arg;
	uint8_t octets[TCP_PREFIX_LEN];
	ssize_t n = recv(fd, octets, TCP_PREFIX_LEN - conn->octets.len, 0);
	struct err err;

	(void)what;
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		tcp_conn_end(conn, n ? strerror(errno) : "closed by the peer");
		return;
	}
	buf_add(&conn->octets, octets, (size_t)n);
	if (conn->octets.failed ||
	    memcmp(conn->octets.data, prefix, conn->octets.len) != 0)
		tcp_conn_end(conn, "it does not begin as RFC 9329 wants");
	else if (conn->octets.len == TCP_PREFIX_LEN &&
		 tcp_conn_hand_over(conn, &err))
		tcp_conn_end(conn, err.text);
}

static bool is_unproven(const struct tcp_conn *conn)
{
	return !conn->cookie && !conn->proven && conn->state != TCP_ENDING;
}

/* Of one address there are few; of all the oldest one has to go. */
static bool has_room(struct tcp *tcp, const struct addr *remote)
{
	struct tcp_conn *oldest = NULL;
	size_t each = 0, all = 0;

	for (struct tcp_conn *conn = tcp->conns; conn; conn = conn->next) {
		if (!is_unproven(conn))
			continue;
		all++;
		each += addr_compare(&conn->path.remote, remote) == 0;
		oldest = conn;
	}
	if (each >= TCP_UNPROVEN_EACH)
		return false;
	if (all >= TCP_UNPROVEN_MAX)
		tcp_conn_end(oldest, "too many others have come");
	return true;
}

static void take(struct tcp *tcp, int fd, const struct sockaddr_storage *from)
{
	struct tcp_conn *conn;
	struct addr remote;
	uint16_t port;
	struct err err;

	if (!sockaddr_read(from, &remote, &port) || !has_room(tcp, &remote) ||
	    tcp_set_options(fd, from->ss_family)) {
		close(fd);
		return;
	}
	conn = tcp_conn_new(tcp, fd, TCP_WAITING);
	if (!conn) {
		close(fd);
		return;
	}
	conn->path.remote = remote;
	conn->path.remote_port = port;
	if (tcp_conn_limit(conn, TCP_PREFIX_SECONDS, &err) ||
	    tcp_conn_wait(conn, EV_READ, on_prefix, &err))
		tcp_conn_end(conn, err.text);
}

static void on_connection(evutil_socket_t fd, short what, void *arg)
{
	struct tcp_listener *listener = arg;

	(void)what;
	for (int i = 0; i < ACCEPTS; i++) {
		struct sockaddr_storage from = { 0 };
		socklen_t len = sizeof(from);
		int taken = accept4(fd, (struct sockaddr *)&from, &len,
				    SOCK_NONBLOCK | SOCK_CLOEXEC);

		if (taken < 0)
			return;
		take(listener->tcp, taken, &from);
	}
}

/* ----------------------------------------------------------------- listeners */

static void stop(struct tcp_listener *listener)
{
	if (listener->readable)
		event_free(listener->readable);
	if (listener->fd >= 0)
		close(listener->fd);
	*listener = (struct tcp_listener){ .fd = -1 };
}

static int bind_port(int fd, int family, uint16_t port)
{
	const struct addr any = { .len = family == AF_INET ? 4 : 16 };
	struct sockaddr_storage to;
	socklen_t len = sockaddr_write(&to, &any, port);
	int on = 1;

	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) ||
	    (family == AF_INET6 &&
	     setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on))) ||
	    sock_set_underlay(fd, family) ||
	    bind(fd, (const struct sockaddr *)&to, len))
		return -1;
	return listen(fd, BACKLOG);
}

static void start(struct tcp *tcp, struct tcp_listener *listener, int family,
		  uint16_t port)
{
	int fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0 && family == AF_INET6)
		return;
	*listener = (struct tcp_listener){ .fd = fd, .port = port, .tcp = tcp };
	if (fd >= 0 && !bind_port(fd, family, port))
		listener->readable = event_new(tcp->base, fd,
					       EV_READ | EV_PERSIST,
					       on_connection, listener);
	if (listener->readable && !event_add(listener->readable, NULL))
		return;
	/* A web server may have 443; who only connects does not need it. */
	log_put(tcp->log, LEVEL_INFO,
		"TCP port %u is not to be had, peers cannot connect there: %s",
		port, strerror(errno));
	stop(listener);
}

static bool has_port(const uint16_t *ports, size_t n, uint16_t port)
{
	for (size_t i = 0; i < n; i++)
		if (ports[i] == port)
			return true;
	return false;
}

static struct tcp_listener *free_one(struct tcp *tcp)
{
	for (size_t i = 0; i < ARRAY_SIZE(tcp->listeners); i++)
		if (tcp->listeners[i].fd < 0)
			return &tcp->listeners[i];
	return NULL;
}

static bool listens(const struct tcp *tcp, uint16_t port)
{
	for (size_t i = 0; i < ARRAY_SIZE(tcp->listeners); i++)
		if (tcp->listeners[i].fd >= 0 && tcp->listeners[i].port == port)
			return true;
	return false;
}

void tcp_listen(struct tcp *tcp, const uint16_t *ports, size_t n)
{
	static const int families[] = { AF_INET, AF_INET6 };
	struct tcp_listener *listener;

	for (size_t i = 0; i < ARRAY_SIZE(tcp->listeners); i++)
		if (!has_port(ports, n, tcp->listeners[i].port))
			stop(&tcp->listeners[i]);
	for (size_t i = 0; i < n; i++) {
		if (listens(tcp, ports[i]))
			continue;
		for (size_t k = 0; k < ARRAY_SIZE(families); k++) {
			listener = free_one(tcp);
			if (listener)
				start(tcp, listener, families[k], ports[i]);
		}
	}
}
