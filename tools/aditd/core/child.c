// SPDX-License-Identifier: GPL-2.0-or-later
/* See child.h. */
#include "child.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	SPI_MIN = 256,
	SPI_TRIES = 16,
	REPLACED_MS = 120 * 1000,
	GOES_ON_MS = 30 * 1000,
};

const char *child_state_name(enum child_state state)
{
	static const char *const names[] = {
		[CHILD_CREATED] = "CREATED",
		[CHILD_INSTALLING] = "INSTALLING",
		[CHILD_INSTALLED] = "INSTALLED",
		[CHILD_REKEYING] = "REKEYING",
		[CHILD_REKEYED] = "REKEYED",
		[CHILD_DELETING] = "DELETING",
	};

	return state < CHILD_STATES ? names[state] : "UNKNOWN";
}

void child_set_state(struct child_sa *child, enum child_state state)
{
	struct engine *engine = child->ike->engine;

	if (child->state == state)
		return;
	engine_log(engine, LEVEL_DEBUG, child->ike, "child %s{%u}: %s -> %s",
		   child->conf->name, child->unique,
		   child_state_name(child->state), child_state_name(state));
	child->state = state;
	engine->env.ops->event(engine->env.world, EVENT_CHANGED, child->ike,
			       child);
}

static bool find_spi(struct engine *engine, uint32_t *spi)
{
	for (int i = 0; i < SPI_TRIES; i++) {
		if (engine_random(engine, spi, sizeof(*spi)))
			return false;
		if (*spi >= SPI_MIN && !table_find(&engine->child_in, *spi))
			return true;
	}
	return false;
}

static void ring(struct env_timer *timer);

void child_arm(struct child_sa *child)
{
	const uint64_t times[] = { child->expire_at, child->rekey_at,
				   child->idle_at };
	struct engine *engine = child->ike->engine;
	uint64_t at = 0;

	for (size_t i = 0; i < ARRAY_SIZE(times); i++)
		if (times[i] && (!at || times[i] < at))
			at = times[i];
	child->timer.at = at;
	engine->env.ops->set_timer(engine->env.world, &child->timer);
}

static void ring(struct env_timer *timer)
{
	struct child_sa *child = timer->arg;
	struct ike_sa *ike = child->ike;
	uint64_t now = ike_sa_now(ike);

	timer->at = 0;
	engine_enter(ike->engine);
	if (child->expire_at && now >= child->expire_at) {
		child->expire_at = 0;
		if (child->state == CHILD_INSTALLED)
			ike_sa_log(ike, LEVEL_INFO,
				   "child %s{%u} is too old, deleting it",
				   child->conf->name, child->unique);
		ike_sa_want(ike, TASK_CHILD_DELETE, child->unique);
	} else if (child->rekey_at && now >= child->rekey_at) {
		child->rekey_at = 0;
		if (child->state == CHILD_INSTALLED)
			ike_sa_want(ike, TASK_CHILD_REKEY, child->unique);
	} else if (child->idle_at && now >= child->idle_at) {
		child->idle_at = 0;
		child_idle_ask(child);
	}
	child_arm(child);
	engine_leave(ike->engine);
}

struct child_sa *child_new(struct ike_sa *ike, const struct child_conf *conf)
{
	struct engine *engine = ike->engine;
	struct child_sa *child;
	uint32_t spi;

	if (ike->n_children >= CHILDREN_MAX || !find_spi(engine, &spi))
		return NULL;
	child = calloc(1, sizeof(*child));
	if (!child)
		return NULL;
	child->ike = ike;
	child->conf = conf;
	child->mode = conf->mode;
	child->unique = ++engine->last_child;
	child->spi_in = spi;
	child->timer.arg = child;
	child->timer.ring = ring;
	child->next = ike->children;
	ike->children = child;
	ike->n_children++;
	table_add(&engine->child_in, &child->by_spi_in, spi, child);
	table_add(&engine->child_unique, &child->by_unique, child->unique,
		  child);
	return child;
}

/* Is it another generation of the same child, though made in other ways? */
static bool is_same(const struct child_sa *child, const struct child_sa *other)
{
	return other->in_kernel && other->ike->peer == child->ike->peer &&
	       strcmp(other->conf->name, child->conf->name) == 0 &&
	       ts_list_equal(&other->local_ts, &child->local_ts) &&
	       ts_list_equal(&other->remote_ts, &child->remote_ts);
}

