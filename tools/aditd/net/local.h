/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Addresses of this host. */
#ifndef ADITD_NET_LOCAL_H
#define ADITD_NET_LOCAL_H

#include "../core/ts.h"

/* One of that length that is in one of the selectors; false if there is none. */
bool local_in(const struct ts_list *list, uint8_t len, struct addr *addr);

/* The source of what goes to @remote past all tunnels; -1 with an error. */
int local_source(const struct addr *remote, struct addr *addr, struct err *err);

#endif
