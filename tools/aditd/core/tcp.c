// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * IKE in TCP (RFC 9329): when an initiator connects, what becomes of its IKE SA
 * when the connection is lost, and the ports that connections are taken at. See
 * inner.h.
 */
#include <stdio.h>
#include <stdlib.h>

#include "../proto/ike.h"
#include "child.h"

enum {
	AGAIN_MIN_MS = 100,
	AGAIN_FIRST_MS = 1000,
	AGAIN_MAX_MS = 60 * 1000,
};

/* With "auto" only if there are ports; then UDP is always tried first. */
bool conn_may_use_tcp(const struct conn *conn)
{
	return conn->encap == ENCAP_TCP ||
	       (conn->encap == ENCAP_AUTO && conn->tcp_ports.n);
}

static size_t n_ports(const struct conn *conn)
{
	return conn->tcp_ports.n ? conn->tcp_ports.n : 1;
}

static uint16_t port_at(const struct conn *conn, size_t i)
{
	if (i >= conn->tcp_ports.n)
		return IKE_NATT_PORT;
	return (uint16_t)strtoul(conn->tcp_ports.texts[i], NULL, 10);
}

/* ---------------------------------------------------------------- connecting */

static void ask(struct ike_sa *sa)
{
	const struct env *env = &sa->engine->env;
	const char *proxy = sa->conn->proxy ? sa->conn->proxy : "";
	char to[ENDPOINT_TEXT_SIZE];
	struct ike_path path = {
		.remote = sa->path.remote,
		.remote_port = port_at(sa->conn, sa->tcp.at),
		.tcp = true,
	};

	/* The second time the host may have another address. */
	if (!sa->tcp.ours)
		path.local = sa->path.local;
	if (sa->path.tcp)
		sa->path.remote_port = path.remote_port;
	sa->tcp.wanted = true;
	if (sa->state == IKE_CREATED)
		snprintf(sa->waits_for, sizeof(sa->waits_for),
			 "TCP connection to %s",
			 endpoint_show(&path.remote, path.remote_port, to));
	env->ops->tcp_connect(env->world, &path, proxy, sa->unique);
}

void ike_tcp_connect(struct ike_sa *sa)
{
	if (!sa->engine->env.ops->tcp_connect) {
		ike_sa_fail(sa, "there is no TCP here",
			    "leave encap = tcp out");
		return;
	}
	sa->tcp.at = 0;
	ask(sa);
}

/*
 * Its first message of all, or the first one behind: that is sent to another
 * port, or is larger, and may be dropped where IKE_SA_INIT was not.
 */
static bool is_unanswered(const struct ike_sa *sa)
{
	return sa->initiator && !sa->path.tcp && !sa->heard &&
	       (sa->state == IKE_CONNECTING || sa->state == IKE_AUTHENTICATING);
}

/* It has gone to where UDP does not get through (RFC 9329, 8). */
static bool is_moving(const struct ike_sa *sa)
{
	return sa->state == IKE_ESTABLISHED && sa->move.able &&
	       sa->move.mover && !sa->path.tcp && sa->retx.running &&
	       sa->active && sa->active->kind == TASK_ADDRESS;
}

void ike_tcp_fall_back(struct ike_sa *sa)
{
	if ((!is_unanswered(sa) && !is_moving(sa)) || sa->tcp.wanted ||
	    !sa->engine->env.ops->tcp_connect || !conn_may_use_tcp(sa->conn))
		return;
	ike_sa_log(sa, LEVEL_INFO,
		   sa->state == IKE_AUTHENTICATING ?
			   "no answer to IKE_AUTH in UDP, trying TCP port %u" :
			   "UDP is not answered, trying TCP port %u",
		   port_at(sa->conn, 0));
	ike_tcp_connect(sa);
}

static void again(struct env_timer *timer)
{
	struct ike_sa *sa = timer->arg;

	timer->at = 0;
	engine_enter(sa->engine);
	if (!sa->gone && !sa->tcp.wanted && sa->path.tcp && !sa->path.socket)
		ask(sa);
	engine_leave(sa->engine);
}

