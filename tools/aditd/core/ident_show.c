// SPDX-License-Identifier: GPL-2.0-or-later
/* See ident.h: the text of an identity, which ident_parse() reads. */
#include <openssl/asn1.h>
#include <stdio.h>

#include "../proto/v2.h"
#include "dn.h"
#include "ident_check.h"

/* UTF-8 without controls. */
static bool printable(struct span data)
{
	while (data.len) {
		unsigned long code;
		int n = UTF8_getc(data.data, (int)data.len, &code);

		if (n <= 0 || code < ' ' || (code >= 0x7f && code < 0xa0))
			return false;
		data = span_of(data.data + n, data.len - (size_t)n);
	}
	return true;
}

static void show_range(const struct ident *id, struct buf *text)
{
	struct addr first = { .len = (uint8_t)(id->len / 2) };
	struct addr last = first;
	char buf[ADDR_TEXT_SIZE];
	char plen[16];
	int bits;

	memcpy(first.octets, id->data, first.len);
	memcpy(last.octets, id->data + first.len, last.len);
	bits = addr_range_prefix(&first, &last);
	buf_add_text(text, addr_digits(&first, buf));
	if (bits >= 0) {
		snprintf(plen, sizeof(plen), "/%d", bits);
		buf_add_text(text, plen);
	} else {
		buf_add_text(text, "-");
		buf_add_text(text, addr_digits(&last, buf));
	}
}

/* What people write; false if there is no such text. */
static bool show_plain(const struct ident *id, struct buf *text)
{
	struct span data = span_of(id->data, id->len);
	struct addr addr = { .len = (uint8_t)id->len };
	char buf[ADDR_TEXT_SIZE];

	switch (id->type) {
	case IDENT_ANY:
		buf_add_text(text, "%any");
		return true;
	case ID_IPV4_ADDR:
	case ID_IPV6_ADDR:
		memcpy(addr.octets, id->data, addr.len);
		buf_add_text(text, addr_digits(&addr, buf));
		return true;
	case IDENT_IPV4_RANGE:
	case IDENT_IPV6_RANGE:
		show_range(id, text);
		return true;
	case ID_DER_ASN1_DN:
		return !dn_show(data, text);
	case ID_DER_ASN1_GN:
	case ID_NULL:
		return false;
	default:
		buf_add_span(text, data);
		return printable(data);
	}
}

/* Is the text read as what it was made of? */
static bool reads_back(const struct ident *id, struct buf *text)
{
	struct ident again;
	struct err err;
	bool same;

	buf_add_u8(text, '\0');
	if (text->failed || ident_parse(&again, (const char *)text->data, &err))
		return false;
	same = ident_equal(id, &again);
	ident_free(&again);
	return same;
}

static void show_prefix(const struct ident *id, struct buf *text)
{
	const char *prefix = ident_prefix(id->type);
	char number[8];

	snprintf(number, sizeof(number), "{%u}", id->type);
	buf_add_text(text, prefix ? prefix : number);
	buf_add_u8(text, ':');
}

static void show_hex(const struct ident *id, struct buf *text)
{
	char octet[4];

	buf_add_u8(text, '#');
	for (size_t i = 0; i < id->len; i++) {
		snprintf(octet, sizeof(octet), "%02x", id->data[i]);
		buf_add_text(text, octet);
	}
}

static void show(const struct ident *id, struct buf *text)
{
	if (show_plain(id, text) && reads_back(id, text))
		return;
	buf_cut(text, 0);
	show_prefix(id, text);
	if (show_plain(id, text) && reads_back(id, text))
		return;
	buf_cut(text, 0);
	show_prefix(id, text);
	show_hex(id, text);
	buf_add_u8(text, '\0');
}

const char *ident_show(const struct ident *id, char buf[IDENT_TEXT_SIZE])
{
	struct buf text = BUF_INIT;
	int len;

	show(id, &text);
	len = snprintf(buf, IDENT_TEXT_SIZE, "%s",
		       text.failed ? "?" : (const char *)text.data);
	if (len >= IDENT_TEXT_SIZE)
		memcpy(buf + IDENT_TEXT_SIZE - 4, "...", 4);
	buf_free(&text);
	return buf;
}
