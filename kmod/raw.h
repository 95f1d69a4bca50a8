/* SPDX-License-Identifier: GPL-2.0-only */
/* ESP and AH as IP protocols 50 and 51, over IPv4 and IPv6. */
#ifndef ADIT_RAW_H
#define ADIT_RAW_H

#include "path.h"

void adit_raw_push(const struct adit_path *path, const struct adit_route *route,
		   struct sk_buff *skb, u8 proto);
int adit_raw_send(const struct adit_path *path, const struct adit_route *route,
		  struct sk_buff *skb);

int adit_raw_module_init(void);
void adit_raw_module_exit(void);

#endif
