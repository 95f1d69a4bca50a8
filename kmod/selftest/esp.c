// SPDX-License-Identifier: GPL-2.0-only
/* ESP packets of every algorithm: what is sealed opens, and nothing else. */

#include <linux/align.h>
#include <linux/completion.h>
#include <linux/skbuff.h>

#include "../compat.h"
#include "../drop.h"
#include "../skb.h"
#include "../xform.h"
#include "esp.h"

#define SPI 0x12345678
#define MAX_LEN 128

/* Cases run one after the other, and each seals or opens one at a time. */
static DECLARE_COMPLETION(answered);
static int answer;

static void done(struct sk_buff *skb, int err)
{
	answer = err;
	complete(&answered);
}

/* What the cipher says in the end. */
static int settle(int err)
{
	if (err != -EINPROGRESS)
		return err;
	wait_for_completion(&answered);
	return answer;
}

/**
 * adit_ends_init() - make both ends of an SA
 * @ends: where to
 * @keys: algorithms and keys; of AH if there is no encryption algorithm
 * @esn: 64-bit sequence numbers
 *
 * Context: may sleep.
 * Return: 0 or an error; then there is nothing to undo.
 */
int adit_ends_init(struct adit_ends *ends, const struct adit_keys *keys,
		   bool esn)
{
	const struct adit_xform *xform = keys->encr ? &adit_esp : &adit_ah;
	int err = -ENOMEM;

	ends->out = adit_sa_out_alloc(NULL, NULL, xform, htonl(SPI));
	ends->in = adit_sa_in_alloc(NULL, NULL, xform, htonl(SPI));
	if (ends->out && ends->in) {
		err = adit_sa_out_set_keys(ends->out, keys, esn);
		if (!err)
			err = adit_sa_in_set_keys(ends->in, keys, esn, 0);
	}
	if (err)
		adit_ends_uninit(ends);
	return err;
}

/**
 * adit_ends_uninit() - free both ends of an SA
 * @ends: they
 */
void adit_ends_uninit(struct adit_ends *ends)
{
	if (ends->out)
		adit_sa_discard(&ends->out->sa);
	if (ends->in)
		adit_sa_discard(&ends->in->sa);
}

/**
 * adit_ends_seal() - what the sender does to an IPv4 packet
 * @ends: the SA
 * @skb: the packet, with the room that it needs
 * @seq: its sequence number
 *
 * Return: 0 or an error.
 */
int adit_ends_seal(struct adit_ends *ends, struct sk_buff *skb, u64 seq)
{
	struct adit_sa *sa = &ends->out->sa;
	int err;

	adit_skb_cb(skb)->sa = sa;
	adit_skb_cb(skb)->seq = seq;
	adit_skb_cb(skb)->next_header = IPPROTO_IPIP;
	local_bh_disable();
	err = sa->xform->output(sa, skb, done);
	local_bh_enable();
	return settle(err);
}

/**
 * adit_ends_open() - what the receiver does to a packet
 * @ends: the SA
 * @skb: the packet, at ESP
 * @high: upper half of its sequence number
 * @next_header: what it carries, if the answer is ADIT_OK
 *
 * Return: ADIT_OK or the drop reason.
 */
int adit_ends_open(struct adit_ends *ends, struct sk_buff *skb, u32 high,
		   u8 *next_header)
{
	struct adit_sa *sa = &ends->in->sa;
	int err;

	if (!sa->xform->long_enough(sa, skb))
		return ADIT_DROP_RX_TRUNCATED;
	adit_skb_cb(skb)->sa = sa;
	adit_skb_cb(skb)->seq = (u64)high << 32 | sa->xform->sequence(skb);
	local_bh_disable();
	err = sa->xform->input(sa, skb, done);
	local_bh_enable();
	err = settle(err);
	if (err)
		return err == -EBADMSG ? ADIT_DROP_RX_ICV : ADIT_DROP_RX_CRYPTO;
	return sa->xform->finish(sa, skb, next_header);
}

