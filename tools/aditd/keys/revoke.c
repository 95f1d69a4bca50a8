// SPDX-License-Identifier: GPL-2.0-or-later
/* See revoke.h. */
#include "revoke.h"

#include <openssl/err.h>
#include <stdio.h>
#include <stdlib.h>

#include "../proto/v2.h"
#include "auth.h"
#include "crl.h"
#include "load.h"
#include "ocsp.h"
#include "source.h"

enum { NAME_SIZE = 128, TRIES_MAX = 8 };

/* What is on its way, for whoever waits for it. */
struct revoke_fetch {
	struct revoke_fetch *next;
	uint32_t cookie;
	enum keys_source kind;
	char *uri;
	X509 *cert, *issuer;
	OCSP_REQUEST *request;
};

struct revoke_wait {
	struct revoke_wait *next;
	struct buf auth; /* as a message */
	uint64_t began;
	size_t n;
	uint32_t cookies[X509_CHAIN_MAX]; /* of fetches, 0 for what is done */
};

static uint64_t now(const struct revoke *revoke)
{
	return revoke->ops->now(revoke->arg);
}

/* -------------------------------------------------------------------- fetches */

static void free_fetch(struct revoke_fetch *fetch)
{
	X509_free(fetch->cert);
	X509_free(fetch->issuer);
	OCSP_REQUEST_free(fetch->request);
	free(fetch->uri);
	free(fetch);
}

static struct revoke_fetch *new_fetch(enum keys_source kind, const char *uri,
				      X509 *cert, X509 *issuer)
{
	struct revoke_fetch *fetch = calloc(1, sizeof(*fetch));

	if (!fetch)
		return NULL;
	fetch->kind = kind;
	fetch->uri = strdup(uri);
	fetch->cert = X509_up_ref(cert) ? cert : NULL;
	fetch->issuer = X509_up_ref(issuer) ? issuer : NULL;
	if (kind == KEYS_OCSP)
		fetch->request = ocsp_ask(cert, issuer);
	if (fetch->uri && fetch->cert && fetch->issuer &&
	    (fetch->request || kind != KEYS_OCSP))
		return fetch;
	free_fetch(fetch);
	return NULL;
}

static int ask(struct revoke *revoke, struct revoke_fetch *fetch)
{
	struct msg_fetch msg = {
		.cookie = fetch->cookie,
		.uri = fetch->uri,
		.type = "",
		.max = MSG_FETCH_MAX,
	};
	uint8_t *der = NULL;
	int len, rc;

	if (fetch->kind == KEYS_OCSP) {
		len = i2d_OCSP_REQUEST(fetch->request, &der);
		if (len <= 0 || len > MSG_POST_MAX) {
			OPENSSL_free(der);
			return -1;
		}
		msg.post = span_of(der, (size_t)len);
		msg.type = OCSP_MEDIA_TYPE;
		msg.max = OCSP_LEN_MAX;
	}
	rc = revoke->ops->fetch(revoke->arg, &msg);
	OPENSSL_free(der);
	return rc;
}

static struct revoke_fetch *find_fetch(const struct revoke *revoke,
				       enum keys_source kind, const char *uri,
				       X509 *cert, X509 *issuer)
{
	struct revoke_fetch *i = revoke->fetches;

	while (i && (i->kind != kind || strcmp(i->uri, uri) != 0 ||
		     X509_cmp(i->issuer, issuer) != 0 ||
		     (kind == KEYS_OCSP && X509_cmp(i->cert, cert) != 0)))
		i = i->next;
	return i;
}

/* Its cookie; 0 if it can't be. */
static uint32_t begin_fetch(struct revoke *revoke, enum keys_source kind,
			    const char *uri, X509 *cert, X509 *issuer)
{
	struct revoke_fetch *fetch =
		find_fetch(revoke, kind, uri, cert, issuer);

	if (fetch)
		return fetch->cookie;
	if (revoke->n_fetches >= REVOKE_FETCHES_MAX)
		return 0;
	fetch = new_fetch(kind, uri, cert, issuer);
	if (!fetch)
		return 0;
	/* 0 is nobody's. */
	if (!++revoke->cookie)
		revoke->cookie++;
	fetch->cookie = revoke->cookie;
	if (ask(revoke, fetch)) {
		free_fetch(fetch);
		return 0;
	}
	fetch->next = revoke->fetches;
	revoke->fetches = fetch;
	revoke->n_fetches++;
	return fetch->cookie;
}

static int take_crl(struct revoke *revoke, const struct revoke_fetch *fetch,
		    struct span octets, struct err *err)
{
	time_t date = revoke->ops->date(revoke->arg);
	X509_CRL *crl = keys_read_crl(octets, err);
	int rc = -1;

