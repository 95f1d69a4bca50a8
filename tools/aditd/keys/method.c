// SPDX-License-Identifier: GPL-2.0-or-later
/* See method.h. */
#include "method.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/util.h"
#include "../proto/v2.h"
#include "x509.h"

enum { TEXT_SIZE = 128 };

static const struct {
	const char *word;
	const char *type;
} types[] = {
	{ "pubkey", NULL },	  { "rsa", "RSA" },	{ "ecdsa", "EC" },
	{ "ed25519", "ED25519" }, { "ed448", "ED448" },
};

static const struct {
	const char *word;
	uint16_t hash;
} hashes[] = {
	{ "sha1", HASH_SHA1 },	       { "sha256", HASH_SHA2_256 },
	{ "sha384", HASH_SHA2_384 },   { "sha512", HASH_SHA2_512 },
	{ "identity", HASH_IDENTITY },
};

/* ------------------------------------------------------------------- reading */

static bool is_word(const char *text, size_t len, const char *word)
{
	return strlen(word) == len && strncmp(text, word, len) == 0;
}

/* A word that begins with a key's type begins another scheme. */
static bool read_type(struct method *method, const char *text, size_t len,
		      bool ike)
{
	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		if (!is_word(text, len, types[i].word))
			continue;
		if (method->n < METHOD_SCHEMES_MAX)
			method->list[method->n++] =
				(struct method_scheme){ .type = types[i].type,
							.ike = ike };
		return true;
	}
	return false;
}

static void read_word(struct method_scheme *scheme, const char *text,
		      size_t len)
{
	if (len && text[0] >= '0' && text[0] <= '9')
		scheme->bits = (int)strtol(text, NULL, 10);
	if (is_word(text, len, "pss"))
		scheme->pss = true;
	for (size_t i = 0; i < ARRAY_SIZE(hashes); i++)
		if (is_word(text, len, hashes[i].word))
			scheme->hashes |= 1U << hashes[i].hash;
}

void method_read(struct method *method, const char *text)
{
	bool ike = false;

	*method = (struct method){ 0 };
	while (text && *text) {
		size_t len = strcspn(text, "-/:");

		if (is_word(text, len, "ike"))
			ike = true;
		else if (read_type(method, text, len, ike))
			ike = false;
		else if (method->n)
			read_word(&method->list[method->n - 1], text, len);
		text += len;
		text += *text != '\0';
	}
}

/* ------------------------------------------------------------------ the words */

static bool is_of_type(const struct method_scheme *scheme, EVP_PKEY *key)
{
	const char *type = EVP_PKEY_get0_type_name(key);

	/* An RSA-PSS key is RSA too. */
	return !scheme->type || EVP_PKEY_is_a(key, scheme->type) ||
	       (type && strncmp(type, scheme->type, strlen(scheme->type)) == 0);
}

static const char *type_name(EVP_PKEY *key)
{
	const char *type = EVP_PKEY_get0_type_name(key);

	return type ? type : "?";
}

static const char *hash_word(uint16_t id)
{
	for (size_t i = 0; i < ARRAY_SIZE(hashes); i++)
		if (hashes[i].hash == id)
			return hashes[i].word;
	return "another hash";
}

static void append(char text[TEXT_SIZE], const char *between, const char *word)
{
	size_t len = strlen(text);

	snprintf(text + len, TEXT_SIZE - len, "%s%s", len ? between : "", word);
}

/* "RSA or EC" */
static const char *show_types(const struct method *method, char text[TEXT_SIZE])
{
	*text = '\0';
	for (size_t i = 0; i < method->n; i++)
		append(text, " or ", method->list[i].type);
	return text;
}

/* "sha384, sha512", or what else the key's signatures have to be. */
static const char *show_hashes(const struct method *method, EVP_PKEY *key,
			       bool ike, char text[TEXT_SIZE])
{
	uint32_t all = 0;
	bool pss = false;

	*text = '\0';
	for (size_t i = 0; i < method->n; i++) {
		const struct method_scheme *scheme = &method->list[i];

		if (scheme->ike != ike || !is_of_type(scheme, key))
			continue;
		all |= scheme->hashes;
		pss |= scheme->pss;
	}
	for (size_t i = 0; i < ARRAY_SIZE(hashes); i++)
		if (all & 1U << hashes[i].hash)
			append(text, ", ", hashes[i].word);
	if (pss)
		append(text, " with ", "RSASSA-PSS");
	return *text ? text : "keys of another type";
}

/* -------------------------------------------------------------------- checks */

int method_check_key(const struct method *method, EVP_PKEY *key,
		     struct err *err)
{
	int bits = EVP_PKEY_get_bits(key), least = 0;
	char text[TEXT_SIZE];
	bool typed = false;

