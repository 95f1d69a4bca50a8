// SPDX-License-Identifier: GPL-2.0-or-later
/* See codec.h. */
#include "codec.h"

#include <arpa/inet.h>
#include <netlink/attr.h>
#include <stdio.h>
#include <string.h>

#include "addr.h"

static void decode_number(const struct field *field, const struct nlattr *attr,
			  void *obj)
{
	uint64_t value;

	switch (field->wire) {
	case WIRE_U8:
		value = nla_get_u8(attr);
		break;
	case WIRE_U16:
		value = nla_get_u16(attr);
		break;
	case WIRE_BE16:
		value = ntohs(nla_get_u16(attr));
		break;
	case WIRE_U32:
		value = nla_get_u32(attr);
		break;
	case WIRE_BE32:
		value = ntohl(nla_get_u32(attr));
		break;
	default:
		value = nla_get_u64(attr);
		break;
	}
	field_set_number(field, obj, value);
}

static bool decode_addr(const struct nlattr *attr, struct addr *addr)
{
	if (nla_len(attr) != 4 && nla_len(attr) != 16)
		return false;
	addr->len = (uint8_t)nla_len(attr);
	memcpy(addr->octets, nla_data(attr), addr->len);
	return true;
}

static bool decode_string(const struct field *field, const struct nlattr *attr,
			  char *string)
{
	size_t len = strnlen(nla_data(attr), (size_t)nla_len(attr));

	if (len >= field->size)
		len = field->size - 1U;
	memcpy(string, nla_data(attr), len);
	string[len] = '\0';
	return true;
}

static bool decode_nest(const struct field *field, const struct nlattr *attr,
			void *obj)
{
	codec_decode(field->nest, nla_data(attr), nla_len(attr), obj);
	return true;
}

static bool decode_other(const struct field *field, const struct nlattr *attr,
			 void *at)
{
	uint16_t *item;

	switch (field->wire) {
	case WIRE_ADDR:
		return decode_addr(attr, at);
	case WIRE_STRING:
		return decode_string(field, attr, at);
	case WIRE_NEST:
		return decode_nest(field, attr, at);
	case WIRE_NESTS:
		return decode_nest(field, attr,
				   field_list_add(at, field->nest->size));
	case WIRE_U16S:
		if (nla_len(attr) != sizeof(*item))
			return false;
		item = field_list_add(at, sizeof(*item));
		*item = nla_get_u16(attr);
		return true;
	default:
		return false;
	}
}

void codec_decode(const struct field_set *set, const struct nlattr *attrs,
		  int len, void *obj)
{
	const struct nlattr *attr;
	int left;

	nla_for_each_attr(attr, attrs, len, left) {
		const struct field *field =
			field_find(set, (unsigned int)nla_type(attr));

		if (!field)
			continue;
		if (field_is_number(field)) {
			if (nla_len(attr) == field->size)
				decode_number(field, attr, obj);
		} else if (decode_other(field, attr, field_at(field, obj))) {
			*(uint64_t *)obj |= BIT64(field->attr);
		}
	}
}

static int encode_number(const struct field *field, const void *obj,
			 struct nl_msg *msg)
{
	uint64_t value = field_number(field, obj);

	switch (field->wire) {
	case WIRE_U8:
		return nla_put_u8(msg, field->attr, (uint8_t)value);
	case WIRE_U16:
		return nla_put_u16(msg, field->attr, (uint16_t)value);
	case WIRE_BE16:
		return nla_put_u16(msg, field->attr, htons((uint16_t)value));
	case WIRE_U32:
		return nla_put_u32(msg, field->attr, (uint32_t)value);
	case WIRE_BE32:
		return nla_put_u32(msg, field->attr, htonl((uint32_t)value));
	default:
		return nla_put_u64(msg, field->attr, value);
	}
}

static int encode_nest(const struct field *field, const void *obj,
		       struct nl_msg *msg)
{
	struct nlattr *nest = nla_nest_start(msg, field->attr | NLA_F_NESTED);

	if (!nest || codec_encode(field->nest, obj, msg))
		return -1;
	return nla_nest_end_keep_empty(msg, nest);
}

static int encode_nests(const struct field *field,
			const struct field_list *list, struct nl_msg *msg)
{
	const char *item = list->items;

	for (size_t i = 0; i < list->n; i++, item += field->nest->size)
		if (encode_nest(field, item, msg))
			return -1;
	return 0;
}

static int encode_other(const struct field *field, const void *at,
			struct nl_msg *msg)
{
	const struct secret *secret = at;
	const struct addr *addr = at;

	switch (field->wire) {
	case WIRE_ADDR:
		return nla_put(msg, field->attr, addr->len, addr->octets);
	case WIRE_STRING:
		return nla_put_string(msg, field->attr, at);
	case WIRE_SECRET:
		return nla_put(msg, field->attr, secret->len, secret->octets);
	case WIRE_NEST:
		return encode_nest(field, at, msg);
	case WIRE_NESTS:
		return encode_nests(field, at, msg);
	default:
		return -1;
	}
}

static bool wanted(const struct field *field, const void *obj)
{
	/* A nest is there if something is in it. */
	if (field->wire == WIRE_NEST)
		return *(const uint64_t *)field_at_const(field, obj) != 0;
	return field_has(obj, field->attr);
}

int codec_encode(const struct field_set *set, const void *obj,
		 struct nl_msg *msg)
{
	for (size_t i = 0; i < set->n; i++) {
		const struct field *field = &set->rows[i];
		int rc;

		if (!wanted(field, obj))
			continue;
		if (field_is_number(field))
			rc = encode_number(field, obj, msg);
		else
			rc = encode_other(field, field_at_const(field, obj),
					  msg);
		if (rc)
			return -1;
	}
	return 0;
}

bool codec_name_at(const struct field_set *set, const struct nlattr *attrs,
		   int len, size_t offset, char *buf, size_t size)
{
	const struct nlattr *attr;
	int left;

	nla_for_each_attr(attr, attrs, len, left) {
		size_t start =
			(size_t)((const char *)attr - (const char *)attrs);
		unsigned int type = (unsigned int)nla_type(attr);
		const struct field *field = field_find(set, type);
		int n;

		if (offset >= start + (size_t)nla_total_size(nla_len(attr)))
			continue;
		n = snprintf(buf, size, "%s", field_name(set, type));
		if (offset == start)
			return true;
		if (!field || !field->nest || (size_t)n + 1 >= size ||
		    offset < start + NLA_HDRLEN)
			return false;
		buf[n] = '.';
		return codec_name_at(field->nest, nla_data(attr), nla_len(attr),
				     offset - start - NLA_HDRLEN, buf + n + 1,
				     size - (size_t)n - 1);
	}
	return false;
}
