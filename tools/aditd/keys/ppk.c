// SPDX-License-Identifier: GPL-2.0-or-later
/* See auth.h: post-quantum preshared keys (RFC 8784). */
#include "../crypto/prf.h"
#include "../proto/v2.h"
#include "auth.h"

enum { MIXED = 3, SHOWN_MAX = 64 };

bool keys_has_ppk(const struct keys_store *store)
{
	const struct keys_shared *i = store->shared;

	while (i && !(i->kind & KEYS_PPK))
		i = i->next;
	return i;
}

static int find(const struct keys_store *store, struct span id,
		const struct keys_shared **found, struct err *err)
{
	const struct ident shown = {
		.type = ID_FQDN,
		.len = (uint16_t)(id.len < SHOWN_MAX ? id.len : SHOWN_MAX),
		.data = (uint8_t *)id.data,
	};
	char text[IDENT_TEXT_SIZE], all[256];

	*found = keys_find_ppk(store, id);
	if (*found)
		return 0;
	keys_show_shared(store, KEYS_PPK, all, sizeof(all));
	return err_set(err, ERR_REFUSED,
		       "there is no PPK '%.200s' (there are: %s)",
		       ident_show(&shown, text), all);
}

static int mix(const struct keys_shared *ppk, const struct env_ppk *in,
	       struct buf *out, struct err *err)
{
	size_t len = prf_len(in->prf);
	struct span rest = in->keys, key;

	if (!len || in->keys.len != MIXED * len)
		return err_set(err, ERR_REFUSED,
			       "%zu octets are not three keys of PRF %u",
			       in->keys.len, in->prf);
	while (rest.len && span_take(&rest, len, &key)) {
		if (prf_plus(in->prf, buf_span(&ppk->secret), &key, 1, len,
			     out))
			return err_set(err, ERR_REFUSED,
				       "libcrypto cannot compute PRF %u",
				       in->prf);
	}
	return 0;
}

void keys_ppk(const struct keys_store *store, const struct env_ppk *ppk,
	      struct keys_reply *reply)
{
	const struct keys_shared *found;

	*reply = (struct keys_reply){ 0 };
	reply->reply.good = !find(store, ppk->id, &found, &reply->err) &&
			    !mix(found, ppk, &reply->auth, &reply->err);
	reply->reply.text = reply->err.text;
	reply->reply.certs = reply->spans;
	if (reply->reply.good)
		reply->reply.auth = buf_span(&reply->auth);
}
