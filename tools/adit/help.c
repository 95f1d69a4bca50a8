// SPDX-License-Identifier: GPL-2.0-or-later
/* See help.h. */
#include "help.h"

#include <stdio.h>
#include <string.h>

enum { TEXT_SIZE = 4096 };

static const char options_help[] =
	"Options, anywhere on the line:\n"
	"  -s, --stats            with counters and drop reasons\n"
	"  -j, --json             JSON instead of text\n"
	"  -p, --pretty           JSON with line breaks\n"
	"  -v, --verbose          all that is known of a connection\n"
	"  -o, --output FILE      write a key into a new file\n"
	"  -u, --uri URI          the daemon's control socket (unix:///run/adit/vici)\n"
	"  -b, --batch FILE       read commands from the file, - for standard input\n"
	"  -f, --force            go on with a batch after an error\n"
	"      --color[=WHEN]     always (the default), never or auto\n"
	"  -V, --version          print the version\n"
	"  -h, --help             print this, or help for a command\n";

void path_add(struct path *path, const char *word)
{
	size_t len = strlen(path->words);

	snprintf(path->words + len, sizeof(path->words) - len, "%s%s",
		 len ? " " : "", word);
}

static void print_subs(const struct cmd *cmd, const struct path *path)
{
	printf("Usage: %s COMMAND ...\n\n", path->words);
	for (size_t i = 0; i < cmd->n_subs; i++)
		if (!cmd->subs[i].alias)
			printf("  %-22s %s\n", cmd->subs[i].word,
			       cmd->subs[i].help);
	if (cmd->fallback)
		printf("\nWithout a command: %s.\n", cmd->fallback->word);
	if (cmd->more)
		printf("\n%s", cmd->more);
	if (!strchr(path->words, ' '))
		printf("\n%s", options_help);
	printf("\n'%s COMMAND help' says more about a command%s", path->words,
	       strchr(path->words, ' ') ? ".\n" :
					  ", adit(8) about everything.\n");
}

void help_print(const struct cmd *cmd, const struct path *path)
{
	char text[TEXT_SIZE];

	if (cmd->subs) {
		print_subs(cmd, path);
		return;
	}
	opt_usage(&cmd->opts, path->words, text, sizeof(text));
	puts(text);
	if (cmd->help)
		printf("\n%c%s.\n", cmd->help[0] & ~0x20, cmd->help + 1);
	opt_help(&cmd->opts, text, sizeof(text));
	if (*text)
		printf("\n%s", text);
	if (cmd->more)
		printf("\n%s", cmd->more);
}
