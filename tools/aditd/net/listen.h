/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The control socket: made here, where there is a right to, and inherited. */
#ifndef ADITD_NET_LISTEN_H
#define ADITD_NET_LISTEN_H

#include "../../lib/err.h"

/*
 * The descriptor of a socket that listens at unix://PATH, for its owner alone;
 * one that nobody listens at any more is replaced. Nobody finds it there before
 * listen_publish(). -1 with an error.
 */
int listen_open(const char *uri, struct err *err);
int listen_publish(const char *uri, struct err *err);
void listen_remove(const char *uri);

/* Where it is in the file system. */
const char *listen_path(const char *uri);

/* systemd's protocol of services, if it started us: "READY=1". */
void notify(const char *state);

/* Our process id; -1 with an error. */
int pid_file_write(const char *path, struct err *err);

#endif
