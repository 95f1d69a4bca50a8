/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A client of the control socket, and what is around that: the other processes,
 * and an engine that only looks like one. For one test program each.
 */
#ifndef ADITD_TESTS_IKE_CTL_CLIENT_H
#define ADITD_TESTS_IKE_CTL_CLIENT_H

#include <errno.h>
#include <event2/event.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../../lib/vici.h"
#include "../../tests/tap.h"
#include "../ike/ctl.h"
#include "../proto/v2.h"
#include "conf_show.h"
#include "mock_engine.h"

enum { GOT_SIZE = 65536 };

/* Outside: what is asked of other processes, answered when the test says. */
static struct {
	char asked[256];
	role_done_fn done;
	void *arg;
	struct msg_counter counters[2];
	size_t n_counters;
	bool no_counters;
	bool slow_kernel;
	unsigned int forgotten;
	uint64_t now;
} outside;

static struct event_base *base;
static struct ctl *ctl;

static uint64_t now(void *world)
{
	(void)world;
	return outside.now;
}

static int command(void *world, enum role to, const char *name,
		   const struct setting *settings, role_done_fn done, void *arg,
		   struct err *err)
{
	char text[SHOW_SIZE];

	(void)world;
	(void)err;
	if (strcmp(name, "settle") == 0 && !outside.slow_kernel) {
		done(arg, true, "", NULL);
		return 0;
	}
	snprintf(outside.asked, sizeof(outside.asked), "%d %s %.200s", to, name,
		 settings ? show_settings(settings, text) : "");
	outside.done = done;
	outside.arg = arg;
	return 0;
}

static int counters(void *world, const char *interface, role_counters_fn done,
		    void *arg, struct err *err)
{
	(void)world;
	(void)interface;
	if (outside.no_counters)
		return err_set(err, ERR_USAGE, "none");
	done(arg, outside.counters, outside.n_counters, false);
	done(arg, NULL, 0, true);
	return 0;
}

/* cppcheck-suppress constParameter; it is an ops' call */
static void forget(void *world, void *arg)
{
	(void)world;
	if (arg == outside.arg)
		outside.forgotten++;
}

static const struct ctl_ops ops = { now, command, counters, forget };

static void start(void)
{
	struct err err;

	memset(&mock, 0, sizeof(mock));
	memset(&outside, 0, sizeof(outside));
	outside.now = 100000;
	/* As the process has it. */
	signal(SIGPIPE, SIG_IGN);
	base = event_base_new();
	ctl = ctl_new(base, NULL, -1, &ops, NULL, &err);
	CHECK(ctl);
}

static void stop(void)
{
	for (size_t i = 0; i < mock.n_conns; i++)
		conn_put(mock.conns[i]);
	ctl_free(ctl);
	event_base_free(base);
}

static void turn(void)
{
	for (unsigned int i = 0; i < 20; i++)
		event_base_loop(base, EVLOOP_NONBLOCK);
}

static int new_client(void)
{
	int fds[2];

	CHECK(!socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds));
	CHECK(!ctl_add_client(ctl, fds[1]));
	return fds[0];
}

static void send_packet(int fd, uint8_t type, const char *name,
			const char *settings)
{
	struct setting *tree = NULL;
	struct buf packet = BUF_INIT;
	struct err err;

	if (settings)
		tree = parse_settings(settings, &err);
	vici_encode(&packet, type, name, tree);
	CHECK(write(fd, packet.data, packet.len) == (ssize_t)packet.len);
	buf_free(&packet);
	setting_free(tree);
}

static bool take_packet(struct span *from, char *text, size_t size)
{
	static const char *const types[] = {
		"request",    "answer",	   "unknown",	    "register",
		"unregister", "confirmed", "no such event", "event",
	};
	struct setting *settings;
	char shown[SHOW_SIZE];
	struct span packet, name;
	struct err err;
	uint32_t len;
	uint8_t type;

	if (!span_take_u32(from, &len) || !span_take(from, len, &packet))
		return false;
	if (!CHECK(!vici_decode(packet, &type, &name, &settings, &err)))
		return false;
	snprintf(text, size, "%s%s%.*s {%s}\n", types[type],
		 name.len ? " " : "", (int)name.len, (const char *)name.data,
		 settings ? show_settings(settings, shown) : "");
	setting_free(settings);
	return true;
}

/* All that has come, a line for each packet; "closed" if that is the end. */
static const char *get(int fd)
{
	static char text[GOT_SIZE];
	static uint8_t octets[GOT_SIZE];
	size_t len = 0, at = 0;
	struct span from;
	ssize_t got;

	turn();
	while ((got = read(fd, octets + len, sizeof(octets) - len)) > 0) {
		len += (size_t)got;
		turn();
	}
	from = span_of(octets, len);
	text[0] = '\0';
	while (from.len && take_packet(&from, text + at, sizeof(text) - at))
		at += strlen(text + at);
	if (!got || errno == ECONNRESET)
		snprintf(text + at, sizeof(text) - at, "closed");
	return text;
}

static const char *ask(int fd, const char *name, const char *settings)
{
	send_packet(fd, VICI_CMD_REQUEST, name, settings);
	return get(fd);
}

static const char home[] =
	"home { remote_addrs = 192.0.2.1\n local { auth = psk\n id = a.example\n }\n remote { auth = psk\n id = b.example\n }\n"
	" children { net { local_ts = 10.1.0.0/16\n remote_ts = 10.2.0.0/16\n } } }";

/* Established, with a child; its names are those of home. */
static void fill_sa(struct ike_sa *sa, struct child_sa *child)
{
	static uint8_t a[] = "a.example", b[] = "b.example";

	memset(sa, 0, sizeof(*sa));
	memset(child, 0, sizeof(*child));
	sa->conn = mock.conns[0];
	sa->unique = 7;
	snprintf(sa->interface, sizeof(sa->interface), "adit0");
	sa->version = 2;
	sa->initiator = true;
	sa->state = IKE_ESTABLISHED;
	sa->spi_i = 0x0102030405060708;
	sa->spi_r = 0x1112131415161718;
	sa->path.local = (struct addr){ 4, { 192, 0, 2, 9 } };
	sa->path.remote = (struct addr){ 4, { 192, 0, 2, 1 } };
	sa->path.local_port = sa->path.remote_port = 4500;
	sa->nat_here = true;
	sa->encap = ENCAP_UDP;
	sa->local_id = (struct ident){ ID_FQDN, 9, a };
	sa->remote_id = (struct ident){ ID_FQDN, 9, b };
	sa->algs.encr = ENCR_AES_GCM_16;
	sa->algs.encr_bits = 256;
	sa->algs.prf = PRF_HMAC_SHA2_384;
	sa->established = 40000;
	sa->rekey_at = 14440000;
	snprintf(sa->waits_for, sizeof(sa->waits_for), "nothing");
	child->conf = mock.conns[0]->children;
	child->ike = sa;
	child->unique = 3;
	child->id = 2;
	child->state = CHILD_INSTALLED;
	child->protocol = PROTOCOL_ESP;
	child->spi_in = 0xc1;
	child->spi_out = 0xc2;
	child->encr = ENCR_AES_GCM_16;
	child->encr_bits = 256;
	child->installed = 40000;
	child->rekey_at = 3640000;
	child->expire_at = 4000000;
	child->local_ts = child->conf->local_ts;
	child->remote_ts = child->conf->remote_ts;
	sa->children = child;
	mock.first = sa;
}

#endif
