// SPDX-License-Identifier: GPL-2.0-or-later
/* See command.h. */
#include "command.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "../../lib/util.h"
#include "list.h"
#include "x509.h"
#include "load.h"
#include "mschap.h"

enum { ITEMS_MAX = 256 };

/* What a command works on. */
struct call {
	struct keys_store *store;
	const struct setting *settings;
	struct setting *answer;
	struct err *err;
};

static int no_memory(struct call *call)
{
	return err_set(call->err, ERR_REFUSED, "out of memory");
}

/* A value that must be there, NULL with an error if it is not. */
static const struct setting *need(struct call *call, const char *name)
{
	const struct setting *item = setting_find(call->settings, name);

	if (item && item->kind == SETTING_VALUE)
		return item;
	err_set(call->err, ERR_USAGE, "'%s' is missing", name);
	return NULL;
}

static struct span data_of(const struct setting *item)
{
	return span_of(item->data, item->len);
}

/* The file it is from, in front of what is wrong. */
static int blame(struct call *call, int rc)
{
	const char *file = setting_text(call->settings, "file", NULL);

	if (rc && file)
		err_prefix(call->err, "%.200s: ", file);
	return rc;
}

/* The values of a list, views; how many. */
static size_t list_of(const struct setting *section, const char *name,
		      const char *texts[ITEMS_MAX])
{
	const struct setting *list = setting_find(section, name);
	size_t n = 0;

	if (!list || list->kind != SETTING_LIST)
		return 0;
	for (const struct setting *i = list->first; i && n < ITEMS_MAX;
	     i = i->next)
		texts[n++] = (const char *)i->data;
	return n;
}

static const struct shared_row {
	const char *type;
	enum keys_kind kind;
} shared_rows[] = {
	{ "IKE", KEYS_IKE }, { "EAP", KEYS_EAP },   { "XAUTH", KEYS_EAP },
	{ "PPK", KEYS_PPK }, { "NTLM", KEYS_NTLM },
};

/* What could never be of use is not taken without a word. */
static int check_shared(const struct shared_row *row, struct span data,
			struct err *err)
{
	if (row->kind == KEYS_NTLM && data.len != MSCHAP_HASH_LEN)
		return err_set(
			err, ERR_USAGE,
			"an NTLM hash has %d octets, not %zu: write it as 0x and 32 digits",
			MSCHAP_HASH_LEN, data.len);
	/* XAuth does with the password itself. */
	if (row->kind == KEYS_NTLM || strcmp(row->type, "EAP") == 0)
		return mschap_check(err);
	return 0;
}

static int load_shared(struct call *call)
{
	const struct setting *type = need(call, "type");
	const struct setting *data = type ? need(call, "data") : NULL;
	const char *owners[ITEMS_MAX];
	size_t n = list_of(call->settings, "owners", owners);

	if (!data)
		return -1;
	for (size_t i = 0; i < ARRAY_SIZE(shared_rows); i++)
		if (strcasecmp(shared_rows[i].type, (const char *)type->data) ==
		    0)
			return check_shared(&shared_rows[i], data_of(data),
					    call->err) ?
				       -1 :
				       keys_add_shared(
					       call->store, shared_rows[i].kind,
					       setting_text(call->settings,
							    "id", ""),
					       data_of(data), owners, n,
					       call->err);
	return err_set(
		call->err, ERR_USAGE,
		"type of a secret: '%.64s' is none of IKE, EAP, XAUTH, PPK, NTLM",
		(const char *)type->data);
}

static int unload_shared(struct call *call)
{
	const struct setting *id = need(call, "id");

	if (!id)
		return -1;
	if (keys_remove_shared(call->store, (const char *)id->data))
		return 0;
	return err_set(call->err, ERR_USAGE, "there is no secret '%.100s'",
		       (const char *)id->data);
}

static struct setting *add_list(struct setting *answer, const char *name)
{
	return setting_new(answer, SETTING_LIST, name, span_of(NULL, 0));
}

static int get_shared(struct call *call)
{
	struct setting *list = add_list(call->answer, "keys");

	if (!list)
		return no_memory(call);
	for (const struct keys_shared *i = call->store->shared; i; i = i->next)
		if (*i->name && !setting_new(list, SETTING_VALUE, NULL,
					     span_of_text(i->name)))
			return no_memory(call);
	return 0;
}

enum { HEX_SIZE = 2 * KEYS_ID_LEN + 1 };

static const char *show_id(const uint8_t *id, char text[HEX_SIZE])
{
	for (size_t i = 0; i < KEYS_ID_LEN; i++)
		snprintf(text + 2 * i, 3, "%02x", id[i]);
	return text;
}

/* Without a password, then with each. */
static int try_passwords(struct call *call, const struct setting *data,
			 uint8_t id[KEYS_ID_LEN])
{
	const char *passwords[ITEMS_MAX];
	size_t n = list_of(call->settings, "secrets", passwords);
	int rc = keys_load_private(call->store, data_of(data), NULL, id,
				   call->err);

	for (size_t i = 0; rc && i < n; i++)
		rc = keys_load_private(call->store, data_of(data), passwords[i],
				       id, call->err);
	return blame(call, rc);
}

