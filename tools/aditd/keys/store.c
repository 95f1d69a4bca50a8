// SPDX-License-Identifier: GPL-2.0-or-later
/* See store.h: what is there, and how it comes and goes. */
#include "store.h"

#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

#include "../crypto/prf.h"
#include "../proto/v2.h"

static void free_shared(struct keys_shared *shared)
{
	for (size_t i = 0; i < shared->n_owners; i++)
		ident_free(&shared->owners[i]);
	free(shared->owners);
	buf_free(&shared->secret);
	free(shared->name);
	free(shared);
}

static void free_private(struct keys_private *private)
{
	EVP_PKEY_free(private->key);
	free(private);
}

static void free_public(struct keys_public *public)
{
	EVP_PKEY_free(public->key);
	free(public->name);
	free(public);
}

static void free_cert(struct keys_cert *cert)
{
	X509_free(cert->cert);
	free(cert->name);
	free(cert);
}

void keys_clear_shared(struct keys_store *store)
{
	while (store->shared) {
		struct keys_shared *shared = store->shared;

		store->shared = shared->next;
		free_shared(shared);
	}
}

void keys_clear_privates(struct keys_store *store)
{
	while (store->privates) {
		struct keys_private *private = store->privates;

		store->privates = private->next;
		free_private(private);
	}
}

void keys_clear_certs(struct keys_store *store)
{
	while (store->certs) {
		struct keys_cert *cert = store->certs;

		store->certs = cert->next;
		free_cert(cert);
	}
	while (store->publics) {
		struct keys_public *public = store->publics;

		store->publics = public->next;
		free_public(public);
	}
}

static void drop_secrets(struct keys_store *store)
{
	struct keys_shared **shared = &store->shared;
	struct keys_private **private = &store->privates;

	while (*shared) {
		struct keys_shared *old = *shared;

		if (old->of_file) {
			shared = &old->next;
			continue;
		}
		*shared = old->next;
		free_shared(old);
	}
	while (*private) {
		struct keys_private *old = *private;

		if (old->of_file) {
			private = &old->next;
			continue;
		}
		*private = old->next;
		free_private(old);
	}
}

static void drop_certs(struct keys_store *store)
{
	const size_t len = strlen(KEYS_AUTHORITY);
	struct keys_cert **cert = &store->certs;
	struct keys_public **public = &store->publics;

	while (*cert) {
		struct keys_cert *old = *cert;

		if (old->of_file ||
		    strncmp(old->name, KEYS_AUTHORITY, len) == 0) {
			cert = &old->next;
			continue;
		}
		*cert = old->next;
		free_cert(old);
	}
	while (*public) {
		struct keys_public *old = *public;

		if (old->of_file) {
			public = &old->next;
			continue;
		}
		*public = old->next;
		free_public(old);
	}
}

void keys_drop_vici(struct keys_store *store)
{
	drop_secrets(store);
	drop_certs(store);
	keys_drop_vici_crls(store);
}

void keys_clear(struct keys_store *store)
{
	keys_clear_shared(store);
	keys_clear_privates(store);
	keys_clear_certs(store);
	keys_clear_crls(store);
	while (store->authorities)
		keys_remove_authority(store, store->authorities->name);
}

static int no_memory(struct err *err)
{
	return err_set(err, ERR_REFUSED, "out of memory");
}

static int fill_owners(struct keys_shared *shared, const char *const *owners,
		       size_t n, struct err *err)
{
	shared->owners = calloc(n ? n : 1, sizeof(*shared->owners));
	if (!shared->owners)
		return no_memory(err);
	for (; shared->n_owners < n; shared->n_owners++)
		if (ident_parse(&shared->owners[shared->n_owners],
				owners[shared->n_owners], err))
			return err_prefix(err, "owner '%.100s': ",
					  owners[shared->n_owners]);
	return 0;
}

int keys_add_shared(struct keys_store *store, enum keys_kind kind,
		    const char *name, struct span secret,
		    const char *const *owners, size_t n, struct err *err)
{
	struct keys_shared *shared;

	if (!secret.len || secret.len > KEYS_SECRET_MAX)
		return err_set(err, ERR_USAGE,
			       "a secret has 1 to %d octets, not %zu",
			       KEYS_SECRET_MAX, secret.len);
	if (n > KEYS_OWNERS_MAX)
		return err_set(err, ERR_USAGE,
			       "a secret has at most %d owners, not %zu",
			       KEYS_OWNERS_MAX, n);
	shared = calloc(1, sizeof(*shared));
	if (!shared)
		return no_memory(err);
	shared->kind = kind;
	shared->of_file = store->of_files;
	shared->name = strdup(name);
	buf_add_span(&shared->secret, secret);
	if (fill_owners(shared, owners, n, err)) {
		free_shared(shared);
		return -1;
	}
	if (!shared->name || shared->secret.failed) {
		free_shared(shared);
		return no_memory(err);
	}
	if (*name)
		keys_remove_shared(store, name);
	shared->next = store->shared;
	store->shared = shared;
	return 0;
}

bool keys_remove_shared(struct keys_store *store, const char *name)
{
	for (struct keys_shared **at = &store->shared; *at; at = &(*at)->next) {
		struct keys_shared *shared = *at;

		if (strcmp(shared->name, name) != 0)
			continue;
		*at = shared->next;
		free_shared(shared);
		return true;
	}
	return false;
}

