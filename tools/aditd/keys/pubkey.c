// SPDX-License-Identifier: GPL-2.0-or-later
/* See pubkey.h and auth.h. */
#include "pubkey.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>

#include "../crypto/sig.h"
#include "../proto/v2.h"
#include "load.h"
#include "method.h"

enum { NAME_SIZE = 200 };

/* What of ours could be used to sign. */
struct ours {
	X509 *cert; /* counted; NULL with a raw public key */
	EVP_PKEY *key; /* the private one, borrowed */
	bool asked; /* its CA is one that the peer asks for */
	X509 *keyless; /* counted; what would do if its private key was here */
};

static void ours_free(struct ours *ours)
{
	X509_free(ours->cert);
	X509_free(ours->keyless);
}

static bool is_asked(struct span certreqs, X509 *cert)
{
	uint8_t id[KEYS_ID_LEN];
	struct span one;

	if (keys_info_id(cert, id))
		return false;
	while (span_take(&certreqs, KEYS_ID_LEN, &one))
		if (span_equal(one, SPAN(id)))
			return true;
	return false;
}

/* Is a CA over it asked for, one that is sent along or the root? */
static bool has_asked_ca(const struct keys_store *store, struct span certreqs,
			 X509 *leaf)
{
	X509 *chain[X509_CHAIN_MAX];
	size_t n = x509_between(store, leaf, chain);
	X509 *last = n ? chain[n - 1] : leaf;

	for (size_t i = 0; i < n; i++)
		if (is_asked(certreqs, chain[i]))
			return true;
	for (const struct keys_cert *i = store->certs; i; i = i->next)
		if (i->flag == KEYS_CERT_CA &&
		    X509_check_issued(i->cert, last) == X509_V_OK &&
		    is_asked(certreqs, i->cert))
			return true;
	return false;
}

/* Take it if it is better than what there is. */
static void offer(const struct keys_store *store, const struct env_auth *auth,
		  X509 *cert, struct ours *best)
{
	const struct keys_private *private =
		keys_private_of(store, X509_get0_pubkey(cert));
	struct method method;
	struct err err;
	bool asked;

	if (!private && !best->keyless && X509_up_ref(cert))
		best->keyless = cert;
	method_read(&method, auth->round->method);
	if (!private || method_check_key(&method, private->key, &err))
		return;
	asked = has_asked_ca(store, auth->certreqs, cert);
	if ((best->key && (best->asked || !asked)) || !X509_up_ref(cert))
		return;
	X509_free(best->cert);
	best->cert = cert;
	best->key = private->key;
	best->asked = asked;
}

/* Those of the round; else whatever has the identity. */
static void find_listed(const struct keys_store *store,
			const struct env_auth *auth, struct ours *best,
			X509 **other)
{
	const struct conf_texts *texts = &auth->round->certs;

	for (const struct keys_cert *i = store->certs; i; i = i->next) {
		if (!x509_is_listed(store, i->cert, texts))
			continue;
		if (x509_has_ident(i->cert, auth->local))
			offer(store, auth, i->cert, best);
		else
			*other = i->cert;
	}
}

/* PEM in the connection itself, as VICI has it, needs not be in the store. */
static void find_inline(const struct keys_store *store,
			const struct env_auth *auth, struct ours *best)
{
	const struct conf_texts *texts = &auth->round->certs;

	for (size_t i = 0; i < texts->n; i++) {
		struct err err;
		X509 *cert;

		if (texts->texts[i][0] == '/')
			continue;
		cert = keys_read_cert(span_of_text(texts->texts[i]), &err);
		if (cert && x509_has_ident(cert, auth->local))
			offer(store, auth, cert, best);
		X509_free(cert);
	}
}

static void find_any(const struct keys_store *store,
		     const struct env_auth *auth, struct ours *best)
{
	for (const struct keys_cert *i = store->certs; i; i = i->next)
		if (i->flag == KEYS_CERT_END &&
		    x509_has_ident(i->cert, auth->local))
			offer(store, auth, i->cert, best);
}

/* PEM, or the name of a file that was loaded; to be freed. */
static EVP_PKEY *listed_key(const struct keys_store *store, const char *text)
{
	struct err err;

	if (*text != '/')
		return keys_read_public(span_of_text(text), &err);
	for (const struct keys_public *i = store->publics; i; i = i->next)
		if (strcmp(i->name, text) == 0 && EVP_PKEY_up_ref(i->key))
			return i->key;
	return NULL;
}

/* RFC 7670: a raw public key, which the peer has. */
static void find_raw(const struct keys_store *store,
		     const struct env_auth *auth, struct ours *best)
{
	const struct conf_texts *texts = &auth->round->pubkeys;

	for (size_t i = 0; !best->key && i < texts->n; i++) {
		EVP_PKEY *public = listed_key(store, texts->texts[i]);
		const struct keys_private *private =
			keys_private_of(store, public);

		if (private)
			best->key = private->key;
		EVP_PKEY_free(public);
	}
}

