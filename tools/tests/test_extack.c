// SPDX-License-Identifier: GPL-2.0-or-later
/* What the kernel says about a refusal, from canned messages. */
#include <errno.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <stdlib.h>

#include "../lib/codec.h"
#include "../lib/extack.h"
#include "../lib/model.h"
#include "tap.h"

/* A request: head, generic netlink head, attributes. */
enum { ATTRS = NLMSG_HDRLEN + 4 };

static struct nl_msg *request_of(const struct field_set *set, const void *obj)
{
	struct nl_msg *msg = nlmsg_alloc_size(4096);

	nlmsg_put(msg, 0, 0, NLMSG_MIN_TYPE, 4, 0);
	if (obj)
		CHECK(!codec_encode(set, obj, msg));
	return msg;
}

/* NLMSG_ERROR with the head of the request, as with NETLINK_CAP_ACK. */
static struct nl_msg *error_of(int error, uint16_t flags)
{
	struct nl_msg *msg = nlmsg_alloc_size(4096);
	struct nlmsgerr body = { .error = -error,
				 .msg.nlmsg_len = NLMSG_HDRLEN };
	struct nlmsghdr *head;

	head = nlmsg_put(msg, 0, 0, NLMSG_ERROR, sizeof(body), flags);
	memcpy(nlmsg_data(head), &body, sizeof(body));
	return msg;
}

static const uint16_t CAPPED_TLVS = NLM_F_CAPPED | NLM_F_ACK_TLVS;

static void explain(struct nl_msg *reply, const struct field_set *set,
		    struct nl_msg *request, struct err *err)
{
	struct extack ack;

	*err = (struct err){ 0 };
	if (CHECK(extack_decode(nlmsg_hdr(reply), &ack)))
		CHECK(extack_explain(&ack, set, nlmsg_hdr(request), ATTRS,
				     err) == -1);
	nlmsg_free(reply);
}

static size_t offset_of(struct nl_msg *request, int attr)
{
	const struct nlmsghdr *head = nlmsg_hdr(request);
	const struct nlattr *found =
		nlmsg_find_attr(nlmsg_hdr(request), 4, attr);

	return (size_t)((const char *)found - (const char *)head);
}

static void texts(void)
{
	struct nl_msg *request = request_of(&set_peer, NULL);
	struct nl_msg *reply = error_of(EINVAL, CAPPED_TLVS);
	struct err err;

	nla_put_string(reply, NLMSGERR_ATTR_MSG,
		       "remote: 9 octets, not 4 or 16");
	explain(reply, &set_peer, request, &err);
	CHECK_TEXT(err.text, "remote: 9 octets, not 4 or 16");
	CHECK(err.kind == ERR_REFUSED);
	nlmsg_free(request);
}

static void errnos(void)
{
	static const struct {
		int error;
		enum err_kind kind;
		const char *text;
	} rows[] = {
		{ EPERM, ERR_REFUSED,
		  "not permitted; this needs CAP_NET_ADMIN, try sudo" },
		{ ENOENT, ERR_REFUSED, "there is no such object" },
		{ EEXIST, ERR_REFUSED, "that is there already" },
		{ ENODEV, ERR_MISSING, "No such device" },
		{ ENOMEM, ERR_REFUSED, "Cannot allocate memory" },
	};
	struct nl_msg *request = request_of(&set_peer, NULL);

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct err err;

		explain(error_of(rows[i].error, NLM_F_CAPPED), &set_peer,
			request, &err);
		CHECK_TEXT(err.text, rows[i].text);
		CHECK_ROW(err.kind == rows[i].kind, rows[i].text);
	}
	nlmsg_free(request);
}

static struct nl_msg *policy_error(size_t offset, bool with_range)
{
	struct nl_msg *reply = error_of(ERANGE, CAPPED_TLVS);
	struct nlattr *nest;

	nla_put_string(reply, NLMSGERR_ATTR_MSG, "integer out of range");
	nla_put_u32(reply, NLMSGERR_ATTR_OFFS, (uint32_t)offset);
	if (with_range) {
		nest = nla_nest_start(reply, NLMSGERR_ATTR_POLICY);
		nla_put_u32(reply, NL_POLICY_TYPE_ATTR_TYPE, NL_ATTR_TYPE_U8);
		nla_put_u64(reply, NL_POLICY_TYPE_ATTR_MIN_VALUE_U, 0);
		nla_put_u64(reply, NL_POLICY_TYPE_ATTR_MAX_VALUE_U, 2);
		nla_nest_end(reply, nest);
	}
	return reply;
}

static void attributes(void)
{
	const struct adit_peer peer = {
		.has = BIT64(ADIT_A_PEER_ID) | BIT64(ADIT_A_PEER_ENCAP),
		.id = 1,
		.encap = 9,
	};
	struct nl_msg *request = request_of(&set_peer, &peer);
	size_t offset = offset_of(request, ADIT_A_PEER_ENCAP);
	struct err err;

	explain(policy_error(offset, true), &set_peer, request, &err);
	CHECK_TEXT(err.text, "integer out of range (encap, allowed 0 to 2)");
	explain(policy_error(offset, false), &set_peer, request, &err);
	CHECK_TEXT(err.text, "integer out of range (encap)");
	/* Between attributes, behind them, before them. */
	explain(policy_error(offset + 2, false), &set_peer, request, &err);
	CHECK_TEXT(err.text, "integer out of range");
	explain(policy_error(offset + 400, false), &set_peer, request, &err);
	CHECK_TEXT(err.text, "integer out of range");
	explain(policy_error(3, false), &set_peer, request, &err);
	CHECK_TEXT(err.text, "integer out of range");
	nlmsg_free(request);
}

