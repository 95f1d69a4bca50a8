// SPDX-License-Identifier: GPL-2.0-or-later
/* See batch.h. */
#include "batch.h"

#include <stdlib.h>
#include <string.h>

#include "../lib/err.h"

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

int batch_split(char *line, char *words[BATCH_MAX_WORDS + 1])
{
	char quote = '\0';
	char *to = line;
	int n = 0;

	while (true) {
		while (is_blank(*line))
			line++;
		if (!*line || *line == '#')
			break;
		if (n == BATCH_MAX_WORDS)
			return -1;
		words[n++] = to;
		for (; *line && (quote || !is_blank(*line)); line++) {
			if (quote && *line == quote)
				quote = '\0';
			else if (!quote && (*line == '"' || *line == '\''))
				quote = *line;
			else
				*to++ = *line;
		}
		if (quote)
			return -1;
		if (*line)
			line++;
		*to++ = '\0';
	}
	words[n] = NULL;
	return n;
}

/* One line with those that a \ joins to it; NULL at the end. */
static char *read_line(FILE *file, char **buf, size_t *size,
		       unsigned int *number)
{
	size_t len = 0;

	do {
		char *more = NULL;
		size_t more_size = 0;
		ssize_t n = getline(&more, &more_size, file);

		if (n < 0) {
			free(more);
			return len ? *buf : NULL;
		}
		++*number;
		if (len + (size_t)n + 1 > *size) {
			char *grown = realloc(*buf, len + (size_t)n + 1);

			if (!grown) {
				free(more);
				return NULL;
			}
			*buf = grown;
			*size = len + (size_t)n + 1;
		}
		memcpy(*buf + len, more, (size_t)n + 1);
		len += (size_t)n;
		free(more);
		if (len < 2 || strcmp(*buf + len - 2, "\\\n") != 0)
			return *buf;
		len -= 2;
		(*buf)[len] = '\0';
	} while (true);
}

int batch_run(FILE *file, bool go_on,
	      int (*line)(int argc, char **argv, unsigned int number,
			  void *arg),
	      void *arg)
{
	char *words[BATCH_MAX_WORDS + 1];
	unsigned int number = 0;
	char *buf = NULL;
	size_t size = 0;
	int first = 0;

	while (read_line(file, &buf, &size, &number)) {
		int argc = batch_split(buf, words);
		int rc = argc ? line(argc, words, number, arg) : 0;

		if (!first)
			first = rc;
		if (rc && !go_on)
			break;
	}
	free(buf);
	return first;
}
