/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Addresses and routes of this host as they change: rtnetlink's events. What
 * they say is looked at only as far as to leave out what is of our own
 * interfaces; then who wants to know looks for itself.
 */
#ifndef ADITD_NET_WATCH_H
#define ADITD_NET_WATCH_H

#include "device.h"

struct event;
struct event_base;

struct watch {
	int fd;
	const struct devices *devices;
	struct event *readable, *settled;
	void (*changed)(void *arg);
	void *arg;
};

int watch_open(struct watch *watch, struct event_base *base,
	       const struct devices *devices, void (*changed)(void *arg),
	       void *arg, struct err *err);
void watch_close(struct watch *watch);

#endif
