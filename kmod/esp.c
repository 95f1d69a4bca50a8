// SPDX-License-Identifier: GPL-2.0-only
/* ESP, RFC 4303. */

#include <linux/align.h>
#include <linux/skbuff.h>

#include "compat.h"
#include "proto.h"
#include "skb.h"
#include "xform.h"

/* The outer header's family makes no difference to ESP. */
static unsigned int head_len(const struct adit_sa *sa)
{
	return ADIT_ESP_HDR_LEN + sa->crypto.iv_len;
}

static unsigned int esp_head_len(const struct adit_sa *sa, u16 family)
{
	return head_len(sa);
}

static unsigned int esp_tail_len(const struct adit_sa *sa)
{
	return sa->crypto.block - 1 + sizeof(struct adit_esp_trailer) +
	       sa->crypto.icv_len;
}

static unsigned int esp_max_inner(const struct adit_sa *sa, unsigned int room,
				  u16 family)
{
	unsigned int fixed = head_len(sa) + sa->crypto.icv_len;
	unsigned int sealed;

	if (room < fixed + sa->crypto.block)
		return 0;
	sealed = ALIGN_DOWN(room - fixed, sa->crypto.block);
	return sealed - sizeof(struct adit_esp_trailer);
}

/*
 * Padding 1, 2, 3, ... (RFC 4303, 2.4): the least that makes the ciphertext a
 * multiple of the block. TFC padding is in the packet already.
 */
static unsigned int put_trailer(const struct adit_sa *sa, struct sk_buff *skb,
				u8 next_header)
{
	unsigned int sealed = ALIGN(skb->len + sizeof(struct adit_esp_trailer),
				    sa->crypto.block);
	unsigned int pad = sealed - skb->len - sizeof(struct adit_esp_trailer);
	struct adit_esp_trailer *trailer;
	unsigned int i;
	u8 *p;

	p = skb_put(skb, pad);
	for (i = 0; i < pad; i++)
		p[i] = i + 1;
	trailer = skb_put(skb, sizeof(*trailer));
	trailer->pad_len = pad;
	trailer->next_header = next_header;
	skb_put(skb, sa->crypto.icv_len);
	return sealed;
}

static int esp_output(const struct adit_sa *sa, struct sk_buff *skb,
		      adit_crypto_done_t done)
{
	const struct adit_skb_cb *cb = adit_skb_cb(skb);
	struct ip_esp_hdr *esp;
	unsigned int sealed;

	sealed = put_trailer(sa, skb, cb->next_header);
	esp = skb_push(skb, head_len(sa));
	skb_reset_transport_header(skb);
	esp->spi = sa->spi;
	esp->seq_no = cpu_to_be32((u32)cb->seq);
	return adit_crypto_seal(&sa->crypto, skb, (u8 *)esp, sealed, cb->seq,
				done);
}

static u32 esp_sequence(const struct sk_buff *skb)
{
	const struct ip_esp_hdr *esp = (const void *)skb->data;

	return be32_to_cpu(esp->seq_no);
}

static bool esp_long_enough(const struct adit_sa *sa,
			    const struct sk_buff *skb)
{
	unsigned int fixed = head_len(sa) + sa->crypto.icv_len;
	unsigned int len = skb->len;

	return len >= fixed + max_t(unsigned int, sa->crypto.block,
				    sizeof(struct adit_esp_trailer)) &&
	       IS_ALIGNED(len - fixed, sa->crypto.block);
}

static int esp_input(const struct adit_sa *sa, struct sk_buff *skb,
		     adit_crypto_done_t done)
{
	return adit_crypto_open(&sa->crypto, skb, skb->data,
				skb->len - head_len(sa),
				adit_skb_cb(skb)->seq, done);
}

static bool padding_ok(const u8 *pad, unsigned int len)
{
	unsigned int i;

	for (i = 0; i < len; i++)
		if (pad[i] != i + 1)
			return false;
	return true;
}

static int esp_finish(const struct adit_sa *sa, struct sk_buff *skb,
		      u8 *next_header)
{
	const struct adit_esp_trailer *trailer;
	unsigned int len;

	skb_pull(skb, head_len(sa));
	len = skb->len - sa->crypto.icv_len - sizeof(*trailer);
	trailer = (const void *)skb->data + len;
	*next_header = trailer->next_header;
	if (trailer->pad_len > len)
		return ADIT_DROP_RX_PADDING;
	len -= trailer->pad_len;
	if (!padding_ok(skb->data + len, trailer->pad_len))
		return ADIT_DROP_RX_PADDING;
	skb_trim(skb, len);
	return ADIT_OK;
}

const struct adit_xform adit_esp = {
	.proto = IPPROTO_ESP,
	.head_len = esp_head_len,
	.tail_len = esp_tail_len,
	.max_inner = esp_max_inner,
	.output = esp_output,
	.sequence = esp_sequence,
	.long_enough = esp_long_enough,
	.input = esp_input,
	.finish = esp_finish,
};
