// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the ike process asks for, and what it is told. A request that fails is a
 * line in the log, and an answer where there is one; a message that no ike
 * process of ours would send was refused before, see proc/msg.c.
 */
#include <event2/event.h>

#include "local.h"
#include "net.h"

static void tell(struct net *net, enum msg_type type, const void *msg)
{
	struct err err;

	if (chan_send(&net->ike.chan, type, msg, &err))
		log_text(&net->log, LEVEL_ERROR, "", err.text);
}

/* ------------------------------------------------------------------- network */

void serve_input(void *arg, const struct ike_path *path, struct span message)
{
	const struct msg_packet msg = { *path, message };
	struct net *net = arg;

	tell(net, MSG_INPUT, &msg);
	/* What comes faster than it is read is the kernel's to drop. */
	if (chan_is_busy(&net->ike.chan)) {
		socks_pause(&net->socks, true);
		tcp_pause(&net->tcp, true);
	}
}

static void do_send(struct net *net, const union msg_any *msg)
{
	const struct msg_packet *packet = &msg->packet;
	struct err err;

	if (packet->path.tcp ?
		    tcp_send(&net->tcp, &packet->path, packet->message, &err) :
		    socks_send(&net->socks, &packet->path, packet->message,
			       &err))
		log_text(&net->log, LEVEL_DETAIL, "", err.text);
}

static void do_resolve(struct net *net, const union msg_any *msg)
{
	resolver_ask(net->resolver, &msg->resolve);
}

void serve_resolved(void *arg, const struct msg_resolved *answer)
{
	tell(arg, MSG_RESOLVED, answer);
}

static void do_route(struct net *net, const union msg_any *msg)
{
	struct msg_route answer = msg->route;

	for (size_t i = 0; i < answer.n; i++)
		local_way(&msg->route.pairs[i], &answer.pairs[i].local);
	tell(net, MSG_ROUTED, &answer);
}

static bool is_tunnel(void *arg, const char *name)
{
	struct net *net = arg;

	return device_find(&net->devices, name);
}

/* Routes may have changed though addresses have not. */
void serve_network(void *arg)
{
	struct msg_network msg = { 0 };
	struct net *net = arg;

	msg.n = local_list(msg.addrs, ENGINE_ADDRS_MAX, is_tunnel, net);
	tell(net, MSG_NETWORK, &msg);
}

/* ----------------------------------------------------------------------- TCP */

static void tcp_is_open(void *arg, uint32_t cookie, const struct ike_path *path)
{
	const struct msg_tcp_open msg = { cookie, *path };

	tell(arg, MSG_TCP_OPEN, &msg);
}

static void tcp_is_closed(void *arg, uint32_t cookie, uint32_t socket,
			  const char *text)
{
	const struct msg_tcp_closed msg = { cookie, socket, text };

	tell(arg, MSG_TCP_CLOSED, &msg);
}

const struct tcp_ops serve_tcp = { serve_input, tcp_is_open, tcp_is_closed };

static void do_tcp_connect(struct net *net, const union msg_any *msg)
{
	tcp_connect(&net->tcp, &msg->tcp_connect);
}

static void do_tcp_close(struct net *net, const union msg_any *msg)
{
	tcp_close(&net->tcp, msg->tcp_close.socket);
}

static void do_tcp_listen(struct net *net, const union msg_any *msg)
{
	tcp_listen(&net->tcp, msg->tcp_listen.ports, msg->tcp_listen.n);
}

/* -------------------------------------------------------------------- kernel */

static void failed(struct net *net, const struct msg_child *msg,
		   const struct err *err)
{
	const struct msg_failed answer = { msg->child.cookie, err->text };

	log_text(&net->log, LEVEL_ERROR, msg->child.interface, err->text);
	if (msg->child.cookie)
		tell(net, MSG_INSTALL_FAILED, &answer);
}

static void do_install(struct net *net, const union msg_any *msg)
{
	struct err err;

	if (kernel_install(&net->kernel, &msg->child, &err))
		failed(net, &msg->child, &err);
}

static void do_trap(struct net *net, const union msg_any *msg)
{
	struct err err;

	if (kernel_trap(&net->kernel, &msg->child, &err))
		failed(net, &msg->child, &err);
}

static void do_remove(struct net *net, const union msg_any *msg)
{
	struct err err;

	if (kernel_remove(&net->kernel, &msg->child, &err))
		log_text(&net->log, LEVEL_ERROR, msg->child.child.interface,
			 err.text);
}

