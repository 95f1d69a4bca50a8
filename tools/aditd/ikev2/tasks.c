// SPDX-License-Identifier: GPL-2.0-or-later
/* Our own exchanges, one after the other: begun, ended, put off, given up. */
#include <stdio.h>

#include "../proto/names.h"
#include "v2.h"

enum { LATER_MS = 60 * 1000 };

typedef int (*start_fn)(struct ikev2_sa *sa, struct task *task);

/* 0: it is sent; 1: there is nothing to do any more; -1: it can't be. */
static const start_fn starters[TASKS] = {
	[TASK_CHILD] = v2_child_start,
	[TASK_CHILD_REKEY] = v2_child_rekey_start,
	[TASK_CHILD_DELETE] = v2_child_delete_start,
	[TASK_IKE_REKEY] = v2_rekey_start,
	[TASK_IKE_DELETE] = v2_delete_start,
	[TASK_LIVENESS] = v2_liveness_start,
	[TASK_ADDRESS] = v2_address_start,
	[TASK_ADDRESS_LIST] = v2_address_list_start,
	[TASK_ROUTABILITY] = v2_routability_start,
	[TASK_TOKEN] = v2_token_start,
	[TASK_TICKET] = v2_ticket_start,
};

static struct task *next_task(struct ike_sa *ike)
{
	/* Nothing else is worth it before that. */
	struct task *task = task_take_kind(&ike->tasks, TASK_IKE_DELETE);

	if (task || ike->state != IKE_ESTABLISHED)
		return task;
	/* What else is to be said has to find its way. */
	task = task_take_kind(&ike->tasks, TASK_ADDRESS);
	if (task)
		return task;
	if (v2_following_ike(v2_sa(ike))) {
		ike->quiet_until = v2_sa(ike)->following->timer.at;
		return NULL;
	}
	return task_take(&ike->tasks, ike_sa_now(ike));
}

void v2_kick(struct ike_sa *ike)
{
	struct ikev2_sa *sa = v2_sa(ike);
	struct task *task;
	int ret;

	if (ike->state < IKE_ESTABLISHED || sa->suspended.on ||
	    ike->quiet_until > ike_sa_now(ike))
		return;
	while (!ike->gone && !ike->active && !ike->retx.running) {
		task = next_task(ike);
		ike->active = task;
		if (!task)
			break;
		ret = starters[task->kind] ? starters[task->kind](sa, task) :
					     -1;
		if (!ret)
			return;
		v2_making_free(sa);
		v2_task_done(sa, ret < 0 ? -1 : 0,
			     ret < 0 ? "it can't be sent" : "");
	}
	if (!ike->gone && !ike->active && !ike->tasks.n && ike->reauth_of)
		ike_sa_reauth_done(ike);
}

void v2_task_done(struct ikev2_sa *sa, int result, const char *text)
{
	struct task *task = sa->ike.active;

	sa->ike.active = NULL;
	if (task)
		task_end(task, result, text);
}

/* The peer may be able to later: what gets old is not forgotten. */
static void put_off_for_good(struct ikev2_sa *sa, struct task *task)
{
	static const char text[] = "the peer puts it off again and again";
	struct ike_sa *ike = &sa->ike;
	struct child_sa *child = child_of_unique(ike->engine, task->child);

	engine_fail(ike->engine, ike, ike->conn->name, text,
		    "is it busy, or waits for something?");
	if (task->kind == TASK_IKE_REKEY)
		ike->rekey_at = ike_sa_now(ike) + LATER_MS;
	else if (task->kind == TASK_CHILD_REKEY && child &&
		 child->state == CHILD_INSTALLED)
		child_rekey_later(child, LATER_MS);
	task_end(task, -1, text);
}

/* Not all at the same moment: both ends may wait for each other. */
bool v2_task_again(struct ikev2_sa *sa, uint64_t pause_ms)
{
	struct task *task = sa->ike.active;
	uint64_t jitter = 0;

	sa->ike.active = NULL;
	if (++task->tries > V2_TASK_TRIES) {
		put_off_for_good(sa, task);
		return false;
	}
	if (pause_ms && !engine_random(sa->ike.engine, &jitter, sizeof(jitter)))
		jitter %= pause_ms;
	task->not_before = ike_sa_now(&sa->ike) + pause_ms + jitter;
	task_push(&sa->ike.tasks, task);
	ike_sa_schedule(&sa->ike);
	return true;
}

const char *v2_refusal(const struct v2_message *message, uint16_t *type,
		       char buf[128])
{
	const struct payload *payload = NULL;
	struct payload_notify notify;
	struct err err;

	while ((payload = chain_find(&message->chain, PAYLOAD_NOTIFY,
				     payload)) != NULL) {
		if (payload_notify(payload->body, &notify, &err) ||
		    notify.type >= NOTIFY_STATUS)
			continue;
		*type = notify.type;
		snprintf(buf, 128, "the peer answered %s (%u)",
			 v2_notify_name(notify.type), notify.type);
		return buf;
	}
	return NULL;
}

const char *v2_child_hint(uint16_t type)
{
	switch (type) {
	case NOTIFY_FAILED_CP_REQUIRED:
		return "the peer gives addresses: vips = 0.0.0.0 asks for one";
	case NOTIFY_INTERNAL_ADDRESS_FAILURE:
		return "has the peer a pool, with an address that is free?";
	default:
		return "do proposals and selectors of both ends fit?";
	}
}

void v2_gave_up(struct ike_sa *ike)
{
	char to[ENDPOINT_TEXT_SIZE], text[256], hint[64];
	struct ikev2_sa *sa = v2_sa(ike);

	endpoint_show(&ike->path.remote, ike->path.remote_port, to);
	snprintf(text, sizeof(text), "no answer to %s from %s after %u tries",
		 v2_exchange_name(sa->asked), to, ike->retx.tries + 1);
	if (ike->state == IKE_ESTABLISHED) {
		ike_sa_lost(ike, text);
	} else if (ike->state >= IKE_REKEYED) {
		ike_sa_log(ike, LEVEL_INFO, "%s", text);
		ike_sa_remove(ike, text);
	} else if (ike->refused[0]) {
		snprintf(text, sizeof(text), "%s", ike->refused);
		ike_sa_fail(ike, text, "the peer's log says more");
	} else {
		snprintf(hint, sizeof(hint),
			 ike->path.tcp ? "is TCP %u open?" : "is UDP %u open?",
			 ike->path.remote_port);
		ike_sa_fail(ike, text, hint);
	}
}
