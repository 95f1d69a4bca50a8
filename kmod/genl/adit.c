// SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause)
/* Do not edit directly, auto-generated from: */
/*	include/spec/adit.yaml */
/* YNL-GEN kernel source */
/* To regenerate run: make gen */

#include <net/netlink.h>
#include <net/genetlink.h>

#include "adit.h"

#include <uapi/linux/adit.h>

/* Sparse enums validation callbacks */
static int
adit_a_alg_transform_validate(const struct nlattr *attr,
			      struct netlink_ext_ack *extack)
{
	switch (nla_get_u8(attr)) {
	case ADIT_TRANSFORM_ENCR:
		fallthrough;
	case ADIT_TRANSFORM_INTEG:
		fallthrough;
	case ADIT_TRANSFORM_ESN:
		return 0;
	}
	NL_SET_ERR_MSG_ATTR(extack, attr, "invalid enum value");
	return -EINVAL;
}

/* Common nested types */
const struct nla_policy adit_limits_nl_policy[ADIT_A_LIMITS_HARD_PACKETS + 1] = {
	[ADIT_A_LIMITS_SOFT_SECONDS] = { .type = NLA_U64, },
	[ADIT_A_LIMITS_SOFT_BYTES] = { .type = NLA_U64, },
	[ADIT_A_LIMITS_SOFT_PACKETS] = { .type = NLA_U64, },
	[ADIT_A_LIMITS_HARD_SECONDS] = { .type = NLA_U64, },
	[ADIT_A_LIMITS_HARD_BYTES] = { .type = NLA_U64, },
	[ADIT_A_LIMITS_HARD_PACKETS] = { .type = NLA_U64, },
};

const struct nla_policy adit_selector_nl_policy[ADIT_A_SELECTOR_PORT_END + 1] = {
	[ADIT_A_SELECTOR_START] = { .type = NLA_BINARY, },
	[ADIT_A_SELECTOR_END] = { .type = NLA_BINARY, },
	[ADIT_A_SELECTOR_PROTO] = { .type = NLA_U8, },
	[ADIT_A_SELECTOR_PORT_START] = { .type = NLA_U16, },
	[ADIT_A_SELECTOR_PORT_END] = { .type = NLA_U16, },
};

/* ADIT_CMD_NET_GET - do */
const struct nla_policy adit_net_get_nl_policy[ADIT_A_NET_IFINDEX + 1] = {
	[ADIT_A_NET_IFINDEX] = { .type = NLA_U32, },
};

/* ADIT_CMD_ALG_GET - do */
const struct nla_policy adit_alg_get_nl_policy[ADIT_A_ALG_ID + 1] = {
	[ADIT_A_ALG_TRANSFORM] = NLA_POLICY_VALIDATE_FN(NLA_U8, &adit_a_alg_transform_validate),
	[ADIT_A_ALG_ID] = { .type = NLA_U16, },
};

/* ADIT_CMD_DEV_GET - do */
const struct nla_policy adit_dev_get_nl_policy[ADIT_A_DEV_IFINDEX + 1] = {
	[ADIT_A_DEV_IFINDEX] = { .type = NLA_U32, },
};

/* ADIT_CMD_PEER_NEW - do */
const struct nla_policy adit_peer_new_nl_policy[ADIT_A_PEER_ROAM + 1] = {
	[ADIT_A_PEER_IFINDEX] = { .type = NLA_U32, },
	[ADIT_A_PEER_ID] = { .type = NLA_U32, },
	[ADIT_A_PEER_LOCAL] = { .type = NLA_BINARY, },
	[ADIT_A_PEER_REMOTE] = { .type = NLA_BINARY, },
	[ADIT_A_PEER_ENCAP] = NLA_POLICY_MAX(NLA_U8, 2),
	[ADIT_A_PEER_LOCAL_PORT] = { .type = NLA_BE16, },
	[ADIT_A_PEER_REMOTE_PORT] = { .type = NLA_BE16, },
	[ADIT_A_PEER_SOCKET] = { .type = NLA_U32, },
	[ADIT_A_PEER_KEEPALIVE] = NLA_POLICY_MAX(NLA_U32, ADIT_MAX_KEEPALIVE),
	[ADIT_A_PEER_ROAM] = NLA_POLICY_MAX(NLA_U8, 1),
};

