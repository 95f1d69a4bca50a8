// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Several key exchanges (RFC 9370): in IKE_INTERMEDIATE (RFC 9242), and in
 * IKE_FOLLOWUP_KE behind CREATE_CHILD_SA, with all that can happen between.
 */
#include "../crypto/alg.h"
#include "ikev2_rekey.h"

#define IKE "x25519-ke1_ecp256-ke3_x448"
#define CHILD "x25519-ke1_ecp256-ke2_ecp384"

static struct pair *pair_of(const char *ike, const char *child)
{
	struct pair *pair = pair_new();

	for (unsigned int end = 0; end < 2; end++)
		pair_load(pair, end, pair_more(pair, end, ike, child));
	return pair;
}

static struct pair *connected(void)
{
	struct pair *pair = pair_of(IKE, CHILD);

	CHECK(pair_up(pair));
	pair->lossless = true;
	return pair;
}

static bool same_keys(const struct pair *pair)
{
	const struct ikev2_sa *a = v2_sa(pair_ike(pair, PAIR_A));
	const struct ikev2_sa *b = v2_sa(pair_ike(pair, PAIR_B));

	return span_equal(buf_span(&a->keys.d), buf_span(&b->keys.d));
}

static unsigned int seen[256];

static bool count(struct pair *pair, struct pair_packet *packet)
{
	(void)pair;
	if (!(packet->header.flags & IKE_FLAG_RESPONSE))
		seen[packet->header.exchange]++;
	return true;
}

static void intermediate(void)
{
	struct pair *pair = pair_of(IKE, "x25519");

	memset(seen, 0, sizeof(seen));
	pair->hook = count;
	CHECK(pair_up(pair));
	CHECK(same_keys(pair));
	CHECK(seen[EXCHANGE_IKE_INTERMEDIATE] == 2);
	CHECK(seen[EXCHANGE_IKE_AUTH] == 1);
	CHECK(pair_ike(pair, PAIR_A)->algs.addke[0] == KE_ECP_256);
	CHECK(pair_ike(pair, PAIR_B)->algs.addke[1] == KE_NONE);
	CHECK(pair_ike(pair, PAIR_B)->algs.addke[2] == KE_CURVE448);
	pair_free(pair);
}

static void followup(void)
{
	struct pair *pair = connected();

	memset(seen, 0, sizeof(seen));
	pair->hook = count;
	for (unsigned int end = 0; end < 2; end++) {
		rekey_child(pair, end);
		pair_settle(pair);
		CHECK(is_clean(pair));
		CHECK(seen[EXCHANGE_IKE_FOLLOWUP_KE] == 2 + 4 * end);
		CHECK(pair_child_sa(pair, !end)->addke[1] == KE_ECP_384);
		rekey_ike(pair, end);
		pair_settle(pair);
		CHECK(is_clean(pair));
		CHECK(seen[EXCHANGE_IKE_FOLLOWUP_KE] == 4 + 4 * end);
		CHECK(same_keys(pair));
		CHECK(pair_ike(pair, !end)->algs.addke[0] == KE_ECP_256);
	}
	CHECK(!pair->lost);
	CHECK(seen[EXCHANGE_IKE_INTERMEDIATE] == 0);
	pair_free(pair);
}

