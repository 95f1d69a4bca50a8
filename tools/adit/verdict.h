/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether traffic can flow, in a few words: what somebody wants to know before
 * anything else. Pure.
 */
#ifndef ADIT_VERDICT_H
#define ADIT_VERDICT_H

#include "../lib/model.h"

enum verdict_level {
	VERDICT_NONE, /* nothing is wanted of it */
	VERDICT_GOOD,
	VERDICT_WARN, /* works, but somebody should look */
	VERDICT_BAD, /* nothing gets through */
};

struct verdict {
	enum verdict_level level;
	char text[80];
};

/*
 * What hinders the peer whatever its children are; "" if nothing does. @socket
 * is NULL if there is none, or it is not known.
 */
struct verdict verdict_peer(const struct adit_peer *peer,
			    const struct adit_socket *socket);

/* @sas are those of the child; @peer may be NULL if it is gone. */
struct verdict verdict_child(const struct adit_child *child,
			     const struct adit_peer *peer,
			     const struct adit_socket *socket,
			     const struct adit_sa *sas, size_t n_sas);

/* @ready of the interface's children are not VERDICT_BAD. */
struct verdict verdict_dev(bool up, size_t ready, size_t children);

#endif
