// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What connections want over time: NAT, traps, start actions, uniqueness,
 * authenticating once more, and restarts (RFC 7296, 2.23, 2.4).
 */
#include "../../tests/tap.h"
#include "ikev2_pair.h"

static void behind_nat(struct pair *pair, unsigned int end)
{
	pair->ends[end].behind_nat = true;
	pair->ends[end].nat_addr = (struct addr){ 4, { 203, 0, 113, 7 } };
	pair->ends[end].nat_ports = 10000;
}

static void nat_is_found(void)
{
	struct pair *pair = pair_new();

	behind_nat(pair, PAIR_A);
	pair_load_usual(pair);
	CHECK(pair_up(pair));
	CHECK(pair_ike(pair, PAIR_A)->nat_here);
	CHECK(!pair_ike(pair, PAIR_A)->nat_there);
	CHECK(pair_ike(pair, PAIR_B)->nat_there);
	CHECK(pair_ike(pair, PAIR_A)->encap == ENCAP_UDP);
	CHECK(pair_ike(pair, PAIR_B)->encap == ENCAP_UDP);
	CHECK(pair_ike(pair, PAIR_A)->path.remote_port == 4500);
	CHECK(pair_ike(pair, PAIR_A)->path.marker);
	CHECK(pair_ike(pair, PAIR_B)->path.remote_port == 14500);
	CHECK(pair_ike(pair, PAIR_B)->path.marker);
	CHECK(pair->ends[PAIR_B].states[0].child.encap == ENCAP_UDP);
	CHECK(pair->ends[PAIR_B].states[0].child.path.remote_port == 14500);
	pair_free(pair);
}

static void nat_forgets(void)
{
	struct pair *pair = pair_new();
	struct conn *conn = pair_usual(pair, PAIR_A);
	struct ike_path path;

	behind_nat(pair, PAIR_A);
	conn->dpd_delay = 30;
	pair_load(pair, PAIR_A, conn);
	pair_load(pair, PAIR_B, pair_usual(pair, PAIR_B));
	CHECK(pair_up(pair));
	/* The NAT restarts: from another address and port. */
	pair->ends[PAIR_A].nat_addr.octets[3] = 8;
	pair->ends[PAIR_A].nat_ports = 20000;
	pair_run(pair, 31 * 1000ULL);
	CHECK(pair->ends[PAIR_B].moves == 1);
	CHECK(pair_ike(pair, PAIR_B)->path.remote_port == 24500);
	CHECK(pair_ike(pair, PAIR_B)->path.remote.octets[3] == 8);
	/* Or the kernel sees it first. */
	path = pair_ike(pair, PAIR_B)->path;
	path.remote_port = 24501;
	pair->ends[PAIR_A].nat_ports = 20001;
	engine_moved(pair->ends[PAIR_B].engine, "adit-net",
		     pair_ike(pair, PAIR_B)->peer, &path);
	CHECK(pair_ike(pair, PAIR_B)->path.remote_port == 24501);
	pair_free(pair);
}

static void nat_of_the_responder(void)
{
	struct pair *pair = pair_new();

	behind_nat(pair, PAIR_B);
	pair->ends[PAIR_B].nat_ports = 0;
	pair_load_usual(pair);
	CHECK(pair_up(pair));
	CHECK(pair_ike(pair, PAIR_A)->nat_there);
	CHECK(pair_ike(pair, PAIR_B)->nat_here);
	CHECK(pair_ike(pair, PAIR_B)->encap == ENCAP_UDP);
	pair_free(pair);
}

static void transport_through_nat(void)
{
	struct pair *pair = pair_new();

	behind_nat(pair, PAIR_A);
	for (unsigned int end = 0; end < 2; end++) {
		struct conn *conn =
			pair_conn(pair, end, "net", "aes128-sha256-x25519");

		pair_child(conn, "net", "aes128-sha256", "dynamic", "dynamic")
			->mode = MODE_TRANSPORT;
		pair_load(pair, end, conn);
	}
	CHECK(pair_up(pair));
	CHECK(pair_child_sa(pair, PAIR_B)->mode == MODE_TRANSPORT);
	CHECK(pair_child_sa(pair, PAIR_B)->remote_ts.ts[0].start.octets[0] ==
	      203);
	CHECK(pair_child_sa(pair, PAIR_A)->local_ts.ts[0].start.octets[0] ==
	      192);
	pair_free(pair);
}

