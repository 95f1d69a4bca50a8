/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names to addresses; waits. */
#ifndef ADITD_NET_NAMES_H
#define ADITD_NET_NAMES_H

#include "../proc/wire.h"
#include "../core/conf.h"

struct names_answer {
	size_t n_local, n_remote;
	struct addr local[CONF_ADDRS_MAX];
	struct addr remote[CONF_ADDRS_MAX];
	const char *text; /* the last thing that went wrong */
};

extern const struct wire_set names_set;

/* Is it an address, or none at all like "%any" and ranges? */
bool names_is_literal(const char *word);

/* Put the addresses of the words in; with @look_up of names, too. */
void names_read(const char *const *words, size_t n, bool look_up,
		struct addr *list, size_t *count, char *text, size_t size);

#endif
