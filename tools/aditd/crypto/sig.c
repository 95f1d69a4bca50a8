// SPDX-License-Identifier: GPL-2.0-or-later
/* See sig.h: what signs, and what checks it. */
#include "sig.h"

#include <openssl/ecdsa.h>
#include <openssl/rsa.h>

#include "../../lib/util.h"
#include "../proto/v2.h"
#include "prf.h"
#include "sig_alg.h"

/* RFC 4754: r and s one behind the other, each as long as the field. */
static const struct curve {
	uint8_t method;
	const char *group;
	uint16_t hash;
	int field; /* octets */
} curves[] = {
	{ AUTH_ECDSA_256, "prime256v1", HASH_SHA2_256, 32 },
	{ AUTH_ECDSA_384, "secp384r1", HASH_SHA2_384, 48 },
	{ AUTH_ECDSA_521, "secp521r1", HASH_SHA2_512, 66 },
};

static const char *type_name(EVP_PKEY *key)
{
	const char *name = EVP_PKEY_get0_type_name(key);

	return name ? name : "a key that libcrypto does not name";
}

static const char *hash_title(uint16_t id)
{
	switch (id) {
	case HASH_SHA1:
		return "SHA1";
	case HASH_SHA2_256:
		return "SHA2-256";
	case HASH_SHA2_384:
		return "SHA2-384";
	case HASH_SHA2_512:
		return "SHA2-512";
	case HASH_IDENTITY:
		return "no hash";
	default:
		return "an unknown hash";
	}
}

static const struct curve *find_curve(EVP_PKEY *key)
{
	char group[64];

	if (!EVP_PKEY_is_a(key, "EC") ||
	    !EVP_PKEY_get_group_name(key, group, sizeof(group), NULL))
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(curves); i++)
		if (strcmp(curves[i].group, group) == 0)
			return &curves[i];
	return NULL;
}

static bool set_pss(EVP_PKEY_CTX *ctx, const struct sig_alg *alg)
{
	if (alg->kind == SIG_PKCS1)
		return EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) > 0;
	if (alg->kind != SIG_PSS)
		return true;
	/* MGF1 has the signature's hash unless it is told another one. */
	return EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING) > 0 &&
	       EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, alg->salt_len) > 0;
}

static bool make_signature(EVP_PKEY *key, const struct sig_alg *alg,
			   struct span octets, struct buf *out)
{
	size_t len = (size_t)EVP_PKEY_get_size(key);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	size_t start = out->len;
	EVP_PKEY_CTX *pctx;
	uint8_t *at;
	bool good;

	good = ctx &&
	       EVP_DigestSignInit_ex(ctx, &pctx, hash_name(alg->hash), NULL,
				     NULL, key, NULL) > 0 &&
	       set_pss(pctx, alg);
	at = good ? buf_extend(out, len) : NULL;
	good = at && EVP_DigestSign(ctx, at, &len, octets.data, octets.len) > 0;
	EVP_MD_CTX_free(ctx);
	buf_cut(out, start + (good ? len : 0));
	return good;
}

static bool check_signature(EVP_PKEY *key, const struct sig_alg *alg,
			    struct span octets, struct span signature)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY_CTX *pctx;
	bool good;

	good = ctx &&
	       EVP_DigestVerifyInit_ex(ctx, &pctx, hash_name(alg->hash), NULL,
				       NULL, key, NULL) > 0 &&
	       set_pss(pctx, alg) &&
	       EVP_DigestVerify(ctx, signature.data, signature.len, octets.data,
				octets.len) == 1;
	EVP_MD_CTX_free(ctx);
	return good;
}

