// SPDX-License-Identifier: GPL-2.0-or-later
/* AUTH, made by one and checked by the other, and all that can be wrong. */
#include "crypto_hex.h"
#include "keys_ends.h"

static void add_psk(struct keys_store *store, const char *secret)
{
	const char *owners[] = { "a.example.org", "b.example.org" };
	struct err err = { 0 };

	CHECK(!keys_add_shared(store, KEYS_IKE, "psk", span_of_text(secret),
			       owners, 2, &err));
}

static void psk(void)
{
	struct ends ends;

	ends_init(&ends, AUTH_WITH_PSK);
	NO_SIGNATURE(
		&ends,
		"no pre-shared key for a.example.org - b.example.org (there are: none at all)");
	add_psk(&ends.a, "secret");
	EXPECT(&ends,
	       "no pre-shared key for b.example.org - a.example.org (there are: none at all)");
	add_psk(&ends.b, "secret");
	EXPECT(&ends, "");
	add_psk(&ends.b, "Secret");
	EXPECT(&ends, "the pre-shared keys differ");
	set_ident(&ends.check.id, "*.example.com");
	EXPECT(&ends,
	       "the peer says it is a.example.org, we want *.example.com");
	set_ident(&ends.check.id, "*.example.org");
	add_psk(&ends.b, "secret");
	EXPECT(&ends, "");
	ends.check.auth = AUTH_WITH_PUBKEY;
	EXPECT(&ends, "authenticates with shared key (2), we want a signature");
	ends.check.auth = AUTH_WITH_ANY;
	ends.sign.auth = AUTH_WITH_ANY;
	EXPECT(&ends, "");
	ends.sign.auth = AUTH_WITH_EAP;
	NO_SIGNATURE(&ends, "EAP");
	ends_free(&ends);
}

/* Computed with another implementation of HMAC. */
static void psk_value(void)
{
	uint8_t out[PRF_LEN_MAX];

	CHECK(!keys_psk_auth(PRF_HMAC_SHA2_256, span_of_text("secret"),
			     span_of_text("what is signed"), out));
	CHECK(hex_equal(
		span_of(out, 32),
		"866d3ea0f70898b29b5b5afca03468fef1423e5a6b496d3448ac73c354d42486"));
	CHECK(keys_psk_auth(99, span_of_text("secret"), SPAN(pki_signed), out));
}

static void kinds_of_keys(void)
{
	static const char *const kinds[] = { "rsa2048", "rsa-pss", "P-256",
					     "P-384",	"ED25519", "ED448" };

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		struct world world;
		struct ends ends;

		start(&ends, &world,
		      &(struct pki_spec){ .kind = kinds[i], .san = SAN_A });
		ends.auth.hashes = SHA2;
		EXPECT(&ends, "");
		if (i == 0 || i == 2) {
			ends.auth.hashes = 0;
			EXPECT(&ends, "");
		}
		stop(&ends, &world);
	}
}

static void identities(void)
{
	static const struct {
		const char *id;
		const char *want;
	} rows[] = {
		{ "a.example.org", "" },
		{ "A.Example.Org", "" },
		{ "a@example.org", "" },
		{ "192.0.2.1", "" },
		{ "2001:db8::1", "" },
		{ "C=CH, O=adit, CN=a", "" },
		{ "c=ch, o=ADIT, cn=A", "" },
		{ "a", "" },
		{ "b.example.org",
		  "identity b.example.org is not in the certificate (it has: C=CH, O=adit, CN=a | a.example.org | a@example.org | 192.0.2.1 | 2001:db8::1)" },
		{ "*.example.org", "identity" },
		{ "C=CH, O=adit, CN=*", "identity" },
		{ "192.0.2.2", "identity 192.0.2.2 is not in" },
		{ "example.org", "identity example.org is not in" },
	};
	struct world world;
	struct ends ends;

	start(&ends, &world, &(struct pki_spec){ .san = SAN_A });
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct keys_reply verdict;

		if (strcmp(rows[i].id, "a") == 0)
			continue;
		/* Signed for one that is there, claimed for another. */
		set_ident(&ends.id_a, "a.example.org");
		CHECK(sign(&ends));
		set_ident(&ends.id_a, rows[i].id);
		CHECK_ROW(check(&ends, &verdict) == !*rows[i].want, rows[i].id);
		contains(verdict.reply.text, rows[i].want, __LINE__);
		keys_reply_free(&verdict);
		keys_reply_free(&ends.signed_by_a);
	}
	stop(&ends, &world);
}

