// SPDX-License-Identifier: GPL-2.0-or-later
/* See store.h: CAs that have more than a certificate. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store.h"

enum { NAME_SIZE = 320 };

static void free_authority(struct keys_authority *authority)
{
	for (size_t i = 0; i < authority->n_uris; i++)
		free(authority->uris[i]);
	free(authority->uris);
	X509_free(authority->cert);
	free(authority->name);
	free(authority);
}

static struct keys_authority *new_authority(const char *name, X509 *cert,
					    const char *const *uris, size_t n)
{
	struct keys_authority *made = calloc(1, sizeof(*made));

	if (!made)
		return NULL;
	made->name = strdup(name);
	made->uris = calloc(n ? n : 1, sizeof(*made->uris));
	if (!made->name || !made->uris || !X509_up_ref(cert)) {
		free_authority(made);
		return NULL;
	}
	made->cert = cert;
	for (; made->n_uris < n; made->n_uris++) {
		made->uris[made->n_uris] = strdup(uris[made->n_uris]);
		if (!made->uris[made->n_uris]) {
			free_authority(made);
			return NULL;
		}
	}
	return made;
}

/* -1 if the name is too long. */
static int cert_name(const char *name, char text[NAME_SIZE])
{
	int len = snprintf(text, NAME_SIZE, KEYS_AUTHORITY "%s", name);

	return len < 0 || len >= NAME_SIZE ? -1 : 0;
}

int keys_add_authority(struct keys_store *store, const char *name, X509 *cert,
		       const char *const *uris, size_t n, struct err *err)
{
	struct keys_authority *made;
	char text[NAME_SIZE];

	if (cert_name(name, text))
		return err_set(err, ERR_USAGE, "its name is too long");
	made = new_authority(name, cert, uris, n);
	if (!made)
		return err_set(err, ERR_REFUSED, "out of memory");
	keys_remove_authority(store, name);
	if (keys_add_cert(store, cert, KEYS_CERT_CA, text, err)) {
		free_authority(made);
		return -1;
	}
	made->of_file = store->of_files;
	made->next = store->authorities;
	store->authorities = made;
	return 0;
}

bool keys_remove_authority(struct keys_store *store, const char *name)
{
	for (struct keys_authority **at = &store->authorities; *at;
	     at = &(*at)->next) {
		struct keys_authority *authority = *at;
		char text[NAME_SIZE];

		if (strcmp(authority->name, name) != 0)
			continue;
		if (!cert_name(name, text))
			keys_remove_certs(store, text);
		*at = authority->next;
		free_authority(authority);
		return true;
	}
	return false;
}