/* ECDSA-Sig-Value to r | s. */
static bool der_to_pair(struct span der, int field, struct buf *out)
{
	const uint8_t *at = der.data;
	ECDSA_SIG *sig = d2i_ECDSA_SIG(NULL, &at, (long)der.len);
	uint8_t *pair = sig ? buf_extend(out, 2 * (size_t)field) : NULL;
	bool good;

	good = pair &&
	       BN_bn2binpad(ECDSA_SIG_get0_r(sig), pair, field) == field &&
	       BN_bn2binpad(ECDSA_SIG_get0_s(sig), pair + field, field) ==
		       field;
	ECDSA_SIG_free(sig);
	return good;
}

static bool pair_to_der(struct span pair, int field, struct buf *out)
{
	BIGNUM *r = BN_bin2bn(pair.data, field, NULL);
	BIGNUM *s = BN_bin2bn(pair.data + field, field, NULL);
	ECDSA_SIG *sig = ECDSA_SIG_new();
	uint8_t *der = NULL;
	int len = -1;

	if (sig && r && s && ECDSA_SIG_set0(sig, r, s)) {
		len = i2d_ECDSA_SIG(sig, &der);
		if (len > 0)
			buf_add(out, der, (size_t)len);
		OPENSSL_free(der);
	} else {
		BN_free(r);
		BN_free(s);
	}
	ECDSA_SIG_free(sig);
	return len > 0 && !out->failed;
}

/* The methods of RFC 7296 and RFC 4754, for who does not know RFC 7427. */
static int sign_old(EVP_PKEY *key, struct span octets, uint8_t *method,
		    struct buf *auth, struct err *err)
{
	struct sig_alg alg = { SIG_PKCS1, "RSA", HASH_SHA1, 0 };
	const struct curve *curve = find_curve(key);
	struct buf der = BUF_INIT;
	bool good;

	if (EVP_PKEY_is_a(key, "RSA")) {
		*method = AUTH_RSA_SIG;
		if (make_signature(key, &alg, octets, auth))
			return 0;
		return err_set(err, ERR_REFUSED,
			       "libcrypto cannot sign with RSA and SHA1");
	}
	if (!curve)
		return err_set(
			err, ERR_REFUSED,
			"the peer does not know RFC 7427 (digital signatures), without which %s keys cannot sign; use RSA or ECDSA on P-256, P-384, P-521",
			type_name(key));
	alg = (struct sig_alg){ SIG_ECDSA, "EC", curve->hash, 0 };
	*method = curve->method;
	good = make_signature(key, &alg, octets, &der) &&
	       der_to_pair(buf_span(&der), curve->field, auth);
	buf_free(&der);
	return good ? 0 :
		      err_set(err, ERR_REFUSED,
			      "libcrypto cannot sign with this key");
}

int sig_sign(EVP_PKEY *key, struct span octets, uint32_t hashes, bool pss,
	     uint8_t *method, struct buf *auth, struct err *err)
{
	const struct sig_scheme *scheme = sig_scheme_pick(key, hashes, pss);
	size_t start = auth->len;
	int rc = 0;

	if (!scheme && hashes && !find_curve(key) && !EVP_PKEY_is_a(key, "RSA"))
		return err_set(
			err, ERR_REFUSED,
			"the peer takes no signature that this %s key can make (of hash algorithms it offers 0x%x)",
			type_name(key), hashes);
	if (!scheme) {
		rc = sign_old(key, octets, method, auth, err);
	} else {
		*method = AUTH_DIGITAL_SIGNATURE;
		/* RFC 7427, 3: the AlgorithmIdentifier behind its length. */
		buf_add_u8(auth, (uint8_t)scheme->der.len);
		buf_add_span(auth, scheme->der);
		if (!make_signature(key, &scheme->alg, octets, auth))
			rc = err_set(err, ERR_REFUSED,
				     "libcrypto cannot sign with %s and %s",
				     type_name(key),
				     hash_title(scheme->alg.hash));
	}
	if (!rc && auth->failed)
		rc = err_set(err, ERR_REFUSED, "no memory");
	if (rc)
		buf_cut(auth, start);
	return rc;
}

