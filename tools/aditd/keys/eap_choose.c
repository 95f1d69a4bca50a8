// SPDX-License-Identifier: GPL-2.0-or-later
/* See eap_ends.h: methods, and which of them it is. */
#include <stdio.h>
#include <string.h>

#include "../../lib/util.h"
#include "../proto/v2.h"
#include "eap_ends.h"

enum { TYPES_MAX = 8 };

/* A server offers them in that order. */
static const struct eap_method *const methods[] = { &eap_tls, &eap_mschapv2 };

/* "eap" and "eap-dynamic" are any of them. */
static bool is_allowed(const struct eap_session *session,
		       const struct eap_method *method)
{
	const char *text = session->auth->round->method;
	size_t len;

	if (!text || strncmp(text, "eap-", 4) != 0)
		return true;
	text += 4;
	len = strcspn(text, ":");
	return (len == strlen(method->name) &&
		strncmp(text, method->name, len) == 0) ||
	       (len == 7 && strncmp(text, "dynamic", 7) == 0);
}

bool eap_is_listed(uint8_t type, struct span types)
{
	return !types.data || memchr(types.data, type, types.len);
}

int eap_choose(struct eap_session *session, struct span types)
{
	struct err err = { 0 }, why;
	bool allowed = false;

	for (size_t i = 0; i < ARRAY_SIZE(methods); i++) {
		if (!is_allowed(session, methods[i]) ||
		    !eap_is_listed(methods[i]->type, types))
			continue;
		allowed = true;
		if (!methods[i]->usable(session, &why)) {
			session->method = methods[i];
			session->err = (struct err){ 0 };
			return 0;
		}
		/* Of the last one that people are likely to mean. */
		err = why;
	}
	if (allowed)
		session->err = err;
	else
		eap_fail(session, "of the methods of EAP that the peer wants "
				  "none is allowed here");
	return -1;
}

void eap_add_possible(const struct eap_session *session, struct buf *types,
		      struct err *why)
{
	struct err missing;

	for (size_t i = 0; i < ARRAY_SIZE(methods); i++) {
		if (!is_allowed(session, methods[i]))
			continue;
		if (methods[i]->usable(session, &missing))
			*why = missing;
		else
			buf_add_u8(types, methods[i]->type);
	}
}

static void append_type(char *text, size_t size, uint8_t type)
{
	const char *name = type == EAP_TYPE_TLS	     ? "tls" :
			   type == EAP_TYPE_MSCHAPV2 ? "mschapv2" :
						       "";
	size_t len = strlen(text);

	if (len < size)
		snprintf(text + len, size - len, "%s%u%s%s%s", len ? ", " : "",
			 type, *name ? " (" : "", name, *name ? ")" : "");
}

const char *eap_show_types(struct span types, char text[EAP_TYPES_TEXT_SIZE])
{
	*text = '\0';
	for (size_t i = 0; i < types.len && i < TYPES_MAX; i++)
		append_type(text, EAP_TYPES_TEXT_SIZE, types.data[i]);
	return *text ? text : "none";
}
