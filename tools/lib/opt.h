/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The words of a command as rows. Parsing, usage, help and completion are
 * made of the same rows.
 */
#ifndef ADIT_OPT_H
#define ADIT_OPT_H

#include "field.h"

enum {
	OPT_REQUIRED = 1 << 0,
	/* May stand without its word; several such in the order of the rows. */
	OPT_PLAIN = 1 << 1,
	/* Works, but is not shown: an alias of the row above. */
	OPT_ALIAS = 1 << 2,
};

struct opt {
	const char *word;
	const char *arg; /* what follows, for the usage; NULL for nothing */
	const char *help;
	unsigned int flags;

	/* The attribute that is set, of the object at that offset ... */
	const struct field_set *set;
	uint16_t attr;
	uint16_t offset;
	uint64_t value; /* if no argument follows */

	/* ... or else what takes the argument, the attribute may be NULL. */
	int (*parse)(const struct opt *opt, void *args, const char *arg,
		     struct err *err);
};

struct opts {
	const struct opt *rows;
	size_t n;
};

/* Read argv into @args, which the rows' offsets are relative to. */
int opt_parse(const struct opts *opts, int argc, char **argv, void *args,
	      struct err *err);

/* "Usage: COMMAND DEV [ id ID ] ...", wrapped at 80 columns. */
void opt_usage(const struct opts *opts, const char *command, char *buf,
	       size_t size);

/* One line for each word. */
void opt_help(const struct opts *opts, char *buf, size_t size);

/*
 * What may come next: a word, or NULL for the argument of the row, if its
 * words are not known here.
 */
typedef void (*opt_offer_fn)(const struct opt *opt, const char *word,
			     void *arg);

/*
 * Offer what may come after the words in argv. What they say already is put
 * into @obj, but by rows without a function of their own.
 */
void opt_complete(const struct opts *opts, int argc, char **argv, void *obj,
		  opt_offer_fn offer, void *arg);

#endif
