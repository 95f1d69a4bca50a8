// SPDX-License-Identifier: GPL-2.0-only
/* Sealing and opening one ESP packet with the kernel's crypto API. */

#include <linux/percpu.h>
#include <linux/random.h>
#include <linux/rtnetlink.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>
#include <crypto/aead.h>
#include <crypto/authenc.h>
#include <crypto/hash.h>

#include "compat.h"
#include "crypto.h"
#include "mac.h"

/* Request contexts up to this size come from the per-CPU cache. */
#define CACHED_CTX_SIZE 1024

/*
 * One request and all that it points to. It is in use from adit_crypto_seal()
 * or _open() until the cipher is done with it. Each CPU keeps one, so that
 * a cipher that answers at once never allocates; whoever finds the place
 * empty, because a request is in flight or being made there, allocates.
 */
struct request {
	struct sk_buff *skb;
	adit_crypto_done_t done;
	u8 iv[ADIT_MAX_IV_LEN];
	u8 aad[ADIT_MAX_AAD_LEN];
	struct scatterlist sg[2];
	bool cached;
	/* Last: the cipher's own context follows it. */
	struct aead_request aead;
};

struct cache {
	local_lock_t bh_lock; /* @request, where BH off does not pin the CPU */
	struct request *request;
};

static DEFINE_PER_CPU(struct cache, cache) = {
	.bh_lock = INIT_LOCAL_LOCK(bh_lock),
};

/* Put @new into this CPU's place; what was there is the caller's. */
static struct request *cache_swap(struct request *new)
{
	struct request *old;

	local_lock_nested_bh(&cache.bh_lock);
	old = __this_cpu_read(cache.request);
	__this_cpu_write(cache.request, new);
	local_unlock_nested_bh(&cache.bh_lock);
	return old;
}

static struct request *request_alloc(unsigned int ctx_size, gfp_t gfp)
{
	return kmalloc(sizeof(struct request) + ctx_size, gfp);
}

static struct request *request_get(const struct adit_crypto *crypto)
{
	unsigned int ctx_size = crypto_aead_reqsize(crypto->tfm);
	struct request *req;

	if (likely(ctx_size <= CACHED_CTX_SIZE)) {
		req = cache_swap(NULL);
		if (likely(req))
			return req;
		req = request_alloc(CACHED_CTX_SIZE, GFP_ATOMIC);
		if (req)
			req->cached = true;
		return req;
	}
	req = request_alloc(ctx_size, GFP_ATOMIC);
	if (req)
		req->cached = false;
	return req;
}

/* The IV and the plaintext's remains are no secret worth a wipe here. */
static void request_put(struct request *req)
{
	if (likely(req->cached))
		req = cache_swap(req);
	kfree(req);
}

static void request_done(compat_crypto_data_t *data, int err)
{
	struct request *req = compat_crypto_data(data);
	struct sk_buff *skb = req->skb;
	adit_crypto_done_t done = req->done;

	/* A request that was queued for lack of room begins only now. */
	if (err == -EINPROGRESS)
		return;
	local_bh_disable();
	request_put(req);
	done(skb, err);
	local_bh_enable();
}

/*
 * What the ICV covers besides the ciphertext: SPI and sequence number, in full
 * length with ESN (RFC 4106, 5; RFC 7634, 2.1; RFC 4303, 2.2.1), and with a
 * separate integrity algorithm the IV (RFC 4303, 2.8). authencesn() takes the
 * number's halves in this order and puts the upper one where RFC 4303 wants it.
 */
static unsigned int put_aad(const struct adit_crypto *crypto, u8 *aad,
			    const u8 *esp, u64 seq)
{
	unsigned int len = 4;

	memcpy(aad, esp, 4);
	if (crypto->esn) {
		put_unaligned_be32(seq >> 32, aad + len);
		len += 4;
	}
	put_unaligned_be32((u32)seq, aad + len);
	len += 4;
	if (crypto->integ) {
		memcpy(aad + len, esp + ADIT_ESP_HDR_LEN, crypto->iv_len);
		len += crypto->iv_len;
	}
	return len;
}

/* What the cipher takes for its IV: of the SA, of the packet, and a counter. */
static void put_iv(const struct adit_crypto *crypto, u8 *to, const u8 *iv,
		   u64 seq)
{
	memset(to, 0, ADIT_MAX_IV_LEN);
	memcpy(to, crypto->nonce, sizeof(crypto->nonce));
	if (crypto->encr->implicit_iv)
		put_unaligned_be64(crypto->esn ? seq : (u32)seq,
				   to + crypto->nonce_len);
	else
		memcpy(to + crypto->nonce_len, iv, crypto->iv_len);
	if (crypto->encr->counter)
		to[ADIT_MAX_IV_LEN - 1] = crypto->encr->counter;
}

