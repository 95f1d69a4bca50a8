// SPDX-License-Identifier: GPL-2.0-or-later
/* The words of a command as rows. */
#include <stdlib.h>

#include "../lib/model.h"
#include "../lib/opt.h"
#include "tap.h"

#define OPT(a, w, argument, text, ...)                             \
	{                                                          \
		.word = (w), .arg = (argument), .help = (text),    \
		.set = &set_sa, .attr = ADIT_A_SA_##a, __VA_ARGS__ \
	}

static const struct opt rows[] = {
	OPT(CHILD, "child", "ID", "its child",
	    .flags = OPT_PLAIN | OPT_REQUIRED),
	OPT(DIR, "in", NULL, "inbound", .flags = OPT_REQUIRED,
	    .value = ADIT_DIR_IN),
	OPT(DIR, "out", NULL, "outbound", .flags = OPT_REQUIRED,
	    .value = ADIT_DIR_OUT),
	OPT(SPI, "spi", "SPI", "its SPI"),
	OPT(ENCR, "encr", "ENCR", "its cipher"),
	OPT(ESN, "esn", "{ on | off }", "long numbers"),
	OPT(ESN, "extended-sequence-numbers", "{ on | off }", "the same",
	    .flags = OPT_ALIAS),
	{ .word = "soft-bytes",
	  .arg = "SIZE",
	  .help = "a limit",
	  .set = &set_limits,
	  .attr = ADIT_A_LIMITS_SOFT_BYTES,
	  .offset = offsetof(struct adit_sa, limits) },
};

static const struct opts opts = { rows, ARRAY_SIZE(rows) };

enum { MAX_WORDS = 12 };

static int parse(const char *line, struct adit_sa *sa, struct err *err)
{
	char copy[256], *words[MAX_WORDS], *save = NULL;
	int n = 0;

	snprintf(copy, sizeof(copy), "%s", line);
	for (char *word = strtok_r(copy, " ", &save); word && n < MAX_WORDS;
	     word = strtok_r(NULL, " ", &save))
		words[n++] = word;
	*sa = (struct adit_sa){ 0 };
	return opt_parse(&opts, n, words, sa, err);
}

static void good(void)
{
	struct adit_sa sa;
	struct err err;

	CHECK(!parse("7 in", &sa, &err));
	CHECK(sa.has == (BIT64(ADIT_A_SA_CHILD) | BIT64(ADIT_A_SA_DIR)));
	CHECK(sa.child == 7 && sa.dir == ADIT_DIR_IN);
	CHECK(!parse("child 7 out", &sa, &err));
	CHECK(sa.child == 7 && sa.dir == ADIT_DIR_OUT);
	CHECK(!parse("7 ou sp 0x1234 enc null es off so 10K", &sa, &err));
	CHECK(sa.spi == 0x1234 && sa.encr == ADIT_ENCR_NULL);
	CHECK(sa.esn == 0 && field_has(&sa, ADIT_A_SA_ESN));
	CHECK(sa.limits.soft_bytes == 10240);
	CHECK(sa.limits.has == BIT64(ADIT_A_LIMITS_SOFT_BYTES));
	CHECK(!parse("in 7", &sa, &err));
	CHECK(sa.child == 7);
}

