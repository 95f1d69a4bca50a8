// SPDX-License-Identifier: GPL-2.0-or-later
/* From the peer's certificate to a CA: what may be there, and what may not. */
#include "keys_ends.h"

static void times(void)
{
	struct world world;
	struct ends ends;

	start(&ends, &world,
	      &(struct pki_spec){
		      .san = SAN_A, .from = PKI_NOW, .to = PKI_NOW + PKI_DAY });
	EXPECT(&ends, "");
	ends.now = PKI_NOW + 2 * PKI_DAY;
	EXPECT(&ends,
	       "certificate of C=CH, O=adit, CN=a expired on 2023-11-15 22:13:20 UTC");
	ends.now = PKI_NOW - PKI_DAY / 2;
	EXPECT(&ends,
	       "certificate of C=CH, O=adit, CN=a is not valid before 2023-11-14 22:13:20 UTC");
	ends.now = PKI_NOW + 200 * PKI_DAY;
	EXPECT(&ends, "expired on");
	stop(&ends, &world);
}

static void chains(void)
{
	struct world world, other;
	struct ends ends;

	start(&ends, &world, &(struct pki_spec){ .san = SAN_A });
	make_world(&other, &(struct pki_spec){ .san = SAN_A });
	/* Leaf and middle are sent, the root is not. */
	CHECK(sign(&ends));
	CHECK(ends.signed_by_a.reply.n_certs == 2);
	keys_reply_free(&ends.signed_by_a);
	keys_clear_certs(&ends.b);
	EXPECT(&ends,
	       "no trusted CA: certificate of C=CH, O=adit, CN=middle is issued by C=CH, O=adit, CN=root; we trust: none");
	/* Of the same name, but another key. */
	put_cert(&ends.b, &other.root, KEYS_CERT_CA, "");
	EXPECT(&ends, "certificate of C=CH, O=adit, CN=middle");
	/* The one in the middle may be who is trusted. */
	keys_clear_certs(&ends.b);
	put_cert(&ends.b, &world.middle, KEYS_CERT_CA, "/middle");
	EXPECT(&ends, "");
	/* Or it may be missing. */
	keys_clear_certs(&ends.b);
	keys_clear_certs(&ends.a);
	put_cert(&ends.a, &world.end, KEYS_CERT_END, "");
	put_cert(&ends.b, &world.root, KEYS_CERT_CA, "");
	EXPECT(&ends,
	       "no trusted CA: certificate of C=CH, O=adit, CN=a is issued by C=CH, O=adit, CN=middle; we trust: C=CH, O=adit, CN=root");
	put_cert(&ends.b, &world.middle, KEYS_CERT_CHAIN, "");
	EXPECT(&ends, "");
	/* What only helps to find the way is no end of it. */
	keys_clear_certs(&ends.b);
	put_cert(&ends.b, &world.middle, KEYS_CERT_CHAIN, "");
	EXPECT(&ends, "no trusted CA");
	stop(&ends, &world);
	free_world(&other);
}

/* Somebody's end certificate is none to issue others. */
static void no_ca(void)
{
	struct world world;
	struct ends ends;
	struct pki fake;

	start(&ends, &world, &(struct pki_spec){ .san = "DNS:evil.org" });
	fake = pki_make(&(struct pki_spec){
		.san = SAN_A, .cn = "evil", .issuer = &world.end });
	keys_clear_certs(&ends.a);
	keys_clear_privates(&ends.a);
	put_cert(&ends.a, &fake, KEYS_CERT_END, "");
	put_cert(&ends.a, &world.end, KEYS_CERT_CHAIN, "");
	put_cert(&ends.a, &world.middle, KEYS_CERT_CHAIN, "");
	put_key(&ends.a, &fake);
	CHECK(sign(&ends));
	CHECK(ends.signed_by_a.reply.n_certs == 3);
	keys_reply_free(&ends.signed_by_a);
	EXPECT(&ends, "may not issue certificates: it is no CA");
	pki_free(&fake);
	stop(&ends, &world);
}

