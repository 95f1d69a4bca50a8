// SPDX-License-Identifier: GPL-2.0-or-later
/* Signatures of AUTH payloads: every method, each side, and forgeries. */
#include "../crypto/sig.h"

#include "../../tests/tap.h"
#include "../proto/v2.h"
#include "crypto_hex.h"
#include "crypto_key.h"

enum {
	SHA1 = 1 << HASH_SHA1,
	SHA256 = 1 << HASH_SHA2_256,
	SHA384 = 1 << HASH_SHA2_384,
	SHA512 = 1 << HASH_SHA2_512,
	SHA2 = SHA256 | SHA384 | SHA512,
	IDENTITY = 1 << HASH_IDENTITY,
};

#define RSA_PKCS1(arc) "0f300d06092a864886f70d0101" arc "0500"
#define ECDSA(arc) "0c300a06082a8648ce3d0403" arc
#define PSS(arc, salt)                                                     \
	"43304106092a864886f70d01010a3034a00f300d06096086480165030402" arc \
	"0500a11c301a06092a864886f70d010108300d06096086480165030402" arc   \
	"0500a20302"                                                       \
	"01" salt

static const uint8_t said[] = "what both have said";

static const struct row {
	const char *kind;
	uint32_t hashes;
	bool pss;
	uint8_t method;
	const char *start; /* of what is sent, RFC 7427, appendix A */
} rows[] = {
	{ "rsa2048", 0, false, AUTH_RSA_SIG, "" },
	{ "rsa2048", SHA2, false, AUTH_DIGITAL_SIGNATURE, RSA_PKCS1("0b") },
	{ "rsa2048", SHA384 | SHA512, false, AUTH_DIGITAL_SIGNATURE,
	  RSA_PKCS1("0c") },
	{ "rsa2048", SHA512 | SHA1, false, AUTH_DIGITAL_SIGNATURE,
	  RSA_PKCS1("0d") },
	{ "rsa2048", SHA2, true, AUTH_DIGITAL_SIGNATURE, PSS("01", "20") },
	{ "rsa2048", SHA384, true, AUTH_DIGITAL_SIGNATURE, PSS("02", "30") },
	{ "rsa2048", SHA512, true, AUTH_DIGITAL_SIGNATURE, PSS("03", "40") },
	{ "rsa2048", IDENTITY, false, AUTH_RSA_SIG, "" },
	{ "rsa-pss", SHA2, false, AUTH_DIGITAL_SIGNATURE, PSS("01", "20") },
	{ "P-256", 0, false, AUTH_ECDSA_256, "" },
	{ "P-384", 0, false, AUTH_ECDSA_384, "" },
	{ "P-521", 0, false, AUTH_ECDSA_521, "" },
	{ "P-256", SHA2, false, AUTH_DIGITAL_SIGNATURE, ECDSA("02") },
	{ "P-384", SHA2, false, AUTH_DIGITAL_SIGNATURE, ECDSA("03") },
	{ "P-521", SHA2, false, AUTH_DIGITAL_SIGNATURE, ECDSA("04") },
	{ "P-521", SHA2 | SHA1, false, AUTH_DIGITAL_SIGNATURE, ECDSA("04") },
	{ "P-521", SHA256 | SHA1, false, AUTH_DIGITAL_SIGNATURE, ECDSA("02") },
	{ "P-256", SHA512, false, AUTH_DIGITAL_SIGNATURE, ECDSA("04") },
	{ "brainpoolP256r1", SHA2, false, AUTH_DIGITAL_SIGNATURE, ECDSA("02") },
	{ "ED25519", SHA2 | IDENTITY, false, AUTH_DIGITAL_SIGNATURE,
	  "07300506032b6570" },
	{ "ED448", IDENTITY, false, AUTH_DIGITAL_SIGNATURE,
	  "07300506032b6571" },
};

static void check_row(const struct row *row, EVP_PKEY *key)
{
	struct buf auth = BUF_INIT, start = hex(row->start);
	struct err err = { 0 };
	struct sig_used used;
	uint8_t method = 0;

	CHECK_ROW(!sig_sign(key, SPAN(said), row->hashes, row->pss, &method,
			    &auth, &err),
		  row->kind);
	CHECK_TEXT(err.text, "");
	CHECK_ROW(method == row->method, row->kind);
	CHECK_ROW(auth.len > start.len &&
			  span_equal(span_of(auth.data, start.len),
				     buf_span(&start)),
		  row->kind);
	CHECK_ROW(!sig_verify(key, SPAN(said), method, buf_span(&auth), &used,
			      &err),
		  row->kind);
	CHECK_ROW(sig_verify(key, span_of(said, 5), method, buf_span(&auth),
			     &used, &err) == -1,
		  row->kind);
	for (size_t i = 0; i < auth.len; i += i < 80 ? 1 : 7) {
		auth.data[i] ^= 1;
		CHECK_ROW(sig_verify(key, SPAN(said), method, buf_span(&auth),
				     &used, &err) == -1,
			  row->kind);
		auth.data[i] ^= 1;
	}
	for (size_t len = 0; len < auth.len; len += 5)
		CHECK_ROW(sig_verify(key, SPAN(said), method,
				     span_of(auth.data, len), &used,
				     &err) == -1,
			  row->kind);
	buf_free(&auth);
	buf_free(&start);
}

