// SPDX-License-Identifier: GPL-2.0-or-later
/* See option.h. */
#include "option.h"

#include <stdio.h>
#include <stdlib.h>

#include "../../lib/word.h"
#include "value.h"

bool conf_is_list(const struct conf_option *option)
{
	switch (option->type) {
	case CONF_LIST:
	case CONF_HOSTS:
	case CONF_PORTS:
	case CONF_CERTS:
	case CONF_TS:
	case CONF_PROPOSALS:
	case CONF_KEPT_LIST:
		return true;
	default:
		return false;
	}
}

bool conf_is_section(const char *pattern, const char *name)
{
	size_t len = strlen(pattern);

	if (len && pattern[len - 1] == '*')
		return strncmp(pattern, name, len - 1) == 0;
	return strcmp(pattern, name) == 0;
}

/* "id*" too. */
static const struct conf_option *find(const struct conf_section *section,
				      const char *name)
{
	for (size_t i = 0; i < section->n; i++)
		if (conf_is_section(section->options[i].name, name))
			return &section->options[i];
	return NULL;
}

const struct conf_option *conf_option(const struct conf_section *section,
				      const struct setting *setting,
				      struct err *err)
{
	const struct conf_option *option = find(section, setting->name);
	struct err unknown;
	int near;

	if (option)
		return option;
	near = word_find(setting->name, section->options, section->n,
			 sizeof(*section->options),
			 offsetof(struct conf_option, name), "option",
			 &unknown);
	if (near >= 0)
		setting_err(setting, err,
			    "unknown option '%.64s', did you mean '%s'?",
			    setting->name, section->options[near].name);
	else
		setting_err(setting, err, "%s", unknown.text);
	return NULL;
}

static int check_section(const struct conf_section *section,
			 const struct setting *setting, struct err *err)
{
	const struct conf_option *option = find(section, setting->name);

	for (size_t i = 0; i < section->n_sections; i++)
		if (conf_is_section(section->sections[i], setting->name))
			return 0;
	if (option)
		return setting_err(setting, err,
				   "'%.64s' is an option, write '%.64s = ...'",
				   setting->name, setting->name);
	if (section->n_sections == 0)
		return setting_err(setting, err,
				   "there are no sections in %s, so no '%.64s'",
				   section->path, setting->name);
	return setting_err(
		setting, err,
		"unknown section '%.64s' in %s, known are: %s%s%s%s%s",
		setting->name, section->path, section->sections[0],
		section->n_sections > 1 ? ", " : "",
		section->n_sections > 1 ? section->sections[1] : "",
		section->n_sections > 2 ? ", " : "",
		section->n_sections > 2 ? section->sections[2] : "");
}

int conf_check(const struct conf_section *section,
	       const struct setting *setting, struct err *err)
{
	for (const struct setting *i = setting->first; i; i = i->next) {
		const struct conf_option *option;

		if (i->kind == SETTING_SECTION) {
			if (check_section(section, i, err))
				return -1;
			continue;
		}
		if (section->others && !find(section, i->name))
			continue;
		option = conf_option(section, i, err);
		if (!option)
			return -1;
		if (i->kind == SETTING_LIST && !conf_is_list(option))
			return setting_err(i, err,
					   "'%s' is one value, not a list",
					   i->name);
	}
	return 0;
}

int conf_split(struct setting *list, const struct setting *value)
{
	const char *at = (const char *)value->data;

	for (;;) {
		size_t len = strcspn(at, ",");
		const char *end = at + len;
		const char *start = at + strspn(at, " \t\r\n");

		while (end > start && strchr(" \t\r\n", end[-1]))
			end--;
		if (end > start &&
		    !setting_new_at(list, SETTING_VALUE, NULL,
				    span_of(start, (size_t)(end - start)),
				    value))
			return -1;
		if (!at[len])
			return 0;
		at += len + 1;
	}
}

static bool is_zero(const char *text)
{
	return *text == '0' && !text[strspn(text, "0x/")];
}

/* The same by another word: "no" and "0", "0x0" and "0". */
static bool is_standard(const struct conf_option *option, const char *text)
{
	const char *standard = option->standard ? option->standard : "";

	if (strcasecmp(text, standard) == 0)
		return true;
	if (is_zero(text) && is_zero(standard))
		return true;
	return conf_yesno(text) >= 0 &&
	       conf_yesno(text) == conf_yesno(standard);
}

static int wrong(const struct conf_option *option,
		 const struct setting *setting, const struct err *why,
		 struct err *err)
{
	return setting_err(setting, err, "%s: %s", option->name, why->text);
}

/* Two in the place of one. */
static void hint_comma(const struct setting *item, struct err *why)
{
	size_t len = strlen(why->text);

	if (item->len && memchr(item->data, ' ', item->len))
		snprintf(why->text + len, sizeof(why->text) - len,
			 "; values of a list have a ',' between them");
}

static int take(const struct conf_option *option, const struct setting *setting,
		void *field, struct err *err)
{
	struct setting *parts = NULL;
	struct err why = { 0 };
	int rc = 0;

	if (!conf_is_list(option)) {
		rc = conf_value(option, span_of(setting->data, setting->len),
				field, &why);
		return rc ? wrong(option, setting, &why, err) : 0;
	}
	if (setting->kind == SETTING_VALUE) {
		parts = setting_new(NULL, SETTING_LIST, NULL, span_of(NULL, 0));
		if (!parts || conf_split(parts, setting)) {
			setting_free(parts);
			return setting_err(setting, err, "no memory");
		}
	}
	for (const struct setting *i = parts ? parts->first : setting->first;
	     i && !rc; i = i->next) {
		rc = conf_value(option, span_of(i->data, i->len), field, &why);
		if (rc)
			hint_comma(i, &why);
	}
	setting_free(parts);
	return rc ? wrong(option, setting, &why, err) : 0;
}

static int refuse(const struct conf_option *option,
		  const struct setting *setting, struct err *err)
{
	if (setting->kind == SETTING_VALUE &&
	    is_standard(option, (const char *)setting->data))
		return 0;
	return setting_err(setting, err, "'%s' is not for adit: %s",
			   option->name, option->refused);
}

static int fill_one(const struct conf_option *option,
		    const struct setting *setting, void *field, struct err *err)
{
	struct setting standard = { .kind = SETTING_VALUE };

	conf_value_init(option, field);
	/* Empty in a message, it would have been cleared in a file. */
	if (setting && (setting->kind != SETTING_VALUE || setting->len))
		return take(option, setting, field, err);
	if (!option->standard)
		return 0;
	/* It is only read. */
	memcpy(&standard.data, &option->standard, sizeof(standard.data));
	standard.len = strlen(option->standard);
	return take(option, &standard, field, err);
}

int conf_fill(const struct conf_section *section, const struct setting *setting,
	      void *object, struct err *err)
{
	if (conf_check(section, setting, err))
		return -1;
	for (size_t i = 0; i < section->n; i++) {
		const struct conf_option *option = &section->options[i];
		const struct setting *value =
			setting_find(setting, option->name);

		switch (option->type) {
		case CONF_KEPT:
		case CONF_KEPT_LIST:
		case CONF_IGNORED:
			break;
		case CONF_REFUSED:
			if (value && refuse(option, value, err))
				return -1;
			break;
		default:
			if (fill_one(option, value,
				     (char *)object + option->offset, err))
				return -1;
			break;
		}
	}
	return 0;
}
