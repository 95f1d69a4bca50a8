// SPDX-License-Identifier: GPL-2.0-or-later
/* See addr.h. */
#include "addr.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

int addr_parse_digits(struct addr *addr, const char *word, struct err *err)
{
	*addr = (struct addr){ 0 };
	if (inet_pton(AF_INET, word, addr->octets) == 1)
		addr->len = 4;
	else if (inet_pton(AF_INET6, word, addr->octets) == 1)
		addr->len = 16;
	else
		return err_set(err, ERR_USAGE,
			       "'%.64s' is not an IPv4 or IPv6 address", word);
	return 0;
}

int addr_parse(struct addr *addr, const char *word, struct err *err)
{
	if (strcmp(word, "any") != 0)
		return addr_parse_digits(addr, word, err);
	*addr = (struct addr){ .len = 4 };
	return 0;
}

const char *addr_digits(const struct addr *addr, char buf[ADDR_TEXT_SIZE])
{
	int family = addr->len == 16 ? AF_INET6 : AF_INET;

	if (!addr->len || !inet_ntop(family, addr->octets, buf, ADDR_TEXT_SIZE))
		snprintf(buf, ADDR_TEXT_SIZE, "none");
	return buf;
}

const char *addr_show(const struct addr *addr, char buf[ADDR_TEXT_SIZE])
{
	if (!addr_is_any(addr))
		return addr_digits(addr, buf);
	snprintf(buf, ADDR_TEXT_SIZE, "any");
	return buf;
}

bool addr_is_any(const struct addr *addr)
{
	static const uint8_t zeroes[16];

	return memcmp(addr->octets, zeroes, addr->len) == 0;
}

int addr_compare(const struct addr *a, const struct addr *b)
{
	if (a->len != b->len)
		return a->len < b->len ? -1 : 1;
	return memcmp(a->octets, b->octets, a->len);
}

void addr_prefix_range(const struct addr *addr, unsigned int plen,
		       struct addr *first, struct addr *last)
{
	*first = *addr;
	*last = *addr;
	for (unsigned int i = 0; i < addr->len; i++) {
		unsigned int bits = plen > 8 * i ? plen - 8 * i : 0;
		uint8_t host = bits >= 8 ? 0 : (uint8_t)(0xff >> bits);

		first->octets[i] &= (uint8_t)~host;
		last->octets[i] |= host;
	}
}

int addr_range_prefix(const struct addr *first, const struct addr *last)
{
	unsigned int plen = 0;
	struct addr low, high;

	if (first->len != last->len)
		return -1;
	while (plen < 8U * first->len) {
		unsigned int mask = 0x80U >> plen % 8;

		if ((first->octets[plen / 8] ^ last->octets[plen / 8]) & mask)
			break;
		plen++;
	}
	addr_prefix_range(first, plen, &low, &high);
	if (addr_compare(&low, first) || addr_compare(&high, last))
		return -1;
	return (int)plen;
}