static int differs(EVP_PKEY *key, uint16_t hash, struct err *err)
{
	return err_set(
		err, ERR_REFUSED,
		"the signature (%s and %s) does not fit the certificate's key: the peer has not the private key of it, or somebody changed the messages",
		type_name(key), hash_title(hash));
}

/* RFC 7296, 3.8, leaves the hash open; SHA1 is what everybody sends. */
static int verify_rsa(EVP_PKEY *key, struct span octets, struct span auth,
		      struct sig_used *used, struct err *err)
{
	static const uint16_t ids[] = { HASH_SHA1, HASH_SHA2_256, HASH_SHA2_384,
					HASH_SHA2_512 };

	if (!EVP_PKEY_is_a(key, "RSA"))
		return err_set(
			err, ERR_REFUSED,
			"signed with RSA, but the certificate's key is %s",
			type_name(key));
	for (size_t i = 0; i < ARRAY_SIZE(ids); i++) {
		struct sig_alg alg = { SIG_PKCS1, "RSA", ids[i], 0 };

		used->hash = ids[i];
		if (check_signature(key, &alg, octets, auth))
			return 0;
	}
	return differs(key, HASH_SHA1, err);
}

static int verify_curve(EVP_PKEY *key, const struct curve *curve,
			struct span octets, struct span auth, struct err *err)
{
	struct sig_alg alg = { SIG_ECDSA, "EC", curve->hash, 0 };
	struct buf der = BUF_INIT;
	bool good;

	if (find_curve(key) != curve)
		return err_set(
			err, ERR_REFUSED,
			"signed with ECDSA on %s, but the certificate's key is %s of another kind",
			curve->group, type_name(key));
	if (auth.len != 2 * (size_t)curve->field)
		return err_set(
			err, ERR_REFUSED,
			"an ECDSA signature on %s has %d octets, not %zu",
			curve->group, 2 * curve->field, auth.len);
	good = pair_to_der(auth, curve->field, &der) &&
	       check_signature(key, &alg, octets, buf_span(&der));
	buf_free(&der);
	return good ? 0 : differs(key, curve->hash, err);
}

static int verify_digital(EVP_PKEY *key, struct span octets, struct span auth,
			  struct sig_used *used, struct err *err)
{
	struct span der;
	struct sig_alg alg;
	uint8_t len;

	if (!span_take_u8(&auth, &len) || !span_take(&auth, len, &der))
		return err_set(err, ERR_REFUSED,
			       "the digital signature (RFC 7427) is cut off");
	if (!sig_alg_read(der, &alg))
		return err_set(
			err, ERR_REFUSED,
			"the signature's algorithm is not known here; RSA, RSASSA-PSS, ECDSA with SHA2, Ed25519 and Ed448 are");
	if (!sig_alg_fits(&alg, key))
		return err_set(
			err, ERR_REFUSED,
			"signed with %s, but the certificate's key is %s",
			alg.type, type_name(key));
	if (alg.hash == HASH_SHA1)
		return err_set(
			err, ERR_REFUSED,
			"signed with %s and SHA1, which we did not offer, as it can be forged",
			alg.type);
	*used = (struct sig_used){ alg.hash, alg.kind == SIG_PSS };
	return check_signature(key, &alg, octets, auth) ?
		       0 :
		       differs(key, alg.hash, err);
}

int sig_verify(EVP_PKEY *key, struct span octets, uint8_t method,
	       struct span auth, struct sig_used *used, struct err *err)
{
	*used = (struct sig_used){ 0 };
	if (method == AUTH_RSA_SIG)
		return verify_rsa(key, octets, auth, used, err);
	if (method == AUTH_DIGITAL_SIGNATURE)
		return verify_digital(key, octets, auth, used, err);
	for (size_t i = 0; i < ARRAY_SIZE(curves); i++) {
		if (curves[i].method != method)
			continue;
		used->hash = curves[i].hash;
		return verify_curve(key, &curves[i], octets, auth, err);
	}
	return err_set(err, ERR_REFUSED,
		       "authentication method %u is no signature we know",
		       method);
}
