// SPDX-License-Identifier: GPL-2.0-or-later
/* Sealing and opening of messages, with every algorithm that IKE can use. */
#include "../crypto/seal.h"

#include "../../tests/tap.h"
#include "../crypto/alg.h"
#include "../crypto/prf.h"
#include "crypto_hex.h"

enum { CLEAR = 32, KEY_MAX_TEST = 80 };

static void count_up(uint8_t *data, size_t len, uint8_t from)
{
	for (size_t i = 0; i < len; i++)
		data[i] = (uint8_t)(from + i);
}

/* RFC 7634, B: an informational message with one notification. */
static void rfc_7634(void)
{
	struct buf key = hex("808182838485868788898a8b8c8d8e8f"
			     "909192939495969798999a9b9c9d9e9fa0a1a2a3");
	struct buf message = hex("c0c1c2c3c4c5c6c7d0d1d2d3d4d5d6d7"
				 "2e202500000000090000004529000029"
				 "0000000c000040010000000a");
	struct seal seal = { .encr = ENCR_CHACHA20_POLY1305,
			     .encr_key = buf_span(&key) };
	struct buf plain = BUF_INIT;

	CHECK(!seal_message(&seal, 0x1011121314151617, &message, CLEAR));
	CHECK(hex_equal(buf_span(&message),
			"c0c1c2c3c4c5c6c7d0d1d2d3d4d5d6d7"
			"2e202500000000090000004529000029"
			"1011121314151617610394701f8d017f7c12924889"
			"6b71bfe25236efd7cdc67066906315b2"));
	CHECK(!seal_open(&seal, buf_span(&message), CLEAR, &plain));
	CHECK(hex_equal(buf_span(&plain), "0000000c000040010000000a"));
	buf_free(&plain);
	buf_free(&message);
	buf_free(&key);
}

/*
 * The construction of RFC 5282 and RFC 5930, computed with another library:
 * keys count up from 1, the salt is f0..., the clear octets count from 0, the
 * plaintext from 0x30, the integrity key from 0x40, the counter is 7.
 */
static const struct construction {
	const char *name;
	uint16_t encr, bits, integ;
	size_t salt;
	const char *want; /* behind the IV */
} constructions[] = {
	{ "gcm16", ENCR_AES_GCM_16, 256, 0, 4,
	  "d909a3fb94fd1544d6951b451491bc8b2ab38efe963b"
	  "0f08208129e2464200b36404b50f954e" },
	{ "gcm12", ENCR_AES_GCM_12, 256, 0, 4,
	  "d909a3fb94fd1544d6951b451491bc8b2ab38efe963b"
	  "0f08208129e2464200b36404" },
	{ "gcm8", ENCR_AES_GCM_8, 256, 0, 4,
	  "d909a3fb94fd1544d6951b451491bc8b2ab38efe963b0f08208129e24642" },
	{ "ccm8", ENCR_AES_CCM_8, 128, 0, 3,
	  "e10f8ef7b68059e56c60f681a7a67b6d4259a0236b20dc976e35a634a0be" },
	{ "ccm12", ENCR_AES_CCM_12, 128, 0, 3,
	  "e10f8ef7b68059e56c60f681a7a67b6d4259a0236b20"
	  "3b96827d227f4c16eb2cd0aa" },
	{ "ccm16", ENCR_AES_CCM_16, 128, 0, 3,
	  "e10f8ef7b68059e56c60f681a7a67b6d4259a0236b20"
	  "7f29d37dd066fda4e6e575039e5f81bc" },
	{ "ctr", ENCR_AES_CTR, 192, INTEG_HMAC_SHA2_256_128, 4,
	  "ef8982c12f71a10ab2514f81bef23c816c0edbc068a0"
	  "21196fe48018017651a2fd1881a0b3f1" },
};

