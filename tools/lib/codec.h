/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Objects to netlink attributes and back, by their rows. */
#ifndef ADIT_CODEC_H
#define ADIT_CODEC_H

#include <stddef.h>

#include "field.h"

struct nl_msg;
struct nlattr;

/*
 * Fill @obj, which must be zeroed, from the attributes. What is not known, or
 * not of the right size, is passed over. Give it to field_clear() later.
 */
void codec_decode(const struct field_set *set, const struct nlattr *attrs,
		  int len, void *obj);

/* Append what the object has; -1 if it does not fit. */
int codec_encode(const struct field_set *set, const void *obj,
		 struct nl_msg *msg);

/*
 * The name of the attribute @offset octets behind @attrs, with its nests like
 * "limits.soft-bytes"; false if none starts there.
 */
bool codec_name_at(const struct field_set *set, const struct nlattr *attrs,
		   int len, size_t offset, char *buf, size_t size);

#endif
