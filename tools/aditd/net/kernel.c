// SPDX-License-Identifier: GPL-2.0-or-later
/* See kernel.h. */
#include "kernel.h"

#include <stdlib.h>
#include <string.h>

#include "../proto/v2.h"
#include "inner.h"
#include "kchild.h"
#include "local.h"
#include "module.h"

/* -------------------------------------------------------------------- peers */

static uint64_t key_of(uint32_t ifindex, uint32_t id)
{
	return (uint64_t)ifindex << 32 | id;
}

static struct peer *peer_find(const struct kernel *kernel,
			      const struct device *device, uint32_t id)
{
	return table_find(&kernel->peers, key_of(device->ifindex, id));
}

static void put_addr(struct adit_peer *request, const struct ike_path *path)
{
	if (path->local.len) {
		request->has |= BIT64(ADIT_A_PEER_LOCAL);
		request->local = path->local;
	}
	if (path->remote.len) {
		request->has |= BIT64(ADIT_A_PEER_REMOTE);
		request->remote = path->remote;
	}
}

static int put_tcp(const struct kernel *kernel, struct adit_peer *request,
		   const struct ike_path *path, struct err *err)
{
	char to[ENDPOINT_TEXT_SIZE];

	request->encap = ADIT_ENCAP_TCP;
	request->socket = tcp_id(kernel->tcp, path->socket);
	request->has |= BIT64(ADIT_A_PEER_SOCKET);
	if (request->socket)
		return 0;
	return err_set(err, ERR_REFUSED,
		       "the TCP connection with %s was lost meanwhile",
		       endpoint_show(&path->remote, path->remote_port, to));
}

static int put_path(const struct kernel *kernel, struct adit_peer *request,
		    const struct ike_path *path, enum conf_encap encap,
		    uint32_t keepalive, struct err *err)
{
	put_addr(request, path);
	request->has |= BIT64(ADIT_A_PEER_ENCAP);
	request->encap = ADIT_ENCAP_NONE;
	/* Before the first message there is only what is configured. */
	if (encap == ENCAP_TCP)
		return put_tcp(kernel, request, path, err);
	if (encap != ENCAP_UDP || !path->remote.len)
		return 0;
	request->encap = ADIT_ENCAP_UDP;
	request->socket = socks_id(kernel->socks, path);
	request->remote_port = path->remote_port;
	request->keepalive = keepalive;
	request->has |= BIT64(ADIT_A_PEER_SOCKET) |
			BIT64(ADIT_A_PEER_REMOTE_PORT) |
			BIT64(ADIT_A_PEER_KEEPALIVE);
	if (request->socket && request->remote_port)
		return 0;
	return err_set(err, ERR_REFUSED,
		       "there is no UDP socket for such a peer");
}

static int peer_ask(struct kernel *kernel, unsigned int cmd,
		    const struct adit_peer *request, struct err *err)
{
	struct adit_peer answer = { 0 };
	int rc;

	if (cmd != ADIT_CMD_PEER_NEW)
		return adit_do(&kernel->nl, cmd, request, err);
	rc = adit_ask(&kernel->nl, cmd, request, &answer, err);
	field_clear(&set_peer, &answer);
	return rc;
}

static struct peer *peer_get(struct kernel *kernel, struct device *device,
			     const struct msg_child *msg, struct err *err)
{
	const struct env_child *child = &msg->child;
	struct peer *peer = peer_find(kernel, device, child->peer);
	struct adit_peer request = {
		.has = BIT64(ADIT_A_PEER_IFINDEX) | BIT64(ADIT_A_PEER_ID),
		.ifindex = device->ifindex,
		.id = child->peer,
	};
	bool trap = !child->spi_in;

	/* A trap only knows where it will be, and leaves it where it is. */
	if (peer && trap)
		return peer;
	/* It waits for the next connection. */
	if (peer && child->encap == ENCAP_TCP &&
	    !tcp_id(kernel->tcp, child->path.socket))
		return peer;
	if (put_path(kernel, &request, &child->path, child->encap,
		     child->keepalive, err) ||
	    peer_ask(kernel, peer ? ADIT_CMD_PEER_SET : ADIT_CMD_PEER_NEW,
		     &request, err))
		return NULL;
	if (!peer)
		peer = calloc(1, sizeof(*peer));
	if (!peer) {
		err_set(err, ERR_REFUSED, "out of memory");
		return NULL;
	}
	if (!peer->node.in) {
		device->peers++;
		peer->device = device;
		peer->id = child->peer;
		table_add(&kernel->peers, &peer->node,
			  key_of(device->ifindex, peer->id), peer);
	}
	peer->remote = child->path.remote;
	peer->keepalive = child->keepalive;
	return peer;
}

