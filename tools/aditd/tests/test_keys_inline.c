// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Certificates, CAs and public keys that a connection has in itself, as text,
 * as VICI's clients send them: for what they are good, and for nothing else.
 */
#include <openssl/pem.h>
#include <stdlib.h>

#include "../../tests/tap.h"
#include "../keys/auth.h"
#include "../keys/pubkey.h"
#include "../proto/v2.h"
#include "keys_pki.h"

/* Of whom a text is. */
enum who { NOBODY, ROOT, OTHER, LEAF, STRANGER, NAMELESS, NONSENSE, WHOS };

static struct world {
	struct pki pki[WHOS];
	char *certs[WHOS], *keys[WHOS];
} world;

static char *text_of(struct buf *buf)
{
	char *text;

	buf_add_u8(buf, 0);
	text = strdup((const char *)buf->data);
	buf_free(buf);
	return text;
}

static char *public_of(EVP_PKEY *key)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *data, *text;
	long len;

	if (!PEM_write_bio_PUBKEY(bio, key))
		abort();
	len = BIO_get_mem_data(bio, &data);
	text = strndup(data, (size_t)len);
	BIO_free(bio);
	return text;
}

static void make_world(void)
{
	static const struct {
		const char *cn, *san;
		bool ca;
		enum who issuer;
	} specs[] = {
		[ROOT] = { "root", NULL, true, NOBODY },
		[OTHER] = { "other", NULL, true, NOBODY },
		[LEAF] = { "leaf", "DNS:a.example.org", false, ROOT },
		[NAMELESS] = { NULL, "DNS:a.example.org", false, ROOT },
		[STRANGER] = { "stranger", "DNS:a.example.org", false, OTHER },
	};

	for (size_t i = ROOT; i < ARRAY_SIZE(specs); i++) {
		const struct pki_spec spec = {
			.cn = specs[i].cn,
			.san = specs[i].san,
			.ca = specs[i].ca,
			.issuer = specs[i].issuer ?
					  &world.pki[specs[i].issuer] :
					  NULL,
		};
		struct buf pem;

		world.pki[i] = pki_make(&spec);
		pem = pki_cert_pem(&world.pki[i]);
		world.certs[i] = text_of(&pem);
		world.keys[i] = public_of(world.pki[i].key);
	}
	world.certs[NONSENSE] = strdup("-----BEGIN CERTIFICATE-----\nAAAA\n");
	world.keys[NONSENSE] = strdup("-----BEGIN PUBLIC KEY-----\nAAAA\n");
}

static void free_world(void)
{
	for (size_t i = 0; i < WHOS; i++) {
		if (world.pki[i].cert)
			pki_free(&world.pki[i]);
		free(world.certs[i]);
		free(world.keys[i]);
	}
}

/* A has the leaf's key and certificate, B what a row says. */
static const struct row {
	const char *name;
	bool sends; /* its certificate */
	enum who stored; /* as a CA of all connections */
	enum who cacert, cert, pubkey; /* of this one */
	const char *why; /* NULL if A is believed */
} rows[] = {
	{ "its CA", true, NOBODY, ROOT, NOBODY, NOBODY, NULL },
	{ "no CA", true, NOBODY, NOBODY, NOBODY, NOBODY, "" },
	{ "another CA", true, NOBODY, OTHER, NOBODY, NOBODY, "" },
	{ "another CA, though its own is known", true, ROOT, OTHER, NOBODY,
	  NOBODY, "" },
	{ "what is no CA", true, ROOT, NONSENSE, NOBODY, NOBODY, "" },
	{ "its certificate", false, NOBODY, NOBODY, LEAF, NOBODY, NULL },
	{ "its certificate, and its CA", false, NOBODY, ROOT, LEAF, NOBODY,
	  NULL },
	{ "its certificate, and another CA", false, NOBODY, OTHER, LEAF, NOBODY,
	  "" },
	{ "a certificate of the same name", false, NOBODY, NOBODY, STRANGER,
	  NOBODY, "" },
	{ "the same, and its CA", true, ROOT, NOBODY, STRANGER, NOBODY, "" },
	{ "what is no certificate", false, ROOT, NOBODY, NONSENSE, NOBODY, "" },
	{ "no certificate", false, ROOT, NOBODY, NOBODY, NOBODY,
	  "the peer sent no certificate" },
	{ "its public key", false, NOBODY, NOBODY, NOBODY, LEAF, NULL },
	{ "another public key", false, NOBODY, NOBODY, NOBODY, STRANGER, "" },
	{ "another public key, and its CA", true, ROOT, NOBODY, NOBODY,
	  STRANGER, "" },
	{ "what is no public key", true, ROOT, NOBODY, NOBODY, NONSENSE, "" },
};

static void list(struct conf_texts *texts, char **room, char *text)
{
	*room = text;
	texts->texts = room;
	texts->n = text ? 1 : 0;
}

