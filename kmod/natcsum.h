/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Checksums in transport mode behind NAT (RFC 3948, 3.1.2): a NAT changes the
 * addresses that they cover, and cannot reach into ESP to change them as well.
 */
#ifndef ADIT_NATCSUM_H
#define ADIT_NATCSUM_H

#include <linux/skbuff.h>

#include "selector.h"

/**
 * struct adit_nat_oa - the addresses that the other end uses (RFC 3947, 5.2)
 * @family: AF_INET or AF_INET6; AF_UNSPEC if neither is known
 * @local: what it sends to, all zero if that is not known
 * @remote: what it sends from, all zero if that is not known
 */
struct adit_nat_oa {
	u16 family;
	union adit_addr local;
	union adit_addr remote;
};

void adit_natcsum_fix(struct sk_buff *skb, const struct adit_nat_oa *oa);
int adit_natcsum_offset(const struct sk_buff *skb, u8 *proto);
__sum16 *adit_natcsum_field(struct sk_buff *skb, unsigned int offset, u8 proto);

#endif
