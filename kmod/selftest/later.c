// SPDX-License-Identifier: GPL-2.0-only
/*
 * A cipher that always answers later, as drivers of hardware do, and those of
 * vector instructions while a task has the registers: packets keep their order,
 * and a request lives until it is answered.
 */

#include <linux/skbuff.h>
#include <linux/workqueue.h>
#include <crypto/internal/aead.h>

#include "../compat.h"
#include "../drop.h"
#include "../skb.h"
#include "../xform.h"
#include "esp.h"

#define QUEUED 16

/* --------------------------------------------------------------- the cipher */

/* Its requests are worked on one after the other. */
static struct workqueue_struct *worker;
/* How many octets more each request takes than it needs. */
static unsigned int more_ctx;

/* A transform: what does the work. */
struct later {
	struct crypto_aead *aead;
};

/* A request; @now, which is the other transform's, has its context behind it. */
struct later_request {
	struct work_struct work;
	struct aead_request *req;
	bool decrypt;
	struct aead_request now;
};

static void later_work(struct work_struct *work)
{
	struct later_request *later = container_of(work, struct later_request,
						   work);
	struct aead_request *req = later->req;
	struct later *ctx = crypto_aead_ctx(crypto_aead_reqtfm(req));
	int err;

	aead_request_set_tfm(&later->now, ctx->aead);
	aead_request_set_callback(&later->now, 0, NULL, NULL);
	aead_request_set_crypt(&later->now, req->src, req->dst, req->cryptlen,
			       req->iv);
	aead_request_set_ad(&later->now, req->assoclen);
	local_bh_disable();
	/* First, as a driver does that had no room: it begins only now. */
	aead_request_complete(req, -EINPROGRESS);
	err = later->decrypt ? crypto_aead_decrypt(&later->now) :
			       crypto_aead_encrypt(&later->now);
	aead_request_complete(req, err);
	local_bh_enable();
}

static int later_queue(struct aead_request *req, bool decrypt)
{
	struct later_request *later = aead_request_ctx(req);

	later->req = req;
	later->decrypt = decrypt;
	INIT_WORK(&later->work, later_work);
	queue_work(worker, &later->work);
	return -EINPROGRESS;
}

static int later_encrypt(struct aead_request *req)
{
	return later_queue(req, false);
}

static int later_decrypt(struct aead_request *req)
{
	return later_queue(req, true);
}

static int later_setkey(struct crypto_aead *tfm, const u8 *key,
			unsigned int len)
{
	struct later *ctx = crypto_aead_ctx(tfm);

	return crypto_aead_setkey(ctx->aead, key, len);
}

static int later_setauthsize(struct crypto_aead *tfm, unsigned int size)
{
	struct later *ctx = crypto_aead_ctx(tfm);

	return crypto_aead_setauthsize(ctx->aead, size);
}

static int later_init(struct crypto_aead *tfm)
{
	struct later *ctx = crypto_aead_ctx(tfm);

	ctx->aead = crypto_alloc_aead("gcm(aes)", 0, CRYPTO_ALG_ASYNC);
	if (IS_ERR(ctx->aead))
		return PTR_ERR(ctx->aead);
	crypto_aead_set_reqsize(tfm, sizeof(struct later_request) +
				     crypto_aead_reqsize(ctx->aead) + more_ctx);
	return 0;
}

static void later_exit(struct crypto_aead *tfm)
{
	struct later *ctx = crypto_aead_ctx(tfm);

	crypto_free_aead(ctx->aead);
}

static struct aead_alg later_aead = {
	.setkey = later_setkey,
	.setauthsize = later_setauthsize,
	.encrypt = later_encrypt,
	.decrypt = later_decrypt,
	.init = later_init,
	.exit = later_exit,
	.ivsize = 12,
	.maxauthsize = 16,
	.base = {
		.cra_name = "adit-later",
		.cra_driver_name = "adit-later-test",
		.cra_flags = CRYPTO_ALG_ASYNC,
		.cra_blocksize = 1,
		.cra_ctxsize = sizeof(struct later),
		.cra_module = THIS_MODULE,
	},
};

