// SPDX-License-Identifier: GPL-2.0-or-later
/* Proposals: words, what follows from them, and what two sides choose. */
#include "../../tests/tap.h"
#include "../core/proposal.h"

static void show(uint8_t protocol, const char *text, char *buf, size_t size)
{
	struct proposals list = { 0 };
	struct err err = { 0 };

	if (proposal_parse(&list, protocol, text, &err))
		snprintf(buf, size, "%s", err.text);
	else
		proposal_show_list(&list, buf, size);
}

static void words(void)
{
	static const struct {
		uint8_t protocol;
		const char *text, *want;
	} rows[] = {
		{ PROTOCOL_IKE, "aes256gcm16-prfsha384-ecp384",
		  "AES_GCM_16_256/PRF_HMAC_SHA2_384/ECP_384" },
		/* The PRF follows from the integrity algorithm. */
		{ PROTOCOL_IKE, "aes128-sha256-modp2048",
		  "AES_CBC_128/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/MODP_2048" },
		{ PROTOCOL_IKE, "aes-sha1-sha2_512-x25519",
		  "AES_CBC_128/HMAC_SHA1_96/HMAC_SHA2_512_256/PRF_HMAC_SHA1/PRF_HMAC_SHA2_512/CURVE_25519" },
		{ PROTOCOL_IKE, "3des-sha-prfmd5-modp1024",
		  "3DES_CBC/HMAC_SHA1_96/PRF_HMAC_MD5/MODP_1024" },
		{ PROTOCOL_IKE, "aes192-aesxcbc-modp768",
		  "AES_CBC_192/AES_XCBC_96/PRF_AES128_XCBC/MODP_768" },
		{ PROTOCOL_IKE, "camellia-aescmac-x448",
		  "CAMELLIA_CBC_128/AES_CMAC_96/PRF_AES128_CMAC/CURVE_448" },
		/* Integrity beside AEAD gives a PRF, and is left out. */
		{ PROTOCOL_IKE, "aes256gcm128-sha384-ecp521",
		  "AES_GCM_16_256/PRF_HMAC_SHA2_384/ECP_521" },
		{ PROTOCOL_IKE, "chacha20poly1305-prfsha256-curve25519",
		  "CHACHA20_POLY1305/PRF_HMAC_SHA2_256/CURVE_25519" },
		{ PROTOCOL_IKE, "aes256ccm64-prfaesxcbc-ecp384bp",
		  "AES_CCM_8_256/PRF_AES128_XCBC/ECP_384_BP" },
		{ PROTOCOL_IKE, "aes128-aes-sha256-sha2_256-ecp256-ecp256",
		  "AES_CBC_128/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/ECP_256" },
		{ PROTOCOL_IKE, "aes128ctr-sha256-esn-ecp256",
		  "AES_CTR_128/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/ECP_256" },
		{ PROTOCOL_IKE, "aes128-sha256-ecp256-ke1_modp3072-ke7_none",
		  "AES_CBC_128/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/ECP_256/KE1_MODP_3072/KE7_KE_NONE" },
		{ PROTOCOL_ESP, "aes128gcm16", "AES_GCM_16_128/NO_EXT_SEQ" },
		{ PROTOCOL_ESP, "aes128-sha256_96-prfsha1-modp2048",
		  "AES_CBC_128/HMAC_SHA2_256_96/MODP_2048/NO_EXT_SEQ" },
		{ PROTOCOL_ESP, "null-md5-esn-noesn",
		  "NULL/HMAC_MD5_96/EXT_SEQ/NO_EXT_SEQ" },
		{ PROTOCOL_ESP, "aes256gmac-esn", "NULL_AES_GMAC_256/EXT_SEQ" },
		{ PROTOCOL_ESP, "aes256gcm16-sha256-ecp256-none",
		  "AES_GCM_16_256/ECP_256/KE_NONE/NO_EXT_SEQ" },
		{ PROTOCOL_AH, "sha512-aes192gmac-esn",
		  "HMAC_SHA2_512_256/AES_192_GMAC/EXT_SEQ" },
	};
	char buf[PROPOSAL_TEXT_SIZE];

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		show(rows[i].protocol, rows[i].text, buf, sizeof(buf));
		CHECK_TEXT(buf, rows[i].want);
	}
}

