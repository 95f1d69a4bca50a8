// SPDX-License-Identifier: GPL-2.0-or-later
/* See print.h. */
#include "print.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../lib/quantity.h"

static bool colored;

int print_set_color(const char *when, struct err *err)
{
	const char *no_color = getenv("NO_COLOR");

	if (strcmp(when, "always") == 0)
		colored = true;
	else if (strcmp(when, "never") == 0)
		colored = false;
	else if (strcmp(when, "auto") == 0)
		colored = isatty(STDOUT_FILENO) && !(no_color && *no_color);
	else
		return err_set(err, ERR_USAGE,
			       "colour is always, never or auto, not '%.32s'",
			       when);
	return 0;
}

void print_colored(enum color color, int width, const char *text)
{
	static const char *const codes[] = {
		[COLOR_NONE] = "",	   [COLOR_GOOD] = "\033[32m",
		[COLOR_WARN] = "\033[33m", [COLOR_BAD] = "\033[1;31m",
		[COLOR_NAME] = "\033[1m",  [COLOR_FAINT] = "\033[2m",
	};
	int pad = width - (int)strlen(text);

	if (colored && color != COLOR_NONE)
		printf("%s%s\033[0m", codes[color], text);
	else
		fputs(text, stdout);
	if (pad > 0)
		printf("%*s", pad, "");
}

const char *part_show(const struct part *part, const struct field_set *set,
		      const void *obj, char buf[PART_SIZE])
{
	const struct field *field = part->attr ? field_find(set, part->attr) :
						 NULL;
	char text[FIELD_TEXT_SIZE];
	const char *shown;

	buf[0] = '\0';
	if (field) {
		if (!field_has(obj, part->attr))
			return buf;
		if (part->when == PART_IF_SET && field_is_number(field) &&
		    !field_number(field, obj))
			return buf;
	}
	if (part->show)
		shown = part->show(obj, text);
	else
		shown = field ? field_show(field, obj, text) : "";
	if (*shown)
		snprintf(buf, PART_SIZE, "%s%s%s",
			 part->before ? part->before : "", shown,
			 part->after ? part->after : "");
	return buf;
}

void print_parts(const struct part *parts, size_t n,
		 const struct field_set *set, const void *obj,
		 const char *separator)
{
	char buf[PART_SIZE];

	for (size_t i = 0; i < n; i++)
		if (*part_show(&parts[i], set, obj, buf))
			printf("%s%s", separator, buf);
}

static void print_row(const struct part *parts, size_t n, const int *widths,
		      const struct field_set *set, const void *obj, int indent)
{
	char buf[PART_SIZE];
	int pending = indent;
	bool any = false;

	/* Blanks only in front of something, never at the end of a line. */
	for (size_t i = 0; i < n; i++) {
		if (!widths[i])
			continue;
		part_show(&parts[i], set, obj, buf);
		if (*buf) {
			printf("%*s%s", pending, "", buf);
			pending = 0;
			any = true;
		}
		pending += widths[i] - (int)strlen(buf) + 2;
	}
	if (any)
		putchar('\n');
}

void print_table(const struct part *parts, size_t n,
		 const struct field_set *set, const void *objs, size_t n_objs,
		 int indent, void (*after)(const void *obj))
{
	enum { MAX_PARTS = 24 };
	const char *obj = objs;
	int widths[MAX_PARTS] = { 0 };
	char buf[PART_SIZE];

	if (n > MAX_PARTS)
		n = MAX_PARTS;
	for (size_t i = 0; i < n_objs; i++) {
		for (size_t j = 0; j < n; j++) {
			int len = (int)strlen(part_show(
				&parts[j], set, obj + i * set->size, buf));

			if (len > widths[j])
				widths[j] = len;
		}
	}
	for (size_t i = 0; i < n_objs; i++, obj += set->size) {
		print_row(parts, n, widths, set, obj, indent);
		if (after)
			after(obj);
	}
}

static void print_list(const struct field *field, const void *obj)
{
	const struct field_list *list = field_at_const(field, obj);
	const struct adit_selector *ts = list->items;
	char buf[SELECTOR_TEXT_SIZE];

	for (size_t i = 0; i < list->n && field->look == LOOK_SELECTOR; i++)
		printf("%s%s", i ? "," : "", selector_show(&ts[i], buf));
}

/* An interface by its name, which stands in for its number. */
static bool is_shown(const struct field_set *set, const struct field *field,
		     const void *obj)
{
	const struct field *name = field_find_name(set, "ifname");

	if (!field_has(obj, field->attr) || field->wire == WIRE_NEST ||
	    field->wire == WIRE_SECRET)
		return false;
	return field->look != LOOK_IFINDEX || !name ||
	       !field_has(obj, name->attr);
}

void print_event(const struct field_set *set, const void *obj)
{
	char buf[FIELD_TEXT_SIZE];

	for (size_t i = 0; i < set->n; i++) {
		const struct field *field = &set->rows[i];
		const char *name = field_name(set, field->attr);

		if (!is_shown(set, field, obj))
			continue;
		if (field->look == LOOK_IFINDEX || strcmp(name, "ifname") == 0)
			name = "dev";
		printf(" %s ", name);
		if (field->wire == WIRE_NESTS)
			print_list(field, obj);
		else
			fputs(field_show(field, obj, buf), stdout);
	}
}

static void print_flow(const char *word, uint64_t packets, uint64_t bytes)
{
	char text[QUANTITY_TEXT_SIZE];

	printf("%s %" PRIu64 " packets %s octets", word, packets,
	       quantity_bytes_near(bytes, text));
}

static void print_drop(const struct adit_drop_count *drop, int indent)
{
	const struct name *name = names_find(&names_drop, drop->reason);
	char number[16];

	printf("%*sdropped %-8" PRIu64 " ", indent, "", drop->packets);
	print_colored(COLOR_WARN, name ? 20 : 0,
		      names_show(&names_drop, drop->reason, number,
				 sizeof(number)));
	printf("%s%s\n", name ? " " : "", name ? name->text : "");
}

void print_stats(const struct adit_stats *stats, unsigned int directions,
		 int indent)
{
	const struct adit_drop_count *drops = stats->drop.items;

	if (!stats->has)
		return;
	printf("%*s", indent, "");
	if (directions & STATS_TX)
		print_flow("tx", stats->tx_packets, stats->tx_bytes);
	if (directions == (STATS_TX | STATS_RX))
		fputs(", ", stdout);
	if (directions & STATS_RX)
		print_flow("rx", stats->rx_packets, stats->rx_bytes);
	putchar('\n');
	for (size_t i = 0; i < stats->drop.n; i++)
		print_drop(&drops[i], indent);
}
