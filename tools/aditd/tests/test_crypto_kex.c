// SPDX-License-Identifier: GPL-2.0-or-later
/* Key exchange: published vectors, both sides, and shares that are not valid. */
#include "../crypto/kex.h"

#include <openssl/bn.h>

#include "../../tests/tap.h"
#include "../crypto/alg.h"
#include "crypto_hex.h"

static const struct vector {
	const char *name;
	uint16_t method;
	const char *key_i, *share_i, *key_r, *share_r, *secret;
} vectors[] = {
	{ "RFC 5903, 8.1", KE_ECP_256,
	  "c88f01f510d9ac3f70a292daa2316de544e9aab8afe84049c62a9c57862d1433",
	  "dad0b65394221cf9b051e1feca5787d098dfe637fc90b9ef945d0c3772581180"
	  "5271a0461cdb8252d61f1c456fa3e59ab1f45b33accf5f58389e0577b8990bb3",
	  "c6ef9c5d78ae012a011164acb397ce2088685d8f06bf9be0b283ab46476bee53",
	  "d12dfb5289c8d4f81208b70270398c342296970a0bccb74c736fc7554494bf63"
	  "56fbf3ca366cc23e8157854c13c58d6aac23f046ada30f8353e74f33039872ab",
	  "d6840f6b42f6edafd13116e0e12565202fef8e9ece7dce03812464d04b9442de" },
	{ "RFC 5903, 8.2", KE_ECP_384,
	  "099f3c7034d4a2c699884d73a375a67f7624ef7c6b3c0f160647b67414dce655"
	  "e35b538041e649ee3faef896783ab194",
	  "667842d7d180ac2cde6f74f37551f55755c7645c20ef73e31634fe72b4c55ee6"
	  "de3ac808acb4bdb4c88732aee95f41aa9482ed1fc0eeb9cafc4984625ccfc23f"
	  "65032149e0e144ada024181535a0f38eeb9fcff3c2c947dae69b4c634573a81c",
	  "41cb0779b4bdb85d47846725fbec3c9430fab46cc8dc5060855cc9bda0aa2942"
	  "e0308312916b8ed2960e4bd55a7448fc",
	  "e558dbef53eecde3d3fccfc1aea08a89a987475d12fd950d83cfa41732bc509d"
	  "0d1ac43a0336def96fda41d0774a3571dcfbec7aacf3196472169e838430367f"
	  "66eebe3c6e70c416dd5f0c68759dd1fff83fa40142209dff5eaad96db9e6386c",
	  "11187331c279962d93d604243fd592cb9d0a926f422e47187521287e7156c5c4"
	  "d603135569b9e9d09cf5d4a270f59746" },
	{ "RFC 5903, 8.3", KE_ECP_521,
	  "0037ade9319a89f4dabdb3ef411aaccca5123c61acab57b5393dce47608172a0"
	  "95aa85a30fe1c2952c6771d937ba9777f5957b2639bab072462f68c27a57382d"
	  "4a52",
	  "0015417e84dbf28c0ad3c278713349dc7df153c897a1891bd98bab4357c9ecbe"
	  "e1e3bf42e00b8e380aeae57c2d107564941885942af5a7f4601723c4195d176c"
	  "ed3e017cae20b6641d2eeb695786d8c946146239d099e18e1d5a514c739d7cb4"
	  "a10ad8a788015ac405d7799dc75e7b7d5b6cf2261a6a7f1507438bf01beb6ca3"
	  "926f9582",
	  "0145ba99a847af43793fdd0e872e7cdfa16be30fdc780f97bccc3f078380201e"
	  "9c677d600b343757a3bdbf2a3163e4c2f869cca7458aa4a4effc311f5cb15168"
	  "5eb9",
	  "00d0b3975ac4b799f5bea16d5e13e9af971d5e9b984c9f39728b5e5739735a21"
	  "9b97c356436adc6e95bb0352f6be64a6c2912d4ef2d0433ced2b6171640012d9"
	  "460f015c68226383956e3bd066e797b623c27ce0eac2f551a10c2c724d985207"
	  "7b87220b6536c5c408a1d2aebb8e86d678ae49cb57091f4732296579ab44fcd1"
	  "7f0fc56a",
	  "01144c7d79ae6956bc8edb8e7c787c4521cb086fa64407f97894e5e6b2d79b04"
	  "d1427e73ca4baa240a34786859810c06b3c715a3a8cc3151f2bee417996d19f3"
	  "ddea" },
	{ "RFC 7748, 6.1", KE_CURVE25519,
	  "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a",
	  "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a",
	  "5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb",
	  "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f",
	  "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742" },
	{ "RFC 7748, 6.2", KE_CURVE448,
	  "9a8f4925d1519f5775cf46b04b5800d4ee9ee8bae8bc5565d498c28dd9c9baf5"
	  "74a9419744897391006382a6f127ab1d9ac2d8c0a598726b",
	  "9b08f7cc31b7e3e67d22d5aea121074a273bd2b83de09c63faa73d2c22c5d9bb"
	  "c836647241d953d40c5b12da88120d53177f80e532c41fa0",
	  "1c306a7ac2a0e2e0990b294470cba339e6453772b075811d8fad0d1d6927c120"
	  "bb5ee8972b0d3e21374c9c921b09d1b0366f10b65173992d",
	  "3eb7a829b0cd20f5bcfc0b599b6feccf6da4627107bdb0d4f345b43027d8b972"
	  "fc3e34fb4232a13ca706dcb57aec3dae07bdc1c67bf33609",
	  "07fff4181ac6cc95ec1c16a94a0f74d12da232ce40a77552281d282bb60c0b56"
	  "fd2464c335543936521c24403085d59a449a5037514a879d" },
};

