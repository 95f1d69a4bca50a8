/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The world as the engine sees it: time, random, network, kernel, keys, and
 * who listens. A table of calls, so that two engines can talk in one test.
 *
 * Nothing here waits. What takes time is answered later by a call into the
 * engine (engine.h). Calls arrive where they go in the order they were made:
 * an SA that is installed before a message is sent is there when the answer
 * comes.
 */
#ifndef ADITD_CORE_ENV_H
#define ADITD_CORE_ENV_H

#include "../../lib/buf.h"
#include "../../lib/endpoint.h"
#include "../../lib/span.h"
#include "conf.h"
#include "vip.h"

struct ike_sa;
struct child_sa;

/* Where messages of an IKE SA go. */
struct ike_path {
	struct addr local, remote;
	uint16_t local_port, remote_port;
	/* The one it came through; 0 to have one chosen, in TCP for none. */
	uint32_t socket;
	bool marker; /* with the non-ESP marker (RFC 3948, 2.2) */
	bool tcp;
	uint8_t dscp; /* of what is sent in UDP */
};

/* A question for a way: from there, or with no length from anywhere, to there. */
struct env_pair {
	struct addr local, remote;
};

struct env_timer {
	uint64_t at; /* milliseconds of env_now(); 0 if it is not set */
	void (*ring)(struct env_timer *timer);
	void *arg;
	void *world; /* the world's own */
};

/* A Child SA for the kernel: both directions of one generation. */
struct env_child {
	const char *interface; /* the device; made if it is missing */
	uint32_t peer; /* id on the device, the IKE SA's */
	uint32_t child; /* id on the device, over all rekeys */
	struct ike_path path;
	enum conf_encap encap; /* ENCAP_NONE, _UDP, _TCP: as found out */
	const struct child_conf *conf;
	enum conf_mode mode;
	uint8_t protocol; /* PROTOCOL_ESP or PROTOCOL_AH */
	uint32_t spi_in, spi_out;
	uint16_t encr, encr_bits, integ;
	bool esn;
	uint16_t cpi_in, cpi_out; /* of IPComp with DEFLATE; 0 for none */
	uint32_t keepalive; /* seconds, of the peer */
	uint32_t tfc_padding; /* as in conf, if the peer takes it */
	/* Where new keys are wanted, with the random part; 0 for never. */
	uint64_t soft_bytes, soft_packets;
	struct span encr_key_in, integ_key_in; /* borrowed for the call */
	struct span encr_key_out, integ_key_out;
	const struct ts_list *local_ts, *remote_ts;
	uint32_t cookie; /* given back with what is said of it */
};

/* Inner addresses of ours that a peer has given, all of them; none: no more. */
struct env_inner {
	const char *interface;
	uint32_t peer;
	struct addrs vips;
	const struct vip_names *names; /* NULL if there are none */
};

/*
 * How the inbound and outbound halves are brought in, see RFC 7296, 2.8. The
 * keys of both come with INSTALL_IN already; INSTALL_OUT has none.
 */
enum env_install {
	INSTALL_BOTH, /* a new child, sends at once */
	INSTALL_IN, /* receives; the old outbound one sends on */
	INSTALL_OUT, /* now send with the new one */
};

/*
 * What is asked of EAP (RFC 7296, 2.16), which is spoken where the keys are: here
 * its packets only pass.
 */
enum env_eap {
	EAP_NONE, /* AUTH is of a key or a certificate */
	EAP_SERVER, /* what follows this response of the peer's, if there is one */
	EAP_PEER, /* what answers that request */
	EAP_MSK, /* AUTH is of the key that EAP has agreed on */
	EAP_END, /* it is over, or given up: nothing is answered to that */
};

/* AUTH is computed and checked where the keys are. */
struct env_auth {
	uint32_t cookie; /* of the IKE SA, given back */
	enum env_eap eap;
	uint32_t session; /* of EAP, the same from its start to EAP_END */
	struct span packet; /* of EAP_SERVER and EAP_PEER */
	enum conf_revocation revocation; /* EAP_PEER wants of the server */
	bool verify; /* else sign */
	const struct conn *conn;
	const struct conf_round *round;
	const struct ident *local, *remote; /* IDs of the messages */
	struct addr local_addr, remote_addr;
	uint16_t prf;
	struct span octets; /* RFC 7296, 2.15: signed by us or by the peer */
	uint32_t hashes; /* of RFC 7427 that the peer takes, a bit each */
	bool pss;
	/* Only to verify. */
	uint8_t method;
	struct span auth;
	const struct span *certs; /* bodies of CERT payloads */
	size_t n_certs;
	/* Only to sign. */
	struct span certreqs; /* key ids of CAs that the peer asks for, 20 each */
};

