// SPDX-License-Identifier: GPL-2.0-or-later
/* adit sa: SAs with keys by hand. */
#include "../lib/alg.h"
#include "../lib/keyfile.h"
#include "cmd.h"
#include "show.h"

#include <string.h>

#define CHILD                                                       \
	OPT_ATTR(sa, SA_CHILD, "child", "ID", "the child's number", \
		 .flags = OPT_REQUIRED)

/* Several rows, which the formatter takes for one expression. */
/* clang-format off */
#define DIR \
	OPT_ATTR(sa, SA_DIR, "in", NULL, "the SA is inbound", \
		 .flags = OPT_REQUIRED, .value = ADIT_DIR_IN), \
	OPT_ATTR(sa, SA_DIR, "out", NULL, "the SA is outbound", \
		 .flags = OPT_REQUIRED, .value = ADIT_DIR_OUT)
/* clang-format on */

#define SPI                                                           \
	OPT_ATTR(sa, SA_SPI, "spi", "SPI", "0x100 and above, in hex", \
		 .flags = OPT_REQUIRED)

#define PROTO                                    \
	OPT_ATTR(sa, SA_PROTO, "proto", "PROTO", \
		 "esp, or the only one of the child")

#define SEQUENCE                                   \
	OPT_ATTR(sa, SA_SEQUENCE, "sequence", "N", \
		 "go on after this sequence number, see adit(8)")

#define TFC_PADDING                                                           \
	OPT_ATTR(sa, SA_TFC_PADDING, "tfc-padding", "{ OCTETS | mtu | off }", \
		 "outbound: pad to so many; off if not given")

#define LIMIT(a, w, argument, text)                     \
	OPT_ATTR(limits, LIMITS_##a, w, argument, text, \
		 .offset = offsetof(struct adit_sa, limits))

/* Several rows, which the formatter takes for one expression. */
/* clang-format off */
#define LIMITS \
	LIMIT(SOFT_SECONDS, "soft-seconds", "TIME", \
	      "age at which a rekey is asked for, like 50m"), \
	LIMIT(SOFT_BYTES, "soft-bytes", "SIZE", "the same by octets, like 10G"), \
	LIMIT(SOFT_PACKETS, "soft-packets", "N", "the same by packets"), \
	LIMIT(HARD_SECONDS, "hard-seconds", "TIME", \
	      "age at which the SA ends, like 1h"), \
	LIMIT(HARD_BYTES, "hard-bytes", "SIZE", "the same by octets"), \
	LIMIT(HARD_PACKETS, "hard-packets", "N", "the same by packets")
/* clang-format on */

static int parse_key_file(const struct opt *opt, void *args, const char *arg,
			  struct err *err)
{
	struct sa_args *sa = args;

	(void)opt;
	(void)err;
	sa->key_file = arg;
	return 0;
}

static const struct opt add_opts[] = {
	OPT_DEV(sa, SA),
	CHILD,
	DIR,
	SPI,
	OPT_ATTR(sa, SA_ENCR, "encr", "ENCR[-BITS]",
		 "encryption algorithm; not with ah", .parse = parse_encr),
	OPT_ATTR(sa, SA_INTEG, "integ", "INTEG",
		 "integrity algorithm, unless encr does that too"),
	{
		.word = "key-file",
		.arg = "{ FILE | - }",
		.help = "where the keys are, see below",
		.flags = OPT_REQUIRED,
		.parse = parse_key_file,
	},
	PROTO,
	OPT_ATTR(sa, SA_ESN, "esn", "{ on | off }",
		 "64-bit sequence numbers; on if not given"),
	OPT_ATTR(sa, SA_REPLAY_WINDOW, "window", "PACKETS",
		 "replay window, inbound; 4096 if not given, 0 for none"),
	OPT_ATTR(sa, SA_AH_SPI, "ah-spi", "SPI",
		 "outbound ESP of a child with ah-esp: its AH SA"),
	OPT_ATTR(sa, SA_IPCOMP, "ipcomp", "deflate",
		 "compress what gets smaller by that"),
	OPT_ATTR(sa, SA_CPI, "cpi", "CPI",
		 "of IPComp, if IKE has agreed on one: 256 and above"),
	OPT_ATTR(sa, SA_ACTIVE, "standby", NULL,
		 "outbound: not used until \"adit sa activate\""),
	OPT_ATTR(sa, SA_LEGACY, "legacy", NULL,
		 "allow what is weak, for an old peer: 3des, hmac-md5-96",
		 .value = 1),
	TFC_PADDING,
	OPT_ATTR(sa, SA_NAT_OA_LOCAL, "nat-oa-local", "ADDR",
		 "inbound in transport mode behind NAT: sent to"),
	OPT_ATTR(sa, SA_NAT_OA_REMOTE, "nat-oa-remote", "ADDR",
		 "the same: the address that it was sent from"),
	SEQUENCE,
	LIMITS,
};

static const struct opt set_opts[] = {
	OPT_DEV(sa, SA), CHILD, DIR, SPI, PROTO, TFC_PADDING, SEQUENCE, LIMITS,
};

static const struct opt activate_opts[] = {
	OPT_DEV(sa, SA),
	CHILD,
	SPI,
	PROTO,
};

static const struct opt del_opts[] = {
	OPT_DEV(sa, SA), CHILD, DIR, SPI, PROTO,
};