/* ADIT_CMD_PEER_SET - do */
const struct nla_policy adit_peer_set_nl_policy[ADIT_A_PEER_ROAM + 1] = {
	[ADIT_A_PEER_IFINDEX] = { .type = NLA_U32, },
	[ADIT_A_PEER_ID] = { .type = NLA_U32, },
	[ADIT_A_PEER_LOCAL] = { .type = NLA_BINARY, },
	[ADIT_A_PEER_REMOTE] = { .type = NLA_BINARY, },
	[ADIT_A_PEER_ENCAP] = NLA_POLICY_MAX(NLA_U8, 2),
	[ADIT_A_PEER_LOCAL_PORT] = { .type = NLA_BE16, },
	[ADIT_A_PEER_REMOTE_PORT] = { .type = NLA_BE16, },
	[ADIT_A_PEER_SOCKET] = { .type = NLA_U32, },
	[ADIT_A_PEER_KEEPALIVE] = NLA_POLICY_MAX(NLA_U32, ADIT_MAX_KEEPALIVE),
	[ADIT_A_PEER_ROAM] = NLA_POLICY_MAX(NLA_U8, 1),
};

/* ADIT_CMD_PEER_DEL - do */
const struct nla_policy adit_peer_del_nl_policy[ADIT_A_PEER_ID + 1] = {
	[ADIT_A_PEER_IFINDEX] = { .type = NLA_U32, },
	[ADIT_A_PEER_ID] = { .type = NLA_U32, },
};

/* ADIT_CMD_PEER_GET - do */
const struct nla_policy adit_peer_get_nl_policy[ADIT_A_PEER_ID + 1] = {
	[ADIT_A_PEER_IFINDEX] = { .type = NLA_U32, },
	[ADIT_A_PEER_ID] = { .type = NLA_U32, },
};

/* ADIT_CMD_CHILD_NEW - do */
const struct nla_policy adit_child_new_nl_policy[ADIT_A_CHILD_ICMP_ERRORS + 1] = {
	[ADIT_A_CHILD_IFINDEX] = { .type = NLA_U32, },
	[ADIT_A_CHILD_ID] = { .type = NLA_U32, },
	[ADIT_A_CHILD_PEER] = { .type = NLA_U32, },
	[ADIT_A_CHILD_MODE] = NLA_POLICY_RANGE(NLA_U8, 1, 2),
	[ADIT_A_CHILD_LOCAL_TS] = NLA_POLICY_NESTED(adit_selector_nl_policy),
	[ADIT_A_CHILD_REMOTE_TS] = NLA_POLICY_NESTED(adit_selector_nl_policy),
	[ADIT_A_CHILD_PRIORITY] = { .type = NLA_U32, },
	[ADIT_A_CHILD_HOLD_SECONDS] = { .type = NLA_U32, },
	[ADIT_A_CHILD_PROTOCOLS] = NLA_POLICY_RANGE(NLA_U8, 1, 3),
	[ADIT_A_CHILD_ICMP_ERRORS] = NLA_POLICY_MAX(NLA_U8, 1),
};

/* ADIT_CMD_CHILD_SET - do */
const struct nla_policy adit_child_set_nl_policy[ADIT_A_CHILD_ICMP_ERRORS + 1] = {
	[ADIT_A_CHILD_IFINDEX] = { .type = NLA_U32, },
	[ADIT_A_CHILD_ID] = { .type = NLA_U32, },
	[ADIT_A_CHILD_LOCAL_TS] = NLA_POLICY_NESTED(adit_selector_nl_policy),
	[ADIT_A_CHILD_REMOTE_TS] = NLA_POLICY_NESTED(adit_selector_nl_policy),
	[ADIT_A_CHILD_PRIORITY] = { .type = NLA_U32, },
	[ADIT_A_CHILD_HOLD_SECONDS] = { .type = NLA_U32, },
	[ADIT_A_CHILD_ICMP_ERRORS] = NLA_POLICY_MAX(NLA_U8, 1),
};

/* ADIT_CMD_CHILD_DEL - do */
const struct nla_policy adit_child_del_nl_policy[ADIT_A_CHILD_ID + 1] = {
	[ADIT_A_CHILD_IFINDEX] = { .type = NLA_U32, },
	[ADIT_A_CHILD_ID] = { .type = NLA_U32, },
};

/* ADIT_CMD_CHILD_GET - do */
const struct nla_policy adit_child_get_nl_policy[ADIT_A_CHILD_ID + 1] = {
	[ADIT_A_CHILD_IFINDEX] = { .type = NLA_U32, },
	[ADIT_A_CHILD_ID] = { .type = NLA_U32, },
};

