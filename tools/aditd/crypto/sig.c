// SPDX-License-Identifier: GPL-2.0-or-later
/* See sig.h. */
#include "sig.h"

#include <openssl/asn1t.h>
#include <openssl/ecdsa.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "../../lib/util.h"
#include "../proto/v2.h"
#include "prf.h"

enum sig_kind { SIG_PKCS1, SIG_PSS, SIG_ECDSA, SIG_EDDSA };

/* How something is signed. */
struct how {
	enum sig_kind kind;
	const char *type; /* libcrypto's, of the key */
	uint16_t hash;
	int salt_len; /* of PSS */
};

/* RFC 7427, appendix A, and RFC 8420: as they are sent. */
struct scheme {
	struct how how;
	struct span der;
};

#define DER(...)                                           \
	{                                                  \
		(const uint8_t[]){ __VA_ARGS__ },          \
			sizeof((uint8_t[]){ __VA_ARGS__ }) \
	}
#define PKCS1_DER(arc)                                                        \
	DER(0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, \
	    0x01, (arc), 0x05, 0x00)
#define ECDSA_DER(arc)                                                        \
	DER(0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, \
	    (arc))
/* Hash, MGF1 with the same hash, and a salt of that length. */
#define PSS_DER(arc, salt)                                                     \
	DER(0x30, 0x41, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01,  \
	    0x01, 0x0a, 0x30, 0x34, 0xa0, 0x0f, 0x30, 0x0d, 0x06, 0x09, 0x60,  \
	    0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, (arc), 0x05, 0x00, 0xa1, \
	    0x1c, 0x30, 0x1a, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d,  \
	    0x01, 0x01, 0x08, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01,  \
	    0x65, 0x03, 0x04, 0x02, (arc), 0x05, 0x00, 0xa2, 0x03, 0x02, 0x01, \
	    (salt))

static const struct scheme schemes[] = {
	{ { SIG_PKCS1, "RSA", HASH_SHA2_256, 0 }, PKCS1_DER(0x0b) },
	{ { SIG_PKCS1, "RSA", HASH_SHA2_384, 0 }, PKCS1_DER(0x0c) },
	{ { SIG_PKCS1, "RSA", HASH_SHA2_512, 0 }, PKCS1_DER(0x0d) },
	{ { SIG_PKCS1, "RSA", HASH_SHA1, 0 }, PKCS1_DER(0x05) },
	{ { SIG_PSS, "RSA", HASH_SHA2_256, 32 }, PSS_DER(0x01, 0x20) },
	{ { SIG_PSS, "RSA", HASH_SHA2_384, 48 }, PSS_DER(0x02, 0x30) },
	{ { SIG_PSS, "RSA", HASH_SHA2_512, 64 }, PSS_DER(0x03, 0x40) },
	{ { SIG_ECDSA, "EC", HASH_SHA2_256, 0 }, ECDSA_DER(0x02) },
	{ { SIG_ECDSA, "EC", HASH_SHA2_384, 0 }, ECDSA_DER(0x03) },
	{ { SIG_ECDSA, "EC", HASH_SHA2_512, 0 }, ECDSA_DER(0x04) },
	{ { SIG_EDDSA, "ED25519", HASH_IDENTITY, 0 },
	  DER(0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70) },
	{ { SIG_EDDSA, "ED448", HASH_IDENTITY, 0 },
	  DER(0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x71) },
};

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

/* A key of RSASSA-PSS makes and checks only that. */
static bool fits_key(const struct how *how, EVP_PKEY *key)
{
	if (how->kind == SIG_PSS && EVP_PKEY_is_a(key, "RSA-PSS"))
		return true;
	return EVP_PKEY_is_a(key, how->type);
}

static bool set_pss(EVP_PKEY_CTX *ctx, const struct how *how)
{
	if (how->kind == SIG_PKCS1)
		return EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) > 0;
	if (how->kind != SIG_PSS)
		return true;
	/* MGF1 has the signature's hash unless it is told another one. */
	return EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING) > 0 &&
	       EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, how->salt_len) > 0;
}

static bool make_signature(EVP_PKEY *key, const struct how *how,
			   struct span octets, struct buf *out)
{
	size_t len = (size_t)EVP_PKEY_get_size(key);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	size_t start = out->len;
	EVP_PKEY_CTX *pctx;
	uint8_t *at;
	bool good;

	good = ctx &&
	       EVP_DigestSignInit_ex(ctx, &pctx, hash_name(how->hash), NULL,
				     NULL, key, NULL) > 0 &&
	       set_pss(pctx, how);
	at = good ? buf_extend(out, len) : NULL;
	good = at && EVP_DigestSign(ctx, at, &len, octets.data, octets.len) > 0;
	EVP_MD_CTX_free(ctx);
	buf_cut(out, start + (good ? len : 0));
	return good;
}

