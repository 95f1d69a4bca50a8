/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Connections as they are configured: what swanctl.conf(5) says, in the units
 * that are used, with the defaults put in. Constant once read; counted, since
 * an IKE SA may outlive the configuration that it was made of.
 */
#ifndef ADITD_CORE_CONF_H
#define ADITD_CORE_CONF_H

#include "../../lib/buf.h"
#include "../../lib/endpoint.h"
#include "ident.h"
#include "proposal.h"
#include "ts.h"

enum { CONF_NAME_MAX = 64, CONF_ADDRS_MAX = 16, CONF_ROUNDS_MAX = 4 };

/* Set with NULL-terminated arrays of texts; owned. */
struct conf_texts {
	size_t n;
	char **texts;
};

enum conf_start { START_NONE = 0, START_TRAP = 1 << 0, START_START = 1 << 1 };
enum conf_dpd { DPD_NONE, DPD_CLEAR, DPD_TRAP, DPD_RESTART };
enum conf_mode { MODE_TUNNEL, MODE_TRANSPORT };
enum conf_encap { ENCAP_AUTO, ENCAP_UDP, ENCAP_TCP, ENCAP_NONE };
enum conf_unique { UNIQUE_NO, UNIQUE_NEVER, UNIQUE_KEEP, UNIQUE_REPLACE };
enum conf_fragmentation { FRAG_YES, FRAG_ACCEPT, FRAG_FORCE, FRAG_NO };
enum conf_childless {
	CHILDLESS_ALLOW,
	CHILDLESS_PREFER,
	CHILDLESS_FORCE,
	CHILDLESS_NEVER
};
enum conf_auth {
	AUTH_WITH_PSK,
	AUTH_WITH_PUBKEY,
	AUTH_WITH_EAP,
	AUTH_WITH_ANY
};
enum conf_send_cert { SEND_CERT_IFASKED, SEND_CERT_ALWAYS, SEND_CERT_NEVER };
enum conf_revocation {
	REVOCATION_RELAXED,
	REVOCATION_IFURI,
	REVOCATION_STRICT
};

enum { COPY_DSCP_OUT = 1 << 0, COPY_DSCP_IN = 1 << 1 };
#define CONF_TFC_MTU UINT32_MAX

/* One round of authentication, of either end. */
struct conf_round {
	enum conf_auth auth;
	char *method; /* as it was written, "eap-mschapv2", "rsa-sha256" */
	struct ident id; /* IDENT_ANY if not set */
	struct ident cert_id; /* then the subject of the first of certs */
	struct ident eap_id;
	bool ask_eap_id; /* "%any" was written: EAP is asked for it */
	struct ident aaa_id; /* of the server in the EAP method */
	struct ident ca_id; /* of a CA in the peer's chain */
	/* PEM, or the absolute path of a file. */
	struct conf_texts certs;
	struct conf_texts cacerts;
	struct buf ca_ids; /* key ids of these, 20 each; none: of any CA */
	struct conf_texts pubkeys;
	struct conf_texts policies; /* OIDs that the certificate has */
	unsigned int round; /* they are sorted by it */
	enum conf_revocation revocation;
};

struct child_conf {
	struct child_conf *next;
	char *name;
	enum conf_mode mode;
	unsigned int start; /* START_*, both together is possible */
	enum conf_start close_action;
	enum conf_dpd dpd_action;
	uint64_t rekey_time, life_time, rand_time; /* seconds, 0 for never */
	uint64_t rekey_bytes, life_bytes, rand_bytes;
	uint64_t rekey_packets, life_packets, rand_packets;
	uint64_t inactivity;
	uint32_t priority;
	uint32_t replay_window;
	uint32_t tfc_padding; /* CONF_TFC_MTU for as much as fits */
	bool copy_df;
	unsigned int copy_dscp; /* COPY_DSCP_* */
	bool ipcomp;
	bool sha256_96;
	unsigned int hw_offload; /* never */
	struct ts_list local_ts;
	struct ts_list remote_ts;
	struct proposals proposals; /* of ESP or AH; see conn_keep() */
};

struct conn {
	unsigned int refs;
	char *name;
	char *interface; /* "" for one of its own */
	unsigned int version; /* 0 for both, 1, 2 */
	struct conf_texts local_addrs; /* addresses, names, "%any" */
	struct conf_texts remote_addrs;
	uint16_t local_port, remote_port;
	enum conf_encap encap;
	struct conf_texts tcp_ports;
	char *proxy;
	bool mobike;
	uint8_t dscp; /* of IKE's own packets */
	bool prefer_peer; /* proposals in the peer's order */
	enum conf_fragmentation fragmentation;
	enum conf_childless childless;
	enum conf_unique unique;
	enum conf_send_cert send_cert;
	bool send_certreq;
	uint64_t keepalive; /* seconds, of NAT; 0 for never */
	uint64_t dpd_delay, dpd_timeout; /* seconds, 0 for never */
	unsigned int keyingtries; /* 0 for ever */
	uint64_t rekey_time, reauth_time, over_time, rand_time;
	struct conf_texts vips;
	struct conf_texts pools;
	char *ppk_id;
	bool ppk_required;
	bool resumption; /* RFC 5723 */
	size_t local_n, remote_n;
	struct conf_round local[CONF_ROUNDS_MAX];
	struct conf_round remote[CONF_ROUNDS_MAX];
	struct child_conf *children;
	struct proposals proposals; /* of IKE; see conn_keep() */
};

/*
 * There may be thousands of them, and most have one proposal: what is not in use
 * of the list, which is at the end, is given back. Who wants a copy of it takes
 * proposals_copy().
 */
struct conn *conn_keep(struct conn *conn);
struct child_conf *child_conf_keep(struct child_conf *child);

struct conn *conn_get(struct conn *conn);
void conn_put(struct conn *conn);
const struct child_conf *conn_child(const struct conn *conn, const char *name);

#endif
