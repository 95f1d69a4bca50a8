/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Headers that are made together with what AH's ICV covers of them. */
#ifndef ADIT_UNIT_MUTABLE_MODEL_H
#define ADIT_UNIT_MUTABLE_MODEL_H

#include "kernel.h"

enum { MODEL_HEADER_MAX = 1024 };

/**
 * struct model_header - a header
 * @len: octets of it
 * @sent: as it is in the packet
 * @covered: as the ICV covers it
 * @may_change: bits that a router may change
 */
struct model_header {
	unsigned int len;
	u8 sent[MODEL_HEADER_MAX];
	u8 covered[MODEL_HEADER_MAX];
	u8 may_change[MODEL_HEADER_MAX];
};

void model_header4(struct model_header *header);
void model_header6(struct model_header *header);

#endif
