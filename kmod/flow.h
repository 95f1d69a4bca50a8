/* SPDX-License-Identifier: GPL-2.0-only */
/* What traffic selectors look at, read from a packet. */
#ifndef ADIT_FLOW_H
#define ADIT_FLOW_H

#include <linux/skbuff.h>

#include "selector.h"

void adit_flow_read(struct adit_flow *flow, const struct sk_buff *skb);
bool adit_flow_read_quoted(struct adit_flow *quoted,
			   const struct adit_flow *flow,
			   const struct sk_buff *skb);

#endif