static void methods(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		EVP_PKEY *key = test_key(rows[i].kind);

		if (CHECK_ROW(key, rows[i].kind))
			check_row(&rows[i], key);
		EVP_PKEY_free(key);
	}
}

static void cannot_sign(void)
{
	static const struct {
		const char *kind;
		uint32_t hashes;
		const char *text;
	} wrong[] = {
		{ "ED25519", 0, "does not know RFC 7427" },
		{ "ED25519", SHA2, "takes no signature that this ED25519" },
		{ "brainpoolP256r1", 0, "does not know RFC 7427" },
		{ "rsa-pss", 0, "does not know RFC 7427" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		EVP_PKEY *key = test_key(wrong[i].kind);
		struct buf auth = BUF_INIT;
		struct err err = { 0 };
		uint8_t method;

		CHECK_ROW(sig_sign(key, SPAN(said), wrong[i].hashes, false,
				   &method, &auth, &err) == -1,
			  wrong[i].kind);
		if (!strstr(err.text, wrong[i].text))
			CHECK_TEXT(err.text, wrong[i].text);
		CHECK_ROW(!auth.len, wrong[i].kind);
		EVP_PKEY_free(key);
	}
}

static void expect(EVP_PKEY *key, uint8_t method, struct span auth,
		   const char *text)
{
	struct err err = { 0 };
	struct sig_used used;

	CHECK_ROW(sig_verify(key, SPAN(said), method, auth, &used, &err) == -1,
		  text);
	if (!strstr(err.text, text))
		CHECK_TEXT(err.text, text);
}

/* What does not fit the key, or is too weak, is said so. */
static void refuses(void)
{
	EVP_PKEY *rsa = test_key("rsa2048"), *ec = test_key("P-256");
	EVP_PKEY *ec384 = test_key("P-384");
	struct buf auth = BUF_INIT;
	struct err err = { 0 };
	uint8_t method;

	CHECK(!sig_sign(rsa, SPAN(said), SHA1, false, &method, &auth, &err));
	expect(rsa, method, buf_span(&auth), "RSA and SHA1, which we did not");
	expect(ec, method, buf_span(&auth), "signed with RSA, but");
	expect(ec, AUTH_RSA_SIG, buf_span(&auth), "signed with RSA, but");
	expect(ec384, AUTH_ECDSA_256, buf_span(&auth), "prime256v1, but");
	expect(ec, AUTH_ECDSA_256, buf_span(&auth), "has 64 octets");
	expect(rsa, AUTH_PSK, buf_span(&auth), "method 2 is no signature");
	expect(rsa, AUTH_DIGITAL_SIGNATURE, span_of(NULL, 0), "is cut off");
	auth.data[14] ^= 0x40;
	expect(rsa, method, buf_span(&auth), "algorithm is not known");
	auth.len = 0;
	CHECK(!sig_sign(rsa, SPAN(said), SHA2, false, &method, &auth, &err));
	auth.data[auth.len - 1] ^= 1;
	expect(rsa, method, buf_span(&auth), "does not fit the certificate");
	buf_free(&auth);
	EVP_PKEY_free(rsa);
	EVP_PKEY_free(ec);
	EVP_PKEY_free(ec384);
}

/* r or s of zero, or larger than the order, is no signature. */
static void bad_pairs(void)
{
	EVP_PKEY *key = test_key("P-256");
	uint8_t pair[64] = { 0 };

	expect(key, AUTH_ECDSA_256, SPAN(pair), "does not fit");
	memset(pair, 0xff, sizeof(pair));
	expect(key, AUTH_ECDSA_256, SPAN(pair), "does not fit");
	EVP_PKEY_free(key);
}

/* RSASSA-PSS-params: other salts are fine, other mask hashes are not. */
static void pss_params(void)
{
	static const char *const bad[] = {
		/* MGF1 with SHA2-512, the hash is SHA2-256 */
		"43304106092a864886f70d01010a3034a00f300d0609608648016503040201"
		"0500a11c301a06092a864886f70d010108300d06096086480165030402030500"
		"a203020120",
		/* trailer field 2 */
		"48304606092a864886f70d01010a3039a00f300d0609608648016503040201"
		"0500a11c301a06092a864886f70d010108300d06096086480165030402010500"
		"a203020120a303020102",
		/* no parameters */
		"0d300b06092a864886f70d01010a",
		/* octets behind it */
		"10300d06092a864886f70d01010b050000",
	};
	EVP_PKEY *key = test_key("rsa2048");
	struct buf auth = BUF_INIT;

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		auth = hex(bad[i]);
		buf_extend(&auth, 256);
		expect(key, AUTH_DIGITAL_SIGNATURE, buf_span(&auth),
		       "algorithm is not known");
		buf_free(&auth);
	}
	/* Defaults are SHA1 (RFC 4055, 3.1). */
	auth = hex("0f300d06092a864886f70d01010a3000");
	expect(key, AUTH_DIGITAL_SIGNATURE, buf_span(&auth), "SHA1");
	buf_free(&auth);
	EVP_PKEY_free(key);
}

static const struct tap_test tests[] = {
	{ "methods", methods },
	{ "keys that cannot sign for a peer", cannot_sign },
	{ "what is refused", refuses },
	{ "numbers that are no signature", bad_pairs },
	{ "parameters of RSASSA-PSS", pss_params },
};

TAP_MAIN(tests)
