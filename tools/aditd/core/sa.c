// SPDX-License-Identifier: GPL-2.0-or-later
/* IKE SAs: their lists, states and times. See sa.h and inner.h. */
#include <stdarg.h>
#include <stdio.h>

#include "child.h"

enum { PAUSE_MS = 10 };

const char *ike_state_name(enum ike_state state)
{
	static const char *const names[] = {
		[IKE_CREATED] = "CREATED",
		[IKE_CONNECTING] = "CONNECTING",
		[IKE_AUTHENTICATING] = "CONNECTING",
		[IKE_ESTABLISHED] = "ESTABLISHED",
		[IKE_REKEYED] = "REKEYED",
		[IKE_DELETING] = "DELETING",
	};

	return state < IKE_STATES ? names[state] : "UNKNOWN";
}

uint64_t ike_sa_now(const struct ike_sa *sa)
{
	return engine_now(sa->engine);
}

void ike_sa_timer(struct ike_sa *sa, struct env_timer *timer)
{
	const struct env *env = &sa->engine->env;

	env->ops->set_timer(env->world, timer);
}

void ike_sa_log(const struct ike_sa *sa, enum env_level level, const char *fmt,
		...)
{
	const struct env *env = &sa->engine->env;
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	env->ops->log(env->world, level, sa, text);
}

static const char *ordinal(unsigned int n, char buf[16])
{
	static const char *const ends[] = { "th", "st", "nd", "rd" };

	snprintf(buf, 16, "%u%s", n, n < ARRAY_SIZE(ends) ? ends[n] : "th");
	return buf;
}

const char *ike_sa_waits(const struct ike_sa *sa, char *buf, size_t size)
{
	char to[ENDPOINT_TEXT_SIZE], nth[16];
	const struct retx *retx = &sa->retx;
	uint64_t now = ike_sa_now(sa);

	if (!retx->running || !sa->ops->doing) {
		snprintf(buf, size, "%s", sa->waits_for);
		return buf;
	}
	endpoint_show(&sa->path.remote, sa->path.remote_port, to);
	if (!retx->tries) {
		snprintf(buf, size, "answer to %s from %s", sa->ops->doing(sa),
			 to);
		return buf;
	}
	snprintf(buf, size,
		 "sent %s to %s, %s try, no answer in %llu s%s%.0u%s",
		 sa->ops->doing(sa), to, ordinal(retx->tries + 1, nth),
		 (unsigned long long)((now - retx->since) / 1000),
		 sa->path.tcp ? "; is TCP open?" : "; is UDP ",
		 sa->path.tcp ? 0U : sa->path.remote_port,
		 sa->path.tcp ? "" : " open?");
	return buf;
}

void ike_sa_say_waiting(struct ike_sa *sa)
{
	const struct env *env = &sa->engine->env;
	char text[sizeof(sa->waits_for)];

	ike_sa_waits(sa, text, sizeof(text));
	memcpy(sa->waits_for, text, sizeof(text));
	env->ops->event(env->world, EVENT_CHANGED, sa, NULL);
}

/* What may follow what; the drawing is in sa.h. */
static bool may_follow(enum ike_state from, enum ike_state to)
{
	static const uint32_t next[IKE_STATES] = {
		[IKE_CREATED] = 1U << IKE_CONNECTING | 1U << IKE_ESTABLISHED,
		[IKE_CONNECTING] = 1U << IKE_AUTHENTICATING | 1U << IKE_CREATED,
		[IKE_AUTHENTICATING] = 1U << IKE_ESTABLISHED |
				       1U << IKE_DELETING,
		[IKE_ESTABLISHED] = 1U << IKE_REKEYED | 1U << IKE_DELETING,
		[IKE_REKEYED] = 1U << IKE_DELETING,
	};

	return next[from] & 1U << to;
}

