/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finding the word that somebody meant, in any table that has words. */
#ifndef ADIT_WORD_H
#define ADIT_WORD_H

#include <stddef.h>

#include "err.h"

/* Insertions, deletions, changes and swapped neighbours between two words. */
unsigned int word_distance(const char *a, const char *b);

/*
 * The row whose word is @word, or else the only one that begins with it. The
 * rows are @size octets apart and have a `const char *` at @offset; a NULL
 * there is skipped. On -1 the error calls the word a @what, and suggests the
 * nearest or lists them all.
 */
int word_find(const char *word, const void *rows, size_t n, size_t size,
	      size_t offset, const char *what, struct err *err);

#endif
