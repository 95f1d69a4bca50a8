// SPDX-License-Identifier: GPL-2.0-or-later
/* See buf.h. */
#include "buf.h"

#include <stdlib.h>

static bool grow(struct buf *buf, size_t len)
{
	size_t size = buf->size ? buf->size : 64;
	uint8_t *data;

	while (size - buf->len < len) {
		if (size > SIZE_MAX / 2)
			return false;
		size *= 2;
	}
	/* Not realloc(), which would leave what was in the old place. */
	data = malloc(size);
	if (!data)
		return false;
	if (buf->data) {
		memcpy(data, buf->data, buf->len);
		explicit_bzero(buf->data, buf->size);
		free(buf->data);
	}
	buf->data = data;
	buf->size = size;
	return true;
}

uint8_t *buf_extend(struct buf *buf, size_t len)
{
	uint8_t *at;

	if (!buf->failed && (!buf->data || buf->size - buf->len < len))
		buf->failed = !grow(buf, len);
	if (buf->failed)
		return NULL;
	at = buf->data + buf->len;
	memset(at, 0, len);
	buf->len += len;
	return at;
}

void buf_add(struct buf *buf, const void *data, size_t len)
{
	uint8_t *at = buf_extend(buf, len);

	if (at && len)
		memcpy(at, data, len);
}

void buf_add_span(struct buf *buf, struct span span)
{
	buf_add(buf, span.data, span.len);
}

void buf_add_text(struct buf *buf, const char *text)
{
	buf_add(buf, text, strlen(text));
}

void buf_add_u8(struct buf *buf, uint8_t value)
{
	buf_add(buf, &value, 1);
}

void buf_add_u16(struct buf *buf, uint16_t value)
{
	size_t at = buf->len;

	if (buf_extend(buf, 2))
		buf_put_u16(buf, at, value);
}

void buf_add_u32(struct buf *buf, uint32_t value)
{
	size_t at = buf->len;

	if (buf_extend(buf, 4))
		buf_put_u32(buf, at, value);
}

void buf_add_u64(struct buf *buf, uint64_t value)
{
	buf_add_u32(buf, (uint32_t)(value >> 32));
	buf_add_u32(buf, (uint32_t)value);
}

static void put(struct buf *buf, size_t at, uint32_t value, size_t len)
{
	if (buf->failed || at > buf->len || len > buf->len - at)
		return;
	for (size_t i = 0; i < len; i++)
		buf->data[at + i] = (uint8_t)(value >> 8 * (len - 1 - i));
}

void buf_put_u8(struct buf *buf, size_t at, uint8_t value)
{
	put(buf, at, value, 1);
}

void buf_put_u16(struct buf *buf, size_t at, uint16_t value)
{
	put(buf, at, value, 2);
}

void buf_put_u32(struct buf *buf, size_t at, uint32_t value)
{
	put(buf, at, value, 4);
}

void buf_cut(struct buf *buf, size_t len)
{
	if (buf->failed || len >= buf->len)
		return;
	explicit_bzero(buf->data + len, buf->len - len);
	buf->len = len;
}

struct span buf_span(const struct buf *buf)
{
	return buf->failed ? span_of(NULL, 0) : span_of(buf->data, buf->len);
}

void buf_free(struct buf *buf)
{
	if (buf->data)
		explicit_bzero(buf->data, buf->size);
	free(buf->data);
	*buf = BUF_INIT;
}
