// SPDX-License-Identifier: GPL-2.0-or-later
/* See rows.h. A range is as narrow as what the receiver can make sense of. */
#include "rows.h"

#include <linux/adit.h>

#include "../proto/ike.h"
#include "../proto/v2.h"
#include "../../lib/vici.h"
#include "msg.h"

#define MEMBER(type, member)                               \
	.name = #member, .offset = offsetof(type, member), \
	.size = sizeof(((type *)0)->member)

#define NUMBER(type, member, low, high)                                  \
	{                                                                \
		MEMBER(type, member), .kind = WIRE_NUMBER, .min = (low), \
				      .max = (high)                      \
	}
#define FLAG(type, member)                              \
	{                                               \
		MEMBER(type, member), .kind = WIRE_FLAG \
	}
#define ADDRESS(type, member)                              \
	{                                                  \
		MEMBER(type, member), .kind = WIRE_ADDRESS \
	}
#define TEXT(type, member, high)                                       \
	{                                                              \
		MEMBER(type, member), .kind = WIRE_TEXT, .max = (high) \
	}
#define OCTETS(type, member, high)                                       \
	{                                                                \
		MEMBER(type, member), .kind = WIRE_OCTETS, .max = (high) \
	}
#define IDENT(type, member)                                                    \
	{                                                                      \
		MEMBER(type, member), .kind = WIRE_IDENT, .max = IDENT_LEN_MAX \
	}
#define ARRAY(type, member, number, low, high, set)                           \
	{                                                                     \
		.name = #member, .kind = WIRE_ARRAY,                          \
		.offset = offsetof(type, member),                             \
		.size = sizeof(((type *)0)->member[0]), .min = (low),         \
		.max = (high), .nest = (set), .count = offsetof(type, number) \
	}

#define SET(id)                                                \
	const struct wire_set rows_##id = { .rows = list_##id, \
					    .n = ARRAY_SIZE(list_##id) }
#define LOCAL_SET(id)                                         \
	static const struct wire_set rows_##id = {            \
		.rows = list_##id, .n = ARRAY_SIZE(list_##id) \
	}

/* Items of arrays that are no structs. */
static const struct wire_row list_addr[] = {
	{ .name = "address", .kind = WIRE_ADDRESS, .size = sizeof(struct addr) },
};
LOCAL_SET(addr);

static const struct wire_row list_word[] = {
	{ .name = "word", .kind = WIRE_TEXT, .max = MSG_WORD_MAX },
};
LOCAL_SET(word);

static const struct wire_row list_cert[] = {
	{ .name = "certificate", .kind = WIRE_OCTETS, .max = MSG_CERT_MAX },
};
LOCAL_SET(cert);

static const struct wire_row list_ts[] = {
	ADDRESS(struct ts, start),
	ADDRESS(struct ts, end),
	NUMBER(struct ts, proto, 0, UINT8_MAX),
	NUMBER(struct ts, port_start, 0, UINT16_MAX),
	NUMBER(struct ts, port_end, 0, UINT16_MAX),
};
LOCAL_SET(ts);

/* Arguments are types and members, which parentheses are not for. */
// NOLINTBEGIN(bugprone-macro-parentheses)
#define TS_LIST(type, member, low, high) \
	ARRAY(type, member.ts, member.n, low, high, &rows_ts)

#define PATH(type, path)                                       \
	ADDRESS(type, path.local), ADDRESS(type, path.remote), \
		NUMBER(type, path.local_port, 0, UINT16_MAX),  \
		NUMBER(type, path.remote_port, 0, UINT16_MAX), \
		NUMBER(type, path.socket, 0, UINT32_MAX),      \
		FLAG(type, path.marker), FLAG(type, path.tcp), \
		NUMBER(type, path.dscp, 0, 63)

// NOLINTEND(bugprone-macro-parentheses)

const struct wire_set rows_none = { NULL, 0 };

static const struct wire_row list_log[] = {
	NUMBER(struct msg_log, level, 0, MSG_LEVEL_MAX),
	TEXT(struct msg_log, what, MSG_NAME_MAX),
	TEXT(struct msg_log, text, MSG_TEXT_MAX),
};
SET(log);

