// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * AUTHs that wait for CRLs and OCSP: what is asked, what is believed of it, and
 * what comes of a peer in the end.
 */
#include "../keys/revoke.h"

#include <openssl/ocsp.h>
#include <openssl/x509v3.h>

#include "../../tests/tap.h"
#include "../keys/auth.h"
#include "../keys/list.h"
#include "../keys/ocsp.h"
#include "../keys/source.h"
#include "../proto/v2.h"
#include "keys_pki.h"

#define CRL_URI "http://crl.example.org/ca.crl"
#define OCSP_URI "http://ocsp.example.org/"

/* One CA, a peer that it knows, and who checks it. */
struct world {
	struct pki ca, peer, other;
	struct keys_store theirs, ours;
	struct ident id;
	struct conn conn;
	struct conf_round round;
	struct keys_reply signed_by_peer;
	struct revoke revoke;
	time_t date;
	uint64_t now;
	/* What is asked for, newest first. */
	size_t n_asked;
	uint32_t cookies[16];
	char uris[16][64];
	struct buf post;
	bool no_fetch;
	/* What it came to. */
	size_t n_ready;
	bool good;
	char text[512], note[512];
};

static uint64_t now(void *arg)
{
	return ((struct world *)arg)->now;
}

static time_t date(void *arg)
{
	return ((struct world *)arg)->date;
}

static int fetch(void *arg, const struct msg_fetch *msg)
{
	struct world *world = arg;
	size_t i = world->n_asked;

	if (world->no_fetch || i >= ARRAY_SIZE(world->cookies))
		return -1;
	world->cookies[i] = msg->cookie;
	snprintf(world->uris[i], sizeof(world->uris[i]), "%s", msg->uri);
	buf_cut(&world->post, 0);
	buf_add_span(&world->post, msg->post);
	world->n_asked++;
	return 0;
}

static void answer(struct world *world, const struct env_auth *auth,
		   const char *note)
{
	struct keys_reply reply;

	keys_auth(&world->ours, auth, world->date, &reply);
	world->n_ready++;
	world->good = reply.reply.good;
	snprintf(world->text, sizeof(world->text), "%s", reply.reply.text);
	snprintf(world->note, sizeof(world->note), "%s", note);
	keys_reply_free(&reply);
}

static void ready(void *arg, const struct env_auth *auth, const char *note)
{
	answer(arg, auth, note);
}

static const struct revoke_ops ops = { now, date, fetch, ready };

static void sign(struct world *world)
{
	struct env_auth auth = {
		.conn = &world->conn,
		.round = &world->round,
		.local = &world->id,
		.remote = &world->id,
		.prf = PRF_HMAC_SHA2_256,
		.octets = SPAN(pki_signed),
		.hashes = 1 << HASH_SHA2_256,
	};

	keys_auth(&world->theirs, &auth, PKI_NOW, &world->signed_by_peer);
	CHECK(world->signed_by_peer.reply.good);
}

static void begin(struct world *world, enum conf_revocation policy,
		  const struct pki_spec *spec)
{
	struct pki_spec peer = *spec;
	struct err err = { 0 };

	*world = (struct world){ .date = PKI_NOW, .now = 1000 };
	world->ca = pki_make(&(struct pki_spec){ .cn = "ca", .ca = true });
	world->other =
		pki_make(&(struct pki_spec){ .cn = "other", .ca = true });
	peer.cn = "peer";
	peer.san = "DNS:a.example.org";
	peer.issuer = &world->ca;
	world->peer = pki_make(&peer);
	CHECK(!ident_parse(&world->id, "a.example.org", &err));
	world->conn.name = (char *)"site";
	world->conn.send_cert = SEND_CERT_ALWAYS;
	world->round.auth = AUTH_WITH_PUBKEY;
	world->round.revocation = policy;
	CHECK(!keys_add_private(&world->theirs, world->peer.key, NULL, &err) &&
	      !keys_add_cert(&world->theirs, world->peer.cert, KEYS_CERT_END,
			     "", &err) &&
	      !keys_add_cert(&world->ours, world->ca.cert, KEYS_CERT_CA, "",
			     &err));
	world->revoke = (struct revoke){ .store = &world->ours,
					 .ops = &ops,
					 .arg = world };
	sign(world);
}

