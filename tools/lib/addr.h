/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IPv4 and IPv6 addresses as they are on the wire. Pure. */
#ifndef ADIT_ADDR_H
#define ADIT_ADDR_H

#include <stdbool.h>
#include <stdint.h>

#include "err.h"

struct addr {
	uint8_t len; /* 4, 16, or 0 for no address */
	uint8_t octets[16];
};

/* A text that is never longer than this, its NUL included. */
#define ADDR_TEXT_SIZE 46

/* "any" is 0.0.0.0. */
int addr_parse(struct addr *addr, const char *word, struct err *err);

/* The same without words. */
int addr_parse_digits(struct addr *addr, const char *word, struct err *err);

/* Returns @buf; "any" if the address is unspecified. */
const char *addr_show(const struct addr *addr, char buf[ADDR_TEXT_SIZE]);

/* Returns @buf; digits whatever the address is. */
const char *addr_digits(const struct addr *addr, char buf[ADDR_TEXT_SIZE]);

/* No address, or one of zeroes only. */
bool addr_is_any(const struct addr *addr);

/* Like memcmp; families do not mix. */
int addr_compare(const struct addr *a, const struct addr *b);

/* First and last address of the prefix that @addr is in. */
void addr_prefix_range(const struct addr *addr, unsigned int plen,
		       struct addr *first, struct addr *last);

/* Length of the prefix that is exactly @first to @last, or -1. */
int addr_range_prefix(const struct addr *first, const struct addr *last);

#endif
