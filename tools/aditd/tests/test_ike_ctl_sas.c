// SPDX-License-Identifier: GPL-2.0-or-later
/* SAs by the control socket: what is shown, begun and ended, and told. */
#include "ike_ctl_client.h"

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

static const struct tap_test tests[] = {
	{ "SAs have the names that swanctl knows", sas },
	{ "events of SAs", events },
	{ "initiate: its log lines and its one answer", initiates },
	{ "who waits no longer is not answered", times_out },
	{ "what is up is told when the kernel has it", settles },
	{ "terminate, rekey, install", terminates },
};

TAP_MAIN(tests)
