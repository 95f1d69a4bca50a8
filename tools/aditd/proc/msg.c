// SPDX-License-Identifier: GPL-2.0-or-later
/* See msg.h: the rows of messages, and what makes one of what the core has. */
#include "msg.h"

#include "../../lib/vici.h"
#include "msg_finish.h"
#include "rows.h"

enum {
	NET = 1 << ROLE_NET,
	IKE = 1 << ROLE_IKE,
	KEYS = 1 << ROLE_KEYS,
	ALL = NET | IKE | KEYS,
};

enum { DROP = 1 };

struct msg_row {
	const char *name;
	unsigned int from, to;
	size_t max; /* octets of the body */
	const struct wire_set *set;
	msg_finish_fn finish;
	unsigned int flags;
};

static const struct msg_row rows[MSG_TYPES] = {
	[MSG_READY] = { "ready", IKE | KEYS, NET, 0, &rows_none },
	[MSG_LOG] = { "log", IKE | KEYS, NET, 8192, &rows_log, NULL, DROP },
	[MSG_SEND] = { "send", IKE, NET, 66000, &rows_packet, msg_finish_packet,
		       DROP },
	[MSG_RESOLVE] = { "resolve", IKE, NET, 16384, &rows_resolve },
	[MSG_CHILD_INSTALL] = { "child-install", IKE, NET, 16384, &rows_child,
				msg_finish_child },
	[MSG_CHILD_REMOVE] = { "child-remove", IKE, NET, 16384, &rows_child,
			       msg_finish_child },
	[MSG_CHILD_TRAP] = { "child-trap", IKE, NET, 16384, &rows_child,
			     msg_finish_child },
	[MSG_PEER_MOVE] = { "peer-move", IKE, NET, 256, &rows_peer,
			    msg_finish_peer },
	[MSG_PEER_REMOVE] = { "peer-remove", IKE, NET, 256, &rows_peer,
			      msg_finish_peer },
	[MSG_INNER] = { "inner", IKE, NET, 8192, &rows_inner,
			msg_finish_inner },
	[MSG_COUNTERS] = { "counters", IKE, NET, 64, &rows_counters },
	[MSG_TCP_CONNECT] = { "tcp-connect", IKE, NET, 4096, &rows_tcp_connect,
			      msg_finish_tcp_connect },
	[MSG_TCP_CLOSE] = { "tcp-close", IKE, NET, 16, &rows_tcp_close },
	[MSG_TCP_LISTEN] = { "tcp-listen", IKE, NET, 256, &rows_tcp_listen },
	[MSG_ROUTE] = { "route", IKE, NET, 2048, &rows_route,
			msg_finish_route },
	[MSG_CLOSED] = { "closed", IKE, NET, 0, &rows_none },
	[MSG_INPUT] = { "input", NET, IKE, 66000, &rows_packet,
			msg_finish_packet, DROP },
	[MSG_RESOLVED] = { "resolved", NET, IKE, 4096, &rows_resolved,
			   msg_finish_resolved },
	[MSG_ACQUIRE] = { "acquire", NET, IKE, 512, &rows_acquire,
			  msg_finish_acquire, DROP },
	[MSG_EXPIRE] = { "expire", NET, IKE, 16, &rows_expire },
	[MSG_MOVED] = { "moved", NET, IKE, 256, &rows_peer, msg_finish_peer },
	[MSG_UNKNOWN_SPI] = { "unknown-spi", NET, IKE, 256, &rows_unknown_spi,
			      msg_finish_unknown_spi, DROP },
	[MSG_INSTALL_FAILED] = { "install-failed", NET, IKE, 4096,
				 &rows_failed },
	[MSG_COUNTERS_ARE] = { "counters-are", NET, IKE, 16384,
			       &rows_counters_are, msg_finish_counters },
	[MSG_TCP_OPEN] = { "tcp-open", NET, IKE, 256, &rows_tcp_open,
			   msg_finish_tcp_open },
	[MSG_TCP_CLOSED] = { "tcp-closed", NET, IKE, 4096, &rows_tcp_closed },
	[MSG_ROUTED] = { "routed", NET, IKE, 2048, &rows_route,
			 msg_finish_route },
	[MSG_NETWORK] = { "network", NET, IKE, 512, &rows_network,
			  msg_finish_network },
	[MSG_SECRET] = { "secret", NET, IKE, 64, &rows_secret },
	[MSG_CLOSE] = { "close", NET, IKE, 0, &rows_none },
	[MSG_AUTH] = { "auth", IKE, KEYS, MSG_BODY_MAX, &rows_auth,
		       msg_finish_auth },
	[MSG_PPK] = { "ppk", IKE, KEYS, 4096, &rows_ppk },
	[MSG_AUTH_DONE] = { "auth-done", KEYS, IKE, MSG_BODY_MAX,
			    &rows_auth_done, msg_finish_auth_done },
	[MSG_CERTREQS] = { "certreqs", KEYS, IKE, MSG_CERTREQS_MAX + 8,
			   &rows_certreqs, msg_finish_certreqs },
	[MSG_FETCH] = { "fetch", KEYS, NET, 8192, &rows_fetch },
	[MSG_FETCHED] = { "fetched", NET, KEYS, MSG_FETCH_MAX + 4096,
			  &rows_fetched },
	[MSG_SETTINGS] = { "settings", ALL, ALL, MSG_BODY_MAX, &rows_settings },
	[MSG_SETTINGS_DONE] = { "settings-done", ALL, ALL, MSG_BODY_MAX,
				&rows_settings_done },
};

