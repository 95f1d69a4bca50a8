// SPDX-License-Identifier: GPL-2.0-or-later
/* See role.h: the process around the engine; its world is in world.c. */
#include "role.h"

#include <event2/event.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "../ikev2/v2.h"
#include "../proc/loop.h"
#include "../proc/sandbox.h"
#include "ctl.h"
#include "world.h"

enum {
	/* How often it is looked whether all SAs are gone. */
	CLOSE_POLL_MS = 50,
};

struct event_base *role_base(struct ike_role *role)
{
	return role->base;
}

struct engine *role_engine(struct ike_role *role)
{
	return role->engine;
}

struct log *role_log(struct ike_role *role)
{
	return &role->log;
}

/* ------------------------------------------------------------------ questions */

/* A question to another process that is not answered yet. */
struct question {
	struct question *next;
	uint32_t cookie;
	role_done_fn done; /* one of the two, or none if it is forgotten */
	role_counters_fn counters;
	void *arg;
};

static struct question *ask(struct ike_role *role, void *arg)
{
	struct question *question = calloc(1, sizeof(*question));

	if (!question)
		return NULL;
	/* 0 is nobody's. */
	question->cookie = ++role->last_cookie ? role->last_cookie :
						 ++role->last_cookie;
	question->arg = arg;
	question->next = role->questions;
	role->questions = question;
	return question;
}

static struct question **find(struct ike_role *role, uint32_t cookie)
{
	struct question **at = &role->questions;

	while (*at && (*at)->cookie != cookie)
		at = &(*at)->next;
	return at;
}

static void take_back(struct ike_role *role, uint32_t cookie)
{
	struct question **at = find(role, cookie);
	struct question *question = *at;

	if (question)
		*at = question->next;
	free(question);
}

int role_command(struct ike_role *role, enum role to, const char *command,
		 const struct setting *settings, role_done_fn done, void *arg,
		 struct err *err)
{
	struct chan *chan = to == ROLE_NET ? &role->net : &role->keys;
	struct question *question = ask(role, arg);

	if (!question)
		return err_set(err, ERR_REFUSED, "out of memory");
	question->done = done;
	if (!chan_send_settings(chan, question->cookie, command, settings, err))
		return 0;
	take_back(role, question->cookie);
	return -1;
}

int role_counters(struct ike_role *role, const char *interface,
		  role_counters_fn done, void *arg, struct err *err)
{
	struct question *question = ask(role, arg);
	struct msg_counters msg = { .interface = interface };

	if (!question)
		return err_set(err, ERR_REFUSED, "out of memory");
	question->counters = done;
	msg.cookie = question->cookie;
	if (!chan_send(&role->net, MSG_COUNTERS, &msg, err))
		return 0;
	take_back(role, question->cookie);
	return -1;
}

void role_forget(struct ike_role *role, const void *arg)
{
	for (struct question *i = role->questions; i; i = i->next) {
		if (i->arg != arg)
			continue;
		i->done = NULL;
		i->counters = NULL;
	}
}

/* The answer's settings, NULL if there are none. */
static struct setting *read_answer(const struct msg_settings_done *msg)
{
	struct setting *settings = NULL;
	struct span name;
	struct err err;
	uint8_t type;

	if (msg->packet.len &&
	    vici_decode(msg->packet, &type, &name, &settings, &err))
		return NULL;
	return settings;
}

static void on_answer(struct ike_role *role,
		      const struct msg_settings_done *msg)
{
	struct question **at = find(role, msg->cookie);
	struct question *question = *at;
	struct setting *settings;

	if (!question || question->counters)
		return;
	*at = question->next;
	settings = read_answer(msg);
	if (question->done)
		question->done(question->arg, msg->good, msg->text, settings);
	setting_free(settings);
	free(question);
}

static void on_counters(struct ike_role *role,
			const struct msg_counters_are *msg)
{
	struct question **at = find(role, msg->cookie);
	struct question *question = *at;

	if (!question || question->done)
		return;
	if (!msg->more)
		*at = question->next;
	if (question->counters)
		question->counters(question->arg, msg->counters, msg->n,
				   !msg->more);
	if (!msg->more)
		free(question);
}

/* ------------------------------------------------------------------- messages */

