/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The client's side of VICI, over a stream socket; it waits for answers. */
#ifndef ADIT_VICI_CLIENT_H
#define ADIT_VICI_CLIENT_H

#include "vici.h"

struct vici_client {
	int fd;
	/* What comes of an event that was registered; may be NULL. */
	void (*event)(void *arg, const char *name,
		      const struct setting *settings);
	void (*quiet)(void *arg); /* nothing came for a second; may be NULL */
	void *arg;
};

#define VICI_URI "unix:///run/adit/vici"

/* @uri is unix://PATH or PATH. */
int vici_connect(struct vici_client *client, const char *uri, struct err *err);
void vici_disconnect(struct vici_client *client);

int vici_register(struct vici_client *client, const char *event,
		  struct err *err);

/*
 * Ask, and hand on events until the answer comes, which is to be freed. An
 * answer with success = no is an error, whose text is its errmsg.
 */
int vici_ask(struct vici_client *client, const char *command,
	     const struct setting *settings, struct setting **answer,
	     struct err *err);

/* Hand on events until the socket is closed, or a signal comes. */
int vici_listen(struct vici_client *client, struct err *err);

#endif
