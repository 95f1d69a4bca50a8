// SPDX-License-Identifier: GPL-2.0-only
/* Attributes that rtnetlink and generic netlink have in common. */

#include <linux/inetdevice.h>
#include <net/ipv6.h>

#include "compat.h"
#include "attr.h"

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

static int read_end(const struct nlattr *attr, const char *name, u16 *family,
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

static int check_encap(const struct adit_end_attrs *attrs,
		       struct netlink_ext_ack *extack)
{
	const struct nlattr *port = attrs->local_port ?: attrs->remote_port;

	if (attrs->encap && nla_get_u8(attrs->encap) != ADIT_ENCAP_NONE) {
		NL_SET_ERR_MSG_ATTR(extack, attrs->encap,
				    "encap: udp and tcp are not built in yet, none is");
		return -EOPNOTSUPP;
	}
	if (port && nla_get_be16(port)) {
		NL_SET_ERR_MSG_ATTR_FMT(extack, port,
					"%s: goes with encap udp or tcp only",
					attrs->local_port == port ?
					"local-port" : "remote-port");
		return -EINVAL;
	}
	return 0;
}

/**
 * adit_attr_end() - read an endpoint
 * @attrs: the attributes that are there
 * @end: what they change, filled in before
 * @extack: where a refusal is explained
 *
 * Return: 0 or a negative error; with an error @end may be half changed.
 */
int adit_attr_end(const struct adit_end_attrs *attrs,
		  struct adit_endpoint *end, struct netlink_ext_ack *extack)
{
	u16 local_family = end->family, remote_family = end->family;
	int err;

	err = check_encap(attrs, extack);
	if (!err && attrs->local)
		err = read_end(attrs->local, "local", &local_family,
			       &end->local, extack);
	if (!err && attrs->remote)
		err = read_end(attrs->remote, "remote", &remote_family,
			       &end->remote, extack);
	if (err)
		return err;
	/* An end that is not known, or was not given, follows the other. */
	if (adit_addr_is_any(local_family, &end->local))
		local_family = remote_family;
	if (adit_addr_is_any(remote_family, &end->remote))
		remote_family = local_family;
	if (local_family != remote_family) {
		NL_SET_ERR_MSG_ATTR(extack, attrs->remote ?: attrs->local,
				    "local and remote: must both be IPv4 or both be IPv6");
		return -EINVAL;
	}
	end->family = remote_family;
	return 0;
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