static void construction(void)
{
	uint8_t key[KEY_MAX_TEST], integ_key[64];

	count_up(integ_key, sizeof(integ_key), 0x40);
	for (size_t i = 0; i < ARRAY_SIZE(constructions); i++) {
		const struct construction *row = &constructions[i];
		size_t len = row->bits / 8U;
		struct seal seal = { row->encr, row->bits, row->integ,
				     span_of(key, len + row->salt),
				     span_of(integ_key, 32) };
		struct buf message = BUF_INIT;
		struct buf want = hex("0000000000000007");
		uint8_t *at;

		count_up(key, len, 1);
		count_up(key + len, row->salt, 0xf0);
		at = buf_extend(&message, CLEAR + 21);
		count_up(at, CLEAR, 0);
		count_up(at + CLEAR, 21, 0x30);
		CHECK_ROW(!seal_message(&seal, 7, &message, CLEAR), row->name);
		hex_add(&want, row->want);
		CHECK_ROW(span_equal(span_of(message.data + CLEAR,
					     message.len - CLEAR),
				     buf_span(&want)),
			  row->name);
		buf_free(&want);
		buf_free(&message);
	}
}

/* A message of another library, since our IVs are random (RFC 3602). */
static void opens_cbc(void)
{
	uint8_t key[32], integ_key[32], clear[CLEAR];
	struct seal seal = { ENCR_AES_CBC, 256, INTEG_HMAC_SHA2_256_128,
			     SPAN(key), SPAN(integ_key) };
	struct buf message = BUF_INIT, plain = BUF_INIT;
	uint8_t want[21];

	count_up(key, sizeof(key), 1);
	count_up(integ_key, sizeof(integ_key), 0x40);
	count_up(clear, sizeof(clear), 0);
	count_up(want, sizeof(want), 0x30);
	buf_add(&message, clear, sizeof(clear));
	hex_add(&message,
		"000102030405060708090a0b0c0d0e0fa2534b4843243c440709ee208de3bc07"
		"2b340601e64bbe6a9973e2765f0745ed9b6c31d9f17188eba808cfecefb81467");
	CHECK(!seal_open(&seal, buf_span(&message), CLEAR, &plain));
	CHECK(span_equal(buf_span(&plain), SPAN(want)));
	buf_free(&plain);
	buf_free(&message);
}

/* What a test does with each pair of algorithms. */
struct suite {
	struct seal seal;
	char name[64];
	uint8_t key[KEY_MAX_TEST], integ_key[64];
};

static void make_suite(struct suite *suite, const struct crypto_alg *encr,
		       uint16_t bits, const struct crypto_alg *mac)
{
	struct seal *seal = &suite->seal;

	snprintf(suite->name, sizeof(suite->name), "%s %u %s", encr->name, bits,
		 mac ? mac->name : "");
	count_up(suite->key, sizeof(suite->key), 0x17);
	count_up(suite->integ_key, sizeof(suite->integ_key), 0x99);
	*seal = (struct seal){
		.encr = encr->id,
		.bits = bits,
		.integ = mac ? mac->id : 0,
		.encr_key =
			span_of(suite->key, seal_encr_key_len(encr->id, bits)),
		.integ_key = span_of(suite->integ_key,
				     mac ? integ_key_len(mac->id) : 0),
	};
	CHECK_ROW(seal->encr_key.len > 0, suite->name);
}

static void each_mac(const struct crypto_alg *encr, uint16_t bits,
		     void (*run)(const struct suite *suite))
{
	const struct crypto_alg *mac = NULL;
	struct suite suite;

	if (encr->aead) {
		make_suite(&suite, encr, bits, NULL);
		run(&suite);
		return;
	}
	while ((mac = crypto_alg_next(TRANSFORM_INTEG, mac))) {
		if (!mac->ike)
			continue;
		make_suite(&suite, encr, bits, mac);
		run(&suite);
	}
}

static void each_suite(void (*run)(const struct suite *suite))
{
	const struct crypto_alg *encr = NULL;

	while ((encr = crypto_alg_next(TRANSFORM_ENCR, encr))) {
		if (!encr->ike)
			continue;
		for (size_t i = 0; i < 4 && (!i || encr->key_bits[i]); i++)
			each_mac(encr, encr->key_bits[i], run);
	}
}

static struct buf make_message(size_t plain)
{
	struct buf message = BUF_INIT;
	uint8_t *at = buf_extend(&message, CLEAR + plain);

	count_up(at, CLEAR + plain, 0x80);
	return message;
}

