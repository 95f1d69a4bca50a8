// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * How an initiator begins, tries again, and begins anew after a dead peer: from
 * a connection to the first message. See inner.h.
 */
#include <stdio.h>
#include <stdlib.h>

#include "../proto/ike.h"
#include "child.h"

enum {
	AGAIN_FIRST_S = 5,
	AGAIN_MAX_S = 300,
	REAUTH_AGAIN_S = 60,
};

struct ike_sa *ike_sa_initiate(struct engine *engine, struct conn *conn)
{
	const struct ike_version_ops *ops =
		engine_version(engine, conn->version ? conn->version : 2);
	struct ike_sa *sa = ops ? ops->create(engine) : NULL;

	if (!sa)
		return NULL;
	ike_sa_set_conn(sa, conn_get(conn));
	conn_vips(conn, &sa->vips.asked);
	snprintf(sa->waits_for, sizeof(sa->waits_for), "addresses of the peer");
	return sa;
}

void ike_sa_begin(struct ike_sa *sa)
{
	const struct env *env = &sa->engine->env;

	/* A known peer's: nothing to ask for. */
	if (sa->path.remote.len && sa->reauth_of) {
		sa->ops->start(sa);
		return;
	}
	env->ops->resolve(env->world, sa->conn, ike_sa_cookie(sa));
}

static void set_path(struct ike_sa *sa, const struct addr *local)
{
	const struct conn *conn = sa->conn;
	struct ike_path *path = &sa->path;

	*path = (struct ike_path){
		.local = *local,
		.remote = sa->remotes[sa->remote_at],
		.local_port = conn->local_port ? conn->local_port : IKE_PORT,
		.remote_port = conn->remote_port ? conn->remote_port : IKE_PORT,
	};
	if (conn->encap == ENCAP_TCP) {
		path->tcp = true;
		path->local_port = 0;
	}
	/* Another port than 500 is one that ESP comes to as well. */
	path->marker = path->remote_port != IKE_PORT && !path->tcp;
	if (path->marker && path->local_port == IKE_PORT)
		path->local_port = IKE_NATT_PORT;
}

void engine_resolved(struct engine *engine, uint32_t cookie,
		     const struct addr *local, const struct addr *remotes,
		     size_t n, const char *text)
{
	struct ike_sa *sa = ike_sa_of_cookie(engine, cookie);

	if (!sa || sa->state != IKE_CREATED)
		return;
	engine_enter(engine);
	ike_sa_uncookie(sa);
	if (!n) {
		ike_sa_fail(sa, text ? text : "the peer has no address",
			    "is remote_addrs right, does DNS work?");
	} else {
		if (n > CONF_ADDRS_MAX)
			n = CONF_ADDRS_MAX;
		memcpy(sa->remotes, remotes, n * sizeof(*remotes));
		sa->n_remotes = n;
		sa->remote_at = sa->attempt % n;
		set_path(sa, local);
		if (sa->path.tcp)
			ike_tcp_connect(sa);
		else
			sa->ops->start(sa);
	}
	engine_leave(engine);
}

struct task *ike_sa_want_child(struct ike_sa *sa, const struct child_conf *conf,
			       const struct ts *source,
			       const struct ts *destination)
{
	struct task *task = sa->active;

	/* A second packet while the first one's child is being made. */
	if (!task || task->kind != TASK_CHILD || task->conf != conf) {
		task = sa->tasks.first;
		while (task && (task->kind != TASK_CHILD || task->conf != conf))
			task = task->next;
	}
	if (task)
		return task;
	task = task_add(&sa->tasks, TASK_CHILD);
	if (!task)
		return NULL;
	task->conf = conf;
	if (source && destination) {
		task->has_packet = true;
		task->source = *source;
		task->destination = *destination;
	}
	return task;
}

/* One that is up, or is coming up, and stays. */
static struct ike_sa *find_usable(struct engine *engine,
				  const struct conn *conn)
{
	struct ike_sa *sa = NULL;

	while ((sa = conn_next_sa(engine, conn->name, sa)) != NULL)
		if (sa->state <= IKE_ESTABLISHED && !sa->reauth_of &&
		    !sa->orphaned &&
		    (sa->state == IKE_ESTABLISHED || sa->initiator) &&
		    !task_has(&sa->tasks, TASK_IKE_DELETE, 0))
			break;
	return sa;
}

