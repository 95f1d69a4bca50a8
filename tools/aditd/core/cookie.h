/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Against floods: half-open SAs are counted; above a threshold an IKE_SA_INIT
 * gets nothing but a cookie that needs no memory (RFC 7296, 2.6). And what is
 * answered without protection is limited.
 */
#ifndef ADITD_CORE_COOKIE_H
#define ADITD_CORE_COOKIE_H

#include "env.h"

enum {
	COOKIE_LEN = 1 + 32,
	COOKIE_SECRET_LEN = 32,
	COOKIE_LIFE_MS = 60 * 1000, /* of a secret; the one before works too */
	HALF_OPEN_COOKIES = 10, /* from so many on cookies are asked for */
	HALF_OPEN_MAX = 1000, /* more are not begun at all */
	HALF_OPEN_EACH = 50, /* of one address, once cookies are asked for */
	/* Who gets nowhere costs time and a line of the log: so many a second. */
	REFUSED_PER_SECOND = 5,
	REFUSED_BURST = 20,
	REFUSED_COOKIES_MS = 10 * 1000, /* more: cookies, for so long */
};

/* So many a second, and that many at once. */
struct limit {
	unsigned int per_second, burst;
	uint64_t at;
	unsigned int spent;
};

bool limit_take(struct limit *limit, uint64_t now);

struct cookies {
	uint64_t made; /* when the newest secret was */
	uint8_t version;
	bool ready;
	uint8_t secrets[2][COOKIE_SECRET_LEN]; /* of odd and even versions */
	size_t half_open;
	struct limit refused; /* strangers, that get nowhere */
	uint64_t until; /* they were too many: asked for until then */
};

int cookie_make(struct cookies *cookies, const struct env *env,
		struct span nonce, const struct addr *from, uint64_t spi_i,
		uint8_t out[COOKIE_LEN]);
bool cookie_check(struct cookies *cookies, const struct env *env,
		  struct span nonce, const struct addr *from, uint64_t spi_i,
		  struct span cookie);

#endif
