/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An address with a port, as people write it. Pure. */
#ifndef ADIT_ENDPOINT_H
#define ADIT_ENDPOINT_H

#include "addr.h"

struct endpoint {
	struct addr addr;
	bool has_port;
	uint16_t port;
};

/* A text that is never longer than this, its NUL included. */
#define ENDPOINT_TEXT_SIZE (ADDR_TEXT_SIZE + 8)

/*
 * ADDR, IPV4:PORT or [IPV6]:PORT. An IPv6 address without brackets is one, and
 * has no port.
 */
int endpoint_parse(struct endpoint *end, const char *word, struct err *err);

/*
 * The same where a port is usual: an IPv6 address without brackets is refused
 * if its end could be meant as one, like ::1:443.
 */
int endpoint_parse_strict(struct endpoint *end, const char *word,
			  struct err *err);

/* Returns @buf; digits whatever the address is: "0.0.0.0:4500", "[::]:4500". */
const char *endpoint_show(const struct addr *addr, uint16_t port,
			  char buf[ENDPOINT_TEXT_SIZE]);

#endif
