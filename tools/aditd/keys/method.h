/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a connection says of signatures: "pubkey", "rsa-2048-sha256",
 * "rsa-3072-ecdsa-384-sha384", "rsa/pss-sha512", "ike:ed25519".
 */
#ifndef ADITD_KEYS_METHOD_H
#define ADITD_KEYS_METHOD_H

#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdbool.h>
#include <stdint.h>

#include "../../lib/err.h"
#include "../crypto/sig.h"

enum { METHOD_SCHEMES_MAX = 8 };

/* One kind of key, and what is behind it. */
struct method_scheme {
	const char *type; /* "RSA", "EC", "ED25519", "ED448"; NULL for any */
	int bits; /* at least */
	uint32_t hashes; /* a bit each, 0 for all */
	bool pss; /* and no other padding */
	bool ike; /* "ike:", only of AUTH, not of certificates */
};

struct method {
	size_t n; /* without any, all is good */
	struct method_scheme list[METHOD_SCHEMES_MAX];
};

/* Words that mean nothing here are left out: who reads the file refuses them. */
void method_read(struct method *method, const char *text);

/* What we sign with, of what the peer takes, a bit each. */
uint32_t method_hashes(const struct method *method, EVP_PKEY *key);
bool method_pss(const struct method *method, EVP_PKEY *key);

/* The error says what key there is, and what the connection wants. */
int method_check_key(const struct method *method, EVP_PKEY *key,
		     struct err *err);

/*
 * AUTH of that key, which is right. What stands behind "ike:" counts; if there is
 * nothing, what certificates must be signed with.
 */
int method_check_auth(const struct method *method, EVP_PKEY *key,
		      const struct sig_used *used, struct err *err);

/*
 * The same of all CAs' keys of that type, and the hashes of all signatures but
 * the root's own, which says nothing.
 */
int method_check_chain(const struct method *method, STACK_OF(X509) * chain,
		       struct err *err);

#endif