static void connect_later(struct ike_sa *sa)
{
	uint64_t delay = AGAIN_MIN_MS;

	if (sa->tcp.tries)
		delay = AGAIN_FIRST_MS << (sa->tcp.tries - 1);
	if (sa->tcp.tries < 16)
		sa->tcp.tries++;
	if (delay > AGAIN_MAX_MS)
		delay = AGAIN_MAX_MS;
	sa->tcp.timer.arg = sa;
	sa->tcp.timer.ring = again;
	sa->tcp.timer.at = ike_sa_now(sa) + delay;
	ike_sa_timer(sa, &sa->tcp.timer);
}

/* Another of its ports; UDP, if it is under way, goes on whatever comes. */
static void next_port(struct ike_sa *sa, const char *text)
{
	if (sa->tcp.at + 1 < n_ports(sa->conn)) {
		ike_sa_log(sa, LEVEL_INFO, "%s; trying TCP port %u", text,
			   port_at(sa->conn, sa->tcp.at + 1));
		sa->tcp.at++;
		sa->tcp.ours = false;
		ask(sa);
	} else if (sa->path.tcp) {
		ike_sa_fail(sa, text,
			    "does the peer take IKE in TCP there, and does the "
			    "way to it let that through?");
	} else {
		ike_sa_log(sa, LEVEL_INFO, "%s", text);
	}
}

/* ------------------------------------------------------------- an open one */

static bool is_used(const struct engine *engine, uint32_t socket)
{
	for (const struct ike_sa *sa = engine->first; sa; sa = sa->next)
		if (sa->path.tcp && sa->path.socket == socket)
			return true;
	return false;
}

static void close_socket(struct engine *engine, uint32_t socket)
{
	if (socket && engine->env.ops->tcp_close)
		engine->env.ops->tcp_close(engine->env.world, socket);
}

/* The device sends through it too, now or later. */
void ike_tcp_use(struct ike_sa *sa, const struct ike_path *path, bool device)
{
	const struct env *env = &sa->engine->env;
	uint32_t old = sa->path.tcp ? sa->path.socket : 0;

	sa->path = *path;
	if (device && sa->established && sa->children)
		env->ops->peer_move(env->world, sa->interface, sa->peer,
				    &sa->path, sa->encap);
	if (old && old != path->socket && !is_used(sa->engine, old))
		close_socket(sa->engine, old);
}

/*
 * The same IKE SA on another connection (RFC 9329, 6.1): what was not answered
 * is sent again, and something is, so that the peer learns where we are.
 */
static void resume(struct ike_sa *sa, const struct ike_path *path)
{
	ike_tcp_use(sa, path, true);
	retx_repeat(sa);
	if (sa->state == IKE_ESTABLISHED) {
		ike_sa_want(sa, TASK_LIVENESS, 0);
		if (!sa->active)
			sa->ops->kick(sa);
	}
}

void engine_tcp_open(struct engine *engine, uint32_t cookie,
		     const struct ike_path *path)
{
	struct ike_sa *sa = engine_ike(engine, cookie);
	char to[ENDPOINT_TEXT_SIZE];

	/* It has ended, or UDP has been answered meanwhile. */
	if (!sa || !sa->tcp.wanted ||
	    (!sa->path.tcp && !is_unanswered(sa) && !is_moving(sa))) {
		if (sa)
			sa->tcp.wanted = false;
		close_socket(engine, path->socket);
		return;
	}
	engine_enter(engine);
	ike_sa_log(sa, LEVEL_INFO, "TCP connection to %s is open",
		   endpoint_show(&path->remote, path->remote_port, to));
	sa->tcp.wanted = false;
	sa->tcp.ours = true;
	sa->tcp.since = ike_sa_now(sa);
	if (sa->state == IKE_CREATED) {
		sa->path = *path;
		sa->ops->start(sa);
	} else if (sa->state == IKE_CONNECTING) {
		sa->path = *path;
		sa->ops->restart(sa);
	} else if (sa->path.tcp || is_moving(sa)) {
		sa->encap = ENCAP_TCP;
		sa->move.unmoved = false;
		resume(sa, path);
	} else {
		ike_sa_anew(sa, path);
	}
	engine_leave(engine);
}

