// SPDX-License-Identifier: GPL-2.0-or-later
/* See alg.h. */
#include "alg.h"

#include <openssl/evp.h>
#include <stddef.h>
#include <stdio.h>

#include "../../lib/util.h"

/* Fields that rows of one type have in common. */
#define ENCR(number, title) \
	.type = TRANSFORM_ENCR, .id = (number), .name = (title)
#define PRF(number, title) \
	.type = TRANSFORM_PRF, .id = (number), .name = (title)
#define INTEG(number, title) \
	.type = TRANSFORM_INTEG, .id = (number), .name = (title)
#define KE(number, title) .type = TRANSFORM_KE, .id = (number), .name = (title)

#define BOTH .esp = true, .ike = true
#define ALL_BITS .key_bits = { 128, 192, 256 }

#define GCM(number, title, icv)                                                \
	{                                                                      \
		ENCR(number, title), .kind = CRYPTO_GCM, .ossl = "AES-%u-GCM", \
				     ALL_BITS, .salt_len = 4, .iv_len = 8,     \
				     .block_len = 1, .icv_len = (icv),         \
				     .aead = true, BOTH                        \
	}
#define CCM(number, title, icv)                                                \
	{                                                                      \
		ENCR(number, title), .kind = CRYPTO_CCM, .ossl = "AES-%u-CCM", \
				     ALL_BITS, .salt_len = 3, .iv_len = 8,     \
				     .block_len = 1, .icv_len = (icv),         \
				     .aead = true, BOTH                        \
	}
/* RFC 8750: the sequence number is the IV, so it is of ESP only. */
#define IIV(number, title, salt, icv)                                         \
	{                                                                     \
		ENCR(number, title), ALL_BITS,                                \
			.salt_len = (salt), .block_len = 1, .icv_len = (icv), \
			.aead = true, .esp = true                             \
	}
#define HMAC_PRF(number, title, digest, octets)                               \
	{                                                                     \
		PRF(number, title), .kind = CRYPTO_HMAC, .ossl = (digest),    \
				    .key_len = (octets), .out_len = (octets), \
				    .ike = true                               \
	}
#define HMAC_INTEG(number, title, digest, octets, icv)                       \
	{                                                                    \
		INTEG(number, title), .kind = CRYPTO_HMAC, .ossl = (digest), \
				      .key_len = (octets), .icv_len = (icv), \
				      BOTH                                   \
	}
/* The secret is as long as the prime (RFC 7296, 2.14). */
#define MODP(number, title, group, octets)                               \
	{                                                                \
		KE(number, title), .kind = CRYPTO_MODP, .ossl = (group), \
				   .out_len = (octets),                  \
				   .answer_len = (octets),               \
				   .secret_len = (octets), BOTH          \
	}
/* x and y are public, x is the secret (RFC 5903, 7 and 9). */
#define ECP(number, title, curve, octets)                               \
	{                                                               \
		KE(number, title), .kind = CRYPTO_ECP, .ossl = (curve), \
				   .out_len = 2 * (octets),             \
				   .answer_len = 2 * (octets),          \
				   .secret_len = (octets), BOTH         \
	}
#define XDH(number, title, curve, octets)                               \
	{                                                               \
		KE(number, title), .kind = CRYPTO_XDH, .ossl = (curve), \
				   .out_len = (octets),                 \
				   .answer_len = (octets),              \
				   .secret_len = (octets), BOTH         \
	}
#define KEM(number, title, scheme, key, ciphertext)                      \
	{                                                                \
		KE(number, title), .kind = CRYPTO_KEM, .ossl = (scheme), \
				   .out_len = (key),                     \
				   .answer_len = (ciphertext),           \
				   .secret_len = 32, BOTH                \
	}

