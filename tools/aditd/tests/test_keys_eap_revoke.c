// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * EAP-TLS and revoked certificates, of either end: whom it asks, and when; what
 * comes of it, with TLS 1.2 and 1.3.
 */
#include <openssl/conf.h>
#include <openssl/ssl.h>
#include <stdlib.h>

#include "../../tests/tap.h"
#include "../keys/revoke.h"
#include "../proto/v2.h"
#include "keys_eap_pair.h"
#include "keys_pki.h"

#define URI "http://crl.example.org/ca.crl"

/* What the web server has. */
enum web { WEB_NOTHING, WEB_GOOD, WEB_REVOKES, WEB_SILENT };

struct world {
	struct eap_pair pair; /* the first, for its hooks */
	struct pki root, ends[2];
	struct revoke revoke;
	unsigned int judge; /* who asks about the other one */
	enum web web;
	uint64_t now;
	unsigned int waits, asked, ready;
	uint32_t cookie;
	bool gives_up;
	char note[512];
};

static uint64_t now(void *arg)
{
	return ((struct world *)arg)->now;
}

static time_t date(void *arg)
{
	return ((struct world *)arg)->pair.now;
}

static int fetch(void *arg, const struct msg_fetch *msg)
{
	struct world *world = arg;

	CHECK_TEXT(msg->uri, URI);
	world->asked++;
	world->cookie = msg->cookie;
	return 0;
}

static void ready(void *arg, const struct env_auth *auth, const char *note)
{
	struct world *world = arg;

	if (!keys_eap_chain(world->revoke.eap, auth))
		return;
	world->ready++;
	snprintf(world->note, sizeof(world->note), "%s", note);
}

static const struct revoke_ops ops = { now, date, fetch, ready };

static struct buf crl_of(const struct world *world)
{
	const struct pki *revoked[] = {
		world->web == WEB_REVOKES ? &world->ends[!world->judge] : NULL,
		NULL,
	};
	X509_CRL *crl =
		pki_crl(&world->root, revoked, PKI_NOW - 10, PKI_NOW + PKI_DAY);
	struct buf der = pki_crl_der(crl);

	X509_CRL_free(crl);
	return der;
}

static void web_answers(struct world *world)
{
	struct buf crl = crl_of(world);
	struct msg_fetched msg = {
		.cookie = world->cookie,
		.good = world->web != WEB_NOTHING,
		.text = "it answers 404",
	};

	if (msg.good)
		msg.octets = buf_span(&crl);
	revoke_fetched(&world->revoke, &msg);
	buf_free(&crl);
}

/* As keys' role does it. */
static void wait(struct eap_pair *pair, unsigned int of,
		 const struct env_auth *auth)
{
	struct world *world = (struct world *)pair;

	/* The other one knows of no server to ask. */
	if (of != world->judge)
		return;
	world->waits++;
	CHECK(keys_eap_chain(&pair->sessions[of], auth));
	if (!revoke_begin(&world->revoke, auth))
		return;
	if (world->gives_up)
		eap_pair_end(pair);
	if (world->web != WEB_SILENT)
		web_answers(world);
	for (int i = 0; i <= REVOKE_SECONDS && !world->ready; i++) {
		world->now++;
		revoke_tick(&world->revoke);
	}
	CHECK(world->ready == !world->gives_up);
	CHECK(!world->revoke.waits);
}

static void put_end(struct world *world, unsigned int end)
{
	struct keys_store *store = &world->pair.stores[end];
	struct err err;

	CHECK(!keys_add_cert(store, world->root.cert, KEYS_CERT_CA, "/ca",
			     &err) &&
	      !keys_add_cert(store, world->ends[end].cert, KEYS_CERT_END,
			     "/own", &err) &&
	      !keys_add_private(store, world->ends[end].key, NULL, &err));
}

static void begin(struct world *world, unsigned int judge,
		  enum conf_revocation policy, const char *uri)
{
	struct pki_spec spec = { .cn = "root", .ca = true };

