// SPDX-License-Identifier: GPL-2.0-or-later
/* What is told of a configuration, and what again. */
#include "../net/config.h"

#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../tests/tap.h"
#include "../proc/log.h"
#include "../proc/loop.h"
#include "../proc/proc.h"

static char folder[] = "/tmp/adit-config-XXXXXX";

static int no_message(struct chan *chan, enum msg_type type,
		      const union msg_any *msg, struct err *err)
{
	(void)chan;
	(void)type;
	(void)msg;
	(void)err;
	return 0;
}

static void no_end(struct chan *chan, const char *why)
{
	(void)chan;
	(void)why;
}

static const struct chan_ops ops = { .message = no_message, .broken = no_end };

/* The net process, and the ends of the others. */
struct world {
	struct event_base *base;
	struct chan ike, keys;
	int others[2];
	struct log log;
	struct config config;
	unsigned int done;
	bool good;
	char text[512];
};

static void is_done(void *arg, bool good, const char *text)
{
	struct world *world = arg;

	world->done++;
	world->good = good;
	snprintf(world->text, sizeof(world->text), "%s", text);
}

static void write_file(const char *text)
{
	char path[128];
	FILE *file;

	snprintf(path, sizeof(path), "%s/swanctl.conf", folder);
	file = fopen(path, "w");
	fputs(text, file);
	fclose(file);
	chmod(path, 0600);
}

static void start(struct world *world)
{
	struct err err;
	int fds[2];

	*world = (struct world){ .base = loop_new() };
	log_init(&world->log, ROLE_NET, LEVEL_ERROR);
	CHECK(!proc_pair(fds, &err));
	world->others[0] = fds[1];
	CHECK(!chan_open(&world->ike, world->base, fds[0], ROLE_NET, ROLE_IKE,
			 &ops, world, &err));
	CHECK(!proc_pair(fds, &err));
	world->others[1] = fds[1];
	CHECK(!chan_open(&world->keys, world->base, fds[0], ROLE_NET, ROLE_KEYS,
			 &ops, world, &err));
	world->config = (struct config){ .folder = folder,
					 .log = &world->log,
					 .ike = &world->ike,
					 .keys = &world->keys,
					 .cookie = 1 };
	CHECK(mkdtemp(folder));
}

static void stop(struct world *world)
{
	char path[128];

	config_free(&world->config);
	chan_close(&world->ike);
	chan_close(&world->keys);
	event_base_free(world->base);
	close(world->others[0]);
	close(world->others[1]);
	snprintf(path, sizeof(path), "%s/swanctl.conf", folder);
	CHECK(!remove(path) && !remove(folder));
}

/* How many it is told, of which that one fails, from 1; 0 for none. */
static unsigned int load(struct world *world, unsigned int fails)
{
	unsigned int told = 0;
	struct err err;

	world->done = 0;
	CHECK(!config_load(&world->config, is_done, world, &err));
	while (world->config.pending && told < 100) {
		struct msg_settings_done answer = {
			.cookie = world->config.first_cookie + told,
			.text = "bad",
		};

		answer.good = ++told != fails;
		CHECK(config_answer(&world->config, &answer));
	}
	CHECK(world->done == 1);
	CHECK_TEXT(world->text, fails ? "bad" : "");
	CHECK(world->good == !fails);
	return told;
}

/* Begin, the secret, end, tickets; then pool and connections. */
static void again(void)
{
	struct world world;

	start(&world);
	write_file(
		"secrets { ike { secret = x\n } }\n"
		"pools { p { addrs = 10.0.0.0/24\n } }\n"
		"connections { a { remote_addrs = 192.0.2.1\n }\n b { } }\n");
	CHECK(load(&world, 0) == 7);
	CHECK(load(&world, 0) == 0);
	/* A secret that keys could not take: all of keys' is told again. */
	write_file(
		"secrets { ike { secret = y\n } }\n"
		"pools { p { addrs = 10.0.0.0/24\n } }\n"
		"connections { a { remote_addrs = 192.0.2.1\n }\n b { } }\n");
	CHECK(load(&world, 2) == 4);
	CHECK(load(&world, 2) == 4);
	CHECK(load(&world, 0) == 4);
	CHECK(load(&world, 0) == 0);
	/* A connection that ike could not: only that one. */
	write_file(
		"secrets { ike { secret = y\n } }\n"
		"pools { p { addrs = 10.0.0.0/24\n } }\n"
		"connections { a { remote_addrs = 192.0.2.3\n }\n b { } }\n");
	CHECK(load(&world, 1) == 1);
	CHECK(load(&world, 1) == 1);
	CHECK(load(&world, 0) == 1);
	CHECK(load(&world, 0) == 0);
	stop(&world);
}

static const struct tap_test tests[] = {
	{ "what failed is told again, and nothing else", again },
};

TAP_MAIN(tests)