	for (size_t i = 0; i < method->n; i++) {
		const struct method_scheme *scheme = &method->list[i];

		if (!is_of_type(scheme, key))
			continue;
		if (bits >= scheme->bits)
			return 0;
		typed = true;
		least = scheme->bits;
	}
	if (!method->n)
		return 0;
	if (!typed)
		return err_set(err, ERR_REFUSED,
			       "the key is %s of %d bits, not %s",
			       type_name(key), bits, show_types(method, text));
	return err_set(err, ERR_REFUSED,
		       "the %s key has %d bits, %d are the least",
		       type_name(key), bits, least);
}

/* Are there any for AUTH alone? */
static bool has_ike(const struct method *method)
{
	for (size_t i = 0; i < method->n; i++)
		if (method->list[i].ike && method->list[i].hashes)
			return true;
	return false;
}

/* Without a hash nothing is said of signatures. */
static bool allows(const struct method *method, bool ike, EVP_PKEY *key,
		   const struct sig_used *used)
{
	bool limits = false;

	for (size_t i = 0; i < method->n; i++) {
		const struct method_scheme *scheme = &method->list[i];

		if (scheme->ike != ike || !scheme->hashes)
			continue;
		limits = true;
		if (is_of_type(scheme, key) && used->hash &&
		    scheme->hashes & 1U << used->hash &&
		    (!scheme->pss || used->pss))
			return true;
	}
	return !limits;
}

int method_check_auth(const struct method *method, EVP_PKEY *key,
		      const struct sig_used *used, struct err *err)
{
	bool ike = has_ike(method);
	char want[TEXT_SIZE];

	if (allows(method, ike, key, used))
		return 0;
	return err_set(
		err, ERR_REFUSED,
		"AUTH is signed with %s and %s%s, the connection wants %s (auth)",
		type_name(key), hash_word(used->hash),
		used->pss ? ", RSASSA-PSS" : "",
		show_hashes(method, key, ike, want));
}

static struct sig_used used_in(X509 *cert)
{
	int nid = NID_undef, padding = NID_undef;

	X509_get_signature_info(cert, &nid, &padding, NULL, NULL);
	return (struct sig_used){
		/* Ed25519 and Ed448 hash by themselves (RFC 8420). */
		.hash = nid == NID_undef ? HASH_IDENTITY : sig_hash_of_nid(nid),
		.pss = padding == NID_rsassaPss,
	};
}

static int check_signature(const struct method *method, X509 *cert,
			   EVP_PKEY *issuer, struct err *err)
{
	struct sig_used used = used_in(cert);
	char name[128], want[TEXT_SIZE];

	if (!issuer || allows(method, false, issuer, &used))
		return 0;
	return err_set(
		err, ERR_REFUSED,
		"certificate of %s is signed with %s and %s, the connection wants %s (auth)",
		x509_show(cert, name, sizeof(name)), type_name(issuer),
		hash_word(used.hash), show_hashes(method, issuer, false, want));
}

/* What is said of keys of another type says nothing of this one. */
static int check_strength(const struct method *method, X509 *cert,
			  struct err *err)
{
	EVP_PKEY *key = X509_get0_pubkey(cert);
	struct method own = { 0 };
	char name[128];

	for (size_t i = 0; key && i < method->n; i++)
		if (!method->list[i].ike && method->list[i].type &&
		    is_of_type(&method->list[i], key))
			own.list[own.n++] = method->list[i];
	if (!method_check_key(&own, key, err))
		return 0;
	return err_prefix(err, "certificate of %s: ",
			  x509_show(cert, name, sizeof(name)));
}

int method_check_chain(const struct method *method, STACK_OF(X509) * chain,
		       struct err *err)
{
	int n = sk_X509_num(chain);

	for (int i = 0; i < n; i++) {
		X509 *cert = sk_X509_value(chain, i);

		if (i < n - 1 &&
		    check_signature(
			    method, cert,
			    X509_get0_pubkey(sk_X509_value(chain, i + 1)), err))
			return -1;
		if (check_strength(method, cert, err))
			return -1;
	}
	return 0;
}

/* ------------------------------------------------------------------- our own */

uint32_t method_hashes(const struct method *method, EVP_PKEY *key)
{
	bool ike = has_ike(method);
	uint32_t all = 0;

	for (size_t i = 0; i < method->n; i++)
		if (method->list[i].ike == ike &&
		    is_of_type(&method->list[i], key))
			all |= method->list[i].hashes;
	return all;
}

bool method_pss(const struct method *method, EVP_PKEY *key)
{
	for (size_t i = 0; i < method->n; i++)
		if (method->list[i].pss && is_of_type(&method->list[i], key))
			return true;
	return false;
}
