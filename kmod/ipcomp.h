/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * IPComp with DEFLATE (RFC 3173, RFC 2394), inside of ESP or AH. It has no SA of
 * its own: what IKE agrees on lives and goes with the SA around it (RFC 7296,
 * 2.22).
 */
#ifndef ADIT_IPCOMP_H
#define ADIT_IPCOMP_H

#include <linux/skbuff.h>

enum {
	/* RFC 3173, 3.3: DEFLATE's own CPI; others are agreed on from here up. */
	ADIT_CPI_DEFLATE = 2,
	ADIT_MIN_CPI = 256,
};

int adit_ipcomp_get(void);
void adit_ipcomp_put(void);

void adit_ipcomp_deflate(struct sk_buff *skb, u16 cpi);
int adit_ipcomp_inflate(struct sk_buff *skb, u16 cpi, u8 *next_header);

#endif
