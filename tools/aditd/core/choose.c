// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which connection is a peer's: first by addresses, when nothing else is known
 * yet, then by identities as well. See inner.h.
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "inner.h"

enum { FITS_ANY = 1, FITS_NET, FITS_EXACTLY };

static_assert(CONN_FITS_BEST == FITS_EXACTLY * 4 + FITS_EXACTLY,
	      "see conn_slot_match()");

static bool read_prefix(struct conn_range *range, const char *text,
			const char *slash)
{
	char word[ADDR_TEXT_SIZE];
	struct err ignored;
	unsigned long plen;
	struct addr net;
	char *end;

	snprintf(word, sizeof(word), "%.*s", (int)(slash - text), text);
	plen = strtoul(slash + 1, &end, 10);
	if (*end || addr_parse_digits(&net, word, &ignored) ||
	    plen > 8UL * net.len)
		return false;
	addr_prefix_range(&net, (unsigned int)plen, &range->first,
			  &range->last);
	return true;
}

static bool read_range(struct conn_range *range, const char *text,
		       const char *dash)
{
	char word[ADDR_TEXT_SIZE];
	struct err ignored;

	if (!dash)
		return false;
	snprintf(word, sizeof(word), "%.*s", (int)(dash - text), text);
	return !addr_parse_digits(&range->first, word, &ignored) &&
	       !addr_parse_digits(&range->last, dash + 1, &ignored);
}

/* An address, or a range, that is none: a name has letters in its last label. */
static bool is_broken(const char *text)
{
	return strchr(text, ':') || !text[strspn(text, "0123456789.-")];
}

static void read_text(struct conn_range *range, const char *text)
{
	const char *slash = strchr(text, '/'), *dash = strchr(text, '-');
	struct err ignored;

	range->fits = FITS_ANY;
	if (*text == '%')
		return;
	if (!addr_parse_digits(&range->first, text, &ignored)) {
		range->last = range->first;
		if (!addr_is_any(&range->first))
			range->fits = FITS_EXACTLY;
	} else if (slash) {
		range->fits = read_prefix(range, text, slash) ? FITS_NET : 0;
	} else if (read_range(range, text, dash)) {
		range->fits = FITS_NET;
	} else if (is_broken(text)) {
		range->fits = 0;
	}
	/* Else a name: nobody waits for DNS here, the identities will tell. */
}

static int read_texts(struct conn_ranges *ranges,
		      const struct conf_texts *texts)
{
	free(ranges->list);
	*ranges = (struct conn_ranges){ 0 };
	if (!texts->n)
		return 0;
	ranges->list = calloc(texts->n, sizeof(*ranges->list));
	if (!ranges->list)
		return -1;
	ranges->n = texts->n;
	for (size_t i = 0; i < texts->n; i++)
		read_text(&ranges->list[i], texts->texts[i]);
	return 0;
}

int conn_slot_read_addrs(struct conn_slot *slot)
{
	return read_texts(&slot->local, &slot->conn->local_addrs) ||
			       read_texts(&slot->remote,
					  &slot->conn->remote_addrs) ?
		       -1 :
		       0;
}

static unsigned int match_one(const struct addr *addr,
			      const struct conn_range *range)
{
	if (range->fits <= FITS_ANY)
		return range->fits;
	return range->first.len == addr->len && range->last.len == addr->len &&
			       addr_compare(addr, &range->first) >= 0 &&
			       addr_compare(addr, &range->last) <= 0 ?
		       range->fits :
		       0;
}

static unsigned int match_ranges(const struct addr *addr,
				 const struct conn_ranges *ranges)
{
	unsigned int best = ranges->n ? 0 : FITS_ANY;

	for (size_t i = 0; i < ranges->n; i++) {
		unsigned int fits = match_one(addr, &ranges->list[i]);

		if (fits > best)
			best = fits;
	}
	return best;
}

unsigned int conn_slot_match(const struct conn_slot *slot,
			     const struct ike_path *path)
{
	unsigned int remote = match_ranges(&path->remote, &slot->remote);
	unsigned int local = remote ? match_ranges(&path->local, &slot->local) :
				      0;

	return remote && local ? remote * 4 + local : 0;
}

/* Of a connection that may not be configured any more. */
bool conn_match_local(const struct conn *conn, const struct addr *local)
{
	const struct conf_texts *texts = &conn->local_addrs;
	bool fits = !texts->n;

	for (size_t i = 0; !fits && i < texts->n; i++) {
		struct conn_range range = { 0 };

		read_text(&range, texts->texts[i]);
		fits = match_one(local, &range);
	}
	return fits;
}

