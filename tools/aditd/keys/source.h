/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where it is to be had whether a certificate is revoked, and what is known. */
#ifndef ADITD_KEYS_SOURCE_H
#define ADITD_KEYS_SOURCE_H

#include "store.h"

enum { SOURCE_URI_MAX = 1024, SOURCE_TEXT_SIZE = 400 };

/* Does somebody name one? */
bool source_has_any(const struct keys_store *store, X509 *cert);

/* Is there a CRL, or an answer of OCSP, that says now of it? */
bool source_is_known(const struct keys_store *store, X509 *cert, time_t now);

/*
 * Where to ask next: OCSP before CRLs, and what an authority has before what
 * the certificate names, without those that failed at @since or later. False if
 * there is none.
 */
bool source_next(const struct keys_store *store, X509 *cert, uint64_t since,
		 enum keys_source *kind, char uri[SOURCE_URI_MAX]);

/* It was of no use; one that was before is replaced, NULL forgets it. */
void source_set_failed(struct keys_store *store, X509 *cert,
		       enum keys_source kind, const char *uri, const char *text,
		       uint64_t now);

/* "http://...: no connection; ..." of the sources that failed; or "". */
const char *source_show_failed(const struct keys_store *store, X509 *cert,
			       char text[SOURCE_TEXT_SIZE]);

#endif
