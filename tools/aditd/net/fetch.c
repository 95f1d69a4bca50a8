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
	bool good;
	const char *text; /* what is wrong */
	const char *location; /* it is there; or "" */
	struct span octets;
};

static const struct wire_row list_answer[] = {
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

/* The socket, or -1. */
static int connect_any(const struct http_uri *uri, const int fds[2],
		       struct err *err)
{
	const char *host = uri->host;
	struct addr addrs[CONF_ADDRS_MAX];
	char text[256] = "";
	size_t n = 0;

	names_read(&host, 1, true, addrs, &n, text, sizeof(text));
	err_set(err, ERR_REFUSED, "%s", *text ? text : "it has no address");
	for (size_t i = 0; i < n; i++) {
		int fd = fds[addrs[i].len != 4];

		if (!connect_one(fd, &addrs[i], uri->port))
			return fd;
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
		 struct http *http, struct err *err)
{
	const int fds[] = { open_socket(AF_INET), open_socket(AF_INET6) };
	int fd;

	helper_be_nobody();
	if (http_uri_parse(uri, msg->uri, err))
		return -1;
	fd = connect_any(uri, fds, err);
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
};

struct fetcher {
	struct helpers helpers;
	fetched_fn done;
	void *arg;
};

static void help(void *arg, int to)
{
	const struct fetch *fetch_it = arg;
	struct answer answer = { .text = "", .location = "" };
	struct buf buf = BUF_INIT;
	static struct http http;
	struct http_uri uri = { 0 };
	struct err err = { 0 };
	char there[HTTP_URI_MAX] = "";

	http_begin(&http, fetch_it->msg.max);
	answer.good = !fetch(&fetch_it->msg, &uri, &http, &err);
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
static bool follow(struct fetch *fetch_it, const char *location)
{
	if (!*location || fetch_it->post.len ||
	    fetch_it->redirects >= REDIRECTS)
		return false;
	fetch_it->redirects++;
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
	} else if (follow(fetch_it, answer.location)) {
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
