// SPDX-License-Identifier: GPL-2.0-or-later
/* Clients of the control socket: their packets in and out. See ctl.h. */
#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "ctl_client.h"

enum { CTL_IN_MAX = VICI_PACKET_MAX + 4 };

static const char *const event_names[CTL_EVENTS] = {
	[CTL_LOG] = "log",
	[CTL_CONTROL_LOG] = "control-log",
	[CTL_LIST_SA] = "list-sa",
	[CTL_LIST_POLICY] = "list-policy",
	[CTL_LIST_CONN] = "list-conn",
	[CTL_LIST_CERT] = "list-cert",
	[CTL_LIST_AUTHORITY] = "list-authority",
	[CTL_IKE_UPDOWN] = "ike-updown",
	[CTL_IKE_REKEY] = "ike-rekey",
	[CTL_IKE_UPDATE] = "ike-update",
	[CTL_CHILD_UPDOWN] = "child-updown",
	[CTL_CHILD_REKEY] = "child-rekey",
};

static size_t waiting(const struct ctl_client *client)
{
	return evbuffer_get_length(bufferevent_get_output(client->stream_end));
}

static void end_stream(struct ctl_client *client)
{
	if (client->stream.done)
		client->stream.done(client);
	client->stream = (struct ctl_stream){ 0 };
	free(client->counters.list);
	client->counters = (struct ctl_counters){ 0 };
}

/* Only marked: who called us may still look at it. */
void ctl_close(struct ctl_client *client)
{
	if (client->closing)
		return;
	client->closing = true;
	bufferevent_disable(client->stream_end, EV_READ | EV_WRITE);
	if (client->busy)
		client->ctl->ops->forget(client->ctl->world, client);
	ctl_wait_forget(client);
	event_active(client->ctl->reaper, EV_TIMEOUT, 1);
}

static void free_client(struct ctl_client *client)
{
	struct ctl *ctl = client->ctl;

	end_stream(client);
	setting_free(client->request);
	bufferevent_free(client->stream_end);
	event_free(client->again);
	if (client->next)
		client->next->prev = client->prev;
	if (client->prev)
		client->prev->next = client->next;
	else
		ctl->clients = client->next;
	ctl->n_clients--;
	free(client);
}

static void reap(evutil_socket_t fd, short what, void *arg)
{
	struct ctl *ctl = arg;
	struct ctl_client *client, *next;

	(void)fd;
	(void)what;
	for (client = ctl->clients; client; client = next) {
		next = client->next;
		if (client->closing)
			free_client(client);
	}
}

/* False if it did not become a packet. */
static bool send_packet(struct ctl_client *client, uint8_t type,
			const char *name, const struct setting *settings)
{
	struct buf packet = BUF_INIT;
	bool good;

	if (client->closing)
		return true;
	vici_encode(&packet, type, name, settings);
	good = !packet.failed;
	if (good &&
	    bufferevent_write(client->stream_end, packet.data, packet.len))
		ctl_close(client);
	buf_free(&packet);
	return good;
}

bool ctl_wants(const struct ctl_client *client, enum ctl_event_id event)
{
	return !client->closing && client->events & 1U << event;
}

/* Of a list that is streamed there is never much. */
void ctl_send_event(struct ctl_client *client, enum ctl_event_id event,
		    const struct setting *settings)
{
	if (!ctl_wants(client, event) || !settings)
		return;
	if (waiting(client) < CTL_OUT_HIGH)
		send_packet(client, VICI_EVENT, event_names[event], settings);
	else if (event != CTL_LOG && event != CTL_CONTROL_LOG)
		ctl_close(client);
}

static void finish(struct ctl_client *client)
{
	client->busy = false;
	setting_free(client->request);
	client->request = NULL;
	if (!client->closing)
		event_active(client->again, EV_TIMEOUT, 1);
}

void ctl_answer(struct ctl_client *client, struct setting *settings)
{
	struct setting *sorry;

	if (!send_packet(client, VICI_CMD_RESPONSE, NULL, settings)) {
		sorry = ctl_root();
		ctl_put(sorry, "success", "no");
		ctl_put(sorry, "errmsg", "the answer does not fit in a packet");
		if (!send_packet(client, VICI_CMD_RESPONSE, NULL, sorry))
			ctl_close(client);
		setting_free(sorry);
	}
	setting_free(settings);
	finish(client);
}

