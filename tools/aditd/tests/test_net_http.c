// SPDX-License-Identifier: GPL-2.0-or-later
/* URIs, requests, and responses in pieces of any size. */
#include "../../tests/tap.h"
#include "../net/http.h"

static void uris(void)
{
	static const struct {
		const char *text;
		const char *host;
		uint16_t port;
		const char *target; /* or what is wrong, if there is no port */
	} rows[] = {
		{ "http://a.example.org/ca.crl", "a.example.org", 80,
		  "/ca.crl" },
		{ "http://a.example.org", "a.example.org", 80, "/" },
		{ "http://a.example.org?x", "a.example.org", 80, "/?x" },
		{ "http://a:8080/a?b#c", "a", 8080, "/a?b" },
		{ "http://[2001:db8::1]:81/", "2001:db8::1", 81, "/" },
		{ "http://192.0.2.1/", "192.0.2.1", 80, "/" },
		{ "https://a/", "", 0, "only http:// is" },
		{ "ldap://a/", "", 0, "only http:// is" },
		{ "file:///etc/passwd", "", 0, "only http:// is" },
		{ "http:///x", "", 0, "has no host" },
		{ "http://a:0/x", "", 0, "has no host" },
		{ "http://a:65536/x", "", 0, "has no host" },
		{ "http://me@a/x", "", 0, "has no host" },
		{ "http://[::1/x", "", 0, "has no host" },
		{ "http://a/x y", "", 0, "is no URI" },
		{ "http://a/x\r\nHost: b", "", 0, "is no URI" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct http_uri uri = { 0 };
		struct err err;
		int rc = http_uri_parse(&uri, rows[i].text, &err);

		CHECK_ROW(rc == (rows[i].port ? 0 : -1), rows[i].text);
		if (!rows[i].port) {
			CHECK_ROW(rc && strstr(err.text, rows[i].target),
				  rows[i].text);
			continue;
		}
		CHECK_TEXT(uri.host, rows[i].host);
		CHECK_TEXT(uri.target, rows[i].target);
		CHECK(uri.port == rows[i].port);
	}
}

static void requests(void)
{
	static const char get[] =
		"GET /a HTTP/1.1\r\nHost: [2001:db8::1]:81\r\nConnection: close\r\nUser-Agent: aditd\r\nAccept: */*\r\n\r\n";
	static const char post[] =
		"POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nUser-Agent: aditd\r\nAccept: */*\r\nContent-Type: x/y\r\nContent-Length: 3\r\n\r\nabc";
	struct http_uri uri;
	struct buf out = BUF_INIT;
	struct err err;

	CHECK(!http_uri_parse(&uri, "http://[2001:db8::1]:81/a", &err));
	http_request(&uri, span_of(NULL, 0), "", &out);
	CHECK(span_equal(buf_span(&out), span_of_text(get)));
	buf_cut(&out, 0);
	CHECK(!http_uri_parse(&uri, "http://a", &err));
	http_request(&uri, span_of_text("abc"), "x/y", &out);
	CHECK(span_equal(buf_span(&out), span_of_text(post)));
	buf_free(&out);
}

static void redirects(void)
{
	static const struct {
		const char *from, *location, *want;
	} rows[] = {
		{ "http://a/x", "http://b/y", "http://b/y" },
		{ "http://a/x", "/y", "http://a:80/y" },
		{ "http://[::1]:8/x", "/y", "http://[::1]:8/y" },
		{ "http://a/x", "/y z", "" },
		{ "http://a/x", "", "" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char text[HTTP_URI_MAX];
		struct http_uri uri;
		struct err err;

		CHECK(!http_uri_parse(&uri, rows[i].from, &err));
		http_uri_redirect(&uri, rows[i].location, text, sizeof(text));
		CHECK_TEXT(text, rows[i].want);
	}
}

enum { MAX = 20 };

#define OK "HTTP/1.1 200 OK\r\n"
#define CHUNKED OK "Transfer-Encoding: chunked\r\n\r\n"

static const struct response {
	const char *text;
	const char *body; /* NULL if it is refused */
	const char *error;
} responses[] = {
	{ OK "Content-Length: 3\r\n\r\nabc", "abc", NULL },
	{ OK "content-length:3 \r\n\r\nabcdef", "abc", NULL },
	{ OK "Content-Length: 0\r\n\r\n", "", NULL },
	{ OK "\r\nabc", "abc", NULL },
	{ "HTTP/1.0 200\n\nabc", "abc", NULL },
	{ OK "\r\n", "", NULL },
	{ "HTTP/1.1 100 Continue\r\n\r\n" OK "Content-Length: 1\r\n\r\na", "a",
	  NULL },
	{ CHUNKED "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n", "abcde", NULL },
	{ CHUNKED "0\r\nA: b\r\nC: d\r\n\r\n", "", NULL },
	{ CHUNKED "A\r\n0123456789\r\n00a\r\n0123456789\r\n0\r\n\r\n",
	  "01234567890123456789", NULL },
	{ "", NULL, "without an answer" },
	{ "HTTP/1.1 200 OK", NULL, "is cut off" },
	{ OK "Content-Length: 4\r\n\r\nabc", NULL, "is cut off" },
	{ CHUNKED "3\r\nabc\r\n", NULL, "is cut off" },
	{ CHUNKED "3\r\nabc\r\n0\r\n", NULL, "is cut off" },
	{ CHUNKED "3\r\nabcd\r\n", NULL, "it answers no HTTP: 'd'" },
	{ CHUNKED "\r\n", NULL, "no HTTP" },
	{ CHUNKED "-1\r\n", NULL, "no HTTP" },
	{ CHUNKED "0x1\r\n", NULL, "no HTTP" },
	{ CHUNKED "15\r\n", NULL, "more than the 20 octets" },
	{ CHUNKED "ffffffffffffffffff\r\n", NULL, "no HTTP" },
	{ CHUNKED "a\r\n0123456789\r\nb\r\n", NULL, "more than the 20" },
	{ OK "Content-Length: 21\r\n\r\n", NULL, "more than the 20" },
	{ OK "Content-Length: -1\r\n\r\n", NULL, "no HTTP" },
	{ OK "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab", NULL,
	  "no HTTP" },
	{ OK "\r\n012345678901234567890", NULL, "more than the 20" },
	{ OK "Transfer-Encoding: gzip\r\n\r\n", NULL, "no HTTP" },
	{ OK "no colon\r\n\r\n", NULL, "no HTTP: 'no colon'" },
	{ "HTTP/1.1 404 Not Found\r\n", NULL, "it answers 'HTTP/1.1 404 Not" },
	{ "HTTP/1.1 204 None\r\n", NULL, "it answers 'HTTP/1.1 204" },
	{ "HTTP/1.1 302 \r\nLocation: http://b/\r\n\r\n", NULL,
	  "elsewhere: http://b/" },
	{ "SSH-2.0-\x1b[1m\r\n", NULL, "no HTTP: 'SSH-2.0-?[1m'" },
	{ "HTTP/2 200\r\n", NULL, "no HTTP" },
	{ "HTTP/1.1 20\r\n", NULL, "no HTTP" },
};

/* In pieces of that size, until it is whole, or is not. */
static int take(struct http *http, struct span octets, size_t size,
		struct err *err)
{
	struct span piece;
	int rc = 0;

	http_begin(http, MAX);
	while (!rc && octets.len) {
		span_take(&octets, size < octets.len ? size : octets.len,
			  &piece);
		rc = http_take(http, piece, err);
	}
	return rc ? rc : http_end(http, err);
}

static void check(const struct response *row, size_t size)
{
	struct err err = { 0 };
	struct http http;
	int rc = take(&http, span_of_text(row->text), size, &err);

	CHECK_ROW(rc == (row->body ? 1 : -1), row->text);
	if (row->body)
		CHECK_ROW(span_equal(buf_span(&http.body),
				     span_of_text(row->body)),
			  row->text);
	else
		CHECK_ROW(rc < 0 && strstr(err.text, row->error), row->text);
	http_free(&http);
}

static void all_responses(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(responses); i++)
		for (size_t size = 1; size < 80; size += 13)
			check(&responses[i], size);
}

/* Headers, and lines, end somewhere. */
static void endless(void)
{
	struct http http;
	struct err err;
	int rc = 0;

	http_begin(&http, MAX);
	CHECK(!http_take(&http, span_of_text(OK), &err));
	for (int i = 0; !rc && i < 10000; i++)
		rc = http_take(&http, span_of_text("A: b\r\n"), &err);
	CHECK(rc < 0 && strstr(err.text, "no end"));
	http_free(&http);
	http_begin(&http, MAX);
	for (int i = 0;
	     !(rc = http_take(&http, SPAN(((uint8_t[]){ 'a' })), &err)) &&
	     i < 10000;
	     i++)
		;
	CHECK(rc < 0 && strstr(err.text, "no HTTP"));
	http_free(&http);
}

static const struct tap_test tests[] = {
	{ "URIs", uris },
	{ "requests", requests },
	{ "where it is now", redirects },
	{ "responses", all_responses },
	{ "without end", endless },
};

TAP_MAIN(tests)
