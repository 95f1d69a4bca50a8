// SPDX-License-Identifier: GPL-2.0-or-later
/* See chan.h. */
#include "chan.h"

#include <errno.h>
#include <event2/event.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../../lib/vici.h"
#include "loop.h"

enum {
	READ_SIZE = 64 * 1024,
	/* In one go, before others have their turn. */
	READS = 4,
	BUSY = 1024 * 1024,
	/* Another process that takes nothing any more is stuck. */
	OUT_MAX = 64 * 1024 * 1024,
};

static void on_broken(struct chan *chan, const char *why)
{
	if (chan->broken)
		return;
	chan->broken = true;
	event_del(chan->readable);
	event_del(chan->writable);
	chan->ops->broken(chan, why);
}

/* Forget the first @len octets, and wipe where they were. */
static void shift(struct buf *buf, size_t len)
{
	size_t left = buf->len - len;

	if (left && len)
		memmove(buf->data, buf->data + len, left);
	buf_cut(buf, left);
}

/* ------------------------------------------------------------------- reading */

/* False if there is none yet, or the channel broke. */
static bool take_message(struct chan *chan, size_t *at, union msg_any *msg)
{
	struct span rest = span_of(chan->in.data + *at, chan->in.len - *at);
	unsigned int type;
	struct err err;
	size_t len;

	if (!msg_header(rest, &type, &len))
		return false;
	if (msg_check_header(type, len, chan->other, chan->self, &err)) {
		on_broken(chan, err.text);
		return false;
	}
	if (rest.len - MSG_HEADER_LEN < len)
		return false;
	rest = span_of(rest.data + MSG_HEADER_LEN, len);
	*at += MSG_HEADER_LEN + len;
	if (msg_decode(type, rest, msg, &err) ||
	    chan->ops->message(chan, type, msg, &err)) {
		on_broken(chan, err.text);
		return false;
	}
	return !chan->broken;
}

static void take_messages(struct chan *chan)
{
	union msg_any *msg = malloc(sizeof(*msg));
	size_t at = 0;

	if (!msg) {
		on_broken(chan, "out of memory");
		return;
	}
	while (take_message(chan, &at, msg))
		;
	explicit_bzero(msg, sizeof(*msg));
	free(msg);
	shift(&chan->in, at);
}

/* True if there may be more. */
static bool read_some(struct chan *chan)
{
	ssize_t n;

	do {
		n = read(chan->fd, chan->room, READ_SIZE);
	} while (n < 0 && errno == EINTR);
	if (n > 0) {
		/* Most messages are short: not all of the room is wiped. */
		buf_add(&chan->in, chan->room, (size_t)n);
		explicit_bzero(chan->room, (size_t)n);
		if (!chan->in.failed)
			return n == READ_SIZE;
		on_broken(chan, "out of memory");
		return false;
	}
	if (n < 0 && errno == EAGAIN)
		return false;
	on_broken(chan, n && errno != ECONNRESET ? strerror(errno) : NULL);
	return false;
}

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct chan *chan = arg;
	bool more = true;

	(void)fd;
	(void)what;
	for (int i = 0; more && i < READS && !chan->broken; i++) {
		more = read_some(chan);
		if (!chan->broken)
			take_messages(chan);
	}
}

/* ------------------------------------------------------------------- writing */

static int write_some(struct chan *chan)
{
	ssize_t n;

	while (chan->out_at < chan->out.len) {
		n = send(chan->fd, chan->out.data + chan->out_at,
			 chan->out.len - chan->out_at, MSG_NOSIGNAL);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			break;
		chan->out_at += (size_t)n;
	}
	/* Not each time: what waits would be moved again and again. */
	if (chan->out_at == chan->out.len || chan->out_at > BUSY) {
		shift(&chan->out, chan->out_at);
		chan->out_at = 0;
	}
	if (!chan_is_empty(chan) && errno != EAGAIN)
		return -1;
	return 0;
}

static void on_writable(evutil_socket_t fd, short what, void *arg)
{
	struct chan *chan = arg;

	(void)fd;
	(void)what;
	/* Who is gone is found when reading, after what it said last. */
	if (write_some(chan) || chan_is_empty(chan))
		event_del(chan->writable);
	else
		event_add(chan->writable, NULL);
	if (!chan->was_busy || chan_is_busy(chan))
		return;
	chan->was_busy = false;
	if (chan->ops->room)
		chan->ops->room(chan);
}