static int find_ours(const struct keys_store *store,
		     const struct env_auth *auth, struct ours *ours,
		     struct err *err)
{
	char id[IDENT_TEXT_SIZE], names[NAME_SIZE];
	X509 *other = NULL;

	*ours = (struct ours){ 0 };
	if (auth->round->certs.n) {
		find_listed(store, auth, ours, &other);
		if (!ours->key)
			find_inline(store, auth, ours);
	} else if (auth->round->pubkeys.n) {
		find_raw(store, auth, ours);
	} else {
		find_any(store, auth, ours);
	}
	if (ours->key)
		return 0;
	if (ours->keyless)
		return err_set(
			err, ERR_REFUSED,
			"the private key of our certificate %s is not here; is that in private/ of another one?",
			x509_show(ours->keyless, names, sizeof(names)));
	ident_show(auth->local, id);
	if (other)
		return err_set(
			err, ERR_REFUSED,
			"identity %.200s is not in our certificate (it has: %s)",
			id, x509_show_idents(other, names, sizeof(names)));
	return err_set(
		err, ERR_REFUSED,
		"no certificate with its private key for our identity %.200s%s%.50s",
		id, auth->round->method ? " and " : "",
		auth->round->method ? auth->round->method : "");
}

bool pubkey_can_sign(const struct keys_store *store,
		     const struct env_auth *auth)
{
	struct ours ours;
	struct err err;
	bool found = !find_ours(store, auth, &ours, &err);

	ours_free(&ours);
	return found;
}

int pubkey_find(const struct keys_store *store, const struct env_auth *auth,
		X509 **cert, EVP_PKEY **key, struct err *err)
{
	struct ours ours;

	if (find_ours(store, auth, &ours, err)) {
		ours_free(&ours);
		return -1;
	}
	X509_free(ours.keyless);
	*cert = ours.cert;
	*key = ours.key;
	return 0;
}

/* RFC 7296, 3.6: the first has the key that signs. */
static int add_cert(struct keys_reply *reply, X509 *cert)
{
	size_t n = reply->reply.n_certs;
	uint8_t *der = NULL;
	int len;

	if (n == KEYS_CERTS_MAX)
		return 0;
	len = i2d_X509(cert, &der);
	if (len <= 0)
		return err_set(&reply->err, ERR_REFUSED,
			       "libcrypto cannot write the certificate");
	buf_add_u8(&reply->certs[n], CERT_X509_SIGNATURE);
	buf_add(&reply->certs[n], der, (size_t)len);
	OPENSSL_free(der);
	if (reply->certs[n].failed)
		return err_set(&reply->err, ERR_REFUSED, "out of memory");
	reply->reply.n_certs++;
	return 0;
}

static int add_certs(const struct keys_store *store,
		     const struct env_auth *auth, X509 *leaf,
		     struct keys_reply *reply)
{
	X509 *chain[X509_CHAIN_MAX];
	size_t n;

	if (!leaf || auth->conn->send_cert == SEND_CERT_NEVER ||
	    (auth->conn->send_cert == SEND_CERT_IFASKED && !auth->certreqs.len))
		return 0;
	n = x509_between(store, leaf, chain);
	if (add_cert(reply, leaf))
		return -1;
	for (size_t i = 0; i < n; i++)
		if (add_cert(reply, chain[i]))
			return -1;
	return 0;
}

int pubkey_sign(const struct keys_store *store, const struct env_auth *auth,
		struct keys_reply *reply)
{
	uint32_t hashes = auth->hashes, wanted;
	struct method method;
	struct ours ours;
	int rc;

	if (pubkey_check_octets(auth, &reply->err))
		return -1;
	if (find_ours(store, auth, &ours, &reply->err)) {
		ours_free(&ours);
		return -1;
	}
	method_read(&method, auth->round->method);
	/* What both want, if there is something; else what the peer takes. */
	wanted = method_hashes(&method, ours.key);
	if (hashes & wanted)
		hashes &= wanted;
	rc = sig_sign(ours.key, auth->octets, hashes,
		      auth->pss || method_pss(&method, ours.key),
		      &reply->reply.method, &reply->auth, &reply->err);
	if (!rc)
		rc = add_certs(store, auth, ours.cert, reply);
	ours_free(&ours);
	ERR_clear_error();
	return rc;
}

/* The peer's certificates: the first is its own. What is none is left out. */
static STACK_OF(X509) * read_certs(const struct env_auth *auth, X509 **leaf)
{
	STACK_OF(X509) *list = sk_X509_new_null();

	*leaf = NULL;
	for (size_t i = 0; list && i < auth->n_certs; i++) {
		struct span body = auth->certs[i];
		const uint8_t *at;
		uint8_t encoding;
		X509 *cert;

		if (!span_take_u8(&body, &encoding) ||
		    encoding != CERT_X509_SIGNATURE || body.len > UINT16_MAX)
			continue;
		at = body.data;
		cert = d2i_X509(NULL, &at, (long)body.len);
		if (!cert)
			continue;
		if (!sk_X509_push(list, cert)) {
			X509_free(cert);
			break;
		}
		if (!*leaf)
			*leaf = cert;
	}
	ERR_clear_error();
	return list;
}

