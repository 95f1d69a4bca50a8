// SPDX-License-Identifier: GPL-2.0-or-later
/* The connections that are configured, and their traps. See inner.h. */
#include <stdio.h>
#include <stdlib.h>

#include "child.h"

uint64_t conn_key(const char *name)
{
	uint64_t key = 14695981039346656037U;

	for (; *name; name++)
		key = (key ^ (uint8_t)*name) * 1099511628211U;
	return key;
}

struct conn_slot *conn_slot(const struct engine *engine, const char *name)
{
	struct table_node *node =
		table_first(&engine->slot_name, conn_key(name));

	for (; node; node = table_next(node)) {
		struct conn_slot *slot = node->owner;

		if (strcmp(slot->conn->name, name) == 0)
			return slot;
	}
	return NULL;
}

struct ike_sa *conn_next_sa(const struct engine *engine, const char *name,
			    const struct ike_sa *after)
{
	struct table_node *node =
		after ? table_next(&after->by_conn) :
			table_first(&engine->by_conn, conn_key(name));
	struct ike_sa *sa;

	for (; node; node = table_next(node)) {
		sa = node->owner;
		if (strcmp(sa->conn->name, name) == 0)
			return sa;
	}
	return NULL;
}

struct conn_child *conn_slot_child(struct conn_slot *slot, const char *name)
{
	struct conn_child *child = slot->children;

	while (child && strcmp(child->name, name) != 0)
		child = child->next;
	return child;
}

bool conn_child_is_trapped(const struct engine *engine, uint32_t id)
{
	for (const struct conn_slot *slot = engine->slots; slot;
	     slot = slot->next)
		for (const struct conn_child *child = slot->children; child;
		     child = child->next)
			if (child->id == id)
				return child->trapped;
	return false;
}

bool conn_peer_is_trapped(const struct engine *engine, uint32_t peer)
{
	const struct conn_slot *slot = engine->slots;
	const struct conn_child *child;

	while (slot && slot->peer != peer)
		slot = slot->next;
	if (!slot)
		return false;
	child = slot->children;
	while (child && !child->trapped)
		child = child->next;
	return child;
}

/* A name of a device has 15 characters; what is longer gets a hash instead. */
void conn_device(const struct conn *conn, char out[16])
{
	uint32_t hash = 2166136261U;

	if (conn->interface && *conn->interface) {
		snprintf(out, 16, "%.15s", conn->interface);
		return;
	}
	if (strlen(conn->name) <= 10 &&
	    !conn->name[strcspn(conn->name, "/:% \t\n\v\f\r")]) {
		snprintf(out, 16, "adit-%.10s", conn->name);
		return;
	}
	for (const char *at = conn->name; *at; at++)
		hash = (hash ^ (uint8_t)*at) * 16777619U;
	snprintf(out, 16, "adit-%08x", (unsigned int)hash);
}

/* What "dynamic" means as long as no message has come from there. */
static struct addr literal(const struct conf_texts *texts)
{
	struct addr addr = { .len = 4 };
	struct err ignored;

	for (size_t i = 0; i < texts->n; i++)
		if (!addr_parse_digits(&addr, texts->texts[i], &ignored))
			return addr;
	return (struct addr){ .len = 4 };
}

