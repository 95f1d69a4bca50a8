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

static void key_free(struct ticket_key *key)
{
	buf_free(&key->revoked);
	explicit_bzero(key, sizeof(*key));
}

void ticket_keys_free(struct ticket_keys *keys)
{
	for (size_t i = 0; i < ARRAY_SIZE(keys->keys); i++)
		key_free(&keys->keys[i]);
}

/* No ticket of a key lives longer than what it was sealed with. */
static void forget_old(struct ticket_keys *keys, uint64_t now)
{
	for (size_t i = 0; i < ARRAY_SIZE(keys->keys); i++) {
		struct ticket_key *key = &keys->keys[i];

		if (key->there && now - key->made >= 2 * LIFE_MS)
			key_free(key);
	}
}

/* The one to seal with now. */
static struct ticket_key *newest(struct ticket_keys *keys,
				 const struct env *env, uint64_t now)
{
	struct ticket_key *key = &keys->keys[keys->newest];

	if (key->there && now - key->made < LIFE_MS &&
	    key->sessions < TICKET_SESSIONS_MAX && !key->revoked.failed)
		return key;
	keys->newest = !keys->newest;
	key = &keys->keys[keys->newest];
	key_free(key);
	if (env->ops->random(env->world, key->id, sizeof(key->id)) ||
	    env->ops->random(env->world, key->key, sizeof(key->key)))
		return NULL;
	key->made = now;
	key->there = true;
	return key;
}

/* Its number with that key, a new one if it has none. */
static int number(struct ticket_key *key, struct ticket_mark *mark)
{
	if (mark->there && crypto_equal(SPAN(mark->id), SPAN(key->id)))
		return 0;
	if (key->sessions % 8 == 0 && !buf_extend(&key->revoked, 1))
		return -1;
	memcpy(mark->id, key->id, sizeof(mark->id));
	mark->number = key->sessions++;
	mark->there = true;
	return 0;
}

int ticket_seal(struct ticket_keys *keys, const struct env *env,
		struct ticket_mark marks[TICKET_KEYS], struct span state,
		struct buf *out)
{
	uint64_t now = env->ops->now(env->world);
	struct buf message = BUF_INIT;
	struct ticket_mark *mark;
	struct ticket_key *key;
	struct seal seal;
	size_t plain;
	int ret = -1;

	forget_old(keys, now);
	key = newest(keys, env, now);
	mark = &marks[keys->newest];
	if (!key || number(key, mark))
		return -1;
	seal = seal_with(key);
	buf_add_span(&message, SPAN(key->id));
	buf_add_u32(&message, mark->number);
	buf_add_span(&message, state);
	plain = message.len - TICKET_ID_LEN;
	if (!message.failed &&
	    message.len + seal_overhead(&seal, plain) <= TICKET_MAX &&
	    !seal_message(&seal, key->sealed++, &message, TICKET_ID_LEN)) {
		buf_add_span(out, buf_span(&message));
		ret = out->failed ? -1 : 0;
	}
	buf_free(&message);
	return ret;
}

static const struct ticket_key *find(const struct ticket_keys *keys,
				     struct span id)
{
	for (size_t i = 0; i < ARRAY_SIZE(keys->keys); i++)
		if (keys->keys[i].there &&
		    crypto_equal(id, SPAN(keys->keys[i].id)))
			return &keys->keys[i];
	return NULL;
}

void ticket_revoke(struct ticket_keys *keys, const struct ticket_mark *mark)
{
	const struct ticket_key *key =
		mark->there ? find(keys, SPAN(mark->id)) : NULL;

	if (key && mark->number < key->sessions)
		key->revoked.data[mark->number / 8] |=
			(uint8_t)(1U << mark->number % 8);
}

bool ticket_is_revoked(const struct ticket_keys *keys,
		       const struct ticket_mark *mark)
{
	const struct ticket_key *key =
		mark->there ? find(keys, SPAN(mark->id)) : NULL;

	return !key || mark->number >= key->sessions ||
	       key->revoked.data[mark->number / 8] & 1U << mark->number % 8;
}

static int open_sealed(const struct ticket_key *key, struct span ticket,
		       struct ticket_mark *mark, struct buf *state)
{
	struct seal seal = seal_with(key);
	struct buf plain = BUF_INIT;
	struct span rest;
	int ret = -1;

	if (!seal_open(&seal, ticket, TICKET_ID_LEN, &plain)) {
		rest = buf_span(&plain);
		if (span_take_u32(&rest, &mark->number)) {
			memcpy(mark->id, key->id, sizeof(mark->id));
			mark->there = true;
			buf_add_span(state, rest);
			ret = 0;
		}
	}
	buf_free(&plain);
	return ret;
}

int ticket_open(struct ticket_keys *keys, const struct env *env,
		struct span ticket, struct ticket_mark *mark, struct buf *state,
		struct err *err)
{
	const struct ticket_key *key;

	forget_old(keys, env->ops->now(env->world));
	if (ticket.len <= TICKET_ID_LEN || ticket.len > TICKET_MAX)
		return err_set(err, ERR_REFUSED, "it is none of ours");
	key = find(keys, span_of(ticket.data, TICKET_ID_LEN));
	if (!key)
		return err_set(
			err, ERR_REFUSED,
			"its key is not known: it is too old, or the daemon was started since");
	if (open_sealed(key, ticket, mark, state))
		return err_set(err, ERR_REFUSED, "somebody has changed it");
	if (ticket_is_revoked(keys, mark))
		return err_set(
			err, ERR_REFUSED,
			"its IKE SA was closed, rekeyed, or resumed already");
	return 0;
}
