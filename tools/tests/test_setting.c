// SPDX-License-Identifier: GPL-2.0-or-later
/* Trees of settings. */
#include "../lib/setting.h"

#include <stdlib.h>

#include "tap.h"

static void builds(void)
{
	struct setting *root =
		setting_new(NULL, SETTING_SECTION, NULL, span_of(NULL, 0));
	struct setting *list, *section;
	static const uint8_t blob[] = { 'a', 0, 'b' };

	setting_new(root, SETTING_VALUE, "one", span_of_text("1"));
	list = setting_new(root, SETTING_LIST, "list", span_of(NULL, 0));
	setting_new(list, SETTING_VALUE, NULL, span_of_text("x"));
	setting_new(list, SETTING_VALUE, NULL, SPAN(blob));
	section = setting_new(root, SETTING_SECTION, "sub", span_of(NULL, 0));
	setting_new(section, SETTING_VALUE, "two", span_of_text(""));

	CHECK(setting_find(root, "sub") == section);
	CHECK(!setting_find(root, "two") && !setting_find(list, "x"));
	CHECK_TEXT(setting_text(root, "one", "?"), "1");
	CHECK_TEXT(setting_text(section, "two", "?"), "");
	CHECK_TEXT(setting_text(root, "three", "?"), "?");
	/* It is there, but has no text. */
	CHECK_TEXT(setting_text(root, "list", "?"), "?");
	CHECK(list->first->next->len == 3 && !list->first->next->data[3]);
	CHECK(root->last == section && list->last == list->first->next);
	setting_free(root);
	setting_free(NULL);
}

static void errors(void)
{
	struct setting *value =
		setting_new(NULL, SETTING_VALUE, "v", span_of_text("1"));
	struct err err;

	CHECK(setting_err(value, &err, "%s is bad", "it") == -1);
	CHECK_TEXT(err.text, "it is bad");
	value->file = strdup("a.conf");
	value->line = 7;
	setting_err(value, &err, "%s is bad", "it");
	CHECK_TEXT(err.text, "a.conf:7: it is bad");
	CHECK(err.kind == ERR_USAGE);
	setting_free(value);
}

static const struct tap_test tests[] = {
	{ "values, lists and sections", builds },
	{ "errors say where it was written", errors },
};

TAP_MAIN(tests)
