// SPDX-License-Identifier: GPL-2.0-or-later
/* See wire.h. Texts travel with their NUL, so that a view of them is one. */
#include "wire.h"

#include "../../lib/addr.h"
#include "../core/ident.h"

static int bad(const struct wire_row *row, uint64_t value, struct err *err)
{
	return err_set(err, ERR_REFUSED, "%s is %llu, not %llu to %llu",
		       row->name, (unsigned long long)value,
		       (unsigned long long)row->min,
		       (unsigned long long)row->max);
}

static int cut(const struct wire_row *row, struct err *err)
{
	return err_set(err, ERR_REFUSED, "it ends before %s does", row->name);
}

static bool allowed(const struct wire_row *row, uint64_t value)
{
	return value >= row->min && value <= row->max;
}

/* Members of a struct are of these sizes only. */
static uint64_t load(const void *at, size_t size)
{
	uint64_t u64;
	uint32_t u32;
	uint16_t u16;

	switch (size) {
	case 1:
		return *(const uint8_t *)at;
	case 2:
		memcpy(&u16, at, sizeof(u16));
		return u16;
	case 4:
		memcpy(&u32, at, sizeof(u32));
		return u32;
	default:
		memcpy(&u64, at, sizeof(u64));
		return u64;
	}
}

static void store(void *at, size_t size, uint64_t value)
{
	uint32_t u32 = (uint32_t)value;
	uint16_t u16 = (uint16_t)value;
	uint8_t u8 = (uint8_t)value;

	switch (size) {
	case 1:
		memcpy(at, &u8, sizeof(u8));
		break;
	case 2:
		memcpy(at, &u16, sizeof(u16));
		break;
	case 4:
		memcpy(at, &u32, sizeof(u32));
		break;
	default:
		memcpy(at, &value, sizeof(value));
	}
}

/* Nothing that could make a line of a log look like two, or move a cursor. */
static bool is_text(struct span text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.data[i] < 0x20 && text.data[i] != '\n' &&
		    text.data[i] != '\t')
			return false;
	return true;
}

/* ------------------------------------------------------------------- writing */

static int put_octets(struct buf *buf, const struct wire_row *row,
		      struct span octets, struct err *err)
{
	if (!allowed(row, octets.len))
		return bad(row, octets.len, err);
	buf_add_u32(buf, (uint32_t)octets.len);
	buf_add_span(buf, octets);
	return 0;
}

static int put_text(struct buf *buf, const struct wire_row *row,
		    const char *text, struct err *err)
{
	if (!text)
		text = "";
	if (!is_text(span_of_text(text)))
		return err_set(err, ERR_REFUSED, "%s is no text", row->name);
	if (put_octets(buf, row, span_of_text(text), err))
		return -1;
	buf_add_u8(buf, 0);
	return 0;
}

static int put_array(struct buf *buf, const struct wire_row *row,
		     const void *obj, struct err *err)
{
	const char *items = (const char *)obj + row->offset;
	size_t n;

	memcpy(&n, (const char *)obj + row->count, sizeof(n));
	if (!allowed(row, n))
		return bad(row, n, err);
	buf_add_u32(buf, (uint32_t)n);
	for (size_t i = 0; i < n; i++)
		if (wire_put(buf, row->nest, items + i * row->size, err))
			return -1;
	return 0;
}

static int put_row(struct buf *buf, const struct wire_row *row, const void *obj,
		   struct err *err)
{
	const void *at = (const char *)obj + row->offset;
	const struct ident *id;
	const struct addr *addr;
	uint64_t number;

	switch (row->kind) {
	case WIRE_NUMBER:
		number = load(at, row->size);
		if (!allowed(row, number))
			return bad(row, number, err);
		buf_add_u64(buf, number);
		return 0;
	case WIRE_FLAG:
		buf_add_u8(buf, *(const bool *)at);
		return 0;
	case WIRE_ADDRESS:
		addr = at;
		buf_add_u8(buf, addr->len);
		buf_add(buf, addr->octets, addr->len);
		return 0;
	case WIRE_TEXT:
		return put_text(buf, row, *(const char *const *)at, err);
	case WIRE_OCTETS:
		return put_octets(buf, row, *(const struct span *)at, err);
	case WIRE_IDENT:
		id = at;
		buf_add_u8(buf, id->type);
		return put_octets(buf, row, span_of(id->data, id->len), err);
	case WIRE_ARRAY:
		return put_array(buf, row, obj, err);
	}
	return -1;
}

