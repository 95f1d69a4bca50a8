/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Certificates in EAP-TLS: ours, and what is thought of the other one's. Of
 * revocation the handshake only takes what is known: web servers are asked when
 * it is over, as before that nobody has proven that the certificate is his.
 */
#ifndef ADITD_KEYS_EAP_TLS_H
#define ADITD_KEYS_EAP_TLS_H

#include <openssl/ssl.h>

#include "eap.h"

/* Do we have one, with its key? */
int eap_tls_usable(const struct eap_session *session, struct err *err);
int eap_tls_use_own(struct eap_session *session, SSL_CTX *ctx);

/* Within the handshake; @arg is the session. */
int eap_tls_on_verify(X509_STORE_CTX *ctx, void *arg);

/* When it is over: EAP_WAIT at first, then it is as the policy says. */
enum eap_verdict eap_tls_judge(struct eap_session *session, SSL *ssl);

#endif
