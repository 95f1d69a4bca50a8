/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * AUTHs of peers, and what they say in EAP, that wait until it is known whether
 * their certificates are revoked. It asks one source of each certificate after another, until one is
 * good for something; whoever has none left, or no time, is for the policy.
 */
#ifndef ADITD_KEYS_REVOKE_H
#define ADITD_KEYS_REVOKE_H

#include "../core/env.h"
#include "../proc/msg.h"
#include "eap.h"

enum {
	REVOKE_WAITING_MAX = 256,
	REVOKE_FETCHES_MAX = 64,
	REVOKE_SECONDS = 20, /* a peer's patience is some more */
	REVOKE_AGAIN_SECONDS = 5, /* no source is asked again before */
};

struct revoke_ops {
	uint64_t (*now)(void *arg); /* seconds, monotonic */
	time_t (*date)(void *arg);
	/* revoke_fetched() follows, not before this is back; -1 if it won't. */
	int (*fetch)(void *arg, const struct msg_fetch *fetch);
	/* Answer it now. @note, if not "", says why nothing is known. */
	void (*ready)(void *arg, const struct env_auth *auth, const char *note);
};

struct revoke_wait;
struct revoke_fetch;

struct revoke {
	struct keys_store *store;
	struct eap_sessions *eap;
	const struct revoke_ops *ops;
	void *arg;
	uint32_t cookie;
	struct revoke_wait *waits;
	struct revoke_fetch *fetches;
	size_t n_waits, n_fetches;
};

/* Does it have to wait? Then it is copied, and ready() is called later. */
bool revoke_begin(struct revoke *revoke, const struct env_auth *auth);
void revoke_fetched(struct revoke *revoke, const struct msg_fetched *msg);

/* Every second, as long as somebody waits. */
void revoke_tick(struct revoke *revoke);
void revoke_free(struct revoke *revoke);

#endif
