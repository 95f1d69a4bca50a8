/* SPDX-License-Identifier: GPL-2.0-only */
/* ESP in UDP (RFC 3948). */
#ifndef ADIT_UDP_H
#define ADIT_UDP_H

#include "path.h"
#include "sock.h"

/**
 * struct adit_udp_config - what userspace says of a UDP socket
 * @family: of @local
 * @local: address to bind to, all zero for any
 * @port: port to bind to, 0 for any
 * @marker: as in &struct adit_sock
 * @automatic: as in &struct adit_sock
 */
struct adit_udp_config {
	u16 family;
	union adit_addr local;
	__be16 port;
	bool marker;
	bool automatic;
};

struct adit_sock *adit_udp_open(struct adit_net *an, const u32 *id,
				const struct adit_udp_config *config,
				struct netlink_ext_ack *extack);
struct adit_sock *adit_udp_adopt(struct adit_net *an, const u32 *id,
				 struct socket *socket,
				 const struct nlattr *marker,
				 struct netlink_ext_ack *extack);
void adit_udp_push(struct adit_path *path, const struct adit_route *route,
		   struct sk_buff *skb);
void adit_udp_keepalive(struct adit_path *path);

#endif
