/* SPDX-License-Identifier: GPL-2.0-only */
/* The generic netlink family: what its handlers have in common. */
#ifndef ADIT_NL_H
#define ADIT_NL_H

#include <net/genetlink.h>

#include "child.h"
#include "dev.h"
#include "genl/adit.h"
#include "peer.h"
#include "sa.h"
#include "sock.h"

extern struct genl_family adit_nl_family;

struct adit_dev *adit_nl_enter(struct net *net, const struct nlattr *ifindex,
			       struct sk_buff *request,
			       struct netlink_ext_ack *extack);
void adit_nl_leave(struct adit_dev *adit);

struct adit_dev *adit_nl_dev(const struct genl_info *info);
void adit_nl_fit_mtu(struct genl_info *info, unsigned int mtu);

int adit_nl_need(struct nlattr *const *attrs, int type, const char *name,
		 struct netlink_ext_ack *extack);
int adit_nl_check_id(const struct nlattr *id, struct netlink_ext_ack *extack);
struct adit_peer *adit_nl_peer(struct adit_dev *adit, const struct nlattr *id,
			       const char *name,
			       struct netlink_ext_ack *extack);
struct adit_child *adit_nl_child(struct adit_dev *adit,
				 const struct nlattr *id, const char *name,
				 struct netlink_ext_ack *extack);

struct sk_buff *adit_nl_reply_begin_large(struct genl_info *info, size_t more,
					  void **header);
struct sk_buff *adit_nl_reply_begin(struct genl_info *info, void **header);
int adit_nl_reply_end(struct genl_info *info, struct sk_buff *reply,
		      void *header, int err);

struct adit_dev *adit_nl_dump_enter(struct sk_buff *skb,
				    struct netlink_callback *cb, int ifindex);
void *adit_nl_dump_put(struct sk_buff *skb, struct netlink_callback *cb,
		       u8 cmd);

/* nl_fill.c: one object into a message; 0 or -EMSGSIZE. */
int adit_nl_fill_stats(struct sk_buff *skb, int type,
		       const struct adit_stats_sum *sum);
int adit_nl_fill_dev(struct sk_buff *skb, struct adit_dev *adit);
int adit_nl_fill_peer(struct sk_buff *skb, struct adit_peer *peer);
int adit_nl_fill_socket(struct sk_buff *skb, const struct adit_sock *sock);
int adit_nl_fill_child(struct sk_buff *skb, struct adit_child *child);
int adit_nl_fill_sa(struct sk_buff *skb, struct adit_sa *sa, bool seen);

/* nl_keys.c: a message lives on in the sender's socket queue. */
int adit_nl_read_keys(struct genl_info *info, const struct adit_xform *xform,
		      struct adit_keys *keys);
int adit_nl_refuse_keys(struct genl_info *info, const struct adit_keys *keys,
			int err);
void adit_nl_wipe_keys(struct genl_info *info);

int adit_nl_module_init(void);
void adit_nl_module_exit(void);

#endif
