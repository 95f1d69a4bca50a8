/* SPDX-License-Identifier: GPL-2.0-only */
/* The way out. */
#ifndef ADIT_SEND_H
#define ADIT_SEND_H

struct adit_dev;
struct sk_buff;

void adit_send(struct adit_dev *adit, struct sk_buff *skb);

#endif