static void end(struct world *world)
{
	revoke_free(&world->revoke);
	keys_reply_free(&world->signed_by_peer);
	keys_clear(&world->ours);
	keys_clear(&world->theirs);
	ident_free(&world->id);
	buf_free(&world->post);
	pki_free(&world->peer);
	pki_free(&world->ca);
	pki_free(&world->other);
}

/* The peer's AUTH arrives; true if it waits, else it is answered. */
static bool arrive(struct world *world)
{
	struct env_auth auth = {
		.cookie = 7,
		.verify = true,
		.conn = &world->conn,
		.round = &world->round,
		.local = &world->id,
		.remote = &world->id,
		.octets = SPAN(pki_signed),
		.method = world->signed_by_peer.reply.method,
		.auth = world->signed_by_peer.reply.auth,
		.certs = world->signed_by_peer.reply.certs,
		.n_certs = world->signed_by_peer.reply.n_certs,
	};

	world->n_ready = 0;
	if (revoke_begin(&world->revoke, &auth))
		return true;
	answer(world, &auth, "");
	return false;
}

/* To the question that was asked last. */
static void bring(struct world *world, const char *error, struct span octets)
{
	const struct msg_fetched msg = {
		.cookie = world->n_asked ? world->cookies[world->n_asked - 1] :
					   0,
		.good = !*error,
		.text = error,
		.octets = octets,
	};

	revoke_fetched(&world->revoke, &msg);
}

static void bring_crl(struct world *world, X509_CRL *crl)
{
	struct buf der = pki_crl_der(crl);

	bring(world, "", buf_span(&der));
	buf_free(&der);
	X509_CRL_free(crl);
}

static X509_CRL *make_crl(const struct world *world, bool revoked)
{
	const struct pki *list[] = { revoked ? &world->peer : NULL, NULL };

	return pki_crl(&world->ca, list, PKI_NOW - 100, PKI_NOW + PKI_DAY);
}

static void expect_at(const struct world *world, bool good, const char *text,
		      int line)
{
	bool as_said;

	tap_check(world->n_ready == 1, __FILE__, line, "is answered");
	as_said = world->good == good &&
		  strstr(good ? world->note : world->text, text);
	if (!tap_check(as_said, __FILE__, line, text))
		printf("# good %d, '%s', note '%s'\n", world->good, world->text,
		       world->note);
}

#define EXPECT(world, good, text) expect_at((world), (good), (text), __LINE__)

static void crls(void)
{
	struct world world;

	begin(&world, REVOCATION_STRICT,
	      &(struct pki_spec){ .crl_uri = CRL_URI });
	CHECK(arrive(&world));
	CHECK(world.n_asked == 1 && !world.n_ready && !world.post.len);
	CHECK_TEXT(world.uris[0], CRL_URI);
	/* Another one of the same waits for the same. */
	CHECK(arrive(&world));
	CHECK(world.n_asked == 1);
	bring_crl(&world, make_crl(&world, false));
	CHECK(world.n_ready == 2 && world.good && !*world.note);
	/* Until it is too old nobody is asked. */
	CHECK(!arrive(&world));
	EXPECT(&world, true, "");
	world.date = PKI_NOW + 2 * PKI_DAY;
	CHECK(arrive(&world));
	CHECK(world.n_asked == 2);
	bring_crl(&world, make_crl(&world, false));
	EXPECT(&world, false, "the CRL of C=CH, O=adit, CN=ca expired on");
	end(&world);
}

