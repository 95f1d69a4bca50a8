// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * An IKE SA goes with its ends to other addresses (RFC 4555): which pair of
 * addresses is in use, and when that is another one. Who made the first of a
 * row of IKE SAs, the mover, decides; the other one follows, and tells where it
 * is as well. See inner.h; what is said is the version's.
 */
#include <stdio.h>

#include "../proto/ike.h"
#include "child.h"

enum { PAIRS_MAX = 32 };

static bool is_same(const struct addr *a, const struct addr *b)
{
	return addr_compare(a, b) == 0;
}

static bool has(const struct addr *list, size_t n, const struct addr *addr)
{
	for (size_t i = 0; i < n; i++)
		if (is_same(&list[i], addr))
			return true;
	return false;
}

/* In transport mode the addresses are what the children are made for. */
static bool is_transport(const struct ike_sa *sa)
{
	const struct child_sa *child = sa->children;

	while (child && child->mode != MODE_TRANSPORT)
		child = child->next;
	return child;
}

static bool may_move(const struct ike_sa *sa)
{
	return !sa->gone && sa->move.able && sa->conn &&
	       sa->state == IKE_ESTABLISHED && !sa->orphaned &&
	       !is_transport(sa);
}

size_t ike_move_others(const struct ike_sa *sa,
		       struct addr list[MOVE_ADDRS_MAX])
{
	const struct engine_locals *locals = &sa->engine->locals;
	size_t n = 0;

	for (size_t i = 0; i < locals->n && n < MOVE_ADDRS_MAX; i++)
		if (!is_same(&locals->list[i], &sa->path.local) &&
		    conn_match_local(sa->conn, &locals->list[i]))
			list[n++] = locals->list[i];
	return n;
}

void ike_move_tell(struct ike_sa *sa)
{
	struct addr list[MOVE_ADDRS_MAX];
	size_t n = ike_move_others(sa, list);

	if (n == sa->move.n_told &&
	    memcmp(list, sa->move.told, n * sizeof(*list)) == 0)
		return;
	ike_sa_want(sa, TASK_ADDRESS_LIST, 0);
}

/* ------------------------------------------------------------------- looking */

struct pairs {
	size_t n;
	struct env_pair list[PAIRS_MAX];
};

static void add(struct pairs *pairs, const struct addr *local,
		const struct addr *remote)
{
	if (pairs->n == PAIRS_MAX)
		return;
	pairs->list[pairs->n++] =
		(struct env_pair){ .local = *local, .remote = *remote };
}

/* From what is configured, or else from where the routes say. */
static void add_remote(const struct ike_sa *sa, const struct addr *remote,
		       struct pairs *pairs)
{
	const struct conf_texts *texts = &sa->conn->local_addrs;
	const struct addr any = { 0 };
	struct err ignored;
	struct addr local;
	bool fixed = false;

	for (size_t i = 0; i < texts->n; i++) {
		if (addr_parse_digits(&local, texts->texts[i], &ignored) ||
		    addr_is_any(&local) || local.len != remote->len)
			continue;
		add(pairs, &local, remote);
		fixed = true;
	}
	if (!fixed)
		add(pairs, &any, remote);
}

void ike_move_look(struct ike_sa *sa)
{
	const struct env *env = &sa->engine->env;
	struct pairs pairs = { 0 };

	if (!may_move(sa) || !env->ops->route)
		return;
	/* Who does not decide stays as long as it can, whatever routes say. */
	if (!sa->move.mover || sa->path.tcp)
		add(&pairs, &sa->path.local, &sa->path.remote);
	if (!sa->move.peer_left)
		add_remote(sa, &sa->path.remote, &pairs);
	for (size_t i = 0; i < sa->move.n_remotes; i++)
		if (!is_same(&sa->move.remotes[i], &sa->path.remote))
			add_remote(sa, &sa->move.remotes[i], &pairs);
	if (pairs.n)
		env->ops->route(env->world, pairs.list, pairs.n, sa->unique);
}

void ike_move_silent(struct ike_sa *sa)
{
	if (sa->move.mover && !sa->path.tcp)
		ike_move_look(sa);
}

void engine_network(struct engine *engine, const struct addr *list, size_t n)
{
	struct engine_locals *locals = &engine->locals;
	struct ike_sa *sa, *next;

	locals->n = n < ENGINE_ADDRS_MAX ? n : ENGINE_ADDRS_MAX;
	if (locals->n)
		memcpy(locals->list, list, locals->n * sizeof(*list));
	engine_enter(engine);
	for (sa = engine->first; sa; sa = next) {
		next = sa->next;
		sa->move.refused = (struct env_pair){ 0 };
		ike_move_look(sa);
	}
	engine_leave(engine);
}

/* -------------------------------------------------------------------- moving */

static struct ike_path path_of(const struct ike_sa *sa,
			       const struct env_pair *pair)
{
	struct ike_path path = sa->path;

	path.local = pair->local;
	path.socket = 0;
	if (path.tcp) {
		path.tcp = false;
		path.marker = true;
		path.local_port = IKE_NATT_PORT;
		path.remote_port = IKE_NATT_PORT;
	}
	if (!is_same(&path.remote, &pair->remote)) {
		path.remote = pair->remote;
		path.remote_port = path.marker ? IKE_NATT_PORT : IKE_PORT;
	}
	return path;
}

void ike_move_device(struct ike_sa *sa)
{
	const struct env *env = &sa->engine->env;

	sa->move.unmoved = false;
	if (sa->children)
		env->ops->peer_move(env->world, sa->interface, sa->peer,
				    &sa->path, sa->encap);
	env->ops->event(env->world, EVENT_CHANGED, sa, NULL);
}

