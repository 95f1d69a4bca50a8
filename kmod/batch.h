/* SPDX-License-Identifier: GPL-2.0-only */
/* The unit of work outbound: packets of one SA that leave together. */
#ifndef ADIT_BATCH_H
#define ADIT_BATCH_H

#include <linux/skbuff.h>

#include "path.h"
#include "sa.h"
#include "superpacket.h"

/**
 * struct adit_batch - packets that leave together; lives on a stack
 * @child: whose they are; borrowed
 * @sa: the SA that protects them; borrowed
 * @path: where they go; borrowed
 * @route: the route there
 * @head_len: octets that its protocols put in front of each
 * @headroom: octets that each needs in front
 * @tailroom: octets that each needs behind
 * @pad_to: octets that shorter packets are padded to
 * @super: the superpacket that they become, or NULL if each leaves alone
 * @packets: those that the underlay has taken
 * @bytes: octets of inner packets in these
 */
struct adit_batch {
	struct adit_child *child;
	struct adit_sa_out *sa;
	struct adit_path *path;
	struct adit_route route;
	unsigned int head_len;
	unsigned int headroom;
	unsigned int tailroom;
	unsigned int pad_to;
	struct adit_superpacket *super;
	unsigned int packets;
	unsigned int bytes;
};

#endif
