/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The life of Child SAs: made, brought into the kernel, replaced, removed.
 *
 *	CREATED -> INSTALLING -> INSTALLED -> REKEYING -> REKEYED -> DELETING
 *
 * All generations of a child have one id on the device. Only one of them sends;
 * when that goes, the newest of the others takes over.
 */
#ifndef ADITD_CORE_CHILD_H
#define ADITD_CORE_CHILD_H

#include "inner.h"

struct child_keys {
	struct span encr_in, integ_in, encr_out, integ_out;
};

/* With an inbound SPI of its own; NULL if there are too many. */
struct child_sa *child_new(struct ike_sa *ike, const struct child_conf *conf);

/*
 * Its id: the one of @old if that is replaced, of a child of the same peer with
 * the same selectors, of the configured child, or a new one.
 */
void child_identify(struct child_sa *child, const struct child_sa *old);
void child_install(struct child_sa *child, const struct child_keys *keys,
		   bool hold_outbound);
void child_take_over(struct child_sa *child); /* it sends from now on */
void child_up(struct child_sa *child, const struct child_sa *old);

void child_replaced(struct child_sa *child);
void child_rekey_later(struct child_sa *child, uint64_t ms);

/*
 * It goes, and what it has replaced is still there: that one goes on. False if
 * there is none.
 */
bool child_give_back(const struct child_sa *child);

/* Does another generation live on? Then its end is not the child's. */
bool child_has_heir(const struct child_sa *child);

/* Out of the kernel and of the lists; the memory goes a bit later. */
void child_remove(struct child_sa *child);
void child_move(struct child_sa *child, struct ike_sa *to);

/* idle.c: when to look whether it is in use; it was made, or looked at. */
void child_idle_begin(struct child_sa *child, const struct child_sa *old);
void child_idle_ask(struct child_sa *child);
void child_arm(struct child_sa *child); /* the next of its times */

/* It was deleted, and nobody replaced it: what the configuration wants then. */
void child_closed(struct child_sa *child);

struct child_sa *child_of_spi(const struct ike_sa *ike, uint8_t protocol,
			      uint32_t spi, bool inbound);
struct child_sa *child_of_unique(struct engine *engine, uint32_t unique);
struct child_sa *child_of_conf(const struct ike_sa *ike,
			       const struct child_conf *conf);
void child_set_state(struct child_sa *child, enum child_state state);

/* "net{3} 10.1.0.0/16 === 10.2.0.0/16" */
void child_show(const struct child_sa *child, char *buf, size_t size);

#endif
