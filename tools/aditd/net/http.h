/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * As much of HTTP/1.1 (RFC 9112) as it takes to fetch one thing: a request, and
 * the response as it comes, in pieces of any size. Pure.
 */
#ifndef ADITD_NET_HTTP_H
#define ADITD_NET_HTTP_H

#include "../../lib/buf.h"
#include "../../lib/err.h"

enum {
	HTTP_HOST_MAX = 256,
	HTTP_URI_MAX = 1024,
	HTTP_LINE_MAX = 2048,
	HTTP_HEADER_MAX = 16384, /* all lines together */
	HTTP_LINE_TEXT = 128,
};

struct http_uri {
	char host[HTTP_HOST_MAX]; /* a name, or an address without brackets */
	uint16_t port;
	char target[HTTP_URI_MAX]; /* "/path?query" */
};

/* Of HOST, HOST:PORT, [IPV6]:PORT; without a port it is 80. */
int http_host_parse(struct span text, char host[HTTP_HOST_MAX], uint16_t *port);

/* Of "http://HOST:PORT/PATH"; other schemes are refused by name. */
int http_uri_parse(struct http_uri *uri, const char *text, struct err *err);

/*
 * Where @location, of a redirection, is: it may be a path on the same host. ""
 * if that makes no sense.
 */
void http_uri_redirect(const struct http_uri *from, const char *location,
		       char *text, size_t size);

/* A GET; or a POST, if there is something to send, of that media type. */
void http_request(const struct http_uri *uri, struct span post,
		  const char *type, struct buf *out);

enum http_state {
	HTTP_STATUS,
	HTTP_FIELDS,
	HTTP_LENGTH, /* the body, as long as it was said */
	HTTP_CLOSE, /* the body, until the connection is closed */
	HTTP_CHUNK, /* the size of a chunk */
	HTTP_CHUNK_BODY,
	HTTP_CHUNK_END, /* the end of line behind it */
	HTTP_TRAILER,
	HTTP_DONE,
};

struct http {
	enum http_state state;
	unsigned int status;
	size_t max; /* octets of a body */
	size_t header; /* octets of lines */
	size_t left; /* octets of the body or the chunk */
	bool has_length, chunked;
	char line[HTTP_LINE_MAX];
	size_t line_len;
	char location[HTTP_URI_MAX]; /* where it redirects to, or "" */
	struct buf body;
};

void http_begin(struct http *http, size_t max);

/* 1 if it is whole, 0 if there is more to come, -1 with an error. */
int http_take(struct http *http, struct span octets, struct err *err);

/* The connection is closed: 1 if it is whole, or -1. */
int http_end(struct http *http, struct err *err);
void http_free(struct http *http);

/* The first line as it may be logged: what is no letter of ASCII is a '?'. */
void http_show_line(struct span octets, char text[HTTP_LINE_TEXT]);

#endif
