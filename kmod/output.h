/* SPDX-License-Identifier: GPL-2.0-only */
/* Through an outbound SA to the underlay. */
#ifndef ADIT_OUTPUT_H
#define ADIT_OUTPUT_H

struct adit_child;
struct adit_sa_out;
struct sk_buff;

void adit_output(struct adit_child *child, struct adit_sa_out *out,
		 struct sk_buff *skb);
int adit_output_dummy(struct adit_child *child, unsigned int len);

#endif
