// SPDX-License-Identifier: GPL-2.0-or-later
/* The JSON half of print.h. */
#include <stdio.h>
#include <stdlib.h>

#include "print.h"

static struct json_object *checked(struct json_object *json)
{
	if (!json) {
		fputs("adit: out of memory\n", stderr);
		exit(ERR_USAGE);
	}
	return json;
}

void json_add(struct json_object *obj, const char *key,
	      struct json_object *value)
{
	json_object_object_add(obj, key, checked(value));
}

static struct json_object *of_number(const struct field *field, const void *obj)
{
	uint64_t value = field_number(field, obj);
	char buf[FIELD_TEXT_SIZE];

	switch (field->look) {
	case LOOK_BOOL:
		return json_object_new_boolean(value != 0);
	case LOOK_NAME:
		if (!names_find(field->names, (uint32_t)value))
			break;
		return json_object_new_string(field_show(field, obj, buf));
	case LOOK_HEX:
	case LOOK_SPI:
		return json_object_new_string(field_show(field, obj, buf));
	default:
		break;
	}
	return json_object_new_uint64(value);
}

static struct json_object *of_list(const struct field *field,
				   const struct field_list *list)
{
	struct json_object *array = checked(json_object_new_array());
	const char *item = list->items;

	for (size_t i = 0; i < list->n; i++) {
		struct json_object *value;
		char buf[SELECTOR_TEXT_SIZE];

		if (field->wire == WIRE_U16S) {
			const uint16_t *number = (const void *)item;

			value = json_object_new_int(number[i]);
		} else if (field->look == LOOK_SELECTOR) {
			const struct adit_selector *ts = (const void *)item;

			value = json_object_new_string(
				selector_show(&ts[i], buf));
		} else {
			value = json_of(field->nest,
					item + i * field->nest->size);
		}
		json_object_array_add(array, checked(value));
	}
	return array;
}

static struct json_object *of_field(const struct field *field, const void *obj)
{
	const void *at = field_at_const(field, obj);
	char buf[ADDR_TEXT_SIZE];

	if (field_is_number(field))
		return of_number(field, obj);
	switch (field->wire) {
	case WIRE_ADDR:
		return json_object_new_string(addr_digits(at, buf));
	case WIRE_STRING:
		return json_object_new_string(at);
	case WIRE_NEST:
		return json_of(field->nest, at);
	case WIRE_NESTS:
	case WIRE_U16S:
		return of_list(field, at);
	default:
		return NULL;
	}
}

void json_add_fields(struct json_object *json, const struct field_set *set,
		     const void *obj)
{
	for (size_t i = 0; i < set->n; i++) {
		const struct field *field = &set->rows[i];

		if (field_has(obj, field->attr) && field->wire != WIRE_SECRET)
			json_add(json, field_name(set, field->attr),
				 of_field(field, obj));
	}
}

struct json_object *json_of(const struct field_set *set, const void *obj)
{
	struct json_object *json = checked(json_object_new_object());

	json_add_fields(json, set, obj);
	return json;
}

static const char *text_of(const struct run *run, struct json_object *json)
{
	int flags = JSON_C_TO_STRING_NOSLASHESCAPE;

	if (run->pretty)
		flags |= JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED;
	return json_object_to_json_string_ext(json, flags);
}

void print_json(const struct run *run, struct json_object *json)
{
	puts(text_of(run, json));
	json_object_put(json);
}

static bool first_item;

void print_json_begin(const struct run *run)
{
	first_item = true;
	fputs(run->pretty ? "[\n" : "[", stdout);
}

void print_json_item(const struct run *run, struct json_object *json)
{
	if (!first_item)
		fputs(run->pretty ? ",\n" : ",", stdout);
	first_item = false;
	fputs(text_of(run, json), stdout);
	json_object_put(json);
}

void print_json_end(const struct run *run)
{
	fputs(run->pretty && !first_item ? "\n]\n" : "]\n", stdout);
}
