// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * VICI's commands of keys and certificates: what they refuse, what they show of
 * what is there, and how much is kept of what was fetched.
 */
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <stdlib.h>

#include "../../tests/tap.h"
#include "../keys/command.h"
#include "../keys/crl.h"
#include "../keys/load.h"
#include "../keys/ocsp.h"
#include "keys_pki.h"

/* A value, or if there is a list of it two of them. */
struct word {
	const char *name, *text;
	const char *list[2];
};

static struct setting *settings_of(const struct word *words, size_t n)
{
	struct setting *settings =
		setting_new(NULL, SETTING_SECTION, NULL, span_of(NULL, 0));

	for (size_t i = 0; i < n && words[i].name; i++) {
		struct setting *list;

		if (words[i].text) {
			setting_new(settings, SETTING_VALUE, words[i].name,
				    span_of_text(words[i].text));
			continue;
		}
		list = setting_new(settings, SETTING_LIST, words[i].name,
				   span_of(NULL, 0));
		for (size_t j = 0; j < 2 && words[i].list[j]; j++)
			setting_new(list, SETTING_VALUE, NULL,
				    span_of_text(words[i].list[j]));
	}
	return settings;
}

/* Takes the settings; the answer is to be freed. */
static int run(struct keys_store *store, const char *name,
	       struct setting *settings, struct setting **answer,
	       struct err *err)
{
	int rc;

	*err = (struct err){ 0 };
	*answer = setting_new(NULL, SETTING_SECTION, NULL, span_of(NULL, 0));
	rc = keys_command(store, span_of_text(name), settings, *answer, err);
	setting_free(settings);
	return rc;
}

static void refusals(void)
{
	static const struct {
		const char *command;
		struct word words[4];
		const char *why;
	} rows[] = {
		{ "load-cert", { { 0 } }, "'data' is missing" },
		{ "load-cert",
		  { { "type", "X509_AC" }, { "data", "x" } },
		  "'X509_AC' is none of X509, X509_CRL, PUBKEY" },
		{ "load-cert",
		  { { "flag", "AA" }, { "data", "x" } },
		  "'AA' is none of NONE, CA, OCSP" },
		{ "load-cert",
		  { { "data", "x" }, { "file", "/x509/a.pem" } },
		  "/x509/a.pem: is no X.509 certificate" },
		{ "load-cert", { { "data", "" } }, "" },
		{ "load-cert",
		  { { "type", "X509_CRL" }, { "data", "x" } },
		  "is no CRL" },
		{ "load-cert",
		  { { "type", "X509_CRL" },
		    { "data", "-----BEGIN X509 CRL-----\nAAAA\n" } },
		  "is no CRL" },
		{ "load-cert",
		  { { "type", "PUBKEY" }, { "data", "x" } },
		  "is no public key" },
		{ "load-pkcs12", { { 0 } }, "'data' is missing" },
		{ "load-pkcs12", { { "data", "x" } }, "is no PKCS#12" },
		{ "load-pkcs12",
		  { { "data", "-----BEGIN PKCS12-----\nAAAA\n" } },
		  "is no PKCS#12" },
		{ "load-key", { { 0 } }, "'data' is missing" },
		{ "unload-key", { { 0 } }, "'id' is missing" },
		{ "unload-key", { { "id", "00" } }, "there is no key '00'" },
		{ "load-shared", { { 0 } }, "'type' is missing" },
		{ "load-shared", { { "type", "IKE" } }, "'data' is missing" },
		{ "load-shared",
		  { { "type", "WEP" }, { "data", "x" } },
		  "'WEP' is none of IKE, EAP, XAUTH, PPK, NTLM" },
		{ "load-shared",
		  { { "type", "NTLM" }, { "data", "x" } },
		  "an NTLM hash has 16 octets, not 1" },
		{ "unload-shared", { { 0 } }, "'id' is missing" },
		{ "unload-shared", { { "id", "x" } }, "there is no secret 'x'" },
		{ "unload-authority", { { 0 } }, "'name' is missing" },
		{ "unload-authority",
		  { { "name", "x" } },
		  "there is no authority 'x'" },
		{ "load-token", { { 0 } }, "tokens" },
		{ "load-everything", { { 0 } }, "no such command" },
	};
	struct keys_store store = KEYS_STORE_INIT;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct setting *answer;
		struct err err;

		CHECK_ROW(run(&store, rows[i].command,
			      settings_of(rows[i].words,
					  ARRAY_SIZE(rows[i].words)),
			      &answer, &err) == -1,
			  rows[i].command);
		if (!CHECK_ROW(strstr(err.text, rows[i].why) != NULL,
			       rows[i].command))
			printf("# it says: %s\n", err.text);
		CHECK_ROW(!answer->first, rows[i].command);
		setting_free(answer);
	}
	CHECK(!store.certs && !store.crls && !store.publics &&
	      !store.privates && !store.shared && !store.authorities);
	keys_clear(&store);
}