static void key_ids(void)
{
	uint8_t id[KEYS_ID_LEN];
	char text[64] = "keyid:#";
	struct world world;
	struct ends ends;

	start(&ends, &world, &(struct pki_spec){ .san = SAN_A });
	CHECK(!keys_key_id(world.end.key, id));
	for (size_t i = 0; i < sizeof(id); i++)
		snprintf(text + 7 + 2 * i, 3, "%02x", id[i]);
	set_ident(&ends.id_a, text);
	EXPECT(&ends, "");
	stop(&ends, &world);
}

static void no_certificate_of_ours(void)
{
	struct world world;
	struct ends ends;

	start(&ends, &world, &(struct pki_spec){ .san = SAN_A });
	set_ident(&ends.id_a, "else.example.org");
	NO_SIGNATURE(
		&ends,
		"no certificate with its private key for our identity else.example.org");
	ends.texts[0] = (char *)"/x509/a";
	ends.sign.certs = (struct conf_texts){ 1, ends.texts };
	NO_SIGNATURE(
		&ends,
		"identity else.example.org is not in our certificate (it has: ");
	set_ident(&ends.id_a, "a.example.org");
	EXPECT(&ends, "");
	keys_clear_privates(&ends.a);
	NO_SIGNATURE(
		&ends,
		"the private key of our certificate C=CH, O=adit, CN=a is not here");
	ends.sign.certs = (struct conf_texts){ 0 };
	NO_SIGNATURE(&ends, "the private key of our certificate");
	stop(&ends, &world);
}

static void pinned(void)
{
	struct world world;
	struct ends ends;
	struct buf pem, other_pem;

	start(&ends, &world, &(struct pki_spec){ .san = SAN_A });
	pem = pki_cert_pem(&world.end);
	other_pem = pki_cert_pem(&world.middle);
	ends.texts[0] = (char *)other_pem.data;
	ends.check.certs = (struct conf_texts){ 1, ends.texts };
	EXPECT(&ends, "is not the one that the connection has for its peer");
	/* It is enough, CAs or not. */
	keys_clear_certs(&ends.b);
	ends.texts[0] = (char *)pem.data;
	EXPECT(&ends, "");
	/* But for its time. */
	ends.now = PKI_NOW + 200 * PKI_DAY;
	EXPECT(&ends, "expired on");
	ends.now = PKI_NOW;
	/* As a file. */
	ends.texts[0] = (char *)"/x509/peer";
	EXPECT(&ends, "is not the one that");
	put_cert(&ends.b, &world.end, KEYS_CERT_END, "/x509/peer");
	EXPECT(&ends, "");
	/* The peer does not send it: it is here. */
	ends.conn.send_cert = SEND_CERT_NEVER;
	EXPECT(&ends, "");
	ends.check.certs.n = 0;
	EXPECT(&ends, "");
	keys_clear_certs(&ends.b);
	EXPECT(&ends,
	       "the peer sent no certificate, and there is none here for a.example.org");
	ends.texts[0] = (char *)pem.data;
	ends.check.certs.n = 1;
	EXPECT(&ends, "");
	buf_free(&pem);
	buf_free(&other_pem);
	stop(&ends, &world);
}

static void self_signed(void)
{
	struct pki pki =
		pki_make(&(struct pki_spec){ .cn = "a", .san = SAN_A });
	struct ends ends;

	ends_init(&ends, AUTH_WITH_PUBKEY);
	put_cert(&ends.a, &pki, KEYS_CERT_END, "");
	put_key(&ends.a, &pki);
	EXPECT(&ends, "no trusted CA");
	put_cert(&ends.b, &pki, KEYS_CERT_END, "");
	EXPECT(&ends, "");
	ends_free(&ends);
	pki_free(&pki);
}

