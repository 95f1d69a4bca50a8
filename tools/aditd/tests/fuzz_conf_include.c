// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Files that include each other, then what inherits, then connections; also as
 * the daemon's commands. Files are cut by octets of 0, their names are the digits.
 */
#include <stdint.h>
#include <stdlib.h>

#include "../conf/conn.h"
#include "../conf/file.h"

enum { FILES = 10, DEPTH = 4, INCLUDES = 64 };

static struct {
	struct span files[FILES];
	size_t n;
	unsigned int depth, includes;
} input;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void cut(struct span rest)
{
	input.n = 0;
	while (input.n < FILES && rest.len) {
		const uint8_t *end = memchr(rest.data, 0, rest.len);
		size_t len = end ? (size_t)(end - rest.data) : rest.len;

		input.files[input.n++] = span_of(rest.data, len);
		len += end != NULL;
		rest = span_of(rest.data + len, rest.len - len);
	}
}

static int include(void *arg, struct setting *section, const char *pattern,
		   const struct setting *where, struct err *err)
{
	const struct conf_parse how = { .file = pattern, .include = include };
	unsigned int at = (unsigned int)*pattern - '0';
	int rc;

	(void)arg;
	if (at >= input.n || input.depth == DEPTH || input.includes == INCLUDES)
		return setting_err(where, err, "there is no file '%s'",
				   pattern);
	input.depth++;
	input.includes++;
	rc = conf_parse(section, input.files[at], &how, err);
	input.depth--;
	return rc;
}

static void read_conns(const struct setting *root)
{
	const struct setting *conns = setting_find(root, "connections");
	struct conn *conn;
	struct err err;

	for (const struct setting *i = conns ? conns->first : NULL; i;
	     i = i->next)
		if (i->kind == SETTING_SECTION &&
		    !conf_conn_read(i, &conn, &err))
			conn_put(conn);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct setting *root =
		setting_new(NULL, SETTING_SECTION, NULL, span_of(NULL, 0));
	const struct conf_parse how = { .file = "0", .include = include };
	struct err err = { 0 };

	cut(span_of(data, size));
	input.depth = input.includes = 0;
	if (!input.n)
		err_set(&err, ERR_USAGE, "nothing");
	else if (!conf_parse(root, input.files[0], &how, &err) &&
		 !conf_inherit(root, &err))
		read_conns(root);
	else if (!*err.text)
		abort();
	setting_free(root);
	return 0;
}