void ike_sa_set_state(struct ike_sa *sa, enum ike_state state)
{
	const struct env *env = &sa->engine->env;

	if (sa->state == state)
		return;
	if (!may_follow(sa->state, state)) {
		ike_sa_log(sa, LEVEL_ERROR, "state %s can't follow %s",
			   ike_state_name(state), ike_state_name(sa->state));
		return;
	}
	ike_sa_log(sa, LEVEL_DEBUG, "%s -> %s", ike_state_name(sa->state),
		   ike_state_name(state));
	sa->state = state;
	env->ops->event(env->world, EVENT_CHANGED, sa, NULL);
}

/* Of IPv6 a host has a whole /64 of them, and is one all the same (RFC 8019, 4.2). */
static struct addr site_of(const struct addr *addr)
{
	struct addr first, last;

	addr_prefix_range(addr, addr->len == 16 ? 64 : 32, &first, &last);
	return first;
}

/* Others may have the same, by their choice: all of them are few. */
static uint64_t key_of(const struct addr *site)
{
	uint64_t key = 0;

	for (size_t i = 0; i < site->len; i++)
		key = (key << 8 | key >> 56) ^ site->octets[i];
	return key;
}

void ike_sa_half_open(struct ike_sa *sa, bool on)
{
	struct addr site = site_of(&sa->path.remote);
	struct engine *engine = sa->engine;

	if (sa->half_open == on)
		return;
	sa->half_open = on;
	if (on) {
		engine->cookies.half_open++;
		table_add(&engine->by_from, &sa->by_from, key_of(&site), sa);
	} else {
		engine->cookies.half_open--;
		table_remove(&engine->by_from, &sa->by_from);
	}
}

bool engine_has_many_of(const struct engine *engine, const struct addr *from)
{
	const struct addr site = site_of(from);
	const struct table_node *node =
		table_first(&engine->by_from, key_of(&site));
	size_t n = 0;

	for (; node; node = table_next(node)) {
		const struct ike_sa *sa = node->owner;
		const struct addr other = site_of(&sa->path.remote);

		n += addr_compare(&other, &site) == 0;
	}
	return n >= HALF_OPEN_EACH;
}

static void earliest(uint64_t *at, uint64_t other)
{
	if (other && (!*at || other < *at))
		*at = other;
}

static uint64_t liveness_at(const struct ike_sa *sa)
{
	if (sa->state != IKE_ESTABLISHED || !sa->conn || !sa->conn->dpd_delay ||
	    sa->active || sa->tasks.n)
		return 0;
	return sa->last_in + sa->conn->dpd_delay * 1000;
}

static uint64_t tasks_at(const struct ike_sa *sa)
{
	uint64_t at = task_next(&sa->tasks);

	return at && at < sa->quiet_until ? sa->quiet_until : at;
}

void ike_sa_schedule(struct ike_sa *sa)
{
	uint64_t at = 0;

	if (sa->gone)
		return;
	earliest(&at, sa->start_at);
	earliest(&at, sa->give_up_at);
	earliest(&at, liveness_at(sa));
	if (sa->state == IKE_ESTABLISHED) {
		earliest(&at, sa->rekey_at);
		earliest(&at, sa->reauth_at);
		earliest(&at, sa->expire_at);
	}
	if (sa->state >= IKE_ESTABLISHED && !sa->active)
		earliest(&at, tasks_at(sa));
	/* What can't be done at once is not worth a loop. */
	if (at && at < ike_sa_now(sa) + PAUSE_MS)
		at = ike_sa_now(sa) + PAUSE_MS;
	if (sa->timer.at == at)
		return;
	sa->timer.at = at;
	ike_sa_timer(sa, &sa->timer);
}

/* It took too long to get somewhere. */
static void time_out(struct ike_sa *sa)
{
	sa->give_up_at = 0;
	if (sa->state == IKE_REKEYED || sa->state == IKE_DELETING) {
		ike_sa_log(sa, LEVEL_INFO, "the peer did not delete it");
		ike_sa_remove(sa, "the peer did not answer");
	} else if (sa->state < IKE_ESTABLISHED) {
		ike_sa_fail(sa, "the peer began to connect and did not go on",
			    "do our answers reach it?");
	}
}

