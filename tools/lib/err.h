/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One error, with the text that a person will read. The leaf that finds the
 * trouble writes it, everybody above only passes -1 on.
 */
#ifndef ADIT_ERR_H
#define ADIT_ERR_H

#include "util.h"

/* Also the exit codes, see adit(8). */
enum err_kind {
	ERR_NONE,
	ERR_USAGE, /* the command does not make sense */
	ERR_REFUSED, /* the kernel said no */
	ERR_MISSING, /* the module or the interface is not there */
};

struct err {
	enum err_kind kind;
	char text[512];
};

/* Always -1, so that a leaf can return it. */
int err_set(struct err *err, enum err_kind kind, const char *fmt, ...)
	PRINTF_LIKE(3, 4);

/* Put what was being done in front of the text; always -1. */
int err_prefix(struct err *err, const char *fmt, ...) PRINTF_LIKE(2, 3);

#endif
