/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Addresses of interfaces, by rtnetlink. */
#ifndef ADITD_NET_RTADDR_H
#define ADITD_NET_RTADDR_H

#include "rtnetlink.h"

/* The host's address alone, of no network. 1 if it is there already. */
int rt_addr_add(struct rt *rt, uint32_t ifindex, const struct addr *addr,
		struct err *err);
int rt_addr_delete(struct rt *rt, uint32_t ifindex, const struct addr *addr,
		   struct err *err);

/* All that daemons added, and did not remove; where the kernel knows it (5.18). */
int rt_addrs_delete(struct rt *rt, struct err *err);

#endif