static void check_side(const struct vector *v, const char *key_digits,
		       const char *share_digits, const char *peer_digits)
{
	struct buf key = hex(key_digits), share = hex(share_digits);
	struct buf peer = hex(peer_digits), secret = BUF_INIT;
	struct kex *kex =
		kex_start_with(v->method, buf_span(&key), buf_span(&share));

	CHECK_ROW(kex && kex_method(kex) == v->method, v->name);
	if (kex)
		CHECK_ROW(!kex_finish(kex, buf_span(&peer), &secret), v->name);
	CHECK_ROW(hex_equal(buf_span(&secret), v->secret), v->name);
	kex_free(kex);
	buf_free(&key);
	buf_free(&share);
	buf_free(&peer);
	buf_free(&secret);
}

static void published(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(vectors); i++) {
		const struct vector *v = &vectors[i];

		check_side(v, v->key_i, v->share_i, v->share_r);
		check_side(v, v->key_r, v->share_r, v->share_i);
	}
}

static void exchange(const struct crypto_alg *alg)
{
	struct buf share_i = BUF_INIT, share_r = BUF_INIT;
	struct buf secret_i = BUF_INIT, secret_r = BUF_INIT;
	struct kex *kex = kex_start(alg->id, &share_i);

	if (!CHECK_ROW(kex, alg->name))
		return;
	CHECK_ROW(share_i.len == alg->out_len, alg->name);
	CHECK_ROW(kex_share_fits(alg->id, buf_span(&share_i), true), alg->name);
	CHECK_ROW(!kex_respond(alg->id, buf_span(&share_i), &share_r,
			       &secret_r),
		  alg->name);
	CHECK_ROW(share_r.len == alg->answer_len, alg->name);
	CHECK_ROW(!kex_finish(kex, buf_span(&share_r), &secret_i), alg->name);
	CHECK_ROW(secret_i.len == alg->secret_len, alg->name);
	CHECK_ROW(span_equal(buf_span(&secret_i), buf_span(&secret_r)),
		  alg->name);
	/* Of another length there is none. */
	CHECK_ROW(kex_finish(kex, span_of(share_r.data, share_r.len - 1),
			     &secret_i) == -1,
		  alg->name);
	buf_add_u8(&share_i, 0);
	CHECK_ROW(kex_respond(alg->id, buf_span(&share_i), &share_r,
			      &secret_r) == -1,
		  alg->name);
	CHECK_ROW(share_r.len == alg->answer_len &&
			  secret_r.len == alg->secret_len &&
			  secret_i.len == alg->secret_len,
		  alg->name);
	kex_free(kex);
	buf_free(&share_i);
	buf_free(&share_r);
	buf_free(&secret_i);
	buf_free(&secret_r);
}

static void both_sides(void)
{
	const struct crypto_alg *alg = NULL;

	while ((alg = crypto_alg_next(TRANSFORM_KE, alg)))
		if (crypto_alg_usable(alg))
			exchange(alg);
}

static bool refused(const struct crypto_alg *alg, struct span share)
{
	struct buf ours = BUF_INIT, answer = BUF_INIT, secret = BUF_INIT;
	struct kex *kex = kex_start(alg->id, &ours);
	bool good;

	good = kex && kex_finish(kex, share, &secret) == -1 && !secret.len &&
	       kex_respond(alg->id, share, &answer, &secret) == -1 &&
	       !secret.len && !answer.len;
	kex_free(kex);
	buf_free(&ours);
	buf_free(&answer);
	buf_free(&secret);
	return good;
}

