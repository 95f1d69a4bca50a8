// SPDX-License-Identifier: GPL-2.0-or-later
/* See world.h: each call of struct env is a message to another process. */
#include "world.h"

#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>

#include "../crypto/prf.h"
#include "../proc/loop.h"
#include "ctl.h"
#include "idle.h"

static uint64_t now(void *world)
{
	(void)world;
	return loop_now();
}

static int random_octets(void *world, void *out, size_t len)
{
	(void)world;
	return crypto_random(out, len);
}

static void set_timer(void *world, struct env_timer *timer)
{
	struct ike_role *role = world;

	loop_set_timer(role->base, timer);
}

static void tell(struct ike_role *role, enum msg_type type, const void *msg)
{
	struct err err;

	if (chan_send(&role->net, type, msg, &err))
		log_text(&role->log, LEVEL_ERROR, "", err.text);
}

static void send_message(void *world, const struct ike_path *path,
			 struct span message)
{
	const struct msg_packet msg = { *path, message };

	tell(world, MSG_SEND, &msg);
}

static void resolve(void *world, const struct conn *conn, uint32_t cookie)
{
	struct msg_resolve msg;

	msg_resolve_of(&msg, conn, cookie);
	tell(world, MSG_RESOLVE, &msg);
}

/* -------------------------------------------------------------------- kernel */

static void route(void *world, const struct env_pair *pairs, size_t n,
		  uint32_t cookie)
{
	struct msg_route msg = { .cookie = cookie,
				 .n = n < MSG_PAIRS_MAX ? n : MSG_PAIRS_MAX };

	memcpy(msg.pairs, pairs, msg.n * sizeof(*pairs));
	tell(world, MSG_ROUTE, &msg);
}

static void child_install(void *world, const struct env_child *child,
			  enum env_install how)
{
	struct msg_child msg;

	msg_child_of(&msg, child, how, false);
	tell(world, MSG_CHILD_INSTALL, &msg);
}

static void child_remove(void *world, const struct env_child *child, bool whole)
{
	struct msg_child msg;

	msg_child_of(&msg, child, INSTALL_BOTH, whole);
	tell(world, MSG_CHILD_REMOVE, &msg);
}

static void child_trap(void *world, const struct env_child *child, bool on)
{
	struct msg_child msg;

	msg_child_of(&msg, child, INSTALL_BOTH, on);
	tell(world, MSG_CHILD_TRAP, &msg);
}

static void child_idle(void *world, const char *interface, uint32_t child,
		       uint32_t cookie)
{
	struct ike_role *role = world;
	struct err err;

	if (idle_ask(role, interface, child, cookie, &err))
		log_text(&role->log, LEVEL_ERROR, "", err.text);
}

static void peer_move(void *world, const char *interface, uint32_t peer,
		      const struct ike_path *path, enum conf_encap encap)
{
	const struct msg_peer msg = { interface, peer, *path, encap };

	tell(world, MSG_PEER_MOVE, &msg);
}

static void peer_remove(void *world, const char *interface, uint32_t peer)
{
	const struct msg_peer msg = { .interface = interface, .peer = peer };

	tell(world, MSG_PEER_REMOVE, &msg);
}

static void inner(void *world, const struct env_inner *inner)
{
	struct msg_inner msg;

	msg_inner_of(&msg, inner);
	tell(world, MSG_INNER, &msg);
}

/* ---------------------------------------------------------------------- keys */

/* An AUTH that could not be asked about; answered from the loop. */
struct refusal {
	struct ike_role *role;
	uint32_t cookie;
	struct err err;
};

static void refuse(evutil_socket_t fd, short what, void *arg)
{
	struct refusal *refusal = arg;
	const struct env_auth_reply reply = { .text = refusal->err.text };

	(void)fd;
	(void)what;
	engine_auth_done(refusal->role->engine, refusal->cookie, &reply);
	free(refusal);
}