const char *role_name(enum role role)
{
	static const char *const names[ROLES] = { "net", "ike", "keys" };

	return names[role];
}

const char *msg_name(unsigned int type)
{
	return type < MSG_TYPES ? rows[type].name : NULL;
}

bool msg_may_drop(enum msg_type type)
{
	return rows[type].flags & DROP;
}

int msg_check_header(unsigned int type, size_t len, enum role from,
		     enum role to, struct err *err)
{
	const struct msg_row *row;

	if (!msg_name(type))
		return err_set(err, ERR_REFUSED, "%u is no message", type);
	row = &rows[type];
	if (!(row->from & 1U << from) || !(row->to & 1U << to))
		return err_set(err, ERR_REFUSED,
			       "a message '%s' does not go from %s to %s",
			       row->name, role_name(from), role_name(to));
	if (len > row->max)
		return err_set(err, ERR_REFUSED,
			       "a message '%s' has %zu octets, at most %zu",
			       row->name, len, row->max);
	return 0;
}

int msg_encode(struct buf *buf, enum msg_type type, const void *msg,
	       struct err *err)
{
	const struct msg_row *row = &rows[type];
	size_t start = buf->len;
	size_t len;

	buf_add_u16(buf, type);
	buf_add_u16(buf, 0);
	buf_add_u32(buf, 0);
	if (wire_put(buf, row->set, msg, err)) {
		buf_cut(buf, start);
		return err_prefix(err, "message '%s': ", row->name);
	}
	len = buf->len - start - MSG_HEADER_LEN;
	if (len > row->max) {
		buf_cut(buf, start);
		return err_set(err, ERR_REFUSED,
			       "message '%s': %zu octets, at most %zu fit",
			       row->name, len, row->max);
	}
	buf_put_u32(buf, start + 4, (uint32_t)len);
	return 0;
}

int msg_decode(enum msg_type type, struct span body, union msg_any *msg,
	       struct err *err)
{
	const struct msg_row *row = &rows[type];

	memset(msg, 0, sizeof(*msg));
	if (wire_take(body, row->set, msg, err) ||
	    (row->finish && row->finish(msg, err)))
		return err_prefix(err, "message '%s': ", row->name);
	return 0;
}

bool msg_header(struct span from, unsigned int *type, size_t *len)
{
	uint16_t number, flags;
	uint32_t octets;

	if (!span_take_u16(&from, &number) || !span_take_u16(&from, &flags) ||
	    !span_take_u32(&from, &octets))
		return false;
	/* What is not zero there is a type that nobody knows. */
	*type = number | (unsigned int)flags << 16;
	*len = octets;
	return true;
}

