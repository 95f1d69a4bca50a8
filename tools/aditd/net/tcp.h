/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * TCP connections with IKE and ESP in them (RFC 9329): made or taken here, with
 * the prefix of the stream, then handed over to the module. From then on ESP
 * stays in the kernel, and a read or write is of one IKE message.
 */
#ifndef ADITD_NET_TCP_H
#define ADITD_NET_TCP_H

#include "proxy.h"
#include "resolve.h"
#include "sock.h"

enum {
	TCP_PREFIX_LEN = 6,
	/* What peers may have that no IKE SA with a child has used yet. */
	TCP_UNPROVEN_MAX = 256,
	TCP_UNPROVEN_EACH = 16, /* of one address */
	TCP_CONNS_MAX = 900,
	TCP_PREFIX_SECONDS = 10,
	TCP_CONNECT_SECONDS = 20, /* with a proxy's answer */
	TCP_CLOSE_SECONDS = 1, /* until the last message is away */
};

enum tcp_state {
	TCP_RESOLVING, /* the proxy's name */
	TCP_CONNECTING,
	TCP_ASKING, /* the proxy */
	TCP_WAITING, /* for the prefix, of who has connected to us */
	TCP_OPEN,
	TCP_ENDING,
};

struct tcp;

struct tcp_conn {
	struct tcp_conn *next; /* newest first */
	struct tcp *tcp;
	enum tcp_state state;
	int fd; /* -1 if there is none yet */
	struct event *event, *timer;
	uint32_t cookie; /* of who has asked for it; 0 for one that came */
	uint32_t id; /* in the module, 0 if it is not there */
	bool proven;
	struct ike_path path; /* its socket is our number for it */
	struct proxy *proxy;
	struct buf octets; /* to be sent, then received */
};

struct tcp_listener {
	int fd; /* -1 if there is none */
	uint16_t port;
	struct event *readable;
	struct tcp *tcp;
};

struct tcp_ops {
	void (*input)(void *arg, const struct ike_path *path,
		      struct span message);
	void (*open)(void *arg, uint32_t cookie, const struct ike_path *path);
	void (*closed)(void *arg, uint32_t cookie, uint32_t socket,
		       const char *text);
};

struct tcp {
	struct event_base *base;
	struct log *log;
	struct adit_nl *nl;
	struct resolver *resolver; /* of names of proxies */
	const struct tcp_ops *ops;
	void *arg;
	struct tcp_conn *conns;
	size_t n_conns;
	uint32_t last_socket;
	bool paused;
	struct tcp_listener listeners[2 * MSG_PORTS_MAX];
};

int tcp_open(struct tcp *tcp, struct event_base *base, struct log *log,
	     struct adit_nl *nl, const struct tcp_ops *ops, void *arg,
	     struct err *err);
void tcp_close_all(struct tcp *tcp);

/* Answered by ops->open or ops->closed, perhaps at once. */
void tcp_connect(struct tcp *tcp, const struct msg_tcp_connect *msg);
void tcp_close(struct tcp *tcp, uint32_t socket);

/* These ports and no other ones. */
void tcp_listen(struct tcp *tcp, const uint16_t *ports, size_t n);

int tcp_send(struct tcp *tcp, const struct ike_path *path, struct span message,
	     struct err *err);
void tcp_pause(struct tcp *tcp, bool pause);

/* The module's socket, 0 if the connection is no more; a peer will use it. */
uint32_t tcp_id(struct tcp *tcp, uint32_t socket);

/* Of the files here: a new one, NULL without memory or if there are too many. */
struct tcp_conn *tcp_conn_new(struct tcp *tcp, int fd, enum tcp_state state);
void tcp_conn_free(struct tcp_conn *conn);

/* What is waited for next; -1 with an error. */
int tcp_conn_wait(struct tcp_conn *conn, short what,
		  void (*fn)(int fd, short what, void *arg), struct err *err);
int tcp_conn_limit(struct tcp_conn *conn, unsigned int seconds,
		   struct err *err);

/* All is said: it is the module's. */
int tcp_conn_hand_over(struct tcp_conn *conn, struct err *err);

/* It goes, and who must know that is told. */
void tcp_conn_end(struct tcp_conn *conn, const char *text);

/* As sockets of IKE are: marked, without delay, with a limit to silence. */
int tcp_set_options(int fd, int family);

#endif
