// SPDX-License-Identifier: GPL-2.0-or-later
/* See proxy.h. */
#include "proxy.h"

#include <ctype.h>
#include <stdio.h>

#include "../../lib/endpoint.h"
#include "http.h"

static const char scheme[] = "http://";

static int is_no_proxy(struct err *err)
{
	return err_set(
		err, ERR_USAGE,
		"proxy: it is like http://proxy.example.org:3128 or http://USER:PASSWORD@192.0.2.1:8080; ':', '@', '/' and '%%' in USER and PASSWORD are written as %%3A, %%40, %%2F and %%25");
}

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)tolower((unsigned char)c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* RFC 3986, 2.1. What is decoded is no longer than what is coded. */
static int decode(struct span from, char *to, size_t size)
{
	size_t n = 0;

	for (size_t i = 0; i < from.len; i++) {
		char c = (char)from.data[i];

		if (c == '%') {
			int high, low;

			if (from.len - i < 3)
				return -1;
			high = hex((char)from.data[i + 1]);
			low = hex((char)from.data[i + 2]);
			if (high < 0 || low < 0 || !(high | low))
				return -1;
			c = (char)(high << 4 | low);
			i += 2;
		}
		if (n + 1 >= size)
			return -1;
		to[n++] = c;
	}
	to[n] = '\0';
	return 0;
}

int proxy_parse(struct proxy *proxy, const char *text, struct err *err)
{
	const char *at;
	size_t len;

	*proxy = (struct proxy){ 0 };
	if (strncmp(text, scheme, sizeof(scheme) - 1) != 0)
		return is_no_proxy(err);
	text += sizeof(scheme) - 1;
	len = strcspn(text, "/");
	if (text[len] && text[len + 1])
		return is_no_proxy(err);
	at = memchr(text, '@', len);
	if (at) {
		proxy->has_user = true;
		if (decode(span_of(text, (size_t)(at - text)), proxy->user,
			   sizeof(proxy->user)))
			return is_no_proxy(err);
		len -= (size_t)(at - text) + 1;
		text = at + 1;
	}
	return http_host_parse(span_of(text, len), proxy->host, &proxy->port) ?
		       is_no_proxy(err) :
		       0;
}

/* RFC 4648, 4. */
static void add_base64(struct buf *out, struct span in)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < in.len; i += 3) {
		size_t left = in.len - i;
		uint32_t bits = (uint32_t)in.data[i] << 16;

		if (left > 1)
			bits |= (uint32_t)in.data[i + 1] << 8;
		if (left > 2)
			bits |= in.data[i + 2];
		for (size_t k = 0; k < 4; k++)
			buf_add_u8(
				out,
				k > left ?
					'=' :
					(uint8_t)digits[bits >> (18 - 6 * k) &
							63]);
	}
}

void proxy_request(const struct proxy *proxy, const struct addr *to,
		   uint16_t port, struct buf *out)
{
	char where[ENDPOINT_TEXT_SIZE];

	endpoint_show(to, port, where);
	buf_add_text(out, "CONNECT ");
	buf_add_text(out, where);
	buf_add_text(out, " HTTP/1.1\r\nHost: ");
	buf_add_text(out, where);
	if (proxy->has_user) {
		buf_add_text(out, "\r\nProxy-Authorization: Basic ");
		add_base64(out, span_of_text(proxy->user));
	}
	buf_add_text(out, "\r\n\r\n");
}

static int refused(struct span octets, struct err *err)
{
	char line[HTTP_LINE_TEXT];

	http_show_line(octets, line);
	if (strncmp(line, "HTTP/", 5) != 0)
		return err_set(err, ERR_REFUSED, "it answers no HTTP: '%s'",
			       line);
	return err_set(err, ERR_REFUSED, "it answers '%s'", line);
}

static bool ends_header(struct span octets)
{
	return octets.len >= 4 &&
	       memcmp(octets.data + octets.len - 4, "\r\n\r\n", 4) == 0;
}

int proxy_answer(struct span octets, struct err *err)
{
	static const char version[] = "HTTP/1.";
	const size_t n = sizeof(version) - 1;

	if (!ends_header(octets)) {
		if (octets.len < PROXY_ANSWER_MAX)
			return 0;
		return refused(octets, err);
	}
	if (octets.len > n + 5 && memcmp(octets.data, version, n) == 0 &&
	    octets.data[n + 1] == ' ' && octets.data[n + 2] == '2' &&
	    isdigit(octets.data[n + 3]) && isdigit(octets.data[n + 4]) &&
	    !isdigit(octets.data[n + 5]))
		return 1;
	return refused(octets, err);
}
