// SPDX-License-Identifier: GPL-2.0-or-later
/* See crl.h, and store.h for how they come and go. */
#include "crl.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/util.h"
#include "x509.h"

enum { NAME_SIZE = 128 };

/* ------------------------------------------------------------------ the store */

static void free_crl(struct keys_crl *crl)
{
	X509_CRL_free(crl->crl);
	free(crl->uri);
	free(crl);
}

/* NULL for all. */
static void drop_crls(struct keys_store *store,
		      bool (*goes)(const struct keys_crl *crl))
{
	struct keys_crl **at = &store->crls;

	while (*at) {
		struct keys_crl *crl = *at;

		if (goes && !goes(crl)) {
			at = &crl->next;
			continue;
		}
		*at = crl->next;
		free_crl(crl);
	}
}

static bool is_of_vici(const struct keys_crl *crl)
{
	return !crl->of_file;
}

static bool is_fetched(const struct keys_crl *crl)
{
	return crl->uri;
}

void keys_clear_crls(struct keys_store *store)
{
	drop_crls(store, NULL);
	keys_flush_fetched(store, KEYS_SOURCES);
}

void keys_drop_vici_crls(struct keys_store *store)
{
	drop_crls(store, is_of_vici);
	keys_flush_fetched(store, KEYS_SOURCES);
}

/* Do both have the same extension of that kind, or none? */
static bool have_same(X509_CRL *a, X509_CRL *b, int nid)
{
	int at = X509_CRL_get_ext_by_NID(a, nid, -1);
	int bt = X509_CRL_get_ext_by_NID(b, nid, -1);

	if (at < 0 || bt < 0)
		return at < 0 && bt < 0;
	return ASN1_OCTET_STRING_cmp(
		       X509_EXTENSION_get_data(X509_CRL_get_ext(a, at)),
		       X509_EXTENSION_get_data(X509_CRL_get_ext(b, bt))) == 0;
}

/*
 * Of one issuer there may be several, each for a part (RFC 5280, 5.2.5), and each
 * with a key of its own while a CA goes over to a new one (5.2.1).
 */
static bool has_same_scope(X509_CRL *a, X509_CRL *b)
{
	/* X509_CRL_cmp() compares the issuers. */
	return X509_CRL_cmp(a, b) == 0 &&
	       have_same(a, b, NID_issuing_distribution_point) &&
	       have_same(a, b, NID_authority_key_identifier);
}

/* What was fetched first goes first. */
static void limit_fetched(struct keys_store *store)
{
	struct keys_crl **oldest = NULL, *crl;
	size_t n = 0;

	for (struct keys_crl **at = &store->crls; *at; at = &(*at)->next)
		if ((*at)->uri) {
			oldest = at;
			n++;
		}
	if (n <= CRL_FETCHED_MAX)
		return;
	crl = *oldest;
	*oldest = crl->next;
	free_crl(crl);
}

static int replace(const struct keys_store *store, struct keys_crl *entry,
		   X509_CRL *crl, const char *uri, struct err *err)
{
	const ASN1_TIME *old = X509_CRL_get0_lastUpdate(entry->crl);
	const ASN1_TIME *made = X509_CRL_get0_lastUpdate(crl);
	char *copy = uri ? strdup(uri) : NULL;

	if (ASN1_TIME_compare(old, made) > 0) {
		free(copy);
		return 0;
	}
	if ((uri && !copy) || !X509_CRL_up_ref(crl)) {
		free(copy);
		return err_set(err, ERR_REFUSED, "out of memory");
	}
	X509_CRL_free(entry->crl);
	free(entry->uri);
	entry->crl = crl;
	entry->of_file = store->of_files;
	entry->uri = copy;
	return 0;
}

int keys_add_crl(struct keys_store *store, X509_CRL *crl, const char *uri,
		 struct err *err)
{
	struct keys_crl *entry;

	for (entry = store->crls; entry; entry = entry->next)
		if (has_same_scope(entry->crl, crl))
			return replace(store, entry, crl, uri, err);
	entry = calloc(1, sizeof(*entry));
	if (!entry)
		return err_set(err, ERR_REFUSED, "out of memory");
	entry->uri = uri ? strdup(uri) : NULL;
	if ((uri && !entry->uri) || !X509_CRL_up_ref(crl)) {
		free(entry->uri);
		free(entry);
		return err_set(err, ERR_REFUSED, "out of memory");
	}
	entry->crl = crl;
	entry->of_file = store->of_files;
	entry->next = store->crls;
	store->crls = entry;
	limit_fetched(store);
	return 0;
}

