// SPDX-License-Identifier: GPL-2.0-or-later
/* What keys are read from, whose secrets are whose, and VICI's commands. */
#include "../keys/store.h"

#include <openssl/pkcs12.h>

#include "../../lib/setting.h"
#include "../../lib/vici.h"
#include "../../tests/tap.h"
#include "../keys/command.h"
#include "../keys/load.h"
#include "keys_pki.h"

static bool says(const struct err *err, const char *text)
{
	if (strstr(err->text, text))
		return true;
	printf("# '%s' says nothing of '%s'\n", err->text, text);
	return false;
}

static void add(struct keys_store *store, const char *secret, const char *a,
		const char *b)
{
	const char *owners[] = { a, b };
	struct err err = { 0 };

	CHECK(!keys_add_shared(store, KEYS_IKE, "", span_of_text(secret),
			       owners, a ? (b ? 2 : 1) : 0, &err));
	CHECK_TEXT(err.text, "");
}

static void fill(struct keys_store *store)
{
	add(store, "all", NULL, NULL);
	add(store, "a-b", "a.example.org", "b.example.org");
	add(store, "a-c", "a.example.org", "c.example.org");
	add(store, "any-d", "%any", "d.example.org");
	add(store, "star", "a.example.org", "*.example.net");
	add(store, "addr", "192.0.2.1", "192.0.2.2");
	add(store, "mail", "a.example.org", "carol@example.org");
	add(store, "dn", "a.example.org", "C=CH, O=adit, CN=*");
	add(store, "one", "only.example.com", NULL);
}

static const struct {
	const char *local, *remote;
	const char *local_addr, *remote_addr;
	const char *want;
} pairs[] = {
	{ "a.example.org", "b.example.org", NULL, NULL, "a-b" },
	{ "b.example.org", "a.example.org", NULL, NULL, "a-b" },
	{ "a.example.org", "c.example.org", NULL, NULL, "a-c" },
	{ "A.EXAMPLE.ORG", "C.example.ORG", NULL, NULL, "a-c" },
	{ "x", "d.example.org", NULL, NULL, "any-d" },
	{ "a.example.org", "host.example.net", NULL, NULL, "star" },
	{ "a.example.org", "carol@example.org", NULL, NULL, "mail" },
	{ "a.example.org", "C=CH, O=adit, CN=peer", NULL, NULL, "dn" },
	{ "192.0.2.1", "192.0.2.2", NULL, NULL, "addr" },
	{ "x", "y", "192.0.2.1", "192.0.2.2", "addr" },
	/* An identity is better than an address. */
	{ "a.example.org", "b.example.org", "192.0.2.1", "192.0.2.2", "a-b" },
	{ "x", "only.example.com", NULL, NULL, "one" },
	{ "x", "y", NULL, NULL, "any-d" },
};

static const char *find(const struct keys_store *store, size_t i)
{
	const struct keys_shared *found;
	struct ident local, remote;
	struct keys_pair pair = { .local = &local, .remote = &remote };
	struct err err = { 0 };

	CHECK(!ident_parse(&local, pairs[i].local, &err) &&
	      !ident_parse(&remote, pairs[i].remote, &err));
	if (pairs[i].local_addr)
		CHECK(!addr_parse(&pair.local_addr, pairs[i].local_addr,
				  &err) &&
		      !addr_parse(&pair.remote_addr, pairs[i].remote_addr,
				  &err));
	found = keys_find_shared(store, KEYS_IKE, &pair);
	ident_free(&local);
	ident_free(&remote);
	return found ? (const char *)found->secret.data : "nothing";
}

static void secrets(void)
{
	struct keys_store store = KEYS_STORE_INIT;

	fill(&store);
	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++) {
		const char *got = find(&store, i);
		const char *want = pairs[i].want;

		/* The secret has no NUL behind it. */
		CHECK_ROW(strncmp(got, want, strlen(want)) == 0,
			  pairs[i].remote);
	}
	keys_clear(&store);
}

