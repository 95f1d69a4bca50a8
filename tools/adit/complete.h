/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What may come next on a command line, for the shell. */
#ifndef ADIT_COMPLETE_H
#define ADIT_COMPLETE_H

#include "cmd.h"

/*
 * Print what may follow argv, one a line: words, algorithms, numbers of what
 * there is, or what is expected in <>, like <DEV>, for the shell to find.
 */
void complete_print(struct run *run, const struct cmd *cmd, int argc,
		    char **argv);

#endif
