// SPDX-License-Identifier: GPL-2.0-or-later
/* See load.h. */
#include "load.h"

#include <limits.h>
#include <openssl/bio.h>
#include <openssl/decoder.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <string.h>

#include "crl.h"

/* libcrypto would ask on the terminal. */
static int no_password(char *buf, int size, int rwflag, void *arg)
{
	(void)buf;
	(void)size;
	(void)rwflag;
	(void)arg;
	return -1;
}

static bool contains(struct span data, const char *text)
{
	return data.len && memmem(data.data, data.len, text, strlen(text));
}

static bool is_pem(struct span data)
{
	return contains(data, "-----BEGIN ");
}

/* EncryptedPrivateKeyInfo begins with an AlgorithmIdentifier, not a version. */
static bool is_encrypted(struct span data)
{
	const uint8_t *at = data.data;
	X509_SIG *sig;

	if (is_pem(data))
		return contains(data, "ENCRYPTED");
	sig = d2i_X509_SIG(NULL, &at, (long)data.len);
	ERR_clear_error();
	X509_SIG_free(sig);
	return sig;
}

static int check_size(struct span data, struct err *err)
{
	if (data.len && data.len <= KEYS_FILE_MAX)
		return 0;
	return err_set(err, ERR_USAGE, "has %zu octets, 1 to %d can be read",
		       data.len, KEYS_FILE_MAX);
}

static EVP_PKEY *decode_key(struct span data, const char *password,
			    int selection)
{
	EVP_PKEY *key = NULL;
	OSSL_DECODER_CTX *ctx = OSSL_DECODER_CTX_new_for_pkey(
		&key, NULL, NULL, NULL, selection, NULL, NULL);
	const uint8_t *at = data.data;
	size_t len = data.len;
	bool good = ctx;

	if (good && password)
		good = OSSL_DECODER_CTX_set_passphrase(
			ctx, (const uint8_t *)password, strlen(password));
	else if (good)
		good = OSSL_DECODER_CTX_set_pem_password_cb(ctx, no_password,
							    NULL);
	if (!good || !OSSL_DECODER_from_data(ctx, &at, &len)) {
		EVP_PKEY_free(key);
		key = NULL;
	}
	OSSL_DECODER_CTX_free(ctx);
	ERR_clear_error();
	return key;
}

EVP_PKEY *keys_read_public(struct span data, struct err *err)
{
	EVP_PKEY *key = NULL;

	if (check_size(data, err))
		return NULL;
	key = decode_key(data, NULL, EVP_PKEY_PUBLIC_KEY);
	if (!key)
		err_set(err, ERR_USAGE, "is no public key, PEM or DER");
	return key;
}

int keys_load_private(struct keys_store *store, struct span data,
		      const char *password, uint8_t *id, struct err *err)
{
	EVP_PKEY *key;
	int rc;

	if (check_size(data, err))
		return -1;
	key = decode_key(data, password, EVP_PKEY_KEYPAIR);
	if (!key && is_encrypted(data))
		return err_set(
			err, ERR_USAGE,
			password ?
				"the password does not open this private key" :
				"the private key is encrypted: its password is missing, see secrets.private<suffix> in swanctl.conf");
	if (!key)
		return err_set(
			err, ERR_USAGE,
			"is no private key, PEM or DER, that libcrypto can read");
	rc = keys_add_private(store, key, id, err);
	EVP_PKEY_free(key);
	return rc;
}

typedef int (*cert_fn)(void *arg, X509 *cert, size_t i, struct err *err);

static int each_pem_cert(struct span data, cert_fn fn, void *arg,
			 struct err *err)
{
	BIO *bio = BIO_new_mem_buf(data.data, (int)data.len);
	size_t n = 0;
	X509 *cert;
	int rc = 0;

	/* Up to KEYS_CERTS_IN_FILE: the rest of a bundle is not ours. */
	while (bio && !rc && n < KEYS_CERTS_IN_FILE &&
	       (cert = PEM_read_bio_X509(bio, NULL, no_password, NULL))) {
		rc = fn(arg, cert, n++, err);
		X509_free(cert);
	}
	BIO_free(bio);
	ERR_clear_error();
	if (!n && !rc)
		return err_set(err, ERR_USAGE, "has no certificate in it");
	return rc;
}

static int each_cert(struct span data, cert_fn fn, void *arg, struct err *err)
{
	const uint8_t *at = data.data;
	X509 *cert;
	int rc;

	if (check_size(data, err))
		return -1;
	if (is_pem(data))
		return each_pem_cert(data, fn, arg, err);
	cert = d2i_X509(NULL, &at, (long)data.len);
	ERR_clear_error();
	if (!cert)
		return err_set(err, ERR_USAGE,
			       "is no X.509 certificate, PEM or DER");
	rc = fn(arg, cert, 0, err);
	X509_free(cert);
	return rc;
}

