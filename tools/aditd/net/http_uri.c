// SPDX-License-Identifier: GPL-2.0-or-later
/* See http.h: where something is, and how it is asked for. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "http.h"

static const char scheme[] = "http://";

static int parse_port(const char *text, uint16_t *out)
{
	unsigned long port;
	char *end;

	*out = 80;
	if (!*text)
		return 0;
	if (*text != ':' || !isdigit((unsigned char)text[1]))
		return -1;
	port = strtoul(text + 1, &end, 10);
	if (*end || !port || port > UINT16_MAX)
		return -1;
	*out = (uint16_t)port;
	return 0;
}

int http_host_parse(struct span text, char host[HTTP_HOST_MAX], uint16_t *port)
{
	char word[HTTP_HOST_MAX];
	char *start = word, *end;

	if (text.len >= sizeof(word))
		return -1;
	if (text.len)
		memcpy(word, text.data, text.len);
	word[text.len] = '\0';
	if (*word == '[') {
		start++;
		end = strchr(start, ']');
		if (!end)
			return -1;
		*end++ = '\0';
	} else {
		end = word + strcspn(word, ":");
	}
	if (parse_port(end, port))
		return -1;
	*end = '\0';
	if (!*start)
		return -1;
	snprintf(host, HTTP_HOST_MAX, "%s", start);
	return 0;
}

/* What would end the line of a request, or is no URI (RFC 3986, 2). */
static bool is_clean(const char *text)
{
	for (; *text; text++)
		if (!isgraph((unsigned char)*text))
			return false;
	return true;
}

int http_uri_parse(struct http_uri *uri, const char *text, struct err *err)
{
	const size_t n = sizeof(scheme) - 1;
	size_t len;

	if (strlen(text) >= HTTP_URI_MAX || !is_clean(text))
		return err_set(err, ERR_REFUSED, "is no URI");
	if (strncmp(text, scheme, n) != 0)
		return err_set(
			err, ERR_REFUSED,
			"is not fetched: only http:// is; what is fetched is signed anyway");
	text += n;
	len = strcspn(text, "/?#");
	if (memchr(text, '@', len) ||
	    http_host_parse(span_of(text, len), uri->host, &uri->port))
		return err_set(
			err, ERR_REFUSED, "has no host like %s",
			"crl.example.org, 192.0.2.1:8080 or [2001:db8::1]");
	text += len;
	len = strcspn(text, "#");
	snprintf(uri->target, sizeof(uri->target), "%s%.*s",
		 *text == '/' ? "" : "/", (int)len, text);
	return 0;
}

void http_uri_redirect(const struct http_uri *from, const char *location,
		       char *text, size_t size)
{
	bool is_v6 = strchr(from->host, ':');

	*text = '\0';
	if (!*location || !is_clean(location))
		return;
	if (location[0] == '/' && location[1] != '/')
		snprintf(text, size, "http://%s%s%s:%u%s", is_v6 ? "[" : "",
			 from->host, is_v6 ? "]" : "", from->port, location);
	else
		snprintf(text, size, "%s", location);
}

void http_request(const struct http_uri *uri, struct span post,
		  const char *type, struct buf *out)
{
	bool is_v6 = strchr(uri->host, ':');
	char text[64];

	buf_add_text(out, post.len ? "POST " : "GET ");
	buf_add_text(out, uri->target);
	buf_add_text(out, " HTTP/1.1\r\nHost: ");
	buf_add_text(out, is_v6 ? "[" : "");
	buf_add_text(out, uri->host);
	buf_add_text(out, is_v6 ? "]" : "");
	if (uri->port != 80) {
		snprintf(text, sizeof(text), ":%u", uri->port);
		buf_add_text(out, text);
	}
	buf_add_text(
		out,
		"\r\nConnection: close\r\nUser-Agent: aditd\r\nAccept: */*");
	if (post.len) {
		buf_add_text(out, "\r\nContent-Type: ");
		buf_add_text(out, type);
		snprintf(text, sizeof(text), "\r\nContent-Length: %zu",
			 post.len);
		buf_add_text(out, text);
	}
	buf_add_text(out, "\r\n\r\n");
	buf_add_span(out, post);
}
