/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lists of revoked certificates (RFC 5280, 5). */
#ifndef ADITD_KEYS_CRL_H
#define ADITD_KEYS_CRL_H

#include "store.h"

enum {
	CRL_FETCHED_MAX = 32, /* kept at once */
	CRL_TEXT_SIZE = 128,
};

/* Of a kind that we can use, as neither delta nor indirect CRLs are. */
int crl_check(X509_CRL *crl, struct err *err);

/* What was fetched: is it of this issuer, signed by it, and of now? */
int crl_check_issuer(X509_CRL *crl, X509 *issuer, struct err *err);
int crl_check_dates(X509_CRL *crl, time_t now, struct err *err);

/* "since 2024-01-01 00:00:00 UTC: keyCompromise" */
const char *crl_show_revoked(time_t since, int reason,
			     char text[CRL_TEXT_SIZE]);
const char *crl_show_entry(X509_CRL *crl, X509 *cert, char text[CRL_TEXT_SIZE]);

#endif
