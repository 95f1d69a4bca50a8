// SPDX-License-Identifier: GPL-2.0-or-later
/* See prf.h. */
#include "prf.h"

#include <limits.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include "../../lib/util.h"
#include "mac.h"

size_t prf_len(uint16_t id)
{
	const struct crypto_alg *alg = crypto_alg(TRANSFORM_PRF, id);

	return alg ? alg->out_len : 0;
}

int prf(uint16_t id, struct span key, const struct span *parts, size_t n,
	uint8_t *out)
{
	const struct crypto_alg *alg = crypto_alg(TRANSFORM_PRF, id);
	uint8_t mac[MAC_LEN_MAX];

	if (!alg || crypto_mac(alg, key, parts, n, mac) != alg->out_len)
		return -1;
	memcpy(out, mac, alg->out_len);
	OPENSSL_cleanse(mac, sizeof(mac));
	return 0;
}

enum { PLUS_PARTS_MAX = 8 };

int prf_plus(uint16_t id, struct span key, const struct span *parts, size_t n,
	     size_t len, struct buf *out)
{
	struct span all[PLUS_PARTS_MAX + 2];
	size_t block = prf_len(id);
	uint8_t t[PRF_LEN_MAX];
	size_t at = out->len;
	uint8_t number = 1;
	int rc = 0;

	/* RFC 7296, 2.13: the number is one octet. */
	if (!block || n > PLUS_PARTS_MAX || len > 255 * block)
		return -1;
	/* T1 = prf(K, S | 1), then Tn = prf(K, Tn-1 | S | n) */
	if (n)
		memcpy(&all[1], parts, n * sizeof(*parts));
	all[0] = span_of(t, 0);
	all[n + 1] = span_of(&number, 1);
	while (!rc && len) {
		size_t take = len < block ? len : block;

		rc = prf(id, key, all, n + 2, t);
		if (!rc)
			buf_add(out, t, take);
		all[0].len = block;
		len -= take;
		number++;
	}
	OPENSSL_cleanse(t, sizeof(t));
	if (out->failed)
		rc = -1;
	if (rc)
		buf_cut(out, at);
	return rc;
}

size_t integ_len(uint16_t id)
{
	const struct crypto_alg *alg = crypto_alg(TRANSFORM_INTEG, id);

	return alg ? alg->icv_len : 0;
}

size_t integ_key_len(uint16_t id)
{
	const struct crypto_alg *alg = crypto_alg(TRANSFORM_INTEG, id);

	return alg ? (size_t)alg->key_len + alg->salt_len : 0;
}

int integ(uint16_t id, struct span key, const struct span *parts, size_t n,
	  uint8_t *icv)
{
	const struct crypto_alg *alg = crypto_alg(TRANSFORM_INTEG, id);
	uint8_t mac[MAC_LEN_MAX];

	if (!alg || key.len != integ_key_len(id) ||
	    crypto_mac(alg, key, parts, n, mac) < alg->icv_len)
		return -1;
	memcpy(icv, mac, alg->icv_len);
	OPENSSL_cleanse(mac, sizeof(mac));
	return 0;
}

static const struct {
	uint16_t id;
	const char *name;
	size_t len;
} hashes[] = {
	{ HASH_SHA1, "SHA1", 20 },
	{ HASH_SHA2_256, "SHA256", 32 },
	{ HASH_SHA2_384, "SHA384", 48 },
	{ HASH_SHA2_512, "SHA512", 64 },
};

const char *hash_name(uint16_t id)
{
	for (size_t i = 0; i < ARRAY_SIZE(hashes); i++)
		if (hashes[i].id == id)
			return hashes[i].name;
	return NULL;
}

size_t hash_len(uint16_t id)
{
	for (size_t i = 0; i < ARRAY_SIZE(hashes); i++)
		if (hashes[i].id == id)
			return hashes[i].len;
	return 0;
}

int hash(uint16_t id, const struct span *parts, size_t n, uint8_t *out)
{
	const char *name = hash_name(id);
	EVP_MD_CTX *ctx;
	EVP_MD *md;
	bool good;

	if (!name)
		return -1;
	md = EVP_MD_fetch(NULL, name, NULL);
	ctx = EVP_MD_CTX_new();
	good = md && ctx && EVP_DigestInit_ex2(ctx, md, NULL);
	for (size_t i = 0; good && i < n; i++)
		good = !parts[i].len ||
		       EVP_DigestUpdate(ctx, parts[i].data, parts[i].len);
	good = good && EVP_DigestFinal_ex(ctx, out, NULL);
	EVP_MD_CTX_free(ctx);
	EVP_MD_free(md);
	return good ? 0 : -1;
}

bool crypto_equal(struct span a, struct span b)
{
	return a.len == b.len &&
	       (!a.len || CRYPTO_memcmp(a.data, b.data, a.len) == 0);
}

int crypto_random(void *out, size_t len)
{
	return len <= INT_MAX && RAND_priv_bytes(out, (int)len) == 1 ? 0 : -1;
}
