/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Algorithms: one row for each transform of RFC 7296, 3.3.2, with IANA's type
 * and id, the words of proposals that mean it, and what libcrypto calls it.
 */
#ifndef ADITD_CRYPTO_ALG_H
#define ADITD_CRYPTO_ALG_H

#include <stdbool.h>
#include <stdint.h>

#include "../proto/v2.h"

/* How libcrypto is used for it. */
enum crypto_kind {
	CRYPTO_NONE, /* nothing to compute, or only in the kernel */
	CRYPTO_CBC,
	CRYPTO_CTR,
	CRYPTO_GCM, /* also ChaCha20-Poly1305, which has the same calls */
	CRYPTO_CCM,
	CRYPTO_HMAC,
	CRYPTO_CMAC,
	CRYPTO_XCBC,
	CRYPTO_MODP,
	CRYPTO_ECP,
	CRYPTO_XDH, /* X25519 and X448 */
	CRYPTO_KEM,
};

struct crypto_alg {
	uint8_t type; /* TRANSFORM_ENCR ... */
	uint16_t id;
	enum crypto_kind kind;
	const char *name; /* as strongSwan shows it: "AES_GCM_16" */
	const char *ossl; /* libcrypto's name, with %u for the key's bits */
	uint16_t key_bits[4]; /* of ENCR, up to a 0; none if it is fixed */
	uint16_t key_len; /* octets of a key of fixed length, salt apart */
	uint8_t salt_len;
	uint8_t iv_len; /* as on the wire */
	uint8_t block_len;
	uint8_t icv_len; /* of AEAD and INTEG */
	uint16_t out_len; /* of PRF; of KE the public value of the initiator */
	uint16_t answer_len; /* of KE the share of the responder */
	uint16_t secret_len; /* of KE */
	bool aead;
	bool legacy; /* only if a connection names it */
	bool esp; /* the kernel's: also in proposals of ESP and AH */
	bool ike; /* IKE can use it */
};

/* NULL if it is not known. */
const struct crypto_alg *crypto_alg(uint8_t type, uint16_t id);

/* The next row of that type after @last, NULL for the first; for tables. */
const struct crypto_alg *crypto_alg_next(uint8_t type,
					 const struct crypto_alg *last);

/* Has it keys of so many bits? 0 stands for "no attribute". */
bool crypto_alg_has_bits(const struct crypto_alg *alg, unsigned int bits);

/* Does libcrypto, as it is installed here, have it? */
bool crypto_alg_usable(const struct crypto_alg *alg);

#endif