static struct request *request_make(const struct adit_crypto *crypto,
				    struct sk_buff *skb, u8 *esp,
				    unsigned int data_len, u64 seq,
				    adit_crypto_done_t done)
{
	u8 *iv = esp + ADIT_ESP_HDR_LEN;
	struct request *req;
	unsigned int aad_len;

	req = request_get(crypto);
	if (unlikely(!req))
		return NULL;
	req->skb = skb;
	req->done = done;
	put_iv(crypto, req->iv, iv, seq);
	aad_len = put_aad(crypto, req->aad, esp, seq);

	sg_init_table(req->sg, 2);
	sg_set_buf(&req->sg[0], req->aad, aad_len);
	if (crypto->encr->auth_only) {
		/* All of the packet but the ICV is AAD (RFC 4543, 3.3). */
		sg_set_buf(&req->sg[1], iv, crypto->iv_len + data_len);
		aad_len += crypto->iv_len + data_len - crypto->icv_len;
	} else {
		sg_set_buf(&req->sg[1], iv + crypto->iv_len, data_len);
	}

	aead_request_set_tfm(&req->aead, crypto->tfm);
	aead_request_set_callback(&req->aead, 0, request_done, req);
	aead_request_set_ad(&req->aead, aad_len);
	return req;
}

/* The packet is the cipher's from here on, unless the answer is immediate. */
static int request_finish(struct request *req, int err)
{
	if (unlikely(err == -EINPROGRESS))
		return err;
	request_put(req);
	return err;
}

/**
 * adit_crypto_seal() - encrypt a packet in place and put its ICV behind it
 * @crypto: the cipher
 * @skb: the packet; @esp lies in its linear part, which nobody shares
 * @esp: the ESP header, filled in; behind it room for the IV, payload with
 *	trailer, and room for the ICV
 * @len: octets of payload with trailer, a multiple of the cipher's block
 * @seq: the whole sequence number
 * @done: what goes on if the answer is -EINPROGRESS
 *
 * Context: bottom halves off.
 * Return: see the completion rule on top of crypto.h; -ENOMEM without memory.
 */
int adit_crypto_seal(const struct adit_crypto *crypto, struct sk_buff *skb,
		     u8 *esp, unsigned int len, u64 seq,
		     adit_crypto_done_t done)
{
	u8 *iv = esp + ADIT_ESP_HDR_LEN;
	struct request *req;

	if (crypto->encr->random_iv)
		get_random_bytes(iv, crypto->iv_len);
	else if (crypto->iv_len)
		put_unaligned_be64(seq, iv);

	req = request_make(crypto, skb, esp, len + crypto->icv_len, seq, done);
	if (unlikely(!req))
		return -ENOMEM;
	aead_request_set_crypt(&req->aead, req->sg, req->sg,
			       crypto->encr->auth_only ? 0 : len, req->iv);
	return request_finish(req, crypto_aead_encrypt(&req->aead));
}

/**
 * adit_crypto_open() - verify the ICV of a packet and decrypt it in place
 * @crypto: the cipher
 * @skb: the packet; @esp lies in its linear part, which nobody shares
 * @esp: the ESP header; behind it IV, ciphertext and ICV
 * @len: octets of ciphertext with ICV
 * @seq: the whole sequence number, a guess until this verifies it
 * @done: what goes on if the answer is -EINPROGRESS
 *
 * Context: bottom halves off.
 * Return: see the completion rule on top of crypto.h; -EBADMSG if the ICV does
 * not verify, -ENOMEM without memory.
 */
int adit_crypto_open(const struct adit_crypto *crypto, struct sk_buff *skb,
		     u8 *esp, unsigned int len, u64 seq,
		     adit_crypto_done_t done)
{
	struct request *req;

	req = request_make(crypto, skb, esp, len, seq, done);
	if (unlikely(!req))
		return -ENOMEM;
	aead_request_set_crypt(&req->aead, req->sg, req->sg,
			       crypto->encr->auth_only ? crypto->icv_len : len,
			       req->iv);
	return request_finish(req, crypto_aead_decrypt(&req->aead));
}

/* authenc() takes both keys as one, behind a header (crypto/authenc.h). */
static int set_authenc_key(struct crypto_aead *tfm,
			   const struct adit_keys *keys, unsigned int key_len)
{
	struct crypto_authenc_key_param *param;
	unsigned int len;
	struct rtattr *rta;
	u8 *blob, *p;
	int err;

	len = RTA_SPACE(sizeof(*param)) + keys->integ_key_len + key_len;
	blob = kzalloc(len, GFP_KERNEL);
	if (!blob)
		return -ENOMEM;
	rta = (struct rtattr *)blob;
	rta->rta_type = CRYPTO_AUTHENC_KEYA_PARAM;
	rta->rta_len = RTA_LENGTH(sizeof(*param));
	param = RTA_DATA(rta);
	param->enckeylen = cpu_to_be32(key_len);
	p = blob + RTA_SPACE(sizeof(*param));
	memcpy(p, keys->integ_key, keys->integ_key_len);
	memcpy(p + keys->integ_key_len, keys->encr_key, key_len);
	err = crypto_aead_setkey(tfm, blob, len);
	kfree_sensitive(blob);
	return err;
}

