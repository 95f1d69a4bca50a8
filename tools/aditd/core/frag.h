/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fragments of one message, already authenticated and opened, until they are
 * all there (RFC 7383, 2.6). Bounded: in number and in octets.
 */
#ifndef ADITD_CORE_FRAG_H
#define ADITD_CORE_FRAG_H

#include "../../lib/buf.h"

enum { FRAG_PARTS_MAX = 255, FRAG_OCTETS_MAX = 128 * 1024 };

struct frag {
	bool used;
	uint32_t id;
	uint16_t total;
	uint16_t have;
	uint8_t first; /* type of the first payload, from fragment 1 */
	size_t octets;
	struct buf *parts; /* total of them */
};

enum frag_verdict { FRAG_DROP, FRAG_MORE, FRAG_WHOLE };

/* Is that one new, and does it fit? To ask before it is opened. */
bool frag_wanted(const struct frag *frag, uint32_t id, uint16_t number,
		 uint16_t total);

/*
 * One opened fragment. When all are there, they are appended to @whole and
 * @first is set. A higher total of the same message begins anew.
 */
enum frag_verdict frag_add(struct frag *frag, uint32_t id, uint16_t number,
			   uint16_t total, uint8_t next, struct span plain,
			   struct buf *whole, uint8_t *first);
void frag_free(struct frag *frag);

#endif
