// SPDX-License-Identifier: GPL-2.0-or-later
/* See field.h. */
#include "field.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "addr.h"
#include "link.h"
#include "quantity.h"
#include "selector.h"

/* By wire type, 0 if it is no number. */
static const uint8_t number_size[] = {
	[WIRE_U8] = 1,	 [WIRE_U16] = 2,  [WIRE_U32] = 4,  [WIRE_U64] = 8,
	[WIRE_BE16] = 2, [WIRE_BE32] = 4, [WIRE_U16S] = 0,
};

const struct field *field_find(const struct field_set *set, unsigned int attr)
{
	for (size_t i = 0; i < set->n; i++)
		if (set->rows[i].attr == attr)
			return &set->rows[i];
	return NULL;
}

const struct field *field_find_name(const struct field_set *set,
				    const char *name)
{
	for (size_t i = 0; i < set->n; i++)
		if (strcmp(field_name(set, set->rows[i].attr), name) == 0)
			return &set->rows[i];
	return NULL;
}

const char *field_name(const struct field_set *set, unsigned int attr)
{
	const char *word = names_word(set->names, attr);

	return word ? word : "unknown";
}

bool field_has(const void *obj, unsigned int attr)
{
	return attr < 64 && *(const uint64_t *)obj & BIT64(attr);
}

void *field_at(const struct field *field, void *obj)
{
	return (char *)obj + field->offset;
}

const void *field_at_const(const struct field *field, const void *obj)
{
	return (const char *)obj + field->offset;
}

bool field_is_number(const struct field *field)
{
	return number_size[field->wire] != 0;
}

uint64_t field_number(const struct field *field, const void *obj)
{
	const void *at = field_at_const(field, obj);

	switch (number_size[field->wire]) {
	case 1:
		return *(const uint8_t *)at;
	case 2:
		return *(const uint16_t *)at;
	case 4:
		return *(const uint32_t *)at;
	case 8:
		return *(const uint64_t *)at;
	default:
		return 0;
	}
}

void field_set_number(const struct field *field, void *obj, uint64_t value)
{
	void *at = field_at(field, obj);

	switch (number_size[field->wire]) {
	case 1:
		*(uint8_t *)at = (uint8_t)value;
		break;
	case 2:
		*(uint16_t *)at = (uint16_t)value;
		break;
	case 4:
		*(uint32_t *)at = (uint32_t)value;
		break;
	case 8:
		*(uint64_t *)at = value;
		break;
	default:
		return;
	}
	*(uint64_t *)obj |= BIT64(field->attr);
}

static const struct name bool_rows[] = {
	{ 1, "on", "" }, { 0, "off", "" }, { 1, "yes", "" },
	{ 0, "no", "" }, { 1, "1", "" },   { 0, "0", "" },
};

static const struct names bool_names = {
	.what = "switch",
	.rows = bool_rows,
	.n = ARRAY_SIZE(bool_rows),
};

static int parse_named(const struct names *names, const char *word,
		       uint64_t max, uint64_t *value, struct err *err)
{
	uint32_t number;

	/* A number that this version has no name for. */
	if (*word >= '0' && *word <= '9')
		return quantity_parse(value, word, 0, max, err);
	if (names_parse(names, word, &number, err))
		return -1;
	*value = number;
	return 0;
}

static int parse_bool(const char *word, uint64_t *value, struct err *err)
{
	uint32_t number;

	if (names_parse(&bool_names, word, &number, err))
		return err_set(err, ERR_USAGE, "'%.64s' is neither on nor off",
			       word);
	*value = number;
	return 0;
}

static int parse_number(const struct field *field, const char *word,
			uint64_t *value, struct err *err)
{
	uint64_t max = UINT64_MAX >> (64 - 8 * number_size[field->wire]);

	switch (field->look) {
	case LOOK_BOOL:
		return parse_bool(word, value, err);
	case LOOK_NAME:
		return parse_named(field->names, word, max, value, err);
	case LOOK_PROTO:
		return parse_named(&names_proto, word, max, value, err);
	case LOOK_BYTES:
		return quantity_parse_bytes(value, word, err);
	case LOOK_SECONDS:
		if (quantity_parse_seconds(value, word, err))
			return -1;
		if (*value <= max)
			return 0;
		return err_set(err, ERR_USAGE, "%s is too long", word);
	case LOOK_IFINDEX:
		return link_index(word, value, err);
	default:
		return quantity_parse(value, word, 0, max, err);
	}
}

