// SPDX-License-Identifier: GPL-2.0-or-later
/* See natd.h. */
#include "natd.h"

#include "../crypto/prf.h"
#include "../proto/v2.h"

static void put(uint8_t *out, uint64_t value, size_t len)
{
	for (size_t i = 0; i < len; i++)
		out[i] = (uint8_t)(value >> 8 * (len - 1 - i));
}

int natd_hash(uint64_t spi_i, uint64_t spi_r, const struct addr *addr,
	      uint16_t port, uint8_t out[NATD_LEN])
{
	uint8_t spis[16], ports[2];
	struct span parts[] = { SPAN(spis), span_of(addr->octets, addr->len),
				SPAN(ports) };

	put(spis, spi_i, 8);
	put(spis + 8, spi_r, 8);
	put(ports, port, 2);
	return hash(HASH_SHA1, parts, ARRAY_SIZE(parts), out);
}

int natd_make(uint64_t spi_i, uint64_t spi_r, const struct ike_path *path,
	      bool fake, uint8_t source[NATD_LEN],
	      uint8_t destination[NATD_LEN])
{
	const struct addr nobody = { .len = path->local.len };

	if (natd_hash(spi_i, spi_r, fake ? &nobody : &path->local,
		      fake ? 0 : path->local_port, source))
		return -1;
	return natd_hash(spi_i, spi_r, &path->remote, path->remote_port,
			 destination);
}

bool natd_fits(uint64_t spi_i, uint64_t spi_r, const struct addr *addr,
	       uint16_t port, struct span received)
{
	uint8_t own[NATD_LEN];

	return !natd_hash(spi_i, spi_r, addr, port, own) &&
	       span_equal(received, SPAN(own));
}
