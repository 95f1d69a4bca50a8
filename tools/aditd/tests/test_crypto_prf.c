// SPDX-License-Identifier: GPL-2.0-or-later
/* PRFs, prf+, integrity and hashes, with the vectors of their RFCs. */
#include "../crypto/prf.h"

#include "../../tests/tap.h"
#include "../crypto/alg.h"
#include "crypto_hex.h"

#define KEY_0B16 "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b"
#define KEY_0B20 KEY_0B16 "0b0b0b0b"
#define HI_THERE "4869205468657265"
#define JEFE "4a656665"
#define WHAT "7768617420646f2079612077616e7420666f72206e6f7468696e673f"
#define KEY_00 "000102030405060708090a0b0c0d0e0f"
#define MSG_20 KEY_00 "10111213"
#define KEY_2B "2b7e151628aed2a6abf7158809cf4f3c"
#define MSG_CMAC_16 "6bc1bee22e409f96e93d7e117393172a"
#define MSG_CMAC_40 \
	MSG_CMAC_16 "ae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411"
#define MSG_CMAC_64 \
	MSG_CMAC_40 "e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710"

static const struct vector {
	const char *name;
	uint16_t id;
	const char *key, *message, *want;
} prfs[] = {
	{ "RFC 2202, 2, 1", PRF_HMAC_MD5, KEY_0B16, HI_THERE,
	  "9294727a3638bb1c13f48ef8158bfc9d" },
	{ "RFC 2202, 2, 2", PRF_HMAC_MD5, JEFE, WHAT,
	  "750c783e6ab0b503eaa86e310a5db738" },
	{ "RFC 2202, 3, 1", PRF_HMAC_SHA1, KEY_0B20, HI_THERE,
	  "b617318655057264e28bc0b6fb378c8ef146be00" },
	{ "RFC 2202, 3, 2", PRF_HMAC_SHA1, JEFE, WHAT,
	  "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79" },
	{ "RFC 4231, 4.2, SHA-256", PRF_HMAC_SHA2_256, KEY_0B20, HI_THERE,
	  "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7" },
	{ "RFC 4231, 4.2, SHA-384", PRF_HMAC_SHA2_384, KEY_0B20, HI_THERE,
	  "afd03944d84895626b0825f4ab46907f15f9dadbe4101ec682aa034c7cebc59c"
	  "faea9ea9076ede7f4af152e8b2fa9cb6" },
	{ "RFC 4231, 4.2, SHA-512", PRF_HMAC_SHA2_512, KEY_0B20, HI_THERE,
	  "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cde"
	  "daa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854" },
	{ "RFC 4231, 4.3, SHA-256", PRF_HMAC_SHA2_256, JEFE, WHAT,
	  "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843" },
	{ "RFC 3566, 4, 1", PRF_AES128_XCBC, KEY_00, "",
	  "75f0251d528ac01c4573dfd584d79f29" },
	{ "RFC 3566, 4, 2", PRF_AES128_XCBC, KEY_00, "000102",
	  "5b376580ae2f19afe7219ceef172756f" },
	{ "RFC 3566, 4, 3", PRF_AES128_XCBC, KEY_00, KEY_00,
	  "d2a246fa349b68a79998a4394ff7a263" },
	{ "RFC 3566, 4, 5", PRF_AES128_XCBC, KEY_00,
	  KEY_00 "101112131415161718191a1b1c1d1e1f",
	  "f54f0ec8d2b9f3d36807734bd5283fd4" },
	{ "RFC 3566, 4, 6", PRF_AES128_XCBC, KEY_00,
	  KEY_00 "101112131415161718191a1b1c1d1e1f2021",
	  "becbb3bccdb518a30677d5481fb6b4d8" },
	{ "RFC 4434, 2.1, 1", PRF_AES128_XCBC, KEY_00, MSG_20,
	  "47f51b4564966215b8985c63055ed308" },
	{ "RFC 4434, 2.1, 2", PRF_AES128_XCBC, "00010203040506070809", MSG_20,
	  "0fa087af7d866e7653434e602fdde835" },
	{ "RFC 4434, 2.1, 3", PRF_AES128_XCBC, KEY_00 "edcb", MSG_20,
	  "8cd3c93ae598a9803006ffb67c40e9e4" },
	{ "RFC 4493, 4, 1", PRF_AES128_CMAC, KEY_2B, "",
	  "bb1d6929e95937287fa37d129b756746" },
	{ "RFC 4493, 4, 2", PRF_AES128_CMAC, KEY_2B, MSG_CMAC_16,
	  "070a16b46b4d4144f79bdd9dd04a287c" },
	{ "RFC 4493, 4, 3", PRF_AES128_CMAC, KEY_2B, MSG_CMAC_40,
	  "dfa66747de9ae63030ca32611497c827" },
	{ "RFC 4493, 4, 4", PRF_AES128_CMAC, KEY_2B, MSG_CMAC_64,
	  "51f0bebf7e3b9d92fc49741779363cfe" },
	{ "RFC 4615, 4, 1", PRF_AES128_CMAC, KEY_00 "edcb", MSG_20,
	  "84a348a4a45d235babfffc0d2b4da09a" },
	{ "RFC 4615, 4, 2", PRF_AES128_CMAC, KEY_00, MSG_20,
	  "980ae87b5f4c9c5214f5b6a8455e4c2d" },
	{ "RFC 4615, 4, 3", PRF_AES128_CMAC, "00010203040506070809", MSG_20,
	  "290d9e112edb09ee141fcf64c0b72f3d" },
};