void conn_trap(struct engine *engine, struct conn_slot *slot,
	       const struct child_conf *conf, bool on)
{
	struct conn_child *child = conn_slot_child(slot, conf->name);
	struct addrs local = { 1, { literal(&slot->conn->local_addrs) } };
	struct addr remote = literal(&slot->conn->remote_addrs);
	struct ts_list *lists;
	struct env_child out;
	char device[16];

	if (!child || (!on && !child->trapped))
		return;
	child->trapped = on;
	/* Or it is there with SAs: their end makes it a trap. */
	if (table_find(&engine->child_id, child->id))
		return;
	lists = calloc(2, sizeof(*lists));
	if (!lists)
		return;
	/* Which one it will be only the peer knows. */
	if (slot->conn->vips.n)
		conn_vip_families(slot->conn, &local);
	ts_resolve(&conf->local_ts, local.list, local.n, &lists[0]);
	ts_resolve(&conf->remote_ts, &remote, 1, &lists[1]);
	ts_pair(&lists[0], &lists[1]);
	conn_device(slot->conn, device);
	out = (struct env_child){
		.interface = device,
		.peer = slot->peer,
		.child = child->id,
		.path.remote = remote,
		.conf = conf,
		.mode = conf->mode,
		.protocol = conf->proposals.n ?
				    conf->proposals.list[0].protocol :
				    PROTOCOL_ESP,
		.local_ts = &lists[0],
		.remote_ts = &lists[1],
	};
	engine->env.ops->child_trap(engine->env.world, &out, on);
	if (!on && !table_find(&engine->by_peer, slot->peer) &&
	    !conn_peer_is_trapped(engine, slot->peer))
		engine->env.ops->peer_remove(engine->env.world, device,
					     slot->peer);
	free(lists);
}

static int add_child(struct engine *engine, struct conn_slot *slot,
		     const char *name)
{
	struct conn_child *child = conn_slot_child(slot, name);

	if (child)
		return 0;
	child = calloc(1, sizeof(*child));
	if (!child)
		return -1;
	snprintf(child->name, sizeof(child->name), "%s", name);
	child->id = ++engine->last_id;
	child->next = slot->children;
	slot->children = child;
	return 0;
}

static void untrap_all(struct engine *engine, struct conn_slot *slot,
		       const struct conn *next)
{
	const struct child_conf *conf, *kept;

	for (conf = slot->conn->children; conf; conf = conf->next) {
		kept = next ? conn_child(next, conf->name) : NULL;
		if (!kept || !(kept->start & START_TRAP))
			conn_trap(engine, slot, conf, false);
	}
}

static void start_children(struct engine *engine, struct conn_slot *slot)
{
	const struct child_conf *conf;
	struct err err;

	for (conf = slot->conn->children; conf; conf = conf->next) {
		if (conf->start & START_TRAP)
			conn_trap(engine, slot, conf, true);
		if (!(conf->start & START_START) ||
		    table_find(&engine->child_id,
			       conn_slot_child(slot, conf->name)->id))
			continue;
		if (engine_start_child(engine, slot->conn, conf->name, NULL,
				       NULL, NULL, NULL, &err))
			engine_log(engine, LEVEL_ERROR, NULL, "%s", err.text);
	}
}

int engine_conn_add(struct engine *engine, struct conn *conn, struct err *err)
{
	struct conn_slot *slot = conn_slot(engine, conn->name);
	const struct child_conf *conf;
	bool tcp = conn_may_use_tcp(conn);

	if (!slot) {
		slot = calloc(1, sizeof(*slot));
		if (!slot)
			return err_set(err, ERR_REFUSED, "out of memory");
		slot->peer = ++engine->last_peer;
		slot->nth = engine->n_slots++;
		*engine->slots_end = slot;
		engine->slots_end = &slot->next;
		table_add(&engine->slot_name, &slot->by_name,
			  conn_key(conn->name), slot);
	} else {
		untrap_all(engine, slot, conn);
		tcp = tcp || conn_may_use_tcp(slot->conn);
	}
	conn_put(slot->conn);
	slot->conn = conn_get(conn);
	slot->edition = ++engine->last_edition;
	ticket_put(slot->ticket);
	slot->ticket = NULL;
	table_add(&engine->slot_remote, &slot->by_remote,
		  ident_key(&conn->remote[0].id), slot);
	if (conn_slot_read_addrs(slot))
		return err_set(err, ERR_REFUSED, "out of memory");
	for (conf = conn->children; conf; conf = conf->next)
		if (add_child(engine, slot, conf->name))
			return err_set(err, ERR_REFUSED, "out of memory");
	engine_enter(engine);
	if (tcp)
		engine_tcp_listen(engine);
	start_children(engine, slot);
	engine_leave(engine);
	return 0;
}

