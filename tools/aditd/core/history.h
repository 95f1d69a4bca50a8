/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The last failures of each connection, for "adit why". */
#ifndef ADITD_CORE_HISTORY_H
#define ADITD_CORE_HISTORY_H

#include <stddef.h>
#include <stdint.h>

/* A failure of no connection, since none fits, is in that of this name. */
#define HISTORY_NONE ""

enum { HISTORY_MAX = 16, HISTORY_CONNS_MAX = 4096 };

struct engine_failure {
	uint64_t at;
	char text[512]; /* what both ends propose has to fit */
	char hint[128];
};

struct history {
	struct history_of *first;
	size_t n;
};

/* The same again only moves to the front, with the new time. */
void history_add(struct history *history, const char *conn, uint64_t at,
		 const char *text, const char *hint);
size_t history_list(const struct history *history, const char *conn,
		    const struct engine_failure **list);
void history_forget(struct history *history, const char *conn);
void history_free(struct history *history);

#endif