static const struct wire_row list_packet[] = {
	PATH(struct msg_packet, path),
	OCTETS(struct msg_packet, message, IKE_MESSAGE_MAX),
};
SET(packet);

static const struct wire_row list_resolve[] = {
	NUMBER(struct msg_resolve, cookie, 0, UINT32_MAX),
	ARRAY(struct msg_resolve, local, n_local, 0, CONF_ADDRS_MAX,
	      &rows_word),
	ARRAY(struct msg_resolve, remote, n_remote, 0, CONF_ADDRS_MAX,
	      &rows_word),
};
SET(resolve);

static const struct wire_row list_resolved[] = {
	NUMBER(struct msg_resolved, cookie, 0, UINT32_MAX),
	ADDRESS(struct msg_resolved, local),
	ARRAY(struct msg_resolved, remotes, n, 0, CONF_ADDRS_MAX, &rows_addr),
	TEXT(struct msg_resolved, text, MSG_TEXT_MAX),
};
SET(resolved);

static const struct wire_row list_child[] = {
	NUMBER(struct msg_child, how, INSTALL_BOTH, INSTALL_OUT),
	FLAG(struct msg_child, whole),
	TEXT(struct msg_child, child.interface, IF_NAMESIZE - 1),
	/* 0 is the device's own peer, which is not ours. */
	NUMBER(struct msg_child, child.peer, 1, UINT32_MAX),
	NUMBER(struct msg_child, child.child, 1, UINT32_MAX),
	PATH(struct msg_child, child.path),
	NUMBER(struct msg_child, child.encap, ENCAP_AUTO, ENCAP_NONE),
	NUMBER(struct msg_child, child.mode, MODE_TUNNEL, MODE_TRANSPORT),
	NUMBER(struct msg_child, child.protocol, PROTOCOL_AH, PROTOCOL_ESP),
	NUMBER(struct msg_child, child.spi_in, 0, UINT32_MAX),
	NUMBER(struct msg_child, child.spi_out, 0, UINT32_MAX),
	NUMBER(struct msg_child, child.encr, 0, UINT16_MAX),
	NUMBER(struct msg_child, child.encr_bits, 0, UINT16_MAX),
	NUMBER(struct msg_child, child.integ, 0, UINT16_MAX),
	FLAG(struct msg_child, child.esn),
	NUMBER(struct msg_child, child.keepalive, 0, ADIT_MAX_KEEPALIVE),
	NUMBER(struct msg_child, child.cpi_in, 0, UINT16_MAX),
	NUMBER(struct msg_child, child.cpi_out, 0, UINT16_MAX),
	NUMBER(struct msg_child, child.tfc_padding, 0, UINT32_MAX),
	NUMBER(struct msg_child, child.soft_bytes, 0, UINT64_MAX),
	NUMBER(struct msg_child, child.soft_packets, 0, UINT64_MAX),
	OCTETS(struct msg_child, child.encr_key_in, ADIT_MAX_KEY_LEN),
	OCTETS(struct msg_child, child.integ_key_in, ADIT_MAX_KEY_LEN),
	OCTETS(struct msg_child, child.encr_key_out, ADIT_MAX_KEY_LEN),
	OCTETS(struct msg_child, child.integ_key_out, ADIT_MAX_KEY_LEN),
	NUMBER(struct msg_child, child.cookie, 0, UINT32_MAX),
	TS_LIST(struct msg_child, local_ts, 0, TS_MAX),
	TS_LIST(struct msg_child, remote_ts, 0, TS_MAX),
	NUMBER(struct msg_child, conf.life_time, 0, UINT64_MAX),
	NUMBER(struct msg_child, conf.life_bytes, 0, UINT64_MAX),
	NUMBER(struct msg_child, conf.life_packets, 0, UINT64_MAX),
	NUMBER(struct msg_child, conf.priority, 0, UINT32_MAX),
	NUMBER(struct msg_child, conf.replay_window, 0, ADIT_MAX_REPLAY_WINDOW),
	FLAG(struct msg_child, conf.sha256_96),
	FLAG(struct msg_child, conf.copy_df),
	NUMBER(struct msg_child, conf.copy_dscp, 0,
	       COPY_DSCP_OUT | COPY_DSCP_IN),
};
SET(child);

