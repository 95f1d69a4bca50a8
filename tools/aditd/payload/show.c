// SPDX-License-Identifier: GPL-2.0-or-later
/* See v2.h: a message in one line. */
#include <stdarg.h>
#include <stdio.h>

#include "../../lib/util.h"
#include "../proto/names.h"
#include "v2.h"

struct line {
	char *buf;
	size_t size;
	size_t len; /* as if there was room for all */
};

PRINTF_LIKE(2, 3) static void add(struct line *line, const char *fmt, ...)
{
	bool room = line->len < line->size;
	va_list args;

	va_start(args, fmt);
	line->len += (size_t)vsnprintf(room ? line->buf + line->len : NULL,
				       room ? line->size - line->len : 0, fmt,
				       args);
	va_end(args);
}

/* The name, or what it is and its number. */
static void add_name(struct line *line, const char *name, const char *what,
		     unsigned int number)
{
	if (strcmp(name, "unknown") == 0)
		add(line, "%s%u", what, number);
	else
		add(line, "%s", name);
}

static void show_notify(struct line *line, struct span body)
{
	struct payload_notify notify;
	struct err ignored;

	if (payload_notify(body, &notify, &ignored)) {
		add(line, "N(?)");
		return;
	}
	add(line, "N(");
	add_name(line, v2_notify_name(notify.type), "", notify.type);
	add(line, ")");
}

static void show_fragment(struct line *line, struct span body)
{
	struct payload_skf skf;
	struct err ignored;

	if (payload_skf(body, &skf, &ignored))
		add(line, "SKF(?)");
	else
		add(line, "SKF(%u/%u)", skf.number, skf.total);
}

static void show_payload(struct line *line, const struct payload *payload,
			 bool response)
{
	switch (payload->type) {
	case PAYLOAD_NOTIFY:
		show_notify(line, payload->body);
		break;
	case PAYLOAD_SKF:
		show_fragment(line, payload->body);
		break;
	case PAYLOAD_NONCE:
		add(line, response ? "Nr" : "Ni");
		break;
	default:
		add_name(line, v2_payload_name(payload->type), "payload-",
			 payload->type);
	}
}

void v2_show(const struct ike_header *header, const struct chain *chain,
	     char *buf, size_t size)
{
	bool response = header->flags & IKE_FLAG_RESPONSE;
	struct line line = { .buf = buf, .size = size };

	add_name(&line, v2_exchange_name(header->exchange), "exchange-",
		 header->exchange);
	add(&line, " %s %u [", response ? "response" : "request", header->id);
	for (size_t i = 0; i < chain->n; i++) {
		add(&line, " ");
		show_payload(&line, &chain->payloads[i], response);
	}
	add(&line, " ]");
	if (line.len >= size && size > 3)
		memcpy(buf + size - 4, "...", 4);
}
