// SPDX-License-Identifier: GPL-2.0-or-later
/* See vip.h. What is of IKE SAs is in sa_vip.c. */
#include "vip.h"

#include <ctype.h>

bool addrs_have(const struct addrs *addrs, const struct addr *addr)
{
	for (size_t i = 0; i < addrs->n; i++)
		if (addr_compare(&addrs->list[i], addr) == 0)
			return true;
	return false;
}

bool addrs_add(struct addrs *addrs, const struct addr *addr)
{
	if (addrs->n == VIPS_MAX)
		return false;
	addrs->list[addrs->n++] = *addr;
	return true;
}

static bool is_label_octet(int c)
{
	return isalnum(c) || c == '-' || c == '_';
}

bool domain_read(struct span from, char out[DOMAIN_SIZE])
{
	size_t label = 0;

	if (from.len && from.data[from.len - 1] == '.')
		from.len--;
	if (!from.len || from.len >= DOMAIN_SIZE || from.data[0] == '-')
		return false;
	for (size_t i = 0; i < from.len; i++) {
		int c = from.data[i];

		if (c == '.' ? !label : !is_label_octet(c))
			return false;
		label = c == '.' ? 0 : label + 1;
		if (label > 63)
			return false;
		out[i] = (char)tolower(c);
	}
	out[from.len] = '\0';
	return label;
}

bool vip_is_host(const struct addr *addr)
{
	static const uint8_t loopback[16] = { [15] = 1 };
	const uint8_t *octets = addr->octets;

	if (addr_is_any(addr))
		return false;
	if (addr->len == 4)
		return octets[0] && octets[0] != 127 && octets[0] < 224;
	/* Nor multicast, nor what is good for one link only. */
	return octets[0] != 0xff &&
	       (octets[0] != 0xfe || octets[1] >> 6 != 2) &&
	       memcmp(octets, loopback, sizeof(loopback)) != 0;
}
