// SPDX-License-Identifier: GPL-2.0-or-later
/* See fetch.h. */
#include "fetch.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "../proc/log.h"
#include "../proc/sandbox.h"
#include "helper.h"
#include "http.h"
#include "names.h"
#include "sock.h"
#include "sockaddr.h"

enum {
	AT_ONCE = 8,
	WAITING = 256,
	SECONDS = 10, /* for all of it */
	CONNECT_SECONDS = 3, /* for one of a host's addresses */
	REDIRECTS = 3,
	READ_SIZE = 16384,
};

/* ---------------------------------------------------------------- the helper's */

struct answer {
	uint32_t scope; /* of the server that answered */
	bool good;
	const char *text; /* what is wrong */
	const char *location; /* it is there; or "" */
	struct span octets;
};

static const struct wire_row list_answer[] = {
	{ .name = "scope",
	  .kind = WIRE_NUMBER,
	  .offset = offsetof(struct answer, scope),
	  .size = sizeof(uint32_t),
	  .max = FETCH_GLOBAL },
	{ .name = "good",
	  .kind = WIRE_FLAG,
	  .offset = offsetof(struct answer, good),
	  .size = sizeof(bool) },
	{ .name = "text",
	  .kind = WIRE_TEXT,
	  .offset = offsetof(struct answer, text),
	  .max = sizeof(((struct err *)0)->text) },
	{ .name = "location",
	  .kind = WIRE_TEXT,
	  .offset = offsetof(struct answer, location),
	  .max = HTTP_URI_MAX },
	{ .name = "octets",
	  .kind = WIRE_OCTETS,
	  .offset = offsetof(struct answer, octets),
	  .max = MSG_FETCH_MAX },
};
static const struct wire_set set_answer = { list_answer,
					    ARRAY_SIZE(list_answer) };

/*
 * Outside of tunnels, as IKE is: the tunnel that waits for this could be the
 * way there. That takes a right which the helper has no more later.
 */
static int open_socket(int family)
{
	const struct timeval limit = { CONNECT_SECONDS, 0 };
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd >= 0) {
		(void)sock_set_underlay(fd, family);
		setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	}
	return fd;
}

static int connect_one(int fd, const struct addr *addr, uint16_t port)
{
	const struct sockaddr none = { .sa_family = AF_UNSPEC };
	struct sockaddr_storage to;
	socklen_t len = sockaddr_write(&to, addr, port);
	int error;

	if (!connect(fd, (const struct sockaddr *)&to, len))
		return 0;
	/* So that it can try another address. */
	error = errno == EINPROGRESS ? ETIMEDOUT : errno;
	(void)connect(fd, &none, sizeof(none));
	errno = error;
	return -1;
}

static enum fetch_scope scope_of_4(const uint8_t *octets)
{
	if (!octets[0] || octets[0] == 127 ||
	    (octets[0] == 169 && octets[1] == 254))
		return FETCH_HOST;
	if (octets[0] == 10 || (octets[0] == 172 && octets[1] >> 4 == 1) ||
	    (octets[0] == 192 && octets[1] == 168) ||
	    (octets[0] == 100 && octets[1] >> 6 == 1))
		return FETCH_PRIVATE;
	return FETCH_GLOBAL;
}

enum fetch_scope fetch_scope(const struct addr *addr)
{
	/* IPv4 in IPv6: mapped (RFC 4291, 2.5.5.2), and of NAT64 (RFC 6052). */
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	static const uint8_t nat64[12] = { 0, 0x64, 0xff, 0x9b };
	static const uint8_t zeroes[15];
	const uint8_t *octets = addr->octets;

	if (addr->len == 4)
		return scope_of_4(octets);
	if (memcmp(octets, mapped, sizeof(mapped)) == 0 ||
	    memcmp(octets, nat64, sizeof(nat64)) == 0)
		return scope_of_4(octets + sizeof(mapped));
	if ((memcmp(octets, zeroes, sizeof(zeroes)) == 0 && octets[15] < 2) ||
	    (octets[0] == 0xfe && octets[1] >> 6 == 2))
		return FETCH_HOST;
	return octets[0] >> 1 == 0x7e ? FETCH_PRIVATE : FETCH_GLOBAL;
}