/* ADIT_CMD_SPI_ALLOC - do */
const struct nla_policy adit_spi_alloc_nl_policy[ADIT_A_SA_LARVAL_SECONDS + 1] = {
	[ADIT_A_SA_IFINDEX] = { .type = NLA_U32, },
	[ADIT_A_SA_CHILD] = { .type = NLA_U32, },
	[ADIT_A_SA_PROTO] = { .type = NLA_U8, },
	[ADIT_A_SA_SPI_MIN] = { .type = NLA_U32, },
	[ADIT_A_SA_SPI_MAX] = { .type = NLA_U32, },
	[ADIT_A_SA_LARVAL_SECONDS] = { .type = NLA_U32, },
};

/* ADIT_CMD_SA_NEW - do */
const struct nla_policy adit_sa_new_nl_policy[ADIT_A_SA_NAT_OA_REMOTE + 1] = {
	[ADIT_A_SA_IFINDEX] = { .type = NLA_U32, },
	[ADIT_A_SA_CHILD] = { .type = NLA_U32, },
	[ADIT_A_SA_DIR] = NLA_POLICY_RANGE(NLA_U8, 1, 2),
	[ADIT_A_SA_PROTO] = { .type = NLA_U8, },
	[ADIT_A_SA_SPI] = { .type = NLA_BE32, },
	[ADIT_A_SA_ENCR] = { .type = NLA_U16, },
	[ADIT_A_SA_ENCR_KEY] = { .type = NLA_BINARY, },
	[ADIT_A_SA_INTEG] = { .type = NLA_U16, },
	[ADIT_A_SA_INTEG_KEY] = { .type = NLA_BINARY, },
	[ADIT_A_SA_ESN] = NLA_POLICY_MAX(NLA_U8, 1),
	[ADIT_A_SA_REPLAY_WINDOW] = { .type = NLA_U32, },
	[ADIT_A_SA_ACTIVE] = NLA_POLICY_MAX(NLA_U8, 1),
	[ADIT_A_SA_LIMITS] = NLA_POLICY_NESTED(adit_limits_nl_policy),
	[ADIT_A_SA_LEGACY] = NLA_POLICY_MAX(NLA_U8, 1),
	[ADIT_A_SA_SEQUENCE] = { .type = NLA_U64, },
	[ADIT_A_SA_REPLAY_SEEN] = NLA_POLICY_MAX_LEN(8192),
	[ADIT_A_SA_AH_SPI] = { .type = NLA_BE32, },
	[ADIT_A_SA_IPCOMP] = { .type = NLA_U8, },
	[ADIT_A_SA_CPI] = { .type = NLA_U16, },
	[ADIT_A_SA_TFC_PADDING] = { .type = NLA_U32, },
	[ADIT_A_SA_NAT_OA_LOCAL] = { .type = NLA_BINARY, },
	[ADIT_A_SA_NAT_OA_REMOTE] = { .type = NLA_BINARY, },
};

/* ADIT_CMD_SA_SET - do */
const struct nla_policy adit_sa_set_nl_policy[ADIT_A_SA_TFC_PADDING + 1] = {
	[ADIT_A_SA_IFINDEX] = { .type = NLA_U32, },
	[ADIT_A_SA_CHILD] = { .type = NLA_U32, },
	[ADIT_A_SA_DIR] = NLA_POLICY_RANGE(NLA_U8, 1, 2),
	[ADIT_A_SA_PROTO] = { .type = NLA_U8, },
	[ADIT_A_SA_SPI] = { .type = NLA_BE32, },
	[ADIT_A_SA_LIMITS] = NLA_POLICY_NESTED(adit_limits_nl_policy),
	[ADIT_A_SA_SEQUENCE] = { .type = NLA_U64, },
	[ADIT_A_SA_REPLAY_SEEN] = NLA_POLICY_MAX_LEN(8192),
	[ADIT_A_SA_TFC_PADDING] = { .type = NLA_U32, },
};

/* ADIT_CMD_SA_ACTIVATE - do */
const struct nla_policy adit_sa_activate_nl_policy[ADIT_A_SA_SPI + 1] = {
	[ADIT_A_SA_IFINDEX] = { .type = NLA_U32, },
	[ADIT_A_SA_CHILD] = { .type = NLA_U32, },
	[ADIT_A_SA_PROTO] = { .type = NLA_U8, },
	[ADIT_A_SA_SPI] = { .type = NLA_BE32, },
};

