/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the processes tell each other: one row for each message says who sends
 * it to whom, how long it may be and which struct it is. No message carries a
 * descriptor: what a process needs it inherits, and none can hand one over.
 */
#ifndef ADITD_PROC_MSG_H
#define ADITD_PROC_MSG_H

#include <net/if.h>

#include "../../lib/setting.h"
#include "../core/engine.h"
#include "wire.h"

enum role { ROLE_NET, ROLE_IKE, ROLE_KEYS, ROLES };

/* A helper of net's that fetches: it has no channel, but restrictions. */
#define ROLE_FETCH ROLES

const char *role_name(enum role role);

enum msg_type {
	/* From all to net. */
	MSG_READY = 1, /* the restrictions are in force */
	MSG_LOG,

	/* From ike to net: calls of struct env. */
	MSG_SEND,
	MSG_RESOLVE,
	MSG_CHILD_INSTALL,
	MSG_CHILD_REMOVE,
	MSG_CHILD_TRAP,
	MSG_PEER_MOVE,
	MSG_PEER_REMOVE,
	MSG_INNER,
	MSG_COUNTERS, /* which are asked for */
	MSG_TCP_CONNECT,
	MSG_TCP_CLOSE,
	MSG_TCP_LISTEN,
	MSG_ROUTE,
	MSG_CLOSED, /* all SAs are closed */

	/* From net to ike: calls of the engine. */
	MSG_INPUT,
	MSG_RESOLVED,
	MSG_ACQUIRE,
	MSG_EXPIRE,
	MSG_MOVED,
	MSG_UNKNOWN_SPI,
	MSG_INSTALL_FAILED,
	MSG_COUNTERS_ARE,
	MSG_TCP_OPEN,
	MSG_TCP_CLOSED,
	MSG_ROUTED,
	MSG_NETWORK, /* addresses or routes have changed */
	MSG_SECRET, /* that outlives the daemon, once */
	MSG_CLOSE, /* say good-bye to all peers, then MSG_CLOSED */

	/* Between ike and keys. */
	MSG_AUTH,
	MSG_PPK, /* answered with MSG_AUTH_DONE, too */
	MSG_AUTH_DONE,
	MSG_CERTREQS, /* what to offer peers, whenever that changes */

	/* Between keys and net: CRLs, and answers of OCSP. */
	MSG_FETCH,
	MSG_FETCHED,

	/* A command of VICI with its settings, from anybody to anybody. */
	MSG_SETTINGS,
	MSG_SETTINGS_DONE,
	MSG_TYPES,
};

enum {
	MSG_HEADER_LEN = 8,
	MSG_LEVEL_MAX = LEVEL_DEBUG,
	MSG_TEXT_MAX = 2048,
	MSG_NAME_MAX = 256, /* of connections, files */
	MSG_CERTS_MAX = 32,
	MSG_CERT_MAX = 65535,
	MSG_WORD_MAX = 65535, /* a certificate as PEM is one, too */
	MSG_CERTREQS_MAX = 20 * 512, /* key ids of CAs, 20 octets each */
	MSG_PPK_KEYS_MAX = 3 * 64, /* of the longest PRF */
	MSG_COUNTERS_MAX = 128, /* in one answer */
	MSG_PORTS_MAX = 16,
	MSG_FETCH_MAX = 1024 * 1024, /* of what is fetched */
	MSG_POST_MAX = 4096,
	MSG_PAIRS_MAX = 32,
	MSG_BODY_MAX = 1024 * 1024,
};

struct msg_none {
	char nothing;
};

struct msg_log {
	enum env_level level;
	const char *what; /* "connection[7]", or "" */
	const char *text;
};

/* MSG_SEND and MSG_INPUT, without the marker. */
struct msg_packet {
	struct ike_path path;
	struct span message;
};

struct msg_resolve {
	uint32_t cookie;
	size_t n_local, n_remote;
	const char *local[CONF_ADDRS_MAX]; /* as they are configured */
	const char *remote[CONF_ADDRS_MAX];
};

struct msg_resolved {
	uint32_t cookie;
	struct addr local;
	size_t n;
	struct addr remotes[CONF_ADDRS_MAX];
	const char *text;
};

/* MSG_CHILD_INSTALL, _REMOVE and _TRAP; what @child points to is below. */
struct msg_child {
	struct env_child child;
	enum env_install how;
	bool whole; /* of _REMOVE, the child too; of _TRAP, on */
	struct child_conf conf; /* as far as the kernel needs it */
	struct ts_list local_ts, remote_ts;
};

/* MSG_PEER_MOVE, _REMOVE, and MSG_MOVED. */
struct msg_peer {
	const char *interface;
	uint32_t peer;
	struct ike_path path;
	enum conf_encap encap;
};

/* Inner addresses and name servers that a peer has given. */
struct msg_inner {
	const char *interface;
	uint32_t peer;
	struct addrs vips, servers;
	size_t n_domains;
	const char *domains[DOMAINS_MAX];
};

struct msg_acquire {
	const char *interface;
	uint32_t child;
	struct ts_list source, destination; /* of one each */
};

struct msg_expire {
	uint32_t spi;
	bool inbound;
	bool hard;
};

/* @path has ports and a socket if it came in UDP or TCP. */
struct msg_unknown_spi {
	struct ike_path path;
	uint8_t protocol;
	uint32_t spi;
};

struct msg_failed {
	uint32_t cookie;
	const char *text;
};

