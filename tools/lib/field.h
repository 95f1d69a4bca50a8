/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fields: one row for each attribute of the netlink contract says where it is
 * in its struct, how it travels and how people write it. The netlink codec,
 * the command line, JSON and the text for people all come from these rows.
 *
 * Every struct that rows describe starts with `uint64_t has`, a bit for each
 * attribute number that is there.
 */
#ifndef ADIT_FIELD_H
#define ADIT_FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "err.h"
#include "names.h"

enum field_wire {
	WIRE_U8,
	WIRE_U16,
	WIRE_U32,
	WIRE_U64,
	WIRE_BE16, /* in host order in the struct */
	WIRE_BE32,
	WIRE_ADDR, /* struct addr */
	WIRE_STRING, /* char [size] */
	WIRE_SECRET, /* struct secret; never shown */
	WIRE_NEST, /* a struct with rows of its own */
	WIRE_NESTS, /* struct field_list of such */
	WIRE_U16S, /* struct field_list of uint16_t */
};

/* How a number is written. */
enum field_look {
	LOOK_NUMBER,
	LOOK_HEX, /* 0xabcd */
	LOOK_SPI, /* 0x0000abcd */
	LOOK_BOOL, /* on, off */
	LOOK_NAME, /* as its enum says */
	LOOK_PROTO, /* IP protocol */
	LOOK_BYTES,
	LOOK_SECONDS,
	LOOK_ERRNO, /* what it means, "none" for 0 */
	LOOK_IFINDEX, /* the interface's name */
	LOOK_SELECTOR, /* of a WIRE_NESTS */
};

struct field_set;

struct field {
	uint16_t attr;
	uint16_t offset;
	uint16_t size;
	uint8_t wire;
	uint8_t look;
	const struct names *names; /* LOOK_NAME */
	const struct field_set *nest; /* WIRE_NEST, WIRE_NESTS */
};

struct field_set {
	const struct names *names; /* of the attributes */
	const struct field *rows;
	size_t n;
	size_t size; /* of the struct */
};

/* A growing array; what it is of says the row. */
struct field_list {
	size_t n;
	void *items;
};

enum { SECRET_MAX = 128 };

struct secret {
	uint16_t len;
	uint8_t octets[SECRET_MAX];
};

/* Long enough for every field but a list. */
#define FIELD_TEXT_SIZE 128

/* NULL if the set has no such row. */
const struct field *field_find(const struct field_set *set, unsigned int attr);

const struct field *field_find_name(const struct field_set *set,
				    const char *name);

/* The contract's name of the attribute. */
const char *field_name(const struct field_set *set, unsigned int attr);

bool field_has(const void *obj, unsigned int attr);

/* The place of the field in the object. */
void *field_at(const struct field *field, void *obj);
const void *field_at_const(const struct field *field, const void *obj);

/* Of a row whose wire type is a number. */
bool field_is_number(const struct field *field);
uint64_t field_number(const struct field *field, const void *obj);
void field_set_number(const struct field *field, void *obj, uint64_t value);

/* Read the field from a word of the command line, and set its bit. */
int field_parse(const struct field *field, void *obj, const char *word,
		struct err *err);

/* As people read it. Returns @buf; a list must be walked by the caller. */
const char *field_show(const struct field *field, const void *obj,
		       char buf[FIELD_TEXT_SIZE]);

/* A new zeroed item at the end; exits if there is no memory. */
void *field_list_add(struct field_list *list, size_t item_size);

/* Free the lists and wipe the secrets of the object, not the object. */
void field_clear(const struct field_set *set, void *obj);

#endif
