/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two ends that authenticate to each other, with certificates of one CA. */
#ifndef ADITD_TESTS_KEYS_ENDS_H
#define ADITD_TESTS_KEYS_ENDS_H

#include "../../tests/tap.h"
#include "../crypto/prf.h"
#include "../keys/auth.h"
#include "../keys/load.h"
#include "../proto/v2.h"
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

#endif
