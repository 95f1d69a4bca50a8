// SPDX-License-Identifier: GPL-2.0-only
/* Attributes that rtnetlink and generic netlink have in common. */

#include <linux/inetdevice.h>
#include <net/ipv6.h>

#include "compat.h"
#include "attr.h"
#include "sock.h"
#include "tcp.h"
#include "udp.h"

/**
 * adit_attr_addr() - read an address
 * @attr: the attribute
 * @name: its name in the specification
 * @family: where its family goes
 * @addr: where it goes
 * @extack: where a refusal is explained
 *
 * Return: 0 or -EINVAL.
 */
int adit_attr_addr(const struct nlattr *attr, const char *name, u16 *family,
		   union adit_addr *addr, struct netlink_ext_ack *extack)
{
	memset(addr, 0, sizeof(*addr));
	switch (nla_len(attr)) {
	case sizeof(addr->v4):
		*family = AF_INET;
		break;
	case sizeof(addr->v6):
		*family = AF_INET6;
		break;
	default:
		NL_SET_ERR_MSG_ATTR_FMT(extack, attr,
					"%s: has %d octets, an address has 4 (IPv4) or 16 (IPv6)",
					name, nla_len(attr));
		return -EINVAL;
	}
	nla_memcpy(addr, attr, sizeof(*addr));
	return 0;
}

static bool is_unicast(u16 family, const union adit_addr *addr)
{
	if (family == AF_INET)
		return !ipv4_is_multicast(addr->v4) &&
		       !ipv4_is_lbcast(addr->v4);
	return !ipv6_addr_is_multicast(&addr->v6);
}

/**
 * adit_attr_unicast() - read an address that a host can have
 * @attr: the attribute
 * @name: its name in the specification
 * @family: where its family goes
 * @addr: where it goes
 * @extack: where a refusal is explained
 *
 * Return: 0 or -EINVAL.
 */
int adit_attr_unicast(const struct nlattr *attr, const char *name, u16 *family,
		      union adit_addr *addr, struct netlink_ext_ack *extack)
{
	int err = adit_attr_addr(attr, name, family, addr, extack);

	if (err)
		return err;
	if (!is_unicast(*family, addr)) {
		NL_SET_ERR_MSG_ATTR_FMT(extack, attr,
					"%s: must be a unicast address", name);
		return -EINVAL;
	}
	return 0;
}

static int read_addrs(const struct adit_end_attrs *attrs,
		      struct adit_endpoint *end, struct netlink_ext_ack *extack)
{
	u16 local_family = end->family, remote_family = end->family;
	int err = 0;

	if (attrs->local)
		err = adit_attr_unicast(attrs->local, "local", &local_family,
					&end->local, extack);
	if (!err && attrs->remote)
		err = adit_attr_unicast(attrs->remote, "remote",
					&remote_family, &end->remote, extack);
	if (err)
		return err;
	/* An end that is not known, or was not given, follows the other. */
	if (adit_addr_is_any(local_family, &end->local))
		local_family = remote_family ?: local_family;
	if (adit_addr_is_any(remote_family, &end->remote))
		remote_family = local_family ?: remote_family;
	if (local_family != remote_family) {
		NL_SET_ERR_MSG_ATTR(extack, attrs->remote ?: attrs->local,
				    "local and remote: must both be IPv4 or both be IPv6");
		return -EINVAL;
	}
	end->family = remote_family;
	return 0;
}

static int refuse_if(bool given, const struct nlattr *attr, const char *name,
		     const char *encap, struct netlink_ext_ack *extack)
{
	if (!given)
		return 0;
	NL_SET_ERR_MSG_ATTR_FMT(extack, attr, "%s: goes with encap %s only",
				name, encap);
	return -EINVAL;
}

/* What only goes with a socket. A port of 0 says "none". */
static int check_none(const struct adit_end_attrs *attrs,
		      struct netlink_ext_ack *extack)
{
	const struct nlattr *local = attrs->local_port;
	const struct nlattr *remote = attrs->remote_port;

	return refuse_if(local && nla_get_be16(local), local, "local-port",
			 "udp or tcp", extack) ?:
	       refuse_if(remote && nla_get_be16(remote), remote, "remote-port",
			 "udp or tcp", extack) ?:
	       refuse_if(attrs->socket, attrs->socket, "socket", "udp or tcp",
			 extack);
}

