// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What tickets of session resumption (RFC 5723) are sealed with, what is in them,
 * and which of them are revoked.
 */
#include <stdlib.h>

#include "ikev2_resume.h"

static void keys_change(void)
{
	struct pair *pair = pair_new();
	struct pair_end *b = &pair->ends[PAIR_B];
	const struct env *env = &b->engine->env;
	struct ticket_keys keys = { 0 };
	struct ticket_mark marks[TICKET_KEYS] = { 0 }, mark;
	struct buf tickets[5] = { 0 }, state = BUF_INIT;
	struct err err;

	/* One every half of a life. */
	for (size_t i = 0; i < ARRAY_SIZE(tickets); i++) {
		CHECK(!ticket_seal(&keys, env, marks, span_of_text("state"),
				   &tickets[i]));
		for (size_t j = 0; j <= i; j++) {
			bool good = !ticket_open(&keys, env,
						 buf_span(&tickets[j]), &mark,
						 &state, &err);

			/* As long as it may live, and not for ever. */
			CHECK(good || i - j > 2);
			CHECK(!good || i - j < 4);
			CHECK(!good || span_equal(buf_span(&state),
						  span_of_text("state")));
			buf_cut(&state, 0);
		}
		pair->now += TICKET_SECONDS * 500ULL;
	}
	/* The same twice is not the same. */
	CHECK(!ticket_seal(&keys, env, marks, span_of_text("state"), &state));
	CHECK(!span_equal(buf_span(&state), buf_span(&tickets[4])));
	/* Nothing too long. */
	buf_cut(&state, 0);
	CHECK(buf_extend(&state, TICKET_MAX - TICKET_ID_LEN - 28));
	CHECK(ticket_seal(&keys, env, marks, buf_span(&state), &tickets[0]));
	buf_free(&state);
	for (size_t i = 0; i < ARRAY_SIZE(tickets); i++)
		buf_free(&tickets[i]);
	ticket_keys_free(&keys);
	pair_free(pair);
}

enum { SESSIONS = 30 };

static int open_one(struct pair *pair, struct ticket_keys *keys,
		    const struct buf *ticket)
{
	struct buf state = BUF_INIT;
	struct ticket_mark mark = { 0 };
	struct err err;
	int ret = ticket_open(keys, &pair->ends[PAIR_B].engine->env,
			      buf_span(ticket), &mark, &state, &err);

	buf_free(&state);
	return ret;
}

/* Those of one IKE SA, whichever key they are of, and of no other one. */
static void revoked(void)
{
	struct pair *pair = pair_new();
	const struct env *env = &pair->ends[PAIR_B].engine->env;
	struct ticket_mark marks[SESSIONS][TICKET_KEYS] = { 0 };
	struct ticket_mark none = { 0 };
	struct ticket_keys keys = { 0 };
	struct buf tickets[2][SESSIONS] = { 0 };

	for (unsigned int k = 0; k < 2; k++) {
		for (unsigned int i = 0; i < SESSIONS; i++)
			CHECK(!ticket_seal(&keys, env, marks[i],
					   span_of_text("state"),
					   &tickets[k][i]));
		pair->now += TICKET_SECONDS * 1000ULL;
	}
	ticket_revoke(&keys, &none);
	CHECK(ticket_is_revoked(&keys, &none));
	for (unsigned int i = 0; i < SESSIONS; i += 3)
		for (unsigned int k = 0; k < 2; k++)
			ticket_revoke(&keys, &marks[i][k]);
	for (unsigned int i = 0; i < SESSIONS; i++) {
		CHECK(!open_one(pair, &keys, &tickets[1][i]) == (i % 3 != 0));
		/* Its time is over. */
		CHECK(open_one(pair, &keys, &tickets[0][i]));
	}
	ticket_keys_free(&keys);
	CHECK(open_one(pair, &keys, &tickets[1][1]));
	for (unsigned int i = 0; i < 2 * SESSIONS; i++)
		buf_free(&tickets[i / SESSIONS][i % SESSIONS]);
	pair_free(pair);
}

/* A key is for so many IKE SAs, so that what is known of them is limited. */
static void sessions_are_limited(void)
{
	struct pair *pair = pair_new();
	const struct env *env = &pair->ends[PAIR_B].engine->env;
	struct ticket_mark marks[3][TICKET_KEYS] = { 0 };
	struct ticket_keys keys = { 0 };
	struct buf tickets[3] = { 0 };
	struct span state = span_of_text("state");

	CHECK(!ticket_seal(&keys, env, marks[0], state, &tickets[0]));
	keys.keys[keys.newest].sessions = TICKET_SESSIONS_MAX - 8;
	CHECK(buf_extend(&keys.keys[keys.newest].revoked,
			 TICKET_SESSIONS_MAX / 8 - 2));
	for (unsigned int i = 0; i < 8; i++) {
		struct ticket_mark other[TICKET_KEYS] = { 0 };

		buf_cut(&tickets[1], 0);
		CHECK(!ticket_seal(&keys, env, other, state, &tickets[1]));
		CHECK(span_equal(SPAN(other[keys.newest].id),
				 SPAN(marks[0][keys.newest].id)));
	}
	CHECK(keys.keys[keys.newest].revoked.len == TICKET_SESSIONS_MAX / 8);
	CHECK(!ticket_seal(&keys, env, marks[2], state, &tickets[2]));
	CHECK(!span_equal(SPAN(keys.keys[0].id), SPAN(keys.keys[1].id)));
	for (unsigned int i = 0; i < 3; i++) {
		CHECK(!open_one(pair, &keys, &tickets[i]));
		buf_free(&tickets[i]);
	}
	ticket_keys_free(&keys);
	pair_free(pair);
}

static void as_octets(void)
{
	struct pair *pair = begin();
	struct session session = { 0 };
	struct buf all = BUF_INIT;
	const struct session *of = &ticket(pair)->session;

	session_write(of, &all);
	CHECK(!session_read(&session, buf_span(&all)));
	CHECK_TEXT(session.conn, "net");
	CHECK(session.edition == of->edition && session.until == of->until);
	CHECK(ident_equal(&session.local, &of->local));
	CHECK(ident_equal(&session.remote, &of->remote));
	CHECK(span_equal(buf_span(&session.key), buf_span(&of->key)));
	session_free(&session);
	for (size_t len = 0; len < all.len; len++) {
		session = (struct session){ 0 };
		CHECK(session_read(&session, span_of(all.data, len)));
		session_free(&session);
	}
	buf_add_u8(&all, 0);
	session = (struct session){ 0 };
	CHECK(session_read(&session, buf_span(&all)));
	session_free(&session);
	buf_free(&all);
	pair_free(pair);
}

static const struct tap_test tests[] = {
	{ "keys of tickets change", keys_change },
	{ "revoked: those of one IKE SA", revoked },
	{ "IKE SAs of a key are limited", sessions_are_limited },
	{ "sessions as octets", as_octets },
};

TAP_MAIN(tests)
