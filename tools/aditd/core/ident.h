/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Identities (RFC 7296, 3.5), as text, on the wire, and as patterns that others
 * match. The text form is swanctl.conf's: an address, FQDN, user@FQDN, a DN as
 * "C=CH, CN=*", "keyid:NAME", "@#HEX", "fqdn:NAME", "%any", ... Pure.
 */
#ifndef ADITD_CORE_IDENT_H
#define ADITD_CORE_IDENT_H

#include "../../lib/addr.h"
#include "../../lib/buf.h"

enum { IDENT_LEN_MAX = 2048, IDENT_TEXT_SIZE = 512 };

/*
 * No types of the wire, but patterns: one that everybody matches, and addresses
 * from the first to the last one, as IKEv1 has them.
 */
enum { IDENT_ANY = 0, IDENT_IPV4_RANGE = 7, IDENT_IPV6_RANGE = 8 };

/* What ident_match() is for the very same. */
enum { IDENT_MATCH_PERFECT = 10000 };

struct ident {
	uint8_t type; /* ID_IPV4_ADDR ... */
	uint16_t len;
	uint8_t *data; /* owned */
};

int ident_parse(struct ident *id, const char *text, struct err *err);
int ident_from_addr(struct ident *id, const struct addr *addr);

/* From the body of an ID payload behind its generic header. */
int ident_from_wire(struct ident *id, struct span body, struct err *err);
void ident_to_wire(const struct ident *id, struct buf *buf);

int ident_copy(struct ident *to, const struct ident *from);
void ident_free(struct ident *id);

/*
 * Always ends with a NUL; returns @buf. ident_parse() makes the same of it: where
 * the plain text would be read as something else, the type is in front of it, and
 * what cannot be printed is hexadecimal. Cut, and "..." behind it, if too long.
 */
const char *ident_show(const struct ident *id, char buf[IDENT_TEXT_SIZE]);

bool ident_equal(const struct ident *a, const struct ident *b);

/* For tables: those that are equal have the same. */
uint64_t ident_key(const struct ident *id);

/*
 * How well does @id match the pattern: 0 not at all, the more the less of it
 * are wildcards. FQDN and e-mail compare without case, "*" in front of a domain
 * matches hosts in it, in front of "@" users; of DNs each RDN may be "*".
 */
unsigned int ident_match(const struct ident *id, const struct ident *pattern);

#endif
