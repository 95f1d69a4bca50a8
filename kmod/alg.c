// SPDX-License-Identifier: GPL-2.0-only
/* The algorithm table. To add one, add a row, and selftest/vectors.h vectors. */

#include <linux/kernel.h>
#include <linux/string.h>
#include <crypto/aead.h>
#include <crypto/hash.h>
#include <crypto/skcipher.h>

#include "compat.h"
#include "alg.h"

const struct adit_alg adit_algs[] = {
	{
		/* RFC 4106 */
		.transform = ADIT_TRANSFORM_ENCR,
		.id = ADIT_ENCR_AES_GCM_16,
		.name = "aes-gcm-16",
		.crypto_name = "gcm(aes)",
		.key_len = { 16, 24, 32 },
		.salt_len = 4,
		.iv_len = 8,
		.icv_len = 16,
		.block = ADIT_ESP_ALIGN,
		.aead = true,
	},
	{
		/* RFC 4106 */
		.transform = ADIT_TRANSFORM_ENCR,
		.id = ADIT_ENCR_AES_GCM_12,
		.name = "aes-gcm-12",
		.crypto_name = "gcm(aes)",
		.key_len = { 16, 24, 32 },
		.salt_len = 4,
		.iv_len = 8,
		.icv_len = 12,
		.block = ADIT_ESP_ALIGN,
		.aead = true,
	},
	{
		/* RFC 4106 */
		.transform = ADIT_TRANSFORM_ENCR,
		.id = ADIT_ENCR_AES_GCM_8,
		.name = "aes-gcm-8",
		.crypto_name = "gcm(aes)",
		.key_len = { 16, 24, 32 },
		.salt_len = 4,
		.iv_len = 8,
		.icv_len = 8,
		.block = ADIT_ESP_ALIGN,
		.aead = true,
	},
	{
		/* RFC 7634 */
		.transform = ADIT_TRANSFORM_ENCR,
		.id = ADIT_ENCR_CHACHA20_POLY1305,
		.name = "chacha20-poly1305",
		.crypto_name = "rfc7539(chacha20,poly1305)",
		.key_len = { 32 },
		.salt_len = 4,
		.iv_len = 8,
		.icv_len = 16,
		.block = ADIT_ESP_ALIGN,
		.aead = true,
	},
	{
		/* RFC 4309 */
		.transform = ADIT_TRANSFORM_ENCR,
		.id = ADIT_ENCR_AES_CCM_16,
		.name = "aes-ccm-16",
		.crypto_name = "ccm(aes)",
		.key_len = { 16, 24, 32 },
		.salt_len = 3,
		.iv_len = 8,
		.icv_len = 16,
		.block = ADIT_ESP_ALIGN,
		.flags = 3,
		.aead = true,
	},
	{
		/* RFC 4309 */
		.transform = ADIT_TRANSFORM_ENCR,
		.id = ADIT_ENCR_AES_CCM_12,
		.name = "aes-ccm-12",
		.crypto_name = "ccm(aes)",
		.key_len = { 16, 24, 32 },
		.salt_len = 3,
		.iv_len = 8,
		.icv_len = 12,
		.block = ADIT_ESP_ALIGN,
		.flags = 3,
		.aead = true,
	},
	{
		/* RFC 4309 */
		.transform = ADIT_TRANSFORM_ENCR,
		.id = ADIT_ENCR_AES_CCM_8,
		.name = "aes-ccm-8",
		.crypto_name = "ccm(aes)",
		.key_len = { 16, 24, 32 },
		.salt_len = 3,
		.iv_len = 8,
		.icv_len = 8,
		.block = ADIT_ESP_ALIGN,
		.flags = 3,
		.aead = true,
	},
	{
		/* RFC 8750 */
		.transform = ADIT_TRANSFORM_ENCR,
		.id = ADIT_ENCR_AES_GCM_16_IIV,
		.name = "aes-gcm-16-iiv",
		.crypto_name = "gcm(aes)",
		.key_len = { 16, 24, 32 },
		.salt_len = 4,
		.icv_len = 16,
		.block = ADIT_ESP_ALIGN,
		.aead = true,
		.implicit_iv = true,
	},
	{
		/* RFC 8750 */
		.transform = ADIT_TRANSFORM_ENCR,
		.id = ADIT_ENCR_CHACHA20_POLY1305_IIV,
		.name = "chacha20-poly1305-iiv",
		.crypto_name = "rfc7539(chacha20,poly1305)",
		.key_len = { 32 },
		.salt_len = 4,
		.icv_len = 16,
		.block = ADIT_ESP_ALIGN,
		.aead = true,
		.implicit_iv = true,
	},
	{
		/* RFC 8750 */
		.transform = ADIT_TRANSFORM_ENCR,
		.id = ADIT_ENCR_AES_CCM_8_IIV,
		.name = "aes-ccm-8-iiv",
		.crypto_name = "ccm(aes)",
		.key_len = { 16, 24, 32 },
		.salt_len = 3,
		.icv_len = 8,
		.block = ADIT_ESP_ALIGN,
		.flags = 3,
		.aead = true,
		.implicit_iv = true,
	},
	{
		/* RFC 4543 */
		.transform = ADIT_TRANSFORM_ENCR,
		.id = ADIT_ENCR_NULL_AUTH_AES_GMAC,
		.name = "null-auth-aes-gmac",
		.crypto_name = "gcm(aes)",
		.key_len = { 16, 24, 32 },
		.salt_len = 4,
		.iv_len = 8,
		.icv_len = 16,
		.block = ADIT_ESP_ALIGN,
		.aead = true,
		.auth_only = true,
	},
	{
		/* RFC 3602 */
		.transform = ADIT_TRANSFORM_ENCR,
		.id = ADIT_ENCR_AES_CBC,
		.name = "aes-cbc",
		.crypto_name = "cbc(aes)",
		.key_len = { 16, 24, 32 },
		.iv_len = 16,
		.block = 16,
		.random_iv = true,
	},
	{
		/* RFC 3686 */
		.transform = ADIT_TRANSFORM_ENCR,
		.id = ADIT_ENCR_AES_CTR,
		.name = "aes-ctr",
		.crypto_name = "ctr(aes)",
		.key_len = { 16, 24, 32 },
		.salt_len = 4,
		.iv_len = 8,
		.block = ADIT_ESP_ALIGN,
		.counter = 1,
	},
	{
		/* RFC 5529 */
		.transform = ADIT_TRANSFORM_ENCR,
		.id = ADIT_ENCR_CAMELLIA_CBC,
		.name = "camellia-cbc",
		.crypto_name = "cbc(camellia)",
		.key_len = { 16, 24, 32 },
		.iv_len = 16,
		.block = 16,
		.random_iv = true,
	},
	{
		/* RFC 2451 */
		.transform = ADIT_TRANSFORM_ENCR,
		.id = ADIT_ENCR_3DES,
		.name = "3des",
		.crypto_name = "cbc(des3_ede)",
		.key_len = { 24 },
		.iv_len = 8,
		.block = 8,
		.legacy = true,
		.random_iv = true,
	},
	{
		/* RFC 2410 */
		.transform = ADIT_TRANSFORM_ENCR,
		.id = ADIT_ENCR_NULL,
		.name = "null",
		.crypto_name = "ecb(cipher_null)",
		.key_len = { 0 },
		.block = ADIT_ESP_ALIGN,
	},
	{
		/* RFC 2404 */
		.transform = ADIT_TRANSFORM_INTEG,
		.id = ADIT_INTEG_HMAC_SHA1_96,
		.name = "hmac-sha1-96",
		.crypto_name = "hmac(sha1)",
		.key_len = { 20 },
		.icv_len = 12,
	},
	{
		/* RFC 4868 */
		.transform = ADIT_TRANSFORM_INTEG,
		.id = ADIT_INTEG_HMAC_SHA2_256_128,
		.name = "hmac-sha2-256-128",
		.crypto_name = "hmac(sha256)",
		.key_len = { 32 },
		.icv_len = 16,
	},
	{
		/* RFC 4868 */
		.transform = ADIT_TRANSFORM_INTEG,
		.id = ADIT_INTEG_HMAC_SHA2_384_192,
		.name = "hmac-sha2-384-192",
		.crypto_name = "hmac(sha384)",
		.key_len = { 48 },
		.icv_len = 24,
	},
	{
		/* RFC 4868 */
		.transform = ADIT_TRANSFORM_INTEG,
		.id = ADIT_INTEG_HMAC_SHA2_512_256,
		.name = "hmac-sha2-512-256",
		.crypto_name = "hmac(sha512)",
		.key_len = { 64 },
		.icv_len = 32,
	},
	{
		/* RFC 3566 */
		.transform = ADIT_TRANSFORM_INTEG,
		.id = ADIT_INTEG_AES_XCBC_96,
		.name = "aes-xcbc-96",
		.crypto_name = "xcbc(aes)",
		.key_len = { 16 },
		.icv_len = 12,
	},
	{
		/* RFC 4494 */
		.transform = ADIT_TRANSFORM_INTEG,
		.id = ADIT_INTEG_AES_CMAC_96,
		.name = "aes-cmac-96",
		.crypto_name = "cmac(aes)",
		.key_len = { 16 },
		.icv_len = 12,
	},
	{
		/* RFC 4543 */
		.transform = ADIT_TRANSFORM_INTEG,
		.id = ADIT_INTEG_AES_128_GMAC,
		.name = "aes-128-gmac",
		.crypto_name = "gcm(aes)",
		.key_len = { 16 },
		.salt_len = 4,
		.iv_len = 8,
		.icv_len = 16,
		.aead = true,
	},
	{
		/* RFC 4543 */
		.transform = ADIT_TRANSFORM_INTEG,
		.id = ADIT_INTEG_AES_192_GMAC,
		.name = "aes-192-gmac",
		.crypto_name = "gcm(aes)",
		.key_len = { 24 },
		.salt_len = 4,
		.iv_len = 8,
		.icv_len = 16,
		.aead = true,
	},
	{
		/* RFC 4543 */
		.transform = ADIT_TRANSFORM_INTEG,
		.id = ADIT_INTEG_AES_256_GMAC,
		.name = "aes-256-gmac",
		.crypto_name = "gcm(aes)",
		.key_len = { 32 },
		.salt_len = 4,
		.iv_len = 8,
		.icv_len = 16,
		.aead = true,
	},
	{
		/* before RFC 4868, in old peers; a number of private use */
		.transform = ADIT_TRANSFORM_INTEG,
		.id = ADIT_INTEG_HMAC_SHA2_256_96,
		.name = "hmac-sha2-256-96",
		.crypto_name = "hmac(sha256)",
		.key_len = { 32 },
		.icv_len = 12,
	},
	{
		/* RFC 2403 */
		.transform = ADIT_TRANSFORM_INTEG,
		.id = ADIT_INTEG_HMAC_MD5_96,
		.name = "hmac-md5-96",
		.crypto_name = "hmac(md5)",
		.key_len = { 16 },
		.icv_len = 12,
		.legacy = true,
	},
};

