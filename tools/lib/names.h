/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers and their names, all of them out of include/spec/adit.yaml. */
#ifndef ADIT_NAMES_H
#define ADIT_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "err.h"

struct name {
	uint32_t value;
	const char *word;
	const char *text; /* one sentence, or "" */
};

struct names {
	const char *what; /* what such a word is called in an error text */
	const struct name *rows;
	size_t n;
};

/* Enums. */
extern const struct names names_encap, names_socket_state, names_df, names_mode,
	names_protocols, names_dir, names_sa_state, names_limit,
	names_transform, names_encr, names_integ, names_ipcomp, names_tfc,
	names_drop;
/* Attributes. */
extern const struct names names_a_link, names_a_stats, names_a_drop_count,
	names_a_net, names_a_dev, names_a_peer, names_a_socket,
	names_a_selector, names_a_child, names_a_limits, names_a_sa,
	names_a_alg, names_a_acquire, names_a_expire, names_a_unknown_spi;
/* Commands and notifications. */
extern const struct names names_cmd;
/* IP protocols, as /etc/protocols may be missing. */
extern const struct names names_proto;

const struct name *names_find(const struct names *names, uint32_t value);

/* NULL if there is none. */
const char *names_word(const struct names *names, uint32_t value);

/* The word that belongs to the value, or the value itself in @buf. */
const char *names_show(const struct names *names, uint32_t value, char *buf,
		       size_t size);

/* Exact word or unambiguous beginning; the error lists what there is. */
int names_parse(const struct names *names, const char *word, uint32_t *value,
		struct err *err);

#endif
