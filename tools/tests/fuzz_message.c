// SPDX-License-Identifier: GPL-2.0-or-later
/* Whatever comes from a netlink socket, it is decoded and printed. */
#include <linux/netlink.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../adit/print.h"
#include "../lib/extack.h"
#include "../lib/nl.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ATTRS = NLMSG_HDRLEN + 4 };

static void decode(const struct nlmsghdr *head)
{
	unsigned int cmd;
	void *obj = adit_nl_decode(head, &cmd);

	if (!obj)
		return;
	json_object_put(json_of(model_set_of(cmd), obj));
	field_clear(model_set_of(cmd), obj);
	free(obj);
}

static void explain(const struct nlmsghdr *head)
{
	struct extack ack;
	struct err err;

	/* The message is its own request: names are looked up in it. */
	if (extack_decode(head, &ack) && ack.error)
		extack_explain(&ack, &set_sa, head, ATTRS, &err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct nlmsghdr *head;

	if (size < sizeof(*head))
		return 0;
	head = malloc(size);
	memcpy(head, data, size);
	/* libnl hands out only what has arrived. */
	head->nlmsg_len = (uint32_t)size;
	decode(head);
	explain(head);
	free(head);
	return 0;
}