static void refusals(void)
{
	static const struct {
		uint8_t protocol;
		const char *text, *want;
	} rows[] = {
		{ PROTOCOL_IKE, "aes265-sha256-ecp256",
		  "proposal 'aes265-sha256-ecp256': unknown algorithm 'aes265', did you mean 'aes256'?" },
		{ PROTOCOL_IKE, "aes256-sha256-modp204",
		  "proposal 'aes256-sha256-modp204': unknown algorithm 'modp204', did you mean 'modp2048'?" },
		{ PROTOCOL_IKE, "blowfish-sha1-modp1024",
		  "proposal 'blowfish-sha1-modp1024': algorithm 'blowfish' is not supported" },
		{ PROTOCOL_IKE, "aes256gcm16-aes128-sha256-ecp256", NULL },
		{ PROTOCOL_IKE, "aes256-ecp256", NULL },
		{ PROTOCOL_IKE, "aes256-prfsha256-ecp256", NULL },
		{ PROTOCOL_IKE, "aes256gcm16-ecp256", NULL },
		{ PROTOCOL_IKE, "sha256-ecp256", NULL },
		{ PROTOCOL_IKE, "aes256-sha256", NULL },
		{ PROTOCOL_IKE, "aes256-sha256-modpnone", NULL },
		{ PROTOCOL_IKE, "aes256-sha256-ecp256-none", NULL },
		{ PROTOCOL_IKE, "null-sha256-ecp256",
		  "proposal 'null-sha256-ecp256': 'null' is not for IKE" },
		{ PROTOCOL_IKE, "aes256-sha256-ke1_ecp256", NULL },
		{ PROTOCOL_IKE, "aes256-sha256-ecp256-ke8_ecp384", NULL },
		{ PROTOCOL_IKE, "aes256-sha256-ecp256-ke1_sha1",
		  "proposal 'aes256-sha256-ecp256-ke1_sha1': 'sha1' is no key exchange method" },
		{ PROTOCOL_ESP, "aes256", NULL },
		{ PROTOCOL_ESP, "null", NULL },
		{ PROTOCOL_ESP, "sha256", NULL },
		{ PROTOCOL_ESP, "aes256gcm16-aes128-sha256", NULL },
		{ PROTOCOL_AH, "aes256-sha256",
		  "proposal 'aes256-sha256': 'aes256' is not for AH" },
		{ PROTOCOL_AH, "esn", NULL },
		{ PROTOCOL_IKE, "", NULL },
		{ PROTOCOL_IKE, "-", NULL },
		{ PROTOCOL_IKE, "aes256-sha256-ecp256-", NULL },
		{ PROTOCOL_IKE, "aes256--sha256-ecp256", NULL },
		{ PROTOCOL_IKE, "aes256-default", NULL },
		{ PROTOCOL_IKE, "AES256-sha256-ecp256", NULL },
		{ PROTOCOL_IKE,
		  "aes256aes256aes256aes256aes256aes256aes256aes256", NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct proposals list = { 0 };
		struct err err = { 0 };

		CHECK_ROW(proposal_parse(&list, rows[i].protocol, rows[i].text,
					 &err) == -1,
			  rows[i].text);
		CHECK_ROW(list.n == 0, rows[i].text);
		CHECK_ROW(strlen(err.text) > 10, rows[i].text);
		if (rows[i].want)
			CHECK_TEXT(err.text, rows[i].want);
	}
}

static void defaults(void)
{
	static const uint8_t protocols[] = { PROTOCOL_IKE, PROTOCOL_ESP,
					     PROTOCOL_AH };

	for (size_t i = 0; i < ARRAY_SIZE(protocols); i++) {
		struct proposals list = { 0 }, again = { 0 };
		struct err err = { 0 };

		proposal_defaults(&list, protocols[i]);
		CHECK(list.n >= 1);
		for (size_t j = 0; j < list.n; j++) {
			CHECK(list.list[j].number == j + 1);
			CHECK(list.list[j].protocol == protocols[i]);
			CHECK(!proposal_has_legacy(&list.list[j]));
			CHECK(list.list[j].n > 2);
		}
		CHECK(!proposal_parse(&again, protocols[i], "default", &err));
		CHECK(again.n == list.n);
	}
}

static void limits(void)
{
	struct proposals list = { 0 };
	struct err err = { 0 };
	char buf[32];

	for (size_t i = 0; i < PROPOSALS_MAX; i++)
		CHECK(!proposal_parse(&list, PROTOCOL_AH, "sha256", &err));
	CHECK(list.list[PROPOSALS_MAX - 1].number == PROPOSALS_MAX);
	CHECK(proposal_parse(&list, PROTOCOL_AH, "sha256", &err) == -1);
	proposal_show_list(&list, buf, sizeof(buf));
	CHECK_TEXT(buf, "HMAC_SHA2_256_128/NO_EXT_SEQ...");
}

static void legacy(void)
{
	struct proposals list = { 0 };
	struct err err = { 0 };

	proposal_parse(&list, PROTOCOL_IKE, "aes256-sha256-ecp256", &err);
	proposal_parse(&list, PROTOCOL_IKE, "3des-sha256-ecp256", &err);
	proposal_parse(&list, PROTOCOL_IKE, "aes256-sha256-modp1024", &err);
	proposal_parse(&list, PROTOCOL_IKE, "aes256-sha256-ecp256-ke1_modp768",
		       &err);
	CHECK(list.n == 4);
	for (size_t i = 0; i < list.n; i++)
		CHECK(proposal_has_legacy(&list.list[i]) == (i > 0));
}

/* Lists of proposals are words with "," between them here. */
static void parse_all(struct proposals *list, uint8_t protocol,
		      const char *text)
{
	struct err err = { 0 };
	char word[128];

	*list = (struct proposals){ 0 };
	do {
		size_t len = strcspn(text, ",");

		snprintf(word, sizeof(word), "%.*s", (int)len, text);
		if (proposal_parse(list, protocol, word, &err))
			printf("# %s\n", err.text);
		text += len;
	} while (*text++);
}

static void choices(void)
{
	static const struct {
		uint8_t protocol;
		unsigned int flags;
		const char *ours, *peers, *want; /* NULL for none */
		uint8_t number;
	} rows[] = {
		{ PROTOCOL_IKE, 0, "aes256-aes128-sha256-ecp256-modp2048",
		  "aes128-aes256-sha256-modp2048-ecp256",
		  "AES_CBC_256/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/ECP_256",
		  1 },
		{ PROTOCOL_IKE, PROPOSAL_PREFER_PEER,
		  "aes256-aes128-sha256-ecp256-modp2048",
		  "aes128-aes256-sha256-modp2048-ecp256",
		  "AES_CBC_128/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/MODP_2048",
		  1 },
		{ PROTOCOL_ESP, 0, "aes256gcm16,aes128gcm16",
		  "aes128gcm16,aes256gcm16", "AES_GCM_16_256/NO_EXT_SEQ", 2 },
		{ PROTOCOL_ESP, PROPOSAL_PREFER_PEER, "aes256gcm16,aes128gcm16",
		  "aes128gcm16,aes256gcm16", "AES_GCM_16_128/NO_EXT_SEQ", 1 },
		{ PROTOCOL_IKE, 0, "aes256-sha256-ecp256",
		  "aes128-sha256-ecp256", NULL, 0 },
		{ PROTOCOL_IKE, 0, "aes256-sha256-ecp256",
		  "aes256gcm16-prfsha256-ecp256,aes256-sha256-ecp256",
		  "AES_CBC_256/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/ECP_256",
		  2 },
		{ PROTOCOL_IKE, 0, "aes256-sha256-ecp256",
		  "aes256-sha256-prfsha384-ecp256", NULL, 0 },
		/* KE with and without. */
		{ PROTOCOL_ESP, 0, "aes256gcm16-ecp256", "aes256gcm16", NULL,
		  0 },
		{ PROTOCOL_ESP, 0, "aes256gcm16", "aes256gcm16-ecp256", NULL,
		  0 },
		{ PROTOCOL_ESP, PROPOSAL_NO_KE, "aes256gcm16-ecp256",
		  "aes256gcm16", "AES_GCM_16_256/NO_EXT_SEQ", 1 },
		{ PROTOCOL_ESP, PROPOSAL_NO_KE, "aes256gcm16",
		  "aes256gcm16-ecp256", "AES_GCM_16_256/NO_EXT_SEQ", 1 },
		{ PROTOCOL_ESP, 0, "aes256gcm16", "aes256gcm16-ecp256-none",
		  "AES_GCM_16_256/KE_NONE/NO_EXT_SEQ", 1 },
		{ PROTOCOL_ESP, 0, "aes256gcm16-ecp256-none", "aes256gcm16",
		  "AES_GCM_16_256/NO_EXT_SEQ", 1 },
		/* ESN */
		{ PROTOCOL_ESP, 0, "aes256gcm16-esn-noesn", "aes256gcm16-noesn",
		  "AES_GCM_16_256/NO_EXT_SEQ", 1 },
		{ PROTOCOL_ESP, 0, "aes256gcm16-esn", "aes256gcm16", NULL, 0 },
		{ PROTOCOL_ESP, 0, "aes256gcm16-esn", "aes256gcm16-noesn-esn",
		  "AES_GCM_16_256/EXT_SEQ", 1 },
		/* Additional key exchanges: no method twice (RFC 9370, 2.2.2). */
		{ PROTOCOL_IKE, 0,
		  "aes256-sha256-ecp256-ke1_ecp256-ke1_ecp384-ke2_none",
		  "aes256-sha256-ecp256-ke1_ecp256-ke1_ecp384",
		  "AES_CBC_256/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/ECP_256/KE1_ECP_384",
		  1 },
		{ PROTOCOL_IKE, 0, "aes256-sha256-ecp256-ke1_ecp256",
		  "aes256-sha256-ecp256-ke1_ecp256", NULL, 0 },
		{ PROTOCOL_IKE, 0, "aes256-sha256-ecp256-ke1_ecp384",
		  "aes256-sha256-ecp256", NULL, 0 },
		{ PROTOCOL_IKE, 0, "aes256-sha256-ecp256-ke1_ecp384-ke1_none",
		  "aes256-sha256-ecp256",
		  "AES_CBC_256/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/ECP_256",
		  1 },
	};
	char buf[PROPOSAL_TEXT_SIZE];

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct proposals ours, peers;
		struct proposal chosen;
		struct err err = { 0 };
		int result;

		parse_all(&ours, rows[i].protocol, rows[i].ours);
		parse_all(&peers, rows[i].protocol, rows[i].peers);
		result = proposal_select(&ours, &peers, rows[i].flags, &chosen,
					 &err);
		CHECK_ROW(!result == !!rows[i].want, rows[i].peers);
		CHECK_TEXT(proposal_show(&chosen, buf),
			   rows[i].want ? rows[i].want : "");
		CHECK_ROW(chosen.number == rows[i].number, rows[i].peers);
		/* The initiator takes what the responder has chosen. */
		if (!result)
			CHECK_ROW(!proposal_check(&peers, &chosen,
						  rows[i].flags, &err),
				  rows[i].peers);
	}
}

