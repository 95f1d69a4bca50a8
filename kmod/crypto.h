/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Keys and the cipher of one SA, on the kernel's crypto API. Encryption with
 * separate integrity is one AEAD here too: the API's authenc(), and with
 * 64-bit sequence numbers its authencesn().
 *
 * One completion rule. adit_crypto_seal() and adit_crypto_open() give back
 *
 *   0            done, the caller goes on
 *   -EINPROGRESS the packet is the cipher's; the callback goes on with it
 *   other        failed, the caller drops the packet
 *
 * and the callback gets 0 or an error. Packets keep their order: a driver that
 * has answered one request asynchronously on a CPU does so with all that
 * follow there until its queue is empty (crypto/simd.c), and what has been
 * answered at once is sent before bottom halves, and with them the queue's
 * worker, get the CPU.
 */
#ifndef ADIT_CRYPTO_H
#define ADIT_CRYPTO_H

#include <linux/skbuff.h>
#include <linux/types.h>

#include "alg.h"

struct crypto_aead;
struct crypto_shash;

/**
 * struct adit_keys - what a cipher is made from
 * @encr: encryption algorithm, NULL for AH
 * @integ: integrity algorithm, NULL with an AEAD
 * @encr_key: key, then salt; borrowed
 * @integ_key: borrowed
 * @encr_key_len: octets of @encr_key
 * @integ_key_len: octets of @integ_key
 */
struct adit_keys {
	const struct adit_alg *encr;
	const struct adit_alg *integ;
	const u8 *encr_key;
	const u8 *integ_key;
	unsigned int encr_key_len;
	unsigned int integ_key_len;
};

/**
 * struct adit_crypto - the cipher of an SA
 * @tfm: the transform, keyed; owned; NULL if there is @mac
 * @mac: the keyed hash of an AH SA; owned
 * @encr: encryption algorithm, NULL with AH
 * @integ: integrity algorithm, NULL with an AEAD
 * @nonce: what each IV of the cipher begins with: &adit_alg.flags, salt
 * @nonce_len: octets of @nonce
 * @salt_len: octets of salt at its end
 * @iv_len: octets of IV in each packet
 * @icv_len: octets of ICV in each packet
 * @block: octets that payload and trailer are a multiple of
 * @key_bits: length of the encryption key without salt
 * @esn: the ICV covers 64-bit sequence numbers
 * @async: may answer through the callback
 */
struct adit_crypto {
	struct crypto_aead *tfm;
	struct crypto_shash *mac;
	const struct adit_alg *encr;
	const struct adit_alg *integ;
	u8 nonce[4];
	u8 nonce_len;
	u8 salt_len;
	u8 iv_len;
	u8 icv_len;
	u8 block;
	u16 key_bits;
	bool esn;
	bool async;
};

/**
 * typedef adit_crypto_done_t - what goes on with a packet when the cipher,
 * having answered -EINPROGRESS, is done
 * @skb: the packet, given to the function
 * @err: 0, -EBADMSG if the ICV does not verify, or another error
 *
 * Context: bottom halves off.
 */
typedef void (*adit_crypto_done_t)(struct sk_buff *skb, int err);

int adit_crypto_init(struct adit_crypto *crypto, const struct adit_keys *keys,
		     bool esn);
void adit_crypto_uninit(struct adit_crypto *crypto);
const char *adit_crypto_backend(const struct adit_crypto *crypto);

int adit_crypto_seal(const struct adit_crypto *crypto, struct sk_buff *skb,
		     u8 *esp, unsigned int len, u64 seq,
		     adit_crypto_done_t done);
int adit_crypto_open(const struct adit_crypto *crypto, struct sk_buff *skb,
		     u8 *esp, unsigned int len, u64 seq,
		     adit_crypto_done_t done);

/**
 * adit_crypto_has_keys() - has it been made?
 * @crypto: the cipher, all zero before
 *
 * Return: whether it has.
 */
static inline bool adit_crypto_has_keys(const struct adit_crypto *crypto)
{
	return crypto->tfm || crypto->mac;
}

static inline bool adit_crypto_is_legacy(const struct adit_crypto *crypto)
{
	return (crypto->encr && crypto->encr->legacy) ||
	       (crypto->integ && crypto->integ->legacy);
}

int adit_crypto_module_init(void);
void adit_crypto_module_exit(void);

#endif
