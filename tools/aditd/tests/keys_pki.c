// SPDX-License-Identifier: GPL-2.0-or-later
/* See keys_pki.h. */
#include "keys_pki.h"

#include <openssl/bio.h>
#include <openssl/conf.h>
#include <openssl/ec.h>
#include <openssl/ocsp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>

#include "crypto_key.h"

#define MUST(good) must((good), #good)

static void must(bool good, const char *what)
{
	if (good)
		return;
	printf("# cannot make a certificate: %s\n", what);
	abort();
}

static void add_rdn(X509_NAME *name, const char *field, const char *value)
{
	MUST(X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8,
					(const unsigned char *)value, -1, -1,
					0));
}

static void add_ext(X509 *cert, X509 *issuer, int nid, const char *value)
{
	X509_EXTENSION *ext;
	X509V3_CTX ctx;
	CONF *conf;

	if (!value)
		return;
	/* Policies want a configuration, though they need nothing of it. */
	conf = NCONF_new(NULL);
	X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
	X509V3_set_nconf(&ctx, conf);
	ext = X509V3_EXT_nconf_nid(conf, &ctx, nid, value);
	MUST(ext && X509_add_ext(cert, ext, -1));
	X509_EXTENSION_free(ext);
	NCONF_free(conf);
}

static void add_exts(const struct pki_spec *spec, X509 *cert, X509 *issuer)
{
	char uri[256];

	add_ext(cert, issuer, NID_basic_constraints,
		spec->ca ? "critical,CA:TRUE" : NULL);
	add_ext(cert, issuer, NID_key_usage,
		spec->ca && !spec->usage ? "keyCertSign,cRLSign" : spec->usage);
	add_ext(cert, issuer, NID_subject_key_identifier, "hash");
	if (spec->issuer)
		add_ext(cert, issuer, NID_authority_key_identifier,
			"keyid:always");
	add_ext(cert, issuer, NID_subject_alt_name, spec->san);
	add_ext(cert, issuer, NID_certificate_policies, spec->policy);
	add_ext(cert, issuer, NID_ext_key_usage, spec->extended);
	if (spec->ocsp_uri) {
		snprintf(uri, sizeof(uri), "OCSP;URI:%s", spec->ocsp_uri);
		add_ext(cert, issuer, NID_info_access, uri);
	}
	if (!spec->crl_uri)
		return;
	snprintf(uri, sizeof(uri), "URI:%s", spec->crl_uri);
	add_ext(cert, issuer, NID_crl_distribution_points, uri);
}

static void sign(X509 *cert, EVP_PKEY *key, const char *md)
{
	bool eddsa = EVP_PKEY_is_a(key, "ED25519") ||
		     EVP_PKEY_is_a(key, "ED448");

	if (!md)
		md = "SHA256";
	MUST(X509_sign(cert, key, eddsa ? NULL : EVP_get_digestbyname(md)));
}

struct pki pki_make(const struct pki_spec *spec)
{
	static long serial = 100;
	struct pki made = { test_key(spec->kind ? spec->kind : "P-256"),
			    X509_new() };
	const struct pki *issuer = spec->issuer ? spec->issuer : &made;
	X509_NAME *name = X509_get_subject_name(made.cert);
	time_t from = spec->from ? spec->from : PKI_NOW - PKI_DAY;
	time_t to = spec->to ? spec->to : PKI_NOW + 100 * PKI_DAY;

	MUST(made.key && made.cert && X509_set_version(made.cert, 2));
	MUST(ASN1_INTEGER_set(X509_get_serialNumber(made.cert), serial++));
	if (spec->cn) {
		add_rdn(name, "C", "CH");
		add_rdn(name, "O", "adit");
		add_rdn(name, "CN", spec->cn);
	}
	MUST(X509_set_issuer_name(made.cert,
				  X509_get_subject_name(issuer->cert)));
	MUST(ASN1_TIME_set(X509_getm_notBefore(made.cert), from) &&
	     ASN1_TIME_set(X509_getm_notAfter(made.cert), to));
	MUST(X509_set_pubkey(made.cert, made.key));
	add_exts(spec, made.cert, issuer->cert);
	sign(made.cert, issuer->key, spec->md);
	return made;
}

void pki_free(struct pki *pki)
{
	EVP_PKEY_free(pki->key);
	X509_free(pki->cert);
	*pki = (struct pki){ 0 };
}

X509_CRL *pki_crl(const struct pki *issuer, const struct pki *const *revoked,
		  time_t from, time_t to)
{
	ASN1_TIME *time = ASN1_TIME_set(NULL, from);
	X509_CRL *crl = X509_CRL_new();

	MUST(crl && time && X509_CRL_set_version(crl, 1));
	MUST(X509_CRL_set_issuer_name(crl,
				      X509_get_subject_name(issuer->cert)));
	MUST(X509_CRL_set1_lastUpdate(crl, time));
	for (; *revoked; revoked++) {
		X509_REVOKED *entry = X509_REVOKED_new();

		MUST(X509_REVOKED_set_serialNumber(
			     entry, X509_get_serialNumber((*revoked)->cert)) &&
		     X509_REVOKED_set_revocationDate(entry, time) &&
		     X509_CRL_add0_revoked(crl, entry));
	}
	MUST(ASN1_TIME_set(time, to) && X509_CRL_set1_nextUpdate(crl, time));
	MUST(X509_CRL_sign(crl, issuer->key, EVP_sha256()));
	ASN1_TIME_free(time);
	return crl;
}

