// SPDX-License-Identifier: GPL-2.0-or-later
/* See method.h. */
#include "method.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/util.h"
#include "../crypto/sig.h"
#include "../proto/v2.h"
#include "x509.h"

static const struct {
	const char *word;
	const char *type;
	uint16_t hash;
	bool pss;
} words[] = {
	{ "rsa", "RSA", 0, false },
	{ "ecdsa", "EC", 0, false },
	{ "ed25519", "ED25519", 0, false },
	{ "ed448", "ED448", 0, false },
	{ "pss", NULL, 0, true },
	{ "sha1", NULL, HASH_SHA1, false },
	{ "sha256", NULL, HASH_SHA2_256, false },
	{ "sha384", NULL, HASH_SHA2_384, false },
	{ "sha512", NULL, HASH_SHA2_512, false },
	{ "identity", NULL, HASH_IDENTITY, false },
};

static void read_word(struct method *method, const char *word, size_t len)
{
	if (len && word[0] >= '0' && word[0] <= '9') {
		method->bits = (int)strtol(word, NULL, 10);
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (strlen(words[i].word) != len ||
		    strncmp(words[i].word, word, len) != 0)
			continue;
		if (words[i].type)
			method->type = words[i].type;
		if (words[i].hash)
			method->hashes |= 1U << words[i].hash;
		method->pss |= words[i].pss;
	}
}

void method_read(struct method *method, const char *text)
{
	*method = (struct method){ 0 };
	if (!text)
		return;
	if (strncmp(text, "ike:", 4) == 0) {
		method->ike_only = true;
		text += 4;
	}
	while (*text) {
		size_t len = strcspn(text, "-/:");

		read_word(method, text, len);
		text += len;
		text += *text != '\0';
	}
}

static bool is_of_type(const struct method *method, EVP_PKEY *key)
{
	const char *type = EVP_PKEY_get0_type_name(key);

	/* An RSA-PSS key is RSA too. */
	return EVP_PKEY_is_a(key, method->type) ||
	       (type && strncmp(type, method->type, strlen(method->type)) == 0);
}

int method_check_key(const struct method *method, EVP_PKEY *key,
		     struct err *err)
{
	const char *type = EVP_PKEY_get0_type_name(key);
	int bits = EVP_PKEY_get_bits(key);

	if (!type)
		type = "?";
	if (method->type && !is_of_type(method, key))
		return err_set(err, ERR_REFUSED,
			       "the key is %s of %d bits, not %s", type, bits,
			       method->type);
	if (bits < method->bits)
		return err_set(err, ERR_REFUSED,
			       "the %s key has %d bits, %d are the least", type,
			       bits, method->bits);
	return 0;
}

static uint16_t hash_of(X509 *cert)
{
	int nid = -1;

	X509_get_signature_info(cert, &nid, NULL, NULL, NULL);
	/* Ed25519 and Ed448 hash by themselves (RFC 8420). */
	return nid == NID_undef ? HASH_IDENTITY : sig_hash_of_nid(nid);
}

static const char *hash_word(uint16_t id)
{
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (id && words[i].hash == id)
			return words[i].word;
	return "another hash";
}

static int check_hash(const struct method *method, X509 *cert, struct err *err)
{
	uint16_t hash = hash_of(cert);
	char name[128], want[64] = "";

	if (!method->hashes || (hash && method->hashes & 1U << hash))
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (words[i].hash && method->hashes & 1U << words[i].hash)
			snprintf(want + strlen(want),
				 sizeof(want) - strlen(want), "%s%s",
				 *want ? ", " : "", words[i].word);
	return err_set(
		err, ERR_REFUSED,
		"certificate of %s is signed with %s, the connection wants %s (auth)",
		x509_show(cert, name, sizeof(name)), hash_word(hash), want);
}

int method_check_chain(const struct method *method, STACK_OF(X509) * chain,
		       struct err *err)
{
	int n = method->ike_only ? 0 : sk_X509_num(chain);

	for (int i = 0; i < n; i++) {
		X509 *cert = sk_X509_value(chain, i);
		EVP_PKEY *key = X509_get0_pubkey(cert);
		char name[128];

		if (i < n - 1 && check_hash(method, cert, err))
			return -1;
		if (method->type && key && is_of_type(method, key) &&
		    method_check_key(method, key, err))
			return err_prefix(err, "certificate of %s: ",
					  x509_show(cert, name, sizeof(name)));
	}
	return 0;
}
