/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Log lines: the net process writes them, the others send them to it. */
#ifndef ADITD_PROC_LOG_H
#define ADITD_PROC_LOG_H

#include <stdarg.h>

#include "msg.h"

struct chan;

struct log {
	enum role role;
	enum env_level level; /* what is above that is not said */
	struct chan *to; /* NULL for stderr */
	bool times; /* for people; a journal has its own */
	bool priorities; /* "<6>" in front, as the journal reads it */
};

void log_init(struct log *log, enum role role, enum env_level level);

/* @what is a connection, "" if it concerns none. */
void log_text(struct log *log, enum env_level level, const char *what,
	      const char *text);
void log_put(struct log *log, enum env_level level, const char *fmt, ...)
	PRINTF_LIKE(3, 4);

/* What came from another process. */
void log_from(struct log *log, enum role from, const struct msg_log *msg);

/* "error", "info", "detail", "debug"; -1 with an error that lists them. */
int log_level_parse(const char *word, enum env_level *level, struct err *err);
const char *log_level_name(enum env_level level);

#endif
