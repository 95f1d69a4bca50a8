// SPDX-License-Identifier: GPL-2.0-or-later
/* Identities: text, octets and patterns. */
#include "../../tests/tap.h"
#include "../core/ident.h"
#include "../proto/v2.h"

static const struct {
	const char *text;
	uint8_t type;
	const char *shown; /* NULL for the same */
} readings[] = {
	{ "%any", IDENT_ANY, NULL },
	{ "", IDENT_ANY, "%any" },
	{ "*", IDENT_ANY, "%any" },
	{ "0.0.0.0", IDENT_ANY, "%any" },
	{ "::", IDENT_ANY, "%any" },
	{ "192.0.2.1", ID_IPV4_ADDR, NULL },
	{ "ipv4:192.0.2.1", ID_IPV4_ADDR, "192.0.2.1" },
	{ "ipv4:#c0000201", ID_IPV4_ADDR, "192.0.2.1" },
	{ "ipv4:0.0.0.0", ID_IPV4_ADDR, NULL },
	{ "fd00::1", ID_IPV6_ADDR, NULL },
	{ "ipv6:fd00:0::1", ID_IPV6_ADDR, "fd00::1" },
	{ "10.0.0.0/8", IDENT_IPV4_RANGE, NULL },
	{ "ipv4net:10.1.0.0/16", IDENT_IPV4_RANGE, "10.1.0.0/16" },
	{ "10.0.0.1-10.0.0.9", IDENT_IPV4_RANGE, NULL },
	{ "ipv6range:fd00::1-fd00::9", IDENT_IPV6_RANGE, "fd00::1-fd00::9" },
	{ "fd00::/8", IDENT_IPV6_RANGE, NULL },
	{ "moon.example.org", ID_FQDN, NULL },
	{ "@moon.example.org", ID_FQDN, "moon.example.org" },
	{ "fqdn:moon", ID_FQDN, "moon" },
	{ "dns:moon", ID_FQDN, "moon" },
	{ "*.example.org", ID_FQDN, NULL },
	{ "fqdn:192.0.2.1", ID_FQDN, NULL },
	{ "@192.0.2.1", ID_FQDN, "fqdn:192.0.2.1" },
	{ "fqdn:%any", ID_FQDN, NULL },
	{ "fqdn:", ID_FQDN, NULL },
	{ "1.2.3", ID_FQDN, NULL },
	{ "alice@example.org", ID_RFC822_ADDR, NULL },
	{ "@@alice@example.org", ID_RFC822_ADDR, "alice@example.org" },
	{ "rfc822:alice", ID_RFC822_ADDR, NULL },
	{ "email:alice@example.org", ID_RFC822_ADDR, "alice@example.org" },
	{ "userfqdn:alice@x", ID_RFC822_ADDR, "alice@x" },
	{ "j\xc3\xb6rg@example.org", ID_RFC822_ADDR, NULL },
	{ "keyid:moon", ID_KEY_ID, NULL },
	{ "keyid:#6d6f6f6e", ID_KEY_ID, "keyid:moon" },
	{ "@#6d:6f:6f:6e", ID_KEY_ID, "keyid:moon" },
	{ "@#0x00ff", ID_KEY_ID, "keyid:#00ff" },
	{ "keyid:#", ID_KEY_ID, "keyid:" },
	{ "keyid:#236162", ID_KEY_ID, NULL }, /* "#ab" */
	{ "some:thing", ID_KEY_ID, NULL },
	{ "fd00::xyz", ID_KEY_ID, NULL },
	{ "{11}:moon", ID_KEY_ID, "keyid:moon" },
	{ "{2}:#6d6f6f6e", ID_FQDN, "moon" },
	{ "{12}:moon", ID_FC_NAME, NULL },
	{ "{13}:#", ID_NULL, NULL },
	{ "asn1gn:#820161", ID_DER_ASN1_GN, NULL },
	{ "C=CH, O=adit, CN=moon.example.org", ID_DER_ASN1_DN, NULL },
	{ "C=CH,O=adit,CN=moon", ID_DER_ASN1_DN, "C=CH, O=adit, CN=moon" },
	{ "/C=CH/O=a,b/CN=moon", ID_DER_ASN1_DN, "C=CH, O=a\\,b, CN=moon" },
	{ "asn1dn:CN=*", ID_DER_ASN1_DN, "CN=*" },
	{ "E=a@b.org", ID_DER_ASN1_DN, NULL },
	{ "emailAddress=a@b.org", ID_DER_ASN1_DN, "E=a@b.org" },
	{ "cn = moon ", ID_DER_ASN1_DN, "CN=moon" },
	{ "CN=\\ a\\,b\\+c\\\\d\\ ", ID_DER_ASN1_DN, NULL },
	{ "CN=a=b/c", ID_DER_ASN1_DN, NULL },
	{ "CN=a+SN=5", ID_DER_ASN1_DN, NULL },
	{ "CN=J\xc3\xb6rg, S=X, SN=1, G=Y, UID=z, DC=org, T=Dr, ID=q",
	  ID_DER_ASN1_DN, NULL },
	{ "CN=J\\c3\\b6rg", ID_DER_ASN1_DN, "CN=J\xc3\xb6rg" },
	{ "CN=a\\0ab", ID_DER_ASN1_DN, NULL },
	{ "2.5.4.3=moon", ID_DER_ASN1_DN, "CN=moon" },
	{ "1.3.6.1.4.1.99999.1=moon", ID_DER_ASN1_DN, NULL },
	{ "CN=", ID_DER_ASN1_DN, NULL },
	{ "asn1dn:#3000", ID_DER_ASN1_DN, NULL },
	{ "asn1dn:#300d310b3009060355040313024348", ID_DER_ASN1_DN, "CN=CH" },
};

