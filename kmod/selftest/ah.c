// SPDX-License-Identifier: GPL-2.0-only
/* AH packets that OpenSSL has made: they verify, nothing else does. */

#include <linux/ipv6.h>
#include <linux/kernel.h>
#include <linux/skbuff.h>
#include <linux/string.h>
#include <net/ip.h>

#include "../compat.h"
#include "../drop.h"
#include "../skb.h"
#include "../xform.h"
#include "ah_vectors.h"
#include "esp.h"

#define MAX_OCTETS 192

/* A vector as it is used. */
struct packet {
	const struct ah_vector *vector;
	const char *name;
	struct adit_ends ends;
	unsigned int len;
	unsigned int header_len;
	u8 octets[MAX_OCTETS];
	char header[MAX_OCTETS];
};

static u64 seq_of(const struct packet *packet)
{
	const struct ip_auth_hdr *ah = (const void *)packet->octets +
				       packet->header_len;

	return (u64)packet->vector->high << 32 | be32_to_cpu(ah->seq_no);
}

/* The packet as it comes from the underlay, skb->data at AH. */
static struct sk_buff *arrive(struct adit_selftest *test,
			      const struct packet *packet)
{
	struct sk_buff *skb = adit_selftest_packet(test, packet->octets,
						   packet->len);

	if (!skb)
		return NULL;
	skb_reset_network_header(skb);
	skb->protocol = packet->octets[0] >> 4 == 4 ? htons(ETH_P_IP) :
						      htons(ETH_P_IPV6);
	skb_pull(skb, packet->header_len);
	skb_reset_transport_header(skb);
	adit_skb_cb(skb)->seq = seq_of(packet);
	return skb;
}

/* 0 if it verifies with one octet of it changed by this. */
static int input_changed(struct adit_selftest *test,
			 const struct packet *packet, unsigned int at, u8 flip)
{
	const struct adit_sa *sa = &packet->ends.in->sa;
	struct sk_buff *skb = arrive(test, packet);
	int err = -ENOMEM;

	if (!skb)
		return err;
	skb_network_header(skb)[at] ^= flip;
	if (sa->xform->long_enough(sa, skb))
		err = sa->xform->input(sa, skb, NULL);
	else
		err = -EINVAL;
	kfree_skb(skb);
	return err;
}

static void test_verifies(struct adit_selftest *test,
			  const struct packet *packet)
{
	const struct adit_sa *sa = &packet->ends.in->sa;
	struct sk_buff *skb = arrive(test, packet);
	u8 next_header;
	int err;

	if (!skb)
		return;
	adit_check(test, sa->xform->long_enough(sa, skb),
		   "%s: not long enough", packet->name);
	err = sa->xform->input(sa, skb, NULL);
	adit_check(test, !err, "%s: error %d", packet->name, err);
	adit_check(test, !memcmp(skb_network_header(skb), packet->octets,
				 packet->len),
		   "%s: not left as it was", packet->name);
	adit_check(test, sa->xform->finish(sa, skb, &next_header) == ADIT_OK &&
		   next_header == IPPROTO_IPIP && ip_hdr(skb)->version ==
		   packet->octets[0] >> 4 && skb->data[0] == 0x45,
		   "%s: not the payload", packet->name);
	kfree_skb(skb);
}

/* Each bit of the packet is protected, but for what may change. */
static void test_changes(struct adit_selftest *test,
			 const struct packet *packet)
{
	unsigned int at, bit;
	bool may_change;
	int err;

	for (at = 0; at < packet->len; at++) {
		if (at < packet->header_len &&
		    packet->header[at] == '?')
			continue;
		may_change = at < packet->header_len &&
			     packet->header[at] == 'm';
		for (bit = 0; bit < 8; bit++) {
			if (!adit_sample(test, 17))
				continue;
			err = input_changed(test, packet, at, 1 << bit);
			adit_check(test, !err == may_change,
				   "%s: bit %u of octet %u: error %d",
				   packet->name, bit, at, err);
		}
	}
}

