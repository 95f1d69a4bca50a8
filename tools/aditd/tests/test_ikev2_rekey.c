// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Two ends that are connected: CREATE_CHILD_SA, INFORMATIONAL, and what happens
 * when both want something at once (RFC 7296, 1.3, 1.4, 2.4, 2.8, 2.25).
 */
#include "ikev2_rekey.h"

static struct pair *connected(void)
{
	struct pair *pair = pair_new();

	pair_load_usual(pair);
	CHECK(pair_up(pair));
	pair->lossless = true;
	return pair;
}

static void child_is_rekeyed(void)
{
	struct pair *pair = connected();
	uint32_t spi = pair_child_sa(pair, PAIR_A)->spi_in;
	uint32_t id = pair_child_sa(pair, PAIR_A)->id;

	for (unsigned int end = 0; end < 2; end++) {
		rekey_child(pair, end);
		pair_settle(pair);
		CHECK(is_clean(pair));
		CHECK(!pair->lost);
		CHECK(pair_child_sa(pair, PAIR_A)->spi_in != spi);
		CHECK(pair_child_sa(pair, PAIR_A)->id == id);
	}
	for (unsigned int end = 0; end < 2; end++) {
		CHECK(pair->ends[end].events[EVENT_CHILD_REKEY] == 2);
		CHECK(pair->ends[end].events[EVENT_CHILD_UP] == 1);
		CHECK(!pair->ends[end].events[EVENT_CHILD_DOWN]);
	}
	pair_free(pair);
}

static void ike_is_rekeyed(void)
{
	struct pair *pair = connected();
	uint64_t spi = pair_ike(pair, PAIR_A)->spi_i;

	for (unsigned int end = 0; end < 2; end++) {
		rekey_ike(pair, end);
		pair_settle(pair);
		CHECK(is_clean(pair));
		CHECK(pair_ike(pair, PAIR_A)->spi_i != spi);
		CHECK(pair_ike(pair, end)->initiator);
		/* The new keys are good for something. */
		rekey_child(pair, !end);
		pair_settle(pair);
		CHECK(is_clean(pair));
	}
	CHECK(!pair->lost);
	for (unsigned int end = 0; end < 2; end++) {
		CHECK(pair->ends[end].events[EVENT_IKE_REKEY] == 2);
		CHECK(!pair->ends[end].events[EVENT_IKE_DOWN]);
		CHECK(!pair->ends[end].events[EVENT_CHILD_DOWN]);
	}
	pair_free(pair);
}

static void collisions(void)
{
	collide_all(connected, 60);
}

static void collisions_in_a_storm(void)
{
	collide_in_storms(connected, 50);
}

static void delete_while_rekeying(void)
{
	for (unsigned int late = 0; late < 60; late += 4) {
		struct pair *pair = connected();
		struct engine_pick pick = { .child = "net" };
		char row[32];

		pair->lossless = false;
		snprintf(row, sizeof(row), "%u ms", late);
		rekey_child(pair, PAIR_A);
		pair_run(pair, late);
		CHECK(engine_terminate(pair->ends[PAIR_B].engine, &pick, false,
				       NULL, NULL) >= 1);
		pair_run(pair, 100 * 1000ULL);
		CHECK_ROW(pair_agrees(pair), row);
		CHECK_ROW(pair_installed(pair, PAIR_A) ==
				  pair_installed(pair, PAIR_B),
			  row);
		CHECK_ROW(pair_ikes(pair, PAIR_A, IKE_ESTABLISHED) == 1, row);
		pair_free(pair);
	}
}

static void ike_is_deleted_while(void)
{
	for (unsigned int what = 1; what <= 3; what++) {
		for (unsigned int late = 0; late < 60; late += 6) {
			struct pair *pair = connected();
			struct engine_pick pick = { .ike = "net" };

			pair->lossless = false;
			want(pair, PAIR_A, what);
			pair_run(pair, late);
			engine_terminate(pair->ends[PAIR_B].engine, &pick,
					 false, NULL, NULL);
			pair_run(pair, 300 * 1000ULL);
			CHECK(!engine_first(pair->ends[PAIR_A].engine));
			CHECK(!engine_first(pair->ends[PAIR_B].engine));
			CHECK(!pair_installed(pair, PAIR_A));
			CHECK(!pair_installed(pair, PAIR_B));
			pair_free(pair);
		}
	}
}