static void ca_constraints(void)
{
	struct world world;
	struct pki other;
	struct ends ends;

	start(&ends, &world, &(struct pki_spec){ .san = SAN_A });
	other = pki_make(&(struct pki_spec){ .cn = "other", .ca = true });
	put_cert(&ends.b, &other, KEYS_CERT_CA, "/x509ca/other");
	ends.texts[0] = (char *)"/x509ca/other";
	ends.check.cacerts = (struct conf_texts){ 1, ends.texts };
	EXPECT(&ends, "leads to none of the connection's cacerts");
	ends.texts[1] = (char *)"/x509ca/root";
	ends.check.cacerts.n = 2;
	EXPECT(&ends, "");
	/* A known end certificate does not help then. */
	ends.check.cacerts.n = 1;
	put_cert(&ends.b, &world.end, KEYS_CERT_END, "");
	EXPECT(&ends, "leads to none of the connection's cacerts");
	ends.check.cacerts.n = 0;
	set_ident(&ends.check.ca_id, "C=CH, O=adit, CN=other");
	keys_clear_certs(&ends.b);
	put_cert(&ends.b, &world.root, KEYS_CERT_CA, "");
	EXPECT(&ends, "CA C=CH, O=adit, CN=other (ca_id) is not in the chain");
	set_ident(&ends.check.ca_id, "C=CH, O=adit, CN=mid*");
	EXPECT(&ends, "(ca_id)");
	set_ident(&ends.check.ca_id, "C=CH, O=*, CN=middle");
	EXPECT(&ends, "");
	pki_free(&other);
	stop(&ends, &world);
}

static void usage_and_policy(void)
{
	struct world world;
	struct ends ends;

	start(&ends, &world,
	      &(struct pki_spec){ .san = SAN_A, .usage = "keyEncipherment" });
	EXPECT(&ends, "its key usage has no digitalSignature");
	stop(&ends, &world);
	start(&ends, &world,
	      &(struct pki_spec){ .san = SAN_A,
				  .usage = "digitalSignature",
				  .policy = "1.2.3.4" });
	ends.texts[0] = (char *)"1.2.3.4";
	ends.check.policies = (struct conf_texts){ 1, ends.texts };
	EXPECT(&ends, "");
	ends.texts[0] = (char *)"1.2.3.5";
	EXPECT(&ends, "has not the policy 1.2.3.5");
	stop(&ends, &world);
}

static void weak(void)
{
	struct world world;
	struct ends ends;

	start(&ends, &world, &(struct pki_spec){ .san = SAN_A, .md = "SHA1" });
	EXPECT(&ends, "certificate of C=CH, O=adit, CN=a: ");
	stop(&ends, &world);
	start(&ends, &world,
	      &(struct pki_spec){ .san = SAN_A, .kind = "rsa2048" });
	ends.auth.hashes = SHA2;
	ends.check.method = (char *)"rsa-3072-sha384";
	EXPECT(&ends, "the RSA key has 2048 bits, 3072 are the least");
	ends.check.method = (char *)"ecdsa";
	EXPECT(&ends, "the key is RSA of 2048 bits, not EC");
	ends.check.method = (char *)"rsa-2048";
	ends.sign.method = (char *)"rsa/pss-sha512";
	EXPECT(&ends, "");
	CHECK(sign(&ends));
	CHECK(ends.signed_by_a.reply.auth.data[0] == 67 &&
	      ends.signed_by_a.reply.auth.data[30] == 3);
	keys_reply_free(&ends.signed_by_a);
	ends.sign.method = (char *)"ed25519";
	NO_SIGNATURE(
		&ends,
		"no certificate with its private key for our identity a.example.org and ed25519");
	stop(&ends, &world);
}

/* What "auth" says of hashes and strength is of all certificates. */
static void hashes_of_chain(void)
{
	static const struct {
		const char *method, *want;
	} rows[] = {
		{ "pubkey", "" },
		{ "pubkey-sha256", "" },
		{ "pubkey-sha512-sha256", "" },
		{ "ecdsa-256-sha256", "" },
		{ "rsa-2048-ecdsa-256-sha256", "" },
		{ "rsa-2048-sha512-ecdsa-sha256", "" },
		{ "pubkey-sha384-sha512",
		  "certificate of C=CH, O=adit, CN=a is signed with EC and sha256, the connection wants sha384, sha512 (auth)" },
		{ "rsa-sha256-ecdsa-sha384",
		  "is signed with EC and sha256, the connection wants sha384 (auth)" },
		{ "rsa-2048-ecdsa-384",
		  "the EC key has 256 bits, 384 are the least" },
		{ "rsa-ed25519",
		  "the key is EC of 256 bits, not RSA or ED25519" },
		{ "ecdsa-384", "has 256 bits, 384 are the least" },
		{ "pubkey-identity", "signed with EC and sha256" },
	};
	struct world world;
	struct ends ends;

	start(&ends, &world, &(struct pki_spec){ .san = SAN_A });
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		ends.check.method = (char *)rows[i].method;
		EXPECT(&ends, rows[i].want);
	}
	stop(&ends, &world);
}