static void nested(void)
{
	const struct adit_sa sa = {
		.has = BIT64(ADIT_A_SA_CHILD),
		.limits = { .has = BIT64(ADIT_A_LIMITS_SOFT_BYTES) |
				   BIT64(ADIT_A_LIMITS_HARD_BYTES),
			    .soft_bytes = 2,
			    .hard_bytes = 1 },
	};
	struct nl_msg *request = request_of(&set_sa, &sa);
	size_t nest = offset_of(request, ADIT_A_SA_LIMITS);
	struct err err;

	explain(policy_error(nest + NLA_HDRLEN + 12, false), &set_sa, request,
		&err);
	CHECK_TEXT(err.text, "integer out of range (limits.hard-bytes)");
	explain(policy_error(nest, false), &set_sa, request, &err);
	CHECK_TEXT(err.text, "integer out of range (limits)");
	nlmsg_free(request);
}

static void missing(void)
{
	struct nl_msg *request = request_of(&set_sa, NULL);
	struct nl_msg *reply = error_of(EINVAL, CAPPED_TLVS);
	struct err err;

	nla_put_u32(reply, NLMSGERR_ATTR_MISS_TYPE, ADIT_A_SA_SPI);
	explain(reply, &set_sa, request, &err);
	CHECK_TEXT(err.text, "Invalid argument (spi is missing)");
	nlmsg_free(request);
}

static void lengths(void)
{
	const struct adit_sa sa = {
		.has = BIT64(ADIT_A_SA_ENCR_KEY),
		.encr_key = { 100, { 0 } },
	};
	struct nl_msg *request = request_of(&set_sa, &sa);
	struct nl_msg *reply = error_of(ERANGE, CAPPED_TLVS);
	struct nlattr *nest;
	struct err err;

	nla_put_u32(reply, NLMSGERR_ATTR_OFFS,
		    (uint32_t)offset_of(request, ADIT_A_SA_ENCR_KEY));
	nest = nla_nest_start(reply, NLMSGERR_ATTR_POLICY);
	nla_put_u32(reply, NL_POLICY_TYPE_ATTR_MAX_LENGTH, 64);
	nla_nest_end(reply, nest);
	explain(reply, &set_sa, request, &err);
	CHECK_TEXT(
		err.text,
		"Numerical result out of range (encr-key, allowed at most 64 octets)");
	nlmsg_free(request);
}

/* Without NETLINK_CAP_ACK the whole request comes before the TLVs. */
static void uncapped(void)
{
	struct nl_msg *request = request_of(&set_peer, NULL);
	struct nl_msg *reply = nlmsg_alloc_size(4096);
	struct nlmsgerr body = {
		.error = -EBUSY,
		.msg.nlmsg_len = NLMSG_HDRLEN + 11,
	};
	struct nlmsghdr *head;
	struct err err;

	head = nlmsg_put(reply, 0, 0, NLMSG_ERROR, sizeof(body) + 12,
			 NLM_F_ACK_TLVS);
	memcpy(nlmsg_data(head), &body, sizeof(body));
	nla_put_string(reply, NLMSGERR_ATTR_MSG, "the peer has children");
	explain(reply, &set_peer, request, &err);
	CHECK_TEXT(err.text, "the peer has children");
	nlmsg_free(request);
}

/* The end of a dump may be an error, too. */
static void done(void)
{
	struct nl_msg *msg = nlmsg_alloc();
	struct extack ack;
	struct nlmsghdr *head;
	int error = -EAGAIN;

	head = nlmsg_put(msg, 0, 0, NLMSG_DONE, sizeof(error), NLM_F_ACK_TLVS);
	memcpy(nlmsg_data(head), &error, sizeof(error));
	nla_put_string(msg, NLMSGERR_ATTR_MSG, "try again");
	CHECK(extack_decode(nlmsg_hdr(msg), &ack));
	CHECK(ack.error == EAGAIN);
	CHECK_TEXT(ack.text ? ack.text : "none", "try again");
	nlmsg_free(msg);
}

static void not_for_us(void)
{
	struct nl_msg *msg = error_of(EINVAL, CAPPED_TLVS);
	struct nlmsghdr *head = nlmsg_hdr(msg);
	struct extack ack;

	/* A text that does not end is none. */
	nla_put(msg, NLMSGERR_ATTR_MSG, 4, "text");
	CHECK(extack_decode(head, &ack) && !ack.text && ack.error == EINVAL);
	head->nlmsg_type = NLMSG_NOOP;
	CHECK(!extack_decode(head, &ack));
	nlmsg_free(msg);
}

static void truncated(void)
{
	struct nl_msg *reply = policy_error(24, true);
	const struct nlmsghdr *head = nlmsg_hdr(reply);

	for (uint32_t len = NLMSG_HDRLEN; len <= head->nlmsg_len; len++) {
		struct nlmsghdr *copy = malloc(len);
		struct extack ack;

		memcpy(copy, head, len);
		copy->nlmsg_len = len;
		CHECK(extack_decode(copy, &ack) == (len >= NLMSG_HDRLEN + 4));
		free(copy);
	}
	nlmsg_free(reply);
}

static const struct tap_test tests[] = {
	{ "the kernel's text is the error", texts },
	{ "an errno alone has words, too", errnos },
	{ "the attribute and its range are named", attributes },
	{ "an attribute in a nest is named", nested },
	{ "a missing attribute is named", missing },
	{ "allowed lengths are named", lengths },
	{ "texts behind an echoed request are found", uncapped },
	{ "a dump may end with an error", done },
	{ "other messages are left alone", not_for_us },
	{ "truncated errors are read as far as they go", truncated },
};

TAP_MAIN(tests)
