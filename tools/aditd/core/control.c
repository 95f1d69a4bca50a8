// SPDX-License-Identifier: GPL-2.0-or-later
/* What the control socket asks for: up, down, rekey. See engine.h. */
#include <stdio.h>
#include <stdlib.h>

#include "child.h"

static struct conn *find_conn(struct engine *engine, const char *conn,
			      const char *child, struct err *err)
{
	for (struct conn_slot *slot = engine->slots; slot; slot = slot->next) {
		if (conn && strcmp(slot->conn->name, conn) != 0)
			continue;
		if (!child || conn_child(slot->conn, child))
			return slot->conn;
	}
	if (conn && conn_slot(engine, conn))
		err_set(err, ERR_USAGE, "connection '%s' has no child '%s'",
			conn, child);
	else if (conn)
		err_set(err, ERR_USAGE, "there is no connection '%s'", conn);
	else
		err_set(err, ERR_USAGE, "no connection has a child '%s'",
			child ? child : "");
	return NULL;
}

int engine_initiate(struct engine *engine, const char *conn, const char *child,
		    engine_done_fn done, void *arg, struct err *err)
{
	struct conn *found;
	int ret;

	if (!conn && !child)
		return err_set(err, ERR_USAGE, "initiate what? ike or child");
	found = find_conn(engine, conn, child, err);
	if (!found)
		return -1;
	engine_enter(engine);
	ret = engine_start_child(engine, found, child, NULL, NULL, done, arg,
				 err);
	engine_leave(engine);
	return ret;
}

static bool is_picked(const struct ike_sa *sa, const struct engine_pick *pick)
{
	/* One that is not in use yet, or not any more. */
	if (sa->orphaned)
		return false;
	if (pick->ike_id && sa->unique != pick->ike_id)
		return false;
	return !pick->ike ||
	       (sa->conn && strcmp(sa->conn->name, pick->ike) == 0);
}

static bool is_child_picked(const struct child_sa *child,
			    const struct engine_pick *pick)
{
	if (pick->child_id && child->unique != pick->child_id)
		return false;
	return !pick->child || strcmp(child->conf->name, pick->child) == 0;
}

/* Several answers become one, the first one that is bad or the last. */
struct together {
	size_t n;
	int result;
	char text[256];
	engine_done_fn done;
	void *arg;
};

static void one_done(void *arg, int result, const char *text)
{
	struct together *together = arg;

	if (result && !together->result) {
		together->result = result;
		snprintf(together->text, sizeof(together->text), "%s", text);
	}
	if (--together->n)
		return;
	if (together->done)
		together->done(together->arg, together->result, together->text);
	free(together);
}

static void wait_with(struct together *together, struct waiter **list)
{
	if (together && !waiter_add(list, one_done, together))
		together->n++;
}

static void close_child(struct child_sa *child, struct together *together)
{
	struct ike_sa *sa = child->ike;
	struct task *task;

	if (sa->active && sa->active->kind == TASK_CHILD_DELETE &&
	    sa->active->child == child->unique) {
		wait_with(together, &sa->active->waiters);
		return;
	}
	if (task_has(&sa->tasks, TASK_CHILD_DELETE, child->unique))
		return;
	task = task_add(&sa->tasks, TASK_CHILD_DELETE);
	if (!task)
		return;
	task->child = child->unique;
	wait_with(together, &task->waiters);
	if (!sa->active)
		sa->ops->kick(sa);
}

static void close_ike(struct ike_sa *sa, bool force, struct together *together)
{
	wait_with(together, &sa->closers);
	if (sa->state < IKE_ESTABLISHED) {
		ike_sa_remove(sa, "it was terminated");
	} else if (force) {
		sa->ops->farewell(sa);
		ike_sa_remove(sa, "it was terminated");
	} else {
		ike_sa_want(sa, TASK_IKE_DELETE, 0);
	}
}

size_t engine_terminate(struct engine *engine, const struct engine_pick *pick,
			bool force, engine_done_fn done, void *arg)
{
	bool children = pick->child || pick->child_id;
	struct together *together = calloc(1, sizeof(*together));
	struct child_sa *child, *next_child;
	struct ike_sa *sa, *next;
	size_t n = 0;

	engine_enter(engine);
	if (together)
		*together =
			(struct together){ .n = 1, .done = done, .arg = arg };
	for (sa = engine->first; sa; sa = next) {
		next = sa->next;
		if (!is_picked(sa, pick))
			continue;
		if (!children) {
			close_ike(sa, force, together);
			n++;
			continue;
		}
		for (child = sa->children; child; child = next_child) {
			next_child = child->next;
			if (is_child_picked(child, pick) &&
			    child->state >= CHILD_INSTALLED) {
				close_child(child, together);
				n++;
			}
		}
	}
	/* Nothing there is an answer of the caller's. */
	if (together && !n)
		together->done = NULL;
	if (together)
		one_done(together, 0, "");
	engine_leave(engine);
	return n;
}

size_t engine_rekey(struct engine *engine, const struct engine_pick *pick,
		    bool reauth)
{
	bool children = pick->child || pick->child_id;
	struct child_sa *child;
	struct ike_sa *sa;
	size_t n = 0;

	engine_enter(engine);
	for (sa = engine->first; sa; sa = sa->next) {
		if (!is_picked(sa, pick) || sa->state != IKE_ESTABLISHED)
			continue;
		if (!children) {
			if (reauth)
				ike_sa_reauth(sa);
			else
				ike_sa_want(sa, TASK_IKE_REKEY, 0);
			n++;
			continue;
		}
		for (child = sa->children; child; child = child->next) {
			if (!is_child_picked(child, pick) ||
			    child->state != CHILD_INSTALLED)
				continue;
			ike_sa_want(sa, TASK_CHILD_REKEY, child->unique);
			n++;
		}
	}
	engine_leave(engine);
	return n;
}
