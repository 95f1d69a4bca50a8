// SPDX-License-Identifier: GPL-2.0-or-later
/* See tcp.h: connections once they are open, and how they end. */
#include "tcp.h"

#include <errno.h>
#include <event2/event.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/uio.h>
#include <unistd.h>

#include "../proto/ike.h"
#include "sockaddr.h"

enum {
	READS = 64,
	/* A silent peer: asked after a minute, dead after another one. */
	KEEPALIVE_IDLE = 60,
	KEEPALIVE_EACH = 10,
	USER_TIMEOUT_MS = 60 * 1000,
	/* Numbers of ours, above those of UDP. */
	FIRST_SOCKET = 1000,
};

static struct tcp_conn *find(const struct tcp *tcp, uint32_t socket)
{
	struct tcp_conn *conn = tcp->conns;

	while (conn && conn->path.socket != socket)
		conn = conn->next;
	return conn;
}

/* ---------------------------------------------------------------------- life */

int tcp_set_options(int fd, int family)
{
	int on = 1, idle = KEEPALIVE_IDLE, each = KEEPALIVE_EACH;
	int timeout = USER_TIMEOUT_MS;

	if (sock_set_underlay(fd, family))
		return -1;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
	setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof(idle));
	setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &each, sizeof(each));
	setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &timeout,
		   sizeof(timeout));
	return 0;
}

struct tcp_conn *tcp_conn_new(struct tcp *tcp, int fd, enum tcp_state state)
{
	struct tcp_conn *conn;

	if (tcp->n_conns >= TCP_CONNS_MAX)
		return NULL;
	conn = calloc(1, sizeof(*conn));
	if (!conn)
		return NULL;
	do {
		tcp->last_socket++;
	} while (tcp->last_socket < FIRST_SOCKET ||
		 find(tcp, tcp->last_socket));
	conn->tcp = tcp;
	conn->fd = fd;
	conn->state = state;
	conn->path.socket = tcp->last_socket;
	conn->path.tcp = true;
	conn->next = tcp->conns;
	tcp->conns = conn;
	tcp->n_conns++;
	return conn;
}

static void free_event(struct event **event)
{
	if (*event)
		event_free(*event);
	*event = NULL;
}

void tcp_conn_free(struct tcp_conn *conn)
{
	struct tcp_conn **at = &conn->tcp->conns;

	while (*at != conn)
		at = &(*at)->next;
	*at = conn->next;
	conn->tcp->n_conns--;
	free_event(&conn->event);
	free_event(&conn->timer);
	if (conn->fd >= 0)
		close(conn->fd);
	if (conn->proxy)
		explicit_bzero(conn->proxy, sizeof(*conn->proxy));
	free(conn->proxy);
	buf_free(&conn->octets);
	free(conn);
}

int tcp_conn_wait(struct tcp_conn *conn, short what,
		  void (*fn)(int fd, short what, void *arg), struct err *err)
{
	free_event(&conn->event);
	conn->event = event_new(conn->tcp->base, conn->fd,
				(short)(what | EV_PERSIST), fn, conn);
	if (conn->event && !event_add(conn->event, NULL))
		return 0;
	return err_set(err, ERR_REFUSED, "out of memory");
}

static void on_limit(evutil_socket_t fd, short what, void *arg)
{
	static const char *const texts[] = {
		[TCP_RESOLVING] = "the proxy's name is not found",
		[TCP_CONNECTING] = "no answer",
		[TCP_ASKING] = "the proxy does not answer",
		[TCP_WAITING] = "the peer does not begin as RFC 9329 wants",
		[TCP_OPEN] = "",
		[TCP_ENDING] = "",
	};
	struct tcp_conn *conn = arg;

	(void)fd;
	(void)what;
	tcp_conn_end(conn, texts[conn->state]);
}

int tcp_conn_limit(struct tcp_conn *conn, unsigned int seconds, struct err *err)
{
	const struct timeval wait = { seconds, 0 };

	free_event(&conn->timer);
	if (!seconds)
		return 0;
	conn->timer = evtimer_new(conn->tcp->base, on_limit, conn);
	if (conn->timer && !event_add(conn->timer, &wait))
		return 0;
	return err_set(err, ERR_REFUSED, "out of memory");
}

void tcp_conn_end(struct tcp_conn *conn, const char *text)
{
	char all[sizeof(((struct err *)0)->text)], to[ENDPOINT_TEXT_SIZE];
	bool was_open = conn->state == TCP_OPEN;
	uint32_t socket = was_open ? conn->path.socket : 0;
	uint32_t cookie = was_open ? 0 : conn->cookie;
	struct tcp *tcp = conn->tcp;
	bool closing = conn->state == TCP_ENDING;

	endpoint_show(&conn->path.remote, conn->path.remote_port, to);
	snprintf(all, sizeof(all), "TCP connection %s %s%s: %.256s",
		 conn->cookie ? "to" : "from", to,
		 conn->proxy ? " through the proxy" : "", text);
	tcp_conn_free(conn);
	if (closing)
		return;
	if (socket || cookie)
		tcp->ops->closed(tcp->arg, cookie, socket, all);
	else
		log_text(tcp->log, LEVEL_DETAIL, "", all);
}

