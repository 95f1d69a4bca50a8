// SPDX-License-Identifier: GPL-2.0-only
/* ICVs for AH, with the kernel's hashes, and with its GCM for AES-GMAC. */

#include <linux/scatterlist.h>
#include <linux/slab.h>
#include <crypto/aead.h>
#include <crypto/hash.h>

#include "compat.h"
#include "mac.h"

/* What a GMAC needs that must not be on a stack. */
struct gmac {
	u8 iv[ADIT_MAX_IV_LEN];
	struct {
		__be32 seq_hi;
		u8 tag[16];
	} __packed end;
	struct scatterlist sg[2];
	/* Last: the cipher's own context follows it. */
	struct aead_request aead;
};

static int init_hash(struct adit_crypto *crypto, const struct adit_keys *keys)
{
	crypto->mac = crypto_alloc_shash(keys->integ->crypto_name, 0, 0);
	if (IS_ERR(crypto->mac))
		return PTR_ERR(crypto->mac);
	return crypto_shash_setkey(crypto->mac, keys->integ_key,
				   keys->integ_key_len);
}

static int init_gmac(struct adit_crypto *crypto, const struct adit_keys *keys)
{
	unsigned int key_len = keys->integ_key_len - keys->integ->salt_len;

	/* One that answers at once. */
	crypto->tfm = crypto_alloc_aead(keys->integ->crypto_name, 0,
					CRYPTO_ALG_ASYNC);
	if (IS_ERR(crypto->tfm))
		return PTR_ERR(crypto->tfm);
	memcpy(crypto->nonce, keys->integ_key + key_len,
	       keys->integ->salt_len);
	return crypto_aead_setkey(crypto->tfm, keys->integ_key, key_len) ?:
	       crypto_aead_setauthsize(crypto->tfm, crypto->icv_len);
}

/**
 * adit_mac_init() - key the integrity algorithm of an AH SA
 * @crypto: where to; its lengths have been filled in
 * @keys: algorithm and key, whose length has been checked; copied
 *
 * Context: may sleep, may load modules.
 * Return: 0, -ENOENT if the running kernel lacks the algorithm, or another
 * error; what there is then is adit_crypto_uninit()'s to free.
 */
int adit_mac_init(struct adit_crypto *crypto, const struct adit_keys *keys)
{
	return keys->integ->aead ? init_gmac(crypto, keys) :
				   init_hash(crypto, keys);
}

static int compute_hash(const struct adit_crypto *crypto, const u8 *data,
			unsigned int len, __be32 seq_hi, u8 *icv)
{
	SHASH_DESC_ON_STACK(desc, crypto->mac);
	u8 digest[HASH_MAX_DIGESTSIZE];
	int err;

	desc->tfm = crypto->mac;
	err = crypto_shash_init(desc) ?:
	      crypto_shash_update(desc, data, len);
	if (!err && crypto->esn)
		err = crypto_shash_update(desc, (const u8 *)&seq_hi,
					  sizeof(seq_hi));
	err = err ?: crypto_shash_final(desc, digest);
	memcpy(icv, digest, crypto->icv_len);
	shash_desc_zero(desc);
	return err;
}

/*
 * The IV is in the packet in front of the tag (RFC 4543, 4). It is made of the
 * sequence number, so that it never repeats.
 */
static int compute_gmac(const struct adit_crypto *crypto, const u8 *data,
			unsigned int len, __be32 seq_hi, u8 *icv)
{
	unsigned int aad_len = len + (crypto->esn ? sizeof(seq_hi) : 0);
	struct gmac *gmac;
	int err;

	gmac = kzalloc(sizeof(*gmac) + crypto_aead_reqsize(crypto->tfm),
		       GFP_ATOMIC);
	if (!gmac)
		return -ENOMEM;
	memcpy(gmac->iv, crypto->nonce, crypto->nonce_len);
	memcpy(gmac->iv + crypto->nonce_len, icv, crypto->iv_len);
	gmac->end.seq_hi = seq_hi;
	sg_init_table(gmac->sg, 2);
	sg_set_buf(&gmac->sg[0], data, len);
	if (crypto->esn)
		sg_set_buf(&gmac->sg[1], &gmac->end, sizeof(gmac->end));
	else
		sg_set_buf(&gmac->sg[1], gmac->end.tag,
			   sizeof(gmac->end.tag));
	aead_request_set_tfm(&gmac->aead, crypto->tfm);
	aead_request_set_callback(&gmac->aead, 0, NULL, NULL);
	aead_request_set_ad(&gmac->aead, aad_len);
	aead_request_set_crypt(&gmac->aead, gmac->sg, gmac->sg, 0, gmac->iv);
	err = crypto_aead_encrypt(&gmac->aead);
	memcpy(icv + crypto->iv_len, gmac->end.tag, crypto->icv_len);
	kfree_sensitive(gmac);
	return err;
}

/**
 * adit_mac_compute() - the ICV of a packet
 * @crypto: the keyed algorithm
 * @data: what the ICV covers, in the linear part of a packet
 * @len: octets of it
 * @seq: the whole sequence number; its upper half follows @data with ESN
 *	(RFC 4302, 2.5.1)
 * @icv: the IV if the algorithm has one; behind it the ICV is written
 *
 * Context: any, does not sleep.
 * Return: 0 or an error; then what was written is of no use.
 */
int adit_mac_compute(const struct adit_crypto *crypto, const u8 *data,
		     unsigned int len, u64 seq, u8 *icv)
{
	__be32 seq_hi = cpu_to_be32(upper_32_bits(seq));

	return crypto->mac ? compute_hash(crypto, data, len, seq_hi, icv) :
			     compute_gmac(crypto, data, len, seq_hi, icv);
}
