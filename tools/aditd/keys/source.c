// SPDX-License-Identifier: GPL-2.0-or-later
/* See source.h. */
#include "source.h"

#include <ctype.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "crl.h"
#include "ocsp.h"
#include "x509.h"

enum { FAILURES_MAX = 128 };

/* Called with each, until it says false. */
typedef bool (*source_fn)(void *arg, enum keys_source kind, const char *uri);

/* --------------------------------------------------------------------- its URIs */

/* Others, as those of LDAP, are passed over. */
static bool is_http(const char *uri)
{
	if (strncasecmp(uri, "http", 4) != 0 || strlen(uri) >= SOURCE_URI_MAX)
		return false;
	for (; *uri; uri++)
		if (!isgraph((unsigned char)*uri))
			return false;
	return true;
}

static bool take_name(const GENERAL_NAME *name, enum keys_source kind,
		      source_fn fn, void *arg)
{
	int type;
	const ASN1_STRING *uri = GENERAL_NAME_get0_value(name, &type);
	const char *text;

	if (type != GEN_URI)
		return true;
	text = (const char *)ASN1_STRING_get0_data(uri);
	if (strlen(text) != (size_t)ASN1_STRING_length(uri) || !is_http(text))
		return true;
	return fn(arg, kind, text);
}

static bool each_ocsp(X509 *cert, source_fn fn, void *arg)
{
	AUTHORITY_INFO_ACCESS *list =
		X509_get_ext_d2i(cert, NID_info_access, NULL, NULL);
	bool more = true;

	for (int i = 0; more && i < sk_ACCESS_DESCRIPTION_num(list); i++) {
		const ACCESS_DESCRIPTION *access =
			sk_ACCESS_DESCRIPTION_value(list, i);

		if (OBJ_obj2nid(access->method) == NID_ad_OCSP)
			more = take_name(access->location, KEYS_OCSP, fn, arg);
	}
	AUTHORITY_INFO_ACCESS_free(list);
	return more;
}

static bool each_name(const DIST_POINT *point, source_fn fn, void *arg)
{
	const GENERAL_NAMES *names;
	bool more = true;

	/* Type 0 is fullName; with CRLissuer it is another CA's, see crl.c. */
	if (!point->distpoint || point->distpoint->type)
		return true;
	names = point->distpoint->name.fullname;
	for (int i = 0; more && i < sk_GENERAL_NAME_num(names); i++)
		more = take_name(sk_GENERAL_NAME_value(names, i), KEYS_CRL, fn,
				 arg);
	return more;
}

static bool each_crl(X509 *cert, source_fn fn, void *arg)
{
	CRL_DIST_POINTS *points =
		X509_get_ext_d2i(cert, NID_crl_distribution_points, NULL, NULL);
	bool more = true;

	for (int i = 0; more && i < sk_DIST_POINT_num(points); i++)
		more = each_name(sk_DIST_POINT_value(points, i), fn, arg);
	CRL_DIST_POINTS_free(points);
	return more;
}

static bool each_configured(const struct keys_store *store, X509 *cert,
			    enum keys_source kind, source_fn fn, void *arg)
{
	for (const struct keys_authority *i = store->authorities; i;
	     i = i->next) {
		const struct keys_uris *uris = &i->uris[kind];

		if (!uris->n || !x509_is_issuer(i->cert, cert))
			continue;
		for (size_t j = 0; j < uris->n; j++)
			if (is_http(uris->texts[j]) &&
			    !fn(arg, kind, uris->texts[j]))
				return false;
	}
	return true;
}

static void each(const struct keys_store *store, X509 *cert, source_fn fn,
		 void *arg)
{
	bool (*const named[KEYS_SOURCES])(X509 *, source_fn, void *) = {
		[KEYS_OCSP] = each_ocsp,
		[KEYS_CRL] = each_crl,
	};

	for (enum keys_source kind = 0; kind < KEYS_SOURCES; kind++)
		if (!each_configured(store, cert, kind, fn, arg) ||
		    !named[kind](cert, fn, arg))
			return;
}

static bool found_one(void *arg, enum keys_source kind, const char *uri)
{
	bool *found = arg;

	(void)kind;
	(void)uri;
	*found = true;
	return false;
}

bool source_has_any(const struct keys_store *store, X509 *cert)
{
	bool found = false;

	each(store, cert, found_one, &found);
	return found;
}

/* --------------------------------------------------------------- what is known */

struct search {
	const char *uri;
	bool found;
};

static bool is_that(void *arg, enum keys_source kind, const char *uri)
{
	struct search *search = arg;

	search->found = kind == KEYS_CRL && strcmp(search->uri, uri) == 0;
	return !search->found;
}

