/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Name servers in /etc/resolv.conf, where there is nobody to manage it: lines in
 * front of the others, between two that say whose they are. What is below them
 * stays as it is, and takes over when they are removed. The first three name
 * servers are asked, see resolv.conf(5).
 */
#ifndef ADITD_NET_DNS_FILE_H
#define ADITD_NET_DNS_FILE_H

#include <sys/types.h>

#include "../../lib/buf.h"
#include "../core/vip.h"

/*
 * Append to @out what the file has to be, of what it is: without the lines of
 * process @pid, and, as @is_there says of their processes, without those that
 * nobody removed; with @servers, if there are any. Pure.
 */
void dns_text(struct span old, pid_t pid, const struct addrs *servers,
	      bool (*is_there)(pid_t pid), struct buf *out);

/* The same with the file. -1 with errno. */
int dns_file(const char *path, pid_t pid, const struct addrs *servers,
	     bool (*is_there)(pid_t pid));

#endif