/* A time of 0 says "none". */
static int read_keepalive(const struct nlattr *attr, struct adit_endpoint *end,
			  struct netlink_ext_ack *extack)
{
	if (!attr)
		return 0;
	end->keepalive = nla_get_u32(attr);
	return refuse_if(end->keepalive && end->encap != ADIT_ENCAP_UDP, attr,
			 "keepalive", "udp", extack);
}

static int read_port(const struct nlattr *attr, const char *name, __be16 *port,
		     struct netlink_ext_ack *extack)
{
	if (!attr)
		return 0;
	if (!nla_get_be16(attr)) {
		NL_SET_ERR_MSG_ATTR_FMT(extack, attr,
					"%s: 0 is no port; %u is usual", name,
					ADIT_DEFAULT_PORT);
		return -EINVAL;
	}
	*port = nla_get_be16(attr);
	return 0;
}

/* Is it fit for the peer? Both of their addresses have been read. */
static int check_socket(const struct adit_end_attrs *attrs,
			const struct adit_sock *sock,
			const struct adit_endpoint *end,
			struct netlink_ext_ack *extack)
{
	const char *text = NULL;

	if (sock->ops->encap != end->encap)
		text = sock->ops->encap == ADIT_ENCAP_UDP ?
			       "is for encap udp" : "is for encap tcp";
	else if (sock->listen)
		text = "listens; the peer finds its connection by itself";
	else if (!sock->marker)
		text = "carries IKE without markers, and no ESP";
	else if (end->family && !adit_sock_carries(sock, end->family))
		text = sock->family == AF_INET ? "carries IPv4 only" :
						 "carries IPv6 only";
	if (text) {
		NL_SET_ERR_MSG_ATTR_FMT(extack, attrs->socket, "socket: %s",
					text);
		return -EINVAL;
	}
	if (attrs->local_port && end->local_port != sock->local_port) {
		NL_SET_ERR_MSG_ATTR_FMT(extack, attrs->local_port,
					"local-port: is %u, and the socket's is %u",
					ntohs(end->local_port),
					ntohs(sock->local_port));
		return -EINVAL;
	}
	return 0;
}

/* Does what is sent to the peer's local address come to it? */
static int check_bound(const struct nlattr *local, const struct adit_sock *sock,
		       const struct adit_endpoint *end,
		       struct netlink_ext_ack *extack)
{
	if (!local || sock->family != end->family ||
	    adit_addr_is_any(sock->family, &sock->local) ||
	    adit_addr_is_any(end->family, &end->local) ||
	    !adit_addr_cmp(end->family, &sock->local, &end->local))
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, local,
			    "local: is not what the socket is bound to");
	return -EINVAL;
}

static int named_socket(struct adit_net *an, const struct adit_end_attrs *attrs,
			struct adit_endpoint *end,
			struct netlink_ext_ack *extack)
{
	struct adit_sock *sock;
	int err;

	sock = xa_load(&an->sockets, nla_get_u32(attrs->socket));
	if (!sock) {
		NL_SET_ERR_MSG_ATTR_FMT(extack, attrs->socket,
					"socket: there is no socket %u here",
					nla_get_u32(attrs->socket));
		return -ENOENT;
	}
	err = check_socket(attrs, sock, end, extack) ?:
	      check_bound(attrs->local, sock, end, extack);
	if (!err)
		adit_sock_take(end, sock);
	return err;
}

static int any_udp_socket(struct adit_net *an, struct adit_endpoint *end,
			  struct netlink_ext_ack *extack)
{
	/* Bound to no address, as the next peer may have another one. */
	struct adit_udp_config config = {
		.family = end->family,
		.port = end->local_port,
		.marker = true,
		.automatic = true,
	};
	struct adit_sock *sock;

	if (!end->family) {
		NL_SET_ERR_MSG(extack,
			       "local: is missing, as are remote and socket; 0.0.0.0 or :: tell at least the family");
		return -EINVAL;
	}
	sock = adit_sock_find(an, ADIT_ENCAP_UDP, end->family, &end->local,
			      end->local_port) ?:
	       adit_udp_open(an, NULL, &config, extack);
	if (IS_ERR(sock))
		return PTR_ERR(sock);
	adit_sock_take(end, sock);
	return 0;
}

/* Who has no address to connect to is connected to: a verified packet tells. */
static int any_tcp_socket(struct adit_net *an,
			  const struct adit_end_attrs *attrs,
			  struct adit_endpoint *end,
			  struct netlink_ext_ack *extack)
{
	struct adit_tcp_config config = {
		.family = end->family,
		.automatic = true,
		.local = end->local,
		.remote = end->remote,
		.local_port = end->local_port,
		.remote_port = end->remote_port,
		.mark = attrs->mark,
		.oif = attrs->oif,
	};
	struct adit_sock *sock;