static void sign(const struct row *row, const struct ident *id,
		 struct keys_reply *reply)
{
	struct keys_store store = KEYS_STORE_INIT;
	struct conf_round round = { .auth = AUTH_WITH_PUBKEY };
	const struct conn conn = {
		.send_cert = row->sends ? SEND_CERT_ALWAYS : SEND_CERT_NEVER,
	};
	const struct env_auth auth = {
		.conn = &conn,
		.round = &round,
		.local = id,
		.remote = id,
		.prf = PRF_HMAC_SHA2_256,
		.octets = SPAN(pki_signed),
		.hashes = 1 << HASH_SHA2_256,
	};
	struct err err;
	char *cert;

	list(&round.certs, &cert, world.certs[LEAF]);
	CHECK(!keys_add_private(&store, world.pki[LEAF].key, NULL, &err));
	keys_auth(&store, &auth, PKI_NOW, reply);
	CHECK_ROW(reply->reply.good, row->name);
	CHECK_ROW(reply->reply.n_certs == row->sends, row->name);
	keys_clear(&store);
}

static void check(const struct row *row, const struct ident *id,
		  const struct keys_reply *made)
{
	struct keys_store store = KEYS_STORE_INIT;
	struct conf_round round = { .auth = AUTH_WITH_PUBKEY };
	const struct conn conn = { .send_cert = SEND_CERT_ALWAYS };
	struct env_auth auth = {
		.verify = true,
		.conn = &conn,
		.round = &round,
		.local = id,
		.remote = id,
		.prf = PRF_HMAC_SHA2_256,
		.octets = SPAN(pki_signed),
		.method = made->reply.method,
		.auth = made->reply.auth,
		.certs = made->reply.certs,
		.n_certs = made->reply.n_certs,
	};
	struct keys_reply reply;
	char *cacert, *cert, *pubkey;
	struct err err;

	list(&round.cacerts, &cacert, world.certs[row->cacert]);
	list(&round.certs, &cert, world.certs[row->cert]);
	list(&round.pubkeys, &pubkey, world.keys[row->pubkey]);
	if (row->stored)
		CHECK(!keys_add_cert(&store, world.pki[row->stored].cert,
				     KEYS_CERT_CA, "/x509ca/a", &err));
	keys_auth(&store, &auth, PKI_NOW, &reply);
	if (!CHECK_ROW(reply.reply.good == !row->why, row->name))
		printf("# %s\n", reply.reply.text);
	if (row->why)
		CHECK_ROW(*reply.reply.text &&
				  strstr(reply.reply.text, row->why),
			  row->name);
	keys_reply_free(&reply);
	keys_clear(&store);
}

static void peers(void)
{
	struct ident id = { 0 };
	struct err err;

	CHECK(!ident_parse(&id, "a.example.org", &err));
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct keys_reply made;

		sign(&rows[i], &id, &made);
		check(&rows[i], &id, &made);
		keys_reply_free(&made);
	}
	ident_free(&id);
}

/* Who says no identity is whom its certificate is of. */
static void own_identity(void)
{
	static const struct {
		enum who cert;
		const char *said;
		enum conf_auth auth;
		const char *id; /* "" for none: it is the address */
	} ids[] = {
		{ LEAF, NULL, AUTH_WITH_PUBKEY, "C=CH, O=adit, CN=leaf" },
		{ LEAF, NULL, AUTH_WITH_ANY, "C=CH, O=adit, CN=leaf" },
		{ LEAF, NULL, AUTH_WITH_PSK, "" },
		{ LEAF, "a.example.org", AUTH_WITH_PUBKEY, "" },
		{ ROOT, NULL, AUTH_WITH_PUBKEY, "C=CH, O=adit, CN=root" },
		{ NAMELESS, NULL, AUTH_WITH_PUBKEY, "" },
		{ NONSENSE, NULL, AUTH_WITH_PUBKEY, "" },
		{ NOBODY, NULL, AUTH_WITH_PUBKEY, "" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(ids); i++) {
		struct conf_round round = { .auth = ids[i].auth };
		char text[IDENT_TEXT_SIZE], *cert;
		struct err err;

		list(&round.certs, &cert, world.certs[ids[i].cert]);
		CHECK(!ids[i].said ||
		      !ident_parse(&round.id, ids[i].said, &err));
		keys_read_cert_id(&round);
		CHECK((round.cert_id.type != IDENT_ANY) == !!*ids[i].id);
		if (*ids[i].id)
			CHECK_TEXT(ident_show(&round.cert_id, text), ids[i].id);
		ident_free(&round.id);
		ident_free(&round.cert_id);
	}
}

static const struct tap_test tests[] = {
	{ "a CA and certificates", make_world },
	{ "whom a connection believes", peers },
	{ "who we are", own_identity },
	{ "the end", free_world },
};

TAP_MAIN(tests)
