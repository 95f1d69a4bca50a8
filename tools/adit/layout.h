/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What people see of each kind of object, in rows of parts. */
#ifndef ADIT_LAYOUT_H
#define ADIT_LAYOUT_H

#include "print.h"

struct layout {
	const struct part *parts;
	size_t n;
};

/* On the object's own line. */
extern const struct layout layout_dev, layout_peer, layout_child, layout_sa,
	layout_net;
/* Of a peer behind its addresses: what is in between, and then the rest. */
extern const struct layout layout_peer_way, layout_peer_more;
extern const struct layout layout_socket_state;
/* More of it, with -s. */
extern const struct layout layout_sa_more;

/* What a list of such objects shows of each. */
const struct layout *layout_of_list(const struct field_set *set);

/* "a,b", or "any" for an empty list. */
void layout_selectors(const struct field_list *list);

#endif
