// SPDX-License-Identifier: GPL-2.0-or-later
/* See local.h. */
#include "local.h"

#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
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

/* What other hosts cannot answer is no source. */
static bool is_useful(const struct addr *addr)
{
	static const uint8_t loopback[16] = { [15] = 1 };

	if (addr->len == 4)
		return addr->octets[0] != 127;
	return memcmp(addr->octets, loopback, sizeof(loopback)) != 0 &&
	       (addr->octets[0] != 0xfe || addr->octets[1] >> 6 != 2);
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
			is_useful(addr) && has(list, addr);
	freeifaddrs(all);
	return found;
}

static int look_up(int fd, const struct addr *local, const struct addr *remote,
		   struct addr *addr)
{
	struct sockaddr_storage to, from = { 0 };
	socklen_t len = local->len ? sockaddr_write(&from, local, 0) : 0;
	int mark = UNDERLAY_MARK;
	uint16_t port;

	/* Without the right to have a mark it is as good as can be. */
	setsockopt(fd, SOL_SOCKET, SO_MARK, &mark, sizeof(mark));
	if (len && bind(fd, (const struct sockaddr *)&from, len))
		return -1;
	len = sockaddr_write(&to, remote, 500);
	if (connect(fd, (const struct sockaddr *)&to, len))
		return -1;
	len = sizeof(from);
	if (getsockname(fd, (struct sockaddr *)&from, &len))
		return -1;
	return sockaddr_read(&from, addr, &port) ? 0 : -1;
}

/* -1 with errno. */
static int find_way(const struct env_pair *pair, struct addr *addr)
{
	int family = pair->remote.len == 4 ? AF_INET : AF_INET6;
	int fd = socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int rc, saved;

	if (fd < 0)
		return -1;
	rc = look_up(fd, &pair->local, &pair->remote, addr);
	saved = errno;
	close(fd);
	errno = saved;
	return rc;
}

int local_source(const struct addr *remote, struct addr *addr, struct err *err)
{
	const struct env_pair pair = { .remote = *remote };
	char to[ADDR_TEXT_SIZE];

	if (!find_way(&pair, addr))
		return 0;
	return err_set(err, ERR_REFUSED, "there is no way to %s: %s",
		       addr_digits(remote, to), strerror(errno));
}

void local_way(const struct env_pair *pair, struct addr *source)
{
	if (find_way(pair, source))
		source->len = 0;
}

static bool is_beyond_link(const struct addr *addr)
{
	if (addr->len == 4)
		return addr->octets[0] != 169 || addr->octets[1] != 254;
	return addr->octets[0] != 0xfe || (addr->octets[1] & 0xc0) != 0x80;
}

size_t local_list(struct addr *list, size_t max,
		  bool (*skip)(void *arg, const char *name), void *arg)
{
	struct ifaddrs *all, *at;
	struct addr addr;
	size_t n = 0;

	if (getifaddrs(&all))
		return 0;
	for (at = all; at && n < max; at = at->ifa_next)
		if (at->ifa_flags & IFF_UP && !(at->ifa_flags & IFF_LOOPBACK) &&
		    read_addr(at->ifa_addr, &addr) && is_beyond_link(&addr) &&
		    !skip(arg, at->ifa_name))
			list[n++] = addr;
	freeifaddrs(all);
	return n;
}
