/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A channel: one end of a socketpair between two processes. Writing never
 * waits; what the other end does not take stays here, up to a limit.
 */
#ifndef ADITD_PROC_CHAN_H
#define ADITD_PROC_CHAN_H

#include "msg.h"

struct event;
struct event_base;
struct chan;

/* Called with each message; -1 with an error if it makes no sense. */
typedef int (*chan_fn)(struct chan *chan, enum msg_type type,
		       const union msg_any *msg, struct err *err);

struct chan_ops {
	chan_fn message;
	/* It is of no use any more: the other end is gone (NULL), or why. */
	void (*broken)(struct chan *chan, const char *why);
	/* After chan_is_busy() was true it is not any more; may be NULL. */
	void (*room)(struct chan *chan);
};

struct chan {
	const struct chan_ops *ops;
	void *arg;
	enum role self, other;
	int fd; /* -1 when it is closed */
	struct event *readable, *writable;
	uint8_t *room; /* to read into */
	struct buf in, out;
	size_t out_at; /* what is written already */
	bool was_busy;
	bool broken;
	uint64_t dropped;
};

/* The descriptor is the channel's from now on, also if it fails. */
int chan_open(struct chan *chan, struct event_base *base, int fd,
	      enum role self, enum role other, const struct chan_ops *ops,
	      void *arg, struct err *err);

/* What waits is thrown away. Not from within its own calls. */
void chan_close(struct chan *chan);

/* More than a little waits: who can should do less. */
bool chan_is_busy(const struct chan *chan);
bool chan_is_empty(const struct chan *chan);

/* -1 if it is closed, or the message is not what its row allows. */
int chan_send(struct chan *chan, enum msg_type type, const void *msg,
	      struct err *err);

/* A command with its settings. */
int chan_send_settings(struct chan *chan, uint32_t cookie, const char *command,
		       const struct setting *settings, struct err *err);
int chan_send_done(struct chan *chan, uint32_t cookie, int result,
		   const char *text, struct err *err);

/* Write what waits, for at most that long; for a process that ends. */
void chan_flush(struct chan *chan, unsigned int milliseconds);

#endif