static int parse_string(const struct field *field, void *obj, const char *word,
			struct err *err)
{
	if (strlen(word) >= field->size)
		return err_set(err, ERR_USAGE, "'%.64s' is too long", word);
	memcpy(field_at(field, obj), word, strlen(word) + 1);
	return 0;
}

int field_parse(const struct field *field, void *obj, const char *word,
		struct err *err)
{
	uint64_t value = 0;
	int rc = -1;

	if (field_is_number(field)) {
		if (parse_number(field, word, &value, err))
			return -1;
		field_set_number(field, obj, value);
		return 0;
	}
	if (field->wire == WIRE_ADDR)
		rc = addr_parse(field_at(field, obj), word, err);
	else if (field->wire == WIRE_STRING)
		rc = parse_string(field, obj, word, err);
	else if (field->look == LOOK_SELECTOR)
		rc = selector_parse_list(field_at(field, obj), word, err);
	else
		err_set(err, ERR_USAGE, "cannot be given as a word");
	if (!rc)
		*(uint64_t *)obj |= BIT64(field->attr);
	return rc;
}

static const char *show_number(const struct field *field, uint64_t value,
			       char buf[FIELD_TEXT_SIZE])
{
	switch (field->look) {
	case LOOK_HEX:
		snprintf(buf, FIELD_TEXT_SIZE, "0x%" PRIx64, value);
		return buf;
	case LOOK_SPI:
		snprintf(buf, FIELD_TEXT_SIZE, "0x%08" PRIx64, value);
		return buf;
	case LOOK_BOOL:
		return value ? "on" : "off";
	case LOOK_NAME:
		return names_show(field->names, (uint32_t)value, buf,
				  FIELD_TEXT_SIZE);
	case LOOK_PROTO:
		return names_show(&names_proto, (uint32_t)value, buf,
				  FIELD_TEXT_SIZE);
	case LOOK_BYTES:
		return quantity_bytes(value, buf);
	case LOOK_SECONDS:
		return quantity_seconds(value, buf);
	case LOOK_ERRNO:
		return value ? strerror((int)value) : "none";
	case LOOK_IFINDEX:
		return link_name((uint32_t)value, buf, FIELD_TEXT_SIZE);
	default:
		snprintf(buf, FIELD_TEXT_SIZE, "%" PRIu64, value);
		return buf;
	}
}

const char *field_show(const struct field *field, const void *obj,
		       char buf[FIELD_TEXT_SIZE])
{
	if (field_is_number(field))
		return show_number(field, field_number(field, obj), buf);
	if (field->wire == WIRE_ADDR)
		return addr_show(field_at_const(field, obj), buf);
	if (field->wire == WIRE_STRING)
		return field_at_const(field, obj);
	return "";
}

void *field_list_add(struct field_list *list, size_t item_size)
{
	char *items;

	/* Room for a power of two: grows when n is one. */
	if (!(list->n & (list->n - 1))) {
		size_t room = list->n ? 2 * list->n : 1;

		items = reallocarray(list->items, room, item_size);
		if (!items) {
			fputs("adit: out of memory\n", stderr);
			exit(ERR_USAGE);
		}
		list->items = items;
	}
	items = list->items;
	return memset(items + list->n++ * item_size, 0, item_size);
}

static void clear_list(const struct field *field, struct field_list *list)
{
	if (field->wire == WIRE_NESTS)
		for (size_t i = 0; i < list->n; i++)
			field_clear(field->nest, (char *)list->items +
							 i * field->nest->size);
	free(list->items);
	*list = (struct field_list){ 0 };
}

void field_clear(const struct field_set *set, void *obj)
{
	for (size_t i = 0; i < set->n; i++) {
		const struct field *field = &set->rows[i];
		void *at = field_at(field, obj);

		if (field->wire == WIRE_NEST)
			field_clear(field->nest, at);
		else if (field->wire == WIRE_NESTS || field->wire == WIRE_U16S)
			clear_list(field, at);
		else if (field->wire == WIRE_SECRET)
			explicit_bzero(at, sizeof(struct secret));
	}
}
