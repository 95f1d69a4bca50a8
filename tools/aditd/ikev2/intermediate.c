// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * IKE_INTERMEDIATE (RFC 9242): between IKE_SA_INIT and IKE_AUTH, one for each
 * additional key exchange (RFC 9370, 2.2.2). Each gives new keys, and AUTH signs
 * what was said in them.
 *
 *	HDR, SK {KEi(n)}  -->
 *				<--  HDR, SK {KEr(n)}
 */
#include "v2.h"

enum { GENERIC_LEN = 4, LENGTH_AT = 24 };

/*
 * IntAuth = prf(SK_p, IntAuth before | A | P), with the keys of before that
 * exchange. A is what is in front of the sealed octets, with lengths as if nothing
 * were encrypted, in one piece; P what is in them.
 */
static int add_int_auth(struct ikev2_sa *sa, bool of_initiator, struct buf *a,
			struct span plain)
{
	const struct buf *key = of_initiator ? &sa->keys.pi : &sa->keys.pr;
	struct buf *int_auth = &sa->int_auth[of_initiator ? 0 : 1];
	uint8_t value[PRF_LEN_MAX];
	struct span parts[3];

	if (a->failed || a->len < IKE_HEADER_LEN + GENERIC_LEN)
		return -1;
	buf_put_u32(a, LENGTH_AT, (uint32_t)(a->len + plain.len));
	buf_put_u16(a, a->len - 2, (uint16_t)(GENERIC_LEN + plain.len));
	parts[0] = buf_span(int_auth);
	parts[1] = buf_span(a);
	parts[2] = plain;
	if (prf(sa->ike.algs.prf, buf_span(key), parts, ARRAY_SIZE(parts),
		value))
		return -1;
	buf_cut(int_auth, 0);
	buf_add(int_auth, value, prf_len(sa->ike.algs.prf));
	return int_auth->failed ? -1 : 0;
}

static int add_sent(struct ikev2_sa *sa, const struct ike_header *header,
		    const struct build *inner)
{
	struct ike_header whole = *header;
	struct buf a = BUF_INIT;
	int ret;

	whole.next = PAYLOAD_SK;
	ike_header_build(&a, &whole);
	buf_add_u8(&a, build_first(inner));
	buf_add_u8(&a, 0);
	buf_add_u16(&a, 0);
	ret = inner->buf.failed ? -1 :
				  add_int_auth(sa, sa->ike.initiator, &a,
					       buf_span(&inner->buf));
	buf_free(&a);
	return ret;
}

static int add_received(struct ikev2_sa *sa, const struct v2_message *message)
{
	int ret = add_int_auth(sa, !sa->ike.initiator, &sa->clear,
			       message->plain);

	buf_free(&sa->clear);
	return ret;
}

/* SKEYSEED(n) = prf(SK_d(n-1), SK(n) | Ni | Nr) */
static int new_keys(struct ikev2_sa *sa, const struct buf *secret)
{
	return v2_keymat_rekey(sa, sa, buf_span(secret), span_of(NULL, 0));
}

/* The request may come again, as it was: our answer may get lost. */
static int keep_keys(struct ikev2_sa *sa)
{
	buf_add_span(&sa->before.ei, buf_span(&sa->keys.ei));
	buf_add_span(&sa->before.ai, buf_span(&sa->keys.ai));
	return sa->before.ei.failed || sa->before.ai.failed ? -1 : 0;
}

static enum fsm_verdict failed(struct ikev2_sa *sa, const char *text)
{
	ike_sa_fail(&sa->ike, text, "is memory short?");
	return FSM_DONE;
}

enum fsm_verdict v2_intermediate_begin(struct ikev2_sa *sa)
{
	struct ike_header header =
		v2_header(sa, EXCHANGE_IKE_INTERMEDIATE, sa->next_out, false);
	struct build out;

	if (!v2_more_left(&sa->more))
		return v2_auth_begin(sa);
	build_start_inner(&out);
	if (v2_more_offer(&sa->more, &out) || add_sent(sa, &header, &out)) {
		build_free(&out);
		return failed(sa, "IKE_INTERMEDIATE can't be built");
	}
	v2_request(sa, EXCHANGE_IKE_INTERMEDIATE, &out);
	return FSM_OK;
}

enum fsm_verdict v2_intermediate_response(struct ike_sa *ike, void *arg)
{
	const struct v2_message *message = arg;
	struct ikev2_sa *sa = v2_sa(ike);
	struct buf secret = BUF_INIT;
	struct err err;
	int ret;

	ret = add_received(sa, message);
	if (ret)
		err_set(&err, ERR_REFUSED, "IntAuth can't be computed");
	else
		ret = v2_more_answered(&sa->more, message, &secret, &err);
	if (!ret && new_keys(sa, &secret))
		ret = err_set(&err, ERR_REFUSED, "keys can't be computed");
	buf_free(&secret);
	if (ret) {
		ike_sa_fail(ike, err.text, "IKE_INTERMEDIATE of the peer");
		return FSM_DONE;
	}
	return v2_intermediate_begin(sa);
}

enum fsm_verdict v2_intermediate_request(struct ike_sa *ike, void *arg)
{
	const struct v2_message *message = arg;
	struct ikev2_sa *sa = v2_sa(ike);
	struct ike_header header = v2_header(sa, message->header.exchange,
					     message->header.id, true);
	struct buf secret = BUF_INIT;
	struct build out;
	struct err err;
	int ret;

	build_start_inner(&out);
	if (v2_more_answer(&sa->more, message, &out, &secret, &err)) {
		ike_sa_log(ike, LEVEL_INFO, "%s", err.text);
		build_free(&out);
		buf_free(&secret);
		return FSM_SYNTAX;
	}
	ret = add_received(sa, message) || add_sent(sa, &header, &out) ? -1 : 0;
	/* The answer goes with the keys that the request came with. */
	v2_respond(sa, message, &out);
	if (!ret)
		ret = keep_keys(sa) || new_keys(sa, &secret) ? -1 : 0;
	buf_free(&secret);
	return ret ? failed(sa, "keys can't be computed") : FSM_OK;
}
