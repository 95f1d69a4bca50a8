// SPDX-License-Identifier: GPL-2.0-or-later
/* Sealed messages and shares of a peer, by any algorithm. */
#include <stdlib.h>

#include "../crypto/alg.h"
#include "../crypto/kex.h"
#include "../crypto/prf.h"
#include "../crypto/seal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct crypto_alg *pick(uint8_t type, uint8_t number)
{
	const struct crypto_alg *alg = crypto_alg_next(type, NULL);

	while (alg && number--)
		alg = crypto_alg_next(type, alg);
	return alg;
}

static void open_message(uint8_t which, uint8_t mac, struct span message)
{
	static const uint8_t key[80];
	const struct crypto_alg *encr = pick(TRANSFORM_ENCR, which);
	const struct crypto_alg *integ_alg = pick(TRANSFORM_INTEG, mac);
	struct buf plain = BUF_INIT;
	struct seal seal = { 0 };

	if (!encr || !integ_alg)
		return;
	seal = (struct seal){
		.encr = encr->id,
		.bits = encr->key_bits[0],
		.integ = integ_alg->id,
		.integ_key = span_of(key, integ_key_len(integ_alg->id)),
	};
	seal.encr_key =
		span_of(key, seal_encr_key_len(encr->id, encr->key_bits[0]));
	for (size_t clear = 0; clear < 40; clear += 13)
		if (!seal_open(&seal, message, clear, &plain) &&
		    plain.len > message.len)
			abort();
	buf_free(&plain);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf share = BUF_INIT, secret = BUF_INIT;
	struct span rest = span_of(data, size);
	const struct crypto_alg *ke;
	uint8_t which, mac;

	if (!span_take_u8(&rest, &which) || !span_take_u8(&rest, &mac))
		return 0;
	open_message(which, mac, rest);
	ke = pick(TRANSFORM_KE, which);
	/* The large primes are slow. */
	if (ke && ke->out_len <= 256) {
		if (rest.len > ke->out_len)
			rest.len = ke->out_len;
		if (kex_respond(ke->id, rest, &share, &secret) &&
		    (share.len || secret.len))
			abort();
	}
	buf_free(&share);
	buf_free(&secret);
	return 0;
}