static void round_trip(const struct suite *suite)
{
	for (size_t len = 0; len < 70; len++) {
		struct buf message = make_message(len);
		struct buf first = make_message(len);
		struct buf plain = BUF_INIT;
		size_t overhead = seal_overhead(&suite->seal, len);

		CHECK_ROW(!seal_message(&suite->seal, len, &message, CLEAR),
			  suite->name);
		CHECK_ROW(message.len == CLEAR + len + overhead, suite->name);
		CHECK_ROW(overhead >= seal_iv_len(&suite->seal) + 1 +
					      seal_icv_len(&suite->seal),
			  suite->name);
		CHECK_ROW(memcmp(message.data, first.data, CLEAR) == 0,
			  suite->name);
		buf_add_text(&plain, "before");
		CHECK_ROW(!seal_open(&suite->seal, buf_span(&message), CLEAR,
				     &plain),
			  suite->name);
		CHECK_ROW(plain.len == 6 + len &&
				  (!len ||
				   memcmp(plain.data + 6, first.data + CLEAR,
					  len) == 0),
			  suite->name);
		buf_free(&plain);
		buf_free(&first);
		buf_free(&message);
	}
}

static void round_trips(void)
{
	each_suite(round_trip);
}

/* Each octet, in the clear, the IV, the text and the ICV. */
static void tamper(const struct suite *suite)
{
	struct buf message = make_message(19);
	struct buf plain = BUF_INIT;

	CHECK_ROW(!seal_message(&suite->seal, 5, &message, CLEAR), suite->name);
	for (size_t i = 0; i < message.len; i++) {
		message.data[i] ^= (uint8_t)(1U << i % 8);
		CHECK_ROW(seal_open(&suite->seal, buf_span(&message), CLEAR,
				    &plain) == -1,
			  suite->name);
		CHECK_ROW(!plain.len, suite->name);
		message.data[i] ^= (uint8_t)(1U << i % 8);
	}
	/* Cut, longer, or with a border behind its end. */
	for (size_t len = 0; len < message.len; len++)
		CHECK_ROW(seal_open(&suite->seal, span_of(message.data, len),
				    CLEAR < len ? CLEAR : len, &plain) == -1,
			  suite->name);
	CHECK_ROW(seal_open(&suite->seal, buf_span(&message), message.len + 1,
			    &plain) == -1,
		  suite->name);
	buf_add_u8(&message, 0);
	CHECK_ROW(seal_open(&suite->seal, buf_span(&message), CLEAR, &plain) ==
			  -1,
		  suite->name);
	CHECK_ROW(!plain.len, suite->name);
	buf_free(&plain);
	buf_free(&message);
}

static void tampering(void)
{
	each_suite(tamper);
}

static void wrong_keys(const struct suite *suite)
{
	struct buf message = make_message(19);
	struct buf plain = BUF_INIT;
	struct suite other = *suite;

	CHECK_ROW(!seal_message(&suite->seal, 5, &message, CLEAR), suite->name);
	other.seal.encr_key.data = other.key;
	other.seal.integ_key.data = other.integ_key;
	if (suite->seal.integ)
		other.integ_key[3] ^= 4;
	else
		other.key[3] ^= 4;
	CHECK_ROW(seal_open(&other.seal, buf_span(&message), CLEAR, &plain) ==
			  -1,
		  suite->name);
	other = *suite;
	other.seal.encr_key.len--;
	CHECK_ROW(seal_open(&other.seal, buf_span(&message), CLEAR, &plain) ==
			  -1,
		  suite->name);
	CHECK_ROW(seal_message(&other.seal, 5, &message, CLEAR) == -1,
		  suite->name);
	buf_free(&plain);
	buf_free(&message);
}

static void keys(void)
{
	each_suite(wrong_keys);
}

/*
 * A message that says of itself that it has so much padding, and is authentic:
 * the last octet is changed under CTR, and the MAC made anew.
 */