/* @type with @msg; if that can't be, who waits, if @cookie is not 0, is told. */
static void ask_keys(struct ike_role *role, enum msg_type type, const void *msg,
		     uint32_t cookie)
{
	const struct timeval at_once = { 0, 0 };
	struct refusal *refusal;
	struct err err;

	if (!chan_send(&role->keys, type, msg, &err))
		return;
	log_text(&role->log, LEVEL_ERROR, "", err.text);
	if (!cookie)
		return;
	refusal = malloc(sizeof(*refusal));
	if (!refusal)
		return;
	*refusal = (struct refusal){ role, cookie, err };
	if (event_base_once(role->base, -1, EV_TIMEOUT, refuse, refusal,
			    &at_once))
		free(refusal);
}

static void ask_auth(void *world, const struct env_auth *auth)
{
	/* Too large for a stack, and its spans are somebody else's. */
	static struct msg_auth msg;

	msg_auth_of(&msg, auth);
	ask_keys(world, MSG_AUTH, &msg,
		 auth->eap == EAP_END ? 0 : auth->cookie);
}

static void ask_ppk(void *world, const struct env_ppk *ppk)
{
	const struct msg_ppk msg = { *ppk };

	ask_keys(world, MSG_PPK, &msg, ppk->cookie);
}

static bool has_ppk(void *world)
{
	const struct ike_role *role = world;

	return role->has_ppk;
}

static void certreqs(void *world, struct buf *out)
{
	const struct ike_role *role = world;

	buf_add_span(out, buf_span(&role->certreqs));
}

/* ----------------------------------------------------------------- listeners */

static void log_line(void *world, enum env_level level, const struct ike_sa *sa,
		     const char *text)
{
	struct ike_role *role = world;
	char what[MSG_NAME_MAX] = "";

	if (sa && sa->conn)
		snprintf(what, sizeof(what), "%s[%u]", sa->conn->name,
			 sa->unique);
	else if (sa)
		snprintf(what, sizeof(what), "[%u]", sa->unique);
	log_text(&role->log, level, what, text);
	if (role->ctl)
		ctl_log(role->ctl, level, sa, text);
}

static void event(void *world, enum env_event event, struct ike_sa *ike,
		  struct child_sa *child)
{
	struct ike_role *role = world;

	if (role->ctl)
		ctl_event(role->ctl, event, ike, child);
}

/* ----------------------------------------------------------------------- TCP */

static void tcp_connect(void *world, const struct ike_path *path,
			const char *proxy, uint32_t cookie)
{
	const struct msg_tcp_connect msg = { cookie, *path, proxy };

	tell(world, MSG_TCP_CONNECT, &msg);
}

static void tcp_close(void *world, uint32_t socket)
{
	const struct msg_tcp_close msg = { socket };

	tell(world, MSG_TCP_CLOSE, &msg);
}

static void tcp_listen(void *world, const uint16_t *ports, size_t n)
{
	struct msg_tcp_listen msg = { .n = n < MSG_PORTS_MAX ? n :
							       MSG_PORTS_MAX };

	memcpy(msg.ports, ports, msg.n * sizeof(*ports));
	tell(world, MSG_TCP_LISTEN, &msg);
}

const struct env_ops world_ops = {
	.now = now,
	.random = random_octets,
	.set_timer = set_timer,
	.send = send_message,
	.resolve = resolve,
	.route = route,
	.child_install = child_install,
	.child_remove = child_remove,
	.child_trap = child_trap,
	.child_idle = child_idle,
	.peer_move = peer_move,
	.peer_remove = peer_remove,
	.inner = inner,
	.tcp_connect = tcp_connect,
	.tcp_close = tcp_close,
	.tcp_listen = tcp_listen,
	.auth = ask_auth,
	.ppk = ask_ppk,
	.has_ppk = has_ppk,
	.certreqs = certreqs,
	.log = log_line,
	.event = event,
};
