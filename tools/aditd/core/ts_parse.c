// SPDX-License-Identifier: GPL-2.0-or-later
/* See ts.h: traffic selectors as text. */
#include <netinet/in.h>
#include <stdio.h>

#include "../../lib/quantity.h"
#include "../../lib/selector.h"
#include "ts.h"

/* Ports by name, of any protocol; /etc/services is not there in a chroot. */
static const struct {
	const char *word;
	uint16_t port;
} services[] = {
	{ "ssh", 22 },	 { "smtp", 25 },   { "domain", 53 }, { "http", 80 },
	{ "ntp", 123 },	 { "imap", 143 },  { "snmp", 161 },  { "bgp", 179 },
	{ "ldap", 389 }, { "https", 443 }, { "imaps", 993 }, { "l2tp", 1701 },
	{ "l2f", 1701 },
};

static bool is_icmp(uint8_t proto)
{
	return proto == IPPROTO_ICMP || proto == IPPROTO_ICMPV6;
}

static int parse_port(const char *text, uint64_t *port, struct err *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(services); i++) {
		if (strcmp(services[i].word, text) != 0)
			continue;
		*port = services[i].port;
		return 0;
	}
	if (quantity_parse(port, text, 0, UINT16_MAX, err))
		return err_prefix(err, "port: ");
	return 0;
}

/* TYPE, TYPE(CODE), or both in one number as strongSwan has it. */
static int parse_icmp(char *text, uint8_t code, uint64_t *port, struct err *err)
{
	char *open = strchr(text, '(');
	size_t len = strlen(text);
	uint64_t number = code;

	if (open) {
		if (text[len - 1] != ')')
			return err_set(err, ERR_USAGE,
				       "'%.16s' has no ')' at its end", text);
		text[len - 1] = '\0';
		*open = '\0';
		if (quantity_parse(&number, open + 1, 0, UINT8_MAX, err))
			return err_prefix(err, "ICMP code: ");
	}
	if (quantity_parse(port, text, 0, open ? UINT8_MAX : UINT16_MAX, err))
		return err_prefix(err, "ICMP type: ");
	if (*port <= UINT8_MAX)
		*port = *port << 8 | number;
	return 0;
}

static int parse_ports(struct ts *ts, char *text, struct err *err)
{
	char *dash = strchr(text, '-');
	uint64_t first = 0, last = 0;
	char first_text[16];

	if (strcmp(text, "any") == 0)
		return 0;
	if (strcmp(text, "opaque") == 0) {
		ts->port_start = UINT16_MAX;
		ts->port_end = 0;
		return 0;
	}
	if (dash)
		*dash = '\0';
	if (strlen(text) >= sizeof(first_text))
		return err_set(err, ERR_USAGE, "'%.32s' is no port", text);
	memcpy(first_text, text, strlen(text) + 1);
	text = dash ? dash + 1 : text;
	if (is_icmp(ts->proto)) {
		if (parse_icmp(first_text, 0, &first, err) ||
		    parse_icmp(text, UINT8_MAX, &last, err))
			return -1;
	} else if (parse_port(first_text, &first, err) ||
		   parse_port(text, &last, err)) {
		return -1;
	}
	if (first > last)
		return err_set(err, ERR_USAGE, "ports end before they start");
	ts->port_start = (uint16_t)first;
	ts->port_end = (uint16_t)last;
	return 0;
}

/* @text is what is between the brackets. */
static int parse_upper(struct ts *ts, char *text, struct err *err)
{
	char *slash = strchr(text, '/');

	if (slash)
		*slash = '\0';
	/* "[/80]" is a port of any protocol. */
	if ((*text || !slash) && selector_parse_proto(&ts->proto, text, err))
		return -1;
	return slash ? parse_ports(ts, slash + 1, err) : 0;
}

static int parse(struct ts *ts, char *text, struct err *err)
{
	char *bracket = strchr(text, '[');
	size_t len = strlen(text);

	*ts = (struct ts){ .port_end = UINT16_MAX };
	if (bracket) {
		if (text[len - 1] != ']')
			return err_set(err, ERR_USAGE,
				       "there is no ']' at the end");
		text[len - 1] = '\0';
		*bracket = '\0';
		if (parse_upper(ts, bracket + 1, err))
			return -1;
	}
	if (strcmp(text, "dynamic") == 0) {
		ts->dynamic = true;
		return 0;
	}
	return selector_parse_addresses(&ts->start, &ts->end, text, err);
}