/* ------------------------------------------------------------ what is there */

static struct buf pem_of(int (*write)(BIO *bio, void *arg), void *arg)
{
	BIO *bio = BIO_new(BIO_s_mem());
	struct buf text = BUF_INIT;
	char *data;
	long len;

	if (!bio || !write(bio, arg))
		abort();
	len = BIO_get_mem_data(bio, &data);
	buf_add(&text, data, (size_t)len);
	buf_add_u8(&text, 0);
	BIO_free(bio);
	return text;
}

static int write_public(BIO *bio, void *arg)
{
	return PEM_write_bio_PUBKEY(bio, arg);
}

static int write_crl(BIO *bio, void *arg)
{
	return PEM_write_bio_X509_CRL(bio, arg);
}

static int write_pkcs12(BIO *bio, void *arg)
{
	return PEM_ASN1_write_bio((i2d_of_void *)i2d_PKCS12, "PKCS12", bio, arg,
				  NULL, NULL, 0, NULL, NULL);
}

static void load(struct keys_store *store, const char *command,
		 const struct word *words, size_t n)
{
	struct setting *answer;
	struct err err;

	if (!CHECK_ROW(!run(store, command, settings_of(words, n), &answer,
			    &err),
		       command))
		printf("# %s\n", err.text);
	setting_free(answer);
}

struct world {
	struct pki ca, end;
	X509_CRL *crl;
	struct buf ca_pem, end_pem, key_pem, public_pem, crl_pem;
	struct keys_store store;
};

static void begin(struct world *world)
{
	struct pki_spec spec = { .cn = "ca", .ca = true };
	const struct pki *const none[] = { NULL };

	*world = (struct world){ .ca = pki_make(&spec) };
	spec = (struct pki_spec){ .cn = "end",
				  .san = "DNS:end.example",
				  .issuer = &world->ca };
	world->end = pki_make(&spec);
	world->crl = pki_crl(&world->ca, none, PKI_NOW - 1, PKI_NOW + PKI_DAY);
	world->ca_pem = pki_cert_pem(&world->ca);
	world->end_pem = pki_cert_pem(&world->end);
	world->key_pem = pki_key_pem(&world->end, NULL);
	buf_add_u8(&world->ca_pem, 0);
	buf_add_u8(&world->end_pem, 0);
	buf_add_u8(&world->key_pem, 0);
	world->public_pem = pem_of(write_public, world->end.key);
	world->crl_pem = pem_of(write_crl, world->crl);
}

static void end(struct world *world)
{
	keys_clear(&world->store);
	buf_free(&world->ca_pem);
	buf_free(&world->end_pem);
	buf_free(&world->key_pem);
	buf_free(&world->public_pem);
	buf_free(&world->crl_pem);
	X509_CRL_free(world->crl);
	pki_free(&world->ca);
	pki_free(&world->end);
}

static const char *text_of(const struct buf *buf)
{
	return (const char *)buf->data;
}

/* How many there are of what is asked for; those with a private key. */
static size_t listed(struct keys_store *store, const struct word *words,
		     size_t n, size_t *ours)
{
	const struct setting *certs;
	struct setting *answer;
	struct err err;
	size_t count = 0;

	*ours = 0;
	CHECK(!run(store, "list-certs", settings_of(words, n), &answer, &err));
	certs = setting_find(answer, "certs");
	for (const struct setting *i = certs ? certs->first : NULL; i;
	     i = i->next) {
		CHECK(setting_find(i, "data") && setting_find(i, "data")->len);
		*ours += setting_find(i, "has_privkey") != NULL;
		count++;
	}
	setting_free(answer);
	return count;
}