static void do_peer_move(struct net *net, const union msg_any *msg)
{
	struct err err;

	if (kernel_peer_move(&net->kernel, &msg->peer, &err))
		log_text(&net->log, LEVEL_ERROR, msg->peer.interface, err.text);
}

static void do_peer_remove(struct net *net, const union msg_any *msg)
{
	struct err err;

	if (kernel_peer_remove(&net->kernel, &msg->peer, &err))
		log_text(&net->log, LEVEL_ERROR, msg->peer.interface, err.text);
}

static void do_inner(struct net *net, const union msg_any *msg)
{
	struct err err;

	if (kernel_inner(&net->kernel, &msg->inner, &err))
		log_text(&net->log, LEVEL_ERROR, msg->inner.interface,
			 err.text);
}

/* ------------------------------------------------------------------ counters */

struct counting {
	struct net *net;
	struct msg_counters_are msg;
};

static void count(void *arg, const struct msg_counter *counter)
{
	struct counting *counting = arg;
	struct msg_counters_are *msg = &counting->msg;

	if (msg->n == MSG_COUNTERS_MAX) {
		msg->more = true;
		tell(counting->net, MSG_COUNTERS_ARE, msg);
		msg->n = 0;
	}
	msg->counters[msg->n++] = *counter;
}

static void do_counters(struct net *net, const union msg_any *msg)
{
	struct counting counting = {
		.net = net,
		.msg.cookie = msg->counters.cookie,
	};
	struct err err;

	if (kernel_counters(&net->kernel, msg->counters.interface, count,
			    &counting, &err))
		log_text(&net->log, LEVEL_ERROR, "", err.text);
	counting.msg.more = false;
	tell(net, MSG_COUNTERS_ARE, &counting.msg);
}

/* -------------------------------------------------------------------- events */

static struct ts_list one(const struct addr *addr, uint8_t proto, uint16_t port,
			  bool has_port)
{
	return (struct ts_list){
		.n = 1,
		.ts = { { .start = *addr,
			  .end = *addr,
			  .proto = proto,
			  .port_start = has_port ? port : 0,
			  .port_end = has_port ? port : UINT16_MAX } },
	};
}

static void on_acquire(struct net *net, const struct adit_acquire *acquire)
{
	const uint64_t needed = BIT64(ADIT_A_ACQUIRE_SOURCE) |
				BIT64(ADIT_A_ACQUIRE_DESTINATION);
	bool ports = acquire->has & BIT64(ADIT_A_ACQUIRE_DESTINATION_PORT);
	struct msg_acquire msg = {
		.interface = acquire->ifname,
		.child = acquire->child,
	};
	const struct device *device =
		device_at(&net->devices, acquire->ifindex);

	if (!device || (acquire->has & needed) != needed ||
	    !kernel_has_child(&net->kernel, acquire->ifindex, acquire->child))
		return;
	msg.interface = device->name;
	msg.source = one(&acquire->source, acquire->proto, acquire->source_port,
			 ports);
	msg.destination = one(&acquire->destination, acquire->proto,
			      acquire->destination_port, ports);
	tell(net, MSG_ACQUIRE, &msg);
}

static void on_expire(struct net *net, const struct adit_expire *expire)
{
	const struct msg_expire msg = {
		.spi = expire->spi,
		.inbound = expire->dir == ADIT_DIR_IN,
		.hard = expire->hard,
	};

	if (kernel_has_child(&net->kernel, expire->ifindex, expire->child))
		tell(net, MSG_EXPIRE, &msg);
}

/* Where a verified packet came from; by NAT, or the peer is elsewhere now. */
static void on_move(struct net *net, const struct adit_peer *peer)
{
	const struct device *device = device_at(&net->devices, peer->ifindex);
	struct msg_peer msg = {
		.peer = peer->id,
		.encap = peer->encap == ADIT_ENCAP_UDP ? ENCAP_UDP :
			 peer->encap == ADIT_ENCAP_TCP ? ENCAP_TCP :
							 ENCAP_NONE,
		.path = { .local = peer->local,
			  .remote = peer->remote,
			  .local_port = peer->local_port,
			  .remote_port = peer->remote_port },
	};

	if (!device || !peer->id)
		return;
	msg.interface = device->name;
	msg.path.tcp = msg.encap == ENCAP_TCP;
	socks_path(&net->socks, peer->socket, &msg.path);
	if (addr_is_any(&msg.path.local))
		msg.path.local.len = 0;
	tell(net, MSG_MOVED, &msg);
}