/* The socket, or -1. */
static int connect_any(const struct http_uri *uri, const int fds[2],
		       enum fetch_scope *scope, struct err *err)
{
	const char *host = uri->host;
	struct addr addrs[CONF_ADDRS_MAX];
	char text[256] = "";
	size_t n = 0;

	names_read(&host, 1, true, addrs, &n, text, sizeof(text));
	err_set(err, ERR_REFUSED, "%s", *text ? text : "it has no address");
	for (size_t i = 0; i < n; i++) {
		int fd = fds[addrs[i].len != 4];
		enum fetch_scope at = fetch_scope(&addrs[i]);

		if (at < *scope) {
			err_set(err, ERR_REFUSED,
				"a server has sent us to %s, which is nearer than it is itself",
				host);
			continue;
		}
		if (!connect_one(fd, &addrs[i], uri->port)) {
			*scope = at;
			return fd;
		}
		err_set(err, ERR_REFUSED, "no connection: %s", strerror(errno));
	}
	return -1;
}

static int write_all(int fd, struct span octets)
{
	while (octets.len) {
		ssize_t n = write(fd, octets.data, octets.len);

		if (n <= 0)
			return -1;
		octets.data += n;
		octets.len -= (size_t)n;
	}
	return 0;
}

/* From here on nothing can be done but to read and to write. */
static int lock(struct err *err)
{
	struct log log;

	log_init(&log, ROLE_NET, LEVEL_ERROR);
	return sandbox_calls(ROLE_FETCH, &log, err);
}

static int talk(int fd, const struct msg_fetch *msg, const struct http_uri *uri,
		struct http *http, struct err *err)
{
	struct buf request = BUF_INIT;
	static uint8_t octets[READ_SIZE];
	int rc = 0;

	http_request(uri, msg->post, msg->type, &request);
	if (lock(err))
		return -1;
	if (request.failed || write_all(fd, buf_span(&request)))
		return err_set(err, ERR_REFUSED, "it takes no request: %s",
			       strerror(errno));
	while (!rc) {
		ssize_t n = read(fd, octets, sizeof(octets));

		if (n < 0)
			return err_set(err, ERR_REFUSED, "%s", strerror(errno));
		rc = n ? http_take(http, span_of(octets, (size_t)n), err) :
			 http_end(http, err);
	}
	return rc > 0 ? 0 : -1;
}

static int fetch(const struct msg_fetch *msg, struct http_uri *uri,
		 enum fetch_scope *scope, struct http *http, struct err *err)
{
	const int fds[] = { open_socket(AF_INET), open_socket(AF_INET6) };
	int fd;

	helper_be_nobody();
	if (http_uri_parse(uri, msg->uri, err))
		return -1;
	fd = connect_any(uri, fds, scope, err);
	return fd < 0 ? -1 : talk(fd, msg, uri, http, err);
}

/* ----------------------------------------------------------------- questions */

struct fetch {
	struct fetcher *fetcher;
	struct msg_fetch msg;
	char uri[HTTP_URI_MAX];
	char type[HTTP_LINE_TEXT];
	struct buf post;
	unsigned int redirects;
	/*
	 * HTTP is plain, and anybody on its way can say that a CRL is elsewhere:
	 * not on this host, nor in a private network, unless it is asked there.
	 */
	enum fetch_scope scope;
};

struct fetcher {
	struct helpers helpers;
	fetched_fn done;
	void *arg;
};

static void help(void *arg, int to)
{
	const struct fetch *fetch_it = arg;
	enum fetch_scope scope = fetch_it->scope;
	struct answer answer = { .text = "", .location = "" };
	struct buf buf = BUF_INIT;
	static struct http http;
	struct http_uri uri = { 0 };
	struct err err = { 0 };
	char there[HTTP_URI_MAX] = "";

	http_begin(&http, fetch_it->msg.max);
	answer.good = !fetch(&fetch_it->msg, &uri, &scope, &http, &err);
	answer.scope = scope;
	if (answer.good) {
		answer.octets = buf_span(&http.body);
	} else {
		answer.text = err.text;
		if (http.status / 100 == 3)
			http_uri_redirect(&uri, http.location, there,
					  sizeof(there));
		answer.location = there;
	}
	if (!wire_put(&buf, &set_answer, &answer, &err))
		write_all(to, buf_span(&buf));
}