static void lists(void)
{
	static const struct {
		struct word words[2];
		size_t n, ours;
	} rows[] = {
		{ { { 0 } }, 4, 2 },
		{ { { "type", "any" } }, 4, 2 },
		{ { { "type", "X509" } }, 2, 1 },
		{ { { "type", "x509" }, { "flag", "CA" } }, 1, 0 },
		{ { { "type", "X509" }, { "flag", "NONE" } }, 1, 1 },
		{ { { "type", "X509_CRL" } }, 1, 0 },
		{ { { "type", "X509_CRL" }, { "flag", "CA" } }, 0, 0 },
		{ { { "type", "OCSP_RESPONSE" } }, 0, 0 },
		{ { { "type", "PUBKEY" } }, 1, 1 },
		{ { { "subject", "end.example" } }, 1, 1 },
		{ { { "subject", "C=CH, O=adit, CN=ca" } }, 1, 0 },
		{ { { "subject", "%any" } }, 2, 1 },
		{ { { "subject", "C=CH, " } }, 0, 0 },
		{ { { "subject", "other.example" } }, 0, 0 },
	};
	struct world world;
	size_t ours;

	begin(&world);
	load(&world.store, "load-cert",
	     (struct word[]){ { "flag", "CA" },
			      { "data", text_of(&world.ca_pem) } },
	     2);
	load(&world.store, "load-cert",
	     (struct word[]){ { "flag", "OCSP" },
			      { "data", text_of(&world.end_pem) } },
	     2);
	load(&world.store, "load-cert",
	     (struct word[]){ { "type", "X509_CRL" },
			      { "data", text_of(&world.crl_pem) } },
	     2);
	load(&world.store, "load-cert",
	     (struct word[]){ { "type", "PUBKEY" },
			      { "data", text_of(&world.public_pem) } },
	     2);
	load(&world.store, "load-key",
	     (struct word[]){ { "data", text_of(&world.key_pem) } }, 1);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *name = rows[i].words[0].text;

		CHECK_ROW(listed(&world.store, rows[i].words, 2, &ours) ==
				  rows[i].n,
			  name ? name : "all");
		CHECK_ROW(ours == rows[i].ours, name ? name : "all");
	}
	end(&world);
}

/* @cacert NULL for none; the error it ends with, "" if it is taken. */
static void load_authority(struct world *world, const char *name,
			   const char *cacert, const char *const *uris,
			   size_t n, const char *want)
{
	struct setting *settings = settings_of(NULL, 0);
	struct setting *section, *texts, *answer;
	struct err err;

	section =
		setting_new(settings, SETTING_SECTION, name, span_of(NULL, 0));
	if (cacert)
		setting_new(section, SETTING_VALUE, "cacert",
			    span_of_text(cacert));
	texts = setting_new(section, SETTING_LIST, "crl_uris",
			    span_of(NULL, 0));
	for (size_t i = 0; i < n; i++)
		setting_new(texts, SETTING_VALUE, NULL, span_of_text(uris[i]));
	CHECK(run(&world->store, "load-authority", settings, &answer, &err) ==
	      (*want ? -1 : 0));
	CHECK(strstr(err.text, want) != NULL);
	setting_free(answer);
}

static void check_uris(const struct setting *authority, const char *const *crls,
		       size_t n)
{
	const struct setting *list = setting_find(authority, "crl_uris");
	const struct setting *at = list ? list->first : NULL;

	CHECK(strstr(setting_text(authority, "cacert", ""), "CN=ca"));
	for (size_t i = 0; i < n; i++, at = at ? at->next : NULL)
		CHECK(at && strcmp((const char *)at->data, crls[i]) == 0);
	CHECK(!at);
	list = setting_find(authority, "ocsp_uris");
	CHECK(list && !list->first);
}

static void authorities(void)
{
	const char *const uris[] = { "http://a.example/crl",
				     "http://b.example/" };
	const struct word two = { "name", "two" };
	struct setting *answer;
	const struct setting *list;
	struct world world;
	struct err err;

	begin(&world);
	load_authority(&world, "one", NULL, uris, 2,
		       "authority one: 'cacert' is missing");
	load_authority(&world, "one", "x", uris, 2,
		       "authority one: is no X.509 certificate");
	load_authority(&world, "one", text_of(&world.ca_pem), uris, 2, "");
	load_authority(&world, "two", text_of(&world.ca_pem), uris, 1, "");
	CHECK(!run(&world.store, "list-authorities", settings_of(NULL, 0),
		   &answer, &err));
	list = setting_find(answer, "authorities");
	if (CHECK(list && setting_find(list, "one") &&
		  setting_find(list, "two"))) {
		check_uris(setting_find(list, "one"), uris, 2);
		check_uris(setting_find(list, "two"), uris, 1);
	}
	setting_free(answer);
	CHECK(!run(&world.store, "list-authorities", settings_of(&two, 1),
		   &answer, &err));
	list = setting_find(answer, "authorities");
	CHECK(list && setting_find(list, "two") && !setting_find(list, "one"));
	setting_free(answer);
	load(&world.store, "unload-authority", &two, 1);
	CHECK(world.store.authorities && !world.store.authorities->next);
	end(&world);
}

