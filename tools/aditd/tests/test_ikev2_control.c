// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What is asked of the engine from outside: what there is not, what is there
 * already, and what a connection was before it was changed.
 */
#include "../../tests/tap.h"
#include "ikev2_pair.h"

static struct pair *connected(void)
{
	struct pair *pair = pair_new();

	pair_load_usual(pair);
	CHECK(pair_up(pair));
	return pair;
}

static void initiates_what_there_is(void)
{
	static const struct {
		const char *conn, *child;
		const char *why; /* NULL if it is there */
	} rows[] = {
		{ NULL, NULL, "initiate what? ike or child" },
		{ "other", NULL, "there is no connection 'other'" },
		{ "other", "net", "there is no connection 'other'" },
		{ "net", "other", "connection 'net' has no child 'other'" },
		{ NULL, "other", "no connection has a child 'other'" },
		{ "net", "net", NULL },
		{ NULL, "net", NULL },
		{ "net", NULL, NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct pair *pair = pair_new();
		struct pair_end *a = &pair->ends[PAIR_A];
		const char *why = rows[i].why;
		struct err err = { 0 };

		pair_load_usual(pair);
		CHECK(engine_initiate(a->engine, rows[i].conn, rows[i].child,
				      pair_done, a, &err) == (why ? -1 : 0));
		CHECK_TEXT(err.text, why ? why : "");
		pair_settle(pair);
		CHECK(a->done == !why);
		CHECK(!!pair_ike(pair, PAIR_A) == !why);
		/* The same again is done at once, or never. */
		a->done = 0;
		engine_initiate(a->engine, rows[i].conn, rows[i].child,
				pair_done, a, &err);
		pair_settle(pair);
		CHECK(a->done == !why && !a->result);
		CHECK(pair_ikes(pair, PAIR_A, IKE_ESTABLISHED) ==
		      (why ? 0 : 1));
		pair_free(pair);
	}
}

static void terminates_what_is_picked(void)
{
	struct pair *pair = connected();
	struct pair_end *a = &pair->ends[PAIR_A];
	uint32_t ike = pair_ike(pair, PAIR_A)->unique;
	uint32_t child = pair_child_sa(pair, PAIR_A)->unique;
	const struct engine_pick none[] = {
		{ .ike = "other" },
		{ .child = "other" },
		{ .ike_id = ike + 1 },
		{ .child_id = child + 1 },
		{ .ike = "other", .child = "net" },
		{ .ike_id = ike + 1, .child_id = child },
		{ .ike = "net", .child_id = child + 1 },
	};
	const struct engine_pick by_id = { .child_id = child };

	for (size_t i = 0; i < ARRAY_SIZE(none); i++) {
		CHECK(!engine_terminate(a->engine, &none[i], false, pair_done,
					a));
		CHECK(!engine_rekey(a->engine, &none[i], false));
	}
	pair_settle(pair);
	CHECK(pair_installed(pair, PAIR_A) == 1 && a->done == 1);
	/* Twice: the second one is done when the first one is. */
	for (unsigned int i = 0; i < 2; i++)
		CHECK(engine_terminate(a->engine, &by_id, false, pair_done,
				       a) == 1);
	CHECK(a->done == 1);
	pair_settle(pair);
	CHECK(a->done == 3 && !a->result);
	for (unsigned int end = 0; end < 2; end++) {
		CHECK(!pair_installed(pair, end));
		CHECK(pair_ikes(pair, end, IKE_ESTABLISHED) == 1);
	}
	pair_free(pair);
}

/* One that waits behind others is ended with them, and is told once. */
static void terminates_what_waits(void)
{
	const struct engine_pick pick = { .child = "net" };
	struct pair *pair = connected();
	struct pair_end *a = &pair->ends[PAIR_A];

	a->done = 0;
	engine_rekey(a->engine, &pick, false);
	/* Rekeying is under way. */
	for (unsigned int i = 0; i < 3; i++)
		CHECK(engine_terminate(a->engine, &pick, false, pair_done, a) >=
		      1);
	pair_run(pair, 60 * 1000ULL);
	CHECK(a->done == 3);
	CHECK(pair_installed(pair, PAIR_A) == pair_installed(pair, PAIR_B));
	CHECK(pair_agrees(pair));
	pair_free(pair);
}

/* The connection has another child now, or another name for it. */
static void changed(struct pair *pair, const char *child)
{
	struct conn *conn =
		pair_conn(pair, PAIR_A, "net", "aes128gcm16-prfsha256-x25519");

	pair_child(conn, child, "aes128gcm16-x25519", "10.1.0.0/16",
		   "10.2.0.0/16");
	pair_load(pair, PAIR_A, conn);
}

static void was_something_else(void)
{
	struct pair *pair = connected();
	struct engine *engine = pair->ends[PAIR_A].engine;
	struct err err = { 0 };

	changed(pair, "new");
	CHECK(engine_initiate(engine, "net", "new", NULL, NULL, &err) == -1);
	CHECK(strstr(err.text, "is up as it was before it was changed"));
	CHECK(strstr(err.text, "without child new: terminate it first"));
	CHECK(pair_ikes(pair, PAIR_A, IKE_ESTABLISHED) == 1);
	CHECK(engine_trap(engine, "net", "old", true, &err) == -1);
	CHECK_TEXT(err.text, "no connection has a child 'old'");
	pair_free(pair);
}

/* Between two tries: the next one knows nothing of that child. */
static void is_something_else_now(void)
{
	struct pair *pair = pair_new();
	struct pair_end *a = &pair->ends[PAIR_A];
	struct conn *conn = pair_usual(pair, PAIR_A);

	conn->keyingtries = 2;
	pair_load(pair, PAIR_A, conn);
	pair->mute = true;
	pair_initiate(pair, PAIR_A, "net", "net");
	pair_run(pair, 1000);
	CHECK(!a->done);
	changed(pair, "new");
	pair_run(pair, 600 * 1000ULL);
	CHECK(a->done == 1 && a->result == -1);
	CHECK(strstr(a->text, "the child is not configured"));
	pair_free(pair);
}

static const struct tap_test tests[] = {
	{ "initiate", initiates_what_there_is },
	{ "terminate and rekey, by name and by number",
	  terminates_what_is_picked },
	{ "terminate behind what is under way", terminates_what_waits },
	{ "a connection was changed while it was up", was_something_else },
	{ "a connection was changed between two tries", is_something_else_now },
};

TAP_MAIN(tests)
