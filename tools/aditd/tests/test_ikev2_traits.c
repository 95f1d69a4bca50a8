// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a child can be told beside its keys: compression (RFC 7296, 2.22), no
 * padding, limits with a random part, and to be closed when nobody uses it.
 */
#include "../../tests/tap.h"
#include "ikev2_pair.h"

static struct pair *pair_with(void (*change)(unsigned int end,
					     struct child_conf *child))
{
	struct pair *pair = pair_new();

	for (unsigned int end = 0; end < 2; end++) {
		struct conn *conn = pair_usual(pair, end);

		change(end, conn->children);
		pair_load(pair, end, conn);
	}
	CHECK(pair_up(pair));
	return pair;
}

static void with_ipcomp(unsigned int end, struct child_conf *child)
{
	(void)end;
	child->ipcomp = true;
	child->tfc_padding = CONF_TFC_MTU;
}

static void expect_ipcomp(const struct pair *pair)
{
	const struct child_sa *a = pair_child_sa(pair, PAIR_A);
	const struct child_sa *b = pair_child_sa(pair, PAIR_B);

	CHECK(a->cpi_in >= 256 && a->cpi_in < 61440);
	CHECK(b->cpi_in >= 256 && b->cpi_in < 61440);
	CHECK(a->cpi_in == b->cpi_out && a->cpi_out == b->cpi_in);
}

static void both_compress(void)
{
	struct pair *pair = pair_with(with_ipcomp);
	const struct env_child *installed;
	uint16_t before;

	expect_ipcomp(pair);
	installed = &pair->ends[PAIR_A].states[0].child;
	CHECK(installed->cpi_in == pair_child_sa(pair, PAIR_A)->cpi_in);
	CHECK(installed->cpi_out == pair_child_sa(pair, PAIR_A)->cpi_out);
	CHECK(!installed->tfc_padding);
	/* And after CREATE_CHILD_SA, of either. */
	for (unsigned int end = 0; end < 2; end++) {
		before = pair_child_sa(pair, PAIR_A)->cpi_in;
		CHECK(engine_rekey(pair->ends[end].engine,
				   &(struct engine_pick){ .child = "net" },
				   false) == 1);
		pair_settle(pair);
		expect_ipcomp(pair);
		CHECK(pair_child_sa(pair, PAIR_A)->cpi_in != before);
	}
	pair_free(pair);
}

static void a_with_ipcomp(unsigned int end, struct child_conf *child)
{
	child->ipcomp = end == PAIR_A;
}

static void b_with_ipcomp(unsigned int end, struct child_conf *child)
{
	child->ipcomp = end == PAIR_B;
}

static void one_compresses(void)
{
	void (*const changes[])(unsigned int,
				struct child_conf *) = { a_with_ipcomp,
							 b_with_ipcomp };

	for (size_t i = 0; i < ARRAY_SIZE(changes); i++) {
		struct pair *pair = pair_with(changes[i]);

		for (unsigned int end = 0; end < 2; end++) {
			CHECK(!pair_child_sa(pair, end)->cpi_in);
			CHECK(!pair_child_sa(pair, end)->cpi_out);
		}
		pair_free(pair);
	}
}

/* A chain of one notify. */
static void notify(struct build *out, struct chain *chain, uint16_t type,
		   struct span data)
{
	struct err err;
	uint8_t critical;

	build_start_inner(out);
	build_notify(out, PROTOCOL_NONE, span_of(NULL, 0), type, data);
	CHECK(!chain_parse(chain, build_first(out), buf_span(&out->buf),
			   &critical, &err));
}

/* What peers say, and what is made of it. */
static void strange_notifies(void)
{
	static const struct row {
		size_t len;
		uint8_t data[4];
		uint16_t cpi;
	} rows[] = {
		{ 3, { 0x12, 0x34, IPCOMP_DEFLATE }, 0x1234 },
		{ 3, { 0, 2, IPCOMP_DEFLATE }, 2 }, /* RFC 3173, 3.3 */
		{ 3, { 1, 0, IPCOMP_DEFLATE }, 256 },
		{ 3, { 0xff, 0xff, IPCOMP_DEFLATE }, 65535 },
		{ 4, { 0x12, 0x34, IPCOMP_DEFLATE, 1 }, 0x1234 },
		{ 3, { 0, 255, IPCOMP_DEFLATE }, 0 },
		{ 3, { 0, 0, IPCOMP_DEFLATE }, 0 },
		{ 3, { 0x12, 0x34, 1 }, 0 }, /* of no RFC */
		{ 3, { 0x12, 0x34, 3 }, 0 }, /* LZS */
		{ 2, { 0x12, 0x34 }, 0 },
		{ 0, { 0 }, 0 },
	};
	struct pair *pair = pair_with(with_ipcomp);
	struct child_sa *child = pair_child_sa(pair, PAIR_A);
	struct chain chain;
	struct build out;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		notify(&out, &chain, NOTIFY_IPCOMP_SUPPORTED,
		       span_of(rows[i].data, rows[i].len));
		child->cpi_in = 300;
		v2_traits_answered(child, &chain);
		CHECK(child->cpi_out == rows[i].cpi);
		CHECK(!child->cpi_in == !rows[i].cpi);
		child->cpi_in = 0;
		child->cpi_out = 0;
		v2_traits_choose(child, &chain);
		CHECK(child->cpi_out == rows[i].cpi);
		CHECK(!child->cpi_in == !rows[i].cpi);
		/* What was not offered is not taken. */
		child->cpi_in = 0;
		v2_traits_answered(child, &chain);
		CHECK(!child->cpi_out && !child->cpi_in && !child->no_tfc);
		build_free(&out);
	}
	notify(&out, &chain, NOTIFY_ESP_TFC_PADDING_NOT_SUPPORTED,
	       span_of(NULL, 0));
	v2_traits_choose(child, &chain);
	CHECK(child->no_tfc);
	build_free(&out);
	pair_free(pair);
}