int kernel_peer_move(struct kernel *kernel, const struct msg_peer *msg,
		     struct err *err)
{
	struct device *device = device_find(kernel->devices, msg->interface);
	struct peer *peer = device ? peer_find(kernel, device, msg->peer) :
				     NULL;
	struct adit_peer request = {
		.has = BIT64(ADIT_A_PEER_IFINDEX) | BIT64(ADIT_A_PEER_ID),
		.id = msg->peer,
	};

	if (!peer)
		return err_set(err, ERR_REFUSED, "%s has no peer %u",
			       msg->interface, msg->peer);
	request.ifindex = device->ifindex;
	if (put_path(kernel, &request, &msg->path, msg->encap, peer->keepalive,
		     err))
		return -1;
	peer->remote = msg->path.remote;
	return peer_ask(kernel, ADIT_CMD_PEER_SET, &request, err);
}

static void peer_forget(struct kernel *kernel, struct peer *peer)
{
	struct device *device = peer->device;
	struct adit_peer request = {
		.has = BIT64(ADIT_A_PEER_IFINDEX) | BIT64(ADIT_A_PEER_ID),
		.ifindex = device->ifindex,
		.id = peer->id,
	};
	struct err err;

	while (peer->children)
		kchild_forget(kernel, peer->children);
	/* With the last peer goes the device, and what is in it. */
	if ((!device->made || device->peers > 1) &&
	    peer_ask(kernel, ADIT_CMD_PEER_DEL, &request, &err))
		log_text(kernel->log, LEVEL_DETAIL, device->name, err.text);
	table_remove(&kernel->peers, &peer->node);
	free(peer);
	device->peers--;
	device_unused(kernel->devices, device);
}

int kernel_peer_remove(struct kernel *kernel, const struct msg_peer *msg,
		       struct err *err)
{
	struct device *device = device_find(kernel->devices, msg->interface);
	struct peer *peer = device ? peer_find(kernel, device, msg->peer) :
				     NULL;

	(void)err;
	/* What was never made need not be removed. */
	if (peer)
		peer_forget(kernel, peer);
	return 0;
}

/* ------------------------------------------------------------------ children */

bool kernel_has_child(const struct kernel *kernel, uint32_t ifindex,
		      uint32_t child)
{
	return table_find(&kernel->children, key_of(ifindex, child));
}

static struct kchild *child_of(const struct kernel *kernel,
			       const struct msg_child *msg)
{
	struct device *device =
		device_find(kernel->devices, msg->child.interface);

	return device ? table_find(&kernel->children,
				   key_of(device->ifindex, msg->child.child)) :
			NULL;
}

static struct peer *any_peer(const struct kernel *kernel,
			     const struct device *device)
{
	struct table_node *node;

	for (size_t i = 0; i < kernel->peers.n_slots; i++)
		for (node = kernel->peers.slots[i]; node; node = node->next) {
			struct peer *peer = node->owner;

			if (!device || peer->device == device)
				return peer;
		}
	return NULL;
}

/* An admin has removed it, with all that was in it: begin again. */
static void forget_lost(struct kernel *kernel, const char *name)
{
	struct device *device = device_find(kernel->devices, name);

	if (!device || !device_is_lost(device))
		return;
	log_put(kernel->log, LEVEL_ERROR,
		"interface %s was removed; it is made again", name);
	/* The last one takes the device away. */
	device->inners = 0;
	if (!device->peers)
		device_unused(kernel->devices, device);
	else
		for (size_t n = device->peers; n; n--)
			peer_forget(kernel, any_peer(kernel, device));
}

int kernel_inner(struct kernel *kernel, const struct msg_inner *msg,
		 struct err *err)
{
	struct device *device;

	forget_lost(kernel, msg->interface);
	device = device_find(kernel->devices, msg->interface);
	if (!device && msg->vips.n)
		device = device_get(kernel->devices, msg->interface, err);
	if (!device && msg->vips.n)
		return -1;
	return inner_set(kernel, device, msg, err);
}

static int set_headers(struct kernel *kernel, struct device *device,
		       const struct child_conf *conf, struct err *err)
{
	const struct rt_headers headers = {
		.copy_df = conf->copy_df,
		.dscp_out = conf->copy_dscp & COPY_DSCP_OUT,
		.dscp_in = conf->copy_dscp & COPY_DSCP_IN,
	};

	return device_headers(kernel->devices, device, &headers, err);
}

