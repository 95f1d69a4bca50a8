// SPDX-License-Identifier: GPL-2.0-or-later
/* See dn.h. */
#include "dn.h"

#include <ctype.h>
#include <openssl/objects.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

enum { VALUE_MAX = 1024, NAME_MAX_LEN = 64 };

/*
 * The words of strongSwan's, some of which libcrypto has for something else. The
 * first row of an attribute is the one that is shown.
 */
static const struct {
	const char *word;
	int nid;
} attributes[] = {
	{ "C", NID_countryName },
	{ "ST", NID_stateOrProvinceName },
	{ "L", NID_localityName },
	{ "O", NID_organizationName },
	{ "OU", NID_organizationalUnitName },
	{ "CN", NID_commonName },
	{ "E", NID_pkcs9_emailAddress },
	{ "Email", NID_pkcs9_emailAddress },
	{ "emailAddress", NID_pkcs9_emailAddress },
	{ "DC", NID_domainComponent },
	{ "UID", NID_userId },
	{ "SN", NID_serialNumber },
	{ "serialNumber", NID_serialNumber },
	{ "S", NID_surname },
	{ "G", NID_givenName },
	{ "I", NID_initials },
	{ "N", NID_name },
	{ "T", NID_title },
	{ "D", NID_description },
	{ "ID", NID_x500UniqueIdentifier },
	{ "dnQualifier", NID_dnQualifier },
	{ "pseudonym", NID_pseudonym },
	{ "postalCode", NID_postalCode },
	{ "postalAddress", NID_postalAddress },
	{ "street", NID_streetAddress },
	{ "businessCategory", NID_businessCategory },
	{ "UN", NID_pkcs9_unstructuredName },
	{ "unstructuredName", NID_pkcs9_unstructuredName },
	{ "UA", NID_pkcs9_unstructuredAddress },
	{ "unstructuredAddress", NID_pkcs9_unstructuredAddress },
	{ "EN", NID_Enterprises },
};

static ASN1_OBJECT *find_attribute(const char *word)
{
	for (size_t i = 0; i < ARRAY_SIZE(attributes); i++)
		if (strcasecmp(attributes[i].word, word) == 0)
			return OBJ_nid2obj(attributes[i].nid);
	/* A dotted OID, or a name that libcrypto knows. */
	return OBJ_txt2obj(word, 0);
}

static bool is_printable_string(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!isascii(text[i]) || (!isalnum((unsigned char)text[i]) &&
					  !strchr(" '()+,-./:=?", text[i])))
			return false;
	return true;
}

static bool is_utf8(const char *text, size_t len)
{
	while (len) {
		unsigned long code;
		int n = UTF8_getc((const unsigned char *)text, (int)len, &code);

		if (n <= 0)
			return false;
		text += n;
		len -= (size_t)n;
	}
	return true;
}

/* As RFC 5280, 4.1.2.4 and appendix A have it. */
static int string_type(const ASN1_OBJECT *object, const char *value, size_t len)
{
	switch (OBJ_obj2nid(object)) {
	case NID_pkcs9_emailAddress:
	case NID_domainComponent:
	case NID_pkcs9_unstructuredName:
		return V_ASN1_IA5STRING;
	default:
		return is_printable_string(value, len) ?
			       V_ASN1_PRINTABLESTRING :
			       V_ASN1_UTF8STRING;
	}
}

