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

static void moves(void)
{
	struct setting *root =
		setting_new(NULL, SETTING_SECTION, NULL, span_of(NULL, 0));
	struct setting *a, *b, *c, *copy;

	a = setting_new(root, SETTING_VALUE, "a", span_of_text("1"));
	b = setting_new(root, SETTING_SECTION, "b", span_of(NULL, 0));
	c = setting_new(root, SETTING_VALUE, "c", span_of_text("3"));
	setting_new(b, SETTING_VALUE, "d", span_of_text("4"));
	b->file = strdup("f");
	b->line = 9;
	copy = setting_copy(NULL, b);
	CHECK_TEXT(setting_text(copy, "d", ""), "4");
	CHECK_TEXT(copy->file, "f");
	CHECK(copy->line == 9 && !copy->first->file);
	setting_replace(root, c,
			setting_new(NULL, SETTING_VALUE, "e",
				    span_of_text("5")));
	c = root->last;
	CHECK_TEXT(c->name, "e");
	CHECK(b->next == c);
	setting_take(root, c);
	CHECK(root->last == b);
	setting_take(root, a);
	CHECK(root->first == b && !b->next);
	setting_take(root, a);
	setting_take(root, b);
	CHECK(!root->first && !root->last);
	setting_free(a);
	setting_free(b);
	setting_free(c);
	setting_free(copy);
	setting_free(root);
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
	{ "copies, and what is taken out", moves },
	{ "errors say where it was written", errors },
};

TAP_MAIN(tests)