static void no_secret(void)
{
	struct keys_store store = KEYS_STORE_INIT;
	const char *owners[] = { "a", "b" };
	struct err err = { 0 };
	char text[64];

	keys_show_shared(&store, KEYS_IKE, text, sizeof(text));
	CHECK_TEXT(text, "none at all");
	add(&store, "s", "a", "b");
	CHECK(!keys_add_shared(&store, KEYS_EAP, "x", span_of_text("y"), owners,
			       1, &err));
	keys_show_shared(&store, KEYS_IKE, text, sizeof(text));
	CHECK_TEXT(text, "a - b");
	add(&store, "t", NULL, NULL);
	keys_show_shared(&store, KEYS_IKE, text, sizeof(text));
	CHECK_TEXT(text, "one for all, a - b");
	keys_show_shared(&store, KEYS_IKE, text, 12);
	CHECK_TEXT(text, "one for all");
	CHECK(keys_add_shared(&store, KEYS_IKE, "", span_of_text(""), owners, 1,
			      &err) == -1);
	CHECK(says(&err, "1 to 4096 octets"));
	/* Of that name there is one only. */
	CHECK(!keys_add_shared(&store, KEYS_EAP, "x", span_of_text("z"), owners,
			       2, &err));
	CHECK(keys_remove_shared(&store, "x"));
	CHECK(!keys_remove_shared(&store, "x"));
	keys_clear(&store);
	CHECK(!store.shared);
}

static void private_keys(void)
{
	struct pki pki = pki_make(&(struct pki_spec){ .cn = "a" });
	struct keys_store store = KEYS_STORE_INIT;
	struct buf plain = pki_key_pem(&pki, NULL);
	struct buf locked = pki_key_pem(&pki, "sesame");
	uint8_t id[KEYS_ID_LEN], want[KEYS_ID_LEN], *der = NULL;
	struct err err = { 0 };
	int len;

	CHECK(!keys_load_private(&store, buf_span(&plain), NULL, id, &err));
	CHECK(!keys_key_id(pki.key, want) && memcmp(id, want, 20) == 0);
	CHECK(keys_private_of(&store, X509_get0_pubkey(pki.cert)));
	/* Again, encrypted and DER, is the same one. */
	CHECK(!keys_load_private(&store, buf_span(&locked), "sesame", id,
				 &err));
	len = i2d_PrivateKey(pki.key, &der);
	CHECK(!keys_load_private(&store, span_of(der, (size_t)len), NULL, id,
				 &err));
	OPENSSL_free(der);
	CHECK(store.privates && !store.privates->next);
	CHECK(keys_load_private(&store, buf_span(&locked), NULL, id, &err));
	CHECK(says(&err, "is encrypted: its password is missing"));
	CHECK(keys_load_private(&store, buf_span(&locked), "simsim", id, &err));
	CHECK(says(&err, "the password does not open"));
	CHECK(keys_load_private(&store, span_of_text("rubbish"), NULL, id,
				&err));
	CHECK(says(&err, "is no private key"));
	CHECK(keys_load_private(&store, span_of(NULL, 0), NULL, id, &err));
	CHECK(keys_remove_private(&store, want));
	CHECK(!keys_remove_private(&store, want));
	buf_free(&plain);
	buf_free(&locked);
	keys_clear(&store);
	pki_free(&pki);
}

static bool has_two(const struct keys_store *store, enum keys_flag first,
		    enum keys_flag second)
{
	const struct keys_cert *one = store->certs;
	const struct keys_cert *two = one ? one->next : NULL;

	return one && two && !two->next && one->flag == first &&
	       two->flag == second;
}