static bool check_signature(EVP_PKEY *key, const struct how *how,
			    struct span octets, struct span signature)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY_CTX *pctx;
	bool good;

	good = ctx &&
	       EVP_DigestVerifyInit_ex(ctx, &pctx, hash_name(how->hash), NULL,
				       NULL, key, NULL) > 0 &&
	       set_pss(pctx, how) &&
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
	struct how how = { SIG_PKCS1, "RSA", HASH_SHA1, 0 };
	const struct curve *curve = find_curve(key);
	struct buf der = BUF_INIT;
	bool good;

	if (EVP_PKEY_is_a(key, "RSA")) {
		*method = AUTH_RSA_SIG;
		if (make_signature(key, &how, octets, auth))
			return 0;
		return err_set(err, ERR_REFUSED,
			       "libcrypto cannot sign with RSA and SHA1");
	}
	if (!curve)
		return err_set(
			err, ERR_REFUSED,
			"the peer does not know RFC 7427 (digital signatures), without which %s keys cannot sign; use RSA or ECDSA on P-256, P-384, P-521",
			type_name(key));
	how = (struct how){ SIG_ECDSA, "EC", curve->hash, 0 };
	*method = curve->method;
	good = make_signature(key, &how, octets, &der) &&
	       der_to_pair(buf_span(&der), curve->field, auth);
	buf_free(&der);
	return good ? 0 :
		      err_set(err, ERR_REFUSED,
			      "libcrypto cannot sign with this key");
}

/* The hash that is as strong as the key (NIST SP 800-57, 5.6.1). */
static uint16_t wanted_hash(EVP_PKEY *key)
{
	int bits = EVP_PKEY_get_security_bits(key);

	if (bits <= 128)
		return HASH_SHA2_256;
	return bits <= 192 ? HASH_SHA2_384 : HASH_SHA2_512;
}

/* The rows are in the order of strength; one too strong is better than weak. */
static const struct scheme *pick(EVP_PKEY *key, uint32_t hashes, bool pss)
{
	bool is_pss = pss || EVP_PKEY_is_a(key, "RSA-PSS");
	uint16_t wanted = wanted_hash(key);
	const struct scheme *best = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(schemes); i++) {
		const struct how *how = &schemes[i].how;

		if (!fits_key(how, key) || !(hashes & 1U << how->hash) ||
		    (how->kind == SIG_PKCS1 && is_pss) ||
		    (how->kind == SIG_PSS && !is_pss))
			continue;
		/* SHA1 is the last in its order, for who takes nothing else. */
		if (best && how->hash == HASH_SHA1)
			continue;
		if (!best || best->how.hash < wanted)
			best = &schemes[i];
	}
	return best;
}

int sig_sign(EVP_PKEY *key, struct span octets, uint32_t hashes, bool pss,
	     uint8_t *method, struct buf *auth, struct err *err)
{
	const struct scheme *scheme = pick(key, hashes, pss);
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
		if (!make_signature(key, &scheme->how, octets, auth))
			rc = err_set(err, ERR_REFUSED,
				     "libcrypto cannot sign with %s and %s",
				     type_name(key),
				     hash_title(scheme->how.hash));
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
		      struct err *err)
{
	static const uint16_t ids[] = { HASH_SHA1, HASH_SHA2_256, HASH_SHA2_384,
					HASH_SHA2_512 };

	if (!EVP_PKEY_is_a(key, "RSA"))
		return err_set(
			err, ERR_REFUSED,
			"signed with RSA, but the certificate's key is %s",
			type_name(key));
	for (size_t i = 0; i < ARRAY_SIZE(ids); i++) {
		struct how how = { SIG_PKCS1, "RSA", ids[i], 0 };

		if (check_signature(key, &how, octets, auth))
			return 0;
	}
	return differs(key, HASH_SHA1, err);
}

static int verify_curve(EVP_PKEY *key, const struct curve *curve,
			struct span octets, struct span auth, struct err *err)
{
	struct how how = { SIG_ECDSA, "EC", curve->hash, 0 };
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
	       check_signature(key, &how, octets, buf_span(&der));
	buf_free(&der);
	return good ? 0 : differs(key, curve->hash, err);
}

/* Where there are none by definition, some write NULL and some nothing. */
static bool has_no_params(int type)
{
	return type == V_ASN1_UNDEF || type == V_ASN1_NULL;
}

uint16_t sig_hash_of_nid(int nid)
{
	static const struct {
		int nid;
		uint16_t id;
	} rows[] = {
		{ NID_sha1, HASH_SHA1 },
		{ NID_sha256, HASH_SHA2_256 },
		{ NID_sha384, HASH_SHA2_384 },
		{ NID_sha512, HASH_SHA2_512 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].nid == nid)
			return rows[i].id;
	return 0;
}

static uint16_t hash_of(const X509_ALGOR *algorithm)
{
	const ASN1_OBJECT *object;
	int type;

	/* What is left out of RSASSA-PSS-params is SHA1 (RFC 4055, 3.1). */
	if (!algorithm)
		return HASH_SHA1;
	X509_ALGOR_get0(&object, &type, NULL, algorithm);
	return has_no_params(type) ? sig_hash_of_nid(OBJ_obj2nid(object)) : 0;
}