/* However it is cut, the parts are one message. */
static void vectors(void)
{
	uint8_t out[PRF_LEN_MAX];

	for (size_t i = 0; i < ARRAY_SIZE(prfs); i++) {
		const struct vector *v = &prfs[i];
		struct buf key = hex(v->key);
		struct buf message = hex(v->message);

		for (size_t cut = 0; cut <= message.len; cut++) {
			struct span rest = buf_span(&message);
			struct span parts[3];

			span_take(&rest, cut, &parts[0]);
			parts[1] = span_of(NULL, 0);
			parts[2] = rest;
			CHECK_ROW(!prf(v->id, buf_span(&key), parts, 3, out),
				  v->name);
			CHECK_ROW(hex_equal(span_of(out, prf_len(v->id)),
					    v->want),
				  v->name);
		}
		buf_free(&message);
		buf_free(&key);
	}
}

static void a_thousand_zeroes(void)
{
	static const uint8_t zeroes[1000];
	struct buf key = hex(KEY_00);
	uint8_t out[PRF_LEN_MAX];

	CHECK(!prf(PRF_AES128_XCBC, buf_span(&key), &SPAN(zeroes), 1, out));
	CHECK(hex_equal(span_of(out, 16), "f0dafee895db30253761103b5d84528f"));
	buf_free(&key);
}

static void keys_of_no_length(void)
{
	uint8_t out[PRF_LEN_MAX];

	/* The well-known HMAC of nothing with nothing. */
	CHECK(!prf(PRF_HMAC_SHA2_256, span_of(NULL, 0), NULL, 0, out));
	CHECK(hex_equal(
		span_of(out, 32),
		"b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"));
	CHECK(!prf(PRF_AES128_CMAC, span_of(NULL, 0), NULL, 0, out));
	CHECK(!prf(PRF_AES128_XCBC, span_of(NULL, 0), NULL, 0, out));
}

static void unknown(void)
{
	uint8_t out[PRF_LEN_MAX];
	struct buf buf = BUF_INIT;
	struct span key = SPAN(out);

	memset(out, 0, sizeof(out));
	CHECK(prf(99, key, NULL, 0, out) == -1);
	CHECK(prf_plus(99, key, NULL, 0, 1, &buf) == -1 && !buf.len);
	CHECK(integ(99, key, NULL, 0, out) == -1);
	CHECK(hash(99, NULL, 0, out) == -1);
	CHECK(hash(HASH_IDENTITY, NULL, 0, out) == -1);
	CHECK(!prf_len(99) && !integ_len(99) && !integ_key_len(99) &&
	      !hash_len(99) && !hash_len(HASH_IDENTITY));
	buf_free(&buf);
}

