// SPDX-License-Identifier: GPL-2.0-or-later
/* See kchild.h. */
#include "kchild.h"

#include <stdlib.h>
#include <string.h>

#include "../proto/v2.h"
#include "inner.h"
#include "local.h"

static uint64_t key_of(const struct kchild *child)
{
	return (uint64_t)child->peer->device->ifindex << 32 | child->id;
}

/* ----------------------------------------------------------------- selectors */

static void put_ts(struct field_list *to, const struct ts_list *from)
{
	for (size_t i = 0; i < from->n; i++) {
		const struct ts *ts = &from->ts[i];
		struct adit_selector *selector =
			field_list_add(to, sizeof(*selector));

		selector->start = ts->start;
		selector->end = ts->end;
		selector->has = BIT64(ADIT_A_SELECTOR_START) |
				BIT64(ADIT_A_SELECTOR_END);
		if (ts->proto) {
			selector->proto = ts->proto;
			selector->has |= BIT64(ADIT_A_SELECTOR_PROTO);
		}
		if (ts->port_start == 0 && ts->port_end == UINT16_MAX)
			continue;
		selector->port_start = ts->port_start;
		selector->port_end = ts->port_end;
		selector->has |= BIT64(ADIT_A_SELECTOR_PORT_START) |
				 BIT64(ADIT_A_SELECTOR_PORT_END);
	}
}

static void put_selectors(struct adit_child *request,
			  const struct msg_child *msg)
{
	put_ts(&request->local_ts, &msg->local_ts);
	put_ts(&request->remote_ts, &msg->remote_ts);
	if (msg->local_ts.n)
		request->has |= BIT64(ADIT_A_CHILD_LOCAL_TS);
	if (msg->remote_ts.n)
		request->has |= BIT64(ADIT_A_CHILD_REMOTE_TS);
	if (msg->conf.priority) {
		request->priority = msg->conf.priority;
		request->has |= BIT64(ADIT_A_CHILD_PRIORITY);
	}
}

/* -------------------------------------------------------------------- routes */

/* Would the packets to the peer go that way, too? */
static bool catches(const struct kchild *child, const struct prefix *to)
{
	return child->mode == MODE_TRANSPORT || !to->plen ||
	       prefix_has(to, &child->peer->remote);
}

static struct device_way device_way(const struct way *way)
{
	return (struct device_way){
		.proto = way->proto,
		.source_ports = way->source,
		.ports = way->destination,
	};
}

static void unroute(struct kernel *kernel, struct kchild *child,
		    const struct ways *ways)
{
	struct prefix prefixes[PREFIXES_MAX];

	for (size_t i = 0; i < ways->n; i++) {
		const struct way *way = &ways->list[i];
		unsigned int n = prefixes_of(&way->first, &way->last, prefixes);
		struct device_way to = device_way(way);

		for (unsigned int k = 0; k < n; k++) {
			to.to = prefixes[k];
			device_unroute(kernel->devices, child->peer->device,
				       &to);
		}
	}
}

static int route_one(struct kernel *kernel, struct kchild *child,
		     const struct way *way, const struct addr *source,
		     struct err *err)
{
	struct prefix prefixes[PREFIXES_MAX];
	unsigned int n = prefixes_of(&way->first, &way->last, prefixes);
	struct device_way to = device_way(way);

	to.source = *source;
	for (unsigned int k = 0; k < n; k++) {
		to.to = prefixes[k];
		to.catches = catches(child, &prefixes[k]);
		if (device_route(kernel->devices, child->peer->device, &to,
				 err))
			return -1;
	}
	return 0;
}

/* The new ones first, so that what stays is never away. */
static int route(struct kernel *kernel, struct kchild *child,
		 const struct msg_child *msg, struct err *err)
{
	const struct ways old = child->routed;
	struct addr sources[2] = { 0 };
	struct ways new;
	int rc = 0;

	for (size_t i = 0; i < 2; i++)
		if (!inner_source(kernel, child->peer, &msg->local_ts,
				  i ? 16 : 4, &sources[i]) &&
		    !local_in(&msg->local_ts, i ? 16 : 4, &sources[i]))
			sources[i].len = 0;
	ways_of(&msg->local_ts, &msg->remote_ts, &new);
	if (new.wide)
		log_text(
			kernel->log, LEVEL_INFO, child->peer->device->name,
			"too many selectors with protocols for rules of routing: all packets to these destinations go there");
	child->routed.n = 0;
	for (size_t i = 0; !rc && i < new.n; i++) {
		const struct way *way = &new.list[i];

		rc = route_one(kernel, child, way,
			       &sources[way->first.len == 16], err);
		if (!rc)
			child->routed.list[child->routed.n++] = *way;
	}
	unroute(kernel, child, &old);
	return rc;
}

/* ------------------------------------------------------------------ children */

