// SPDX-License-Identifier: GPL-2.0-or-later
/* See x509.h: who certificates are of, and which belong together. */
#include "x509.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../core/ident_check.h"
#include "../proto/v2.h"
#include "load.h"

static int name_ident(const X509_NAME *name, struct ident *id)
{
	uint8_t *der = NULL;
	int len = i2d_X509_NAME(name, &der);
	struct err err;
	int rc;

	*id = (struct ident){ 0 };
	if (len <= 0)
		return -1;
	rc = ident_set(id, ID_DER_ASN1_DN, span_of(der, (size_t)len), &err);
	OPENSSL_free(der);
	return rc;
}

int x509_subject(X509 *cert, struct ident *id)
{
	return name_ident(X509_get_subject_name(cert), id);
}

const char *x509_show_name(const X509_NAME *name, char *text, size_t size)
{
	char buf[IDENT_TEXT_SIZE];
	struct ident id;

	if (name_ident(name, &id)) {
		snprintf(text, size, "a name that cannot be shown");
		return text;
	}
	snprintf(text, size, "%s",
		 id.len > 2 ? ident_show(&id, buf) : "nobody");
	ident_free(&id);
	return text;
}

const char *x509_show_time(const ASN1_TIME *time, char text[X509_TIME_SIZE])
{
	struct tm tm;

	if (!time || !ASN1_TIME_to_tm(time, &tm) ||
	    !strftime(text, X509_TIME_SIZE, "%Y-%m-%d %H:%M:%S UTC", &tm))
		snprintf(text, X509_TIME_SIZE, "an unknown time");
	return text;
}

time_t x509_time(const ASN1_TIME *time)
{
	struct tm tm;

	return time && ASN1_TIME_to_tm(time, &tm) ? timegm(&tm) : 0;
}

const char *x509_show(X509 *cert, char *text, size_t size)
{
	return x509_show_name(X509_get_subject_name(cert), text, size);
}

const char *x509_show_issuer(X509 *cert, char *text, size_t size)
{
	return x509_show_name(X509_get_issuer_name(cert), text, size);
}

/* -1 if it is of a kind that IKE has no identity for. */
static int general_ident(const GENERAL_NAME *name, struct ident *id)
{
	struct span data;
	const ASN1_STRING *string;
	struct err err;
	uint8_t type;
	int kind;

	*id = (struct ident){ 0 };
	string = GENERAL_NAME_get0_value(name, &kind);
	if (kind == GEN_DIRNAME)
		return name_ident(name->d.directoryName, id);
	if (kind != GEN_DNS && kind != GEN_EMAIL && kind != GEN_IPADD)
		return -1;
	data = span_of(ASN1_STRING_get0_data(string),
		       (size_t)ASN1_STRING_length(string));
	if (kind == GEN_DNS)
		type = ID_FQDN;
	else if (kind == GEN_EMAIL)
		type = ID_RFC822_ADDR;
	else
		type = data.len == 4 ? ID_IPV4_ADDR : ID_IPV6_ADDR;
	return ident_set(id, type, data, &err);
}

/* Call for the subject and each alternative name until one says true. */
static bool any_ident(X509 *cert, bool (*fn)(void *arg, const struct ident *id),
		      void *arg)
{
	GENERAL_NAMES *names =
		X509_get_ext_d2i(cert, NID_subject_alt_name, NULL, NULL);
	struct ident id;
	bool found = false;

	if (!x509_subject(cert, &id) && id.len > 2)
		found = fn(arg, &id);
	ident_free(&id);
	for (int i = 0; !found && i < sk_GENERAL_NAME_num(names); i++) {
		if (general_ident(sk_GENERAL_NAME_value(names, i), &id))
			continue;
		found = fn(arg, &id);
		ident_free(&id);
	}
	GENERAL_NAMES_free(names);
	return found;
}

static bool is_same(void *arg, const struct ident *id)
{
	return ident_equal(id, arg);
}

static bool has_key_id(X509 *cert, struct span want)
{
	const ASN1_OCTET_STRING *given = X509_get0_subject_key_id(cert);
	EVP_PKEY *key = X509_get0_pubkey(cert);
	uint8_t id[KEYS_ID_LEN];

	if (given &&
	    span_equal(want, span_of(ASN1_STRING_get0_data(given),
				     (size_t)ASN1_STRING_length(given))))
		return true;
	return key && !keys_key_id(key, id) && span_equal(want, SPAN(id));
}

bool x509_has_ident(X509 *cert, const struct ident *id)
{
	if (id->type == ID_KEY_ID)
		return has_key_id(cert, span_of(id->data, id->len));
	return any_ident(cert, is_same, (void *)id);
}

struct text {
	char *text;
	size_t size;
};

static bool add_ident(void *arg, const struct ident *id)
{
	struct text *text = arg;
	size_t len = strlen(text->text);
	char buf[IDENT_TEXT_SIZE];

	if (len + 1 < text->size)
		snprintf(text->text + len, text->size - len, "%s%s",
			 len ? " | " : "", ident_show(id, buf));
	return false;
}

const char *x509_show_idents(X509 *cert, char *text, size_t size)
{
	struct text out = { text, size };

	*text = '\0';
	any_ident(cert, add_ident, &out);
	if (!*text)
		snprintf(text, size, "no name");
	return text;
}

static bool is_file(const struct keys_store *store, X509 *cert,
		    const char *name)
{
	for (const struct keys_cert *i = store->certs; i; i = i->next)
		if (*i->name && strcmp(i->name, name) == 0 &&
		    X509_cmp(i->cert, cert) == 0)
			return true;
	return false;
}

bool x509_is_listed(const struct keys_store *store, X509 *cert,
		    const struct conf_texts *texts)
{
	bool found = false;

	for (size_t i = 0; !found && i < texts->n; i++) {
		const char *text = texts->texts[i];
		struct err err;
		X509 *listed;

		if (*text == '/') {
			found = is_file(store, cert, text);
			continue;
		}
		listed = keys_read_cert(span_of_text(text), &err);
		found = listed && X509_cmp(listed, cert) == 0;
		X509_free(listed);
	}
	return found;
}

bool x509_is_issuer(X509 *issuer, X509 *of)
{
	return X509_check_issued(issuer, of) == X509_V_OK;
}

static bool is_root(X509 *cert)
{
	return X509_self_signed(cert, 1) == 1;
}

static X509 *find_issuer(const struct keys_store *store, X509 *cert)
{
	for (const struct keys_cert *i = store->certs; i; i = i->next)
		if (i->flag != KEYS_CERT_END && x509_is_issuer(i->cert, cert))
			return i->cert;
	return NULL;
}

size_t x509_between(const struct keys_store *store, X509 *leaf,
		    X509 *chain[X509_CHAIN_MAX])
{
	X509 *issuer = leaf;
	size_t n = 0;

	while (n < X509_CHAIN_MAX && !is_root(issuer)) {
		issuer = find_issuer(store, issuer);
		/* The root is there already, or not trusted anyway. */
		if (!issuer || is_root(issuer))
			break;
		chain[n++] = issuer;
	}
	return n;
}