void ctl_answer_result(struct ctl_client *client, const char *text)
{
	struct setting *answer = ctl_root();

	ctl_put(answer, "success", text ? "no" : "yes");
	if (text)
		ctl_put(answer, "errmsg", "%s", text);
	ctl_answer(client, answer);
}

/* As much of the list as the client takes. */
static void go_on(struct ctl_client *client)
{
	struct ctl_stream *stream = &client->stream;

	while (!client->closing && stream->at < stream->n &&
	       waiting(client) < CTL_OUT_LOW) {
		struct setting *item = stream->item(client, stream->at++);

		ctl_send_event(client, stream->event, item);
		setting_free(item);
	}
	if (client->closing || stream->at < stream->n)
		return;
	end_stream(client);
	if (!ctl_relay_more(client))
		ctl_answer(client, NULL);
}

void ctl_stream(struct ctl_client *client, const struct ctl_stream *stream)
{
	client->stream = *stream;
	go_on(client);
}

static void register_event(struct ctl_client *client, struct span name, bool on)
{
	for (unsigned int i = 0; i < CTL_EVENTS; i++) {
		if (!span_equal(name, span_of_text(event_names[i])))
			continue;
		if (on)
			client->events |= 1U << i;
		else
			client->events &= ~(1U << i);
		send_packet(client, VICI_EVENT_CONFIRM, NULL, NULL);
		return;
	}
	send_packet(client, VICI_EVENT_UNKNOWN, NULL, NULL);
}

static void handle(struct ctl_client *client, struct span packet)
{
	const struct ctl_command *command;
	struct setting *settings;
	struct span name;
	struct err err;
	uint8_t type;

	if (vici_decode(packet, &type, &name, &settings, &err)) {
		ctl_close(client);
		return;
	}
	switch (type) {
	case VICI_CMD_REQUEST:
		command = ctl_command(name);
		if (!command) {
			send_packet(client, VICI_CMD_UNKNOWN, NULL, NULL);
			break;
		}
		client->busy = true;
		client->request = settings;
		ctl_run(client, command);
		return;
	case VICI_EVENT_REGISTER:
	case VICI_EVENT_UNREGISTER:
		register_event(client, name, type == VICI_EVENT_REGISTER);
		break;
	default:
		ctl_close(client);
		break;
	}
	setting_free(settings);
}

/* One packet; false if it is not whole yet. */
static bool take_packet(struct ctl_client *client)
{
	struct evbuffer *in = bufferevent_get_input(client->stream_end);
	size_t have = evbuffer_get_length(in);
	struct span header;
	uint8_t raw[4];
	uint32_t len;

	if (evbuffer_copyout(in, raw, sizeof(raw)) != sizeof(raw))
		return false;
	header = SPAN(raw);
	span_take_u32(&header, &len);
	if (!len || len > VICI_PACKET_MAX) {
		ctl_close(client);
		return false;
	}
	if (have - sizeof(raw) < len)
		return false;
	evbuffer_drain(in, sizeof(raw));
	handle(client, span_of(evbuffer_pullup(in, (ev_ssize_t)len), len));
	evbuffer_drain(in, len);
	return true;
}

/*
 * Who does not read answers gets no further ones. What comes in meanwhile is
 * at most a packet: libevent would call us for ever if its buffer stayed full,
 * so there is no reading then.
 */
static void take_packets(struct ctl_client *client)
{
	struct evbuffer *in = bufferevent_get_input(client->stream_end);

	while (!client->busy && !client->closing &&
	       waiting(client) < CTL_OUT_LOW && take_packet(client))
		;
	if (client->closing)
		return;
	if (evbuffer_get_length(in) < CTL_IN_MAX)
		bufferevent_enable(client->stream_end, EV_READ);
	else
		bufferevent_disable(client->stream_end, EV_READ);
}

static void proceed(struct ctl_client *client)
{
	if (client->closing)
		return;
	if (client->busy && client->stream.item)
		go_on(client);
	take_packets(client);
}

