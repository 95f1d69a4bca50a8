// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a web server sends as a CRL, or as an answer of OCSP. The first octet says
 * how: as it is, signed by nobody, so that nothing of it may be kept; or signed
 * here, by the CA or by who may not, so that what is behind the signature is
 * read too.
 */
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdlib.h>

#include "../keys/crl.h"
#include "../keys/load.h"
#include "../keys/ocsp.h"
#include "../keys/x509.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { NOW = 1700000000 };

/* Bits of the first octet; without the first two it is as it is. */
enum { SIGN_CRL = 1, SIGN_OCSP = 2, BY_LEAF = 4, NONCE = 8 };

struct end {
	EVP_PKEY *key;
	X509 *cert;
};

static struct end ca, leaf;

/* Of the CA's name; the corpus has signatures of the CA, and none of this one. */
static struct end stranger;

/* Always the same, so that the corpus is of these. */
static struct end make_end(const char *name, uint8_t first,
			   const struct end *issuer)
{
	uint8_t seed[32] = { first };
	struct end made = {
		EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed,
					     sizeof(seed)),
		X509_new(),
	};
	const struct end *by = issuer ? issuer : &made;
	BASIC_CONSTRAINTS is_ca = { .ca = !issuer };

	if (!made.key || !made.cert || !X509_set_version(made.cert, 2) ||
	    !X509_set_pubkey(made.cert, made.key) ||
	    !ASN1_INTEGER_set(X509_get_serialNumber(made.cert), *name) ||
	    !X509_NAME_add_entry_by_txt(
		    X509_get_subject_name(made.cert), "CN", MBSTRING_ASC,
		    (const unsigned char *)name, -1, -1, 0) ||
	    !X509_set_issuer_name(made.cert, X509_get_subject_name(by->cert)) ||
	    !ASN1_TIME_set(X509_getm_notBefore(made.cert), NOW - 10) ||
	    !ASN1_TIME_set(X509_getm_notAfter(made.cert), NOW + 10) ||
	    !X509_add1_ext_i2d(made.cert, NID_basic_constraints, &is_ca, 1,
			       0) ||
	    !X509_sign(made.cert, by->key, NULL))
		abort();
	return made;
}

static void crl(struct keys_store *store, struct span octets,
		const struct end *by, bool trusted)
{
	char text[CRL_TEXT_SIZE];
	struct err err;
	X509_CRL *read = keys_read_crl(octets, &err);

	if (!read)
		return;
	crl_check_dates(read, NOW, &err);
	crl_show_entry(read, leaf.cert, text);
	if (!crl_check(read, &err) && !crl_check_issuer(read, by->cert, &err) &&
	    !trusted)
		abort();
	/* As if it were. */
	keys_add_crl(store, read, "http://a/", &err);
	keys_add_crl(store, read, "http://a/", &err);
	X509_CRL_free(read);
}

static void ocsp(struct keys_store *store, OCSP_REQUEST *request,
		 struct span octets, const struct end *by, bool trusted)
{
	struct err err = { 0 };
	int rc = ocsp_take(store, request, leaf.cert, by->cert, octets, NOW,
			   &err);

	if (rc ? !*err.text || store->ocsps :
		 !trusted || !ocsp_find(store, leaf.cert, NOW))
		abort();
}

/* What the octets say, as if the end had said it; false if they say nothing. */
static bool sign_crl(struct span octets, const struct end *by, struct buf *out)
{
	const uint8_t *at = octets.data;
	X509_CRL *read = d2i_X509_CRL(NULL, &at, (long)octets.len);
	uint8_t *der = NULL;
	int len = -1;

	if (read && X509_CRL_sign(read, by->key, NULL))
		len = i2d_X509_CRL(read, &der);
	if (len > 0)
		buf_add(out, der, (size_t)len);
	OPENSSL_free(der);
	X509_CRL_free(read);
	return len > 0;
}

static bool sign_ocsp(struct span octets, const struct end *by,
		      OCSP_REQUEST *nonce_of, struct buf *out)
{
	const uint8_t *at = octets.data;
	OCSP_BASICRESP *read = d2i_OCSP_BASICRESP(NULL, &at, (long)octets.len);
	OCSP_RESPONSE *response = NULL;
	uint8_t *der = NULL;
	int len = -1;

	if (read && (!nonce_of || OCSP_copy_nonce(read, nonce_of)) &&
	    OCSP_basic_sign(read, by->cert, by->key, NULL, NULL,
			    OCSP_NOTIME | OCSP_NOCERTS))
		response = OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL,
						read);
	if (response)
		len = i2d_OCSP_RESPONSE(response, &der);
	if (len > 0)
		buf_add(out, der, (size_t)len);
	OPENSSL_free(der);
	OCSP_RESPONSE_free(response);
	OCSP_BASICRESP_free(read);
	return len > 0;
}

/* What comes of it. */
static void verify(struct keys_store *store)
{
	const struct conf_round round = { .revocation = REVOCATION_STRICT };
	struct err err;

	if (keys_add_cert(store, ca.cert, KEYS_CERT_CA, "", &err))
		abort();
	x509_verify(store, &round, NOW, leaf.cert, NULL, NULL, &err);
}

static void try(uint8_t how, struct span octets)
{
	const struct end *signer = how & BY_LEAF ? &leaf : &ca;
	struct keys_store store = KEYS_STORE_INIT;
	struct buf made = BUF_INIT;
	const struct end *by = &ca;
	OCSP_REQUEST *request;
	bool is_signed = false;

	request = ocsp_ask(leaf.cert, ca.cert);
	if (!request)
		abort();
	if (how & SIGN_CRL)
		is_signed = sign_crl(octets, signer, &made);
	else if (how & SIGN_OCSP)
		is_signed = sign_ocsp(octets, signer,
				      how & NONCE ? request : NULL, &made);
	if (!is_signed) {
		by = &stranger;
		buf_add_span(&made, octets);
		OCSP_REQUEST_free(request);
		request = ocsp_ask(leaf.cert, by->cert);
		if (!request)
			abort();
	}
	ERR_clear_error();
	crl(&store, buf_span(&made), by, is_signed && signer == &ca);
	ocsp(&store, request, buf_span(&made), by, is_signed && signer == &ca);
	verify(&store);
	buf_free(&made);
	OCSP_REQUEST_free(request);
	keys_clear(&store);
	if (ERR_peek_error())
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!ca.key) {
		ca = make_end("ca", 'c', NULL);
		leaf = make_end("leaf", 'l', &ca);
		stranger = make_end("ca", 's', NULL);
	}
	if (size)
		try(*data, span_of(data + 1, size - 1));
	return 0;
}
