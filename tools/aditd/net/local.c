// SPDX-License-Identifier: GPL-2.0-or-later
/* See local.h. */
#include "local.h"

#include <errno.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

#include "sock.h"
#include "sockaddr.h"

static bool has(const struct ts_list *list, const struct addr *addr)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->ts[i].start.len == addr->len &&
		    addr_compare(addr, &list->ts[i].start) >= 0 &&
		    addr_compare(addr, &list->ts[i].end) <= 0)
			return true;
	return false;
}

static bool read_addr(const struct sockaddr *from, struct addr *addr)
{
	struct sockaddr_storage copy = { 0 };
	uint16_t port;

	if (!from ||
	    (from->sa_family != AF_INET && from->sa_family != AF_INET6))
		return false;
	memcpy(&copy, from,
	       from->sa_family == AF_INET ? sizeof(struct sockaddr_in) :
					    sizeof(struct sockaddr_in6));
	return sockaddr_read(&copy, addr, &port);
}

bool local_in(const struct ts_list *list, uint8_t len, struct addr *addr)
{
	struct ifaddrs *all, *at;
	bool found = false;

	if (getifaddrs(&all))
		return false;
	for (at = all; at && !found; at = at->ifa_next)
		found = read_addr(at->ifa_addr, addr) && addr->len == len &&
			has(list, addr);
	freeifaddrs(all);
	return found;
}

static int look_up(int fd, const struct addr *remote, struct addr *addr)
{
	struct sockaddr_storage to, from = { 0 };
	socklen_t len = sockaddr_write(&to, remote, 500);
	int mark = UNDERLAY_MARK;
	uint16_t port;

	/* Without the right to have a mark it is as good as can be. */
	setsockopt(fd, SOL_SOCKET, SO_MARK, &mark, sizeof(mark));
	if (connect(fd, (const struct sockaddr *)&to, len))
		return -1;
	len = sizeof(from);
	if (getsockname(fd, (struct sockaddr *)&from, &len))
		return -1;
	return sockaddr_read(&from, addr, &port) ? 0 : -1;
}

int local_source(const struct addr *remote, struct addr *addr, struct err *err)
{
	char to[ADDR_TEXT_SIZE];
	int family = remote->len == 4 ? AF_INET : AF_INET6;
	int fd = socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int rc = fd < 0 ? -1 : look_up(fd, remote, addr);

	if (rc)
		err_set(err, ERR_REFUSED, "there is no way to %s: %s",
			addr_digits(remote, to), strerror(errno));
	if (fd >= 0)
		close(fd);
	return rc;
}
