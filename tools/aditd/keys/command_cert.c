// SPDX-License-Identifier: GPL-2.0-or-later
/* See command.h: certificates, CRLs, and authorities. */
#include <string.h>
#include <strings.h>

#include "command_call.h"
#include "list.h"
#include "load.h"
#include "x509.h"

static int load_public(struct command_call *call, const struct setting *data)
{
	EVP_PKEY *key = keys_read_public(command_data(data), call->err);
	int rc = -1;

	if (key)
		rc = keys_add_public(call->store, key,
				     setting_text(call->settings, "file", ""),
				     call->err);
	EVP_PKEY_free(key);
	return rc;
}

static int load_x509(struct command_call *call, const struct setting *data)
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
	return keys_load_cert(call->store, command_data(data), kind, file,
			      call->err);
}

static int load_cert(struct command_call *call)
{
	const char *type = setting_text(call->settings, "type", "X509");
	const struct setting *data = command_need(call, "data");
	int rc;

	if (!data)
		return -1;
	if (strcasecmp(type, "X509") == 0)
		rc = load_x509(call, data);
	else if (strcasecmp(type, "X509_CRL") == 0)
		rc = keys_load_crl(call->store, command_data(data), call->err);
	else if (strcasecmp(type, "PUBKEY") == 0)
		rc = load_public(call, data);
	else
		rc = err_set(
			call->err, ERR_USAGE,
			"type of a certificate: '%.64s' is none of X509, X509_CRL, PUBKEY",
			type);
	return command_blame(call, rc);
}

/* As VICI calls them. */
static const char *const source_names[KEYS_SOURCES] = {
	[KEYS_OCSP] = "ocsp_uris",
	[KEYS_CRL] = "crl_uris",
};

static int add_authority(struct command_call *call,
			 const struct setting *section)
{
	const struct setting *data = setting_find(section, "cacert");
	const char *texts[KEYS_SOURCES][COMMAND_TEXTS_MAX];
	struct keys_uris uris[KEYS_SOURCES];
	X509 *cert;
	int rc;

	if (!data)
		return err_set(call->err, ERR_USAGE, "'cacert' is missing");
	for (size_t i = 0; i < KEYS_SOURCES; i++) {
		uris[i].n = command_texts(section, source_names[i], texts[i]);
		uris[i].texts = (char **)texts[i];
	}
	cert = keys_read_cert(command_data(data), call->err);
	if (!cert)
		return -1;
	rc = keys_add_authority(call->store, section->name, cert, uris,
				call->err);
	X509_free(cert);
	return rc;
}

static int load_authority(struct command_call *call)
{
	for (const struct setting *i = call->settings->first; i; i = i->next)
		if (i->kind == SETTING_SECTION && add_authority(call, i))
			return err_prefix(call->err,
					  "authority %.64s: ", i->name);
	return 0;
}

static int unload_authority(struct command_call *call)
{
	const struct setting *name = command_need(call, "name");
	const struct keys_authority *i = call->store->authorities;

	if (!name)
		return -1;
	while (i && strcmp(i->name, (const char *)name->data) != 0)
		i = i->next;
	if (i && i->of_file)
		return command_of_files(call, "authority", i->name);
	if (keys_remove_authority(call->store, (const char *)name->data))
		return 0;
	return err_set(call->err, ERR_USAGE, "there is no authority '%.64s'",
		       (const char *)name->data);
}

/* What VICI has brought, see get_shared(). */
static int get_authorities(struct command_call *call)
{
	struct setting *list = command_add_list(call->answer, "authorities");

	if (!list)
		return command_no_memory(call);
	for (const struct keys_authority *i = call->store->authorities; i;
	     i = i->next)
		if (!i->of_file && !setting_new(list, SETTING_VALUE, NULL,
						span_of_text(i->name)))
			return command_no_memory(call);
	return 0;
}

static int show_uris(struct setting *to, const char *name,
		     const struct keys_uris *uris)
{
	struct setting *list = command_add_list(to, name);

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

static int list_authorities(struct command_call *call)
{
	const char *name = setting_text(call->settings, "name", NULL);
	struct setting *list = setting_new(call->answer, SETTING_SECTION,
					   "authorities", span_of(NULL, 0));

	if (!list)
		return command_no_memory(call);
	for (const struct keys_authority *i = call->store->authorities; i;
	     i = i->next)
		if ((!name || strcmp(i->name, name) == 0) &&
		    show_authority(list, i))
			return command_no_memory(call);
	return 0;
}

/* What was fetched is what can be forgotten. */
static int flush_certs(struct command_call *call)
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

static int list_certs(struct command_call *call)
{
	if (keys_list(call->store, call->settings, call->answer))
		return command_no_memory(call);
	return 0;
}

const struct command command_certs[] = {
	{ "load-cert", load_cert },
	{ "list-certs", list_certs },
	{ "flush-certs", flush_certs },
	{ "load-authority", load_authority },
	{ "unload-authority", unload_authority },
	{ "get-authorities", get_authorities },
	{ "list-authorities", list_authorities },
	{ 0 },
};
