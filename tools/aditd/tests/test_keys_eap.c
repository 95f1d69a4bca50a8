// SPDX-License-Identifier: GPL-2.0-or-later
/* EAP-MSCHAPv2 and EAP-TLS, server and peer, and all that can be wrong. */
#include <openssl/ssl.h>
#include <stdlib.h>

#include "../../tests/tap.h"
#include "../keys/mschap.h"
#include "../keys/pubkey.h"
#include "../proto/v2.h"
#include "keys_eap_pair.h"
#include "keys_pki.h"

static struct mschap_providers providers;

static void put_secret(struct keys_store *store, enum keys_kind kind,
		       const char *name, const void *secret, size_t len)
{
	struct err err = { 0 };

	CHECK(!keys_add_shared(store, kind, name, span_of(secret, len), &name,
			       1, &err));
}

static void put_password(struct eap_pair *pair, unsigned int end,
			 const char *name, const char *password)
{
	put_secret(&pair->stores[end], KEYS_EAP, name, password,
		   strlen(password));
}

/* Both know carol. */
static void start_mschapv2(struct eap_pair *pair)
{
	eap_pair_init(pair, "eap-mschapv2");
	put_password(pair, EAP_PAIR_SERVER, "carol", "a password");
	put_password(pair, EAP_PAIR_PEER, "carol", "a password");
}

static void set_method(struct eap_pair *pair, unsigned int end,
		       const char *method)
{
	free(pair->rounds[end].method);
	pair->rounds[end].method = strdup(method);
}

static void contains(const char *got, const char *want, int line)
{
	if (tap_check(strstr(got, want), __FILE__, line, want))
		return;
	printf("# got '%s'\n", got);
}

/* "" for well; or what both say is wrong. */
static void expect_at(struct eap_pair *pair, const char *server,
		      const char *peer, int line)
{
	bool good = eap_pair_talk(pair);

	if (!tap_check(good == (!*server && !*peer), __FILE__, line, "result"))
		printf("# server '%s', peer '%s'\n", pair->text[0],
		       pair->text[1]);
	contains(pair->text[EAP_PAIR_SERVER], server, line);
	contains(pair->text[EAP_PAIR_PEER], peer, line);
	tap_check(eap_pair_auth(pair) == good, __FILE__, line, "AUTH");
	eap_pair_end(pair);
	tap_check(!pair->sessions[0].n && !pair->sessions[1].n, __FILE__, line,
		  "sessions are left");
}

#define EXPECT(pair, server, peer) expect_at((pair), (server), (peer), __LINE__)

static void mschapv2(void)
{
	struct eap_pair pair;

	start_mschapv2(&pair);
	EXPECT(&pair, "", "");
	CHECK_TEXT(pair.eap_id, "carol");
	/* Challenge, response, proof, its answer, and that it is over. */
	CHECK(pair.packets == 6);
	pair.rounds[EAP_PAIR_SERVER].ask_eap_id = true;
	eap_pair_name(&pair.rounds[EAP_PAIR_PEER].eap_id, "dave@example.org");
	put_password(&pair, EAP_PAIR_SERVER, "dave@example.org", "dave's");
	put_password(&pair, EAP_PAIR_PEER, "dave@example.org", "dave's");
	EXPECT(&pair, "", "");
	CHECK_TEXT(pair.eap_id, "dave@example.org");
	eap_pair_free(&pair);
}

/* A hash, a domain in front, and a secret of two. */
static void secrets(void)
{
	static const uint8_t hash[] = {
		0x44, 0xeb, 0xba, 0x8d, 0x53, 0x12, 0xb8, 0xd6,
		0x11, 0x47, 0x44, 0x11, 0xf5, 0x69, 0x89, 0xae,
	};
	const char *both[] = { "carol", "server.example" };
	struct eap_pair pair;
	struct err err;

	eap_pair_init(&pair, "eap");
	put_secret(&pair.stores[EAP_PAIR_SERVER], KEYS_NTLM, "carol", hash,
		   sizeof(hash));
	put_password(&pair, EAP_PAIR_PEER, "carol", "clientPass");
	EXPECT(&pair, "", "");
	/* The one for this server is the better one. */
	put_password(&pair, EAP_PAIR_PEER, "carol", "for that server");
	EXPECT(&pair, "carol has another password", "E=691");
	CHECK(!keys_add_shared(&pair.stores[EAP_PAIR_SERVER], KEYS_EAP, "two",
			       span_of_text("for that server"), both, 2, &err));
	EXPECT(&pair, "", "");
	eap_pair_free(&pair);
	/* A secret of the server alone is nobody's password. */
	eap_pair_init(&pair, "eap-mschapv2");
	put_password(&pair, EAP_PAIR_SERVER, "server.example", "a password");
	put_password(&pair, EAP_PAIR_PEER, "carol", "a password");
	EXPECT(&pair, "no eap secret for carol (there are: server.example)",
	       "its name or its password: E=691");
	eap_pair_free(&pair);
}

