/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pseudorandom functions and prf+ (RFC 7296, 2.13), integrity, hashes. */
#ifndef ADITD_CRYPTO_PRF_H
#define ADITD_CRYPTO_PRF_H

#include "../../lib/buf.h"

enum {
	PRF_LEN_MAX = 64,
	HASH_LEN_MAX = 64,
	INTEG_LEN_MAX = 32,
};

/* Octets of the output, and of the key that is preferred; 0 if not known. */
size_t prf_len(uint16_t prf);

/* prf(key, parts[0] | parts[1] ...), prf_len() octets; -1 if libcrypto fails. */
int prf(uint16_t id, struct span key, const struct span *parts, size_t n,
	uint8_t *out);

/* Append prf+(key, parts ...) of that length. */
int prf_plus(uint16_t id, struct span key, const struct span *parts, size_t n,
	     size_t len, struct buf *out);

/* Octets of the ICV; 0 if not known. */
size_t integ_len(uint16_t integ);
size_t integ_key_len(uint16_t integ);

int integ(uint16_t id, struct span key, const struct span *parts, size_t n,
	  uint8_t *icv);

/*
 * RFC 7427's hash algorithms by number, SHA1 is 1. 0 octets if it is not known,
 * or is none, as the "identity" of RFC 8420.
 */
const char *hash_name(uint16_t id); /* libcrypto's, NULL if not known */
size_t hash_len(uint16_t id);
int hash(uint16_t id, const struct span *parts, size_t n, uint8_t *out);

/* In constant time. */
bool crypto_equal(struct span a, struct span b);

int crypto_random(void *out, size_t len);

#endif
