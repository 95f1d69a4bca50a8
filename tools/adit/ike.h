/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What commands to the daemon have in common. */
#ifndef ADIT_IKE_H
#define ADIT_IKE_H

#include "../lib/vici_client.h"
#include "cmd.h"

struct ike_args {
	const char *name;
	const char *child;
	const char *folder;
	uint64_t timeout; /* seconds */
};

/* The opt.parse of words, of a struct ike_args at opt->offset. */
int parse_text(const struct opt *opt, void *args, const char *arg,
	       struct err *err);
int parse_timeout(const struct opt *opt, void *args, const char *arg,
		  struct err *err);

#define OPT_CONN(more)                                                   \
	{                                                                \
		.word = "name", .arg = "NAME", .help = "the connection", \
		.flags = OPT_PLAIN | (more), .parse = parse_text,        \
		.offset = offsetof(struct ike_args, name)                \
	}
#define OPT_CHILD                                                     \
	{                                                             \
		.word = "child", .arg = "CHILD",                      \
		.help = "only this child of it", .parse = parse_text, \
		.offset = offsetof(struct ike_args, child)            \
	}

int ike_connect(struct vici_client *client, const struct run *run,
		struct err *err);

/* Connections for completion, a line each; none without a daemon. */
void ike_print_names(const struct run *run);

/* A section as an object; values that are numbers are numbers. */
struct json_object;
struct json_object *ike_json(const struct setting *section);

/* Values that are NULL are left out. */
struct setting *ike_request(void);
void ike_put(struct setting *request, const char *name, const char *value);

#endif
