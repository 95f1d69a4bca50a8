// SPDX-License-Identifier: GPL-2.0-or-later
/* See auth.h: pre-shared keys, and which way is gone. */
#include "auth.h"

#include <openssl/crypto.h>

#include "../crypto/prf.h"
#include "../proto/names.h"
#include "../proto/v2.h"
#include "pubkey.h"

static struct keys_pair pair_of(const struct env_auth *auth)
{
	return (struct keys_pair){ auth->local, auth->remote, auth->local_addr,
				   auth->remote_addr };
}

int keys_psk_auth(uint16_t prf_id, struct span secret, struct span octets,
		  uint8_t *out)
{
	struct span pad = span_of_text("Key Pad for IKEv2");
	uint8_t key[PRF_LEN_MAX];
	int rc;

	if (!prf_len(prf_id) || prf(prf_id, secret, &pad, 1, key))
		return -1;
	rc = prf(prf_id, span_of(key, prf_len(prf_id)), &octets, 1, out);
	OPENSSL_cleanse(key, sizeof(key));
	return rc;
}

static const struct keys_shared *find_psk(const struct keys_store *store,
					  const struct env_auth *auth,
					  struct err *err)
{
	char local[IDENT_TEXT_SIZE], remote[IDENT_TEXT_SIZE], all[256];
	struct keys_pair pair = pair_of(auth);
	const struct keys_shared *psk =
		keys_find_shared(store, KEYS_IKE, &pair);

	if (psk)
		return psk;
	keys_show_shared(store, KEYS_IKE, all, sizeof(all));
	err_set(err, ERR_REFUSED,
		"no pre-shared key for %.100s - %.100s (there are: %s)",
		ident_show(auth->local, local),
		ident_show(auth->remote, remote), all);
	return NULL;
}

static int sign_psk(const struct keys_store *store, const struct env_auth *auth,
		    struct keys_reply *reply)
{
	const struct keys_shared *psk = find_psk(store, auth, &reply->err);
	uint8_t *out;

	if (!psk)
		return -1;
	out = buf_extend(&reply->auth, prf_len(auth->prf));
	if (!out ||
	    keys_psk_auth(auth->prf, buf_span(&psk->secret), auth->octets, out))
		return err_set(&reply->err, ERR_REFUSED,
			       "libcrypto cannot compute PRF %u", auth->prf);
	reply->reply.method = AUTH_PSK;
	return 0;
}

static int verify_psk(const struct keys_store *store,
		      const struct env_auth *auth, struct err *err)
{
	const struct keys_shared *psk = find_psk(store, auth, err);
	char local[IDENT_TEXT_SIZE], remote[IDENT_TEXT_SIZE];
	uint8_t want[PRF_LEN_MAX];
	bool same;

	if (!psk)
		return -1;
	if (keys_psk_auth(auth->prf, buf_span(&psk->secret), auth->octets,
			  want))
		return err_set(err, ERR_REFUSED,
			       "libcrypto cannot compute PRF %u", auth->prf);
	same = crypto_equal(span_of(want, prf_len(auth->prf)), auth->auth);
	OPENSSL_cleanse(want, sizeof(want));
	if (same)
		return 0;
	return err_set(
		err, ERR_REFUSED,
		"the pre-shared keys differ: %.100s has another one for us, %.100s (ours is %zu octets long)",
		ident_show(auth->remote, remote),
		ident_show(auth->local, local), psk->secret.len);
}

/* Which one, where a connection leaves it open: what there is a secret for. */
static bool signs_with_psk(const struct keys_store *store,
			   const struct env_auth *auth)
{
	struct keys_pair pair = pair_of(auth);

	if (auth->round->auth != AUTH_WITH_ANY)
		return auth->round->auth == AUTH_WITH_PSK;
	return !pubkey_can_sign(store, auth) &&
	       keys_find_shared(store, KEYS_IKE, &pair);
}

static int check_method(const struct env_auth *auth, struct err *err)
{
	static const char *const wants[] = {
		[AUTH_WITH_PSK] = "a pre-shared key",
		[AUTH_WITH_PUBKEY] = "a signature",
		[AUTH_WITH_EAP] = "EAP",
	};
	enum conf_auth want = auth->round->auth;
	bool is_psk = auth->method == AUTH_PSK;

	if (want == AUTH_WITH_ANY || (want == AUTH_WITH_PSK && is_psk) ||
	    (want == AUTH_WITH_PUBKEY && !is_psk))
		return 0;
	return err_set(err, ERR_REFUSED,
		       "the peer authenticates with %s (%u), we want %s",
		       v2_auth_name(auth->method), auth->method, wants[want]);
}

/* What the connection wants, its configuration says; the message is not asked. */
static int check_ident(const struct env_auth *auth, struct err *err)
{
	char got[IDENT_TEXT_SIZE], want[IDENT_TEXT_SIZE];

	if (auth->round->id.type == IDENT_ANY ||
	    ident_match(auth->remote, &auth->round->id))
		return 0;
	return err_set(err, ERR_REFUSED,
		       "the peer says it is %.200s, we want %.200s",
		       ident_show(auth->remote, got),
		       ident_show(&auth->round->id, want));
}

static int verify(const struct keys_store *store, const struct env_auth *auth,
		  time_t now, struct err *err)
{
	if (check_method(auth, err) || check_ident(auth, err))
		return -1;
	if (auth->method == AUTH_PSK)
		return verify_psk(store, auth, err);
	return pubkey_verify(store, auth, now, err);
}

static int sign(const struct keys_store *store, const struct env_auth *auth,
		struct keys_reply *reply)
{
	if (auth->round->auth == AUTH_WITH_EAP)
		return err_set(&reply->err, ERR_REFUSED,
			       "EAP is not made of the keys that are here");
	if (signs_with_psk(store, auth))
		return sign_psk(store, auth, reply);
	return pubkey_sign(store, auth, reply);
}

void keys_auth(const struct keys_store *store, const struct env_auth *auth,
	       time_t now, struct keys_reply *reply)
{
	int rc;

	*reply = (struct keys_reply){ 0 };
	if (auth->verify)
		rc = verify(store, auth, now, &reply->err);
	else
		rc = sign(store, auth, reply);
	if (!rc && reply->auth.failed)
		rc = err_set(&reply->err, ERR_REFUSED, "out of memory");
	reply->reply.good = !rc;
	/* Of keys that were tried before the one that fits. */
	if (!rc)
		reply->err = (struct err){ 0 };
	reply->reply.text = reply->err.text;
	if (rc) {
		reply->reply.n_certs = 0;
		buf_cut(&reply->auth, 0);
	}
	reply->reply.auth = buf_span(&reply->auth);
	reply->reply.certs = reply->spans;
	for (size_t i = 0; i < reply->reply.n_certs; i++)
		reply->spans[i] = buf_span(&reply->certs[i]);
}

void keys_reply_free(struct keys_reply *reply)
{
	buf_free(&reply->auth);
	buf_free(&reply->packet);
	for (size_t i = 0; i < KEYS_CERTS_MAX; i++)
		buf_free(&reply->certs[i]);
}

bool keys_is_good_so_far(const struct keys_store *store,
			 const struct env_auth *auth, time_t now)
{
	struct conf_round round = *auth->round;
	struct env_auth relaxed = *auth;
	struct err err;

	round.revocation = REVOCATION_RELAXED;
	relaxed.round = &round;
	return !verify(store, &relaxed, now, &err);
}
