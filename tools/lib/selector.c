// SPDX-License-Identifier: GPL-2.0-or-later
/* See selector.h. */
#include "selector.h"

#include <linux/adit.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "names.h"
#include "quantity.h"

#define HAS(attr) BIT64(ADIT_A_SELECTOR_##attr)

static int bad(const char *word, struct err *err)
{
	return err_set(
		err, ERR_USAGE,
		"'%.80s' is not a traffic selector like 10.1.0.0/16, 10.0.0.1-10.0.0.9 or fd00::/8[tcp/80-90]",
		word);
}

int selector_parse_addresses(struct addr *start, struct addr *end, char *text,
			     struct err *err)
{
	char *slash = strchr(text, '/');
	char *dash = strchr(text, '-');
	uint64_t plen;

	if (slash)
		*slash = '\0';
	else if (dash)
		*dash = '\0';
	if (addr_parse_digits(start, text, err))
		return -1;
	plen = start->len * 8ULL;
	if (slash && quantity_parse(&plen, slash + 1, 0, plen, err))
		return err_prefix(err, "prefix length: ");
	if (slash || !dash) {
		addr_prefix_range(start, (unsigned int)plen, start, end);
		return 0;
	}
	if (addr_parse_digits(end, dash + 1, err))
		return -1;
	if (start->len != end->len)
		return err_set(err, ERR_USAGE,
			       "a range from %s to %s mixes IPv4 and IPv6",
			       text, dash + 1);
	if (addr_compare(start, end) > 0)
		return err_set(err, ERR_USAGE,
			       "range ends before it starts: %s-%s", text,
			       dash + 1);
	return 0;
}

static void set_ports(struct adit_selector *ts, uint64_t first, uint64_t last)
{
	ts->has |= HAS(PORT_START) | HAS(PORT_END);
	ts->port_start = (uint16_t)first;
	ts->port_end = (uint16_t)last;
}

static int parse_ports(struct adit_selector *ts, char *text, struct err *err)
{
	char *dash = strchr(text, '-');
	uint64_t first, last;

	if (strcmp(text, "opaque") == 0) {
		set_ports(ts, UINT16_MAX, 0);
		return 0;
	}
	if (dash)
		*dash = '\0';
	if (quantity_parse(&first, text, 0, UINT16_MAX, err))
		return err_prefix(err, "port: ");
	last = first;
	if (dash && quantity_parse(&last, dash + 1, first, UINT16_MAX, err))
		return err_prefix(err, "last port: ");
	if (first == 0 && last == UINT16_MAX)
		return 0;
	set_ports(ts, first, last);
	return 0;
}

int selector_parse_proto(uint8_t *proto, const char *text, struct err *err)
{
	uint64_t number = 0;
	uint32_t named;

	if (*text >= '0' && *text <= '9') {
		if (quantity_parse(&number, text, 0, UINT8_MAX, err))
			return err_prefix(err, "protocol: ");
	} else if (strcmp(text, "any") != 0) {
		if (names_parse(&names_proto, text, &named, err))
			return -1;
		number = named;
	}
	*proto = (uint8_t)number;
	return 0;
}

/* @text is what is between the brackets. */
static int parse_upper(struct adit_selector *ts, char *text, struct err *err)
{
	char *slash = strchr(text, '/');
	uint8_t proto = 0;

	if (slash)
		*slash = '\0';
	if (selector_parse_proto(&proto, text, err))
		return -1;
	if (proto) {
		ts->has |= HAS(PROTO);
		ts->proto = proto;
	}
	return slash ? parse_ports(ts, slash + 1, err) : 0;
}

static int append(struct field_list *list, const struct adit_selector *ts)
{
	struct adit_selector *slot = field_list_add(list, sizeof(*slot));

	*slot = *ts;
	return 0;
}

static int append_any(struct field_list *list, struct adit_selector *ts)
{
	static const uint8_t lengths[] = { 4, 16 };

	for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
		ts->start = (struct addr){ .len = lengths[i] };
		addr_prefix_range(&ts->start, 0, &ts->start, &ts->end);
		append(list, ts);
	}
	return 0;
}

int selector_parse(struct field_list *list, const char *word, struct err *err)
{
	struct adit_selector ts = { .has = HAS(START) | HAS(END) };
	char text[SELECTOR_TEXT_SIZE];
	size_t len = strlen(word);
	char *bracket;

	if (!len || len >= sizeof(text))
		return bad(word, err);
	memcpy(text, word, len + 1);
	bracket = strchr(text, '[');
	if (bracket) {
		if (text[len - 1] != ']')
			return bad(word, err);
		text[len - 1] = '\0';
		*bracket = '\0';
		if (parse_upper(&ts, bracket + 1, err))
			return err_prefix(err, "'%s': ", word);
	}
	if (strcmp(text, "any") == 0)
		return append_any(list, &ts);
	if (!strpbrk(text, ".:"))
		return bad(word, err);
	if (selector_parse_addresses(&ts.start, &ts.end, text, err))
		return err_prefix(err, "'%s': ", word);
	return append(list, &ts);
}

int selector_parse_list(struct field_list *list, const char *words,
			struct err *err)
{
	char word[SELECTOR_TEXT_SIZE];

	do {
		size_t len = strcspn(words, ",");

		if (len >= sizeof(word))
			return bad(words, err);
		memcpy(word, words, len);
		word[len] = '\0';
		if (selector_parse(list, word, err))
			return -1;
		words += len;
	} while (*words++);
	return 0;
}

/* Fewer than all. */
static bool has_ports(const struct adit_selector *ts)
{
	return ts->has & HAS(PORT_START) &&
	       (ts->port_start || !(ts->has & HAS(PORT_END)) ||
		ts->port_end != UINT16_MAX);
}

/* RFC 7296, 3.13.1 */
static bool is_opaque(const struct adit_selector *ts)
{
	return has_ports(ts) && ts->has & HAS(PORT_END) &&
	       ts->port_start == UINT16_MAX && ts->port_end == 0;
}

static void show_upper(const struct adit_selector *ts, char *buf, size_t size)
{
	bool last = ts->has & HAS(PORT_END) && ts->port_end != ts->port_start;
	char number[16];
	int len;

	if (!ts->proto && !has_ports(ts))
		return;
	len = snprintf(buf, size, "[%s",
		       ts->proto ? names_show(&names_proto, ts->proto, number,
					      sizeof(number)) :
				   "any");
	if (is_opaque(ts))
		len += snprintf(buf + len, size - (size_t)len, "/opaque");
	else if (has_ports(ts))
		len += snprintf(buf + len, size - (size_t)len,
				last ? "/%u-%u" : "/%u", ts->port_start,
				ts->port_end);
	snprintf(buf + len, size - (size_t)len, "]");
}

const char *selector_show(const struct adit_selector *ts,
			  char buf[SELECTOR_TEXT_SIZE])
{
	const struct addr *end = ts->has & HAS(END) ? &ts->end : &ts->start;
	int plen = addr_range_prefix(&ts->start, end);
	char first[ADDR_TEXT_SIZE], last[ADDR_TEXT_SIZE];
	int len;

	addr_digits(&ts->start, first);
	if (plen >= 0)
		len = snprintf(buf, SELECTOR_TEXT_SIZE, "%s/%d", first, plen);
	else
		len = snprintf(buf, SELECTOR_TEXT_SIZE, "%s-%s", first,
			       addr_digits(end, last));
	show_upper(ts, buf + len, SELECTOR_TEXT_SIZE - (size_t)len);
	return buf;
}
