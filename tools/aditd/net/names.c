// SPDX-License-Identifier: GPL-2.0-or-later
/* See names.h. */
#include "names.h"

#include <netdb.h>
#include <stdio.h>
#include <string.h>

#include "sockaddr.h"

static const struct wire_row list_addr[] = {
	{ .name = "address", .kind = WIRE_ADDRESS, .size = sizeof(struct addr) },
};
static const struct wire_set rows_addr = { list_addr, 1 };

#define ADDRS(member, number)                                       \
	{                                                           \
		.name = #member, .kind = WIRE_ARRAY,                \
		.offset = offsetof(struct names_answer, member),    \
		.size = sizeof(struct addr), .max = CONF_ADDRS_MAX, \
		.nest = &rows_addr,                                 \
		.count = offsetof(struct names_answer, number)      \
	}

static const struct wire_row list_answer[] = {
	ADDRS(local, n_local),
	ADDRS(remote, n_remote),
	{ .name = "text",
	  .kind = WIRE_TEXT,
	  .offset = offsetof(struct names_answer, text),
	  .max = 512 },
};

const struct wire_set names_set = { list_answer, ARRAY_SIZE(list_answer) };

/* Not by its letters: "cafe.de" is a name, "10.0.0.1-10.0.0.9" is none. */
static bool is_range(const char *word)
{
	const char *dash = strchr(word, '-');
	char first[ADDR_TEXT_SIZE];
	struct addr addr;
	struct err err;

	if (!dash || (size_t)(dash - word) >= sizeof(first))
		return false;
	snprintf(first, sizeof(first), "%.*s", (int)(dash - word), word);
	return !addr_parse_digits(&addr, first, &err) &&
	       !addr_parse_digits(&addr, dash + 1, &err);
}

bool names_is_literal(const char *word)
{
	struct addr addr;
	struct err err;

	return word[0] == '%' || strchr(word, '/') || is_range(word) ||
	       !addr_parse_digits(&addr, word, &err);
}

static void add(struct addr *list, size_t *count, const struct addr *addr)
{
	for (size_t i = 0; i < *count; i++)
		if (!addr_compare(&list[i], addr))
			return;
	if (*count < CONF_ADDRS_MAX && !addr_is_any(addr))
		list[(*count)++] = *addr;
}

static void look_up_name(const char *name, struct addr *list, size_t *count,
			 char *text, size_t size)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_DGRAM };
	struct addrinfo *all, *at;
	int rc = getaddrinfo(name, NULL, &hints, &all);

	if (rc) {
		snprintf(text, size, "'%.128s': %s", name, gai_strerror(rc));
		return;
	}
	for (at = all; at; at = at->ai_next) {
		struct sockaddr_storage from = { 0 };
		struct addr addr;
		uint16_t port;

		if (at->ai_addrlen > sizeof(from))
			continue;
		memcpy(&from, at->ai_addr, at->ai_addrlen);
		if (sockaddr_read(&from, &addr, &port))
			add(list, count, &addr);
	}
	freeaddrinfo(all);
}

void names_read(const char *const *words, size_t n, bool look_up,
		struct addr *list, size_t *count, char *text, size_t size)
{
	for (size_t i = 0; i < n; i++) {
		struct addr addr;
		struct err err;

		if (!addr_parse_digits(&addr, words[i], &err))
			add(list, count, &addr);
		else if (look_up && !names_is_literal(words[i]))
			look_up_name(words[i], list, count, text, size);
	}
}
