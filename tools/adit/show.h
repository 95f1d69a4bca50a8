/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lists of objects of one kind, for "adit peer show" and its like. */
#ifndef ADIT_SHOW_H
#define ADIT_SHOW_H

#include "cmd.h"

/* Like OPT_DEV, but all interfaces if it is not given. */
#define SHOW_DEV(id, a)                                                     \
	{                                                                   \
		.word = "dev", .arg = "DEV", .help = "only this interface", \
		.flags = OPT_PLAIN, .set = &set_##id,                       \
		.attr = ADIT_A_##a##_IFINDEX                                \
	}

/* Prints what cmd->genl dumps, or the one object that the words name. */
int show_list(struct run *run, const struct cmd *cmd, int argc, char **argv);

/*
 * The objects of an interface that have all numbers of @ask; give them to
 * adit_objects_free() whatever the outcome.
 */
int show_gather(struct run *run, unsigned int genl, const void *ask,
		struct adit_objects *objects);

/* All adit interfaces, or the one. */
int show_devices(struct run *run, uint32_t ifindex,
		 struct adit_objects *devices);

#endif
