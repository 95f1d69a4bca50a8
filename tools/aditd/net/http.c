// SPDX-License-Identifier: GPL-2.0-or-later
/* See http.h: the response. */
#include "http.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "../../lib/util.h"

void http_show_line(struct span octets, char text[HTTP_LINE_TEXT])
{
	size_t n = 0;

	while (n < octets.len && n + 1 < HTTP_LINE_TEXT &&
	       octets.data[n] != '\r' && octets.data[n] != '\n') {
		text[n] = isprint(octets.data[n]) ? (char)octets.data[n] : '?';
		n++;
	}
	text[n] = '\0';
}

static int broken(const struct http *http, struct err *err)
{
	char text[HTTP_LINE_TEXT];

	http_show_line(span_of(http->line, http->line_len), text);
	return err_set(err, ERR_REFUSED, "it answers no HTTP: '%s'", text);
}

static int too_long(const struct http *http, struct err *err)
{
	return err_set(err, ERR_REFUSED,
		       "it sends more than the %zu octets that are read",
		       http->max);
}

/* Digits, and nothing but them, which strtoull() is not content with. */
static int number(const char *text, int base, size_t *out)
{
	if (!*text || strlen(text) > 15 ||
	    text[strspn(text,
			base == 10 ? "0123456789" : "0123456789abcdefABCDEF")])
		return -1;
	*out = strtoull(text, NULL, base);
	return 0;
}

/* ---------------------------------------------------------------------- lines */

static int on_status(struct http *http, struct err *err)
{
	const char *line = http->line;
	char text[HTTP_LINE_TEXT];

	if (strncmp(line, "HTTP/1.", 7) != 0 || !isdigit((uint8_t)line[7]) ||
	    line[8] != ' ' || !isdigit((uint8_t)line[9]) ||
	    !isdigit((uint8_t)line[10]) || !isdigit((uint8_t)line[11]) ||
	    (line[12] && line[12] != ' '))
		return broken(http, err);
	http->status = (unsigned int)strtoul(line + 9, NULL, 10);
	http->state = HTTP_FIELDS;
	/* Of 100 Continue there is nothing, of a redirection one field to read. */
	if (http->status <= 200 || http->status / 100 == 3)
		return 0;
	http_show_line(span_of(line, http->line_len), text);
	return err_set(err, ERR_REFUSED, "it answers '%s'", text);
}

static int take_length(struct http *http, const char *value, struct err *err)
{
	size_t length;

	if (number(value, 10, &length) ||
	    (http->has_length && length != http->left))
		return broken(http, err);
	http->has_length = true;
	http->left = length;
	return 0;
}

static int take_coding(struct http *http, const char *value, struct err *err)
{
	if (strcasecmp(value, "chunked") != 0)
		return broken(http, err);
	http->chunked = true;
	return 0;
}

static int take_location(struct http *http, const char *value, struct err *err)
{
	if (strlen(value) >= sizeof(http->location))
		return broken(http, err);
	snprintf(http->location, sizeof(http->location), "%s", value);
	return 0;
}

static const struct {
	const char *name;
	int (*take)(struct http *http, const char *value, struct err *err);
} fields[] = {
	{ "Content-Length", take_length },
	{ "Transfer-Encoding", take_coding },
	{ "Location", take_location },
};

/* The empty line behind the fields. */
static int on_fields_end(struct http *http, struct err *err)
{
	if (http->status < 200) {
		http->state = HTTP_STATUS;
		return 0;
	}
	if (http->status / 100 == 3) {
		char text[HTTP_LINE_TEXT];

		http_show_line(span_of_text(http->location), text);
		return err_set(err, ERR_REFUSED,
			       "it answers that it is elsewhere: %s", text);
	}
	if (http->chunked) {
		http->state = HTTP_CHUNK;
		return 0;
	}
	if (!http->has_length) {
		http->state = HTTP_CLOSE;
		return 0;
	}
	if (http->left > http->max)
		return too_long(http, err);
	http->state = http->left ? HTTP_LENGTH : HTTP_DONE;
	return 0;
}