static const struct wire_row list_peer[] = {
	TEXT(struct msg_peer, interface, IF_NAMESIZE - 1),
	NUMBER(struct msg_peer, peer, 1, UINT32_MAX),
	PATH(struct msg_peer, path),
	NUMBER(struct msg_peer, encap, ENCAP_AUTO, ENCAP_NONE),
};
SET(peer);

static const struct wire_row list_domain[] = {
	{ .name = "domain",
	  .kind = WIRE_TEXT,
	  .min = 1,
	  .max = DOMAIN_SIZE - 1 },
};
LOCAL_SET(domain);

// NOLINTBEGIN(bugprone-macro-parentheses)
#define ADDRS(type, member) \
	ARRAY(type, member.list, member.n, 0, VIPS_MAX, &rows_addr)
// NOLINTEND(bugprone-macro-parentheses)

static const struct wire_row list_inner[] = {
	TEXT(struct msg_inner, interface, IF_NAMESIZE - 1),
	NUMBER(struct msg_inner, peer, 1, UINT32_MAX),
	ADDRS(struct msg_inner, vips),
	ADDRS(struct msg_inner, servers),
	ARRAY(struct msg_inner, domains, n_domains, 0, DOMAINS_MAX,
	      &rows_domain),
};
SET(inner);

static const struct wire_row list_acquire[] = {
	TEXT(struct msg_acquire, interface, IF_NAMESIZE - 1),
	NUMBER(struct msg_acquire, child, 1, UINT32_MAX),
	TS_LIST(struct msg_acquire, source, 1, 1),
	TS_LIST(struct msg_acquire, destination, 1, 1),
};
SET(acquire);

static const struct wire_row list_expire[] = {
	NUMBER(struct msg_expire, spi, ADIT_MIN_SPI, UINT32_MAX),
	FLAG(struct msg_expire, inbound),
	FLAG(struct msg_expire, hard),
};
SET(expire);

static const struct wire_row list_unknown_spi[] = {
	PATH(struct msg_unknown_spi, path),
	NUMBER(struct msg_unknown_spi, protocol, PROTOCOL_AH, PROTOCOL_ESP),
	NUMBER(struct msg_unknown_spi, spi, ADIT_MIN_SPI, UINT32_MAX),
};
SET(unknown_spi);

static const struct wire_row list_failed[] = {
	NUMBER(struct msg_failed, cookie, 0, UINT32_MAX),
	TEXT(struct msg_failed, text, MSG_TEXT_MAX),
};
SET(failed);

static const struct wire_row list_counters[] = {
	NUMBER(struct msg_counters, cookie, 0, UINT32_MAX),
	TEXT(struct msg_counters, interface, IF_NAMESIZE - 1),
};
SET(counters);

static const struct wire_row list_counter[] = {
	TEXT(struct msg_counter, interface, IF_NAMESIZE - 1),
	NUMBER(struct msg_counter, child, 1, UINT32_MAX),
	NUMBER(struct msg_counter, spi, ADIT_MIN_SPI, UINT32_MAX),
	FLAG(struct msg_counter, inbound),
	NUMBER(struct msg_counter, bytes, 0, UINT64_MAX),
	NUMBER(struct msg_counter, packets, 0, UINT64_MAX),
	NUMBER(struct msg_counter, idle_seconds, 0, UINT64_MAX),
};
LOCAL_SET(counter);

static const struct wire_row list_counters_are[] = {
	NUMBER(struct msg_counters_are, cookie, 0, UINT32_MAX),
	FLAG(struct msg_counters_are, more),
	ARRAY(struct msg_counters_are, counters, n, 0, MSG_COUNTERS_MAX,
	      &rows_counter),
};
SET(counters_are);