/* A key that is long enough, of a CA whose key is not. */
static void weak_ca(void)
{
	struct world world;
	struct ends ends;

	start(&ends, &world,
	      &(struct pki_spec){ .san = SAN_A, .kind = "P-384" });
	ends.check.method = (char *)"ecdsa-384";
	EXPECT(&ends,
	       "certificate of C=CH, O=adit, CN=middle: the EC key has 256 bits, 384 are the least");
	ends.check.method = (char *)"ike:ecdsa-384";
	EXPECT(&ends, "");
	stop(&ends, &world);
}

static void put_crl(struct ends *ends, const struct pki *issuer,
		    const struct pki *revoked, time_t to)
{
	const struct pki *list[] = { revoked, NULL };
	X509_CRL *crl = pki_crl(issuer, list, PKI_NOW - 100, to);
	struct err err;

	CHECK(!keys_add_crl(&ends->b, crl, NULL, &err));
	X509_CRL_free(crl);
}

#define CRL_URI "http://crl.example.org/middle.crl"

static void revocation(void)
{
	static const enum conf_revocation all[] = { REVOCATION_RELAXED,
						    REVOCATION_IFURI,
						    REVOCATION_STRICT };
	struct world world;
	struct ends ends;

	start(&ends, &world,
	      &(struct pki_spec){ .san = SAN_A, .crl_uri = CRL_URI });
	/* There is no CRL at all. */
	EXPECT(&ends, "");
	ends.check.revocation = REVOCATION_IFURI;
	EXPECT(&ends, "the CRL of C=CH, O=adit, CN=middle is missing");
	ends.check.revocation = REVOCATION_STRICT;
	EXPECT(&ends, "(revocation = strict)");
	/* The leaf's is there, and good; the middle has no URI. */
	put_crl(&ends, &world.middle, NULL, PKI_NOW + PKI_DAY);
	EXPECT(&ends, "the CRL of C=CH, O=adit, CN=root is missing");
	ends.check.revocation = REVOCATION_IFURI;
	EXPECT(&ends, "");
	put_crl(&ends, &world.root, NULL, PKI_NOW + PKI_DAY);
	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		ends.check.revocation = all[i];
		EXPECT(&ends, "");
	}
	/* Out of date. */
	ends.now = PKI_NOW + 2 * PKI_DAY;
	EXPECT(&ends,
	       "the CRL of C=CH, O=adit, CN=middle expired on 2023-11-15 22:13:20 UTC, so certificate of C=CH, O=adit, CN=a may be revoked");
	ends.check.revocation = REVOCATION_RELAXED;
	EXPECT(&ends, "");
	ends.now = PKI_NOW;
	/* Revoked, whatever the policy, and even if it is old. */
	put_crl(&ends, &world.middle, &world.end, PKI_NOW + PKI_DAY);
	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		ends.check.revocation = all[i];
		EXPECT(&ends,
		       "certificate of C=CH, O=adit, CN=a is revoked, says the CRL of C=CH, O=adit, CN=middle (since 2023-11-14 22:11:40 UTC)");
	}
	ends.check.revocation = REVOCATION_RELAXED;
	ends.now = PKI_NOW + 2 * PKI_DAY;
	EXPECT(&ends, "is revoked");
	stop(&ends, &world);
}

static void middle_revoked(void)
{
	struct world world;
	struct ends ends;

	start(&ends, &world, &(struct pki_spec){ .san = SAN_A });
	put_crl(&ends, &world.root, &world.middle, PKI_NOW + PKI_DAY);
	EXPECT(&ends, "certificate of C=CH, O=adit, CN=middle is revoked");
	stop(&ends, &world);
}