static const struct child_sa *find_same(const struct child_sa *child)
{
	struct engine *engine = child->ike->engine;
	struct table_node *node;
	const struct child_sa *other;

	node = table_first(&engine->by_peer, child->ike->peer);
	for (; node; node = table_next(node)) {
		other = ((struct ike_sa *)node->owner)->children;
		for (; other; other = other->next)
			if (other != child && is_same(child, other))
				return other;
	}
	return NULL;
}

void child_identify(struct child_sa *child, const struct child_sa *old)
{
	struct engine *engine = child->ike->engine;
	struct conn_slot *slot = conn_slot(engine, child->ike->conn->name);
	struct conn_child *of_conf = NULL;

	if (!old)
		old = find_same(child);
	if (!old && slot && slot->peer == child->ike->peer)
		of_conf = conn_slot_child(slot, child->conf->name);
	if (old)
		child->id = old->id;
	else if (of_conf && !table_find(&engine->child_id, of_conf->id))
		child->id = of_conf->id;
	else
		child->id = ++engine->last_id;
	table_add(&engine->child_id, &child->by_id, child->id, child);
	table_add(&engine->child_out, &child->by_spi_out, child->spi_out,
		  child);
}

static void fill(const struct child_sa *child, struct env_child *out)
{
	const struct ike_sa *ike = child->ike;

	*out = (struct env_child){
		.interface = ike->interface,
		.peer = ike->peer,
		.child = child->id,
		.path = ike->path,
		.encap = ike->encap,
		.conf = child->conf,
		.mode = child->mode,
		.protocol = child->protocol,
		.spi_in = child->spi_in,
		.spi_out = child->spi_out,
		.encr = child->encr,
		.encr_bits = child->encr_bits,
		.integ = child->integ,
		.esn = child->esn,
		.keepalive = (uint32_t)ike->conn->keepalive,
		.cpi_in = child->cpi_in,
		.cpi_out = child->cpi_out,
		/* What is compressed is not padded: the kernel does one. */
		.tfc_padding = child->no_tfc || child->cpi_out ?
				       0 :
				       child->conf->tfc_padding,
		.local_ts = &child->local_ts,
		.remote_ts = &child->remote_ts,
		.cookie = child->unique,
	};
}

void child_take_over(struct child_sa *child)
{
	const struct env *env = &child->ike->engine->env;
	struct table_node *node;
	struct env_child out;

	if (child->outbound || !child->in_kernel)
		return;
	node = table_first(&child->ike->engine->child_id, child->id);
	for (; node; node = table_next(node))
		((struct child_sa *)node->owner)->outbound = false;
	child->outbound = true;
	fill(child, &out);
	env->ops->child_install(env->world, &out, INSTALL_OUT);
}

static bool has_sender(const struct child_sa *child)
{
	struct table_node *node;
	const struct child_sa *other;

	node = table_first(&child->ike->engine->child_id, child->id);
	for (; node; node = table_next(node)) {
		other = node->owner;
		if (other != child && other->outbound)
			return true;
	}
	return false;
}

/* A bit less, so that both ends do not come at once. */
static uint64_t less(struct engine *engine, uint64_t limit, uint64_t rand)
{
	uint64_t value = 0;

	if (!limit || !rand || engine_random(engine, &value, sizeof(value)))
		return limit;
	value %= rand;
	return value < limit ? limit - value : 1;
}

void child_install(struct child_sa *child, const struct child_keys *keys,
		   bool hold_outbound)
{
	const struct env *env = &child->ike->engine->env;
	bool replaces = has_sender(child);
	const struct child_conf *conf = child->conf;
	struct engine *engine = child->ike->engine;
	struct env_child out;

	fill(child, &out);
	out.soft_bytes = less(engine, conf->rekey_bytes, conf->rand_bytes);
	out.soft_packets =
		less(engine, conf->rekey_packets, conf->rand_packets);
	out.encr_key_in = keys->encr_in;
	out.integ_key_in = keys->integ_in;
	out.encr_key_out = keys->encr_out;
	out.integ_key_out = keys->integ_out;
	child->in_kernel = true;
	child->installed = ike_sa_now(child->ike);
	env->ops->child_install(env->world, &out,
				replaces ? INSTALL_IN : INSTALL_BOTH);
	if (!replaces)
		child->outbound = true;
	else if (!hold_outbound)
		child_take_over(child);
}