static int start_task(struct ike_sa *sa, const char *child,
		      const struct ts *source, const struct ts *destination,
		      engine_done_fn done, void *arg, struct err *err)
{
	const struct child_conf *conf = conn_child(sa->conn, child);
	struct task *task;

	if (!conf)
		return err_set(err, ERR_USAGE,
			       "connection %s is up as it was before it was "
			       "changed, without child %s: terminate it first",
			       sa->conn->name, child);
	task = ike_sa_want_child(sa, conf, source, destination);
	if (!task)
		return err_set(err, ERR_REFUSED,
			       "%u tasks wait already for connection %s",
			       TASKS_MAX, sa->conn->name);
	if (waiter_add(&task->waiters, done, arg))
		return err_set(err, ERR_REFUSED, "out of memory");
	return 0;
}

int engine_start_child(struct engine *engine, struct conn *conn,
		       const char *child, const struct ts *source,
		       const struct ts *destination, engine_done_fn done,
		       void *arg, struct err *err)
{
	struct ike_sa *sa = find_usable(engine, conn);
	bool fresh = !sa;

	if (fresh)
		sa = ike_sa_initiate(engine, conn);
	if (!sa)
		return err_set(err, ERR_REFUSED,
			       "connection %s: IKEv%u can't be initiated",
			       conn->name, conn->version);
	if (child) {
		if (start_task(sa, child, source, destination, done, arg,
			       err)) {
			if (fresh)
				ike_sa_remove(sa, err->text);
			return -1;
		}
	} else if (sa->state == IKE_ESTABLISHED) {
		if (done)
			done(arg, 0, "");
	} else if (waiter_add(&sa->waiters, done, arg)) {
		return err_set(err, ERR_REFUSED, "out of memory");
	}
	if (done || source)
		pace_hurry(sa);
	if (fresh && !done && !source)
		pace_begin(sa);
	else if (fresh)
		ike_sa_begin(sa);
	else if (sa->state == IKE_ESTABLISHED && !sa->active)
		sa->ops->kick(sa);
	return 0;
}

/* The peer may be away for days: not more often than every five minutes. */
static unsigned int pause_of(unsigned int attempt)
{
	unsigned int seconds = AGAIN_FIRST_S;

	while (--attempt && seconds < AGAIN_MAX_S)
		seconds *= 2;
	return seconds < AGAIN_MAX_S ? seconds : AGAIN_MAX_S;
}

/* What was wanted of it, on the newest form of the configuration. */
static void move_tasks(struct ike_sa *from, struct ike_sa *to, bool failed)
{
	const struct child_conf *conf;
	struct task *task;

	if (from->active && from->active->kind == TASK_CHILD) {
		task_push(&from->tasks, from->active);
		from->active = NULL;
	}
	while ((task = task_take_kind(&from->tasks, TASK_CHILD)) != NULL) {
		conf = conn_child(to->conn, task->conf->name);
		if (!conf) {
			task_end(task, -1, "the child is not configured");
			continue;
		}
		if (failed)
			waiters_tell(&task->waiters, -1, from->waits_for);
		task->conf = conf;
		task_push(&to->tasks, task);
	}
}

static void again(struct ike_sa *sa, const char *text)
{
	struct conn_slot *slot = conn_slot(sa->engine, sa->conn->name);
	unsigned int pause = pause_of(sa->attempt + 1);
	struct ike_sa *next;

	next = ike_sa_initiate(sa->engine, slot->conn);
	if (!next)
		return;
	snprintf(sa->waits_for, sizeof(sa->waits_for), "%s", text);
	move_tasks(sa, next, true);
	next->attempt = sa->attempt + 1;
	next->start_at = ike_sa_now(next) + pause * 1000ULL;
	snprintf(next->waits_for, sizeof(next->waits_for),
		 "next try in %u s, after: %s", pause, text);
	ike_sa_log(next, LEVEL_INFO, "try %u in %u s", next->attempt + 1,
		   pause);
	ike_sa_schedule(next);
}

void ike_sa_anew(struct ike_sa *sa, const struct ike_path *path)
{
	struct ike_sa *next = ike_sa_initiate(sa->engine, sa->conn);

	if (!next) {
		ike_sa_fail(sa, "out of memory", NULL);
		return;
	}
	move_tasks(sa, next, false);
	waiters_move(&next->waiters, &sa->waiters);
	memcpy(next->remotes, sa->remotes, sizeof(next->remotes));
	next->n_remotes = sa->n_remotes;
	next->remote_at = sa->remote_at;
	next->attempt = sa->attempt;
	next->reauth_of = sa->reauth_of;
	next->no_ppk = sa->no_ppk;
	next->tcp.ours = sa->tcp.ours;
	next->tcp.at = sa->tcp.at;
	next->tcp.since = sa->tcp.since;
	next->path = *path;
	ike_sa_remove(sa, "it begins anew on another path");
	next->ops->start(next);
}