static const struct crypto_alg algs[] = {
	GCM(ENCR_AES_GCM_16, "AES_GCM_16", 16), /* RFC 4106, 5282 */
	GCM(ENCR_AES_GCM_12, "AES_GCM_12", 12),
	GCM(ENCR_AES_GCM_8, "AES_GCM_8", 8),
	{ ENCR(ENCR_CHACHA20_POLY1305, "CHACHA20_POLY1305"), /* RFC 7634 */
	  .kind = CRYPTO_GCM, .ossl = "ChaCha20-Poly1305", .key_len = 32,
	  .salt_len = 4, .iv_len = 8, .block_len = 1, .icv_len = 16,
	  .aead = true, BOTH },
	CCM(ENCR_AES_CCM_16, "AES_CCM_16", 16), /* RFC 4309, 5282 */
	CCM(ENCR_AES_CCM_12, "AES_CCM_12", 12),
	CCM(ENCR_AES_CCM_8, "AES_CCM_8", 8),
	{ ENCR(ENCR_AES_CBC, "AES_CBC"), .kind = CRYPTO_CBC, /* RFC 3602 */
	  .ossl = "AES-%u-CBC", ALL_BITS, .iv_len = 16, .block_len = 16, BOTH },
	{ ENCR(ENCR_AES_CTR, "AES_CTR"), .kind = CRYPTO_CTR, /* RFC 5930 */
	  .ossl = "AES-%u-CTR", ALL_BITS, .salt_len = 4, .iv_len = 8,
	  .block_len = 1, BOTH },
	{ ENCR(ENCR_CAMELLIA_CBC, "CAMELLIA_CBC"), /* RFC 5529 */
	  .kind = CRYPTO_CBC, .ossl = "CAMELLIA-%u-CBC", ALL_BITS, .iv_len = 16,
	  .block_len = 16, BOTH },
	{ ENCR(ENCR_CAMELLIA_CTR, "CAMELLIA_CTR"), .kind = CRYPTO_CTR,
	  .ossl = "CAMELLIA-%u-CTR", ALL_BITS, .salt_len = 4, .iv_len = 8,
	  .block_len = 1, .ike = true },
	{ ENCR(ENCR_3DES, "3DES_CBC"), .kind = CRYPTO_CBC, /* RFC 2451 */
	  .ossl = "DES-EDE3-CBC", .key_len = 24, .iv_len = 8, .block_len = 8,
	  .legacy = true, BOTH },
	{ ENCR(ENCR_NULL, "NULL"), .block_len = 1,
	  .legacy = true, /* RFC 2410 */
	  .esp = true },
	{ ENCR(ENCR_NULL_AUTH_AES_GMAC, "NULL_AES_GMAC"),
	  ALL_BITS, /* RFC 4543 */
	  .salt_len = 4, .iv_len = 8, .block_len = 1, .icv_len = 16,
	  .aead = true, .legacy = true, .esp = true },
	IIV(ENCR_AES_GCM_16_IIV, "AES_GCM_16_IIV", 4, 16),
	IIV(ENCR_AES_CCM_8_IIV, "AES_CCM_8_IIV", 3, 8),
	{ ENCR(ENCR_CHACHA20_POLY1305_IIV, "CHACHA20_POLY1305_IIV"),
	  .key_len = 32, .salt_len = 4, .block_len = 1, .icv_len = 16,
	  .aead = true, .esp = true },

	HMAC_PRF(PRF_HMAC_SHA2_256, "PRF_HMAC_SHA2_256", "SHA256", 32),
	HMAC_PRF(PRF_HMAC_SHA2_384, "PRF_HMAC_SHA2_384", "SHA384", 48),
	HMAC_PRF(PRF_HMAC_SHA2_512, "PRF_HMAC_SHA2_512", "SHA512", 64),
	/* Keys of 16 octets; others are made so (RFC 4434, 2; RFC 4615, 3). */
	{ PRF(PRF_AES128_XCBC, "PRF_AES128_XCBC"), .kind = CRYPTO_XCBC,
	  .ossl = "AES-128-ECB", .key_len = 16, .out_len = 16, .ike = true },
	{ PRF(PRF_AES128_CMAC, "PRF_AES128_CMAC"), .kind = CRYPTO_CMAC,
	  .ossl = "AES-128-CBC", .key_len = 16, .out_len = 16, .ike = true },
	HMAC_PRF(PRF_HMAC_SHA1, "PRF_HMAC_SHA1", "SHA1", 20),
	{ PRF(PRF_HMAC_MD5, "PRF_HMAC_MD5"), .kind = CRYPTO_HMAC, .ossl = "MD5",
	  .key_len = 16, .out_len = 16, .legacy = true, .ike = true },

	HMAC_INTEG(INTEG_HMAC_SHA2_256_128, "HMAC_SHA2_256_128", "SHA256", 32,
		   16),
	HMAC_INTEG(INTEG_HMAC_SHA2_384_192, "HMAC_SHA2_384_192", "SHA384", 48,
		   24),
	HMAC_INTEG(INTEG_HMAC_SHA2_512_256, "HMAC_SHA2_512_256", "SHA512", 64,
		   32),
	HMAC_INTEG(INTEG_HMAC_SHA1_96, "HMAC_SHA1_96", "SHA1", 20, 12),
	{ INTEG(INTEG_AES_XCBC_96, "AES_XCBC_96"), .kind = CRYPTO_XCBC,
	  .ossl = "AES-128-ECB", .key_len = 16, .icv_len = 12, BOTH },
	{ INTEG(INTEG_AES_CMAC_96, "AES_CMAC_96"), .kind = CRYPTO_CMAC,
	  .ossl = "AES-128-CBC", .key_len = 16, .icv_len = 12, BOTH },
	/* As Linux cut it before RFC 4868; not in IANA's table. */
	{ INTEG(INTEG_HMAC_SHA2_256_96, "HMAC_SHA2_256_96"),
	  .kind = CRYPTO_HMAC, .ossl = "SHA256", .key_len = 32, .icv_len = 12,
	  .legacy = true, .esp = true },
	/* Of AH; has an IV (RFC 4543). */
	{ INTEG(INTEG_AES_128_GMAC, "AES_128_GMAC"), .key_len = 16,
	  .salt_len = 4, .iv_len = 8, .icv_len = 16, .esp = true },
	{ INTEG(INTEG_AES_192_GMAC, "AES_192_GMAC"), .key_len = 24,
	  .salt_len = 4, .iv_len = 8, .icv_len = 16, .esp = true },
	{ INTEG(INTEG_AES_256_GMAC, "AES_256_GMAC"), .key_len = 32,
	  .salt_len = 4, .iv_len = 8, .icv_len = 16, .esp = true },
	{ INTEG(INTEG_HMAC_MD5_96, "HMAC_MD5_96"), .kind = CRYPTO_HMAC,
	  .ossl = "MD5", .key_len = 16, .icv_len = 12, .legacy = true, BOTH },

	XDH(KE_CURVE25519, "CURVE_25519", "X25519", 32), /* RFC 8031 */
	XDH(KE_CURVE448, "CURVE_448", "X448", 56),
	ECP(KE_ECP_256, "ECP_256", "P-256", 32), /* RFC 5903 */
	ECP(KE_ECP_384, "ECP_384", "P-384", 48),
	ECP(KE_ECP_521, "ECP_521", "P-521", 66),
	ECP(KE_BRAINPOOL_256, "ECP_256_BP", "brainpoolP256r1",
	    32), /* RFC 6954 */
	ECP(KE_BRAINPOOL_384, "ECP_384_BP", "brainpoolP384r1", 48),
	ECP(KE_BRAINPOOL_512, "ECP_512_BP", "brainpoolP512r1", 64),
	ECP(KE_BRAINPOOL_224, "ECP_224_BP", "brainpoolP224r1", 28),
	MODP(KE_MODP_3072, "MODP_3072", "modp_3072", 384), /* RFC 3526 */
	MODP(KE_MODP_4096, "MODP_4096", "modp_4096", 512),
	MODP(KE_MODP_6144, "MODP_6144", "modp_6144", 768),
	MODP(KE_MODP_8192, "MODP_8192", "modp_8192", 1024),
	MODP(KE_MODP_2048, "MODP_2048", "modp_2048", 256),
	MODP(KE_MODP_1536, "MODP_1536", "modp_1536", 192),
	/* Broken by whoever has the money; libcrypto has no names for them. */
	{ KE(KE_MODP_1024, "MODP_1024"), .kind = CRYPTO_MODP, .out_len = 128,
	  .answer_len = 128, .secret_len = 128, .legacy = true, BOTH },
	{ KE(KE_MODP_768, "MODP_768"), .kind = CRYPTO_MODP, .out_len = 96,
	  .answer_len = 96, .secret_len = 96, .legacy = true, BOTH },
	KEM(KE_ML_KEM_512, "ML_KEM_512", "ML-KEM-512", 800, 768),
	KEM(KE_ML_KEM_768, "ML_KEM_768", "ML-KEM-768", 1184, 1088),
	KEM(KE_ML_KEM_1024, "ML_KEM_1024", "ML-KEM-1024", 1568, 1568),

	{ .type = TRANSFORM_ESN,
	  .id = ESN_NO,
	  .name = "NO_EXT_SEQ",
	  .esp = true },
	{ .type = TRANSFORM_ESN, .id = ESN_YES, .name = "EXT_SEQ", .esp = true },
};

