// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Packets of EAP that are wrong where they come, from either end, and an AUTH
 * that is not made of what EAP agreed on: it ends, and both say why.
 */
#include <stdlib.h>

#include "../../tests/tap.h"
#include "../keys/mschap.h"
#include "../proto/v2.h"
#include "keys_eap_pair.h"
#include "keys_pki.h"

static struct mschap_providers providers;

enum {
	EAP_TYPE_MD5 = 4,
	OP_CHALLENGE = 1,
	OP_RESPONSE = 2,
	OP_SUCCESS = 3,
	OP_FAILURE = 4,
	FLAGS_AT = 5,
	ACK_LEN = 6, /* of TLS: a packet with no data */
};

#define DATA(text) .data = (text), .len = sizeof(text) - 1

/* In place of the @nth packet, or of the first empty one of TLS. */
static const struct row {
	const char *name;
	bool tls, asks; /* who the peer is */
	unsigned int nth;
	bool of_server; /* if it is one of TLS */
	uint8_t code, type;
	uint8_t ahead; /* its id, of the one that is due */
	const char *data;
	size_t len;
	const char *server, *peer; /* "" if that end did nothing wrong */
} rows[] = {
	{ "a request of the peer", .nth = 2, .code = EAP_CODE_REQUEST,
	  .type = EAP_TYPE_MSCHAPV2, DATA("\2"), .server = "is no answer" },
	{ "an answer to another request", .nth = 2, .code = EAP_CODE_RESPONSE,
	  .type = EAP_TYPE_MSCHAPV2, .ahead = 1, DATA("\2"),
	  .server = "is no answer" },
	{ "an answer of another method", .nth = 2, .code = EAP_CODE_RESPONSE,
	  .type = EAP_TYPE_MD5, .server = "answers EAP-mschapv2 with type 4" },
	{ "a NAK when it has begun", .nth = 4, .code = EAP_CODE_RESPONSE,
	  .type = EAP_TYPE_NAK, DATA("\15"),
	  .server = "refuses method mschapv2 in its midst" },
	{ "a NAK in place of a name", .asks = true, .nth = 2,
	  .code = EAP_CODE_RESPONSE, .type = EAP_TYPE_NAK, DATA("\15"),
	  .server = "does not tell who it is" },
	{ "no name", .asks = true, .nth = 2, .code = EAP_CODE_RESPONSE,
	  .type = EAP_TYPE_IDENTITY, .server = "does not tell who it is" },
	/* No pattern is what it would be in a configuration. */
	{ "anybody", .asks = true, .nth = 2, .code = EAP_CODE_RESPONSE,
	  .type = EAP_TYPE_IDENTITY, DATA("%any"),
	  .server = "the user carol is not the peer" },
	{ "a range", .asks = true, .nth = 2, .code = EAP_CODE_RESPONSE,
	  .type = EAP_TYPE_IDENTITY, DATA("10.0.0.1-10.0.0.9"),
	  .server = "not the peer fqdn:10.0.0.1-10.0.0.9" },
	{ "octets", .asks = true, .nth = 2, .code = EAP_CODE_RESPONSE,
	  .type = EAP_TYPE_IDENTITY, DATA("\1\2\377"),
	  .server = "the user carol is not the peer" },
	{ "nothing of MSCHAPv2", .nth = 2, .code = EAP_CODE_RESPONSE,
	  .type = EAP_TYPE_MSCHAPV2, .server = "EAP-MSCHAPv2: malformed" },
	{ "a length that is too small", .nth = 2, .code = EAP_CODE_RESPONSE,
	  .type = EAP_TYPE_MSCHAPV2, DATA("\2\1\0\3xxxx"),
	  .server = "EAP-MSCHAPv2: malformed" },
	{ "half a response", .nth = 2, .code = EAP_CODE_RESPONSE,
	  .type = EAP_TYPE_MSCHAPV2, DATA("\2\1\0\10\61xxx"),
	  .server = "the response is malformed" },
	{ "no response", .nth = 2, .code = EAP_CODE_RESPONSE,
	  .type = EAP_TYPE_MSCHAPV2, DATA("\3"),
	  .server = "OpCode 3 out of order" },
	{ "a second response", .nth = 4, .code = EAP_CODE_RESPONSE,
	  .type = EAP_TYPE_MSCHAPV2, DATA("\2"),
	  .server = "OpCode 2 out of order" },
	{ "a peer that is not content", .nth = 4, .code = EAP_CODE_RESPONSE,
	  .type = EAP_TYPE_MSCHAPV2, DATA("\4"),
	  .server = "does not believe that we know its password" },
	{ "a code that there is not", .nth = 1, .code = 9,
	  .type = EAP_TYPE_MSCHAPV2, .peer = "has not proven who it is" },
	{ "a failure at once", .nth = 1, .code = EAP_CODE_FAILURE,
	  .peer = "the server answers EAP-Failure" },
	{ "a proof at once", .nth = 1, .code = EAP_CODE_REQUEST,
	  .type = EAP_TYPE_MSCHAPV2, DATA("\3"),
	  .peer = "OpCode 3 out of order" },
	{ "half a challenge", .nth = 1, .code = EAP_CODE_REQUEST,
	  .type = EAP_TYPE_MSCHAPV2, DATA("\1\1\0\10\20xxx"),
	  .peer = "the challenge is malformed" },
	{ "another method", .nth = 3, .code = EAP_CODE_REQUEST,
	  .type = EAP_TYPE_TLS, DATA("\40"),
	  .peer = "changes from EAP-mschapv2 to type 13" },
	{ "half a proof", .nth = 3, .code = EAP_CODE_REQUEST,
	  .type = EAP_TYPE_MSCHAPV2, DATA("\3\1\0\10S=00"),
	  .peer = "the server does not know our password" },
	{ "a proof that is no number", .nth = 3, .code = EAP_CODE_REQUEST,
	  .type = EAP_TYPE_MSCHAPV2,
	  DATA("\3\1\0\56S=xx00000000000000000000000000000000000000"),
	  .peer = "the server does not know our password" },
	/* To which there is an answer; but this server did not say it. */
	{ "a notification", .nth = 1, .code = EAP_CODE_REQUEST,
	  .type = EAP_TYPE_NOTIFICATION, DATA("hello"),
	  .server = "answers EAP-mschapv2 with type 2", .peer = "EAP-Failure" },
	{ "TLS that does not start", .tls = true, .nth = 1,
	  .code = EAP_CODE_REQUEST, .type = EAP_TYPE_TLS, DATA("\0"),
	  .peer = "it does not start" },
	{ "no flags", .tls = true, .nth = 2, .code = EAP_CODE_RESPONSE,
	  .type = EAP_TYPE_TLS, .server = "half a message" },
	{ "half a length", .tls = true, .nth = 2, .code = EAP_CODE_RESPONSE,
	  .type = EAP_TYPE_TLS, DATA("\200\0\0"),
	  .server = "malformed, or too long" },
	{ "more than there is room for", .tls = true, .nth = 2,
	  .code = EAP_CODE_RESPONSE, .type = EAP_TYPE_TLS,
	  DATA("\300\377\0\0\0x"), .server = "malformed, or too long" },
	{ "what is no TLS", .tls = true, .nth = 2, .code = EAP_CODE_RESPONSE,
	  .type = EAP_TYPE_TLS, DATA("\0hello"),
	  .server = "EAP-TLS: ", .peer = "EAP-Failure" },
	{ "the peer does not wait for the rest", .tls = true,
	  .code = EAP_CODE_RESPONSE, .type = EAP_TYPE_TLS, DATA("\0x"),
	  .server = "a piece out of order" },
	{ "the server does not wait for the rest", .tls = true,
	  .of_server = true, .code = EAP_CODE_REQUEST, .type = EAP_TYPE_TLS,
	  DATA("\0x"), .peer = "a piece out of order" },
};

