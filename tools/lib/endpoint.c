// SPDX-License-Identifier: GPL-2.0-or-later
/* See endpoint.h. */
#include "endpoint.h"

#include <stdio.h>
#include <string.h>

#include "quantity.h"

static int parse_port(struct endpoint *end, const char *word, struct err *err)
{
	uint64_t port;

	if (quantity_parse(&port, word, 0, UINT16_MAX, err))
		return err_prefix(err, "port: ");
	end->has_port = true;
	end->port = (uint16_t)port;
	return 0;
}

/* The part of the word before @stop, which is in it. */
static int parse_addr(struct endpoint *end, const char *word, const char *stop,
		      struct err *err)
{
	char text[ADDR_TEXT_SIZE + 1];

	/* What is cut is longer than any address. */
	snprintf(text, sizeof(text), "%.*s", (int)(stop - word), word);
	return addr_parse(&end->addr, text, err);
}

static int parse_bracketed(struct endpoint *end, const char *word,
			   struct err *err)
{
	const char *stop = strchr(word, ']');

	if (!stop || (stop[1] && stop[1] != ':'))
		return err_set(err, ERR_USAGE, "'%.64s' is not [ADDR]:PORT",
			       word);
	if (parse_addr(end, word + 1, stop, err))
		return -1;
	return stop[1] ? parse_port(end, stop + 2, err) : 0;
}

/* An IPv6 address and behind its last colon what may be a port? */
static bool is_with_port(const char *word)
{
	const char *colon = strrchr(word, ':');
	struct endpoint end;
	struct err ignored;

	return colon && strchr(word, ':') != colon && colon[1] &&
	       !colon[1 + strspn(colon + 1, "0123456789")] &&
	       !parse_addr(&end, word, colon, &ignored);
}

/* The two ways to write what could be either. */
static int suggest(const char *word, bool is_addr, struct err *err)
{
	const char *colon = strrchr(word, ':');

	if (is_addr)
		return err_set(
			err, ERR_USAGE,
			"%.64s: write [%.*s]%.8s, or [%.64s] without a port",
			word, (int)(colon - word), word, colon, word);
	return err_set(err, ERR_USAGE, "%.64s: write [%.*s]%.8s", word,
		       (int)(colon - word), word, colon);
}

int endpoint_parse(struct endpoint *end, const char *word, struct err *err)
{
	const char *colon = strchr(word, ':');

	*end = (struct endpoint){ 0 };
	if (*word == '[')
		return parse_bracketed(end, word, err);
	if (!colon)
		return addr_parse(&end->addr, word, err);
	if (!strchr(colon + 1, ':')) {
		if (parse_addr(end, word, colon, err))
			return -1;
		return parse_port(end, colon + 1, err);
	}
	if (!addr_parse(&end->addr, word, err))
		return 0;
	return is_with_port(word) ? suggest(word, false, err) : -1;
}

int endpoint_parse_strict(struct endpoint *end, const char *word,
			  struct err *err)
{
	if (endpoint_parse(end, word, err))
		return -1;
	if (*word != '[' && is_with_port(word))
		return suggest(word, true, err);
	return 0;
}

const char *endpoint_show(const struct addr *addr, uint16_t port,
			  char buf[ENDPOINT_TEXT_SIZE])
{
	char digits[ADDR_TEXT_SIZE];

	snprintf(buf, ENDPOINT_TEXT_SIZE, addr->len == 16 ? "[%s]:%u" : "%s:%u",
		 addr_digits(addr, digits), port);
	return buf;
}
