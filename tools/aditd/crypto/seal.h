/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sealing of messages (RFC 7296, 3.14; RFC 5282): AEAD, or a cipher with an
 * integrity algorithm, behind one pair of functions.
 *
 * What is protected is one contiguous message: @clear octets that are
 * authenticated only, then the IV, then the ciphertext, then the ICV.
 */
#ifndef ADITD_CRYPTO_SEAL_H
#define ADITD_CRYPTO_SEAL_H

#include "../../lib/buf.h"

struct seal {
	uint16_t encr;
	uint16_t bits; /* of the encryption key, salt apart */
	uint16_t integ; /* 0 with AEAD */
	struct span encr_key; /* with the salt behind it; borrowed */
	struct span integ_key;
};

/* What keymat is to have for one direction; 0 if the algorithm is not known. */
size_t seal_encr_key_len(uint16_t encr, uint16_t bits);

/* Octets that sealing adds to that many of plaintext: IV, padding, ICV. */
size_t seal_overhead(const struct seal *seal, size_t plain);
size_t seal_iv_len(const struct seal *seal);
size_t seal_icv_len(const struct seal *seal);

/*
 * @message holds @clear octets and the plaintext behind them; in their place it
 * then has IV, ciphertext with padding, and ICV. Lengths in the clear part must
 * be right before. The IV never repeats: random for CBC, @counter for AEAD and
 * CTR. -1 if libcrypto fails.
 */
int seal_message(const struct seal *seal, uint64_t counter, struct buf *message,
		 size_t clear);

/*
 * Append the plaintext of @message, without padding, to @plain. -1 if it is not
 * authentic or malformed; @plain is then as before.
 */
int seal_open(const struct seal *seal, struct span message, size_t clear,
	      struct buf *plain);

#endif