/* As good as it fits, the first thing that differs decides. */
struct fit {
	unsigned int remote, local, path;
};

static bool is_better(const struct fit *a, const struct fit *b)
{
	if (a->remote != b->remote)
		return a->remote > b->remote;
	if (a->local != b->local)
		return a->local > b->local;
	return a->path > b->path;
}

/* EAP is only for who asks for it: any other one has to prove something. */
static bool allows(const struct conf_round *round, enum conf_auth how)
{
	return round->auth == how ||
	       (round->auth == AUTH_WITH_ANY && how != AUTH_WITH_EAP);
}

/* "" if it fits, else what it wants. */
static void explain(const struct conn *conn, const struct fit *fit,
		    const struct ident *local, enum conf_auth how,
		    struct err *err)
{
	static const char *const names[] = {
		[AUTH_WITH_PSK] = "a shared key",
		[AUTH_WITH_PUBKEY] = "a signature",
		[AUTH_WITH_EAP] = "EAP",
		[AUTH_WITH_ANY] = "anything",
	};
	char want[IDENT_TEXT_SIZE], got[IDENT_TEXT_SIZE];

	if (!fit->remote)
		err_set(err, ERR_REFUSED, "connection %s expects peer %s",
			conn->name, ident_show(&conn->remote[0].id, want));
	else if (!fit->local)
		err_set(err, ERR_REFUSED,
			"the peer asks for %s; connection %s is %s",
			ident_show(local, got), conn->name,
			ident_show(&conn->local[0].id, want));
	else
		err_set(err, ERR_REFUSED,
			"the peer authenticates with %s, connection %s wants %s",
			names[how], conn->name, names[conn->remote[0].auth]);
}

static struct fit fit_of(const struct conn_slot *slot,
			 const struct ike_path *path,
			 const struct ident *remote, const struct ident *local)
{
	struct fit fit = { .path = conn_slot_match(slot, path) };
	const struct conn *conn = slot->conn;

	if (!fit.path)
		return fit;
	fit.remote = ident_match(remote, &conn->remote[0].id);
	fit.local = local ? ident_match(local, &conn->local[0].id) : 1;
	return fit;
}

/* Who is named word for word fits better than any pattern. */
static struct conn *choose_named(const struct engine *engine,
				 const struct ike_path *path,
				 const struct ident *remote,
				 const struct ident *local, enum conf_auth how)
{
	struct table_node *node =
		table_first(&engine->slot_remote, ident_key(remote));
	const struct conn_slot *chosen = NULL;
	struct fit best = { 0 }, fit;

	for (; node; node = table_next(node)) {
		const struct conn_slot *slot = node->owner;

		fit = fit_of(slot, path, remote, local);
		if (slot->conn->version == 1 || !fit.path || !fit.local ||
		    fit.remote != IDENT_MATCH_PERFECT ||
		    !allows(&slot->conn->remote[0], how))
			continue;
		/* The first one of those that are as good. */
		if (!chosen || is_better(&fit, &best) ||
		    (!is_better(&best, &fit) && slot->nth < chosen->nth)) {
			chosen = slot;
			best = fit;
		}
	}
	return chosen ? chosen->conn : NULL;
}

struct conn *conn_choose(const struct engine *engine,
			 const struct ike_path *path,
			 const struct ident *remote, const struct ident *local,
			 enum conf_auth how, struct err *err)
{
	struct fit best = { 0 }, nearest = { 0 }, fit;
	struct conn *chosen = choose_named(engine, path, remote, local, how);

	if (chosen)
		return chosen;
	err_set(err, ERR_REFUSED, "no connection fits the addresses");
	for (struct conn_slot *slot = engine->slots; slot; slot = slot->next) {
		if (slot->conn->version == 1)
			continue;
		fit = fit_of(slot, path, remote, local);
		if (!fit.path)
			continue;
		if (fit.remote && fit.local &&
		    allows(&slot->conn->remote[0], how)) {
			if (!chosen || is_better(&fit, &best)) {
				chosen = slot->conn;
				best = fit;
			}
		} else if (!nearest.path || is_better(&fit, &nearest)) {
			explain(slot->conn, &fit, local, how, err);
			nearest = fit;
		}
	}
	return chosen;
}