/**
 * adit_ends_seal_raw() - seal a packet whose trailer is already there
 * @ends: the SA
 * @skb: the packet, at the ESP header, with octets for the ICV
 * @seq: its sequence number
 *
 * Return: 0 or an error.
 */
int adit_ends_seal_raw(struct adit_ends *ends, struct sk_buff *skb, u64 seq)
{
	const struct adit_crypto *crypto = &ends->out->sa.crypto;
	int err;

	local_bh_disable();
	err = adit_crypto_seal(crypto, skb, skb->data,
			       skb->len - ADIT_ESP_HDR_LEN - crypto->iv_len -
			       crypto->icv_len, seq, done);
	local_bh_enable();
	return settle(err);
}

/**
 * adit_ends_open_raw() - open a packet and leave its trailer there
 * @ends: the SA
 * @skb: the packet, at the ESP header
 * @seq: its sequence number
 *
 * Return: 0 or an error.
 */
int adit_ends_open_raw(struct adit_ends *ends, struct sk_buff *skb, u64 seq)
{
	const struct adit_crypto *crypto = &ends->in->sa.crypto;
	int err;

	local_bh_disable();
	err = adit_crypto_open(crypto, skb, skb->data,
			       skb->len - ADIT_ESP_HDR_LEN - crypto->iv_len,
			       seq, done);
	local_bh_enable();
	return settle(err);
}

/**
 * adit_selftest_packet() - a packet with room around it
 * @test: the case
 * @data: its octets, NULL for those that count from 0
 * @len: how many
 *
 * Return: the packet; NULL without memory, the case has failed then.
 */
struct sk_buff *adit_selftest_packet(struct adit_selftest *test,
				     const void *data, unsigned int len)
{
	struct sk_buff *skb;
	unsigned int i;
	u8 *p;

	skb = alloc_skb(ADIT_MAX_HDR_LEN + len + ADIT_MAX_TRAILER_LEN,
			GFP_KERNEL);
	if (!adit_check(test, skb, "no memory"))
		return NULL;
	skb_reserve(skb, ADIT_MAX_HDR_LEN);
	p = skb_put(skb, len);
	if (data)
		memcpy(p, data, len);
	for (i = 0; !data && i < len; i++)
		p[i] = i;
	return skb;
}

/* One combination of algorithms, and what messages call it. */
struct suite {
	char name[64];
	struct adit_keys keys;
	bool esn;
};

typedef void (*suite_case_t)(struct adit_selftest *test,
			     const struct suite *suite, struct adit_ends *ends);

static void with_ends(struct adit_selftest *test, struct suite *suite,
		      suite_case_t run)
{
	const struct adit_keys *keys = &suite->keys;
	struct adit_ends ends;
	int err;

	if (!adit_sample(test, 7))
		return;
	snprintf(suite->name, sizeof(suite->name), "%s-%u%s%s%s",
		 keys->encr->name, keys->encr_key_len * 8,
		 keys->integ ? "+" : "", keys->integ ? keys->integ->name : "",
		 suite->esn ? ", ESN" : "");
	err = adit_ends_init(&ends, keys, suite->esn);
	if (!adit_check(test, !err, "%s: error %d", suite->name,
			err))
		return;
	run(test, suite, &ends);
	adit_ends_uninit(&ends);
}

/* With each integrity algorithm, if the cipher needs one. */
static void with_integ(struct adit_selftest *test, struct suite *suite,
		       suite_case_t run)
{
	const struct adit_alg *alg;

	if (suite->keys.encr->aead) {
		with_ends(test, suite, run);
		return;
	}
	for (alg = adit_algs; alg < adit_algs + adit_alg_count; alg++) {
		if (alg->transform != ADIT_TRANSFORM_INTEG || alg->aead)
			continue;
		suite->keys.integ = alg;
		suite->keys.integ_key_len = alg->key_len[0];
		with_ends(test, suite, run);
	}
}

