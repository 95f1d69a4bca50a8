// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Identities as text and as octets: what is taken is shown, and read again as
 * the same. The first octet says which.
 */
#include <stdlib.h>
#include <string.h>

#include "../core/ident.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_text(const struct ident *id)
{
	char text[IDENT_TEXT_SIZE];
	struct ident again;
	struct err err;

	ident_show(id, text);
	if (strlen(text) >= IDENT_TEXT_SIZE - 1)
		return; /* it may have been cut */
	if (ident_parse(&again, text, &err) || !ident_equal(id, &again))
		abort();
	ident_free(&again);
}

static void check_wire(const struct ident *id)
{
	struct buf buf = BUF_INIT;
	struct ident again;
	struct err err;

	if (!id->type || id->type == IDENT_IPV4_RANGE ||
	    id->type == IDENT_IPV6_RANGE)
		return;
	ident_to_wire(id, &buf);
	if (ident_from_wire(&again, buf_span(&buf), &err) ||
	    id->type != again.type || id->len != again.len ||
	    ident_match(id, &again) != IDENT_MATCH_PERFECT)
		abort();
	ident_free(&again);
	buf_free(&buf);
}

/* Both halves of the octets, the second as a pattern of the first. */
static void check_match(struct span octets)
{
	struct span half = span_of(octets.data, octets.len / 2);
	struct span rest =
		span_of(octets.data + half.len, octets.len - half.len);
	struct ident a, b;
	struct err err;

	if (ident_from_wire(&a, half, &err))
		return;
	if (!ident_from_wire(&b, rest, &err)) {
		if (ident_equal(&a, &b) != ident_equal(&b, &a))
			abort();
		if (ident_match(&a, &b) > IDENT_MATCH_PERFECT)
			abort();
		ident_free(&b);
	}
	ident_free(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	bool as_text = size && data[0] & 1;
	struct ident id;
	struct err err;
	char *text;
	int result;

	if (!size)
		return 0;
	if (as_text) {
		text = strndup((const char *)data + 1, size - 1);
		result = ident_parse(&id, text, &err);
		free(text);
	} else {
		check_match(span_of(data + 1, size - 1));
		result =
			ident_from_wire(&id, span_of(data + 1, size - 1), &err);
	}
	if (result)
		return 0;
	check_text(&id);
	check_wire(&id);
	ident_free(&id);
	return 0;
}