/* ADIT_CMD_SA_DEL - do */
const struct nla_policy adit_sa_del_nl_policy[ADIT_A_SA_SPI + 1] = {
	[ADIT_A_SA_IFINDEX] = { .type = NLA_U32, },
	[ADIT_A_SA_CHILD] = { .type = NLA_U32, },
	[ADIT_A_SA_DIR] = NLA_POLICY_RANGE(NLA_U8, 1, 2),
	[ADIT_A_SA_PROTO] = { .type = NLA_U8, },
	[ADIT_A_SA_SPI] = { .type = NLA_BE32, },
};

/* ADIT_CMD_SA_GET - do */
const struct nla_policy adit_sa_get_nl_policy[ADIT_A_SA_SPI + 1] = {
	[ADIT_A_SA_IFINDEX] = { .type = NLA_U32, },
	[ADIT_A_SA_CHILD] = { .type = NLA_U32, },
	[ADIT_A_SA_DIR] = NLA_POLICY_RANGE(NLA_U8, 1, 2),
	[ADIT_A_SA_PROTO] = { .type = NLA_U8, },
	[ADIT_A_SA_SPI] = { .type = NLA_BE32, },
};

/* ADIT_CMD_DUMMY_SEND - do */
const struct nla_policy adit_dummy_send_nl_policy[ADIT_A_CHILD_DUMMY_LENGTH + 1] = {
	[ADIT_A_CHILD_IFINDEX] = { .type = NLA_U32, },
	[ADIT_A_CHILD_ID] = { .type = NLA_U32, },
	[ADIT_A_CHILD_DUMMY_LENGTH] = { .type = NLA_U32, },
};

/* ADIT_CMD_SOCKET_NEW - do */
const struct nla_policy adit_socket_new_nl_policy[ADIT_A_SOCKET_MARKER + 1] = {
	[ADIT_A_SOCKET_ID] = { .type = NLA_U32, },
	[ADIT_A_SOCKET_ENCAP] = NLA_POLICY_MAX(NLA_U8, 2),
	[ADIT_A_SOCKET_FD] = { .type = NLA_U32, },
	[ADIT_A_SOCKET_LOCAL] = { .type = NLA_BINARY, },
	[ADIT_A_SOCKET_LOCAL_PORT] = { .type = NLA_BE16, },
	[ADIT_A_SOCKET_REMOTE] = { .type = NLA_BINARY, },
	[ADIT_A_SOCKET_REMOTE_PORT] = { .type = NLA_BE16, },
	[ADIT_A_SOCKET_LISTEN] = NLA_POLICY_MAX(NLA_U8, 1),
	[ADIT_A_SOCKET_MARKER] = NLA_POLICY_MAX(NLA_U8, 1),
};

/* ADIT_CMD_SOCKET_DEL - do */
const struct nla_policy adit_socket_del_nl_policy[ADIT_A_SOCKET_ID + 1] = {
	[ADIT_A_SOCKET_ID] = { .type = NLA_U32, },
};

/* ADIT_CMD_SOCKET_GET - do */
const struct nla_policy adit_socket_get_nl_policy[ADIT_A_SOCKET_ID + 1] = {
	[ADIT_A_SOCKET_ID] = { .type = NLA_U32, },
};