	if (crl && !crl_check(crl, err) &&
	    !crl_check_issuer(crl, fetch->issuer, err) &&
	    !crl_check_dates(crl, date, err))
		rc = keys_add_crl(revoke->store, crl, fetch->uri, err);
	X509_CRL_free(crl);
	return rc;
}

static int take(struct revoke *revoke, const struct revoke_fetch *fetch,
		const struct msg_fetched *msg, struct err *err)
{
	time_t date = revoke->ops->date(revoke->arg);

	if (!msg->good)
		return err_set(err, ERR_REFUSED, "%.300s", msg->text);
	if (fetch->kind == KEYS_CRL)
		return take_crl(revoke, fetch, msg->octets, err);
	return ocsp_take(revoke->store, fetch->request, fetch->cert,
			 fetch->issuer, msg->octets, date, err);
}

/* ---------------------------------------------------------------------- waiting */

static void free_wait(struct revoke_wait *wait)
{
	buf_free(&wait->auth);
	free(wait);
}

static uint64_t since(const struct revoke_wait *wait)
{
	return wait->began > REVOKE_AGAIN_SECONDS ?
		       wait->began - REVOKE_AGAIN_SECONDS :
		       0;
}

/* What is not known yet, and could be. */
static bool is_wanted(const struct revoke *revoke,
		      const struct revoke_wait *wait, X509 *cert,
		      enum keys_source *kind, char uri[SOURCE_URI_MAX])
{
	return !source_is_known(revoke->store, cert,
				revoke->ops->date(revoke->arg)) &&
	       source_next(revoke->store, cert, since(wait), kind, uri);
}

static void begin_one(struct revoke *revoke, struct revoke_wait *wait,
		      X509 *cert, X509 *issuer)
{
	char uri[SOURCE_URI_MAX];
	enum keys_source kind = KEYS_CRL;

	for (int tries = 0; tries < TRIES_MAX; tries++) {
		uint32_t cookie;

		if (!is_wanted(revoke, wait, cert, &kind, uri))
			return;
		cookie = begin_fetch(revoke, kind, uri, cert, issuer);
		if (cookie) {
			wait->cookies[wait->n++] = cookie;
			return;
		}
		source_set_failed(revoke->store, cert, kind, uri,
				  "too much is fetched now", now(revoke));
	}
}

static bool wants_some(const struct revoke *revoke,
		       const struct revoke_wait *wait, STACK_OF(X509) * chain)
{
	char uri[SOURCE_URI_MAX];
	enum keys_source kind = KEYS_CRL;

	for (int i = 0; i < sk_X509_num(chain) - 1; i++)
		if (is_wanted(revoke, wait, sk_X509_value(chain, i), &kind,
			      uri))
			return true;
	return false;
}

/* Whose is to be known; to be freed. */
static STACK_OF(X509) *
	chain_of(const struct revoke *revoke, const struct env_auth *auth)
{
	STACK_OF(X509) * chain;

	if (auth->eap == EAP_NONE)
		return keys_peer_chain(revoke->store, auth,
				       revoke->ops->date(revoke->arg));
	chain = keys_eap_chain(revoke->eap, auth);
	return chain ? X509_chain_up_ref(chain) : NULL;
}

/* EAP itself only waits when all else is good. */
static bool is_good_so_far(const struct revoke *revoke,
			   const struct env_auth *auth)
{
	return auth->eap != EAP_NONE ||
	       keys_is_good_so_far(revoke->store, auth,
				   revoke->ops->date(revoke->arg));
}

/*
 * True if there is something to wait for. Who is not the owner of the
 * certificate makes us fetch nothing.
 */
static bool go_on(struct revoke *revoke, struct revoke_wait *wait,
		  const struct env_auth *auth)
{
	STACK_OF(X509) *chain = chain_of(revoke, auth);
	int n = sk_X509_num(chain) - 1;

	wait->n = 0;
	if (wants_some(revoke, wait, chain) && is_good_so_far(revoke, auth))
		for (int i = 0; i < n && i < X509_CHAIN_MAX; i++)
			begin_one(revoke, wait, sk_X509_value(chain, i),
				  sk_X509_value(chain, i + 1));
	sk_X509_pop_free(chain, X509_free);
	return wait->n;
}

/* What is to be said if the policy lets it pass all the same. */
static void note(const struct revoke *revoke, const struct env_auth *auth,
		 struct err *err)
{
	time_t date = revoke->ops->date(revoke->arg);
	STACK_OF(X509) *chain = chain_of(revoke, auth);
	char name[NAME_SIZE], text[SOURCE_TEXT_SIZE];

	err->text[0] = '\0';
	for (int i = 0; !*err->text && i < sk_X509_num(chain) - 1; i++) {
		X509 *cert = sk_X509_value(chain, i);

		source_show_failed(revoke->store, cert, text);
		if (*text && !source_is_known(revoke->store, cert, date))
			err_set(err, ERR_REFUSED,
				"nobody says whether certificate of %s is revoked: %.350s",
				x509_show(cert, name, sizeof(name)), text);
	}
	sk_X509_pop_free(chain, X509_free);
}