static void ring_established(struct ike_sa *sa, uint64_t now)
{
	uint64_t liveness = liveness_at(sa);

	if (sa->expire_at && now >= sa->expire_at) {
		sa->expire_at = 0;
		ike_sa_log(sa, LEVEL_INFO, "too old, deleting it");
		ike_sa_want(sa, TASK_IKE_DELETE, 0);
	} else if (sa->reauth_at && now >= sa->reauth_at) {
		sa->reauth_at = 0;
		ike_sa_reauth(sa);
	} else if (sa->rekey_at && now >= sa->rekey_at) {
		sa->rekey_at = 0;
		ike_sa_want(sa, TASK_IKE_REKEY, 0);
	} else if (liveness && now >= liveness && !sa->tasks.n) {
		ike_sa_want(sa, TASK_LIVENESS, 0);
	}
}

static void ring(struct env_timer *timer)
{
	struct ike_sa *sa = timer->arg;
	uint64_t now = ike_sa_now(sa);

	timer->at = 0;
	engine_enter(sa->engine);
	if (sa->start_at && now >= sa->start_at) {
		sa->start_at = 0;
		pace_begin(sa);
	} else if (sa->give_up_at && now >= sa->give_up_at) {
		time_out(sa);
	} else if (sa->state == IKE_ESTABLISHED) {
		ring_established(sa, now);
	}
	if (!sa->gone && sa->state >= IKE_ESTABLISHED && !sa->active)
		sa->ops->kick(sa);
	ike_sa_schedule(sa);
	engine_leave(sa->engine);
}

static int choose_spi(struct engine *engine, uint64_t *spi)
{
	do {
		if (engine_random(engine, spi, sizeof(*spi)))
			return -1;
	} while (!*spi || table_find(&engine->by_spi, *spi));
	return 0;
}

int ike_sa_add(struct engine *engine, struct ike_sa *sa,
	       const struct ike_version_ops *ops)
{
	uint64_t spi;

	if (choose_spi(engine, &spi))
		return -1;
	*(sa->initiator ? &sa->spi_i : &sa->spi_r) = spi;
	sa->engine = engine;
	sa->ops = ops;
	sa->version = ops->major;
	sa->unique = ++engine->last_unique;
	sa->timer.arg = sa;
	sa->timer.ring = ring;
	sa->last_in = engine_now(engine);
	sa->next = engine->first;
	if (sa->next)
		sa->next->prev = sa;
	engine->first = sa;
	engine->n_sas++;
	table_add(&engine->by_spi, &sa->by_spi, spi, sa);
	table_add(&engine->by_unique, &sa->by_unique, sa->unique, sa);
	return 0;
}

int ike_sa_new_spi(struct ike_sa *sa)
{
	uint64_t spi;

	if (choose_spi(sa->engine, &spi))
		return -1;
	*(sa->initiator ? &sa->spi_i : &sa->spi_r) = spi;
	table_remove(&sa->engine->by_spi, &sa->by_spi);
	table_add(&sa->engine->by_spi, &sa->by_spi, spi, sa);
	return 0;
}

static void out_of_lists(struct ike_sa *sa)
{
	struct engine *engine = sa->engine;

	table_remove(&engine->by_spi, &sa->by_spi);
	table_remove(&engine->by_cookie, &sa->by_cookie);
	table_remove(&engine->by_unique, &sa->by_unique);
	table_remove(&engine->by_peer, &sa->by_peer);
	table_remove(&engine->by_init, &sa->by_init);
	table_remove(&engine->by_conn, &sa->by_conn);
	if (sa->prev)
		sa->prev->next = sa->next;
	else
		engine->first = sa->next;
	if (sa->next)
		sa->next->prev = sa->prev;
	sa->prev = NULL;
	sa->next = engine->dead;
	engine->dead = sa;
	engine->n_sas--;
}