/* ------------------------------------------------ out of what the core has */

void msg_child_of(struct msg_child *msg, const struct env_child *child,
		  enum env_install how, bool whole)
{
	memset(msg, 0, sizeof(*msg));
	msg->child = *child;
	msg->how = how;
	msg->whole = whole;
	/* Without the lists at its end, which the kernel does not need. */
	if (child->conf)
		memcpy(&msg->conf, child->conf,
		       offsetof(struct child_conf, local_ts));
	if (child->local_ts)
		msg->local_ts = *child->local_ts;
	if (child->remote_ts)
		msg->remote_ts = *child->remote_ts;
}

static size_t borrow_texts(const char **to, const struct conf_texts *from)
{
	size_t n = 0;

	for (; n < from->n && n < CONF_ADDRS_MAX; n++)
		to[n] = from->texts[n];
	return n;
}

static void borrow_words(struct msg_words *to, const struct conf_texts *from)
{
	to->n = borrow_texts(to->words, from);
}

/* A chain is cut at its end: what is left is checked, and found to be short. */
static size_t borrow_certs(struct span *to, const struct span *from, size_t n)
{
	if (n > MSG_CERTS_MAX)
		n = MSG_CERTS_MAX;
	for (size_t i = 0; i < n; i++)
		to[i] = from[i];
	return n;
}

void msg_inner_of(struct msg_inner *msg, const struct env_inner *inner)
{
	const struct vip_names *names = inner->names;

	*msg = (struct msg_inner){
		.interface = inner->interface,
		.peer = inner->peer,
		.vips = inner->vips,
	};
	if (!names)
		return;
	msg->servers = names->servers;
	msg->n_domains = names->n_domains;
	for (size_t i = 0; i < names->n_domains; i++)
		msg->domains[i] = names->domains[i];
}

void msg_auth_of(struct msg_auth *msg, const struct env_auth *auth)
{
	memset(msg, 0, sizeof(*msg));
	msg->auth = *auth;
	/* Without its proposals, see conn_keep(). */
	memcpy(&msg->conn, auth->conn, offsetof(struct conn, proposals));
	msg->round = *auth->round;
	if (auth->local)
		msg->local = *auth->local;
	if (auth->remote)
		msg->remote = *auth->remote;
	borrow_words(&msg->of_certs, &msg->round.certs);
	borrow_words(&msg->of_cacerts, &msg->round.cacerts);
	borrow_words(&msg->of_pubkeys, &msg->round.pubkeys);
	borrow_words(&msg->of_policies, &msg->round.policies);
	msg->n_certs = borrow_certs(msg->certs, auth->certs, auth->n_certs);
}

void msg_auth_done_of(struct msg_auth_done *msg, uint32_t cookie,
		      const struct env_auth_reply *reply)
{
	memset(msg, 0, sizeof(*msg));
	msg->cookie = cookie;
	msg->reply = *reply;
	msg->n_certs = borrow_certs(msg->certs, reply->certs, reply->n_certs);
}

void msg_resolve_of(struct msg_resolve *msg, const struct conn *conn,
		    uint32_t cookie)
{
	memset(msg, 0, sizeof(*msg));
	msg->cookie = cookie;
	msg->n_local = borrow_texts(msg->local, &conn->local_addrs);
	msg->n_remote = borrow_texts(msg->remote, &conn->remote_addrs);
}

int msg_settings_read(const struct msg_settings *msg, struct span *name,
		      struct setting **settings, struct err *err)
{
	uint8_t type;

	*settings = NULL;
	if (vici_decode(msg->packet, &type, name, settings, err))
		return -1;
	if (type == VICI_CMD_REQUEST && *settings)
		return 0;
	setting_free(*settings);
	*settings = NULL;
	return err_set(err, ERR_REFUSED, "settings: no command");
}
