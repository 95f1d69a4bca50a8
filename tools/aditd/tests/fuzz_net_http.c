// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a web server answers, in pieces: the first octet says of which size. In
 * one piece it is the same. And any URI.
 */
#include <stdlib.h>
#include <string.h>

#include "../net/http.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MAX = 4096 };

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
	if (!rc)
		rc = http_end(http, err);
	if (http->body.len > MAX ||
	    (rc < 0 && (!*err->text || strpbrk(err->text, "\r\n\x1b"))))
		abort();
	return rc;
}

static void response(struct span octets, size_t size)
{
	struct err one = { 0 }, other = { 0 };
	struct http whole, pieces;

	if (take(&whole, octets, octets.len, &one) !=
		    take(&pieces, octets, size, &other) ||
	    strcmp(one.text, other.text) != 0 ||
	    (!*one.text &&
	     !span_equal(buf_span(&whole.body), buf_span(&pieces.body))))
		abort();
	http_free(&whole);
	http_free(&pieces);
}

/* What is asked for is one request, whatever the URI is. */
static void uri(struct span octets)
{
	char text[HTTP_URI_MAX + 16], there[HTTP_URI_MAX];
	struct buf out = BUF_INIT;
	struct http_uri read;
	struct err err;

	if (octets.len >= sizeof(text))
		return;
	if (octets.len)
		memcpy(text, octets.data, octets.len);
	text[octets.len] = '\0';
	if (http_uri_parse(&read, text, &err))
		return;
	http_request(&read, span_of(NULL, 0), "", &out);
	if (memmem(out.data, out.len, "\r\n\r\n", 4) != out.data + out.len - 4)
		abort();
	buf_free(&out);
	http_uri_redirect(&read, text, there, sizeof(there));
	if (strcmp(text, there) != 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!size)
		return 0;
	response(span_of(data + 1, size - 1), data[0] ? data[0] : 1);
	uri(span_of(data, size));
	return 0;
}
