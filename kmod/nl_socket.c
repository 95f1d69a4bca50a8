// SPDX-License-Identifier: GPL-2.0-only
/* Requests about sockets. */

#include <linux/net.h>
#include <net/sock.h>

#include "compat.h"
#include "attr.h"
#include "nl.h"
#include "tcp.h"
#include "udp.h"

/**
 * struct request - a new socket, as it is asked for
 * @an: the namespace
 * @attrs: its attributes
 * @id: its id if one is asked for, else NULL
 * @number: where @id is
 * @extack: where a refusal is explained
 */
struct request {
	struct adit_net *an;
	struct nlattr **attrs;
	const u32 *id;
	u32 number;
	struct netlink_ext_ack *extack;
};

/* What is told by the socket itself. */
static int check_fd_alone(const struct request *r)
{
	static const struct {
		int type;
		const char *name;
	} others[] = {
		{ ADIT_A_SOCKET_LOCAL, "local" },
		{ ADIT_A_SOCKET_LOCAL_PORT, "local-port" },
		{ ADIT_A_SOCKET_REMOTE, "remote" },
		{ ADIT_A_SOCKET_REMOTE_PORT, "remote-port" },
		{ ADIT_A_SOCKET_LISTEN, "listen" },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(others); i++) {
		if (!r->attrs[others[i].type])
			continue;
		NL_SET_ERR_MSG_ATTR_FMT(r->extack, r->attrs[others[i].type],
					"%s: does not go with fd, it is the socket's own",
					others[i].name);
		return -EINVAL;
	}
	return 0;
}

/* What the socket is for, or ADIT_ENCAP_NONE. */
static u8 encap_of(const struct socket *socket)
{
	if (!sk_is_inet(socket->sk))
		return ADIT_ENCAP_NONE;
	if (sk_is_tcp(socket->sk))
		return ADIT_ENCAP_TCP;
	return sk_is_udp(socket->sk) ? ADIT_ENCAP_UDP : ADIT_ENCAP_NONE;
}

static struct adit_sock *adopt_socket(const struct request *r,
				      struct socket *socket)
{
	const struct nlattr *marker = r->attrs[ADIT_A_SOCKET_MARKER];
	const struct nlattr *encap = r->attrs[ADIT_A_SOCKET_ENCAP];
	const struct nlattr *fd = r->attrs[ADIT_A_SOCKET_FD];
	u8 found = encap_of(socket);

	if (!net_eq(sock_net(socket->sk), r->an->net)) {
		NL_SET_ERR_MSG_ATTR(r->extack, fd,
				    "fd: is a socket of another namespace");
		return ERR_PTR(-EINVAL);
	}
	if (found == ADIT_ENCAP_NONE) {
		NL_SET_ERR_MSG_ATTR(r->extack, fd,
				    "fd: is no UDP socket, and no TCP socket");
		return ERR_PTR(-EINVAL);
	}
	if (encap && nla_get_u8(encap) != found) {
		NL_SET_ERR_MSG_ATTR_FMT(r->extack, encap,
					"encap: the socket that fd is speaks %s; encap may be left out",
					found == ADIT_ENCAP_TCP ? "tcp" : "udp");
		return ERR_PTR(-EINVAL);
	}
	return found == ADIT_ENCAP_TCP ?
		       adit_tcp_adopt(r->an, r->id, socket, marker, r->extack) :
		       adit_udp_adopt(r->an, r->id, socket, marker, r->extack);
}

static struct adit_sock *adopt(const struct request *r)
{
	const struct nlattr *fd = r->attrs[ADIT_A_SOCKET_FD];
	struct adit_sock *sock;
	struct socket *socket;
	int err;

	err = check_fd_alone(r);
	if (err)
		return ERR_PTR(err);
	socket = sockfd_lookup(nla_get_u32(fd), &err);
	if (!socket) {
		NL_SET_ERR_MSG_ATTR(r->extack, fd,
				    "fd: is no socket of the process that asks");
		return ERR_PTR(err);
	}
	sock = adopt_socket(r, socket);
	sockfd_put(socket);
	return sock;
}

static struct adit_sock *open_udp(const struct request *r)
{
	const struct nlattr *marker = r->attrs[ADIT_A_SOCKET_MARKER];
	const struct nlattr *port = r->attrs[ADIT_A_SOCKET_LOCAL_PORT];
	struct adit_udp_config config = {
		.family = AF_INET6,
		.port = port ? nla_get_be16(port) : htons(ADIT_DEFAULT_PORT),
		.marker = true,
	};
	int err;

