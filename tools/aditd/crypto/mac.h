/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Message authentication codes: what PRF and INTEG rows compute. */
#ifndef ADITD_CRYPTO_MAC_H
#define ADITD_CRYPTO_MAC_H

#include "../../lib/span.h"
#include "alg.h"

enum { MAC_LEN_MAX = 64 };

/* All octets of it, before truncation; 0 if libcrypto fails. */
size_t crypto_mac(const struct crypto_alg *alg, struct span key,
		  const struct span *parts, size_t n, uint8_t out[MAC_LEN_MAX]);

#endif