static void certificates(void)
{
	struct pki ca = pki_make(&(struct pki_spec){ .cn = "ca", .ca = true });
	struct pki end =
		pki_make(&(struct pki_spec){ .cn = "e", .issuer = &ca });
	struct keys_store store = KEYS_STORE_INIT;
	struct buf pem = pki_cert_pem(&end), more = pki_cert_pem(&ca);
	struct err err = { 0 };

	buf_add_span(&pem, buf_span(&more));
	CHECK(!keys_load_cert(&store, buf_span(&pem), KEYS_CERT_END, "/x",
			      &err));
	/* What is behind it is trusted for nothing. */
	CHECK(has_two(&store, KEYS_CERT_END, KEYS_CERT_CHAIN));
	CHECK_TEXT(store.certs ? store.certs->name : "", "/x");
	CHECK(keys_load_cert(&store, buf_span(&pem), KEYS_CERT_CA, "/x",
			     &err) == -1);
	CHECK(says(&err, "is not the certificate of a CA"));
	CHECK(!keys_load_cert(&store, buf_span(&more), KEYS_CERT_CA, "", &err));
	CHECK(keys_load_cert(&store, span_of_text("-----BEGIN X"), KEYS_CERT_CA,
			     "", &err) == -1);
	CHECK(says(&err, "has no certificate in it"));
	CHECK(keys_load_cert(&store, span_of_text("x"), KEYS_CERT_CA, "",
			     &err) == -1);
	CHECK(keys_load_crl(&store, buf_span(&pem), &err) == -1);
	CHECK(says(&err, "is no CRL"));
	buf_free(&pem);
	buf_free(&more);
	keys_clear(&store);
	pki_free(&ca);
	pki_free(&end);
}

static void newer_crl(void)
{
	struct pki ca = pki_make(&(struct pki_spec){ .cn = "ca", .ca = true });
	const struct pki *none[] = { NULL };
	struct keys_store store = KEYS_STORE_INIT;
	X509_CRL *old = pki_crl(&ca, none, PKI_NOW, PKI_NOW + 10);
	X509_CRL *new = pki_crl(&ca, none, PKI_NOW + 5, PKI_NOW + 20);
	struct err err;

	CHECK(!keys_add_crl(&store, old, NULL, &err));
	CHECK(!keys_add_crl(&store, new, NULL, &err));
	CHECK(store.crls->crl == new && !store.crls->next);
	CHECK(!keys_add_crl(&store, old, NULL, &err));
	CHECK(store.crls->crl == new && !store.crls->next);
	X509_CRL_free(old);
	X509_CRL_free(new);
	keys_clear(&store);
	pki_free(&ca);
}

static struct buf make_pkcs12(const struct pki *end, const struct pki *ca,
			      const char *password)
{
	STACK_OF(X509) *chain = sk_X509_new_null();
	struct buf out = BUF_INIT;
	uint8_t *der = NULL;
	PKCS12 *p12;
	int len;

	sk_X509_push(chain, ca->cert);
	p12 = PKCS12_create(password, "x", end->key, end->cert, chain, 0, 0, 0,
			    0, 0);
	len = i2d_PKCS12(p12, &der);
	buf_add(&out, der, (size_t)len);
	OPENSSL_free(der);
	PKCS12_free(p12);
	sk_X509_free(chain);
	return out;
}

static void pkcs12(void)
{
	struct pki ca = pki_make(&(struct pki_spec){ .cn = "ca", .ca = true });
	struct pki end =
		pki_make(&(struct pki_spec){ .cn = "e", .issuer = &ca });
	struct keys_store store = KEYS_STORE_INIT;
	struct buf data = make_pkcs12(&end, &ca, "sesame");
	struct err err = { 0 };

	CHECK(keys_load_pkcs12(&store, buf_span(&data), NULL, "/p", &err));
	CHECK(says(&err, "has a password, which is missing"));
	CHECK(keys_load_pkcs12(&store, buf_span(&data), "x", "/p", &err));
	CHECK(says(&err, "the password does not open"));
	CHECK(!store.certs && !store.privates);
	CHECK(!keys_load_pkcs12(&store, buf_span(&data), "sesame", "/p", &err));
	CHECK(keys_private_of(&store, X509_get0_pubkey(end.cert)));
	CHECK(has_two(&store, KEYS_CERT_END, KEYS_CERT_CHAIN));
	CHECK(keys_load_pkcs12(&store, span_of_text("x"), NULL, "", &err));
	buf_free(&data);
	keys_clear(&store);
	pki_free(&ca);
	pki_free(&end);
}

static struct setting *section(void)
{
	return setting_new(NULL, SETTING_SECTION, NULL, span_of(NULL, 0));
}

