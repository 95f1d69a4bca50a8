// SPDX-License-Identifier: GPL-2.0-or-later
/* The control socket, by what a client sends and gets. */
#include "../ike/ctl.h"

#include <errno.h>
#include <event2/event.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../../lib/vici.h"
#include "../../tests/tap.h"
#include "../proto/v2.h"
#include "conf_show.h"
#include "keys_pki.h"
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

static void packets(void)
{
	int fd;

	start();
	fd = new_client();
	CHECK_TEXT(ask(fd, "redirect", ""), "unknown {}\n");
	send_packet(fd, VICI_EVENT_REGISTER, "log", NULL);
	CHECK_TEXT(get(fd), "confirmed {}\n");
	send_packet(fd, VICI_EVENT_REGISTER, "lgo", NULL);
	CHECK_TEXT(get(fd), "no such event {}\n");
	ctl_log(ctl, LEVEL_INFO, NULL, "hello");
	ctl_log(ctl, LEVEL_DEBUG, NULL, "not this");
	CHECK_TEXT(get(fd),
		   "event log {group=IKE level=1 thread=1 msg=hello}\n");
	send_packet(fd, VICI_EVENT_UNREGISTER, "log", NULL);
	CHECK_TEXT(get(fd), "confirmed {}\n");
	ctl_log(ctl, LEVEL_INFO, NULL, "hello");
	CHECK_TEXT(get(fd), "");
	/* An answer is not for us. */
	send_packet(fd, VICI_CMD_RESPONSE, NULL, "");
	CHECK_TEXT(get(fd), "closed");
	close(fd);
	stop();
}

