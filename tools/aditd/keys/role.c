// SPDX-License-Identifier: GPL-2.0-or-later
/* See role.h. */
#include "role.h"

#include <event2/event.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

#include "../../lib/vici.h"
#include "../proc/chan.h"
#include "../proc/log.h"
#include "../proc/loop.h"
#include "../proc/sandbox.h"
#include "auth.h"
#include "command.h"
#include "eap.h"
#include "mschap.h"
#include "revoke.h"

enum { TICK_MS = 1000 };

struct keys_role {
	struct event_base *base;
	struct log log;
	struct chan net, ike;
	struct keys_store store;
	struct eap_sessions eap;
	struct mschap_providers providers;
	/* Read anew from the files, until all of it is good. */
	struct keys_store next;
	bool reading;
	struct buf ids; /* what ike knows to ask peers for */
	struct revoke revoke;
	struct env_timer tick; /* while somebody waits for it */
	bool ppk; /* what it knows of PPKs */
};

/* ---------------------------------------------------------------------- AUTH */

static void answer_ike(struct keys_role *role, uint32_t cookie,
		       const struct keys_reply *reply)
{
	static struct msg_auth_done msg;
	struct err err;

	msg_auth_done_of(&msg, cookie, &reply->reply);
	if (chan_send(&role->ike, MSG_AUTH_DONE, &msg, &err)) {
		/* The SA is not to wait for ever. */
		const struct env_auth_reply no = { .text = err.text };

		log_text(&role->log, LEVEL_ERROR, "", err.text);
		msg_auth_done_of(&msg, cookie, &no);
		chan_send(&role->ike, MSG_AUTH_DONE, &msg, &(struct err){ 0 });
	}
}

static void answer_ready(struct keys_role *role, const struct env_auth *auth,
			 const char *note, struct keys_reply *reply)
{
	if (reply->reply.good && *note)
		log_put(&role->log, LEVEL_INFO, "%s: accepted, but %s",
			auth->conn->name, note);
	answer_ike(role, auth->cookie, reply);
	keys_reply_free(reply);
}

static void answer_auth(struct keys_role *role, const struct env_auth *auth,
			const char *note)
{
	struct keys_reply reply;

	keys_auth(&role->store, auth, time(NULL), &reply);
	answer_ready(role, auth, note, &reply);
}

/* With what is known of revocation by now. */
static void answer_eap(struct keys_role *role, const struct env_auth *auth,
		       const char *note)
{
	struct keys_reply reply;

	keys_eap(&role->eap, &role->store, auth, time(NULL), &reply);
	answer_ready(role, auth, note, &reply);
}

static void start_tick(struct keys_role *role)
{
	if (role->tick.at)
		return;
	role->tick.at = loop_now() + TICK_MS;
	loop_set_timer(role->base, &role->tick);
}

static void do_eap(struct keys_role *role, const struct env_auth *auth)
{
	struct keys_reply reply;

	if (keys_eap(&role->eap, &role->store, auth, time(NULL), &reply)) {
		if (auth->eap != EAP_END)
			answer_ready(role, auth, "", &reply);
	} else if (revoke_begin(&role->revoke, auth)) {
		start_tick(role);
	} else {
		answer_eap(role, auth, "");
	}
}

static void do_auth(struct keys_role *role, const struct env_auth *auth)
{
	if (auth->eap != EAP_NONE)
		do_eap(role, auth);
	else if (revoke_begin(&role->revoke, auth))
		start_tick(role);
	else
		answer_auth(role, auth, "");
}

static void tick(struct env_timer *timer)
{
	struct keys_role *role = timer->arg;

	revoke_tick(&role->revoke);
	role->tick.at = role->revoke.waits ? loop_now() + TICK_MS : 0;
	loop_set_timer(role->base, &role->tick);
}

static uint64_t seconds(void *arg)
{
	(void)arg;
	return loop_now() / 1000;
}