/* An answer that names what is deleted is longer than an empty one. */
static bool note_answers(struct pair *pair, struct pair_packet *packet)
{
	enum { EMPTY_LEN = IKE_HEADER_LEN + 4 + 8 + 1 + 16 };

	if (packet->header.flags & IKE_FLAG_RESPONSE &&
	    packet->octets.len > EMPTY_LEN)
		pair->hook_count++;
	return true;
}

static void both_delete(void)
{
	struct pair *pair = connected();
	struct engine_pick pick = { .child = "net" };

	pair->lossless = false;
	pair->hook = note_answers;
	for (unsigned int end = 0; end < 2; end++)
		engine_terminate(pair->ends[end].engine, &pick, false,
				 pair_done, &pair->ends[end]);
	pair_settle(pair);
	CHECK(pair->ends[PAIR_A].done == 2 && pair->ends[PAIR_B].done == 1);
	CHECK(!pair->ends[PAIR_A].result && !pair->ends[PAIR_B].result);
	CHECK(!pair->hook_count);
	CHECK(!pair_installed(pair, PAIR_A) && !pair_installed(pair, PAIR_B));
	CHECK(pair->ends[PAIR_A].events[EVENT_CHILD_DOWN] == 1);
	pick = (struct engine_pick){ .ike = "net" };
	for (unsigned int end = 0; end < 2; end++)
		engine_terminate(pair->ends[end].engine, &pick, false,
				 pair_done, &pair->ends[end]);
	pair_settle(pair);
	CHECK(pair->ends[PAIR_A].done == 3 && pair->ends[PAIR_B].done == 2);
	CHECK(!engine_first(pair->ends[PAIR_A].engine));
	CHECK(!engine_first(pair->ends[PAIR_B].engine));
	CHECK(pair->ends[PAIR_A].peers_removed == 1);
	pair_free(pair);
}

static void times_are_kept(void)
{
	struct pair *pair = pair_new();

	for (unsigned int end = 0; end < 2; end++) {
		struct conn *conn = pair_usual(pair, end);

		conn->rekey_time = 3600;
		conn->over_time = 360;
		conn->rand_time = 360;
		conn->children->rekey_time = 600;
		conn->children->life_time = 660;
		conn->children->rand_time = 60;
		pair_load(pair, end, conn);
	}
	CHECK(pair_up(pair));
	pair->lossless = true;
	pair_run(pair, 24ULL * 3600 * 1000);
	CHECK(is_clean(pair));
	CHECK(!pair->lost);
	CHECK(pair->ends[PAIR_A].events[EVENT_CHILD_REKEY] >= 144);
	CHECK(pair->ends[PAIR_A].events[EVENT_CHILD_REKEY] <= 170);
	CHECK(pair->ends[PAIR_A].events[EVENT_IKE_REKEY] >= 24);
	CHECK(pair->ends[PAIR_A].events[EVENT_IKE_REKEY] <= 28);
	CHECK(!pair->ends[PAIR_B].events[EVENT_CHILD_DOWN]);
	pair_free(pair);
}

static void kernel_says_expire(void)
{
	struct pair *pair = connected();
	uint32_t spi = pair_child_sa(pair, PAIR_B)->spi_in;

	engine_expire(pair->ends[PAIR_B].engine, spi, true, false);
	pair_settle(pair);
	CHECK(is_clean(pair));
	CHECK(pair_child_sa(pair, PAIR_B)->spi_in != spi);
	pair->lossless = false;
	spi = pair_child_sa(pair, PAIR_B)->spi_out;
	engine_expire(pair->ends[PAIR_B].engine, spi, false, true);
	pair_settle(pair);
	CHECK(!pair_installed(pair, PAIR_A) && !pair_installed(pair, PAIR_B));
	pair_free(pair);
}

