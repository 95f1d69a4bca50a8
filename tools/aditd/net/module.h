/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel module, loaded if it is missing, and its events. */
#ifndef ADITD_NET_MODULE_H
#define ADITD_NET_MODULE_H

#include "../../lib/family.h"
#include "../proc/log.h"

struct event_base;

int module_open(struct adit_nl *nl, struct log *log, struct err *err);

/* Called with the object of each event; what is lost is said to the log. */
struct module_events {
	struct adit_nl nl;
	struct adit_nl_events events; /* whose they are is set before */
	struct log *log;
	struct event *readable;
};

int module_listen(struct module_events *events, struct event_base *base,
		  struct err *err);
void module_unlisten(struct module_events *events);

#endif