int ts_parse(struct ts_list *list, const char *text, struct err *err)
{
	char word[TS_TEXT_SIZE];

	do {
		size_t skip = strspn(text, " \t");
		size_t whole = strcspn(text, ",");
		size_t len = whole;

		while (len > skip && strchr(" \t", text[len - 1]))
			len--;
		if (skip >= len || len - skip >= sizeof(word))
			return err_set(
				err, ERR_USAGE,
				"'%.80s' is not a traffic selector like 10.1.0.0/16, dynamic or fd00::/8[tcp/80-90]",
				text);
		memcpy(word, text + skip, len - skip);
		word[len - skip] = '\0';
		if (list->n >= TS_MAX)
			return err_set(err, ERR_USAGE,
				       "more than %u traffic selectors",
				       TS_MAX);
		if (parse(&list->ts[list->n], word, err))
			return err_prefix(err, "traffic selector '%.*s': ",
					  (int)(len - skip), text + skip);
		list->n++;
		text += whole;
	} while (*text++);
	return 0;
}

/* "8(0)", or "8" if the code is the one that goes without saying. */
static int show_icmp(char *buf, size_t size, unsigned int port, bool whole)
{
	if (whole)
		return snprintf(buf, size, "%u", port >> 8U);
	return snprintf(buf, size, "%u(%u)", port >> 8U, port & 0xffU);
}

static void show_ports(const struct ts *ts, char *buf, size_t size)
{
	bool whole = !(ts->port_start & 0xffU) &&
		     (ts->port_end & 0xffU) == 0xffU;
	int len;

	if (ts->port_start > ts->port_end) {
		snprintf(buf, size, "/opaque");
	} else if (!is_icmp(ts->proto)) {
		len = snprintf(buf, size, "/%u", ts->port_start);
		if (ts->port_end != ts->port_start)
			snprintf(buf + len, size - (size_t)len, "-%u",
				 ts->port_end);
	} else {
		*buf++ = '/';
		size--;
		len = show_icmp(buf, size, ts->port_start, whole);
		buf += len;
		size -= (size_t)len;
		if (whole ? ts->port_start >> 8U == ts->port_end >> 8U :
			    ts->port_start == ts->port_end)
			return;
		*buf++ = '-';
		show_icmp(buf, size - 1, ts->port_end, whole);
	}
}

static void show_upper(const struct ts *ts, char *buf, size_t size)
{
	bool any = !ts->port_start && ts->port_end == UINT16_MAX;
	char ports[24] = "", number[16];

	if (!ts->proto && any)
		return;
	if (!any)
		show_ports(ts, ports, sizeof(ports));
	snprintf(buf, size, "[%s%s]",
		 ts->proto ? names_show(&names_proto, ts->proto, number,
					sizeof(number)) :
			     "any",
		 ports);
}

const char *ts_show(const struct ts *ts, char buf[TS_TEXT_SIZE])
{
	int plen = addr_range_prefix(&ts->start, &ts->end);
	char first[ADDR_TEXT_SIZE], last[ADDR_TEXT_SIZE];
	int len;

	addr_digits(&ts->start, first);
	if (ts->dynamic)
		len = snprintf(buf, TS_TEXT_SIZE, "dynamic");
	else if (plen >= 0)
		len = snprintf(buf, TS_TEXT_SIZE, "%s/%d", first, plen);
	else
		len = snprintf(buf, TS_TEXT_SIZE, "%s-%s", first,
			       addr_digits(&ts->end, last));
	show_upper(ts, buf + len, TS_TEXT_SIZE - (size_t)len);
	return buf;
}

void ts_show_list(const struct ts_list *list, char *buf, size_t size)
{
	size_t len = strnlen(buf, size);
	char text[TS_TEXT_SIZE];

	for (size_t i = 0; i < list->n && len < size; i++)
		len += (size_t)snprintf(buf + len, size - len, "%s%s",
					i ? " " : "",
					ts_show(&list->ts[i], text));
}