static void revoked_by_crl(void)
{
	static const enum conf_revocation all[] = { REVOCATION_RELAXED,
						    REVOCATION_IFURI,
						    REVOCATION_STRICT };

	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		struct world world;

		begin(&world, all[i], &(struct pki_spec){ .crl_uri = CRL_URI });
		CHECK(arrive(&world));
		bring_crl(&world, make_crl(&world, true));
		EXPECT(&world, false,
		       "certificate of C=CH, O=adit, CN=peer is revoked, says the CRL of C=CH, O=adit, CN=ca (since 2023-11-14 22:11:40 UTC)");
		end(&world);
	}
}

/* A CRL that says whose key it is signed with. */
static void add_crl_of_key(struct world *world, const struct pki *ca,
			   const struct pki *revoked, time_t from)
{
	X509_CRL *crl = pki_crl(ca, (const struct pki *[]){ revoked, NULL },
				from, PKI_NOW + PKI_DAY);
	const uint8_t *at;
	struct err err;
	struct buf der;

	pki_crl_extend(crl, ca, NID_authority_key_identifier, "keyid:always");
	der = pki_crl_der(crl);
	at = der.data;
	/* libcrypto looks at extensions when it reads them. */
	d2i_X509_CRL(&crl, &at, (long)der.len);
	CHECK(!keys_add_crl(&world->ours, crl, NULL, &err));
	buf_free(&der);
	X509_CRL_free(crl);
}

/* Two CAs of one name: what the old key revoked stays so with the new one. */
static void new_key_of_ca(void)
{
	struct err err = { 0 };
	struct world world;
	struct pki next;

	begin(&world, REVOCATION_RELAXED, &(struct pki_spec){ 0 });
	next = pki_make(&(struct pki_spec){ .cn = "ca", .ca = true });
	CHECK(!keys_add_cert(&world.ours, next.cert, KEYS_CERT_CA, "", &err));
	add_crl_of_key(&world, &world.ca, &world.peer, PKI_NOW - 3600);
	add_crl_of_key(&world, &next, NULL, PKI_NOW - 60);
	CHECK(!arrive(&world));
	EXPECT(&world, false,
	       "certificate of C=CH, O=adit, CN=peer is revoked, says the CRL of C=CH, O=adit, CN=ca (since 2023-11-14 21:13:20 UTC)");
	pki_free(&next);
	end(&world);
}

/* What a server sends that is no good CRL. */
static void bad_crls(void)
{
	static const char *const texts[] = {
		"is no CRL, PEM or DER",
		"is a CRL of C=CH, O=adit, CN=other, not of the issuer C=CH, O=adit, CN=ca",
		"is not signed with the key of C=CH, O=adit, CN=ca",
		"the CRL of C=CH, O=adit, CN=ca expired on",
		"is not valid before",
		"is a delta CRL",
		"is an indirect CRL",
		"404",
	};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		const struct pki *none[] = { NULL };
		struct pki fake;
		struct world world;
		X509_CRL *crl;

		begin(&world, REVOCATION_IFURI,
		      &(struct pki_spec){ .crl_uri = CRL_URI });
		fake = (struct pki){ world.other.key, world.ca.cert };
		CHECK(arrive(&world));
		crl = pki_crl(i == 1 ? &world.other :
			      i == 2 ? &fake :
				       &world.ca,
			      none, i == 4 ? PKI_NOW + 10 : PKI_NOW - 100,
			      i == 3 ? PKI_NOW - 10 : PKI_NOW + PKI_DAY);
		if (i == 5)
			pki_crl_extend(crl, &world.ca, NID_delta_crl,
				       "critical,DER:020101");
		if (i == 6)
			pki_crl_extend(crl, &world.ca,
				       NID_issuing_distribution_point,
				       "critical,indirectCRL:TRUE");
		if (i && i < 7) {
			bring_crl(&world, crl);
		} else {
			bring(&world, i ? "404" : "", SPAN(pki_signed));
			X509_CRL_free(crl);
		}
		EXPECT(&world, false, texts[i]);
		EXPECT(&world, false, "(revocation = ifuri); " CRL_URI ": ");
		CHECK(!world.ours.crls);
		end(&world);
	}
}

