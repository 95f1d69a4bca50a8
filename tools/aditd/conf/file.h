/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Configuration files in the syntax of strongswan.conf(5), as one tree of
 * settings: repeated sections are one, later values replace earlier ones,
 * sections have what they inherit, and values that were cleared are not there.
 */
#ifndef ADITD_CONF_FILE_H
#define ADITD_CONF_FILE_H

#include <sys/types.h>

#include "../../lib/buf.h"
#include "../../lib/setting.h"

enum {
	CONF_DEPTH_MAX = 12, /* sections in sections */
	CONF_INCLUDE_MAX = 10, /* files that include each other */
	CONF_FILES_MAX = 1024,
	CONF_TEXT_MAX = 16 * 1024 * 1024, /* octets of all files */
	CONF_SETTINGS_MAX = 500000, /* with what is inherited */
};

/* The files that were read. */
struct conf_files {
	size_t n;
	size_t octets;
	struct conf_file {
		char *path;
		mode_t mode;
		uid_t owner;
	} * list;
};

/* Append all that is in it; -1 with errno, EFBIG if it is more than @max. */
int conf_read_fd(int fd, size_t max, struct buf *data);

/* Add what is in the file, and in what it includes, to @root. */
int conf_file_read(struct setting *root, const char *path,
		   struct conf_files *files, struct err *err);
void conf_files_free(struct conf_files *files);

/* NULL if it was not read. */
const struct conf_file *conf_files_find(const struct conf_files *files,
					const char *path);

/* Once all is read: put in what sections inherit, take out what was cleared. */
int conf_inherit(struct setting *root, struct err *err);

/*
 * The syntax alone; pure. @include is called for each pattern, to read into
 * @section what it means.
 */
struct conf_parse {
	const char *file; /* what to call it */
	int (*include)(void *arg, struct setting *section, const char *pattern,
		       const struct setting *where, struct err *err);
	void *arg;
};

int conf_parse(struct setting *root, struct span text,
	       const struct conf_parse *how, struct err *err);

/*
 * The name of the list in a section of those that it inherits from, until
 * conf_inherit() has done that. Nothing in a file can have this name.
 */
#define CONF_INHERITS ""

#endif
