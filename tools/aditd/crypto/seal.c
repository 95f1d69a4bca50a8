// SPDX-License-Identifier: GPL-2.0-or-later
/* See seal.h. */
#include "seal.h"

#include <limits.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdio.h>

#include "alg.h"
#include "mac.h"
#include "prf.h"

enum { NONCE_MAX = 16, ICV_MAX = 32 };

/* The rows, and keys that fit them. */
struct made {
	const struct crypto_alg *encr;
	const struct crypto_alg *integ; /* NULL with AEAD */
	size_t iv_len, block_len, icv_len;
};

static const struct crypto_alg *find_encr(uint16_t id)
{
	const struct crypto_alg *alg = crypto_alg(TRANSFORM_ENCR, id);

	return alg && alg->ike ? alg : NULL;
}

size_t seal_encr_key_len(uint16_t encr, uint16_t bits)
{
	const struct crypto_alg *alg = crypto_alg(TRANSFORM_ENCR, encr);

	if (!alg || !crypto_alg_has_bits(alg, bits))
		return 0;
	if (alg->key_bits[0])
		return (size_t)bits / 8 + alg->salt_len;
	return (size_t)alg->key_len + alg->salt_len;
}

static bool make(const struct seal *seal, struct made *made)
{
	const struct crypto_alg *encr = find_encr(seal->encr);
	const struct crypto_alg *mac = NULL;

	if (!encr)
		return false;
	if (!encr->aead) {
		mac = crypto_alg(TRANSFORM_INTEG, seal->integ);
		if (!mac || !mac->ike)
			return false;
	}
	*made = (struct made){
		.encr = encr,
		.integ = mac,
		.iv_len = encr->iv_len,
		.block_len = encr->block_len,
		.icv_len = mac ? mac->icv_len : encr->icv_len,
	};
	return true;
}

static bool keys_fit(const struct seal *seal, const struct made *made)
{
	size_t len = seal_encr_key_len(seal->encr, seal->bits);

	return len && seal->encr_key.len == len &&
	       (!made->integ ||
		seal->integ_key.len == integ_key_len(seal->integ));
}

size_t seal_iv_len(const struct seal *seal)
{
	struct made made;

	return make(seal, &made) ? made.iv_len : 0;
}

size_t seal_icv_len(const struct seal *seal)
{
	struct made made;

	return make(seal, &made) ? made.icv_len : 0;
}

/* Zeroes, so that the octet of their number ends a block (RFC 7296, 3.14). */
static size_t padding(const struct made *made, size_t plain)
{
	return (made->block_len - (plain + 1) % made->block_len) %
	       made->block_len;
}

size_t seal_overhead(const struct seal *seal, size_t plain)
{
	struct made made;

	if (!make(seal, &made))
		return 0;
	return made.iv_len + padding(&made, plain) + 1 + made.icv_len;
}

/* What libcrypto takes as the IV; its length, 0 if it has none. */
static size_t make_nonce(const struct seal *seal, const struct made *made,
			 const uint8_t *iv, uint8_t nonce[NONCE_MAX])
{
	size_t salt_len = made->encr->salt_len;
	size_t len = salt_len + made->iv_len;

	if (salt_len)
		memcpy(nonce,
		       seal->encr_key.data + seal->encr_key.len - salt_len,
		       salt_len);
	memcpy(nonce + salt_len, iv, made->iv_len);
	if (made->encr->kind != CRYPTO_CTR)
		return len;
	/* RFC 5930, 2: a counter of blocks from 1. */
	memset(nonce + len, 0, NONCE_MAX - len);
	nonce[NONCE_MAX - 1] = 1;
	return NONCE_MAX;
}

/* Of AEAD what is called before the key; of CCM with the tag in it. */
static bool setup_aead(EVP_CIPHER_CTX *ctx, const struct made *made,
		       size_t nonce_len, const uint8_t *icv, bool encrypt)
{
	bool ccm = made->encr->kind == CRYPTO_CCM;
	void *tag = encrypt ? NULL : (void *)icv;

	if (!made->encr->aead)
		return true;
	if (EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_IVLEN, (int)nonce_len,
				NULL) <= 0)
		return false;
	if (!ccm && encrypt)
		return true;
	return EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG,
				   (int)made->icv_len, tag) > 0;
}

static bool add_clear(EVP_CIPHER_CTX *ctx, const struct made *made,
		      struct span clear, size_t text_len)
{
	int len;

	if (!made->encr->aead)
		return true;
	/* Of CCM all lengths are in the first block. */
	if (made->encr->kind == CRYPTO_CCM &&
	    EVP_CipherUpdate(ctx, NULL, &len, NULL, (int)text_len) <= 0)
		return false;
	return !clear.len || EVP_CipherUpdate(ctx, NULL, &len, clear.data,
					      (int)clear.len) > 0;
}

static EVP_CIPHER *fetch(const struct seal *seal, const struct made *made)
{
	char name[32];

	snprintf(name, sizeof(name), made->encr->ossl,
		 (unsigned int)seal->bits);
	return EVP_CIPHER_fetch(NULL, name, NULL);
}

