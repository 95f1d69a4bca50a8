// SPDX-License-Identifier: GPL-2.0-or-later
/* See link.h. */
#include "link.h"

#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

int link_index(const char *name, uint64_t *ifindex, struct err *err)
{
	*ifindex = if_nametoindex(name);
	if (*ifindex)
		return 0;
	return err_set(err, ERR_MISSING, "there is no interface '%.64s'", name);
}

const char *link_name(uint32_t ifindex, char *buf, size_t size)
{
	char name[IF_NAMESIZE];

	if (if_indextoname(ifindex, name))
		snprintf(buf, size, "%s", name);
	else
		snprintf(buf, size, "if%u", ifindex);
	return buf;
}

bool link_is_up(const char *name)
{
	struct ifreq ifr = { 0 };
	bool up = true;
	int fd;

	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return up;
	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", name);
	if (!ioctl(fd, SIOCGIFFLAGS, &ifr))
		up = ifr.ifr_flags & IFF_UP;
	close(fd);
	return up;
}
