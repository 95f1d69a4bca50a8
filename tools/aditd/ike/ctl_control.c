// SPDX-License-Identifier: GPL-2.0-or-later
/* What VICI's clients have done: up, down, rekey, install. */
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>

#include "ctl_client.h"

static void copy_text(char to[CONF_NAME_MAX], const char *from)
{
	snprintf(to, CONF_NAME_MAX, "%s", from ? from : "");
}

void ctl_wait_free(struct ctl_wait *wait)
{
	if (wait->client)
		wait->client->wait = NULL;
	if (wait->timer)
		event_free(wait->timer);
	if (wait->next)
		wait->next->prev = wait->prev;
	if (wait->prev)
		wait->prev->next = wait->next;
	else
		wait->ctl->waits = wait->next;
	free(wait);
}

/* The engine still tells us, but nobody else. */
void ctl_wait_forget(struct ctl_client *client)
{
	struct ctl_wait *wait = client->wait;

	if (!wait)
		return;
	wait->client = NULL;
	client->wait = NULL;
	if (wait->timer)
		event_del(wait->timer);
}

static void answer_wait(struct ctl_wait *wait, const char *text)
{
	struct ctl_client *client = wait->client;
	struct setting *answer = ctl_root();

	ctl_put(answer, "success", text ? "no" : "yes");
	if (wait->terminate) {
		ctl_put(answer, "matches", "%zu", wait->matches);
		ctl_put(answer, "terminated", "%zu", text ? 0 : wait->matches);
	}
	if (text)
		ctl_put(answer, "errmsg", "%s", text);
	ctl_wait_forget(client);
	ctl_answer(client, answer);
}

static const char *what(const struct ctl_wait *wait, char *buf, size_t size)
{
	if (*wait->child)
		snprintf(buf, size, "CHILD_SA '%s'", wait->child);
	else
		snprintf(buf, size, "IKE_SA '%s'", wait->ike);
	return buf;
}

/* Appended for people: which message is not answered, or what else it is. */
static void say_waiting(const struct ctl_wait *wait, char *text, size_t size)
{
	struct ike_sa *sa = engine_first(wait->ctl->engine);
	char waits_for[160];
	size_t len = strlen(text);

	while (sa && (!sa->conn || sa->state >= IKE_ESTABLISHED ||
		      strcmp(sa->conn->name, wait->ike) != 0))
		sa = sa->next;
	if (!sa)
		return;
	ike_sa_waits(sa, waits_for, sizeof(waits_for));
	if (*waits_for)
		snprintf(text + len, size - len, "; waiting: %s", waits_for);
}

static void on_timeout(evutil_socket_t fd, short event, void *arg)
{
	struct ctl_wait *wait = arg;
	char name[CONF_NAME_MAX + 16], text[CONF_NAME_MAX + 256];

	(void)fd;
	(void)event;
	if (!wait->client)
		return;
	snprintf(text, sizeof(text), "%s not %s after %ums",
		 what(wait, name, sizeof(name)),
		 wait->terminate ? "terminated" : "established",
		 wait->milliseconds);
	if (!wait->terminate)
		say_waiting(wait, text, sizeof(text));
	answer_wait(wait, text);
}

static void wait_settled(struct ctl *ctl, void *arg)
{
	struct ctl_wait *wait = arg;

	(void)ctl;
	if (wait->client)
		answer_wait(wait, NULL);
	ctl_wait_free(wait);
}

static void on_done(void *arg, int result, const char *text)
{
	struct ctl_wait *wait = arg;

	if (!result) {
		/* In time, also if the kernel takes a while. */
		if (wait->timer)
			event_del(wait->timer);
		ctl_settle(wait->ctl, wait_settled, wait);
		return;
	}
	if (wait->client)
		answer_wait(wait, text && *text ? text : "it failed");
	ctl_wait_free(wait);
}

static int set_timeout(struct ctl_wait *wait)
{
	const struct timeval after = {
		.tv_sec = wait->milliseconds / 1000,
		.tv_usec = (suseconds_t)(wait->milliseconds % 1000) * 1000,
	};

	if (!wait->milliseconds)
		return 0;
	wait->timer = event_new(wait->ctl->base, -1, 0, on_timeout, wait);
	return wait->timer ? event_add(wait->timer, &after) : -1;
}

/* NULL without memory. A timeout of -1 is not to wait at all. */
static struct ctl_wait *new_wait(struct ctl_client *client,
				 const struct setting *request)
{
	struct ctl_wait *wait = calloc(1, sizeof(*wait));
	const char *timeout = setting_text(request, "timeout", "0");

	if (!wait)
		return NULL;
	wait->ctl = client->ctl;
	wait->next = client->ctl->waits;
	if (wait->next)
		wait->next->prev = wait;
	client->ctl->waits = wait;
	copy_text(wait->ike, ctl_name(request, "ike"));
	copy_text(wait->child, ctl_name(request, "child"));
	wait->level = strtol(setting_text(request, "loglevel", "1"), NULL, 0);
	if (*timeout != '-')
		wait->milliseconds = ctl_number(request, "timeout");
	wait->client = client;
	client->wait = wait;
	if (set_timeout(wait)) {
		ctl_wait_free(wait);
		return NULL;
	}
	return wait;
}

static bool waits(const struct setting *request)
{
	return *setting_text(request, "timeout", "0") != '-';
}