void ike_move_to(struct ike_sa *sa, const struct ike_path *path, bool device)
{
	const struct env *env = &sa->engine->env;
	char from[ENDPOINT_TEXT_SIZE], to[ENDPOINT_TEXT_SIZE];

	ike_sa_log(sa, LEVEL_INFO, "moves: it is between %s and %s now",
		   endpoint_show(&path->local, path->local_port, from),
		   endpoint_show(&path->remote, path->remote_port, to));
	sa->move.peer_left = false;
	sa->move.unmoved = !device;
	/* The old TCP connection, if it was one, is of no use any more. */
	ike_tcp_use(sa, path, false);
	env->ops->event(env->world, EVENT_IKE_UPDATE, sa, NULL);
	if (device)
		ike_move_device(sa);
}

/* RFC 4555, 3.5: what is on its way goes there, and then the peer is told. */
static void go(struct ike_sa *sa, const struct env_pair *pair)
{
	struct ike_path path = path_of(sa, pair);
	bool there = is_same(&path.remote, &sa->path.remote) &&
		     !sa->move.unmoved;

	/* RFC 9329, 8: what was in TCP is tried in UDP first. */
	if (sa->path.tcp) {
		sa->encap = ENCAP_UDP;
		sa->tcp.ours = false;
	}
	/* Where the peer has not been yet nothing goes before it answers. */
	ike_move_to(sa, &path, there);
	sa->move.pending = true;
	retx_again(sa);
	ike_sa_want(sa, TASK_ADDRESS, 0);
}

/* The other end decides; but from an address that is gone nothing can be sent. */
static void follow(struct ike_sa *sa, const struct env_pair *pair)
{
	struct ike_path path = path_of(sa, pair);

	if (!is_same(&pair->remote, &sa->path.remote))
		return;
	ike_move_to(sa, &path, true);
	retx_again(sa);
	/* Where that comes from is what it says, even if the list is the same. */
	ike_sa_want(sa, TASK_ADDRESS_LIST, 0);
}

static bool is_usable(const struct ike_sa *sa, const struct env_pair *pair)
{
	return pair->local.len == pair->remote.len &&
	       conn_match_local(sa->conn, &pair->local) &&
	       !(is_same(&pair->local, &sa->move.refused.local) &&
		 is_same(&pair->remote, &sa->move.refused.remote));
}

static bool is_current(const struct ike_sa *sa, const struct env_pair *pair)
{
	return is_same(&pair->remote, &sa->path.remote) &&
	       is_same(&pair->local, &sa->path.local);
}

static bool keeps_tcp(const struct ike_sa *sa)
{
	return !sa->move.mover || sa->conn->encap == ENCAP_TCP ||
	       sa->conn->proxy;
}

/* By all ways but the one that it has gone already. */
static void spread(struct ike_sa *sa, const struct env_pair *pairs, size_t n)
{
	struct ike_path path;

	for (size_t i = 0; i < n; i++) {
		if (!is_usable(sa, &pairs[i]) || is_current(sa, &pairs[i]))
			continue;
		path = path_of(sa, &pairs[i]);
		packets_send(&sa->retx.packets, &sa->engine->env, &path);
	}
}

void engine_routed(struct engine *engine, uint32_t cookie,
		   const struct env_pair *pairs, size_t n)
{
	struct ike_sa *sa = engine_ike(engine, cookie);
	const struct env_pair *best = NULL;
	bool current = false;

	if (!sa || !may_move(sa))
		return;
	for (size_t i = n; i-- > 0;) {
		if (!is_usable(sa, &pairs[i]))
			continue;
		best = &pairs[i];
		current |= is_current(sa, best);
	}
	engine_enter(engine);
	if (!best)
		ike_sa_log(sa, LEVEL_INFO,
			   "there is no way to the peer now, waiting for one");
	else if (current)
		ike_move_tell(sa);
	else if (sa->path.tcp && keeps_tcp(sa))
		ike_tcp_moved(sa);
	else if (!sa->move.mover)
		follow(sa, best);
	else
		go(sa, best);
	if (!sa->gone && sa->retx.running && sa->retx.tries && sa->move.mover &&
	    !sa->path.tcp)
		spread(sa, pairs, n);
	engine_leave(engine);
}

void ike_move_answered(struct ike_sa *sa, const struct ike_path *path)
{
	const struct env_pair pair = { path->local, path->remote };

	if (!may_move(sa) || !sa->move.mover || path->tcp || sa->path.tcp ||
	    is_current(sa, &pair) || !is_usable(sa, &pair))
		return;
	/* Nobody but the peer knows what to say, but anybody may repeat it. */
	if (!is_same(&path->remote, &sa->path.remote) &&
	    !has(sa->move.remotes, sa->move.n_remotes, &path->remote))
		return;
	go(sa, &pair);
}

void ike_move_refused(struct ike_sa *sa)
{
	sa->move.refused = (struct env_pair){ sa->path.local, sa->path.remote };
	ike_move_look(sa);
}

/* -------------------------------------------------------------- routability */

bool ike_move_is_verified(const struct ike_sa *sa, const struct addr *remote)
{
	return has(sa->move.verified, sa->move.n_verified, remote);
}

void ike_move_verified(struct ike_sa *sa, const struct addr *remote)
{
	struct ike_move *move = &sa->move;

	if (ike_move_is_verified(sa, remote))
		return;
	if (move->n_verified == MOVE_VERIFIED_MAX) {
		memmove(move->verified, move->verified + 1,
			(MOVE_VERIFIED_MAX - 1) * sizeof(*move->verified));
		move->n_verified--;
	}
	move->verified[move->n_verified++] = *remote;
}
