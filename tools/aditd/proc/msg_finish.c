// SPDX-License-Identifier: GPL-2.0-or-later
/* See msg_finish.h. */
#include "msg_finish.h"

#include <linux/adit.h>

#include "../../lib/util.h"

bool msg_is_ifname(const char *name)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789_-.@+";
	size_t len = strlen(name);

	return len && len < IF_NAMESIZE && strspn(name, allowed) == len &&
	       name[0] != '.' && name[0] != '-';
}

static int check_ifname(const char *name, struct err *err)
{
	if (msg_is_ifname(name))
		return 0;
	return err_set(err, ERR_REFUSED,
		       "'%.64s' cannot be the name of an interface", name);
}

/* An address that is not there yet is of no family. */
static int check_path(const struct ike_path *path, struct err *err)
{
	if (path->local.len && path->remote.len &&
	    path->local.len != path->remote.len)
		return err_set(err, ERR_REFUSED,
			       "local and remote are of two families");
	return 0;
}

static int check_ts(const struct ts_list *list, const char *what,
		    struct err *err)
{
	for (size_t i = 0; i < list->n; i++) {
		const struct ts *ts = &list->ts[i];

		if (!ts->start.len || ts->start.len != ts->end.len)
			return err_set(err, ERR_REFUSED,
				       "%s: ends of two families", what);
		if (addr_compare(&ts->start, &ts->end) > 0)
			return err_set(err, ERR_REFUSED,
				       "%s: it ends before it starts", what);
		/* OPAQUE is 65535 down to 0 (RFC 7296, 3.13.1). */
		if (ts->port_start > ts->port_end &&
		    (ts->port_start != UINT16_MAX || ts->port_end))
			return err_set(err, ERR_REFUSED, "%s: ports %u to %u",
				       what, ts->port_start, ts->port_end);
	}
	return 0;
}

static int check_way(const struct ike_path *path, struct err *err)
{
	if (!path->remote.len || !path->remote_port)
		return err_set(err, ERR_REFUSED, "it leads nowhere");
	return check_path(path, err);
}

int msg_finish_packet(union msg_any *msg, struct err *err)
{
	return check_way(&msg->packet.path, err);
}

int msg_finish_unknown_spi(union msg_any *msg, struct err *err)
{
	const struct ike_path *path = &msg->unknown_spi.path;

	if (!path->remote.len || !path->local.len)
		return err_set(err, ERR_REFUSED, "it came from nowhere");
	return check_path(path, err);
}

int msg_finish_tcp_connect(union msg_any *msg, struct err *err)
{
	return check_way(&msg->tcp_connect.path, err);
}

int msg_finish_tcp_open(union msg_any *msg, struct err *err)
{
	const struct ike_path *path = &msg->tcp_open.path;

	if (!path->tcp || !path->socket)
		return err_set(err, ERR_REFUSED, "it is no connection");
	return check_way(path, err);
}

int msg_finish_route(union msg_any *msg, struct err *err)
{
	const struct msg_route *route = &msg->route;

	for (size_t i = 0; i < route->n; i++) {
		const struct env_pair *pair = &route->pairs[i];

		if (!pair->remote.len ||
		    (pair->local.len && pair->local.len != pair->remote.len))
			return err_set(err, ERR_REFUSED,
				       "no pair of addresses");
	}
	return 0;
}

int msg_finish_network(union msg_any *msg, struct err *err)
{
	const struct msg_network *network = &msg->network;

	for (size_t i = 0; i < network->n; i++)
		if (!network->addrs[i].len)
			return err_set(err, ERR_REFUSED, "an empty address");
	return 0;
}

int msg_finish_resolved(union msg_any *msg, struct err *err)
{
	const struct msg_resolved *resolved = &msg->resolved;

	for (size_t i = 0; i < resolved->n; i++)
		if (!resolved->remotes[i].len)
			return err_set(err, ERR_REFUSED, "an empty address");
	return 0;
}

