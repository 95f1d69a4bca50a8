/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How something is signed, and the AlgorithmIdentifiers that say so (RFC 7427,
 * appendix A, RFC 8420).
 */
#ifndef ADITD_CRYPTO_SIG_ALG_H
#define ADITD_CRYPTO_SIG_ALG_H

#include <openssl/evp.h>

#include "../../lib/buf.h"

enum sig_kind { SIG_PKCS1, SIG_PSS, SIG_ECDSA, SIG_EDDSA };

struct sig_alg {
	enum sig_kind kind;
	const char *type; /* libcrypto's, of the key */
	uint16_t hash;
	int salt_len; /* of PSS */
};

/* As they are sent. */
struct sig_scheme {
	struct sig_alg alg;
	struct span der;
};

/* The best one for a key that the peer takes; NULL if there is none. */
const struct sig_scheme *sig_scheme_pick(EVP_PKEY *key, uint32_t hashes,
					 bool pss);

/* Also with what nobody sends, as another length of the salt. */
bool sig_alg_read(struct span der, struct sig_alg *alg);

/* A key of RSASSA-PSS makes and checks only that. */
bool sig_alg_fits(const struct sig_alg *alg, EVP_PKEY *key);

#endif
