/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Settings: sections of values, lists and sections, which is what both
 * swanctl.conf and VICI consist of. A file and a message become the same tree,
 * so that one table of options reads both.
 */
#ifndef ADIT_SETTING_H
#define ADIT_SETTING_H

#include "err.h"
#include "span.h"

enum setting_kind {
	SETTING_SECTION,
	SETTING_VALUE,
	SETTING_LIST, /* its items are values without names */
};

struct setting {
	struct setting *next; /* of the same section or list */
	struct setting *first;
	struct setting *last;
	enum setting_kind kind;
	char *name; /* NULL for an item of a list */
	/* Of a value; with a NUL behind it, and perhaps others in it. */
	uint8_t *data;
	size_t len;
	/* Where it was written; NULL and 0 if in no file. */
	char *file;
	unsigned int line;
};

/* NULL without memory. Appended to @parent, unless that is NULL. */
struct setting *setting_new(struct setting *parent, enum setting_kind kind,
			    const char *name, struct span value);

/*
 * The same in the place where @like was written. A copy is one of all that is
 * in it. NULL without memory.
 */
struct setting *setting_new_at(struct setting *parent, enum setting_kind kind,
			       const char *name, struct span value,
			       const struct setting *like);
struct setting *setting_copy(struct setting *parent,
			     const struct setting *setting);

/* Take @item out of its section or list; it is the caller's then. */
void setting_take(struct setting *parent, struct setting *item);

/* Put @by where @item is, which is freed. */
void setting_replace(struct setting *parent, struct setting *item,
		     struct setting *by);

/* With all that is in it, whose octets are wiped: they may be secrets. */
void setting_free(struct setting *setting);

/* What @section has of that name, or NULL. */
struct setting *setting_find(const struct setting *section, const char *name);

/* The text of a value; @otherwise if there is none. */
const char *setting_text(const struct setting *section, const char *name,
			 const char *otherwise);

/* Set an error that begins with FILE:LINE, where there is one; always -1. */
int setting_err(const struct setting *setting, struct err *err, const char *fmt,
		...) PRINTF_LIKE(3, 4);

#endif
