/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Traffic selectors (RFC 7296, 3.13.1) and their narrowing (2.9). Pure. */
#ifndef ADITD_CORE_TS_H
#define ADITD_CORE_TS_H

#include "../../lib/addr.h"
#include "../../lib/buf.h"

enum { TS_MAX = 64, TS_TEXT_SIZE = 2 * ADDR_TEXT_SIZE + 32 };

struct ts {
	struct addr start;
	struct addr end;
	uint8_t proto; /* 0 for any */
	uint16_t port_start; /* ICMP: type and code, RFC 7296, 3.13.1 */
	uint16_t port_end; /* 65535 down to 0 is OPAQUE */
	bool dynamic; /* of a configuration: the host itself */
};

struct ts_list {
	size_t n;
	struct ts ts[TS_MAX];
};

/*
 * swanctl.conf: "10.1.0.0/16[tcp/80],10.3.0.1-10.3.0.9,dynamic[gre]"; appended.
 * Of ICMP, type and code: "[icmp/8]" with any code, "[icmp/3(1)]", "[icmp/3-5]".
 */
int ts_parse(struct ts_list *list, const char *text, struct err *err);
const char *ts_show(const struct ts *ts, char buf[TS_TEXT_SIZE]);

/* Appends "a b c", cut at the size. */
void ts_show_list(const struct ts_list *list, char *buf, size_t size);

/*
 * From and to the body of a TS payload. What is of another type is left out, so
 * that none may be left.
 */
int ts_from_wire(struct ts_list *list, struct span body, struct err *err);
void ts_to_wire(const struct ts_list *list, struct buf *buf);

bool ts_equal(const struct ts *a, const struct ts *b);
bool ts_list_equal(const struct ts_list *a, const struct ts_list *b);
bool ts_contains(const struct ts *outer, const struct ts *inner);
bool ts_intersect(const struct ts *a, const struct ts *b, struct ts *out);

/*
 * Replace "dynamic" by each of the hosts: the end's address, or its virtual ones.
 * 0.0.0.0 and :: are hosts that are not known yet, and stand for all.
 */
void ts_resolve(const struct ts_list *from, const struct addr *hosts, size_t n,
		struct ts_list *to);

/*
 * RFC 7296, 2.9: the largest subset of what the peer proposes that our policy
 * has. 0 entries if there is none. Where the first one proposed is a single
 * packet's, it is in what is chosen if it can be.
 */
void ts_narrow(const struct ts_list *proposed, const struct ts_list *ours,
	       struct ts_list *out);

/*
 * Of both ends' selectors: those of a family that the other end has none of are
 * no packet's, and go. False if none is left, as all have gone then.
 */
bool ts_pair(struct ts_list *local, struct ts_list *remote);

#endif
