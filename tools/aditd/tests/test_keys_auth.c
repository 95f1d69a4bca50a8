// SPDX-License-Identifier: GPL-2.0-or-later
/* AUTH, made by one and checked by the other, and all that can be wrong. */
#include "../keys/auth.h"

#include "../../tests/tap.h"
#include "../crypto/prf.h"
#include "../keys/load.h"
#include "../proto/v2.h"
#include "crypto_hex.h"
#include "keys_pki.h"

enum {
	SHA2 = 1 << HASH_SHA2_256 | 1 << HASH_SHA2_384 | 1 << HASH_SHA2_512 |
	       1 << HASH_IDENTITY,
};

/* Two ends, and what stands between them. */
struct ends {
	struct keys_store a, b;
	struct conn conn;
	struct conf_round sign, check; /* of a, and of b for a */
	struct ident id_a, id_b;
	struct env_auth auth;
	struct keys_reply signed_by_a;
	char *texts[4];
	time_t now;
};

static void set_ident(struct ident *id, const char *text)
{
	struct err err = { 0 };

	ident_free(id);
	CHECK_ROW(!ident_parse(id, text, &err), text);
}

static void ends_init(struct ends *ends, enum conf_auth auth)
{
	*ends = (struct ends){ .now = PKI_NOW };
	set_ident(&ends->id_a, "a.example.org");
	set_ident(&ends->id_b, "b.example.org");
	ends->sign.auth = auth;
	ends->check.auth = auth;
	ends->conn.send_cert = SEND_CERT_ALWAYS;
}

static void ends_free(struct ends *ends)
{
	keys_clear(&ends->a);
	keys_clear(&ends->b);
	ident_free(&ends->id_a);
	ident_free(&ends->id_b);
	ident_free(&ends->check.id);
	ident_free(&ends->check.ca_id);
}

/* A signs, into ends->signed_by_a, to be freed. */
static bool sign(struct ends *ends)
{
	struct env_auth auth = ends->auth;

	auth.conn = &ends->conn;
	auth.round = &ends->sign;
	auth.local = &ends->id_a;
	auth.remote = &ends->id_b;
	auth.prf = PRF_HMAC_SHA2_256;
	auth.octets = SPAN(pki_signed);
	keys_auth(&ends->a, &auth, ends->now, &ends->signed_by_a);
	return ends->signed_by_a.reply.good;
}

static bool check(struct ends *ends, struct keys_reply *verdict)
{
	struct env_auth auth = ends->auth;

	auth.verify = true;
	auth.conn = &ends->conn;
	auth.round = &ends->check;
	auth.local = &ends->id_b;
	auth.remote = &ends->id_a;
	auth.prf = PRF_HMAC_SHA2_256;
	auth.octets = SPAN(pki_signed);
	auth.method = ends->signed_by_a.reply.method;
	auth.auth = ends->signed_by_a.reply.auth;
	auth.certs = ends->signed_by_a.reply.certs;
	auth.n_certs = ends->signed_by_a.reply.n_certs;
	keys_auth(&ends->b, &auth, ends->now, verdict);
	return verdict->reply.good;
}

static void contains(const char *got, const char *want, int line)
{
	if (tap_check(strstr(got, want), __FILE__, line, want))
		return;
	printf("# got '%s'\n", got);
}

/* Sign and check; "" for well, or what is wrong. */
static void expect_at(struct ends *ends, const char *want, int line)
{
	struct keys_reply verdict = { .reply.text = "" };

	if (!tap_check(sign(ends), __FILE__, line, "signs"))
		printf("# %s\n", ends->signed_by_a.reply.text);
	else if (*want)
		tap_check(!check(ends, &verdict), __FILE__, line, want);
	else
		check(ends, &verdict);
	if (*want)
		contains(verdict.reply.text, want, line);
	else
		tap_text(verdict.reply.text, "", __FILE__, line);
	tap_check(!*want == verdict.reply.good, __FILE__, line, want);
	keys_reply_free(&verdict);
	keys_reply_free(&ends->signed_by_a);
}

#define EXPECT(ends, want) expect_at((ends), (want), __LINE__)

static void no_signature_at(struct ends *ends, const char *want, int line)
{
	tap_check(!sign(ends), __FILE__, line, want);
	contains(ends->signed_by_a.reply.text, want, line);
	tap_check(!ends->signed_by_a.reply.n_certs &&
			  !ends->signed_by_a.reply.auth.len,
		  __FILE__, line, "is empty");
	keys_reply_free(&ends->signed_by_a);
}

#define NO_SIGNATURE(ends, want) no_signature_at((ends), (want), __LINE__)

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

/* A CA, one under it, and an end of that. */
struct world {
	struct pki root, middle, end;
};

static void make_world(struct world *world, const struct pki_spec *end)
{
	struct pki_spec spec = *end;

	world->root = pki_make(&(struct pki_spec){ .cn = "root", .ca = true });
	world->middle = pki_make(&(struct pki_spec){
		.cn = "middle", .ca = true, .issuer = &world->root });
	spec.issuer = &world->middle;
	if (!spec.cn)
		spec.cn = "a";
	world->end = pki_make(&spec);
}

static void free_world(struct world *world)
{
	pki_free(&world->root);
	pki_free(&world->middle);
	pki_free(&world->end);
}

static void put_cert(struct keys_store *store, const struct pki *pki,
		     enum keys_flag flag, const char *name)
{
	struct err err = { 0 };

	CHECK(!keys_add_cert(store, pki->cert, flag, name, &err));
	CHECK_TEXT(err.text, "");
}

static void put_key(struct keys_store *store, const struct pki *pki)
{
	struct err err;

	CHECK(!keys_add_private(store, pki->key, NULL, &err));
}

/* A has the end and the middle, b trusts the root. */
static void put_world(struct ends *ends, const struct world *world)
{
	put_cert(&ends->a, &world->end, KEYS_CERT_END, "/x509/a");
	put_cert(&ends->a, &world->middle, KEYS_CERT_CA, "/x509ca/middle");
	put_key(&ends->a, &world->end);
	put_cert(&ends->b, &world->root, KEYS_CERT_CA, "/x509ca/root");
}

static void start(struct ends *ends, struct world *world,
		  const struct pki_spec *end)
{
	ends_init(ends, AUTH_WITH_PUBKEY);
	make_world(world, end);
	put_world(ends, world);
}

static void stop(struct ends *ends, struct world *world)
{
	ends_free(ends);
	free_world(world);
}

#define SAN_A \
	"DNS:a.example.org,email:a@example.org,IP:192.0.2.1,IP:2001:db8::1"

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
	{ "times", times },
	{ "chains", chains },
	{ "issued by who is no CA", no_ca },
	{ "pinned certificates", pinned },
	{ "self-signed certificates", self_signed },
	{ "constraints of CAs", ca_constraints },
	{ "key usage and policies", usage_and_policy },
	{ "weak keys and hashes", weak },
	{ "hashes of the chain", hashes_of_chain },
	{ "the hash of AUTH", hash_of_auth },
	{ "a CA that is weak", weak_ca },
	{ "revocation", revocation },
	{ "a CA that is revoked", middle_revoked },
	{ "certificates that are asked for", asked },
	{ "key ids of CAs", ca_ids },
	{ "raw public keys", raw_keys },
	{ "rubbish for certificates", rubbish },
	{ "forgeries", forged },
	{ "only AUTH is signed", only_auth },
};

TAP_MAIN(tests)