/* And of AUTH, but what is behind "ike:" is of that alone (RFC 7427). */
static void hash_of_auth(void)
{
	static const struct {
		const char *sign, *method, *want;
	} rows[] = {
		{ "rsa-sha256", "ike:rsa-sha256", "" },
		{ "rsa-sha256", "ike:pubkey-sha512-sha256", "" },
		{ "rsa-sha256", "pubkey-sha256", "" },
		{ "rsa-sha512", "pubkey-sha256-ike:rsa-sha512", "" },
		{ "ike:rsa-sha384", "ike:rsa-sha384", "" },
		{ "rsa-sha512", "rsa-2048", "" },
		{ "rsa-sha512", "pubkey-sha256",
		  "AUTH is signed with RSA and sha512, the connection wants sha256 (auth)" },
		{ "rsa-sha256", "pubkey-sha256-ike:rsa-sha384-sha512",
		  "AUTH is signed with RSA and sha256, the connection wants sha384, sha512 (auth)" },
		{ "rsa/pss-sha256", "ike:rsa-sha256", "" },
		{ "rsa/pss-sha256", "ike:rsa/pss-sha256", "" },
		{ "rsa-sha256", "ike:rsa/pss-sha256",
		  "AUTH is signed with RSA and sha256, the connection wants sha256 with RSASSA-PSS (auth)" },
		{ "rsa/pss-sha256", "ike:rsa/pss-sha384",
		  "AUTH is signed with RSA and sha256, RSASSA-PSS, the connection wants sha384 with RSASSA-PSS (auth)" },
	};
	struct world world;
	struct ends ends;

	start(&ends, &world,
	      &(struct pki_spec){ .san = SAN_A, .kind = "rsa2048" });
	ends.auth.hashes = SHA2;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		ends.sign.method = (char *)rows[i].sign;
		ends.check.method = (char *)rows[i].method;
		EXPECT(&ends, rows[i].want);
	}
	/* As it was before RFC 7427, with SHA1. */
	ends.auth.hashes = 0;
	ends.check.method = (char *)"ike:rsa-sha256";
	EXPECT(&ends,
	       "AUTH is signed with RSA and sha1, the connection wants sha256 (auth)");
	stop(&ends, &world);
}

static void raw_keys(void)
{
	struct pki pki = pki_make(&(struct pki_spec){ .cn = "a" });
	struct pki other = pki_make(&(struct pki_spec){ .cn = "b" });
	struct ends ends;
	struct err err;

	ends_init(&ends, AUTH_WITH_PUBKEY);
	put_key(&ends.a, &pki);
	CHECK(!keys_add_public(&ends.a, pki.key, "/pubkey/a", &err));
	CHECK(!keys_add_public(&ends.b, pki.key, "/pubkey/a", &err));
	CHECK(!keys_add_public(&ends.b, other.key, "/pubkey/b", &err));
	ends.texts[0] = (char *)"/pubkey/a";
	ends.sign.pubkeys = (struct conf_texts){ 1, ends.texts };
	ends.texts[1] = (char *)"/pubkey/b";
	ends.check.pubkeys = (struct conf_texts){ 1, ends.texts + 1 };
	EXPECT(&ends, "does not fit");
	ends.check.pubkeys.texts = ends.texts;
	EXPECT(&ends, "");
	ends.check.pubkeys.texts = ends.texts + 2;
	ends.texts[2] = (char *)"/pubkey/c";
	EXPECT(&ends, "none of the connection's public keys");
	ends_free(&ends);
	pki_free(&pki);
	pki_free(&other);
}

/* What a peer may send in the place of certificates. */
static void rubbish(void)
{
	static const uint8_t junk[] = { 4, 0x30, 0x82, 0xff, 0xff, 0x00 };
	static const uint8_t crl[] = { 7, 0x30, 0x00 };
	struct span certs[4] = { SPAN(junk), SPAN(crl), span_of(junk, 0),
				 span_of(junk, 1) };
	struct keys_reply verdict;
	struct world world;
	struct ends ends;

	start(&ends, &world, &(struct pki_spec){ .san = SAN_A });
	CHECK(sign(&ends));
	ends.signed_by_a.reply.certs = certs;
	ends.signed_by_a.reply.n_certs = 4;
	CHECK(!check(&ends, &verdict));
	contains(verdict.reply.text, "the peer sent no certificate", __LINE__);
	keys_reply_free(&verdict);
	ends.signed_by_a.reply.method = 99;
	CHECK(!check(&ends, &verdict));
	keys_reply_free(&verdict);
	keys_reply_free(&ends.signed_by_a);
	stop(&ends, &world);
}