static void unlink_wait(struct revoke *revoke, struct revoke_wait *wait)
{
	struct revoke_wait **at = &revoke->waits;

	while (*at != wait)
		at = &(*at)->next;
	*at = wait->next;
	revoke->n_waits--;
}

/* Ask on, or have it answered and freed. */
static void step(struct revoke *revoke, struct revoke_wait *wait, bool in_time)
{
	struct span body = buf_span(&wait->auth), header;
	union msg_any *msg = malloc(sizeof(*msg));
	struct err err;
	bool good;

	good = msg && span_take(&body, MSG_HEADER_LEN, &header) &&
	       !msg_decode(MSG_AUTH, body, msg, &err);
	if (good && in_time && go_on(revoke, wait, &msg->auth.auth)) {
		free(msg);
		return;
	}
	unlink_wait(revoke, wait);
	if (good) {
		note(revoke, &msg->auth.auth, &err);
		revoke->ops->ready(revoke->arg, &msg->auth.auth, err.text);
	}
	free_wait(wait);
	free(msg);
}

static int copy(struct revoke_wait *wait, const struct env_auth *auth)
{
	struct msg_auth *msg = malloc(sizeof(*msg));
	struct err err;
	int rc;

	if (!msg)
		return -1;
	msg_auth_of(msg, auth);
	rc = msg_encode(&wait->auth, MSG_AUTH, msg, &err);
	free(msg);
	return rc || wait->auth.failed ? -1 : 0;
}

bool revoke_begin(struct revoke *revoke, const struct env_auth *auth)
{
	struct revoke_wait *wait;

	if ((auth->eap == EAP_NONE &&
	     (!auth->verify || auth->method == AUTH_PSK)) ||
	    revoke->n_waits >= REVOKE_WAITING_MAX)
		return false;
	wait = calloc(1, sizeof(*wait));
	if (!wait)
		return false;
	wait->began = now(revoke);
	if (!go_on(revoke, wait, auth) || copy(wait, auth)) {
		free_wait(wait);
		return false;
	}
	wait->next = revoke->waits;
	revoke->waits = wait;
	revoke->n_waits++;
	return true;
}

static bool is_done(struct revoke_wait *wait, uint32_t cookie)
{
	bool concerns = false, done = true;

	for (size_t i = 0; i < wait->n; i++) {
		if (wait->cookies[i] == cookie) {
			wait->cookies[i] = 0;
			concerns = true;
		}
		done &= !wait->cookies[i];
	}
	return concerns && done;
}

static void tell_all(struct revoke *revoke, uint32_t cookie)
{
	struct revoke_wait *next;

	for (struct revoke_wait *i = revoke->waits; i; i = next) {
		next = i->next;
		if (is_done(i, cookie))
			step(revoke, i, true);
	}
}

void revoke_fetched(struct revoke *revoke, const struct msg_fetched *msg)
{
	struct revoke_fetch **at = &revoke->fetches, *fetch;
	struct err err;
	int rc;

	while (*at && (*at)->cookie != msg->cookie)
		at = &(*at)->next;
	fetch = *at;
	if (!fetch)
		return;
	*at = fetch->next;
	revoke->n_fetches--;
	rc = take(revoke, fetch, msg, &err);
	source_set_failed(revoke->store, fetch->cert, fetch->kind, fetch->uri,
			  rc ? err.text : NULL, now(revoke));
	free_fetch(fetch);
	tell_all(revoke, msg->cookie);
}

/* What it waits for did not come. */
static void give_up(struct revoke *revoke, const struct revoke_wait *wait)
{
	char text[64];

	snprintf(text, sizeof(text), "no answer in %d seconds", REVOKE_SECONDS);
	for (const struct revoke_fetch *i = revoke->fetches; i; i = i->next)
		for (size_t j = 0; j < wait->n; j++)
			if (wait->cookies[j] == i->cookie)
				source_set_failed(revoke->store, i->cert,
						  i->kind, i->uri, text,
						  now(revoke));
}

void revoke_tick(struct revoke *revoke)
{
	struct revoke_wait *next;

	for (struct revoke_wait *i = revoke->waits; i; i = next) {
		next = i->next;
		if (now(revoke) < i->began + REVOKE_SECONDS)
			continue;
		give_up(revoke, i);
		step(revoke, i, false);
	}
}

void revoke_free(struct revoke *revoke)
{
	while (revoke->waits) {
		struct revoke_wait *wait = revoke->waits;

		revoke->waits = wait->next;
		free_wait(wait);
	}
	while (revoke->fetches) {
		struct revoke_fetch *fetch = revoke->fetches;

		revoke->fetches = fetch->next;
		free_fetch(fetch);
	}
	revoke->n_waits = 0;
	revoke->n_fetches = 0;
}