/* The sender makes the same packet. */
static void test_signs(struct adit_selftest *test, const struct packet *packet)
{
	const struct adit_sa *sa = &packet->ends.out->sa;
	u16 family = packet->octets[0] >> 4 == 4 ? AF_INET : AF_INET6;
	struct sk_buff *skb = arrive(test, packet);
	int err;

	if (!skb)
		return;
	skb_pull(skb, sa->xform->head_len(sa, family));
	adit_skb_cb(skb)->next_header = IPPROTO_IPIP;
	adit_skb_cb(skb)->outer_family = family;
	err = sa->xform->output(sa, skb, NULL);
	/* The header is still there. */
	skb_push(skb, packet->header_len);
	err = err ?: sa->xform->sign(sa, skb, seq_of(packet));
	adit_check(test, !err, "%s: error %d", packet->name, err);
	adit_check(test, skb->len == packet->len &&
		   !memcmp(skb->data, packet->octets, packet->len),
		   "%s: another packet is made", packet->name);
	kfree_skb(skb);
}

/* Padded for 64 bits with IPv4, as some senders do; and other lengths. */
static void test_lengths(struct adit_selftest *test,
			 const struct packet *packet)
{
	const struct adit_sa *sa = &packet->ends.in->sa;
	struct sk_buff *skb = arrive(test, packet);
	unsigned int len, words;
	struct ip_auth_hdr *ah;
	bool ok;

	if (!skb)
		return;
	ah = (void *)skb->data;
	for (words = 0; words < 256; words++) {
		len = (words + 2) * 4;
		ok = (len == sa->xform->head_len(sa, AF_INET) ||
		      len == sa->xform->head_len(sa, AF_INET6)) &&
		     len <= skb->len;
		ah->hdrlen = words;
		adit_check(test, sa->xform->long_enough(sa, skb) == ok,
			   "%s: AH of %u octets", packet->name, len);
	}
	kfree_skb(skb);
}

static void with_packet(struct adit_selftest *test,
			const struct ah_vector *vector,
			void (*run)(struct adit_selftest *test,
				    const struct packet *packet))
{
	static u8 key[ADIT_MAX_KEY_LEN];
	static struct packet packet;
	struct adit_keys keys = {
		.integ = adit_alg_get(ADIT_TRANSFORM_INTEG, vector->integ),
		.integ_key = key,
		.integ_key_len = adit_octets(test, vector->key, key,
					     sizeof(key)),
	};
	const char *at;
	int err;

	packet.vector = vector;
	packet.name = keys.integ->name;
	packet.header_len = 0;
	for (at = vector->header; *at; at++)
		if (strchr("im?", *at))
			packet.header[packet.header_len++] = *at;
	packet.len = adit_octets(test, vector->packet, packet.octets,
				 sizeof(packet.octets));
	err = adit_ends_init(&packet.ends, &keys, vector->esn);
	if (!adit_check(test, !err, "%s: error %d", packet.name, err))
		return;
	run(test, &packet);
	adit_ends_uninit(&packet.ends);
}

static void with_all(struct adit_selftest *test,
		     void (*run)(struct adit_selftest *test,
				 const struct packet *packet))
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ah_vectors); i++)
		with_packet(test, &ah_vectors[i], run);
}

static void vectors_verify(struct adit_selftest *test)
{
	with_all(test, test_verifies);
}

static void vectors_changed(struct adit_selftest *test)
{
	with_all(test, test_changes);
}

static void vectors_made(struct adit_selftest *test)
{
	with_all(test, test_signs);
}

static void lengths(struct adit_selftest *test)
{
	with_all(test, test_lengths);
}

/* A new row of the table has a vector. */
static void all_rows(struct adit_selftest *test)
{
	const struct adit_alg *alg;
	unsigned int i, n;

	for (alg = adit_algs; alg < adit_algs + adit_alg_count; alg++) {
		if (alg->transform != ADIT_TRANSFORM_INTEG)
			continue;
		for (i = 0, n = 0; i < ARRAY_SIZE(ah_vectors); i++)
			n += ah_vectors[i].integ == alg->id;
		adit_check(test, n, "%s: no vector", alg->name);
	}
}

static const struct adit_selftest_case cases[] = {
	{ "each algorithm has a vector", all_rows },
	{ "vectors verify", vectors_verify },
	{ "vectors with a bit changed", vectors_changed },
	{ "vectors are made", vectors_made },
	{ "lengths of the header", lengths },
};

ADIT_SELFTEST_SUITE(ah);
