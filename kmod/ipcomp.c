// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel's zlib, with memory for one packet on each CPU. (Its compression
 * API has a window of 2048 octets, also to inflate, where a peer may have used
 * the 32768 that RFC 2394 lets it.)
 */

#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/vmalloc.h>
#include <linux/zlib.h>
#include <linux/ip.h>

#include "compat.h"
#include "drop.h"
#include "ipcomp.h"
#include "skb.h"

enum {
	/* Below this DEFLATE gains nothing (RFC 2394, 3.2). */
	THRESHOLD = 90,
	/* A packet, and what one is inflated to, is never larger. */
	MAX_LEN = U16_MAX,
	/* A window that Linux peers can inflate with. */
	DEFLATE_WINDOW_BITS = 11,
	DEFLATE_MEM_LEVEL = 8,
};

/**
 * struct worker - what one CPU works with
 * @bh_lock: the rest, where BH off does not pin the CPU
 * @zlib: zlib's memory
 * @out: MAX_LEN octets, what comes out of it
 */
struct worker {
	local_lock_t bh_lock; /* zlib, out */
	void *zlib;
	u8 *out;
};

static DEFINE_PER_CPU(struct worker, worker) = {
	.bh_lock = INIT_LOCAL_LOCK(bh_lock),
};

static DEFINE_MUTEX(users_lock);
static unsigned int users; /* SAs with IPComp; under users_lock */

#if IS_ENABLED(CONFIG_ZLIB_DEFLATE) && IS_ENABLED(CONFIG_ZLIB_INFLATE)

static size_t workspace_size(void)
{
	return max_t(size_t, zlib_inflate_workspacesize(),
		     zlib_deflate_workspacesize(-DEFLATE_WINDOW_BITS,
						DEFLATE_MEM_LEVEL));
}

static int deflate(struct z_stream_s *stream)
{
	if (zlib_deflateInit2(stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED,
			      -DEFLATE_WINDOW_BITS, DEFLATE_MEM_LEVEL,
			      Z_DEFAULT_STRATEGY) != Z_OK)
		return -EINVAL;
	return zlib_deflate(stream, Z_FINISH) == Z_STREAM_END ? 0 : -EINVAL;
}

static int inflate(struct z_stream_s *stream)
{
	if (zlib_inflateInit2(stream, -MAX_WBITS) != Z_OK)
		return -EINVAL;
	return zlib_inflate(stream, Z_FINISH) == Z_STREAM_END ? 0 : -EINVAL;
}

#else

static size_t workspace_size(void)
{
	return 0;
}

static int deflate(struct z_stream_s *stream)
{
	return -EINVAL;
}

static int inflate(struct z_stream_s *stream)
{
	return -EINVAL;
}

#endif

static void free_workers(void)
{
	struct worker *of;
	int cpu;

	for_each_possible_cpu(cpu) {
		of = per_cpu_ptr(&worker, cpu);
		vfree(of->zlib);
		vfree(of->out);
		of->zlib = NULL;
		of->out = NULL;
	}
}

static int alloc_workers(void)
{
	size_t size = workspace_size();
	struct worker *of;
	int cpu;

	if (!size)
		return -ENOENT;
	for_each_possible_cpu(cpu) {
		of = per_cpu_ptr(&worker, cpu);
		of->zlib = vmalloc(size);
		of->out = vmalloc(MAX_LEN);
		if (!of->zlib || !of->out) {
			free_workers();
			return -ENOMEM;
		}
	}
	return 0;
}

/**
 * adit_ipcomp_get() - be ready for packets of one more SA
 *
 * Context: may sleep.
 * Return: 0, -ENOENT if the kernel has no zlib, or -ENOMEM.
 */
int adit_ipcomp_get(void)
{
	int err = 0;

	mutex_lock(&users_lock);
	if (!users)
		err = alloc_workers();
	if (!err)
		users++;
	mutex_unlock(&users_lock);
	return err;
}

/**
 * adit_ipcomp_put() - an SA that had IPComp has no packets any more
 *
 * Context: may sleep.
 */
void adit_ipcomp_put(void)
{
	mutex_lock(&users_lock);
	if (!--users)
		free_workers();
	mutex_unlock(&users_lock);
}

/*
 * What @how makes of @len octets, no more than @max: in this CPU's memory, which
 * is the caller's until end(). Returns its length, 0 if it makes nothing of them
 * or more.
 */
static unsigned int begin(int (*how)(struct z_stream_s *stream),
			  const u8 *data, unsigned int len, unsigned int max)
{
	struct z_stream_s stream = {
		.next_in = data,
		.avail_in = len,
		.avail_out = max,
	};

	local_lock_nested_bh(&worker.bh_lock);
	stream.workspace = __this_cpu_read(worker.zlib);
	stream.next_out = __this_cpu_read(worker.out);
	return how(&stream) ? 0 : stream.total_out;
}

static void end(void)
{
	local_unlock_nested_bh(&worker.bh_lock);
}

/**
 * adit_ipcomp_deflate() - compress a packet, if it gets smaller by that
 * @skb: what is protected, private; its notes say what it is and will say IPComp
 * @cpi: the CPI
 *
 * Context: bottom halves off.
 */
void adit_ipcomp_deflate(struct sk_buff *skb, u16 cpi)
{
	struct adit_skb_cb *cb = adit_skb_cb(skb);
	struct ip_comp_hdr *header;
	unsigned int len;

	if (skb->len < THRESHOLD || skb->len > MAX_LEN)
		return;
	len = begin(deflate, skb->data, skb->len,
		    skb->len - sizeof(*header) - 1);
	if (len) {
		header = (void *)skb->data;
		memcpy(skb->data + sizeof(*header),
		       __this_cpu_read(worker.out), len);
		skb_trim(skb, sizeof(*header) + len);
		header->nexthdr = cb->next_header;
		header->flags = 0;
		header->cpi = htons(cpi);
		cb->next_header = IPPROTO_COMP;
	}
	end();
}

/* Put @len octets of this CPU's where @skb has its data. */
static int replace(struct sk_buff *skb, unsigned int len)
{
	int more = len - skb->len;

	if (more > skb_tailroom(skb) &&
	    pskb_expand_head(skb, 0, more - skb_tailroom(skb), GFP_ATOMIC))
		return ADIT_DROP_RX_NO_MEMORY;
	skb_trim(skb, min(len, skb->len));
	skb_put(skb, len - skb->len);
	memcpy(skb->data, __this_cpu_read(worker.out), len);
	return ADIT_OK;
}

/**
 * adit_ipcomp_inflate() - the packet as it was before it was compressed
 * @skb: the packet, private; skb->data at the IPComp header, what is in front
 *	stays where it is
 * @cpi: the CPI that it must have
 * @next_header: where to what the packet is, if the answer is ADIT_OK
 *
 * However small it is, it becomes no larger than a packet can be.
 *
 * Context: bottom halves off.
 * Return: ADIT_OK or a drop reason.
 */
int adit_ipcomp_inflate(struct sk_buff *skb, u16 cpi, u8 *next_header)
{
	const struct ip_comp_hdr *header = (const void *)skb->data;
	int reason = ADIT_DROP_RX_IPCOMP;
	unsigned int len;

	if (skb->len <= sizeof(*header) || ntohs(header->cpi) != cpi)
		return reason;
	*next_header = header->nexthdr;
	skb_pull(skb, sizeof(*header));
	len = begin(inflate, skb->data, skb->len, MAX_LEN);
	if (len)
		reason = replace(skb, len);
	end();
	return reason;
}