bool chan_is_busy(const struct chan *chan)
{
	return chan->out.len - chan->out_at > BUSY;
}

bool chan_is_empty(const struct chan *chan)
{
	return chan->out_at == chan->out.len;
}

static int push(struct chan *chan, struct err *err)
{
	chan->was_busy |= chan_is_busy(chan);
	if (chan->out.failed || chan->out.len - chan->out_at > OUT_MAX) {
		on_broken(chan, "it does not read what it is told");
		return err_set(err, ERR_REFUSED, "the %s process is stuck",
			       role_name(chan->other));
	}
	/*
	 * Written behind what else the loop has to do now, many at once; only
	 * when the other end does not take it all the kernel is asked to tell.
	 */
	if (!event_pending(chan->writable, EV_WRITE, NULL))
		event_active(chan->writable, EV_WRITE, 0);
	return 0;
}

int chan_send(struct chan *chan, enum msg_type type, const void *msg,
	      struct err *err)
{
	if (chan->fd < 0 || chan->broken)
		return err_set(err, ERR_REFUSED, "there is no %s process",
			       role_name(chan->other));
	if (chan_is_busy(chan) && msg_may_drop(type)) {
		chan->dropped++;
		chan->was_busy = true;
		return 0;
	}
	if (msg_encode(&chan->out, type, msg, err))
		return -1;
	return push(chan, err);
}

int chan_send_settings(struct chan *chan, uint32_t cookie, const char *command,
		       const struct setting *settings, struct err *err)
{
	struct msg_settings msg = { .cookie = cookie };
	struct buf buf = BUF_INIT;
	int rc = -1;

	vici_encode(&buf, VICI_CMD_REQUEST, command, settings);
	if (buf.failed) {
		err_set(err, ERR_REFUSED, "%s: too long", command);
	} else {
		msg.packet = span_of(buf.data + 4, buf.len - 4);
		rc = chan_send(chan, MSG_SETTINGS, &msg, err);
	}
	buf_free(&buf);
	return rc;
}

int chan_send_done(struct chan *chan, uint32_t cookie, int result,
		   const char *text, struct err *err)
{
	const struct msg_settings_done done = {
		.cookie = cookie,
		.good = result == 0,
		.text = result ? text : "",
	};

	return chan_send(chan, MSG_SETTINGS_DONE, &done, err);
}

void chan_flush(struct chan *chan, unsigned int milliseconds)
{
	uint64_t end = loop_now() + milliseconds;

	while (chan->fd >= 0 && !chan->broken && !chan_is_empty(chan)) {
		struct pollfd fd = { chan->fd, POLLOUT, 0 };
		uint64_t now = loop_now();

		if (now >= end || poll(&fd, 1, (int)(end - now)) < 0 ||
		    write_some(chan))
			return;
	}
}

/* ---------------------------------------------------------------------- life */

int chan_open(struct chan *chan, struct event_base *base, int fd,
	      enum role self, enum role other, const struct chan_ops *ops,
	      void *arg, struct err *err)
{
	*chan = (struct chan){
		.ops = ops,
		.arg = arg,
		.self = self,
		.other = other,
		.fd = fd,
	};
	evutil_make_socket_nonblocking(fd);
	chan->readable =
		event_new(base, fd, EV_READ | EV_PERSIST, on_readable, chan);
	chan->writable =
		event_new(base, fd, EV_WRITE | EV_PERSIST, on_writable, chan);
	chan->room = malloc(READ_SIZE);
	if (chan->readable && chan->writable && chan->room &&
	    !event_add(chan->readable, NULL))
		return 0;
	chan_close(chan);
	return err_set(err, ERR_REFUSED, "out of memory");
}

void chan_close(struct chan *chan)
{
	if (chan->readable)
		event_free(chan->readable);
	if (chan->writable)
		event_free(chan->writable);
	chan->readable = NULL;
	chan->writable = NULL;
	free(chan->room);
	chan->room = NULL;
	if (chan->fd >= 0)
		close(chan->fd);
	chan->fd = -1;
	buf_free(&chan->in);
	buf_free(&chan->out);
}