static void free_fetch(void *arg)
{
	struct fetch *fetch_it = arg;

	buf_free(&fetch_it->post);
	free(fetch_it);
}

static void fail(struct fetcher *fetcher, uint32_t cookie, const char *text)
{
	const struct msg_fetched msg = { .cookie = cookie, .text = text };

	fetcher->done(fetcher->arg, &msg);
}

static void helped(void *arg, struct span octets);

static int start(struct fetch *fetch_it)
{
	const struct helper_task task = { help, helped, free_fetch, fetch_it };

	return helpers_add(&fetch_it->fetcher->helpers, &task);
}

/* What it asks for is at another place, perhaps: that is a new helper's. */
static bool follow(struct fetch *fetch_it, enum fetch_scope scope,
		   const char *location)
{
	if (!*location || fetch_it->post.len ||
	    fetch_it->redirects >= REDIRECTS)
		return false;
	fetch_it->redirects++;
	if (scope > fetch_it->scope)
		fetch_it->scope = scope;
	snprintf(fetch_it->uri, sizeof(fetch_it->uri), "%s", location);
	return !start(fetch_it);
}

static void helped(void *arg, struct span octets)
{
	struct fetch *fetch_it = arg;
	struct msg_fetched msg = { .cookie = fetch_it->msg.cookie, .text = "" };
	struct answer answer;
	char text[64];
	struct err err;

	snprintf(text, sizeof(text), "no whole answer in %d seconds", SECONDS);
	if (wire_take(octets, &set_answer, &answer, &err)) {
		msg.text = text;
	} else if (answer.good) {
		msg.good = true;
		msg.octets = answer.octets;
	} else if (follow(fetch_it, (enum fetch_scope)answer.scope,
			  answer.location)) {
		return;
	} else {
		msg.text = answer.text;
	}
	fetch_it->fetcher->done(fetch_it->fetcher->arg, &msg);
	free_fetch(fetch_it);
}

void fetcher_ask(struct fetcher *fetcher, const struct msg_fetch *msg)
{
	struct fetch *fetch_it = calloc(1, sizeof(*fetch_it));

	if (!fetch_it) {
		fail(fetcher, msg->cookie, "out of memory");
		return;
	}
	fetch_it->fetcher = fetcher;
	fetch_it->msg = *msg;
	snprintf(fetch_it->uri, sizeof(fetch_it->uri), "%s", msg->uri);
	snprintf(fetch_it->type, sizeof(fetch_it->type), "%s", msg->type);
	buf_add_span(&fetch_it->post, msg->post);
	fetch_it->msg.uri = fetch_it->uri;
	fetch_it->msg.type = fetch_it->type;
	fetch_it->msg.post = buf_span(&fetch_it->post);
	if (!fetch_it->post.failed && !start(fetch_it))
		return;
	free_fetch(fetch_it);
	fail(fetcher, msg->cookie, "too many wait to be fetched now");
}

bool fetcher_ended(struct fetcher *fetcher, pid_t pid)
{
	return helpers_ended(&fetcher->helpers, pid);
}

struct fetcher *fetcher_new(struct event_base *base, fetched_fn done, void *arg)
{
	struct fetcher *fetcher = calloc(1, sizeof(*fetcher));

	if (!fetcher)
		return NULL;
	fetcher->helpers = (struct helpers){
		.base = base,
		.at_once = AT_ONCE,
		.waiting_max = WAITING,
		.seconds = SECONDS,
		.answer_max = MSG_FETCH_MAX + 4096,
	};
	fetcher->done = done;
	fetcher->arg = arg;
	return fetcher;
}

void fetcher_free(struct fetcher *fetcher)
{
	if (!fetcher)
		return;
	helpers_free(&fetcher->helpers);
	free(fetcher);
}