/* Ops table for adit */
const struct genl_ops adit_nl_ops[21] = {
	{
		.cmd		= ADIT_CMD_NET_GET,
		.doit		= adit_nl_net_get_doit,
		.policy		= adit_net_get_nl_policy,
		.maxattr	= ADIT_A_NET_IFINDEX,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= ADIT_CMD_ALG_GET,
		.doit		= adit_nl_alg_get_doit,
		.dumpit		= adit_nl_alg_get_dumpit,
		.policy		= adit_alg_get_nl_policy,
		.maxattr	= ADIT_A_ALG_ID,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= ADIT_CMD_DEV_GET,
		.doit		= adit_nl_dev_get_doit,
		.dumpit		= adit_nl_dev_get_dumpit,
		.policy		= adit_dev_get_nl_policy,
		.maxattr	= ADIT_A_DEV_IFINDEX,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= ADIT_CMD_PEER_NEW,
		.doit		= adit_nl_peer_new_doit,
		.policy		= adit_peer_new_nl_policy,
		.maxattr	= ADIT_A_PEER_ROAM,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= ADIT_CMD_PEER_SET,
		.doit		= adit_nl_peer_set_doit,
		.policy		= adit_peer_set_nl_policy,
		.maxattr	= ADIT_A_PEER_ROAM,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= ADIT_CMD_PEER_DEL,
		.doit		= adit_nl_peer_del_doit,
		.policy		= adit_peer_del_nl_policy,
		.maxattr	= ADIT_A_PEER_ID,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= ADIT_CMD_PEER_GET,
		.doit		= adit_nl_peer_get_doit,
		.dumpit		= adit_nl_peer_get_dumpit,
		.policy		= adit_peer_get_nl_policy,
		.maxattr	= ADIT_A_PEER_ID,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= ADIT_CMD_CHILD_NEW,
		.doit		= adit_nl_child_new_doit,
		.policy		= adit_child_new_nl_policy,
		.maxattr	= ADIT_A_CHILD_ICMP_ERRORS,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= ADIT_CMD_CHILD_SET,
		.doit		= adit_nl_child_set_doit,
		.policy		= adit_child_set_nl_policy,
		.maxattr	= ADIT_A_CHILD_ICMP_ERRORS,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= ADIT_CMD_CHILD_DEL,
		.doit		= adit_nl_child_del_doit,
		.policy		= adit_child_del_nl_policy,
		.maxattr	= ADIT_A_CHILD_ID,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= ADIT_CMD_CHILD_GET,
		.doit		= adit_nl_child_get_doit,
		.dumpit		= adit_nl_child_get_dumpit,
		.policy		= adit_child_get_nl_policy,
		.maxattr	= ADIT_A_CHILD_ID,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= ADIT_CMD_SPI_ALLOC,
		.doit		= adit_nl_spi_alloc_doit,
		.policy		= adit_spi_alloc_nl_policy,
		.maxattr	= ADIT_A_SA_LARVAL_SECONDS,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= ADIT_CMD_SA_NEW,
		.doit		= adit_nl_sa_new_doit,
		.policy		= adit_sa_new_nl_policy,
		.maxattr	= ADIT_A_SA_NAT_OA_REMOTE,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= ADIT_CMD_SA_SET,
		.doit		= adit_nl_sa_set_doit,
		.policy		= adit_sa_set_nl_policy,
		.maxattr	= ADIT_A_SA_TFC_PADDING,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= ADIT_CMD_SA_ACTIVATE,
		.doit		= adit_nl_sa_activate_doit,
		.policy		= adit_sa_activate_nl_policy,
		.maxattr	= ADIT_A_SA_SPI,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= ADIT_CMD_SA_DEL,
		.doit		= adit_nl_sa_del_doit,
		.policy		= adit_sa_del_nl_policy,
		.maxattr	= ADIT_A_SA_SPI,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= ADIT_CMD_SA_GET,
		.doit		= adit_nl_sa_get_doit,
		.dumpit		= adit_nl_sa_get_dumpit,
		.policy		= adit_sa_get_nl_policy,
		.maxattr	= ADIT_A_SA_SPI,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= ADIT_CMD_DUMMY_SEND,
		.doit		= adit_nl_dummy_send_doit,
		.policy		= adit_dummy_send_nl_policy,
		.maxattr	= ADIT_A_CHILD_DUMMY_LENGTH,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= ADIT_CMD_SOCKET_NEW,
		.doit		= adit_nl_socket_new_doit,
		.policy		= adit_socket_new_nl_policy,
		.maxattr	= ADIT_A_SOCKET_MARKER,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= ADIT_CMD_SOCKET_DEL,
		.doit		= adit_nl_socket_del_doit,
		.policy		= adit_socket_del_nl_policy,
		.maxattr	= ADIT_A_SOCKET_ID,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= ADIT_CMD_SOCKET_GET,
		.doit		= adit_nl_socket_get_doit,
		.dumpit		= adit_nl_socket_get_dumpit,
		.policy		= adit_socket_get_nl_policy,
		.maxattr	= ADIT_A_SOCKET_ID,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
};

static const struct genl_multicast_group adit_nl_mcgrps[] = {
	[ADIT_NLGRP_CONFIG] = { "config", },
	[ADIT_NLGRP_ACQUIRE] = { "acquire", },
	[ADIT_NLGRP_EXPIRE] = { "expire", },
	[ADIT_NLGRP_UNKNOWN_SPI] = { "unknown-spi", },
};