/* One that was fetched may be of a part of the issuer's certificates only. */
static bool is_of(const struct keys_store *store, const struct keys_crl *crl,
		  X509 *cert)
{
	struct search search = { .uri = crl->uri };

	if (X509_NAME_cmp(X509_CRL_get_issuer(crl->crl),
			  X509_get_issuer_name(cert)) != 0)
		return false;
	if (!crl->uri)
		return true;
	each(store, cert, is_that, &search);
	return search.found;
}

bool source_is_known(const struct keys_store *store, X509 *cert, time_t now)
{
	const struct keys_ocsp *ocsp = ocsp_find(store, cert, now);
	struct err err;

	if (ocsp && now < ocsp->until)
		return true;
	for (const struct keys_crl *i = store->crls; i; i = i->next)
		if (is_of(store, i, cert) &&
		    !crl_check_dates(i->crl, now, &err))
			return true;
	return false;
}

/* ------------------------------------------------------------------- failures */

/* OCSP may have an answer for one certificate and none for another. */
static bool is_failure_of(const struct keys_failure *failure, X509 *cert,
			  enum keys_source kind, const char *uri)
{
	return failure->kind == kind && strcmp(failure->uri, uri) == 0 &&
	       (kind != KEYS_OCSP || X509_cmp(failure->cert, cert) == 0);
}

static const struct keys_failure *find_failure(const struct keys_store *store,
					       X509 *cert,
					       enum keys_source kind,
					       const char *uri)
{
	const struct keys_failure *i = store->failures;

	while (i && !is_failure_of(i, cert, kind, uri))
		i = i->next;
	return i;
}

static void free_failure(struct keys_failure *failure)
{
	X509_free(failure->cert);
	free(failure->uri);
	free(failure->text);
	free(failure);
}

void keys_clear_failures(struct keys_store *store)
{
	while (store->failures) {
		struct keys_failure *failure = store->failures;

		store->failures = failure->next;
		free_failure(failure);
	}
}

static void forget_failure(struct keys_store *store, X509 *cert,
			   enum keys_source kind, const char *uri)
{
	struct keys_failure **at = &store->failures;
	size_t n = 0;

	while (*at) {
		struct keys_failure *failure = *at;

		if (!is_failure_of(failure, cert, kind, uri) &&
		    ++n < FAILURES_MAX) {
			at = &failure->next;
			continue;
		}
		*at = failure->next;
		free_failure(failure);
	}
}

void source_set_failed(struct keys_store *store, X509 *cert,
		       enum keys_source kind, const char *uri, const char *text,
		       uint64_t now)
{
	struct keys_failure *failure;

	forget_failure(store, cert, kind, uri);
	failure = text ? calloc(1, sizeof(*failure)) : NULL;
	if (!failure)
		return;
	*failure = (struct keys_failure){ .kind = kind,
					  .uri = strdup(uri),
					  .text = strdup(text),
					  .at = now };
	if (X509_up_ref(cert))
		failure->cert = cert;
	if (!failure->uri || !failure->text || !failure->cert) {
		free_failure(failure);
		return;
	}
	failure->next = store->failures;
	store->failures = failure;
}

struct next {
	const struct keys_store *store;
	X509 *cert;
	uint64_t since;
	enum keys_source *kind;
	char *uri;
	bool found;
};

static bool try_next(void *arg, enum keys_source kind, const char *uri)
{
	struct next *next = arg;
	const struct keys_failure *failure =
		find_failure(next->store, next->cert, kind, uri);

	if (failure && failure->at >= next->since)
		return true;
	*next->kind = kind;
	snprintf(next->uri, SOURCE_URI_MAX, "%s", uri);
	next->found = true;
	return false;
}

bool source_next(const struct keys_store *store, X509 *cert, uint64_t since,
		 enum keys_source *kind, char uri[SOURCE_URI_MAX])
{
	struct next next = { store, cert, since, kind, uri, false };

	each(store, cert, try_next, &next);
	return next.found;
}

struct show {
	const struct keys_store *store;
	X509 *cert;
	char *text;
};

static bool show_one(void *arg, enum keys_source kind, const char *uri)
{
	const struct show *show = arg;
	const struct keys_failure *failure =
		find_failure(show->store, show->cert, kind, uri);
	size_t len = strlen(show->text);

	if (failure)
		snprintf(show->text + len, SOURCE_TEXT_SIZE - len, "%s%s: %s",
			 len ? "; " : "", uri, failure->text);
	return true;
}

const char *source_show_failed(const struct keys_store *store, X509 *cert,
			       char text[SOURCE_TEXT_SIZE])
{
	struct show show = { store, cert, text };

	*text = '\0';
	each(store, cert, show_one, &show);
	return text;
}
