/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Key files: up to two hexadecimal words, the keymat of the encryption (the
 * key and, behind it, the salt) and the key of the integrity algorithm. Blanks
 * and lines do not matter; # starts a comment.
 */
#ifndef ADIT_KEYFILE_H
#define ADIT_KEYFILE_H

#include <stddef.h>

#include "field.h"

enum {
	KEYFILE_WORDS = 2,
	KEYFILE_SIZE_MAX = 4096,
};

struct keyfile {
	size_t n;
	struct secret words[KEYFILE_WORDS];
};

/* Pure. The error never repeats what is in the text. */
int keyfile_parse(struct keyfile *keys, const char *text, size_t len,
		  struct err *err);

/*
 * Read the file, "-" for standard input, and parse it. A file that others can
 * read is refused. Nothing of it stays in memory but @keys.
 */
int keyfile_read(struct keyfile *keys, const char *path, struct err *err);

void keyfile_wipe(struct keyfile *keys);

#endif
