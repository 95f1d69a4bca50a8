// SPDX-License-Identifier: GPL-2.0-or-later
/* What a helper fetches of a server on this machine. */
#include "../net/fetch.h"

#include <arpa/inet.h>
#include <event2/event.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../tests/tap.h"
#include "../proc/loop.h"

struct seen {
	struct event_base *base;
	unsigned int calls;
	bool good;
	char text[512];
	struct buf octets;
};

static void done(void *arg, const struct msg_fetched *answer)
{
	struct seen *seen = arg;

	seen->calls++;
	seen->good = answer->good;
	CHECK(answer->cookie == 7);
	snprintf(seen->text, sizeof(seen->text), "%s", answer->text);
	buf_cut(&seen->octets, 0);
	buf_add_span(&seen->octets, answer->octets);
	event_base_loopbreak(seen->base);
}

/* A socket that listens, and its port. */
static int listen_somewhere(uint16_t *port)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
				  .sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t len = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	CHECK(!bind(fd, (struct sockaddr *)&at, sizeof(at)) && !listen(fd, 4) &&
	      !getsockname(fd, (struct sockaddr *)&at, &len));
	*port = ntohs(at.sin_port);
	return fd;
}

/* One answer after another, in a process of its own. */
static pid_t serve(int fd, const char *const *answers)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	for (; *answers; answers++) {
		int conn = accept(fd, NULL, NULL);
		char request[4096];

		if (read(conn, request, sizeof(request)) <= 0 ||
		    write(conn, *answers, strlen(*answers)) < 0)
			_exit(1);
		close(conn);
	}
	_exit(0);
}

static void ask(struct seen *seen, const struct msg_fetch *msg)
{
	struct fetcher *fetcher;

	*seen = (struct seen){ .base = loop_new() };
	fetcher = fetcher_new(seen->base, done, seen);
	fetcher_ask(fetcher, msg);
	if (!seen->calls)
		event_base_dispatch(seen->base);
	CHECK(seen->calls == 1);
	fetcher_free(fetcher);
	event_base_free(seen->base);
}

static const struct row {
	const char *answers[6];
	const char *octets; /* NULL if it fails */
	const char *text;
} rows[] = {
	{ { "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc" }, "abc", NULL },
	{ { "HTTP/1.1 200 OK\r\n\r\nabcd" }, "abcd", NULL },
	{ { "HTTP/1.1 302 Found\r\nLocation: /b\r\n\r\n",
	    "HTTP/1.1 200 OK\r\n\r\nb" },
	  "b",
	  NULL },
	{ { "HTTP/1.1 302 Found\r\nLocation: /b\r\n\r\n",
	    "HTTP/1.1 302 Found\r\nLocation: /b\r\n\r\n",
	    "HTTP/1.1 302 Found\r\nLocation: /b\r\n\r\n",
	    "HTTP/1.1 302 Found\r\nLocation: /b\r\n\r\n" },
	  NULL,
	  "it is elsewhere: /b" },
	{ { "HTTP/1.1 302 Found\r\nLocation: https://b/\r\n\r\n" },
	  NULL,
	  "only http:// is" },
	{ { "HTTP/1.1 302 Found\r\nLocation: file:///etc/shadow\r\n\r\n" },
	  NULL,
	  "only http:// is" },
	{ { "HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n" },
	  NULL,
	  "more than the 10 octets" },
	{ { "HTTP/1.1 500 \x1b[1m\r\n" }, NULL, "HTTP/1.1 500 ?[1m" },
	{ { "" }, NULL, "without an answer" },
};

static void answers(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct msg_fetch msg = { .cookie = 7, .type = "", .max = 10 };
		struct seen seen;
		uint16_t port;
		char uri[64];
		int fd = listen_somewhere(&port);
		pid_t pid = serve(fd, rows[i].answers);

		snprintf(uri, sizeof(uri), "http://127.0.0.1:%u/a", port);
		msg.uri = uri;
		ask(&seen, &msg);
		CHECK(seen.good == !!rows[i].octets);
		if (rows[i].octets)
			CHECK_ROW(span_equal(buf_span(&seen.octets),
					     span_of_text(rows[i].octets)),
				  rows[i].octets);
		else if (!CHECK_ROW(strstr(seen.text, rows[i].text),
				    rows[i].text))
			printf("# got '%s'\n", seen.text);
		buf_free(&seen.octets);
		kill(pid, SIGKILL);
		close(fd);
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
		waitpid(pid, NULL, 0);
	}
}

