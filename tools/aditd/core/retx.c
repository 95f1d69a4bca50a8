// SPDX-License-Identifier: GPL-2.0-or-later
/* See retx.h. */
#include "retx.h"

#include <stdlib.h>

#include "inner.h"

struct buf *packets_add(struct packets *packets)
{
	struct buf *list;

	if (packets->n >= PACKETS_MAX)
		return NULL;
	list = realloc(packets->list, (packets->n + 1) * sizeof(*list));
	if (!list)
		return NULL;
	packets->list = list;
	list[packets->n] = BUF_INIT;
	return &list[packets->n++];
}

void packets_send(const struct packets *packets, const struct env *env,
		  const struct ike_path *path)
{
	for (size_t i = 0; i < packets->n; i++)
		env->ops->send(env->world, path, buf_span(&packets->list[i]));
}

void ike_sa_send(const struct ike_sa *sa, const struct packets *packets,
		 const struct ike_path *path)
{
	struct ike_path to = *path;

	if (sa->conn)
		to.dscp = sa->conn->dscp;
	packets_send(packets, &sa->engine->env, &to);
}

void packets_move(struct packets *to, struct packets *from)
{
	packets_free(to);
	*to = *from;
	*from = (struct packets){ 0 };
}

void packets_free(struct packets *packets)
{
	for (size_t i = 0; i < packets->n; i++)
		buf_free(&packets->list[i]);
	free(packets->list);
	*packets = (struct packets){ 0 };
}

uint64_t retx_delay(unsigned int n)
{
	uint64_t delay = 4000;

	while (n-- && delay < 600 * 1000ULL)
		delay = delay * 9 / 5;
	return delay;
}

static void arm(struct ike_sa *sa)
{
	struct retx *retx = &sa->retx;

	retx->timer.at = ike_sa_now(sa) + retx_delay(retx->tries);
	ike_sa_timer(sa, &retx->timer);
	sa->tries = retx->tries;
	ike_sa_say_waiting(sa);
}

static void repeat(struct ike_sa *sa)
{
	struct retx *retx = &sa->retx;

	arm(sa);
	if (sa->path.tcp) {
		ike_sa_log(sa, LEVEL_INFO, "no answer in TCP, %u of %u",
			   retx->tries, RETX_TRIES);
		ike_tcp_silent(sa);
		return;
	}
	ike_sa_count(sa, COUNT_RETRANSMITS);
	ike_sa_log(sa, LEVEL_INFO, "no answer, retransmit %u of %u",
		   retx->tries, RETX_TRIES);
	ike_sa_send(sa, &retx->packets, &sa->path);
	if (retx->tries == RETX_FALL_BACK)
		ike_tcp_fall_back(sa);
	ike_move_silent(sa);
}

static void ring(struct env_timer *timer)
{
	struct ike_sa *sa = timer->arg;
	struct retx *retx = &sa->retx;

	timer->at = 0;
	engine_enter(sa->engine);
	if (retx->running && !sa->gone) {
		/* Who was refused without protection has waited long enough. */
		if (retx->tries >= RETX_TRIES || sa->refused[0]) {
			sa->ops->gave_up(sa);
		} else {
			retx->tries++;
			repeat(sa);
		}
	}
	engine_leave(sa->engine);
}

void retx_start(struct ike_sa *sa, struct packets *packets)
{
	struct retx *retx = &sa->retx;

	packets_move(&retx->packets, packets);
	retx->running = true;
	retx->tries = 0;
	retx->since = ike_sa_now(sa);
	retx->timer.arg = sa;
	retx->timer.ring = ring;
	ike_sa_send(sa, &retx->packets, &sa->path);
	arm(sa);
}

void retx_stop(struct ike_sa *sa)
{
	struct retx *retx = &sa->retx;

	if (!retx->running)
		return;
	retx->running = false;
	retx->timer.at = 0;
	ike_sa_timer(sa, &retx->timer);
	packets_free(&retx->packets);
	sa->tries = 0;
	sa->waits_for[0] = '\0';
}

void retx_again(struct ike_sa *sa)
{
	struct retx *retx = &sa->retx;

	if (!retx->running)
		return;
	retx->tries = 0;
	ike_sa_send(sa, &retx->packets, &sa->path);
	arm(sa);
}

void retx_repeat(struct ike_sa *sa)
{
	if (sa->retx.running)
		ike_sa_send(sa, &sa->retx.packets, &sa->path);
}
