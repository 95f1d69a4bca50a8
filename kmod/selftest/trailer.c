// SPDX-License-Identifier: GPL-2.0-only
/* Trailers that our own sender never makes (RFC 4303, 2.4 to 2.6). */

#include <linux/align.h>
#include <linux/skbuff.h>

#include "../compat.h"
#include "../drop.h"
#include "../xform.h"
#include "esp.h"

#define SEQ 7
#define PAYLOAD 20

/* A trailer: so many octets of padding, and what it says of itself. */
struct trailer {
	unsigned int padding;
	/* This octet of the padding is wrong, counted from 1; 0 for none. */
	unsigned int wrong;
	u8 pad_len;
	u8 next_header;
};

/* A sealed packet with this trailer behind octets that count from 0. */
static struct sk_buff *sealed(struct adit_selftest *test,
			      struct adit_ends *ends,
			      const struct trailer *trailer)
{
	unsigned int head = adit_esp.head_len(&ends->out->sa, AF_INET);
	unsigned int inner = PAYLOAD + trailer->padding + 2;
	struct ip_esp_hdr *esp;
	struct sk_buff *skb;
	unsigned int i;
	u8 *p;

	skb = adit_selftest_packet(test, NULL, head + inner +
					       ends->out->sa.crypto.icv_len);
	if (!skb)
		return NULL;
	esp = (void *)skb->data;
	esp->spi = ends->out->sa.spi;
	esp->seq_no = htonl(SEQ);
	p = skb->data + head;
	for (i = 0; i < PAYLOAD; i++)
		*p++ = i;
	for (i = 1; i <= trailer->padding; i++)
		*p++ = i == trailer->wrong ? i ^ 0x40 : i;
	*p++ = trailer->pad_len;
	*p = trailer->next_header;
	if (adit_check(test, !adit_ends_seal_raw(ends, skb, SEQ),
		       "does not seal"))
		return skb;
	kfree_skb(skb);
	return NULL;
}

static void expect(struct adit_selftest *test, struct adit_ends *ends,
		   const struct trailer *trailer, int expected)
{
	struct sk_buff *skb = sealed(test, ends, trailer);
	u8 next_header = 0;
	int reason;

	if (!skb)
		return;
	reason = adit_ends_open(ends, skb, 0, &next_header);
	adit_check(test, reason == expected,
		   "%u octets, octet %u wrong, told %u: reason %d, not %d",
		   trailer->padding, trailer->wrong, trailer->pad_len, reason,
		   expected);
	/* Whatever the padding: a dummy packet must be known as one. */
	adit_check(test, next_header == trailer->next_header,
		   "next header %u, not %u", next_header,
		   trailer->next_header);
	adit_check(test, reason != ADIT_OK ||
		   (skb->len == PAYLOAD && skb->data[PAYLOAD - 1] ==
					   PAYLOAD - 1),
		   "%u octets: the payload has %u", trailer->padding,
		   skb->len);
	kfree_skb(skb);
}

static void with_cipher(struct adit_selftest *test, u16 encr, u16 integ,
			void (*run)(struct adit_selftest *test,
				    struct adit_ends *ends))
{
	static const u8 key[36] = { 3, 1, 4, 1, 5, 9 };
	struct adit_keys keys = {
		.encr = adit_alg_get(ADIT_TRANSFORM_ENCR, encr),
		.integ = adit_alg_get(ADIT_TRANSFORM_INTEG, integ),
		.encr_key = key,
		.integ_key = key,
	};
	struct adit_ends ends;
	int err;

	keys.encr_key_len = keys.encr->key_len[0] + keys.encr->salt_len;
	if (keys.integ)
		keys.integ_key_len = keys.integ->key_len[0];
	err = adit_ends_init(&ends, &keys, false);
	if (!adit_check(test, !err, "%s: error %d", keys.encr->name, err))
		return;
	run(test, &ends);
	adit_ends_uninit(&ends);
}

/* Blocks of 4 and of 16 octets. */
static void with_both(struct adit_selftest *test,
		      void (*run)(struct adit_selftest *test,
				  struct adit_ends *ends))
{
	with_cipher(test, ADIT_ENCR_CHACHA20_POLY1305, ADIT_INTEG_NONE, run);
	with_cipher(test, ADIT_ENCR_AES_CBC, ADIT_INTEG_HMAC_SHA2_256_128,
		    run);
}

/* Padding of any length that the block allows, and each octet of it wrong. */
static void paddings(struct adit_selftest *test, struct adit_ends *ends)
{
	unsigned int block = ends->out->sa.crypto.block;
	struct trailer trailer = { .next_header = IPPROTO_IPIP };
	unsigned int len;

	for (len = ALIGN(PAYLOAD + 2, block) - PAYLOAD - 2; len <= U8_MAX;
	     len += block) {
		if (len > 3 * block && !adit_sample(test, 8))
			continue;
		trailer.padding = len;
		trailer.pad_len = len;
		trailer.wrong = 0;
		expect(test, ends, &trailer, ADIT_OK);
		for (trailer.wrong = 1; trailer.wrong <= len; trailer.wrong++)
			if (adit_sample(test, 8))
				expect(test, ends, &trailer,
				       ADIT_DROP_RX_PADDING);
	}
}

static void test_paddings(struct adit_selftest *test)
{
	with_both(test, paddings);
}

/* 10 octets of padding, of which the trailer tells something else. */
static void pad_lens(struct adit_selftest *test, struct adit_ends *ends)
{
	struct trailer trailer = {
		.padding = 10,
		.next_header = IPPROTO_IPV6,
	};
	unsigned int len;

	for (len = 0; len <= U8_MAX; len++) {
		/* No padding at all is one that cannot be wrong. */
		if (!len || len == trailer.padding || !adit_sample(test, 16))
			continue;
		trailer.pad_len = len;
		expect(test, ends, &trailer, ADIT_DROP_RX_PADDING);
	}
}

static void test_pad_lens(struct adit_selftest *test)
{
	with_both(test, pad_lens);
}

static void next_headers(struct adit_selftest *test, struct adit_ends *ends)
{
	struct trailer trailer = { .padding = 10, .pad_len = 10 };
	unsigned int i;

	for (i = 0; i <= U8_MAX; i++) {
		if (i != IPPROTO_NONE && !adit_sample(test, 32))
			continue;
		trailer.next_header = i;
		trailer.wrong = 0;
		expect(test, ends, &trailer, ADIT_OK);
		trailer.wrong = 1;
		expect(test, ends, &trailer, ADIT_DROP_RX_PADDING);
	}
}

static void test_next_headers(struct adit_selftest *test)
{
	with_both(test, next_headers);
}

static const struct adit_selftest_case cases[] = {
	{ "padding", test_paddings },
	{ "length of padding", test_pad_lens },
	{ "next header", test_next_headers },
};

ADIT_SELFTEST_SUITE(trailer);
