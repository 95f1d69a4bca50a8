// SPDX-License-Identifier: GPL-2.0-or-later
/* See x509.h: whether a certificate is to be trusted. */
#include <openssl/err.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>

#include "../../lib/util.h"
#include "crl.h"
#include "load.h"
#include "ocsp.h"
#include "source.h"
#include "x509.h"

enum { NAME_SIZE = 128 };

struct check {
	const struct keys_store *store;
	const struct conf_round *round;
	time_t now;
	/* What is wrong with a CRL, which libcrypto shows only when it finds it. */
	struct err crl;
};

/* There is no CRL that says something now: does the policy need one? */
static int without_crl(const struct check *check, X509_STORE_CTX *ctx)
{
	X509 *cert = X509_STORE_CTX_get_current_cert(ctx);
	int depth = X509_STORE_CTX_get_error_depth(ctx);

	/* What we trust by itself, nobody is asked about. */
	if (depth == sk_X509_num(X509_STORE_CTX_get0_chain(ctx)) - 1 ||
	    ocsp_find(check->store, cert, check->now))
		return 1;
	switch (check->round->revocation) {
	case REVOCATION_STRICT:
		return 0;
	case REVOCATION_IFURI:
		return !source_has_any(check->store, cert);
	case REVOCATION_RELAXED:
		break;
	}
	return 1;
}

/* Nobody says that it is not revoked, and the policy wants that. */
static void no_crl(struct check *check, X509_STORE_CTX *ctx)
{
	X509 *cert = X509_STORE_CTX_get_current_cert(ctx);
	X509_CRL *crl = X509_STORE_CTX_get0_current_crl(ctx);
	char subject[NAME_SIZE], issuer[NAME_SIZE], failed[SOURCE_TEXT_SIZE];
	bool strict = check->round->revocation == REVOCATION_STRICT;
	struct err state;

	if (!crl || !crl_check_dates(crl, check->now, &state))
		err_set(&state, ERR_REFUSED, "the CRL of %s is missing",
			x509_show_issuer(cert, issuer, sizeof(issuer)));
	source_show_failed(check->store, cert, failed);
	err_set(&check->crl, ERR_REFUSED,
		"%.160s, so certificate of %s may be revoked (revocation = %s)%s%.200s",
		state.text, x509_show(cert, subject, sizeof(subject)),
		strict ? "strict" : "ifuri", *failed ? "; " : "", failed);
}

static void revoked(struct check *check, X509_STORE_CTX *ctx)
{
	X509 *cert = X509_STORE_CTX_get_current_cert(ctx);
	char name[NAME_SIZE], issuer[NAME_SIZE], entry[CRL_TEXT_SIZE];

	crl_show_entry(X509_STORE_CTX_get0_current_crl(ctx), cert, entry);
	err_set(&check->crl, ERR_REFUSED,
		"certificate of %s is revoked, says the CRL of %s (%s)",
		x509_show(cert, name, sizeof(name)),
		x509_show_issuer(cert, issuer, sizeof(issuer)), entry);
}

static int on_verify(int good, X509_STORE_CTX *ctx)
{
	struct check *check = X509_STORE_CTX_get_app_data(ctx);

	if (good)
		return 1;
	switch (X509_STORE_CTX_get_error(ctx)) {
	case X509_V_ERR_UNABLE_TO_GET_CRL:
	case X509_V_ERR_UNABLE_TO_GET_CRL_ISSUER:
	case X509_V_ERR_DIFFERENT_CRL_SCOPE:
	case X509_V_ERR_CRL_HAS_EXPIRED:
	case X509_V_ERR_CRL_NOT_YET_VALID:
		if (without_crl(check, ctx))
			return 1;
		no_crl(check, ctx);
		return 0;
	case X509_V_ERR_CERT_REVOKED:
		revoked(check, ctx);
		return 0;
	default:
		return 0;
	}
}

static void list_cas(const struct keys_store *store, char *text, size_t size)
{
	char name[NAME_SIZE];

	*text = '\0';
	for (const struct keys_cert *i = store->certs; i; i = i->next) {
		size_t len = strlen(text);

		if (i->flag == KEYS_CERT_CA && len + 1 < size)
			snprintf(text + len, size - len, "%s%s",
				 len ? " | " : "",
				 x509_show(i->cert, name, sizeof(name)));
	}
	if (!*text)
		snprintf(text, size, "none");
}

static int no_ca(const struct check *check, X509 *cert, struct err *err)
{
	char subject[NAME_SIZE], issuer[NAME_SIZE], cas[2 * NAME_SIZE];

	x509_show(cert, subject, sizeof(subject));
	x509_show_issuer(cert, issuer, sizeof(issuer));
	if (check->round->cacerts.n)
		return err_set(
			err, ERR_REFUSED,
			"no trusted CA: certificate of %s is issued by %s, which leads to none of the connection's cacerts",
			subject, issuer);
	list_cas(check->store, cas, sizeof(cas));
	return err_set(
		err, ERR_REFUSED,
		"no trusted CA: certificate of %s is issued by %s; we trust: %s",
		subject, issuer, cas);
}

