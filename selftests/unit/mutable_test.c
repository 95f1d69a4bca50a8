// SPDX-License-Identifier: GPL-2.0-or-later
/* What AH covers of a header: against the model, and what is no header. */

#include <stdlib.h>

#include "../../kmod/mutable.h"
#include "mutable_model.h"
#include "random.h"
#include "tap.h"

/* On the heap, so that one octet too far is seen. */
static bool clear(const u8 *header, unsigned int len, u8 *out)
{
	u8 *copy = malloc(len ? len : 1);
	bool ok;

	if (!copy)
		abort();
	memcpy(copy, header, len);
	ok = adit_mutable_clear(copy, len);
	memcpy(out, copy, len);
	free(copy);
	return ok;
}

static void make(struct model_header *header)
{
	if (rnd() % 2)
		model_header4(header);
	else
		model_header6(header);
}

static void covered(void)
{
	struct model_header header;
	u8 out[MODEL_HEADER_MAX];
	unsigned int i, at;

	for (i = 0; i < tap_steps; i++) {
		make(&header);
		check(clear(header.sent, header.len, out),
		      "version %u, %u octets: refused", header.sent[0] >> 4,
		      header.len);
		for (at = 0; at < header.len; at++)
			if (!check(out[at] == header.covered[at],
				   "version %u, %u octets: octet %u",
				   header.sent[0] >> 4, header.len, at))
				return;
	}
}

/* Whatever routers do, the receiver covers what the sender has covered. */
static void changed_on_the_way(void)
{
	struct model_header header;
	u8 out[MODEL_HEADER_MAX];
	unsigned int i, at;

	for (i = 0; i < tap_steps; i++) {
		make(&header);
		for (at = 0; at < header.len; at++)
			header.sent[at] ^= header.may_change[at] & (u8)rnd();
		if (!check(clear(header.sent, header.len, out) &&
			   !memcmp(out, header.covered, header.len),
			   "version %u, %u octets: a router's change is seen",
			   header.sent[0] >> 4, header.len))
			return;
	}
}

static void lengths(void)
{
	struct model_header header;
	u8 out[MODEL_HEADER_MAX];
	unsigned int i, len;

	for (i = 0; i < tap_steps / 100 + 1; i++) {
		model_header4(&header);
		for (len = 0; len < header.len; len++)
			check(!clear(header.sent, len, out),
			      "IPv4: %u of %u octets are enough", len,
			      header.len);
		model_header6(&header);
		for (len = 0; len < 40; len++)
			check(!clear(header.sent, len, out),
			      "IPv6: %u octets are enough", len);
		header.sent[header.len] = 0;
		check(!clear(header.sent, header.len + 1, out),
		      "IPv6: an octet too many is none");
	}
}

#define HEADER4(ihl) \
	0x40 | (ihl), 0, 0, 0, 0, 0, 0, 0, 0, 51, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8
#define ADDR 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16
#define HEADER6(next) 0x60, 0, 0, 0, 0, 0, next, 0, ADDR, ADDR

static const struct {
	const char *name;
	u8 len;
	u8 octets[80];
} broken[] = {
	{ "version 5", 20, { 0x55 } },
	{ "an option that has no length", 24, { HEADER4(6), 1, 1, 1, 7 } },
	{ "an option of one octet", 24, { HEADER4(6), 7, 1, 0, 0 } },
	{ "an option that is too long", 24, { HEADER4(6), 7, 5, 0, 0 } },
	{ "a kept option that is too long", 24, { HEADER4(6), 1, 130, 4, 0 } },
	{ "half an extension header", 44, { HEADER6(0), 51, 0, 1, 0 } },
	{ "an extension header that is too long",
	  48, { HEADER6(0), 51, 1, 1, 4, 0, 0, 0, 0 } },
	{ "an option that has no length",
	  48, { HEADER6(60), 51, 0, 0, 0, 0, 0, 0, 1 } },
	{ "an option that is too long",
	  48, { HEADER6(60), 51, 0, 1, 5, 0, 0, 0, 0 } },
	{ "a fragment", 48, { HEADER6(44), 51, 0, 0, 0, 0, 0, 0, 0 } },
	{ "two AH in a row", 48, { HEADER6(51), 51, 0, 0, 0, 0, 0, 0, 0 } },
	{ "a route with more left than there is",
	  64, { HEADER6(43), 51, 2, 0, 2, 0, 0, 0, 0, ADDR } },
	{ "a route of an unknown type that is not at its end",
	  64, { HEADER6(43), 51, 2, 4, 1, 0, 0, 0, 0, ADDR } },
	{ "a route without addresses",
	  48, { HEADER6(43), 51, 0, 0, 1, 0, 0, 0, 0 } },
};

static void refused(void)
{
	u8 out[MODEL_HEADER_MAX];
	unsigned int i;

	for (i = 0; i < sizeof(broken) / sizeof(*broken); i++)
		check(!clear(broken[i].octets, broken[i].len, out), "%s",
		      broken[i].name);
}

/* At its end a route of any type stays as it is. */
static void routes_at_their_end(void)
{
	static const u8 header[] = { HEADER6(43), 51, 2,    4, 0,
				     0,		  0,  0,    0, ADDR };
	u8 out[sizeof(header)];

	check(clear(header, sizeof(header), out) &&
	      !memcmp(out, header, sizeof(header)), "another header");
}

static const struct tap_test tests[] = {
	{ "what is covered", covered },
	{ "changes on the way", changed_on_the_way },
	{ "lengths", lengths },
	{ "what is no header", refused },
	{ "routes at their end", routes_at_their_end },
};

int main(int argc, char **argv)
{
	return tap_main(argc, argv, "mutable", tests,
			sizeof(tests) / sizeof(*tests));
}
