/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Name servers of connections, put to use on this host: by systemd-resolved if
 * it runs, else by resolvconf(8), else in /etc/resolv.conf (dns_file.h). That
 * takes programs to be started, which the net process may not do; so a process
 * of its own does it, without any capability, that outlives all others for as
 * long as it takes to clean up, even if they are killed.
 */
#ifndef ADITD_NET_DNS_H
#define ADITD_NET_DNS_H

#include <net/if.h>
#include <sys/types.h>

#include "../core/vip.h"
#include "../proc/log.h"

struct event_base;
struct dns;

/* Of one interface; without servers: none any more. */
struct dns_request {
	char interface[IF_NAMESIZE];
	struct vip_names names;
};

/* Starts the process; before the net process is restricted. */
struct dns *dns_new(struct event_base *base, struct log *log, struct err *err);
void dns_set(struct dns *dns, const struct dns_request *request);
bool dns_ended(struct dns *dns, pid_t pid); /* is it that process? */

/* Waits until it has cleaned up. */
void dns_free(struct dns *dns);

/* dns_apply.c: what the process does until the other end is closed. */
void dns_run(int fd);

#endif
