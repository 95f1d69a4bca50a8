// SPDX-License-Identifier: GPL-2.0-or-later
/* See word.h. */
#include "word.h"

#include <stdio.h>
#include <string.h>

enum {
	/* Longer words are not ours, and nobody mistypes them. */
	MAX_WORD = 31,
	/* So many words are listed when none is near. */
	MAX_LISTED = 20,
};

static unsigned int min(unsigned int a, unsigned int b)
{
	return a < b ? a : b;
}

/* Optimal string alignment, the restricted Damerau-Levenshtein distance. */
unsigned int word_distance(const char *a, const char *b)
{
	unsigned int d[MAX_WORD + 1][MAX_WORD + 1];
	size_t la = strnlen(a, MAX_WORD);
	size_t lb = strnlen(b, MAX_WORD);

	for (size_t i = 0; i <= la; i++)
		d[i][0] = (unsigned int)i;
	for (size_t j = 0; j <= lb; j++)
		d[0][j] = (unsigned int)j;
	for (size_t i = 1; i <= la; i++) {
		for (size_t j = 1; j <= lb; j++) {
			unsigned int change = a[i - 1] != b[j - 1];

			d[i][j] = min(min(d[i - 1][j], d[i][j - 1]) + 1,
				      d[i - 1][j - 1] + change);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1])
				d[i][j] = min(d[i][j], d[i - 2][j - 2] + 1);
		}
	}
	return d[la][lb];
}

struct table {
	const char *rows;
	size_t n, size, offset;
};

static const char *word_of(const struct table *table, size_t row)
{
	const char *const *word =
		(const void *)(table->rows + row * table->size + table->offset);

	return *word;
}

/*
 * NULL if nothing is near enough to be what was meant: of a single letter
 * nothing would be left.
 */
static const char *nearest(const char *word, const struct table *table)
{
	unsigned int len = (unsigned int)strnlen(word, MAX_WORD);
	unsigned int best = len > 1 ? 1 + len / 3 : 0;
	const char *found = NULL;

	for (size_t i = 0; i < table->n; i++) {
		const char *known = word_of(table, i);
		unsigned int distance;

		if (!known)
			continue;
		distance = word_distance(word, known);
		if (distance > best || (found && distance == best))
			continue;
		best = distance;
		found = known;
	}
	return found;
}

/* @prefix NULL for all words. */
static void list(char *buf, size_t size, const struct table *table,
		 const char *prefix)
{
	size_t prefix_len = prefix ? strlen(prefix) : 0;
	unsigned int listed = 0;
	size_t len = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < table->n && len < size; i++) {
		const char *known = word_of(table, i);

		if (!known ||
		    (prefix && strncmp(known, prefix, prefix_len) != 0))
			continue;
		if (listed++ == MAX_LISTED) {
			snprintf(buf + len, size - len, ", ...");
			break;
		}
		len += (size_t)snprintf(buf + len, size - len, "%s%s",
					len ? ", " : "", known);
	}
}

static int unknown(const char *word, const struct table *table,
		   const char *what, struct err *err)
{
	const char *near = nearest(word, table);
	char all[384];

	if (near)
		return err_set(err, ERR_USAGE,
			       "unknown %s '%.64s', did you mean '%s'?", what,
			       word, near);
	list(all, sizeof(all), table, NULL);
	return err_set(err, ERR_USAGE, "unknown %s '%.64s', known are: %s",
		       what, word, all);
}

int word_find(const char *word, const void *rows, size_t n, size_t size,
	      size_t offset, const char *what, struct err *err)
{
	const struct table table = { rows, n, size, offset };
	size_t len = strlen(word);
	unsigned int hits = 0;
	int found = -1;
	char some[384];

	for (size_t i = 0; i < n; i++) {
		const char *known = word_of(&table, i);

		if (!known || strncmp(known, word, len) != 0)
			continue;
		if (!known[len])
			return (int)i;
		hits++;
		found = (int)i;
	}
	if (hits == 1 && len)
		return found;
	if (!hits || !len)
		return unknown(word, &table, what, err);
	list(some, sizeof(some), &table, word);
	return err_set(err, ERR_USAGE, "%s '%s' may be: %s", what, word, some);
}