/* As text, which strongSwan reads too, and with one of several passwords. */
static void pkcs12_of_text(void)
{
	struct world world;
	struct buf pem;
	PKCS12 *p12;
	size_t ours;

	begin(&world);
	p12 = PKCS12_create("right", "x", world.end.key, world.end.cert, NULL,
			    0, 0, 0, 0, 0);
	pem = pem_of(write_pkcs12, p12);
	PKCS12_free(p12);
	load(&world.store, "load-pkcs12",
	     (struct word[]){ { "data", text_of(&pem) },
			      { "secrets", NULL, { "wrong", "right" } } },
	     2);
	CHECK(listed(&world.store, NULL, 0, &ours) == 1 && ours == 1);
	buf_free(&pem);
	end(&world);
}

/* ------------------------------------------------------ what was fetched */

static size_t count_crls(const struct keys_store *store)
{
	size_t n = 0;

	for (const struct keys_crl *i = store->crls; i; i = i->next)
		n++;
	return n;
}

static void flushes(void)
{
	static const struct {
		const char *type;
		size_t left;
	} rows[] = {
		{ "OCSP_RESPONSE", 2 }, { "X509", 2 }, { "X509_CRL", 1 },
		{ "any", 1 },		{ NULL, 1 },
	};
	const struct pki_spec spec = { .cn = "other", .ca = true };
	struct pki other = pki_make(&spec);
	const struct pki *const none[] = { NULL };
	X509_CRL *fetched =
		pki_crl(&other, none, PKI_NOW - 1, PKI_NOW + PKI_DAY);

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct word word = { "type", rows[i].type };
		struct world world;
		struct err err;

		begin(&world);
		CHECK(!keys_add_crl(&world.store, world.crl, NULL, &err));
		CHECK(!keys_add_crl(&world.store, fetched, "http://x", &err));
		load(&world.store, "flush-certs", &word, rows[i].type ? 1 : 0);
		CHECK_ROW(count_crls(&world.store) == rows[i].left,
			  rows[i].type ? rows[i].type : "none");
		/* What was given to us is not fetched again. */
		CHECK(!world.store.crls->next || rows[i].left == 2);
		end(&world);
	}
	X509_CRL_free(fetched);
	pki_free(&other);
}

/* Of many CAs the newest CRLs are kept, and all that were given to us. */
static void few_are_kept(void)
{
	const struct pki *const none[] = { NULL };
	struct keys_store store = KEYS_STORE_INIT;
	struct err err;
	char cn[16];

	for (unsigned int i = 0; i < CRL_FETCHED_MAX + 10; i++) {
		const struct pki_spec spec = { .cn = cn, .ca = true };
		struct pki ca;
		X509_CRL *crl;

		snprintf(cn, sizeof(cn), "ca %u", i);
		ca = pki_make(&spec);
		crl = pki_crl(&ca, none, PKI_NOW - 1, PKI_NOW + PKI_DAY);
		CHECK(!keys_add_crl(&store, crl, i < 5 ? NULL : "http://x",
				    &err));
		X509_CRL_free(crl);
		pki_free(&ca);
	}
	CHECK(count_crls(&store) == CRL_FETCHED_MAX + 5);
	keys_flush_fetched(&store, KEYS_CRL);
	CHECK(count_crls(&store) == 5);
	keys_clear(&store);
}

static const struct tap_test tests[] = {
	{ "what is refused, and why", refusals },
	{ "what there is, by type, flag and subject", lists },
	{ "authorities", authorities },
	{ "PKCS#12 as text", pkcs12_of_text },
	{ "what was fetched is forgotten", flushes },
	{ "not all that was fetched is kept", few_are_kept },
};

TAP_MAIN(tests)