static void both_values(void)
{
	struct proposals ours, peers;
	struct err err = { 0 };
	struct proposal chosen;

	parse_all(&ours, PROTOCOL_IKE, "aes256-sha256-ecp256");
	parse_all(&peers, PROTOCOL_IKE,
		  "3des-md5-modp1024,aes256gcm16-prfsha256-x25519");
	CHECK(proposal_select(&ours, &peers, 0, &chosen, &err) == -1);
	CHECK_TEXT(
		err.text,
		"peer offers 3DES_CBC/HMAC_MD5_96/PRF_HMAC_MD5/MODP_1024, AES_GCM_16_256/PRF_HMAC_SHA2_256/CURVE_25519; we allow AES_CBC_256/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/ECP_256");
}

/* What no words can say, but a peer can. */
static void odd_peers(void)
{
	struct proposals ours, peers;
	struct proposal chosen, *peer = &peers.list[0];
	struct err err = { 0 };
	char buf[PROPOSAL_TEXT_SIZE];

	parse_all(&ours, PROTOCOL_IKE,
		  "chacha20poly1305-aes128gcm16-prfsha256-ecp256");
	peers = ours;
	/* A transform of a type that nobody knows: not this proposal. */
	CHECK(!proposal_add(peer, 77, 1, 0));
	CHECK(proposal_select(&ours, &peers, 0, &chosen, &err) == -1);
	CHECK(strstr(err.text, "TYPE77_1"));
	/* An attribute that nobody knows: not this transform. */
	peers = ours;
	peer->transforms[0].bits = TRANSFORM_BITS_UNKNOWN;
	CHECK(!proposal_select(&ours, &peers, 0, &chosen, &err));
	CHECK_TEXT(proposal_show(&chosen, buf),
		   "AES_GCM_16_128/PRF_HMAC_SHA2_256/ECP_256");
	/* A key length that goes without saying is given back as it came. */
	peer->transforms[0].bits = 256;
	CHECK(!proposal_select(&ours, &peers, 0, &chosen, &err));
	CHECK(proposal_get(&chosen, TRANSFORM_ENCR)->bits == 256);
	peer->transforms[0].bits = 128;
	CHECK(!proposal_select(&ours, &peers, 0, &chosen, &err));
	CHECK(proposal_get(&chosen, TRANSFORM_ENCR)->id == ENCR_AES_GCM_16);
	/* One that is needed, and missing. */
	peer->transforms[1].bits = 0;
	CHECK(proposal_select(&ours, &peers, 0, &chosen, &err) == -1);
	/* Of another protocol. */
	peers = ours;
	peer->protocol = PROTOCOL_ESP;
	CHECK(proposal_select(&ours, &peers, 0, &chosen, &err) == -1);
	/* INTEG with AEAD is NONE only (RFC 7296, 3.3). */
	peers = ours;
	CHECK(!proposal_add(peer, TRANSFORM_INTEG, INTEG_HMAC_SHA1_96, 0));
	CHECK(proposal_select(&ours, &peers, 0, &chosen, &err) == -1);
	CHECK(!proposal_add(peer, TRANSFORM_INTEG, INTEG_NONE, 0));
	CHECK(!proposal_select(&ours, &peers, 0, &chosen, &err));
	CHECK(proposal_get(&chosen, TRANSFORM_INTEG)->id == INTEG_NONE);
	/* Its SPI and number are those of what is chosen. */
	peer->number = 7;
	peer->spi_len = 8;
	memcpy(peer->spi, "01234567", 8);
	CHECK(!proposal_select(&ours, &peers, 0, &chosen, &err));
	CHECK(chosen.number == 7 && chosen.spi_len == 8 &&
	      memcmp(chosen.spi, "01234567", 8) == 0);
	peers.n = 0;
	CHECK(proposal_select(&ours, &peers, 0, &chosen, &err) == -1);
	CHECK(strstr(err.text, "peer offers nothing; we allow CHACHA20"));
}