/* With each length of the cipher's key; NULL has one of no octets. */
static void with_encr(struct adit_selftest *test, const struct adit_alg *encr,
		      bool esn, suite_case_t run)
{
	static const u8 key[64] = { 1, 2, 3, 4, 5, 6, 7, 8, 9 };
	struct suite suite = {
		.keys.encr = encr,
		.keys.encr_key = key,
		.keys.integ_key = key,
		.esn = esn,
	};
	unsigned int i = 0;

	do {
		suite.keys.encr_key_len = encr->key_len[i] + encr->salt_len;
		with_integ(test, &suite, run);
	} while (encr->key_len[i] && encr->key_len[++i]);
}

static void with_all(struct adit_selftest *test, suite_case_t run)
{
	const struct adit_alg *alg;

	for (alg = adit_algs; alg < adit_algs + adit_alg_count; alg++) {
		if (alg->transform != ADIT_TRANSFORM_ENCR)
			continue;
		with_encr(test, alg, false, run);
		with_encr(test, alg, true, run);
	}
}

/* A number whose upper half matters with ESN only. */
static u64 number(const struct suite *suite)
{
	return suite->esn ? 0x1fffffffeULL : 0xfffffffe;
}

static bool counts_from_0(const struct sk_buff *skb, unsigned int len)
{
	unsigned int i;

	for (i = 0; i < len; i++)
		if (skb->data[i] != (u8)i)
			return false;
	return skb->len == len;
}

/* RFC 4303, 2: the header, and what follows from the payload's length. */
static void check_sealed(struct adit_selftest *test, const struct suite *suite,
			 const struct adit_sa *sa, const struct sk_buff *skb,
			 unsigned int len)
{
	const struct ip_esp_hdr *esp = (const void *)skb->data;
	unsigned int head = sizeof(*esp) + suite->keys.encr->iv_len;
	unsigned int total = head + ALIGN(len + 2, suite->keys.encr->block) +
			     sa->crypto.icv_len;

	adit_check(test, skb->len == total,
		   "%s: %u octets become %u, not %u", suite->name,
		   len, skb->len, total);
	adit_check(test, esp->spi == htonl(SPI) &&
		   esp->seq_no == htonl(0xfffffffe),
		   "%s: SPI or sequence number is wrong",
		   suite->name);
	adit_check(test, sa->xform->long_enough(sa, skb),
		   "%s: %u octets are not enough", suite->name,
		   skb->len);
	adit_check(test, sa->xform->max_inner(sa, skb->len, AF_INET) ==
		   ALIGN_DOWN(len + 2 + suite->keys.encr->block - 1,
			      suite->keys.encr->block) - 2,
		   "%s: %u octets hold %u", suite->name, skb->len,
		   sa->xform->max_inner(sa, skb->len, AF_INET));
	adit_check(test, skb->len <= sa->xform->head_len(sa, AF_INET) + len +
				     sa->xform->tail_len(sa),
		   "%s: %u octets do not fit", suite->name, len);
}

static void round_trip(struct adit_selftest *test, const struct suite *suite,
		       struct adit_ends *ends, unsigned int len)
{
	struct sk_buff *skb = adit_selftest_packet(test, NULL, len);
	u8 next_header = 0;
	int reason, err;

	if (!skb)
		return;
	err = adit_ends_seal(ends, skb, number(suite));
	adit_check(test, !err, "%s: sealing %u octets: error %d",
		   suite->name, len, err);
	check_sealed(test, suite, &ends->out->sa, skb, len);
	reason = adit_ends_open(ends, skb, number(suite) >> 32, &next_header);
	adit_check(test, reason == ADIT_OK && next_header == IPPROTO_IPIP,
		   "%s: opening %u octets: reason %d, next header %u",
		   suite->name, len, reason, next_header);
	adit_check(test, counts_from_0(skb, len),
		   "%s: %u octets are not what they were",
		   suite->name, len);
	kfree_skb(skb);
}

static void round_trips(struct adit_selftest *test, const struct suite *suite,
			struct adit_ends *ends)
{
	unsigned int len;

	/* Every trailer there is. */
	for (len = 0; len < suite->keys.encr->block + 2; len++)
		if (adit_sample(test, 9))
			round_trip(test, suite, ends, len);
	round_trip(test, suite, ends, 1400);
}

static void test_round_trip(struct adit_selftest *test)
{
	with_all(test, round_trips);
}