void keys_flush_fetched(struct keys_store *store, enum keys_source kind)
{
	if (kind != KEYS_OCSP)
		drop_crls(store, is_fetched);
	if (kind != KEYS_CRL)
		keys_clear_ocsps(store);
	keys_clear_failures(store);
}

/* ------------------------------------------------------------------- what it is */

int crl_check(X509_CRL *crl, struct err *err)
{
	ISSUING_DIST_POINT *idp;
	bool indirect;

	if (X509_CRL_get_ext_by_NID(crl, NID_delta_crl, -1) >= 0)
		return err_set(
			err, ERR_USAGE,
			"is a delta CRL, which is not supported; use the complete one");
	idp = X509_CRL_get_ext_d2i(crl, NID_issuing_distribution_point, NULL,
				   NULL);
	indirect = idp && idp->indirectCRL > 0;
	ISSUING_DIST_POINT_free(idp);
	if (!indirect)
		return 0;
	return err_set(
		err, ERR_USAGE,
		"is an indirect CRL, of other CAs' certificates too, which is not supported; use the one of the CA itself");
}

static const char *show_issuer(X509_CRL *crl, char text[NAME_SIZE])
{
	return x509_show_name(X509_CRL_get_issuer(crl), text, NAME_SIZE);
}

int crl_check_issuer(X509_CRL *crl, X509 *issuer, struct err *err)
{
	char of[NAME_SIZE], want[NAME_SIZE];
	int rc;

	if (X509_NAME_cmp(X509_CRL_get_issuer(crl),
			  X509_get_subject_name(issuer)) != 0)
		return err_set(err, ERR_REFUSED,
			       "it is a CRL of %s, not of the issuer %s",
			       show_issuer(crl, of),
			       x509_show(issuer, want, sizeof(want)));
	rc = X509_CRL_verify(crl, X509_get0_pubkey(issuer));
	ERR_clear_error();
	if (rc == 1)
		return 0;
	return err_set(err, ERR_REFUSED,
		       "the CRL is not signed with the key of %s",
		       x509_show(issuer, want, sizeof(want)));
}

int crl_check_dates(X509_CRL *crl, time_t now, struct err *err)
{
	const ASN1_TIME *from = X509_CRL_get0_lastUpdate(crl);
	const ASN1_TIME *to = X509_CRL_get0_nextUpdate(crl);
	char of[NAME_SIZE], time[X509_TIME_SIZE];

	if (X509_cmp_time(from, &now) > 0)
		return err_set(
			err, ERR_REFUSED,
			"the CRL of %s is not valid before %s; is the clock right?",
			show_issuer(crl, of), x509_show_time(from, time));
	if (!to || X509_cmp_time(to, &now) > 0)
		return 0;
	return err_set(err, ERR_REFUSED, "the CRL of %s expired on %s",
		       show_issuer(crl, of), x509_show_time(to, time));
}

/* ----------------------------------------------------------------- its entries */

/* RFC 5280, 5.3.1. */
static const char *const reasons[] = {
	[0] = "unspecified",	    [1] = "keyCompromise",
	[2] = "cACompromise",	    [3] = "affiliationChanged",
	[4] = "superseded",	    [5] = "cessationOfOperation",
	[6] = "certificateHold",    [8] = "removeFromCRL",
	[9] = "privilegeWithdrawn", [10] = "aACompromise",
};

const char *crl_show_revoked(time_t since, int reason, char text[CRL_TEXT_SIZE])
{
	char time[X509_TIME_SIZE] = "an unknown time";
	struct tm tm;

	if (gmtime_r(&since, &tm))
		strftime(time, sizeof(time), "%Y-%m-%d %H:%M:%S UTC", &tm);
	snprintf(text, CRL_TEXT_SIZE, "since %s%s%s", time,
		 reason >= 0 ? ": " : "",
		 reason < 0 ? "" :
		 (size_t)reason < ARRAY_SIZE(reasons) && reasons[reason] ?
			      reasons[reason] :
			      "an unknown reason");
	return text;
}

const char *crl_show_entry(X509_CRL *crl, X509 *cert, char text[CRL_TEXT_SIZE])
{
	X509_REVOKED *entry = NULL;
	ASN1_ENUMERATED *reason;

	*text = '\0';
	if (!crl || X509_CRL_get0_by_cert(crl, &entry, cert) != 1)
		return text;
	reason = X509_REVOKED_get_ext_d2i(entry, NID_crl_reason, NULL, NULL);
	crl_show_revoked(x509_time(X509_REVOKED_get0_revocationDate(entry)),
			 reason ? (int)ASN1_ENUMERATED_get(reason) : -1, text);
	ASN1_ENUMERATED_free(reason);
	return text;
}
