/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Traffic selectors (RFC 7296, 3.13.1) in the text form of swanctl.conf:
 *
 *	ADDR | ADDR/PLEN | ADDR-ADDR | any, then maybe
 *	[PROTO] | [PROTO/PORT] | [PROTO/PORT-PORT]
 *
 * Pure.
 */
#ifndef ADIT_SELECTOR_H
#define ADIT_SELECTOR_H

#include "addr.h"
#include "field.h"

struct adit_selector {
	uint64_t has;
	struct addr start;
	struct addr end;
	uint8_t proto;
	uint16_t port_start;
	uint16_t port_end;
};

/* Two addresses, a dash, brackets, a protocol and two ports. */
#define SELECTOR_TEXT_SIZE (2 * ADDR_TEXT_SIZE + 32)

/*
 * Append what @word says to @list: one selector, or one of each family for
 * "any". The host part of a prefix is ignored.
 */
int selector_parse(struct field_list *list, const char *word, struct err *err);

/* The same for words with commas between them. */
int selector_parse_list(struct field_list *list, const char *words,
			struct err *err);

/* Parts of it: ADDR, ADDR/PLEN or ADDR-ADDR, whose text is cut up; PROTO. */
int selector_parse_addresses(struct addr *start, struct addr *end, char *text,
			     struct err *err);
int selector_parse_proto(uint8_t *proto, const char *text, struct err *err);

/* Returns @buf. */
const char *selector_show(const struct adit_selector *selector,
			  char buf[SELECTOR_TEXT_SIZE]);

#endif