static void group_of_rekeying(void)
{
	struct pair *pair = pair_new();
	struct conn *conn =
		pair_conn(pair, PAIR_A, "net", "aes128gcm16-prfsha256-x25519");

	pair_child(conn, "net", "aes128gcm16-x25519-ecp256", "10.1.0.0/16",
		   "10.2.0.0/16");
	pair_load(pair, PAIR_A, conn);
	conn = pair_conn(pair, PAIR_B, "net", "aes128gcm16-prfsha256-x25519");
	pair_child(conn, "net", "aes128gcm16-ecp256", "10.2.0.0/16",
		   "10.1.0.0/16");
	pair_load(pair, PAIR_B, conn);
	CHECK(pair_up(pair));
	rekey_child(pair, PAIR_A);
	pair_settle(pair);
	CHECK(is_clean(pair));
	CHECK(pair_child_sa(pair, PAIR_A)->dh == KE_ECP_256);
	pair_free(pair);
}

static void several_children(void)
{
	struct pair *pair = pair_new();
	struct engine_pick pick = { .child = "two" };

	for (unsigned int end = 0; end < 2; end++) {
		struct conn *conn = pair_usual(pair, end);

		pair_child(conn, "two", "aes128gcm16",
			   end ? "10.4.0.0/16" : "10.3.0.0/16",
			   end ? "10.3.0.0/16" : "10.4.0.0/16");
		pair_load(pair, end, conn);
	}
	pair_initiate(pair, PAIR_A, "net", "net");
	pair_initiate(pair, PAIR_A, "net", "two");
	pair_settle(pair);
	CHECK(pair->ends[PAIR_A].done == 2);
	CHECK(pair_ikes(pair, PAIR_A, IKE_ESTABLISHED) == 1);
	CHECK(pair_children(pair, PAIR_B, CHILD_INSTALLED) == 2);
	CHECK(pair_agrees(pair) && pair_senders(pair, PAIR_B) == 2);
	/* Up already. */
	pair_initiate(pair, PAIR_A, "net", "two");
	pair_settle(pair);
	CHECK(pair->ends[PAIR_A].done == 3 && !pair->ends[PAIR_A].result);
	CHECK(pair_children(pair, PAIR_B, CHILD_INSTALLED) == 2);
	/* From the other end there is a way too. */
	CHECK(engine_terminate(pair->ends[PAIR_B].engine, &pick, false,
			       pair_done, &pair->ends[PAIR_B]) == 1);
	pair_settle(pair);
	CHECK(pair->ends[PAIR_B].done == 1);
	CHECK(pair_children(pair, PAIR_A, CHILD_INSTALLED) == 1);
	pair_initiate(pair, PAIR_B, "net", "two");
	pair_settle(pair);
	CHECK(pair->ends[PAIR_B].done == 2 && !pair->ends[PAIR_B].result);
	CHECK(pair_agrees(pair) && pair_senders(pair, PAIR_A) == 2);
	pair_free(pair);
}

