// SPDX-License-Identifier: GPL-2.0-or-later
/* See listen.h. */
#include "listen.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { BACKLOG = 16 };

static const char scheme[] = "unix://";

const char *listen_path(const char *uri)
{
	if (strncmp(uri, scheme, sizeof(scheme) - 1) == 0)
		return uri + sizeof(scheme) - 1;
	return uri[0] == '/' ? uri : NULL;
}

/* Its name as long as nobody is to find it. */
static int hidden_path(char *to, size_t size, const char *path)
{
	int n = snprintf(to, size, "%s.new", path);

	return n > 0 && (size_t)n < size ? 0 : -1;
}

static int fail(const char *path, const char *what, struct err *err)
{
	return err_set(err, ERR_REFUSED, "control socket %s: %s: %s", path,
		       what, strerror(errno));
}

static int set_path(struct sockaddr_un *to, const char *path)
{
	size_t len = strlen(path);

	*to = (struct sockaddr_un){ .sun_family = AF_UNIX };
	if (len >= sizeof(to->sun_path))
		return -1;
	memcpy(to->sun_path, path, len);
	return 0;
}

/* Nothing there, or a socket that nobody listens at. */
static int clear_path(int fd, const struct sockaddr_un *to, struct err *err)
{
	const char *path = to->sun_path;
	struct stat st;

	if (lstat(path, &st))
		return errno == ENOENT ? 0 : fail(path, "looking at it", err);
	if (!S_ISSOCK(st.st_mode))
		return err_set(err, ERR_REFUSED,
			       "control socket %s: there is something else",
			       path);
	if (!connect(fd, (const struct sockaddr *)to, sizeof(*to)))
		return err_set(
			err, ERR_REFUSED,
			"control socket %s: another daemon listens there; give this one another --vici",
			path);
	if (unlink(path))
		return fail(path, "removing an old one", err);
	return 0;
}

static void make_folder(const char *path)
{
	char folder[sizeof(((struct sockaddr_un *)0)->sun_path)];
	char *slash;

	snprintf(folder, sizeof(folder), "%s", path);
	slash = strrchr(folder, '/');
	if (!slash || slash == folder)
		return;
	*slash = '\0';
	/* If that fails, so does what follows, and says why. */
	if (mkdir(folder, 0755))
		return;
}

static int bind_path(int fd, const struct sockaddr_un *to, struct err *err)
{
	mode_t mask;
	int rc;

	make_folder(to->sun_path);
	mask = umask(0177);
	rc = bind(fd, (const struct sockaddr *)to, sizeof(*to));
	umask(mask);
	if (rc)
		return fail(to->sun_path, "making it", err);
	if (listen(fd, BACKLOG))
		return fail(to->sun_path, "listening", err);
	return 0;
}

static int new_socket(const char *path, struct err *err)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	return fd < 0 ? fail(path, "socket", err) : fd;
}

int listen_open(const char *uri, struct err *err)
{
	const char *path = listen_path(uri);
	struct sockaddr_un to, hidden = { .sun_family = AF_UNIX };
	int fd, rc;

	if (!path || set_path(&to, path) ||
	    hidden_path(hidden.sun_path, sizeof(hidden.sun_path), path))
		return err_set(
			err, ERR_USAGE,
			"'%.128s' is no place for a control socket: unix:///run/adit/vici is one",
			uri);
	/* Who has tried to connect can't listen. */
	fd = new_socket(path, err);
	if (fd < 0)
		return -1;
	rc = clear_path(fd, &to, err) || clear_path(fd, &hidden, err);
	close(fd);
	if (rc)
		return -1;
	fd = new_socket(path, err);
	if (fd < 0 || !bind_path(fd, &hidden, err))
		return fd;
	close(fd);
	return -1;
}

int listen_publish(const char *uri, struct err *err)
{
	const char *path = listen_path(uri);
	struct sockaddr_un hidden;

	if (hidden_path(hidden.sun_path, sizeof(hidden.sun_path), path) ||
	    rename(hidden.sun_path, path))
		return fail(path, "showing it", err);
	return 0;
}

void listen_remove(const char *uri)
{
	const char *path = listen_path(uri);
	struct sockaddr_un hidden;

	if (!path ||
	    hidden_path(hidden.sun_path, sizeof(hidden.sun_path), path))
		return;
	unlink(hidden.sun_path);
	unlink(path);
}

void notify(const char *state)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un to;
	socklen_t len;
	int fd;

	if (!path || set_path(&to, path) || (*path != '/' && *path != '@'))
		return;
	len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) +
			  strlen(path));
	/* In the abstract namespace. */
	if (*path == '@')
		to.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return;
	/* There is nobody to tell that it failed. */
	if (sendto(fd, state, strlen(state), MSG_NOSIGNAL,
		   (const struct sockaddr *)&to, len) < 0)
		errno = 0;
	close(fd);
}

int pid_file_write(const char *path, struct err *err)
{
	char text[32];
	int n = snprintf(text, sizeof(text), "%d\n", (int)getpid());
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	bool good = fd >= 0 && write(fd, text, (size_t)n) == n;

	if (!good)
		err_set(err, ERR_REFUSED, "PID file %s: %s", path,
			strerror(errno));
	if (fd >= 0)
		close(fd);
	return good ? 0 : -1;
}
