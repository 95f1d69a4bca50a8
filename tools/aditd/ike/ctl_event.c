// SPDX-License-Identifier: GPL-2.0-or-later
/* Events of the engine, for the clients that want them. */
#include <stdio.h>
#include <stdlib.h>

#include "ctl_client.h"

static bool anybody(const struct ctl *ctl, enum ctl_event_id event)
{
	for (const struct ctl_client *i = ctl->clients; i; i = i->next)
		if (ctl_wants(i, event))
			return true;
	return false;
}

struct held {
	enum ctl_event_id event;
	struct setting *settings;
};

/* A client is only marked when it is closed. */
static void send_held(struct ctl *ctl, void *arg)
{
	struct held *held = arg;

	for (struct ctl_client *i = ctl->clients; i; i = i->next)
		ctl_send_event(i, held->event, held->settings);
	setting_free(held->settings);
	free(held);
}

/* Takes @settings over. */
static void send_all(struct ctl *ctl, enum ctl_event_id event,
		     struct setting *settings)
{
	struct held *held = malloc(sizeof(*held));

	if (!held) {
		setting_free(settings);
		return;
	}
	*held = (struct held){ event, settings };
	ctl_settle(ctl, send_held, held);
}

static void ike_updown(struct ctl *ctl, const struct ike_sa *ike, bool up)
{
	struct setting *root = ctl_root();

	if (up)
		ctl_put(root, "up", "yes");
	ctl_put_sa(ctl, root, ctl_sa_name(ike), ike, 0);
	send_all(ctl, CTL_IKE_UPDOWN, root);
}

static void child_key(char *buf, size_t size, const struct child_sa *child)
{
	snprintf(buf, size, "%s-%u", child->conf->name, child->unique);
}

static void child_updown(struct ctl *ctl, const struct ike_sa *ike,
			 const struct child_sa *child, bool up)
{
	char key[CONF_NAME_MAX + 16];
	struct setting *root = ctl_root(), *to;

	if (up)
		ctl_put(root, "up", "yes");
	to = ctl_put_sa(ctl, root, ctl_sa_name(ike), ike, 0);
	child_key(key, sizeof(key), child);
	ctl_put_child(ctl, ctl_section(to, "child-sas"), key, child, NULL);
	send_all(ctl, CTL_CHILD_UPDOWN, root);
}

/* The one that is replaced is still there, with the same id on the device. */
static const struct ike_sa *old_ike(const struct ctl *ctl,
				    const struct ike_sa *ike)
{
	for (const struct ike_sa *i = engine_first(ctl->engine); i; i = i->next)
		if (i != ike && i->peer == ike->peer && i->conn == ike->conn &&
		    (i->state == IKE_REKEYED || i->state == IKE_DELETING))
			return i;
	return NULL;
}

static void ike_rekey(struct ctl *ctl, const struct ike_sa *ike)
{
	const struct ike_sa *old = old_ike(ctl, ike);
	struct setting *root = ctl_root();
	struct setting *to = ctl_section(root, ctl_sa_name(ike));

	if (old)
		ctl_put_sa(ctl, to, "old", old, 0);
	ctl_put_sa(ctl, to, "new", ike, 0);
	send_all(ctl, CTL_IKE_REKEY, root);
}

/* Where both ends are now. */
static void ike_update(struct ctl *ctl, const struct ike_sa *ike)
{
	struct setting *root = ctl_root();

	ctl_put_hosts(root, ike);
	ctl_put_sa(ctl, root, ctl_sa_name(ike), ike, 0);
	send_all(ctl, CTL_IKE_UPDATE, root);
}

static const struct child_sa *old_child(const struct ike_sa *ike,
					const struct child_sa *child)
{
	for (const struct child_sa *i = ike->children; i; i = i->next)
		if (i != child && i->id == child->id)
			return i;
	return NULL;
}

static void child_rekey(struct ctl *ctl, const struct ike_sa *ike,
			const struct child_sa *child)
{
	const struct child_sa *old = old_child(ike, child);
	char key[CONF_NAME_MAX + 16];
	struct setting *root = ctl_root();
	struct setting *to = ctl_put_sa(ctl, root, ctl_sa_name(ike), ike, 0);

	/* The section has the name of the one that was there. */
	child_key(key, sizeof(key), old ? old : child);
	to = ctl_section(ctl_section(to, "child-sas"), key);
	if (old)
		ctl_put_child(ctl, to, "old", old, NULL);
	ctl_put_child(ctl, to, "new", child, NULL);
	send_all(ctl, CTL_CHILD_REKEY, root);
}

void ctl_event(struct ctl *ctl, enum env_event event, struct ike_sa *ike,
	       struct child_sa *child)
{
	static const enum ctl_event_id ids[] = {
		[EVENT_IKE_UP] = CTL_IKE_UPDOWN,
		[EVENT_IKE_DOWN] = CTL_IKE_UPDOWN,
		[EVENT_IKE_REKEY] = CTL_IKE_REKEY,
		[EVENT_IKE_UPDATE] = CTL_IKE_UPDATE,
		[EVENT_CHILD_UP] = CTL_CHILD_UPDOWN,
		[EVENT_CHILD_DOWN] = CTL_CHILD_UPDOWN,
		[EVENT_CHILD_REKEY] = CTL_CHILD_REKEY,
	};

	if (event >= ARRAY_SIZE(ids) || !anybody(ctl, ids[event]))
		return;
	switch (event) {
	case EVENT_IKE_UP:
	case EVENT_IKE_DOWN:
		ike_updown(ctl, ike, event == EVENT_IKE_UP);
		break;
	case EVENT_IKE_REKEY:
		ike_rekey(ctl, ike);
		break;
	case EVENT_IKE_UPDATE:
		ike_update(ctl, ike);
		break;
	case EVENT_CHILD_UP:
	case EVENT_CHILD_DOWN:
		child_updown(ctl, ike, child, event == EVENT_CHILD_UP);
		break;
	case EVENT_CHILD_REKEY:
		child_rekey(ctl, ike, child);
		break;
	default:
		break;
	}
}

static bool wants_control(const struct ctl_client *client, unsigned int level,
			  const struct ike_sa *sa)
{
	return ctl_wants(client, CTL_CONTROL_LOG) &&
	       ctl_wait_wants(client->wait, level, sa);
}

static struct setting *show_log(unsigned int level, const struct ike_sa *sa,
				const char *text, bool thread)
{
	struct setting *root = ctl_root();

	ctl_put(root, "group", "IKE");
	ctl_put(root, "level", "%u", level);
	if (thread)
		ctl_put(root, "thread", "1");
	if (sa) {
		ctl_put(root, "ikesa-name", "%s", ctl_sa_name(sa));
		ctl_put(root, "ikesa-uniqueid", "%u", sa->unique);
	}
	ctl_put(root, "msg", "%s", text);
	return root;
}

/* Errors are 0, what happens is 1, as levels of strongSwan. */
void ctl_log(struct ctl *ctl, enum env_level level, const struct ike_sa *sa,
	     const char *text)
{
	unsigned int number = (unsigned int)level;
	struct setting *control = NULL;

	if (anybody(ctl, CTL_LOG) && level <= LEVEL_INFO)
		send_all(ctl, CTL_LOG, show_log(number, sa, text, true));
	for (struct ctl_client *i = ctl->clients; i; i = i->next) {
		if (!wants_control(i, number, sa))
			continue;
		if (!control)
			control = show_log(number, sa, text, false);
		ctl_send_event(i, CTL_CONTROL_LOG, control);
	}
	setting_free(control);
}