void child_show(const struct child_sa *child, char *buf, size_t size)
{
	char local[256] = "", remote[256] = "";

	ts_show_list(&child->local_ts, local, sizeof(local));
	ts_show_list(&child->remote_ts, remote, sizeof(remote));
	snprintf(buf, size, "%s{%u} %s === %s", child->conf->name,
		 child->unique, local, remote);
}

void child_up(struct child_sa *child, const struct child_sa *old)
{
	struct ike_sa *ike = child->ike;
	const struct env *env = &ike->engine->env;
	const struct child_conf *conf = child->conf;
	char text[640];

	child_show(child, text, sizeof(text));
	ike_sa_log(ike, LEVEL_INFO, "child %s %s, SPIs %08x in, %08x out", text,
		   old ? "rekeyed" : "is up", child->spi_in, child->spi_out);
	child->rekey_at =
		time_after(ike->engine, conf->rekey_time, conf->rand_time);
	child->expire_at = time_after(ike->engine, conf->life_time, 0);
	child_idle_begin(child, old);
	child_arm(child);
	child_set_state(child, CHILD_INSTALLED);
	child->up = true;
	if (old)
		ike_sa_count(ike, COUNT_CHILD_REKEY);
	env->ops->event(env->world, old ? EVENT_CHILD_REKEY : EVENT_CHILD_UP,
			ike, child);
}

void child_replaced(struct child_sa *child)
{
	uint64_t last = ike_sa_now(child->ike) + REPLACED_MS;

	child->replaced = true;
	child->rekey_at = 0;
	child->idle_at = 0;
	/* Who made the other one deletes it; but if not, we do. */
	if (!child->expire_at || child->expire_at > last)
		child->expire_at = last;
	child_arm(child);
	child_set_state(child, CHILD_REKEYED);
}

void child_rekey_later(struct child_sa *child, uint64_t ms)
{
	child_set_state(child, CHILD_INSTALLED);
	child->rekey_at = ike_sa_now(child->ike) + ms;
	child_arm(child);
}

/* Do we delete it already? */
static bool is_ending(const struct child_sa *child)
{
	const struct task *active = child->ike->active;

	return (active && active->kind == TASK_CHILD_DELETE &&
		active->child == child->unique) ||
	       task_has(&child->ike->tasks, TASK_CHILD_DELETE, child->unique);
}

/* As if it had never been replaced. */
static void go_on(struct child_sa *child)
{
	uint64_t life = child->conf->life_time * 1000;

	ike_sa_log(child->ike, LEVEL_INFO,
		   "child %s{%u} goes on: what replaced it is gone",
		   child->conf->name, child->unique);
	child->replaced = false;
	child->expire_at = life ? child->installed + life : 0;
	child_idle_begin(child, child);
	child_rekey_later(child, GOES_ON_MS);
}

bool child_give_back(const struct child_sa *child)
{
	struct child_sa *best = NULL, *other;
	struct table_node *node;

	node = table_first(&child->ike->engine->child_id, child->id);
	for (; node; node = table_next(node)) {
		other = node->owner;
		if (other->ike == child->ike && other->in_kernel &&
		    other->state == CHILD_REKEYED && !is_ending(other) &&
		    (!best || other->unique > best->unique))
			best = other;
	}
	if (best)
		go_on(best);
	return best;
}

static uint64_t rank(const struct child_sa *child)
{
	return (uint64_t)(child->state <= CHILD_REKEYING) << 32 | child->unique;
}

/* The newest of the others, if there is one, sends now. */
static bool hand_over(struct child_sa *child)
{
	struct engine *engine = child->ike->engine;
	struct child_sa *best = NULL, *other;
	struct table_node *node;
	bool sends = false;

	node = table_first(&engine->child_id, child->id);
	for (; node; node = table_next(node)) {
		other = node->owner;
		if (other == child || !other->in_kernel)
			continue;
		sends |= other->outbound;
		/* One that is on its way out only if there is nothing else. */
		if (!best || rank(other) > rank(best))
			best = other;
	}
	if (best && !sends)
		child_take_over(best);
	return best;
}