static void lost(struct ike_sa *sa, const char *text)
{
	sa->path.socket = 0;
	ike_sa_log(sa, LEVEL_INFO, "%s", text);
	if (sa->state == IKE_DELETING) {
		ike_sa_remove(sa, text);
	} else if (!sa->tcp.ours || sa->state == IKE_REKEYED) {
		/* The peer makes another one, or the newer IKE SA does. */
		return;
	} else if (sa->state == IKE_CONNECTING) {
		next_port(sa, text);
	} else {
		if (sa->last_in > sa->tcp.since)
			sa->tcp.tries = 0;
		connect_later(sa);
	}
}

static void not_made(struct ike_sa *sa, const char *text)
{
	sa->tcp.wanted = false;
	if (sa->state <= IKE_CONNECTING || is_unanswered(sa)) {
		next_port(sa, text);
	} else if (sa->path.tcp) {
		ike_sa_log(sa, LEVEL_INFO, "%s", text);
		connect_later(sa);
	}
}

void engine_tcp_closed(struct engine *engine, uint32_t cookie, uint32_t socket,
		       const char *text)
{
	struct ike_sa *sa = cookie ? engine_ike(engine, cookie) : NULL;
	struct ike_sa *next;

	engine_enter(engine);
	if (sa && sa->tcp.wanted)
		not_made(sa, text);
	for (sa = socket ? engine->first : NULL; sa; sa = next) {
		next = sa->next;
		if (sa->path.tcp && sa->path.socket == socket)
			lost(sa, text);
	}
	engine_leave(engine);
}

/*
 * TCP loses nothing, so nothing is sent twice: a connection that is silent so
 * long is dead, though nobody has said so.
 */
void ike_tcp_silent(struct ike_sa *sa)
{
	uint32_t socket = sa->path.socket;

	if (!socket || !sa->tcp.ours || sa->retx.tries != RETX_TCP_DEAD)
		return;
	lost(sa, "TCP connection is silent, closing it");
	if (!is_used(sa->engine, socket))
		close_socket(sa->engine, socket);
}

void ike_tcp_moved(struct ike_sa *sa)
{
	uint32_t socket = sa->path.socket;

	if (!socket || !sa->tcp.ours)
		return;
	lost(sa, "the address of the TCP connection is gone, making another");
	if (!is_used(sa->engine, socket))
		close_socket(sa->engine, socket);
}

void ike_tcp_follow(struct ike_sa *sa, const struct ike_path *path)
{
	char to[ENDPOINT_TEXT_SIZE];

	if (!path->tcp || sa->tcp.ours || path->socket == sa->path.socket)
		return;
	ike_sa_log(sa, LEVEL_INFO, "the peer has a new TCP connection, from %s",
		   endpoint_show(&path->remote, path->remote_port, to));
	ike_tcp_use(sa, path, true);
	retx_repeat(sa);
}

void ike_tcp_end(struct ike_sa *sa)
{
	uint32_t socket = sa->path.tcp ? sa->path.socket : 0;

	sa->tcp.timer.at = 0;
	if (sa->tcp.timer.ring)
		ike_sa_timer(sa, &sa->tcp.timer);
	sa->path.socket = 0;
	if (socket && !is_used(sa->engine, socket))
		close_socket(sa->engine, socket);
}

/* ----------------------------------------------------------------- listening */

static void add_port(struct engine_ports *ports, uint16_t port)
{
	for (size_t i = 0; i < ports->n; i++)
		if (ports->list[i] == port)
			return;
	if (port && ports->n < ARRAY_SIZE(ports->list))
		ports->list[ports->n++] = port;
}

void engine_tcp_listen(struct engine *engine)
{
	struct engine_ports ports = { 0 };

	if (engine->closing || !engine->env.ops->tcp_listen)
		return;
	for (const struct conn_slot *slot = engine->slots; slot;
	     slot = slot->next) {
		const struct conn *conn = slot->conn;

		for (size_t k = 0; conn_may_use_tcp(conn) && k < n_ports(conn);
		     k++)
			add_port(&ports, port_at(conn, k));
	}
	if (ports.n == engine->ports.n &&
	    memcmp(ports.list, engine->ports.list, sizeof(ports.list)) == 0)
		return;
	engine->ports = ports;
	engine->env.ops->tcp_listen(engine->env.world, ports.list, ports.n);
}
