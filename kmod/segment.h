/* SPDX-License-Identifier: GPL-2.0-only */
/* A superpacket of the stack (GSO), cut into the packets that it stands for. */
#ifndef ADIT_SEGMENT_H
#define ADIT_SEGMENT_H

#include <linux/skbuff.h>

struct sk_buff *adit_segment(struct sk_buff *skb, unsigned int headroom,
			     unsigned int tailroom);

#endif
