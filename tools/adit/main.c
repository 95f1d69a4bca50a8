// SPDX-License-Identifier: GPL-2.0-or-later
/* adit: finds the command, runs it, says what went wrong. */
#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/word.h"
#include "batch.h"
#include "cmd.h"
#include "complete.h"
#include "help.h"
#include "print.h"

#ifndef ADIT_VERSION
#define ADIT_VERSION "unknown"
#endif

/* Options, which may stand anywhere. */
struct options {
	bool json, pretty, stats, verbose, force, help, version;
	const char *batch;
	const char *out;
	const char *uri;
};

static const struct option long_options[] = {
	{ "json", no_argument, NULL, 'j' },
	{ "pretty", no_argument, NULL, 'p' },
	{ "stats", no_argument, NULL, 's' },
	{ "statistics", no_argument, NULL, 's' },
	{ "color", optional_argument, NULL, 'c' },
	{ "colour", optional_argument, NULL, 'c' },
	{ "batch", required_argument, NULL, 'b' },
	{ "force", no_argument, NULL, 'f' },
	{ "output", required_argument, NULL, 'o' },
	{ "uri", required_argument, NULL, 'u' },
	{ "verbose", no_argument, NULL, 'v' },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ 0 },
};

static int unknown_option(const char *word, struct err *err)
{
	if (optopt && isalnum(optopt))
		return err_set(err, ERR_USAGE,
			       "unknown option '-%c', try: adit help", optopt);
	/* The nearest, or those that it may be. */
	word_find(word + strspn(word, "-"), long_options,
		  ARRAY_SIZE(long_options), sizeof(*long_options),
		  offsetof(struct option, name), "option", err);
	return -1;
}

static int set_option(struct options *options, int letter, const char *word,
		      struct err *err)
{
	switch (letter) {
	case 'j':
		options->json = true;
		break;
	case 'p':
		options->pretty = true;
		break;
	case 's':
		options->stats = true;
		break;
	case 'c':
		return print_set_color(optarg ? optarg : "always", err);
	case 'b':
		options->batch = optarg;
		break;
	case 'f':
		options->force = true;
		break;
	case 'o':
		options->out = optarg;
		break;
	case 'u':
		options->uri = optarg;
		break;
	case 'v':
		options->verbose = true;
		break;
	case 'h':
		options->help = true;
		break;
	case 'V':
		options->version = true;
		break;
	case ':':
		return err_set(err, ERR_USAGE, "option '%s' needs a value",
			       word);
	default:
		return unknown_option(word, err);
	}
	return 0;
}

/* Moves the options of argv in front of its words; where the words start. */
static int parse_options(struct options *options, int argc, char **argv,
			 struct err *err)
{
	int letter;

	optind = 0;
	opterr = 0;
	do {
		letter = getopt_long(argc, argv, ":jpsc::b:fo:u:vhV",
				     long_options, NULL);
		if (letter != -1 &&
		    set_option(options, letter, argv[optind - 1], err))
			return -1;
	} while (letter != -1);
	return optind;
}

static int help(struct run *run, const struct cmd *cmd, int argc, char **argv);
static int complete(struct run *run, const struct cmd *cmd, int argc,
		    char **argv);

static const struct cmd cmd_help = {
	.word = "help",
	.help = "say more about a command",
	.run = help,
};

/* What the shell asks, see adit.bash-completion. */
static const struct cmd cmd_complete = {
	.word = "complete",
	.alias = true,
	.run = complete,
};

enum { N_COMMANDS = 19 };
static struct cmd commands[N_COMMANDS];

static struct cmd root = {
	.word = "adit",
	.subs = commands,
	.n_subs = N_COMMANDS,
	.fallback = &cmd_show,
};

static void fill_root(void)
{
	const struct cmd all[N_COMMANDS] = {
		cmd_show,   cmd_peer,	cmd_socket, cmd_child,	  cmd_sa,
		cmd_spi,    cmd_up,	cmd_down,   cmd_rekey,	  cmd_status,
		cmd_why,    cmd_log,	cmd_reload, cmd_check,	  cmd_monitor,
		cmd_genkey, cmd_genpsk, cmd_help,   cmd_complete,
	};

	memcpy(commands, all, sizeof(commands));
}

/* Follow the words to a command; what is left of them are its own. */
static const struct cmd *find(int *argc, char ***argv, struct path *path,
			      struct err *err)
{
	const struct cmd *cmd = &root;

	path_add(path, cmd->word);
	while (cmd->subs) {
		int row;

		if (!*argc || strcmp(**argv, "help") == 0)
			return cmd;
		row = word_find(**argv, cmd->subs, cmd->n_subs,
				sizeof(*cmd->subs), offsetof(struct cmd, word),
				"command", err);
		if (row < 0)
			return NULL;
		cmd = &cmd->subs[row];
		path_add(path, cmd->word);
		--*argc;
		++*argv;
	}
	return cmd;
}