static int make(struct kernel *kernel, const struct kchild *child,
		const struct msg_child *msg, struct err *err)
{
	struct adit_child request = {
		.has = BIT64(ADIT_A_CHILD_IFINDEX) | BIT64(ADIT_A_CHILD_ID) |
		       BIT64(ADIT_A_CHILD_PEER) | BIT64(ADIT_A_CHILD_MODE) |
		       BIT64(ADIT_A_CHILD_PROTOCOLS),
		.ifindex = child->peer->device->ifindex,
		.id = child->id,
		.peer = child->peer->id,
		.mode = child->mode == MODE_TRANSPORT ? ADIT_MODE_TRANSPORT :
							ADIT_MODE_TUNNEL,
		.protocols = child->protocol == PROTOCOL_AH ?
				     ADIT_PROTOCOLS_AH :
				     ADIT_PROTOCOLS_ESP,
	};
	struct adit_child answer = { 0 };
	int rc;

	put_selectors(&request, msg);
	rc = adit_ask(&kernel->nl, ADIT_CMD_CHILD_NEW, &request, &answer, err);
	field_clear(&set_child, &answer);
	field_clear(&set_child, &request);
	return rc;
}

struct kchild *kchild_new(struct kernel *kernel, struct peer *peer,
			  const struct msg_child *msg, struct err *err)
{
	struct kchild *child = calloc(1, sizeof(*child));

	if (!child) {
		err_set(err, ERR_REFUSED, "out of memory");
		return NULL;
	}
	child->peer = peer;
	child->id = msg->child.child;
	child->mode = msg->child.mode;
	child->protocol = msg->child.protocol;
	if (make(kernel, child, msg, err)) {
		free(child);
		return NULL;
	}
	child->next = peer->children;
	peer->children = child;
	table_add(&kernel->children, &child->node, key_of(child), child);
	if (!route(kernel, child, msg, err))
		return child;
	kchild_forget(kernel, child);
	return NULL;
}

int kchild_set(struct kernel *kernel, struct kchild *child,
	       const struct msg_child *msg, struct err *err)
{
	struct adit_child request = {
		.has = BIT64(ADIT_A_CHILD_IFINDEX) | BIT64(ADIT_A_CHILD_ID),
		.ifindex = child->peer->device->ifindex,
		.id = child->id,
	};
	int rc;

	put_selectors(&request, msg);
	rc = adit_do(&kernel->nl, ADIT_CMD_CHILD_SET, &request, err);
	field_clear(&set_child, &request);
	return rc ? -1 : route(kernel, child, msg, err);
}

void kchild_forget(struct kernel *kernel, struct kchild *child)
{
	struct kchild **at = &child->peer->children;
	struct adit_child request = {
		.has = BIT64(ADIT_A_CHILD_IFINDEX) | BIT64(ADIT_A_CHILD_ID),
		.ifindex = child->peer->device->ifindex,
		.id = child->id,
	};
	struct err err;

	while (*at != child)
		at = &(*at)->next;
	*at = child->next;
	table_remove(&kernel->children, &child->node);
	unroute(kernel, child, &child->routed);
	/* The device may have been removed by somebody. */
	if (adit_do(&kernel->nl, ADIT_CMD_CHILD_DEL, &request, &err))
		log_text(kernel->log, LEVEL_DETAIL, child->peer->device->name,
			 err.text);
	free(child);
}

/* ----------------------------------------------------------------------- SAs */

static void name_sa(const struct kchild *child, uint32_t spi, bool inbound,
		    struct adit_sa *request)
{
	*request = (struct adit_sa){
		.has = BIT64(ADIT_A_SA_IFINDEX) | BIT64(ADIT_A_SA_CHILD) |
		       BIT64(ADIT_A_SA_DIR) | BIT64(ADIT_A_SA_PROTO) |
		       BIT64(ADIT_A_SA_SPI),
		.ifindex = child->peer->device->ifindex,
		.child = child->id,
		.dir = inbound ? ADIT_DIR_IN : ADIT_DIR_OUT,
		.proto = child->protocol == PROTOCOL_AH ? 51 : 50,
		.spi = spi,
	};
}

static void put_key(struct adit_sa *request, unsigned int attr,
		    struct secret *secret, struct span key)
{
	if (!key.len)
		return;
	request->has |= BIT64(attr);
	secret->len = (uint16_t)key.len;
	/* Its length was checked when it was read, see proc/rows.c. */
	memcpy(secret->octets, key.data, key.len);
}

static void put_algorithms(struct adit_sa *request, const struct msg_child *msg)
{
	uint16_t integ = msg->child.integ;

	if (msg->child.encr && msg->child.protocol == PROTOCOL_ESP) {
		request->encr = msg->child.encr;
		request->has |= BIT64(ADIT_A_SA_ENCR);
	}
	/* As old Linux has it, see swanctl.conf(5). */
	if (msg->conf.sha256_96 && integ == ADIT_INTEG_HMAC_SHA2_256_128)
		integ = ADIT_INTEG_HMAC_SHA2_256_96;
	if (integ) {
		request->integ = integ;
		request->has |= BIT64(ADIT_A_SA_INTEG);
	}
	/* A connection has named it, or it would not have been proposed. */
	request->legacy = 1;
	request->esn = msg->child.esn;
	request->has |= BIT64(ADIT_A_SA_LEGACY) | BIT64(ADIT_A_SA_ESN);
}

