// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * See ident.h: identities as text. How a text is read is as with strongSwan, see
 * https://docs.strongswan.org/docs/latest/config/identityParsing.html.
 */
#include <ctype.h>

#include "../../lib/quantity.h"
#include "../proto/v2.h"
#include "dn.h"
#include "ident_check.h"

static int parse_addr(struct ident *id, uint8_t len, const char *text,
		      struct err *err)
{
	struct addr addr;

	if (addr_parse_digits(&addr, text, err))
		return -1;
	if (addr.len != len)
		return err_set(err, ERR_USAGE, "'%s' is no IPv%c address", text,
			       len == 4 ? '4' : '6');
	return ident_from_addr(id, &addr);
}

static int set_range(struct ident *id, const struct addr *first,
		     const struct addr *last, struct err *err)
{
	uint8_t octets[32];

	if (addr_compare(first, last) > 0)
		return err_set(err, ERR_USAGE, "it ends before it starts");
	memcpy(octets, first->octets, first->len);
	memcpy(octets + first->len, last->octets, first->len);
	return ident_set(id,
			 first->len == 4 ? IDENT_IPV4_RANGE : IDENT_IPV6_RANGE,
			 span_of(octets, 2UL * first->len), err);
}

/* ADDRESS/PREFIX or ADDRESS-ADDRESS; @len is 0 for any family. */
static int parse_range(struct ident *id, uint8_t len, const char *text,
		       struct err *err)
{
	size_t split = strcspn(text, "/-");
	struct addr first, last;
	char word[ADDR_TEXT_SIZE];
	uint64_t plen;

	if (!text[split] || split >= sizeof(word))
		return err_set(err, ERR_USAGE, "'%.64s' are no addresses",
			       text);
	memcpy(word, text, split);
	word[split] = '\0';
	if (addr_parse_digits(&first, word, err))
		return -1;
	if (text[split] == '/') {
		if (quantity_parse(&plen, text + split + 1, 0, 8ULL * first.len,
				   err))
			return err_prefix(err, "prefix length: ");
		addr_prefix_range(&first, (unsigned int)plen, &first, &last);
	} else if (addr_parse_digits(&last, text + split + 1, err)) {
		return -1;
	}
	if (first.len != last.len || (len && len != first.len))
		return err_set(err, ERR_USAGE,
			       "'%.100s' are addresses of another family",
			       text);
	return set_range(id, &first, &last, err);
}

static int hex_digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c ? strchr(digits, tolower((unsigned char)c)) : NULL;

	return at ? (int)(at - digits) : -1;
}

/* With colons between the octets, or without; also behind 0x. */
static int parse_hex(struct ident *id, uint8_t type, const char *text,
		     struct err *err)
{
	uint8_t octets[IDENT_LEN_MAX];
	const char *at = text;
	size_t n = 0;

	if (at[0] == '0' && (at[1] == 'x' || at[1] == 'X'))
		at += 2;
	for (; *at && n < sizeof(octets); n++) {
		int high = hex_digit(at[0]);
		int low = high < 0 ? -1 : hex_digit(at[1]);

		if (low < 0)
			return err_set(err, ERR_USAGE,
				       "'%.64s' is not hexadecimal", text);
		octets[n] = (uint8_t)(high << 4 | low);
		at += 2;
		if (at[0] == ':' && at[1])
			at++;
	}
	if (*at)
		return err_set(err, ERR_USAGE, "more than %u octets",
			       IDENT_LEN_MAX);
	return ident_set(id, type, span_of(octets, n), err);
}

static int parse_dn(struct ident *id, const char *text, struct err *err)
{
	struct buf der = BUF_INIT;
	int result;

	if (dn_parse(text, &der, err)) {
		err_prefix(err, "'%.200s' as a distinguished name: ", text);
		return -1;
	}
	if (der.failed)
		result = err_set(err, ERR_USAGE, "out of memory");
	else
		result = ident_set(id, ID_DER_ASN1_DN, buf_span(&der), err);
	buf_free(&der);
	return result;
}

