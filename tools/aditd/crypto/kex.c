// SPDX-License-Identifier: GPL-2.0-or-later
/* See kex.h. */
#include "kex.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/dh.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <stdlib.h>

#include "alg.h"

/* RFC 5903, 7, leaves out this octet, "not compressed", of X9.62. */
enum { POINT_UNCOMPRESSED = 4 };

enum { SHARE_MAX = 2048 };

struct kex {
	const struct crypto_alg *alg;
	EVP_PKEY *key;
};

static const struct crypto_alg *find(uint16_t method)
{
	const struct crypto_alg *alg = crypto_alg(TRANSFORM_KE, method);

	return alg && alg->kind != CRYPTO_NONE ? alg : NULL;
}

bool kex_share_fits(uint16_t method, struct span share, bool initiator)
{
	const struct crypto_alg *alg = find(method);

	return alg && share.len == (initiator ? alg->out_len : alg->answer_len);
}

static const char *key_type(const struct crypto_alg *alg)
{
	if (alg->kind == CRYPTO_MODP)
		return "DH";
	return alg->kind == CRYPTO_ECP ? "EC" : alg->ossl;
}

/* The primes that have no names (RFC 2409, 6.1 and 6.2); owned. */
static BIGNUM *old_prime(const struct crypto_alg *alg)
{
	return alg->id == KE_MODP_768 ? BN_get_rfc2409_prime_768(NULL) :
					BN_get_rfc2409_prime_1024(NULL);
}

struct params {
	OSSL_PARAM_BLD *build;
	/* The builder only borrows what it is given. */
	BIGNUM *numbers[4];
	size_t n;
	uint8_t point[SHARE_MAX + 1];
	bool good;
};

static void push_number(struct params *params, const char *name, BIGNUM *number)
{
	params->numbers[params->n++] = number;
	params->good = params->good && number &&
		       OSSL_PARAM_BLD_push_BN(params->build, name, number);
}

static void push_octets(struct params *params, const char *name,
			struct span octets)
{
	params->good = params->good &&
		       OSSL_PARAM_BLD_push_octet_string(
			       params->build, name, octets.data, octets.len);
}

/* What of the key is the method's, not ours. */
static void push_group(struct params *params, const struct crypto_alg *alg)
{
	BIGNUM *two;

	if (alg->ossl && alg->kind != CRYPTO_XDH && alg->kind != CRYPTO_KEM) {
		params->good = params->good &&
			       OSSL_PARAM_BLD_push_utf8_string(
				       params->build,
				       OSSL_PKEY_PARAM_GROUP_NAME, alg->ossl,
				       0);
	} else if (alg->kind == CRYPTO_MODP) {
		two = BN_new();
		params->good = params->good && two && BN_set_word(two, 2);
		push_number(params, OSSL_PKEY_PARAM_FFC_P, old_prime(alg));
		push_number(params, OSSL_PKEY_PARAM_FFC_G, two);
	}
}

static void push_share(struct params *params, const struct crypto_alg *alg,
		       struct span share)
{
	if (alg->kind == CRYPTO_MODP) {
		push_number(params, OSSL_PKEY_PARAM_PUB_KEY,
			    BN_bin2bn(share.data, (int)share.len, NULL));
	} else if (alg->kind == CRYPTO_ECP) {
		params->point[0] = POINT_UNCOMPRESSED;
		memcpy(params->point + 1, share.data, share.len);
		push_octets(params, OSSL_PKEY_PARAM_PUB_KEY,
			    span_of(params->point, share.len + 1));
	} else {
		push_octets(params, OSSL_PKEY_PARAM_PUB_KEY, share);
	}
}

static void push_private(struct params *params, const struct crypto_alg *alg,
			 struct span key)
{
	if (alg->kind == CRYPTO_XDH)
		push_octets(params, OSSL_PKEY_PARAM_PRIV_KEY, key);
	else
		push_number(params, OSSL_PKEY_PARAM_PRIV_KEY,
			    BN_bin2bn(key.data, (int)key.len, NULL));
}

/* A key of that share, of the group alone, or with the private part; owned. */
static EVP_PKEY *make_key(const struct crypto_alg *alg, struct span share,
			  struct span private_key)
{
	struct params params = { .build = OSSL_PARAM_BLD_new() };
	EVP_PKEY_CTX *ctx =
		EVP_PKEY_CTX_new_from_name(NULL, key_type(alg), NULL);
	int selection = EVP_PKEY_KEY_PARAMETERS;
	OSSL_PARAM *list = NULL;
	EVP_PKEY *key = NULL;

