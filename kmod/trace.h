/* SPDX-License-Identifier: GPL-2.0-only */
/* Tracepoints: events/adit/ in tracefs. */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM adit

#if !defined(ADIT_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define ADIT_TRACE_H

#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <linux/tracepoint.h>

#include "drop.h"

#define ADIT_TRACE_DROP_ROW(name, reason, core) { ADIT_DROP_##reason, #name },

#ifndef ADIT_TRACE_STATES
#define ADIT_TRACE_STATES \
	{ 0, "none" }, \
	{ ADIT_SA_STATE_LARVAL, "larval" }, \
	{ ADIT_SA_STATE_VALID, "valid" }, \
	{ ADIT_SA_STATE_DYING, "dying" }, \
	{ ADIT_SA_STATE_DEAD, "dead" }
#endif

TRACE_EVENT(adit_drop,
	TP_PROTO(const struct net_device *dev, const struct sk_buff *skb,
		 __be32 spi, u64 seq, int reason),
	TP_ARGS(dev, skb, spi, seq, reason),
	TP_STRUCT__entry(
		__field(int, ifindex)
		__field(const void *, skbaddr)
		__field(unsigned int, len)
		__field(u32, spi)
		__field(u64, seq)
		__field(int, reason)
	),
	TP_fast_assign(
		__entry->ifindex = dev->ifindex;
		__entry->skbaddr = skb;
		__entry->len = skb->len;
		__entry->spi = be32_to_cpu(spi);
		__entry->seq = seq;
		__entry->reason = reason;
	),
	TP_printk("ifindex=%d skbaddr=%p len=%u spi=0x%08x seq=%llu reason=%s",
		  __entry->ifindex, __entry->skbaddr, __entry->len,
		  __entry->spi, __entry->seq,
		  __print_symbolic(__entry->reason,
				   ADIT_DROPS(ADIT_TRACE_DROP_ROW)
				   { ADIT_DROP_COUNT, "" }))
);

TRACE_EVENT(adit_sa_state,
	TP_PROTO(u8 dir, __be32 spi, u8 from, u8 to),
	TP_ARGS(dir, spi, from, to),
	TP_STRUCT__entry(
		__field(u8, dir)
		__field(u32, spi)
		__field(u8, from)
		__field(u8, to)
	),
	TP_fast_assign(
		__entry->dir = dir;
		__entry->spi = be32_to_cpu(spi);
		__entry->from = from;
		__entry->to = to;
	),
	TP_printk("%s spi=0x%08x %s -> %s",
		  __entry->dir == ADIT_DIR_IN ? "in" : "out", __entry->spi,
		  __print_symbolic(__entry->from, ADIT_TRACE_STATES),
		  __print_symbolic(__entry->to, ADIT_TRACE_STATES))
);

TRACE_EVENT(adit_path_mtu,
	TP_PROTO(__be32 spi, u32 mtu),
	TP_ARGS(spi, mtu),
	TP_STRUCT__entry(
		__field(u32, spi)
		__field(u32, mtu)
	),
	TP_fast_assign(
		__entry->spi = be32_to_cpu(spi);
		__entry->mtu = mtu;
	),
	TP_printk("spi=0x%08x mtu=%u", __entry->spi, __entry->mtu)
);

#endif

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
