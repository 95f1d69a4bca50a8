/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a newcomer overlooks: a secret that is missing, a pool that is not there,
 * two settings in one line. None of it is wrong by itself, since VICI may bring
 * what the files do not have; so it is said, and loaded. Of load.c and creds.c.
 */
#ifndef ADITD_CONF_HINT_H
#define ADITD_CONF_HINT_H

#include "../core/conf.h"
#include "../core/pool.h"

struct conf_section;
struct loading;
struct setting;

/* What was loaded so far, as far as hints need it. */
struct hinting {
	bool has_psk; /* a secret of type ike */
	bool psk_for_all; /* one without an id */
	size_t n_owners; /* of such secrets */
	struct ident *owners;
	size_t n_pools;
	struct hint_pool {
		char name[CONF_NAME_MAX];
		struct addr first, last;
	} * pools;
};

/* A secret of type ike that belongs to these, a list of identities. */
void hint_add_psk(struct loading *loading, const struct setting *owners);

/* A pool; does it overlap with another one? */
void hint_pool(struct loading *loading, const struct setting *setting,
	       const struct pool_conf *conf);

/* A connection, when all else is loaded. */
void hint_conn(struct loading *loading, const struct setting *setting,
	       const struct conn *conn);

/* Is there another setting in the value, since they are in one line? */
void hint_value(struct loading *loading, const struct conf_section *section,
		const struct setting *setting);

void hint_free(struct hinting *hinting);

#endif
