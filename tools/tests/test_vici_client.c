// SPDX-License-Identifier: GPL-2.0-or-later
/* The client of VICI against a daemon that says what the test has it say. */
#include "../lib/vici_client.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tap.h"

static char path[64];

/* Each request is answered with the octets, and then the end. */
static pid_t serve(const char *octets, size_t len)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	pid_t pid;

	snprintf(path, sizeof(path), "/tmp/adit-vici-%d", getpid());
	memcpy(to.sun_path, path, strlen(path) + 1);
	unlink(path);
	CHECK(!bind(fd, (struct sockaddr *)&to, sizeof(to)) && !listen(fd, 1));
	pid = fork();
	if (!pid) {
		char request[256];
		int client = accept(fd, NULL, NULL);

		alarm(10);
		_exit(read(client, request, sizeof(request)) <= 0 ||
		      write(client, octets, len) != (ssize_t)len);
	}
	close(fd);
	return pid;
}

static char seen[64];

static void on_event(void *arg, const char *name,
		     const struct setting *settings)
{
	(void)arg;
	snprintf(seen, sizeof(seen), "%s %s", name,
		 setting_text(settings, "a", "-"));
}

static const struct {
	const char *octets;
	size_t len;
	const char *seen, *shown; /* of the answer, or the error */
} rows[] = {
#define ROW(o, s, e)                   \
	{                              \
		o, sizeof(o) - 1, s, e \
	}
	ROW("\0\0\0\7\1\3\1a\0\1x", "", "x"),
	ROW("\0\0\0\13\7\3log\3\1a\0\1y\0\0\0\1\1", "log y", "-"),
	ROW("\0\0\0\1\2", "", "the daemon does not know 'stats'"),
	ROW("\0\0\0\16\1\3\7success\0\2no", "", "it failed"),
	ROW("\0\0\0\2\1", "", "from aditd: it closed the connection"),
	ROW("\377\0\0\0", "", "from aditd: a packet of 4278190080 octets"),
	ROW("\0\0\0\2\1\7", "",
	    "malformed VICI message: an element of an unknown type"),
};

static void asks(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct vici_client client = { .fd = -1 };
		pid_t pid = serve(rows[i].octets, rows[i].len);
		struct setting *answer = NULL;
		struct err err = { 0 };

		seen[0] = '\0';
		CHECK(!vici_connect(&client, path, &err));
		client.event = on_event;
		if (vici_ask(&client, "stats", NULL, &answer, &err))
			CHECK_TEXT(err.text, rows[i].shown);
		else
			CHECK_TEXT(setting_text(answer, "a", "-"),
				   rows[i].shown);
		CHECK_TEXT(seen, rows[i].seen);
		setting_free(answer);
		vici_disconnect(&client);
		waitpid(pid, NULL, 0);
		unlink(path);
	}
}

static void nobody(void)
{
	struct vici_client client = { .fd = -1 };
	struct err err;

	CHECK(vici_connect(&client, "unix:///nowhere/vici", &err));
	CHECK_TEXT(
		err.text,
		"/nowhere/vici: No such file or directory; does aditd run? try: systemctl start aditd");
	CHECK(err.kind == ERR_MISSING);
	CHECK(vici_connect(&client, "tcp://host", &err));
	CHECK_TEXT(
		err.text,
		"'tcp://host' is no control socket like unix:///run/adit/vici");
}

static const struct tap_test tests[] = {
	{ "answers, events before them, and errors", asks },
	{ "no daemon", nobody },
};

TAP_MAIN(tests)
