// SPDX-License-Identifier: GPL-2.0-or-later
/* See vici_client.h. */
#include "vici_client.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { QUIET_MS = 1000 };

int vici_connect(struct vici_client *client, const char *uri, struct err *err)
{
	static const char scheme[] = "unix://";
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	const char *path = uri;

	if (strncmp(uri, scheme, strlen(scheme)) == 0)
		path = uri + strlen(scheme);
	if (*path != '/' || strlen(path) >= sizeof(to.sun_path))
		return err_set(err, ERR_USAGE,
			       "'%.128s' is no control socket like %s", uri,
			       VICI_URI);
	memcpy(to.sun_path, path, strlen(path) + 1);
	client->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (client->fd < 0)
		return err_set(err, ERR_REFUSED, "socket: %s", strerror(errno));
	if (!connect(client->fd, (struct sockaddr *)&to, sizeof(to)))
		return 0;
	err_set(err, ERR_MISSING,
		errno == ENOENT || errno == ECONNREFUSED ?
			"%.108s: %s; does aditd run? try: systemctl start aditd" :
			"%.108s: %s",
		path, strerror(errno));
	vici_disconnect(client);
	return -1;
}

void vici_disconnect(struct vici_client *client)
{
	if (client->fd >= 0)
		close(client->fd);
	client->fd = -1;
}

static int send_all(struct vici_client *client, const struct buf *buf,
		    struct err *err)
{
	size_t at = 0;

	if (buf->failed)
		return err_set(err, ERR_USAGE, "too long for the daemon");
	while (at < buf->len) {
		ssize_t n = send(client->fd, buf->data + at, buf->len - at,
				 MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_set(err, ERR_MISSING, "to aditd: %s",
				       strerror(errno));
		at += (size_t)n;
	}
	return 0;
}

static int send_packet(struct vici_client *client, uint8_t type,
		       const char *name, const struct setting *settings,
		       struct err *err)
{
	struct buf buf = BUF_INIT;
	int rc;

	vici_encode(&buf, type, name, settings);
	rc = send_all(client, &buf, err);
	buf_free(&buf);
	return rc;
}

/* Until there is something, or a signal comes. */
static void wait_quietly(const struct vici_client *client)
{
	struct pollfd fd = { .fd = client->fd, .events = POLLIN };

	while (client->quiet && !poll(&fd, 1, QUIET_MS))
		client->quiet(client->arg);
}

/* A signal ends the waiting, with no error's text. */
static int receive(struct vici_client *client, uint8_t *data, size_t len,
		   struct err *err)
{
	while (len) {
		ssize_t n;

		wait_quietly(client);
		n = recv(client->fd, data, len, 0);

		if (n > 0) {
			data += n;
			len -= (size_t)n;
			continue;
		}
		if (n < 0 && errno == EINTR)
			return err_set(err, ERR_NONE, "interrupted");
		return err_set(err, ERR_MISSING, "from aditd: %s",
			       n ? strerror(errno) :
				   "it closed the connection");
	}
	return 0;
}

/* One packet, decoded; events are handed on here. */
static int take_packet(struct vici_client *client, uint8_t *type,
		       struct setting **settings, struct err *err)
{
	struct span header, name;
	char text[256] = "";
	uint8_t raw[4];
	uint8_t *data;
	uint32_t len;
	int rc;

	*settings = NULL;
	if (receive(client, raw, sizeof(raw), err))
		return -1;
	header = SPAN(raw);
	span_take_u32(&header, &len);
	data = len && len <= VICI_PACKET_MAX ? malloc(len) : NULL;
	if (!data)
		return err_set(err, ERR_MISSING,
			       "from aditd: a packet of %u octets", len);
	rc = receive(client, data, len, err);
	if (!rc)
		rc = vici_decode(span_of(data, len), type, &name, settings,
				 err);
	if (!rc && *type == VICI_EVENT && client->event) {
		memcpy(text, name.data, name.len);
		client->event(client->arg, text, *settings);
	}
	free(data);
	return rc;
}

/* Until it is no event. */
static int await(struct vici_client *client, uint8_t *type,
		 struct setting **settings, struct err *err)
{
	for (;;) {
		if (take_packet(client, type, settings, err))
			return -1;
		if (*type != VICI_EVENT)
			return 0;
		setting_free(*settings);
	}
}

int vici_register(struct vici_client *client, const char *event,
		  struct err *err)
{
	struct setting *settings;
	uint8_t type;

	if (send_packet(client, VICI_EVENT_REGISTER, event, NULL, err) ||
	    await(client, &type, &settings, err))
		return -1;
	setting_free(settings);
	if (type == VICI_EVENT_CONFIRM)
		return 0;
	return err_set(err, ERR_REFUSED, "the daemon has no events '%s'",
		       event);
}

int vici_ask(struct vici_client *client, const char *command,
	     const struct setting *settings, struct setting **answer,
	     struct err *err)
{
	uint8_t type;

	*answer = NULL;
	if (send_packet(client, VICI_CMD_REQUEST, command, settings, err) ||
	    await(client, &type, answer, err))
		return -1;
	if (type != VICI_CMD_RESPONSE)
		err_set(err, ERR_REFUSED, "the daemon does not know '%s'",
			command);
	else if (strcmp(setting_text(*answer, "success", "yes"), "no") == 0)
		err_set(err, ERR_REFUSED, "%s",
			setting_text(*answer, "errmsg", "it failed"));
	else
		return 0;
	setting_free(*answer);
	*answer = NULL;
	return -1;
}

int vici_listen(struct vici_client *client, struct err *err)
{
	for (;;) {
		struct setting *settings;
		uint8_t type;

		if (take_packet(client, &type, &settings, err))
			return err->kind == ERR_NONE ? 0 : -1;
		setting_free(settings);
	}
}
