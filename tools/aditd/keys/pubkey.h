/* SPDX-License-Identifier: GPL-2.0-or-later */
/* AUTH with private keys and certificates; the part of auth.h that is long. */
#ifndef ADITD_KEYS_PUBKEY_H
#define ADITD_KEYS_PUBKEY_H

#include "auth.h"

/* Is there a key for that identity, with a certificate or a public key? */
bool pubkey_can_sign(const struct keys_store *store,
		     const struct env_auth *auth);

/* That one; the certificate, NULL for a raw key, is counted. */
int pubkey_find(const struct keys_store *store, const struct env_auth *auth,
		X509 **cert, EVP_PKEY **key, struct err *err);

/* Are they octets that IKEv2 signs? Nothing else gets a signature. */
int pubkey_check_octets(const struct env_auth *auth, struct err *err);

int pubkey_sign(const struct keys_store *store, const struct env_auth *auth,
		struct keys_reply *reply);
int pubkey_verify(const struct keys_store *store, const struct env_auth *auth,
		  time_t now, struct err *err);

#endif
