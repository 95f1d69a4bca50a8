// SPDX-License-Identifier: GPL-2.0-only
/* Superpackets: cut as the kernel's own skb_gso_segment() cuts them. */

#include <linux/skbuff.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <net/ip6_checksum.h>
#include <net/ip.h>
#include <net/tcp.h>

#include "../compat.h"
#include "../segment.h"
#include "selftest.h"

#define HEADROOM 100
#define TAILROOM 50
#define ROWS 400

/* A superpacket as random numbers want it. */
struct shape {
	bool v6;
	bool udp;
	unsigned int ip_len; /* with options or an extension header */
	unsigned int l4_len; /* with options */
	unsigned int gso_size;
	unsigned int data_len;
	unsigned int linear; /* octets of data beside the headers */
	unsigned int page_len; /* octets in each page */
};

static void draw(struct adit_selftest *test, struct shape *shape)
{
	unsigned int segments = 2 + adit_random(test, 40);

	shape->v6 = adit_random(test, 2);
	shape->udp = adit_random(test, 2);
	shape->ip_len = shape->v6 ? sizeof(struct ipv6hdr) :
				    sizeof(struct iphdr);
	if (!adit_random(test, 4))
		shape->ip_len += 8;
	shape->l4_len = shape->udp ? sizeof(struct udphdr) :
				     sizeof(struct tcphdr);
	if (!shape->udp)
		shape->l4_len += 4 * adit_random(test, 11);
	shape->gso_size = 1 + adit_random(test, 1400);
	shape->data_len = shape->gso_size * (segments - 1) + 1 +
			  adit_random(test, shape->gso_size);
	shape->page_len = PAGE_SIZE - adit_random(test, 100);
	/* The pages must hold what is not beside the headers. */
	shape->linear = adit_random(test, 3000);
	if (shape->data_len > shape->linear + 16 * shape->page_len)
		shape->linear = shape->data_len - 16 * shape->page_len;
	shape->linear = min(shape->linear, shape->data_len);
}

static void put_random(struct adit_selftest *test, void *data, unsigned int len)
{
	prandom_bytes_state(&test->rnd, data, len);
}

/* Returns the pseudo header's sum. */
static __sum16 put_ip(struct adit_selftest *test, struct sk_buff *skb,
		      const struct shape *shape)
{
	unsigned int l4_len = shape->l4_len + shape->data_len;
	u8 proto = shape->udp ? IPPROTO_UDP : IPPROTO_TCP;
	struct ipv6hdr *ip6h;
	struct iphdr *iph;
	u8 *more;

	skb_reset_network_header(skb);
	if (!shape->v6) {
		iph = skb_put(skb, shape->ip_len);
		memset(iph, IPOPT_NOOP, shape->ip_len);
		put_random(test, iph, sizeof(*iph));
		iph->version = 4;
		iph->ihl = shape->ip_len / 4;
		iph->tot_len = htons(shape->ip_len + l4_len);
		iph->frag_off = htons(adit_random(test, 2) ? IP_DF : 0);
		iph->protocol = proto;
		ip_send_check(iph);
		skb->protocol = htons(ETH_P_IP);
		return ~csum_tcpudp_magic(iph->saddr, iph->daddr, l4_len, proto,
					  0);
	}
	ip6h = skb_put(skb, sizeof(*ip6h));
	put_random(test, ip6h, sizeof(*ip6h));
	ip6h->version = 6;
	ip6h->payload_len = htons(shape->ip_len - sizeof(*ip6h) + l4_len);
	ip6h->nexthdr = proto;
	if (shape->ip_len > sizeof(*ip6h)) {
		/* Destination options: six octets of padding. */
		more = skb_put_zero(skb, shape->ip_len - sizeof(*ip6h));
		more[0] = proto;
		more[2] = IPV6_TLV_PADN;
		more[3] = 4;
		ip6h->nexthdr = NEXTHDR_DEST;
	}
	skb->protocol = htons(ETH_P_IPV6);
	return ~csum_ipv6_magic(&ip6h->saddr, &ip6h->daddr, l4_len, proto, 0);
}

static void put_l4(struct adit_selftest *test, struct sk_buff *skb,
		   const struct shape *shape, __sum16 sum)
{
	struct skb_shared_info *info = skb_shinfo(skb);
	struct tcphdr *th;
	struct udphdr *uh;

	skb->transport_header = skb->tail;
	skb->csum_start = skb_tail_pointer(skb) - skb->head;
	skb->ip_summed = CHECKSUM_PARTIAL;
	info->gso_size = shape->gso_size;
	info->gso_segs = DIV_ROUND_UP(shape->data_len, shape->gso_size);
	if (shape->udp) {
		uh = skb_put(skb, sizeof(*uh));
		put_random(test, uh, sizeof(*uh));
		uh->len = htons(sizeof(*uh) + shape->data_len);
		uh->check = sum;
		skb->csum_offset = offsetof(struct udphdr, check);
		info->gso_type = SKB_GSO_UDP_L4;
		return;
	}
	/* All flags at random, which the first and the last may keep. */
	th = skb_put(skb, shape->l4_len);
	put_random(test, th, shape->l4_len);
	th->doff = shape->l4_len / 4;
	th->check = sum;
	/* RST is the one that the two disagree on, and never superpackets'. */
	th->rst = 0;
	skb->csum_offset = offsetof(struct tcphdr, check);
	info->gso_type = shape->v6 ? SKB_GSO_TCPV6 : SKB_GSO_TCPV4;
	if (th->cwr)
		info->gso_type |= SKB_GSO_TCP_ECN;
}