/* What the peer sees of it is the same, but for what is random. */
static struct buf seen;

static bool watch(struct eap_pair *pair, unsigned int from, struct buf *packet)
{
	(void)pair;
	if (from == EAP_PAIR_SERVER) {
		buf_add_u32(&seen, (uint32_t)packet->len);
		buf_add_span(&seen, span_of(packet->data,
					    packet->len < 6 ? packet->len : 6));
	}
	return true;
}

static void wrong_passwords(void)
{
	struct buf first = BUF_INIT;
	struct eap_pair pair;

	start_mschapv2(&pair);
	put_password(&pair, EAP_PAIR_PEER, "carol", "another password");
	pair.hook = watch;
	EXPECT(&pair, "EAP-MSCHAPv2: carol has another password",
	       "the server refuses carol, its name or its password: E=691 R=0");
	first = seen;
	seen = BUF_INIT;
	keys_clear_shared(&pair.stores[EAP_PAIR_SERVER]);
	put_password(&pair, EAP_PAIR_SERVER, "dave", "a password");
	EXPECT(&pair, "no eap secret for carol (there are: dave)",
	       "the server refuses carol, its name or its password: E=691 R=0");
	CHECK(span_equal(buf_span(&first), buf_span(&seen)));
	buf_free(&first);
	buf_free(&seen);
	keys_clear_shared(&pair.stores[EAP_PAIR_SERVER]);
	EXPECT(&pair, "no eap secret for carol (there are: none at all)",
	       "EAP-Failure");
	eap_pair_free(&pair);
}

static void names(void)
{
	struct eap_pair pair;

	start_mschapv2(&pair);
	put_password(&pair, EAP_PAIR_PEER, "dave", "a password");
	put_password(&pair, EAP_PAIR_SERVER, "dave", "a password");
	/* IKE says carol, and EAP dave, who is not asked for. */
	eap_pair_name(&pair.rounds[EAP_PAIR_PEER].eap_id, "dave");
	EXPECT(&pair, "the user dave is not the peer carol",
	       "the server refuses dave");
	eap_pair_name(&pair.rounds[EAP_PAIR_SERVER].eap_id, "dave");
	EXPECT(&pair, "", "");
	eap_pair_name(&pair.rounds[EAP_PAIR_SERVER].eap_id, "*@example.org");
	EXPECT(&pair, "the peer is carol, eap_id wants *@example.org",
	       "EAP-Failure");
	eap_pair_name(&pair.rounds[EAP_PAIR_SERVER].eap_id, "%any");
	pair.rounds[EAP_PAIR_SERVER].ask_eap_id = true;
	eap_pair_name(&pair.rounds[EAP_PAIR_PEER].eap_id, "HOME\\dave");
	put_password(&pair, EAP_PAIR_PEER, "HOME\\dave", "at home");
	put_password(&pair, EAP_PAIR_SERVER, "HOME\\dave", "at home");
	EXPECT(&pair, "", "");
	eap_pair_free(&pair);
}

static void no_method_in_common(void)
{
	struct eap_pair pair;

	start_mschapv2(&pair);
	set_method(&pair, EAP_PAIR_PEER, "eap-tls");
	EXPECT(&pair, "the peer does not want EAP-mschapv2, but 0",
	       "the server wants EAP method 26 (mschapv2), we have none: EAP-TLS: no certificate");
	keys_clear_shared(&pair.stores[EAP_PAIR_PEER]);
	set_method(&pair, EAP_PAIR_PEER, "eap-mschapv2");
	EXPECT(&pair, "the peer does not want", "no eap secret for carol");
	eap_pair_free(&pair);
}

