// SPDX-License-Identifier: GPL-2.0-or-later
/* See store.h: the folder is read again, and VICI's own stays. */
#include <string.h>

#include "store.h"

static bool has_shared(const struct keys_store *store, const char *name)
{
	const struct keys_shared *i = store->shared;

	while (i && (!*name || strcmp(i->name, name) != 0))
		i = i->next;
	return i;
}

static void take_shared(struct keys_store *to, struct keys_store *from)
{
	struct keys_shared **at = &from->shared, **end = &to->shared;

	while (*end)
		end = &(*end)->next;
	while (*at) {
		struct keys_shared *shared = *at;

		if (shared->of_file || has_shared(to, shared->name)) {
			at = &shared->next;
			continue;
		}
		*at = shared->next;
		shared->next = NULL;
		*end = shared;
		end = &shared->next;
	}
}

static int take_keys(struct keys_store *to, const struct keys_store *from,
		     struct err *err)
{
	for (const struct keys_private *i = from->privates; i; i = i->next)
		if (!i->of_file && keys_add_private(to, i->key, NULL, err))
			return -1;
	for (const struct keys_public *i = from->publics; i; i = i->next)
		if (!i->of_file && keys_add_public(to, i->key, i->name, err))
			return -1;
	return 0;
}

static int take_certs(struct keys_store *to, const struct keys_store *from,
		      struct err *err)
{
	for (const struct keys_cert *i = from->certs; i; i = i->next)
		if (!i->of_file &&
		    keys_add_cert(to, i->cert, i->flag, i->name, err))
			return -1;
	for (const struct keys_crl *i = from->crls; i; i = i->next)
		if (!i->of_file && keys_add_crl(to, i->crl, i->uri, err))
			return -1;
	return 0;
}

static bool has_authority(const struct keys_store *store, const char *name)
{
	const struct keys_authority *i = store->authorities;

	while (i && strcmp(i->name, name) != 0)
		i = i->next;
	return i;
}

static int take_authorities(struct keys_store *to,
			    const struct keys_store *from, struct err *err)
{
	for (const struct keys_authority *i = from->authorities; i; i = i->next)
		if (!i->of_file && !has_authority(to, i->name) &&
		    keys_add_authority(to, i->name, i->cert, i->uris, err))
			return -1;
	return 0;
}

int keys_take_over(struct keys_store *to, struct keys_store *from,
		   struct err *err)
{
	int rc;

	to->of_files = false;
	take_shared(to, from);
	rc = take_keys(to, from, err) || take_certs(to, from, err) ||
	     take_authorities(to, from, err);
	keys_clear_ocsps(to);
	to->ocsps = from->ocsps;
	from->ocsps = NULL;
	keys_clear(from);
	return rc ? -1 : 0;
}