	params.good = params.build && ctx && share.len <= SHARE_MAX;
	if (params.good)
		push_group(&params, alg);
	if (params.good && share.len) {
		push_share(&params, alg, share);
		selection = EVP_PKEY_PUBLIC_KEY;
	}
	if (params.good && private_key.len) {
		push_private(&params, alg, private_key);
		selection = EVP_PKEY_KEYPAIR;
	}
	if (params.good)
		list = OSSL_PARAM_BLD_to_param(params.build);
	if (!list || EVP_PKEY_fromdata_init(ctx) <= 0 ||
	    EVP_PKEY_fromdata(ctx, &key, selection, list) <= 0)
		key = NULL;
	OSSL_PARAM_free(list);
	for (size_t i = 0; i < params.n; i++)
		BN_clear_free(params.numbers[i]);
	OSSL_PARAM_BLD_free(params.build);
	EVP_PKEY_CTX_free(ctx);
	return key;
}

/* A new one. */
static EVP_PKEY *generate(const struct crypto_alg *alg)
{
	bool has_group = alg->kind == CRYPTO_MODP || alg->kind == CRYPTO_ECP;
	EVP_PKEY *group = NULL;
	EVP_PKEY *key = NULL;
	EVP_PKEY_CTX *ctx;

	if (has_group) {
		group = make_key(alg, span_of(NULL, 0), span_of(NULL, 0));
		ctx = group ? EVP_PKEY_CTX_new_from_pkey(NULL, group, NULL) :
			      NULL;
	} else {
		ctx = EVP_PKEY_CTX_new_from_name(NULL, key_type(alg), NULL);
	}
	if (!ctx || EVP_PKEY_keygen_init(ctx) <= 0 ||
	    EVP_PKEY_generate(ctx, &key) <= 0)
		key = NULL;
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(group);
	return key;
}

static bool add_modp_share(const struct crypto_alg *alg, EVP_PKEY *key,
			   struct buf *share)
{
	BIGNUM *number = NULL;
	uint8_t *at;
	bool good;

	if (!EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_PUB_KEY, &number))
		return false;
	at = buf_extend(share, alg->out_len);
	good = at && BN_bn2binpad(number, at, alg->out_len) == alg->out_len;
	BN_free(number);
	return good;
}

static bool add_share(const struct crypto_alg *alg, EVP_PKEY *key,
		      struct buf *share)
{
	size_t skip = alg->kind == CRYPTO_ECP ? 1 : 0;
	uint8_t octets[SHARE_MAX];
	size_t len = 0;

	if (alg->kind == CRYPTO_MODP)
		return add_modp_share(alg, key, share);
	if (!EVP_PKEY_get_octet_string_param(
		    key,
		    skip ? OSSL_PKEY_PARAM_ENCODED_PUBLIC_KEY :
			   OSSL_PKEY_PARAM_PUB_KEY,
		    octets, sizeof(octets), &len) ||
	    len != alg->out_len + skip)
		return false;
	buf_add(share, octets + skip, alg->out_len);
	return !share->failed;
}

/* RFC 6989, 2.1: of these primes, p = 2q + 1, it is enough that 1 < y < p-1. */
static bool is_modp_share(EVP_PKEY *ours, struct span share)
{
	BIGNUM *y = BN_bin2bn(share.data, (int)share.len, NULL);
	BIGNUM *p = NULL;
	bool good;

	good = y && EVP_PKEY_get_bn_param(ours, OSSL_PKEY_PARAM_FFC_P, &p) &&
	       BN_sub_word(p, 1) && BN_cmp(y, BN_value_one()) > 0 &&
	       BN_cmp(y, p) < 0;
	BN_free(y);
	BN_free(p);
	return good;
}

/* RFC 7748, 6: the peer chose a point of small order. */
static bool is_zero(const uint8_t *data, size_t len)
{
	uint8_t any = 0;

	for (size_t i = 0; i < len; i++)
		any |= data[i];
	return !any;
}

static bool derive_with(EVP_PKEY_CTX *ctx, const struct crypto_alg *alg,
			EVP_PKEY *peer, uint8_t *out)
{
	size_t len = alg->secret_len;
	bool modp = alg->kind == CRYPTO_MODP;

	return EVP_PKEY_derive_init(ctx) > 0 &&
	       (!modp || EVP_PKEY_CTX_set_dh_pad(ctx, 1) > 0) &&
	       EVP_PKEY_derive_set_peer_ex(ctx, peer, 0) > 0 &&
	       EVP_PKEY_derive(ctx, out, &len) > 0 && len == alg->secret_len &&
	       !is_zero(out, len);
}

static int derive(const struct crypto_alg *alg, EVP_PKEY *ours,
		  struct span share, struct buf *secret)
{
	size_t start = secret->len;
	EVP_PKEY_CTX *ctx;
	bool good = false;
	EVP_PKEY *peer;
	uint8_t *out;