/* The peer hears its own address, and what is left of its ports. */
static void transport_is_narrowed(void)
{
	struct pair *pair = pair_new();

	behind_nat(pair, PAIR_A);
	for (unsigned int end = 0; end < 2; end++) {
		struct conn *conn =
			pair_conn(pair, end, "net", "aes128-sha256-x25519");
		const char *ts = end ? "dynamic[udp/1701]" : "dynamic";

		pair_child(conn, "net", "aes128-sha256", ts, ts)->mode =
			MODE_TRANSPORT;
		pair_load(pair, end, conn);
	}
	CHECK(pair_up(pair));
	for (unsigned int end = 0; end < 2; end++) {
		const struct child_sa *child = pair_child_sa(pair, end);
		const struct ts *local = &child->local_ts.ts[0];

		CHECK(child->local_ts.n == 1 && child->remote_ts.n == 1);
		CHECK(local->proto == 17 && local->port_start == 1701);
		CHECK(local->start.octets[0] == 192);
		CHECK(child->remote_ts.ts[0].port_end == 1701);
	}
	pair_free(pair);
}

static void encap_is_forced(void)
{
	for (unsigned int end = 0; end < 2; end++) {
		struct pair *pair = pair_new();
		struct conn *conn = pair_usual(pair, end);

		conn->encap = ENCAP_UDP;
		pair_load(pair, end, conn);
		pair_load(pair, !end, pair_usual(pair, !end));
		CHECK(pair_up(pair));
		CHECK(pair_ike(pair, PAIR_A)->encap == ENCAP_UDP);
		CHECK(pair_ike(pair, PAIR_B)->encap == ENCAP_UDP);
		CHECK(pair_ike(pair, PAIR_A)->path.remote_port == 4500);
		pair_free(pair);
	}
}

static void encap_is_refused(void)
{
	struct pair *pair = pair_new();
	struct conn *conn = pair_usual(pair, PAIR_A);

	behind_nat(pair, PAIR_A);
	conn->encap = ENCAP_NONE;
	pair_load(pair, PAIR_A, conn);
	pair_load(pair, PAIR_B, pair_usual(pair, PAIR_B));
	CHECK(pair_up(pair));
	CHECK(pair_ike(pair, PAIR_A)->encap == ENCAP_NONE);
	CHECK(pair_ike(pair, PAIR_B)->encap == ENCAP_NONE);
	pair_free(pair);
}

static struct ts packet_of(const char *text)
{
	struct ts_list list = { 0 };
	struct err err;

	CHECK(!ts_parse(&list, text, &err));
	return list.ts[0];
}

static void trap(void)
{
	struct pair *pair = pair_new();
	struct conn *conn = pair_usual(pair, PAIR_A);
	struct ts source = packet_of("10.1.0.5/32[udp/1000]");
	struct ts destination = packet_of("10.2.0.9/32[udp/53]");
	struct engine_pick pick = { .ike = "net" };
	struct pair_end *a = &pair->ends[PAIR_A];
	struct engine_trapped trapped;
	struct err err;

	conn->children->start = START_TRAP;
	pair_load(pair, PAIR_A, conn);
	pair_load(pair, PAIR_B, pair_usual(pair, PAIR_B));
	CHECK(a->n_traps == 1 && a->traps[0].on);
	CHECK(engine_trapped_at(a->engine, 0, &trapped));
	CHECK(trapped.id == a->traps[0].child);
	CHECK(!engine_trapped_at(a->engine, 1, &trapped));
	for (unsigned int i = 0; i < 3; i++)
		engine_acquire(a->engine, "adit-net", trapped.id, &source,
			       &destination);
	pair_settle(pair);
	CHECK(pair_agrees(pair) && pair_senders(pair, PAIR_A) == 1);
	CHECK(a->states[0].child.child == trapped.id);
	CHECK(a->states[0].child.peer == trapped.peer);
	CHECK(pair_ikes(pair, PAIR_A, IKE_ESTABLISHED) == 1);
	CHECK(pair_children(pair, PAIR_B, CHILD_INSTALLED) == 1);
	/* When it goes, the trap is there again, and works. */
	a->traps[0].on = false;
	engine_terminate(a->engine, &pick, false, NULL, NULL);
	pair_settle(pair);
	CHECK(!pair_installed(pair, PAIR_A) && a->traps[0].on);
	CHECK(!a->peers_removed);
	engine_acquire(a->engine, "adit-net", trapped.id, &source,
		       &destination);
	pair_settle(pair);
	CHECK(pair_agrees(pair) && pair_senders(pair, PAIR_A) == 1);
	/* Off while it is up, and gone with it. */
	CHECK(!engine_trap(a->engine, NULL, "net", false, &err));
	engine_terminate(a->engine, &pick, false, NULL, NULL);
	pair_settle(pair);
	CHECK(a->peers_removed == 1);
	/* What was on its way here meanwhile begins nothing. */
	engine_acquire(a->engine, "adit-net", trapped.id, &source,
		       &destination);
	pair_settle(pair);
	CHECK(!pair_ikes(pair, PAIR_A, IKE_ESTABLISHED));
	CHECK(engine_trap(a->engine, NULL, "other", true, &err));
	pair_free(pair);
}

