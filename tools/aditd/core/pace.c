// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * How many IKE SAs that nobody waits for are begun at once. All first messages
 * of some thousand connections together are more than sockets hold, and for a
 * peer a flood, of which it drops most; what is lost takes seconds to be sent
 * again. So some begin, and each that is up lets the next one begin. One that
 * has no answer yet holds up the others for a second, not longer: nobody waits
 * for a peer that is away.
 */
#include <stdio.h>

#include "inner.h"

/* Fewer than HALF_OPEN_EACH, so that the peer can be one like us. */
enum { PACE_MAX = 32, PACE_MS = 1000 };

static void list_add(struct pace_list *list, struct ike_sa *sa)
{
	sa->pace = (struct ike_pace){ .list = list, .prev = list->last };
	if (list->last)
		list->last->pace.next = sa;
	else
		list->first = sa;
	list->last = sa;
	list->n++;
}

static void list_remove(struct pace_list *list, struct ike_sa *sa)
{
	struct ike_pace *pace = &sa->pace;

	if (pace->next)
		pace->next->pace.prev = pace->prev;
	else
		list->last = pace->prev;
	if (pace->prev)
		pace->prev->pace.next = pace->next;
	else
		list->first = pace->next;
	list->n--;
	*pace = (struct ike_pace){ 0 };
}

static void begin(struct ike_sa *sa)
{
	struct pace *pace = &sa->engine->pace;

	list_add(&pace->begun, sa);
	sa->pace.until = ike_sa_now(sa) + PACE_MS;
	snprintf(sa->waits_for, sizeof(sa->waits_for), "addresses of the peer");
	ike_sa_begin(sa);
}

static void set_timer(struct engine *engine)
{
	struct pace *pace = &engine->pace;
	uint64_t at = pace->waiting.n ? pace->begun.first->pace.until : 0;

	if (pace->timer.at == at)
		return;
	pace->timer.at = at;
	engine->env.ops->set_timer(engine->env.world, &pace->timer);
}

/* One that fails at once comes here again, and finds that it goes on. */
static void go_on(struct engine *engine)
{
	struct pace *pace = &engine->pace;
	struct ike_sa *sa;

	if (pace->busy || engine->closing)
		return;
	pace->busy = true;
	while (pace->begun.n < PACE_MAX && pace->waiting.first) {
		sa = pace->waiting.first;
		list_remove(&pace->waiting, sa);
		begin(sa);
	}
	pace->busy = false;
	set_timer(engine);
}

static void ring(struct env_timer *timer)
{
	struct engine *engine = timer->arg;
	struct pace *pace = &engine->pace;

	timer->at = 0;
	engine_enter(engine);
	while (pace->begun.first &&
	       pace->begun.first->pace.until <= engine_now(engine))
		list_remove(&pace->begun, pace->begun.first);
	go_on(engine);
	engine_leave(engine);
}

void pace_init(struct engine *engine)
{
	engine->pace.timer.arg = engine;
	engine->pace.timer.ring = ring;
}

void pace_stop(struct engine *engine)
{
	engine->pace.timer.at = 0;
	engine->env.ops->set_timer(engine->env.world, &engine->pace.timer);
}

void pace_begin(struct ike_sa *sa)
{
	struct pace *pace = &sa->engine->pace;

	list_add(&pace->waiting, sa);
	snprintf(sa->waits_for, sizeof(sa->waits_for),
		 "its turn, after %zu others that begin to connect",
		 pace->waiting.n - 1);
	go_on(sa->engine);
}

void pace_hurry(struct ike_sa *sa)
{
	struct pace_list *waiting = &sa->engine->pace.waiting;

	if (sa->pace.list != waiting)
		return;
	list_remove(waiting, sa);
	begin(sa);
}

void pace_end(struct ike_sa *sa)
{
	if (!sa->pace.list)
		return;
	list_remove(sa->pace.list, sa);
	go_on(sa->engine);
}
