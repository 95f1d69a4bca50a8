// SPDX-License-Identifier: GPL-2.0-or-later
/* See verdict.h. */
#include "verdict.h"

#include <stdarg.h>
#include <netinet/in.h>
#include <stdio.h>

#include "../lib/quantity.h"

enum {
	/* Silence of so many seconds is worth a word. */
	IDLE_SECONDS = 120,
};

static struct verdict verdict(enum verdict_level level, const char *fmt, ...)
	PRINTF_LIKE(2, 3);

static struct verdict verdict(enum verdict_level level, const char *fmt, ...)
{
	struct verdict verdict = { .level = level };
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(verdict.text, sizeof(verdict.text), fmt, ap);
	va_end(ap);
	return verdict;
}

struct verdict verdict_peer(const struct adit_peer *peer,
			    const struct adit_socket *socket)
{
	/* The interface's own peer may be there for nothing. */
	if (field_has(peer, ADIT_A_PEER_CHILDREN) && !peer->children)
		return verdict(VERDICT_NONE, "no children");
	if (addr_is_any(&peer->remote))
		return verdict(VERDICT_BAD, "NO REMOTE ADDRESS");
	if (field_has(peer, ADIT_A_PEER_PATH_MTU) && !peer->path_mtu)
		return verdict(VERDICT_BAD, "NO ROUTE");
	if (field_has(peer, ADIT_A_PEER_ENCAP) &&
	    peer->encap != ADIT_ENCAP_NONE &&
	    !field_has(peer, ADIT_A_PEER_SOCKET))
		return verdict(VERDICT_BAD, "NO SOCKET");
	if (socket && (socket->state == ADIT_SOCKET_STATE_CONNECTING ||
		       socket->state == ADIT_SOCKET_STATE_WAITING))
		return verdict(VERDICT_BAD, "NOT CONNECTED");
	return verdict(VERDICT_GOOD, "%s", "");
}

static bool usable(const struct adit_sa *sa)
{
	return sa->state == ADIT_SA_STATE_VALID ||
	       sa->state == ADIT_SA_STATE_DYING;
}

/* What the SAs of a child come to. */
struct tally {
	const struct adit_sa *out; /* the one in use */
	size_t in, larval, standby, dying;
	size_t outer_in; /* AH SAs of a bundle */
	bool heard; /* something came in, and so long ago */
	uint64_t heard_seconds;
};

static struct tally count(const struct adit_child *child,
			  const struct adit_sa *sas, size_t n)
{
	bool bundle = child->protocols == ADIT_PROTOCOLS_AH_ESP;
	struct tally tally = { 0 };

	for (size_t i = 0; i < n; i++) {
		const struct adit_sa *sa = &sas[i];

		tally.larval += sa->state == ADIT_SA_STATE_LARVAL;
		if (!usable(sa))
			continue;
		/* Its ESP SA says the rest. */
		if (bundle && sa->proto == IPPROTO_AH) {
			tally.outer_in += sa->dir == ADIT_DIR_IN;
			continue;
		}
		if (sa->dir == ADIT_DIR_OUT) {
			if (sa->active)
				tally.out = sa;
			else
				tally.standby++;
			continue;
		}
		tally.in++;
		tally.dying += sa->state == ADIT_SA_STATE_DYING;
		if (!field_has(sa, ADIT_A_SA_IDLE_SECONDS))
			continue;
		if (!tally.heard || sa->idle_seconds < tally.heard_seconds)
			tally.heard_seconds = sa->idle_seconds;
		tally.heard = true;
	}
	if (bundle && !tally.outer_in)
		tally.in = 0;
	return tally;
}

static struct verdict no_outbound(const struct adit_child *child,
				  const struct tally *tally)
{
	char held[32] = "";

	if (child->held)
		snprintf(held, sizeof(held), ", %u held", child->held);
	if (tally->standby)
		return verdict(VERDICT_BAD,
			       "NO OUTBOUND SA ACTIVE, %zu standby%s",
			       tally->standby, held);
	return verdict(VERDICT_BAD, "NO OUTBOUND SA%s", held);
}

/* Both directions have keys; does anything flow? */
static struct verdict traffic(const struct tally *tally)
{
	const struct adit_sa *out = tally->out;
	bool sent = field_has(out, ADIT_A_SA_IDLE_SECONDS);
	uint64_t idle = out->idle_seconds;
	char text[QUANTITY_TEXT_SIZE];

	if (sent && idle < IDLE_SECONDS && !tally->heard)
		return verdict(VERDICT_WARN, "sends, has heard nothing yet");
	if (sent && idle < IDLE_SECONDS && tally->heard_seconds >= IDLE_SECONDS)
		return verdict(VERDICT_WARN, "sends, has heard nothing for %s",
			       quantity_seconds_near(tally->heard_seconds,
						     text));
	if (!sent && !tally->heard)
		return verdict(VERDICT_GOOD, "ready, never used");
	if (!sent || (tally->heard && tally->heard_seconds < idle))
		idle = tally->heard_seconds;
	if (idle >= IDLE_SECONDS)
		return verdict(VERDICT_GOOD, "ready, idle %s",
			       quantity_seconds_near(idle, text));
	return verdict(VERDICT_GOOD, "ready");
}

struct verdict verdict_child(const struct adit_child *child,
			     const struct adit_peer *peer,
			     const struct adit_socket *socket,
			     const struct adit_sa *sas, size_t n_sas)
{
	struct tally tally = count(child, sas, n_sas);
	struct verdict of_peer;

	if (peer) {
		of_peer = verdict_peer(peer, socket);
		if (of_peer.level == VERDICT_BAD)
			return of_peer;
	}
	if (!n_sas)
		return child->held ? no_outbound(child, &tally) :
				     verdict(VERDICT_BAD, "NO SA");
	if (!tally.out)
		return no_outbound(child, &tally);
	if (!tally.in && tally.larval)
		return verdict(VERDICT_BAD, "NO INBOUND SA, one is larval");
	if (!tally.in)
		return verdict(VERDICT_BAD, "NO INBOUND SA");
	if (tally.out->state == ADIT_SA_STATE_DYING || tally.dying == tally.in)
		return verdict(VERDICT_WARN, "ready, waits for a rekey");
	return traffic(&tally);
}

struct verdict verdict_dev(bool up, size_t ready, size_t children)
{
	if (!up)
		return verdict(VERDICT_BAD, "DOWN");
	if (!children)
		return verdict(VERDICT_BAD, "NO CHILDREN");
	if (ready == children)
		return verdict(VERDICT_GOOD, "ready");
	return verdict(ready ? VERDICT_WARN : VERDICT_BAD,
		       "%zu of %zu children ready", ready, children);
}
