/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What tests of session resumption share: A has a ticket of B, loses it, and
 * comes back. Static, as a check counts in the program that it is part of.
 */
#ifndef ADITD_TESTS_IKEV2_RESUME_H
#define ADITD_TESTS_IKEV2_RESUME_H

#include "../../tests/tap.h"
#include "ikev2_pair.h"

/* Requests of these exchanges that were sent. */
static struct {
	unsigned int inits, resumes, auths;
} seen;

static inline bool count(struct pair *pair, struct pair_packet *packet)
{
	(void)pair;
	if (packet->header.flags & IKE_FLAG_RESPONSE)
		return true;
	seen.inits += packet->header.exchange == EXCHANGE_IKE_SA_INIT;
	seen.resumes += packet->header.exchange == EXCHANGE_IKE_SESSION_RESUME;
	seen.auths += packet->header.exchange == EXCHANGE_IKE_AUTH;
	return true;
}

static inline struct conn *usual(struct pair *pair, unsigned int end)
{
	struct conn *conn = pair_usual(pair, end);

	conn->resumption = true;
	return conn;
}

static inline struct pair *begin(void)
{
	struct pair *pair = pair_new();

	for (unsigned int end = 0; end < 2; end++)
		pair_load(pair, end, usual(pair, end));
	memset(&seen, 0, sizeof(seen));
	pair->hook = count;
	CHECK(pair_up(pair));
	return pair;
}

static inline struct ticket *ticket(const struct pair *pair)
{
	struct conn_slot *slot = conn_slot(pair->ends[PAIR_A].engine, "net");

	return slot ? slot->ticket : NULL;
}

static inline void lose_at(struct pair *pair, unsigned int end)
{
	engine_enter(pair->ends[end].engine);
	ike_sa_lost(pair_ike(pair, end), "the peer is lost");
	engine_leave(pair->ends[end].engine);
}

/* A gives up B, as after retransmissions; B does not know. */
static inline void lose(struct pair *pair)
{
	lose_at(pair, PAIR_A);
	memset(&seen, 0, sizeof(seen));
	pair->sent = 0;
}

static inline void again(struct pair *pair)
{
	pair->ends[PAIR_A].done = 0;
	pair_initiate(pair, PAIR_A, "net", "net");
	pair_settle(pair);
}

/* Both ends have one IKE SA, of which they think the same. */
static inline bool is_up(const struct pair *pair, bool resumed)
{
	const struct ike_sa *a = pair_ike(pair, PAIR_A);
	const struct ike_sa *b = pair_ike(pair, PAIR_B);

	return a && b && a->resumed == resumed && b->resumed == resumed &&
	       pair_ikes(pair, PAIR_A, IKE_ESTABLISHED) == 1 &&
	       pair_ikes(pair, PAIR_B, IKE_ESTABLISHED) == 1 &&
	       ident_equal(&a->local_id, &b->remote_id) &&
	       ident_equal(&a->remote_id, &b->local_id) &&
	       a->algs.encr == b->algs.encr && a->algs.integ == b->algs.integ &&
	       a->algs.prf == b->algs.prf && a->algs.dh == b->algs.dh &&
	       a->algs.ppk == b->algs.ppk &&
	       memcmp(a->algs.addke, b->algs.addke, sizeof(a->algs.addke)) ==
		       0 &&
	       pair_senders(pair, PAIR_A) == 1 &&
	       pair_senders(pair, PAIR_B) == 1 && pair_agrees(pair);
}

static inline void set_id(struct ident *id, const char *text)
{
	struct err err;

	ident_free(id);
	CHECK(!ident_parse(id, text, &err));
}

#endif