/* ------------------------------------------------------------------------ TLS */

struct world {
	struct pki root, middle, server, peer;
};

static void make_world(struct world *world, const char *kind)
{
	struct pki_spec spec = { .cn = "root", .ca = true };

	world->root = pki_make(&spec);
	spec = (struct pki_spec){ .cn = "middle",
				  .ca = true,
				  .issuer = &world->root };
	world->middle = pki_make(&spec);
	spec = (struct pki_spec){ .kind = kind,
				  .cn = "server",
				  .san = "DNS:server.example",
				  .issuer = &world->middle };
	world->server = pki_make(&spec);
	spec.cn = "peer";
	spec.san = "DNS:carol,email:carol@example.org";
	world->peer = pki_make(&spec);
}

static void free_world(struct world *world)
{
	pki_free(&world->root);
	pki_free(&world->middle);
	pki_free(&world->server);
	pki_free(&world->peer);
}

static void put_cert(struct keys_store *store, const struct pki *pki,
		     enum keys_flag flag, const char *name)
{
	struct err err;

	CHECK(!keys_add_cert(store, pki->cert, flag, name, &err));
}

static void put_end(struct eap_pair *pair, unsigned int end,
		    const struct world *world)
{
	const struct pki *own = end ? &world->peer : &world->server;
	struct keys_store *store = &pair->stores[end];
	struct err err;

	put_cert(store, own, KEYS_CERT_END, "/x509/own");
	put_cert(store, &world->middle, KEYS_CERT_CHAIN, "/x509/own");
	put_cert(store, &world->root, KEYS_CERT_CA, "/x509ca/root");
	CHECK(!keys_add_private(store, own->key, NULL, &err));
}

static void start_tls(struct eap_pair *pair, struct world *world,
		      const char *kind)
{
	eap_pair_init(pair, "eap-tls");
	pair->now = PKI_NOW;
	make_world(world, kind);
	put_end(pair, EAP_PAIR_SERVER, world);
	put_end(pair, EAP_PAIR_PEER, world);
}

static void stop(struct eap_pair *pair, struct world *world)
{
	eap_pair_free(pair);
	free_world(world);
}

static void tls(void)
{
	static const char *const kinds[] = { "P-256", "rsa2048", "ED25519" };

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		struct eap_pair pair;
		struct world world;

		start_tls(&pair, &world, kinds[i]);
		EXPECT(&pair, "", "");
		/* Chains of two certificates are more than one piece. */
		CHECK_ROW(pair.packets > 8, kinds[i]);
		CHECK_TEXT(pair.eap_id, "carol");
		pair.rounds[EAP_PAIR_SERVER].ask_eap_id = true;
		eap_pair_name(&pair.rounds[EAP_PAIR_PEER].eap_id,
			      "carol@example.org");
		EXPECT(&pair, "", "");
		CHECK_TEXT(pair.eap_id, "carol@example.org");
		stop(&pair, &world);
	}
}

static void wrong_certificates(void)
{
	struct eap_pair pair;
	struct world world, other;

	start_tls(&pair, &world, NULL);
	make_world(&other, NULL);
	eap_pair_name(&pair.names[EAP_PAIR_PEER], "dave");
	EXPECT(&pair, "the peer does not want EAP-tls",
	       "no certificate with its private key for our identity dave");
	eap_pair_name(&pair.rounds[EAP_PAIR_PEER].eap_id, "carol");
	EXPECT(&pair,
	       "identity dave is not in the certificate (it has:", "alert");
	eap_pair_name(&pair.names[EAP_PAIR_PEER], "carol");
	eap_pair_name(&pair.rounds[EAP_PAIR_PEER].aaa_id, "aaa.example");
	EXPECT(&pair, "alert",
	       "identity aaa.example is not in the certificate (it has:");
	eap_pair_name(&pair.rounds[EAP_PAIR_PEER].aaa_id, "server.example");
	EXPECT(&pair, "", "");
	pair.now += 200L * PKI_DAY;
	EXPECT(&pair, "alert", "expired");
	pair.now -= 200L * PKI_DAY;
	/* Each has a CA that is called the same, and is another one. */
	keys_clear_certs(&pair.stores[EAP_PAIR_SERVER]);
	put_cert(&pair.stores[EAP_PAIR_SERVER], &world.server, KEYS_CERT_END,
		 "/x509/own");
	put_cert(&pair.stores[EAP_PAIR_SERVER], &world.middle, KEYS_CERT_CHAIN,
		 "/x509/own");
	put_cert(&pair.stores[EAP_PAIR_SERVER], &other.root, KEYS_CERT_CA,
		 "/x509ca/root");
	EXPECT(&pair, "EAP-TLS: ", "alert");
	keys_clear_certs(&pair.stores[EAP_PAIR_PEER]);
	EXPECT(&pair, "the peer does not want EAP-tls, but 0",
	       "no certificate");
	free_world(&other);
	stop(&pair, &world);
}