/* What can be wrong with it, for people. */
static int explain(const struct check *check, X509_STORE_CTX *ctx, X509 *leaf,
		   struct err *err)
{
	X509 *cert = X509_STORE_CTX_get_current_cert(ctx);
	int error = X509_STORE_CTX_get_error(ctx);
	char name[NAME_SIZE], time[X509_TIME_SIZE];

	if (*check->crl.text) {
		*err = check->crl;
		return -1;
	}
	if (!cert)
		cert = leaf;
	x509_show(cert, name, sizeof(name));
	switch (error) {
	case X509_V_ERR_CERT_HAS_EXPIRED:
		return err_set(err, ERR_REFUSED,
			       "certificate of %s expired on %s", name,
			       x509_show_time(X509_get0_notAfter(cert), time));
	case X509_V_ERR_CERT_NOT_YET_VALID:
		return err_set(
			err, ERR_REFUSED,
			"certificate of %s is not valid before %s; is the clock right?",
			name, x509_show_time(X509_get0_notBefore(cert), time));
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
	case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
	case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
	case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
		return no_ca(check, cert, err);
	case X509_V_ERR_INVALID_CA:
	case X509_V_ERR_INVALID_NON_CA:
	case X509_V_ERR_KEYUSAGE_NO_CERTSIGN:
		return err_set(err, ERR_REFUSED,
			       "%s may not issue certificates: it is no CA",
			       name);
	default:
		return err_set(err, ERR_REFUSED, "certificate of %s: %s", name,
			       X509_verify_cert_error_string(error));
	}
}

static bool add_listed(X509_STORE *anchors, const struct keys_store *store,
		       const struct conf_texts *texts)
{
	bool good = true;

	for (size_t i = 0; good && i < texts->n; i++) {
		const char *text = texts->texts[i];
		struct err err;
		X509 *cert;

		for (const struct keys_cert *c = store->certs;
		     good && *text == '/' && c; c = c->next)
			if (strcmp(c->name, text) == 0)
				good = X509_STORE_add_cert(anchors, c->cert);
		if (*text == '/')
			continue;
		cert = keys_read_cert(span_of_text(text), &err);
		if (cert)
			good = X509_STORE_add_cert(anchors, cert);
		X509_free(cert);
	}
	return good;
}

/*
 * Where the way has to end: at the round's CAs, or else at ours; or at once,
 * if the leaf itself is one that we have.
 */
static X509_STORE *make_anchors(const struct check *check, X509 *leaf)
{
	const struct keys_store *store = check->store;
	X509_STORE *anchors = X509_STORE_new();
	bool good = anchors;

	if (good && check->round->cacerts.n) {
		good = add_listed(anchors, store, &check->round->cacerts);
	} else {
		if (good && x509_is_listed(store, leaf, &check->round->certs))
			good = X509_STORE_add_cert(anchors, leaf);
		for (const struct keys_cert *i = store->certs; good && i;
		     i = i->next)
			if (i->flag == KEYS_CERT_CA ||
			    (i->flag == KEYS_CERT_END &&
			     X509_cmp(i->cert, leaf) == 0))
				good = X509_STORE_add_cert(anchors, i->cert);
	}
	for (const struct keys_crl *i = store->crls; good && i; i = i->next)
		good = X509_STORE_add_crl(anchors, i->crl);
	if (!good) {
		X509_STORE_free(anchors);
		return NULL;
	}
	return anchors;
}

/* What may be on the way: all we know, and what the peer sent. */
static STACK_OF(X509) *
	make_others(const struct keys_store *store, STACK_OF(X509) * others)
{
	STACK_OF(X509) *list = sk_X509_new_null();
	bool good = list;

	for (const struct keys_cert *i = store->certs; good && i; i = i->next)
		if (i->flag != KEYS_CERT_END)
			good = sk_X509_push(list, i->cert);
	for (int i = 0; good && i < sk_X509_num(others); i++)
		good = sk_X509_push(list, sk_X509_value(others, i));
	if (!good) {
		sk_X509_free(list);
		return NULL;
	}
	return list;
}

static void set_rules(struct check *check, X509_STORE_CTX *ctx)
{
	X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(ctx);
	unsigned long flags = X509_V_FLAG_PARTIAL_CHAIN;

	if (check->store->crls ||
	    check->round->revocation != REVOCATION_RELAXED)
		flags |= X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL;
	X509_VERIFY_PARAM_set_flags(param, flags);
	X509_VERIFY_PARAM_set_time(param, check->now);
	X509_VERIFY_PARAM_set_depth(param, X509_CHAIN_MAX);
	/* No MD5 or SHA1 where somebody could have made a collision. */
	X509_VERIFY_PARAM_set_auth_level(param, 1);
	X509_STORE_CTX_set_app_data(ctx, check);
	X509_STORE_CTX_set_verify_cb(ctx, on_verify);
}

