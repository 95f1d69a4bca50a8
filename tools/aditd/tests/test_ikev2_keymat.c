// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Keys and AUTH octets against RFC 7296's formulas, written down once more from
 * scratch with libcrypto's HMAC: two ends that make the same mistake agree too.
 */
#include <openssl/hmac.h>

#include "../../tests/tap.h"
#include "ikev2_pair.h"

enum { N = 32 }; /* HMAC-SHA2-256 */

static void hmac(const uint8_t *key, size_t len, struct span data,
		 uint8_t out[N])
{
	CHECK(HMAC(EVP_sha256(), key, (int)len, data.data, data.len, out,
		   NULL));
}

/* T1 = prf(K, S | 0x01), T2 = prf(K, T1 | S | 0x02), ... */
static void expand(const uint8_t key[N], struct span seed, uint8_t *out,
		   size_t n)
{
	struct buf data = BUF_INIT;

	for (size_t i = 0; i < n; i++) {
		buf_cut(&data, 0);
		if (i)
			buf_add(&data, out + (i - 1) * N, N);
		buf_add_span(&data, seed);
		buf_add_u8(&data, (uint8_t)(i + 1));
		hmac(key, N, buf_span(&data), out + i * N);
	}
	buf_free(&data);
}

static void fill(struct buf *buf, uint8_t from, size_t len)
{
	for (size_t i = 0; i < len; i++)
		buf_add_u8(buf, (uint8_t)(from + i));
}

static struct ikev2_sa *sample(struct pair *pair)
{
	struct ikev2_sa *sa = v2_new(pair->ends[PAIR_A].engine, true);

	sa->ike.spi_i = 0x0102030405060708;
	sa->ike.spi_r = 0x1112131415161718;
	sa->ike.algs.encr = ENCR_AES_CBC;
	sa->ike.algs.encr_bits = 128;
	sa->ike.algs.integ = INTEG_HMAC_SHA2_256_128;
	sa->ike.algs.prf = PRF_HMAC_SHA2_256;
	fill(&sa->nonce_i, 0x20, 32);
	fill(&sa->nonce_r, 0x60, 32);
	return sa;
}

static bool is_part(const struct buf *buf, const uint8_t *at, size_t len)
{
	return span_equal(buf_span(buf), span_of(at, len));
}

static void check_order(const struct ikev2_sa *sa, const uint8_t *stream)
{
	CHECK(is_part(&sa->keys.d, stream, 32));
	CHECK(is_part(&sa->keys.ai, stream + 32, 32));
	CHECK(is_part(&sa->keys.ar, stream + 64, 32));
	CHECK(is_part(&sa->keys.ei, stream + 96, 16));
	CHECK(is_part(&sa->keys.er, stream + 112, 16));
	CHECK(is_part(&sa->keys.pi, stream + 128, 32));
	CHECK(is_part(&sa->keys.pr, stream + 160, 32));
}

static void seed_of(const struct ikev2_sa *sa, struct buf *seed)
{
	buf_add_span(seed, buf_span(&sa->nonce_i));
	buf_add_span(seed, buf_span(&sa->nonce_r));
	buf_add_u64(seed, sa->ike.spi_i);
	buf_add_u64(seed, sa->ike.spi_r);
}

/* 2.14 and 2.18 */
static void ike_keys(void)
{
	static const uint8_t secret[32] = { 1, 2, 3 };
	struct pair *pair = pair_new();
	struct ikev2_sa *sa = sample(pair), *next = sample(pair);
	struct buf seed = BUF_INIT, data = BUF_INIT;
	uint8_t skeyseed[N], stream[6 * N];

	seed_of(sa, &seed);
	CHECK(!v2_keymat(sa, SPAN(secret)));
	hmac(seed.data, 64, SPAN(secret), skeyseed);
	expand(skeyseed, buf_span(&seed), stream, 6);
	check_order(sa, stream);

	buf_add_span(&data, SPAN(secret));
	buf_add(&data, seed.data, 64);
	CHECK(!v2_keymat_rekey(next, sa, SPAN(secret), span_of(NULL, 0)));
	hmac(sa->keys.d.data, N, buf_span(&data), skeyseed);
	expand(skeyseed, buf_span(&seed), stream, 6);
	check_order(next, stream);
	buf_free(&seed);
	buf_free(&data);
	pair_free(pair);
}

