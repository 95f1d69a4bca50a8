// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Configuration payloads that are wrong (RFC 7296, 2.19, 3.15): nobody has an
 * inner address then that the other end does not know of.
 */
#include <stdlib.h>

#include "ikev2_wrong.h"

enum { CP_TYPE = 0, CP_ATTR_TYPE = 4, CP_ATTR_LEN = 6, CP_ADDR = 8 };

static const struct row {
	const char *name;
	bool response;
	struct change change;
	const char *why; /* A's; "" if all is well */
	bool ike, child; /* is there one then, at both ends? */
} rows[] = {
	{ "nothing wrong", false, BITS(CP, 1, 0), "", true, true },
	{ "half a request", false, SHORT(CP, 2), "INVALID_SYNTAX", false,
	  false },
	{ "a request longer than it is", false, TO(CP, CP_ATTR_LEN, 2, 1),
	  "INVALID_SYNTAX", false, false },
	{ "a request that is a reply", false, TO(CP, CP_TYPE, 1, CP_REPLY),
	  "FAILED_CP_REQUIRED", true, false },
	{ "a request for what there is not", false,
	  TO(CP, CP_ATTR_TYPE + 1, 1, 99), "FAILED_CP_REQUIRED", true, false },
	{ "no request", false, NO(CP), "FAILED_CP_REQUIRED", true, false },
	{ "half a reply", true, SHORT(CP, 2), "gave no inner address", true,
	  false },
	{ "a reply longer than it is", true, TO(CP, CP_ATTR_LEN, 2, 1),
	  "gave no inner address", true, false },
	{ "a reply that is a request", true, TO(CP, CP_TYPE, 1, CP_REQUEST),
	  "gave no inner address", true, false },
	{ "a reply with something else", true, TO(CP, CP_ATTR_TYPE + 1, 1, 99),
	  "gave no inner address", true, false },
	{ "no reply", true, NO(CP), "gave no inner address", true, false },
	{ "selectors of another address", true, TO(TSI, TS_START, 8, 9),
	  "the peer takes 9.9.9.9/32 from us; it gave us 10.3.0.1", true,
	  false },
};

static struct pair *make(void)
{
	struct pool_conf *pool = calloc(1, sizeof(*pool));
	struct pair *pair = pair_new();
	struct err err;

	snprintf(pool->name, sizeof(pool->name), "four");
	CHECK(!addr_parse_digits(&pool->first, "10.3.0.1", &err));
	pool->base = pool->first;
	pool->size = 2;
	CHECK(!engine_pool_add(pair->ends[PAIR_B].engine, pool, &err));
	for (unsigned int end = 0; end < 2; end++) {
		struct conn *conn = pair_conn(pair, end, "net",
					      "aes128gcm16-prfsha256-x25519");

		pair_child(conn, "net", "aes128gcm16-x25519",
			   end ? "10.2.0.0/16" : "dynamic",
			   end ? "dynamic" : "10.2.0.0/16");
		pair_add_text(end ? &conn->pools : &conn->vips,
			      end ? "four" : "0.0.0.0");
		pair_load(pair, end, conn);
	}
	return pair;
}

static size_t online(const struct pair *pair)
{
	return pool_find(&pair->ends[PAIR_B].engine->pools, "four")->n_online;
}

static void wrong_payloads(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct pair *pair = make();

		wrong_begin(pair, EXCHANGE_IKE_AUTH, rows[i].response,
			    &rows[i].change);
		pair_initiate(pair, PAIR_A, "net", "net");
		pair_run(pair, 40 * 1000ULL);
		wrong_check(pair, PAIR_A, rows[i].why, rows[i].name);
		CHECK_ROW(pair->ends[PAIR_A].result == (rows[i].child ? 0 : -1),
			  rows[i].name);
		for (unsigned int end = 0; end < 2; end++) {
			CHECK_ROW(pair_ikes(pair, end, IKE_ESTABLISHED) ==
					  rows[i].ike,
				  rows[i].name);
			CHECK_ROW(pair_installed(pair, end) == rows[i].child,
				  rows[i].name);
		}
		CHECK_ROW(pair_agrees(pair), rows[i].name);
		/* Without an IKE SA nobody has an address. */
		CHECK_ROW(online(pair) <= rows[i].ike, rows[i].name);
		CHECK_ROW(pair->ends[PAIR_A].vips.n <= online(pair),
			  rows[i].name);
		pair_free(pair);
	}
}

static const struct tap_test tests[] = {
	{ "what is wrong in CP, and beside it", wrong_payloads },
};

TAP_MAIN(tests)