static const struct opt show_opts[] = {
	SHOW_DEV(sa, SA),
	OPT_ATTR(sa, SA_CHILD, "child", "ID", "only those of this child"),
};

/* What the command line means but does not say. */
static int complete(struct adit_sa *sa, struct err *err)
{
	if (sa->dir == ADIT_DIR_IN && field_has(sa, ADIT_A_SA_ACTIVE))
		return err_set(err, ERR_USAGE,
			       "'standby' goes with 'out' only");
	if (sa->dir == ADIT_DIR_OUT && !field_has(sa, ADIT_A_SA_ACTIVE)) {
		sa->has |= BIT64(ADIT_A_SA_ACTIVE);
		sa->active = 1;
	}
	if (!field_has(sa, ADIT_A_SA_ESN)) {
		sa->has |= BIT64(ADIT_A_SA_ESN);
		sa->esn = 1;
	}
	return 0;
}

/* The key length that the name of the algorithm promised. */
static int check_bits(const struct sa_args *args, const struct secret *key,
		      struct err *err)
{
	const struct alg *alg = alg_encr(args->sa.encr);
	unsigned int want;

	if (!args->bits || !alg)
		return 0;
	want = args->bits / 8U + alg->salt_len;
	if (key->len == want)
		return 0;
	return err_set(
		err, ERR_USAGE,
		"key file %.128s: the encryption keymat has %u octets, %u bits need %u (%u key, %u salt)",
		args->key_file, key->len, args->bits, want, args->bits / 8U,
		alg->salt_len);
}

static int take_keys(struct sa_args *args, const struct keyfile *keys,
		     struct err *err)
{
	struct adit_sa *sa = &args->sa;
	size_t next = 0;

	if (field_has(sa, ADIT_A_SA_ENCR) && sa->encr != ADIT_ENCR_NULL) {
		sa->encr_key = keys->words[next++];
		sa->has |= BIT64(ADIT_A_SA_ENCR_KEY);
		if (check_bits(args, &sa->encr_key, err))
			return -1;
	}
	if (next < keys->n) {
		sa->integ_key = keys->words[next++];
		sa->has |= BIT64(ADIT_A_SA_INTEG_KEY);
	}
	if (next < keys->n)
		return err_set(
			err, ERR_USAGE,
			"key file %.128s: %s no key, only one for the integrity",
			args->key_file,
			sa->encr == ADIT_ENCR_NULL ? "null encryption takes" :
						     "ah has");
	return 0;
}

static int read_keys(struct run *run, struct sa_args *args)
{
	struct keyfile keys;
	int rc;

	if (run->stdin_is_batch && strcmp(args->key_file, "-") == 0)
		return err_set(
			&run->err, ERR_USAGE,
			"standard input is the batch, it can't be the key file too");
	if (keyfile_read(&keys, args->key_file, &run->err))
		return -1;
	rc = take_keys(args, &keys, &run->err);
	keyfile_wipe(&keys);
	return rc;
}

static int add(struct run *run, const struct cmd *cmd, int argc, char **argv)
{
	struct sa_args args = { 0 };
	int rc;

	rc = opt_parse(&cmd->opts, argc, argv, &args, &run->err);
	if (!rc)
		rc = complete(&args.sa, &run->err);
	if (!rc)
		rc = read_keys(run, &args);
	if (!rc)
		rc = run_connect(run);
	if (!rc)
		rc = adit_do(&run->nl, cmd->genl, &args.sa, &run->err);
	field_clear(&set_sa, &args.sa);
	return rc;
}

static const struct cmd subs[] = {
	{
		.word = "show",
		.help = "list SAs, one a line",
		.opts = CMD_OPTS(show_opts),
		.genl = ADIT_CMD_SA_GET,
		.run = show_list,
	},
	{
		.word = "add",
		.help = "add an SA, or complete one that \"adit spi alloc\" began",
		.more = "The key file holds hexadecimal words: first the encryption keymat (the key and,\n"
			"behind it, the salt), then the integrity key if there is such an algorithm; with\n"
			"null encryption or AH the integrity key alone. # starts a comment. Nobody but\n"
			"its owner may have access to it. \"adit genkey\" makes one.\n",
		.opts = CMD_OPTS(add_opts),
		.genl = ADIT_CMD_SA_NEW,
		.run = add,
	},
	{
		.word = "set",
		.help = "change the limits or the padding of an SA",
		.opts = CMD_OPTS(set_opts),
		.genl = ADIT_CMD_SA_SET,
		.run = run_do,
	},
	{
		.word = "activate",
		.help = "send with this outbound SA from now on",
		.opts = CMD_OPTS(activate_opts),
		.genl = ADIT_CMD_SA_ACTIVATE,
		.run = run_do,
	},
	{
		.word = "del",
		.help = "remove an SA",
		.opts = CMD_OPTS(del_opts),
		.genl = ADIT_CMD_SA_DEL,
		.run = run_do,
	},
	CMD_ALIAS("delete", del_opts, ADIT_CMD_SA_DEL, run_do),
	CMD_ALIAS("list", show_opts, ADIT_CMD_SA_GET, show_list),
};

const struct cmd cmd_sa = {
	.word = "sa",
	.help = "SAs of a child, with keys by hand",
	CMD_SUBS(subs),
	.fallback = &subs[0],
};