/* 2.17 */
static void child_keys(void)
{
	static const uint8_t secret[32] = { 9, 8, 7 };
	struct pair *pair = pair_new();
	struct ikev2_sa *sa = sample(pair);
	struct child_sa child = {
		.protocol = PROTOCOL_ESP,
		.encr = ENCR_AES_CBC,
		.encr_bits = 128,
		.integ = INTEG_HMAC_SHA2_256_128,
	};
	struct span nonces[2] = { buf_span(&sa->nonce_i),
				  buf_span(&sa->nonce_r) };
	struct buf keymat = BUF_INIT, seed = BUF_INIT;
	struct child_keys keys;
	uint8_t stream[4 * N];

	CHECK(!v2_keymat(sa, SPAN(secret)));
	buf_add_span(&seed, SPAN(secret));
	buf_add_span(&seed, nonces[0]);
	buf_add_span(&seed, nonces[1]);
	expand(sa->keys.d.data, buf_span(&seed), stream, 4);
	CHECK(!v2_keymat_child(sa, &child, true, nonces, SPAN(secret),
			       span_of(NULL, 0), &keymat, &keys));
	CHECK(span_equal(keys.encr_out, span_of(stream, 16)));
	CHECK(span_equal(keys.integ_out, span_of(stream + 16, 32)));
	CHECK(span_equal(keys.encr_in, span_of(stream + 48, 16)));
	CHECK(span_equal(keys.integ_in, span_of(stream + 64, 32)));
	buf_free(&keymat);

	/* Without a key exchange; the salt of GCM belongs to the key. */
	child = (struct child_sa){ .protocol = PROTOCOL_ESP,
				   .encr = ENCR_AES_GCM_16,
				   .encr_bits = 256 };
	expand(sa->keys.d.data, span_of(seed.data + 32, 64), stream, 4);
	CHECK(!v2_keymat_child(sa, &child, false, nonces, span_of(NULL, 0),
			       span_of(NULL, 0), &keymat, &keys));
	CHECK(span_equal(keys.encr_in, span_of(stream, 36)));
	CHECK(span_equal(keys.encr_out, span_of(stream + 36, 36)));
	CHECK(!keys.integ_in.len);
	buf_free(&keymat);
	buf_free(&seed);
	pair_free(pair);
}

/* 2.15 */
static void auth_octets(void)
{
	static const uint8_t id[] = { 2, 0, 0, 0, 'a' };
	struct pair *pair = pair_new();
	struct ikev2_sa *sa = sample(pair);
	struct buf octets = BUF_INIT, want = BUF_INIT;
	uint8_t maced[N];

	CHECK(!v2_keymat(sa, SPAN(id)));
	buf_add_text(&sa->message_1, "message 1");
	buf_add_text(&sa->message_2, "message 2");
	CHECK(!v2_auth_octets(sa, true, SPAN(id), &octets));
	hmac(sa->keys.pi.data, N, SPAN(id), maced);
	buf_add_text(&want, "message 1");
	buf_add_span(&want, buf_span(&sa->nonce_r));
	buf_add_span(&want, SPAN(maced));
	CHECK(span_equal(buf_span(&octets), buf_span(&want)));
	buf_cut(&octets, 0);
	buf_cut(&want, 0);
	CHECK(!v2_auth_octets(sa, false, SPAN(id), &octets));
	hmac(sa->keys.pr.data, N, SPAN(id), maced);
	buf_add_text(&want, "message 2");
	buf_add_span(&want, buf_span(&sa->nonce_i));
	buf_add_span(&want, SPAN(maced));
	CHECK(span_equal(buf_span(&octets), buf_span(&want)));
	buf_free(&octets);
	buf_free(&want);
	pair_free(pair);
}

/* 2.8.1: the one with the lowest of the four nonces goes. */
static void lowest_nonce(void)
{
	static const struct {
		const char *ours, *peers, *rival_1, *rival_2;
		bool loses;
	} rows[] = {
		{ "a", "z", "b", "c", true },  { "z", "a", "b", "c", true },
		{ "b", "c", "a", "z", false }, { "b", "c", "z", "a", false },
		{ "b", "c", "bb", "d", true }, { "bb", "c", "b", "d", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct v2_making making = { 0 };

		v2_rivalled(&making, 1, span_of_text(rows[i].rival_1),
			    span_of_text(rows[i].rival_2));
		CHECK(v2_is_loser(&making, span_of_text(rows[i].ours),
				  span_of_text(rows[i].peers)) ==
		      rows[i].loses);
		buf_free(&making.rival_nonce);
	}
}

static void natd_hashes(void)
{
	uint8_t octets[22] = { 1,    2,	   3,	     4,		5,    6,
			       7,    8,	   0x11,     0x12,	0x13, 0x14,
			       0x15, 0x16, 0x17,     0x18,	192,  0,
			       2,    1,	   500 >> 8, 500 & 0xff };
	struct addr addr = { 4, { 192, 0, 2, 1 } };
	uint8_t got[NATD_LEN], want[20];

	CHECK(EVP_Digest(octets, sizeof(octets), want, NULL, EVP_sha1(), NULL));
	CHECK(!natd_hash(0x0102030405060708, 0x1112131415161718, &addr, 500,
			 got));
	CHECK(memcmp(got, want, sizeof(want)) == 0);
	CHECK(!natd_fits(0x0102030405060708, 0x1112131415161718, &addr, 501,
			 SPAN(want)));
}

static const struct tap_test tests[] = {
	{ "SK_d, SK_ai, ... and those of a rekeyed IKE SA", ike_keys },
	{ "KEYMAT of a Child SA", child_keys },
	{ "what AUTH signs", auth_octets },
	{ "the lowest nonce", lowest_nonce },
	{ "NAT detection's hash", natd_hashes },
};

TAP_MAIN(tests)
