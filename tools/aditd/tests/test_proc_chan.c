// SPDX-License-Identifier: GPL-2.0-or-later
/* Channels: whatever arrives is whole, and nonsense ends it. */
#include <event2/event.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../../tests/tap.h"
#include "../proc/chan.h"
#include "../proc/loop.h"
#include "../proc/proc.h"

struct end {
	struct chan chan;
	unsigned int messages, broken, rooms;
	uint32_t last;
	char why[512];
	bool refuse;
};

static struct event_base *base;

static int on_message(struct chan *chan, enum msg_type type,
		      const union msg_any *msg, struct err *err)
{
	struct end *end = chan->arg;

	end->messages++;
	if (type == MSG_EXPIRE)
		end->last = msg->expire.spi;
	if (type == MSG_INPUT)
		end->last = (uint32_t)msg->packet.message.len;
	return end->refuse ? err_set(err, ERR_REFUSED, "no sense") : 0;
}

static void on_broken(struct chan *chan, const char *why)
{
	struct end *end = chan->arg;

	end->broken++;
	snprintf(end->why, sizeof(end->why), "%s", why ? why : "gone");
}

static void on_room(struct chan *chan)
{
	struct end *end = chan->arg;

	end->rooms++;
}

static const struct chan_ops ops = { on_message, on_broken, on_room };

/* net and ike, in one process. */
static void open_pair(struct end *net, struct end *ike)
{
	struct err err;
	int fds[2];

	base = loop_new();
	*net = (struct end){ 0 };
	*ike = (struct end){ 0 };
	CHECK(!proc_pair(fds, &err));
	CHECK(!chan_open(&net->chan, base, fds[0], ROLE_NET, ROLE_IKE, &ops,
			 net, &err));
	CHECK(!chan_open(&ike->chan, base, fds[1], ROLE_IKE, ROLE_NET, &ops,
			 ike, &err));
}

static void close_pair(struct end *net, struct end *ike)
{
	chan_close(&net->chan);
	chan_close(&ike->chan);
	event_base_free(base);
}

/* Until nothing happens any more. */
static void run(void)
{
	for (int i = 0; i < 200; i++)
		event_base_loop(base, EVLOOP_NONBLOCK);
}

static int expire(struct end *from, uint32_t spi)
{
	const struct msg_expire msg = { spi, true, false };
	struct err err;

	return chan_send(&from->chan, MSG_EXPIRE, &msg, &err);
}

static void order(void)
{
	struct end net, ike;

	open_pair(&net, &ike);
	for (uint32_t i = 0; i < 20000; i++)
		CHECK(!expire(&net, 0x100 + i));
	run();
	CHECK(ike.messages == 20000);
	CHECK(ike.last == 0x100 + 19999);
	CHECK(chan_is_empty(&net.chan));
	close_pair(&net, &ike);
}

static int packet(struct end *from, size_t len)
{
	static uint8_t octets[60000];
	const struct msg_packet msg = {
		.path = { .remote = { 4, { 1, 2, 3, 4 } }, .remote_port = 500 },
		.message = span_of(octets, len),
	};
	struct err err;

	return chan_send(&from->chan, MSG_INPUT, &msg, &err);
}

/* Packets are dropped when it is busy, what matters is not. */
static void busy(void)
{
	struct end net, ike;
	unsigned int sent = 0;

	open_pair(&net, &ike);
	for (int i = 0; i < 100; i++)
		CHECK(!packet(&net, 60000));
	CHECK(chan_is_busy(&net.chan));
	CHECK(net.chan.dropped > 0);
	sent = 100 - (unsigned int)net.chan.dropped;
	CHECK(!expire(&net, 0x1234));
	run();
	CHECK(ike.messages == sent + 1);
	CHECK(ike.last == 0x1234);
	CHECK(!chan_is_busy(&net.chan) && net.rooms == 1);
	close_pair(&net, &ike);
}

static void gone(void)
{
	struct end net, ike;

	open_pair(&net, &ike);
	CHECK(!expire(&net, 0x100));
	event_base_loop(base, EVLOOP_NONBLOCK);
	chan_close(&net.chan);
	run();
	/* What was said before the end is heard. */
	CHECK(ike.messages == 1);
	CHECK(ike.broken == 1);
	CHECK_TEXT(ike.why, "gone");
	CHECK(expire(&net, 0x100));
	close_pair(&net, &ike);
}

static void nonsense(void)
{
	static const struct {
		const char *name;
		uint8_t octets[24];
		size_t len;
	} rows[] = {
		{ "no such type", { 0xff, 0xff }, 8 },
		{ "of another direction", { 0, MSG_INPUT }, 8 },
		{ "too long", { 0, MSG_SEND, 0, 0, 0xff, 0xff, 0xff, 0xff }, 8 },
		{ "not empty", { 0, MSG_READY, 0, 0, 0, 0, 0, 1, 0 }, 9 },
		{ "cut", { 0, MSG_PEER_REMOVE, 0, 0, 0, 0, 0, 2, 0, 0 }, 10 },
		{ "flags", { 0, MSG_READY, 0, 1 }, 8 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct end net, ike;

		open_pair(&net, &ike);
		CHECK(write(ike.chan.fd, rows[i].octets, rows[i].len) ==
		      (ssize_t)rows[i].len);
		run();
		CHECK_ROW(net.broken == 1 && !net.messages, rows[i].name);
		close_pair(&net, &ike);
	}
}

static void refused(void)
{
	struct end net, ike;

	open_pair(&net, &ike);
	ike.refuse = true;
	expire(&net, 0x100);
	expire(&net, 0x101);
	run();
	CHECK(ike.messages == 1 && ike.broken == 1);
	CHECK_TEXT(ike.why, "no sense");
	close_pair(&net, &ike);
}

/* A process that does not read at all. */
static void stuck(void)
{
	struct end net, ike;
	int rc = 0;

	open_pair(&net, &ike);
	event_del(ike.chan.readable);
	for (int i = 0; !rc && i < 4000000; i++)
		rc = expire(&net, 0x100);
	CHECK(rc == -1);
	CHECK(net.broken == 1);
	close_pair(&net, &ike);
}

static unsigned int rings;

static void ring(struct env_timer *timer)
{
	rings++;
	CHECK(!timer->at);
	if (rings < 3) {
		timer->at = loop_now() + 1;
		loop_set_timer(base, timer);
	}
}

static void timers(void)
{
	struct env_timer timer = { .ring = ring };
	struct env_timer never = { .ring = ring };

	base = loop_new();
	timer.at = loop_now();
	loop_set_timer(base, &timer);
	never.at = loop_now() + 5;
	loop_set_timer(base, &never);
	never.at = 0;
	loop_set_timer(base, &never);
	CHECK(!never.world);
	event_base_dispatch(base);
	CHECK(rings == 3);
	timer.at = 0;
	loop_set_timer(base, &timer);
	CHECK(!timer.world);
	event_base_free(base);
}

static const struct tap_test tests[] = {
	{ "order", order },	  { "busy", busy },	  { "gone", gone },
	{ "nonsense", nonsense }, { "refused", refused }, { "stuck", stuck },
	{ "timers", timers },
};

TAP_MAIN(tests)