const struct crypto_alg *crypto_alg(uint8_t type, uint16_t id)
{
	for (size_t i = 0; i < ARRAY_SIZE(algs); i++)
		if (algs[i].type == type && algs[i].id == id)
			return &algs[i];
	return NULL;
}

const struct crypto_alg *crypto_alg_next(uint8_t type,
					 const struct crypto_alg *last)
{
	for (size_t i = last ? (size_t)(last - algs) + 1 : 0;
	     i < ARRAY_SIZE(algs); i++)
		if (algs[i].type == type)
			return &algs[i];
	return NULL;
}

bool crypto_alg_has_bits(const struct crypto_alg *alg, unsigned int bits)
{
	/* Of a fixed length the attribute is needless, but some send it. */
	if (!alg->key_bits[0])
		return !bits || bits == 8U * alg->key_len;
	for (size_t i = 0; i < ARRAY_SIZE(alg->key_bits); i++)
		if (bits && alg->key_bits[i] == bits)
			return true;
	return false;
}

static bool has_cipher(const struct crypto_alg *alg)
{
	EVP_CIPHER *cipher;
	char name[32];

	snprintf(name, sizeof(name), alg->ossl,
		 alg->key_bits[0] ? alg->key_bits[0] : 0U);
	cipher = EVP_CIPHER_fetch(NULL, name, NULL);
	EVP_CIPHER_free(cipher);
	return cipher;
}

