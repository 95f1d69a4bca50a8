// SPDX-License-Identifier: GPL-2.0-only
/*
 * The algorithm table, and published packets for its rows. What an algorithm
 * seals is right because these open, and because what is sealed opens (esp.c).
 */

#include <linux/kernel.h>
#include <linux/skbuff.h>
#include <linux/string.h>

#include "../compat.h"
#include "../drop.h"
#include "../xform.h"
#include "esp.h"
#include "vectors.h"

#define MAX_OCTETS 160

static int vector_init(struct adit_selftest *test, const struct vector *vector,
		       struct adit_ends *ends)
{
	u8 key[ADIT_MAX_KEY_LEN], integ_key[ADIT_MAX_KEY_LEN];
	struct adit_keys keys = {
		.encr = adit_alg_get(ADIT_TRANSFORM_ENCR, vector->encr),
		.encr_key = key,
		.encr_key_len = adit_octets(test, vector->key, key, sizeof(key)),
		.integ_key = integ_key,
		.integ_key_len = adit_octets(test, vector->integ_key, integ_key,
					sizeof(integ_key)),
	};
	int err;

	if (vector->integ)
		keys.integ = adit_alg_get(ADIT_TRANSFORM_INTEG, vector->integ);
	err = adit_ends_init(ends, &keys, vector->esn);
	adit_check(test, !err, "%s: error %d", vector->name, err);
	return err;
}

static u64 vector_seq(const struct vector *vector, const u8 *packet)
{
	return (u64)vector->high << 32 | get_unaligned_be32(packet + 4);
}

/* The ciphertext becomes the plaintext. */
static void open_raw(struct adit_selftest *test, const struct vector *vector,
		     struct adit_ends *ends, const u8 *packet,
		     unsigned int len)
{
	struct sk_buff *skb = adit_selftest_packet(test, packet, len);
	unsigned int head = adit_esp.head_len(&ends->in->sa, AF_INET);
	u8 plain[MAX_OCTETS];
	unsigned int plain_len;
	int err;

	if (!skb)
		return;
	plain_len = adit_octets(test, vector->plain, plain, sizeof(plain));
	err = adit_ends_open_raw(ends, skb, vector_seq(vector, packet));
	adit_check(test, !err, "%s: opening: error %d", vector->name, err);
	adit_check(test, len == head + plain_len + ends->in->sa.crypto.icv_len,
		   "%s: %u octets", vector->name, len);
	adit_check(test, !memcmp(skb->data + head, plain, plain_len),
		   "%s: not the plaintext", vector->name);
	kfree_skb(skb);
}

/* The whole packet becomes the payload. */
static void open_esp(struct adit_selftest *test, const struct vector *vector,
		     struct adit_ends *ends, const u8 *packet,
		     unsigned int len)
{
	struct sk_buff *skb = adit_selftest_packet(test, packet, len);
	u8 plain[MAX_OCTETS], next_header = 0;
	unsigned int plain_len;
	int reason;

	if (!skb)
		return;
	plain_len = adit_octets(test, vector->plain, plain, sizeof(plain));
	reason = adit_ends_open(ends, skb, vector->high, &next_header);
	adit_check(test, reason == ADIT_OK, "%s: reason %d", vector->name,
		   reason);
	adit_check(test, next_header == plain[plain_len - 1],
		   "%s: next header %u", vector->name, next_header);
	adit_check(test, skb->len == plain_len - plain[plain_len - 2] - 2 &&
		   !memcmp(skb->data, plain, skb->len),
		   "%s: not the payload", vector->name);
	kfree_skb(skb);
}

/* Without an IV in it there is only one packet that a plaintext becomes. */
static void seal_raw(struct adit_selftest *test, const struct vector *vector,
		     struct adit_ends *ends, const u8 *packet,
		     unsigned int len)
{
	struct sk_buff *skb = adit_selftest_packet(test, packet, len);
	u8 *plain;
	int err;

	if (!skb)
		return;
	plain = skb->data + adit_esp.head_len(&ends->out->sa, AF_INET);
	adit_octets(test, vector->plain, plain, skb_tail_pointer(skb) - plain);
	err = adit_ends_seal_raw(ends, skb, vector_seq(vector, packet));
	adit_check(test, !err, "%s: sealing: error %d", vector->name, err);
	adit_check(test, !memcmp(skb->data, packet, len),
		   "%s: another packet is made", vector->name);
	kfree_skb(skb);
}

