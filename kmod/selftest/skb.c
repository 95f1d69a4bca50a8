// SPDX-License-Identifier: GPL-2.0-only
/* Memory of packets: nothing that somebody else may see is ever written to. */

#include <linux/skbuff.h>
#include <net/sock.h>

#include "../compat.h"
#include "../drop.h"
#include "../skb.h"
#include "esp.h"

#define LEN 100
#define LINEAR 40
#define HEADROOM 64
#define TAILROOM 64

/* Octets that count from a number. */
static void fill(u8 *p, unsigned int len, u8 from)
{
	while (len--)
		*p++ = from++;
}

static bool is_filled(const u8 *p, unsigned int len, u8 from)
{
	while (len--)
		if (*p++ != from++)
			return false;
	return true;
}

/* A linear packet of LEN octets. */
static struct sk_buff *linear(struct adit_selftest *test, unsigned int headroom,
			      unsigned int tailroom)
{
	struct sk_buff *skb = alloc_skb(headroom + LEN + tailroom, GFP_KERNEL);

	if (!adit_check(test, skb, "no memory"))
		return NULL;
	/* What the allocator rounds up goes to where there is enough. */
	if (tailroom < TAILROOM)
		headroom = skb_tailroom(skb) - LEN - tailroom;
	skb_reserve(skb, headroom);
	fill(skb_put(skb, LEN), LEN, 0);
	skb_reset_network_header(skb);
	return skb;
}

/* The same, but all behind LINEAR octets lies in a page. */
static struct sk_buff *paged(struct adit_selftest *test, struct page **page)
{
	struct sk_buff *skb = linear(test, HEADROOM, TAILROOM);

	*page = alloc_page(GFP_KERNEL);
	if (!skb || !adit_check(test, *page, "no memory")) {
		kfree_skb(skb);
		return NULL;
	}
	fill(page_address(*page), LEN - LINEAR, LINEAR);
	skb_trim(skb, LINEAR);
	/* One reference for the packet, one for us, who look at it later. */
	get_page(*page);
	skb_add_rx_frag(skb, 0, *page, 0, LEN - LINEAR, PAGE_SIZE);
	return skb;
}

/* It may be written to, has the room, and is the packet that it was. */
static void check_private(struct adit_selftest *test, const struct sk_buff *skb,
			  const char *what)
{
	adit_check(test, !skb_is_nonlinear(skb) && !skb_cloned(skb),
		   "%s: shared memory", what);
	adit_check(test, skb_headroom(skb) >= HEADROOM &&
		   skb_tailroom(skb) >= TAILROOM, "%s: room for %u and %u",
		   what, skb_headroom(skb), skb_tailroom(skb));
	adit_check(test, skb->len == LEN && is_filled(skb->data, LEN, 0),
		   "%s: other octets", what);
	adit_check(test, skb_network_header(skb) == skb->data,
		   "%s: its header is elsewhere", what);
	adit_check(test, skb->mark == 42, "%s: other metadata", what);
}

/* @skb is consumed; it should be kept as it is, or copied. */
static struct sk_buff *make_private(struct adit_selftest *test,
				    struct sk_buff *skb, bool keep,
				    const char *what)
{
	const struct sk_buff *before = skb;

	skb->mark = 42;
	skb = adit_skb_private(skb, HEADROOM, TAILROOM);
	if (!adit_check(test, skb, "%s: no memory", what))
		return NULL;
	adit_check(test, (skb == before) == keep, "%s: %s", what,
		   keep ? "a copy" : "no copy");
	check_private(test, skb, what);
	return skb;
}

static void test_room(struct adit_selftest *test)
{
	static const struct {
		const char *what;
		unsigned int headroom;
		unsigned int tailroom;
		bool keep;
	} rows[] = {
		{ "enough room", HEADROOM, TAILROOM, true },
		{ "more room", 2 * HEADROOM, 2 * TAILROOM, true },
		{ "little headroom", HEADROOM - 1, TAILROOM, false },
		{ "little tailroom", HEADROOM, TAILROOM - 1, false },
		{ "no room", 0, 0, false },
	};
	struct sk_buff *skb;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		skb = linear(test, rows[i].headroom, rows[i].tailroom);
		if (skb)
			kfree_skb(make_private(test, skb, rows[i].keep,
					       rows[i].what));
	}
}

static void test_clone(struct adit_selftest *test)
{
	struct sk_buff *skb = linear(test, HEADROOM, TAILROOM);
	struct sk_buff *clone;

	if (!skb)
		return;
	clone = skb_clone(skb, GFP_KERNEL);
	if (!adit_check(test, clone, "no memory")) {
		kfree_skb(skb);
		return;
	}
	skb = make_private(test, skb, false, "clone");
	if (skb)
		memset(skb->data, 0xff, skb->len);
	adit_check(test, is_filled(clone->data, LEN, 0),
		   "the clone's octets have changed");
	kfree_skb(skb);
	/* The other one is gone: now it is private. */
	kfree_skb(make_private(test, clone, true, "was a clone"));
}

