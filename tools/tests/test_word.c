// SPDX-License-Identifier: GPL-2.0-or-later
/* Words: abbreviations, the nearest one; names of numbers. */
#include <linux/adit.h>

#include "../lib/alg.h"
#include "../lib/names.h"
#include "../lib/word.h"
#include "tap.h"

static void distances(void)
{
	static const struct {
		const char *a, *b;
		unsigned int distance;
	} rows[] = {
		{ "", "", 0 },
		{ "peer", "peer", 0 },
		{ "peer", "pear", 1 },
		{ "peer", "pere", 1 },
		{ "peer", "eper", 1 },
		{ "peer", "pee", 1 },
		{ "peer", "peers", 1 },
		{ "peer", "", 4 },
		{ "remote", "remtoe", 1 },
		{ "local", "remote", 6 },
		/* Longer than any word of ours: only the beginning counts. */
		{ "0123456789012345678901234567890123456789", "0", 30 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CHECK_ROW(word_distance(rows[i].a, rows[i].b) ==
				  rows[i].distance,
			  rows[i].a);
		CHECK_ROW(word_distance(rows[i].b, rows[i].a) ==
				  rows[i].distance,
			  rows[i].b);
	}
}

static const char *const table[] = { "remote",	   "local",	   "id",
				     "soft-bytes", "soft-packets", "soft",
				     NULL,	   "dport" };

static int find(const char *word, struct err *err)
{
	return word_find(word, table, ARRAY_SIZE(table), sizeof(*table), 0,
			 "word", err);
}

static void finds(void)
{
	struct err err;

	CHECK(find("remote", &err) == 0);
	CHECK(find("r", &err) == 0);
	CHECK(find("i", &err) == 2);
	CHECK(find("soft", &err) == 5);
	CHECK(find("soft-p", &err) == 4);
	CHECK(find("soft-", &err) == -1);
	CHECK_TEXT(err.text, "word 'soft-' may be: soft-bytes, soft-packets");
	CHECK(find("remoet", &err) == -1);
	CHECK_TEXT(err.text, "unknown word 'remoet', did you mean 'remote'?");
	CHECK(find("sport", &err) == -1);
	CHECK_TEXT(err.text, "unknown word 'sport', did you mean 'dport'?");
	CHECK(find("zebra-crossing", &err) == -1);
	CHECK_TEXT(
		err.text,
		"unknown word 'zebra-crossing', known are: remote, local, id, soft-bytes, soft-packets, soft, dport");
	CHECK(find("", &err) == -1);
	CHECK(err.kind == ERR_USAGE);
}

static void names(void)
{
	struct err err;
	uint32_t value;
	char buf[16];

	CHECK_TEXT(names_word(&names_encr, ADIT_ENCR_AES_GCM_16), "aes-gcm-16");
	CHECK(!names_word(&names_encr, 99));
	CHECK_TEXT(names_show(&names_encr, 99, buf, sizeof(buf)), "99");
	CHECK(!names_parse(&names_encap, "u", &value, &err));
	CHECK(value == ADIT_ENCAP_UDP);
	CHECK(names_parse(&names_encap, "udpp", &value, &err));
	CHECK_TEXT(err.text,
		   "unknown encapsulation 'udpp', did you mean 'udp'?");
	CHECK(names_parse(&names_encr, "aes-c", &value, &err));
	CHECK_TEXT(
		err.text,
		"encryption algorithm 'aes-c' may be: aes-cbc, aes-ctr, aes-ccm-8, aes-ccm-12, aes-ccm-16, aes-ccm-8-iiv");
	/* The row that a number is shown by comes first. */
	CHECK_TEXT(names_word(&names_proto, 58), "icmpv6");
	/* Attribute names are the contract's. */
	CHECK_TEXT(names_word(&names_a_sa, ADIT_A_SA_REPLAY_WINDOW),
		   "replay-window");
	CHECK_TEXT(names_word(&names_cmd, ADIT_CMD_ACQUIRE_NTF), "acquire-ntf");
}

static void algorithms(void)
{
	static const struct {
		const char *word;
		unsigned int id, bits; /* 0: refused */
		const char *shown;
	} rows[] = {
		{ "aes-gcm-16", 20, 0, "aes-gcm-16" },
		{ "aes-gcm-16-256", 20, 256, "aes-gcm-16-256" },
		{ "aes-gcm-16-128", 20, 128, "aes-gcm-16-128" },
		{ "aes-gcm-16-100", 0, 0, "" },
		{ "aes-gcm-", 0, 0, "" },
		{ "aes-cbc-192", 12, 192, "aes-cbc-192" },
		{ "chacha20-poly1305", 28, 0, "chacha20-poly1305" },
		{ "chacha20-poly1305-256", 28, 256, "chacha20-poly1305" },
		{ "cha", 0, 0, "" },
		{ "chacha20-poly1305-i", 31, 0, "chacha20-poly1305-iiv" },
		{ "aes-ccm-8-iiv-192", 29, 192, "aes-ccm-8-iiv-192" },
		{ "aes-ccm-16-128", 16, 128, "aes-ccm-16-128" },
		{ "3des", 3, 0, "3des" },
		{ "null", 11, 0, "null" },
		{ "19", 19, 0, "aes-gcm-12" },
		{ "99", 99, 0, "99" },
		{ "70000", 0, 0, "" },
		{ "aes", 0, 0, "" },
		{ "des", 0, 0, "" },
		{ "blowfish", 0, 0, "" },
	};
	char buf[ALG_TEXT_SIZE];

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct err err = { 0 };
		uint16_t id, bits;
		int rc = alg_parse_encr(rows[i].word, &id, &bits, &err);

		CHECK_ROW((rc == 0) == (rows[i].id != 0), rows[i].word);
		CHECK_ROW(!rc || *err.text, rows[i].word);
		if (rc)
			continue;
		CHECK_ROW(id == rows[i].id && bits == rows[i].bits,
			  rows[i].word);
		CHECK_TEXT(alg_show(id, bits, 0, buf), rows[i].shown);
	}
	CHECK_TEXT(alg_show(12, 256, 12, buf), "aes-cbc-256+hmac-sha2-256-128");
	CHECK_TEXT(alg_show(99, 256, 98, buf), "99-256+98");
}

static const struct tap_test tests[] = {
	{ "distances between words", distances },
	{ "words are found, or the nearest one suggested", finds },
	{ "numbers have names", names },
	{ "algorithms may have a key length in their name", algorithms },
};

TAP_MAIN(tests)
