/* SPDX-License-Identifier: GPL-2.0-only */
/* The algorithms: one row each, numbered as IANA does. */
#ifndef ADIT_ALG_H
#define ADIT_ALG_H

#include <linux/types.h>
#include <uapi/linux/adit.h>

#include "proto.h"

#define ADIT_ALG_MAX_KEYS 3

/**
 * struct adit_alg - an algorithm of an IKEv2 transform
 * @transform: ADIT_TRANSFORM_ENCR or ADIT_TRANSFORM_INTEG
 * @id: IANA's transform id
 * @name: as the specification has it
 * @crypto_name: of the kernel's crypto API; one that does encryption and
 *	integrity if @aead, else one half of an authenc()
 * @key_len: the key lengths in octets, without the salt; ended by a 0
 * @salt_len: octets of the key material behind the key, which begin the nonce
 * @iv_len: octets of IV in each packet
 * @icv_len: octets of ICV in each packet
 * @block: octets that the ciphertext is a multiple of
 * @flags: what the cipher's own IV begins with, in front of the salt: for CCM
 *	the octet that says how long its counter is (RFC 4309, 4); 0 for nothing
 * @counter: what the cipher's own IV ends with: for CTR the first block's
 *	number (RFC 3686, 4); 0 for nothing
 * @aead: an AEAD of the kernel's; one for encryption protects integrity as
 *	well, one for integrity is for AH only (RFC 4543, 4)
 * @auth_only: an AEAD that encrypts nothing (RFC 4543)
 * @implicit_iv: the IV is the sequence number and not in the packet (RFC 8750)
 * @legacy: broken or nearly so, and there for old peers: used only if that is
 *	said for each SA
 * @random_iv: the IV must be unpredictable (RFC 3602, 3); else it only must
 *	not repeat, and is the sequence number (RFC 4106, 3.1; RFC 7634, 2)
 */
struct adit_alg {
	u8 transform;
	u16 id;
	const char *name;
	const char *crypto_name;
	u8 key_len[ADIT_ALG_MAX_KEYS + 1];
	u8 salt_len;
	u8 iv_len;
	u8 icv_len;
	u8 block;
	u8 flags;
	u8 counter;
	bool aead;
	bool auth_only;
	bool implicit_iv;
	bool legacy;
	bool random_iv;
};

extern const struct adit_alg adit_algs[];
extern const unsigned int adit_alg_count;

const struct adit_alg *adit_alg_get(u8 transform, u16 id);
const char *adit_alg_refused(u8 transform, u16 id);
bool adit_alg_key_len_ok(const struct adit_alg *alg, unsigned int len);
bool adit_alg_usable(const struct adit_alg *alg);
size_t adit_alg_list_ids(u8 transform, char *buf, size_t size);
size_t adit_alg_list_key_lens(const struct adit_alg *alg, char *buf,
			      size_t size);

#endif
