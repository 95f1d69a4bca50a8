// SPDX-License-Identifier: GPL-2.0-or-later
/* See method.h. */
#include "method.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/util.h"
#include "../proto/v2.h"

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
	if (strncmp(text, "ike:", 4) == 0)
		text += 4;
	while (*text) {
		size_t len = strcspn(text, "-/:");

		read_word(method, text, len);
		text += len;
		text += *text != '\0';
	}
}

int method_check_key(const struct method *method, EVP_PKEY *key,
		     struct err *err)
{
	const char *type = EVP_PKEY_get0_type_name(key);
	int bits = EVP_PKEY_get_bits(key);

	if (!type)
		type = "?";
	/* An RSA-PSS key is RSA too. */
	if (method->type && !EVP_PKEY_is_a(key, method->type) &&
	    strncmp(type, method->type, strlen(method->type)) != 0)
		return err_set(err, ERR_REFUSED,
			       "the key is %s of %d bits, not %s", type, bits,
			       method->type);
	if (bits < method->bits)
		return err_set(err, ERR_REFUSED,
			       "the %s key has %d bits, %d are the least", type,
			       bits, method->bits);
	return 0;
}
