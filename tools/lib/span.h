/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A view of octets that belong to somebody else. What reads foreign octets
 * takes them from the front of a span; a read that asks for more than there is
 * fails and takes nothing. Pure.
 */
#ifndef ADIT_SPAN_H
#define ADIT_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct span {
	const uint8_t *data;
	size_t len;
};

#define SPAN(array) ((struct span){ (array), sizeof(array) })

static inline struct span span_of(const void *data, size_t len)
{
	return (struct span){ data, len };
}

static inline struct span span_of_text(const char *text)
{
	return span_of(text, strlen(text));
}

/* Not for secrets, see crypto_equal(). */
static inline bool span_equal(struct span a, struct span b)
{
	return a.len == b.len && (!a.len || memcmp(a.data, b.data, a.len) == 0);
}

/* Take the first @len octets away into @out. */
static inline bool span_take(struct span *from, size_t len, struct span *out)
{
	if (len > from->len)
		return false;
	*out = span_of(from->data, len);
	from->data += len;
	from->len -= len;
	return true;
}

static inline bool span_take_u8(struct span *from, uint8_t *out)
{
	struct span octets;

	if (!span_take(from, 1, &octets))
		return false;
	*out = octets.data[0];
	return true;
}

/* Numbers are in network byte order there, and in the host's here. */
static inline bool span_take_u16(struct span *from, uint16_t *out)
{
	struct span octets;

	if (!span_take(from, 2, &octets))
		return false;
	*out = (uint16_t)(octets.data[0] << 8 | octets.data[1]);
	return true;
}

static inline bool span_take_u32(struct span *from, uint32_t *out)
{
	struct span octets;

	if (!span_take(from, 4, &octets))
		return false;
	*out = 0;
	for (size_t i = 0; i < 4; i++)
		*out = *out << 8 | octets.data[i];
	return true;
}

static inline bool span_take_u64(struct span *from, uint64_t *out)
{
	struct span octets;

	if (!span_take(from, 8, &octets))
		return false;
	*out = 0;
	for (size_t i = 0; i < 8; i++)
		*out = *out << 8 | octets.data[i];
	return true;
}

#endif
