/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The integrity algorithm of an AH SA. It reads and does not write, and
 * answers at once: there is nothing to queue.
 */
#ifndef ADIT_MAC_H
#define ADIT_MAC_H

#include "crypto.h"

int adit_mac_init(struct adit_crypto *crypto, const struct adit_keys *keys);
int adit_mac_compute(const struct adit_crypto *crypto, const u8 *data,
		     unsigned int len, u64 seq, u8 *icv);

#endif