static void put(struct setting *to, const char *name, struct span value)
{
	setting_new(to, SETTING_VALUE, name, value);
}

static int run(struct keys_store *store, const char *name,
	       struct setting *settings, struct setting **answer,
	       struct err *err)
{
	int rc;

	*err = (struct err){ 0 };
	*answer = section();
	CHECK_ROW(keys_has_command(span_of_text(name)), name);
	rc = keys_command(store, span_of_text(name), settings, *answer, err);
	setting_free(settings);
	return rc;
}

/* One value of one list, or "" */
static const char *only(const struct setting *answer, const char *name)
{
	const struct setting *list = setting_find(answer, name);

	return list && list->first && !list->first->next ?
		       (const char *)list->first->data :
		       "";
}

static void shared_commands(void)
{
	struct keys_store store = KEYS_STORE_INIT;
	struct setting *settings = section(), *answer, *owners;
	struct err err;

	put(settings, "id", span_of_text("ike-1"));
	put(settings, "type", span_of_text("ike"));
	put(settings, "data", span_of_text("secret"));
	owners =
		setting_new(settings, SETTING_LIST, "owners", span_of(NULL, 0));
	put(owners, NULL, span_of_text("a.example.org"));
	CHECK(!run(&store, "load-shared", settings, &answer, &err));
	setting_free(answer);
	CHECK(store.shared && store.shared->n_owners == 1);
	CHECK(!run(&store, "get-shared", section(), &answer, &err));
	CHECK_TEXT(only(answer, "keys"), "ike-1");
	setting_free(answer);
	settings = section();
	put(settings, "id", span_of_text("ike-1"));
	CHECK(!run(&store, "unload-shared", settings, &answer, &err));
	setting_free(answer);
	CHECK(!store.shared);
	settings = section();
	put(settings, "type", span_of_text("dog"));
	put(settings, "data", span_of_text("x"));
	CHECK(run(&store, "load-shared", settings, &answer, &err) == -1);
	CHECK(says(&err, "'dog' is none of IKE"));
	setting_free(answer);
	CHECK(run(&store, "load-shared", section(), &answer, &err) == -1);
	CHECK(says(&err, "'type' is missing"));
	setting_free(answer);
	keys_clear(&store);
}

static void key_commands(void)
{
	struct pki pki = pki_make(&(struct pki_spec){ .cn = "a" });
	struct buf pem = pki_key_pem(&pki, "second");
	struct setting *settings = section(), *answer, *list;
	struct keys_store store = KEYS_STORE_INIT;
	char id[64];
	struct err err;

	put(settings, "type", span_of_text("any"));
	put(settings, "data", buf_span(&pem));
	put(settings, "file", span_of_text("/etc/key.pem"));
	list = setting_new(settings, SETTING_LIST, "secrets", span_of(NULL, 0));
	put(list, NULL, span_of_text("first"));
	put(list, NULL, span_of_text("second"));
	CHECK(!run(&store, "load-key", settings, &answer, &err));
	snprintf(id, sizeof(id), "%s", setting_text(answer, "id", ""));
	setting_free(answer);
	CHECK(strlen(id) == 40);
	CHECK(!run(&store, "get-keys", section(), &answer, &err));
	CHECK_TEXT(only(answer, "keys"), id);
	setting_free(answer);
	settings = section();
	put(settings, "id", span_of_text(id));
	CHECK(!run(&store, "unload-key", settings, &answer, &err));
	setting_free(answer);
	CHECK(!store.privates);
	settings = section();
	put(settings, "data", span_of_text("x"));
	put(settings, "file", span_of_text("/etc/key.pem"));
	CHECK(run(&store, "load-key", settings, &answer, &err) == -1);
	CHECK(says(&err, "/etc/key.pem: is no private key"));
	setting_free(answer);
	CHECK(run(&store, "load-token", section(), &answer, &err) == -1);
	setting_free(answer);
	buf_free(&pem);
	keys_clear(&store);
	pki_free(&pki);
}

