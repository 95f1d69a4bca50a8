/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Signatures of AUTH payloads: RSA and ECDSA with the methods of RFC 7296 and
 * RFC 4754, all with RFC 7427's digital signature.
 */
#ifndef ADITD_CRYPTO_SIG_H
#define ADITD_CRYPTO_SIG_H

#include <openssl/evp.h>

#include "../../lib/buf.h"
#include "../../lib/err.h"

/*
 * Sign @octets. @hashes has the bit 1 << n for each of RFC 7427's hash algorithms
 * n that the peer takes, 0 if it does not know RFC 7427. Appends what stands in the AUTH
 * payload behind the method, and sets @method.
 */
int sig_sign(EVP_PKEY *key, struct span octets, uint32_t hashes, bool pss,
	     uint8_t *method, struct buf *auth, struct err *err);

/* What was made with. */
struct sig_used {
	uint16_t hash; /* RFC 7427's number */
	bool pss;
};

/* The error says what is wrong, as "signed with RSA and SHA1, which ...". */
int sig_verify(EVP_PKEY *key, struct span octets, uint8_t method,
	       struct span auth, struct sig_used *used, struct err *err);

/* RFC 7427's number of the hash that OpenSSL calls so, 0 if it is another. */
uint16_t sig_hash_of_nid(int nid);

#endif
