// SPDX-License-Identifier: GPL-2.0-or-later
/* Which CAs each end is asked for (RFC 7296, 3.7). */
#include <stdlib.h>

#include "../../tests/tap.h"
#include "ikev2_pair.h"

#define CA_1 "ca 1, of 20 octets.."
#define CA_2 "ca 2, of 20 octets.."
#define CA_3 "ca 3, of 20 octets.."

/* Of a peer that may have a certificate; these CAs are the connection's own. */
static struct conn *certified(struct pair *pair, unsigned int end,
			      const char *cas)
{
	struct conn *conn = pair_usual(pair, end);

	conn->send_certreq = true;
	conn->remote[0].auth = AUTH_WITH_ANY;
	buf_add_span(&conn->remote[0].ca_ids, span_of_text(cas));
	return conn;
}

static struct conn *renamed(struct conn *conn, const char *name)
{
	free(conn->name);
	conn->name = strdup(name);
	return conn;
}

static struct pair *begin(void)
{
	struct pair *pair = pair_new();

	/* One is there twice, as of two files. */
	pair->ends[PAIR_A].cas = CA_1 CA_2 CA_1;
	pair->ends[PAIR_B].cas = CA_1 CA_2 CA_1;
	return pair;
}

/* When the SA is up, that is what this end was asked for. */
static bool asked(struct pair *pair, unsigned int end, const char *cas)
{
	if (!pair_ike(pair, PAIR_A))
		CHECK(pair_up(pair));
	return pair_ike(pair, end) &&
	       span_equal(buf_span(&v2_sa(pair_ike(pair, end))->certreqs),
			  span_of_text(cas));
}

static void of_any(void)
{
	struct pair *pair = begin();

	pair_load(pair, PAIR_A, certified(pair, PAIR_A, ""));
	pair_load(pair, PAIR_B, certified(pair, PAIR_B, ""));
	CHECK(asked(pair, PAIR_A, CA_1 CA_2));
	CHECK(asked(pair, PAIR_B, CA_1 CA_2));
	pair_free(pair);
}

static void of_the_connection(void)
{
	struct pair *pair = begin();

	pair_load(pair, PAIR_A, certified(pair, PAIR_A, CA_2));
	pair_load(pair, PAIR_B, certified(pair, PAIR_B, CA_3 CA_1 CA_3));
	CHECK(asked(pair, PAIR_A, CA_3 CA_1));
	CHECK(asked(pair, PAIR_B, CA_2));
	pair_free(pair);
}

/* Two rounds, one of any CA and one of its own. */
static void of_rounds(void)
{
	struct pair *pair = begin();
	struct conn *conn = certified(pair, PAIR_A, "");
	struct err err;

	conn->remote_n = 2;
	conn->remote[1].auth = AUTH_WITH_PUBKEY;
	CHECK(!ident_parse(&conn->remote[1].id, "b2.example", &err));
	buf_add_span(&conn->remote[1].ca_ids, span_of_text(CA_3));
	pair_load(pair, PAIR_A, conn);
	conn = pair_usual(pair, PAIR_B);
	conn->local_n = 2;
	CHECK(!ident_parse(&conn->local[1].id, "b2.example", &err));
	pair_load(pair, PAIR_B, conn);
	CHECK(asked(pair, PAIR_B, CA_3 CA_1 CA_2));
	CHECK(asked(pair, PAIR_A, ""));
	pair_free(pair);
}

/* Who has no certificate is asked for none. */
static void of_none(void)
{
	for (unsigned int i = 0; i < 4; i++) {
		struct pair *pair = begin();
		struct conn *conn = certified(pair, PAIR_A, CA_2);

		if (i == 0)
			conn->send_certreq = false;
		if (i == 1)
			conn->remote[0].auth = AUTH_WITH_PSK;
		if (i == 2)
			pair_add_text(&conn->remote[0].pubkeys, "/key");
		if (i == 3) {
			buf_free(&conn->remote[0].ca_ids);
			pair->ends[PAIR_A].cas = NULL;
		}
		pair_load(pair, PAIR_A, conn);
		pair_load(pair, PAIR_B, pair_usual(pair, PAIR_B));
		CHECK(asked(pair, PAIR_A, ""));
		CHECK(asked(pair, PAIR_B, ""));
		pair_free(pair);
	}
}

/* The responder does not know yet which one it will be. */
static void of_what_fits(void)
{
	struct pair *pair = begin();
	struct conn *conn;

	pair_load(pair, PAIR_A, certified(pair, PAIR_A, ""));
	pair_load(pair, PAIR_B, certified(pair, PAIR_B, CA_1));
	conn = renamed(certified(pair, PAIR_B, CA_3 CA_1), "also");
	pair_load(pair, PAIR_B, conn);
	/* These can't be it: other addresses, other proposals, IKEv1. */
	conn = renamed(certified(pair, PAIR_B, ""), "elsewhere");
	conn->remote_addrs.n = 0;
	free(conn->remote_addrs.texts[0]);
	pair_add_text(&conn->remote_addrs, "192.0.2.99");
	pair_load(pair, PAIR_B, conn);
	conn = pair_conn(pair, PAIR_B, "weaker", "aes128-sha1-modp1024");
	conn->send_certreq = true;
	conn->remote[0].auth = AUTH_WITH_ANY;
	pair_load(pair, PAIR_B, conn);
	conn = renamed(certified(pair, PAIR_B, CA_2), "old");
	conn->version = 1;
	pair_load(pair, PAIR_B, conn);
	CHECK(asked(pair, PAIR_A, CA_1 CA_3));
	pair_free(pair);
}

static const struct tap_test tests[] = {
	{ "without CAs of its own: of any that is trusted", of_any },
	{ "of the connection's own", of_the_connection },
	{ "of each round", of_rounds },
	{ "of none: not wanted, a secret, a key, no CA", of_none },
	{ "the responder: of each connection that fits", of_what_fits },
};

TAP_MAIN(tests)