/* A text that is being read. */
struct reader {
	const char *at;
	char separator; /* ',' or '/' */
	char end; /* of the last value: that, a '+' for the same RDN, or NUL */
};

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)tolower((unsigned char)c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* What the backslash at @at stands for; how many characters it takes, or 0. */
static size_t unescape(const char *at, char *out)
{
	int high = hex_digit(at[1]);
	int low = high < 0 ? -1 : hex_digit(at[2]);

	if (!at[1])
		return 0;
	if (low < 0) {
		*out = at[1];
		return 2;
	}
	*(uint8_t *)out = (uint8_t)(high << 4 | low);
	return 3;
}

static int read_name(struct reader *reader, char name[NAME_MAX_LEN],
		     struct err *err)
{
	size_t len;

	reader->at += strspn(reader->at, " ");
	len = strcspn(reader->at, "=");
	if (!reader->at[len])
		return err_set(err, ERR_USAGE, "'%.64s' has no '='",
			       reader->at);
	if (!len || len >= NAME_MAX_LEN)
		return err_set(err, ERR_USAGE,
			       "'%.64s' begins with no attribute", reader->at);
	memcpy(name, reader->at, len);
	reader->at += len + 1;
	while (len && name[len - 1] == ' ')
		len--;
	name[len] = '\0';
	return 0;
}

/* Blanks around a value do not belong to it, unless they are escaped. */
static int read_value(struct reader *reader, char value[VALUE_MAX], size_t *len,
		      struct err *err)
{
	size_t n = 0, keep = 0;

	reader->at += strspn(reader->at, " ");
	while (*reader->at && *reader->at != reader->separator &&
	       *reader->at != '+') {
		size_t taken = 1;
		bool escaped = *reader->at == '\\';

		if (n >= VALUE_MAX)
			return err_set(err, ERR_USAGE, "a value is too long");
		value[n] = *reader->at;
		if (escaped)
			taken = unescape(reader->at, &value[n]);
		if (!taken)
			return err_set(err, ERR_USAGE, "it ends with a '\\'");
		if (escaped || *reader->at != ' ')
			keep = n + 1;
		reader->at += taken;
		n++;
	}
	*len = keep;
	reader->end = *reader->at;
	if (reader->end)
		reader->at++;
	return 0;
}

/* @set is what X509_NAME_add_entry() has: -1 for "with the one before". */
static int add_entry(X509_NAME *dn, struct reader *reader, int set,
		     struct err *err)
{
	ASN1_OBJECT *object;
	char name[NAME_MAX_LEN];
	char value[VALUE_MAX];
	size_t len = 0;
	int good;

	if (read_name(reader, name, err) ||
	    read_value(reader, value, &len, err))
		return -1;
	if (!is_utf8(value, len))
		return err_set(err, ERR_USAGE, "%s is not in UTF-8", name);
	object = find_attribute(name);
	if (!object)
		return err_set(err, ERR_USAGE, "'%s' is no attribute of a DN",
			       name);
	good = X509_NAME_add_entry_by_OBJ(dn, object,
					  string_type(object, value, len),
					  (const unsigned char *)value,
					  (int)len, -1, set);
	ASN1_OBJECT_free(object);
	if (!good)
		return err_set(err, ERR_USAGE, "out of memory");
	return 0;
}

static int add_entries(X509_NAME *dn, const char *text, struct err *err)
{
	struct reader reader = { .at = text, .separator = ',' };

	if (*text == '/') {
		reader.separator = '/';
		reader.at++;
	}
	do {
		if (add_entry(dn, &reader, reader.end == '+' ? -1 : 0, err))
			return -1;
	} while (reader.end);
	return 0;
}

int dn_parse(const char *text, struct buf *der, struct err *err)
{
	X509_NAME *dn = X509_NAME_new();
	unsigned char *octets = NULL;
	int len;

	if (!dn)
		return err_set(err, ERR_USAGE, "out of memory");
	if (add_entries(dn, text, err)) {
		X509_NAME_free(dn);
		return -1;
	}
	len = i2d_X509_NAME(dn, &octets);
	X509_NAME_free(dn);
	if (len < 0)
		return err_set(err, ERR_USAGE, "it cannot be encoded");
	buf_add(der, octets, (size_t)len);
	OPENSSL_free(octets);
	return 0;
}

/* NULL if it is not a DN, and nothing but a DN. */
static X509_NAME *decode(struct span der)
{
	const unsigned char *at = der.data;
	X509_NAME *dn = der.len ? d2i_X509_NAME(NULL, &at, (long)der.len) :
				  NULL;

	if (dn && at != der.data + der.len) {
		X509_NAME_free(dn);
		return NULL;
	}
	return dn;
}

bool dn_valid(struct span der)
{
	X509_NAME *dn = decode(der);

	X509_NAME_free(dn);
	return dn;
}

static void show_name(const ASN1_OBJECT *object, struct buf *text)
{
	int nid = OBJ_obj2nid(object);
	char oid[NAME_MAX_LEN];

	for (size_t i = 0; i < ARRAY_SIZE(attributes); i++) {
		if (attributes[i].nid != nid)
			continue;
		buf_add_text(text, attributes[i].word);
		return;
	}
	OBJ_obj2txt(oid, sizeof(oid), object, 1);
	buf_add_text(text, oid);
}

static void show_value(struct span value, struct buf *text)
{
	char escaped[4];

	for (size_t i = 0; i < value.len;) {
		const unsigned char *at = value.data + i;
		bool edge = !i || i + 1 == value.len;
		unsigned long code;
		int n = UTF8_getc(at, (int)(value.len - i), &code);
		size_t len = n > 0 ? (size_t)n : 1;

		if (n <= 0 || code < ' ' || (code >= 0x7f && code < 0xa0)) {
			for (size_t j = 0; j < len; j++) {
				snprintf(escaped, sizeof(escaped), "\\%02x",
					 at[j]);
				buf_add_text(text, escaped);
			}
		} else {
			if (strchr(",+\\\"", *at) || (*at == ' ' && edge))
				buf_add_u8(text, '\\');
			buf_add(text, at, len);
		}
		i += len;
	}
}

static int show_entry(const X509_NAME_ENTRY *entry, struct buf *text)
{
	const ASN1_STRING *data = X509_NAME_ENTRY_get_data(entry);
	unsigned char *value;
	int len = ASN1_STRING_to_UTF8(&value, data);

	if (len < 0)
		return -1;
	show_name(X509_NAME_ENTRY_get_object(entry), text);
	buf_add_u8(text, '=');
	show_value(span_of(value, (size_t)len), text);
	OPENSSL_free(value);
	return 0;
}

int dn_show(struct span der, struct buf *text)
{
	X509_NAME *dn = decode(der);
	int result = dn ? 0 : -1;
	int last = -1;

	for (int i = 0; !result && i < X509_NAME_entry_count(dn); i++) {
		X509_NAME_ENTRY *entry = X509_NAME_get_entry(dn, i);
		int set = X509_NAME_ENTRY_set(entry);

		if (i)
			buf_add_text(text, set == last ? "+" : ", ");
		last = set;
		result = show_entry(entry, text);
	}
	X509_NAME_free(dn);
	return result;
}

/* Take the next character: lower case, one blank for several. */
static int next_char(struct span *text)
{
	bool blank = false;

	while (text->len && *text->data == ' ') {
		text->data++;
		text->len--;
		blank = true;
	}
	if (!text->len)
		return -1;
	if (blank)
		return ' ';
	text->len--;
	return isascii(*text->data) ? tolower(*text->data++) : *text->data++;
}

static bool same_text(struct span a, struct span b)
{
	int x, y;

	/* In front they are of no importance either. */
	while (a.len && *a.data == ' ')
		a = span_of(a.data + 1, a.len - 1);
	while (b.len && *b.data == ' ')
		b = span_of(b.data + 1, b.len - 1);
	do {
		x = next_char(&a);
		y = next_char(&b);
	} while (x == y && x >= 0);
	return x == y;
}

static bool same_octets(const ASN1_STRING *a, const ASN1_STRING *b)
{
	return ASN1_STRING_type(a) == ASN1_STRING_type(b) &&
	       ASN1_STRING_cmp(a, b) == 0;
}

static bool same_value(const ASN1_STRING *a, const ASN1_STRING *b)
{
	unsigned char *x = NULL, *y = NULL;
	int x_len = ASN1_STRING_to_UTF8(&x, a);
	int y_len = ASN1_STRING_to_UTF8(&y, b);
	bool same;

	if (x_len < 0 || y_len < 0)
		same = same_octets(a, b);
	else
		same = same_text(span_of(x, (size_t)x_len),
				 span_of(y, (size_t)y_len));
	OPENSSL_free(x);
	OPENSSL_free(y);
	return same;
}

static bool is_wildcard(const ASN1_STRING *value)
{
	return ASN1_STRING_length(value) == 1 &&
	       *ASN1_STRING_get0_data(value) == '*';
}

static int compare(const X509_NAME *dn, const X509_NAME *pattern,
		   bool wildcards)
{
	int n = X509_NAME_entry_count(pattern);
	int wild = 0;

	if (X509_NAME_entry_count(dn) != n)
		return DN_DIFFERENT;
	for (int i = 0; i < n; i++) {
		const X509_NAME_ENTRY *a = X509_NAME_get_entry(dn, i);
		const X509_NAME_ENTRY *b = X509_NAME_get_entry(pattern, i);
		const ASN1_STRING *value = X509_NAME_ENTRY_get_data(b);

		if (X509_NAME_ENTRY_set(a) != X509_NAME_ENTRY_set(b) ||
		    OBJ_cmp(X509_NAME_ENTRY_get_object(a),
			    X509_NAME_ENTRY_get_object(b)) != 0)
			return DN_DIFFERENT;
		if (wildcards && is_wildcard(value))
			wild++;
		else if (!same_value(X509_NAME_ENTRY_get_data(a), value))
			return DN_DIFFERENT;
	}
	return wild;
}

int dn_compare(struct span der, struct span pattern, bool wildcards)
{
	X509_NAME *a = decode(der);
	X509_NAME *b = decode(pattern);
	int result = a && b ? compare(a, b, wildcards) : DN_DIFFERENT;

	X509_NAME_free(a);
	X509_NAME_free(b);
	return result;
}
