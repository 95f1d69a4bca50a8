// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a web server sends as a CRL, or as an answer of OCSP: it is signed by
 * nobody, so that nothing of it may be kept.
 */
#include <openssl/err.h>
#include <stdlib.h>

#include "../keys/crl.h"
#include "../keys/load.h"
#include "../keys/ocsp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { NOW = 1700000000 };

static X509 *make_cert(void)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *cert = X509_new();

	if (!key || !cert || !X509_set_pubkey(cert, key) ||
	    !X509_NAME_add_entry_by_txt(
		    X509_get_subject_name(cert), "CN", MBSTRING_ASC,
		    (const unsigned char *)"ca", -1, -1, 0) ||
	    !X509_set_issuer_name(cert, X509_get_subject_name(cert)) ||
	    !ASN1_TIME_set(X509_getm_notBefore(cert), NOW - 10) ||
	    !ASN1_TIME_set(X509_getm_notAfter(cert), NOW + 10) ||
	    !X509_sign(cert, key, EVP_sha256()))
		abort();
	EVP_PKEY_free(key);
	return cert;
}

static void crl(struct keys_store *store, X509 *ca, struct span octets)
{
	char text[CRL_TEXT_SIZE];
	struct err err;
	X509_CRL *read = keys_read_crl(octets, &err);

	if (!read)
		return;
	crl_check_dates(read, NOW, &err);
	crl_show_entry(read, ca, text);
	if (!crl_check(read, &err) && !crl_check_issuer(read, ca, &err))
		abort();
	/* As if it were. */
	keys_add_crl(store, read, "http://a/", &err);
	keys_add_crl(store, read, "http://a/", &err);
	X509_CRL_free(read);
}

static void ocsp(struct keys_store *store, X509 *ca, struct span octets)
{
	OCSP_REQUEST *request = ocsp_ask(ca, ca);
	struct err err = { 0 };

	if (!request || !ocsp_take(store, request, ca, ca, octets, NOW, &err) ||
	    !*err.text || store->ocsps)
		abort();
	OCSP_REQUEST_free(request);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static X509 *ca;
	struct keys_store store = KEYS_STORE_INIT;
	struct span octets = span_of(data, size);

	if (!ca)
		ca = make_cert();
	crl(&store, ca, octets);
	ocsp(&store, ca, octets);
	keys_clear(&store);
	if (ERR_peek_error())
		abort();
	return 0;
}
