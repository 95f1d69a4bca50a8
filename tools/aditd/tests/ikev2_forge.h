/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A peer that knows the keys, and does not keep to the rules: what it says is
 * sealed with the keys of who hears it, and is there at once.
 */
#ifndef ADITD_TESTS_IKEV2_FORGE_H
#define ADITD_TESTS_IKEV2_FORGE_H

#include <stdlib.h>

#include "ikev2_pair.h"

static void forge_seal(struct ikev2_sa *sa, struct ike_header header,
		       struct build *inner, struct buf *out)
{
	enum { CLEAR = IKE_HEADER_LEN + 4 };
	bool from_i = !sa->ike.initiator;
	const struct seal seal = {
		.encr = sa->ike.algs.encr,
		.bits = sa->ike.algs.encr_bits,
		.integ = sa->ike.algs.integ,
		.encr_key = buf_span(from_i ? &sa->keys.ei : &sa->keys.er),
		.integ_key = buf_span(from_i ? &sa->keys.ai : &sa->keys.ar),
	};
	size_t len =
		CLEAR + inner->buf.len + seal_overhead(&seal, inner->buf.len);

	header.flags ^= IKE_FLAG_INITIATOR;
	header.next = PAYLOAD_SK;
	header.length = (uint32_t)len;
	ike_header_build(out, &header);
	buf_add_u8(out, build_first(inner));
	buf_add_u8(out, 0);
	buf_add_u16(out, (uint16_t)(len - IKE_HEADER_LEN));
	buf_add_span(out, buf_span(&inner->buf));
	if (seal_message(&seal, sa->sealed++, out, CLEAR))
		abort();
}

/* The request that is due, or an answer to what is on its way; it takes @inner. */
static void forge(struct ikev2_sa *sa, uint8_t exchange, bool response,
		  struct build *inner)
{
	struct ike_path path = sa->ike.path;
	struct buf octets = BUF_INIT;

	/* Of one that has no keys yet, nothing can be said. */
	if (sa->keys.ei.len) {
		forge_seal(sa,
			   v2_header(sa, exchange,
				     response ? sa->next_out : sa->next_in,
				     response),
			   inner, &octets);
		engine_input(sa->ike.engine, &path, buf_span(&octets));
	}
	buf_free(&octets);
	build_free(inner);
}

#endif
