// SPDX-License-Identifier: GPL-2.0-or-later
/* Configuration files, and the files that they include. */
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../lib/buf.h"

struct reading {
	struct conf_files *files;
	const char *path; /* of the file that is read */
	unsigned int depth;
};

const struct conf_file *conf_files_find(const struct conf_files *files,
					const char *path)
{
	for (size_t i = 0; i < files->n; i++)
		if (strcmp(files->list[i].path, path) == 0)
			return &files->list[i];
	return NULL;
}

void conf_files_free(struct conf_files *files)
{
	for (size_t i = 0; i < files->n; i++)
		free(files->list[i].path);
	free(files->list);
	*files = (struct conf_files){ 0 };
}

static int remember(struct conf_files *files, const char *path,
		    const struct stat *st, struct err *err)
{
	struct conf_file *list;
	char *copy;

	if (files->n == CONF_FILES_MAX)
		return err_set(
			err, ERR_USAGE,
			"%s: more than %d files, does it include itself?", path,
			CONF_FILES_MAX);
	list = realloc(files->list, (files->n + 1) * sizeof(*list));
	if (list)
		files->list = list;
	copy = strdup(path);
	if (!list || !copy) {
		free(copy);
		return err_set(err, ERR_USAGE, "%s: no memory", path);
	}
	list[files->n++] = (struct conf_file){ .path = copy,
					       .mode = st->st_mode,
					       .owner = st->st_uid };
	return 0;
}

int conf_read_fd(int fd, size_t max, struct buf *data)
{
	ssize_t got;

	do {
		char part[16384];

		got = read(fd, part, sizeof(part));
		if (got > 0)
			buf_add(data, part, (size_t)got);
		explicit_bzero(part, sizeof(part));
		if (data->len > max) {
			errno = EFBIG;
			return -1;
		}
	} while (got > 0 || (got < 0 && errno == EINTR));
	if (data->failed)
		errno = ENOMEM;
	return got || data->failed ? -1 : 0;
}

/* O_NONBLOCK, so that a fifo does not stop the daemon. */
static int slurp(struct conf_files *files, const char *path, struct buf *text,
		 struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	int rc;

	if (fd < 0)
		return err_set(err, ERR_USAGE, "%s: %s", path, strerror(errno));
	if (fstat(fd, &st) || !S_ISREG(st.st_mode)) {
		close(fd);
		return err_set(err, ERR_USAGE, "%s: not a file", path);
	}
	rc = remember(files, path, &st, err);
	if (!rc && conf_read_fd(fd, CONF_TEXT_MAX - files->octets, text))
		rc = err_set(err, ERR_USAGE, "%s: %s", path, strerror(errno));
	if (!rc)
		files->octets += text->len;
	close(fd);
	return rc;
}

static int read_file(struct setting *section, struct reading *reading,
		     struct err *err);

/* Relative to the file that has the pattern. */
static char *absolute(const char *pattern, const char *beside)
{
	const char *slash = strrchr(beside, '/');
	char *path;

	if (*pattern == '/' || !slash)
		return strdup(pattern);
	if (asprintf(&path, "%.*s/%s", (int)(slash - beside), beside, pattern) <
	    0)
		return NULL;
	return path;
}

static int include(void *arg, struct setting *section, const char *pattern,
		   const struct setting *where, struct err *err)
{
	const struct reading *reading = arg;
	char *path = absolute(pattern, reading->path);
	glob_t found = { 0 };
	int rc;

	if (!path)
		return setting_err(where, err, "no memory");
	rc = glob(path, 0, NULL, &found);
	if (rc && rc != GLOB_NOMATCH)
		rc = setting_err(where, err, "cannot look for '%s': %s", path,
				 strerror(errno));
	else if (rc && strpbrk(pattern, "*?["))
		rc = 0; /* conf.d may be empty */
	else if (rc)
		rc = setting_err(where, err, "there is no file '%s'", path);
	else if (reading->depth + 1 == CONF_INCLUDE_MAX)
		rc = setting_err(where, err,
				 "files include each other too deep");
	for (size_t i = 0; !rc && i < found.gl_pathc; i++) {
		struct reading inner = { .files = reading->files,
					 .path = found.gl_pathv[i],
					 .depth = reading->depth + 1 };

		rc = read_file(section, &inner, err);
	}
	globfree(&found);
	free(path);
	return rc;
}

static int read_file(struct setting *section, struct reading *reading,
		     struct err *err)
{
	const struct conf_parse how = { .file = reading->path,
					.include = include,
					.arg = reading };
	struct buf text = BUF_INIT;
	int rc = slurp(reading->files, reading->path, &text, err);

	if (!rc)
		rc = conf_parse(section, buf_span(&text), &how, err);
	buf_free(&text);
	return rc;
}

int conf_file_read(struct setting *root, const char *path,
		   struct conf_files *files, struct err *err)
{
	struct reading reading = { .files = files, .path = path };

	return read_file(root, &reading, err);
}