static int check_spis(const struct env_child *child, struct err *err)
{
	/* A trap has none; a half that is not installed may have none. */
	if ((child->spi_in && child->spi_in < ADIT_MIN_SPI) ||
	    (child->spi_out && child->spi_out < ADIT_MIN_SPI))
		return err_set(err, ERR_REFUSED, "SPIs 0x%x and 0x%x",
			       child->spi_in, child->spi_out);
	return 0;
}

int msg_finish_child(union msg_any *msg, struct err *err)
{
	struct msg_child *m = &msg->child;

	m->child.conf = &m->conf;
	m->child.local_ts = &m->local_ts;
	m->child.remote_ts = &m->remote_ts;
	if (check_ifname(m->child.interface, err) ||
	    check_path(&m->child.path, err) || check_spis(&m->child, err) ||
	    check_ts(&m->local_ts, "local_ts", err) ||
	    check_ts(&m->remote_ts, "remote_ts", err))
		return -1;
	return 0;
}

int msg_finish_peer(union msg_any *msg, struct err *err)
{
	if (check_ifname(msg->peer.interface, err))
		return -1;
	return check_path(&msg->peer.path, err);
}

/* They end up in files, and as arguments: looked at here once more. */
int msg_finish_inner(union msg_any *msg, struct err *err)
{
	const struct msg_inner *m = &msg->inner;
	char domain[DOMAIN_SIZE];

	for (size_t i = 0; i < m->vips.n; i++)
		if (!vip_is_host(&m->vips.list[i]))
			return err_set(err, ERR_REFUSED,
				       "no host can have that inner address");
	for (size_t i = 0; i < m->servers.n; i++)
		if (!vip_is_host(&m->servers.list[i]))
			return err_set(err, ERR_REFUSED,
				       "no name server can have that address");
	for (size_t i = 0; i < m->n_domains; i++)
		if (!domain_read(span_of_text(m->domains[i]), domain) ||
		    strcmp(domain, m->domains[i]) != 0)
			return err_set(err, ERR_REFUSED, "that is no domain");
	return check_ifname(m->interface, err);
}

int msg_finish_acquire(union msg_any *msg, struct err *err)
{
	const struct msg_acquire *m = &msg->acquire;

	if (check_ifname(m->interface, err) ||
	    check_ts(&m->source, "source", err) ||
	    check_ts(&m->destination, "destination", err))
		return -1;
	return 0;
}

int msg_finish_counters(union msg_any *msg, struct err *err)
{
	const struct msg_counters_are *m = &msg->counters_are;

	for (size_t i = 0; i < m->n; i++)
		if (check_ifname(m->counters[i].interface, err))
			return -1;
	return 0;
}

static struct conf_texts texts_of(struct msg_words *words)
{
	/* Read only, as all that is borrowed. */
	return (struct conf_texts){ words->n, (char **)words->words };
}

static int check_ids(const char *what, struct span ids, struct err *err)
{
	if (ids.len % 20 == 0)
		return 0;
	return err_set(err, ERR_REFUSED, "%s: %zu octets are no key ids", what,
		       ids.len);
}

int msg_finish_certreqs(union msg_any *msg, struct err *err)
{
	return check_ids("ids", msg->certreqs.ids, err);
}

int msg_finish_auth(union msg_any *msg, struct err *err)
{
	struct msg_auth *m = &msg->auth;

	if (m->auth.local_addr.len != m->auth.remote_addr.len)
		return err_set(err, ERR_REFUSED, "addresses of two families");
	if (check_ids("certreqs", m->auth.certreqs, err))
		return -1;
	m->round.certs = texts_of(&m->of_certs);
	m->round.cacerts = texts_of(&m->of_cacerts);
	m->round.pubkeys = texts_of(&m->of_pubkeys);
	m->round.policies = texts_of(&m->of_policies);
	m->auth.conn = &m->conn;
	m->auth.round = &m->round;
	m->auth.local = &m->local;
	m->auth.remote = &m->remote;
	m->auth.certs = m->certs;
	m->auth.n_certs = m->n_certs;
	return 0;
}

int msg_finish_auth_done(union msg_any *msg, struct err *err)
{
	struct msg_auth_done *m = &msg->auth_done;

	(void)err;
	m->reply.certs = m->certs;
	m->reply.n_certs = m->n_certs;
	return 0;
}