static void with_limits(unsigned int end, struct child_conf *child)
{
	(void)end;
	child->rekey_bytes = 1000000;
	child->rand_bytes = 100000;
	child->rekey_packets = 1000;
	child->rand_packets = 5000; /* more than there is */
	child->tfc_padding = 1000;
}

static void limits(void)
{
	struct pair *pair = pair_with(with_limits);
	const struct env_child *one = &pair->ends[PAIR_A].states[0].child;
	const struct env_child *other = &pair->ends[PAIR_B].states[0].child;

	CHECK(one->soft_bytes > 900000 && one->soft_bytes <= 1000000);
	CHECK(other->soft_bytes > 900000 && other->soft_bytes <= 1000000);
	CHECK(one->soft_bytes != other->soft_bytes);
	CHECK(one->soft_packets && one->soft_packets <= 1000);
	CHECK(one->tfc_padding == 1000);
	pair_free(pair);
}

static void with_inactivity(unsigned int end, struct child_conf *child)
{
	child->inactivity = end == PAIR_A ? 60 : 0;
	child->close_action = end == PAIR_A ? (START_TRAP | START_START) :
					      START_NONE;
}

static void expect_asked(struct pair *pair, unsigned int times)
{
	CHECK(pair->ends[PAIR_A].idle_asked == times);
}

static void inactivity(void)
{
	struct pair *pair = pair_with(with_inactivity);
	struct pair_end *a = &pair->ends[PAIR_A];

	expect_asked(pair, 0);
	pair_run(pair, 62 * 1000ULL);
	expect_asked(pair, 1);
	/* Used 20 s ago: again after 40 s. */
	engine_idle(a->engine, a->idle_cookie, 20 * 1000ULL);
	pair_run(pair, 38 * 1000ULL);
	expect_asked(pair, 1);
	pair_run(pair, 5 * 1000ULL);
	expect_asked(pair, 2);
	engine_idle(a->engine, a->idle_cookie, 1000);
	CHECK(pair_children(pair, PAIR_A, CHILD_INSTALLED) == 1);
	/* New keys are no traffic, and not used they are no reason to stay. */
	CHECK(engine_rekey(a->engine, &(struct engine_pick){ .child = "net" },
			   false) == 1);
	pair_settle(pair);
	pair_run(pair, 62 * 1000ULL);
	expect_asked(pair, 3);
	CHECK(a->idle_cookie == pair_child_sa(pair, PAIR_A)->unique);
	engine_idle(a->engine, a->idle_cookie, UINT64_MAX);
	pair_settle(pair);
	/* The IKE SA stays, and packets may bring it up again, but not we. */
	CHECK(!pair_children(pair, PAIR_A, CHILD_INSTALLED));
	CHECK(pair_ikes(pair, PAIR_A, IKE_ESTABLISHED) == 1);
	CHECK(a->n_traps && a->traps[a->n_traps - 1].on);
	CHECK(a->events[EVENT_CHILD_DOWN] == 1);
	/* An answer that comes late is of nothing. */
	engine_idle(a->engine, a->idle_cookie, UINT64_MAX);
	pair_free(pair);
}

/* A peer that makes no more SAs gets a new IKE SA in place of new keys. */
static void no_additional_sas(void)
{
	for (unsigned int end = 0; end < 2; end++) {
		struct pair *pair = pair_with(with_limits);
		struct pair_end *we = &pair->ends[end];
		uint64_t spi = pair_ike(pair, end)->spi_i;

		pair_ike(pair, !end)->n_children += CHILDREN_MAX;
		CHECK(engine_rekey(we->engine,
				   &(struct engine_pick){ .child = "net" },
				   false) == 1);
		pair_run(pair, 10 * 1000ULL);
		CHECK(pair_ikes(pair, end, IKE_ESTABLISHED) == 1);
		CHECK(pair_ikes(pair, !end, IKE_ESTABLISHED) == 1);
		CHECK(pair_ike(pair, end)->spi_i != spi);
		CHECK(pair_children(pair, end, CHILD_INSTALLED) == 1);
		CHECK(pair_agrees(pair));
		pair_free(pair);
	}
}

static void refused_child(void)
{
	struct pair *pair = pair_new();

	for (unsigned int end = 0; end < 2; end++) {
		struct conn *conn = pair_usual(pair, end);

		pair_child(conn, "more", "aes128-sha256",
			   end ? "10.4.0.0/16" : "10.3.0.0/16",
			   end ? "10.3.0.0/16" : "10.4.0.0/16");
		pair_load(pair, end, conn);
	}
	CHECK(pair_up(pair));
	pair_ike(pair, PAIR_B)->n_children += CHILDREN_MAX;
	pair_initiate(pair, PAIR_A, "net", "more");
	pair_run(pair, 10 * 1000ULL);
	pair_ike(pair, PAIR_B)->n_children -= CHILDREN_MAX;
	CHECK(pair->ends[PAIR_A].result);
	CHECK(strstr(pair->ends[PAIR_A].text, "NO_ADDITIONAL_SAS"));
	CHECK(pair_ikes(pair, PAIR_A, IKE_ESTABLISHED) == 1);
	pair_free(pair);
}

static const struct tap_test tests[] = {
	{ "both ends compress", both_compress },
	{ "one end alone does not", one_compresses },
	{ "notifies that are strange", strange_notifies },
	{ "limits, less a random part", limits },
	{ "a child that nobody uses", inactivity },
	{ "a peer that makes no new SAs", no_additional_sas },
	{ "a peer that takes no more children", refused_child },
};

TAP_MAIN(tests)