/* Its selectors may have been narrowed: as it is configured again. */
static void trap_again(const struct child_sa *child)
{
	struct engine *engine = child->ike->engine;
	struct conn_slot *slot = conn_slot(engine, child->ike->conn->name);
	const struct child_conf *conf =
		slot ? conn_child(slot->conn, child->conf->name) : NULL;

	if (conf)
		conn_trap(engine, slot, conf, true);
}

static void out_of_kernel(struct child_sa *child)
{
	struct engine *engine = child->ike->engine;
	const struct env *env = &engine->env;
	struct env_child out;
	bool others, trapped;

	if (!child->in_kernel)
		return;
	child->in_kernel = false;
	child->outbound = false;
	others = hand_over(child);
	trapped = conn_child_is_trapped(engine, child->id);
	fill(child, &out);
	env->ops->child_remove(env->world, &out, !others && !trapped);
	table_remove(&engine->child_id, &child->by_id);
	if (trapped && !others)
		trap_again(child);
}

bool child_has_heir(const struct child_sa *child)
{
	struct table_node *node;
	const struct child_sa *other;

	node = table_first(&child->ike->engine->child_id, child->id);
	for (; node; node = table_next(node)) {
		other = node->owner;
		if (other != child && other->in_kernel &&
		    (other->state == CHILD_INSTALLED ||
		     other->state == CHILD_REKEYING))
			return true;
	}
	return false;
}

void child_remove(struct child_sa *child)
{
	struct ike_sa *ike = child->ike;
	struct engine *engine = ike->engine;
	const struct env *env = &engine->env;
	struct child_sa **at = &ike->children;
	bool replaced = child->replaced || child_has_heir(child);

	out_of_kernel(child);
	child->timer.at = 0;
	env->ops->set_timer(env->world, &child->timer);
	table_remove(&engine->child_in, &child->by_spi_in);
	table_remove(&engine->child_out, &child->by_spi_out);
	table_remove(&engine->child_id, &child->by_id);
	table_remove(&engine->child_unique, &child->by_unique);
	if (child->up && !replaced)
		env->ops->event(env->world, EVENT_CHILD_DOWN, ike, child);
	task_forget(&ike->tasks, child->unique, "the child is gone");
	while (*at != child)
		at = &(*at)->next;
	*at = child->next;
	ike->n_children--;
	child->next = engine->dead_children;
	engine->dead_children = child;
}

void child_move(struct child_sa *child, struct ike_sa *to)
{
	struct child_sa **at = &child->ike->children;

	while (*at != child)
		at = &(*at)->next;
	*at = child->next;
	child->ike->n_children--;
	child->ike = to;
	child->next = to->children;
	to->children = child;
	to->n_children++;
}

struct child_sa *child_of_spi(const struct ike_sa *ike, uint8_t protocol,
			      uint32_t spi, bool inbound)
{
	struct child_sa *child = ike->children;

	while (child &&
	       (child->protocol != protocol || child->state < CHILD_INSTALLED ||
		(inbound ? child->spi_in : child->spi_out) != spi))
		child = child->next;
	return child;
}

struct child_sa *child_of_unique(struct engine *engine, uint32_t unique)
{
	return table_find(&engine->child_unique, unique);
}

struct child_sa *child_of_conf(const struct ike_sa *ike,
			       const struct child_conf *conf)
{
	struct child_sa *child = ike->children;

	while (child && (strcmp(child->conf->name, conf->name) != 0 ||
			 child->state > CHILD_REKEYING))
		child = child->next;
	return child;
}

void child_closed(struct child_sa *child)
{
	struct ike_sa *ike = child->ike;
	struct conn_slot *slot = conn_slot(ike->engine, ike->conn->name);
	const struct child_conf *conf =
		slot ? conn_child(slot->conn, child->conf->name) : NULL;
	struct err err;

	if (!conf || ike->engine->closing)
		return;
	if (conf->close_action & START_TRAP)
		conn_trap(ike->engine, slot, conf, true);
	if (conf->close_action & START_START &&
	    engine_start_child(ike->engine, slot->conn, conf->name, NULL, NULL,
			       NULL, NULL, &err))
		ike_sa_log(ike, LEVEL_ERROR, "%s", err.text);
}