static struct setting *cert_settings(const struct buf *pem, const char *flag)
{
	struct setting *settings = section();

	put(settings, "type", span_of_text("X509"));
	put(settings, "flag", span_of_text(flag));
	put(settings, "data", buf_span(pem));
	return settings;
}

static size_t count(const struct setting *list)
{
	size_t n = 0;

	for (const struct setting *i = list ? list->first : NULL; i;
	     i = i->next)
		n++;
	return n;
}

/* What the files have, no client takes away; swanctl would if it was listed. */
static void of_files(void)
{
	static const struct keys_uris none[KEYS_SOURCES];
	static const char *const lists[][2] = {
		{ "get-shared", "keys" },
		{ "get-keys", "keys" },
		{ "get-authorities", "authorities" },
	};
	static const char *const unloads[][2] = {
		{ "unload-shared", "id" },
		{ "unload-key", "id" },
		{ "unload-authority", "name" },
	};
	struct pki ca = pki_make(&(struct pki_spec){ .cn = "ca", .ca = true });
	struct pki end =
		pki_make(&(struct pki_spec){ .cn = "e", .issuer = &ca });
	struct keys_store store = KEYS_STORE_INIT;
	struct setting *settings, *answer;
	uint8_t id[KEYS_ID_LEN];
	char hex[2 * KEYS_ID_LEN + 1];
	const char *names[] = { "one", hex, "x" };
	struct err err;

	store.of_files = true;
	CHECK(!keys_add_shared(&store, KEYS_IKE, "one", span_of_text("a"), NULL,
			       0, &err));
	CHECK(!keys_add_private(&store, end.key, id, &err));
	CHECK(!keys_add_cert(&store, end.cert, KEYS_CERT_END, "", &err));
	CHECK(!keys_add_public(&store, end.key, "", &err));
	CHECK(!keys_add_authority(&store, "x", ca.cert, none, &err));
	store.of_files = false;
	CHECK(!keys_add_shared(&store, KEYS_IKE, "two", span_of_text("b"), NULL,
			       0, &err));
	CHECK(!keys_add_private(&store, ca.key, NULL, &err));
	CHECK(!keys_add_cert(&store, ca.cert, KEYS_CERT_CA, "", &err));
	CHECK(!keys_add_public(&store, ca.key, "", &err));
	CHECK(!keys_add_authority(&store, "y", ca.cert, none, &err));
	for (size_t i = 0; i < KEYS_ID_LEN; i++)
		snprintf(hex + 2 * i, 3, "%02x", id[i]);
	for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
		CHECK(!run(&store, lists[i][0], section(), &answer, &err));
		CHECK_ROW(count(setting_find(answer, lists[i][1])) == 1,
			  lists[i][0]);
		setting_free(answer);
		settings = section();
		put(settings, unloads[i][1], span_of_text(names[i]));
		CHECK_ROW(run(&store, unloads[i][0], settings, &answer, &err) ==
				  -1,
			  unloads[i][0]);
		CHECK(strstr(err.text, "is of the configuration files"));
		setting_free(answer);
	}
	CHECK(!run(&store, "clear-creds", section(), &answer, &err));
	setting_free(answer);
	CHECK_TEXT(store.shared->name, "one");
	CHECK(!store.shared->next && !store.privates->next &&
	      !store.publics->next && keys_private_of(&store, end.key));
	/* The end's, and those of both authorities. */
	CHECK(store.certs->cert == end.cert && store.certs->next->next &&
	      !store.certs->next->next->next);
	keys_clear(&store);
	pki_free(&end);
	pki_free(&ca);
}

