/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the kernel says about a refusal, from NLMSG_ERROR and NLMSG_DONE. */
#ifndef ADIT_EXTACK_H
#define ADIT_EXTACK_H

#include <stdbool.h>
#include <stdint.h>

#include "field.h"

struct nlmsghdr;

struct extack {
	int error; /* as errno; 0 for success */
	const char *text; /* in the message; NULL if there is none */
	bool has_offset, has_missing, has_range, has_length;
	uint32_t offset; /* of the bad attribute, from the request's start */
	uint32_t missing; /* type of an attribute that was not given */
	bool is_signed;
	int64_t min, max; /* allowed values; of a uint64_t unless is_signed */
	uint32_t min_len, max_len; /* allowed lengths, 0 for not said */
};

/* False if that message is neither or too short. */
bool extack_decode(const struct nlmsghdr *reply, struct extack *ack);

/*
 * Write the refusal for a person. @request is what was sent, of which the
 * attributes of @set start @attrs octets from its start.
 */
int extack_explain(const struct extack *ack, const struct field_set *set,
		   const struct nlmsghdr *request, size_t attrs,
		   struct err *err);

#endif