static void free_slot(struct conn_slot *slot)
{
	struct conn_child *child, *next;

	for (child = slot->children; child; child = next) {
		next = child->next;
		free(child);
	}
	conn_put(slot->conn);
	ticket_put(slot->ticket);
	free(slot->local.list);
	free(slot->remote.list);
	free(slot);
}

bool engine_conn_remove(struct engine *engine, const char *name)
{
	struct conn_slot **at = &engine->slots, *slot;

	while (*at && strcmp((*at)->conn->name, name) != 0)
		at = &(*at)->next;
	slot = *at;
	if (!slot)
		return false;
	engine_enter(engine);
	untrap_all(engine, slot, NULL);
	*at = slot->next;
	if (!slot->next)
		engine->slots_end = at;
	table_remove(&engine->slot_name, &slot->by_name);
	table_remove(&engine->slot_remote, &slot->by_remote);
	history_forget(&engine->history, slot->conn->name);
	free_slot(slot);
	engine_tcp_listen(engine);
	engine_leave(engine);
	return true;
}

struct conn *engine_conn(struct engine *engine, const char *name)
{
	struct conn_slot *slot = conn_slot(engine, name);

	return slot ? slot->conn : NULL;
}

struct conn *engine_conn_at(struct engine *engine, size_t i)
{
	struct conn_slot *slot = engine->slots;

	while (slot && i--)
		slot = slot->next;
	return slot ? slot->conn : NULL;
}

static bool is_trapped(struct conn_slot *slot, const char *name)
{
	const struct conn_child *child = conn_slot_child(slot, name);

	return child && child->trapped;
}

int engine_trap(struct engine *engine, const char *conn, const char *child,
		bool on, struct err *err)
{
	struct conn_slot *slot = engine->slots;
	const struct child_conf *conf = NULL;

	/* VICI may name the child alone. */
	for (; slot && !conf; slot = slot->next) {
		if (conn && strcmp(conn, slot->conn->name) != 0)
			continue;
		conf = conn_child(slot->conn, child);
		/* Perhaps that of another connection does. */
		if (!on && !is_trapped(slot, child))
			conf = NULL;
		if (conf) {
			engine_enter(engine);
			conn_trap(engine, slot, conf, on);
			engine_leave(engine);
			return 0;
		}
	}
	return err_set(err, ERR_USAGE,
		       on ? "no connection has a child '%s'" :
			    "no child '%s' waits for packets",
		       child);
}

bool engine_trapped_at(struct engine *engine, size_t i,
		       struct engine_trapped *out)
{
	for (struct conn_slot *slot = engine->slots; slot; slot = slot->next) {
		for (struct conn_child *child = slot->children; child;
		     child = child->next) {
			if (!child->trapped || i--)
				continue;
			*out = (struct engine_trapped){
				.conn = slot->conn,
				.child = conn_child(slot->conn, child->name),
				.id = child->id,
				.peer = slot->peer,
			};
			conn_device(slot->conn, out->interface);
			return true;
		}
	}
	return false;
}

void engine_acquire(struct engine *engine, const char *interface,
		    uint32_t child, const struct ts *source,
		    const struct ts *destination)
{
	struct conn_child *of = NULL;
	struct conn_slot *slot;
	struct err err;

	(void)interface; /* ids of children are the same on all of them */
	for (slot = engine->slots; slot; slot = slot->next) {
		of = slot->children;
		while (of && of->id != child)
			of = of->next;
		if (of)
			break;
	}
	/* One that has ended may have asked for an SA between its end and ours. */
	if (!slot || !of->trapped || table_find(&engine->child_id, child))
		return;
	engine_enter(engine);
	if (engine_start_child(engine, slot->conn, of->name, source,
			       destination, NULL, NULL, &err))
		engine_log(engine, LEVEL_ERROR, NULL, "%s", err.text);
	engine_leave(engine);
}
