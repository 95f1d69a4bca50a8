/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Certificates and CRLs that are made for a test. */
#ifndef ADITD_TESTS_KEYS_PKI_H
#define ADITD_TESTS_KEYS_PKI_H

#include <openssl/x509.h>
#include <time.h>

#include "../../lib/buf.h"

enum { PKI_NOW = 1700000000, PKI_DAY = 24 * 3600 };

struct pki {
	EVP_PKEY *key;
	X509 *cert;
};

/* What is not said is as it should be. */
struct pki_spec {
	const char *kind; /* of the key, "P-256" */
	const char *cn; /* NULL for a DN of nothing */
	const char *san; /* as openssl.cnf has it: "DNS:a,IP:10.0.0.1" */
	const char *usage; /* key usage */
	const char *policy;
	const char *crl_uri;
	const char *ocsp_uri;
	const char *extended; /* key usage, "OCSPSigning" */
	bool ca;
	const struct pki *issuer; /* NULL for itself */
	time_t from, to; /* PKI_NOW -1 and +100 days */
	const char *md; /* "SHA256" */
};

/* "C=CH, O=adit, CN=..."; an abort if libcrypto fails. */
struct pki pki_make(const struct pki_spec *spec);
void pki_free(struct pki *pki);

/* Revokes these, up to a NULL. */
X509_CRL *pki_crl(const struct pki *issuer, const struct pki *const *revoked,
		  time_t from, time_t to);

/* With an extension more, as openssl.cnf has it; signed again. */
void pki_crl_extend(X509_CRL *crl, const struct pki *issuer, int nid,
		    const char *value);
struct buf pki_crl_der(X509_CRL *crl);

/* What an OCSP server says, and how. What is not said is as it should be. */
struct pki_ocsp {
	const struct pki *signer;
	const struct pki *issuer; /* of the certificate */
	const struct pki *cert;
	bool revoked, unknown;
	int error; /* OCSPResponseStatus */
	bool no_nonce, no_end;
	time_t from, to;
};

/* To a request, DER. */
struct buf pki_ocsp(const struct pki_ocsp *said, struct span request);

/*
 * What AUTH signs, as short as it can be: the header of IKE_SA_INIT alone, a
 * nonce, and what PRF_HMAC_SHA2_256 makes of an ID.
 */
enum { PKI_SIGNED_LEN = 28 + 16 + 32 };
extern const uint8_t pki_signed[PKI_SIGNED_LEN];

/* A body of a CERT payload. */
struct buf pki_payload(const struct pki *pki);

struct buf pki_cert_pem(const struct pki *pki);
struct buf pki_key_pem(const struct pki *pki, const char *password);

#endif
