// SPDX-License-Identifier: GPL-2.0-or-later
/* Keys: of the IKE SA (RFC 7296, 2.14 and 2.18), of Child SAs (2.17), and what
 * AUTH signs (2.15). */
#include "../crypto/alg.h"
#include "v2.h"

enum { FIXED_KEY_HALF = 8 };

void v2_keys_free(struct v2_keys *keys)
{
	struct buf *const all[] = { &keys->d,  &keys->ai, &keys->ar, &keys->ei,
				    &keys->er, &keys->pi, &keys->pr };

	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		buf_free(all[i]);
}

/* Cut {SK_d | SK_ai | SK_ar | SK_ei | SK_er | SK_pi | SK_pr}. */
static int cut_keys(struct ikev2_sa *sa, struct span stream)
{
	size_t n_prf = prf_len(sa->ike.algs.prf);
	size_t n_integ =
		sa->ike.algs.integ ? integ_key_len(sa->ike.algs.integ) : 0;
	size_t n_encr =
		seal_encr_key_len(sa->ike.algs.encr, sa->ike.algs.encr_bits);
	struct v2_keys *keys = &sa->keys;
	const struct {
		struct buf *to;
		size_t len;
	} parts[] = {
		{ &keys->d, n_prf },	{ &keys->ai, n_integ },
		{ &keys->ar, n_integ }, { &keys->ei, n_encr },
		{ &keys->er, n_encr },	{ &keys->pi, n_prf },
		{ &keys->pr, n_prf },
	};
	struct span part;

	v2_keys_free(keys);
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		if (!span_take(&stream, parts[i].len, &part))
			return -1;
		buf_add_span(parts[i].to, part);
		if (parts[i].to->failed)
			return -1;
	}
	return 0;
}

/* {...} = prf+ (SKEYSEED, Ni | Nr | SPIi | SPIr) */
static int expand(struct ikev2_sa *sa, const uint8_t *seed, size_t seed_len)
{
	size_t n_prf = prf_len(sa->ike.algs.prf);
	size_t n_integ =
		sa->ike.algs.integ ? integ_key_len(sa->ike.algs.integ) : 0;
	size_t n_encr =
		seal_encr_key_len(sa->ike.algs.encr, sa->ike.algs.encr_bits);
	struct buf spis = BUF_INIT, stream = BUF_INIT;
	struct span parts[3];
	int ret = -1;

	buf_add_u64(&spis, sa->ike.spi_i);
	buf_add_u64(&spis, sa->ike.spi_r);
	parts[0] = buf_span(&sa->nonce_i);
	parts[1] = buf_span(&sa->nonce_r);
	parts[2] = buf_span(&spis);
	if (n_prf && n_encr &&
	    !prf_plus(sa->ike.algs.prf, span_of(seed, seed_len), parts,
		      ARRAY_SIZE(parts), 3 * n_prf + 2 * n_integ + 2 * n_encr,
		      &stream) &&
	    !stream.failed)
		ret = cut_keys(sa, buf_span(&stream));
	buf_free(&spis);
	buf_free(&stream);
	return ret;
}

/*
 * SKEYSEED = prf(Ni | Nr, g^ir). A prf with a key of fixed length takes the
 * first 64 bits of each nonce.
 */
int v2_keymat(struct ikev2_sa *sa, struct span secret)
{
	bool fixed = sa->ike.algs.prf == PRF_AES128_XCBC ||
		     sa->ike.algs.prf == PRF_AES128_CMAC;
	struct span ni = buf_span(&sa->nonce_i), nr = buf_span(&sa->nonce_r);
	uint8_t seed[PRF_LEN_MAX];
	struct buf key = BUF_INIT;
	int ret = -1;

	if (fixed) {
		ni.len = FIXED_KEY_HALF;
		nr.len = FIXED_KEY_HALF;
	}
	buf_add_span(&key, ni);
	buf_add_span(&key, nr);
	if (!key.failed &&
	    !prf(sa->ike.algs.prf, buf_span(&key), &secret, 1, seed))
		ret = expand(sa, seed, prf_len(sa->ike.algs.prf));
	explicit_bzero(seed, sizeof(seed));
	buf_free(&key);
	return ret;
}

