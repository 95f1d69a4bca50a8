// SPDX-License-Identifier: GPL-2.0-or-later
/* Whether a tunnel works, in a few words. */
#include "../adit/verdict.h"
#include "tap.h"

#define SA(direction, s, ...)                                            \
	{                                                                \
		.dir = ADIT_DIR_##direction, .state = ADIT_SA_STATE_##s, \
		__VA_ARGS__                                              \
	}
#define IDLE(seconds) \
	.has = BIT64(ADIT_A_SA_IDLE_SECONDS), .idle_seconds = (seconds)

static void children(void)
{
	static const struct {
		const char *want;
		enum verdict_level level;
		size_t n;
		uint32_t held;
		struct adit_sa sas[3];
	} rows[] = {
		{ "NO SA", VERDICT_BAD, 0, 0, { { 0 } } },
		{ "NO OUTBOUND SA, 5 held", VERDICT_BAD, 0, 5, { { 0 } } },
		{ "NO OUTBOUND SA",
		  VERDICT_BAD,
		  1,
		  0,
		  { SA(IN, VALID, IDLE(0)) } },
		{ "NO OUTBOUND SA",
		  VERDICT_BAD,
		  2,
		  0,
		  { SA(IN, VALID, IDLE(0)),
		    SA(OUT, DEAD, .active = 1, IDLE(0)) } },
		{ "NO OUTBOUND SA ACTIVE, 1 standby, 2 held",
		  VERDICT_BAD,
		  2,
		  2,
		  { SA(IN, VALID, IDLE(0)),
		    SA(OUT, VALID, .active = 0, IDLE(0)) } },
		{ "NO INBOUND SA",
		  VERDICT_BAD,
		  1,
		  0,
		  { SA(OUT, VALID, .active = 1, IDLE(0)) } },
		{ "NO INBOUND SA, one is larval",
		  VERDICT_BAD,
		  2,
		  0,
		  { SA(IN, LARVAL, IDLE(0)),
		    SA(OUT, VALID, .active = 1, IDLE(0)) } },
		{ "ready",
		  VERDICT_GOOD,
		  2,
		  0,
		  { SA(IN, VALID, IDLE(0)),
		    SA(OUT, VALID, .active = 1, IDLE(0)) } },
		{ "ready",
		  VERDICT_GOOD,
		  3,
		  0,
		  { SA(IN, VALID, IDLE(0)), SA(IN, DYING, IDLE(0)),
		    SA(OUT, VALID, .active = 1, IDLE(0)) } },
		{ "ready, waits for a rekey",
		  VERDICT_WARN,
		  2,
		  0,
		  { SA(IN, VALID, IDLE(0)),
		    SA(OUT, DYING, .active = 1, IDLE(0)) } },
		{ "ready, waits for a rekey",
		  VERDICT_WARN,
		  2,
		  0,
		  { SA(IN, DYING, IDLE(0)),
		    SA(OUT, VALID, .active = 1, IDLE(0)) } },
		{ "ready, idle 3m",
		  VERDICT_GOOD,
		  2,
		  0,
		  { SA(IN, VALID, IDLE(200)),
		    SA(OUT, VALID, .active = 1, IDLE(180)) } },
		{ "ready, idle 3m",
		  VERDICT_GOOD,
		  2,
		  0,
		  { SA(IN, VALID, IDLE(180)),
		    SA(OUT, VALID, .active = 1, IDLE(200)) } },
		{ "ready",
		  VERDICT_GOOD,
		  2,
		  0,
		  { SA(IN, VALID, IDLE(0)),
		    SA(OUT, VALID, .active = 1, IDLE(200)) } },
		{ "sends, has heard nothing for 3m",
		  VERDICT_WARN,
		  2,
		  0,
		  { SA(IN, VALID, IDLE(180)),
		    SA(OUT, VALID, .active = 1, IDLE(0)) } },
		{ "sends, has heard nothing yet",
		  VERDICT_WARN,
		  2,
		  0,
		  { SA(IN, VALID, .has = 0),
		    SA(OUT, VALID, .active = 1, IDLE(0)) } },
		{ "ready, never used",
		  VERDICT_GOOD,
		  2,
		  0,
		  { SA(IN, VALID, .has = 0), SA(OUT, VALID, .active = 1) } },
		{ "ready",
		  VERDICT_GOOD,
		  2,
		  0,
		  { SA(IN, VALID, IDLE(0)), SA(OUT, VALID, .active = 1) } },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct adit_child child = { .held = rows[i].held };
		struct verdict verdict = verdict_child(&child, NULL, NULL,
						       rows[i].sas, rows[i].n);

		CHECK_TEXT(verdict.text, rows[i].want);
		CHECK_ROW(verdict.level == rows[i].level, rows[i].want);
	}
}