const unsigned int adit_alg_count = ARRAY_SIZE(adit_algs);

/**
 * adit_alg_get() - the row of an algorithm
 * @transform: ADIT_TRANSFORM_ENCR or ADIT_TRANSFORM_INTEG
 * @id: IANA's transform id
 *
 * Return: the row, or NULL if the module does not know it.
 */
const struct adit_alg *adit_alg_get(u8 transform, u16 id)
{
	unsigned int i;

	for (i = 0; i < adit_alg_count; i++)
		if (adit_algs[i].transform == transform &&
		    adit_algs[i].id == id)
			return &adit_algs[i];
	return NULL;
}

/**
 * adit_alg_refused() - why there is no row of an algorithm that people ask for
 * @transform: ADIT_TRANSFORM_ENCR or ADIT_TRANSFORM_INTEG
 * @id: IANA's transform id
 *
 * Return: its name and what is wrong with it, or NULL.
 */
const char *adit_alg_refused(u8 transform, u16 id)
{
	enum { DES_IV64 = 1, DES = 2, BLOWFISH = 7, DES_IV32 = 9 };

	if (transform != ADIT_TRANSFORM_ENCR)
		return NULL;
	switch (id) {
	case DES_IV64:
	case DES:
	case DES_IV32:
		return "des is not secure, its keys are found by trying";
	case BLOWFISH:
		return "blowfish is not secure, its blocks are too short";
	default:
		return NULL;
	}
}

