// SPDX-License-Identifier: GPL-2.0-or-later
/* See sig_alg.h. */
#include "sig_alg.h"

#include <openssl/asn1t.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "../../lib/util.h"
#include "../proto/v2.h"
#include "sig.h"

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

static const struct sig_scheme schemes[] = {
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

bool sig_alg_fits(const struct sig_alg *alg, EVP_PKEY *key)
{
	if (alg->kind == SIG_PSS && EVP_PKEY_is_a(key, "RSA-PSS"))
		return true;
	return EVP_PKEY_is_a(key, alg->type);
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
const struct sig_scheme *sig_scheme_pick(EVP_PKEY *key, uint32_t hashes,
					 bool pss)
{
	bool is_pss = pss || EVP_PKEY_is_a(key, "RSA-PSS");
	uint16_t wanted = wanted_hash(key);
	const struct sig_scheme *best = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(schemes); i++) {
		const struct sig_alg *alg = &schemes[i].alg;

		if (!sig_alg_fits(alg, key) || !(hashes & 1U << alg->hash) ||
		    (alg->kind == SIG_PKCS1 && is_pss) ||
		    (alg->kind == SIG_PSS && !is_pss))
			continue;
		/* SHA1 is the last in its order, for who takes nothing else. */
		if (best && alg->hash == HASH_SHA1)
			continue;
		if (!best || best->alg.hash < wanted)
			best = &schemes[i];
	}
	return best;
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

static bool read_pss(const X509_ALGOR *algorithm, struct sig_alg *alg)
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
	*alg = (struct sig_alg){ SIG_PSS, "RSA", hash_of(params->hashAlgorithm),
				 0 };
	good = alg->hash && mask_hash(params->maskGenAlgorithm) == alg->hash &&
	       (!params->saltLength ||
		ASN1_INTEGER_get_int64(&salt, params->saltLength)) &&
	       (!params->trailerField ||
		ASN1_INTEGER_get(params->trailerField) == 1) &&
	       salt >= 0 && salt <= UINT16_MAX;
	alg->salt_len = (int)salt;
	RSA_PSS_PARAMS_free(params);
	return good;
}

static const struct sig_scheme *find_scheme(const ASN1_OBJECT *object)
{
	for (size_t i = 0; i < ARRAY_SIZE(schemes); i++) {
		/* Behind the tag and length of the sequence. */
		const uint8_t *oid = schemes[i].der.data + 2;

		if (schemes[i].alg.kind != SIG_PSS &&
		    OBJ_length(object) == oid[1] &&
		    memcmp(OBJ_get0_data(object), oid + 2, oid[1]) == 0)
			return &schemes[i];
	}
	return NULL;
}

bool sig_alg_read(struct span der, struct sig_alg *alg)
{
	const uint8_t *at = der.data;
	X509_ALGOR *algorithm = d2i_X509_ALGOR(NULL, &at, (long)der.len);
	const struct sig_scheme *scheme;
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
		good = read_pss(algorithm, alg);
	} else if (scheme && has_no_params(type)) {
		*alg = scheme->alg;
		good = true;
	}
	X509_ALGOR_free(algorithm);
	return good;
}