int keys_info_id(X509 *cert, uint8_t id[KEYS_ID_LEN])
{
	uint8_t *der = NULL;
	int len = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(cert), &der);
	struct span part;
	int rc;

	if (len <= 0)
		return -1;
	part = span_of(der, (size_t)len);
	rc = hash(HASH_SHA1, &part, 1, id);
	OPENSSL_free(der);
	return rc;
}

int keys_key_id(EVP_PKEY *key, uint8_t id[KEYS_ID_LEN])
{
	X509_PUBKEY *info = NULL;
	const uint8_t *octets;
	struct span part;
	int len, rc = -1;

	if (X509_PUBKEY_set(&info, key) &&
	    X509_PUBKEY_get0_param(NULL, &octets, &len, NULL, info)) {
		part = span_of(octets, (size_t)len);
		rc = hash(HASH_SHA1, &part, 1, id);
	}
	X509_PUBKEY_free(info);
	return rc;
}

int keys_add_private(struct keys_store *store, EVP_PKEY *key, uint8_t *id,
		     struct err *err)
{
	struct keys_private *private;
	uint8_t key_id[KEYS_ID_LEN];

	if (keys_key_id(key, key_id))
		return err_set(err, ERR_REFUSED,
			       "libcrypto does not know this kind of key");
	if (id)
		memcpy(id, key_id, sizeof(key_id));
	for (private = store->privates; private; private = private->next)
		if (memcmp(private->id, key_id, sizeof(key_id)) == 0) {
			private->of_file &= store->of_files;
			return 0;
		}
	private = calloc(1, sizeof(*private));
	if (!private || !EVP_PKEY_up_ref(key)) {
		free(private);
		return no_memory(err);
	}
	memcpy(private->id, key_id, sizeof(key_id));
	private->key = key;
	private->of_file = store->of_files;
	private->next = store->privates;
	store->privates = private;
	return 0;
}

bool keys_remove_private(struct keys_store *store, const uint8_t *id)
{
	for (struct keys_private **at = &store->privates; *at;
	     at = &(*at)->next) {
		struct keys_private *private = *at;

		if (memcmp(private->id, id, KEYS_ID_LEN) != 0)
			continue;
		*at = private->next;
		free_private(private);
		return true;
	}
	return false;
}

/* The same again from the same place, or of no weight. */
static struct keys_cert *find_cert(const struct keys_store *store, X509 *cert,
				   enum keys_flag flag, const char *name)
{
	for (struct keys_cert *i = store->certs; i; i = i->next)
		if (X509_cmp(i->cert, cert) == 0 &&
		    (flag == KEYS_CERT_CHAIN ||
		     (i->flag == flag && strcmp(i->name, name) == 0)))
			return i;
	return NULL;
}

/* Basic constraints, or a self-signed one of X.509 version 1. */
static bool is_ca(X509 *cert)
{
	return X509_check_ca(cert) > 0;
}

static struct keys_cert *new_cert(X509 *cert, const char *name)
{
	struct keys_cert *made = calloc(1, sizeof(*made));
	EVP_PKEY *key = X509_get0_pubkey(cert);

	if (!made)
		return NULL;
	made->name = strdup(name);
	if (!made->name || !key || keys_key_id(key, made->key_id) ||
	    keys_info_id(cert, made->info_id) || !X509_up_ref(cert)) {
		free(made->name);
		free(made);
		return NULL;
	}
	made->cert = cert;
	return made;
}

int keys_add_cert(struct keys_store *store, X509 *cert, enum keys_flag flag,
		  const char *name, struct err *err)
{
	struct keys_cert **at = &store->certs;
	struct keys_cert *made;

	if (flag == KEYS_CERT_CA && !is_ca(cert))
		return err_set(
			err, ERR_USAGE,
			"is not the certificate of a CA: its basic constraints do not say CA:TRUE");
	made = find_cert(store, cert, flag, name);
	if (made) {
		made->of_file &= store->of_files;
		return 0;
	}
	made = new_cert(cert, name);
	if (!made)
		return err_set(err, ERR_REFUSED,
			       "libcrypto cannot use the certificate's key");
	made->flag = flag;
	made->of_file = store->of_files;
	/* In the order they were given: the first that fits is sent. */
	while (*at)
		at = &(*at)->next;
	*at = made;
	return 0;
}

void keys_remove_certs(struct keys_store *store, const char *name)
{
	struct keys_cert **at = &store->certs;

	while (*at) {
		struct keys_cert *cert = *at;

		if (strcmp(cert->name, name) != 0) {
			at = &cert->next;
			continue;
		}
		*at = cert->next;
		free_cert(cert);
	}
}

const struct keys_private *keys_private_of(const struct keys_store *store,
					   EVP_PKEY *public_key)
{
	uint8_t id[KEYS_ID_LEN];

	if (!public_key || keys_key_id(public_key, id))
		return NULL;
	for (const struct keys_private *i = store->privates; i; i = i->next)
		if (memcmp(i->id, id, sizeof(id)) == 0)
			return i;
	return NULL;
}

int keys_add_public(struct keys_store *store, EVP_PKEY *key, const char *name,
		    struct err *err)
{
	struct keys_public *public = calloc(1, sizeof(*public));

	if (!public)
		return no_memory(err);
	public->name = strdup(name);
	if (!public->name || !EVP_PKEY_up_ref(key)) {
		free(public->name);
		free(public);
		return no_memory(err);
	}
	public->key = key;
	public->of_file = store->of_files;
	public->next = store->publics;
	store->publics = public;
	return 0;
}
