// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Clients of the control socket say what they like to a real engine, with an
 * SA that is up or none. Packets have their length in front, 16 bits; what does
 * not begin with a type of VICI is for how the other processes answer.
 */
/* A fuzzer is built of one file. */
#include "ikev2_pair.c" // NOLINT(bugprone-suspicious-include)

#include <event2/event.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../../lib/vici.h"
#include "../ike/ctl.h"

enum { CLIENT_PACKETS_MAX = 16 };

/* What ctl has asked of another process, not answered yet. */
static struct {
	role_done_fn command;
	role_counters_fn counters;
	void *arg;
} asked;

static uint64_t ctl_now(void *world)
{
	return ((struct pair *)world)->now;
}

static int ctl_command(void *world, enum role to, const char *name,
		       const struct setting *settings, role_done_fn done,
		       void *arg, struct err *err)
{
	(void)world;
	(void)to;
	(void)settings;
	if (asked.command || asked.counters)
		return err_set(err, ERR_USAGE, "%s: not now", name);
	asked.command = done;
	asked.arg = arg;
	return 0;
}

static int ctl_counters(void *world, const char *interface,
			role_counters_fn done, void *arg, struct err *err)
{
	(void)world;
	if (asked.command || asked.counters)
		return err_set(err, ERR_USAGE, "%s: not now", interface);
	asked.counters = done;
	asked.arg = arg;
	return 0;
}

/* cppcheck-suppress constParameter; it is an ops' call */
static void ctl_forget(void *world, void *arg)
{
	(void)world;
	if (asked.arg != arg)
		return;
	asked.command = NULL;
	asked.counters = NULL;
}

static const struct ctl_ops ctl_ops = { ctl_now, ctl_command, ctl_counters,
					ctl_forget };

static void others_answer(const struct setting *settings)
{
	static const struct msg_counter counter = { .interface = "adit-net",
						    .packets = 1 };
	role_counters_fn counters = asked.counters;
	role_done_fn command = asked.command;

	asked.counters = NULL;
	asked.command = NULL;
	if (command)
		command(asked.arg, settings, settings ? "" : "no", settings);
	if (counters)
		counters(asked.arg, &counter, 1, true);
}

static void read_all(int fd)
{
	uint8_t octets[4096];

	while (read(fd, octets, sizeof(octets)) > 0)
		;
}

static void turn(struct event_base *base, struct pair *pair, int fd)
{
	for (int i = 0; i < 4; i++) {
		event_base_loop(base, EVLOOP_NONBLOCK);
		read_all(fd);
	}
	pair_settle(pair);
}

/* From another process. */
static void take_answer(struct ctl *ctl, struct span packet)
{
	struct setting *settings = NULL;
	struct span name;
	struct err err;
	char text[64];
	uint8_t type = 0;

	if (vici_decode(packet, &type, &name, &settings, &err)) {
		others_answer(NULL);
		return;
	}
	snprintf(text, sizeof(text), "%.*s", (int)name.len,
		 (const char *)name.data);
	if (type == VICI_CMD_REQUEST)
		ctl_load(ctl, text, settings, &err);
	else
		others_answer(settings);
	setting_free(settings);
}

static void say(int fd, struct span packet)
{
	uint8_t header[4] = { 0, 0, (uint8_t)(packet.len >> 8),
			      (uint8_t)packet.len };

	if (write(fd, header, sizeof(header)) < 0 ||
	    write(fd, packet.data, packet.len) < 0)
		return;
}

static void play(struct pair *pair, struct ctl *ctl, struct event_base *base,
		 struct span input)
{
	struct span packet;
	uint16_t len;
	int fds[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds) ||
	    ctl_add_client(ctl, fds[1]))
		abort();
	for (int i = 0; i < CLIENT_PACKETS_MAX && span_take_u16(&input, &len);
	     i++) {
		if (!span_take(&input, len, &packet))
			packet = input;
		if (packet.len && *packet.data & 0x80)
			take_answer(ctl,
				    span_of(packet.data + 1, packet.len - 1));
		else
			say(fds[0], packet);
		turn(base, pair, fds[0]);
		if (packet.data == input.data)
			break;
	}
	close(fds[0]);
	event_base_loop(base, EVLOOP_NONBLOCK);
	others_answer(NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct event_base *base;
	struct pair *pair;
	struct ctl *ctl;
	struct err err;

	if (!size)
		return 0;
	signal(SIGPIPE, SIG_IGN);
	memset(&asked, 0, sizeof(asked));
	base = event_base_new();
	pair = pair_new();
	pair_load_usual(pair);
	if (*data & 1)
		pair_up(pair);
	ctl = ctl_new(base, pair->ends[PAIR_A].engine, -1, &ctl_ops, pair,
		      &err);
	if (!ctl)
		abort();
	play(pair, ctl, base, span_of(data + 1, size - 1));
	pair_free(pair);
	ctl_free(ctl);
	event_base_free(base);
	return 0;
}
