// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which connection is a peer's: first by addresses, when nothing else is known
 * yet, then by identities as well. See inner.h.
 */
#include <stdio.h>
#include <stdlib.h>

#include "inner.h"

enum { FITS_ANY = 1, FITS_NET, FITS_EXACTLY };

static bool is_in_prefix(const struct addr *addr, const char *text,
			 const char *slash)
{
	struct addr net, first, last;
	char word[ADDR_TEXT_SIZE];
	struct err ignored;
	unsigned long plen;
	char *end;

	snprintf(word, sizeof(word), "%.*s", (int)(slash - text), text);
	plen = strtoul(slash + 1, &end, 10);
	if (*end || addr_parse_digits(&net, word, &ignored) ||
	    net.len != addr->len || plen > 8UL * net.len)
		return false;
	addr_prefix_range(&net, (unsigned int)plen, &first, &last);
	return addr_compare(addr, &first) >= 0 &&
	       addr_compare(addr, &last) <= 0;
}

static bool is_in_range(const struct addr *addr, const char *text,
			const char *dash)
{
	char word[ADDR_TEXT_SIZE];
	struct addr first, last;
	struct err ignored;

	snprintf(word, sizeof(word), "%.*s", (int)(dash - text), text);
	return !addr_parse_digits(&first, word, &ignored) &&
	       !addr_parse_digits(&last, dash + 1, &ignored) &&
	       first.len == addr->len && last.len == addr->len &&
	       addr_compare(addr, &first) >= 0 &&
	       addr_compare(addr, &last) <= 0;
}

static unsigned int match_text(const struct addr *addr, const char *text)
{
	const char *slash = strchr(text, '/'), *dash = strchr(text, '-');
	struct err ignored;
	struct addr other;

	if (*text == '%')
		return FITS_ANY;
	if (!addr_parse_digits(&other, text, &ignored)) {
		if (addr_is_any(&other))
			return FITS_ANY;
		return addr_compare(addr, &other) == 0 ? FITS_EXACTLY : 0;
	}
	if (slash)
		return is_in_prefix(addr, text, slash) ? FITS_NET : 0;
	if (dash && is_in_range(addr, text, dash))
		return FITS_NET;
	/* A name: nobody waits for DNS here, the identities will tell. */
	return dash && !text[strspn(text, "0123456789abcdefABCDEF.:-")] ?
		       0 :
		       FITS_ANY;
}

static unsigned int match_texts(const struct addr *addr,
				const struct conf_texts *texts)
{
	unsigned int best = texts->n ? 0 : FITS_ANY;

	for (size_t i = 0; i < texts->n; i++) {
		unsigned int fits = match_text(addr, texts->texts[i]);

		if (fits > best)
			best = fits;
	}
	return best;
}

unsigned int conn_match_path(const struct conn *conn,
			     const struct ike_path *path)
{
	unsigned int remote = match_texts(&path->remote, &conn->remote_addrs);
	unsigned int local = match_texts(&path->local, &conn->local_addrs);

	return remote && local ? remote * 4 + local : 0;
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

static struct fit fit_of(const struct conn *conn, const struct ike_path *path,
			 const struct ident *remote, const struct ident *local)
{
	struct fit fit = { .path = conn_match_path(conn, path) };

	if (!fit.path)
		return fit;
	fit.remote = ident_match(remote, &conn->remote[0].id);
	fit.local = local ? ident_match(local, &conn->local[0].id) : 1;
	return fit;
}

struct conn *conn_choose(const struct engine *engine,
			 const struct ike_path *path,
			 const struct ident *remote, const struct ident *local,
			 enum conf_auth how, struct err *err)
{
	struct fit best = { 0 }, nearest = { 0 }, fit;
	struct conn *chosen = NULL;

	err_set(err, ERR_REFUSED, "no connection fits the addresses");
	for (struct conn_slot *slot = engine->slots; slot; slot = slot->next) {
		if (slot->conn->version == 1)
			continue;
		fit = fit_of(slot->conn, path, remote, local);
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
