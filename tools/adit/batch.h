/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Many commands, one a line. */
#ifndef ADIT_BATCH_H
#define ADIT_BATCH_H

#include <stdbool.h>
#include <stdio.h>

/*
 * Run each line of the file. Words are split at blanks, "..." and '...' keep
 * them, # starts a comment, a \ at the end goes on in the next line. @line gets
 * an argc of -1 for one that can't be split. Returns the exit code of the first
 * line that failed.
 */
int batch_run(FILE *file, bool go_on,
	      int (*line)(int argc, char **argv, unsigned int number,
			  void *arg),
	      void *arg);

enum { BATCH_MAX_WORDS = 256 };

/* Splits the line in place; -1 for an open quote or too many words. Pure. */
int batch_split(char *line, char *words[BATCH_MAX_WORDS + 1]);

#endif