// NOLINTBEGIN(bugprone-macro-parentheses)
#define WORDS(type, member) \
	ARRAY(type, member.words, member.n, 0, CONF_ADDRS_MAX, &rows_word)
// NOLINTEND(bugprone-macro-parentheses)

static const struct wire_row list_auth[] = {
	NUMBER(struct msg_auth, auth.cookie, 0, UINT32_MAX),
	NUMBER(struct msg_auth, auth.eap, EAP_NONE, EAP_END),
	NUMBER(struct msg_auth, auth.session, 0, UINT32_MAX),
	OCTETS(struct msg_auth, auth.packet, UINT16_MAX),
	NUMBER(struct msg_auth, auth.revocation, REVOCATION_RELAXED,
	       REVOCATION_STRICT),
	FLAG(struct msg_auth, auth.verify),
	ADDRESS(struct msg_auth, auth.local_addr),
	ADDRESS(struct msg_auth, auth.remote_addr),
	NUMBER(struct msg_auth, auth.prf, 0, UINT16_MAX),
	OCTETS(struct msg_auth, auth.octets, 4UL * IKE_MESSAGE_MAX),
	NUMBER(struct msg_auth, auth.hashes, 0, UINT32_MAX),
	FLAG(struct msg_auth, auth.pss),
	NUMBER(struct msg_auth, auth.method, 0, UINT8_MAX),
	OCTETS(struct msg_auth, auth.auth, UINT16_MAX),
	OCTETS(struct msg_auth, auth.certreqs, UINT16_MAX),
	TEXT(struct msg_auth, conn.name, MSG_NAME_MAX),
	NUMBER(struct msg_auth, conn.send_cert, SEND_CERT_IFASKED,
	       SEND_CERT_NEVER),
	NUMBER(struct msg_auth, round.auth, AUTH_WITH_PSK, AUTH_WITH_ANY),
	TEXT(struct msg_auth, round.method, MSG_NAME_MAX),
	IDENT(struct msg_auth, round.id),
	IDENT(struct msg_auth, round.eap_id),
	FLAG(struct msg_auth, round.ask_eap_id),
	IDENT(struct msg_auth, round.aaa_id),
	IDENT(struct msg_auth, round.ca_id),
	NUMBER(struct msg_auth, round.revocation, REVOCATION_RELAXED,
	       REVOCATION_STRICT),
	IDENT(struct msg_auth, local),
	IDENT(struct msg_auth, remote),
	WORDS(struct msg_auth, of_certs),
	WORDS(struct msg_auth, of_cacerts),
	WORDS(struct msg_auth, of_pubkeys),
	WORDS(struct msg_auth, of_policies),
	ARRAY(struct msg_auth, certs, n_certs, 0, MSG_CERTS_MAX, &rows_cert),
};
SET(auth);

static const struct wire_row list_ppk[] = {
	NUMBER(struct msg_ppk, ppk.cookie, 0, UINT32_MAX),
	OCTETS(struct msg_ppk, ppk.id, IDENT_LEN_MAX),
	NUMBER(struct msg_ppk, ppk.prf, 0, UINT16_MAX),
	OCTETS(struct msg_ppk, ppk.keys, MSG_PPK_KEYS_MAX),
};
SET(ppk);

static const struct wire_row list_auth_done[] = {
	NUMBER(struct msg_auth_done, cookie, 0, UINT32_MAX),
	FLAG(struct msg_auth_done, reply.good),
	NUMBER(struct msg_auth_done, reply.method, 0, UINT8_MAX),
	OCTETS(struct msg_auth_done, reply.auth, UINT16_MAX),
	OCTETS(struct msg_auth_done, reply.packet, UINT16_MAX),
	FLAG(struct msg_auth_done, reply.eap_done),
	TEXT(struct msg_auth_done, reply.eap_id, IDENT_TEXT_SIZE),
	TEXT(struct msg_auth_done, reply.text, MSG_TEXT_MAX),
	ARRAY(struct msg_auth_done, certs, n_certs, 0, MSG_CERTS_MAX,
	      &rows_cert),
};
SET(auth_done);