static void no_answer_any_more(void)
{
	static const struct {
		enum conf_dpd action;
		const char *what;
	} rows[] = {
		{ DPD_CLEAR, "clear" },
		{ DPD_TRAP, "trap" },
		{ DPD_RESTART, "restart" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct pair *pair = pair_new();
		struct conn *conn = pair_usual(pair, PAIR_A);

		conn->dpd_delay = 30;
		conn->keyingtries = 0;
		conn->children->dpd_action = rows[i].action;
		pair_load(pair, PAIR_A, conn);
		pair_load(pair, PAIR_B, pair_usual(pair, PAIR_B));
		CHECK(pair_up(pair));
		pair_run(pair, 3600 * 1000ULL);
		CHECK(pair_count(pair, PAIR_A, "info-out-req") >= 119);
		CHECK(pair_count(pair, PAIR_A, "info-out-req") <= 121);
		pair->mute = true;
		pair_run(pair, 160 * 1000ULL);
		CHECK(pair_ikes(pair, PAIR_A, IKE_ESTABLISHED) == 1);
		pair_run(pair, 40 * 1000ULL);
		CHECK_ROW(!pair_ikes(pair, PAIR_A, IKE_ESTABLISHED),
			  rows[i].what);
		CHECK(strstr(pair_why(pair, PAIR_A, "net"), "INFORMATIONAL"));
		CHECK(!pair_installed(pair, PAIR_A));
		CHECK_ROW((pair->ends[PAIR_A].n_traps == 1) ==
				  (rows[i].action == DPD_TRAP),
			  rows[i].what);
		CHECK_ROW((pair_ikes(pair, PAIR_A, IKE_CONNECTING) == 1) ==
				  (rows[i].action == DPD_RESTART),
			  rows[i].what);
		pair->mute = false;
		pair_run(pair, 600 * 1000ULL);
		CHECK_ROW((pair_senders(pair, PAIR_A) == 1) ==
				  (rows[i].action == DPD_RESTART),
			  rows[i].what);
		CHECK(pair_agrees(pair) || rows[i].action != DPD_RESTART);
		pair_free(pair);
	}
}

static void close_actions(void)
{
	struct pair *pair = pair_new();
	struct conn *conn = pair_usual(pair, PAIR_A);
	struct engine_pick pick = { .child = "net" };

	conn->children->close_action = START_START;
	pair_load(pair, PAIR_A, conn);
	pair_load(pair, PAIR_B, pair_usual(pair, PAIR_B));
	CHECK(pair_up(pair));
	engine_terminate(pair->ends[PAIR_B].engine, &pick, false, NULL, NULL);
	pair_settle(pair);
	CHECK(is_clean(pair));
	CHECK(pair->ends[PAIR_A].events[EVENT_CHILD_UP] == 2);
	pick = (struct engine_pick){ .ike = "net" };
	engine_terminate(pair->ends[PAIR_B].engine, &pick, false, NULL, NULL);
	pair_settle(pair);
	CHECK(is_clean(pair));
	CHECK(pair->ends[PAIR_A].events[EVENT_IKE_UP] == 2);
	/* Who terminates it itself means it. */
	engine_terminate(pair->ends[PAIR_A].engine, &pick, false, NULL, NULL);
	pair_settle(pair);
	CHECK(!engine_first(pair->ends[PAIR_A].engine));
	pair_free(pair);
}

static void forced(void)
{
	struct pair *pair = connected();
	struct engine_pick pick = { .ike = "net" };

	pair->lossless = false;
	engine_terminate(pair->ends[PAIR_A].engine, &pick, true, pair_done,
			 &pair->ends[PAIR_A]);
	CHECK(!engine_first(pair->ends[PAIR_A].engine));
	CHECK(pair->ends[PAIR_A].done == 2);
	pair_settle(pair);
	CHECK(!engine_first(pair->ends[PAIR_B].engine));
	pair_free(pair);
}

static const struct tap_test tests[] = {
	{ "a child is rekeyed, by either", child_is_rekeyed },
	{ "the IKE SA is rekeyed, by either", ike_is_rekeyed },
	{ "both rekey something, at all distances", collisions },
	{ "the same in a storm", collisions_in_a_storm },
	{ "a child is deleted while it is rekeyed", delete_while_rekeying },
	{ "an IKE SA is deleted while it is busy", ike_is_deleted_while },
	{ "both delete the same", both_delete },
	{ "a day of rekeying, no packet without a receiver", times_are_kept },
	{ "limits that the kernel finds", kernel_says_expire },
	{ "INVALID_KE_PAYLOAD for a child", group_of_rekeying },
	{ "several children, from both ends", several_children },
	{ "liveness, and dpd_action", no_answer_any_more },
	{ "close_action", close_actions },
	{ "terminated by force", forced },
};

TAP_MAIN(tests)