static void negotiates(void)
{
	struct eap_pair pair;
	struct world world;

	start_tls(&pair, &world, NULL);
	set_method(&pair, EAP_PAIR_SERVER, "eap-dynamic");
	put_password(&pair, EAP_PAIR_SERVER, "carol", "a password");
	EXPECT(&pair, "", "");
	CHECK(pair.packets > 8);
	put_password(&pair, EAP_PAIR_PEER, "carol", "a password");
	set_method(&pair, EAP_PAIR_PEER, "eap-mschapv2");
	pair.packets = 0;
	EXPECT(&pair, "", "");
	/* TLS offered and refused, and the six of MSCHAPv2. */
	CHECK(pair.packets == 8);
	keys_clear_shared(&pair.stores[EAP_PAIR_SERVER]);
	EXPECT(&pair, "the peer does not want EAP-tls, but 26 (mschapv2)",
	       "EAP method 13 (tls), we another one");
	stop(&pair, &world);
}

/* ------------------------------------------------------------------- hostile */

/* From the server: it is over, before it was. */
static bool too_early(struct eap_pair *pair, unsigned int from,
		      struct buf *packet)
{
	if (packet->data[0] == EAP_CODE_SUCCESS) {
		pair->hook_arg = 0;
	} else if (from == EAP_PAIR_SERVER && pair->hook_arg &&
		   pair->packets >= pair->hook_arg) {
		buf_cut(packet, 4);
		buf_put_u8(packet, 0, EAP_CODE_SUCCESS);
		buf_put_u16(packet, 2, 4);
	}
	return true;
}

static void success_too_early(void)
{
	struct eap_pair pair;
	struct world world;

	for (unsigned int i = 1; i < 4; i += 2) {
		start_mschapv2(&pair);
		pair.hook = too_early;
		pair.hook_arg = i;
		CHECK(!eap_pair_talk(&pair));
		CHECK(!pair.done[EAP_PAIR_PEER]);
		contains(pair.text[EAP_PAIR_PEER], "not proven who it is",
			 __LINE__);
		CHECK(!eap_pair_auth(&pair));
		eap_pair_free(&pair);
	}
	for (unsigned int i = 1; i < 12; i += 2) {
		start_tls(&pair, &world, NULL);
		pair.hook = too_early;
		pair.hook_arg = i;
		/* Unless it was late enough. */
		eap_pair_talk(&pair);
		CHECK(pair.done[EAP_PAIR_PEER] == !pair.hook_arg);
		CHECK(eap_pair_auth(&pair) == !pair.hook_arg);
		CHECK(i > 8 || pair.hook_arg);
		stop(&pair, &world);
	}
}

/* One octet of one packet is another one, or what is behind it is gone. */
static struct {
	unsigned int nth;
	size_t at;
	bool cut;
	bool hit;
} edit;

static bool change(struct eap_pair *pair, unsigned int from, struct buf *packet)
{
	(void)from;
	if (pair->packets != edit.nth || edit.at >= packet->len)
		return pair->packets < 100;
	edit.hit = true;
	if (edit.cut)
		buf_cut(packet, edit.at);
	else
		packet->data[edit.at] ^= 0x41;
	return true;
}