static void starts_by_itself(void)
{
	struct pair *pair = pair_new();
	struct conn *conn = pair_usual(pair, PAIR_A);

	pair_load(pair, PAIR_B, pair_usual(pair, PAIR_B));
	conn->children->start = START_START | START_TRAP;
	pair_load(pair, PAIR_A, conn);
	pair_settle(pair);
	CHECK(pair_agrees(pair) && pair_senders(pair, PAIR_A) == 1);
	/* The same loaded again changes nothing. */
	conn = pair_usual(pair, PAIR_A);
	conn->children->start = START_START;
	pair_load(pair, PAIR_A, conn);
	pair_settle(pair);
	CHECK(pair_children(pair, PAIR_B, CHILD_INSTALLED) == 1);
	CHECK(engine_conn_remove(pair->ends[PAIR_A].engine, "net"));
	CHECK(!engine_conn(pair->ends[PAIR_A].engine, "net"));
	CHECK(pair_senders(pair, PAIR_A) == 1);
	pair_free(pair);
}

/* Both ends want it at once: two IKE SAs, and traffic has its way. */
static void both_start(void)
{
	struct pair *pair = pair_new();

	for (unsigned int end = 0; end < 2; end++) {
		struct conn *conn = pair_usual(pair, end);

		conn->children->start = START_START;
		pair_load(pair, end, conn);
	}
	pair_settle(pair);
	CHECK(pair_agrees(pair));
	CHECK(pair_senders(pair, PAIR_A) == 1);
	CHECK(pair_senders(pair, PAIR_B) == 1);
	pair_free(pair);
}

static void crashes(void)
{
	struct pair *pair = pair_new();
	struct pair_end *a = &pair->ends[PAIR_A];
	struct env env = a->engine->env;
	struct pair_state nothing = { 0 };

	pair_load_usual(pair);
	CHECK(pair_up(pair));
	/* Without a word, and back at once. */
	pair->mute = true;
	engine_free(a->engine);
	a->engine = engine_new(&env);
	engine_add_version(a->engine, &ikev2_ops);
	for (size_t i = 0; i < PAIR_STATES_MAX; i++)
		a->states[i] = nothing;
	pair_settle(pair);
	pair->mute = false;
	pair_load(pair, PAIR_A, pair_usual(pair, PAIR_A));
	a->done = 0;
	CHECK(pair_up(pair));
	CHECK(pair_installed(pair, PAIR_B) == 1);
	CHECK(pair->ends[PAIR_B].events[EVENT_IKE_DOWN] == 1);
	pair_free(pair);
}

