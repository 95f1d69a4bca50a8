// SPDX-License-Identifier: GPL-2.0-or-later
/* See sockaddr.h. */
#include "sockaddr.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

socklen_t sockaddr_write(struct sockaddr_storage *to, const struct addr *addr,
			 uint16_t port)
{
	struct sockaddr_in6 v6 = {
		.sin6_family = AF_INET6,
		.sin6_port = htons(port),
	};
	struct sockaddr_in v4 = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
	};

	memset(to, 0, sizeof(*to));
	if (addr->len == 16) {
		memcpy(&v6.sin6_addr, addr->octets, 16);
		memcpy(to, &v6, sizeof(v6));
		return sizeof(v6);
	}
	memcpy(&v4.sin_addr, addr->octets, 4);
	memcpy(to, &v4, sizeof(v4));
	return sizeof(v4);
}

bool sockaddr_read(const struct sockaddr_storage *from, struct addr *addr,
		   uint16_t *port)
{
	struct sockaddr_in6 v6;
	struct sockaddr_in v4;

	*addr = (struct addr){ 0 };
	if (from->ss_family == AF_INET) {
		memcpy(&v4, from, sizeof(v4));
		addr->len = 4;
		memcpy(addr->octets, &v4.sin_addr, 4);
		*port = ntohs(v4.sin_port);
		return true;
	}
	if (from->ss_family != AF_INET6)
		return false;
	memcpy(&v6, from, sizeof(v6));
	addr->len = 16;
	memcpy(addr->octets, &v6.sin6_addr, 16);
	*port = ntohs(v6.sin6_port);
	if (!IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr))
		return true;
	addr->len = 4;
	memmove(addr->octets, addr->octets + 12, 4);
	memset(addr->octets + 4, 0, 12);
	return true;
}