int wire_put(struct buf *buf, const struct wire_set *set, const void *obj,
	     struct err *err)
{
	for (size_t i = 0; i < set->n; i++)
		if (put_row(buf, &set->rows[i], obj, err))
			return -1;
	if (buf->failed)
		return err_set(err, ERR_REFUSED, "out of memory");
	return 0;
}

/* ------------------------------------------------------------------- reading */

static int take_number(struct span *from, const struct wire_row *row, void *at,
		       struct err *err)
{
	uint64_t number = 0;

	if (!span_take_u64(from, &number))
		return cut(row, err);
	if (!allowed(row, number))
		return bad(row, number, err);
	store(at, row->size, number);
	return 0;
}

static int take_flag(struct span *from, const struct wire_row *row, bool *at,
		     struct err *err)
{
	uint8_t flag;

	if (!span_take_u8(from, &flag))
		return cut(row, err);
	if (flag > 1)
		return err_set(err, ERR_REFUSED, "%s is %u, not 0 or 1",
			       row->name, flag);
	*at = flag;
	return 0;
}

static int take_address(struct span *from, const struct wire_row *row,
			struct addr *addr, struct err *err)
{
	struct span octets;
	uint8_t len;

	if (!span_take_u8(from, &len))
		return cut(row, err);
	if (len != 0 && len != 4 && len != 16)
		return err_set(err, ERR_REFUSED, "%s has %u octets", row->name,
			       len);
	if (!span_take(from, len, &octets))
		return cut(row, err);
	*addr = (struct addr){ .len = len };
	if (len)
		memcpy(addr->octets, octets.data, len);
	return 0;
}

static int take_octets(struct span *from, const struct wire_row *row,
		       struct span *octets, struct err *err)
{
	uint32_t len;

	if (!span_take_u32(from, &len))
		return cut(row, err);
	if (!allowed(row, len))
		return bad(row, len, err);
	if (!span_take(from, len, octets))
		return cut(row, err);
	return 0;
}

static int take_text(struct span *from, const struct wire_row *row,
		     const char **at, struct err *err)
{
	struct span text = { 0 };
	uint8_t nul = 0;

	if (take_octets(from, row, &text, err))
		return -1;
	if (!span_take_u8(from, &nul))
		return cut(row, err);
	if (nul || !is_text(text))
		return err_set(err, ERR_REFUSED, "%s is no text", row->name);
	*at = (const char *)text.data;
	return 0;
}

static int take_ident(struct span *from, const struct wire_row *row,
		      struct ident *id, struct err *err)
{
	struct span data = { 0 };
	uint8_t type = 0;

	if (!span_take_u8(from, &type))
		return cut(row, err);
	if (take_octets(from, row, &data, err))
		return -1;
	id->type = type;
	id->len = (uint16_t)data.len;
	/* A view, which nobody frees: the message is constant. */
	id->data = (uint8_t *)data.data;
	return 0;
}

static int take_set(struct span *from, const struct wire_set *set, void *obj,
		    struct err *err);

static int take_array(struct span *from, const struct wire_row *row, void *obj,
		      struct err *err)
{
	char *items = (char *)obj + row->offset;
	uint32_t count;
	size_t n;

	if (!span_take_u32(from, &count))
		return cut(row, err);
	if (!allowed(row, count))
		return bad(row, count, err);
	n = count;
	memcpy((char *)obj + row->count, &n, sizeof(n));
	for (size_t i = 0; i < n; i++)
		if (take_set(from, row->nest, items + i * row->size, err))
			return -1;
	return 0;
}

static int take_row(struct span *from, const struct wire_row *row, void *obj,
		    struct err *err)
{
	void *at = (char *)obj + row->offset;

	switch (row->kind) {
	case WIRE_NUMBER:
		return take_number(from, row, at, err);
	case WIRE_FLAG:
		return take_flag(from, row, at, err);
	case WIRE_ADDRESS:
		return take_address(from, row, at, err);
	case WIRE_TEXT:
		return take_text(from, row, at, err);
	case WIRE_OCTETS:
		return take_octets(from, row, at, err);
	case WIRE_IDENT:
		return take_ident(from, row, at, err);
	case WIRE_ARRAY:
		return take_array(from, row, obj, err);
	}
	return -1;
}

static int take_set(struct span *from, const struct wire_set *set, void *obj,
		    struct err *err)
{
	for (size_t i = 0; i < set->n; i++)
		if (take_row(from, &set->rows[i], obj, err))
			return -1;
	return 0;
}

int wire_take(struct span from, const struct wire_set *set, void *obj,
	      struct err *err)
{
	if (take_set(&from, set, obj, err))
		return -1;
	if (from.len)
		return err_set(err, ERR_REFUSED, "%zu octets too many",
			       from.len);
	return 0;
}