struct cert_load {
	struct keys_store *store;
	enum keys_flag flag;
	const char *name;
};

static int load_one(void *arg, X509 *cert, size_t i, struct err *err)
{
	const struct cert_load *load = arg;
	bool follows = i && load->flag == KEYS_CERT_END;

	return keys_add_cert(load->store, cert,
			     follows ? KEYS_CERT_CHAIN : load->flag,
			     follows ? "" : load->name, err);
}

int keys_load_cert(struct keys_store *store, struct span data,
		   enum keys_flag flag, const char *name, struct err *err)
{
	struct cert_load load = { store, flag, name };

	return each_cert(data, load_one, &load, err);
}

static int take_first(void *arg, X509 *cert, size_t i, struct err *err)
{
	X509 **out = arg;

	(void)err;
	if (!i && X509_up_ref(cert))
		*out = cert;
	return 0;
}

X509 *keys_read_cert(struct span data, struct err *err)
{
	X509 *cert = NULL;

	if (each_cert(data, take_first, &cert, err))
		return NULL;
	return cert;
}

X509_CRL *keys_read_crl(struct span data, struct err *err)
{
	const uint8_t *at = data.data;
	X509_CRL *crl;
	BIO *bio;

	if (check_size(data, err))
		return NULL;
	if (is_pem(data)) {
		bio = BIO_new_mem_buf(data.data, (int)data.len);
		crl = bio ? PEM_read_bio_X509_CRL(bio, NULL, no_password,
						  NULL) :
			    NULL;
		BIO_free(bio);
	} else {
		crl = d2i_X509_CRL(NULL, &at, (long)data.len);
	}
	ERR_clear_error();
	if (!crl)
		err_set(err, ERR_USAGE, "is no CRL, PEM or DER");
	return crl;
}

int keys_load_crl(struct keys_store *store, struct span data, struct err *err)
{
	X509_CRL *crl = keys_read_crl(data, err);
	int rc = -1;

	if (crl && !crl_check(crl, err))
		rc = keys_add_crl(store, crl, NULL, err);
	X509_CRL_free(crl);
	return rc;
}

static PKCS12 *read_pkcs12(struct span data)
{
	const uint8_t *at = data.data;
	uint8_t *der = NULL;
	char *header = NULL, *name = NULL;
	PKCS12 *p12 = NULL;
	long len;
	BIO *bio;

	if (!is_pem(data))
		return d2i_PKCS12(NULL, &at, (long)data.len);
	bio = BIO_new_mem_buf(data.data, (int)data.len);
	if (bio && PEM_read_bio(bio, &name, &header, &der, &len)) {
		at = der;
		p12 = d2i_PKCS12(NULL, &at, len);
		OPENSSL_free(name);
		OPENSSL_free(header);
		OPENSSL_clear_free(der, (size_t)len);
	}
	BIO_free(bio);
	return p12;
}

static int add_pkcs12(struct keys_store *store, EVP_PKEY *key, X509 *cert,
		      STACK_OF(X509) * chain, const char *name, struct err *err)
{
	if (key && keys_add_private(store, key, NULL, err))
		return -1;
	if (cert && keys_add_cert(store, cert, KEYS_CERT_END, name, err))
		return -1;
	for (int i = 0; i < sk_X509_num(chain); i++)
		if (keys_add_cert(store, sk_X509_value(chain, i),
				  KEYS_CERT_CHAIN, "", err))
			return -1;
	return 0;
}

int keys_load_pkcs12(struct keys_store *store, struct span data,
		     const char *password, const char *name, struct err *err)
{
	STACK_OF(X509) *chain = NULL;
	EVP_PKEY *key = NULL;
	X509 *cert = NULL;
	PKCS12 *p12;
	int rc;

	if (check_size(data, err))
		return -1;
	p12 = read_pkcs12(data);
	if (!p12) {
		ERR_clear_error();
		return err_set(err, ERR_USAGE, "is no PKCS#12 container");
	}
	if (!PKCS12_verify_mac(p12, password ? password : "", -1)) {
		rc = err_set(
			err, ERR_USAGE,
			password ?
				"the password does not open this PKCS#12 container" :
				"the PKCS#12 container has a password, which is missing: see secrets.pkcs12<suffix> in swanctl.conf");
	} else if (!PKCS12_parse(p12, password ? password : "", &key, &cert,
				 &chain)) {
		rc = err_set(
			err, ERR_USAGE,
			"libcrypto cannot read this PKCS#12 container; if it is an old one, with RC2: openssl pkcs12 -legacy, and export it again");
	} else {
		rc = add_pkcs12(store, key, cert, chain, name, err);
	}
	EVP_PKEY_free(key);
	X509_free(cert);
	sk_X509_pop_free(chain, X509_free);
	PKCS12_free(p12);
	ERR_clear_error();
	return rc;
}
