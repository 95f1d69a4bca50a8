/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Distinguished names in DER, and as people write them: "C=CH, O=adit, CN=*" or
 * "/C=CH/O=adit/CN=*". Pure.
 */
#ifndef ADITD_CORE_DN_H
#define ADITD_CORE_DN_H

#include "../../lib/buf.h"
#include "../../lib/err.h"

/* What is special in a value has a backslash in front (RFC 4514, 2.4). */
int dn_parse(const char *text, struct buf *der, struct err *err);

bool dn_valid(struct span der);

/* Append the text, without a NUL; -1 if it cannot be written as one. */
int dn_show(struct span der, struct buf *text);

enum { DN_DIFFERENT = -1 };

/*
 * Values compare without case, whatever string type they have (RFC 5280, 7.1).
 * With @wildcards, "*" in the pattern stands for any value: how many there are,
 * or DN_DIFFERENT.
 */
int dn_compare(struct span der, struct span pattern, bool wildcards);

#endif
