// SPDX-License-Identifier: GPL-2.0-or-later
/* See crypto_key.h. */
#include "crypto_key.h"

#include <openssl/rsa.h>
#include <stdlib.h>
#include <string.h>

EVP_PKEY *test_key(const char *kind)
{
	EVP_PKEY *key = NULL;
	EVP_PKEY_CTX *ctx;

	if (strcmp(kind, "rsa-pss") == 0) {
		ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA-PSS", NULL);
		if (EVP_PKEY_keygen_init(ctx) > 0 &&
		    EVP_PKEY_CTX_set_rsa_keygen_bits(ctx, 2048) > 0)
			EVP_PKEY_generate(ctx, &key);
		EVP_PKEY_CTX_free(ctx);
		return key;
	}
	if (strncmp(kind, "rsa", 3) == 0)
		return EVP_PKEY_Q_keygen(NULL, NULL, "RSA",
					 strtoul(kind + 3, NULL, 10));
	if (strncmp(kind, "ED", 2) == 0)
		return EVP_PKEY_Q_keygen(NULL, NULL, kind);
	return EVP_PKEY_Q_keygen(NULL, NULL, "EC", kind);
}
