/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	include/spec/adit.yaml */
/* YNL-GEN kernel header */
/* To regenerate run: make gen */

#ifndef _LINUX_ADIT_GEN_H
#define _LINUX_ADIT_GEN_H

#include <net/netlink.h>
#include <net/genetlink.h>

#include <uapi/linux/adit.h>

/* Common nested types */
extern const struct nla_policy adit_limits_nl_policy[ADIT_A_LIMITS_HARD_PACKETS + 1];
extern const struct nla_policy adit_selector_nl_policy[ADIT_A_SELECTOR_PORT_END + 1];

extern const struct nla_policy adit_net_get_nl_policy[ADIT_A_NET_IFINDEX + 1];

extern const struct nla_policy adit_alg_get_nl_policy[ADIT_A_ALG_ID + 1];

extern const struct nla_policy adit_dev_get_nl_policy[ADIT_A_DEV_IFINDEX + 1];

extern const struct nla_policy adit_peer_new_nl_policy[ADIT_A_PEER_ROAM + 1];

extern const struct nla_policy adit_peer_set_nl_policy[ADIT_A_PEER_ROAM + 1];

extern const struct nla_policy adit_peer_del_nl_policy[ADIT_A_PEER_ID + 1];

extern const struct nla_policy adit_peer_get_nl_policy[ADIT_A_PEER_ID + 1];

extern const struct nla_policy adit_child_new_nl_policy[ADIT_A_CHILD_ICMP_ERRORS + 1];

extern const struct nla_policy adit_child_set_nl_policy[ADIT_A_CHILD_ICMP_ERRORS + 1];

extern const struct nla_policy adit_child_del_nl_policy[ADIT_A_CHILD_ID + 1];

extern const struct nla_policy adit_child_get_nl_policy[ADIT_A_CHILD_ID + 1];

extern const struct nla_policy adit_spi_alloc_nl_policy[ADIT_A_SA_LARVAL_SECONDS + 1];

extern const struct nla_policy adit_sa_new_nl_policy[ADIT_A_SA_NAT_OA_REMOTE + 1];

extern const struct nla_policy adit_sa_set_nl_policy[ADIT_A_SA_TFC_PADDING + 1];

extern const struct nla_policy adit_sa_activate_nl_policy[ADIT_A_SA_SPI + 1];

extern const struct nla_policy adit_sa_del_nl_policy[ADIT_A_SA_SPI + 1];

extern const struct nla_policy adit_sa_get_nl_policy[ADIT_A_SA_SPI + 1];

extern const struct nla_policy adit_dummy_send_nl_policy[ADIT_A_CHILD_DUMMY_LENGTH + 1];

extern const struct nla_policy adit_socket_new_nl_policy[ADIT_A_SOCKET_MARKER + 1];

extern const struct nla_policy adit_socket_del_nl_policy[ADIT_A_SOCKET_ID + 1];

extern const struct nla_policy adit_socket_get_nl_policy[ADIT_A_SOCKET_ID + 1];

/* Ops table for adit */
extern const struct genl_ops adit_nl_ops[21];

int adit_nl_net_get_doit(struct sk_buff *skb, struct genl_info *info);
int adit_nl_alg_get_doit(struct sk_buff *skb, struct genl_info *info);
int adit_nl_alg_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int adit_nl_dev_get_doit(struct sk_buff *skb, struct genl_info *info);
int adit_nl_dev_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int adit_nl_peer_new_doit(struct sk_buff *skb, struct genl_info *info);
int adit_nl_peer_set_doit(struct sk_buff *skb, struct genl_info *info);
int adit_nl_peer_del_doit(struct sk_buff *skb, struct genl_info *info);
int adit_nl_peer_get_doit(struct sk_buff *skb, struct genl_info *info);
int adit_nl_peer_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int adit_nl_child_new_doit(struct sk_buff *skb, struct genl_info *info);
int adit_nl_child_set_doit(struct sk_buff *skb, struct genl_info *info);
int adit_nl_child_del_doit(struct sk_buff *skb, struct genl_info *info);
int adit_nl_child_get_doit(struct sk_buff *skb, struct genl_info *info);
int adit_nl_child_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int adit_nl_spi_alloc_doit(struct sk_buff *skb, struct genl_info *info);
int adit_nl_sa_new_doit(struct sk_buff *skb, struct genl_info *info);
int adit_nl_sa_set_doit(struct sk_buff *skb, struct genl_info *info);
int adit_nl_sa_activate_doit(struct sk_buff *skb, struct genl_info *info);
int adit_nl_sa_del_doit(struct sk_buff *skb, struct genl_info *info);
int adit_nl_sa_get_doit(struct sk_buff *skb, struct genl_info *info);
int adit_nl_sa_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int adit_nl_dummy_send_doit(struct sk_buff *skb, struct genl_info *info);
int adit_nl_socket_new_doit(struct sk_buff *skb, struct genl_info *info);
int adit_nl_socket_del_doit(struct sk_buff *skb, struct genl_info *info);
int adit_nl_socket_get_doit(struct sk_buff *skb, struct genl_info *info);
int adit_nl_socket_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);

enum {
	ADIT_NLGRP_CONFIG,
	ADIT_NLGRP_ACQUIRE,
	ADIT_NLGRP_EXPIRE,
	ADIT_NLGRP_UNKNOWN_SPI,
};

#endif /* _LINUX_ADIT_GEN_H */
