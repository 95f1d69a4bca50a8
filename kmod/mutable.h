/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What of an IP header changes on the way, and is zero to AH (RFC 4302,
 * 3.3.3.1 and appendix A). Pure: octets only; the same file is built into the
 * userspace tests.
 */
#ifndef ADIT_MUTABLE_H
#define ADIT_MUTABLE_H

#ifdef __KERNEL__
#include <linux/types.h>
#else
#include "kernel.h"
#endif

bool adit_mutable_clear(u8 *header, unsigned int len);

#endif