static int help(struct run *run, const struct cmd *cmd, int argc, char **argv)
{
	struct path path = { 0 };

	cmd = find(&argc, &argv, &path, &run->err);
	if (!cmd)
		return -1;
	help_print(cmd, &path);
	return 0;
}

static int complete(struct run *run, const struct cmd *cmd, int argc,
		    char **argv)
{
	struct path path = { 0 };

	cmd = find(&argc, &argv, &path, &run->err);
	if (cmd)
		complete_print(run, cmd, argc, argv);
	return 0;
}

static int run_words(struct run *run, const struct options *options, int argc,
		     char **argv)
{
	struct path path = { 0 };
	const struct cmd *cmd;

	run->json = options->json;
	run->pretty = options->pretty;
	run->stats = options->stats;
	run->verbose = options->verbose;
	run->out = options->out;
	run->uri = options->uri;
	cmd = find(&argc, &argv, &path, &run->err);
	if (!cmd)
		return -1;
	if (options->help ||
	    (argc && !cmd->alias && strcmp(argv[0], "help") == 0)) {
		if (cmd == &root)
			return help(run, cmd, argc ? argc - 1 : 0, argv + 1);
		help_print(cmd, &path);
		return 0;
	}
	if (!cmd->run && !cmd->fallback)
		return err_set(&run->err, ERR_USAGE,
			       "%s: what to do is missing, try: %s help",
			       path.words + strlen("adit "), path.words);
	if (!cmd->run)
		cmd = cmd->fallback;
	if (!cmd->run(run, cmd, argc, argv))
		return 0;
	/* Without "adit ", which is in front of every error. */
	if (run->err.kind == ERR_USAGE && cmd->opts.n)
		err_prefix(&run->err, "%s: ", path.words + strlen("adit "));
	return -1;
}

static int complain(const struct err *err, unsigned int line)
{
	fflush(stdout);
	if (line)
		fprintf(stderr, "adit: line %u: %s\n", line, err->text);
	else
		fprintf(stderr, "adit: %s\n", err->text);
	return err->kind;
}

struct batch {
	struct run run;
	struct options options;
};

static int run_line(int argc, char **argv, unsigned int number, void *arg)
{
	struct batch *batch = arg;
	struct options options = batch->options;
	char name[] = "adit";
	char *words[BATCH_MAX_WORDS + 2] = { name };
	int start;

	if (argc < 0) {
		err_set(&batch->run.err, ERR_USAGE,
			"an open quote, or too many words");
		return complain(&batch->run.err, number);
	}
	memcpy(words + 1, argv, ((size_t)argc + 1) * sizeof(*words));
	start = parse_options(&options, argc + 1, words, &batch->run.err);
	if (start < 0 ||
	    run_words(&batch->run, &options, argc + 1 - start, words + start))
		return complain(&batch->run.err, number);
	return 0;
}

static int run_batch(struct run *run, const struct options *options)
{
	struct batch batch = { .run = *run, .options = *options };
	bool is_stdin = strcmp(options->batch, "-") == 0;
	FILE *file = is_stdin ? stdin : fopen(options->batch, "re");
	int rc;

	if (!file) {
		err_set(&run->err, ERR_USAGE, "%.128s: %s", options->batch,
			strerror(errno));
		return complain(&run->err, 0);
	}
	batch.run.stdin_is_batch = is_stdin;
	rc = batch_run(file, options->force, run_line, &batch);
	*run = batch.run;
	if (!is_stdin)
		fclose(file);
	return rc;
}

static int run_all(struct run *run, int argc, char **argv)
{
	struct options options = { 0 };
	int start;

	if (print_set_color("auto", &run->err))
		return complain(&run->err, 0);
	start = parse_options(&options, argc, argv, &run->err);
	if (start < 0)
		return complain(&run->err, 0);
	if (options.version) {
		puts("adit " ADIT_VERSION);
		return 0;
	}
	if (options.batch && start < argc) {
		err_set(&run->err, ERR_USAGE, "a batch takes no words");
		return complain(&run->err, 0);
	}
	if (options.batch)
		return run_batch(run, &options);
	if (run_words(run, &options, argc - start, argv + start))
		return complain(&run->err, 0);
	return 0;
}

int main(int argc, char **argv)
{
	struct run run = { 0 };
	int rc;

	fill_root();
	rc = run_all(&run, argc, argv);
	if (run.nl.sock)
		adit_nl_close(&run.nl);
	if ((fflush(stdout) || ferror(stdout)) && !rc) {
		perror("adit: writing");
		rc = ERR_USAGE;
	}
	return rc;
}