static void malformed(void)
{
	static const struct {
		const char *octets;
		size_t len;
	} rows[] = {
		{ "\0\0\0\0", 4 },   { "\377\377\377\377", 4 },
		{ "\0\10\0\1", 4 },  { "\0\0\0\1\10", 5 },
		{ "\0\0\0\1\0", 5 }, { "\0\0\0\4\0\1v\1", 8 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		int fd, other;

		start();
		fd = new_client();
		other = new_client();
		CHECK(write(fd, rows[i].octets, rows[i].len) > 0);
		CHECK_TEXT(get(fd), "closed");
		CHECK_TEXT(ask(other, "get-conns", ""), "answer {conns[]}\n");
		close(fd);
		close(other);
		stop();
	}
}

/* A packet may come in pieces, and several at once. */
static void pieces(void)
{
	static const char two[] =
		"\0\0\0\13\0\11get-conns\0\0\0\13\0\11get-conns";
	int fd;

	start();
	fd = new_client();
	for (size_t i = 0; i < 14; i++) {
		CHECK(write(fd, two + i, 1) == 1);
		turn();
	}
	CHECK_TEXT(get(fd), "");
	CHECK(write(fd, two + 14, 16) == 16);
	CHECK_TEXT(get(fd), "answer {conns[]}\nanswer {conns[]}\n");
	close(fd);
	stop();
}

static void connections(void)
{
	int fd;

	start();
	fd = new_client();
	CHECK_TEXT(ask(fd, "load-conn", home), "answer {success=yes}\n");
	CHECK_TEXT(
		ask(fd, "load-conn", "home { remote_adrs = x }"),
		"answer {success=no errmsg=home: unknown option 'remote_adrs', did you mean 'remote_addrs'?}\n");
	CHECK(strstr(
		ask(fd, "load-conn",
		    "home { remote { cacerts = \"-----BEGIN CERTIFICATE-----\" } }"),
		"home: remote: cacerts: "));
	CHECK_TEXT(ask(fd, "load-conn", ""),
		   "answer {success=no errmsg=no connection to load}\n");
	CHECK_TEXT(ask(fd, "get-conns", ""), "answer {conns[home]}\n");
	/* The same again is left alone; another one is not. */
	CHECK(mock.adds == 1);
	ask(fd, "load-conn", home);
	CHECK(mock.adds == 1);
	ask(fd, "load-conn", "home { }");
	CHECK(mock.adds == 2);
	ask(fd, "load-conn", home);
	CHECK(mock.adds == 3);
	send_packet(fd, VICI_EVENT_REGISTER, "list-conn", NULL);
	send_packet(fd, VICI_EVENT_REGISTER, "list-policy", NULL);
	get(fd);
	CHECK_TEXT(
		ask(fd, "list-conns", ""),
		"event list-conn {home{local_addrs[%any] remote_addrs[192.0.2.1] version=IKEv1/2 reauth_time=0 rekey_time=14400 unique=UNIQUE_NO"
		" local-1{id=a.example class=pre-shared key groups[] cert_policy[] certs[] cacerts[]}"
		" remote-1{id=b.example class=pre-shared key groups[] cert_policy[] certs[] cacerts[]}"
		" children{net{mode=TUNNEL rekey_time=3600 rekey_bytes=0 rekey_packets=0 dpd_action=none close_action=none local-ts[10.1.0.0/16] remote-ts[10.2.0.0/16]}}}}\n"
		"answer {}\n");
	CHECK_TEXT(ask(fd, "list-conns", "ike = other"), "answer {}\n");
	CHECK_TEXT(
		ask(fd, "list-policies", "trap = yes"),
		"event list-policy {home/net{child=net ike=home mode=TUNNEL local-ts[10.1.0.0/16] remote-ts[10.2.0.0/16]}}\n"
		"answer {}\n");
	CHECK_TEXT(ask(fd, "list-policies", "drop = yes"), "answer {}\n");
	CHECK_TEXT(ask(fd, "unload-conn", "name = home"),
		   "answer {success=yes}\n");
	CHECK_TEXT(
		ask(fd, "unload-conn", "name = home"),
		"answer {success=no errmsg=there is no connection 'home' to unload}\n");
	close(fd);
	stop();
}

/* Without an id, but with a certificate, it is whom that is of. */
static void identity(void)
{
	struct pki end = pki_make(&(struct pki_spec){ .cn = "b" });
	struct buf pem = pki_cert_pem(&end);
	char text[8192], id[IDENT_TEXT_SIZE];
	int fd;

	snprintf(text, sizeof(text), "home { local { certs = \"%.*s\"\n } }",
		 (int)pem.len, (const char *)pem.data);
	start();
	fd = new_client();
	CHECK_TEXT(ask(fd, "load-conn", text), "answer {success=yes}\n");
	CHECK(mock.conns[0]->local[0].id.type == IDENT_ANY);
	CHECK_TEXT(ident_show(&mock.conns[0]->local[0].cert_id, id),
		   "C=CH, O=adit, CN=b");
	close(fd);
	stop();
	buf_free(&pem);
	pki_free(&end);
}

/* Whom a connection takes, as strongSwan's daemon shows it. */
static void rounds(void)
{
	struct pki end = pki_make(&(struct pki_spec){ .cn = "b" });
	struct buf pem = pki_cert_pem(&end);
	char text[8192];
	int fd;

	snprintf(
		text, sizeof(text),
		"home { local { auth = eap-tls:ecdsa-384\n }\n"
		" remote { certs = \"%s\", /x509/c.pem\n revocation = ifuri\n }\n"
		" remote-2 { revocation = strict\n } }",
		(const char *)pem.data);
	start();
	fd = new_client();
	CHECK_TEXT(ask(fd, "load-conn", text), "answer {success=yes}\n");
	send_packet(fd, VICI_EVENT_REGISTER, "list-conn", NULL);
	get(fd);
	CHECK_TEXT(
		ask(fd, "list-conns", ""),
		"event list-conn {home{local_addrs[%any] remote_addrs[%any] version=IKEv1/2 reauth_time=0 rekey_time=14400 unique=UNIQUE_NO"
		" local-1{class=EAP eap-type=EAP_TLS groups[] cert_policy[] certs[] cacerts[]}"
		" remote-1{class=public key revocation=SKIPPED groups[] cert_policy[] certs[C=CH, O=adit, CN=b,/x509/c.pem] cacerts[]}"
		" remote-2{class=public key revocation=GOOD groups[] cert_policy[] certs[] cacerts[]}"
		" children{}}}\n"
		"answer {}\n");
	ask(fd, "load-token", "handle = 01");
	CHECK_TEXT(outside.asked, "2 load-token handle=01");
	close(fd);
	stop();
	buf_free(&pem);
	pki_free(&end);
}

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

#define IKE_SHOWN                                                         \
	"uniqueid=7 version=2 state=ESTABLISHED local-host=192.0.2.9 "    \
	"local-port=4500 local-id=a.example remote-host=192.0.2.1 "       \
	"remote-port=4500 remote-id=b.example initiator=yes "             \
	"initiator-spi=0102030405060708 responder-spi=1112131415161718 "  \
	"nat-local=yes nat-any=yes encr-alg=AES_GCM_16 encr-keysize=256 " \
	"prf-alg=PRF_HMAC_SHA2_384 established=60 rekey-time=14340"
#define CHILD_SHOWN(traffic)                                       \
	"name=net uniqueid=3 reqid=2 state=INSTALLED mode=TUNNEL " \
	"protocol=ESP encap=yes spi-in=000000c1 spi-out=000000c2 " \
	"encr-alg=AES_GCM_16 encr-keysize=256 " traffic            \
	" rekey-time=3540 life-time=3900 install-time=60 "         \
	"local-ts[10.1.0.0/16] remote-ts[10.2.0.0/16]"
#define NO_TRAFFIC "bytes-in=0 packets-in=0 bytes-out=0 packets-out=0"

static void sas(void)
{
	struct child_sa child;
	struct ike_sa sa;
	int fd;

	start();
	fd = new_client();
	ask(fd, "load-conn", home);
	send_packet(fd, VICI_EVENT_REGISTER, "list-sa", NULL);
	get(fd);
	CHECK_TEXT(ask(fd, "list-sas", ""), "answer {}\n");
	fill_sa(&sa, &child);
	outside.counters[0] = (struct msg_counter){ "adit0",   2,   0xc2,
						    false,     500, 5,
						    UINT64_MAX };
	outside.counters[1] =
		(struct msg_counter){ "adit0", 2, 0xc1, true, 900, 9, 4 };
	outside.n_counters = 2;
	CHECK_TEXT(
		ask(fd, "list-sas", ""),
		"event list-sa {home{" IKE_SHOWN
		" child-sas{net-3{" CHILD_SHOWN(
			"bytes-in=900 packets-in=9 use-in=4 bytes-out=500 packets-out=5") "}}}}\n"
											  "answer {}\n");
	outside.no_counters = true;
	CHECK_TEXT(ask(fd, "list-sas", "ike = home\n child = net"),
		   "event list-sa {home{" IKE_SHOWN
		   " child-sas{net-3{" CHILD_SHOWN(NO_TRAFFIC) "}}}}\n"
							       "answer {}\n");
	CHECK_TEXT(ask(fd, "list-sas", "ike-id = 8"), "answer {}\n");
	CHECK(strstr(
		ask(fd, "list-sas", "adit = yes"),
		" interface=adit0 encapsulation=udp tries=0 waits-for=nothing "));
	close(fd);
	stop();
}

static void events(void)
{
	struct ike_sa sa, old_sa;
	struct child_sa child, old;
	int fd;

	start();
	fd = new_client();
	ask(fd, "load-conn", home);
	fill_sa(&sa, &child);
	send_packet(fd, VICI_EVENT_REGISTER, "ike-updown", NULL);
	send_packet(fd, VICI_EVENT_REGISTER, "child-updown", NULL);
	send_packet(fd, VICI_EVENT_REGISTER, "child-rekey", NULL);
	send_packet(fd, VICI_EVENT_REGISTER, "ike-rekey", NULL);
	get(fd);
	ctl_event(ctl, EVENT_IKE_UP, &sa, NULL);
	ctl_event(ctl, EVENT_CHANGED, &sa, NULL);
	ctl_event(ctl, EVENT_CHILD_DOWN, &sa, &child);
	CHECK_TEXT(get(fd),
		   "event ike-updown {up=yes home{" IKE_SHOWN "}}\n"
		   "event child-updown {home{" IKE_SHOWN
		   " child-sas{net-3{" CHILD_SHOWN(NO_TRAFFIC) "}}}}\n");
	old = child;
	old.unique = 2;
	child.next = &old;
	ctl_event(ctl, EVENT_CHILD_REKEY, &sa, &child);
	CHECK(strstr(get(fd), " child-sas{net-2{old{name=net uniqueid=2 "));
	old_sa = sa;
	old_sa.unique = 6;
	old_sa.state = IKE_REKEYED;
	sa.next = &old_sa;
	ctl_event(ctl, EVENT_IKE_REKEY, &sa, NULL);
	CHECK(strstr(get(fd), "event ike-rekey {home{old{uniqueid=6 "));
	close(fd);
	stop();
}

static void initiates(void)
{
	int fd;

	start();
	fd = new_client();
	send_packet(fd, VICI_EVENT_REGISTER, "control-log", NULL);
	get(fd);
	CHECK_TEXT(ask(fd, "initiate", ""),
		   "answer {success=no errmsg=missing configuration name}\n");
	mock.refuse = "no connection has a child 'nix'";
	CHECK_TEXT(
		ask(fd, "initiate", "child = nix"),
		"answer {success=no errmsg=no connection has a child 'nix'}\n");
	mock.refuse = NULL;
	mock.at_once = true;
	CHECK_TEXT(ask(fd, "initiate", "child = net"),
		   "answer {success=yes}\n");
	CHECK_TEXT(mock.asked, "initiate - net");
	mock.at_once = false;
	/* Lines while it lasts, and only one answer. */
	CHECK_TEXT(ask(fd, "initiate", "child = net\n ike = home"), "");
	ctl_log(ctl, LEVEL_INFO, NULL, "sent");
	ctl_log(ctl, LEVEL_DETAIL, NULL, "more");
	CHECK_TEXT(get(fd), "event control-log {group=IKE level=1 msg=sent}\n");
	mock.done(mock.done_arg, -1, "no answer");
	CHECK_TEXT(get(fd), "answer {success=no errmsg=no answer}\n");
	ctl_log(ctl, LEVEL_INFO, NULL, "later");
	CHECK_TEXT(get(fd), "");
	/* Not waited for. */
	mock.done = NULL;
	CHECK_TEXT(ask(fd, "initiate", "child = net\n timeout = -1"),
		   "answer {success=yes}\n");
	CHECK(!mock.done);
	close(fd);
	stop();
}

static void times_out(void)
{
	int fd;

	start();
	fd = new_client();
	ask(fd, "initiate", "child = net\n timeout = 30");
	usleep(50000);
	CHECK_TEXT(
		get(fd),
		"answer {success=no errmsg=CHILD_SA 'net' not established after 30ms}\n");
	/* What comes afterwards is for nobody. */
	mock.done(mock.done_arg, 0, "");
	CHECK_TEXT(get(fd), "");
	/* Who hangs up does not wait either, and the engine is done later. */
	ask(fd, "initiate", "child = net");
	close(fd);
	turn();
	mock.done(mock.done_arg, 0, "");
	/* Or never. */
	fd = new_client();
	ask(fd, "initiate", "child = net");
	close(fd);
	turn();
	stop();
}

static void outside_is_done(void)
{
	outside.done(outside.arg, true, "", NULL);
}

/* The kernel has its part of it before anybody hears of it. */
static void settles(void)
{
	struct child_sa child;
	struct ike_sa sa;
	int fd;

	start();
	fd = new_client();
	ask(fd, "load-conn", home);
	outside.slow_kernel = true;
	send_packet(fd, VICI_EVENT_REGISTER, "child-updown", NULL);
	get(fd);
	ask(fd, "initiate", "child = net\n timeout = 30");
	fill_sa(&sa, &child);
	ctl_event(ctl, EVENT_CHILD_UP, &sa, &child);
	CHECK_TEXT(outside.asked, "0 settle ");
	CHECK_TEXT(get(fd), "");
	outside_is_done();
	CHECK(strstr(get(fd), "event child-updown {up=yes "));
	mock.done(mock.done_arg, 0, "");
	/* It is not late: the engine was in time. */
	usleep(50000);
	CHECK_TEXT(get(fd), "");
	outside_is_done();
	CHECK_TEXT(get(fd), "answer {success=yes}\n");
	/* Who hangs up meanwhile is not told, nor is anybody at the end. */
	ask(fd, "install", "child = net");
	CHECK_TEXT(outside.asked, "0 settle ");
	close(fd);
	turn();
	outside_is_done();
	fd = new_client();
	ask(fd, "install", "child = net");
	close(fd);
	stop();
	CHECK(outside.forgotten == 1);
}

static void terminates(void)
{
	struct child_sa child;
	struct ike_sa sa;
	int fd;

	start();
	fd = new_client();
	ask(fd, "load-conn", home);
	CHECK_TEXT(ask(fd, "terminate", ""),
		   "answer {success=no errmsg=missing terminate selector}\n");
	CHECK_TEXT(
		ask(fd, "terminate", "ike = home"),
		"answer {success=no matches=0 terminated=0 errmsg=no matching SAs to terminate found}\n");
	fill_sa(&sa, &child);
	mock.matches = 1;
	mock.at_once = true;
	CHECK_TEXT(ask(fd, "terminate", "ike = home\n force = yes"),
		   "answer {success=yes matches=1 terminated=1}\n");
	CHECK_TEXT(mock.asked, "terminate by force home -");
	CHECK_TEXT(ask(fd, "terminate", "child-id = 3"),
		   "answer {success=yes matches=1 terminated=1}\n");
	CHECK_TEXT(ask(fd, "rekey", "child = net\n reauth = yes"),
		   "answer {success=yes matches=1}\n");
	CHECK_TEXT(mock.asked, "reauth - net");
	mock.matches = 0;
	CHECK_TEXT(
		ask(fd, "rekey", "child = net"),
		"answer {success=no matches=0 errmsg=no matching SAs to rekey found}\n");
	CHECK_TEXT(ask(fd, "install", "child = net"), "answer {success=yes}\n");
	CHECK_TEXT(mock.asked, "trap - net");
	CHECK_TEXT(ask(fd, "uninstall", "child = net\n ike = home"),
		   "answer {success=yes}\n");
	CHECK_TEXT(mock.asked, "untrap home net");
	close(fd);
	stop();
}

static void others(void)
{
	struct setting *answer, *more;
	struct err err;
	int fd;

	start();
	fd = new_client();
	CHECK_TEXT(ask(fd, "load-shared", "type = IKE\n data = x"), "");
	CHECK_TEXT(outside.asked, "2 load-shared type=IKE data=x");
	outside.done(outside.arg, true, "", NULL);
	CHECK_TEXT(get(fd), "answer {success=yes}\n");
	ask(fd, "load-key", "type = rsa");
	outside.done(outside.arg, false, "no key", NULL);
	CHECK_TEXT(get(fd), "answer {success=no errmsg=no key}\n");
	ask(fd, "reload-settings", "");
	CHECK_TEXT(outside.asked, "0 reload-settings ");
	outside.done(outside.arg, true, "", NULL);
	get(fd);
	/* Whose secret is no more has no ticket any more. */
	CHECK(!mock.forgets);
	ask(fd, "unload-shared", "id = x");
	outside.done(outside.arg, true, "", NULL);
	get(fd);
	CHECK(mock.forgets == 1);
	/* Lists are streamed. */
	send_packet(fd, VICI_EVENT_REGISTER, "list-cert", NULL);
	send_packet(fd, VICI_EVENT_REGISTER, "list-authority", NULL);
	get(fd);
	ask(fd, "list-certs", "");
	answer = parse_settings(
		"certs { 0 { type = X509\n } 1 { type = X509\n flag = CA\n } }",
		&err);
	outside.done(outside.arg, true, "", answer);
	CHECK_TEXT(
		get(fd),
		"event list-cert {type=X509}\nevent list-cert {type=X509 flag=CA}\nanswer {}\n");
	/* What does not fit into one answer of keys comes with others. */
	ask(fd, "list-certs", "type = X509");
	more = parse_settings("certs { 0 { type = X509\n } }\n next = 1", &err);
	outside.done(outside.arg, true, "", more);
	CHECK_TEXT(outside.asked, "2 list-certs type=X509 from=1");
	setting_free(more);
	more = parse_settings("certs { 1 { type = X509\n } }\n next = 2", &err);
	outside.done(outside.arg, true, "", more);
	CHECK_TEXT(outside.asked, "2 list-certs type=X509 from=2");
	setting_free(more);
	outside.done(outside.arg, true, "", answer);
	CHECK_TEXT(
		get(fd),
		"event list-cert {type=X509}\nevent list-cert {type=X509}\n"
		"event list-cert {type=X509}\nevent list-cert {type=X509 flag=CA}\nanswer {}\n");
	ask(fd, "list-authorities", "");
	outside.done(outside.arg, true, "", answer);
	CHECK(strstr(get(fd), "event list-authority {0{type=X509}}\n"));
	setting_free(answer);
	/* Who is gone is forgotten. */
	ask(fd, "get-keys", "");
	close(fd);
	turn();
	CHECK(outside.forgotten == 1);
	stop();
}

/* Of the net process, which has read the files. */
static const char *loads(const char *name, const char *settings)
{
	static struct err err;
	struct setting *tree = parse_settings(settings, &err);

	ctl_load(ctl, name, tree, &err);
	setting_free(tree);
	return err.text;
}

static void lease_address(const char *pool, const char *identity)
{
	char *names[] = { (char *)pool };
	const struct conf_texts list = { 1, names };
	const struct addr any = { .len = 4 };
	struct ident id = { 0 };
	struct err err;

	CHECK(!ident_parse(&id, identity, &err));
	CHECK(pools_lease(&mock.pools, &list, &id, &any) != NULL);
	ident_free(&id);
}

static void itself(void)
{
	const char *text;
	int fd;

	start();
	fd = new_client();
	CHECK(strstr(ask(fd, "version", ""), "answer {daemon=aditd version="));
	outside.now += 125000;
	text = ask(fd, "stats", "");
	CHECK(strstr(text, "answer {uptime{running=2 minutes since="));
	CHECK(strstr(text, " ikesas{total=0 half-open=0} "));
	text = ask(fd, "get-algorithms", "");
	CHECK(strstr(text, "aead{") && strstr(text, "AES_GCM_16=openssl"));
	mock.counters[0] = (struct engine_counter){ "ike-init-in-req", 5 };
	mock.counters[1] = (struct engine_counter){ "invalid", 1 };
	CHECK_TEXT(
		ask(fd, "get-counters", ""),
		"answer {counters{{ike-init-in-req=5 invalid=1}} success=yes}\n");
	CHECK_TEXT(ask(fd, "reset-counters", ""), "answer {success=yes}\n");
	CHECK_TEXT(
		ask(fd, "get-counters", ""),
		"answer {counters{{ike-init-in-req=0 invalid=0}} success=yes}\n");
	/* Of one connection. */
	mock.conn_counters[0] = (struct engine_counter){ "ike-init-in-req", 3 };
	mock.conn_counters[1] = (struct engine_counter){ "invalid", 0 };
	CHECK_TEXT(
		ask(fd, "get-counters", "name=home"),
		"answer {counters{home{ike-init-in-req=3 invalid=0}} success=yes}\n");
	CHECK_TEXT(ask(fd, "reset-counters", "name=home"),
		   "answer {success=yes}\n");
	CHECK_TEXT(
		ask(fd, "get-counters", "name=home"),
		"answer {counters{home{ike-init-in-req=0 invalid=0}} success=yes}\n");
	CHECK_TEXT(ask(fd, "get-counters", "all=yes"),
		   "answer {counters{} success=yes}\n");
	CHECK(strstr(ask(fd, "get-counters", "name=nothing"), "no connection"));
	CHECK(strstr(ask(fd, "reset-counters", "name=nothing"),
		     "no connection"));
	mock.failure = (struct engine_failure){ 90000, "no common proposal",
						"add aes128" };
	outside.now = 100000;
	CHECK_TEXT(
		ask(fd, "get-failures", "ike = home"),
		"answer {failures{0{ago=10 text=no common proposal hint=add aes128}} success=yes}\n");
	CHECK_TEXT(
		ask(fd, "get-failures", "ike = other"),
		"answer {success=no errmsg=there is no connection 'other'}\n");
	CHECK_TEXT(
		ask(fd, "load-pool",
		    "p { addrs = 10.9.0.0/24\n } q { addrs = 2001:db8::10-2001:db8::1f\n }"),
		"answer {success=yes}\n");
	CHECK_TEXT(
		ask(fd, "load-pool", "r { addrs = dynamic }"),
		"answer {success=no errmsg=r: addrs: 'dynamic' is no subnet or range}\n");
	CHECK_TEXT(
		ask(fd, "get-pools", ""),
		"answer {p{base=10.9.0.0 size=254 online=0 offline=0} q{base=2001:db8::10 size=16 online=0 offline=0}}\n");
	lease_address("p", "carol@example.org");
	CHECK_TEXT(
		ask(fd, "get-pools", "name = p\nleases = yes"),
		"answer {p{base=10.9.0.0 size=254 online=1 offline=0 leases{0{address=10.9.0.1 identity=carol@example.org status=online}}}}\n");
	CHECK_TEXT(
		ask(fd, "unload-pool", "name = p"),
		"answer {success=no errmsg=pool 'p': 1 of its addresses are in use}\n");
	lease_put(pool_find(&mock.pools, "p")->first);
	CHECK_TEXT(
		ask(fd, "get-pools", "name = p\nleases = yes"),
		"answer {p{base=10.9.0.0 size=254 online=0 offline=1 leases{0{address=10.9.0.1 identity=carol@example.org status=offline}}}}\n");
	CHECK_TEXT(ask(fd, "unload-pool", "name = p"),
		   "answer {success=yes}\n");
	CHECK(!pool_find(&mock.pools, "p") && pool_find(&mock.pools, "q"));
	pools_free(&mock.pools);
	CHECK_TEXT(loads("load-conn", home), "");
	/* What files have is no client's. */
	CHECK_TEXT(ask(fd, "get-conns", ""), "answer {conns[]}\n");
	CHECK_TEXT(ask(fd, "get-conns", "adit = yes"),
		   "answer {conns[home]}\n");
	ask(fd, "load-conn", home);
	CHECK_TEXT(ask(fd, "get-conns", ""), "answer {conns[]}\n");
	CHECK_TEXT(
		ask(fd, "unload-conn", "name = home"),
		"answer {success=no errmsg=connection 'home' is of the configuration files, so it stays}\n");
	ask(fd, "load-conn", "home { }");
	CHECK_TEXT(ask(fd, "get-conns", ""), "answer {conns[home]}\n");
	CHECK(mock.n_conns == 1);
	CHECK_TEXT(loads("unload-conn", "name = home"), "");
	CHECK(!mock.n_conns);
	CHECK_TEXT(loads("unload-pool", "name = p"),
		   "there is no pool 'p' to unload");
	CHECK_TEXT(loads("load-pool", "p { addrs = 10.9.0.0/24\n }"), "");
	CHECK_TEXT(
		ask(fd, "unload-pool", "name = p"),
		"answer {success=no errmsg=pool 'p' is of the configuration files, so it stays}\n");
	CHECK_TEXT(loads("unload-pool", "name = p"), "");
	ask(fd, "load-pool", "p { addrs = 10.9.0.0/24\n }");
	CHECK_TEXT(ask(fd, "unload-pool", "name = p"),
		   "answer {success=yes}\n");
	pools_free(&mock.pools);
	CHECK_TEXT(loads("forget-tickets", ""), "");
	CHECK(mock.forgets == 1);
	CHECK_TEXT(loads("stats", ""), "'stats' is not for here");
	close(fd);
	stop();
}

/* What waits for a client that does not read, in octets. */
static size_t backlog(int fd)
{
	size_t all = 0;
	ssize_t got;

	do {
		static char part[65536];

		turn();
		got = read(fd, part, sizeof(part));
		if (got > 0)
			all += (size_t)got;
	} while (got > 0);
	return all;
}

static void slow(void)
{
	char line[1000];
	size_t all;
	int fd, other;

	start();
	memset(line, 'x', sizeof(line) - 1);
	line[sizeof(line) - 1] = '\0';
	fd = new_client();
	other = new_client();
	send_packet(fd, VICI_EVENT_REGISTER, "log", NULL);
	turn();
	for (unsigned int i = 0; i < 20000; i++)
		ctl_log(ctl, LEVEL_INFO, NULL, line);
	all = backlog(fd);
	CHECK(all > CTL_OUT_HIGH / 2 && all < 2UL * CTL_OUT_HIGH);
	CHECK_TEXT(ask(other, "get-conns", ""), "answer {conns[]}\n");
	close(fd);
	close(other);
	stop();
}

static void floods(void)
{
	static const uint8_t ask_stats[] = { 0,	  0,   0,   7,	 0,  5,
					     's', 't', 'a', 't', 's' };
	static uint8_t many_stats[1000 * sizeof(ask_stats)];
	struct child_sa child;
	struct ike_sa sa;
	size_t sent = 0;
	ssize_t put;
	int fd;

	start();
	fd = new_client();
	ask(fd, "load-conn", home);
	fill_sa(&sa, &child);
	send_packet(fd, VICI_EVENT_REGISTER, "child-updown", NULL);
	turn();
	/* News that nobody reads end the connection, not the memory. */
	for (unsigned int i = 0; i < 10000; i++)
		ctl_event(ctl, EVENT_CHILD_UP, &sa, &child);
	backlog(fd);
	CHECK_TEXT(get(fd), "closed");
	close(fd);
	/* So are requests whose answers nobody reads. */
	fd = new_client();
	for (size_t i = 0; i < sizeof(many_stats); i += sizeof(ask_stats))
		memcpy(many_stats + i, ask_stats, sizeof(ask_stats));
	do {
		put = write(fd, many_stats, sizeof(many_stats));
		sent += put > 0 ? (size_t)put : 0;
		turn();
	} while (put > 0 && sent < 64UL * CTL_OUT_HIGH);
	CHECK(put < 0 && errno == EAGAIN);
	CHECK(sent < 2UL * VICI_PACKET_MAX);
	close(fd);
	turn();
	stop();
}

static void many(void)
{
	int fds[CTL_CLIENTS_MAX], pair[2];

	start();
	for (size_t i = 0; i < CTL_CLIENTS_MAX; i++)
		fds[i] = new_client();
	CHECK(!socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair));
	CHECK(ctl_add_client(ctl, pair[1]));
	CHECK_TEXT(get(pair[0]), "closed");
	close(fds[0]);
	turn();
	fds[0] = new_client();
	CHECK_TEXT(ask(fds[0], "get-conns", ""), "answer {conns[]}\n");
	for (size_t i = 0; i < CTL_CLIENTS_MAX; i++)
		close(fds[i]);
	close(pair[0]);
	stop();
}

static const struct tap_test tests[] = {
	{ "packets, events that are registered, and unknown ones", packets },
	{ "what is malformed ends that client only", malformed },
	{ "packets come in pieces", pieces },
	{ "connections are loaded, listed and unloaded", connections },
	{ "the identity of a certificate", identity },
	{ "who a connection takes", rounds },
	{ "SAs have the names that swanctl knows", sas },
	{ "events of SAs", events },
	{ "initiate: its log lines and its one answer", initiates },
	{ "who waits no longer is not answered", times_out },
	{ "what is up is told when the kernel has it", settles },
	{ "terminate, rekey, install", terminates },
	{ "what other processes do, and lists of theirs", others },
	{ "the daemon itself: version, stats, counters, failures, pools",
	  itself },
	{ "a slow client loses log lines", slow },
	{ "a client that never reads costs no memory", floods },
	{ "there are so many clients and no more", many },
};

TAP_MAIN(tests)