void tcp_close(struct tcp *tcp, uint32_t socket)
{
	struct tcp_conn *conn = find(tcp, socket);
	struct err err;

	if (!conn || conn->state == TCP_ENDING)
		return;
	conn->state = TCP_ENDING;
	free_event(&conn->event);
	/* What the module still has of it goes first. */
	if (tcp_conn_limit(conn, TCP_CLOSE_SECONDS, &err))
		tcp_conn_free(conn);
}

/* ------------------------------------------------------------------ messages */

/* False if there is no more, or no connection. */
static bool read_one(struct tcp_conn *conn, uint8_t *octets, size_t size)
{
	static const uint8_t marker[IKE_MARKER_LEN];
	struct span message, front;
	ssize_t n = recv(conn->fd, octets, size, 0);

	if (n <= 0) {
		if (n && (errno == EAGAIN || errno == EINTR))
			return false;
		tcp_conn_end(conn, n ? strerror(errno) : "closed by the peer");
		return false;
	}
	message = span_of(octets, (size_t)n);
	if (span_take(&message, sizeof(marker), &front) &&
	    span_equal(front, SPAN(marker)) && message.len)
		conn->tcp->ops->input(conn->tcp->arg, &conn->path, message);
	return true;
}

static void on_message(evutil_socket_t fd, short what, void *arg)
{
	static uint8_t octets[IKE_MARKER_LEN + IKE_MESSAGE_MAX];
	struct tcp_conn *conn = arg;
	struct tcp *tcp = conn->tcp;

	(void)fd;
	(void)what;
	for (int i = 0; i < READS && !tcp->paused; i++)
		if (!read_one(conn, octets, sizeof(octets)))
			break;
}

int tcp_conn_hand_over(struct tcp_conn *conn, struct err *err)
{
	struct adit_socket request = {
		.has = BIT64(ADIT_A_SOCKET_ENCAP) | BIT64(ADIT_A_SOCKET_FD),
		.encap = ADIT_ENCAP_TCP,
		.fd = (uint32_t)conn->fd,
	};
	struct tcp *tcp = conn->tcp;
	struct sockaddr_storage own;
	socklen_t len = sizeof(own);
	struct adit_socket answer = { 0 };

	free_event(&conn->event);
	if (tcp_conn_limit(conn, 0, err))
		return -1;
	buf_free(&conn->octets);
	if (getsockname(conn->fd, (struct sockaddr *)&own, &len) ||
	    !sockaddr_read(&own, &conn->path.local, &conn->path.local_port))
		return err_set(err, ERR_REFUSED, "%s", strerror(errno));
	/* A proxy may be of another family: nobody knows our address there. */
	if (conn->path.local.len != conn->path.remote.len)
		conn->path.local =
			(struct addr){ .len = conn->path.remote.len };
	if (adit_ask(tcp->nl, ADIT_CMD_SOCKET_NEW, &request, &answer, err))
		return -1;
	conn->id = answer.id;
	field_clear(&set_socket, &answer);
	if (tcp_conn_wait(conn, EV_READ, on_message, err))
		return -1;
	if (tcp->paused)
		event_del(conn->event);
	conn->state = TCP_OPEN;
	return 0;
}

int tcp_send(struct tcp *tcp, const struct ike_path *path, struct span message,
	     struct err *err)
{
	static uint8_t marker[IKE_MARKER_LEN];
	struct tcp_conn *conn = path->socket ? find(tcp, path->socket) : NULL;
	struct iovec iov[] = {
		{ marker, sizeof(marker) },
		{ (uint8_t *)message.data, message.len },
	};
	const struct msghdr msg = { .msg_iov = iov, .msg_iovlen = 2 };
	char to[ENDPOINT_TEXT_SIZE];

	if (conn && conn->state == TCP_OPEN &&
	    sendmsg(conn->fd, &msg, MSG_NOSIGNAL) >= 0)
		return 0;
	return err_set(err, ERR_REFUSED, "cannot send in TCP to %s: %s",
		       endpoint_show(&path->remote, path->remote_port, to),
		       conn && conn->state == TCP_OPEN ?
			       strerror(errno) :
			       "there is no connection");
}

void tcp_pause(struct tcp *tcp, bool pause)
{
	tcp->paused = pause;
	for (struct tcp_conn *conn = tcp->conns; conn; conn = conn->next) {
		if (conn->state != TCP_OPEN)
			continue;
		if (pause)
			event_del(conn->event);
		else
			event_add(conn->event, NULL);
	}
}

uint32_t tcp_id(struct tcp *tcp, uint32_t socket)
{
	struct tcp_conn *conn = socket ? find(tcp, socket) : NULL;

	if (!conn || conn->state != TCP_OPEN)
		return 0;
	conn->proven = true;
	return conn->id;
}

void tcp_close_all(struct tcp *tcp)
{
	struct tcp_conn *conn, *next;

	if (!tcp->ops)
		return;
	tcp_listen(tcp, NULL, 0);
	for (conn = tcp->conns; conn; conn = next) {
		next = conn->next;
		tcp_conn_free(conn);
	}
	resolver_free(tcp->resolver);
	tcp->resolver = NULL;
}
