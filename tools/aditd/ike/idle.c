// SPDX-License-Identifier: GPL-2.0-or-later
/* How long a child carried nothing: of its counters, all generations together. */
#include "idle.h"

#include <stdio.h>
#include <stdlib.h>

struct idle {
	struct ike_role *role;
	char interface[IF_NAMESIZE];
	uint32_t child, cookie;
	uint64_t seconds;
};

static void take(struct idle *idle, const struct msg_counter *counter)
{
	if (counter->child == idle->child &&
	    strcmp(counter->interface, idle->interface) == 0 &&
	    counter->idle_seconds < idle->seconds)
		idle->seconds = counter->idle_seconds;
}

static void counted(void *arg, const struct msg_counter *counters, size_t n,
		    bool last)
{
	struct idle *idle = arg;
	struct engine *engine = role_engine(idle->role);

	for (size_t i = 0; i < n; i++)
		take(idle, &counters[i]);
	if (!last)
		return;
	/* There is none any more when the process ends. */
	if (engine)
		engine_idle(engine, idle->cookie,
			    idle->seconds > UINT32_MAX ? UINT64_MAX :
							 idle->seconds * 1000);
	free(idle);
}

int idle_ask(struct ike_role *role, const char *interface, uint32_t child,
	     uint32_t cookie, struct err *err)
{
	struct idle *idle = calloc(1, sizeof(*idle));

	if (!idle)
		return err_set(err, ERR_REFUSED, "out of memory");
	*idle = (struct idle){ .role = role,
			       .child = child,
			       .cookie = cookie,
			       .seconds = UINT64_MAX };
	snprintf(idle->interface, sizeof(idle->interface), "%s", interface);
	if (!role_counters(role, interface, counted, idle, err))
		return 0;
	free(idle);
	return -1;
}