static void refusals(void)
{
	static const struct {
		const char *line, *error;
	} cases[] = {
		{ "", "ID is missing" },
		{ "7", "'in | out' is missing" },
		{ "7 in out", "'out' does not go with 'in'" },
		{ "7 in in", "'in' is given twice" },
		{ "7 in spi 1 spi 2", "'spi' is given twice" },
		{ "7 in esn on extended off",
		  "'extended-sequence-numbers' does not go with 'esn'" },
		{ "7 in spi", "SPI is missing after 'spi'" },
		{ "7 in spi x", "spi: 'x' is not a number" },
		{ "7 in spi 4294967296",
		  "spi: 4294967296 is not in 0 to 4294967295" },
		{ "7 in esn maybe", "esn: 'maybe' is neither on nor off" },
		{ "7 in e on",
		  "word 'e' may be: encr, esn, extended-sequence-numbers" },
		{ "7 in encrr null",
		  "unknown word 'encrr', did you mean 'encr'?" },
		{ "7 in encr nul1",
		  "encr: unknown encryption algorithm 'nul1', did you mean 'null'?" },
		{ "x in", "'x' is not a number" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct err err = { 0 };
		struct adit_sa sa;

		CHECK_ROW(parse(cases[i].line, &sa, &err) == -1, cases[i].line);
		CHECK_TEXT(err.text, cases[i].error);
		CHECK_ROW(err.kind == ERR_USAGE, cases[i].line);
	}
}

static void texts(void)
{
	char text[1024];

	opt_usage(&opts, "adit test", text, sizeof(text));
	CHECK_TEXT(
		text,
		"Usage: adit test ID { in | out } [ spi SPI ] [ encr ENCR ]\n"
		"        [ esn { on | off } ] [ soft-bytes SIZE ]");
	opt_help(&opts, text, sizeof(text));
	CHECK_TEXT(
		text,
		"  ID                    its child\n"
		"  in                    inbound\n"
		"  out                   outbound\n"
		"  spi SPI               its SPI\n"
		"  encr ENCR             its cipher\n"
		"  esn { on | off }      long numbers\n"
		"  soft-bytes SIZE       a limit\n"
		"\n"
		"ENCR is one of 3des, null, aes-cbc, aes-ctr, aes-ccm-8, aes-ccm-12,\n"
		"  aes-ccm-16, aes-gcm-8, aes-gcm-12, aes-gcm-16, null-auth-aes-gmac,\n"
		"  camellia-cbc, chacha20-poly1305, aes-ccm-8-iiv, aes-gcm-16-iiv,\n"
		"  chacha20-poly1305-iiv\n");
	/* Too small a buffer ends the text, and nothing else. */
	for (size_t size = 1; size < 300; size++) {
		opt_usage(&opts, "adit test", text, size);
		CHECK(strlen(text) < size);
		opt_help(&opts, text, size);
		CHECK(strlen(text) < size);
	}
}

static char offered[512];

static void offer(const struct opt *opt, const char *word, void *arg)
{
	size_t len = strlen(offered);

	(void)arg;
	snprintf(offered + len, sizeof(offered) - len, word ? "%s " : "<%s> ",
		 word ? word : opt->arg);
}

static const char *complete(int n, char **words, struct adit_sa *sa)
{
	offered[0] = '\0';
	*sa = (struct adit_sa){ 0 };
	opt_complete(&opts, n, words, sa, offer, NULL);
	return offered;
}

static void completes(void)
{
	char seven[] = "7", in[] = "in", encr[] = "encr", esn[] = "esn",
	     spi[] = "spi", wrong[] = "wrong";
	char *words[] = { seven, in, encr };
	struct adit_sa sa;

	CHECK_TEXT(complete(0, words, &sa), "<ID> ");
	CHECK_TEXT(complete(1, words, &sa), "in out spi encr esn soft-bytes ");
	CHECK_TEXT(complete(2, words, &sa), "spi encr esn soft-bytes ");
	CHECK(sa.child == 7 && sa.dir == ADIT_DIR_IN);
	CHECK_TEXT(
		complete(3, words, &sa),
		"3des null aes-cbc aes-ctr aes-ccm-8 aes-ccm-12 aes-ccm-16 "
		"aes-gcm-8 aes-gcm-12 aes-gcm-16 null-auth-aes-gmac "
		"camellia-cbc chacha20-poly1305 aes-ccm-8-iiv aes-gcm-16-iiv "
		"chacha20-poly1305-iiv ");
	words[2] = esn;
	CHECK_TEXT(complete(3, words, &sa), "on off ");
	words[2] = spi;
	CHECK_TEXT(complete(3, words, &sa), "<SPI> ");
	CHECK(!field_has(&sa, ADIT_A_SA_SPI));
	words[2] = wrong;
	CHECK_TEXT(complete(3, words, &sa), "");
}

static const struct tap_test tests[] = {
	{ "words are parsed, also abbreviated", good },
	{ "bad words are refused with a reason", refusals },
	{ "usage and help come from the rows", texts },
	{ "completion comes from the rows", completes },
};

TAP_MAIN(tests)