static const struct wire_row list_tcp_connect[] = {
	NUMBER(struct msg_tcp_connect, cookie, 1, UINT32_MAX),
	PATH(struct msg_tcp_connect, path),
	TEXT(struct msg_tcp_connect, proxy, MSG_TEXT_MAX),
};
SET(tcp_connect);

static const struct wire_row list_tcp_close[] = {
	NUMBER(struct msg_tcp_close, socket, 1, UINT32_MAX),
};
SET(tcp_close);

static const struct wire_row list_port[] = {
	{ .name = "port",
	  .kind = WIRE_NUMBER,
	  .size = sizeof(uint16_t),
	  .min = 1,
	  .max = UINT16_MAX },
};
LOCAL_SET(port);

static const struct wire_row list_tcp_listen[] = {
	ARRAY(struct msg_tcp_listen, ports, n, 0, MSG_PORTS_MAX, &rows_port),
};
SET(tcp_listen);

static const struct wire_row list_tcp_open[] = {
	NUMBER(struct msg_tcp_open, cookie, 1, UINT32_MAX),
	PATH(struct msg_tcp_open, path),
};
SET(tcp_open);

static const struct wire_row list_tcp_closed[] = {
	NUMBER(struct msg_tcp_closed, cookie, 0, UINT32_MAX),
	NUMBER(struct msg_tcp_closed, socket, 0, UINT32_MAX),
	TEXT(struct msg_tcp_closed, text, MSG_TEXT_MAX),
};
SET(tcp_closed);

static const struct wire_row list_pair[] = {
	ADDRESS(struct env_pair, local),
	ADDRESS(struct env_pair, remote),
};
LOCAL_SET(pair);

static const struct wire_row list_route[] = {
	NUMBER(struct msg_route, cookie, 1, UINT32_MAX),
	ARRAY(struct msg_route, pairs, n, 0, MSG_PAIRS_MAX, &rows_pair),
};
SET(route);

static const struct wire_row list_network[] = {
	ARRAY(struct msg_network, addrs, n, 0, ENGINE_ADDRS_MAX, &rows_addr),
};
SET(network);

static const struct wire_row list_secret[] = {
	OCTETS(struct msg_secret, octets, ENGINE_SECRET_LEN),
};
SET(secret);

static const struct wire_row list_certreqs[] = {
	OCTETS(struct msg_certreqs, ids, MSG_CERTREQS_MAX),
	FLAG(struct msg_certreqs, ppk),
};
SET(certreqs);

static const struct wire_row list_fetch[] = {
	NUMBER(struct msg_fetch, cookie, 0, UINT32_MAX),
	TEXT(struct msg_fetch, uri, MSG_TEXT_MAX),
	TEXT(struct msg_fetch, type, MSG_NAME_MAX),
	OCTETS(struct msg_fetch, post, MSG_POST_MAX),
	NUMBER(struct msg_fetch, max, 1, MSG_FETCH_MAX),
};
SET(fetch);

static const struct wire_row list_fetched[] = {
	NUMBER(struct msg_fetched, cookie, 0, UINT32_MAX),
	FLAG(struct msg_fetched, good),
	TEXT(struct msg_fetched, text, MSG_TEXT_MAX),
	OCTETS(struct msg_fetched, octets, MSG_FETCH_MAX),
};
SET(fetched);

static const struct wire_row list_settings[] = {
	NUMBER(struct msg_settings, cookie, 0, UINT32_MAX),
	OCTETS(struct msg_settings, packet, VICI_PACKET_MAX),
};
SET(settings);

static const struct wire_row list_settings_done[] = {
	NUMBER(struct msg_settings_done, cookie, 0, UINT32_MAX),
	FLAG(struct msg_settings_done, good),
	TEXT(struct msg_settings_done, text, MSG_TEXT_MAX),
	OCTETS(struct msg_settings_done, packet, VICI_PACKET_MAX),
};
SET(settings_done);
