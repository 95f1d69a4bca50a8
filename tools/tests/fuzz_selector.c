// SPDX-License-Identifier: GPL-2.0-or-later
/* What selector_parse() takes, it shows, and reads that again as the same. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/selector.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct adit_selector *ts)
{
	char text[SELECTOR_TEXT_SIZE], again[SELECTOR_TEXT_SIZE];
	struct field_list list = { 0 };
	struct err err;

	selector_show(ts, text);
	if (selector_parse(&list, text, &err) || list.n != 1)
		abort();
	if (strcmp(text, selector_show(list.items, again)) != 0)
		abort();
	free(list.items);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = strndup((const char *)data, size);
	struct field_list list = { 0 };
	struct err err;

	if (!selector_parse_list(&list, text, &err)) {
		const struct adit_selector *ts = list.items;

		for (size_t i = 0; i < list.n; i++)
			check(&ts[i]);
	}
	free(list.items);
	free(text);
	return 0;
}