static int load_key(struct call *call)
{
	const struct setting *data = need(call, "data");
	uint8_t id[KEYS_ID_LEN];
	char text[HEX_SIZE];

	if (!data || try_passwords(call, data, id))
		return -1;
	/* An answer that is not empty has to say that itself. */
	if (!setting_new(call->answer, SETTING_VALUE, "success",
			 span_of_text("yes")) ||
	    !setting_new(call->answer, SETTING_VALUE, "id",
			 span_of_text(show_id(id, text))))
		return no_memory(call);
	return 0;
}

static int unload_key(struct call *call)
{
	const struct setting *want = need(call, "id");
	char text[HEX_SIZE];

	if (!want)
		return -1;
	for (const struct keys_private *i = call->store->privates; i;
	     i = i->next)
		if (strcasecmp(show_id(i->id, text),
			       (const char *)want->data) == 0) {
			keys_remove_private(call->store, i->id);
			return 0;
		}
	return err_set(call->err, ERR_USAGE, "there is no key '%.64s'",
		       (const char *)want->data);
}

static int get_keys(struct call *call)
{
	struct setting *list = add_list(call->answer, "keys");
	char text[HEX_SIZE];

	if (!list)
		return no_memory(call);
	for (const struct keys_private *i = call->store->privates; i;
	     i = i->next)
		if (!setting_new(list, SETTING_VALUE, NULL,
				 span_of_text(show_id(i->id, text))))
			return no_memory(call);
	return 0;
}

static int load_public(struct call *call, const struct setting *data)
{
	EVP_PKEY *key = keys_read_public(data_of(data), call->err);
	int rc = -1;

	if (key)
		rc = keys_add_public(call->store, key,
				     setting_text(call->settings, "file", ""),
				     call->err);
	EVP_PKEY_free(key);
	return rc;
}

static int load_x509(struct call *call, const struct setting *data)
{
	const char *flag = setting_text(call->settings, "flag", "NONE");
	const char *file = setting_text(call->settings, "file", "");
	enum keys_flag kind = KEYS_CERT_END;

	if (strcasecmp(flag, "CA") == 0)
		kind = KEYS_CERT_CA;
	else if (strcasecmp(flag, "OCSP") == 0)
		kind = KEYS_CERT_CHAIN;
	else if (strcasecmp(flag, "NONE") != 0)
		return err_set(
			call->err, ERR_USAGE,
			"flag of a certificate: '%.64s' is none of NONE, CA, OCSP",
			flag);
	return keys_load_cert(call->store, data_of(data), kind, file,
			      call->err);
}

static int load_cert(struct call *call)
{
	const char *type = setting_text(call->settings, "type", "X509");
	const struct setting *data = need(call, "data");
	int rc;

	if (!data)
		return -1;
	if (strcasecmp(type, "X509") == 0)
		rc = load_x509(call, data);
	else if (strcasecmp(type, "X509_CRL") == 0)
		rc = keys_load_crl(call->store, data_of(data), call->err);
	else if (strcasecmp(type, "PUBKEY") == 0)
		rc = load_public(call, data);
	else
		rc = err_set(
			call->err, ERR_USAGE,
			"type of a certificate: '%.64s' is none of X509, X509_CRL, PUBKEY",
			type);
	return blame(call, rc);
}

static int load_pkcs12(struct call *call)
{
	const char *file = setting_text(call->settings, "file", "");
	const struct setting *data = need(call, "data");
	const char *passwords[ITEMS_MAX];
	size_t n = list_of(call->settings, "secrets", passwords);
	int rc;

	if (!data)
		return -1;
	rc = keys_load_pkcs12(call->store, data_of(data), NULL, file,
			      call->err);
	for (size_t i = 0; rc && i < n; i++)
		rc = keys_load_pkcs12(call->store, data_of(data), passwords[i],
				      file, call->err);
	return blame(call, rc);
}

/* As VICI calls them. */
static const char *const source_names[KEYS_SOURCES] = {
	[KEYS_OCSP] = "ocsp_uris",
	[KEYS_CRL] = "crl_uris",
};

static int add_authority(struct call *call, const struct setting *section)
{
	const struct setting *data = setting_find(section, "cacert");
	const char *texts[KEYS_SOURCES][ITEMS_MAX];
	struct keys_uris uris[KEYS_SOURCES];
	X509 *cert;
	int rc;

	if (!data)
		return err_set(call->err, ERR_USAGE, "'cacert' is missing");
	for (size_t i = 0; i < KEYS_SOURCES; i++) {
		uris[i].n = list_of(section, source_names[i], texts[i]);
		uris[i].texts = (char **)texts[i];
	}
	cert = keys_read_cert(data_of(data), call->err);
	if (!cert)
		return -1;
	rc = keys_add_authority(call->store, section->name, cert, uris,
				call->err);
	X509_free(cert);
	return rc;
}

static int load_authority(struct call *call)
{
	for (const struct setting *i = call->settings->first; i; i = i->next)
		if (i->kind == SETTING_SECTION && add_authority(call, i))
			return err_prefix(call->err,
					  "authority %.64s: ", i->name);
	return 0;
}

