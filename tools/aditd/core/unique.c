// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * An IKE SA is up: which others of the same two are there, and what becomes of
 * them (INITIAL_CONTACT, RFC 7296, 2.4; swanctl.conf's "unique").
 */
#include "child.h"

const struct ident *ike_sa_peer_id(const struct ike_sa *sa)
{
	return sa->eap_id.type == IDENT_ANY ? &sa->remote_id : &sa->eap_id;
}

/* Of the same connection between the same two identities? */
static bool is_twin(const struct ike_sa *sa, const struct ike_sa *other)
{
	return other != sa && !other->gone && !other->orphaned &&
	       other->state == IKE_ESTABLISHED && other->conn && sa->conn &&
	       strcmp(other->conn->name, sa->conn->name) == 0 &&
	       ident_equal(&other->local_id, &sa->local_id) &&
	       ident_equal(ike_sa_peer_id(other), ike_sa_peer_id(sa));
}

/* From the same place: it authenticates once more, make before break. */
static bool is_reauth(const struct ike_sa *sa, const struct ike_sa *other)
{
	return sa->reauth_of == other->unique ||
	       (addr_compare(&sa->path.remote, &other->path.remote) == 0 &&
		sa->path.remote_port == other->path.remote_port);
}

/* Others of its connection. */
static struct ike_sa *next_of(const struct ike_sa *sa,
			      const struct ike_sa *after)
{
	return conn_next_sa(sa->engine, sa->conn->name, after);
}

bool ike_sa_has_twin(const struct ike_sa *sa)
{
	const struct ike_sa *other = NULL;

	do {
		other = next_of(sa, other);
	} while (other && !is_twin(sa, other));
	return other;
}

bool ike_sa_follows(const struct ike_sa *sa, const struct ike_sa *other)
{
	return is_twin(sa, other) && is_reauth(sa, other);
}

bool ike_sa_is_unwanted(const struct ike_sa *sa)
{
	const struct ike_sa *other = NULL;

	if (sa->conn->unique != UNIQUE_KEEP)
		return false;
	do {
		other = next_of(sa, other);
	} while (other && (!is_twin(sa, other) || is_reauth(sa, other) ||
			   other->unique == sa->resumes));
	return other;
}

/* Its ids on the device: of the SA that it follows, or of the connection. */
static void identify(struct ike_sa *sa)
{
	struct engine *engine = sa->engine;
	struct conn_slot *slot = conn_slot(engine, sa->conn->name);
	const struct ike_sa *other = NULL;

	do {
		other = next_of(sa, other);
	} while (other && !ike_sa_follows(sa, other));
	if (other)
		sa->peer = other->peer;
	else if (sa->initiator && slot &&
		 !table_find(&engine->by_peer, slot->peer))
		sa->peer = slot->peer;
	else
		sa->peer = ++engine->last_peer;
	table_add(&engine->by_peer, &sa->by_peer, sa->peer, sa);
}

/* RFC 5723, 4.3.4: without a word, as the peer does not have it any more. */
static void close_resumed(struct ike_sa *sa)
{
	struct ike_sa *old = engine_ike(sa->engine, sa->resumes);

	sa->resumes = 0;
	if (!old || old == sa)
		return;
	ike_sa_log(old, LEVEL_INFO, "the peer has lost it, and resumes it");
	ike_sa_remove(old, "the peer has resumed it");
}

static void close_others(struct ike_sa *sa, bool initial_contact)
{
	enum conf_unique unique = sa->conn->unique;
	struct ike_sa *other, *next;

	if (unique == UNIQUE_NEVER)
		initial_contact = false;
	if (!initial_contact && unique != UNIQUE_REPLACE)
		return;
	for (other = next_of(sa, NULL); other; other = next) {
		next = next_of(sa, other);
		if (!is_twin(sa, other))
			continue;
		if (initial_contact) {
			ike_sa_log(other, LEVEL_INFO,
				   "the peer has lost it: INITIAL_CONTACT");
			ike_sa_remove(other, "the peer connected anew");
			/* Others may have gone with it. */
			next = next_of(sa, NULL);
		} else if (!is_reauth(sa, other)) {
			ike_sa_log(other, LEVEL_INFO,
				   "replaced by a newer one, deleting it");
			ike_sa_want(other, TASK_IKE_DELETE, 0);
		}
	}
}

void ike_sa_established(struct ike_sa *sa, bool initial_contact)
{
	const struct env *env = &sa->engine->env;
	char local[IDENT_TEXT_SIZE], remote[IDENT_TEXT_SIZE];
	char from[ENDPOINT_TEXT_SIZE];

	ike_sa_half_open(sa, false);
	sa->give_up_at = 0;
	sa->established = ike_sa_now(sa);
	sa->attempt = 0;
	sa->waits_for[0] = '\0';
	pace_end(sa);
	identify(sa);
	close_resumed(sa);
	close_others(sa, initial_contact);
	if (sa->initiator)
		ike_sa_install_vips(sa);
	else
		ike_sa_lease_vips(sa);
	ike_sa_set_times(sa);
	ike_sa_set_state(sa, IKE_ESTABLISHED);
	ike_sa_log(sa, LEVEL_INFO, "up%s: %s ... %s at %s",
		   sa->resumed ? ", resumed" : "",
		   ident_show(&sa->local_id, local),
		   ident_show(&sa->remote_id, remote),
		   endpoint_show(&sa->path.remote, sa->path.remote_port, from));
	env->ops->event(env->world, EVENT_IKE_UP, sa, NULL);
	waiters_tell(&sa->waiters, 0, "");
}
