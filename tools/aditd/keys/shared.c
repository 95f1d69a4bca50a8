// SPDX-License-Identifier: GPL-2.0-or-later
/* See store.h: which secret is whose. */
#include <stdio.h>
#include <string.h>

#include "../proto/v2.h"
#include "store.h"

/* Better than any address, worse than any pattern of an identity. */
enum { MATCH_NONE, MATCH_UNOWNED, MATCH_ANYBODY, MATCH_ADDR, MATCH_IDENT };

/* A pattern that anybody matches is the least, even if it is written down. */
static unsigned int match_owner(const struct ident *id, const struct addr *addr,
				const struct ident *owner)
{
	unsigned int match = id ? ident_match(id, owner) : 0;
	struct ident address;

	if (owner->type == IDENT_ANY)
		return MATCH_ANYBODY;
	if (match)
		return MATCH_IDENT + match;
	if (!addr->len || ident_from_addr(&address, addr))
		return MATCH_NONE;
	match = ident_match(&address, owner) ? MATCH_ADDR : MATCH_NONE;
	ident_free(&address);
	return match;
}

static unsigned int best_owner(const struct keys_shared *shared,
			       const struct ident *id, const struct addr *addr)
{
	unsigned int best = MATCH_NONE;

	for (size_t i = 0; i < shared->n_owners; i++) {
		unsigned int match = match_owner(id, addr, &shared->owners[i]);

		if (match > best)
			best = match;
	}
	return shared->n_owners ? best : MATCH_UNOWNED;
}

const struct keys_shared *keys_find_shared(const struct keys_store *store,
					   enum keys_kind kind,
					   const struct keys_pair *pair)
{
	const struct keys_shared *best = NULL;
	unsigned int best_remote = 0, best_local = 0;

	for (const struct keys_shared *i = store->shared; i; i = i->next) {
		unsigned int local, remote;

		if (!(i->kind & kind))
			continue;
		local = best_owner(i, pair->local, &pair->local_addr);
		remote = best_owner(i, pair->remote, &pair->remote_addr);
		/* One end is enough: a gateway's secret may name only it. */
		if (!local && !remote)
			continue;
		if (best && (remote < best_remote ||
			     (remote == best_remote && local <= best_local)))
			continue;
		best = i;
		best_remote = remote;
		best_local = local;
	}
	return best;
}

/* No type goes with the octets: they may be of any that is only octets. */
static unsigned int match_ppk(struct span id, const struct ident *owner)
{
	const struct ident same = { owner->type, (uint16_t)id.len,
				    (uint8_t *)id.data };
	unsigned int match;

	switch (owner->type) {
	case IDENT_ANY:
		return MATCH_ANYBODY;
	case ID_FQDN:
	case ID_RFC822_ADDR:
	case ID_KEY_ID:
		match = ident_match(&same, owner);
		return match ? MATCH_IDENT + match : MATCH_NONE;
	default:
		return span_equal(id, span_of(owner->data, owner->len)) ?
			       MATCH_IDENT + IDENT_MATCH_PERFECT :
			       MATCH_NONE;
	}
}

const struct keys_shared *keys_find_ppk(const struct keys_store *store,
					struct span id)
{
	const struct keys_shared *best = NULL;
	unsigned int best_match = 0, match;

	if (!id.len || id.len > IDENT_LEN_MAX)
		return NULL;
	for (const struct keys_shared *i = store->shared; i; i = i->next) {
		if (!(i->kind & KEYS_PPK))
			continue;
		match = i->n_owners ? 0 : MATCH_UNOWNED;
		for (size_t j = 0; j < i->n_owners; j++) {
			unsigned int one = match_ppk(id, &i->owners[j]);

			if (one > match)
				match = one;
		}
		if (match > best_match) {
			best = i;
			best_match = match;
		}
	}
	return best;
}

static void append(char *text, size_t size, const char *more)
{
	size_t len = strlen(text);

	if (len + 1 < size)
		snprintf(text + len, size - len, "%s", more);
}

void keys_show_shared(const struct keys_store *store, enum keys_kind kind,
		      char *text, size_t size)
{
	char name[IDENT_TEXT_SIZE];

	*text = '\0';
	for (const struct keys_shared *i = store->shared; i; i = i->next) {
		if (!(i->kind & kind))
			continue;
		if (*text)
			append(text, size, ", ");
		if (!i->n_owners)
			append(text, size, "one for all");
		for (size_t j = 0; j < i->n_owners; j++) {
			if (j)
				append(text, size, " - ");
			append(text, size, ident_show(&i->owners[j], name));
		}
	}
	if (!*text)
		append(text, size, "none at all");
}
