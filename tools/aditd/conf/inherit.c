// SPDX-License-Identifier: GPL-2.0-or-later
/* What sections inherit from others, of strongswan.conf(5). Pure. */
#include <stdlib.h>

#include "file.h"

/* So many sections may inherit from each other in a row. */
enum { CHAIN_MAX = 32 };

struct inherit {
	struct setting *root;
	const struct setting *busy[CHAIN_MAX + CONF_DEPTH_MAX];
	unsigned int n; /* of those whose inheritance is not complete yet */
	size_t settings; /* copied so far */
	struct err *err;
};

static int resolve(struct inherit *inherit, struct setting *section);

static bool is_busy(const struct inherit *inherit,
		    const struct setting *section)
{
	for (unsigned int i = 0; i < inherit->n; i++)
		if (inherit->busy[i] == section)
			return true;
	return false;
}

static bool is_in(const struct setting *section, const struct setting *what)
{
	if (section == what)
		return true;
	for (const struct setting *i = section->first; i; i = i->next)
		if (is_in(i, what))
			return true;
	return false;
}

/* Names may have dots in them, so it is no use to cut at those. */
static struct setting *find(struct setting *section, const char *path)
{
	for (struct setting *i = section->first; i; i = i->next) {
		size_t len = i->name ? strlen(i->name) : 0;
		struct setting *found;

		if (i->kind != SETTING_SECTION || !len ||
		    strncmp(path, i->name, len) != 0)
			continue;
		if (!path[len])
			return i;
		if (path[len] != '.')
			continue;
		found = find(i, path + len + 1);
		if (found)
			return found;
	}
	return NULL;
}

/* What @to has itself comes first, and wins. */
static int merge(struct inherit *inherit, struct setting *to,
		 const struct setting *from, unsigned int depth)
{
	if (depth == CONF_DEPTH_MAX)
		return setting_err(from, inherit->err,
				   "what is inherited is nested too deep");
	for (const struct setting *i = from->first; i; i = i->next) {
		struct setting *own = setting_find(to, i->name);

		if (++inherit->settings > CONF_SETTINGS_MAX)
			return setting_err(
				to, inherit->err,
				"with what is inherited the configuration has more than %d settings",
				CONF_SETTINGS_MAX);
		if (own && own->kind != i->kind)
			return setting_err(
				own, inherit->err,
				"'%s' is a section in one place and a value in the other, at %s:%u",
				own->name, i->file ? i->file : "", i->line);
		if (own && own->kind != SETTING_SECTION)
			continue;
		if (!own)
			own = setting_new_at(to, i->kind, i->name,
					     span_of(i->data, i->len), i);
		if (!own)
			return setting_err(to, inherit->err, "no memory");
		if (own->kind == SETTING_SECTION &&
		    merge(inherit, own, i, depth + 1))
			return -1;
	}
	return 0;
}

static int inherit_from(struct inherit *inherit, struct setting *section,
			const struct setting *name)
{
	struct setting *from = find(inherit->root, (const char *)name->data);

	if (!from)
		return setting_err(
			name, inherit->err,
			"'%s' is to inherit from '%.64s', but there is no such section; names begin at the top, as in connections.NAME",
			section->name, (const char *)name->data);
	if (is_busy(inherit, from) || is_in(section, from))
		return setting_err(
			name, inherit->err,
			"'%s' inherits from itself by way of '%.64s'",
			section->name, (const char *)name->data);
	if (resolve(inherit, from))
		return -1;
	return merge(inherit, section, from, 0);
}

/* Each list is taken out, so that a section is done once. */
static int resolve_list(struct inherit *inherit, struct setting *section)
{
	struct setting *list = setting_find(section, CONF_INHERITS);
	int rc = 0;

	if (!list)
		return 0;
	setting_take(section, list);
	for (const struct setting *i = list->first; i && !rc; i = i->next)
		rc = inherit_from(inherit, section, i);
	setting_free(list);
	return rc;
}

static int resolve(struct inherit *inherit, struct setting *section)
{
	int rc = 0;

	if (is_busy(inherit, section))
		return setting_err(section, inherit->err,
				   "'%s' inherits from what it is part of",
				   section->name);
	if (inherit->n == CHAIN_MAX + CONF_DEPTH_MAX)
		return setting_err(section, inherit->err,
				   "too many sections inherit in a row");
	inherit->busy[inherit->n++] = section;
	for (struct setting *i = section->first; i && !rc; i = i->next)
		if (i->kind == SETTING_SECTION)
			rc = resolve(inherit, i);
	if (!rc)
		rc = resolve_list(inherit, section);
	inherit->n--;
	return rc;
}

/* A value without text clears one that is inherited, and is none itself. */
static void drop_cleared(struct setting *section)
{
	struct setting *item = section->first, *after;

	for (; item; item = after) {
		after = item->next;
		if (item->kind == SETTING_SECTION) {
			drop_cleared(item);
		} else if (item->kind == SETTING_VALUE && !item->len) {
			setting_take(section, item);
			setting_free(item);
		}
	}
}

int conf_inherit(struct setting *root, struct err *err)
{
	struct inherit inherit = { .root = root, .err = err };

	if (resolve(&inherit, root))
		return -1;
	drop_cleared(root);
	return 0;
}