/* What of the outer header is not there stays 0. */
static void on_unknown_spi(struct net *net,
			   const struct adit_unknown_spi *unknown)
{
	struct msg_unknown_spi msg = {
		.path = { .local = unknown->destination,
			  .remote = unknown->source,
			  .remote_port = unknown->source_port,
			  .tcp = unknown->encap == ADIT_ENCAP_TCP },
		.protocol = unknown->proto == IPPROTO_AH ? PROTOCOL_AH :
							   PROTOCOL_ESP,
		.spi = unknown->spi,
	};

	/* Another program's socket is none of our business. */
	if (unknown->encap == ADIT_ENCAP_UDP &&
	    !socks_path(&net->socks, unknown->socket, &msg.path))
		return;
	tell(net, MSG_UNKNOWN_SPI, &msg);
}

void serve_event(unsigned int cmd, void *object, void *arg)
{
	const union adit_object *obj = object;
	struct net *net = arg;

	switch (cmd) {
	case ADIT_CMD_ACQUIRE_NTF:
		on_acquire(net, &obj->acquire);
		break;
	case ADIT_CMD_EXPIRE_NTF:
		on_expire(net, &obj->expire);
		break;
	case ADIT_CMD_UNKNOWN_SPI_NTF:
		on_unknown_spi(net, &obj->unknown_spi);
		break;
	case ADIT_CMD_PEER_MOVE_NTF:
		on_move(net, &obj->peer);
		break;
	}
}

/* -------------------------------------------------------------------- the web */

void serve_fetched(void *arg, const struct msg_fetched *answer)
{
	struct net *net = arg;
	struct err err;

	if (chan_send(&net->keys.chan, MSG_FETCHED, answer, &err))
		log_text(&net->log, LEVEL_ERROR, "", err.text);
}

int serve_keys(struct net *net, enum msg_type type, const union msg_any *msg,
	       struct err *err)
{
	if (type != MSG_FETCH)
		return err_set(err, ERR_REFUSED,
			       "a message '%s' is not expected",
			       msg_name(type));
	fetcher_ask(net->fetcher, &msg->fetch);
	return 0;
}

/* ------------------------------------------------------------------ commands */

static int do_settings(struct net *net, const struct msg_settings *msg,
		       struct err *err)
{
	struct setting *settings;
	struct span name;

	if (msg_settings_read(msg, &name, &settings, err))
		return -1;
	setting_free(settings);
	/* What came before this is done. */
	if (span_equal(name, span_of_text("settle")))
		return chan_send_done(&net->ike.chan, msg->cookie, 0, "", err);
	if (!span_equal(name, span_of_text("reload-settings")))
		return err_set(err, ERR_REFUSED,
			       "net has no such command from ike");
	net_reload(net, msg->cookie);
	return 0;
}

static const struct {
	enum msg_type type;
	void (*serve)(struct net *net, const union msg_any *msg);
} served[] = {
	{ MSG_SEND, do_send },
	{ MSG_RESOLVE, do_resolve },
	{ MSG_ROUTE, do_route },
	{ MSG_TCP_CONNECT, do_tcp_connect },
	{ MSG_TCP_CLOSE, do_tcp_close },
	{ MSG_TCP_LISTEN, do_tcp_listen },
	{ MSG_CHILD_INSTALL, do_install },
	{ MSG_CHILD_REMOVE, do_remove },
	{ MSG_CHILD_TRAP, do_trap },
	{ MSG_PEER_MOVE, do_peer_move },
	{ MSG_PEER_REMOVE, do_peer_remove },
	{ MSG_INNER, do_inner },
	{ MSG_COUNTERS, do_counters },
};

int serve_ike(struct net *net, enum msg_type type, const union msg_any *msg,
	      struct err *err)
{
	if (type == MSG_SETTINGS)
		return do_settings(net, &msg->settings, err);
	for (size_t i = 0; i < ARRAY_SIZE(served); i++) {
		if (served[i].type != type)
			continue;
		served[i].serve(net, msg);
		return 0;
	}
	return err_set(err, ERR_REFUSED, "a message '%s' is not expected",
		       msg_name(type));
}
