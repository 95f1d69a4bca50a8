/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ESP in TCP (RFC 9329).
 *
 *   tcp.c         the life of a connection
 *   tcp_in.c      records that come
 *   tcp_tls.c     the same through the kernel's TLS
 *   tcp_out.c     records that are sent
 *   tcp_ike.c     what userspace reads from its socket, and writes to it
 *   tcp_open.c    connections that are handed over, and made
 *   tcp_listen.c  connections that are taken
 */
#ifndef ADIT_TCP_H
#define ADIT_TCP_H

#include "path.h"
#include "sock.h"

/**
 * struct adit_tcp_config - what userspace says of a TCP socket
 * @family: of the addresses
 * @listen: it takes connections
 * @automatic: as in &struct adit_sock
 * @local: address to bind to, all zero for any
 * @remote: where to connect to
 * @local_port: port to bind to, 0 for any
 * @remote_port: port to connect to
 * @mark: of its packets
 * @oif: ifindex that it is bound to, 0 for none
 */
struct adit_tcp_config {
	u16 family;
	bool listen;
	bool automatic;
	union adit_addr local;
	union adit_addr remote;
	__be16 local_port;
	__be16 remote_port;
	u32 mark;
	int oif;
};

struct adit_sock *adit_tcp_open(struct adit_net *an, const u32 *id,
				const struct adit_tcp_config *config,
				struct netlink_ext_ack *extack);
struct adit_sock *adit_tcp_adopt(struct adit_net *an, const u32 *id,
				 struct socket *socket,
				 const struct nlattr *marker,
				 struct netlink_ext_ack *extack);
struct adit_sock *adit_tcp_find(struct adit_net *an,
				const struct adit_tcp_config *config);
int adit_tcp_send(struct adit_sock *sock, struct sk_buff *skb);
void adit_tcp_flush(struct adit_sock *sock, struct net_device *dev);
void adit_tcp_module_exit(void);

#endif