/* More than a packet of VICI has room for. */
static void many_certs(void)
{
	enum { MANY = 1000 };
	struct pki end = pki_make(&(struct pki_spec){ .cn = "e" });
	struct keys_store store = KEYS_STORE_INIT;
	size_t n = 0, answers = 0;
	char from[24] = "0";
	struct err err;

	for (size_t i = 0; i < MANY; i++) {
		char name[24];

		snprintf(name, sizeof(name), "/x509/%zu", i);
		CHECK(!keys_add_cert(&store, end.cert, KEYS_CERT_END, name,
				     &err));
	}
	while (*from && answers < MANY) {
		struct setting *settings = section(), *answer;
		struct buf packet = BUF_INIT;

		put(settings, "from", span_of_text(from));
		CHECK(!run(&store, "list-certs", settings, &answer, &err));
		n += count(setting_find(answer, "certs"));
		snprintf(from, sizeof(from), "%s",
			 setting_text(answer, "next", ""));
		vici_encode(&packet, VICI_CMD_RESPONSE, NULL, answer);
		CHECK(!packet.failed);
		buf_free(&packet);
		setting_free(answer);
		answers++;
	}
	CHECK(n == MANY && answers > 1 && answers < 20);
	keys_clear(&store);
	pki_free(&end);
}

static void cert_commands(void)
{
	struct pki ca = pki_make(&(struct pki_spec){ .cn = "ca", .ca = true });
	struct pki end = pki_make(&(struct pki_spec){
		.cn = "e", .issuer = &ca, .san = "DNS:e.example.org" });
	struct buf pem = pki_cert_pem(&end), ca_pem = pki_cert_pem(&ca);
	struct keys_store store = KEYS_STORE_INIT;
	struct setting *settings, *answer;
	struct err err;

	CHECK(!keys_add_private(&store, end.key, NULL, &err));
	CHECK(!run(&store, "load-cert", cert_settings(&pem, "NONE"), &answer,
		   &err));
	setting_free(answer);
	CHECK(!run(&store, "load-cert", cert_settings(&ca_pem, "CA"), &answer,
		   &err));
	setting_free(answer);
	CHECK(run(&store, "load-cert", cert_settings(&pem, "CA"), &answer,
		  &err) == -1);
	setting_free(answer);
	CHECK(!run(&store, "list-certs", section(), &answer, &err));
	CHECK(count(setting_find(answer, "certs")) == 2);
	setting_free(answer);
	settings = section();
	put(settings, "subject", span_of_text("e.example.org"));
	CHECK(!run(&store, "list-certs", settings, &answer, &err));
	settings = setting_find(answer, "certs");
	if (CHECK(count(settings) == 1)) {
		CHECK_TEXT(setting_text(settings->first, "subject", ""),
			   "C=CH, O=adit, CN=e");
		CHECK_TEXT(setting_text(settings->first, "has_privkey", ""),
			   "yes");
		CHECK_TEXT(setting_text(settings->first, "flag", ""), "NONE");
		CHECK_TEXT(setting_text(settings->first, "type", ""), "X509");
	}
	setting_free(answer);
	CHECK(!run(&store, "clear-creds", section(), &answer, &err));
	setting_free(answer);
	CHECK(!store.certs && !store.privates);
	buf_free(&pem);
	buf_free(&ca_pem);
	keys_clear(&store);
	pki_free(&ca);
	pki_free(&end);
}

static void authority_commands(void)
{
	struct pki ca = pki_make(&(struct pki_spec){ .cn = "ca", .ca = true });
	struct buf pem = pki_cert_pem(&ca);
	struct keys_store store = KEYS_STORE_INIT;
	struct setting *settings = section(), *answer, *authority, *list;
	struct err err;

	authority = setting_new(settings, SETTING_SECTION, "auth",
				span_of(NULL, 0));
	put(authority, "cacert", buf_span(&pem));
	list = setting_new(authority, SETTING_LIST, "crl_uris",
			   span_of(NULL, 0));
	put(list, NULL, span_of_text("http://crl.example.org/ca.crl"));
	CHECK(!run(&store, "load-authority", settings, &answer, &err));
	setting_free(answer);
	CHECK(store.certs && store.certs->flag == KEYS_CERT_CA);
	CHECK(store.authorities && store.authorities->uris[KEYS_CRL].n == 1 &&
	      !store.authorities->uris[KEYS_OCSP].n);
	CHECK(!run(&store, "clear-creds", section(), &answer, &err));
	setting_free(answer);
	CHECK(store.certs && store.authorities);
	CHECK(!run(&store, "get-authorities", section(), &answer, &err));
	CHECK_TEXT(only(answer, "authorities"), "auth");
	setting_free(answer);
	settings = section();
	put(settings, "name", span_of_text("auth"));
	CHECK(!run(&store, "unload-authority", settings, &answer, &err));
	setting_free(answer);
	CHECK(!store.certs && !store.authorities);
	buf_free(&pem);
	keys_clear(&store);
	pki_free(&ca);
}