static time_t date(void *arg)
{
	(void)arg;
	return time(NULL);
}

static int fetch(void *arg, const struct msg_fetch *msg)
{
	struct keys_role *role = arg;
	struct err err;

	log_put(&role->log, LEVEL_DETAIL, "asking %s", msg->uri);
	return chan_send(&role->net, MSG_FETCH, msg, &err);
}

static void ready(void *arg, const struct env_auth *auth, const char *note)
{
	struct keys_role *role = arg;

	if (auth->eap == EAP_NONE)
		answer_auth(role, auth, note);
	else if (keys_eap_chain(&role->eap, auth)) /* else it was given up */
		answer_eap(role, auth, note);
}

static const struct revoke_ops revoke_ops = { seconds, date, fetch, ready };

static void do_ppk(struct keys_role *role, const struct env_ppk *ppk)
{
	struct keys_reply reply = { 0 };

	keys_ppk(&role->store, ppk, &reply);
	answer_ike(role, ppk->cookie, &reply);
	keys_reply_free(&reply);
}

/* The CAs that peers are asked for, and PPKs, whenever there are others. */
static void tell_ids(struct keys_role *role)
{
	bool ppk = keys_has_ppk(&role->store);
	struct buf ids = BUF_INIT;
	struct msg_certreqs msg;
	struct err err;

	keys_ca_ids(&role->store, &ids);
	buf_cut(&ids, MSG_CERTREQS_MAX);
	if (ids.failed || (span_equal(buf_span(&ids), buf_span(&role->ids)) &&
			   ppk == role->ppk)) {
		buf_free(&ids);
		return;
	}
	buf_free(&role->ids);
	role->ids = ids;
	role->ppk = ppk;
	msg.ids = buf_span(&ids);
	msg.ppk = ppk;
	if (chan_send(&role->ike, MSG_CERTREQS, &msg, &err))
		log_text(&role->log, LEVEL_ERROR, "", err.text);
}

/* ------------------------------------------------------------------ commands */

static int begin(struct keys_role *role)
{
	keys_clear(&role->next);
	role->next.of_files = true;
	role->reading = true;
	return 0;
}

static int end(struct keys_role *role, struct err *err)
{
	int rc = keys_take_over(&role->next, &role->store, err);

	role->store = role->next;
	role->next = KEYS_STORE_INIT;
	role->reading = false;
	return rc;
}

static int run(struct keys_role *role, enum role from, struct span name,
	       const struct setting *settings, struct setting *answer,
	       struct err *err)
{
	bool files = from == ROLE_NET;
	struct keys_store *store = files && role->reading ? &role->next :
							    &role->store;

	if (files && span_equal(name, span_of_text("reload-begin")))
		return begin(role);
	if (files && role->reading &&
	    span_equal(name, span_of_text("reload-end")))
		return end(role, err);
	if (!keys_has_command(name))
		return err_set(err, ERR_USAGE, "keys has no command '%.*s'",
			       (int)name.len, (const char *)name.data);
	return keys_command(store, name, settings, answer, err);
}

static int answer(struct chan *chan, uint32_t cookie, int rc,
		  const struct setting *settings, const char *text,
		  struct err *err)
{
	struct msg_settings_done msg = {
		.cookie = cookie,
		.good = !rc,
		.text = rc ? text : "",
	};
	struct buf buf = BUF_INIT;

	if (!rc && settings && settings->first)
		vici_encode(&buf, VICI_CMD_RESPONSE, NULL, settings);
	if (buf.failed) {
		msg.good = false;
		msg.text = "the answer is too long";
	} else if (buf.len) {
		msg.packet = span_of(buf.data + 4, buf.len - 4);
	}
	rc = chan_send(chan, MSG_SETTINGS_DONE, &msg, err);
	buf_free(&buf);
	return rc;
}

