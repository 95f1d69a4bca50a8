/* SPDX-License-Identifier: GPL-2.0-or-later */
/* NAT detection (RFC 7296, 2.23): what both ends say of addresses, compared. */
#ifndef ADITD_CORE_NATD_H
#define ADITD_CORE_NATD_H

#include "env.h"

enum { NATD_LEN = 20 };

/* SHA1(SPIi | SPIr | address | port); -1 if libcrypto fails. */
int natd_hash(uint64_t spi_i, uint64_t spi_r, const struct addr *addr,
	      uint16_t port, uint8_t out[NATD_LEN]);

/* Both of what we send; a @fake source makes the peer see a NAT before us. */
int natd_make(uint64_t spi_i, uint64_t spi_r, const struct ike_path *path,
	      bool fake, uint8_t source[NATD_LEN],
	      uint8_t destination[NATD_LEN]);

/* Is it the hash of that end of the path? */
bool natd_fits(uint64_t spi_i, uint64_t spi_r, const struct addr *addr,
	       uint16_t port, struct span hash);

#endif
