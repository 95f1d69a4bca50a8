// SPDX-License-Identifier: GPL-2.0-or-later
/* See mschap.h. */
#include "mschap.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include "../../lib/util.h"

enum { SHA1_LEN = 20, MD4_LEN = 16, DES_LEN = 8, DES_KEY_LEN = 7 };

void mschap_load(struct mschap_providers *providers)
{
	/* The usual one would not be loaded any more by itself then. */
	providers->usual = OSSL_PROVIDER_load(NULL, "default");
	providers->legacy = OSSL_PROVIDER_load(NULL, "legacy");
	ERR_clear_error();
}

void mschap_unload(struct mschap_providers *providers)
{
	if (providers->legacy)
		OSSL_PROVIDER_unload(providers->legacy);
	if (providers->usual)
		OSSL_PROVIDER_unload(providers->usual);
	*providers = (struct mschap_providers){ 0 };
}

int mschap_check(struct err *err)
{
	EVP_MD *md4 = EVP_MD_fetch(NULL, "MD4", NULL);

	EVP_MD_free(md4);
	ERR_clear_error();
	if (md4)
		return 0;
	return err_set(
		err, ERR_REFUSED,
		"EAP-MSCHAPv2 needs MD4, which OpenSSL has in its provider 'legacy' (legacy.so): that cannot be loaded");
}

static int digest(const char *name, const struct span *parts, size_t n,
		  uint8_t *out)
{
	EVP_MD *md = EVP_MD_fetch(NULL, name, NULL);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool good = md && ctx && EVP_DigestInit_ex2(ctx, md, NULL);

	for (size_t i = 0; good && i < n; i++)
		good = EVP_DigestUpdate(ctx, parts[i].data, parts[i].len);
	good = good && EVP_DigestFinal_ex(ctx, out, NULL);
	EVP_MD_CTX_free(ctx);
	EVP_MD_free(md);
	ERR_clear_error();
	return good ? 0 : -1;
}

/* The next character of UTF-8, or one octet if it is none. */
static uint32_t take_character(struct span *text)
{
	uint8_t first = text->data[0];
	size_t more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
	uint32_t value = first & (0x3f >> more);
	size_t i = 1;

	if (first < 0xc2 || first > 0xf4 || more >= text->len)
		more = 0;
	for (; more && i <= more && (text->data[i] & 0xc0) == 0x80; i++)
		value = value << 6 | (text->data[i] & 0x3f);
	if (!more || i <= more) {
		value = first;
		more = 0;
	}
	text->data += more + 1;
	text->len -= more + 1;
	return value;
}

static void add_u16le(struct buf *buf, uint32_t value)
{
	buf_add_u8(buf, (uint8_t)value);
	buf_add_u8(buf, (uint8_t)(value >> 8));
}

int mschap_hash(struct span password, uint8_t out[MSCHAP_HASH_LEN])
{
	struct buf text = BUF_INIT;
	struct span part;
	uint32_t value;
	int rc = -1;

	while (password.len) {
		value = take_character(&password);
		if (value >= 0x10000) {
			add_u16le(&text, 0xd800 + ((value - 0x10000) >> 10));
			value = 0xdc00 + ((value - 0x10000) & 0x3ff);
		}
		add_u16le(&text, value);
	}
	part = buf_span(&text);
	if (!text.failed && part.len <= 2UL * MSCHAP_PASSWORD_MAX)
		rc = digest("MD4", &part, 1, out);
	buf_free(&text);
	return rc;
}

/* Seven octets make eight, each with a bit for parity that nobody looks at. */
static void spread(const uint8_t key[DES_KEY_LEN], uint8_t out[DES_LEN])
{
	uint64_t bits = 0;

	for (size_t i = 0; i < DES_KEY_LEN; i++)
		bits = bits << 8 | key[i];
	for (size_t i = 0; i < DES_LEN; i++)
		out[i] = (uint8_t)((bits >> (49 - 7 * i) & 0x7f) << 1);
}

/* 3DES with the same key three times is DES, and not legacy. */
static int des(const uint8_t key[DES_KEY_LEN], const uint8_t clear[DES_LEN],
	       uint8_t out[DES_LEN])
{
	EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, "DES-EDE3-ECB", NULL);
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	uint8_t keys[3 * DES_LEN], block[2 * DES_LEN];
	int len = 0;
	bool good;

	spread(key, keys);
	memcpy(keys + DES_LEN, keys, DES_LEN);
	memcpy(keys + 2UL * DES_LEN, keys, DES_LEN);
	good = cipher && ctx &&
	       EVP_EncryptInit_ex2(ctx, cipher, keys, NULL, NULL) &&
	       EVP_CIPHER_CTX_set_padding(ctx, 0) &&
	       EVP_EncryptUpdate(ctx, block, &len, clear, DES_LEN) &&
	       len == DES_LEN;
	if (good)
		memcpy(out, block, DES_LEN);
	OPENSSL_cleanse(keys, sizeof(keys));
	EVP_CIPHER_CTX_free(ctx);
	EVP_CIPHER_free(cipher);
	ERR_clear_error();
	return good ? 0 : -1;
}