/* Who may make an OCSP answer, and what it may be. */
static void ocsp(void)
{
	enum { BY_CA, BY_DELEGATE, BY_NOBODY, BY_PEER };
	static const struct {
		int by;
		struct pki_ocsp said;
		const char *error; /* "" for good */
	} rows[] = {
		{ BY_CA, { 0 }, "" },
		{ BY_DELEGATE, { 0 }, "" },
		{ BY_CA, { .no_nonce = true }, "" },
		{ BY_CA, { .no_end = true }, "" },
		{ BY_CA, { .no_end = true, .from = PKI_NOW - PKI_DAY }, "" },
		{ BY_CA, { .no_end = true, .no_nonce = true }, "" },
		{ BY_CA,
		  { .no_end = true,
		    .no_nonce = true,
		    .from = PKI_NOW - PKI_DAY },
		  "says neither until when" },
		{ BY_CA,
		  { .revoked = true },
		  "certificate of C=CH, O=adit, CN=peer is revoked, says OCSP of C=CH, O=adit, CN=ca (since 2023-11-14 22:11:40 UTC: keyCompromise)" },
		{ BY_CA,
		  { .unknown = true },
		  "OCSP does not know C=CH, O=adit, CN=peer" },
		{ BY_CA, { .to = PKI_NOW - 10 }, "the OCSP answer expired on" },
		{ BY_CA, { .from = PKI_NOW + 1000 }, "is not valid before" },
		{ BY_NOBODY, { 0 }, "is not signed by" },
		{ BY_PEER, { 0 }, "is not signed by" },
		{ BY_CA, { .error = 1 }, "malformedRequest" },
		{ BY_CA, { .error = 2 }, "internalError" },
		{ BY_CA, { .error = 3 }, "tryLater" },
		{ BY_CA, { .error = 5 }, "sigRequired" },
		{ BY_CA, { .error = 6 }, "unauthorized" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct pki_ocsp says = rows[i].said;
		struct pki delegate;
		struct world world;
		struct buf der;

		begin(&world, REVOCATION_STRICT,
		      &(struct pki_spec){ .ocsp_uri = OCSP_URI });
		delegate = pki_make(&(struct pki_spec){
			.cn = "ocsp",
			.issuer = &world.ca,
			.usage = "digitalSignature",
			.extended = "OCSPSigning",
		});
		says.issuer = &world.ca;
		says.cert = &world.peer;
		says.signer = rows[i].by == BY_CA	? &world.ca :
			      rows[i].by == BY_DELEGATE ? &delegate :
			      rows[i].by == BY_PEER	? &world.peer :
							  &world.other;
		CHECK(arrive(&world));
		CHECK(world.n_asked == 1 && world.post.len);
		der = pki_ocsp(&says, buf_span(&world.post));
		bring(&world, "", buf_span(&der));
		EXPECT(&world, !*rows[i].error, rows[i].error);
		CHECK(!*world.note || *rows[i].error);
		buf_free(&der);
		pki_free(&delegate);
		end(&world);
	}
}

/* An answer to somebody else, or of another certificate, is none. */
static void replayed_ocsp(void)
{
	struct world world;
	struct buf der, first = BUF_INIT;
	struct pki another;

	begin(&world, REVOCATION_STRICT,
	      &(struct pki_spec){ .ocsp_uri = OCSP_URI });
	another = pki_make(
		&(struct pki_spec){ .cn = "another", .issuer = &world.ca });
	CHECK(arrive(&world));
	buf_add_span(&first, buf_span(&world.post));
	bring(&world, "no answer", span_of(NULL, 0));
	EXPECT(&world, false, OCSP_URI ": no answer");
	world.now += 100;
	CHECK(arrive(&world));
	CHECK(!span_equal(buf_span(&first), buf_span(&world.post)));
	der = pki_ocsp(&(struct pki_ocsp){ .signer = &world.ca,
					   .issuer = &world.ca,
					   .cert = &world.peer },
		       buf_span(&first));
	bring(&world, "", buf_span(&der));
	EXPECT(&world, false, "has another nonce");
	buf_free(&der);
	world.now += 100;
	CHECK(arrive(&world));
	der = pki_ocsp(&(struct pki_ocsp){ .signer = &world.ca,
					   .issuer = &world.ca,
					   .cert = &another },
		       buf_span(&world.post));
	bring(&world, "", buf_span(&der));
	EXPECT(&world, false, "says nothing of C=CH, O=adit, CN=peer");
	buf_free(&der);
	buf_free(&first);
	pki_free(&another);
	end(&world);
}

/* OCSP first; if it is of no use, CRLs; what is configured before the rest. */
static void order(void)
{
	char *crl[] = { (char *)"http://a/1", (char *)"ldap://a/2" };
	char *ocsp_at[] = { (char *)"http://a/3" };
	const struct keys_uris uris[] = {
		[KEYS_OCSP] = { 1, ocsp_at },
		[KEYS_CRL] = { 2, crl },
	};
	static const char *const want[] = { "http://a/3", OCSP_URI,
					    "http://a/1", CRL_URI };
	struct world world;
	struct err err;

	begin(&world, REVOCATION_RELAXED,
	      &(struct pki_spec){ .crl_uri = CRL_URI, .ocsp_uri = OCSP_URI });
	CHECK(!keys_add_authority(&world.ours, "ca", world.ca.cert, uris,
				  &err));
	CHECK(arrive(&world));
	for (size_t i = 0; i < ARRAY_SIZE(want); i++) {
		CHECK(world.n_asked == i + 1 && !world.n_ready);
		CHECK_TEXT(world.uris[i], want[i]);
		bring(&world, "gone", span_of(NULL, 0));
	}
	EXPECT(&world, true,
	       "nobody says whether certificate of C=CH, O=adit, CN=peer is revoked: http://a/3: gone; " OCSP_URI
	       ": gone");
	/* They are left alone for a while. */
	CHECK(!arrive(&world));
	CHECK(world.n_asked == ARRAY_SIZE(want));
	world.now += REVOKE_AGAIN_SECONDS + 1;
	CHECK(arrive(&world));
	bring_crl(&world, make_crl(&world, false));
	CHECK(!world.n_ready);
	end(&world);
}

/* A peer that does not own the certificate makes us ask nobody. */
static void strangers(void)
{
	struct world world;

	begin(&world, REVOCATION_STRICT,
	      &(struct pki_spec){ .crl_uri = CRL_URI });
	world.signed_by_peer.auth.data[world.signed_by_peer.auth.len - 1] ^= 1;
	CHECK(!arrive(&world));
	CHECK(!world.good && !world.n_asked);
	world.signed_by_peer.auth.data[world.signed_by_peer.auth.len - 1] ^= 1;
	keys_clear_certs(&world.ours);
	CHECK(!arrive(&world));
	CHECK(!world.good && !world.n_asked);
	end(&world);
}

static void no_time(void)
{
	struct world world;

	begin(&world, REVOCATION_IFURI,
	      &(struct pki_spec){ .crl_uri = CRL_URI });
	CHECK(arrive(&world));
	world.now += REVOKE_SECONDS - 1;
	revoke_tick(&world.revoke);
	CHECK(!world.n_ready);
	world.now++;
	revoke_tick(&world.revoke);
	EXPECT(&world, false, CRL_URI ": no answer in 20 seconds");
	CHECK(!world.revoke.n_waits);
	/* What comes too late serves the next. */
	bring_crl(&world, make_crl(&world, false));
	CHECK(!world.revoke.n_fetches);
	CHECK(!arrive(&world));
	EXPECT(&world, true, "");
	/* And what nobody has asked for is nothing. */
	bring_crl(&world, make_crl(&world, true));
	CHECK(!arrive(&world));
	EXPECT(&world, true, "");
	end(&world);
}

static void no_fetch(void)
{
	struct world world;

	begin(&world, REVOCATION_IFURI,
	      &(struct pki_spec){ .crl_uri = CRL_URI });
	world.no_fetch = true;
	CHECK(!arrive(&world));
	EXPECT(&world, false, "too much is fetched now");
	world.no_fetch = false;
	world.now += 100;
	for (size_t i = 0; i < REVOKE_WAITING_MAX; i++)
		CHECK(arrive(&world));
	CHECK(!arrive(&world));
	CHECK(world.n_asked == 1);
	world.n_ready = 0;
	bring_crl(&world, make_crl(&world, false));
	CHECK(world.n_ready == REVOKE_WAITING_MAX && world.good);
	CHECK(!world.revoke.waits && !world.revoke.fetches);
	end(&world);
}

static size_t count(const struct keys_store *store, const char *type)
{
	struct setting *filter =
		setting_new(NULL, SETTING_SECTION, NULL, span_of(NULL, 0));
	struct setting *out =
		setting_new(NULL, SETTING_SECTION, NULL, span_of(NULL, 0));
	size_t n = 0;

	setting_new(filter, SETTING_VALUE, "type", span_of_text(type));
	CHECK(!keys_list(store, filter, out));
	for (const struct setting *i = setting_find(out, "certs")->first; i;
	     i = i->next)
		n++;
	setting_free(filter);
	setting_free(out);
	return n;
}

/* Fetched ones can be forgotten, and stay when the files are read again. */
static void kept(void)
{
	struct keys_store next = KEYS_STORE_INIT;
	struct world world;
	struct buf der;
	X509_CRL *crl;
	struct err err;

	begin(&world, REVOCATION_STRICT,
	      &(struct pki_spec){ .crl_uri = CRL_URI, .ocsp_uri = OCSP_URI });
	crl = pki_crl(&world.other, (const struct pki *[]){ NULL }, PKI_NOW,
		      PKI_NOW + 10);
	world.ours.of_files = true;
	CHECK(!keys_add_crl(&world.ours, crl, NULL, &err));
	world.ours.of_files = false;
	X509_CRL_free(crl);
	CHECK(arrive(&world));
	der = pki_ocsp(&(struct pki_ocsp){ .signer = &world.ca,
					   .issuer = &world.ca,
					   .cert = &world.peer },
		       buf_span(&world.post));
	bring(&world, "", buf_span(&der));
	buf_free(&der);
	EXPECT(&world, true, "");
	crl = make_crl(&world, false);
	CHECK(!keys_add_crl(&world.ours, crl, CRL_URI, &err));
	X509_CRL_free(crl);
	CHECK(count(&world.ours, "X509_CRL") == 2);
	CHECK(count(&world.ours, "OCSP_RESPONSE") == 1);
	CHECK(!keys_take_over(&next, &world.ours, &err));
	CHECK(count(&next, "X509_CRL") == 1);
	CHECK(count(&next, "OCSP_RESPONSE") == 1);
	crl = pki_crl(&world.other, (const struct pki *[]){ NULL }, PKI_NOW,
		      PKI_NOW + 10);
	CHECK(!keys_add_crl(&next, crl, NULL, &err));
	X509_CRL_free(crl);
	keys_flush_fetched(&next, KEYS_CRL);
	CHECK(count(&next, "X509_CRL") == 1);
	CHECK(count(&next, "OCSP_RESPONSE") == 1);
	keys_flush_fetched(&next, KEYS_SOURCES);
	CHECK(count(&next, "X509_CRL") == 1);
	CHECK(count(&next, "OCSP_RESPONSE") == 0);
	keys_clear(&next);
	end(&world);
}

static const struct tap_test tests[] = {
	{ "CRLs", crls },
	{ "revoked by a CRL", revoked_by_crl },
	{ "a CA with a new key", new_key_of_ca },
	{ "CRLs that are no good", bad_crls },
	{ "OCSP", ocsp },
	{ "OCSP of others", replayed_ocsp },
	{ "who is asked first", order },
	{ "who is not authenticated", strangers },
	{ "no answer in time", no_time },
	{ "too many", no_fetch },
	{ "what is kept", kept },
};

TAP_MAIN(tests)
