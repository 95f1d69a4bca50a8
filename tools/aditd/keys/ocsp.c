// SPDX-License-Identifier: GPL-2.0-or-later
/* See ocsp.h. */
#include "ocsp.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdlib.h>

#include "../../lib/util.h"
#include "x509.h"

enum {
	SKEW = 300, /* seconds that clocks may differ */
	/* Without nextUpdate there is always a newer one (RFC 6960, 4.2.2.1). */
	SHORT = 60,
	OLD = 3600,
	NAME_SIZE = 128,
};

/* ------------------------------------------------------------------ the store */

static void free_ocsp(struct keys_ocsp *ocsp)
{
	X509_free(ocsp->cert);
	buf_free(&ocsp->der);
	free(ocsp);
}

void keys_clear_ocsps(struct keys_store *store)
{
	while (store->ocsps) {
		struct keys_ocsp *ocsp = store->ocsps;

		store->ocsps = ocsp->next;
		free_ocsp(ocsp);
	}
}

/* The one of the same certificate; and the oldest, if there are too many. */
static void make_room(struct keys_store *store, X509 *cert)
{
	struct keys_ocsp **at = &store->ocsps;
	size_t n = 0;

	while (*at) {
		struct keys_ocsp *ocsp = *at;

		if (X509_cmp(ocsp->cert, cert) != 0 && ++n < OCSP_KEPT_MAX) {
			at = &ocsp->next;
			continue;
		}
		*at = ocsp->next;
		free_ocsp(ocsp);
	}
}

static int keep(struct keys_store *store, const struct keys_ocsp *said,
		X509 *cert, struct span octets, struct err *err)
{
	struct keys_ocsp *ocsp = malloc(sizeof(*ocsp));

	if (!ocsp || !X509_up_ref(cert)) {
		free(ocsp);
		return err_set(err, ERR_REFUSED, "out of memory");
	}
	*ocsp = *said;
	ocsp->cert = cert;
	buf_add_span(&ocsp->der, octets);
	make_room(store, cert);
	ocsp->next = store->ocsps;
	store->ocsps = ocsp;
	return 0;
}

const struct keys_ocsp *ocsp_find(const struct keys_store *store, X509 *cert,
				  time_t now)
{
	for (const struct keys_ocsp *i = store->ocsps; i; i = i->next)
		if ((now < i->until || i->revoked) &&
		    X509_cmp(i->cert, cert) == 0)
			return i;
	return NULL;
}

/* ---------------------------------------------------------------- the request */

OCSP_REQUEST *ocsp_ask(X509 *cert, X509 *issuer)
{
	OCSP_REQUEST *request = OCSP_REQUEST_new();
	OCSP_CERTID *id = OCSP_cert_to_id(NULL, cert, issuer);

	if (request && id && OCSP_request_add0_id(request, id)) {
		id = NULL;
		if (OCSP_request_add1_nonce(request, NULL, -1))
			return request;
	}
	OCSP_CERTID_free(id);
	OCSP_REQUEST_free(request);
	ERR_clear_error();
	return NULL;
}

/* --------------------------------------------------------------- the response */

/* RFC 6960, 4.2.1. */
static const char *const statuses[] = {
	[1] = "malformedRequest: it did not understand the question",
	[2] = "internalError: it has trouble of its own",
	[3] = "tryLater: it cannot answer now",
	[5] = "sigRequired: it wants to know who asks",
	[6] = "unauthorized: it does not answer for this CA, or not to us",
};

static OCSP_BASICRESP *read_response(struct span octets, struct err *err)
{
	const uint8_t *at = octets.data;
	OCSP_RESPONSE *response =
		octets.len <= OCSP_LEN_MAX ?
			d2i_OCSP_RESPONSE(NULL, &at, (long)octets.len) :
			NULL;
	OCSP_BASICRESP *basic = NULL;
	int status = response ? OCSP_response_status(response) : 0;

	if (!response)
		err_set(err, ERR_REFUSED, "it answers no OCSP");
	else if (!status)
		basic = OCSP_response_get1_basic(response);
	else
		err_set(err, ERR_REFUSED, "OCSP answers %s",
			status > 0 && (size_t)status < ARRAY_SIZE(statuses) &&
					statuses[status] ?
				statuses[status] :
				"an unknown status");
	if (response && !status && !basic)
		err_set(err, ERR_REFUSED, "it answers no basic OCSP response");
	OCSP_RESPONSE_free(response);
	return basic;
}