void ike_sa_remove(struct ike_sa *sa, const char *text)
{
	const struct env *env = &sa->engine->env;

	if (sa->gone)
		return;
	sa->gone = true;
	if (!sa->lost)
		ticket_forget(sa);
	sa->ops->abandon(sa);
	retx_stop(sa);
	sa->timer.at = 0;
	ike_sa_timer(sa, &sa->timer);
	ike_sa_half_open(sa, false);
	if (sa->active)
		task_end(sa->active,
			 sa->active->kind == TASK_IKE_DELETE ? 0 : -1, text);
	sa->active = NULL;
	while (sa->children)
		child_remove(sa->children);
	task_end_all(&sa->tasks, text);
	if (sa->established && !sa->orphaned)
		env->ops->event(env->world, EVENT_IKE_DOWN, sa, NULL);
	else
		env->ops->event(env->world, EVENT_CHANGED, sa, NULL);
	out_of_lists(sa);
	pace_end(sa);
	ike_sa_release_vips(sa);
	ike_sa_install_vips(sa);
	ike_tcp_end(sa);
	if (sa->peer && !table_find(&sa->engine->by_peer, sa->peer) &&
	    !conn_peer_is_trapped(sa->engine, sa->peer))
		env->ops->peer_remove(env->world, sa->interface, sa->peer);
	waiters_tell(&sa->waiters, -1, text);
	waiters_tell(&sa->closers, 0, text);
}

void ike_sa_set_conn(struct ike_sa *sa, struct conn *conn)
{
	conn_put(sa->conn);
	sa->conn = conn;
	if (!sa->gone)
		table_add(&sa->engine->by_conn, &sa->by_conn,
			  conn_key(conn->name), sa);
	conn_device(conn, sa->interface);
}

int ike_sa_want(struct ike_sa *sa, enum task_kind kind, uint32_t child)
{
	struct task *task;

	if (sa->gone || task_has(&sa->tasks, kind, child) ||
	    (sa->active && sa->active->kind == kind &&
	     sa->active->child == child))
		return 0;
	task = task_add(&sa->tasks, kind);
	if (!task) {
		ike_sa_log(sa, LEVEL_ERROR, "more than %u tasks wait already",
			   TASKS_MAX);
		return -1;
	}
	task->child = child;
	if (!sa->active)
		sa->ops->kick(sa);
	ike_sa_schedule(sa);
	return 0;
}

uint32_t ike_sa_cookie(struct ike_sa *sa)
{
	struct engine *engine = sa->engine;

	table_add(&engine->by_cookie, &sa->by_cookie, ++engine->last_cookie,
		  sa);
	return engine->last_cookie;
}

void ike_sa_uncookie(struct ike_sa *sa)
{
	table_remove(&sa->engine->by_cookie, &sa->by_cookie);
}

struct ike_sa *ike_sa_of_cookie(struct engine *engine, uint32_t cookie)
{
	return table_find(&engine->by_cookie, cookie);
}

uint64_t time_after(struct engine *engine, uint64_t seconds, uint64_t rand)
{
	uint64_t ms = seconds * 1000, less = 0;

	if (!seconds)
		return 0;
	if (rand && !engine_random(engine, &less, sizeof(less))) {
		less %= rand * 1000;
		ms = less < ms ? ms - less : 1000;
	}
	return engine_now(engine) + ms;
}

void ike_sa_set_times(struct ike_sa *sa)
{
	const struct conn *conn = sa->conn;
	uint64_t last;

	sa->rekey_at =
		time_after(sa->engine, conn->rekey_time, conn->rand_time);
	if (!sa->reauth_at)
		sa->reauth_at = time_after(sa->engine, conn->reauth_time,
					   conn->rand_time);
	last = conn->rekey_time > conn->reauth_time ? conn->rekey_time :
						      conn->reauth_time;
	sa->expire_at =
		last ? time_after(sa->engine, last + conn->over_time, 0) : 0;
}
