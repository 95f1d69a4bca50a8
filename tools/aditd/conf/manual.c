// SPDX-License-Identifier: GPL-2.0-or-later
/* docs/configuration.md out of the rows. */
#include <stdio.h>

#include "option.h"

static const char head[] =
	"# Options of swanctl.conf\n"
	"\n"
	"<!-- Made from tools/aditd/conf/options_*.c by `make gen`; do not edit. -->\n"
	"\n"
	"adit reads `swanctl.conf` as strongSwan does: sections, `key = value`, `#`\n"
	"comments, quoted strings, `include`, and sections that inherit from others\n"
	"(`name : other { }`), see swanctl.conf(5) and strongswan.conf(5). What is new\n"
	"here says *adit* in its help.\n"
	"\n"
	"Every option of strongSwan 5.9.8 is below. One that works has its default;\n"
	"**refused** ones are refused by name when the file is loaded, unless they say\n"
	"what is so anyway; *no effect* ones may be there.\n";

static void print_words(const struct conf_option *option)
{
	const char *before = ": ";

	if (option->type == CONF_NUMBER || option->type == CONF_AUTH)
		return;
	for (size_t i = 0; i < option->n_words; i++) {
		const struct conf_word *word = &option->words[i];

		if (word->alias || word->refused)
			continue;
		printf("%s`%s`", before, word->word);
		before = ", ";
	}
}

static void print_refused_words(const struct conf_option *option)
{
	for (size_t i = 0; i < option->n_words; i++)
		if (option->words[i].refused)
			printf("; **refused** `%s`: %s", option->words[i].word,
			       option->words[i].refused);
}

static void print_default(const struct conf_option *option)
{
	if (option->type == CONF_REFUSED)
		printf("**refused**");
	else if (option->type == CONF_IGNORED)
		printf("*no effect*");
	else if (option->standard)
		printf("`%s`", option->standard);
	else if (option->otherwise)
		printf("%s", option->otherwise);
}

static void print_option(const struct conf_option *option)
{
	printf("| `%s` | ", option->name);
	print_default(option);
	printf(" | %s", option->help);
	print_words(option);
	print_refused_words(option);
	if (option->refused)
		printf(" — %s", option->refused);
	puts(" |");
}

void conf_print_manual(void)
{
	fputs(head, stdout);
	for (size_t i = 0; i < conf_n_sections; i++) {
		const struct conf_section *section = conf_sections[i];

		printf("\n## %s\n\n%s\n\n| Option | Default | Meaning |\n|---|---|---|\n",
		       section->path, section->help);
		for (size_t j = 0; j < section->n; j++)
			print_option(&section->options[j]);
	}
}