/* The hash of MGF1, 0 if it is another function. */
static uint16_t mask_hash(const X509_ALGOR *mask)
{
	const ASN1_OBJECT *object;
	const void *value;
	X509_ALGOR *inner;
	uint16_t id;
	int type;

	if (!mask)
		return HASH_SHA1;
	X509_ALGOR_get0(&object, &type, &value, mask);
	if (OBJ_obj2nid(object) != NID_mgf1 || type != V_ASN1_SEQUENCE)
		return 0;
	inner = ASN1_item_unpack(value, ASN1_ITEM_rptr(X509_ALGOR));
	id = inner ? hash_of(inner) : 0;
	X509_ALGOR_free(inner);
	return id;
}

static bool read_pss(const X509_ALGOR *algorithm, struct how *how)
{
	RSA_PSS_PARAMS *params;
	const void *value;
	int64_t salt = 20;
	bool good;
	int type;

	X509_ALGOR_get0(NULL, &type, &value, algorithm);
	if (type != V_ASN1_SEQUENCE)
		return false;
	params = ASN1_item_unpack(value, ASN1_ITEM_rptr(RSA_PSS_PARAMS));
	if (!params)
		return false;
	*how = (struct how){ SIG_PSS, "RSA", hash_of(params->hashAlgorithm),
			     0 };
	good = how->hash && mask_hash(params->maskGenAlgorithm) == how->hash &&
	       (!params->saltLength ||
		ASN1_INTEGER_get_int64(&salt, params->saltLength)) &&
	       (!params->trailerField ||
		ASN1_INTEGER_get(params->trailerField) == 1) &&
	       salt >= 0 && salt <= UINT16_MAX;
	how->salt_len = (int)salt;
	RSA_PSS_PARAMS_free(params);
	return good;
}

static const struct scheme *find_scheme(const ASN1_OBJECT *object)
{
	for (size_t i = 0; i < ARRAY_SIZE(schemes); i++) {
		/* Behind the tag and length of the sequence. */
		const uint8_t *oid = schemes[i].der.data + 2;

		if (schemes[i].how.kind != SIG_PSS &&
		    OBJ_length(object) == oid[1] &&
		    memcmp(OBJ_get0_data(object), oid + 2, oid[1]) == 0)
			return &schemes[i];
	}
	return NULL;
}

static bool read_algorithm(struct span der, struct how *how)
{
	const uint8_t *at = der.data;
	X509_ALGOR *algorithm = d2i_X509_ALGOR(NULL, &at, (long)der.len);
	const struct scheme *scheme;
	const ASN1_OBJECT *object;
	bool good = false;
	int type;

	if (!algorithm)
		return false;
	X509_ALGOR_get0(&object, &type, NULL, algorithm);
	scheme = find_scheme(object);
	if (at != der.data + der.len) {
		good = false;
	} else if (OBJ_obj2nid(object) == NID_rsassaPss) {
		good = read_pss(algorithm, how);
	} else if (scheme && has_no_params(type)) {
		*how = scheme->how;
		good = true;
	}
	X509_ALGOR_free(algorithm);
	return good;
}

static int verify_digital(EVP_PKEY *key, struct span octets, struct span auth,
			  struct err *err)
{
	struct span der;
	struct how how;
	uint8_t len;

	if (!span_take_u8(&auth, &len) || !span_take(&auth, len, &der))
		return err_set(err, ERR_REFUSED,
			       "the digital signature (RFC 7427) is cut off");
	if (!read_algorithm(der, &how))
		return err_set(
			err, ERR_REFUSED,
			"the signature's algorithm is not known here; RSA, RSASSA-PSS, ECDSA with SHA2, Ed25519 and Ed448 are");
	if (!fits_key(&how, key))
		return err_set(
			err, ERR_REFUSED,
			"signed with %s, but the certificate's key is %s",
			how.type, type_name(key));
	if (how.hash == HASH_SHA1)
		return err_set(
			err, ERR_REFUSED,
			"signed with %s and SHA1, which we did not offer, as it can be forged",
			how.type);
	return check_signature(key, &how, octets, auth) ?
		       0 :
		       differs(key, how.hash, err);
}

int sig_verify(EVP_PKEY *key, struct span octets, uint8_t method,
	       struct span auth, struct err *err)
{
	if (method == AUTH_RSA_SIG)
		return verify_rsa(key, octets, auth, err);
	if (method == AUTH_DIGITAL_SIGNATURE)
		return verify_digital(key, octets, auth, err);
	for (size_t i = 0; i < ARRAY_SIZE(curves); i++)
		if (curves[i].method == method)
			return verify_curve(key, &curves[i], octets, auth, err);
	return err_set(err, ERR_REFUSED,
		       "authentication method %u is no signature we know",
		       method);
}
