// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The headers of RFC 4302, appendix A, put together piece by piece: nothing here
 * takes one apart.
 */
#include "mutable_model.h"

#include "random.h"

/* One more octet, which is @covered as it is, or as @covered says. */
static void put(struct model_header *header, u8 sent, u8 covered, u8 may_change)
{
	header->sent[header->len] = sent;
	header->covered[header->len] = covered;
	header->may_change[header->len++] = may_change;
}

static void put_kept(struct model_header *header, u8 octet)
{
	put(header, octet, octet, 0);
}

static void put_zeroed(struct model_header *header, u8 octet)
{
	put(header, octet, 0, 0xff);
}

static void put_random(struct model_header *header, unsigned int count,
		       void (*how)(struct model_header *header, u8 octet))
{
	while (count--)
		how(header, (u8)rnd());
}

/* Octets that count, though the ICV covers zeros: type and length. */
static void put_hidden(struct model_header *header, u8 octet)
{
	put(header, octet, 0, 0);
}

static void put_option4(struct model_header *header, unsigned int room)
{
	static const u8 kept[] = { 130, 133, 134, 148, 149 };
	static const u8 zeroed[] = { 7, 68, 82, 25, 255, 136 };
	unsigned int len = 2 + rnd() % (room - 1);

	switch (rnd() % 3) {
	case 0:
		put_kept(header, 1);
		break;
	case 1:
		put_kept(header, kept[rnd() % sizeof(kept)]);
		put_kept(header, (u8)len);
		put_random(header, len - 2, put_kept);
		break;
	default:
		put_hidden(header, zeroed[rnd() % sizeof(zeroed)]);
		put_hidden(header, (u8)len);
		put_random(header, len - 2, put_zeroed);
	}
}

/* A source route of @count addresses, of which the last @left are to come. */
static void put_route4(struct model_header *header, unsigned int count,
		       unsigned int left)
{
	unsigned int i;

	put_hidden(header, rnd() % 2 ? 131 : 137);
	put_hidden(header, (u8)(3 + 4 * count));
	put_hidden(header, (u8)(4 + 4 * (count - left)));
	for (i = 0; i < count; i++)
		put_random(header, 4, i + 1 == count && left ? put_hidden :
							       put_zeroed);
	if (!left)
		return;
	/* It arrives with the last of them as its destination. */
	memcpy(header->covered + 16, header->sent + header->len - 4, 4);
	memset(header->may_change + 16, 0xff, 4);
}

/**
 * model_header4() - an IPv4 header with options
 * @header: where to
 */
void model_header4(struct model_header *header)
{
	unsigned int len = 20 + 4 * (rnd() % 11), count;

	header->len = 0;
	put_kept(header, (u8)(0x40 | len / 4));
	put_random(header, 1, put_zeroed);
	put_random(header, 4, put_kept);
	put_random(header, 3, put_zeroed);
	put_kept(header, 51);
	put_random(header, 2, put_zeroed);
	put_random(header, 8, put_kept);
	if (len >= 27 && rnd() % 2) {
		count = 1 + rnd() % ((len - 23) / 4);
		put_route4(header, count, rnd() % (count + 1));
	}
	while (len - header->len > 2 && rnd() % 4)
		put_option4(header, len - header->len);
	/* The end of the list, and what nobody looks at. */
	if (header->len < len)
		put_kept(header, 0);
	put_random(header, len - header->len, put_kept);
}

/* Hop-by-hop or destination options, a multiple of eight octets. */
static void put_options6(struct model_header *header, u8 next)
{
	unsigned int len = 8 * (1 + rnd() % 4), end = header->len + len;
	unsigned int room, data;
	u8 type;

	put_kept(header, next);
	put_kept(header, (u8)(len / 8 - 1));
	while ((room = end - header->len)) {
		if (room < 2 || rnd() % 4 == 0) {
			put_kept(header, 0);
			continue;
		}
		data = rnd() % (room - 1);
		do
			type = (u8)rnd();
		while (!type);
		put_kept(header, type);
		put_kept(header, (u8)data);
		put_random(header, data,
			   type & 0x20 ? put_zeroed : put_kept);
	}
}

/* A routing header; of type 0 and 2 some addresses may be left. */
static void put_route6(struct model_header *header, u8 next)
{
	unsigned int count = 1 + rnd() % 3, left = rnd() % (count + 1);
	unsigned int start, at;
	u8 type = rnd() % 2 ? 0 : 2;

	put_kept(header, next);
	put_kept(header, (u8)(2 * count));
	put_kept(header, type);
	put(header, (u8)left, 0, 0);
	put_random(header, 4, put_kept);
	start = header->len;
	put_random(header, 16 * count, put_kept);
	if (!left)
		return;
	/* Each router swaps the destination and the next address. */
	for (at = start + 16 * (count - left); at < header->len; at += 16) {
		memcpy(header->covered + at, header->covered + 24, 16);
		memcpy(header->covered + 24, header->sent + at, 16);
	}
}

/**
 * model_header6() - an IPv6 header with extension headers
 * @header: where to
 */
void model_header6(struct model_header *header)
{
	static const u8 order[] = { 0, 60, 43, 60 };
	u8 proto[5] = { 51, 51, 51, 51, 51 };
	unsigned int i, n = 0;

	for (i = 0; i < sizeof(order); i++)
		if (rnd() % 2)
			proto[n++] = order[i];
	header->len = 0;
	put(header, (u8)(0x60 | (rnd() & 0xf)), 0x60, 0x0f);
	put_random(header, 3, put_zeroed);
	put_random(header, 2, put_kept);
	put_kept(header, proto[0]);
	put_random(header, 1, put_zeroed);
	put_random(header, 32, put_kept);
	for (i = 0; i < n; i++) {
		if (proto[i] == 43)
			put_route6(header, proto[i + 1]);
		else
			put_options6(header, proto[i + 1]);
	}
}
