// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * See pubkey.h: what a private key signs. The same key may be good for TLS, or
 * for S/MIME, elsewhere: who has taken over the ike process must not get
 * signatures here that mean something there. So it has to be what IKEv2 signs
 * (RFC 7296, 2.15; RFC 9242, 3.3.2), by its lengths and its fixed fields:
 *
 *	IKE_SA_INIT message | nonce | prf(SK_p, ID) [| IntAuth | IntAuth | id]
 */
#include "pubkey.h"

#include "../crypto/prf.h"
#include "../proto/ike.h"
#include "../proto/v2.h"

enum { SPIS_LEN = 16, NONCE_MIN = 16, NONCE_MAX = 256 };

/* Past the message that they begin with; false if that is none. */
static bool take_message(struct span *octets)
{
	struct span header = *octets, spis, message;
	uint8_t next, version, exchange, flags;
	uint32_t id, length;

	return span_take(&header, SPIS_LEN, &spis) &&
	       span_take_u8(&header, &next) &&
	       span_take_u8(&header, &version) && version == IKE_V2 &&
	       span_take_u8(&header, &exchange) &&
	       exchange == EXCHANGE_IKE_SA_INIT &&
	       span_take_u8(&header, &flags) && span_take_u32(&header, &id) &&
	       !id && span_take_u32(&header, &length) &&
	       length >= IKE_HEADER_LEN && span_take(octets, length, &message);
}

static bool is_nonce(size_t len)
{
	return len >= NONCE_MIN && len <= NONCE_MAX;
}

int pubkey_check_octets(const struct env_auth *auth, struct err *err)
{
	size_t maced = prf_len(auth->prf);
	size_t between = 2 * maced + sizeof(uint32_t);
	struct span rest = auth->octets;

	if (maced && take_message(&rest) && rest.len > maced &&
	    (is_nonce(rest.len - maced) ||
	     (rest.len > maced + between &&
	      is_nonce(rest.len - maced - between))))
		return 0;
	return err_set(err, ERR_REFUSED,
		       "what is to be signed is no AUTH of IKEv2");
}