static const struct row *now;

static bool replace(struct eap_pair *pair, unsigned int from,
		    struct buf *packet)
{
	bool ack = packet->len == ACK_LEN && !packet->data[FLAGS_AT] &&
		   (from == EAP_PAIR_SERVER) == now->of_server;
	uint8_t id = packet->data[1];

	if (pair->hook_arg || (now->nth ? pair->packets != now->nth : !ack))
		return pair->packets < 100;
	pair->hook_arg = 1;
	buf_cut(packet, 0);
	buf_add_u8(packet, now->code);
	buf_add_u8(packet, (uint8_t)(id + now->ahead));
	buf_add_u16(packet, (uint16_t)(now->type ? 5 + now->len : 4));
	if (now->type)
		buf_add_u8(packet, now->type);
	buf_add(packet, now->data, now->len);
	return true;
}

static void contains(const char *got, const char *want)
{
	if (!CHECK_ROW(!want || strstr(got, want) != NULL, now->name))
		printf("# got '%s', want '%s'\n", got, want);
}

static void put_password(struct keys_store *store)
{
	const char *name = "carol";
	struct err err;

	CHECK(!keys_add_shared(store, KEYS_EAP, name,
			       span_of_text("a password"), &name, 1, &err));
}

/* A chain is more than one piece of EAP-TLS. */
struct world {
	struct pki root, middle, own[2];
};

static void make_world(struct world *world)
{
	struct pki_spec spec = { .kind = "rsa2048", .cn = "root", .ca = true };

	world->root = pki_make(&spec);
	spec.cn = "middle";
	spec.issuer = &world->root;
	world->middle = pki_make(&spec);
	spec.ca = false;
	spec.issuer = &world->middle;
	spec.cn = "server";
	spec.san = "DNS:server.example";
	world->own[EAP_PAIR_SERVER] = pki_make(&spec);
	spec.cn = "peer";
	spec.san = "DNS:carol";
	world->own[EAP_PAIR_PEER] = pki_make(&spec);
}

static void free_world(struct world *world)
{
	pki_free(&world->root);
	pki_free(&world->middle);
	for (unsigned int i = 0; i < 2; i++)
		pki_free(&world->own[i]);
}

