/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Words that set an address and, with it or alone, a port. */
#ifndef ADIT_OPT_END_H
#define ADIT_OPT_END_H

#include "../lib/opt.h"

/*
 * The opt.parse of an address, whose port is the attribute after it; a port
 * that is said twice is refused.
 */
int opt_parse_end(const struct opt *opt, void *args, const char *arg,
		  struct err *err);

/* The same where a port is usual, see endpoint_parse_strict(). */
int opt_parse_end_strict(const struct opt *opt, void *args, const char *arg,
			 struct err *err);

/* The opt.parse of the port alone. */
int opt_parse_port(const struct opt *opt, void *args, const char *arg,
		   struct err *err);

#endif
