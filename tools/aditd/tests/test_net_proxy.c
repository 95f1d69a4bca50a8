// SPDX-License-Identifier: GPL-2.0-or-later
/* What a proxy is called, what it is asked, and what it answers. */
#include "../net/proxy.h"

#include <stdio.h>

#include "../../tests/tap.h"

static const struct {
	const char *text, *host, *user;
	uint16_t port;
} good[] = {
	{ "http://proxy.example.org:3128", "proxy.example.org", NULL, 3128 },
	{ "http://proxy.example.org", "proxy.example.org", NULL, 80 },
	{ "http://192.0.2.1:8080/", "192.0.2.1", NULL, 8080 },
	{ "http://[2001:db8::1]:8080", "2001:db8::1", NULL, 8080 },
	{ "http://u:p@h:1", "h", "u:p", 1 },
	{ "http://u%40a:%3a%2F%25@h:1", "h", "u@a::/%", 1 },
	{ "http://u@[::1]", "::1", "u", 80 },
};

static const char *const bad[] = {
	"",
	"proxy.example.org:3128",
	"https://h:1",
	"http://",
	"http://:80",
	"http://h:0",
	"http://h:65536",
	"http://h:1x",
	"http://h:",
	"http://h: 1",
	"http://[::1",
	"http://[::1]x",
	"http://h:1/path",
	"http://u%4:p@h:1",
	"http://u%00:p@h:1",
	"http://u%zz:p@h:1",
	"http://u@v@h:1:2",
};

static void names(void)
{
	struct proxy proxy;
	struct err err;

	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		CHECK_ROW(!proxy_parse(&proxy, good[i].text, &err),
			  good[i].text);
		CHECK_TEXT(proxy.host, good[i].host);
		CHECK_ROW(proxy.port == good[i].port, good[i].text);
		CHECK_ROW(proxy.has_user == !!good[i].user, good[i].text);
		CHECK_TEXT(proxy.user, good[i].user ? good[i].user : "");
	}
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		CHECK_ROW(proxy_parse(&proxy, bad[i], &err), bad[i]);
}

static void long_names(void)
{
	char text[2048] = "http://";
	struct proxy proxy;
	struct err err;

	memset(text + 7, 'a', 255);
	CHECK(!proxy_parse(&proxy, text, &err));
	memset(text + 7, 'a', 256);
	CHECK(proxy_parse(&proxy, text, &err));
	memset(text + 7, 'a', 2000);
	memcpy(text + 1500, "@h", 3);
	CHECK(proxy_parse(&proxy, text, &err));
}

static void request(void)
{
	/* RFC 7617, 2, has the first; RFC 4648, 10, the ends of the others. */
	static const struct {
		const char *url, *want;
	} rows[] = {
		{ "http://Aladdin:open%20sesame@h",
		  "CONNECT 192.0.2.9:443 HTTP/1.1\r\nHost: 192.0.2.9:443\r\n"
		  "Proxy-Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n\r\n" },
		{ "http://foob@h",
		  "CONNECT 192.0.2.9:443 HTTP/1.1\r\nHost: 192.0.2.9:443\r\n"
		  "Proxy-Authorization: Basic Zm9vYg==\r\n\r\n" },
		{ "http://fooba@h",
		  "CONNECT 192.0.2.9:443 HTTP/1.1\r\nHost: 192.0.2.9:443\r\n"
		  "Proxy-Authorization: Basic Zm9vYmE=\r\n\r\n" },
		{ "http://foobar@h",
		  "CONNECT 192.0.2.9:443 HTTP/1.1\r\nHost: 192.0.2.9:443\r\n"
		  "Proxy-Authorization: Basic Zm9vYmFy\r\n\r\n" },
		{ "http://h",
		  "CONNECT 192.0.2.9:443 HTTP/1.1\r\nHost: 192.0.2.9:443\r\n\r\n" },
	};
	const struct addr to = { 4, { 192, 0, 2, 9 } };
	struct buf buf = BUF_INIT;
	struct proxy proxy;
	struct err err;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CHECK(!proxy_parse(&proxy, rows[i].url, &err));
		proxy_request(&proxy, &to, 443, &buf);
		CHECK_ROW(span_equal(buf_span(&buf),
				     span_of_text(rows[i].want)),
			  rows[i].url);
		buf_free(&buf);
	}
}

static void answers(void)
{
	static const struct {
		const char *text;
		int want;
		const char *error;
	} rows[] = {
		{ "", 0, NULL },
		{ "HTTP/1.1 200 OK\r\n", 0, NULL },
		{ "HTTP/1.1 200 OK\r\n\r\n", 1, NULL },
		{ "HTTP/1.0 200 Connection established\r\nVia: x\r\n\r\n", 1,
		  NULL },
		{ "HTTP/1.1 299\r\n\r\n", 1, NULL },
		{ "HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", -1,
		  "it answers 'HTTP/1.1 407 Proxy Authentication Required'" },
		{ "HTTP/1.1 2000 OK\r\n\r\n", -1,
		  "it answers 'HTTP/1.1 2000 OK'" },
		{ "HTTP/2 200\r\n\r\n", -1, "it answers 'HTTP/2 200'" },
		{ "SSH-2.0-x\r\n\r\n", -1, "it answers no HTTP: 'SSH-2.0-x'" },
		{ "HTTP/1.1 20\r\n\r\n", -1, "it answers 'HTTP/1.1 20'" },
		{ "HTTP/1.1 403 \x1b[31m\r\n\r\n", -1,
		  "it answers 'HTTP/1.1 403 ?[31m'" },
		{ "\r\n\r\n", -1, "it answers no HTTP: ''" },
	};
	struct err err;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CHECK_ROW(proxy_answer(span_of_text(rows[i].text), &err) ==
				  rows[i].want,
			  rows[i].text);
		if (rows[i].error)
			CHECK_TEXT(err.text, rows[i].error);
	}
}

static void long_answer(void)
{
	static uint8_t octets[PROXY_ANSWER_MAX];
	struct err err;

	memset(octets, 'x', sizeof(octets));
	CHECK(!proxy_answer(span_of(octets, sizeof(octets) - 1), &err));
	CHECK(proxy_answer(SPAN(octets), &err) == -1);
}

static const struct tap_test tests[] = {
	{ "what a proxy is called", names },
	{ "names that are too long", long_names },
	{ "what it is asked", request },
	{ "what it answers", answers },
	{ "an answer without an end", long_answer },
};

TAP_MAIN(tests)
