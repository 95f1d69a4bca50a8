// SPDX-License-Identifier: GPL-2.0-or-later
/* See setting.h. */
#include "setting.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static void append(struct setting *parent, struct setting *item)
{
	if (parent->last)
		parent->last->next = item;
	else
		parent->first = item;
	parent->last = item;
}

struct setting *setting_new(struct setting *parent, enum setting_kind kind,
			    const char *name, struct span value)
{
	struct setting *setting = calloc(1, sizeof(*setting));

	if (!setting)
		return NULL;
	setting->kind = kind;
	setting->data = malloc(value.len + 1);
	setting->name = name ? strdup(name) : NULL;
	if (!setting->data || (name && !setting->name)) {
		setting_free(setting);
		return NULL;
	}
	if (value.len)
		memcpy(setting->data, value.data, value.len);
	setting->data[value.len] = '\0';
	setting->len = value.len;
	if (parent)
		append(parent, setting);
	return setting;
}

struct setting *setting_new_at(struct setting *parent, enum setting_kind kind,
			       const char *name, struct span value,
			       const struct setting *like)
{
	struct setting *setting = setting_new(NULL, kind, name, value);

	if (!setting)
		return NULL;
	setting->line = like->line;
	if (like->file) {
		setting->file = strdup(like->file);
		if (!setting->file) {
			setting_free(setting);
			return NULL;
		}
	}
	if (parent)
		append(parent, setting);
	return setting;
}

struct setting *setting_copy(struct setting *parent,
			     const struct setting *setting)
{
	struct setting *copy =
		setting_new_at(NULL, setting->kind, setting->name,
			       span_of(setting->data, setting->len), setting);

	if (!copy)
		return NULL;
	for (const struct setting *i = setting->first; i; i = i->next) {
		if (!setting_copy(copy, i)) {
			setting_free(copy);
			return NULL;
		}
	}
	if (parent)
		append(parent, copy);
	return copy;
}

void setting_take(struct setting *parent, struct setting *item)
{
	struct setting **at = &parent->first, *before = NULL;

	while (*at && *at != item) {
		before = *at;
		at = &before->next;
	}
	if (!*at)
		return;
	*at = item->next;
	if (parent->last == item)
		parent->last = before;
	item->next = NULL;
}

void setting_replace(struct setting *parent, struct setting *item,
		     struct setting *by)
{
	struct setting **at = &parent->first;

	while (*at != item)
		at = &(*at)->next;
	*at = by;
	by->next = item->next;
	if (parent->last == item)
		parent->last = by;
	setting_free(item);
}

void setting_free(struct setting *setting)
{
	struct setting *item, *next;

	if (!setting)
		return;
	for (item = setting->first; item; item = next) {
		next = item->next;
		setting_free(item);
	}
	if (setting->data)
		explicit_bzero(setting->data, setting->len);
	free(setting->data);
	free(setting->name);
	free(setting->file);
	free(setting);
}

struct setting *setting_find(const struct setting *section, const char *name)
{
	for (struct setting *item = section->first; item; item = item->next)
		if (item->name && strcmp(item->name, name) == 0)
			return item;
	return NULL;
}

const char *setting_text(const struct setting *section, const char *name,
			 const char *otherwise)
{
	const struct setting *item = setting_find(section, name);

	return item && item->kind == SETTING_VALUE ? (const char *)item->data :
						     otherwise;
}

int setting_err(const struct setting *setting, struct err *err, const char *fmt,
		...)
{
	char text[sizeof(err->text)];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	err_set(err, ERR_USAGE, "%s", text);
	if (setting->file)
		err_prefix(err, "%s:%u: ", setting->file, setting->line);
	return -1;
}