/* RFC 7296, 2.13; the octets are of another implementation of HMAC. */
static void plus(void)
{
	static const uint8_t s1[] = "seed", s2[] = "more";
	struct span parts[] = { span_of(s1, 4), span_of(s2, 4) };
	struct buf out = BUF_INIT;
	uint8_t key[32];

	for (size_t i = 0; i < sizeof(key); i++)
		key[i] = (uint8_t)(0x40 + i);
	buf_add_u8(&out, 0xff);
	CHECK(!prf_plus(PRF_HMAC_SHA2_256, SPAN(key), parts, 2, 80, &out));
	CHECK(hex_equal(
		buf_span(&out),
		"ff83b6a296daf2fda8381ab38e8f528c7bca9f14aa785298672803a3a7143a25"
		"d27e1804019ef3280242ead31553492f41d4f2a71fd5d7bd734f0a48f3d5116b"
		"dd31860ff76dcabc349ff8ff008d721454"));
	buf_cut(&out, 1);
	/* The number is one octet, and nothing is given then. */
	CHECK(!prf_plus(PRF_HMAC_SHA2_256, SPAN(key), parts, 2, 255UL * 32,
			&out));
	CHECK(out.len == 1 + 255UL * 32);
	buf_cut(&out, 1);
	CHECK(prf_plus(PRF_HMAC_SHA2_256, SPAN(key), parts, 2, 255 * 32 + 1,
		       &out) == -1);
	CHECK(out.len == 1);
	buf_free(&out);
}

static const struct {
	const char *name;
	uint16_t id;
	size_t key_len, icv_len;
	const char *icv; /* of "Hi There", the key is of 0b */
} integs[] = {
	{ "md5", INTEG_HMAC_MD5_96, 16, 12, "9294727a3638bb1c13f48ef8" },
	{ "sha1", INTEG_HMAC_SHA1_96, 20, 12, "b617318655057264e28bc0b6" },
	/* RFC 4868, 2.7.2.1 */
	{ "sha256", INTEG_HMAC_SHA2_256_128, 32, 16,
	  "198a607eb44bfbc69903a0f1cf2bbdc5" },
	{ "sha384", INTEG_HMAC_SHA2_384_192, 48, 24,
	  "b6a8d5636f5c6a7224f9977dcf7ee6c7fb6d0c48cbdee973" },
	{ "sha512", INTEG_HMAC_SHA2_512_256, 64, 32,
	  "637edc6e01dce7e6742a99451aae82df23da3e92439e590e43e761b33e910fb8" },
};

static void integrity(void)
{
	struct buf message = hex(HI_THERE);
	struct span part = buf_span(&message);
	uint8_t key[65], icv[INTEG_LEN_MAX];

	memset(key, 0x0b, sizeof(key));
	for (size_t i = 0; i < ARRAY_SIZE(integs); i++) {
		size_t key_len = integs[i].key_len;

		CHECK_ROW(integ_key_len(integs[i].id) == key_len,
			  integs[i].name);
		CHECK_ROW(integ_len(integs[i].id) == integs[i].icv_len,
			  integs[i].name);
		CHECK_ROW(!integ(integs[i].id, span_of(key, key_len), &part, 1,
				 icv),
			  integs[i].name);
		CHECK_ROW(hex_equal(span_of(icv, integs[i].icv_len),
				    integs[i].icv),
			  integs[i].name);
		/* Of integrity keys the length is fixed. */
		CHECK_ROW(integ(integs[i].id, span_of(key, key_len + 1), &part,
				1, icv) == -1,
			  integs[i].name);
		CHECK_ROW(integ(integs[i].id, span_of(key, key_len - 1), &part,
				1, icv) == -1,
			  integs[i].name);
	}
	buf_free(&message);
}

/* RFC 3566 and RFC 4494 cut at 96 bits. */
static void integrity_of_aes(void)
{
	struct buf key = hex(KEY_00), message = hex(MSG_20);
	struct span part = buf_span(&message);
	uint8_t icv[INTEG_LEN_MAX];

	CHECK(!integ(INTEG_AES_XCBC_96, buf_span(&key), &part, 1, icv));
	CHECK(hex_equal(span_of(icv, 12), "47f51b4564966215b8985c63"));
	CHECK(integ(INTEG_AES_XCBC_96, span_of(key.data, 15), &part, 1, icv));
	buf_free(&key);
	key = hex(KEY_2B);
	CHECK(!integ(INTEG_AES_CMAC_96, buf_span(&key), NULL, 0, icv));
	CHECK(hex_equal(span_of(icv, 12), "bb1d6929e95937287fa37d12"));
	/* Not what only the kernel does. */
	CHECK(integ(INTEG_AES_128_GMAC, span_of(key.data, 16), NULL, 0, icv));
	buf_free(&message);
	buf_free(&key);
}

