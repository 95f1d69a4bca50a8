/* SPDX-License-Identifier: GPL-2.0-or-later */
/* JSON and text of objects, both out of their rows (see lib/field.h). */
#ifndef ADIT_PRINT_H
#define ADIT_PRINT_H

#include <json-c/json.h>

#include "cmd.h"

/* Keys are the contract's names. */
struct json_object *json_of(const struct field_set *set, const void *obj);

void json_add_fields(struct json_object *json, const struct field_set *set,
		     const void *obj);

/* Add the member; @value belongs to @obj then. */
void json_add(struct json_object *obj, const char *key,
	      struct json_object *value);

/* One line, or many if pretty; frees @json. */
void print_json(const struct run *run, struct json_object *json);

/*
 * An array that is printed while it grows: begin, any number of items, end.
 */
void print_json_begin(const struct run *run);
void print_json_item(const struct run *run, struct json_object *json);
void print_json_end(const struct run *run);

enum color {
	COLOR_NONE,
	COLOR_GOOD,
	COLOR_WARN,
	COLOR_BAD,
	COLOR_NAME,
	COLOR_FAINT,
};

/* "always", "never" or "auto": a terminal, and NO_COLOR is not set. */
int print_set_color(const char *when, struct err *err);

/* Text in a colour, with @width for blanks behind it; 0 for none. */
void print_colored(enum color color, int width, const char *text);

/* When a part of a line is shown. */
enum part_when {
	PART_IF_SET, /* not if it is 0 or empty */
	PART_IF_THERE,
};

/* A part of a line: words around a field, or what a function makes of it. */
struct part {
	uint16_t attr; /* 0 if only the function knows */
	uint8_t when;
	const char *before;
	const char *after;
	/* Returns a text, in @buf or elsewhere; "" for nothing. */
	const char *(*show)(const void *obj, char buf[FIELD_TEXT_SIZE]);
};

/* The part of the object, "" if there is nothing to say. Returns @buf. */
enum { PART_SIZE = 256 };
const char *part_show(const struct part *part, const struct field_set *set,
		      const void *obj, char buf[PART_SIZE]);

/* All parts that say something, each with @separator in front. */
void print_parts(const struct part *parts, size_t n,
		 const struct field_set *set, const void *obj,
		 const char *separator);

/*
 * The same for several objects, in columns. @after, which may be NULL, prints
 * what comes below an object's line.
 */
void print_table(const struct part *parts, size_t n,
		 const struct field_set *set, const void *objs, size_t n_objs,
		 int indent, void (*after)(const void *obj));

/* " name value" for each field of an event. */
void print_event(const struct field_set *set, const void *obj);

enum {
	STATS_TX = 1 << 0,
	STATS_RX = 1 << 1,
};

/* Counters of those directions on a line, and a line for each drop reason. */
void print_stats(const struct adit_stats *stats, unsigned int directions,
		 int indent);

#endif
