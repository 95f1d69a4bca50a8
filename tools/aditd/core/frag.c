// SPDX-License-Identifier: GPL-2.0-or-later
/* See frag.h. */
#include "frag.h"

#include <stdlib.h>

static bool is_same(const struct frag *frag, uint32_t id, uint16_t total)
{
	return frag->used && frag->id == id && frag->total == total;
}

bool frag_wanted(const struct frag *frag, uint32_t id, uint16_t number,
		 uint16_t total)
{
	if (!number || number > total || total > FRAG_PARTS_MAX)
		return false;
	if (is_same(frag, id, total))
		return !frag->parts[number - 1].data;
	/* A sender that makes smaller ones has more of them. */
	return !frag->used || frag->id != id || total > frag->total;
}

static bool begin(struct frag *frag, uint32_t id, uint16_t total)
{
	frag_free(frag);
	frag->parts = calloc(total, sizeof(*frag->parts));
	if (!frag->parts)
		return false;
	frag->used = true;
	frag->id = id;
	frag->total = total;
	return true;
}

static enum frag_verdict join(struct frag *frag, struct buf *whole,
			      uint8_t *first)
{
	for (uint16_t i = 0; i < frag->total; i++)
		buf_add_span(whole, buf_span(&frag->parts[i]));
	*first = frag->first;
	frag_free(frag);
	return whole->failed ? FRAG_DROP : FRAG_WHOLE;
}

enum frag_verdict frag_add(struct frag *frag, uint32_t id, uint16_t number,
			   uint16_t total, uint8_t next, struct span plain,
			   struct buf *whole, uint8_t *first)
{
	struct buf *part;

	if (!plain.len || !frag_wanted(frag, id, number, total))
		return FRAG_DROP;
	if (!is_same(frag, id, total) && !begin(frag, id, total))
		return FRAG_DROP;
	if (frag->octets + plain.len > FRAG_OCTETS_MAX) {
		frag_free(frag);
		return FRAG_DROP;
	}
	part = &frag->parts[number - 1];
	buf_add_span(part, plain);
	if (part->failed) {
		frag_free(frag);
		return FRAG_DROP;
	}
	if (number == 1)
		frag->first = next;
	frag->octets += plain.len;
	if (++frag->have < total)
		return FRAG_MORE;
	return join(frag, whole, first);
}

void frag_free(struct frag *frag)
{
	if (frag->parts)
		for (uint16_t i = 0; i < frag->total; i++)
			buf_free(&frag->parts[i]);
	free(frag->parts);
	*frag = (struct frag){ 0 };
}
