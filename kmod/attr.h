/* SPDX-License-Identifier: GPL-2.0-only */
/* Attributes that rtnetlink and generic netlink have in common. */
#ifndef ADIT_ATTR_H
#define ADIT_ATTR_H

#include <net/netlink.h>

#include "path.h"
#include "selector.h"

struct adit_net;

/**
 * struct adit_end_attrs - the attributes that make up an endpoint
 * @local: outer local address, or NULL
 * @remote: outer remote address, or NULL
 * @encap: ADIT_ENCAP_*, or NULL
 * @local_port: in network order, or NULL
 * @remote_port: in network order, or NULL
 * @socket: id of a socket, or NULL
 * @keepalive: seconds, or NULL
 * @roam: a flag, or NULL
 * @mark: of the device's outer packets
 * @oif: ifindex that these are bound to, 0 for none
 * @has_ah: the peer has a child with AH, which goes over IP alone
 */
struct adit_end_attrs {
	const struct nlattr *local;
	const struct nlattr *remote;
	const struct nlattr *encap;
	const struct nlattr *local_port;
	const struct nlattr *remote_port;
	const struct nlattr *socket;
	const struct nlattr *keepalive;
	const struct nlattr *roam;
	u32 mark;
	int oif;
	bool has_ah;
};

/**
 * adit_attr_bool() - a flag of a request
 * @attr: the attribute, u8, or NULL
 *
 * Return: whether it is there and not 0.
 */
static inline bool adit_attr_bool(const struct nlattr *attr)
{
	return attr && nla_get_u8(attr);
}

int adit_attr_addr(const struct nlattr *attr, const char *name, u16 *family,
		   union adit_addr *addr, struct netlink_ext_ack *extack);
int adit_attr_end(struct adit_net *an, const struct adit_end_attrs *attrs,
		  struct adit_endpoint *end, struct netlink_ext_ack *extack);
int adit_attr_unicast(const struct nlattr *attr, const char *name, u16 *family,
		      union adit_addr *addr, struct netlink_ext_ack *extack);
int adit_attr_put_addr(struct sk_buff *skb, int type, u16 family,
		       const union adit_addr *addr);

#endif