/* The first word of a type is the one that is shown. */
static const struct prefix {
	const char *word;
	uint8_t type;
	uint8_t family; /* of ranges */
} prefixes[] = {
	{ "ipv4", ID_IPV4_ADDR, 4 },
	{ "ipv6", ID_IPV6_ADDR, 16 },
	{ "ipv4net", IDENT_IPV4_RANGE, 4 },
	{ "ipv4range", IDENT_IPV4_RANGE, 4 },
	{ "ipv6net", IDENT_IPV6_RANGE, 16 },
	{ "ipv6range", IDENT_IPV6_RANGE, 16 },
	{ "fqdn", ID_FQDN, 0 },
	{ "dns", ID_FQDN, 0 },
	{ "rfc822", ID_RFC822_ADDR, 0 },
	{ "email", ID_RFC822_ADDR, 0 },
	{ "userfqdn", ID_RFC822_ADDR, 0 },
	{ "asn1dn", ID_DER_ASN1_DN, 0 },
	{ "asn1gn", ID_DER_ASN1_GN, 0 },
	{ "keyid", ID_KEY_ID, 0 },
};

static int parse_typed(struct ident *id, const struct prefix *prefix,
		       const char *text, struct err *err)
{
	if (*text == '#')
		return parse_hex(id, prefix->type, text + 1, err);
	switch (prefix->type) {
	case ID_IPV4_ADDR:
	case ID_IPV6_ADDR:
		return parse_addr(id, prefix->family, text, err);
	case IDENT_IPV4_RANGE:
	case IDENT_IPV6_RANGE:
		return parse_range(id, prefix->family, text, err);
	case ID_DER_ASN1_DN:
		return parse_dn(id, text, err);
	default:
		return ident_set(id, prefix->type, span_of_text(text), err);
	}
}

/* "{11}:name", "{11}:#6e616d65" */
static int parse_number(struct ident *id, const char *text, struct err *err)
{
	size_t len = strcspn(text, "}");
	char word[8];
	uint64_t type;

	if (len >= sizeof(word) || strncmp(text + len, "}:", 2) != 0)
		return err_set(err, ERR_USAGE,
			       "'{%.64s' is not like '{11}:NAME'", text);
	memcpy(word, text, len);
	word[len] = '\0';
	if (quantity_parse(&type, word, 1, UINT8_MAX, err))
		return err_prefix(err, "type of identity: ");
	text += len + 2;
	if (*text == '#')
		return parse_hex(id, (uint8_t)type, text + 1, err);
	return ident_set(id, (uint8_t)type, span_of_text(text), err);
}

static bool is_any(const char *text)
{
	static const char *const words[] = { "",   "%any", "%any6", "*",
					     "::", "::0",  "0::0",  "0.0.0.0" };

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strcmp(words[i], text) == 0)
			return true;
	return false;
}

/* Without a type in front, what it looks like decides. */
static int parse_plain(struct ident *id, const char *text, struct err *err)
{
	struct err ignored;

	if (strchr(text, '='))
		return parse_dn(id, text, err);
	if (strncmp(text, "@#", 2) == 0)
		return parse_hex(id, ID_KEY_ID, text + 2, err);
	if (strncmp(text, "@@", 2) == 0)
		return ident_set(id, ID_RFC822_ADDR, span_of_text(text + 2),
				 err);
	if (text[0] == '@')
		return ident_set(id, ID_FQDN, span_of_text(text + 1), err);
	if (strchr(text, '@'))
		return ident_set(id, ID_RFC822_ADDR, span_of_text(text), err);
	if (!parse_addr(id, strchr(text, ':') ? 16 : 4, text, &ignored) ||
	    !parse_range(id, 0, text, &ignored))
		return 0;
	return ident_set(id, strchr(text, ':') ? ID_KEY_ID : ID_FQDN,
			 span_of_text(text), err);
}

int ident_parse(struct ident *id, const char *text, struct err *err)
{
	size_t len = strcspn(text, ":");

	*id = (struct ident){ 0 };
	if (is_any(text))
		return 0;
	if (text[0] == '{')
		return parse_number(id, text + 1, err);
	for (size_t i = 0; text[len] && i < ARRAY_SIZE(prefixes); i++)
		if (strlen(prefixes[i].word) == len &&
		    strncmp(prefixes[i].word, text, len) == 0)
			return parse_typed(id, &prefixes[i], text + len + 1,
					   err);
	return parse_plain(id, text, err);
}

const char *ident_prefix(uint8_t type)
{
	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++)
		if (prefixes[i].type == type)
			return prefixes[i].word;
	return NULL;
}
