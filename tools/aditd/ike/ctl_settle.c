// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Who is told that a child is up goes on at once: with a packet, a route, a rule
 * of the firewall. So nobody is told before the net process, which gets its
 * messages one after the other, has come past what it was to do in the kernel.
 */
#include <stdlib.h>

#include "ctl_client.h"

struct ctl_settling {
	struct ctl_settling *next, *prev;
	struct ctl *ctl;
	ctl_settled_fn then;
	void *arg;
};

/* Unlinked first: what is called may end the process's work. */
static void settled(struct ctl_settling *settling)
{
	const struct ctl_settling copy = *settling;

	if (settling->next)
		settling->next->prev = settling->prev;
	if (settling->prev)
		settling->prev->next = settling->next;
	else
		settling->ctl->settling = settling->next;
	free(settling);
	copy.then(copy.ctl, copy.arg);
}

/* The net process has come to it, whatever it says of that. */
static void on_answer(void *arg, bool good, const char *text,
		      const struct setting *answer)
{
	(void)good;
	(void)text;
	(void)answer;
	settled(arg);
}

void ctl_settle(struct ctl *ctl, ctl_settled_fn then, void *arg)
{
	struct ctl_settling *settling = calloc(1, sizeof(*settling));
	struct err err;

	if (!settling) {
		then(ctl, arg);
		return;
	}
	*settling = (struct ctl_settling){
		.next = ctl->settling, .ctl = ctl, .then = then, .arg = arg
	};
	if (settling->next)
		settling->next->prev = settling;
	ctl->settling = settling;
	if (ctl->ops->command(ctl->world, ROLE_NET, "settle", NULL, on_answer,
			      settling, &err))
		settled(settling);
}

void ctl_settle_free(struct ctl *ctl)
{
	struct ctl_settling *settling, *next;

	for (settling = ctl->settling; settling; settling = next) {
		next = settling->next;
		ctl->ops->forget(ctl->world, settling);
		settled(settling);
	}
}
