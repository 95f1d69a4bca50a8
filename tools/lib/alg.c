// SPDX-License-Identifier: GPL-2.0-or-later
/* See alg.h. */
#include "alg.h"

#include <linux/adit.h>
#include <stdio.h>
#include <string.h>

#include "names.h"
#include "quantity.h"

static const struct alg encrs[] = {
	{ ADIT_ENCR_NULL, { 0 }, 0, false },
	{ ADIT_ENCR_AES_CBC, { 128, 192, 256 }, 0, false }, /* RFC 3602 */
	{ ADIT_ENCR_AES_CTR, { 128, 192, 256 }, 4, false }, /* RFC 3686 */
	{ ADIT_ENCR_CAMELLIA_CBC, { 128, 192, 256 }, 0, false }, /* RFC 5529 */
	{ ADIT_ENCR_3DES, { 192 }, 0, false }, /* RFC 2451 */
	{ ADIT_ENCR_AES_CCM_8, { 128, 192, 256 }, 3, true }, /* RFC 4309 */
	{ ADIT_ENCR_AES_CCM_12, { 128, 192, 256 }, 3, true },
	{ ADIT_ENCR_AES_CCM_16, { 128, 192, 256 }, 3, true },
	{ ADIT_ENCR_AES_GCM_8, { 128, 192, 256 }, 4, true }, /* RFC 4106 */
	{ ADIT_ENCR_AES_GCM_12, { 128, 192, 256 }, 4, true },
	{ ADIT_ENCR_AES_GCM_16, { 128, 192, 256 }, 4, true },
	/* RFC 4543 */
	{ ADIT_ENCR_NULL_AUTH_AES_GMAC, { 128, 192, 256 }, 4, true },
	{ ADIT_ENCR_CHACHA20_POLY1305, { 256 }, 4, true }, /* RFC 7634 */
	{ ADIT_ENCR_AES_CCM_8_IIV, { 128, 192, 256 }, 3, true }, /* RFC 8750 */
	{ ADIT_ENCR_AES_GCM_16_IIV, { 128, 192, 256 }, 4, true },
	{ ADIT_ENCR_CHACHA20_POLY1305_IIV, { 256 }, 4, true },
};

static const struct alg integs[] = {
	{ ADIT_INTEG_NONE, { 0 }, 0, false },
	{ ADIT_INTEG_HMAC_SHA1_96, { 160 }, 0, false }, /* RFC 2404 */
	{ ADIT_INTEG_HMAC_SHA2_256_128, { 256 }, 0, false }, /* RFC 4868 */
	{ ADIT_INTEG_HMAC_SHA2_384_192, { 384 }, 0, false },
	{ ADIT_INTEG_HMAC_SHA2_512_256, { 512 }, 0, false },
	{ ADIT_INTEG_AES_128_GMAC, { 128 }, 4, true }, /* RFC 4543 */
	{ ADIT_INTEG_AES_192_GMAC, { 192 }, 4, true },
	{ ADIT_INTEG_AES_256_GMAC, { 256 }, 4, true },
	{ ADIT_INTEG_HMAC_SHA2_256_96, { 256 }, 0, false },
	{ ADIT_INTEG_AES_XCBC_96, { 128 }, 0, false }, /* RFC 3566 */
	{ ADIT_INTEG_AES_CMAC_96, { 128 }, 0, false }, /* RFC 4494 */
	{ ADIT_INTEG_HMAC_MD5_96, { 128 }, 0, false }, /* RFC 2403 */
};

static const struct alg *find(const struct alg *rows, size_t n, uint16_t id)
{
	for (size_t i = 0; i < n; i++)
		if (rows[i].id == id)
			return &rows[i];
	return NULL;
}

const struct alg *alg_encr(uint16_t id)
{
	return find(encrs, ARRAY_SIZE(encrs), id);
}

const struct alg *alg_integ(uint16_t id)
{
	return find(integs, ARRAY_SIZE(integs), id);
}

static bool allows(const struct alg *alg, uint64_t bits)
{
	for (size_t i = 0; i < ARRAY_SIZE(alg->key_bits); i++)
		if (alg->key_bits[i] && alg->key_bits[i] == bits)
			return true;
	return false;
}

/* What people ask for, and the kernel refuses by number. */
static int check_refused(const char *word, struct err *err)
{
	static const struct {
		const char *word;
		const char *why;
	} rows[] = {
		{ "des", "its keys are found by trying" },
		{ "des-cbc", "its keys are found by trying" },
		{ "blowfish", "its blocks are too short" },
		{ "blowfish-cbc", "its blocks are too short" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (strcmp(rows[i].word, word) == 0)
			return err_set(err, ERR_USAGE,
				       "%s is not secure, %s; try aes-gcm-16",
				       word, rows[i].why);
	return 0;
}

int alg_parse_encr(const char *word, uint16_t *id, uint16_t *bits,
		   struct err *err)
{
	const char *dash = strrchr(word, '-');
	uint32_t number = 0;
	uint64_t value;
	char name[64];

	*bits = 0;
	/* A number that only the kernel has a name for. */
	if (*word && !word[strspn(word, "0123456789")]) {
		if (quantity_parse(&value, word, 0, UINT16_MAX, err))
			return -1;
		*id = (uint16_t)value;
		return 0;
	}
	if (dash && (size_t)(dash - word) < sizeof(name)) {
		struct err none;

		snprintf(name, sizeof(name), "%.*s", (int)(dash - word), word);
		for (size_t i = 0; i < names_encr.n; i++)
			if (strcmp(names_encr.rows[i].word, name) == 0)
				number = names_encr.rows[i].value;
		if (number &&
		    !quantity_parse(&value, dash + 1, 0, UINT16_MAX, &none)) {
			const struct alg *alg = alg_encr((uint16_t)number);

			if (alg && !allows(alg, value))
				return err_set(err, ERR_USAGE,
					       "%s has no keys of %s bits",
					       name, dash + 1);
			*id = (uint16_t)number;
			*bits = (uint16_t)value;
			return 0;
		}
	}
	if (check_refused(word, err) ||
	    names_parse(&names_encr, word, &number, err))
		return -1;
	*id = (uint16_t)number;
	return 0;
}

const char *alg_show(uint16_t encr, uint16_t bits, uint16_t integ,
		     char buf[ALG_TEXT_SIZE])
{
	const struct alg *alg = alg_encr(encr);
	char number[16];
	int len;

	/* AH. */
	if (!encr && integ) {
		snprintf(buf, ALG_TEXT_SIZE, "%s",
			 names_show(&names_integ, integ, number,
				    sizeof(number)));
		return buf;
	}
	/* Not where only one length is possible. */
	if (alg && !alg->key_bits[1])
		bits = 0;
	len = snprintf(buf, ALG_TEXT_SIZE, "%s",
		       names_show(&names_encr, encr, number, sizeof(number)));
	if (bits)
		len += snprintf(buf + len, ALG_TEXT_SIZE - (size_t)len, "-%u",
				bits);
	if (integ)
		snprintf(buf + len, ALG_TEXT_SIZE - (size_t)len, "+%s",
			 names_show(&names_integ, integ, number,
				    sizeof(number)));
	return buf;
}