	end->sock = NULL;
	if (adit_addr_is_any(end->family, &end->remote) ||
	    (!attrs->remote && !attrs->remote_port && !attrs->encap))
		return 0;
	sock = adit_tcp_find(an, &config) ?:
	       adit_tcp_open(an, NULL, &config, extack);
	if (IS_ERR(sock))
		return PTR_ERR(sock);
	end->sock = sock;
	return 0;
}

static int any_socket(struct adit_net *an, const struct adit_end_attrs *attrs,
		      struct adit_endpoint *end, struct netlink_ext_ack *extack)
{
	if (end->encap == ADIT_ENCAP_UDP)
		return any_udp_socket(an, end, extack);
	return any_tcp_socket(an, attrs, end, extack);
}

/* Does the one that it has do what is asked for now? */
static bool keeps_socket(const struct adit_end_attrs *attrs,
			 const struct adit_endpoint *end)
{
	const struct adit_sock *sock = end->sock;

	if (!sock || attrs->local || attrs->local_port ||
	    !adit_sock_carries(sock, end->family))
		return false;
	return end->encap == ADIT_ENCAP_UDP ||
	       (sock->remote_port == end->remote_port &&
		!adit_addr_cmp(end->family, &sock->remote, &end->remote));
}

/* What another encapsulation has if nothing is said. */
static void set_defaults(struct adit_endpoint *end)
{
	bool none = end->encap == ADIT_ENCAP_NONE;

	end->sock = NULL;
	end->roam = !none;
	end->remote_port = none ? 0 : htons(ADIT_DEFAULT_PORT);
	/* TCP connects from any port. */
	end->local_port = end->encap == ADIT_ENCAP_UDP ? end->remote_port : 0;
	end->keepalive = end->encap == ADIT_ENCAP_UDP ? ADIT_DEFAULT_KEEPALIVE :
							0;
}

/**
 * adit_attr_end() - read how a peer is reached
 * @an: the namespace of its device
 * @attrs: the attributes that are there
 * @end: what they change, filled in before
 * @extack: where a refusal is explained
 *
 * A socket that fits is looked for, or opened, where none is named:
 * adit_peer_add() and adit_peer_set() take care of it.
 *
 * Context: may sleep; the namespace's lock is held.
 * Return: 0 or a negative error; with an error @end may be half changed.
 */
int adit_attr_end(struct adit_net *an, const struct adit_end_attrs *attrs,
		  struct adit_endpoint *end, struct netlink_ext_ack *extack)
{
	u8 encap = attrs->encap ? nla_get_u8(attrs->encap) : end->encap;
	int err;

	if (end->sock && end->sock->gone)
		end->sock = NULL;
	if (encap != end->encap) {
		end->encap = encap;
		set_defaults(end);
	}
	err = read_addrs(attrs, end, extack) ?:
	      read_keepalive(attrs->keepalive, end, extack);
	if (err)
		return err;
	if (attrs->roam)
		end->roam = nla_get_u8(attrs->roam);
	if (encap == ADIT_ENCAP_NONE)
		return check_none(attrs, extack);
	if (attrs->has_ah) {
		NL_SET_ERR_MSG_ATTR(extack, attrs->encap,
				    "encap: the peer has a child with AH, which covers addresses and goes through neither udp nor tcp (RFC 3948, 1)");
		return -EINVAL;
	}
	err = read_port(attrs->local_port, "local-port", &end->local_port,
			extack) ?:
	      read_port(attrs->remote_port, "remote-port", &end->remote_port,
			extack);
	if (err)
		return err;
	if (attrs->socket)
		return named_socket(an, attrs, end, extack);
	if (keeps_socket(attrs, end))
		return 0;
	return any_socket(an, attrs, end, extack);
}

/**
 * adit_attr_put_addr() - write an address
 * @skb: the message
 * @type: the attribute
 * @family: AF_INET or AF_INET6; with AF_UNSPEC nothing is written
 * @addr: the address
 *
 * Return: 0 or -EMSGSIZE.
 */
int adit_attr_put_addr(struct sk_buff *skb, int type, u16 family,
		       const union adit_addr *addr)
{
	switch (family) {
	case AF_INET:
		return nla_put_in_addr(skb, type, addr->v4);
	case AF_INET6:
		return nla_put_in6_addr(skb, type, &addr->v6);
	default:
		return 0;
	}
}