/*
 * Keys of an IKE SA into which a PPK is mixed, which is where the keys are, too
 * (RFC 8784, 3).
 */
struct env_ppk {
	uint32_t cookie; /* of the IKE SA, given back */
	struct span id; /* of PPK_IDENTITY, behind its type */
	uint16_t prf;
	struct span keys; /* SK_d | SK_pi | SK_pr */
};

struct env_auth_reply {
	bool good;
	uint8_t method;
	struct span auth; /* or the keys that have the PPK in them */
	const struct span *certs; /* bodies of CERT payloads to send */
	size_t n_certs;
	struct span packet; /* of EAP, to be sent; also if it has failed */
	bool eap_done; /* it went well: AUTH follows, made with its key */
	const char *eap_id; /* who the peer is there, "" or NULL if not known */
	/* What is wrong, for people; of EAP also when the peer is to hear first. */
	const char *text;
};

enum env_level { LEVEL_ERROR, LEVEL_INFO, LEVEL_DETAIL, LEVEL_DEBUG };

enum env_event {
	EVENT_IKE_UP,
	EVENT_IKE_DOWN,
	EVENT_IKE_REKEY,
	EVENT_IKE_UPDATE, /* its path is another one now */
	EVENT_CHILD_UP,
	EVENT_CHILD_DOWN,
	EVENT_CHILD_REKEY,
	EVENT_CHANGED, /* anything a status line shows */
};

struct env_ops {
	uint64_t (*now)(void *world); /* milliseconds, monotonic */
	int (*random)(void *world, void *out, size_t len);

	/* Ring once at timer->at, or not any more if that is 0. */
	void (*set_timer)(void *world, struct env_timer *timer);

	void (*send)(void *world, const struct ike_path *path,
		     struct span message);

	/* The source that the route to @remote has; for NAT detection. */
	void (*resolve)(void *world, const struct conn *conn, uint32_t cookie);

	/*
	 * Which sources these ways have past all tunnels: engine_routed() with
	 * that cookie, and with no local address where there is no way. May be
	 * NULL: then nothing ever moves by itself.
	 */
	void (*route)(void *world, const struct env_pair *pairs, size_t n,
		      uint32_t cookie);

	void (*child_install)(void *world, const struct env_child *child,
			      enum env_install how);
	void (*child_remove)(void *world, const struct env_child *child,
			     bool whole); /* the child too, not only these SAs */

	/*
	 * The child without any SA, whose packets are engine_acquire(); made, or
	 * set back to that. Off removes it. It has no SPIs and no keys, and of a
	 * path only where the peer is, if that is known.
	 */
	void (*child_trap)(void *world, const struct env_child *child, bool on);

	/*
	 * How long has the child carried nothing? Then engine_idle(). May be
	 * NULL.
	 */
	void (*child_idle)(void *world, const char *interface, uint32_t child,
			   uint32_t cookie);
	void (*peer_move)(void *world, const char *interface, uint32_t peer,
			  const struct ike_path *path, enum conf_encap encap);
	void (*peer_remove)(void *world, const char *interface, uint32_t peer);

	/* In place of what that peer had given before; may be NULL. */
	void (*inner)(void *world, const struct env_inner *inner);

	/*
	 * TCP (RFC 9329); all may be NULL. A connection to path->remote, from
	 * path->local if that is set, through a proxy if that is no "": then
	 * engine_tcp_open() or engine_tcp_closed() with that cookie.
	 */
	void (*tcp_connect)(void *world, const struct ike_path *path,
			    const char *proxy, uint32_t cookie);
	void (*tcp_close)(void *world, uint32_t socket);

	/* The ports that connections are taken at, all of them. */
	void (*tcp_listen)(void *world, const uint16_t *ports, size_t n);

	/* engine_auth_done() answers it, but for EAP_END. */
	void (*auth)(void *world, const struct env_auth *auth);

	/* Also answered with engine_auth_done(). */
	void (*ppk)(void *world, const struct env_ppk *ppk);

	/* Is there any PPK, so that USE_PPK can be answered? */
	bool (*has_ppk)(void *world);

	/*
	 * Append the key ids of all CAs that are trusted, 20 octets each: for
	 * CERTREQ. May be NULL.
	 */
	void (*certreqs)(void *world, struct buf *out);

	void (*log)(void *world, enum env_level level, const struct ike_sa *sa,
		    const char *text);
	void (*event)(void *world, enum env_event event, struct ike_sa *ike,
		      struct child_sa *child);
};

struct env {
	const struct env_ops *ops;
	void *world;
};

#endif
