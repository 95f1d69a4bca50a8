/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Usage and help out of the tables of commands and words. */
#ifndef ADIT_HELP_H
#define ADIT_HELP_H

#include "cmd.h"

/* The words that led to a command: "adit peer add". */
struct path {
	char words[64];
};

void path_add(struct path *path, const char *word);

void help_print(const struct cmd *cmd, const struct path *path);

#endif
