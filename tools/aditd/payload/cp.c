// SPDX-License-Identifier: GPL-2.0-or-later
/* See v2.h: configuration payloads (RFC 7296, 3.15; RFC 8598). */
#include "v2.h"

#include "../../lib/util.h"

/* An IPv6 address has the length of its prefix behind it. */
enum { HOST6_LEN = 17, PREFIX_LEN = 128 };

/* Lengths of values; each may be empty, too. */
static const struct {
	uint16_t type;
	enum cp_means means;
	uint8_t addr_len;
	uint8_t len, other_len; /* 0: any */
} rows[] = {
	{ CP_INTERNAL_IP4_ADDRESS, CP_MEANS_HOST, 4, 4, 4 },
	/* Some leave the prefix out. */
	{ CP_INTERNAL_IP6_ADDRESS, CP_MEANS_HOST, 16, HOST6_LEN, 16 },
	{ CP_INTERNAL_IP4_DNS, CP_MEANS_SERVER, 4, 4, 4 },
	{ CP_INTERNAL_IP6_DNS, CP_MEANS_SERVER, 16, 16, 16 },
	{ CP_INTERNAL_DNS_DOMAIN, CP_MEANS_DOMAIN, 0, 0, 0 },
};

bool cp_value(const struct cp_attribute *attribute, struct cp_value *out)
{
	size_t len = attribute->value.len;

	*out = (struct cp_value){ .empty = !len, .text = attribute->value };
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (rows[i].type != attribute->type)
			continue;
		out->means = rows[i].means;
		out->addr.len = rows[i].addr_len;
		if (!len || !rows[i].len)
			return true;
		if (len != rows[i].len && len != rows[i].other_len)
			return false;
		memcpy(out->addr.octets, attribute->value.data,
		       rows[i].addr_len);
		return true;
	}
	return true;
}

const char *cp_attribute_name(uint16_t type)
{
#define NAME(name, number) { (number), #name },
	static const struct {
		uint16_t type;
		const char *name;
	} names[] = { V2_CP_ATTRIBUTES(NAME) };
#undef NAME

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (names[i].type == type)
			return names[i].name;
	return NULL;
}

/*
 * RFC 7296, 3.15.1:
 *
 *	+-+-----------------------------+-------------------------------+
 *	|R|         Attribute Type      |            Length             |
 *	+-+-----------------------------+-------------------------------+
 *	~                             Value                             ~
 *	+---------------------------------------------------------------+
 */
bool cp_next(struct span *attributes, struct cp_attribute *out)
{
	struct span at = *attributes;
	uint16_t type, length;

	if (!span_take_u16(&at, &type) || !span_take_u16(&at, &length) ||
	    !span_take(&at, length, &out->value))
		return false;
	out->type = type & 0x7fff;
	*attributes = at;
	return true;
}

/*
 * RFC 7296, 3.15:
 *
 *	+---------------+-----------------------------------------------+
 *	|   CFG Type    |                    RESERVED                   |
 *	+---------------+-----------------------------------------------+
 *	~                   Configuration Attributes                    ~
 *	+---------------------------------------------------------------+
 */
int payload_cp(struct span body, struct payload_cp *out, struct err *err)
{
	struct cp_attribute attribute;
	struct span reserved, at;

	if (!span_take_u8(&body, &out->type) || !span_take(&body, 3, &reserved))
		return err_set(err, ERR_REFUSED, "CP payload is too short");
	at = body;
	while (cp_next(&at, &attribute))
		;
	if (at.len)
		return err_set(err, ERR_REFUSED,
			       "CP payload ends within an attribute");
	out->attributes = body;
	return 0;
}

void build_cp(struct build *build, uint8_t type)
{
	build_open(build, PAYLOAD_CP);
	buf_add_u8(&build->buf, type);
	buf_extend(&build->buf, 3);
}

void build_cp_attribute(struct build *build, uint16_t type, struct span value)
{
	if (value.len > UINT16_MAX)
		build->buf.failed = true;
	buf_add_u16(&build->buf, type);
	buf_add_u16(&build->buf, (uint16_t)value.len);
	buf_add_span(&build->buf, value);
}

void build_cp_host(struct build *build, const struct addr *addr)
{
	uint8_t value[HOST6_LEN];
	size_t len = addr->len == 4 ? 4 : HOST6_LEN;

	memcpy(value, addr->octets, addr->len);
	if (len == HOST6_LEN)
		value[16] = PREFIX_LEN;
	build_cp_attribute(build,
			   addr->len == 4 ? CP_INTERNAL_IP4_ADDRESS :
					    CP_INTERNAL_IP6_ADDRESS,
			   span_of(value, addr_is_any(addr) ? 0 : len));
}
