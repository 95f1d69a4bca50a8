// SPDX-License-Identifier: GPL-2.0-or-later
/* See conf_show.h. */
#include "conf_show.h"

#include <stdio.h>

#include "../conf/file.h"

static void show(FILE *out, const struct setting *section)
{
	const char *before = "";

	for (const struct setting *i = section->first; i; i = i->next) {
		fputs(before, out);
		if (i->name)
			fputs(i->name, out);
		before = section->kind == SETTING_LIST ? "," : " ";
		switch (i->kind) {
		case SETTING_VALUE:
			fprintf(out, "%s%.*s", i->name ? "=" : "", (int)i->len,
				(const char *)i->data);
			break;
		case SETTING_LIST:
			fputc('[', out);
			show(out, i);
			fputc(']', out);
			break;
		case SETTING_SECTION:
			fputc('{', out);
			show(out, i);
			fputc('}', out);
			break;
		}
	}
}

const char *show_settings(const struct setting *section, char buf[SHOW_SIZE])
{
	FILE *out = fmemopen(buf, SHOW_SIZE, "w");

	show(out, section);
	fputc('\0', out);
	fclose(out);
	buf[SHOW_SIZE - 1] = '\0';
	return buf;
}

struct setting *parse_settings(const char *text, struct err *err)
{
	const struct conf_parse how = { .file = "t" };
	struct setting *root =
		setting_new(NULL, SETTING_SECTION, NULL, span_of(NULL, 0));

	if (conf_parse(root, span_of_text(text), &how, err) ||
	    conf_inherit(root, err)) {
		setting_free(root);
		return NULL;
	}
	return root;
}
