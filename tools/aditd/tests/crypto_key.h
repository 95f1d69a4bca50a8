/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keys that are made for a test. */
#ifndef ADITD_TESTS_CRYPTO_KEY_H
#define ADITD_TESTS_CRYPTO_KEY_H

#include <openssl/evp.h>

/* "rsa2048", "rsa1024", "rsa-pss", "P-256", "ED25519", ...; owned. */
EVP_PKEY *test_key(const char *kind);

#endif