static int on_field(struct http *http, struct err *err)
{
	char *colon = strchr(http->line, ':'), *value, *end;

	if (!http->line_len)
		return on_fields_end(http, err);
	if (!colon)
		return broken(http, err);
	*colon = '\0';
	value = colon + 1 + strspn(colon + 1, " \t");
	end = value + strlen(value);
	while (end > value && (end[-1] == ' ' || end[-1] == '\t'))
		*--end = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		if (strcasecmp(fields[i].name, http->line) == 0)
			return fields[i].take(http, value, err);
	return 0;
}

static int on_chunk(struct http *http, struct err *err)
{
	/* What is behind a ';' means nothing to us (RFC 9112, 7.1.1). */
	http->line[strcspn(http->line, "; \t")] = '\0';
	if (number(http->line, 16, &http->left))
		return broken(http, err);
	if (http->left > http->max - http->body.len)
		return too_long(http, err);
	http->state = http->left ? HTTP_CHUNK_BODY : HTTP_TRAILER;
	return 0;
}

static int on_chunk_end(struct http *http, struct err *err)
{
	if (http->line_len)
		return broken(http, err);
	http->state = HTTP_CHUNK;
	return 0;
}

static int on_trailer(struct http *http, struct err *err)
{
	(void)err;
	if (!http->line_len)
		http->state = HTTP_DONE;
	return 0;
}

static int (*const on_line[])(struct http *http, struct err *err) = {
	[HTTP_STATUS] = on_status,   [HTTP_FIELDS] = on_field,
	[HTTP_CHUNK] = on_chunk,     [HTTP_CHUNK_END] = on_chunk_end,
	[HTTP_TRAILER] = on_trailer,
};

/* Up to the end of the line, which is not kept. */
static int take_line(struct http *http, struct span *octets, struct err *err)
{
	int rc = 0;

	while (octets->len) {
		uint8_t octet = 0;

		span_take_u8(octets, &octet);
		if (++http->header > HTTP_HEADER_MAX + http->body.len)
			return err_set(err, ERR_REFUSED,
				       "its header has no end");
		if (octet == '\n') {
			if (http->line_len &&
			    http->line[http->line_len - 1] == '\r')
				http->line_len--;
			http->line[http->line_len] = '\0';
			rc = on_line[http->state](http, err);
			http->line_len = 0;
			return rc;
		}
		if (!octet || http->line_len + 1 >= sizeof(http->line))
			return broken(http, err);
		http->line[http->line_len++] = (char)octet;
	}
	return rc;
}

/* ----------------------------------------------------------------------- body */

static int take_body(struct http *http, struct span *octets, struct err *err)
{
	size_t room = http->state == HTTP_CLOSE ? http->max - http->body.len :
						  http->left;
	size_t n = octets->len < room ? octets->len : room;
	struct span part;

	if (http->state == HTTP_CLOSE && octets->len > room)
		return too_long(http, err);
	span_take(octets, n, &part);
	buf_add_span(&http->body, part);
	if (http->body.failed)
		return err_set(err, ERR_REFUSED, "out of memory");
	if (http->state == HTTP_CLOSE)
		return 0;
	http->left -= n;
	if (!http->left)
		http->state = http->state == HTTP_LENGTH ? HTTP_DONE :
							   HTTP_CHUNK_END;
	return 0;
}

void http_begin(struct http *http, size_t max)
{
	*http = (struct http){ .max = max };
}

int http_take(struct http *http, struct span octets, struct err *err)
{
	int rc = 0;

	while (!rc && octets.len && http->state != HTTP_DONE)
		rc = on_line[http->state] ? take_line(http, &octets, err) :
					    take_body(http, &octets, err);
	if (rc)
		return -1;
	return http->state == HTTP_DONE;
}

int http_end(struct http *http, struct err *err)
{
	if (http->state == HTTP_DONE || http->state == HTTP_CLOSE)
		return 1;
	return err_set(err, ERR_REFUSED,
		       http->header ?
			       "its answer is cut off" :
			       "it closes the connection without an answer");
}

void http_free(struct http *http)
{
	buf_free(&http->body);
}