/* ChallengeHash() */
static int challenge_hash(const struct mschap *mschap, uint8_t out[SHA1_LEN])
{
	const struct span parts[] = { SPAN(mschap->peer), SPAN(mschap->server),
				      mschap->name };

	return digest("SHA1", parts, ARRAY_SIZE(parts), out);
}

int mschap_response(const struct mschap *mschap,
		    uint8_t out[MSCHAP_RESPONSE_LEN])
{
	/* ChallengeResponse(): the hash, filled with zeros, is three keys. */
	uint8_t keys[3 * DES_KEY_LEN] = { 0 }, challenge[SHA1_LEN];
	int rc = challenge_hash(mschap, challenge);

	memcpy(keys, mschap->hash, MSCHAP_HASH_LEN);
	for (size_t i = 0; !rc && i < 3; i++)
		rc = des(keys + i * DES_KEY_LEN, challenge, out + i * DES_LEN);
	OPENSSL_cleanse(keys, sizeof(keys));
	return rc;
}

/* HashNtPasswordHash() */
static int hash_hash(const uint8_t hash[MSCHAP_HASH_LEN], uint8_t out[MD4_LEN])
{
	const struct span part = span_of(hash, MSCHAP_HASH_LEN);

	return digest("MD4", &part, 1, out);
}

int mschap_proof(const struct mschap *mschap,
		 const uint8_t response[MSCHAP_RESPONSE_LEN],
		 uint8_t out[MSCHAP_PROOF_LEN])
{
	static const char magic1[] = "Magic server to client signing constant";
	static const char magic2[] =
		"Pad to make it do more than one iteration";
	uint8_t twice[MD4_LEN], inner[SHA1_LEN], challenge[SHA1_LEN];
	const struct span first[] = {
		SPAN(twice),
		span_of(response, MSCHAP_RESPONSE_LEN),
		span_of_text(magic1),
	};
	const struct span second[] = {
		SPAN(inner),
		span_of(challenge, DES_LEN),
		span_of_text(magic2),
	};
	int rc = -1;

	if (!hash_hash(mschap->hash, twice) &&
	    !challenge_hash(mschap, challenge) &&
	    !digest("SHA1", first, ARRAY_SIZE(first), inner))
		rc = digest("SHA1", second, ARRAY_SIZE(second), out);
	OPENSSL_cleanse(twice, sizeof(twice));
	return rc;
}

/* GetAsymmetricStartKey() */
static int start_key(const uint8_t master[16], const char *magic,
		     uint8_t out[16])
{
	uint8_t pad1[40], pad2[40], whole[SHA1_LEN];
	const struct span parts[] = { span_of(master, 16), SPAN(pad1),
				      span_of_text(magic), SPAN(pad2) };
	int rc;

	memset(pad1, 0, sizeof(pad1));
	memset(pad2, 0xf2, sizeof(pad2));
	rc = digest("SHA1", parts, ARRAY_SIZE(parts), whole);
	memcpy(out, whole, 16);
	OPENSSL_cleanse(whole, sizeof(whole));
	return rc;
}

int mschap_msk(const uint8_t hash[MSCHAP_HASH_LEN],
	       const uint8_t response[MSCHAP_RESPONSE_LEN],
	       uint8_t out[MSCHAP_MSK_LEN])
{
	/* What the client sends with, and the server: RFC 3079, 3.4. */
	static const char from_peer[] =
		"On the client side, this is the send key; "
		"on the server side, it is the receive key.";
	static const char from_server[] =
		"On the client side, this is the receive key; "
		"on the server side, it is the send key.";
	uint8_t twice[MD4_LEN], master[SHA1_LEN];
	const struct span parts[] = {
		SPAN(twice),
		span_of(response, MSCHAP_RESPONSE_LEN),
		span_of_text("This is the MPPE Master Key"),
	};
	int rc = -1;

	memset(out, 0, MSCHAP_MSK_LEN);
	if (!hash_hash(hash, twice) &&
	    !digest("SHA1", parts, ARRAY_SIZE(parts), master) &&
	    !start_key(master, from_peer, out))
		rc = start_key(master, from_server, out + 16);
	OPENSSL_cleanse(twice, sizeof(twice));
	OPENSSL_cleanse(master, sizeof(master));
	return rc;
}
