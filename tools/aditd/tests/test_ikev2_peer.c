// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A peer that is who it says, and does not keep to the rules: it gets no more
 * of us than it could have by them.
 */
#include "../../tests/tap.h"
#include "ikev2_forge.h"

/* Connected, and from now on A is what the test says. */
static struct pair *alone(void)
{
	struct pair *pair = pair_new();

	pair_load_usual(pair);
	CHECK(pair_up(pair));
	pair->mute = true;
	return pair;
}

static size_t n_sas(const struct pair *pair)
{
	return pair->ends[PAIR_B].engine->n_sas;
}

/* SA, Nonce and KE as the connection wants them; @spi in each proposal. */
static void forge_offer(const struct proposals *ours, struct span spi,
			struct build *inner)
{
	static const uint8_t nonce[32] = { 7 };
	struct proposals *list = calloc(1, sizeof(*list));
	uint16_t method = v2_first_ke(ours);
	struct buf share = BUF_INIT;
	struct kex *kex;

	if (!list)
		abort();
	proposals_copy(list, ours);
	for (size_t i = 0; i < list->n; i++) {
		list->list[i].number = (uint8_t)(i + 1);
		list->list[i].spi_len = (uint8_t)spi.len;
		memcpy(list->list[i].spi, spi.data, spi.len);
	}
	build_sa(inner, list);
	build_span(inner, PAYLOAD_NONCE, SPAN(nonce));
	if (method != KE_NONE) {
		kex = kex_start(method, &share);
		build_ke(inner, method, buf_span(&share));
		kex_free(kex);
	}
	buf_free(&share);
	free(list);
}

static void ask_rekey(struct ikev2_sa *sa, uint8_t n)
{
	const uint8_t spi[8] = { 1, n };
	struct build inner;

	build_start_inner(&inner);
	forge_offer(&sa->ike.conn->proposals, SPAN(spi), &inner);
	forge(sa, EXCHANGE_CREATE_CHILD_SA, false, &inner);
}

/* While ours is under way, one of the peer's may come, but not many. */
static void rekeys_again_and_again(void)
{
	struct engine_pick pick = { .ike = "net" };
	struct pair *pair = alone();
	struct engine *b = pair->ends[PAIR_B].engine;
	struct ikev2_sa *sa = v2_sa(pair_ike(pair, PAIR_B));

	engine_rekey(b, &pick, false);
	CHECK(n_sas(pair) == 2);
	for (uint8_t i = 0; i < 50; i++)
		ask_rekey(sa, i);
	CHECK(n_sas(pair) == 3);
	/* Nobody answers: with the old one goes what was to follow it. */
	pair_run(pair, 600 * 1000ULL);
	CHECK(!n_sas(pair));
	pair_free(pair);
}

/* Nor does it delete what it has rekeyed. */
static void rekeys_one_after_the_other(void)
{
	struct pair *pair = alone();

	for (uint8_t i = 0; i < 50; i++)
		ask_rekey(v2_sa(pair_ike(pair, PAIR_B)), i);
	CHECK(pair->ends[PAIR_B].events[EVENT_IKE_REKEY] == 50);
	CHECK(n_sas(pair) <= 3);
	CHECK(pair_ikes(pair, PAIR_B, IKE_ESTABLISHED) == 1);
	CHECK(pair_ike(pair, PAIR_B)->n_children == 1);
	pair_free(pair);
}

/* IKE_SA_INIT of a stranger, and then an IKE_AUTH that says nothing of use. */
static void refused(struct pair *pair, struct span first, uint8_t nth)
{
	const uint8_t body[] = { ID_FQDN, 0, 0, 0, 'x' }, auth[20] = { nth };
	struct engine *b = pair->ends[PAIR_B].engine;
	const struct ike_path path = {
		.local = pair->ends[PAIR_B].addr,
		.remote = { 4, { 198, 51, 100, nth } },
		.local_port = 500,
		.remote_port = 500,
	};
	struct buf message = BUF_INIT;
	struct build inner;

	buf_add_span(&message, first);
	message.data[0] = nth;
	engine_input(b, &path, buf_span(&message));
	buf_free(&message);
	if (!engine_first(b))
		return;
	build_start_inner(&inner);
	build_span(&inner, PAYLOAD_IDI, SPAN(body));
	build_auth(&inner, AUTH_PSK, SPAN(auth));
	forge(v2_sa(engine_first(b)), EXCHANGE_IKE_AUTH, false, &inner);
	pair_run(pair, 5);
}

/* Each costs them a key exchange, and us a line, but not without an end. */
static void strangers_fill_no_log(void)
{
	struct pair *pair = pair_new();
	struct buf first = BUF_INIT;

	pair_load_usual(pair);
	pair->mute = true;
	pair_initiate(pair, PAIR_A, "net", "net");
	pair_settle(pair);
	buf_add_span(&first, buf_span(&engine_first(pair->ends[PAIR_A].engine)
					       ->retx.packets.list[0]));
	for (uint8_t i = 1; i <= 60; i++)
		refused(pair, buf_span(&first), i);
	CHECK(!engine_first(pair->ends[PAIR_B].engine));
	CHECK(pair->ends[PAIR_B].errors <= REFUSED_BURST + 5);
	/* And soon each has to show first that it is where it says. */
	CHECK(pair_count(pair, PAIR_B, "cookies-asked") >= 30);
	buf_free(&first);
	pair_free(pair);
}

/* Who is to go is not called back because of what it says to that. */
static void nonsense_to_a_delete(void)
{
	struct engine_pick pick = { .ike = "net" };
	const uint8_t nonce[32] = { 1 };
	struct pair *pair = pair_new();
	struct conn *conn = pair_usual(pair, PAIR_B);
	struct ikev2_sa *sa;
	struct build inner;

	conn->children->dpd_action = DPD_RESTART;
	pair_load(pair, PAIR_A, pair_usual(pair, PAIR_A));
	pair_load(pair, PAIR_B, conn);
	CHECK(pair_up(pair));
	pair->mute = true;
	sa = v2_sa(pair_ike(pair, PAIR_B));
	engine_terminate(pair->ends[PAIR_B].engine, &pick, false, pair_done,
			 &pair->ends[PAIR_B]);
	build_start_inner(&inner);
	build_span(&inner, PAYLOAD_NONCE, SPAN(nonce));
	forge(sa, EXCHANGE_INFORMATIONAL, true, &inner);
	CHECK(pair->ends[PAIR_B].done == 1 && !pair->ends[PAIR_B].result);
	CHECK(!n_sas(pair));
	pair_free(pair);
}

static const struct tap_test tests[] = {
	{ "one that rekeys the IKE SA again and again",
	  rekeys_again_and_again },
	{ "one that rekeys each IKE SA at once, and deletes none",
	  rekeys_one_after_the_other },
	{ "nonsense in answer to a delete", nonsense_to_a_delete },
	{ "strangers that are refused do not fill the log",
	  strangers_fill_no_log },
};

TAP_MAIN(tests)
