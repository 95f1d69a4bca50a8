// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * See proposal.h: proposals of words. What the words are and what follows from
 * them is as with strongSwan, so that its configurations mean the same here.
 */
#include <stdio.h>

#include "../../lib/word.h"
#include "../proto/names.h"
#include "proposal.h"

struct keyword {
	const char *word;
	uint8_t type;
	uint16_t id;
	uint16_t bits;
};

/* A cipher with keys of three lengths. */
#define BITS(name, suffix, id)                                         \
	{ name "128" suffix, TRANSFORM_ENCR, ENCR_##id, 128 },         \
		{ name "192" suffix, TRANSFORM_ENCR, ENCR_##id, 192 }, \
	{                                                              \
		name "256" suffix, TRANSFORM_ENCR, ENCR_##id, 256      \
	}
/* The ICV's length in octets or in bits. */
#define ICV(name, octets, bits, id) BITS(name, octets, id), BITS(name, bits, id)

#define ENCR(word, id)                             \
	{                                          \
		word, TRANSFORM_ENCR, ENCR_##id, 0 \
	}
#define PRF(word, id)                            \
	{                                        \
		word, TRANSFORM_PRF, PRF_##id, 0 \
	}
#define INTEG(word, id)                              \
	{                                            \
		word, TRANSFORM_INTEG, INTEG_##id, 0 \
	}
#define KE(word, id)                           \
	{                                      \
		word, TRANSFORM_KE, KE_##id, 0 \
	}

static const struct keyword keywords[] = {
	{ "aes", TRANSFORM_ENCR, ENCR_AES_CBC, 128 },
	BITS("aes", "", AES_CBC),
	BITS("aes", "ctr", AES_CTR),
	ICV("aes", "gcm16", "gcm128", AES_GCM_16),
	BITS("aes", "gcm", AES_GCM_16),
	ICV("aes", "gcm12", "gcm96", AES_GCM_12),
	ICV("aes", "gcm8", "gcm64", AES_GCM_8),
	ICV("aes", "ccm16", "ccm128", AES_CCM_16),
	BITS("aes", "ccm", AES_CCM_16),
	ICV("aes", "ccm12", "ccm96", AES_CCM_12),
	ICV("aes", "ccm8", "ccm64", AES_CCM_8),
	BITS("aes", "gmac", NULL_AUTH_AES_GMAC),
	ENCR("chacha20poly1305", CHACHA20_POLY1305),
	{ "camellia", TRANSFORM_ENCR, ENCR_CAMELLIA_CBC, 128 },
	BITS("camellia", "", CAMELLIA_CBC),
	BITS("camellia", "ctr", CAMELLIA_CTR),
	ENCR("3des", 3DES),
	ENCR("null", NULL),

	INTEG("sha1", HMAC_SHA1_96),
	INTEG("sha", HMAC_SHA1_96),
	INTEG("sha256", HMAC_SHA2_256_128),
	INTEG("sha2_256", HMAC_SHA2_256_128),
	INTEG("sha384", HMAC_SHA2_384_192),
	INTEG("sha2_384", HMAC_SHA2_384_192),
	INTEG("sha512", HMAC_SHA2_512_256),
	INTEG("sha2_512", HMAC_SHA2_512_256),
	INTEG("sha256_96", HMAC_SHA2_256_96),
	INTEG("sha2_256_96", HMAC_SHA2_256_96),
	INTEG("md5", HMAC_MD5_96),
	INTEG("aesxcbc", AES_XCBC_96),
	INTEG("aescmac", AES_CMAC_96),

	PRF("prfsha1", HMAC_SHA1),
	PRF("prfsha256", HMAC_SHA2_256),
	PRF("prfsha384", HMAC_SHA2_384),
	PRF("prfsha512", HMAC_SHA2_512),
	PRF("prfmd5", HMAC_MD5),
	PRF("prfaesxcbc", AES128_XCBC),
	PRF("prfaescmac", AES128_CMAC),

	KE("none", NONE),
	KE("modpnone", NONE),
	KE("modp768", MODP_768),
	KE("modp1024", MODP_1024),
	KE("modp1536", MODP_1536),
	KE("modp2048", MODP_2048),
	KE("modp3072", MODP_3072),
	KE("modp4096", MODP_4096),
	KE("modp6144", MODP_6144),
	KE("modp8192", MODP_8192),
	KE("ecp256", ECP_256),
	KE("ecp384", ECP_384),
	KE("ecp521", ECP_521),
	KE("ecp224bp", BRAINPOOL_224),
	KE("ecp256bp", BRAINPOOL_256),
	KE("ecp384bp", BRAINPOOL_384),
	KE("ecp512bp", BRAINPOOL_512),
	KE("curve25519", CURVE25519),
	KE("x25519", CURVE25519),
	KE("curve448", CURVE448),
	KE("x448", CURVE448),
	KE("mlkem512", ML_KEM_512),
	KE("mlkem768", ML_KEM_768),
	KE("mlkem1024", ML_KEM_1024),

	{ "esn", TRANSFORM_ESN, ESN_YES, 0 },
	{ "noesn", TRANSFORM_ESN, ESN_NO, 0 },
};

/* Words of strongSwan's for what is not here, so that nobody looks for a typo. */
static const char *const absent[] = {
	"des",
	"blowfish",
	"blowfish128",
	"blowfish192",
	"blowfish256",
	"cast128",
	"serpent",
	"serpent128",
	"serpent192",
	"serpent256",
	"twofish",
	"twofish128",
	"twofish192",
	"twofish256",
	"md5_128",
	"sha1_160",
	"camelliaxcbc",
	"ecp192",
	"prfcamelliaxcbc",
	"ecp224",
	"modp1024s160",
	"modp2048s224",
	"modp2048s256",
	"modpnull",
	"ntru112",
	"ntru128",
	"ntru192",
	"ntru256",
	"camellia128ccm16",
	"camellia192ccm16",
	"camellia256ccm16",
};

/* The PRF that an integrity algorithm stands for too, if none is named. */
static const uint16_t prfs[][2] = {
	{ INTEG_HMAC_SHA2_256_128, PRF_HMAC_SHA2_256 },
	{ INTEG_HMAC_SHA2_384_192, PRF_HMAC_SHA2_384 },
	{ INTEG_HMAC_SHA2_512_256, PRF_HMAC_SHA2_512 },
	{ INTEG_HMAC_SHA2_256_96, PRF_HMAC_SHA2_256 },
	{ INTEG_HMAC_SHA1_96, PRF_HMAC_SHA1 },
	{ INTEG_HMAC_MD5_96, PRF_HMAC_MD5 },
	{ INTEG_AES_XCBC_96, PRF_AES128_XCBC },
	{ INTEG_AES_CMAC_96, PRF_AES128_CMAC },
};

enum { WORD_SIZE = 32 };

/* Exactly that word: "aes25" is none, though only one begins with it. */
static const struct keyword *find(const char *word, struct err *err)
{
	int near;

	for (size_t i = 0; i < ARRAY_SIZE(keywords); i++)
		if (strcmp(keywords[i].word, word) == 0)
			return &keywords[i];
	for (size_t i = 0; i < ARRAY_SIZE(absent); i++) {
		if (strcmp(absent[i], word) != 0)
			continue;
		err_set(err, ERR_USAGE, "algorithm '%s' is not supported",
			word);
		return NULL;
	}
	near = word_find(word, keywords, ARRAY_SIZE(keywords),
			 sizeof(keywords[0]), offsetof(struct keyword, word),
			 "algorithm", err);
	if (near >= 0)
		err_set(err, ERR_USAGE,
			"unknown algorithm '%s', did you mean '%s'?", word,
			keywords[near].word);
	return NULL;
}

/* "ke1_mlkem768": cuts the prefix off, and is 0 where there is none. */
static uint8_t addke_type(const char **word)
{
	const char *text = *word;

	if (strncmp(text, "ke", 2) != 0 || text[2] < '1' || text[2] > '7' ||
	    text[3] != '_')
		return 0;
	*word += 4;
	return (uint8_t)(TRANSFORM_ADDKE1 + text[2] - '1');
}

/* AH with AES-GMAC has it as integrity (RFC 4543, 9), ESP as a cipher. */
static uint16_t gmac_of_ah(uint16_t bits)
{
	return bits == 128 ? INTEG_AES_128_GMAC :
	       bits == 192 ? INTEG_AES_192_GMAC :
			     INTEG_AES_256_GMAC;
}

static int check_use(const struct transform *t, uint8_t protocol,
		     const char *word, struct err *err)
{
	const struct crypto_alg *alg = transform_alg(t);

	if (t->type == TRANSFORM_ESN || t->id == KE_NONE)
		return 0;
	if (!alg)
		return err_set(err, ERR_USAGE,
			       "algorithm '%s' is not supported", word);
	if (protocol == PROTOCOL_IKE ? !alg->ike : !alg->esp)
		return err_set(err, ERR_USAGE, "'%s' is not for %s", word,
			       v2_protocol_name(protocol));
	if (protocol == PROTOCOL_AH && t->type == TRANSFORM_ENCR)
		return err_set(err, ERR_USAGE, "'%s' is not for AH", word);
	return 0;
}

/* Ciphers of ESP and AH are the kernel's. */
static bool is_usable(const struct transform *t, uint8_t protocol)
{
	const struct crypto_alg *alg = transform_alg(t);

	if (!alg)
		return true;
	if (protocol != PROTOCOL_IKE && t->type != TRANSFORM_KE &&
	    t->type < TRANSFORM_ADDKE1)
		return true;
	return crypto_alg_usable(alg);
}

/* @lenient leaves out what libcrypto, as it is here, does not have. */
static int add_word(struct proposal *proposal, const char *text, bool lenient,
		    struct err *err)
{
	const char *word = text;
	uint8_t addke = addke_type(&word);
	const struct keyword *keyword = find(word, err);
	struct transform t;

	if (!keyword)
		return -1;
	t = (struct transform){ keyword->type, keyword->id, keyword->bits };
	if (addke && t.type != TRANSFORM_KE)
		return err_set(err, ERR_USAGE, "'%s' is no key exchange method",
			       word);
	if (addke)
		t.type = addke;
	if (proposal->protocol == PROTOCOL_AH && t.type == TRANSFORM_ENCR &&
	    t.id == ENCR_NULL_AUTH_AES_GMAC)
		t = (struct transform){ TRANSFORM_INTEG, gmac_of_ah(t.bits),
					0 };
	/* strongSwan takes them there, and does nothing with them. */
	if (proposal->protocol == PROTOCOL_IKE ? t.type == TRANSFORM_ESN :
						 t.type == TRANSFORM_PRF)
		return 0;
	if (check_use(&t, proposal->protocol, text, err))
		return -1;
	if (!is_usable(&t, proposal->protocol))
		return lenient ? 0 :
				 err_set(err, ERR_USAGE,
					 "'%s' needs a libcrypto that has it",
					 text);
	if (proposal_add(proposal, t.type, t.id, t.bits))
		return err_set(err, ERR_USAGE, "more than %u algorithms",
			       PROPOSAL_TRANSFORMS_MAX);
	return 0;
}

static void remove_type(struct proposal *proposal, uint8_t type)
{
	size_t n = 0;

	for (size_t i = 0; i < proposal->n; i++)
		if (proposal->transforms[i].type != type)
			proposal->transforms[n++] = proposal->transforms[i];
	proposal->n = (uint8_t)n;
}

static int add_prfs(struct proposal *proposal, struct err *err)
{
	size_t n = proposal->n;

	if (proposal_get(proposal, TRANSFORM_PRF))
		return 0;
	for (size_t i = 0; i < n; i++) {
		const struct transform *t = &proposal->transforms[i];

		for (size_t j = 0; j < ARRAY_SIZE(prfs); j++)
			if (t->type == TRANSFORM_INTEG && t->id == prfs[j][0] &&
			    proposal_add(proposal, TRANSFORM_PRF, prfs[j][1],
					 0))
				return err_set(err, ERR_USAGE,
					       "more than %u algorithms",
					       PROPOSAL_TRANSFORMS_MAX);
	}
	if (!proposal_get(proposal, TRANSFORM_PRF))
		return err_set(err, ERR_USAGE,
			       "a PRF is missing, such as prfsha256");
	return 0;
}

/* Combined-mode ciphers have no integrity algorithm, all others need one. */
static int check_ciphers(struct proposal *proposal, struct err *err)
{
	size_t aead = 0, classic = 0;

	for (size_t i = 0; i < proposal->n; i++) {
		const struct transform *t = &proposal->transforms[i];

		if (t->type != TRANSFORM_ENCR)
			continue;
		if (transform_alg(t)->aead)
			aead++;
		else
			classic++;
	}
	if (!aead && !classic)
		return err_set(err, ERR_USAGE,
			       "a cipher is missing, such as aes256gcm16");
	/* RFC 7296, 3.3 */
	if (aead && classic)
		return err_set(
			err, ERR_USAGE,
			"ciphers with integrity of their own (gcm, ccm, chacha20poly1305) and others cannot be in one proposal: write two");
	if (aead)
		remove_type(proposal, TRANSFORM_INTEG);
	else if (!proposal_get(proposal, TRANSFORM_INTEG))
		return err_set(
			err, ERR_USAGE,
			"an integrity algorithm is missing, such as sha256");
	return 0;
}

static int check_ike(struct proposal *proposal, struct err *err)
{
	const struct transform none = { TRANSFORM_KE, KE_NONE, 0 };

	if (add_prfs(proposal, err) || check_ciphers(proposal, err))
		return -1;
	if (!proposal_get(proposal, TRANSFORM_KE) ||
	    proposal_has(proposal, &none))
		return err_set(
			err, ERR_USAGE,
			"IKE cannot do without a key exchange, such as curve25519");
	return 0;
}

static int check_esn(struct proposal *proposal, struct err *err)
{
	if (proposal_get(proposal, TRANSFORM_ESN))
		return 0;
	if (proposal_add(proposal, TRANSFORM_ESN, ESN_NO, 0))
		return err_set(err, ERR_USAGE, "more than %u algorithms",
			       PROPOSAL_TRANSFORMS_MAX);
	return 0;
}

static int check(struct proposal *proposal, struct err *err)
{
	if (!proposal_get(proposal, TRANSFORM_KE) &&
	    proposal_has_addke(proposal))
		return err_set(
			err, ERR_USAGE,
			"additional key exchanges need a first one, such as curve25519");
	if (proposal->protocol == PROTOCOL_IKE)
		return check_ike(proposal, err);
	if (proposal->protocol == PROTOCOL_ESP && check_ciphers(proposal, err))
		return -1;
	if (proposal->protocol == PROTOCOL_AH &&
	    !proposal_get(proposal, TRANSFORM_INTEG))
		return err_set(
			err, ERR_USAGE,
			"an integrity algorithm is missing, such as sha256");
	return check_esn(proposal, err);
}

static int parse(struct proposal *proposal, const char *text, bool lenient,
		 struct err *err)
{
	char word[WORD_SIZE];

	do {
		size_t len = strcspn(text, "-");

		if (!len)
			return err_set(err, ERR_USAGE,
				       "a word is missing at a '-'");
		if (len >= sizeof(word))
			return err_set(err, ERR_USAGE,
				       "unknown algorithm '%.64s'", text);
		memcpy(word, text, len);
		word[len] = '\0';
		if (add_word(proposal, word, lenient, err))
			return -1;
		text += len;
	} while (*text++);
	return check(proposal, err);
}

static int append(struct proposals *list, uint8_t protocol, const char *text,
		  bool lenient, struct err *err)
{
	struct proposal proposal = { .protocol = protocol };

	if (list->n >= PROPOSALS_MAX)
		return err_set(err, ERR_USAGE, "more than %u proposals",
			       PROPOSALS_MAX);
	if (parse(&proposal, text, lenient, err))
		return err_prefix(err, "proposal '%.128s': ", text);
	proposal.number = (uint8_t)(list->n + 1);
	list->list[list->n++] = proposal;
	return 0;
}

/*
 * RFC 8221 and RFC 8247, what they have as MUST or SHOULD and nothing weaker.
 * Both lengths of sequence numbers, since not every peer has the long ones.
 */
static const struct {
	uint8_t protocol;
	const char *text;
} defaults[] = {
	{ PROTOCOL_IKE,
	  "aes256gcm16-aes128gcm16-chacha20poly1305-prfsha256-prfsha384-prfsha512-curve25519-ecp256-ecp384-ecp521-curve448-modp3072-modp4096-modp2048" },
	{ PROTOCOL_IKE,
	  "aes256-aes128-sha256-sha384-sha512-curve25519-ecp256-ecp384-ecp521-curve448-modp3072-modp4096-modp2048" },
	{ PROTOCOL_ESP, "aes256gcm16-aes128gcm16-chacha20poly1305-esn-noesn" },
	{ PROTOCOL_ESP, "aes256-aes128-sha256-sha384-sha512-esn-noesn" },
	{ PROTOCOL_AH, "sha256-sha384-sha512-esn-noesn" },
};

static int append_defaults(struct proposals *list, uint8_t protocol,
			   struct err *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(defaults); i++)
		if (defaults[i].protocol == protocol &&
		    append(list, protocol, defaults[i].text, true, err))
			return -1;
	return 0;
}

void proposal_defaults(struct proposals *list, uint8_t protocol)
{
	struct err err;

	append_defaults(list, protocol, &err);
}

int proposal_parse(struct proposals *list, uint8_t protocol, const char *text,
		   struct err *err)
{
	if (strcmp(text, "default") == 0)
		return append_defaults(list, protocol, err);
	return append(list, protocol, text, false, err);
}