static void put_certs(struct keys_store *store, const struct world *world,
		      unsigned int end)
{
	const struct pki *own = &world->own[end];
	struct err err;

	CHECK(!keys_add_cert(store, own->cert, KEYS_CERT_END, "/x509/own",
			     &err));
	CHECK(!keys_add_cert(store, world->middle.cert, KEYS_CERT_CHAIN,
			     "/x509/own", &err));
	CHECK(!keys_add_cert(store, world->root.cert, KEYS_CERT_CA,
			     "/x509ca/root", &err));
	CHECK(!keys_add_private(store, own->key, NULL, &err));
}

static void wrong_packets(void)
{
	struct world world;

	make_world(&world);
	for (now = rows; now < rows + ARRAY_SIZE(rows); now++) {
		struct eap_pair pair;

		eap_pair_init(&pair, now->tls ? "eap-tls" : "eap-mschapv2");
		pair.now = PKI_NOW;
		for (unsigned int i = 0; i < 2; i++) {
			put_password(&pair.stores[i]);
			put_certs(&pair.stores[i], &world, i);
		}
		pair.rounds[EAP_PAIR_SERVER].ask_eap_id = now->asks;
		pair.hook = replace;
		CHECK_ROW(!eap_pair_talk(&pair), now->name);
		CHECK_ROW(pair.hook_arg, now->name);
		contains(pair.text[EAP_PAIR_SERVER], now->server);
		contains(pair.text[EAP_PAIR_PEER], now->peer);
		CHECK_ROW(!eap_pair_auth(&pair), now->name);
		eap_pair_end(&pair);
		CHECK_ROW(!pair.sessions[0].n && !pair.sessions[1].n,
			  now->name);
		eap_pair_free(&pair);
	}
	free_world(&world);
}

static void ask(struct eap_pair *pair, unsigned int of, struct env_auth *auth,
		struct keys_reply *reply)
{
	auth->eap = EAP_MSK;
	auth->session = EAP_PAIR_SESSION;
	auth->conn = &pair->conn;
	auth->round = &pair->rounds[of];
	auth->octets = span_of_text("what is signed");
	keys_eap(&pair->sessions[of], &pair->stores[of], auth, pair->now,
		 reply);
}

/* RFC 7296, 2.16: AUTH is made with the MSK, as with a shared key. */
static void wrong_auth(void)
{
	static const struct {
		const char *name;
		uint8_t method;
		uint16_t prf;
		size_t len;
		uint8_t flip;
		const char *why; /* NULL if it is right */
	} auths[] = {
		{ "the right one", AUTH_PSK, PRF_HMAC_SHA2_256, 32, 0, NULL },
		{ "of a private key", AUTH_RSA_SIG, PRF_HMAC_SHA2_256, 32, 0,
		  "is not of EAP's key, but 1" },
		{ "one bit", AUTH_PSK, PRF_HMAC_SHA2_256, 32, 1,
		  "not made with the key of EAP-mschapv2" },
		{ "the first half", AUTH_PSK, PRF_HMAC_SHA2_256, 16, 0,
		  "not made with the key of EAP-mschapv2" },
		{ "nothing", AUTH_PSK, PRF_HMAC_SHA2_256, 0, 0,
		  "not made with the key of EAP-mschapv2" },
		{ "another PRF", AUTH_PSK, PRF_HMAC_SHA2_512, 32, 0,
		  "not made with the key of EAP-mschapv2" },
		{ "no PRF", AUTH_PSK, 0, 32, 0, "cannot compute PRF 0" },
	};
	struct env_auth auth = { .prf = PRF_HMAC_SHA2_256 };
	struct keys_reply made, reply;
	struct eap_pair pair;

	eap_pair_init(&pair, "eap-mschapv2");
	for (unsigned int i = 0; i < 2; i++)
		put_password(&pair.stores[i]);
	CHECK(eap_pair_talk(&pair));
	ask(&pair, EAP_PAIR_PEER, &auth, &made);
	CHECK(made.reply.good && made.reply.auth.len == 32);
	for (size_t i = 0; i < ARRAY_SIZE(auths); i++) {
		made.auth.data[0] ^= auths[i].flip;
		auth = (struct env_auth){
			.prf = auths[i].prf,
			.verify = true,
			.method = auths[i].method,
			.auth = span_of(made.auth.data, auths[i].len),
		};
		ask(&pair, EAP_PAIR_SERVER, &auth, &reply);
		CHECK_ROW(reply.reply.good == !auths[i].why, auths[i].name);
		CHECK_ROW(!auths[i].why ||
				  strstr(reply.reply.text, auths[i].why),
			  auths[i].name);
		made.auth.data[0] ^= auths[i].flip;
		keys_reply_free(&reply);
	}
	keys_reply_free(&made);
	eap_pair_end(&pair);
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
	{ "packets that are wrong where they come", wrong_packets },
	{ "an AUTH that is not made of EAP's key", wrong_auth },
	{ "the end", end },
};

TAP_MAIN(tests)