static bool has_shared(const struct keys_store *store, const char *name,
		       const char *secret)
{
	const struct keys_shared *i = store->shared;

	while (i && strcmp(i->name, name) != 0)
		i = i->next;
	return i && span_equal(buf_span(&i->secret), span_of_text(secret));
}

static void add_named(struct keys_store *store, const char *name,
		      const char *secret)
{
	struct err err;

	CHECK(!keys_add_shared(store, KEYS_IKE, name, span_of_text(secret),
			       NULL, 0, &err));
}

/* The folder again: its own goes if it is not in it any more, VICI's stays. */
static void read_again(void)
{
	struct pki ca = pki_make(&(struct pki_spec){ .cn = "ca", .ca = true });
	struct pki other =
		pki_make(&(struct pki_spec){ .cn = "b", .ca = true });
	struct keys_store store = KEYS_STORE_INIT, next = KEYS_STORE_INIT;
	const struct keys_uris no_uris[KEYS_SOURCES] = { 0 };
	struct err err;

	store.of_files = true;
	add_named(&store, "gone", "a");
	add_named(&store, "stays", "b");
	CHECK(!keys_add_private(&store, ca.key, NULL, &err));
	CHECK(!keys_add_cert(&store, ca.cert, KEYS_CERT_CA, "/ca", &err));
	CHECK(!keys_add_authority(&store, "one", ca.cert, no_uris, &err));
	store.of_files = false;
	add_named(&store, "vici", "c");
	add_named(&store, "both", "d");
	add_named(&store, "", "without a name");
	CHECK(!keys_add_private(&store, other.key, NULL, &err));
	CHECK(!keys_add_cert(&store, other.cert, KEYS_CERT_CA, "", &err));
	CHECK(!keys_add_authority(&store, "two", other.cert, no_uris, &err));

	next.of_files = true;
	add_named(&next, "stays", "new");
	add_named(&next, "both", "of the file");
	CHECK(!keys_take_over(&next, &store, &err));
	CHECK(!has_shared(&next, "gone", "a"));
	CHECK(has_shared(&next, "stays", "new"));
	CHECK(has_shared(&next, "vici", "c"));
	CHECK(has_shared(&next, "both", "of the file"));
	CHECK(has_shared(&next, "", "without a name"));
	CHECK(!keys_private_of(&next, ca.key));
	CHECK(keys_private_of(&next, other.key));
	CHECK(next.certs && !X509_cmp(next.certs->cert, other.cert));
	CHECK(next.authorities && !next.authorities->next &&
	      !strcmp(next.authorities->name, "two"));
	CHECK(!store.shared && !store.privates && !store.certs);

	/* And once more, with nothing in the folder. */
	store.of_files = true;
	CHECK(!keys_take_over(&store, &next, &err));
	CHECK(!has_shared(&store, "stays", "new"));
	CHECK(!has_shared(&store, "both", "of the file"));
	CHECK(has_shared(&store, "vici", "c"));
	keys_clear(&store);
	pki_free(&ca);
	pki_free(&other);
}

static const struct tap_test tests[] = {
	{ "the folder is read again", read_again },
	{ "secrets of two", secrets },
	{ "what there are secrets for", no_secret },
	{ "private keys", private_keys },
	{ "certificates", certificates },
	{ "the newer CRL", newer_crl },
	{ "PKCS#12", pkcs12 },
	{ "commands of secrets", shared_commands },
	{ "commands of keys", key_commands },
	{ "commands of certificates", cert_commands },
	{ "a list of certificates that is long", many_certs },
	{ "what is of the files stays", of_files },
	{ "commands of authorities", authority_commands },
};

TAP_MAIN(tests)
