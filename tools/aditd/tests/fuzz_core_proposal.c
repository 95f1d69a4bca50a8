// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Proposals of words, which both ends agree on; and lists of any transforms,
 * of which what is chosen is in both. The first octet says which.
 */
#include <stdlib.h>
#include <string.h>

#include "../core/proposal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_words(const uint8_t *data, size_t size, uint8_t protocol)
{
	char *text = strndup((const char *)data, size);
	struct proposals list = { 0 };
	char shown[PROPOSAL_TEXT_SIZE];
	struct proposal chosen;
	struct err err;

	if (!proposal_parse(&list, protocol, text, &err)) {
		proposal_show_list(&list, shown, sizeof(shown));
		/* Not with itself: one method for two exchanges. */
		if (!proposal_select(&list, &list, 0, &chosen, &err) &&
		    proposal_check(&list, &chosen, 0, &err))
			abort();
	} else if (list.n && strcmp(text, "default") != 0) {
		abort();
	}
	free(text);
}

/* Five octets a transform; a proposal ends with a type of 0. */
static void read_list(struct span *from, struct proposals *list)
{
	struct proposal *proposal;
	uint8_t type = 1, id, bits;

	while (list->n < PROPOSALS_MAX && from->len) {
		proposal = &list->list[list->n++];
		*proposal = (struct proposal){ .number = (uint8_t)list->n,
					       .protocol = PROTOCOL_IKE };
		while (span_take_u8(from, &type) && type &&
		       span_take_u8(from, &id) && span_take_u8(from, &bits))
			proposal_add(proposal, type & 15, id,
				     bits > 3 ? TRANSFORM_BITS_UNKNOWN :
						bits * 64);
		if (!type && from->len && !*from->data)
			return;
	}
}

static void check_lists(struct span from, unsigned int flags)
{
	struct proposals a = { 0 }, b = { 0 };
	char shown[PROPOSAL_TEXT_SIZE];
	struct proposal chosen;
	struct err err;

	read_list(&from, &a);
	read_list(&from, &b);
	if (proposal_select(&a, &b, flags, &chosen, &err))
		return;
	proposal_show(&chosen, shown);
	for (size_t i = 0; i < chosen.n; i++)
		if (!proposal_has(&b.list[chosen.number - 1],
				  &chosen.transforms[i]))
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t protocols[] = { PROTOCOL_IKE, PROTOCOL_AH,
					     PROTOCOL_ESP };
	unsigned int kind;

	if (!size)
		return 0;
	kind = data[0] % 4;
	if (kind < 3)
		check_words(data + 1, size - 1, protocols[kind]);
	else
		check_lists(span_of(data + 1, size - 1), data[0] >> 2U);
	return 0;
}