static int check_leaf(const struct env_auth *auth, X509 *leaf, struct err *err)
{
	char id[IDENT_TEXT_SIZE], names[NAME_SIZE];
	struct method method;

	method_read(&method, auth->round->method);
	if (!X509_get0_pubkey(leaf))
		return err_set(err, ERR_REFUSED,
			       "libcrypto cannot use the key of certificate %s",
			       x509_show(leaf, names, sizeof(names)));
	if (method_check_key(&method, X509_get0_pubkey(leaf), err))
		return -1;
	if (x509_has_ident(leaf, auth->remote))
		return 0;
	return err_set(err, ERR_REFUSED,
		       "identity %.200s is not in the certificate (it has: %s)",
		       ident_show(auth->remote, id),
		       x509_show_idents(leaf, names, sizeof(names)));
}

static int verify_auth(EVP_PKEY *key, const struct env_auth *auth,
		       const struct method *method, struct err *err)
{
	struct sig_used used;

	if (sig_verify(key, auth->octets, auth->method, auth->auth, &used, err))
		return -1;
	return method_check_auth(method, key, &used, err);
}

static int verify_cert(const struct keys_store *store,
		       const struct env_auth *auth, time_t now, X509 *leaf,
		       STACK_OF(X509) * others, struct err *err)
{
	STACK_OF(X509) *chain = NULL;
	struct method method;
	int rc;

	method_read(&method, auth->round->method);
	if (check_leaf(auth, leaf, err) ||
	    x509_verify(store, auth->round, now, leaf, others, &chain, err))
		return -1;
	rc = method_check_chain(&method, chain, err);
	sk_X509_pop_free(chain, X509_free);
	if (rc)
		return -1;
	return verify_auth(X509_get0_pubkey(leaf), auth, &method, err);
}

/* The peer sent none: is there one here that it could be? */
static int verify_known(const struct keys_store *store,
			const struct env_auth *auth, time_t now,
			struct err *err)
{
	char id[IDENT_TEXT_SIZE];
	bool found = false;

	for (const struct keys_cert *i = store->certs; i; i = i->next) {
		if (i->flag == KEYS_CERT_CHAIN ||
		    !x509_has_ident(i->cert, auth->remote))
			continue;
		found = true;
		if (!verify_cert(store, auth, now, i->cert, NULL, err))
			return 0;
	}
	for (size_t i = 0; i < auth->round->certs.n; i++) {
		const char *text = auth->round->certs.texts[i];
		X509 *cert;
		int rc;

		if (*text == '/')
			continue;
		cert = keys_read_cert(span_of_text(text), err);
		found = found || cert;
		rc = cert ? verify_cert(store, auth, now, cert, NULL, err) : -1;
		X509_free(cert);
		if (!rc)
			return 0;
	}
	if (found)
		return -1;
	return err_set(
		err, ERR_REFUSED,
		"the peer sent no certificate, and there is none here for %.200s; let it send one (send_cert = always)",
		ident_show(auth->remote, id));
}

static int verify_raw(const struct keys_store *store,
		      const struct env_auth *auth, struct err *err)
{
	const struct conf_texts *texts = &auth->round->pubkeys;
	struct method method;
	int rc = -1;

	method_read(&method, auth->round->method);
	err_set(err, ERR_REFUSED,
		"none of the connection's public keys (pubkeys) is here");
	for (size_t i = 0; rc && i < texts->n; i++) {
		EVP_PKEY *key = listed_key(store, texts->texts[i]);

		if (key && !method_check_key(&method, key, err))
			rc = verify_auth(key, auth, &method, err);
		EVP_PKEY_free(key);
	}
	return rc;
}

int pubkey_verify(const struct keys_store *store, const struct env_auth *auth,
		  time_t now, struct err *err)
{
	STACK_OF(X509) * others;
	X509 *leaf;
	int rc;

	if (auth->round->pubkeys.n)
		return verify_raw(store, auth, err);
	others = read_certs(auth, &leaf);
	if (leaf)
		rc = verify_cert(store, auth, now, leaf, others, err);
	else
		rc = verify_known(store, auth, now, err);
	sk_X509_pop_free(others, X509_free);
	ERR_clear_error();
	return rc;
}

STACK_OF(X509) * keys_peer_chain(const struct keys_store *store,
				 const struct env_auth *auth, time_t now)
{
	struct conf_round round = *auth->round;
	STACK_OF(X509) * others, *chain = NULL;
	struct err err;
	X509 *leaf;

	round.revocation = REVOCATION_RELAXED;
	if (round.pubkeys.n)
		return NULL;
	others = read_certs(auth, &leaf);
	if (leaf && x509_verify(store, &round, now, leaf, others, &chain, &err))
		chain = NULL;
	sk_X509_pop_free(others, X509_free);
	ERR_clear_error();
	return chain;
}
