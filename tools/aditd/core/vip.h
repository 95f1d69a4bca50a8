/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Inner addresses of an IKE SA, ours and the peer's, and name servers that came
 * with ours (RFC 7296, 2.19; RFC 8598). Who asks for them and who gives them is
 * a matter of the version of IKE; what becomes of them is here.
 */
#ifndef ADITD_CORE_VIP_H
#define ADITD_CORE_VIP_H

#include "../../lib/addr.h"
#include "../../lib/span.h"

enum {
	VIPS_MAX = 8,
	DOMAINS_MAX = 16,
	DOMAIN_SIZE = 254, /* RFC 1035, 2.3.4, and a NUL */
};

struct addrs {
	size_t n;
	struct addr list[VIPS_MAX];
};

/* False if it is full. */
bool addrs_add(struct addrs *addrs, const struct addr *addr);
bool addrs_have(const struct addrs *addrs, const struct addr *addr);

/* Domains that the name servers are for; none: for all. */
struct vip_names {
	struct addrs servers;
	size_t n_domains;
	char domains[DOMAINS_MAX][DOMAIN_SIZE];
};

/*
 * A name as RFC 8598, 3.2 has it, without a dot at its end, in small letters;
 * false if it has what does not belong into a host's name: it ends up in files
 * and in arguments of programs.
 */
bool domain_read(struct span from, char out[DOMAIN_SIZE]);

/* May a host of ours have that address? */
bool vip_is_host(const struct addr *addr);

#endif