static void test_vector(struct adit_selftest *test, const struct vector *vector)
{
	struct adit_ends ends;
	u8 packet[MAX_OCTETS];
	unsigned int len;

	len = adit_octets(test, vector->packet, packet, sizeof(packet));
	if (vector_init(test, vector, &ends))
		return;
	open_raw(test, vector, &ends, packet, len);
	if (!vector->raw)
		open_esp(test, vector, &ends, packet, len);
	if (!ends.out->sa.crypto.iv_len)
		seal_raw(test, vector, &ends, packet, len);
	adit_ends_uninit(&ends);
}

static void test_vectors(struct adit_selftest *test)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(vectors); i++)
		test_vector(test, &vectors[i]);
}

static bool has_vector(const struct adit_alg *alg)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(vectors); i++)
		if (alg->id == (alg->transform == ADIT_TRANSFORM_ENCR ?
				vectors[i].encr : vectors[i].integ))
			return true;
	return false;
}

/* What the rest of the module relies on in each row. */
static void test_row(struct adit_selftest *test, const struct adit_alg *alg)
{
	adit_check(test, adit_alg_get(alg->transform, alg->id) == alg,
		   "%s: not the only row of its id", alg->name);
	adit_check(test, alg->icv_len <= ADIT_MAX_ICV_LEN, "%s: ICV of %u",
		   alg->name, alg->icv_len);
	adit_check(test, alg->iv_len <= ADIT_MAX_IV_LEN, "%s: IV of %u",
		   alg->name, alg->iv_len);
	adit_check(test, alg->block <= ADIT_MAX_BLOCK, "%s: block of %u",
		   alg->name, alg->block);
	adit_check(test, alg->transform == ADIT_TRANSFORM_INTEG ||
		   alg->block % ADIT_ESP_ALIGN == 0, "%s: block of %u",
		   alg->name, alg->block);
	adit_check(test, adit_alg_usable(alg), "%s: the kernel has no %s",
		   alg->name, alg->crypto_name);
	/* What AH alone has ah.c looks for. */
	adit_check(test, has_vector(alg) ||
		   (alg->aead && alg->transform == ADIT_TRANSFORM_INTEG),
		   "%s: no published packet", alg->name);
}

static void test_rows(struct adit_selftest *test)
{
	unsigned int i;

	for (i = 0; i < adit_alg_count; i++)
		test_row(test, &adit_algs[i]);
	adit_check(test, !adit_alg_get(ADIT_TRANSFORM_ENCR, 0xffff) &&
		   !adit_alg_get(ADIT_TRANSFORM_INTEG, ADIT_INTEG_NONE),
		   "there is a row of an id that has none");
}

/* Key lengths, and how refusals tell them. */
#define T(transform, name, text, ...) {					\
	ADIT_TRANSFORM_ ## transform, ADIT_ ## transform ## _ ## name,	\
	text, { __VA_ARGS__ }						\
}

