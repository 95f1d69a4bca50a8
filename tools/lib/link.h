/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What every interface has: an index, a name, up or down. */
#ifndef ADIT_LINK_H
#define ADIT_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "err.h"

int link_index(const char *name, uint64_t *ifindex, struct err *err);

/* The name, or "if7" if there is no such interface here. */
const char *link_name(uint32_t ifindex, char *buf, size_t size);

/* Whether an administrator has set it up; true if that can't be known. */
bool link_is_up(const char *name);

#endif
