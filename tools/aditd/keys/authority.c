// SPDX-License-Identifier: GPL-2.0-or-later
/* See store.h: CAs that have more than a certificate. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store.h"

enum { NAME_SIZE = 320 };

static void free_uris(struct keys_uris *uris)
{
	for (size_t i = 0; i < uris->n; i++)
		free(uris->texts[i]);
	free(uris->texts);
}

static bool copy_uris(struct keys_uris *to, const struct keys_uris *from)
{
	to->texts = calloc(from->n ? from->n : 1, sizeof(*to->texts));
	for (; to->texts && to->n < from->n; to->n++) {
		to->texts[to->n] = strdup(from->texts[to->n]);
		if (!to->texts[to->n])
			return false;
	}
	return to->texts;
}

static void free_authority(struct keys_authority *authority)
{
	for (size_t i = 0; i < KEYS_SOURCES; i++)
		free_uris(&authority->uris[i]);
	X509_free(authority->cert);
	free(authority->name);
	free(authority);
}

static struct keys_authority *
new_authority(const char *name, X509 *cert,
	      const struct keys_uris uris[KEYS_SOURCES])
{
	struct keys_authority *made = calloc(1, sizeof(*made));
	bool good;

	if (!made)
		return NULL;
	made->name = strdup(name);
	good = made->name && X509_up_ref(cert);
	made->cert = good ? cert : NULL;
	for (size_t i = 0; good && i < KEYS_SOURCES; i++)
		good = copy_uris(&made->uris[i], &uris[i]);
	if (good)
		return made;
	free_authority(made);
	return NULL;
}

/* -1 if the name is too long. */
static int cert_name(const char *name, char text[NAME_SIZE])
{
	int len = snprintf(text, NAME_SIZE, KEYS_AUTHORITY "%s", name);

	return len < 0 || len >= NAME_SIZE ? -1 : 0;
}

int keys_add_authority(struct keys_store *store, const char *name, X509 *cert,
		       const struct keys_uris uris[KEYS_SOURCES],
		       struct err *err)
{
	struct keys_authority *made;
	char text[NAME_SIZE];

	if (cert_name(name, text))
		return err_set(err, ERR_USAGE, "its name is too long");
	made = new_authority(name, cert, uris);
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
