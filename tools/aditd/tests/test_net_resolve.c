// SPDX-License-Identifier: GPL-2.0-or-later
/* Addresses of peers: literal ones at once, names by a helper. */
#include <event2/event.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "../../tests/tap.h"
#include "../net/local.h"
#include "../net/names.h"
#include "../net/resolve.h"
#include "../proc/loop.h"

struct seen {
	struct event_base *base;
	unsigned int calls;
	struct msg_resolved last;
	char text[512];
};

static void done(void *arg, const struct msg_resolved *answer)
{
	struct seen *seen = arg;

	seen->calls++;
	seen->last = *answer;
	snprintf(seen->text, sizeof(seen->text), "%s",
		 answer->text ? answer->text : "");
	event_base_loopbreak(seen->base);
}

static void ask(struct seen *seen, const char *local, const char *a,
		const char *b)
{
	struct msg_resolve msg = { .cookie = 7 };
	struct resolver *resolver;

	*seen = (struct seen){ .base = loop_new() };
	resolver = resolver_new(seen->base, done, seen);
	if (local)
		msg.local[msg.n_local++] = local;
	msg.remote[msg.n_remote++] = a;
	if (b)
		msg.remote[msg.n_remote++] = b;
	resolver_ask(resolver, &msg);
	if (!seen->calls)
		event_base_dispatch(seen->base);
	CHECK(seen->calls == 1);
	CHECK(seen->last.cookie == 7);
	resolver_free(resolver);
	event_base_free(seen->base);
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
}

static void literal(void)
{
	struct seen seen;

	ask(&seen, NULL, "127.0.0.1", "127.0.0.2");
	CHECK(seen.last.n == 2);
	CHECK(seen.last.remotes[1].octets[3] == 2);
	/* The route's source. */
	CHECK(seen.last.local.len == 4 && seen.last.local.octets[0] == 127);
	ask(&seen, "192.0.2.77", "127.0.0.1", NULL);
	CHECK(seen.last.n == 1 && seen.last.local.octets[3] == 77);
}

static void none(void)
{
	struct seen seen;

	ask(&seen, NULL, "%any", NULL);
	CHECK(!seen.last.n);
	CHECK_TEXT(seen.text, "remote_addrs has no address to connect to");
	ask(&seen, NULL, "10.0.0.0/8", "10.1.0.1-10.1.0.9");
	CHECK(!seen.last.n);
	ask(&seen, "192.0.2.1", "2001:db8::1", NULL);
	CHECK(!seen.last.n);
	CHECK_TEXT(seen.text,
		   "local_addrs and remote_addrs are of two families");
}

static void families(void)
{
	struct seen seen;

	ask(&seen, "192.0.2.1", "2001:db8::1", "127.0.0.1");
	CHECK(seen.last.n == 1 && seen.last.remotes[0].len == 4);
}

/* "localhost" needs no name server; the other one there is nowhere. */
static void names(void)
{
	struct seen seen;

	ask(&seen, NULL, "localhost", "127.0.0.9");
	CHECK(seen.last.n >= 2);
	ask(&seen, NULL, "a..b", NULL);
	CHECK(!seen.last.n);
	CHECK(strstr(seen.text, "'a..b': ") == seen.text);
}

static void words(void)
{
	CHECK(names_is_literal("%any"));
	CHECK(names_is_literal("10.0.0.0/8"));
	CHECK(names_is_literal("10.0.0.1-10.0.0.2"));
	CHECK(names_is_literal("2001:db8::1"));
	CHECK(!names_is_literal("gw.example"));
	CHECK(!names_is_literal("my-gw"));
	CHECK(!names_is_literal("cafe.de"));
	CHECK(!names_is_literal("10.0.0.1-b"));
}

static void local(void)
{
	struct ts_list list = {
		.n = 1,
		.ts = { { .start = { 4, { 127, 0, 0, 0 } },
			  .end = { 4, { 127, 255, 255, 255 } } } },
	};
	struct addr addr;

	/* It is there, but nobody else could answer to it. */
	CHECK(!local_in(&list, 4, &addr));
	CHECK(!local_in(&list, 16, &addr));
	list.ts[0].start = (struct addr){ 4, { 0, 0, 0, 0 } };
	list.ts[0].end = (struct addr){ 4, { 255, 255, 255, 255 } };
	CHECK(!local_in(&list, 4, &addr) || addr.octets[0] != 127);
	list.ts[0].start = list.ts[0].end =
		(struct addr){ 4, { 240, 0, 0, 1 } };
	CHECK(!local_in(&list, 4, &addr));
}

static const struct tap_test tests[] = {
	{ "literal", literal }, { "none", none },   { "families", families },
	{ "names", names },	{ "words", words }, { "local", local },
};

TAP_MAIN(tests)
