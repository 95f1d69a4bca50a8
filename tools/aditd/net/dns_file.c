// SPDX-License-Identifier: GPL-2.0-or-later
/* See dns_file.h. */
#include "dns_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_MAX = 256 * 1024 };

static const char begins[] = "# Name servers of aditd, process ";
static const char ends[] = "# End of aditd's, process ";

/* The next line with its end. */
static struct span take_line(struct span *text)
{
	const uint8_t *end = memchr(text->data, '\n', text->len);
	struct span line = { 0 };

	span_take(text, end ? (size_t)(end - text->data) + 1 : text->len,
		  &line);
	return line;
}

/* The process that such a line names, 0 if it is none. */
static pid_t named(struct span line, const char *mark)
{
	char text[128];
	size_t len = strlen(mark);

	if (line.len <= len || line.len >= sizeof(text) ||
	    memcmp(line.data, mark, len) != 0)
		return 0;
	memcpy(text, line.data, line.len);
	text[line.len] = '\0';
	return (pid_t)strtoul(text + len, NULL, 10);
}

static void put(pid_t pid, const struct addrs *servers, struct buf *out)
{
	char text[ADDR_TEXT_SIZE], line[128];

	snprintf(line, sizeof(line), "%s%d: they go with its connections\n",
		 begins, pid);
	buf_add_text(out, line);
	for (size_t i = 0; i < servers->n; i++) {
		snprintf(line, sizeof(line), "nameserver %s\n",
			 addr_digits(&servers->list[i], text));
		buf_add_text(out, line);
	}
	snprintf(line, sizeof(line), "%s%d\n", ends, pid);
	buf_add_text(out, line);
}

/* Past the end of what @of has begun; without its end nothing is known of it. */
static void skip(struct span *old, pid_t of)
{
	struct span rest = *old;

	while (rest.len) {
		if (named(take_line(&rest), ends) != of)
			continue;
		*old = rest;
		return;
	}
}

void dns_text(struct span old, pid_t pid, const struct addrs *servers,
	      bool (*is_there)(pid_t pid), struct buf *out)
{
	if (servers->n)
		put(pid, servers, out);
	while (old.len) {
		struct span line = take_line(&old);
		pid_t of = named(line, begins);

		if (of && (of == pid || !is_there(of)))
			skip(&old, of);
		else
			buf_add_span(out, line);
	}
}

static int read_all(int fd, struct buf *out)
{
	ssize_t n;

	do {
		uint8_t *at = buf_extend(out, 4096);

		if (!at)
			return -1;
		n = read(fd, at, 4096);
		buf_cut(out, out->len - 4096 + (n > 0 ? (size_t)n : 0));
	} while (n > 0 && out->len < FILE_MAX);
	return n < 0 ? -1 : 0;
}

/* In its place: it may be mounted there, or be a link. */
static int write_all(int fd, struct span text)
{
	if (pwrite(fd, text.data, text.len, 0) != (ssize_t)text.len)
		return -1;
	return ftruncate(fd, (off_t)text.len);
}

int dns_file(const char *path, pid_t pid, const struct addrs *servers,
	     bool (*is_there)(pid_t pid))
{
	int fd = open(path, O_RDWR | O_CLOEXEC | (servers->n ? O_CREAT : 0),
		      0644);
	struct buf old = BUF_INIT, new = BUF_INIT;
	int rc = -1;

	if (fd < 0)
		return !servers->n && errno == ENOENT ? 0 : -1;
	if (!read_all(fd, &old)) {
		dns_text(buf_span(&old), pid, servers, is_there, &new);
		rc = new.failed ? -1 : 0;
		if (!rc && !span_equal(buf_span(&old), buf_span(&new)))
			rc = write_all(fd, buf_span(&new));
	}
	buf_free(&old);
	buf_free(&new);
	close(fd);
	return rc;
}