static void reauthenticates(void)
{
	struct pair *pair = pair_new();

	for (unsigned int end = 0; end < 2; end++) {
		struct conn *conn = pair_usual(pair, end);

		if (end == PAIR_A) {
			conn->reauth_time = 1000;
			conn->over_time = 100;
		}
		conn->unique = UNIQUE_REPLACE;
		pair_load(pair, end, conn);
	}
	CHECK(pair_up(pair));
	pair->lossless = true;
	pair_run(pair, 10050 * 1000ULL);
	CHECK(!pair->lost);
	CHECK(pair->ends[PAIR_A].events[EVENT_IKE_UP] == 11);
	CHECK(pair->ends[PAIR_B].events[EVENT_IKE_UP] == 11);
	CHECK(pair_ikes(pair, PAIR_A, IKE_ESTABLISHED) == 1);
	CHECK(pair_ikes(pair, PAIR_B, IKE_ESTABLISHED) == 1);
	CHECK(pair_installed(pair, PAIR_A) == 1);
	CHECK(pair_installed(pair, PAIR_B) == 1);
	CHECK(pair_agrees(pair));
	/* It fails: the old one stays as long as it may. */
	pair->ends[PAIR_B].secret = "another";
	pair_run(pair, 1000 * 1000ULL);
	CHECK(pair_ikes(pair, PAIR_A, IKE_ESTABLISHED) == 1);
	pair->ends[PAIR_B].secret = "a secret of both";
	pair_run(pair, 70 * 1000ULL);
	CHECK(pair->ends[PAIR_A].events[EVENT_IKE_UP] == 12);
	CHECK(pair_agrees(pair) && pair_senders(pair, PAIR_A) == 1);
	pair_free(pair);
}

/* The same identity from another place. */
static void unique(void)
{
	static const struct {
		enum conf_unique unique;
		size_t left;
		int result;
		const char *what;
	} rows[] = {
		{ UNIQUE_NO, 2, 0, "no" },
		{ UNIQUE_REPLACE, 1, 0, "replace" },
		{ UNIQUE_KEEP, 1, -1, "keep" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct pair *pair = pair_new();
		struct conn *conn = pair_usual(pair, PAIR_A);
		struct pair_end *a = &pair->ends[PAIR_A];

		conn->unique = UNIQUE_NEVER; /* sends no INITIAL_CONTACT */
		pair_load(pair, PAIR_A, conn);
		conn = pair_usual(pair, PAIR_B);
		conn->unique = rows[i].unique;
		pair_load(pair, PAIR_B, conn);
		CHECK(pair_up(pair));
		engine_first(a->engine)->conn->name[0] = 'x';
		engine_conn_remove(a->engine, "xet");
		pair_load(pair, PAIR_A, pair_usual(pair, PAIR_A));
		engine_conn(a->engine, "net")->unique = UNIQUE_NEVER;
		a->addr.octets[3] = 77;
		pair_initiate(pair, PAIR_A, "net", "net");
		pair_settle(pair);
		CHECK_ROW(a->result == rows[i].result, rows[i].what);
		/* Deletes to where A was are in vain. */
		pair_run(pair, 200 * 1000ULL);
		CHECK_ROW(pair_ikes(pair, PAIR_B, IKE_ESTABLISHED) ==
				  rows[i].left,
			  rows[i].what);
		pair_free(pair);
	}
}

static void closes_all(void)
{
	struct pair *pair = pair_new();

	pair_load_usual(pair);
	CHECK(pair_up(pair));
	engine_close_all(pair->ends[PAIR_A].engine);
	pair_settle(pair);
	CHECK(!engine_first(pair->ends[PAIR_B].engine));
	CHECK(!pair_installed(pair, PAIR_B));
	pair_free(pair);
}

static void kernel_refuses(void)
{
	struct pair *pair = pair_new();

	pair_load_usual(pair);
	CHECK(pair_up(pair));
	engine_install_failed(pair->ends[PAIR_A].engine,
			      pair_child_sa(pair, PAIR_A)->unique,
			      "no such algorithm");
	pair_settle(pair);
	CHECK(!pair_installed(pair, PAIR_B));
	CHECK_TEXT(pair_why(pair, PAIR_A, "net"), "no such algorithm");
	pair_free(pair);
}

static const struct tap_test tests[] = {
	{ "a NAT is found, and 4500 used", nat_is_found },
	{ "a NAT forgets its mapping", nat_forgets },
	{ "a NAT of the responder", nat_of_the_responder },
	{ "transport mode through a NAT", transport_through_nat },
	{ "the same with fewer ports", transport_is_narrowed },
	{ "encap = udp, of either", encap_is_forced },
	{ "encap = none", encap_is_refused },
	{ "a trap, again and again", trap },
	{ "start_action = start, and loaded again", starts_by_itself },
	{ "both start at once", both_start },
	{ "a peer that crashed: INITIAL_CONTACT", crashes },
	{ "authenticating once more, nothing lost", reauthenticates },
	{ "unique = no, replace, keep", unique },
	{ "the daemon stops, and says so", closes_all },
	{ "the kernel refuses a child", kernel_refuses },
};

TAP_MAIN(tests)