static void changed_packets(void)
{
	struct eap_pair pair;
	unsigned int n = 0;

	for (unsigned int way = 0; way < 2; way++) {
		for (edit.nth = 1; edit.nth < 6; edit.nth++) {
			edit.at = 0;
			do {
				start_mschapv2(&pair);
				pair.hook = change;
				edit.cut = way;
				edit.hit = false;
				if (eap_pair_talk(&pair))
					CHECK(eap_pair_auth(&pair));
				else
					n++;
				eap_pair_end(&pair);
				eap_pair_free(&pair);
				edit.at++;
			} while (edit.hit);
		}
	}
	CHECK(n > 300);
}

static void changed_tls(void)
{
	struct eap_pair pair;
	struct world world;

	start_tls(&pair, &world, NULL);
	pair.hook = change;
	for (unsigned int way = 0; way < 2; way++) {
		for (edit.nth = 1; edit.nth < 12; edit.nth++) {
			for (edit.at = 0; edit.at < 1100;
			     edit.at += edit.at < 16 ? 1 : 97) {
				edit.cut = way;
				pair.packets = 0;
				if (eap_pair_talk(&pair))
					CHECK(eap_pair_auth(&pair));
				eap_pair_end(&pair);
			}
		}
	}
	stop(&pair, &world);
}

static bool stops(struct eap_pair *pair, unsigned int from, struct buf *packet)
{
	(void)from;
	(void)packet;
	return pair->packets < pair->hook_arg;
}

static void bounds(void)
{
	struct env_auth auth = { .eap = EAP_SERVER };
	struct keys_reply reply;
	struct eap_pair pair;

	start_mschapv2(&pair);
	pair.hook = stops;
	pair.hook_arg = 2;
	CHECK(!eap_pair_talk(&pair));
	CHECK(pair.sessions[EAP_PAIR_SERVER].n == 1);
	auth.conn = &pair.conn;
	auth.round = &pair.rounds[EAP_PAIR_SERVER];
	auth.local = &pair.names[EAP_PAIR_SERVER];
	auth.remote = &pair.names[EAP_PAIR_PEER];
	for (uint32_t i = 0; i < EAP_SESSIONS_MAX; i++) {
		auth.session = 1000 + i;
		keys_eap(&pair.sessions[EAP_PAIR_SERVER],
			 &pair.stores[EAP_PAIR_SERVER], &auth, pair.now,
			 &reply);
		CHECK(reply.reply.good == (i + 1 < EAP_SESSIONS_MAX));
		keys_reply_free(&reply);
	}
	CHECK(strstr(reply.err.text, "in the midst of EAP"));
	/* Of those that do not go on nothing is left. */
	keys_eap(&pair.sessions[EAP_PAIR_SERVER], &pair.stores[EAP_PAIR_SERVER],
		 &auth, pair.now + EAP_SESSION_SECONDS + 1, &reply);
	CHECK(reply.reply.good);
	CHECK(pair.sessions[EAP_PAIR_SERVER].n == 1);
	keys_reply_free(&reply);
	/* An AUTH of what is not there. */
	auth.eap = EAP_MSK;
	auth.session = 1;
	keys_eap(&pair.sessions[EAP_PAIR_SERVER], &pair.stores[EAP_PAIR_SERVER],
		 &auth, pair.now, &reply);
	CHECK(!reply.reply.good && strstr(reply.reply.text, "forgotten"));
	keys_reply_free(&reply);
	eap_pair_free(&pair);
}

static void begin(void)
{
	mschap_load(&providers);
}

static void end(void)
{
	mschap_unload(&providers);
}

static const struct tap_test tests[] = {
	{ "OpenSSL's legacy provider", begin },
	{ "MSCHAPv2", mschapv2 },
	{ "MSCHAPv2: hashes, and whose a secret is", secrets },
	{ "MSCHAPv2: wrong passwords, and unknown names are the same",
	  wrong_passwords },
	{ "MSCHAPv2: who it is", names },
	{ "no method in common", no_method_in_common },
	{ "TLS", tls },
	{ "TLS: wrong certificates, of either", wrong_certificates },
	{ "which method it is", negotiates },
	{ "a server that has not proven itself", success_too_early },
	{ "MSCHAPv2: each octet is another one", changed_packets },
	{ "TLS: many octets are others", changed_tls },
	{ "bounds", bounds },
	{ "the end", end },
};

TAP_MAIN(tests)