static void readings_and_back(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(readings); i++) {
		const char *text = readings[i].text;
		const char *want = readings[i].shown ? readings[i].shown : text;
		struct ident id, again, copy;
		char buf[IDENT_TEXT_SIZE];
		struct err err = { 0 };

		if (!CHECK_ROW(!ident_parse(&id, text, &err), text)) {
			printf("# %s\n", err.text);
			continue;
		}
		CHECK_ROW(id.type == readings[i].type, text);
		CHECK_TEXT(ident_show(&id, buf), want);
		CHECK_ROW(!ident_parse(&again, buf, &err), buf);
		CHECK_ROW(ident_equal(&id, &again), buf);
		CHECK_ROW(!ident_copy(&copy, &id), text);
		CHECK_ROW(ident_equal(&id, &copy), text);
		ident_free(&id);
		ident_free(&again);
		ident_free(&copy);
		CHECK(!id.data && !id.len);
	}
}

static void refusals(void)
{
	static const char *const rows[] = {
		"ipv4:fd00::1",
		"ipv6:192.0.2.1",
		"ipv4:moon",
		"ipv4:#c00002",
		"ipv4net:10.0.0.0",
		"ipv4net:10.0.0.0/33",
		"ipv6net:10.0.0.0/8",
		"ipv4range:10.0.0.9-10.0.0.1",
		"ipv4range:10.0.0.9-fd00::1",
		"keyid:#abc",
		"keyid:#xy",
		"@#abc",
		"{0}:x",
		"{256}:x",
		"{11}x",
		"{11",
		"{200}:x",
		"{1}:x",
		"{13}:x",
		"foo=bar",
		"CN=a, foo=b",
		"asn1dn:CN",
		"C=CH, CN",
		"C=CH,",
		"CN=a+",
		"asn1dn:/",
		"/CN=a/",
		"=a",
		"CN=a\\",
		"CN=\xff",
		"asn1dn:moon",
		"asn1dn:#3001",
		"asn1dn:#30000",
		"asn1dn:#300000",
		"fqdn:#6100",
		"fqdn:a\nb",
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct err err = { 0 };
		struct ident id;
		if (!CHECK_ROW(ident_parse(&id, rows[i], &err) == -1, rows[i]))
			ident_free(&id);
		CHECK_ROW(strlen(err.text) > 10, rows[i]);
	}
}