static void on_read(struct bufferevent *stream_end, void *arg)
{
	(void)stream_end;
	take_packets(arg);
}

static void on_room(struct bufferevent *stream_end, void *arg)
{
	(void)stream_end;
	proceed(arg);
}

static void on_again(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	proceed(arg);
}

static void on_end(struct bufferevent *stream_end, short what, void *arg)
{
	(void)stream_end;
	if (what & (BEV_EVENT_EOF | BEV_EVENT_ERROR))
		ctl_close(arg);
}

static int open_client(struct ctl_client *client, int fd)
{
	struct event_base *base = client->ctl->base;

	client->again = event_new(base, -1, 0, on_again, client);
	client->stream_end =
		bufferevent_socket_new(base, fd, BEV_OPT_CLOSE_ON_FREE);
	if (!client->again || !client->stream_end)
		return -1;
	bufferevent_setcb(client->stream_end, on_read, on_room, on_end, client);
	/* One packet in, and a list goes on when half of it is read. */
	bufferevent_setwatermark(client->stream_end, EV_READ, 0, CTL_IN_MAX);
	bufferevent_setwatermark(client->stream_end, EV_WRITE, CTL_OUT_LOW / 2,
				 0);
	return bufferevent_enable(client->stream_end, EV_READ | EV_WRITE);
}

int ctl_add_client(struct ctl *ctl, int fd)
{
	struct ctl_client *client;

	if (ctl->n_clients == CTL_CLIENTS_MAX ||
	    evutil_make_socket_nonblocking(fd)) {
		close(fd);
		return -1;
	}
	client = calloc(1, sizeof(*client));
	if (!client) {
		close(fd);
		return -1;
	}
	client->ctl = ctl;
	if (open_client(client, fd)) {
		if (client->stream_end)
			bufferevent_free(client->stream_end);
		else
			close(fd);
		if (client->again)
			event_free(client->again);
		free(client);
		return -1;
	}
	client->next = ctl->clients;
	if (client->next)
		client->next->prev = client;
	ctl->clients = client;
	ctl->n_clients++;
	return 0;
}

static void on_connect(evutil_socket_t fd, short what, void *arg)
{
	int client = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	(void)what;
	if (client >= 0)
		ctl_add_client(arg, client);
}

struct ctl *ctl_new(struct event_base *base, struct engine *engine, int fd,
		    const struct ctl_ops *ops, void *world, struct err *err)
{
	struct ctl *ctl = calloc(1, sizeof(*ctl));

	if (!ctl) {
		err_set(err, ERR_USAGE, "control socket: no memory");
		return NULL;
	}
	ctl->base = base;
	ctl->engine = engine;
	ctl->ops = ops;
	ctl->world = world;
	ctl->fd = fd;
	ctl->started = ops->now(world);
	ctl->started_at = time(NULL);
	ctl->loaded = ctl_root();
	ctl->pools = ctl_root();
	ctl->reaper = event_new(base, -1, 0, reap, ctl);
	if (fd >= 0)
		ctl->listen = event_new(base, fd, EV_READ | EV_PERSIST,
					on_connect, ctl);
	if (!ctl->loaded || !ctl->pools || !ctl->reaper ||
	    (fd >= 0 && !ctl->listen) ||
	    (fd >= 0 && (evutil_make_socket_nonblocking(fd) ||
			 event_add(ctl->listen, NULL)))) {
		ctl_free(ctl);
		err_set(err, ERR_USAGE, "control socket: %s", strerror(errno));
		return NULL;
	}
	return ctl;
}

void ctl_free(struct ctl *ctl)
{
	struct ctl_client *client, *next;

	if (!ctl)
		return;
	for (client = ctl->clients; client; client = next) {
		next = client->next;
		ctl_close(client);
		free_client(client);
	}
	ctl_settle_free(ctl);
	while (ctl->waits)
		ctl_wait_free(ctl->waits);
	if (ctl->listen)
		event_free(ctl->listen);
	if (ctl->reaper)
		event_free(ctl->reaper);
	if (ctl->fd >= 0)
		close(ctl->fd);
	setting_free(ctl->loaded);
	setting_free(ctl->pools);
	free(ctl);
}
