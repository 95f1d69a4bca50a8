/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Octets of test vectors, as they are printed. */
#ifndef ADITD_TESTS_CRYPTO_HEX_H
#define ADITD_TESTS_CRYPTO_HEX_H

#include "../../lib/buf.h"

/* Append what the digits mean; anything between them is left out. */
void hex_add(struct buf *buf, const char *digits);

/* A buffer of them. */
struct buf hex(const char *digits);

bool hex_equal(struct span got, const char *want);

#endif
