/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages of rtnetlink; between rtnetlink.c and rtrule.c. */
#ifndef ADITD_NET_RTMESSAGE_H
#define ADITD_NET_RTMESSAGE_H

#include "rtnetlink.h"

struct nl_msg;

/* With that header; NULL if there is no memory. */
struct nl_msg *rt_start(int type, int flags, const void *header, size_t len);

/* Frees the message. */
int rt_no_room(struct nl_msg *msg, struct err *err);

/* Frees the message. 1 if the kernel says -@otherwise. */
int rt_ask(struct rt *rt, struct nl_msg *msg, int otherwise, const char *what,
	   struct err *err);

#endif