static void peers(void)
{
	struct adit_peer peer = { .has = ~0ULL,
				  .path_mtu = 1500,
				  .children = 1,
				  .remote = { 4, { 192, 0, 2, 1 } } };
	const struct adit_sa sas[] = { SA(IN, VALID, IDLE(0)),
				       SA(OUT, VALID, .active = 1, IDLE(0)) };
	const struct adit_child child = { 0 };

	CHECK_TEXT(verdict_peer(&peer, NULL).text, "");
	CHECK_TEXT(verdict_child(&child, &peer, NULL, sas, 2).text, "ready");
	peer.path_mtu = 0;
	CHECK_TEXT(verdict_peer(&peer, NULL).text, "NO ROUTE");
	CHECK_TEXT(verdict_child(&child, &peer, NULL, sas, 2).text, "NO ROUTE");
	peer.children = 0;
	CHECK_TEXT(verdict_peer(&peer, NULL).text, "no children");
	CHECK(verdict_peer(&peer, NULL).level == VERDICT_NONE);
	/* A kernel that does not say is no reason to worry. */
	peer.has = 0;
	CHECK_TEXT(verdict_peer(&peer, NULL).text, "");
	peer.remote = (struct addr){ .len = 16 };
	CHECK_TEXT(verdict_peer(&peer, NULL).text, "NO REMOTE ADDRESS");
	peer.remote = (struct addr){ .len = 0 };
	CHECK_TEXT(verdict_peer(&peer, NULL).text, "NO REMOTE ADDRESS");
}

static void sockets(void)
{
	struct adit_peer peer = { .has = ~BIT64(ADIT_A_PEER_SOCKET),
				  .path_mtu = 1500,
				  .children = 1,
				  .remote = { 4, { 192, 0, 2, 1 } } };
	struct adit_socket socket = { .has = ~0ULL };
	const struct adit_child child = { 0 };

	CHECK_TEXT(verdict_peer(&peer, NULL).text, "");
	peer.encap = ADIT_ENCAP_TCP;
	CHECK_TEXT(verdict_peer(&peer, NULL).text, "NO SOCKET");
	CHECK_TEXT(verdict_child(&child, &peer, NULL, NULL, 0).text,
		   "NO SOCKET");
	/* One that is not known is no reason to worry. */
	peer.has = ~0ULL;
	CHECK_TEXT(verdict_peer(&peer, NULL).text, "");
	CHECK_TEXT(verdict_peer(&peer, &socket).text, "");
	socket.state = ADIT_SOCKET_STATE_WAITING;
	CHECK_TEXT(verdict_peer(&peer, &socket).text, "NOT CONNECTED");
	socket.state = ADIT_SOCKET_STATE_CONNECTING;
	CHECK_TEXT(verdict_peer(&peer, &socket).text, "NOT CONNECTED");
	CHECK(verdict_peer(&peer, &socket).level == VERDICT_BAD);
	CHECK_TEXT(verdict_child(&child, &peer, &socket, NULL, 0).text,
		   "NOT CONNECTED");
}

static void devices(void)
{
	CHECK_TEXT(verdict_dev(false, 1, 1).text, "DOWN");
	CHECK_TEXT(verdict_dev(true, 0, 0).text, "NO CHILDREN");
	CHECK_TEXT(verdict_dev(true, 2, 2).text, "ready");
	CHECK_TEXT(verdict_dev(true, 1, 2).text, "1 of 2 children ready");
	CHECK(verdict_dev(true, 1, 2).level == VERDICT_WARN);
	CHECK(verdict_dev(true, 0, 2).level == VERDICT_BAD);
}

static const struct tap_test tests[] = {
	{ "children", children },
	{ "peers", peers },
	{ "sockets of peers", sockets },
	{ "interfaces", devices },
};

TAP_MAIN(tests)
