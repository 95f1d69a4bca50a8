/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * AUTH payloads, made and checked (RFC 7296, 2.15): what the keys process
 * answers. It takes no time but for RSA.
 */
#ifndef ADITD_KEYS_AUTH_H
#define ADITD_KEYS_AUTH_H

#include <time.h>

#include "../core/env.h"
#include "store.h"
#include "x509.h"

enum { KEYS_CERTS_MAX = X509_CHAIN_MAX + 1 };

/* An answer, and what its spans and texts are views of. */
struct keys_reply {
	struct env_auth_reply reply;
	struct buf auth;
	struct buf certs[KEYS_CERTS_MAX];
	struct span spans[KEYS_CERTS_MAX];
	struct buf packet; /* of EAP */
	char eap_id[IDENT_TEXT_SIZE];
	struct err err;
};

/* Never fails, but may answer so. */
void keys_auth(const struct keys_store *store, const struct env_auth *auth,
	       time_t now, struct keys_reply *reply);
void keys_reply_free(struct keys_reply *reply);

/*
 * The keys with a PPK in them, in the reply's auth: prf+(PPK, SK_d), and so on
 * (RFC 8784, 3). Never fails, but may answer so.
 */
void keys_ppk(const struct keys_store *store, const struct env_ppk *ppk,
	      struct keys_reply *reply);
bool keys_has_ppk(const struct keys_store *store);

/* prf(prf(secret, "Key Pad for IKEv2"), octets), also for the MSK of EAP. */
int keys_psk_auth(uint16_t prf_id, struct span secret, struct span octets,
		  uint8_t *out);

/*
 * Append the key ids, 20 octets each, of all CAs, for CERTREQ payloads; set those
 * of the round's own ones. Of files there is only the name, any will do then.
 */
void keys_ca_ids(const struct keys_store *store, struct buf *ids);
int keys_read_ca_ids(struct conf_round *round, struct err *err);

/* The subject of a certificate, PEM; false if it is none. */
bool keys_show_cert(const char *text, char *subject, size_t size);

/* Set the identity of who has none configured, but a certificate. */
void keys_read_cert_id(struct conf_round *round);

/*
 * The chain of the certificate that the peer sent, to be freed, if it may be
 * trusted but for revocation; or NULL. Whether it is the peer's, AUTH says.
 */
STACK_OF(X509) * keys_peer_chain(const struct keys_store *store,
				 const struct env_auth *auth, time_t now);

/* Is all right with it, but perhaps revocation? */
bool keys_is_good_so_far(const struct keys_store *store,
			 const struct env_auth *auth, time_t now);

#endif
