/* SPDX-License-Identifier: GPL-2.0-only */
/* Both ends of an SA, and packets between them. */
#ifndef ADIT_SELFTEST_ESP_H
#define ADIT_SELFTEST_ESP_H

#include <linux/skbuff.h>

#include "../sa.h"
#include "selftest.h"

/**
 * struct adit_ends - the two ends of an SA; in no table, and of no child
 * @out: the sender's; owned
 * @in: the receiver's; owned
 */
struct adit_ends {
	struct adit_sa_out *out;
	struct adit_sa_in *in;
};

int adit_ends_init(struct adit_ends *ends, const struct adit_keys *keys,
		   bool esn);
void adit_ends_uninit(struct adit_ends *ends);

int adit_ends_seal(struct adit_ends *ends, struct sk_buff *skb, u64 seq);
int adit_ends_open(struct adit_ends *ends, struct sk_buff *skb, u32 high,
		   u8 *next_header);
int adit_ends_seal_raw(struct adit_ends *ends, struct sk_buff *skb, u64 seq);
int adit_ends_open_raw(struct adit_ends *ends, struct sk_buff *skb, u64 seq);

struct sk_buff *adit_selftest_packet(struct adit_selftest *test,
				     const void *data, unsigned int len);

#endif