	if (alg->kind == CRYPTO_MODP && !is_modp_share(ours, share))
		return -1;
	/* Of a point libcrypto itself sees here that it is on the curve. */
	peer = make_key(alg, share, span_of(NULL, 0));
	ctx = EVP_PKEY_CTX_new_from_pkey(NULL, ours, NULL);
	out = peer && ctx ? buf_extend(secret, alg->secret_len) : NULL;
	if (out) {
		good = derive_with(ctx, alg, peer, out);
		if (!good)
			buf_cut(secret, start);
	}
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(peer);
	return good ? 0 : -1;
}

static int decapsulate(const struct crypto_alg *alg, EVP_PKEY *ours,
		       struct span share, struct buf *secret)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, ours, NULL);
	size_t len = alg->secret_len;
	size_t start = secret->len;
	uint8_t *out = buf_extend(secret, len);
	bool good;

	good = ctx && out && EVP_PKEY_decapsulate_init(ctx, NULL) > 0 &&
	       EVP_PKEY_decapsulate(ctx, out, &len, share.data, share.len) >
		       0 &&
	       len == alg->secret_len;
	EVP_PKEY_CTX_free(ctx);
	if (!good)
		buf_cut(secret, start);
	return good ? 0 : -1;
}

static int encapsulate(const struct crypto_alg *alg, struct span peer_share,
		       struct buf *share, struct buf *secret)
{
	EVP_PKEY *peer = make_key(alg, peer_share, span_of(NULL, 0));
	EVP_PKEY_CTX *ctx =
		peer ? EVP_PKEY_CTX_new_from_pkey(NULL, peer, NULL) : NULL;
	size_t start[] = { share->len, secret->len };
	size_t share_len = alg->answer_len;
	size_t secret_len = alg->secret_len;
	uint8_t *share_out = buf_extend(share, share_len);
	uint8_t *secret_out = buf_extend(secret, secret_len);
	bool good;

	good = ctx && share_out && secret_out &&
	       EVP_PKEY_encapsulate_init(ctx, NULL) > 0 &&
	       EVP_PKEY_encapsulate(ctx, share_out, &share_len, secret_out,
				    &secret_len) > 0 &&
	       share_len == alg->answer_len && secret_len == alg->secret_len;
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(peer);
	if (!good) {
		buf_cut(share, start[0]);
		buf_cut(secret, start[1]);
	}
	return good ? 0 : -1;
}

static struct kex *kex_new(const struct crypto_alg *alg, EVP_PKEY *key)
{
	struct kex *kex = key ? calloc(1, sizeof(*kex)) : NULL;

	if (!kex) {
		EVP_PKEY_free(key);
		return NULL;
	}
	kex->alg = alg;
	kex->key = key;
	return kex;
}

struct kex *kex_start(uint16_t method, struct buf *share)
{
	const struct crypto_alg *alg = find(method);
	struct kex *kex = alg ? kex_new(alg, generate(alg)) : NULL;
	size_t start = share->len;

	if (kex && !add_share(alg, kex->key, share)) {
		buf_cut(share, start);
		kex_free(kex);
		return NULL;
	}
	return kex;
}

struct kex *kex_start_with(uint16_t method, struct span private_key,
			   struct span share)
{
	const struct crypto_alg *alg = find(method);

	if (!alg || alg->kind == CRYPTO_KEM)
		return NULL;
	return kex_new(alg, make_key(alg, share, private_key));
}

int kex_finish(struct kex *kex, struct span peer_share, struct buf *secret)
{
	if (!kex_share_fits(kex->alg->id, peer_share, false))
		return -1;
	return kex->alg->kind == CRYPTO_KEM ?
		       decapsulate(kex->alg, kex->key, peer_share, secret) :
		       derive(kex->alg, kex->key, peer_share, secret);
}

uint16_t kex_method(const struct kex *kex)
{
	return kex->alg->id;
}

void kex_free(struct kex *kex)
{
	if (!kex)
		return;
	EVP_PKEY_free(kex->key);
	free(kex);
}

int kex_respond(uint16_t method, struct span peer_share, struct buf *share,
		struct buf *secret)
{
	const struct crypto_alg *alg = find(method);
	size_t start = share->len;
	struct kex *kex;
	int rc;

	if (!alg || !kex_share_fits(method, peer_share, true))
		return -1;
	if (alg->kind == CRYPTO_KEM)
		return encapsulate(alg, peer_share, share, secret);
	kex = kex_start(method, share);
	if (!kex)
		return -1;
	rc = derive(alg, kex->key, peer_share, secret);
	if (rc)
		buf_cut(share, start);
	kex_free(kex);
	return rc;
}