	*world = (struct world){ .judge = judge, .now = 1000 };
	eap_pair_init(&world->pair, "eap-tls");
	world->root = pki_make(&spec);
	for (unsigned int i = 0; i < 2; i++) {
		spec = (struct pki_spec){
			.cn = i ? "peer" : "server",
			.san = i ? "DNS:carol" : "DNS:server.example",
			.issuer = &world->root,
			.crl_uri = i == judge ? NULL : uri,
		};
		world->ends[i] = pki_make(&spec);
		put_end(world, i);
	}
	world->pair.now = PKI_NOW;
	world->pair.wait = wait;
	if (judge == EAP_PAIR_PEER)
		world->pair.revocation = policy;
	else
		world->pair.rounds[EAP_PAIR_SERVER].revocation = policy;
	world->revoke = (struct revoke){
		.store = &world->pair.stores[judge],
		.eap = &world->pair.sessions[judge],
		.ops = &ops,
		.arg = world,
	};
}

static void end(struct world *world)
{
	eap_pair_end(&world->pair);
	CHECK(!world->pair.sessions[0].n && !world->pair.sessions[1].n);
	revoke_free(&world->revoke);
	eap_pair_free(&world->pair);
	pki_free(&world->root);
	pki_free(&world->ends[0]);
	pki_free(&world->ends[1]);
}

static void contains(const char *got, const char *want, const char *row)
{
	if (tap_check(strstr(got, want), __FILE__, __LINE__, want))
		return;
	printf("# in row %s: got '%s'\n", row, got);
}

static const char judges[][8] = { "server", "peer" };

/* ---------------------------------------------------------------------- rows */

static const struct row {
	const char *name;
	enum conf_revocation policy;
	const char *uri;
	enum web web;
	unsigned int asked;
	const char *text; /* of who asks, "" for accepted */
	const char *note; /* why it was accepted all the same */
} rows[] = {
	{ "good", REVOCATION_STRICT, URI, WEB_GOOD, 1, "", "" },
	{ "good, ifuri", REVOCATION_IFURI, URI, WEB_GOOD, 1, "", "" },
	{ "revoked", REVOCATION_STRICT, URI, WEB_REVOKES, 1,
	  "is revoked, says the CRL", "" },
	{ "revoked, relaxed", REVOCATION_RELAXED, URI, WEB_REVOKES, 1,
	  "is revoked, says the CRL", "" },
	{ "gone", REVOCATION_STRICT, URI, WEB_NOTHING, 1,
	  "may be revoked (revocation = strict); " URI ": it answers 404", "" },
	{ "gone, ifuri", REVOCATION_IFURI, URI, WEB_NOTHING, 1,
	  "may be revoked (revocation = ifuri); " URI ": it answers 404", "" },
	{ "gone, relaxed", REVOCATION_RELAXED, URI, WEB_NOTHING, 1, "",
	  "nobody says whether certificate of" },
	{ "silent", REVOCATION_STRICT, URI, WEB_SILENT, 1,
	  URI ": no answer in 20 seconds", "" },
	{ "silent, relaxed", REVOCATION_RELAXED, URI, WEB_SILENT, 1, "",
	  "no answer in 20 seconds" },
	{ "nobody to ask", REVOCATION_STRICT, NULL, WEB_GOOD, 0, "the CRL of",
	  "" },
	{ "nobody to ask, ifuri", REVOCATION_IFURI, NULL, WEB_GOOD, 0, "", "" },
};

static void play(const struct row *row, unsigned int judge)
{
	struct world world;
	bool good = !*row->text, same;

	begin(&world, judge, row->policy, row->uri);
	world.web = row->web;
	same = eap_pair_talk(&world.pair) == good;
	if (!CHECK_ROW(same, row->name))
		printf("# %s: '%s' '%s'\n", judges[judge], world.pair.text[0],
		       world.pair.text[1]);
	CHECK_ROW(world.asked == row->asked, row->name);
	CHECK_ROW(world.waits == (good || row->asked), row->name);
	contains(world.pair.text[judge], row->text, row->name);
	contains(world.note, row->note, row->name);
	/* What cannot be asked is told in TLS, by an alert. */
	if (!good && judge == EAP_PAIR_SERVER)
		contains(world.pair.text[!judge],
			 row->asked ? "EAP-Failure" : "alert", row->name);
	CHECK_ROW(eap_pair_auth(&world.pair) == good, row->name);
	end(&world);
}