	err = adit_nl_need(r->attrs, ADIT_A_SOCKET_LOCAL, "local", r->extack) ?:
	      adit_attr_unicast(r->attrs[ADIT_A_SOCKET_LOCAL], "local",
				&config.family, &config.local, r->extack);
	if (err)
		return ERR_PTR(err);
	if (r->attrs[ADIT_A_SOCKET_REMOTE] ||
	    r->attrs[ADIT_A_SOCKET_REMOTE_PORT] ||
	    adit_attr_bool(r->attrs[ADIT_A_SOCKET_LISTEN])) {
		NL_SET_ERR_MSG(r->extack,
			       "encap: remote, remote-port and listen go with tcp only");
		return ERR_PTR(-EINVAL);
	}
	if (marker && !nla_get_u8(marker)) {
		NL_SET_ERR_MSG_ATTR(r->extack, marker,
				    "marker: 0 is for sockets that are handed over, nobody would read this one");
		return ERR_PTR(-EINVAL);
	}
	return adit_udp_open(r->an, r->id, &config, r->extack);
}

static int read_tcp_ends(const struct request *r,
			 struct adit_tcp_config *config)
{
	const struct nlattr *local = r->attrs[ADIT_A_SOCKET_LOCAL];
	const struct nlattr *remote = r->attrs[ADIT_A_SOCKET_REMOTE];
	u16 family;
	int err;

	err = adit_nl_need(r->attrs,
			   config->listen ? ADIT_A_SOCKET_LOCAL :
					    ADIT_A_SOCKET_REMOTE,
			   config->listen ? "local" : "remote", r->extack);
	if (!err && local)
		err = adit_attr_addr(local, "local", &config->family,
				     &config->local, r->extack);
	if (err || !remote)
		return err;
	if (config->listen) {
		NL_SET_ERR_MSG_ATTR(r->extack, remote,
				    "remote: does not go with listen, it is whoever connects");
		return -EINVAL;
	}
	err = adit_attr_addr(remote, "remote", &family, &config->remote,
			     r->extack);
	if (err)
		return err;
	if (local && family != config->family) {
		NL_SET_ERR_MSG_ATTR(r->extack, remote,
				    "local and remote: must both be IPv4 or both be IPv6");
		return -EINVAL;
	}
	config->family = family;
	if (!adit_addr_is_any(family, &config->remote))
		return 0;
	NL_SET_ERR_MSG_ATTR(r->extack, remote,
			    "remote: is the address to connect to, not all zero");
	return -EINVAL;
}

static struct adit_sock *open_tcp(const struct request *r)
{
	const struct nlattr *port = r->attrs[ADIT_A_SOCKET_LOCAL_PORT];
	const struct nlattr *to = r->attrs[ADIT_A_SOCKET_REMOTE_PORT];
	const struct nlattr *marker = r->attrs[ADIT_A_SOCKET_MARKER];
	struct adit_tcp_config config = {
		.listen = adit_attr_bool(r->attrs[ADIT_A_SOCKET_LISTEN]),
	};
	int err;

	err = read_tcp_ends(r, &config);
	if (err)
		return ERR_PTR(err);
	if (marker && !nla_get_u8(marker)) {
		NL_SET_ERR_MSG_ATTR(r->extack, marker,
				    "marker: IKE in TCP always has one (RFC 9329, 3)");
		return ERR_PTR(-EINVAL);
	}
	if (config.listen && to) {
		NL_SET_ERR_MSG_ATTR(r->extack, to,
				    "remote-port: does not go with listen, it is that of whoever connects");
		return ERR_PTR(-EINVAL);
	}
	if (to && !nla_get_be16(to)) {
		NL_SET_ERR_MSG_ATTR_FMT(r->extack, to,
					"remote-port: 0 is no port; %u is usual",
					ADIT_DEFAULT_PORT);
		return ERR_PTR(-EINVAL);
	}
	if (port)
		config.local_port = nla_get_be16(port);
	else if (config.listen)
		config.local_port = htons(ADIT_DEFAULT_PORT);
	if (!config.listen)
		config.remote_port = to ? nla_get_be16(to) :
					  htons(ADIT_DEFAULT_PORT);
	return adit_tcp_open(r->an, r->id, &config, r->extack);
}