/* The signature is over other octets, or by another key. */
static void forged(void)
{
	struct keys_reply verdict;
	struct world world, other;
	struct ends ends;
	struct buf body;

	start(&ends, &world, &(struct pki_spec){ .san = SAN_A });
	make_world(&other, &(struct pki_spec){ .san = SAN_A });
	CHECK(sign(&ends));
	ends.signed_by_a.auth.data[9] ^= 1;
	CHECK(!check(&ends, &verdict));
	keys_reply_free(&verdict);
	ends.signed_by_a.auth.data[9] ^= 1;
	CHECK(check(&ends, &verdict));
	keys_reply_free(&verdict);
	put_cert(&ends.b, &other.middle, KEYS_CERT_CA, "");
	body = pki_payload(&other.end);
	ends.signed_by_a.spans[0] = buf_span(&body);
	CHECK(!check(&ends, &verdict));
	contains(verdict.reply.text, "does not fit the certificate's key",
		 __LINE__);
	keys_reply_free(&verdict);
	buf_free(&body);
	keys_reply_free(&ends.signed_by_a);
	stop(&ends, &world);
	free_world(&other);
}

static bool signs(struct ends *ends, struct span octets, uint16_t prf_id)
{
	struct env_auth auth = {
		.conn = &ends->conn,
		.round = &ends->sign,
		.local = &ends->id_a,
		.remote = &ends->id_b,
		.prf = prf_id,
		.octets = octets,
	};
	struct keys_reply reply;
	bool good;

	keys_auth(&ends->a, &auth, ends->now, &reply);
	good = reply.reply.good;
	if (!good)
		contains(reply.reply.text, "no AUTH of IKEv2", __LINE__);
	keys_reply_free(&reply);
	return good;
}

/* A key may be good for TLS, too: here it signs what IKEv2 does, nothing else. */
static void only_auth(void)
{
	enum { HEADER = 28, MACED = 32, INT_AUTH = 2 * MACED + 4 };
	static const struct {
		size_t nonce, more;
		bool good;
	} lengths[] = {
		{ 0, 0 },
		{ 15, 0 },
		{ 16, 0, true },
		{ 256, 0, true },
		/* One looks like a long nonce, the other like IntAuth. */
		{ 15, INT_AUTH, true },
		{ 257, 0, true },
		{ 16, INT_AUTH, true },
		{ 256, INT_AUTH, true },
		{ 257, INT_AUTH },
	};
	static const struct {
		size_t at;
		uint8_t octet;
	} fields[] = {
		{ 17, 0x10 }, { 17, 0x30 }, { 18, 35 },	  { 18, 37 }, { 23, 1 },
		{ 20, 1 },    { 27, 27 },   { 24, 0xff }, { 26, 1 },
	};
	uint8_t octets[HEADER + 257 + MACED + INT_AUTH] = { 0 };
	struct world world;
	struct ends ends;

	start(&ends, &world, &(struct pki_spec){ .san = SAN_A });
	for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
		size_t len =
			HEADER + lengths[i].nonce + MACED + lengths[i].more;

		memcpy(octets, pki_signed, HEADER);
		CHECK_ROW(signs(&ends, span_of(octets, len),
				PRF_HMAC_SHA2_256) == lengths[i].good,
			  "length");
	}
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		memcpy(octets, pki_signed, sizeof(pki_signed));
		octets[fields[i].at] = fields[i].octet;
		CHECK_ROW(!signs(&ends, span_of(octets, sizeof(pki_signed)),
				 PRF_HMAC_SHA2_256),
			  "field");
	}
	for (size_t len = 0; len < sizeof(pki_signed); len++)
		CHECK(!signs(&ends, span_of(pki_signed, len),
			     PRF_HMAC_SHA2_256));
	CHECK(!signs(&ends, SPAN(pki_signed), 0));
	/* RFC 8446, 4.4.3. */
	memset(octets, ' ', 64);
	CHECK(!signs(&ends, span_of(octets, 64 + 34 + 32), PRF_HMAC_SHA2_256));
	stop(&ends, &world);
}

static const struct tap_test tests[] = {
	{ "pre-shared keys", psk },
	{ "the value of a PSK's AUTH", psk_value },
	{ "kinds of keys", kinds_of_keys },
	{ "identities in certificates", identities },
	{ "key ids as identities", key_ids },
	{ "no certificate of ours", no_certificate_of_ours },
	{ "pinned certificates", pinned },
	{ "self-signed certificates", self_signed },
	{ "the hash of AUTH", hash_of_auth },
	{ "raw public keys", raw_keys },
	{ "rubbish for certificates", rubbish },
	{ "forgeries", forged },
	{ "only AUTH is signed", only_auth },
};

TAP_MAIN(tests)