void ctl_initiate(struct ctl_client *client, const struct setting *request)
{
	const char *ike = ctl_name(request, "ike");
	const char *child = ctl_name(request, "child");
	struct engine *engine = client->ctl->engine;
	struct ctl_wait *wait = NULL;
	struct err err;

	if (!ike && !child) {
		ctl_answer_result(client, "missing configuration name");
		return;
	}
	if (waits(request)) {
		wait = new_wait(client, request);
		if (!wait) {
			ctl_answer_result(client, "no memory");
			return;
		}
	}
	if (engine_initiate(engine, ike, child, wait ? on_done : NULL, wait,
			    &err)) {
		if (wait)
			ctl_wait_free(wait);
		ctl_answer_result(client, err.text);
	} else if (!wait) {
		ctl_answer_result(client, NULL);
	}
}

static struct engine_pick pick_of(const struct setting *request)
{
	return (struct engine_pick){
		.ike = ctl_name(request, "ike"),
		.child = ctl_name(request, "child"),
		.ike_id = ctl_number(request, "ike-id"),
		.child_id = ctl_number(request, "child-id"),
	};
}

static bool is_any(const struct engine_pick *pick)
{
	return !pick->ike && !pick->child && !pick->ike_id && !pick->child_id;
}

static void answer_matches(struct ctl_client *client, size_t matches,
			   const char *terminated, const char *text)
{
	struct setting *answer = ctl_root();

	ctl_put(answer, "success", text ? "no" : "yes");
	ctl_put(answer, "matches", "%zu", matches);
	if (terminated)
		ctl_put(answer, "terminated", "%s", terminated);
	if (text)
		ctl_put(answer, "errmsg", "%s", text);
	ctl_answer(client, answer);
}

/*
 * Those that fit are counted before, since the engine may be done before it
 * says how many there were.
 */
static size_t count_matches(struct ctl *ctl, const struct engine_pick *pick)
{
	bool children = pick->child || pick->child_id;
	size_t n = 0;

	for (const struct ike_sa *sa = engine_first(ctl->engine); sa;
	     sa = sa->next) {
		if ((pick->ike && strcmp(ctl_sa_name(sa), pick->ike) != 0) ||
		    (pick->ike_id && sa->unique != pick->ike_id))
			continue;
		n += !children;
		for (const struct child_sa *i = sa->children; i && children;
		     i = i->next)
			n += (!pick->child ||
			      strcmp(i->conf->name, pick->child) == 0) &&
			     (!pick->child_id || i->unique == pick->child_id);
	}
	return n;
}

void ctl_terminate(struct ctl_client *client, const struct setting *request)
{
	const struct engine_pick pick = pick_of(request);
	struct engine *engine = client->ctl->engine;
	bool force = ctl_yes(request, "force");
	struct ctl_wait *wait;
	size_t matches;

	if (is_any(&pick)) {
		ctl_answer_result(client, "missing terminate selector");
		return;
	}
	matches = count_matches(client->ctl, &pick);
	if (!matches) {
		answer_matches(client, 0, "0",
			       "no matching SAs to terminate found");
		return;
	}
	if (!waits(request)) {
		engine_terminate(engine, &pick, force, NULL, NULL);
		answer_matches(client, matches, "0", NULL);
		return;
	}
	wait = new_wait(client, request);
	if (!wait) {
		ctl_answer_result(client, "no memory");
		return;
	}
	wait->terminate = true;
	wait->matches = matches;
	/* With none it is not called back. */
	if (!engine_terminate(engine, &pick, force, on_done, wait)) {
		ctl_wait_free(wait);
		answer_matches(client, 0, "0",
			       "no matching SAs to terminate found");
	}
}

void ctl_rekey(struct ctl_client *client, const struct setting *request)
{
	const struct engine_pick pick = pick_of(request);
	size_t matches;

	if (is_any(&pick)) {
		ctl_answer_result(client, "missing rekey selector");
		return;
	}
	matches = engine_rekey(client->ctl->engine, &pick,
			       ctl_yes(request, "reauth"));
	answer_matches(client, matches, NULL,
		       matches ? NULL : "no matching SAs to rekey found");
}

static void trap(struct ctl_client *client, const struct setting *request,
		 bool on)
{
	const char *child = ctl_name(request, "child");
	struct ctl_wait *wait;
	struct err err;

	if (!child) {
		ctl_answer_result(client, "missing configuration name");
		return;
	}
	wait = new_wait(client, request);
	if (!wait)
		ctl_answer_result(client, "no memory");
	else if (engine_trap(client->ctl->engine, ctl_name(request, "ike"),
			     child, on, &err))
		on_done(wait, -1, err.text);
	else
		on_done(wait, 0, NULL);
}

void ctl_install(struct ctl_client *client, const struct setting *request)
{
	trap(client, request, true);
}

void ctl_uninstall(struct ctl_client *client, const struct setting *request)
{
	trap(client, request, false);
}

/* Lines of no SA too: they may say why there is none. */
bool ctl_wait_wants(const struct ctl_wait *wait, unsigned int level,
		    const struct ike_sa *sa)
{
	if (!wait || (long)level > wait->level)
		return false;
	if (!sa || !sa->conn)
		return true;
	if (*wait->ike)
		return strcmp(wait->ike, sa->conn->name) == 0;
	return !*wait->child || conn_child(sa->conn, wait->child);
}