static void matches(void)
{
	/* The better pattern comes first; the last one is no match. */
	static const char *const rows[][6] = {
		{ "moon.example.org", "MOON.Example.org", "*.example.org",
		  "*.org", "%any", "sun.example.org" },
		{ "moon.example.org", "moon.example.org", "*.example.org", NULL,
		  "%any", "*oon.example.org" },
		{ "example.org", NULL, NULL, NULL, "%any", "*.example.org" },
		{ ".example.org", NULL, NULL, NULL, "%any", "*.example.org" },
		{ "alice@example.org", "alice@Example.org", "*@example.org",
		  NULL, "%any", "*@example.com" },
		{ "alice@example.org", "alice@example.org", NULL, NULL, "%any",
		  "fqdn:alice@example.org" },
		{ "10.1.2.3", "10.1.2.3", "10.1.2.0/24", "10.0.0.0/8", "%any",
		  "10.2.0.0/16" },
		{ "10.1.2.3", "10.1.2.3", "10.1.2.1-10.1.2.3", NULL, "%any",
		  "10.1.2.1-10.1.2.2" },
		{ "fd00::5", "fd00::5", "fd00::/16", "fc00::/7", "%any",
		  "10.0.0.0/8" },
		{ "keyid:moon", "keyid:moon", NULL, NULL, "%any",
		  "keyid:MOON" },
		{ "C=CH, O=adit, CN=moon", "c=ch, o=Adit, CN=moon",
		  "C=CH, O=adit, CN=*", "C=*, O=*, CN=*", "%any",
		  "C=CH, O=adit, CN=sun" },
		{ "C=CH, O=adit, CN=moon", "/C=CH/O= adit /CN=moon",
		  "C=CH, O=*, CN=moon", "C=*, O=adit, CN=*", "%any",
		  "C=CH, CN=*" },
		{ "CN=a  b", "CN=A B", "CN=*", NULL, "%any", "O=a b" },
		{ "CN=a, CN=b", "CN=a, CN=b", "CN=*, CN=b", NULL, "%any",
		  "CN=b, CN=a" },
		{ "CN=a, SN=b", NULL, NULL, NULL, "%any", "CN=a+SN=b" },
		/* Only the whole value is a wildcard. */
		{ "CN=moon", NULL, NULL, NULL, "%any", "CN=mo*" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		unsigned int last = IDENT_MATCH_PERFECT + 1;
		struct ident id;
		struct err err;

		CHECK_ROW(!ident_parse(&id, rows[i][0], &err), rows[i][0]);
		for (size_t j = 1; j < ARRAY_SIZE(rows[i]); j++) {
			struct ident pattern;
			unsigned int match;

			if (!rows[i][j])
				continue;
			CHECK_ROW(!ident_parse(&pattern, rows[i][j], &err),
				  rows[i][j]);
			match = ident_match(&id, &pattern);
			CHECK_ROW(match < last, rows[i][j]);
			CHECK_ROW(!match == (j == 5), rows[i][j]);
			CHECK_ROW((match == IDENT_MATCH_PERFECT) == (j == 1),
				  rows[i][j]);
			CHECK_ROW(ident_equal(&id, &pattern) == (j == 1),
				  rows[i][j]);
			last = match;
			ident_free(&pattern);
		}
		ident_free(&id);
	}
}

/* The string's type is of no importance: PrintableString, UTF8String. */
static void string_types(void)
{
	struct ident a, b;
	struct err err;

	CHECK(!ident_parse(&a, "asn1dn:#300d310b300906035504030c024348", &err));
	CHECK(!ident_parse(&b, "CN=CH", &err));
	CHECK(a.len == b.len && memcmp(a.data, b.data, a.len) != 0);
	CHECK(ident_equal(&a, &b));
	CHECK(ident_match(&a, &b) == IDENT_MATCH_PERFECT);
	ident_free(&a);
	ident_free(&b);
}

static void wire(void)
{
	static const uint8_t fqdn[] = { ID_FQDN, 0, 0, 0, 'm', 'o', 'o', 'n' };
	static const uint8_t reserved[] = { ID_FQDN, 1, 2, 3, 'm', 'o' };
	struct buf buf = BUF_INIT;
	struct ident id;
	struct err err;

	CHECK(!ident_from_wire(&id, SPAN(fqdn), &err));
	CHECK(id.type == ID_FQDN && id.len == 4);
	ident_to_wire(&id, &buf);
	CHECK(span_equal(buf_span(&buf), SPAN(fqdn)));
	ident_free(&id);
	/* RFC 7296, 3.5: ignored on receipt. */
	CHECK(!ident_from_wire(&id, SPAN(reserved), &err));
	ident_free(&id);
	buf_free(&buf);
}

static void bad_wire(void)
{
#define ROW(...)                                    \
	{                                           \
		sizeof((uint8_t[]){ __VA_ARGS__ }), \
		{                                   \
			__VA_ARGS__                 \
		}                                   \
	}
	static const struct {
		size_t len;
		uint8_t octets[40];
	} rows[] = {
		{ 0, { 0 } },
		ROW(ID_FQDN),
		ROW(ID_FQDN, 0, 0),
		ROW(0, 0, 0, 0),
		ROW(ID_IPV4_ADDR, 0, 0, 0, 1, 2, 3),
		ROW(ID_IPV4_ADDR, 0, 0, 0, 1, 2, 3, 4, 5),
		ROW(ID_IPV6_ADDR, 0, 0, 0, 1, 2, 3, 4),
		ROW(ID_FQDN, 0, 0, 0, 'a', 0),
		ROW(ID_RFC822_ADDR, 0, 0, 0, 'a', '\n'),
		ROW(ID_DER_ASN1_DN, 0, 0, 0),
		ROW(ID_DER_ASN1_DN, 0, 0, 0, 0x30, 1),
		ROW(ID_DER_ASN1_DN, 0, 0, 0, 0x30, 0, 0),
		ROW(ID_DER_ASN1_DN, 0, 0, 0, 0x31, 0),
		ROW(ID_NULL, 0, 0, 0, 1),
		ROW(IDENT_IPV4_RANGE, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8),
		ROW(200, 0, 0, 0, 1),
	};
	struct buf buf = BUF_INIT;
	struct ident id;
	struct err err;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char row[16];

		snprintf(row, sizeof(row), "%zu", i);
		CHECK_ROW(ident_from_wire(&id,
					  span_of(rows[i].octets, rows[i].len),
					  &err) == -1,
			  row);
		CHECK(!id.data);
	}
	buf_add(&buf, (uint8_t[]){ ID_KEY_ID, 0, 0, 0 }, 4);
	buf_extend(&buf, IDENT_LEN_MAX);
	CHECK(!ident_from_wire(&id, buf_span(&buf), &err));
	ident_free(&id);
	buf_add_u8(&buf, 0);
	CHECK(ident_from_wire(&id, buf_span(&buf), &err) == -1);
	buf_free(&buf);
}