/**
 * adit_alg_key_len_ok() - has a key of this algorithm this length?
 * @alg: the algorithm
 * @len: octets of key material, key and salt
 *
 * Return: whether it has.
 */
bool adit_alg_key_len_ok(const struct adit_alg *alg, unsigned int len)
{
	unsigned int i;

	if (!alg->key_len[0])
		return !len;
	for (i = 0; alg->key_len[i]; i++)
		if (len == alg->key_len[i] + alg->salt_len)
			return true;
	return false;
}

/**
 * adit_alg_usable() - has the running kernel what the algorithm needs?
 * @alg: the algorithm
 *
 * Context: may sleep, may load modules.
 * Return: whether it has.
 */
bool adit_alg_usable(const struct adit_alg *alg)
{
	if (alg->aead)
		return crypto_has_aead(alg->crypto_name, 0, 0);
	if (alg->transform == ADIT_TRANSFORM_INTEG)
		return crypto_has_ahash(alg->crypto_name, 0, 0);
	return crypto_has_skcipher(alg->crypto_name, 0, 0);
}

/* The next id of the transform from @id on; 0 if there is none. */
static unsigned int next_id(u8 transform, unsigned int id)
{
	unsigned int next = 0;
	unsigned int i;

	for (i = 0; i < adit_alg_count; i++)
		if (adit_algs[i].transform == transform &&
		    adit_algs[i].id >= id &&
		    (!next || adit_algs[i].id < next))
			next = adit_algs[i].id;
	return next;
}

