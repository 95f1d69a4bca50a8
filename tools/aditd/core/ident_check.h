/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of ident.h have in common. */
#ifndef ADITD_CORE_IDENT_CHECK_H
#define ADITD_CORE_IDENT_CHECK_H

#include "ident.h"

/* May an identity of that type consist of that? */
int ident_check(uint8_t type, struct span data, struct err *err);

/* Checks, and copies what is in @data. */
int ident_set(struct ident *id, uint8_t type, struct span data,
	      struct err *err);

/* "keyid", NULL if there is none for the type. */
const char *ident_prefix(uint8_t type);

#endif
