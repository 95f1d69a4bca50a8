// SPDX-License-Identifier: GPL-2.0-or-later
/* See ident.h: identities as octets, and how they match. */
#include "ident.h"

#include <ctype.h>
#include <stdlib.h>
#include <strings.h>

#include "../proto/names.h"
#include "../proto/v2.h"
#include "dn.h"
#include "ident_check.h"

static int check_len(uint8_t type, struct span data, size_t want,
		     struct err *err)
{
	if (data.len == want)
		return 0;
	return err_set(err, ERR_REFUSED,
		       "identity of type %u has %zu octets instead of %zu",
		       type, data.len, want);
}

int ident_check(uint8_t type, struct span data, struct err *err)
{
	switch (type) {
	case IDENT_ANY:
		return check_len(type, data, 0, err);
	case ID_IPV4_ADDR:
		return check_len(type, data, 4, err);
	case ID_IPV6_ADDR:
		return check_len(type, data, 16, err);
	case IDENT_IPV4_RANGE:
		return check_len(type, data, 8, err);
	case IDENT_IPV6_RANGE:
		return check_len(type, data, 32, err);
	case ID_FQDN:
	case ID_RFC822_ADDR:
		/* RFC 7296, 3.5: no terminators. */
		for (size_t i = 0; i < data.len; i++)
			if (iscntrl(data.data[i]))
				return err_set(
					err, ERR_REFUSED,
					"control characters in identity of type %s",
					v2_id_name(type));
		return 0;
	case ID_DER_ASN1_DN:
		if (!dn_valid(data))
			return err_set(err, ERR_REFUSED,
				       "identity is no distinguished name");
		return 0;
	case ID_DER_ASN1_GN:
	case ID_KEY_ID:
	case ID_FC_NAME:
		return 0;
	case ID_NULL: /* RFC 7619, 2.2 */
		return check_len(type, data, 0, err);
	default:
		return err_set(err, ERR_REFUSED, "identity of unknown type %u",
			       type);
	}
}

static struct span data_of(const struct ident *id)
{
	return span_of(id->data, id->len);
}

int ident_set(struct ident *id, uint8_t type, struct span data, struct err *err)
{
	*id = (struct ident){ .type = type };
	if (data.len > IDENT_LEN_MAX)
		return err_set(err, ERR_REFUSED,
			       "identity of %zu octets, %u are the most",
			       data.len, IDENT_LEN_MAX);
	if (ident_check(type, data, err))
		return -1;
	if (data.len) {
		id->data = malloc(data.len);
		if (!id->data)
			return err_set(err, ERR_REFUSED, "out of memory");
		memcpy(id->data, data.data, data.len);
	}
	id->len = (uint16_t)data.len;
	return 0;
}

int ident_from_addr(struct ident *id, const struct addr *addr)
{
	struct err err;

	return ident_set(id, addr->len == 4 ? ID_IPV4_ADDR : ID_IPV6_ADDR,
			 span_of(addr->octets, addr->len), &err);
}

/*
 *	+---------------+-----------------------------------------------+
 *	|   ID Type     |                 RESERVED                      |
 *	+---------------+-----------------------------------------------+
 *	~                   Identification Data                         ~
 *	+---------------------------------------------------------------+
 */
int ident_from_wire(struct ident *id, struct span body, struct err *err)
{
	struct span reserved;
	uint8_t type;

	*id = (struct ident){ 0 };
	if (!span_take_u8(&body, &type) || !span_take(&body, 3, &reserved))
		return err_set(err, ERR_REFUSED,
			       "ID payload of %zu octets is too short",
			       body.len);
	if (type == IDENT_ANY || type == IDENT_IPV4_RANGE ||
	    type == IDENT_IPV6_RANGE)
		return err_set(err, ERR_REFUSED, "identity of type %u", type);
	return ident_set(id, type, body, err);
}

void ident_to_wire(const struct ident *id, struct buf *buf)
{
	static const uint8_t reserved[3];

	buf_add_u8(buf, id->type);
	buf_add(buf, reserved, sizeof(reserved));
	buf_add_span(buf, data_of(id));
}

int ident_copy(struct ident *to, const struct ident *from)
{
	struct err err;

	return ident_set(to, from->type, data_of(from), &err);
}

void ident_free(struct ident *id)
{
	free(id->data);
	*id = (struct ident){ 0 };
}

static bool same_case(struct span a, struct span b)
{
	return a.len == b.len &&
	       (!a.len || strncasecmp((const char *)a.data,
				      (const char *)b.data, a.len) == 0);
}

bool ident_equal(const struct ident *a, const struct ident *b)
{
	if (a->type != b->type)
		return false;
	switch (a->type) {
	case ID_FQDN:
	case ID_RFC822_ADDR:
		return same_case(data_of(a), data_of(b));
	case ID_DER_ASN1_DN:
		return span_equal(data_of(a), data_of(b)) ||
		       dn_compare(data_of(a), data_of(b), false) == 0;
	default:
		return span_equal(data_of(a), data_of(b));
	}
}

/* Names regardless of case; DNs may be equal in many ways, so all are one. */
uint64_t ident_key(const struct ident *id)
{
	struct span octets = data_of(id);
	uint64_t key = 14695981039346656037U ^ id->type;

	if (id->type == ID_DER_ASN1_DN)
		return key;
	for (size_t i = 0; i < octets.len; i++)
		key = (key ^ (uint8_t)tolower(octets.data[i])) * 1099511628211U;
	return key;
}

/* "*.example.org", "*@example.org": never "*example.org", which others own. */
static unsigned int match_name(struct span name, struct span pattern)
{
	struct span rest, tail;

	if (!pattern.len || pattern.data[0] != '*')
		return 0;
	rest = span_of(pattern.data + 1, pattern.len - 1);
	if (rest.len && rest.data[0] != '.' && rest.data[0] != '@')
		return 0;
	if (name.len <= rest.len)
		return 0;
	tail = span_of(name.data + name.len - rest.len, rest.len);
	return same_case(tail, rest) ? 2 + (unsigned int)rest.len : 0;
}

static unsigned int match_dn(struct span dn, struct span pattern)
{
	int wild = dn_compare(dn, pattern, true);

	if (wild == DN_DIFFERENT)
		return 0;
	/* An RDN takes more than four octets. */
	return IDENT_MATCH_PERFECT - (unsigned int)wild;
}

/* The narrower the better: octets that first and last have in common. */
static unsigned int match_range(struct span addr, struct span range)
{
	const uint8_t *last = range.data + addr.len;
	unsigned int common = 0;

	if (range.len != 2 * addr.len ||
	    memcmp(addr.data, range.data, addr.len) < 0 ||
	    memcmp(addr.data, last, addr.len) > 0)
		return 0;
	while (common < addr.len && range.data[common] == last[common])
		common++;
	return 2 + common;
}

unsigned int ident_match(const struct ident *id, const struct ident *pattern)
{
	struct span mine = data_of(id), theirs = data_of(pattern);

	if (pattern->type == IDENT_ANY)
		return 1;
	if (ident_equal(id, pattern))
		return IDENT_MATCH_PERFECT;
	if ((id->type == ID_IPV4_ADDR && pattern->type == IDENT_IPV4_RANGE) ||
	    (id->type == ID_IPV6_ADDR && pattern->type == IDENT_IPV6_RANGE))
		return match_range(mine, theirs);
	if (id->type != pattern->type)
		return 0;
	if (id->type == ID_FQDN || id->type == ID_RFC822_ADDR)
		return match_name(mine, theirs);
	if (id->type == ID_DER_ASN1_DN)
		return match_dn(mine, theirs);
	return 0;
}
