// SPDX-License-Identifier: GPL-2.0-or-later
/* See extack.h. */
#include "extack.h"

#include <errno.h>
#include <inttypes.h>
#include <linux/netlink.h>
#include <netlink/attr.h>
#include <stdio.h>
#include <string.h>

#include "codec.h"

static uint64_t integer(const struct nlattr *attr)
{
	return nla_len(attr) == sizeof(uint64_t) ? nla_get_u64(attr) :
	       nla_len(attr) == sizeof(uint32_t) ? nla_get_u32(attr) :
						   0;
}

static void decode_policy(const struct nlattr *nest, struct extack *ack)
{
	const struct nlattr *attr;
	bool has_max = false;
	int left;

	nla_for_each_attr(attr, nla_data(nest), nla_len(nest), left) {
		switch (nla_type(attr)) {
		case NL_POLICY_TYPE_ATTR_MIN_VALUE_S:
			ack->is_signed = true;
			ack->min = (int64_t)integer(attr);
			break;
		case NL_POLICY_TYPE_ATTR_MIN_VALUE_U:
			ack->min = (int64_t)integer(attr);
			break;
		case NL_POLICY_TYPE_ATTR_MAX_VALUE_S:
		case NL_POLICY_TYPE_ATTR_MAX_VALUE_U:
			has_max = true;
			ack->max = (int64_t)integer(attr);
			break;
		case NL_POLICY_TYPE_ATTR_MIN_LENGTH:
			ack->has_length = true;
			ack->min_len = (uint32_t)integer(attr);
			break;
		case NL_POLICY_TYPE_ATTR_MAX_LENGTH:
			ack->has_length = true;
			ack->max_len = (uint32_t)integer(attr);
			break;
		default:
			break;
		}
	}
	ack->has_range = has_max;
}

static void decode_tlv(const struct nlattr *attr, struct extack *ack)
{
	const char *text = nla_data(attr);
	int len = nla_len(attr);

	switch (nla_type(attr)) {
	case NLMSGERR_ATTR_MSG:
		if (len > 0 && !text[len - 1])
			ack->text = text;
		break;
	case NLMSGERR_ATTR_OFFS:
		ack->has_offset = len == sizeof(uint32_t);
		ack->offset = (uint32_t)integer(attr);
		break;
	case NLMSGERR_ATTR_POLICY:
		decode_policy(attr, ack);
		break;
	case NLMSGERR_ATTR_MISS_TYPE:
		ack->has_missing = len == sizeof(uint32_t);
		ack->missing = (uint32_t)integer(attr);
		break;
	default:
		break;
	}
}

bool extack_decode(const struct nlmsghdr *reply, struct extack *ack)
{
	const char *start = (const char *)reply;
	const struct nlattr *attr, *first;
	size_t at = NLMSG_HDRLEN;
	int error, left;

	*ack = (struct extack){ 0 };
	if (reply->nlmsg_type != NLMSG_ERROR && reply->nlmsg_type != NLMSG_DONE)
		return false;
	if (reply->nlmsg_len < at + sizeof(error))
		return false;
	memcpy(&error, start + at, sizeof(error));
	ack->error = error > 0 ? 0 : error == INT32_MIN ? EIO : -error;
	if (!(reply->nlmsg_flags & NLM_F_ACK_TLVS))
		return true;
	at += sizeof(error);
	if (reply->nlmsg_type == NLMSG_ERROR) {
		struct nlmsghdr inner;

		/* The head of the request, and all of it unless capped. */
		if (reply->nlmsg_len < at + sizeof(inner))
			return true;
		memcpy(&inner, start + at, sizeof(inner));
		at += sizeof(inner);
		if (!(reply->nlmsg_flags & NLM_F_CAPPED)) {
			if (inner.nlmsg_len < sizeof(inner) ||
			    inner.nlmsg_len > reply->nlmsg_len)
				return true;
			at += NLMSG_ALIGN(inner.nlmsg_len) - sizeof(inner);
		}
	}
	if (at > reply->nlmsg_len)
		return true;
	first = (const struct nlattr *)(start + at);
	nla_for_each_attr(attr, first, (int)(reply->nlmsg_len - at), left) {
		decode_tlv(attr, ack);
	}
	return true;
}

/* What an errno means when the kernel says no more. */
static const char *errno_text(int error)
{
	switch (error) {
	case EPERM:
	case EACCES:
		return "not permitted";
	case ENOENT:
		return "there is no such object";
	case EEXIST:
		return "that is there already";
	case EBUSY:
		return "that is in use";
	case EOPNOTSUPP:
		return "not supported";
	default:
		return strerror(error);
	}
}

static enum err_kind kind_of(int error)
{
	return error == ENODEV ? ERR_MISSING : ERR_REFUSED;
}

static void describe_allowed(const struct extack *ack, char *buf, size_t size)
{
	buf[0] = '\0';
	if (ack->has_range && ack->is_signed)
		snprintf(buf, size, "allowed %" PRId64 " to %" PRId64, ack->min,
			 ack->max);
	else if (ack->has_range)
		snprintf(buf, size, "allowed %" PRIu64 " to %" PRIu64,
			 (uint64_t)ack->min, (uint64_t)ack->max);
	else if (ack->has_length && ack->min_len && ack->max_len)
		snprintf(buf, size, "allowed %u to %u octets", ack->min_len,
			 ack->max_len);
	else if (ack->has_length && ack->max_len)
		snprintf(buf, size, "allowed at most %u octets", ack->max_len);
	else if (ack->has_length)
		snprintf(buf, size, "allowed at least %u octets", ack->min_len);
}

/* The attribute in question, "" if it is not said. */
static void describe_attr(const struct extack *ack, const struct field_set *set,
			  const struct nlmsghdr *request, size_t attrs,
			  char *buf, size_t size)
{
	const char *start = (const char *)request;

	buf[0] = '\0';
	if (ack->has_missing)
		snprintf(buf, size, "%s is missing",
			 field_name(set, ack->missing));
	else if (ack->has_offset && ack->offset >= attrs &&
		 request->nlmsg_len >= attrs &&
		 !codec_name_at(set, (const struct nlattr *)(start + attrs),
				(int)(request->nlmsg_len - attrs),
				ack->offset - attrs, buf, size))
		buf[0] = '\0';
}

int extack_explain(const struct extack *ack, const struct field_set *set,
		   const struct nlmsghdr *request, size_t attrs,
		   struct err *err)
{
	bool denied = ack->error == EPERM || ack->error == EACCES;
	const char *text = ack->text ? ack->text : errno_text(ack->error);
	char attr[64], allowed[96];

	describe_attr(ack, set, request, attrs, attr, sizeof(attr));
	describe_allowed(ack, allowed, sizeof(allowed));
	/* A text that names the attribute itself needs no help. */
	if (strstr(text, attr))
		attr[0] = '\0';
	return err_set(err, kind_of(ack->error), "%.300s%s%s%s%s%s%s", text,
		       *attr || *allowed ? " (" : "", attr,
		       *attr && *allowed ? ", " : "", allowed,
		       *attr || *allowed ? ")" : "",
		       denied ? "; this needs CAP_NET_ADMIN, try sudo" : "");
}