/* -------------------------------------------------------------- its packets */

static DECLARE_COMPLETION(answered);
static struct sk_buff_head returned;

static void done_in_order(struct sk_buff *skb, int err)
{
	if (err)
		adit_skb_cb(skb)->seq = 0;
	skb_queue_tail(&returned, skb);
	complete(&answered);
}

/* Some packets are queued at once; how many. */
static unsigned int queue(struct adit_selftest *test, struct adit_ends *ends)
{
	struct adit_sa *sa = &ends->out->sa;
	unsigned int i, queued = 0;

	for (i = 1; i <= QUEUED; i++) {
		struct sk_buff *skb = adit_selftest_packet(test, NULL, i);
		int err;

		if (!skb)
			break;
		adit_skb_cb(skb)->seq = i;
		adit_skb_cb(skb)->next_header = IPPROTO_IPIP;
		local_bh_disable();
		err = sa->xform->output(sa, skb, done_in_order);
		local_bh_enable();
		if (adit_check(test, err == -EINPROGRESS, "answers %d", err))
			queued++;
		else
			kfree_skb(skb);
	}
	return queued;
}

static void check_returned(struct adit_selftest *test, struct adit_ends *ends)
{
	struct sk_buff *skb;
	unsigned int i = 0;
	u8 next_header;
	int reason;

	while ((skb = skb_dequeue(&returned))) {
		i++;
		adit_check(test, adit_skb_cb(skb)->seq == i,
			   "packet %u is number %llu", i,
			   adit_skb_cb(skb)->seq);
		reason = adit_ends_open(ends, skb, 0, &next_header);
		adit_check(test, reason == ADIT_OK && skb->len == i,
			   "packet %u: reason %d, %u octets", i, reason,
			   skb->len);
		kfree_skb(skb);
	}
	adit_check(test, i == QUEUED, "%u packets came back", i);
}

static void check_forged(struct adit_selftest *test, struct adit_ends *ends)
{
	struct sk_buff *skb = adit_selftest_packet(test, NULL, 64);
	u8 next_header;
	int reason;

	if (!skb)
		return;
	reason = adit_ends_open(ends, skb, 0, &next_header);
	adit_check(test, reason == ADIT_DROP_RX_ICV, "forged: reason %d",
		   reason);
	kfree_skb(skb);
}

static void with_later(struct adit_selftest *test)
{
	static const u8 key[20] = { 1 };
	struct adit_alg alg = *adit_alg_get(ADIT_TRANSFORM_ENCR,
					    ADIT_ENCR_AES_GCM_16);
	struct adit_keys keys = {
		.encr = &alg,
		.encr_key = key,
		.encr_key_len = sizeof(key),
	};
	struct adit_ends ends;
	unsigned int queued;
	int err;

	alg.crypto_name = later_aead.base.cra_name;
	err = adit_ends_init(&ends, &keys, false);
	if (!adit_check(test, !err, "no SA: error %d", err))
		return;
	adit_check(test, ends.out->sa.crypto.async, "not known as such");
	skb_queue_head_init(&returned);
	for (queued = queue(test, &ends); queued; queued--)
		wait_for_completion(&answered);
	check_returned(test, &ends);
	check_forged(test, &ends);
	/* What has been answered may still be at its last line. */
	flush_workqueue(worker);
	adit_ends_uninit(&ends);
}

static void test_later(struct adit_selftest *test)
{
	int err;

	worker = alloc_ordered_workqueue("adit-later", 0);
	if (!adit_check(test, worker, "no memory"))
		return;
	err = crypto_register_aead(&later_aead);
	if (adit_check(test, !err, "no cipher: error %d", err)) {
		/* Requests from each CPU's cache, and too large for it. */
		more_ctx = 0;
		with_later(test);
		more_ctx = 2048;
		with_later(test);
		crypto_unregister_aead(&later_aead);
	}
	destroy_workqueue(worker);
}

static const struct adit_selftest_case cases[] = {
	{ "order, and a request's life", test_later },
};

ADIT_SELFTEST_SUITE(later);