static struct adit_sock *add_socket(const struct request *r)
{
	const struct nlattr *encap = r->attrs[ADIT_A_SOCKET_ENCAP];
	int err;

	if (r->attrs[ADIT_A_SOCKET_FD])
		return adopt(r);
	err = adit_nl_need(r->attrs, ADIT_A_SOCKET_ENCAP, "encap", r->extack);
	if (err)
		return ERR_PTR(err);
	switch (nla_get_u8(encap)) {
	case ADIT_ENCAP_UDP:
		return open_udp(r);
	case ADIT_ENCAP_TCP:
		return open_tcp(r);
	}
	NL_SET_ERR_MSG_ATTR(r->extack, encap,
			    "encap: a socket is for udp or tcp");
	return ERR_PTR(-EOPNOTSUPP);
}

int adit_nl_socket_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *id = info->attrs[ADIT_A_SOCKET_ID];
	struct request r = {
		.an = adit_net(genl_info_net(info)),
		.attrs = info->attrs,
		.extack = info->extack,
	};
	struct adit_sock *sock;
	struct sk_buff *reply;
	void *header;
	int err;

	err = adit_nl_check_id(id, info->extack);
	if (err)
		return err;
	if (id) {
		if (!nla_get_u32(id)) {
			NL_SET_ERR_MSG_ATTR(info->extack, id,
					    "id: 0 stands for no socket");
			return -ERANGE;
		}
		r.number = nla_get_u32(id);
		r.id = &r.number;
	}
	reply = adit_nl_reply_begin(info, &header);
	if (!reply)
		return -ENOMEM;
	mutex_lock(&r.an->lock);
	sock = add_socket(&r);
	err = PTR_ERR_OR_ZERO(sock);
	/* A new reply has the room. */
	if (!err)
		WARN_ON_ONCE(nla_put_u32(reply, ADIT_A_SOCKET_ID, sock->id) ||
			     nla_put_be16(reply, ADIT_A_SOCKET_LOCAL_PORT,
					  sock->local_port));
	mutex_unlock(&r.an->lock);
	return adit_nl_reply_end(info, reply, header, err);
}

/* The lock is held. */
static struct adit_sock *named_socket(struct adit_net *an,
				      struct genl_info *info)
{
	const struct nlattr *id = info->attrs[ADIT_A_SOCKET_ID];
	struct adit_sock *sock;
	int err;

	err = adit_nl_need(info->attrs, ADIT_A_SOCKET_ID, "id", info->extack);
	if (err)
		return ERR_PTR(err);
	sock = xa_load(&an->sockets, nla_get_u32(id));
	if (sock)
		return sock;
	NL_SET_ERR_MSG_ATTR_FMT(info->extack, id,
				"id: there is no socket %u here",
				nla_get_u32(id));
	return ERR_PTR(-ENOENT);
}

int adit_nl_socket_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct adit_net *an = adit_net(genl_info_net(info));
	struct adit_sock *sock;
	int err;

	mutex_lock(&an->lock);
	sock = named_socket(an, info);
	err = PTR_ERR_OR_ZERO(sock);
	if (!err)
		adit_sock_remove(sock);
	mutex_unlock(&an->lock);
	return err;
}

int adit_nl_socket_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct adit_net *an = adit_net(genl_info_net(info));
	struct adit_sock *sock;
	struct sk_buff *reply;
	void *header;
	int err;

	reply = adit_nl_reply_begin(info, &header);
	if (!reply)
		return -ENOMEM;
	mutex_lock(&an->lock);
	sock = named_socket(an, info);
	err = IS_ERR(sock) ? PTR_ERR(sock) : adit_nl_fill_socket(reply, sock);
	mutex_unlock(&an->lock);
	return adit_nl_reply_end(info, reply, header, err);
}

int adit_nl_socket_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct adit_net *an = adit_net(sock_net(skb->sk));
	struct adit_sock *sock;
	unsigned long id;
	void *header;

	mutex_lock(&an->lock);
	xa_for_each_start(&an->sockets, id, sock, cb->args[0]) {
		header = adit_nl_dump_put(skb, cb, ADIT_CMD_SOCKET_GET);
		if (!header)
			break;
		if (adit_nl_fill_socket(skb, sock)) {
			genlmsg_cancel(skb, header);
			break;
		}
		genlmsg_end(skb, header);
		cb->args[0] = id + 1;
	}
	mutex_unlock(&an->lock);
	return skb->len;
}
