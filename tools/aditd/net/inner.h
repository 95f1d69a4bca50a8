/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Inner addresses that peers have given us, on the interface of the connection,
 * and the name servers that came with them.
 */
#ifndef ADITD_NET_INNER_H
#define ADITD_NET_INNER_H

#include "kchild.h"

/* In place of what that peer gave before; without a device it can be nothing. */
int inner_set(struct kernel *kernel, struct device *device,
	      const struct msg_inner *msg, struct err *err);

/* The interface may be a new one. */
void inner_again(struct kernel *kernel, struct device *device);
void inner_remove_all(struct kernel *kernel);

/* Is one of them in the selectors? It is the source then. */
bool inner_source(const struct kernel *kernel, const struct peer *peer,
		  const struct ts_list *list, uint8_t len, struct addr *addr);

#endif