void ike_sa_fail(struct ike_sa *sa, const char *text, const char *hint)
{
	struct engine *engine = sa->engine;
	const char *name = sa->conn ? sa->conn->name : HISTORY_NONE;
	struct ike_sa *old;

	if (sa->gone)
		return;
	/* Of those that are not known yet there may be any number. */
	if (!sa->half_open || engine_may_tell(engine))
		engine_fail(engine, sa, name, text, hint);
	old = sa->reauth_of ? engine_ike(engine, sa->reauth_of) : NULL;
	if (old) {
		old->reauth_at = engine_now(engine) + REAUTH_AGAIN_S * 1000ULL;
		ike_sa_schedule(old);
	} else if (sa->initiator && sa->conn && conn_slot(engine, name) &&
		   !engine->closing && sa->state < IKE_ESTABLISHED &&
		   !task_has(&sa->tasks, TASK_IKE_DELETE, 0) &&
		   (!sa->conn->keyingtries ||
		    sa->attempt + 1 < sa->conn->keyingtries)) {
		again(sa, text);
	}
	ike_sa_remove(sa, text);
}

/* What the configuration, as it is now, wants of a child that is gone. */
static unsigned int action_of(const struct child_conf *conf, bool lost)
{
	if (!lost)
		return conf->close_action;
	if (conf->dpd_action == DPD_TRAP)
		return START_TRAP;
	return conf->dpd_action == DPD_RESTART ? START_START : START_NONE;
}

static void end(struct ike_sa *sa, bool lost, const char *text)
{
	const struct child_conf *restart[CHILDREN_MAX];
	struct engine *engine = sa->engine;
	struct conn_slot *slot = conn_slot(engine, sa->conn->name);
	const struct child_conf *conf;
	unsigned int action;
	struct err err;
	size_t n = 0;

	for (struct child_sa *child = sa->children;
	     slot && !engine->closing && child; child = child->next) {
		conf = conn_child(slot->conn, child->conf->name);
		action = conf && child->state < CHILD_REKEYED ?
				 action_of(conf, lost) :
				 START_NONE;
		if (action & START_TRAP)
			conn_trap(engine, slot, conf, true);
		if (action & START_START && n < CHILDREN_MAX)
			restart[n++] = conf;
	}
	ike_sa_remove(sa, text);
	for (size_t i = 0; i < n; i++)
		if (engine_start_child(engine, slot->conn, restart[i]->name,
				       NULL, NULL, NULL, NULL, &err))
			engine_log(engine, LEVEL_ERROR, NULL, "%s", err.text);
}

void ike_sa_lost(struct ike_sa *sa, const char *text)
{
	engine_fail(sa->engine, sa, sa->conn->name, text,
		    "is the peer up, and the way to it?");
	sa->lost = true;
	end(sa, true, text);
}

void ike_sa_closed(struct ike_sa *sa)
{
	ike_sa_log(sa, LEVEL_INFO, "the peer has closed it");
	end(sa, false, "the peer closed it");
}

static bool is_reauthenticated(const struct ike_sa *sa)
{
	const struct ike_sa *other = NULL;

	do {
		other = conn_next_sa(sa->engine, sa->conn->name, other);
	} while (other && other->reauth_of != sa->unique);
	return other;
}

void ike_sa_reauth(struct ike_sa *sa)
{
	struct conn_slot *slot = conn_slot(sa->engine, sa->conn->name);
	const struct child_conf *conf;
	struct ike_sa *next;

	if (is_reauthenticated(sa))
		return;
	next = ike_sa_initiate(sa->engine, slot ? slot->conn : sa->conn);
	if (!next) {
		sa->reauth_at = ike_sa_now(sa) + REAUTH_AGAIN_S * 1000ULL;
		return;
	}
	ike_sa_log(sa, LEVEL_INFO, "authenticating once more");
	next->reauth_of = sa->unique;
	if (sa->vips.local.n)
		next->vips.asked = sa->vips.local;
	/* In TCP there is no path without a connection; UDP may be good now. */
	if (!sa->path.tcp) {
		next->path = sa->path;
		next->remotes[0] = sa->path.remote;
		next->n_remotes = 1;
	}
	for (struct child_sa *child = sa->children; child;
	     child = child->next) {
		conf = conn_child(next->conn, child->conf->name);
		if (conf && child->state <= CHILD_REKEYING)
			ike_sa_want_child(next, conf, NULL, NULL);
	}
	ike_sa_begin(next);
}

void ike_sa_reauth_done(struct ike_sa *sa)
{
	struct ike_sa *old = engine_ike(sa->engine, sa->reauth_of);

	sa->reauth_of = 0;
	if (old)
		ike_sa_want(old, TASK_IKE_DELETE, 0);
}