static const struct {
	u8 transform;
	u16 id;
	const char *text;
	u8 lens[ADIT_ALG_MAX_KEYS];
} key_lens[] = {
	T(ENCR, AES_GCM_16, "20, 28 or 36", 20, 28, 36),
	T(ENCR, AES_GCM_12, "20, 28 or 36", 20, 28, 36),
	T(ENCR, AES_GCM_8, "20, 28 or 36", 20, 28, 36),
	T(ENCR, CHACHA20_POLY1305, "36", 36),
	T(ENCR, AES_CCM_16, "19, 27 or 35", 19, 27, 35),
	T(ENCR, AES_CCM_12, "19, 27 or 35", 19, 27, 35),
	T(ENCR, AES_CCM_8, "19, 27 or 35", 19, 27, 35),
	T(ENCR, AES_GCM_16_IIV, "20, 28 or 36", 20, 28, 36),
	T(ENCR, CHACHA20_POLY1305_IIV, "36", 36),
	T(ENCR, AES_CCM_8_IIV, "19, 27 or 35", 19, 27, 35),
	T(ENCR, NULL_AUTH_AES_GMAC, "20, 28 or 36", 20, 28, 36),
	T(ENCR, AES_CBC, "16, 24 or 32", 16, 24, 32),
	T(ENCR, AES_CTR, "20, 28 or 36", 20, 28, 36),
	T(ENCR, CAMELLIA_CBC, "16, 24 or 32", 16, 24, 32),
	T(ENCR, 3DES, "24", 24),
	T(ENCR, NULL, "0", 0),
	T(INTEG, HMAC_SHA1_96, "20", 20),
	T(INTEG, HMAC_SHA2_256_128, "32", 32),
	T(INTEG, HMAC_SHA2_384_192, "48", 48),
	T(INTEG, HMAC_SHA2_512_256, "64", 64),
	T(INTEG, AES_XCBC_96, "16", 16),
	T(INTEG, AES_CMAC_96, "16", 16),
	T(INTEG, AES_128_GMAC, "20", 20),
	T(INTEG, AES_192_GMAC, "28", 28),
	T(INTEG, AES_256_GMAC, "36", 36),
	T(INTEG, HMAC_SHA2_256_96, "32", 32),
	T(INTEG, HMAC_MD5_96, "16", 16),
};

#undef T

static bool key_len_known(const u8 *lens, u8 len)
{
	return len ? !!memchr(lens, len, ADIT_ALG_MAX_KEYS) : !lens[0];
}

static void test_key_lens(struct adit_selftest *test)
{
	const struct adit_alg *alg;
	unsigned int i, len;
	char text[32];
	bool known;

	adit_check(test, ARRAY_SIZE(key_lens) == adit_alg_count, "rows miss");
	for (i = 0; i < ARRAY_SIZE(key_lens); i++) {
		alg = adit_alg_get(key_lens[i].transform, key_lens[i].id);
		if (!adit_check(test, alg, "row %u: no such algorithm", i))
			continue;
		adit_alg_list_key_lens(alg, text, sizeof(text));
		adit_check(test, !strcmp(text, key_lens[i].text),
			   "%s: key lengths %s", alg->name, text);
		for (len = 0; len <= ADIT_MAX_KEY_LEN; len++) {
			known = key_len_known(key_lens[i].lens, len);
			adit_check(test,
				   adit_alg_key_len_ok(alg, len) == known,
				   "%s: a key of %u", alg->name, len);
		}
	}
}

static void test_ids(struct adit_selftest *test)
{
	char text[48];
	size_t len;

	len = adit_alg_list_ids(ADIT_TRANSFORM_ENCR, text, sizeof(text));
	adit_check(test, !strcmp(text, "3, 11-16, 18-21, 23, 28-31") &&
		   len == strlen(text), "encryption: %s", text);
	len = adit_alg_list_ids(ADIT_TRANSFORM_INTEG, text, sizeof(text));
	adit_check(test, !strcmp(text, "1-2, 5, 8-14, 1026") &&
		   len == strlen(text), "integrity: %s", text);
}

/* What is refused has a reason, and nothing else has. */
static void test_refused(struct adit_selftest *test)
{
	static const u8 refused[] = { 1, 2, 7, 9 };
	unsigned int id;
	bool is;

	for (id = 0; id < 64; id++) {
		is = memchr(refused, id, sizeof(refused));
		adit_check(test,
			   !!adit_alg_refused(ADIT_TRANSFORM_ENCR, id) == is,
			   "encryption %u: %s", id, is ? "allowed" : "refused");
		adit_check(test, !is || !adit_alg_get(ADIT_TRANSFORM_ENCR, id),
			   "encryption %u is refused and there", id);
	}
}

static const struct adit_selftest_case cases[] = {
	{ "rows of the table", test_rows },
	{ "lengths of keys", test_key_lens },
	{ "ids in refusals", test_ids },
	{ "refused by name", test_refused },
	{ "published packets", test_vectors },
};

ADIT_SELFTEST_SUITE(alg);
