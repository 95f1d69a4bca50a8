// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Traffic selectors as text and as octets: what is taken is shown or built, and
 * read again as the same; narrowed, it is in both. The first octet says which.
 */
#include <stdlib.h>
#include <string.h>

#include "../core/ts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_text(const struct ts_list *list)
{
	for (size_t i = 0; i < list->n; i++) {
		struct ts_list again = { 0 };
		char text[TS_TEXT_SIZE];
		struct err err;

		ts_show(&list->ts[i], text);
		if (ts_parse(&again, text, &err) || again.n != 1 ||
		    !ts_equal(&again.ts[0], &list->ts[i]))
			abort();
	}
}

static void check_wire(const struct ts_list *list)
{
	struct buf buf = BUF_INIT;
	struct ts_list again;
	size_t dynamic = 0;
	struct err err;

	for (size_t i = 0; i < list->n; i++)
		dynamic += list->ts[i].dynamic;
	ts_to_wire(list, &buf);
	if (list->n > dynamic && ts_from_wire(&again, buf_span(&buf), &err))
		abort();
	if (list->n && !dynamic &&
	    (again.n != list->n || !ts_list_equal(&again, list)))
		abort();
	buf_free(&buf);
}

static bool within(const struct ts *ts, const struct ts_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		if (ts_contains(&list->ts[i], ts))
			return true;
	return false;
}

static void check_narrow(const struct ts_list *list)
{
	struct ts_list a = { 0 }, b = { 0 }, out;

	for (size_t i = 0; i < list->n; i++) {
		struct ts_list *to = i % 2 ? &a : &b;

		to->ts[to->n++] = list->ts[i];
	}
	ts_narrow(&a, &b, &out);
	if (out.n > TS_MAX)
		abort();
	for (size_t i = 0; i < out.n; i++)
		if (!within(&out.ts[i], &a) || !within(&out.ts[i], &b))
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ts_list list = { 0 };
	struct err err;
	char *text;
	int result;

	if (!size)
		return 0;
	if (data[0] & 1) {
		text = strndup((const char *)data + 1, size - 1);
		result = ts_parse(&list, text, &err);
		free(text);
	} else {
		result = ts_from_wire(&list, span_of(data + 1, size - 1), &err);
	}
	if (result)
		return 0;
	check_text(&list);
	check_wire(&list);
	check_narrow(&list);
	return 0;
}