/**
 * adit_alg_list_ids() - what a refusal tells of the algorithms there are
 * @transform: ADIT_TRANSFORM_ENCR or ADIT_TRANSFORM_INTEG
 * @buf: where to
 * @size: octets of @buf
 *
 * Return: length of the text, "3, 11-16, 28".
 */
size_t adit_alg_list_ids(u8 transform, char *buf, size_t size)
{
	unsigned int id = 0, last;
	size_t len = 0;

	buf[0] = '\0';
	while ((id = next_id(transform, id))) {
		for (last = id; adit_alg_get(transform, last + 1); last++)
			;
		len += scnprintf(buf + len, size - len, "%s%u",
				 len ? ", " : "", id);
		if (last > id)
			len += scnprintf(buf + len, size - len, "-%u", last);
		id = last + 1;
	}
	return len;
}

/**
 * adit_alg_list_key_lens() - what a refusal tells of an algorithm's keys
 * @alg: the algorithm
 * @buf: where to
 * @size: octets of @buf
 *
 * Return: length of the text, "20, 28 or 36", salt included.
 */
size_t adit_alg_list_key_lens(const struct adit_alg *alg, char *buf,
			      size_t size)
{
	size_t len = scnprintf(buf, size, "%u", alg->key_len[0] + alg->salt_len);
	unsigned int i;

	for (i = 1; alg->key_len[0] && alg->key_len[i]; i++)
		len += scnprintf(buf + len, size - len, "%s%u",
				 alg->key_len[i + 1] ? ", " : " or ",
				 alg->key_len[i] + alg->salt_len);
	return len;
}