static void long_text(void)
{
	char buf[IDENT_TEXT_SIZE];
	uint8_t octets[600];
	struct ident id = { ID_KEY_ID, sizeof(octets), octets };

	memset(octets, 'x', sizeof(octets));
	ident_show(&id, buf);
	CHECK(strlen(buf) == sizeof(buf) - 1);
	CHECK(strncmp(buf, "keyid:xxx", 9) == 0);
	CHECK(strcmp(buf + sizeof(buf) - 5, "x...") == 0);
	octets[0] = 0;
	CHECK(strncmp(ident_show(&id, buf), "keyid:#0078", 11) == 0);
}

static void addresses(void)
{
	static const struct addr v4 = { 4, { 192, 0, 2, 1 } };
	static const struct addr v6 = { 16, { 0xfd, [15] = 1 } };
	char buf[IDENT_TEXT_SIZE];
	struct ident id;

	CHECK(!ident_from_addr(&id, &v4));
	CHECK_TEXT(ident_show(&id, buf), "192.0.2.1");
	ident_free(&id);
	CHECK(!ident_from_addr(&id, &v6));
	CHECK_TEXT(ident_show(&id, buf), "fd00::1");
	ident_free(&id);
}

static const struct tap_test tests[] = {
	{ "identities are read, shown and read again", readings_and_back },
	{ "bad identities are refused", refusals },
	{ "patterns match, the narrower the better", matches },
	{ "types of strings in DNs", string_types },
	{ "octets are those of the RFC", wire },
	{ "malformed payloads are refused", bad_wire },
	{ "what is too long is cut", long_text },
	{ "addresses as identities", addresses },
};

TAP_MAIN(tests)
