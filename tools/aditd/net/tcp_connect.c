// SPDX-License-Identifier: GPL-2.0-or-later
/* See tcp.h: connecting to a peer, through an HTTP proxy if need be. */
#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>
#include <unistd.h>

#include "sockaddr.h"
#include "tcp.h"

static const char prefix[] = "IKETCP";

/* -------------------------------------------------------------- the first words */

/* The last thing to say: then it is the module's. */
static void begin(struct tcp_conn *conn)
{
	const ssize_t len = sizeof(prefix) - 1;
	struct tcp *tcp = conn->tcp;
	struct err err;

	/* There is room for that in a new connection. */
	if (send(conn->fd, prefix, (size_t)len, MSG_NOSIGNAL) != len) {
		tcp_conn_end(conn, strerror(errno));
		return;
	}
	if (tcp_conn_hand_over(conn, &err)) {
		tcp_conn_end(conn, err.text);
		return;
	}
	tcp->ops->open(tcp->arg, conn->cookie, &conn->path);
}

/* One octet at a time: what is behind the header is not ours to read. */
static void on_answer(evutil_socket_t fd, short what, void *arg)
{
	struct tcp_conn *conn = arg;
	struct err err;
	int rc = 0;

	(void)what;
	while (!rc) {
		uint8_t octet;
		ssize_t n = recv(fd, &octet, 1, 0);

		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		if (n <= 0) {
			tcp_conn_end(conn, n ? strerror(errno) :
					       "closed by the proxy");
			return;
		}
		buf_add_u8(&conn->octets, octet);
		rc = conn->octets.failed ?
			     err_set(&err, ERR_REFUSED, "out of memory") :
			     proxy_answer(buf_span(&conn->octets), &err);
	}
	if (rc < 0)
		tcp_conn_end(conn, err.text);
	else
		begin(conn);
}

static void ask_proxy(struct tcp_conn *conn)
{
	struct buf request = BUF_INIT;
	struct err err;
	ssize_t n;

	proxy_request(conn->proxy, &conn->path.remote, conn->path.remote_port,
		      &request);
	n = request.failed ?
		    -1 :
		    send(conn->fd, request.data, request.len, MSG_NOSIGNAL);
	conn->state = TCP_ASKING;
	if (n < 0 || (size_t)n != request.len)
		tcp_conn_end(conn, strerror(errno));
	else if (tcp_conn_wait(conn, EV_READ, on_answer, &err))
		tcp_conn_end(conn, err.text);
	buf_free(&request);
}

static void on_connected(evutil_socket_t fd, short what, void *arg)
{
	struct tcp_conn *conn = arg;
	int error = 0;
	socklen_t len = sizeof(error);

	(void)what;
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) || error)
		tcp_conn_end(conn, strerror(error ? error : errno));
	else if (conn->proxy)
		ask_proxy(conn);
	else
		begin(conn);
}

/* ---------------------------------------------------------------- connecting */

static int bind_local(int fd, const struct addr *local, const struct addr *to)
{
	struct sockaddr_storage from;
	socklen_t len;

	if (local->len != to->len || addr_is_any(local))
		return 0;
	len = sockaddr_write(&from, local, 0);
	return bind(fd, (const struct sockaddr *)&from, len);
}

static int start(struct tcp_conn *conn, const struct addr *to, uint16_t port,
		 struct err *err)
{
	int family = to->len == 4 ? AF_INET : AF_INET6;
	struct sockaddr_storage there;
	socklen_t len = sockaddr_write(&there, to, port);

	conn->state = TCP_CONNECTING;
	conn->fd =
		socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (conn->fd < 0 || tcp_set_options(conn->fd, family) ||
	    (!conn->proxy && bind_local(conn->fd, &conn->path.local, to)) ||
	    (connect(conn->fd, (const struct sockaddr *)&there, len) &&
	     errno != EINPROGRESS))
		return err_set(err, ERR_REFUSED, "%s", strerror(errno));
	return tcp_conn_wait(conn, EV_WRITE, on_connected, err);
}

static void on_resolved(void *arg, const struct msg_resolved *answer)
{
	struct tcp *tcp = arg;
	struct tcp_conn *conn = tcp->conns;
	struct err err;

	while (conn && (conn->path.socket != answer->cookie ||
			conn->state != TCP_RESOLVING))
		conn = conn->next;
	if (!conn)
		return;
	if (!answer->n)
		tcp_conn_end(conn, answer->text);
	else if (start(conn, &answer->remotes[0], conn->proxy->port, &err))
		tcp_conn_end(conn, err.text);
}

static int start_proxy(struct tcp_conn *conn, const char *text, struct err *err)
{
	struct msg_resolve msg = {
		.cookie = conn->path.socket,
		.n_remote = 1,
	};
	struct proxy *proxy = calloc(1, sizeof(*proxy));

	if (!proxy)
		return err_set(err, ERR_REFUSED, "out of memory");
	conn->proxy = proxy;
	if (proxy_parse(proxy, text, err))
		return -1;
	conn->state = TCP_RESOLVING;
	msg.remote[0] = proxy->host;
	/* Perhaps answered before it is back, and the connection gone. */
	resolver_ask(conn->tcp->resolver, &msg);
	return 0;
}

void tcp_connect(struct tcp *tcp, const struct msg_tcp_connect *msg)
{
	struct tcp_conn *conn = tcp_conn_new(tcp, -1, TCP_CONNECTING);
	struct err err;
	int rc;

	if (!conn) {
		tcp->ops->closed(tcp->arg, msg->cookie, 0,
				 "there are too many TCP connections");
		return;
	}
	conn->cookie = msg->cookie;
	conn->proven = true;
	conn->path.local = msg->path.local;
	conn->path.remote = msg->path.remote;
	conn->path.remote_port = msg->path.remote_port;
	rc = tcp_conn_limit(conn, TCP_CONNECT_SECONDS, &err);
	if (!rc && *msg->proxy)
		rc = start_proxy(conn, msg->proxy, &err);
	else if (!rc)
		rc = start(conn, &conn->path.remote, conn->path.remote_port,
			   &err);
	if (rc)
		tcp_conn_end(conn, err.text);
}

int tcp_open(struct tcp *tcp, struct event_base *base, struct log *log,
	     struct adit_nl *nl, const struct tcp_ops *ops, void *arg,
	     struct err *err)
{
	*tcp = (struct tcp){
		.base = base,
		.log = log,
		.nl = nl,
		.ops = ops,
		.arg = arg,
	};
	for (size_t i = 0; i < ARRAY_SIZE(tcp->listeners); i++)
		tcp->listeners[i].fd = -1;
	tcp->resolver = resolver_new(base, on_resolved, tcp);
	return tcp->resolver ? 0 : err_set(err, ERR_REFUSED, "out of memory");
}
