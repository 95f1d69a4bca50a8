/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is said to an HTTP proxy (RFC 9110, 9.3.6), and what it answers. Pure. */
#ifndef ADITD_NET_PROXY_H
#define ADITD_NET_PROXY_H

#include "../../lib/addr.h"
#include "../../lib/buf.h"
#include "../../lib/err.h"
#include "http.h"

enum {
	PROXY_WORD_MAX = 256,
	PROXY_ANSWER_MAX = 8192, /* its header; what follows is not read */
};

struct proxy {
	char host[HTTP_HOST_MAX]; /* a name, or an address without brackets */
	uint16_t port;
	bool has_user;
	char user[2 * PROXY_WORD_MAX]; /* "USER:PASSWORD", secret */
};

/* Of "http://USER:PASSWORD@HOST:PORT"; the error does not show it. */
int proxy_parse(struct proxy *proxy, const char *text, struct err *err);

/* A request for a connection to there. */
void proxy_request(const struct proxy *proxy, const struct addr *to,
		   uint16_t port, struct buf *out);

/*
 * 1 if the header is whole and the connection is there, 0 if there is more to
 * come, -1 with the proxy's status line.
 */
int proxy_answer(struct span octets, struct err *err);

#endif
