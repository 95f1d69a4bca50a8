// SPDX-License-Identifier: GPL-2.0-or-later
/* See ticket_key.h. */
#include "ticket_key.h"

#include "../crypto/prf.h"
#include "../crypto/seal.h"
#include "../proto/v2.h"

#define LIFE_MS (TICKET_SECONDS * 1000ULL)

static struct seal seal_with(const struct ticket_key *key)
{
	return (struct seal){
		.encr = ENCR_AES_GCM_16,
		.bits = 256,
		.encr_key = SPAN(key->key),
	};
}

/* No ticket of a key lives longer than what it was sealed with. */
static void forget_old(struct ticket_keys *keys, uint64_t now)
{
	for (size_t i = 0; i < ARRAY_SIZE(keys->keys); i++) {
		struct ticket_key *key = &keys->keys[i];

		if (key->there && now - key->made >= 2 * LIFE_MS)
			explicit_bzero(key, sizeof(*key));
	}
}

/* The one to seal with now. */
static struct ticket_key *newest(struct ticket_keys *keys,
				 const struct env *env, uint64_t now)
{
	struct ticket_key *key = &keys->keys[keys->newest];

	if (key->there && now - key->made < LIFE_MS)
		return key;
	keys->newest = !keys->newest;
	key = &keys->keys[keys->newest];
	explicit_bzero(key, sizeof(*key));
	if (env->ops->random(env->world, key->id, sizeof(key->id)) ||
	    env->ops->random(env->world, key->key, sizeof(key->key)))
		return NULL;
	key->made = now;
	key->there = true;
	return key;
}

int ticket_seal(struct ticket_keys *keys, const struct env *env,
		struct span state, struct buf *out)
{
	uint64_t now = env->ops->now(env->world);
	struct buf message = BUF_INIT;
	struct ticket_key *key;
	struct seal seal;
	int ret = -1;

	forget_old(keys, now);
	key = newest(keys, env, now);
	if (!key)
		return -1;
	seal = seal_with(key);
	buf_add_span(&message, SPAN(key->id));
	buf_add_span(&message, state);
	if (!message.failed &&
	    TICKET_ID_LEN + state.len + seal_overhead(&seal, state.len) <=
		    TICKET_MAX &&
	    !seal_message(&seal, key->sealed++, &message, TICKET_ID_LEN)) {
		buf_add_span(out, buf_span(&message));
		ret = out->failed ? -1 : 0;
	}
	buf_free(&message);
	return ret;
}

static const struct ticket_key *find(const struct ticket_keys *keys,
				     struct span ticket)
{
	struct span id = span_of(ticket.data, TICKET_ID_LEN);

	for (size_t i = 0; i < ARRAY_SIZE(keys->keys); i++)
		if (keys->keys[i].there &&
		    crypto_equal(id, SPAN(keys->keys[i].id)))
			return &keys->keys[i];
	return NULL;
}

int ticket_open(struct ticket_keys *keys, const struct env *env,
		struct span ticket, struct buf *state, struct err *err)
{
	const struct ticket_key *key;
	struct seal seal;

	forget_old(keys, env->ops->now(env->world));
	if (ticket.len <= TICKET_ID_LEN || ticket.len > TICKET_MAX)
		return err_set(err, ERR_REFUSED, "it is none of ours");
	key = find(keys, ticket);
	if (!key)
		return err_set(
			err, ERR_REFUSED,
			"its key is not known: it is too old, or the daemon was started since");
	seal = seal_with(key);
	if (seal_open(&seal, ticket, TICKET_ID_LEN, state))
		return err_set(err, ERR_REFUSED, "somebody has changed it");
	return 0;
}