static int verify_chain(struct check *check, X509 *leaf,
			STACK_OF(X509) * others, STACK_OF(X509) * *chain,
			struct err *err)
{
	X509_STORE *anchors = make_anchors(check, leaf);
	STACK_OF(X509) *list = make_others(check->store, others);
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	int rc = 0;

	if (!anchors || !list || !ctx ||
	    !X509_STORE_CTX_init(ctx, anchors, leaf, list)) {
		rc = err_set(err, ERR_REFUSED, "out of memory");
	} else {
		set_rules(check, ctx);
		if (X509_verify_cert(ctx) != 1)
			rc = explain(check, ctx, leaf, err);
		else
			*chain = X509_STORE_CTX_get1_chain(ctx);
	}
	X509_STORE_CTX_free(ctx);
	sk_X509_free(list);
	X509_STORE_free(anchors);
	ERR_clear_error();
	return rc;
}

static int check_ocsp(const struct check *check, STACK_OF(X509) * chain,
		      struct err *err)
{
	char name[NAME_SIZE], issuer[NAME_SIZE], entry[CRL_TEXT_SIZE];

	for (int i = 0; i < sk_X509_num(chain) - 1; i++) {
		X509 *cert = sk_X509_value(chain, i);
		const struct keys_ocsp *ocsp =
			ocsp_find(check->store, cert, check->now);

		if (ocsp && ocsp->revoked)
			return err_set(
				err, ERR_REFUSED,
				"certificate of %s is revoked, says OCSP of %s (%s)",
				x509_show(cert, name, sizeof(name)),
				x509_show_issuer(cert, issuer, sizeof(issuer)),
				crl_show_revoked(ocsp->since, ocsp->reason,
						 entry));
	}
	return 0;
}

/* RFC 4945, 5.1.3.2. */
static int check_usage(X509 *leaf, struct err *err)
{
	char name[NAME_SIZE];

	if (X509_get_key_usage(leaf) &
	    (KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION))
		return 0;
	return err_set(
		err, ERR_REFUSED,
		"certificate of %s may not sign: its key usage has no digitalSignature",
		x509_show(leaf, name, sizeof(name)));
}

static int check_ca_id(const struct ident *want, STACK_OF(X509) * chain,
		       struct err *err)
{
	char buf[IDENT_TEXT_SIZE];
	bool found = false;

	if (want->type == IDENT_ANY)
		return 0;
	for (int i = 1; !found && i < sk_X509_num(chain); i++) {
		struct ident id;

		if (!x509_subject(sk_X509_value(chain, i), &id))
			found = ident_match(&id, want);
		ident_free(&id);
	}
	if (found)
		return 0;
	return err_set(err, ERR_REFUSED,
		       "CA %s (ca_id) is not in the chain of the certificate",
		       ident_show(want, buf));
}

static bool has_policy(X509 *cert, const char *oid)
{
	CERTIFICATEPOLICIES *policies =
		X509_get_ext_d2i(cert, NID_certificate_policies, NULL, NULL);
	bool found = false;
	char text[128];

	for (int i = 0; !found && i < sk_POLICYINFO_num(policies); i++) {
		OBJ_obj2txt(text, sizeof(text),
			    sk_POLICYINFO_value(policies, i)->policyid, 1);
		found = strcmp(text, oid) == 0;
	}
	CERTIFICATEPOLICIES_free(policies);
	return found;
}

static int check_policies(const struct conf_texts *oids, X509 *leaf,
			  struct err *err)
{
	char name[NAME_SIZE];

	for (size_t i = 0; i < oids->n; i++)
		if (!has_policy(leaf, oids->texts[i]))
			return err_set(
				err, ERR_REFUSED,
				"certificate of %s has not the policy %.64s (cert_policy)",
				x509_show(leaf, name, sizeof(name)),
				oids->texts[i]);
	return 0;
}

static int check_pinned(const struct check *check, X509 *leaf, struct err *err)
{
	char name[NAME_SIZE];

	if (!check->round->certs.n ||
	    x509_is_listed(check->store, leaf, &check->round->certs))
		return 0;
	return err_set(
		err, ERR_REFUSED,
		"certificate of %s is not the one that the connection has for its peer (remote certs)",
		x509_show(leaf, name, sizeof(name)));
}

int x509_verify(const struct keys_store *store, const struct conf_round *round,
		time_t now, X509 *leaf, STACK_OF(X509) * others,
		STACK_OF(X509) * *chain, struct err *err)
{
	struct check check = { .store = store, .round = round, .now = now };
	STACK_OF(X509) *found = NULL;
	int rc = -1;

	if (!check_pinned(&check, leaf, err) &&
	    !verify_chain(&check, leaf, others, &found, err) &&
	    !check_ocsp(&check, found, err) && !check_usage(leaf, err) &&
	    !check_policies(&round->policies, leaf, err))
		rc = check_ca_id(&round->ca_id, found, err);
	if (!rc && chain) {
		*chain = found;
		return 0;
	}
	sk_X509_pop_free(found, X509_free);
	return rc;
}
