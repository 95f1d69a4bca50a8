/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The loop of a process, its one clock, and the timers of the core. */
#ifndef ADITD_PROC_LOOP_H
#define ADITD_PROC_LOOP_H

#include "../core/env.h"

struct event_base;

/* NULL without memory. */
struct event_base *loop_new(void);

/* Milliseconds; monotonic. */
uint64_t loop_now(void);

/* Ring at timer->at, or not any more if that is 0; what env_ops asks for. */
void loop_set_timer(struct event_base *base, struct env_timer *timer);

#endif