/* SKEYSEED = prf(SK_d of before, "Resumption" | Ni | Nr); RFC 5723, 5.1. */
int v2_keymat_resume(struct ikev2_sa *sa, struct span key)
{
	const struct span parts[] = { span_of_text("Resumption"),
				      buf_span(&sa->nonce_i),
				      buf_span(&sa->nonce_r) };
	uint8_t seed[PRF_LEN_MAX];
	int ret = -1;

	if (!prf(sa->ike.algs.prf, key, parts, ARRAY_SIZE(parts), seed))
		ret = expand(sa, seed, prf_len(sa->ike.algs.prf));
	explicit_bzero(seed, sizeof(seed));
	return ret;
}

/* With the old prf; RFC 7296, 2.18, and RFC 9370, 2.2.2 and 2.2.4. */
int v2_keymat_rekey(struct ikev2_sa *sa, const struct ikev2_sa *old,
		    struct span secret, struct span more)
{
	struct span parts[] = { secret, buf_span(&sa->nonce_i),
				buf_span(&sa->nonce_r), more };
	uint16_t id = old->ike.algs.prf;
	uint8_t seed[PRF_LEN_MAX];
	int ret = -1;

	if (!prf(id, buf_span(&old->keys.d), parts, ARRAY_SIZE(parts), seed))
		ret = expand(sa, seed, prf_len(id));
	explicit_bzero(seed, sizeof(seed));
	return ret;
}

/* Of ESP, where the salt belongs to the key, and NULL has none. */
static int encr_len(const struct child_sa *child, size_t *len)
{
	const struct crypto_alg *alg = crypto_alg(TRANSFORM_ENCR, child->encr);

	*len = 0;
	if (child->protocol == PROTOCOL_AH || child->encr == ENCR_NULL)
		return 0;
	if (!alg)
		return -1;
	*len = (child->encr_bits ? child->encr_bits / 8U : alg->key_len) +
	       alg->salt_len;
	return 0;
}

/*
 * KEYMAT = prf+(SK_d, [SK(0) |] Ni | Nr [| SK(1) ...]): first what goes from the
 * initiator of the exchange to the responder, encryption before integrity.
 */
int v2_keymat_child(const struct ikev2_sa *sa, const struct child_sa *child,
		    bool initiator, const struct span nonces[2],
		    struct span secret, struct span more, struct buf *keymat,
		    struct child_keys *keys)
{
	size_t n_integ = child->integ ? integ_key_len(child->integ) : 0;
	struct span parts[] = { secret, nonces[0], nonces[1], more };
	size_t skip = secret.len ? 0 : 1, n_encr;
	struct span stream;

	if (encr_len(child, &n_encr) || (child->integ && !n_integ) ||
	    prf_plus(sa->ike.algs.prf, buf_span(&sa->keys.d), parts + skip,
		     ARRAY_SIZE(parts) - skip, 2 * (n_encr + n_integ),
		     keymat) ||
	    keymat->failed)
		return -1;
	stream = buf_span(keymat);
	span_take(&stream, n_encr,
		  initiator ? &keys->encr_out : &keys->encr_in);
	span_take(&stream, n_integ,
		  initiator ? &keys->integ_out : &keys->integ_in);
	span_take(&stream, n_encr,
		  initiator ? &keys->encr_in : &keys->encr_out);
	span_take(&stream, n_integ,
		  initiator ? &keys->integ_in : &keys->integ_out);
	return 0;
}

/* RealMessage | Nonce of the other | prf(SK_p, ID without its header) [| IntAuth] */
int v2_auth_octets(const struct ikev2_sa *sa, bool initiator,
		   struct span id_body, struct buf *out)
{
	const struct buf *key = initiator ? &sa->keys.pi : &sa->keys.pr;
	uint8_t maced[PRF_LEN_MAX];

	if (prf(sa->ike.algs.prf, buf_span(key), &id_body, 1, maced))
		return -1;
	buf_add_span(out,
		     buf_span(initiator ? &sa->message_1 : &sa->message_2));
	buf_add_span(out, buf_span(initiator ? &sa->nonce_r : &sa->nonce_i));
	buf_add(out, maced, prf_len(sa->ike.algs.prf));
	/* RFC 9242, 3.3.2: what IKE_INTERMEDIATE has said, of both. */
	if (sa->int_auth[0].len) {
		buf_add_span(out, buf_span(&sa->int_auth[0]));
		buf_add_span(out, buf_span(&sa->int_auth[1]));
		buf_add_u32(out, sa->auth_id);
	}
	return out->failed ? -1 : 0;
}