static void hashes(void)
{
	static const uint8_t text[] = "abc";
	struct span parts[] = { span_of(text, 1), span_of(text + 1, 2) };
	uint8_t out[HASH_LEN_MAX];

	CHECK(!hash(HASH_SHA1, parts, 2, out));
	CHECK(hex_equal(span_of(out, hash_len(HASH_SHA1)),
			"a9993e364706816aba3e25717850c26c9cd0d89d"));
	CHECK(!hash(HASH_SHA2_256, parts, 2, out));
	CHECK(hex_equal(
		span_of(out, hash_len(HASH_SHA2_256)),
		"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
	CHECK(!hash(HASH_SHA2_384, parts, 2, out));
	CHECK(hash_len(HASH_SHA2_384) == 48 && out[0] == 0xcb);
	CHECK(!hash(HASH_SHA2_512, parts, 2, out));
	CHECK(hash_len(HASH_SHA2_512) == 64 && out[0] == 0xdd);
}

static void equal(void)
{
	static const uint8_t a[] = { 1, 2, 3 }, b[] = { 1, 2, 3 },
			     c[] = { 1, 2, 4 };

	CHECK(crypto_equal(SPAN(a), SPAN(b)));
	CHECK(!crypto_equal(SPAN(a), SPAN(c)));
	CHECK(!crypto_equal(SPAN(a), span_of(b, 2)));
	CHECK(crypto_equal(span_of(NULL, 0), span_of(b, 0)));
}

static void random_octets(void)
{
	uint8_t a[32] = { 0 }, b[32] = { 0 };

	CHECK(!crypto_random(a, sizeof(a)) && !crypto_random(b, sizeof(b)));
	CHECK(memcmp(a, b, sizeof(a)) != 0);
}

/* Every row that IKE can use, libcrypto has; ids do not repeat. */
static void rows(void)
{
	static const uint8_t types[] = { TRANSFORM_ENCR, TRANSFORM_PRF,
					 TRANSFORM_INTEG, TRANSFORM_KE,
					 TRANSFORM_ESN };

	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		const struct crypto_alg *alg = NULL;
		size_t n = 0;

		while ((alg = crypto_alg_next(types[i], alg))) {
			CHECK_ROW(crypto_alg(types[i], alg->id) == alg,
				  alg->name);
			CHECK_ROW(alg->kind == CRYPTO_KEM ||
					  crypto_alg_usable(alg),
				  alg->name);
			CHECK_ROW(alg->ike || alg->esp, alg->name);
			CHECK_ROW(!alg->ike || alg->kind != CRYPTO_NONE,
				  alg->name);
			n++;
		}
		CHECK(n > 1);
	}
	CHECK(!crypto_alg(TRANSFORM_ENCR, 999) && !crypto_alg(77, 1));
	CHECK(crypto_alg_has_bits(crypto_alg(TRANSFORM_ENCR, ENCR_AES_CBC),
				  192));
	CHECK(!crypto_alg_has_bits(crypto_alg(TRANSFORM_ENCR, ENCR_AES_CBC),
				   0));
	CHECK(!crypto_alg_has_bits(crypto_alg(TRANSFORM_ENCR, ENCR_AES_CBC),
				   64));
	CHECK(crypto_alg_has_bits(crypto_alg(TRANSFORM_ENCR, ENCR_3DES), 0));
	CHECK(!crypto_alg_has_bits(crypto_alg(TRANSFORM_ENCR, ENCR_3DES), 128));
}

static const struct tap_test tests[] = {
	{ "vectors of HMAC, XCBC and CMAC", vectors },
	{ "XCBC of 1,000 zeroes", a_thousand_zeroes },
	{ "keys of no length", keys_of_no_length },
	{ "numbers that are not known", unknown },
	{ "prf+", plus },
	{ "integrity of HMAC", integrity },
	{ "integrity of AES", integrity_of_aes },
	{ "hashes", hashes },
	{ "comparing", equal },
	{ "random", random_octets },
	{ "rows of algorithms", rows },
};

TAP_MAIN(tests)
