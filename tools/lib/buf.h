/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Octets that grow. An append that finds no memory makes the buffer a failed
 * one, which takes nothing any more: append freely, ask once at the end. What
 * was in it is wiped when it grows and when it is freed, so that secrets may be.
 */
#ifndef ADIT_BUF_H
#define ADIT_BUF_H

#include "span.h"

struct buf {
	uint8_t *data;
	size_t len;
	size_t size;
	bool failed;
};

#define BUF_INIT ((struct buf){ 0 })

/* Room for @len octets at the end, zeroed; NULL if there is none. */
uint8_t *buf_extend(struct buf *buf, size_t len);

void buf_add(struct buf *buf, const void *data, size_t len);
void buf_add_span(struct buf *buf, struct span span);
void buf_add_text(struct buf *buf, const char *text); /* without its NUL */
void buf_add_u8(struct buf *buf, uint8_t value);
void buf_add_u16(struct buf *buf, uint16_t value); /* in network byte order */
void buf_add_u32(struct buf *buf, uint32_t value);
void buf_add_u64(struct buf *buf, uint64_t value);

/* Overwrite what is there already, as lengths that are known in the end only. */
void buf_put_u8(struct buf *buf, size_t at, uint8_t value);
void buf_put_u16(struct buf *buf, size_t at, uint16_t value);
void buf_put_u32(struct buf *buf, size_t at, uint32_t value);

/* Forget, and wipe, what is behind @len. */
void buf_cut(struct buf *buf, size_t len);

/* What is in it; valid until the next append. */
struct span buf_span(const struct buf *buf);

/* Wipe and free; it is an empty buffer again. */
void buf_free(struct buf *buf);

#endif
