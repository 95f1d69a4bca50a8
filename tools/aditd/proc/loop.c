// SPDX-License-Identifier: GPL-2.0-or-later
/* See loop.h. */
#include "loop.h"

#include <event2/event.h>
#include <time.h>

struct event_base *loop_new(void)
{
	struct event_config *config = event_config_new();
	struct event_base *base;

	if (!config)
		return NULL;
	/* IKE counts seconds: no timerfd, which is one more call to allow. */
	event_config_set_flag(config, EVENT_BASE_FLAG_EPOLL_USE_CHANGELIST);
	base = event_base_new_with_config(config);
	event_config_free(config);
	return base;
}

uint64_t loop_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static void ring(evutil_socket_t fd, short what, void *arg)
{
	struct env_timer *timer = arg;

	(void)fd;
	(void)what;
	timer->at = 0;
	timer->ring(timer);
}

/* A timer that does not run has no event, so that nobody has to free it. */
void loop_set_timer(struct event_base *base, struct env_timer *timer)
{
	uint64_t now = loop_now();
	uint64_t wait = timer->at > now ? timer->at - now : 0;
	struct timeval in = { (time_t)(wait / 1000),
			      (suseconds_t)(wait % 1000 * 1000) };
	struct event *event = timer->world;

	if (!timer->at) {
		if (event)
			event_free(event);
		timer->world = NULL;
		return;
	}
	if (!event)
		event = event_new(base, -1, 0, ring, timer);
	timer->world = event;
	if (event)
		event_add(event, &in);
}
