/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Addresses of this host. */
#ifndef ADITD_NET_LOCAL_H
#define ADITD_NET_LOCAL_H

#include "../core/env.h"

/* One of that length that is in one of the selectors; false if there is none. */
bool local_in(const struct ts_list *list, uint8_t len, struct addr *addr);

/*
 * The source of what goes to @pair->remote past all tunnels, which must be
 * @pair->local if that has a length; of length 0 if there is no way.
 */
void local_way(const struct env_pair *pair, struct addr *source);

/*
 * All addresses that peers may know: of interfaces that are up, beyond their
 * own link. Those of the interfaces that @skip says yes to are left out.
 */
size_t local_list(struct addr *list, size_t max,
		  bool (*skip)(void *arg, const char *name), void *arg);

/* The source of what goes to @remote past all tunnels; -1 with an error. */
int local_source(const struct addr *remote, struct addr *addr, struct err *err);

#endif