/* Octets of a sealed packet, the same for all who try to change them. */
static unsigned int sealed_octets(struct adit_selftest *test,
				  const struct suite *suite,
				  struct adit_ends *ends, u8 *octets)
{
	struct sk_buff *skb = adit_selftest_packet(test, NULL, 30);
	unsigned int len = 0;

	if (!skb)
		return 0;
	if (adit_check(test, !adit_ends_seal(ends, skb, number(suite)) &&
		       skb->len <= MAX_LEN, "%s: does not seal",
		       suite->name)) {
		len = skb->len;
		memcpy(octets, skb->data, len);
	}
	kfree_skb(skb);
	return len;
}

static int open_octets(struct adit_selftest *test, struct adit_ends *ends,
		       const u8 *octets, unsigned int len, u32 high)
{
	struct sk_buff *skb = adit_selftest_packet(test, octets, len);
	int reason = ADIT_DROP_RX_NO_MEMORY;
	u8 next_header;

	if (skb)
		reason = adit_ends_open(ends, skb, high, &next_header);
	kfree_skb(skb);
	return reason;
}

static void flip_each(struct adit_selftest *test, const struct suite *suite,
		      struct adit_ends *ends)
{
	const struct adit_alg *encr = suite->keys.encr;
	unsigned int len, i;
	u8 octets[MAX_LEN];
	int reason;

	/* Of one cipher, one length of keys is enough. */
	if (suite->keys.encr_key_len != encr->key_len[0] + encr->salt_len)
		return;
	len = sealed_octets(test, suite, ends, octets);
	for (i = 0; i < len; i++) {
		u8 bit = 1 << adit_random(test, 8);

		if (!adit_sample(test, 17))
			continue;
		octets[i] ^= bit;
		reason = open_octets(test, ends, octets, len,
				     number(suite) >> 32);
		adit_check(test, reason == ADIT_DROP_RX_ICV,
			   "%s: octet %u of %u changed: reason %d",
			   suite->name, i, len, reason);
		octets[i] ^= bit;
	}
	reason = open_octets(test, ends, octets, len, number(suite) >> 32);
	adit_check(test, reason == ADIT_OK, "%s: unchanged: reason %d",
		   suite->name, reason);
	/* The upper half is in no packet, but the ICV covers it (2.2.1). */
	reason = open_octets(test, ends, octets, len,
			     (number(suite) >> 32) + 1);
	adit_check(test, reason == (suite->esn ? ADIT_DROP_RX_ICV : ADIT_OK),
		   "%s: another upper half: reason %d", suite->name,
		   reason);
}

static void test_flip(struct adit_selftest *test)
{
	with_all(test, flip_each);
}

/* Cut off, or lengthened: too short, no multiple of the block, or forged. */
static void cut_each(struct adit_selftest *test, const struct suite *suite,
		     struct adit_ends *ends)
{
	const struct adit_sa *sa = &ends->in->sa;
	unsigned int fixed = sa->xform->head_len(sa, AF_INET) + sa->crypto.icv_len;
	u8 octets[MAX_LEN] = {};
	unsigned int full, len;
	bool possible;
	int reason;

	full = sealed_octets(test, suite, ends, octets);
	for (len = ADIT_ESP_HDR_LEN; len < MAX_LEN; len++) {
		if (len == full || !adit_sample(test, 17))
			continue;
		possible = len >= fixed + sa->crypto.block &&
			   (len - fixed) % sa->crypto.block == 0;
		reason = open_octets(test, ends, octets, len,
				     number(suite) >> 32);
		adit_check(test, reason == (possible ? ADIT_DROP_RX_ICV :
						       ADIT_DROP_RX_TRUNCATED),
			   "%s: %u of %u octets: reason %d",
			   suite->name, len, full, reason);
	}
}

static void test_cut(struct adit_selftest *test)
{
	with_all(test, cut_each);
}

static const struct adit_selftest_case cases[] = {
	{ "round trip, each algorithm and trailer", test_round_trip },
	{ "each octet changed", test_flip },
	{ "each length", test_cut },
};

ADIT_SELFTEST_SUITE(esp);