static int open_padded(uint8_t pad_len, size_t text_len, size_t *len)
{
	static uint8_t key[20], clear[CLEAR];
	struct seal seal = { ENCR_AES_CTR, 128, INTEG_HMAC_SHA1_96, SPAN(key),
			     SPAN(key) };
	struct buf message = BUF_INIT, plain = BUF_INIT;
	struct span covered;
	uint8_t *icv;
	int rc;

	buf_add(&message, clear, CLEAR);
	buf_extend(&message, text_len - 1);
	CHECK(!seal_message(&seal, 1, &message, CLEAR));
	covered = span_of(message.data, message.len - 12);
	icv = message.data + covered.len;
	icv[-1] ^= pad_len;
	CHECK(!integ(seal.integ, seal.integ_key, &covered, 1, icv));
	rc = seal_open(&seal, buf_span(&message), CLEAR, &plain);
	*len = plain.len;
	buf_free(&plain);
	buf_free(&message);
	return rc;
}

/* RFC 7296, 3.14: any padding that fits is taken. */
static void padding(void)
{
	size_t len;

	CHECK(!open_padded(0, 1, &len) && len == 0);
	CHECK(!open_padded(0, 10, &len) && len == 9);
	CHECK(!open_padded(3, 10, &len) && len == 6);
	CHECK(!open_padded(9, 10, &len) && len == 0);
	CHECK(open_padded(10, 10, &len) == -1 && len == 0);
	CHECK(open_padded(255, 10, &len) == -1 && len == 0);
	CHECK(open_padded(1, 1, &len) == -1 && len == 0);
	CHECK(!open_padded(255, 256, &len) && len == 0);
}

static void cbc_ivs_differ(void)
{
	struct buf a = make_message(20), b = make_message(20);
	struct suite suite;

	make_suite(&suite, crypto_alg(TRANSFORM_ENCR, ENCR_AES_CBC), 128,
		   crypto_alg(TRANSFORM_INTEG, INTEG_HMAC_SHA1_96));
	CHECK(!seal_message(&suite.seal, 1, &a, CLEAR) &&
	      !seal_message(&suite.seal, 1, &b, CLEAR));
	CHECK(memcmp(a.data + CLEAR, b.data + CLEAR, 16) != 0);
	buf_free(&a);
	buf_free(&b);
}

static void unknown(void)
{
	struct suite suite;
	struct buf message = make_message(3), plain = BUF_INIT;
	struct seal seal;

	make_suite(&suite, crypto_alg(TRANSFORM_ENCR, ENCR_AES_CBC), 128,
		   crypto_alg(TRANSFORM_INTEG, INTEG_HMAC_SHA1_96));
	seal = suite.seal;
	seal.integ = 0;
	CHECK(seal_message(&seal, 1, &message, CLEAR) == -1);
	seal.integ = INTEG_AES_128_GMAC;
	CHECK(seal_message(&seal, 1, &message, CLEAR) == -1);
	seal = suite.seal;
	seal.encr = ENCR_NULL;
	CHECK(seal_message(&seal, 1, &message, CLEAR) == -1);
	CHECK(seal_open(&seal, buf_span(&message), 0, &plain) == -1);
	seal = suite.seal;
	seal.bits = 100;
	CHECK(seal_message(&seal, 1, &message, CLEAR) == -1);
	CHECK(seal_message(&suite.seal, 1, &message, message.len + 1) == -1);
	CHECK(!seal_encr_key_len(ENCR_AES_GCM_16, 0) &&
	      !seal_encr_key_len(999, 128) &&
	      seal_encr_key_len(ENCR_AES_GCM_16, 256) == 36 &&
	      seal_encr_key_len(ENCR_AES_CCM_8, 128) == 19 &&
	      seal_encr_key_len(ENCR_3DES, 0) == 24 &&
	      seal_encr_key_len(ENCR_CHACHA20_POLY1305, 0) == 36);
	CHECK(message.len == CLEAR + 3);
	buf_free(&message);
	buf_free(&plain);
}

static const struct tap_test tests[] = {
	{ "a message of RFC 7634", rfc_7634 },
	{ "construction of RFC 5282 and 5930", construction },
	{ "CBC of another library", opens_cbc },
	{ "round trips", round_trips },
	{ "tampering", tampering },
	{ "other keys", keys },
	{ "padding", padding },
	{ "IVs of CBC differ", cbc_ivs_differ },
	{ "what is not known", unknown },
};

TAP_MAIN(tests)
