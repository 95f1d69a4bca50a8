/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is asked of an OCSP server, and what it answers (RFC 6960). */
#ifndef ADITD_KEYS_OCSP_H
#define ADITD_KEYS_OCSP_H

#include <openssl/ocsp.h>

#include "store.h"

enum { OCSP_KEPT_MAX = 1024, OCSP_LEN_MAX = 65536 };

#define OCSP_MEDIA_TYPE "application/ocsp-request"

/* With a nonce (RFC 8954); to be freed. NULL if libcrypto fails. */
OCSP_REQUEST *ocsp_ask(X509 *cert, X509 *issuer);

/*
 * Is it an answer to that, signed by the issuer or by whom it lets do so, of
 * now, and does it say whether the certificate is revoked? Then it is kept.
 */
int ocsp_take(struct keys_store *store, OCSP_REQUEST *request, X509 *cert,
	      X509 *issuer, struct span octets, time_t now, struct err *err);

/* NULL if nothing is known now; what was revoked stays it. */
const struct keys_ocsp *ocsp_find(const struct keys_store *store, X509 *cert,
				  time_t now);

#endif
