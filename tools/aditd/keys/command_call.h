/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What commands of keys share, see command.h; a table of them for each noun. */
#ifndef ADITD_KEYS_COMMAND_CALL_H
#define ADITD_KEYS_COMMAND_CALL_H

#include "command.h"

enum { COMMAND_TEXTS_MAX = 256 };

/* What a command works on. */
struct command_call {
	struct keys_store *store;
	const struct setting *settings;
	struct setting *answer;
	struct err *err;
};

struct command {
	const char *name; /* NULL behind the last one */
	int (*run)(struct command_call *call);
};

extern const struct command command_secrets[], command_certs[];

int command_no_memory(struct command_call *call);
int command_of_files(struct command_call *call, const char *what,
		     const char *name);

/* A value that must be there, NULL with an error if it is not. */
const struct setting *command_need(struct command_call *call, const char *name);
struct span command_data(const struct setting *item);

/* The file it is from, in front of what is wrong. */
int command_blame(struct command_call *call, int rc);

/* The values of a list, views; how many. */
size_t command_texts(const struct setting *section, const char *name,
		     const char *texts[COMMAND_TEXTS_MAX]);
struct setting *command_add_list(struct setting *answer, const char *name);

#endif