/* The issuer itself, or who has a certificate of it for this (4.2.2.2). */
static int check_signer(OCSP_BASICRESP *basic, X509 *issuer, time_t now,
			struct err *err)
{
	X509_STORE *anchors = X509_STORE_new();
	STACK_OF(X509) *certs = sk_X509_new_null();
	const char *reason;
	char name[NAME_SIZE];
	int rc = -1;

	if (anchors && certs && sk_X509_push(certs, issuer) &&
	    X509_STORE_add_cert(anchors, issuer)) {
		X509_VERIFY_PARAM *param = X509_STORE_get0_param(anchors);

		X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_PARTIAL_CHAIN);
		X509_VERIFY_PARAM_set_time(param, now);
		X509_VERIFY_PARAM_set_auth_level(param, 1);
		rc = OCSP_basic_verify(basic, certs, anchors, OCSP_NOEXPLICIT);
	}
	sk_X509_free(certs);
	X509_STORE_free(anchors);
	if (rc == 1)
		return 0;
	reason = ERR_reason_error_string(ERR_peek_last_error());
	return err_set(
		err, ERR_REFUSED,
		"the OCSP answer is not signed by %s, nor by whom it has a certificate for OCSP (%s)",
		x509_show(issuer, name, sizeof(name)),
		reason ? reason : "it is of another issuer");
}

struct dates {
	const ASN1_TIME *from, *to;
};

static int check_dates(const struct dates *dates, bool has_nonce, time_t now,
		       struct err *err)
{
	char text[X509_TIME_SIZE];
	time_t latest = now + SKEW, earliest = now - OLD;

	if (!dates->from || X509_cmp_time(dates->from, &latest) > 0)
		return err_set(
			err, ERR_REFUSED,
			"the OCSP answer is not valid before %s; is the clock right?",
			x509_show_time(dates->from, text));
	if (dates->to && X509_cmp_time(dates->to, &now) <= 0)
		return err_set(err, ERR_REFUSED,
			       "the OCSP answer expired on %s",
			       x509_show_time(dates->to, text));
	if (dates->to || has_nonce || X509_cmp_time(dates->from, &earliest) > 0)
		return 0;
	return err_set(
		err, ERR_REFUSED,
		"the OCSP answer is of %s, and says neither until when nor whether it is to us",
		x509_show_time(dates->from, text));
}

/* What it says of the certificate that was asked about. */
static int read_status(OCSP_BASICRESP *basic, OCSP_REQUEST *request, X509 *cert,
		       time_t now, struct keys_ocsp *said, struct err *err)
{
	OCSP_CERTID *id =
		OCSP_onereq_get0_id(OCSP_request_onereq_get0(request, 0));
	ASN1_GENERALIZEDTIME *since = NULL, *from = NULL, *to = NULL;
	int nonce = OCSP_check_nonce(request, basic);
	struct dates dates;
	char name[NAME_SIZE];
	int status;

	if (!nonce)
		return err_set(
			err, ERR_REFUSED,
			"the OCSP answer has another nonce: it is not to what we asked");
	if (!OCSP_resp_find_status(basic, id, &status, &said->reason, &since,
				   &from, &to))
		return err_set(err, ERR_REFUSED,
			       "the OCSP answer says nothing of %s",
			       x509_show(cert, name, sizeof(name)));
	dates = (struct dates){ from, to };
	if (check_dates(&dates, nonce == 1, now, err))
		return -1;
	if (status != V_OCSP_CERTSTATUS_GOOD &&
	    status != V_OCSP_CERTSTATUS_REVOKED)
		return err_set(err, ERR_REFUSED, "OCSP does not know %s",
			       x509_show(cert, name, sizeof(name)));
	said->revoked = status == V_OCSP_CERTSTATUS_REVOKED;
	said->since = x509_time(since);
	said->until = to ? x509_time(to) : now + SHORT;
	return 0;
}

int ocsp_take(struct keys_store *store, OCSP_REQUEST *request, X509 *cert,
	      X509 *issuer, struct span octets, time_t now, struct err *err)
{
	OCSP_BASICRESP *basic = read_response(octets, err);
	struct keys_ocsp said = { .reason = -1 };
	int rc = -1;

	if (basic && !check_signer(basic, issuer, now, err) &&
	    !read_status(basic, request, cert, now, &said, err))
		rc = keep(store, &said, cert, octets, err);
	OCSP_BASICRESP_free(basic);
	ERR_clear_error();
	return rc;
}
