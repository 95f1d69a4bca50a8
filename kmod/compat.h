/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The newest kernel's interfaces on older kernels. All other files are written
 * for the newest one; nothing else here knows versions.
 */
#ifndef ADIT_COMPAT_H
#define ADIT_COMPAT_H

#include <linux/crypto.h>
#include <linux/netdevice.h>
#include <linux/netlink.h>
#include <linux/slab.h>
#include <linux/version.h>
#include <linux/workqueue.h>
#include <net/genetlink.h>
#include <net/netlink.h>
#include <net/sock.h>
/* It needs what is above, and does not say so. */
#include <linux/local_lock.h>

/* 6.2: formatted extack texts. Before, an extack only points to a text. */
#ifndef NL_SET_ERR_MSG_FMT
#define COMPAT_EXTACK_TEXTS
const char *compat_extack_text(const char *fmt, ...) __printf(1, 2);

#define NL_SET_ERR_MSG_FMT(extack, fmt, args...) do {			\
	struct netlink_ext_ack *__extack = (extack);			\
									\
	if (__extack)							\
		__extack->_msg = compat_extack_text(fmt, ##args);	\
} while (0)

#define NL_SET_ERR_MSG_ATTR_FMT(extack, attr, fmt, args...) do {	\
	struct netlink_ext_ack *__ext = (extack);			\
									\
	if (__ext) {							\
		__ext->_msg = compat_extack_text(fmt, ##args);		\
		__ext->bad_attr = (attr);				\
		__ext->policy = NULL;					\
	}								\
} while (0)
#endif

/* 6.2: hooks of a family get the operation split into do and dump. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 2, 0)
typedef struct genl_split_ops compat_genl_ops_t;
#else
typedef struct genl_ops compat_genl_ops_t;
#endif

/* 6.2: before, a socket that allocates atomically takes no memory of the task. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 2, 0)
#define compat_use_task_frag(sk) ((sk)->sk_use_task_frag)
#define compat_set_use_task_frag(sk, use) ((sk)->sk_use_task_frag = (use))
#else
static inline bool compat_use_task_frag(const struct sock *sk)
{
	return true;
}

static inline void compat_set_use_task_frag(struct sock *sk, bool use)
{
}
#endif

/* 6.3: a crypto callback gets its data, before it got the request. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 3, 0)
typedef void compat_crypto_data_t;
#define compat_crypto_data(data) (data)
#else
typedef struct crypto_async_request compat_crypto_data_t;
#define compat_crypto_data(request) ((request)->data)
#endif

/* 6.5 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 5, 0)
#include <net/gso.h>
#endif

/* 6.6: crypto_memneq() has moved. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 6, 0)
#include <crypto/utils.h>
#else
#include <crypto/algapi.h>
#define crypto_has_aead(name, type, mask) \
	crypto_has_alg(name, CRYPTO_ALG_TYPE_AEAD | (type), \
		       CRYPTO_ALG_TYPE_MASK | (mask))
#define genl_info_dump(cb) genl_dumpit_info(cb)
#endif

/* 6.8 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 8, 0)
#define ethtool_puts(data, str) ethtool_sprintf(data, "%s", str)
#endif

/* 6.11: before, bottom halves that are off keep a task on its CPU. */
#ifndef local_lock_nested_bh
#define local_lock_nested_bh(lock) ((void)(lock))
#define local_unlock_nested_bh(lock) ((void)(lock))
#endif

/* 6.12 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0)
#include <linux/unaligned.h>
#define compat_set_lltx(dev) ((dev)->lltx = true)
#else
#include <asm/unaligned.h>
#define compat_set_lltx(dev) ((dev)->features |= NETIF_F_LLTX)
#endif

/* 6.15: the parameters of newlink became a struct. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 15, 0)
#define compat_define_newlink(fn)
#define compat_newlink(fn) fn
#else
struct rtnl_newlink_params {
	struct net *src_net;
	struct nlattr **tb;
	struct nlattr **data;
};

#define rtnl_newlink_link_net(params) ((params)->src_net)

#define compat_define_newlink(fn)					\
static int fn ## _compat(struct net *src_net, struct net_device *dev,	\
			 struct nlattr *tb[], struct nlattr *data[],	\
			 struct netlink_ext_ack *extack)		\
{									\
	struct rtnl_newlink_params params = {				\
		.src_net = src_net,					\
		.tb = tb,						\
		.data = data,						\
	};								\
									\
	return fn(dev, &params, extack);				\
}
#define compat_newlink(fn) fn ## _compat
#endif

/* 6.16: GRO knows how many kinds of UDP tunnels there are. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 16, 0)
static inline void udp_tunnel_update_gro_rcv(struct sock *sk, bool add)
{
}
#endif

/* 6.6: tc has more than one way to a device. */
#if !IS_ENABLED(CONFIG_NET_XGRESS) && !IS_ENABLED(CONFIG_NET_CLS_ACT)
#define compat_has_ingress(dev) ((void)(dev), false)
#elif LINUX_VERSION_CODE >= KERNEL_VERSION(6, 6, 0)
#define compat_has_ingress(dev) (!!rcu_access_pointer((dev)->tcx_ingress))
#else
#define compat_has_ingress(dev) (!!rcu_access_pointer((dev)->miniq_ingress))
#endif

/* 6.14: taps of all devices are a namespace's; before, no module sees them. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 14, 0)
#define compat_has_taps(net) (!list_empty(&(net)->ptype_all))
#else
#define compat_has_taps(net) ((void)(net), false)
#endif

/* 6.19: an address without a length of its own. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 19, 0)
#define sockaddr_unsized sockaddr
#endif

/* 6.5: sendmsg() does what sendpage() did; without one the stack uses it, too. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 5, 0)
#define compat_no_sendpage(prot) ((void)(prot))
#else
#define compat_no_sendpage(prot) ((prot)->sendpage = NULL)
#endif

/* 7.1 or 7.2: the address is only in the message. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(7, 1, 0)
#define compat_define_recvmsg(fn)
#define compat_recvmsg_fn(fn) fn
#define compat_recvmsg(prot, sk, msg, len, flags) \
	((prot)->recvmsg(sk, msg, len, flags))
#else
#define compat_define_recvmsg(fn)					\
static int fn ## _compat(struct sock *sk, struct msghdr *msg, size_t len, \
			 int flags, int *addr_len)			\
{									\
	return fn(sk, msg, len, flags);					\
}
#define compat_recvmsg_fn(fn) fn ## _compat
#define compat_recvmsg(prot, sk, msg, len, flags) \
	((prot)->recvmsg(sk, msg, len, flags, &(int){ 0 }))
#endif

/* 6.13 or later */
#ifndef NLA_POLICY_MAX_LEN
#define NLA_POLICY_MAX_LEN(max_len) { .type = NLA_BINARY, .len = (max_len) }
#endif

/* 7.0: typed allocation. */
#ifndef kzalloc_obj
#define kzalloc_obj(obj, gfp) kzalloc(sizeof(obj), gfp)
#define kvzalloc_flex(obj, member, count, gfp) \
	kvzalloc(struct_size(&(obj), member, count), gfp)
#endif

#endif