static bool put_data(struct adit_selftest *test, struct sk_buff *skb,
		     const struct shape *shape)
{
	unsigned int left = shape->data_len - shape->linear;
	unsigned int offset = PAGE_SIZE - shape->page_len;
	struct page *page;
	unsigned int len;

	put_random(test, skb_put(skb, shape->linear), shape->linear);
	for (; left; left -= len) {
		page = alloc_page(GFP_KERNEL);
		if (!page)
			return false;
		len = min(left, shape->page_len);
		put_random(test, page_address(page) + offset, len);
		skb_add_rx_frag(skb, skb_shinfo(skb)->nr_frags, page, offset,
				len, PAGE_SIZE);
	}
	return true;
}

static struct sk_buff *make(struct adit_selftest *test,
			    const struct shape *shape)
{
	struct sk_buff *skb = alloc_skb(MAX_HEADER + shape->ip_len +
					shape->l4_len + shape->linear,
					GFP_KERNEL);
	__sum16 sum;

	if (!adit_check(test, skb, "no memory"))
		return NULL;
	skb_reserve(skb, MAX_HEADER);
	skb_reset_mac_header(skb);
	sum = put_ip(test, skb, shape);
	put_l4(test, skb, shape, sum);
	if (adit_check(test, put_data(test, skb, shape), "no memory"))
		return skb;
	kfree_skb(skb);
	return NULL;
}

static void check_segment(struct adit_selftest *test, const struct sk_buff *got,
			  const struct sk_buff *want, unsigned int row,
			  unsigned int n)
{
	unsigned int i;

	adit_check(test, !skb_is_nonlinear(got) && !skb_cloned(got) &&
		   skb_headroom(got) >= HEADROOM &&
		   skb_tailroom(got) >= TAILROOM,
		   "row %u, segment %u: not private, or room for %u and %u",
		   row, n, skb_headroom(got), skb_tailroom(got));
	adit_check(test, got->ip_summed != CHECKSUM_PARTIAL &&
		   !skb_is_gso(got) && skb_network_header(got) == got->data,
		   "row %u, segment %u: other metadata", row, n);
	if (!adit_check(test, got->len == want->len,
			"row %u, segment %u: %u octets, should be %u", row, n,
			got->len, want->len))
		return;
	for (i = 0; i < got->len && got->data[i] == want->data[i]; i++)
		;
	adit_check(test, i == got->len,
		   "row %u, segment %u: octet %u is 0x%02x, should be 0x%02x",
		   row, n, i, got->data[i], want->data[i]);
}

static void check_lists(struct adit_selftest *test, struct sk_buff *got,
			struct sk_buff *want, unsigned int row)
{
	unsigned int n = 0;

	for (; got && want; got = got->next, want = want->next)
		check_segment(test, got, want, row, n++);
	adit_check(test, !got && !want, "row %u: too %s than %u segments", row,
		   got ? "more" : "less", n);
}

static void one_row(struct adit_selftest *test, unsigned int row)
{
	struct sk_buff *skb, *twin, *got = NULL, *want = NULL;
	struct shape shape;

	draw(test, &shape);
	skb = make(test, &shape);
	if (!skb)
		return;
	twin = skb_copy(skb, GFP_KERNEL);
	if (adit_check(test, twin, "no memory"))
		want = skb_gso_segment(twin, 0);
	if (adit_check(test, !IS_ERR_OR_NULL(want),
		       "row %u: the kernel does not cut it", row)) {
		got = adit_segment(skb, HEADROOM, TAILROOM);
		if (adit_check(test, got, "row %u: not cut", row)) {
			skb = NULL;
			check_lists(test, got, want, row);
		}
		kfree_skb_list(want);
	}
	kfree_skb_list(got);
	kfree_skb(twin);
	kfree_skb(skb);
}

static void test_oracle(struct adit_selftest *test)
{
	unsigned int row;

	for (row = 0; row < ROWS; row++)
		if (adit_sample(test, 40))
			one_row(test, row);
}

static const struct adit_selftest_case cases[] = {
	{ "as the kernel cuts", test_oracle },
};

ADIT_SELFTEST_SUITE(segment);
