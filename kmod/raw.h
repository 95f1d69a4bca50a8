/* SPDX-License-Identifier: GPL-2.0-only */
/* ESP as IP protocol 50, on any mix of IPv4 and IPv6. */
#ifndef ADIT_RAW_H
#define ADIT_RAW_H

#include "path.h"

int adit_raw_send(struct adit_path *path, const struct adit_route *route,
		  struct sk_buff *skb, u8 proto);

int adit_raw_module_init(void);
void adit_raw_module_exit(void);

#endif