struct msg_counters {
	uint32_t cookie;
	const char *interface; /* "" for all */
};

struct msg_counter {
	const char *interface;
	uint32_t child;
	uint32_t spi;
	bool inbound;
	uint64_t bytes;
	uint64_t packets;
	uint64_t idle_seconds; /* UINT64_MAX if it was never used */
};

struct msg_counters_are {
	uint32_t cookie;
	bool more; /* another one of the same cookie follows */
	size_t n;
	struct msg_counter counters[MSG_COUNTERS_MAX];
};

struct msg_tcp_connect {
	uint32_t cookie;
	struct ike_path path;
	const char *proxy; /* "" for none */
};

struct msg_tcp_close {
	uint32_t socket;
};

struct msg_tcp_listen {
	size_t n;
	uint16_t ports[MSG_PORTS_MAX];
};

struct msg_tcp_open {
	uint32_t cookie;
	struct ike_path path;
};

struct msg_tcp_closed {
	uint32_t cookie; /* 0, or it could not be made */
	uint32_t socket; /* 0, or it is no more */
	const char *text;
};

/* MSG_ROUTE; and MSG_ROUTED, where a pair without a local address is no way. */
struct msg_route {
	uint32_t cookie;
	size_t n;
	struct env_pair pairs[MSG_PAIRS_MAX];
};

struct msg_network {
	size_t n;
	struct addr addrs[ENGINE_ADDRS_MAX];
};

struct msg_secret {
	struct span octets; /* ENGINE_SECRET_LEN */
};

/* Of the connection only its name and what it sends of certificates. */
struct msg_auth {
	struct env_auth auth;
	struct conn conn;
	struct conf_round round;
	struct ident local, remote;
	struct msg_words {
		size_t n;
		const char *words[CONF_ADDRS_MAX];
	} of_certs, of_cacerts, of_pubkeys, of_policies;
	size_t n_certs;
	struct span certs[MSG_CERTS_MAX];
};

struct msg_ppk {
	struct env_ppk ppk;
};

struct msg_auth_done {
	uint32_t cookie;
	struct env_auth_reply reply;
	size_t n_certs;
	struct span certs[MSG_CERTS_MAX];
};

struct msg_certreqs {
	struct span ids;
	bool ppk; /* there is one */
};

struct msg_fetch {
	uint32_t cookie;
	const char *uri;
	const char *type; /* of what is posted */
	struct span post; /* or nothing: then it is a GET */
	uint32_t max; /* octets of the answer */
};

struct msg_fetched {
	uint32_t cookie;
	bool good;
	const char *text; /* what is wrong */
	struct span octets;
};

/* A packet of VICI, without its length in front. */
struct msg_settings {
	uint32_t cookie;
	struct span packet;
};

struct msg_settings_done {
	uint32_t cookie;
	bool good;
	const char *text; /* what is wrong */
	struct span packet; /* or what is answered; may be empty */
};

union msg_any {
	struct msg_none none;
	struct msg_log log;
	struct msg_packet packet;
	struct msg_resolve resolve;
	struct msg_resolved resolved;
	struct msg_child child;
	struct msg_peer peer;
	struct msg_inner inner;
	struct msg_acquire acquire;
	struct msg_expire expire;
	struct msg_unknown_spi unknown_spi;
	struct msg_failed failed;
	struct msg_counters counters;
	struct msg_counters_are counters_are;
	struct msg_tcp_connect tcp_connect;
	struct msg_tcp_close tcp_close;
	struct msg_tcp_listen tcp_listen;
	struct msg_tcp_open tcp_open;
	struct msg_tcp_closed tcp_closed;
	struct msg_route route;
	struct msg_network network;
	struct msg_secret secret;
	struct msg_auth auth;
	struct msg_ppk ppk;
	struct msg_auth_done auth_done;
	struct msg_certreqs certreqs;
	struct msg_fetch fetch;
	struct msg_fetched fetched;
	struct msg_settings settings;
	struct msg_settings_done settings_done;
};

/* NULL if there is no such message. */
const char *msg_name(unsigned int type);

/* May be thrown away if the other end is slow. */
bool msg_may_drop(enum msg_type type);

/* May @from send it to @to, with a body of that length? The error says why not. */
int msg_check_header(unsigned int type, size_t len, enum role from,
		     enum role to, struct err *err);

/* Append the message with its header. */
int msg_encode(struct buf *buf, enum msg_type type, const void *msg,
	       struct err *err);

/* Of the body, of which it keeps views; values are as they must be then. */
int msg_decode(enum msg_type type, struct span body, union msg_any *msg,
	       struct err *err);

/* Read a header; false if there are not enough octets yet. */
bool msg_header(struct span from, unsigned int *type, size_t *len);

/* Borrowing what they are made of. */
void msg_child_of(struct msg_child *msg, const struct env_child *child,
		  enum env_install how, bool whole);
void msg_inner_of(struct msg_inner *msg, const struct env_inner *inner);
void msg_auth_of(struct msg_auth *msg, const struct env_auth *auth);
void msg_auth_done_of(struct msg_auth_done *msg, uint32_t cookie,
		      const struct env_auth_reply *reply);
void msg_resolve_of(struct msg_resolve *msg, const struct conn *conn,
		    uint32_t cookie);

/* The settings of a command, to be freed; its name is a view. */
int msg_settings_read(const struct msg_settings *msg, struct span *name,
		      struct setting **settings, struct err *err);

/* Could an interface be called that? */
bool msg_is_ifname(const char *name);

#endif