static int unload_authority(struct call *call)
{
	const struct setting *name = need(call, "name");

	if (!name)
		return -1;
	if (keys_remove_authority(call->store, (const char *)name->data))
		return 0;
	return err_set(call->err, ERR_USAGE, "there is no authority '%.64s'",
		       (const char *)name->data);
}

static int get_authorities(struct call *call)
{
	struct setting *list = add_list(call->answer, "authorities");

	if (!list)
		return no_memory(call);
	for (const struct keys_authority *i = call->store->authorities; i;
	     i = i->next)
		if (!setting_new(list, SETTING_VALUE, NULL,
				 span_of_text(i->name)))
			return no_memory(call);
	return 0;
}

static int show_uris(struct setting *to, const char *name,
		     const struct keys_uris *uris)
{
	struct setting *list = add_list(to, name);

	for (size_t i = 0; list && i < uris->n; i++)
		if (!setting_new(list, SETTING_VALUE, NULL,
				 span_of_text(uris->texts[i])))
			return -1;
	return list ? 0 : -1;
}

static int show_authority(struct setting *parent,
			  const struct keys_authority *authority)
{
	char subject[IDENT_TEXT_SIZE];
	struct setting *to;

	x509_show(authority->cert, subject, sizeof(subject));
	to = setting_new(parent, SETTING_SECTION, authority->name,
			 span_of(NULL, 0));
	if (!to ||
	    !setting_new(to, SETTING_VALUE, "cacert", span_of_text(subject)))
		return -1;
	if (show_uris(to, source_names[KEYS_CRL], &authority->uris[KEYS_CRL]))
		return -1;
	return show_uris(to, source_names[KEYS_OCSP],
			 &authority->uris[KEYS_OCSP]);
}

static int list_authorities(struct call *call)
{
	const char *name = setting_text(call->settings, "name", NULL);
	struct setting *list = setting_new(call->answer, SETTING_SECTION,
					   "authorities", span_of(NULL, 0));

	if (!list)
		return no_memory(call);
	for (const struct keys_authority *i = call->store->authorities; i;
	     i = i->next)
		if ((!name || strcmp(i->name, name) == 0) &&
		    show_authority(list, i))
			return no_memory(call);
	return 0;
}

/* Authorities are none of them: they stay, with their certificates. */
static int clear_creds(struct call *call)
{
	struct keys_store *store = call->store;

	keys_clear_shared(store);
	keys_clear_privates(store);
	keys_clear_certs(store);
	keys_clear_crls(store);
	for (const struct keys_authority *i = store->authorities; i;
	     i = i->next) {
		char name[320];

		snprintf(name, sizeof(name), KEYS_AUTHORITY "%s", i->name);
		if (keys_add_cert(store, i->cert, KEYS_CERT_CA, name,
				  call->err))
			return -1;
	}
	return 0;
}

/* What was fetched is what can be forgotten. */
static int flush_certs(struct call *call)
{
	const char *type = setting_text(call->settings, "type", "any");

	if (strcasecmp(type, "any") == 0)
		keys_flush_fetched(call->store, KEYS_SOURCES);
	else if (strcasecmp(type, "X509_CRL") == 0)
		keys_flush_fetched(call->store, KEYS_CRL);
	else if (strcasecmp(type, "OCSP_RESPONSE") == 0)
		keys_flush_fetched(call->store, KEYS_OCSP);
	return 0;
}

static int list_certs(struct call *call)
{
	if (keys_list(call->store, call->settings, call->answer))
		return no_memory(call);
	return 0;
}

static int load_token(struct call *call)
{
	return err_set(
		call->err, ERR_USAGE,
		"keys on tokens (PKCS#11, TPM) are not supported; put the key into a file");
}

static const struct command {
	const char *name;
	int (*run)(struct call *call);
} commands[] = {
	{ "load-shared", load_shared },
	{ "unload-shared", unload_shared },
	{ "get-shared", get_shared },
	{ "load-key", load_key },
	{ "unload-key", unload_key },
	{ "get-keys", get_keys },
	{ "load-token", load_token },
	{ "load-pkcs12", load_pkcs12 },
	{ "load-cert", load_cert },
	{ "list-certs", list_certs },
	{ "load-authority", load_authority },
	{ "unload-authority", unload_authority },
	{ "get-authorities", get_authorities },
	{ "list-authorities", list_authorities },
	{ "clear-creds", clear_creds },
	{ "flush-certs", flush_certs },
};

static const struct command *find(struct span name)
{
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		if (span_equal(span_of_text(commands[i].name), name))
			return &commands[i];
	return NULL;
}

bool keys_has_command(struct span name)
{
	return find(name);
}

int keys_command(struct keys_store *store, struct span name,
		 const struct setting *settings, struct setting *answer,
		 struct err *err)
{
	struct call call = { store, settings, answer, err };
	const struct command *command = find(name);

	if (!command)
		return err_set(err, ERR_USAGE,
			       "there is no such command of keys");
	return command->run(&call);
}