void pki_crl_extend(X509_CRL *crl, const struct pki *issuer, int nid,
		    const char *value)
{
	CONF *conf = NCONF_new(NULL);
	X509_EXTENSION *ext;
	X509V3_CTX ctx;

	X509V3_set_ctx(&ctx, issuer->cert, NULL, NULL, crl, 0);
	X509V3_set_nconf(&ctx, conf);
	ext = X509V3_EXT_nconf_nid(conf, &ctx, nid, value);
	MUST(ext && X509_CRL_add_ext(crl, ext, -1) &&
	     X509_CRL_sign(crl, issuer->key, EVP_sha256()));
	X509_EXTENSION_free(ext);
	NCONF_free(conf);
}

struct buf pki_crl_der(X509_CRL *crl)
{
	struct buf out = BUF_INIT;
	uint8_t *der = NULL;
	int len = i2d_X509_CRL(crl, &der);

	MUST(len > 0);
	buf_add(&out, der, (size_t)len);
	OPENSSL_free(der);
	return out;
}

static struct buf ocsp_der(int error, OCSP_BASICRESP *basic)
{
	OCSP_RESPONSE *response = OCSP_response_create(error, basic);
	struct buf out = BUF_INIT;
	uint8_t *der = NULL;
	int len = i2d_OCSP_RESPONSE(response, &der);

	MUST(len > 0);
	buf_add(&out, der, (size_t)len);
	OPENSSL_free(der);
	OCSP_RESPONSE_free(response);
	return out;
}

static void add_status(OCSP_BASICRESP *basic, const struct pki_ocsp *said)
{
	time_t start = said->from ? said->from : PKI_NOW - 100;
	time_t end = said->to ? said->to : PKI_NOW + PKI_DAY;
	ASN1_TIME *from = ASN1_TIME_adj(NULL, start, 0, 0);
	ASN1_TIME *to = ASN1_TIME_adj(NULL, end, 0, 0);
	OCSP_CERTID *id =
		OCSP_cert_to_id(NULL, said->cert->cert, said->issuer->cert);
	int status = said->revoked ? V_OCSP_CERTSTATUS_REVOKED :
		     said->unknown ? V_OCSP_CERTSTATUS_UNKNOWN :
				     V_OCSP_CERTSTATUS_GOOD;

	MUST(from && to && id &&
	     OCSP_basic_add1_status(basic, id, status,
				    OCSP_REVOKED_STATUS_KEYCOMPROMISE, from,
				    from, said->no_end ? NULL : to));
	OCSP_CERTID_free(id);
	ASN1_TIME_free(from);
	ASN1_TIME_free(to);
}

struct buf pki_ocsp(const struct pki_ocsp *said, struct span request)
{
	const uint8_t *at = request.data;
	OCSP_REQUEST *asked = d2i_OCSP_REQUEST(NULL, &at, (long)request.len);
	OCSP_BASICRESP *basic = OCSP_BASICRESP_new();
	struct buf out;

	MUST(asked && basic);
	if (!said->error) {
		add_status(basic, said);
		MUST(said->no_nonce || OCSP_copy_nonce(basic, asked) == 1);
		MUST(OCSP_basic_sign(basic, said->signer->cert,
				     said->signer->key, EVP_sha256(), NULL,
				     OCSP_NOTIME));
	}
	out = ocsp_der(said->error, said->error ? NULL : basic);
	OCSP_BASICRESP_free(basic);
	OCSP_REQUEST_free(asked);
	return out;
}

struct buf pki_payload(const struct pki *pki)
{
	struct buf body = BUF_INIT;
	uint8_t *der = NULL;
	int len = i2d_X509(pki->cert, &der);

	MUST(len > 0);
	buf_add_u8(&body, 4);
	buf_add(&body, der, (size_t)len);
	OPENSSL_free(der);
	return body;
}

const uint8_t pki_signed[PKI_SIGNED_LEN] = {
	[16] = 33, [17] = 0x20, [18] = 34, [19] = 8, [27] = 28,
};

static struct buf from_bio(BIO *bio)
{
	struct buf out = BUF_INIT;
	char *data;
	long len = BIO_get_mem_data(bio, &data);

	buf_add(&out, data, (size_t)len);
	buf_add_u8(&out, 0); /* so that it is a text too */
	buf_cut(&out, (size_t)len);
	BIO_free(bio);
	return out;
}

struct buf pki_cert_pem(const struct pki *pki)
{
	BIO *bio = BIO_new(BIO_s_mem());

	MUST(PEM_write_bio_X509(bio, pki->cert));
	return from_bio(bio);
}

struct buf pki_key_pem(const struct pki *pki, const char *password)
{
	BIO *bio = BIO_new(BIO_s_mem());

	MUST(PEM_write_bio_PKCS8PrivateKey(
		bio, pki->key, password ? EVP_aes_128_cbc() : NULL, password,
		password ? (int)strlen(password) : 0, NULL, NULL));
	return from_bio(bio);
}
