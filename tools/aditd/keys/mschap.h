/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The computations of MS-CHAP-V2 (RFC 2759, 8) and its keys (RFC 3079, 3), by
 * the names that they have there. MD4 is in OpenSSL's legacy provider. Pure,
 * but for that provider.
 */
#ifndef ADITD_KEYS_MSCHAP_H
#define ADITD_KEYS_MSCHAP_H

#include <openssl/provider.h>

#include "../../lib/buf.h"
#include "../../lib/err.h"

enum {
	MSCHAP_CHALLENGE_LEN = 16,
	MSCHAP_HASH_LEN = 16, /* of a password: what "ntlm" secrets are */
	MSCHAP_RESPONSE_LEN = 24,
	MSCHAP_PROOF_LEN = 20, /* "S=" of the server, binary */
	MSCHAP_PASSWORD_MAX = 256, /* characters */
	MSCHAP_MSK_LEN = 64,
};

/* Once, where files can be read. What is missing, mschap_check() says. */
struct mschap_providers {
	OSSL_PROVIDER *usual, *legacy;
};

void mschap_load(struct mschap_providers *providers);
void mschap_unload(struct mschap_providers *providers);

/* Is there MD4? The error says which provider is missing. */
int mschap_check(struct err *err);

/* What both sides know of an exchange. */
struct mschap {
	uint8_t hash[MSCHAP_HASH_LEN]; /* NtPasswordHash() */
	uint8_t server[MSCHAP_CHALLENGE_LEN]; /* AuthenticatorChallenge */
	uint8_t peer[MSCHAP_CHALLENGE_LEN]; /* PeerChallenge */
	struct span name; /* without a domain in front */
};

/* NtPasswordHash(): of UTF-8; octets that are none count as Latin-1. */
int mschap_hash(struct span password, uint8_t out[MSCHAP_HASH_LEN]);

/* GenerateNTResponse() */
int mschap_response(const struct mschap *mschap,
		    uint8_t out[MSCHAP_RESPONSE_LEN]);

/* GenerateAuthenticatorResponse(), before it is made hexadecimal */
int mschap_proof(const struct mschap *mschap,
		 const uint8_t response[MSCHAP_RESPONSE_LEN],
		 uint8_t out[MSCHAP_PROOF_LEN]);

/*
 * Of EAP (draft-kamath-pppext-eap-mschapv2, 2.9): what the server receives with,
 * what it sends with, 16 octets each, and zeros.
 */
int mschap_msk(const uint8_t hash[MSCHAP_HASH_LEN],
	       const uint8_t response[MSCHAP_RESPONSE_LEN],
	       uint8_t out[MSCHAP_MSK_LEN]);

#endif