static struct kchild *child_get(struct kernel *kernel,
				const struct msg_child *msg, struct err *err)
{
	struct device *device;
	struct kchild *child;
	struct peer *peer;

	forget_lost(kernel, msg->child.interface);
	device = device_get(kernel->devices, msg->child.interface, err);
	if (!device)
		return NULL;
	inner_again(kernel, device);
	peer = set_headers(kernel, device, &msg->conf, err) ?
		       NULL :
		       peer_get(kernel, device, msg, err);
	if (!peer) {
		device_unused(kernel->devices, device);
		return NULL;
	}
	child = table_find(&kernel->children,
			   key_of(device->ifindex, msg->child.child));
	/* What a child is for ever: then it is another one. */
	if (child && (child->peer != peer || child->mode != msg->child.mode ||
		      child->protocol != msg->child.protocol)) {
		kchild_forget(kernel, child);
		child = NULL;
	}
	if (!child)
		return kchild_new(kernel, peer, msg, err);
	return kchild_set(kernel, child, msg, err) ? NULL : child;
}

int kernel_install(struct kernel *kernel, const struct msg_child *msg,
		   struct err *err)
{
	struct kchild *child;

	if (msg->how == INSTALL_OUT) {
		child = child_of(kernel, msg);
		if (!child)
			return err_set(err, ERR_REFUSED, "%s has no child %u",
				       msg->child.interface, msg->child.child);
		return kchild_activate(kernel, child, msg, err);
	}
	child = child_get(kernel, msg, err);
	if (!child)
		return -1;
	return kchild_install_sas(kernel, child, msg, err);
}

int kernel_trap(struct kernel *kernel, const struct msg_child *msg,
		struct err *err)
{
	struct kchild *child = child_of(kernel, msg);

	if (msg->whole)
		return child_get(kernel, msg, err) ? 0 : -1;
	if (child)
		kchild_forget(kernel, child);
	return 0;
}

int kernel_remove(struct kernel *kernel, const struct msg_child *msg,
		  struct err *err)
{
	struct kchild *child = child_of(kernel, msg);

	(void)err;
	if (!child)
		return 0;
	if (msg->whole)
		kchild_forget(kernel, child);
	else
		kchild_remove_sas(kernel, child, msg);
	return 0;
}

/* ------------------------------------------------------------------ counters */

static int device_counters(struct kernel *kernel, const struct device *device,
			   kernel_counter_fn fn, void *arg, struct err *err)
{
	const struct adit_sa filter = {
		.has = BIT64(ADIT_A_SA_IFINDEX),
		.ifindex = device->ifindex,
	};
	struct adit_objects sas;
	int rc = adit_dump(&kernel->nl, ADIT_CMD_SA_GET, &filter, &sas, err);

	for (size_t i = 0; !rc && i < sas.n; i++) {
		const struct adit_sa *sa = adit_objects_at(&sas, i);
		bool inbound = sa->dir == ADIT_DIR_IN;
		const struct adit_stats *stats = &sa->stats;
		const struct msg_counter counter = {
			.interface = device->name,
			.child = sa->child,
			.spi = sa->spi,
			.inbound = inbound,
			.bytes = inbound ? stats->rx_bytes : stats->tx_bytes,
			.packets = inbound ? stats->rx_packets :
					     stats->tx_packets,
			.idle_seconds =
				(sa->has & BIT64(ADIT_A_SA_IDLE_SECONDS)) ?
					sa->idle_seconds :
					UINT64_MAX,
		};

		if (sa->child)
			fn(arg, &counter);
	}
	adit_objects_free(&sas);
	return rc;
}

int kernel_counters(struct kernel *kernel, const char *interface,
		    kernel_counter_fn fn, void *arg, struct err *err)
{
	struct device *device;

	if (*interface) {
		device = device_find(kernel->devices, interface);
		return device ? device_counters(kernel, device, fn, arg, err) :
				0;
	}
	for (device = kernel->devices->first; device; device = device->next)
		if (device_counters(kernel, device, fn, arg, err))
			return -1;
	return 0;
}

/* ---------------------------------------------------------------------- life */

int kernel_open(struct kernel *kernel, struct devices *devices,
		struct socks *socks, struct tcp *tcp, struct log *log,
		struct err *err)
{
	*kernel = (struct kernel){
		.devices = devices,
		.socks = socks,
		.tcp = tcp,
		.log = log,
	};
	if (table_init(&kernel->peers, 0) || table_init(&kernel->children, 0))
		return err_set(err, ERR_REFUSED, "out of memory");
	return module_open(&kernel->nl, log, err);
}

void kernel_close(struct kernel *kernel)
{
	struct peer *peer;

	/* Without the module there is none, but there are tables. */
	while (kernel->nl.sock && (peer = any_peer(kernel, NULL)))
		peer_forget(kernel, peer);
	inner_remove_all(kernel);
	table_free(&kernel->peers);
	table_free(&kernel->children);
	adit_nl_close(&kernel->nl);
}