static struct crypto_aead *alloc_tfm(const struct adit_keys *keys, bool esn)
{
	char name[CRYPTO_MAX_ALG_NAME];

	if (keys->encr->aead)
		return crypto_alloc_aead(keys->encr->crypto_name, 0, 0);
	snprintf(name, sizeof(name), "%s(%s,%s)",
		 esn ? "authencesn" : "authenc", keys->integ->crypto_name,
		 keys->encr->crypto_name);
	return crypto_alloc_aead(name, 0, 0);
}

static int set_keys(struct adit_crypto *crypto, const struct adit_keys *keys)
{
	unsigned int key_len = keys->encr_key_len - crypto->salt_len;
	int err;

	crypto->key_bits = key_len * BITS_PER_BYTE;
	memcpy(crypto->nonce + crypto->nonce_len - crypto->salt_len,
	       keys->encr_key + key_len, crypto->salt_len);
	if (crypto->integ)
		err = set_authenc_key(crypto->tfm, keys, key_len);
	else
		err = crypto_aead_setkey(crypto->tfm, keys->encr_key, key_len);
	return err ?: crypto_aead_setauthsize(crypto->tfm, crypto->icv_len);
}

static int init_tfm(struct adit_crypto *crypto, const struct adit_keys *keys)
{
	crypto->tfm = alloc_tfm(keys, crypto->esn);
	if (IS_ERR(crypto->tfm))
		return PTR_ERR(crypto->tfm);
	crypto->async = crypto_aead_alg(crypto->tfm)->base.cra_flags &
			CRYPTO_ALG_ASYNC;
	return set_keys(crypto, keys);
}

/**
 * adit_crypto_init() - make the cipher of an SA
 * @crypto: where to
 * @keys: algorithms and keys, whose lengths have been checked; copied
 * @esn: sequence numbers have 64 bits
 *
 * Context: may sleep, may load modules.
 * Return: 0, -ENOENT if the running kernel lacks an algorithm, or another
 * error; then there is nothing to undo.
 */
int adit_crypto_init(struct adit_crypto *crypto, const struct adit_keys *keys,
		     bool esn)
{
	const struct adit_alg *mac = keys->integ ?: keys->encr;
	const struct adit_alg *lead = keys->encr ?: keys->integ;
	int err;

	crypto->encr = keys->encr;
	crypto->integ = keys->integ;
	crypto->salt_len = lead->salt_len;
	crypto->nonce_len = crypto->salt_len + !!lead->flags;
	crypto->nonce[0] = lead->flags;
	crypto->iv_len = lead->iv_len;
	crypto->icv_len = mac->icv_len;
	crypto->block = lead->block;
	crypto->esn = esn;

	err = keys->encr ? init_tfm(crypto, keys) : adit_mac_init(crypto, keys);
	if (err)
		adit_crypto_uninit(crypto);
	return err;
}

/**
 * adit_crypto_uninit() - wipe the keys and free the cipher
 * @crypto: the cipher; one that was never made is left alone
 *
 * Context: may sleep; no request is in flight.
 */
void adit_crypto_uninit(struct adit_crypto *crypto)
{
	memzero_explicit(crypto->nonce, sizeof(crypto->nonce));
	if (!IS_ERR_OR_NULL(crypto->tfm))
		crypto_free_aead(crypto->tfm);
	if (!IS_ERR_OR_NULL(crypto->mac))
		crypto_free_shash(crypto->mac);
	crypto->tfm = NULL;
	crypto->mac = NULL;
}

/**
 * adit_crypto_backend() - which implementation of the kernel serves
 * @crypto: the cipher
 *
 * Return: the driver's name, good as long as @crypto.
 */
const char *adit_crypto_backend(const struct adit_crypto *crypto)
{
	if (crypto->mac)
		return crypto_shash_driver_name(crypto->mac);
	return crypto->tfm ? crypto_aead_driver_name(crypto->tfm) : "";
}

/**
 * adit_crypto_module_init() - fill the cache of requests
 *
 * Return: 0 or -ENOMEM.
 */
int adit_crypto_module_init(void)
{
	struct request *req;
	int cpu;

	for_each_possible_cpu(cpu) {
		req = request_alloc(CACHED_CTX_SIZE, GFP_KERNEL);
		if (!req) {
			adit_crypto_module_exit();
			return -ENOMEM;
		}
		req->cached = true;
		per_cpu(cache, cpu).request = req;
	}
	return 0;
}

/**
 * adit_crypto_module_exit() - empty the cache of requests
 *
 * Context: no SA is left.
 */
void adit_crypto_module_exit(void)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		kfree(per_cpu(cache, cpu).request);
		per_cpu(cache, cpu).request = NULL;
	}
}