static bool has_digest(const struct crypto_alg *alg)
{
	EVP_MD *md = EVP_MD_fetch(NULL, alg->ossl, NULL);

	EVP_MD_free(md);
	return md;
}

static bool has_kem(const struct crypto_alg *alg)
{
	EVP_KEM *kem = EVP_KEM_fetch(NULL, alg->ossl, NULL);

	EVP_KEM_free(kem);
	return kem;
}

static bool has_curve(const struct crypto_alg *alg)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
	bool good = ctx && EVP_PKEY_keygen_init(ctx) > 0 &&
		    EVP_PKEY_CTX_set_group_name(ctx, alg->ossl) > 0;

	EVP_PKEY_CTX_free(ctx);
	return good;
}

static bool has_keys(const char *name)
{
	EVP_KEYMGMT *keys = EVP_KEYMGMT_fetch(NULL, name, NULL);

	EVP_KEYMGMT_free(keys);
	return keys;
}

bool crypto_alg_usable(const struct crypto_alg *alg)
{
	switch (alg->kind) {
	case CRYPTO_NONE:
		return true;
	case CRYPTO_CBC:
	case CRYPTO_CTR:
	case CRYPTO_GCM:
	case CRYPTO_CCM:
	case CRYPTO_CMAC:
	case CRYPTO_XCBC:
		return has_cipher(alg);
	case CRYPTO_HMAC:
		return has_digest(alg);
	case CRYPTO_MODP:
		return has_keys("DH");
	case CRYPTO_ECP:
		return has_curve(alg);
	case CRYPTO_XDH:
		return has_keys(alg->ossl);
	case CRYPTO_KEM:
		return has_kem(alg);
	}
	return false;
}