/* RFC 6989, 2.1: 0, 1, p-1, p and what is larger. */
static void modp_shares(const struct crypto_alg *alg, BIGNUM *p)
{
	uint8_t share[1024] = { 0 };
	struct span span = span_of(share, alg->out_len);

	CHECK_ROW(refused(alg, span), alg->name);
	share[alg->out_len - 1] = 1;
	CHECK_ROW(refused(alg, span), alg->name);
	share[alg->out_len - 1] = 2;
	CHECK_ROW(!refused(alg, span), alg->name);
	CHECK_ROW(BN_bn2binpad(p, share, alg->out_len) == alg->out_len,
		  alg->name);
	CHECK_ROW(refused(alg, span), alg->name);
	BN_sub_word(p, 1);
	BN_bn2binpad(p, share, alg->out_len);
	CHECK_ROW(refused(alg, span), alg->name);
	memset(share, 0xff, sizeof(share));
	CHECK_ROW(refused(alg, span), alg->name);
	BN_free(p);
}

static void bad_modp(void)
{
	modp_shares(crypto_alg(TRANSFORM_KE, KE_MODP_768),
		    BN_get_rfc2409_prime_768(NULL));
	modp_shares(crypto_alg(TRANSFORM_KE, KE_MODP_1024),
		    BN_get_rfc2409_prime_1024(NULL));
	modp_shares(crypto_alg(TRANSFORM_KE, KE_MODP_1536),
		    BN_get_rfc3526_prime_1536(NULL));
	modp_shares(crypto_alg(TRANSFORM_KE, KE_MODP_2048),
		    BN_get_rfc3526_prime_2048(NULL));
}

/* RFC 6989, 2.3: not on the curve, or no coordinates at all. */
static void bad_points(void)
{
	const struct crypto_alg *alg = NULL;

	while ((alg = crypto_alg_next(TRANSFORM_KE, alg))) {
		struct buf share = BUF_INIT;

		if (alg->kind != CRYPTO_ECP || !crypto_alg_usable(alg))
			continue;
		kex_free(kex_start(alg->id, &share));
		share.data[share.len - 1] ^= 1;
		CHECK_ROW(refused(alg, buf_span(&share)), alg->name);
		memset(share.data, 0, share.len);
		CHECK_ROW(refused(alg, buf_span(&share)), alg->name);
		memset(share.data, 0xff, share.len);
		CHECK_ROW(refused(alg, buf_span(&share)), alg->name);
		buf_free(&share);
	}
}

/* RFC 7748, 6: a point of small order makes a secret of zeroes. */
static void small_order(void)
{
	static const struct {
		const char *name;
		uint16_t method;
		const char *share;
	} rows[] = {
		{ "0", KE_CURVE25519,
		  "0000000000000000000000000000000000000000000000000000000000000000" },
		{ "1", KE_CURVE25519,
		  "0100000000000000000000000000000000000000000000000000000000000000" },
		{ "-1", KE_CURVE25519,
		  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f" },
		{ "order 8", KE_CURVE25519,
		  "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800" },
		{ "448: 0", KE_CURVE448,
		  "00000000000000000000000000000000000000000000000000000000"
		  "00000000000000000000000000000000000000000000000000000000" },
		{ "448: 1", KE_CURVE448,
		  "01000000000000000000000000000000000000000000000000000000"
		  "00000000000000000000000000000000000000000000000000000000" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct crypto_alg *alg =
			crypto_alg(TRANSFORM_KE, rows[i].method);
		struct buf share = hex(rows[i].share);

		CHECK_ROW(refused(alg, buf_span(&share)), rows[i].name);
		buf_free(&share);
	}
}

static void unknown(void)
{
	struct buf out = BUF_INIT;
	static const uint8_t share[32] = { 9 };

	CHECK(!kex_start(KE_NONE, &out) && !kex_start(999, &out));
	CHECK(kex_respond(999, SPAN(share), &out, &out) == -1);
	CHECK(!kex_share_fits(999, SPAN(share), true));
	CHECK(kex_share_fits(KE_CURVE25519, SPAN(share), false));
	CHECK(!kex_share_fits(KE_CURVE25519, span_of(share, 31), false));
	CHECK(kex_share_fits(KE_ML_KEM_768, span_of(share, 1184), true) &&
	      kex_share_fits(KE_ML_KEM_768, span_of(share, 1088), false));
	CHECK(!out.len);
	kex_free(NULL);
	buf_free(&out);
}

static const struct tap_test tests[] = {
	{ "published vectors", published },
	{ "both sides of each method", both_sides },
	{ "bad shares of MODP", bad_modp },
	{ "points that are not on the curve", bad_points },
	{ "points of small order", small_order },
	{ "methods that are not known", unknown },
};

TAP_MAIN(tests)
