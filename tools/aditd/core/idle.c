// SPDX-License-Identifier: GPL-2.0-or-later
/* Children that nothing goes through are closed after a while, if they are to. */
#include "child.h"

/* The kernel counts in seconds. */
enum { ROUND_MS = 1000 };

static uint64_t limit(const struct child_sa *child)
{
	return child->conf->inactivity * 1000;
}

void child_idle_begin(struct child_sa *child, const struct child_sa *old)
{
	if (!child->conf->inactivity ||
	    !child->ike->engine->env.ops->child_idle)
		return;
	/* New keys are no use of it. */
	child->used = old && old->used ? old->used : child->installed;
	child->idle_at = child->used + limit(child) + ROUND_MS;
}

void child_idle_ask(struct child_sa *child)
{
	const struct env *env = &child->ike->engine->env;

	/* Another generation goes on, and is looked at. */
	if (child->state != CHILD_INSTALLED || child->replaced)
		return;
	env->ops->child_idle(env->world, child->ike->interface, child->id,
			     child->unique);
}

/* Its packets may bring it up again, but not we at once. */
static void close_idle(struct child_sa *child)
{
	struct ike_sa *ike = child->ike;
	struct conn_slot *slot = conn_slot(ike->engine, ike->conn->name);
	const struct child_conf *conf =
		slot ? conn_child(slot->conn, child->conf->name) : NULL;

	ike_sa_log(ike, LEVEL_INFO,
		   "child %s{%u}: no traffic for %llu s, closing it",
		   child->conf->name, child->unique,
		   (unsigned long long)child->conf->inactivity);
	if (conf && (conf->close_action & START_TRAP))
		conn_trap(ike->engine, slot, conf, true);
	ike_sa_want(ike, TASK_CHILD_DELETE, child->unique);
}

void engine_idle(struct engine *engine, uint32_t cookie, uint64_t ms)
{
	struct child_sa *child = child_of_unique(engine, cookie);
	uint64_t now = engine_now(engine), used;

	if (!child || child->state != CHILD_INSTALLED || child->replaced)
		return;
	engine_enter(engine);
	used = ms < now ? now - ms : 0;
	if (used > child->used)
		child->used = used;
	if (child->used + limit(child) <= now) {
		close_idle(child);
	} else {
		child->idle_at = child->used + limit(child) + ROUND_MS;
		child_arm(child);
	}
	engine_leave(engine);
}