static void asked(void)
{
	struct pki other_ca =
		pki_make(&(struct pki_spec){ .cn = "other", .ca = true });
	struct pki other = pki_make(&(struct pki_spec){
		.cn = "other end", .san = SAN_A, .issuer = &other_ca });
	struct buf ids = BUF_INIT;
	struct world world;
	struct ends ends;

	start(&ends, &world, &(struct pki_spec){ .san = SAN_A });
	put_cert(&ends.a, &other, KEYS_CERT_END, "");
	put_cert(&ends.a, &other_ca, KEYS_CERT_CA, "");
	put_cert(&ends.a, &world.root, KEYS_CERT_CA, "");
	put_key(&ends.a, &other);
	/* Without a wish the first one. */
	EXPECT(&ends, "");
	ends.conn.send_cert = SEND_CERT_IFASKED;
	EXPECT(&ends, "the peer sent no certificate");
	keys_ca_ids(&ends.b, &ids);
	CHECK(ids.len == KEYS_ID_LEN);
	ends.auth.certreqs = buf_span(&ids);
	EXPECT(&ends, "");
	/* Another CA, another certificate. */
	keys_clear_certs(&ends.b);
	put_cert(&ends.b, &other_ca, KEYS_CERT_CA, "");
	EXPECT(&ends, "no trusted CA");
	buf_cut(&ids, 0);
	keys_ca_ids(&ends.b, &ids);
	ends.auth.certreqs = buf_span(&ids);
	EXPECT(&ends, "");
	CHECK(sign(&ends) && ends.signed_by_a.reply.n_certs == 1);
	keys_reply_free(&ends.signed_by_a);
	ends.conn.send_cert = SEND_CERT_NEVER;
	CHECK(sign(&ends) && !ends.signed_by_a.reply.n_certs);
	keys_reply_free(&ends.signed_by_a);
	buf_free(&ids);
	stop(&ends, &world);
	pki_free(&other);
	pki_free(&other_ca);
}

/* SHA1 of the subjectPublicKeyInfo (RFC 7296, 3.7). */
static void ca_ids(void)
{
	struct buf ids = BUF_INIT, pem;
	uint8_t want[HASH_LEN_MAX], *der = NULL;
	struct world world;
	struct ends ends;
	struct span part;
	struct err err;

	start(&ends, &world, &(struct pki_spec){ .san = SAN_A });
	part = span_of(NULL, 0);
	part.len = (size_t)i2d_PUBKEY(world.root.key, &der);
	part.data = der;
	CHECK(!hash(HASH_SHA1, &part, 1, want));
	OPENSSL_free(der);
	keys_ca_ids(&ends.b, &ids);
	CHECK(span_equal(buf_span(&ids), span_of(want, 20)));
	/* Of the connection's CAs only; a file is known by what is in it. */
	pem = pki_cert_pem(&world.middle);
	ends.texts[0] = (char *)pem.data;
	ends.check.cacerts = (struct conf_texts){ 1, ends.texts };
	CHECK(!keys_read_ca_ids(&ends.check, &err));
	CHECK(ends.check.ca_ids.len == 20 &&
	      !span_equal(buf_span(&ends.check.ca_ids), span_of(want, 20)));
	buf_free(&ends.check.ca_ids);
	ends.texts[0] = (char *)"/x509ca/root";
	CHECK(!keys_read_ca_ids(&ends.check, &err) && !ends.check.ca_ids.len);
	ends.texts[0] = (char *)"-----BEGIN CERTIFICATE-----\nAAAA\n";
	CHECK(keys_read_ca_ids(&ends.check, &err));
	buf_free(&pem);
	buf_free(&ids);
	stop(&ends, &world);
}

static const struct tap_test tests[] = {
	{ "times", times },
	{ "chains", chains },
	{ "issued by who is no CA", no_ca },
	{ "constraints of CAs", ca_constraints },
	{ "key usage and policies", usage_and_policy },
	{ "weak keys and hashes", weak },
	{ "hashes of the chain", hashes_of_chain },
	{ "a CA that is weak", weak_ca },
	{ "revocation", revocation },
	{ "a CA that is revoked", middle_revoked },
	{ "certificates that are asked for", asked },
	{ "key ids of CAs", ca_ids },
};

TAP_MAIN(tests)
