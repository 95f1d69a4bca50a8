// SPDX-License-Identifier: GPL-2.0-or-later
/* Settings of answers, and values of requests. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "../conf/value.h"
#include "ctl_client.h"

struct setting *ctl_root(void)
{
	return setting_new(NULL, SETTING_SECTION, NULL, span_of(NULL, 0));
}

struct setting *ctl_section(struct setting *parent, const char *name)
{
	return parent ? setting_new(parent, SETTING_SECTION, name,
				    span_of(NULL, 0)) :
			NULL;
}

struct setting *ctl_list(struct setting *parent, const char *name)
{
	return parent ? setting_new(parent, SETTING_LIST, name,
				    span_of(NULL, 0)) :
			NULL;
}

/* Without a name it is an item of a list. */
void ctl_put(struct setting *parent, const char *name, const char *fmt, ...)
{
	char text[2048];
	va_list args;

	if (!parent)
		return;
	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	setting_new(parent, SETTING_VALUE, name, span_of_text(text));
}

void ctl_put_ts(struct setting *parent, const char *name,
		const struct ts_list *list)
{
	struct setting *to = ctl_list(parent, name);
	char text[TS_TEXT_SIZE];

	for (size_t i = 0; i < list->n; i++)
		ctl_put(to, NULL, "%s", ts_show(&list->ts[i], text));
}

bool ctl_yes(const struct setting *request, const char *name)
{
	return conf_yesno(setting_text(request, name, "no")) == 1;
}

uint32_t ctl_number(const struct setting *request, const char *name)
{
	return (uint32_t)strtoul(setting_text(request, name, "0"), NULL, 0);
}

const char *ctl_name(const struct setting *request, const char *name)
{
	const char *text = setting_text(request, name, "");

	return *text ? text : NULL;
}
