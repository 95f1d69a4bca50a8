/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Key exchange methods (RFC 7296, 3.3.2, type 4): MODP, ECP, X25519, X448 and,
 * where libcrypto has it, ML-KEM, behind one pair of calls, since a KEM's second
 * share depends on the first one.
 */
#ifndef ADITD_CRYPTO_KEX_H
#define ADITD_CRYPTO_KEX_H

#include "../../lib/buf.h"

struct kex;

/* The initiator's: makes a key, appends its share. NULL if that fails. */
struct kex *kex_start(uint16_t method, struct buf *share);

/* With a key that is given, for tests with published vectors; not for a KEM. */
struct kex *kex_start_with(uint16_t method, struct span private_key,
			   struct span share);

/*
 * The initiator's second step: append the shared secret, of fixed length for
 * the method. -1 if the peer's share is not valid (RFC 6989).
 */
int kex_finish(struct kex *kex, struct span peer_share, struct buf *secret);

uint16_t kex_method(const struct kex *kex);
void kex_free(struct kex *kex);

/* All of the responder. */
int kex_respond(uint16_t method, struct span peer_share, struct buf *share,
		struct buf *secret);

/* Is it of the right length? What can be said without computing. */
bool kex_share_fits(uint16_t method, struct span share, bool initiator);

#endif