static void on_resolved(struct ike_role *role, const struct msg_resolved *msg)
{
	engine_resolved(role->engine, msg->cookie, &msg->local, msg->remotes,
			msg->n, msg->text);
}

/* Of another length it is no secret of ours. */
static void on_secret(struct ike_role *role, const struct msg_secret *msg)
{
	if (msg->octets.len == ENGINE_SECRET_LEN)
		engine_set_secret(role->engine, msg->octets.data);
}

static void poll_close(evutil_socket_t fd, short what, void *arg)
{
	const struct timeval wait = { 0, CLOSE_POLL_MS * 1000L };
	const struct msg_none none = { 0 };
	struct ike_role *role = arg;
	struct err err;

	(void)fd;
	(void)what;
	/* The net process has its own limit to that. */
	if (!engine_first(role->engine) ||
	    event_base_once(role->base, -1, EV_TIMEOUT, poll_close, role,
			    &wait))
		chan_send(&role->net, MSG_CLOSED, &none, &err);
}

static int on_settings(struct ike_role *role, const struct msg_settings *msg,
		       struct err *err)
{
	struct setting *settings;
	struct err failed;
	struct span name;
	char command[64];
	int rc;

	if (msg_settings_read(msg, &name, &settings, err))
		return -1;
	snprintf(command, sizeof(command), "%.*s", (int)name.len,
		 (const char *)name.data);
	rc = ctl_load(role->ctl, command, settings, &failed);
	setting_free(settings);
	return chan_send_done(&role->net, msg->cookie, rc, failed.text, err);
}

static int from_net(struct chan *chan, enum msg_type type,
		    const union msg_any *msg, struct err *err)
{
	struct ike_role *role = chan->arg;
	struct engine *engine = role->engine;

	switch (type) {
	case MSG_INPUT:
		engine_input(engine, &msg->packet.path, msg->packet.message);
		break;
	case MSG_RESOLVED:
		on_resolved(role, &msg->resolved);
		break;
	case MSG_ACQUIRE:
		engine_acquire(engine, msg->acquire.interface,
			       msg->acquire.child, &msg->acquire.source.ts[0],
			       &msg->acquire.destination.ts[0]);
		break;
	case MSG_EXPIRE:
		engine_expire(engine, msg->expire.spi, msg->expire.inbound,
			      msg->expire.hard);
		break;
	case MSG_MOVED:
		engine_moved(engine, msg->peer.interface, msg->peer.peer,
			     &msg->peer.path);
		break;
	case MSG_UNKNOWN_SPI:
		engine_unknown_spi(engine, &msg->unknown_spi.path,
				   msg->unknown_spi.protocol,
				   msg->unknown_spi.spi);
		break;
	case MSG_INSTALL_FAILED:
		engine_install_failed(engine, msg->failed.cookie,
				      msg->failed.text);
		break;
	case MSG_TCP_OPEN:
		engine_tcp_open(engine, msg->tcp_open.cookie,
				&msg->tcp_open.path);
		break;
	case MSG_TCP_CLOSED:
		engine_tcp_closed(engine, msg->tcp_closed.cookie,
				  msg->tcp_closed.socket, msg->tcp_closed.text);
		break;
	case MSG_ROUTED:
		engine_routed(engine, msg->route.cookie, msg->route.pairs,
			      msg->route.n);
		break;
	case MSG_NETWORK:
		engine_network(engine, msg->network.addrs, msg->network.n);
		break;
	case MSG_SECRET:
		on_secret(role, &msg->secret);
		break;
	case MSG_COUNTERS_ARE:
		on_counters(role, &msg->counters_are);
		break;
	case MSG_SETTINGS:
		return on_settings(role, &msg->settings, err);
	case MSG_SETTINGS_DONE:
		on_answer(role, &msg->settings_done);
		break;
	case MSG_CLOSE:
		engine_close_all(engine);
		poll_close(-1, 0, role);
		break;
	default:
		return err_set(err, ERR_REFUSED, "'%s' is not expected",
			       msg_name(type));
	}
	return 0;
}

