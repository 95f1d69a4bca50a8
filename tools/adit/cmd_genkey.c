// SPDX-License-Identifier: GPL-2.0-or-later
/* adit genkey: key files with fresh keys. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../lib/alg.h"
#include "../lib/keyfile.h"
#include "cmd.h"

static const struct opt opts[] = {
	OPT_ATTR(sa, SA_ENCR, "encr", "ENCR[-BITS]",
		 "algorithm; without BITS its longest key; none for AH",
		 .flags = OPT_PLAIN, .parse = parse_encr),
	OPT_ATTR(sa, SA_INTEG, "integ", "INTEG",
		 "integrity algorithm, unless ENCR does that too",
		 .flags = OPT_PLAIN),
};

enum {
	/* Two comments and two keys in hex. */
	TEXT_SIZE = 2 * (2 * SECRET_MAX + 128),
};

/* Appends a comment and fresh octets in hex, @bits of key and the salt. */
static int add_key(char *text, size_t *len, const char *name, unsigned int bits,
		   const struct alg *alg, struct err *err)
{
	size_t octets = bits / 8U + alg->salt_len;
	uint8_t key[SECRET_MAX];
	ssize_t got;

	if (!bits)
		return 0;
	*len += (size_t)snprintf(text + *len, TEXT_SIZE - *len,
				 "# %s: %u octets of key", name, bits / 8U);
	if (alg->salt_len)
		*len += (size_t)snprintf(text + *len, TEXT_SIZE - *len,
					 ", %u of salt", alg->salt_len);
	*len += (size_t)snprintf(text + *len, TEXT_SIZE - *len, "\n");
	do {
		got = getrandom(key, octets, 0);
	} while (got < 0 && errno == EINTR);
	if (got != (ssize_t)octets)
		return err_set(err, ERR_REFUSED, "getrandom: %s",
			       strerror(errno));
	for (size_t i = 0; i < octets; i++)
		*len += (size_t)snprintf(text + *len, TEXT_SIZE - *len, "%02x",
					 key[i]);
	*len += (size_t)snprintf(text + *len, TEXT_SIZE - *len, "\n");
	explicit_bzero(key, sizeof(key));
	return 0;
}

static int write_text(int fd, const char *text, size_t len, struct err *err)
{
	while (len) {
		ssize_t n = write(fd, text, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_set(err, ERR_USAGE, "writing the key: %s",
				       strerror(errno));
		text += n;
		len -= (size_t)n;
	}
	return 0;
}

/* Never over a file that is there: its key may be in use. */
int run_write_secret(const struct run *run, const char *text, size_t len,
		     struct err *err)
{
	const char *path = run->out;
	int fd = STDOUT_FILENO;
	int rc;

	if (path)
		fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
			  S_IRUSR | S_IWUSR);
	if (fd < 0)
		return err_set(err, ERR_USAGE, "%.128s: %s", path,
			       strerror(errno));
	rc = write_text(fd, text, len, err);
	if (path && close(fd) && !rc)
		rc = err_set(err, ERR_USAGE, "%.128s: %s", path,
			     strerror(errno));
	if (path && rc)
		unlink(path);
	return rc;
}

/* The longest key that the algorithm has. */
static uint16_t longest(const struct alg *alg)
{
	uint16_t bits = 0;

	for (size_t i = 0; i < ARRAY_SIZE(alg->key_bits); i++)
		if (alg->key_bits[i] > bits)
			bits = alg->key_bits[i];
	return bits;
}

static int check_suite(const struct alg *encr, const struct alg *integ,
		       struct err *err)
{
	char name[ALG_TEXT_SIZE];

	alg_show(encr->id, 0, 0, name);
	if (integ->aead)
		return err_set(err, ERR_USAGE,
			       "%s is for AH, without an encryption algorithm",
			       names_word(&names_integ, integ->id));
	if (encr->aead && integ->id != ADIT_INTEG_NONE)
		return err_set(
			err, ERR_USAGE,
			"%s protects integrity itself and takes no integrity algorithm",
			name);
	if (!encr->aead && integ->id == ADIT_INTEG_NONE)
		return err_set(
			err, ERR_USAGE,
			"%s needs an integrity algorithm, like hmac-sha2-256-128",
			name);
	return 0;
}

static int make_text(const struct sa_args *args, char *text, size_t *len,
		     struct err *err)
{
	const struct alg *encr = alg_encr(args->sa.encr);
	const struct alg *integ = alg_integ(args->sa.integ);
	bool ah = !field_has(&args->sa, ADIT_A_SA_ENCR);
	char name[ALG_TEXT_SIZE];
	uint16_t bits;

	if ((!encr && !ah) || !integ)
		return err_set(err, ERR_USAGE,
			       "the key length of this algorithm is not known");
	if (ah && integ->id == ADIT_INTEG_NONE)
		return err_set(
			err, ERR_USAGE,
			"ENCR[-BITS] is missing, or for AH 'integ INTEG'");
	if (!ah) {
		if (check_suite(encr, integ, err))
			return -1;
		bits = args->bits ? args->bits : longest(encr);
		if (add_key(text, len, alg_show(encr->id, bits, 0, name), bits,
			    encr, err))
			return -1;
	}
	return add_key(text, len,
		       names_show(&names_integ, integ->id, name, sizeof(name)),
		       longest(integ), integ, err);
}

static int genkey(struct run *run, const struct cmd *cmd, int argc, char **argv)
{
	struct sa_args args = { 0 };
	char text[TEXT_SIZE];
	size_t len = 0;
	int rc;

	rc = opt_parse(&cmd->opts, argc, argv, &args, &run->err);
	if (!rc)
		rc = make_text(&args, text, &len, &run->err);
	if (!rc)
		rc = run_write_secret(run, text, len, &run->err);
	explicit_bzero(text, sizeof(text));
	return rc;
}

const struct cmd cmd_genkey = {
	.word = "genkey",
	.help = "print a key file with fresh keys",
	.more = "With -o FILE it goes into a new file that only its owner can read.\n",
	.opts = CMD_OPTS(opts),
	.run = genkey,
};