static void answers(void)
{
	struct proposals ours, answer;
	struct err err = { 0 };

	parse_all(
		&ours, PROTOCOL_IKE,
		"aes256-aes128-sha256-ecp256-x25519,aes256gcm16-prfsha256-ecp256");
	parse_all(&answer, PROTOCOL_IKE, "aes128-sha256-x25519");
	CHECK(!proposal_check(&ours, &answer.list[0], 0, &err));
	/* Two of a type are no choice. */
	parse_all(&answer, PROTOCOL_IKE, "aes128-sha256-x25519-ecp256");
	CHECK(proposal_check(&ours, &answer.list[0], 0, &err) == -1);
	CHECK(strstr(err.text, "did not choose"));
	/* What was not offered, or of both proposals something. */
	parse_all(&answer, PROTOCOL_IKE, "aes192-sha256-x25519");
	CHECK(proposal_check(&ours, &answer.list[0], 0, &err) == -1);
	CHECK(strstr(err.text, "AES_CBC_192") &&
	      strstr(err.text, "AES_CBC_256"));
	parse_all(&answer, PROTOCOL_IKE, "aes256gcm16-prfsha256-x25519");
	CHECK(proposal_check(&ours, &answer.list[0], 0, &err) == -1);
	/* A type that is left out. */
	parse_all(&answer, PROTOCOL_IKE, "aes128-sha256-x25519");
	answer.list[0].n--;
	CHECK(proposal_check(&ours, &answer.list[0], 0, &err) == -1);
}

static const struct tap_test tests[] = {
	{ "words become proposals", words },
	{ "bad proposals are refused, with a hint", refusals },
	{ "defaults are there, and not legacy", defaults },
	{ "as many proposals as there is room for", limits },
	{ "legacy algorithms are found", legacy },
	{ "one transform of each type is chosen", choices },
	{ "without a choice both sides are told", both_values },
	{ "odd proposals of peers", odd_peers },
	{ "answers are what was offered", answers },
};

TAP_MAIN(tests)