static int from_keys(struct chan *chan, enum msg_type type,
		     const union msg_any *msg, struct err *err)
{
	struct ike_role *role = chan->arg;

	switch (type) {
	case MSG_AUTH_DONE:
		engine_auth_done(role->engine, msg->auth_done.cookie,
				 &msg->auth_done.reply);
		break;
	case MSG_CERTREQS:
		buf_free(&role->certreqs);
		buf_add_span(&role->certreqs, msg->certreqs.ids);
		role->has_ppk = msg->certreqs.ppk;
		break;
	case MSG_SETTINGS_DONE:
		on_answer(role, &msg->settings_done);
		break;
	default:
		return err_set(err, ERR_REFUSED, "'%s' is not expected",
			       msg_name(type));
	}
	return 0;
}

static void on_broken(struct chan *chan, const char *why)
{
	struct ike_role *role = chan->arg;

	if (why && chan == &role->keys)
		log_put(&role->log, LEVEL_ERROR, "the keys process: %s", why);
	event_base_loopbreak(role->base);
}

static const struct chan_ops net_ops = { .message = from_net,
					 .broken = on_broken };
static const struct chan_ops keys_ops = { .message = from_keys,
					  .broken = on_broken };

/* ----------------------------------------------------------------------- life */

static uint64_t ctl_now(void *world)
{
	(void)world;
	return loop_now();
}

static int ctl_do_command(void *world, enum role to, const char *command,
			  const struct setting *settings, role_done_fn done,
			  void *arg, struct err *err)
{
	return role_command(world, to, command, settings, done, arg, err);
}

static int ctl_do_counters(void *world, const char *interface,
			   role_counters_fn done, void *arg, struct err *err)
{
	return role_counters(world, interface, done, arg, err);
}

static void ctl_do_forget(void *world, void *arg)
{
	role_forget(world, arg);
}

static const struct ctl_ops ctl_ops = {
	.now = ctl_now,
	.command = ctl_do_command,
	.counters = ctl_do_counters,
	.forget = ctl_do_forget,
};

static int open_engine(struct ike_role *role, const struct ike_start *start,
		       struct err *err)
{
	const struct env env = { &world_ops, role };

	role->engine = engine_new(&env);
	if (!role->engine)
		return err_set(err, ERR_REFUSED, "out of memory");
	engine_add_version(role->engine, &ikev2_ops);
	role->ctl = ctl_new(role->base, role->engine, start->vici_fd, &ctl_ops,
			    role, err);
	return role->ctl ? 0 : -1;
}

static int open_all(struct ike_role *role, const struct ike_start *start,
		    struct err *err)
{
	const struct sandbox sandbox = { ROLE_IKE, start->root };
	const struct msg_none none = { 0 };

	/* The net process gets them too, and says what is to be done. */
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	role->base = loop_new();
	if (!role->base)
		return err_set(err, ERR_REFUSED, "out of memory");
	if (chan_open(&role->net, role->base, start->net_fd, ROLE_IKE, ROLE_NET,
		      &net_ops, role, err) ||
	    chan_open(&role->keys, role->base, start->keys_fd, ROLE_IKE,
		      ROLE_KEYS, &keys_ops, role, err))
		return -1;
	role->log.to = &role->net;
	sandbox_prepare(ROLE_IKE);
	if (open_engine(role, start, err) ||
	    sandbox_enter(&sandbox, &role->log, err))
		return -1;
	return chan_send(&role->net, MSG_READY, &none, err);
}

/* Who asked for counters and was not forgotten hears that there are no more. */
static void drop(struct ike_role *role, struct question *question)
{
	if (question->counters)
		question->counters(question->arg, NULL, 0, true);
	take_back(role, question->cookie);
}

static void close_all(struct ike_role *role)
{
	chan_flush(&role->net, 100);
	if (role->engine)
		engine_free(role->engine);
	role->engine = NULL;
	if (role->ctl)
		ctl_free(role->ctl);
	while (role->questions)
		drop(role, role->questions);
	chan_close(&role->net);
	chan_close(&role->keys);
	buf_free(&role->certreqs);
	if (role->base)
		event_base_free(role->base);
}

int ike_run(const struct ike_start *start)
{
	struct ike_role role = { .net.fd = -1, .keys.fd = -1 };
	struct err err;
	int rc;

	log_init(&role.log, ROLE_IKE, start->level);
	rc = open_all(&role, start, &err);
	if (rc)
		log_text(&role.log, LEVEL_ERROR, "", err.text);
	else
		event_base_dispatch(role.base);
	close_all(&role);
	return rc ? EXIT_FAILURE : EXIT_SUCCESS;
}
