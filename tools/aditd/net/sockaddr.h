/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Addresses as the socket calls have them. Pure. */
#ifndef ADITD_NET_SOCKADDR_H
#define ADITD_NET_SOCKADDR_H

#include <sys/socket.h>

#include "../../lib/addr.h"

/* The length; the address is of some family. */
socklen_t sockaddr_write(struct sockaddr_storage *to, const struct addr *addr,
			 uint16_t port);

/* False if it is of another family; an IPv4 address in IPv6 is IPv4. */
bool sockaddr_read(const struct sockaddr_storage *from, struct addr *addr,
		   uint16_t *port);

#endif