static void all_rows(void)
{
	for (unsigned int judge = 0; judge < 2; judge++)
		for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
			play(&rows[i], judge);
}

/* Nobody is asked again, and it is told in TLS. */
static void is_known(void)
{
	for (unsigned int judge = 0; judge < 2; judge++) {
		struct world world;

		begin(&world, judge, REVOCATION_STRICT, URI);
		world.web = WEB_REVOKES;
		CHECK(!eap_pair_talk(&world.pair));
		eap_pair_end(&world.pair);
		CHECK(!eap_pair_talk(&world.pair));
		CHECK(world.asked == 1 && world.waits == 1);
		contains(world.pair.text[judge], "is revoked", judges[judge]);
		contains(world.pair.text[!judge], "alert", judges[judge]);
		end(&world);
	}
}

/* A handshake that was given up meanwhile. */
static void given_up(void)
{
	for (unsigned int judge = 0; judge < 2; judge++) {
		struct world world;

		begin(&world, judge, REVOCATION_STRICT, URI);
		world.web = WEB_GOOD;
		world.gives_up = true;
		CHECK(!eap_pair_talk(&world.pair));
		CHECK(world.asked == 1 && !world.ready);
		end(&world);
	}
}

/*
 * Who shows a certificate that is not his: the signature of the peer's
 * CertificateVerify, or of the server's ServerKeyExchange, is another one. Both
 * are readable in TLS 1.2 only.
 */
static bool forge(struct eap_pair *pair, unsigned int from, struct buf *packet)
{
	const struct world *world = (struct world *)pair;
	uint8_t type = from == EAP_PAIR_PEER ? 0x0f : 0x0c;

	if (from == world->judge)
		return true;
	for (size_t i = 0; i + 32 < packet->len; i++)
		if (packet->data[i] == type && !packet->data[i + 1] && i >= 5 &&
		    packet->data[i - 5] == 0x16 && packet->data[i - 4] == 3 &&
		    packet->data[i - 3] == 3) {
			packet->data[i + (type == 0x0f ? 24 : 10)] ^= 1;
			pair->hook_arg++;
		}
	return true;
}

static void strangers(void)
{
	for (unsigned int judge = 0; judge < 2; judge++) {
		struct world world;

		begin(&world, judge, REVOCATION_STRICT, URI);
		world.web = WEB_GOOD;
		world.pair.hook = forge;
		CHECK(!eap_pair_talk(&world.pair));
		CHECK(world.pair.hook_arg == 1);
		CHECK(!world.asked && !world.waits);
		end(&world);
	}
}

/* From here on; what is in openssl.cnf is for all TLS of a process. */
static void only_tls12(void)
{
	static const char text[] = "openssl_conf = all\n"
				   "[all]\n"
				   "ssl_conf = tls\n"
				   "[tls]\n"
				   "system_default = old\n"
				   "[old]\n"
				   "MaxProtocol = TLSv1.2\n";
	BIO *bio = BIO_new_mem_buf(text, -1);
	CONF *conf = NCONF_new(NULL);
	SSL_CTX *ctx;

	CHECK(bio && conf && NCONF_load_bio(conf, bio, NULL) > 0);
	CHECK(CONF_modules_load(conf, NULL, 0) > 0);
	ctx = SSL_CTX_new(TLS_method());
	CHECK(SSL_CTX_get_max_proto_version(ctx) == TLS1_2_VERSION);
	SSL_CTX_free(ctx);
	NCONF_free(conf);
	BIO_free(bio);
}

static const struct tap_test tests[] = {
	{ "TLS 1.3: policies, and web servers", all_rows },
	{ "TLS 1.3: what is known is told", is_known },
	{ "TLS 1.3: given up meanwhile", given_up },
	{ "TLS 1.2 from now on", only_tls12 },
	{ "TLS 1.2: policies, and web servers", all_rows },
	{ "TLS 1.2: what is known is told", is_known },
	{ "TLS 1.2: given up meanwhile", given_up },
	{ "TLS 1.2: strangers make us ask nobody", strangers },
};

TAP_MAIN(tests)