/* What a connection offers, or allows, beside what the other one does. */
static void offers(void)
{
	static const struct {
		const char *a, *b;
		bool up;
		uint16_t first; /* additional one */
	} rows[] = {
		{ "x25519-ke1_ecp256", "x25519-ke1_ecp256", true, KE_ECP_256 },
		{ "x25519-ke1_ecp256", "x25519", false, 0 },
		{ "x25519", "x25519-ke1_ecp256", false, 0 },
		{ "x25519-ke1_ecp256-ke1_none", "x25519", true, KE_NONE },
		{ "x25519", "x25519-ke1_ecp256-ke1_none", true, KE_NONE },
		{ "x25519-ke1_ecp256-ke1_none", "x25519-ke1_ecp384-ke1_ecp256",
		  true, KE_ECP_256 },
		{ "x25519-ke1_ecp256", "x25519-ke2_ecp256", false, 0 },
		{ "x25519-ke1_x25519", "x25519-ke1_x25519", false, 0 },
		{ "x25519-ecp256-ke1_x25519-ke1_ecp256",
		  "ecp256-x25519-ke1_ecp256-ke1_x25519", true, KE_CURVE25519 },
		{ "x25519-ke1_ecp256-ke2_ecp384-ke3_ecp521-ke4_x448-ke5_modp2048-ke6_modp3072-ke7_ecp256bp",
		  "x25519-ke1_ecp256-ke2_ecp384-ke3_ecp521-ke4_x448-ke5_modp2048-ke6_modp3072-ke7_ecp256bp",
		  true, KE_ECP_256 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct pair *pair = pair_new();
		bool up;

		pair_load(pair, PAIR_A,
			  pair_more(pair, PAIR_A, rows[i].a, "x25519"));
		pair_load(pair, PAIR_B,
			  pair_more(pair, PAIR_B, rows[i].b, "x25519"));
		up = pair_up(pair);
		CHECK_ROW(up == rows[i].up, rows[i].a);
		if (up)
			CHECK_ROW(pair_ike(pair, PAIR_A)->algs.addke[0] ==
						  rows[i].first &&
					  same_keys(pair),
				  rows[i].a);
		pair_free(pair);
	}
}

/* The second proposal is for who does not know any of it. */
static void second_proposal(void)
{
	struct pair *pair = pair_new();
	struct conn *conn = pair_more(pair, PAIR_A, IKE, "x25519");
	struct err err;

	CHECK(!proposal_parse(&conn->proposals, PROTOCOL_IKE,
			      "aes128gcm16-prfsha256-x25519", &err));
	pair_load(pair, PAIR_A, conn);
	pair_load(pair, PAIR_B, pair_usual(pair, PAIR_B));
	CHECK(pair_up(pair));
	CHECK(pair_ike(pair, PAIR_A)->algs.addke[0] == KE_NONE);
	pair_free(pair);
}

/* Some of the packets get lost, some come late, some twice. */
/* Not so much that nobody answers six times. */
static bool drizzle(struct pair *pair, struct pair_packet *packet)
{
	pair->hook_arg++;
	if (pair->hook_arg % 3 == 0)
		pair_copy(pair, packet, pair->hook_arg % 7 * 100ULL);
	return pair->hook_arg % 5 != 0;
}

static void lost_and_twice(void)
{
	for (unsigned int i = 0; i < 20; i++) {
		struct pair *pair = pair_of(IKE, CHILD);

		pair->hook = drizzle;
		pair->hook_arg = i;
		pair_initiate(pair, PAIR_A, "net", "net");
		pair_run(pair, 200 * 1000ULL);
		CHECK(is_clean(pair));
		rekey_child(pair, i % 2);
		pair_run(pair, 200 * 1000ULL);
		rekey_ike(pair, i / 2 % 2);
		pair_run(pair, 200 * 1000ULL);
		CHECK(is_clean(pair));
		CHECK(same_keys(pair));
		pair_free(pair);
	}
}

static void collisions(void)
{
	collide_all(connected, 90);
}

static void collisions_in_a_storm(void)
{
	collide_in_storms(connected, 40);
}

/* ----------------------------------------------------- what peers do wrong */

/* Of a message whose first payload is KE. */
static void other_method(struct buf *plain, uint8_t *first)
{
	(void)first;
	buf_put_u16(plain, 4, KE_ECP_521);
}

static void no_ke(struct buf *plain, uint8_t *first)
{
	buf_cut(plain, 0);
	*first = 0;
}

static void bad_share(struct buf *plain, uint8_t *first)
{
	(void)first;
	memset(plain->data + 8, 0, 32);
}

/* A notify that is behind the KE payload. */
static void other_link(struct buf *plain, uint8_t *first)
{
	(void)first;
	plain->data[plain->len - 1] ^= 1;
}

static void no_link(struct buf *plain, uint8_t *first)
{
	(void)first;
	plain->data[0] = 0;
	buf_cut(plain, (size_t)(plain->data[2] << 8 | plain->data[3]));
}

static struct {
	uint8_t exchange;
	bool response;
	unsigned int skip, times;
	void (*edit)(struct buf *plain, uint8_t *first);
} wrong;

static bool hostile(struct pair *pair, struct pair_packet *packet)
{
	bool response = packet->header.flags & IKE_FLAG_RESPONSE;

	if (packet->header.exchange != wrong.exchange ||
	    response != wrong.response || !wrong.times)
		return true;
	if (wrong.skip) {
		wrong.skip--;
		return true;
	}
	wrong.times--;
	pair_edit(pair, packet, wrong.edit);
	return true;
}

static void wrong_intermediate(void)
{
	static const struct {
		const char *name;
		void (*edit)(struct buf *plain, uint8_t *first);
	} rows[] = {
		{ "another method", other_method },
		{ "no KE payload", no_ke },
		{ "a share that is no point", bad_share },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		for (unsigned int n = 0; n < 4; n++) {
			struct pair *pair = pair_of(IKE, CHILD);

			wrong.exchange = EXCHANGE_IKE_INTERMEDIATE;
			wrong.response = n % 2;
			wrong.skip = n / 2;
			wrong.times = 1;
			wrong.edit = rows[i].edit;
			pair->hook = hostile;
			pair_initiate(pair, PAIR_A, "net", "net");
			pair_run(pair, 300 * 1000ULL);
			/* X448 has no share that is not valid but 0. */
			if (rows[i].edit == bad_share && n / 2)
				CHECK_ROW(!pair_ike(pair, PAIR_A),
					  rows[i].name);
			CHECK_ROW(!pair_ike(pair, PAIR_A) &&
					  !pair_ike(pair, PAIR_B),
				  rows[i].name);
			CHECK_ROW(!engine_first(pair->ends[PAIR_A].engine) &&
					  !engine_first(
						  pair->ends[PAIR_B].engine),
				  rows[i].name);
			CHECK_ROW(*pair_why(pair, PAIR_A, "net"), rows[i].name);
			pair_free(pair);
		}
	}
}

/* AUTH signs what was said: one octet of a notify that nobody looks at. */
static void more_in_it(struct buf *plain, uint8_t *first)
{
	static const uint8_t vendor[] = { 0, 0, 0, 5, 'x' };

	(void)first;
	plain->data[0] = PAYLOAD_VENDOR;
	buf_add(plain, vendor, sizeof(vendor));
}

static void intermediate_is_signed(void)
{
	for (unsigned int n = 0; n < 4; n++) {
		struct pair *pair = pair_of(IKE, CHILD);

		wrong.exchange = EXCHANGE_IKE_INTERMEDIATE;
		wrong.response = n % 2;
		wrong.skip = n / 2;
		wrong.times = 1;
		wrong.edit = more_in_it;
		pair->hook = hostile;
		pair_initiate(pair, PAIR_A, "net", "net");
		pair_run(pair, 300 * 1000ULL);
		CHECK(!pair_ike(pair, PAIR_A) && !pair_ike(pair, PAIR_B));
		CHECK(strstr(pair_why(pair, PAIR_B, "net"), "secret"));
		pair_free(pair);
	}
}

/* IKE_AUTH, before all keys are exchanged. */
static void auth_too_early(void)
{
	struct pair *pair = pair_of(IKE, CHILD);
	struct ikev2_sa *sa;

	pair_initiate(pair, PAIR_A, "net", "net");
	pair_run(pair, 25);
	sa = v2_sa(engine_first(pair->ends[PAIR_A].engine));
	CHECK(sa->more.n == 2 && !sa->more.done);
	sa->more.n = 1;
	pair_run(pair, 300 * 1000ULL);
	CHECK(!pair_ike(pair, PAIR_A) && !pair_ike(pair, PAIR_B));
	CHECK(!engine_first(pair->ends[PAIR_B].engine));
	pair_free(pair);
}

static void wrong_followup(void)
{
	static const struct {
		const char *name;
		void (*edit)(struct buf *plain, uint8_t *first);
		bool response;
	} rows[] = {
		{ "another method", other_method, false },
		{ "no KE payload", no_ke, false },
		{ "a share that is no point", bad_share, false },
		{ "another link", other_link, false },
		{ "no link", no_link, false },
		{ "another method in the answer", other_method, true },
		{ "a bad share in the answer", bad_share, true },
		{ "no link in the answer", no_link, true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		for (unsigned int what = 1; what <= 2; what++) {
			struct pair *pair = connected();

			wrong.exchange = EXCHANGE_IKE_FOLLOWUP_KE;
			wrong.response = rows[i].response;
			wrong.skip = 0;
			wrong.times = 1;
			wrong.edit = rows[i].edit;
			pair->hook = hostile;
			want(pair, PAIR_A, what);
			pair_run(pair, 400 * 1000ULL);
			CHECK_ROW(!pair->lost, rows[i].name);
			CHECK_ROW(is_clean(pair), rows[i].name);
			CHECK_ROW(!wrong.times, rows[i].name);
			CHECK_ROW(!pair->ends[PAIR_B].events[EVENT_IKE_DOWN],
				  rows[i].name);
			pair_free(pair);
		}
	}
}

/* STATE_NOT_FOUND again and again: with another IKE SA it may be better. */
static void never_found(void)
{
	for (unsigned int what = 1; what <= 2; what++) {
		struct pair *pair = connected();
		uint32_t first = pair_ike(pair, PAIR_A)->unique;

		wrong.exchange = EXCHANGE_IKE_FOLLOWUP_KE;
		wrong.response = false;
		wrong.skip = 0;
		wrong.times = 1000;
		wrong.edit = other_link;
		pair->hook = hostile;
		want(pair, PAIR_A, what);
		pair_run(pair, 300 * 1000ULL);
		CHECK(wrong.times < 1000 && wrong.times > 980);
		CHECK(pair_ike(pair, PAIR_A)->unique != first);
		CHECK(is_clean(pair));
		CHECK(!pair->lost);
		pair_free(pair);
	}
}

/* The initiator says nothing any more behind CREATE_CHILD_SA. */
static bool no_followup(struct pair *pair, struct pair_packet *packet)
{
	(void)pair;
	return packet->header.exchange != EXCHANGE_IKE_FOLLOWUP_KE;
}

static void it_does_not_go_on(void)
{
	for (unsigned int what = 1; what <= 2; what++) {
		struct pair *pair = connected();
		struct ikev2_sa *b = v2_sa(pair_ike(pair, PAIR_B));

		pair->hook = no_followup;
		want(pair, PAIR_A, what);
		pair_run(pair, 1000);
		CHECK(b->following);
		pair_run(pair, V2_SECONDS_TO_FOLLOW * 1000ULL);
		CHECK(!b->following);
		CHECK(b->ike.n_children == 1);
		CHECK(!engine_first(pair->ends[PAIR_B].engine)->next);
		pair_free(pair);
	}
}

/* ML-KEM, whose shares are larger than a packet with the two others. */
static void kem(void)
{
	const struct crypto_alg *alg = crypto_alg(TRANSFORM_KE, KE_ML_KEM_1024);
	struct pair *pair;

	if (!alg || !crypto_alg_usable(alg)) {
		printf("# SKIP libcrypto has no ML-KEM\n");
		return;
	}
	pair = pair_of("x25519-ke1_mlkem1024", "x25519-ke1_mlkem768");
	CHECK(pair_up(pair));
	CHECK(same_keys(pair));
	CHECK(pair->largest < 1300);
	rekey_child(pair, PAIR_A);
	pair_settle(pair);
	rekey_ike(pair, PAIR_B);
	pair_settle(pair);
	CHECK(is_clean(pair));
	pair_free(pair);
}

static const struct tap_test tests[] = {
	{ "IKE_INTERMEDIATE", intermediate },
	{ "IKE_FOLLOWUP_KE of children and IKE SAs", followup },
	{ "what is offered and chosen", offers },
	{ "a peer that knows only one key exchange", second_proposal },
	{ "messages are lost, and come twice", lost_and_twice },
	{ "both rekey something, at all distances", collisions },
	{ "the same in a storm", collisions_in_a_storm },
	{ "IKE_INTERMEDIATE that is wrong", wrong_intermediate },
	{ "IKE_INTERMEDIATE is signed", intermediate_is_signed },
	{ "IKE_AUTH too early", auth_too_early },
	{ "IKE_FOLLOWUP_KE that is wrong", wrong_followup },
	{ "a peer that never knows what we go on with", never_found },
	{ "a peer that does not go on", it_does_not_go_on },
	{ "ML-KEM, in fragments", kem },
};

TAP_MAIN(tests)
