/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the rows of a message cannot say; also puts pointers to what is in the
 * same struct.
 */
#ifndef ADITD_PROC_MSG_FINISH_H
#define ADITD_PROC_MSG_FINISH_H

#include "msg.h"

typedef int (*msg_finish_fn)(union msg_any *msg, struct err *err);

int msg_finish_packet(union msg_any *msg, struct err *err);
int msg_finish_resolved(union msg_any *msg, struct err *err);
int msg_finish_child(union msg_any *msg, struct err *err);
int msg_finish_peer(union msg_any *msg, struct err *err);
int msg_finish_inner(union msg_any *msg, struct err *err);
int msg_finish_acquire(union msg_any *msg, struct err *err);
int msg_finish_counters(union msg_any *msg, struct err *err);
int msg_finish_unknown_spi(union msg_any *msg, struct err *err);
int msg_finish_auth(union msg_any *msg, struct err *err);
int msg_finish_auth_done(union msg_any *msg, struct err *err);
int msg_finish_certreqs(union msg_any *msg, struct err *err);
int msg_finish_tcp_connect(union msg_any *msg, struct err *err);
int msg_finish_tcp_open(union msg_any *msg, struct err *err);
int msg_finish_route(union msg_any *msg, struct err *err);
int msg_finish_network(union msg_any *msg, struct err *err);

#endif
