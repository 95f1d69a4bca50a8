/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Certificates: who they are of, whether they are to be trusted, and what is
 * sent of them.
 */
#ifndef ADITD_KEYS_X509_H
#define ADITD_KEYS_X509_H

#include <time.h>

#include "../core/conf.h"
#include "store.h"

enum { X509_CHAIN_MAX = 10, X509_TIME_SIZE = 32 };

/*
 * Is it the subject, one of the alternative names, or for a KEY_ID the key's?
 * Wildcards mean nothing, on neither side: a peer could send one.
 */
bool x509_has_ident(X509 *cert, const struct ident *id);

/* For people; cut at the size. */
const char *x509_show_name(const X509_NAME *name, char *text, size_t size);
const char *x509_show(X509 *cert, char *text, size_t size);
const char *x509_show_issuer(X509 *cert, char *text, size_t size);
const char *x509_show_idents(X509 *cert, char *text, size_t size);

const char *x509_show_time(const ASN1_TIME *time, char text[X509_TIME_SIZE]);
time_t x509_time(const ASN1_TIME *time); /* 0 if it is none */

/* To be freed. */
int x509_subject(X509 *cert, struct ident *id);

/* Is it what one of the texts is: PEM, or the name of a file that was loaded? */
bool x509_is_listed(const struct keys_store *store, X509 *cert,
		    const struct conf_texts *texts);

/*
 * Is the leaf one that the round allows: time, chain to a CA of ours or of the
 * round, pinned certificates, revocation, policies, strength? @others, of the
 * peer, help only to find the way. The chain, if it is not NULL, is to be freed.
 */
int x509_verify(const struct keys_store *store, const struct conf_round *round,
		time_t now, X509 *leaf, STACK_OF(X509) * others,
		STACK_OF(X509) * *chain, struct err *err);

/* CAs between the leaf and the root, borrowed; how many. */
size_t x509_between(const struct keys_store *store, X509 *leaf,
		    X509 *chain[X509_CHAIN_MAX]);

bool x509_is_issuer(X509 *issuer, X509 *of);

#endif
