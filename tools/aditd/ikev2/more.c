// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Additional key exchanges (RFC 9370), a KE payload from each side for each; the
 * exchanges that they are in are IKE_INTERMEDIATE and IKE_FOLLOWUP_KE.
 */
#include "v2.h"

void v2_more_begin(struct v2_more *more, const uint16_t *addke)
{
	v2_more_free(more);
	for (size_t i = 0; i < PROPOSAL_ADDKE_MAX; i++)
		if (addke[i] != KE_NONE)
			more->methods[more->n++] = addke[i];
}

bool v2_more_left(const struct v2_more *more)
{
	return more->done < more->n;
}

void v2_more_free(struct v2_more *more)
{
	kex_free(more->kex);
	buf_free(&more->secrets);
	*more = (struct v2_more){ 0 };
}

int v2_more_offer(struct v2_more *more, struct build *out)
{
	struct buf share = BUF_INIT;
	int ret;

	kex_free(more->kex);
	more->kex = kex_start(more->methods[more->done], &share);
	ret = more->kex && !share.failed ? 0 : -1;
	if (!ret)
		build_ke(out, more->methods[more->done], buf_span(&share));
	buf_free(&share);
	return ret;
}

/* The one whose turn it is, in the order of the transforms' types. */
static int read_ke(const struct v2_more *more, const struct v2_message *message,
		   struct payload_ke *ke, struct err *err)
{
	const struct payload *payload =
		chain_find(&message->chain, PAYLOAD_KE, NULL);

	if (!payload)
		return err_set(err, ERR_REFUSED, "there is no KE payload");
	if (payload_ke(payload->body, ke, err))
		return -1;
	if (!v2_more_left(more) || ke->method != more->methods[more->done])
		return err_set(err, ERR_REFUSED,
			       "key exchange method %u, where %u is due",
			       ke->method,
			       v2_more_left(more) ? more->methods[more->done] :
						    KE_NONE);
	return 0;
}

int v2_more_answered(struct v2_more *more, const struct v2_message *message,
		     struct buf *secret, struct err *err)
{
	struct payload_ke ke = { 0 };

	if (read_ke(more, message, &ke, err))
		return -1;
	if (!more->kex || kex_finish(more->kex, ke.share, secret) ||
	    secret->failed)
		return err_set(err, ERR_REFUSED,
			       "the peer's key exchange share is not valid");
	kex_free(more->kex);
	more->kex = NULL;
	more->done++;
	return 0;
}

int v2_more_answer(struct v2_more *more, const struct v2_message *message,
		   struct build *out, struct buf *secret, struct err *err)
{
	struct buf share = BUF_INIT;
	struct payload_ke ke = { 0 };
	int ret = -1;

	if (read_ke(more, message, &ke, err))
		return -1;
	if (kex_respond(ke.method, ke.share, &share, secret) || share.failed ||
	    secret->failed) {
		err_set(err, ERR_REFUSED,
			"the peer's key exchange share is not valid");
	} else {
		build_ke(out, ke.method, buf_span(&share));
		more->done++;
		ret = 0;
	}
	buf_free(&share);
	return ret;
}
