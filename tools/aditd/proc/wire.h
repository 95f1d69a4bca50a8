/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Structures between processes: rows say what a struct has and which values
 * are allowed, and the same rows write and read it. A reader trusts nothing:
 * who wrote may have been taken over. Pure.
 */
#ifndef ADITD_PROC_WIRE_H
#define ADITD_PROC_WIRE_H

#include "../../lib/buf.h"
#include "../../lib/err.h"

enum wire_kind {
	WIRE_NUMBER, /* unsigned, of `size` octets in the struct; an enum too */
	WIRE_FLAG, /* bool */
	WIRE_ADDRESS, /* struct addr, of 0, 4 or 16 octets */
	WIRE_TEXT, /* const char *; no control character but newlines */
	WIRE_OCTETS, /* struct span */
	WIRE_IDENT, /* struct ident; its data is a view when read */
	WIRE_ARRAY, /* of `nest`, with its count, a size_t, at `count` */
};

struct wire_set;

struct wire_row {
	const char *name;
	enum wire_kind kind;
	size_t offset;
	size_t size; /* of the member; of one item of an array */
	uint64_t min; /* of a number; octets of a text or octets; items */
	uint64_t max;
	const struct wire_set *nest;
	size_t count;
};

struct wire_set {
	const struct wire_row *rows;
	size_t n;
};

/* Append the struct; -1 if a value is not what the rows allow. */
int wire_put(struct buf *buf, const struct wire_set *set, const void *obj,
	     struct err *err);

/* Texts and octets are views of @from. It must be used up by it. */
int wire_take(struct span from, const struct wire_set *set, void *obj,
	      struct err *err);

#endif
