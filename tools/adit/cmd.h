/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a command is, and what it runs in. */
#ifndef ADIT_CMD_H
#define ADIT_CMD_H

#include <stdbool.h>

#include "../lib/family.h"
#include "../lib/opt.h"

/* One run of the program, or of a line of a batch. */
struct run {
	struct adit_nl nl; /* connected by the first that needs it */
	struct err err;
	bool json;
	bool pretty;
	bool stats;
	bool stdin_is_batch;
	bool verbose;
	const char *out; /* -o FILE */
	const char *uri; /* of the daemon's control socket, NULL for the usual */
};

struct cmd {
	const char *word;
	const char *help; /* one line */
	const char *more; /* paragraphs for "help", may be NULL */

	/* Either other commands, of which the default may be left out ... */
	const struct cmd *subs;
	size_t n_subs;
	const struct cmd *fallback;

	/* ... or something to do with the words that follow. */
	struct opts opts;
	int (*run)(struct run *run, const struct cmd *cmd, int argc,
		   char **argv);
	unsigned int genl; /* ADIT_CMD_*, if that is all it does */
	bool alias;
};

#define CMD_OPTS(rows)                   \
	{                                \
		(rows), ARRAY_SIZE(rows) \
	}
#define CMD_SUBS(cmds) .subs = (cmds), .n_subs = ARRAY_SIZE(cmds)

/* Another word for a command, which help does not list. */
#define CMD_ALIAS(w, rows, cmd, fn)                                 \
	{                                                           \
		.word = (w), .opts = CMD_OPTS(rows), .genl = (cmd), \
		.run = (fn), .alias = true                          \
	}

extern const struct cmd cmd_show, cmd_peer, cmd_socket, cmd_child, cmd_sa,
	cmd_spi, cmd_monitor, cmd_genkey, cmd_up, cmd_down, cmd_rekey,
	cmd_status, cmd_why, cmd_log, cmd_reload, cmd_check, cmd_genpsk;

/* Rows that many commands have. */
#define OPT_DEV(id, a)                                                     \
	{                                                                  \
		.word = "dev", .arg = "DEV", .help = "the adit interface", \
		.flags = OPT_PLAIN | OPT_REQUIRED, .set = &set_##id,       \
		.attr = ADIT_A_##a##_IFINDEX                               \
	}

#define OPT_ATTR(id, a, w, argument, text, ...)                   \
	{                                                         \
		.word = (w), .arg = (argument), .help = (text),   \
		.set = &set_##id, .attr = ADIT_A_##a, __VA_ARGS__ \
	}

/* Of an SA, what the contract has no attribute for. */
struct sa_args {
	struct adit_sa sa;
	uint16_t bits; /* of an encr with a key length in its name */
	const char *key_file;
};

/* The opt.parse of an encr, of a struct sa_args. */
int parse_encr(const struct opt *opt, void *args, const char *arg,
	       struct err *err);

int run_connect(struct run *run);

/* To -o FILE, which must be new and is only its owner's, or else printed. */
int run_write_secret(const struct run *run, const char *text, size_t len,
		     struct err *err);

/* Parse the words into an object, send it with cmd->genl. */
int run_do(struct run *run, const struct cmd *cmd, int argc, char **argv);

/*
 * The same for what the kernel may choose a number for: the answer is printed
 * as JSON, or as the bare number if it was not given.
 */
int run_ask(struct run *run, const struct cmd *cmd, int argc, char **argv);

/* The second half of it, once the object is made. */
int ask_for(struct run *run, const struct cmd *cmd,
	    const union adit_object *obj);

#endif