static void test_frag_list(struct adit_selftest *test)
{
	struct sk_buff *skb = linear(test, HEADROOM, TAILROOM);
	struct sk_buff *next = linear(test, 0, 0);

	if (!skb || !next) {
		kfree_skb(skb);
		kfree_skb(next);
		return;
	}
	skb_trim(skb, LINEAR);
	skb_pull(next, LINEAR);
	skb_shinfo(skb)->frag_list = next;
	skb->len += next->len;
	skb->data_len += next->len;
	skb->truesize += next->truesize;
	kfree_skb(make_private(test, skb, false, "list of packets"));
}

/* CVE-2026-43284: a page of a file, sent with splice, must stay as it is. */
static void seal_page(struct adit_selftest *test, struct adit_ends *ends)
{
	struct page *page;
	struct sk_buff *skb = paged(test, &page);

	if (!skb)
		return;
	skb = make_private(test, skb, false, "page");
	if (skb)
		adit_check(test, !adit_ends_seal(ends, skb, 1) &&
			   !is_filled(skb->data, LEN, 0), "does not seal");
	adit_check(test, is_filled(page_address(page), LEN - LINEAR, LINEAR),
		   "sealing has changed the page");
	kfree_skb(skb);
	adit_check(test, page_count(page) == 1, "the page has %d owners",
		   page_count(page));
	put_page(page);
}

/* CVE-2026-46300: nor may what is received in a page change where it lies. */
static void open_page(struct adit_selftest *test, struct adit_ends *ends)
{
	struct page *page = alloc_page(GFP_KERNEL);
	struct sk_buff *skb = linear(test, HEADROOM, TAILROOM);
	u8 next_header, *octets;
	unsigned int len;

	if (!skb || !adit_check(test, page, "no memory") ||
	    !adit_check(test, !adit_ends_seal(ends, skb, 2), "does not seal"))
		goto out;
	/* The packet's octets go to the page, and are compared there. */
	octets = page_address(page);
	len = skb->len - LINEAR;
	memcpy(octets, skb->data + LINEAR, len);
	memcpy(octets + PAGE_SIZE / 2, octets, len);
	skb_trim(skb, LINEAR);
	get_page(page);
	skb_add_rx_frag(skb, 0, page, 0, len, PAGE_SIZE);
	skb = adit_skb_private(skb, 0, 0);
	if (!adit_check(test, skb && !skb_is_nonlinear(skb), "no copy"))
		goto out;
	adit_check(test, adit_ends_open(ends, skb, 0, &next_header) == ADIT_OK,
		   "does not open");
	adit_check(test, skb->len == LEN && is_filled(skb->data, LEN, 0),
		   "other octets");
	adit_check(test, !memcmp(octets, octets + PAGE_SIZE / 2, len),
		   "opening has changed the page");
out:
	kfree_skb(skb);
	if (page)
		put_page(page);
}

static void test_page(struct adit_selftest *test)
{
	static const u8 key[36] = { 2, 7, 1, 8 };
	struct adit_keys keys = {
		.encr = adit_alg_get(ADIT_TRANSFORM_ENCR,
				     ADIT_ENCR_CHACHA20_POLY1305),
		.encr_key = key,
		.encr_key_len = sizeof(key),
	};
	struct adit_ends ends;

	if (!adit_check(test, !adit_ends_init(&ends, &keys, false), "no SA"))
		return;
	seal_page(test, &ends);
	open_page(test, &ends);
	adit_ends_uninit(&ends);
}

/* The copy takes the place of the packet in the sender's account. */
static void account(struct adit_selftest *test, struct sock *sk)
{
	struct sk_buff *skb = linear(test, 0, 0);

	if (!skb)
		return;
	skb_set_owner_w(skb, sk);
	skb = make_private(test, skb, false, "sent by a socket");
	if (!skb)
		return;
	adit_check(test, skb->sk == sk, "the sender is forgotten");
	adit_check(test, refcount_read(&sk->sk_wmem_alloc) ==
		   1 + skb->truesize, "%u octets charged for a packet of %u",
		   refcount_read(&sk->sk_wmem_alloc) - 1, skb->truesize);
	kfree_skb(skb);
	adit_check(test, refcount_read(&sk->sk_wmem_alloc) == 1,
		   "%u octets still charged",
		   refcount_read(&sk->sk_wmem_alloc) - 1);

	/* A receiver's account is not the sender's. */
	skb = linear(test, 0, 0);
	if (!skb)
		return;
	skb_set_owner_r(skb, sk);
	skb = make_private(test, skb, false, "received by a socket");
	adit_check(test, skb && !skb->sk && !sk_rmem_alloc_get(sk),
		   "the receiver is charged %u", sk_rmem_alloc_get(sk));
	kfree_skb(skb);
}

static void test_account(struct adit_selftest *test)
{
	struct socket *sock;
	int err;

	err = sock_create_kern(&init_net, AF_INET, SOCK_DGRAM, IPPROTO_UDP,
			       &sock);
	if (!adit_check(test, !err, "no socket: error %d", err))
		return;
	account(test, sock->sk);
	sock_release(sock);
}

static const struct adit_selftest_case cases[] = {
	{ "room", test_room },
	{ "clone", test_clone },
	{ "list of packets", test_frag_list },
	{ "page", test_page },
	{ "a sender's account", test_account },
};

ADIT_SELFTEST_SUITE(skb);
