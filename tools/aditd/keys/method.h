/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a connection says of signatures: "pubkey", "rsa-2048-sha256",
 * "ecdsa-384-sha384", "rsa/pss-sha512", "ed25519".
 */
#ifndef ADITD_KEYS_METHOD_H
#define ADITD_KEYS_METHOD_H

#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdbool.h>
#include <stdint.h>

#include "../../lib/err.h"

struct method {
	const char
		*type; /* of the key: "RSA", "EC", "ED25519", "ED448", or any */
	int bits; /* at least */
	uint32_t hashes; /* a bit each, 0 for all */
	bool pss;
	bool ike_only; /* "ike:", not of certificates too */
};

/* Words that mean nothing here are left out: who reads the file refuses them. */
void method_read(struct method *method, const char *text);

/* The error says what key there is, and what the connection wants. */
int method_check_key(const struct method *method, EVP_PKEY *key,
		     struct err *err);

/*
 * The same of all CAs' keys of that type, and the hashes of all signatures but
 * the root's own, which says nothing.
 */
int method_check_chain(const struct method *method, STACK_OF(X509) * chain,
		       struct err *err);

#endif