/* The server says what it was sent. */
static void posts(void)
{
	static const uint8_t octets[] = { 1, 2, 3 };
	struct msg_fetch msg = {
		.cookie = 7, .type = "a/b", .post = SPAN(octets), .max = 4096
	};
	struct seen seen;
	uint16_t port;
	char uri[64];
	int fd = listen_somewhere(&port);
	pid_t pid = fork();

	if (!pid) {
		static const char ok[] = "HTTP/1.1 200 OK\r\n\r\n";
		int conn = accept(fd, NULL, NULL);
		char request[4096];
		ssize_t n = read(conn, request, sizeof(request));

		if (n < 0 || write(conn, ok, sizeof(ok) - 1) < 0 ||
		    write(conn, request, (size_t)n) < 0)
			_exit(1);
		_exit(0);
	}
	snprintf(uri, sizeof(uri), "http://127.0.0.1:%u/", port);
	msg.uri = uri;
	ask(&seen, &msg);
	CHECK(seen.good && seen.octets.len > 30);
	buf_add_u8(&seen.octets, 0);
	CHECK(strncmp((char *)seen.octets.data, "POST / HTTP/1.1\r\n", 17) ==
	      0);
	CHECK(strstr((char *)seen.octets.data, "\r\n\r\n\1\2\3"));
	buf_free(&seen.octets);
	close(fd);
	waitpid(pid, NULL, 0);
}

static void nobody(void)
{
	struct msg_fetch msg = { .cookie = 7, .type = "", .max = 10 };
	struct seen seen;
	uint16_t port;
	char uri[64];
	int fd = listen_somewhere(&port);

	close(fd);
	snprintf(uri, sizeof(uri), "http://127.0.0.1:%u/", port);
	msg.uri = uri;
	ask(&seen, &msg);
	CHECK(!seen.good);
	CHECK_TEXT(seen.text, "no connection: Connection refused");
	buf_free(&seen.octets);
	msg.uri = "ldap://a/";
	ask(&seen, &msg);
	CHECK(!seen.good && strstr(seen.text, "only http:// is"));
	buf_free(&seen.octets);
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
}

/* By the registries of special addresses (RFC 6890). */
static void scopes(void)
{
	static const struct {
		const char *addr;
		enum fetch_scope scope;
	} list[] = {
		{ "127.0.0.1", FETCH_HOST },
		{ "127.255.0.1", FETCH_HOST },
		{ "0.0.0.0", FETCH_HOST },
		{ "169.254.169.254", FETCH_HOST },
		{ "::1", FETCH_HOST },
		{ "::", FETCH_HOST },
		{ "fe80::1", FETCH_HOST },
		{ "febf::1", FETCH_HOST },
		{ "::ffff:127.0.0.1", FETCH_HOST },
		{ "64:ff9b::7f00:1", FETCH_HOST },
		{ "10.255.0.1", FETCH_PRIVATE },
		{ "172.16.0.1", FETCH_PRIVATE },
		{ "172.31.0.1", FETCH_PRIVATE },
		{ "192.168.0.1", FETCH_PRIVATE },
		{ "100.64.0.1", FETCH_PRIVATE },
		{ "100.127.0.1", FETCH_PRIVATE },
		{ "fc00::1", FETCH_PRIVATE },
		{ "fdff::1", FETCH_PRIVATE },
		{ "::ffff:10.0.0.1", FETCH_PRIVATE },
		{ "172.15.0.1", FETCH_GLOBAL },
		{ "172.32.0.1", FETCH_GLOBAL },
		{ "100.128.0.1", FETCH_GLOBAL },
		{ "192.0.2.1", FETCH_GLOBAL },
		{ "169.253.0.1", FETCH_GLOBAL },
		{ "2001:db8::1", FETCH_GLOBAL },
		{ "fec0::1", FETCH_GLOBAL },
		{ "::2", FETCH_GLOBAL },
		{ "fb00::1", FETCH_GLOBAL },
		{ "64:ff9b::c000:201", FETCH_GLOBAL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(list); i++) {
		struct addr addr;
		struct err err;

		CHECK_ROW(!addr_parse_digits(&addr, list[i].addr, &err) &&
				  fetch_scope(&addr) == list[i].scope,
			  list[i].addr);
	}
}

static const struct tap_test tests[] = {
	{ "what servers answer", answers },
	{ "what is sent", posts },
	{ "no server", nobody },
	{ "how near servers are", scopes },
};

TAP_MAIN(tests)
