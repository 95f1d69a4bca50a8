/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What an IKE SA is going to ask its peer for, one after the other (RFC 7296,
 * 2.3: the window is 1).
 */
#ifndef ADITD_CORE_TASK_H
#define ADITD_CORE_TASK_H

#include "env.h"

enum task_kind {
	TASK_CHILD, /* a new Child SA */
	TASK_CHILD_REKEY,
	TASK_CHILD_DELETE,
	TASK_IKE_REKEY,
	TASK_IKE_DELETE,
	TASK_LIVENESS,
	TASK_ADDRESS, /* MOBIKE's UPDATE_SA_ADDRESSES */
	TASK_ADDRESS_LIST, /* its ADDITIONAL_IP4_ADDRESS and the like */
	TASK_ROUTABILITY, /* is the peer where it says? */
	TASK_TOKEN, /* QCD_TOKEN after rekeying (RFC 6290, 4.3) */
	TASK_TICKET, /* a ticket for what is rekeyed (RFC 5723, 4.1) */
	TASKS,
};

enum { TASKS_MAX = 64 };

/* Somebody who wants to know how it ended, once. */
struct waiter {
	struct waiter *next;
	void (*done)(void *arg, int result, const char *text);
	void *arg;
};

int waiter_add(struct waiter **list,
	       void (*done)(void *arg, int result, const char *text),
	       void *arg);
void waiters_tell(struct waiter **list, int result, const char *text);
void waiters_move(struct waiter **to, struct waiter **from);

struct task {
	struct task *next;
	enum task_kind kind;
	uint64_t not_before; /* env_now() */
	unsigned int tries; /* TEMPORARY_FAILURE, INVALID_KE_PAYLOAD */
	const struct child_conf *conf; /* of the SA's conn */
	uint32_t child; /* unique id of the Child SA meant */
	bool has_packet; /* what made it necessary */
	struct ts source, destination;
	uint16_t ke; /* the method that the peer wants, 0 if it said nothing */
	struct waiter *waiters;
};

struct task_queue {
	struct task *first;
	size_t n;
};

/* NULL if there are too many, or no memory. */
struct task *task_add(struct task_queue *queue, enum task_kind kind);
void task_push(struct task_queue *queue, struct task *task); /* to the end */

/* The first whose time has come, taken out; NULL if there is none. */
struct task *task_take(struct task_queue *queue, uint64_t now);
struct task *task_take_kind(struct task_queue *queue, enum task_kind kind);
bool task_has(const struct task_queue *queue, enum task_kind kind,
	      uint32_t child);

/* When the next one's time comes; 0 for never. */
uint64_t task_next(const struct task_queue *queue);

/* Its waiters are told. */
void task_end(struct task *task, int result, const char *text);
void task_end_all(struct task_queue *queue, const char *text);

/* Forget those that concern that Child SA. */
void task_forget(struct task_queue *queue, uint32_t child, const char *text);

#endif
