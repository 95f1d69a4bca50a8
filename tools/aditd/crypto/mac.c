// SPDX-License-Identifier: GPL-2.0-or-later
/* See mac.h. */
#include "mac.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>

enum { BLOCK = 16 };

/* HMAC and CMAC, with the digest or cipher as a parameter of that name. */
static size_t evp_mac(const char *algorithm, const char *param,
		      const char *with, struct span key,
		      const struct span *parts, size_t n,
		      uint8_t out[MAC_LEN_MAX])
{
	EVP_MAC *mac = EVP_MAC_fetch(NULL, algorithm, NULL);
	EVP_MAC_CTX *ctx = mac ? EVP_MAC_CTX_new(mac) : NULL;
	const OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(param, (char *)with, 0),
		OSSL_PARAM_construct_end(),
	};
	size_t len = 0;
	bool good;

	/* Without octets a key is still a key: NULL would mean the last one. */
	if (!key.len)
		key.data = (const uint8_t *)"";
	good = ctx && EVP_MAC_init(ctx, key.data, key.len, params);
	for (size_t i = 0; good && i < n; i++)
		good = !parts[i].len ||
		       EVP_MAC_update(ctx, parts[i].data, parts[i].len);
	good = good && EVP_MAC_final(ctx, out, &len, MAC_LEN_MAX);
	EVP_MAC_CTX_free(ctx);
	EVP_MAC_free(mac);
	return good ? len : 0;
}

static bool encrypt_block(EVP_CIPHER_CTX *ctx, const uint8_t in[BLOCK],
			  uint8_t out[BLOCK])
{
	int len;

	return EVP_EncryptUpdate(ctx, out, &len, in, BLOCK) && len == BLOCK;
}

static void xor_block(uint8_t to[BLOCK], const uint8_t with[BLOCK])
{
	for (size_t i = 0; i < BLOCK; i++)
		to[i] ^= with[i];
}

static bool set_key(EVP_CIPHER_CTX *ctx, const EVP_CIPHER *aes,
		    const uint8_t key[BLOCK])
{
	return EVP_EncryptInit_ex2(ctx, aes, key, NULL, NULL) &&
	       EVP_CIPHER_CTX_set_padding(ctx, 0);
}

/* RFC 3566, 4: the last block is kept back, as it has a key of its own. */
static bool xcbc_blocks(EVP_CIPHER_CTX *ctx, const uint8_t k2[BLOCK],
			const uint8_t k3[BLOCK], const struct span *parts,
			size_t n, uint8_t e[BLOCK])
{
	uint8_t last[BLOCK];
	size_t used = 0;
	bool good = true;

	memset(e, 0, BLOCK);
	for (size_t i = 0; i < n; i++) {
		for (size_t at = 0; good && at < parts[i].len; at++) {
			if (used == BLOCK) {
				xor_block(e, last);
				good = encrypt_block(ctx, e, e);
				used = 0;
			}
			last[used++] = parts[i].data[at];
		}
	}
	xor_block(e, used == BLOCK ? k2 : k3);
	if (used < BLOCK) {
		last[used++] = 0x80;
		memset(last + used, 0, BLOCK - used);
	}
	xor_block(e, last);
	good = good && encrypt_block(ctx, e, e);
	OPENSSL_cleanse(last, sizeof(last));
	return good;
}

static size_t xcbc_mac(const char *cipher, struct span key,
		       const struct span *parts, size_t n,
		       uint8_t out[MAC_LEN_MAX])
{
	EVP_CIPHER *aes = EVP_CIPHER_fetch(NULL, cipher, NULL);
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	uint8_t k[3][BLOCK];
	bool good = aes && ctx && set_key(ctx, aes, key.data);

	for (unsigned int i = 0; good && i < 3; i++) {
		memset(k[i], (int)i + 1, BLOCK);
		good = encrypt_block(ctx, k[i], k[i]);
	}
	good = good && set_key(ctx, aes, k[0]) &&
	       xcbc_blocks(ctx, k[1], k[2], parts, n, out);
	EVP_CIPHER_CTX_free(ctx);
	EVP_CIPHER_free(aes);
	OPENSSL_cleanse(k, sizeof(k));
	return good ? BLOCK : 0;
}

static size_t cipher_mac(const struct crypto_alg *alg, struct span key,
			 const struct span *parts, size_t n,
			 uint8_t out[MAC_LEN_MAX])
{
	if (alg->kind == CRYPTO_XCBC)
		return xcbc_mac(alg->ossl, key, parts, n, out);
	return evp_mac("CMAC", OSSL_MAC_PARAM_CIPHER, alg->ossl, key, parts, n,
		       out);
}

size_t crypto_mac(const struct crypto_alg *alg, struct span key,
		  const struct span *parts, size_t n, uint8_t out[MAC_LEN_MAX])
{
	uint8_t fitted[MAC_LEN_MAX] = { 0 };
	size_t len;

	if (alg->kind == CRYPTO_HMAC)
		return evp_mac("HMAC", OSSL_MAC_PARAM_DIGEST, alg->ossl, key,
			       parts, n, out);
	if (alg->kind != CRYPTO_XCBC && alg->kind != CRYPTO_CMAC)
		return 0;
	if (key.len == alg->key_len)
		return cipher_mac(alg, key, parts, n, out);
	if (alg->type != TRANSFORM_PRF)
		return 0;
	/* RFC 4434, 2: short ones are padded; RFC 4615, 3: all are a MAC. */
	if (alg->kind == CRYPTO_XCBC && key.len < alg->key_len) {
		if (key.len)
			memcpy(fitted, key.data, key.len);
	} else if (!cipher_mac(alg, span_of(fitted, alg->key_len), &key, 1,
			       fitted)) {
		return 0;
	}
	len = cipher_mac(alg, span_of(fitted, alg->key_len), parts, n, out);
	OPENSSL_cleanse(fitted, sizeof(fitted));
	return len;
}