/* A soft limit that is not below the hard one would say nothing. */
static uint64_t soft(uint64_t rekey, uint64_t life)
{
	return life && rekey >= life ? 0 : rekey;
}

static void put_limits(struct adit_sa *request, const struct msg_child *msg)
{
	const struct child_conf *conf = &msg->conf;
	const struct env_child *child = &msg->child;
	const struct adit_limits limits = {
		.has = BIT64(ADIT_A_LIMITS_SOFT_BYTES) |
		       BIT64(ADIT_A_LIMITS_SOFT_PACKETS) |
		       BIT64(ADIT_A_LIMITS_HARD_SECONDS) |
		       BIT64(ADIT_A_LIMITS_HARD_BYTES) |
		       BIT64(ADIT_A_LIMITS_HARD_PACKETS),
		.soft_bytes = soft(child->soft_bytes, conf->life_bytes),
		.soft_packets = soft(child->soft_packets, conf->life_packets),
		.hard_seconds = conf->life_time,
		.hard_bytes = conf->life_bytes,
		.hard_packets = conf->life_packets,
	};

	request->limits = limits;
	request->has |= BIT64(ADIT_A_SA_LIMITS);
}

/* The CPI of DEFLATE itself is said by leaving it out. */
static void put_ipcomp(struct adit_sa *request, uint16_t cpi)
{
	if (!cpi)
		return;
	request->ipcomp = ADIT_IPCOMP_DEFLATE;
	request->has |= BIT64(ADIT_A_SA_IPCOMP);
	if (cpi == ADIT_IPCOMP_DEFLATE)
		return;
	request->cpi = cpi;
	request->has |= BIT64(ADIT_A_SA_CPI);
}

static int install(struct kernel *kernel, const struct kchild *child,
		   const struct msg_child *msg, bool inbound, struct err *err)
{
	const struct env_child *c = &msg->child;
	struct adit_sa request;
	int rc;

	name_sa(child, inbound ? c->spi_in : c->spi_out, inbound, &request);
	put_algorithms(&request, msg);
	put_key(&request, ADIT_A_SA_ENCR_KEY, &request.encr_key,
		inbound ? c->encr_key_in : c->encr_key_out);
	put_key(&request, ADIT_A_SA_INTEG_KEY, &request.integ_key,
		inbound ? c->integ_key_in : c->integ_key_out);
	put_limits(&request, msg);
	put_ipcomp(&request, inbound ? c->cpi_in : c->cpi_out);
	if (inbound) {
		request.replay_window = msg->conf.replay_window;
		request.has |= BIT64(ADIT_A_SA_REPLAY_WINDOW);
	} else {
		request.active = msg->how == INSTALL_BOTH;
		request.has |= BIT64(ADIT_A_SA_ACTIVE);
		if (c->tfc_padding && child->mode == MODE_TUNNEL &&
		    child->protocol == PROTOCOL_ESP) {
			request.tfc_padding = c->tfc_padding;
			request.has |= BIT64(ADIT_A_SA_TFC_PADDING);
		}
	}
	rc = adit_do(&kernel->nl, ADIT_CMD_SA_NEW, &request, err);
	field_clear(&set_sa, &request);
	return rc;
}

static void uninstall(struct kernel *kernel, const struct kchild *child,
		      uint32_t spi, bool inbound)
{
	struct adit_sa request;
	struct err err;

	if (!spi)
		return;
	name_sa(child, spi, inbound, &request);
	/* A hard limit may have ended it. */
	if (adit_do(&kernel->nl, ADIT_CMD_SA_DEL, &request, &err))
		log_text(kernel->log, LEVEL_DEBUG, child->peer->device->name,
			 err.text);
}

int kchild_install_sas(struct kernel *kernel, struct kchild *child,
		       const struct msg_child *msg, struct err *err)
{
	if (!msg->child.spi_in || !msg->child.spi_out)
		return err_set(err, ERR_REFUSED, "an SA without an SPI");
	if (install(kernel, child, msg, true, err))
		return -1;
	if (!install(kernel, child, msg, false, err))
		return 0;
	uninstall(kernel, child, msg->child.spi_in, true);
	return -1;
}

int kchild_activate(struct kernel *kernel, struct kchild *child,
		    const struct msg_child *msg, struct err *err)
{
	struct adit_sa request;

	name_sa(child, msg->child.spi_out, false, &request);
	request.has &= ~BIT64(ADIT_A_SA_DIR);
	return adit_do(&kernel->nl, ADIT_CMD_SA_ACTIVATE, &request, err);
}

void kchild_remove_sas(struct kernel *kernel, struct kchild *child,
		       const struct msg_child *msg)
{
	uninstall(kernel, child, msg->child.spi_in, true);
	uninstall(kernel, child, msg->child.spi_out, false);
}