static int do_settings(struct keys_role *role, struct chan *chan,
		       const struct msg_settings *msg, struct err *err)
{
	struct setting *settings, *root;
	struct err failed;
	struct span name;
	int rc;

	if (msg_settings_read(msg, &name, &settings, err))
		return -1;
	root = setting_new(NULL, SETTING_SECTION, NULL, span_of(NULL, 0));
	if (root)
		rc = run(role, chan->other, name, settings, root, &failed);
	else
		rc = err_set(&failed, ERR_REFUSED, "out of memory");
	tell_ids(role);
	rc = answer(chan, msg->cookie, rc, root, failed.text, err);
	setting_free(settings);
	setting_free(root);
	/* Who asked may be gone by now. */
	if (rc)
		log_text(&role->log, LEVEL_ERROR, "", err->text);
	return 0;
}

static int on_message(struct chan *chan, enum msg_type type,
		      const union msg_any *msg, struct err *err)
{
	struct keys_role *role = chan->arg;

	switch (type) {
	case MSG_AUTH:
		do_auth(role, &msg->auth.auth);
		return 0;
	case MSG_FETCHED:
		revoke_fetched(&role->revoke, &msg->fetched);
		return 0;
	case MSG_PPK:
		do_ppk(role, &msg->ppk.ppk);
		return 0;
	case MSG_SETTINGS:
		return do_settings(role, chan, &msg->settings, err);
	default:
		return err_set(err, ERR_REFUSED, "'%s' is not expected",
			       msg_name(type));
	}
}

/* ---------------------------------------------------------------------- life */

static void on_broken(struct chan *chan, const char *why)
{
	struct keys_role *role = chan->arg;

	if (why && chan == &role->ike)
		log_put(&role->log, LEVEL_ERROR, "the ike process: %s", why);
	event_base_loopbreak(role->base);
}

static const struct chan_ops ops = { .message = on_message,
				     .broken = on_broken };

static int open_all(struct keys_role *role, const struct keys_start *start,
		    struct err *err)
{
	const struct sandbox sandbox = { ROLE_KEYS, start->root };
	const struct msg_none none = { 0 };

	/* The net process gets them too, and says what is to be done. */
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	role->base = loop_new();
	if (!role->base)
		return err_set(err, ERR_REFUSED, "out of memory");
	if (chan_open(&role->net, role->base, start->net_fd, ROLE_KEYS,
		      ROLE_NET, &ops, role, err) ||
	    chan_open(&role->ike, role->base, start->ike_fd, ROLE_KEYS,
		      ROLE_IKE, &ops, role, err))
		return -1;
	sandbox_prepare(ROLE_KEYS);
	mschap_load(&role->providers);
	role->log.to = &role->net;
	if (sandbox_enter(&sandbox, &role->log, err))
		return -1;
	return chan_send(&role->net, MSG_READY, &none, err);
}

int keys_run(const struct keys_start *start)
{
	struct keys_role role = { .net.fd = -1, .ike.fd = -1 };
	struct err err;
	int rc;

	role.revoke = (struct revoke){ .store = &role.store,
				       .eap = &role.eap,
				       .ops = &revoke_ops,
				       .arg = &role };
	role.tick = (struct env_timer){ .ring = tick, .arg = &role };
	log_init(&role.log, ROLE_KEYS, start->level);
	rc = open_all(&role, start, &err);
	if (rc)
		log_text(&role.log, LEVEL_ERROR, "", err.text);
	else
		event_base_dispatch(role.base);
	chan_flush(&role.net, 100);
	chan_close(&role.net);
	chan_close(&role.ike);
	role.tick.at = 0;
	if (role.base)
		loop_set_timer(role.base, &role.tick);
	revoke_free(&role.revoke);
	keys_eap_clear(&role.eap);
	keys_clear(&role.store);
	mschap_unload(&role.providers);
	keys_clear(&role.next);
	buf_free(&role.ids);
	if (role.base)
		event_base_free(role.base);
	return rc ? EXIT_FAILURE : EXIT_SUCCESS;
}