static bool run(EVP_CIPHER_CTX *ctx, const struct made *made, struct span in,
		uint8_t *out, uint8_t *icv, bool encrypt)
{
	int len = 0;

	if (EVP_CipherUpdate(ctx, out, &len, in.data, (int)in.len) <= 0 ||
	    len != (int)in.len)
		return false;
	/* CCM has judged already when it decrypts. */
	if (made->encr->kind == CRYPTO_CCM && !encrypt)
		return true;
	if (EVP_CipherFinal_ex(ctx, out + len, &len) <= 0 || len)
		return false;
	return !made->encr->aead || !encrypt ||
	       EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG,
				   (int)made->icv_len, icv) > 0;
}

/* Lengths stay the same; in place where @in is @out. */
static bool crypt(const struct seal *seal, const struct made *made,
		  struct span clear, const uint8_t *iv, struct span in,
		  uint8_t *out, uint8_t *icv, bool encrypt)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	EVP_CIPHER *cipher = fetch(seal, made);
	uint8_t nonce[NONCE_MAX];
	size_t nonce_len = make_nonce(seal, made, iv, nonce);
	bool good;

	good = ctx && cipher && in.len <= INT_MAX && clear.len <= INT_MAX &&
	       EVP_CipherInit_ex2(ctx, cipher, NULL, NULL, encrypt, NULL) > 0 &&
	       setup_aead(ctx, made, nonce_len, icv, encrypt) &&
	       EVP_CipherInit_ex2(ctx, NULL, seal->encr_key.data, nonce,
				  encrypt, NULL) > 0 &&
	       EVP_CIPHER_CTX_set_padding(ctx, 0) > 0 &&
	       add_clear(ctx, made, clear, in.len) &&
	       run(ctx, made, in, out, icv, encrypt);
	EVP_CIPHER_CTX_free(ctx);
	EVP_CIPHER_free(cipher);
	OPENSSL_cleanse(nonce, sizeof(nonce));
	return good;
}

static bool make_iv(const struct made *made, uint64_t counter, uint8_t *iv)
{
	/* RFC 3602, 3: of CBC nobody may foresee it. */
	if (made->encr->kind == CRYPTO_CBC)
		return !crypto_random(iv, made->iv_len);
	for (size_t i = 0; i < made->iv_len; i++)
		iv[i] = (uint8_t)(counter >> 8 * (made->iv_len - 1 - i));
	return true;
}

static bool seal_at(const struct seal *seal, const struct made *made,
		    uint64_t counter, uint8_t *data, size_t clear,
		    size_t text_len)
{
	uint8_t *iv = data + clear;
	uint8_t *text = iv + made->iv_len;
	uint8_t *icv = text + text_len;
	struct span covered = span_of(data, (size_t)(icv - data));

	if (!make_iv(made, counter, iv) ||
	    !crypt(seal, made, span_of(data, clear), iv,
		   span_of(text, text_len), text, icv, true))
		return false;
	return !made->integ ||
	       !integ(seal->integ, seal->integ_key, &covered, 1, icv);
}

int seal_message(const struct seal *seal, uint64_t counter, struct buf *message,
		 size_t clear)
{
	size_t plain, pad;
	struct made made;
	uint8_t *text;

	if (message->failed || clear > message->len || !make(seal, &made) ||
	    !keys_fit(seal, &made))
		return -1;
	plain = message->len - clear;
	pad = padding(&made, plain);
	if (!buf_extend(message, made.iv_len + pad + 1 + made.icv_len))
		return -1;
	text = message->data + clear + made.iv_len;
	memmove(text, message->data + clear, plain);
	memset(text + plain, 0, pad);
	text[plain + pad] = (uint8_t)pad;
	if (seal_at(seal, &made, counter, message->data, clear,
		    plain + pad + 1))
		return 0;
	/* Nothing half sealed gets out. */
	buf_cut(message, clear);
	return -1;
}

static bool is_authentic(const struct seal *seal, const struct made *made,
			 struct span message)
{
	struct span covered =
		span_of(message.data, message.len - made->icv_len);
	struct span icv = span_of(message.data + covered.len, made->icv_len);
	uint8_t ours[ICV_MAX];

	return !made->integ ||
	       (!integ(seal->integ, seal->integ_key, &covered, 1, ours) &&
		crypto_equal(span_of(ours, made->icv_len), icv));
}

int seal_open(const struct seal *seal, struct span message, size_t clear,
	      struct buf *plain)
{
	size_t start = plain->len;
	size_t text_len, pad;
	const uint8_t *text;
	struct made made;
	uint8_t *out;

	if (!make(seal, &made) || !keys_fit(seal, &made) ||
	    clear > message.len ||
	    message.len - clear < made.iv_len + made.block_len + made.icv_len)
		return -1;
	text_len = message.len - clear - made.iv_len - made.icv_len;
	text = message.data + clear + made.iv_len;
	/* Authentic first: what a padding says must not be heard before. */
	if (text_len % made.block_len || !is_authentic(seal, &made, message))
		return -1;
	out = buf_extend(plain, text_len);
	if (!out)
		return -1;
	if (!crypt(seal, &made, span_of(message.data, clear),
		   message.data + clear, span_of(text, text_len), out,
		   (uint8_t *)text + text_len, false) ||
	    out[text_len - 1] >= text_len) {
		buf_cut(plain, start);
		return -1;
	}
	pad = out[text_len - 1];
	buf_cut(plain, start + text_len - 1 - pad);
	return 0;
}
