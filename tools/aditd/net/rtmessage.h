/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages of rtnetlink; between rtnetlink.c, rtaddr.c and rtrule.c. */
#ifndef ADITD_NET_RTMESSAGE_H
#define ADITD_NET_RTMESSAGE_H

#include "rtnetlink.h"

struct nl_msg;

/* Who made it ("ip rule" shows "proto 173"), so that the next daemon knows. */
enum { RT_PROTOCOL = 173 };

/* With that header; NULL if there is no memory. */
struct nl_msg *rt_start(int type, int flags, const void *header, size_t len);

/* Frees the message. */
int rt_no_room(struct nl_msg *msg, struct err *err);

/* Frees the message. 1 if the kernel says -@otherwise. */
int rt_ask(struct rt *rt, struct nl_msg *msg, int otherwise, const char *what,
	   struct err *err);

/* What deletes something that the kernel has shown; NULL to leave it. */
typedef struct nl_msg *(*rt_delete_fn)(struct nl_msg *shown);

/*
 * Delete what a daemon left: what the kernel shows when it is asked for all, by
 * a message with that header. It says -@gone of what is gone already.
 */
int rt_delete_shown(struct rt *rt, int type, const void *header, size_t len,
		    rt_delete_fn make, int gone, const char *what,
		    struct err *err);

#endif
