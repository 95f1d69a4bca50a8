/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IKE SAs and Child SAs, what they are whatever the version: who asks for
 * status reads this, the versions' own folders embed it.
 *
 *	        init                 auth               verified
 *	CREATED ----> CONNECTING ------> AUTHENTICATING ------> ESTABLISHED
 *	                 |                     |                 |      |
 *	                 +---------------------+----------> DELETING <--REKEYED
 *	                                                        |
 *	                                                      gone
 */
#ifndef ADITD_CORE_SA_H
#define ADITD_CORE_SA_H

#include "../../lib/buf.h"
#include "env.h"
#include "retx.h"
#include "table.h"
#include "task.h"
#include "ticket_key.h"

enum ike_state {
	IKE_CREATED,
	IKE_CONNECTING,
	IKE_AUTHENTICATING, /* also while the keys process computes */
	IKE_ESTABLISHED,
	IKE_REKEYED, /* another one has its children */
	IKE_DELETING,
	IKE_STATES,
};

enum child_state {
	CHILD_CREATED,
	CHILD_INSTALLING, /* asked for, no answer yet */
	CHILD_INSTALLED,
	CHILD_REKEYING, /* a successor is being made */
	CHILD_REKEYED, /* it is there, this one drains */
	CHILD_DELETING,
	CHILD_STATES,
};

struct engine;
struct lease;

struct child_sa {
	struct child_sa *next;
	struct ike_sa *ike;
	const struct child_conf *conf;
	uint32_t unique; /* for people and VICI */
	uint32_t id; /* of the child on the device, over rekeys */
	enum child_state state;
	enum conf_mode mode;
	uint8_t protocol;
	uint32_t spi_in, spi_out;
	uint16_t encr, encr_bits, integ, dh;
	uint16_t addke[PROPOSAL_ADDKE_MAX];
	bool esn;
	uint16_t cpi_in, cpi_out; /* of IPComp, once both ends have said one */
	bool no_tfc; /* the peer takes no padding */
	bool outbound; /* it is the one that sends */
	struct ts_list local_ts, remote_ts;
	uint64_t installed; /* env_now() */
	uint64_t rekey_at, expire_at; /* 0 for never */
	uint64_t idle_at; /* to look if it is in use; 0 for never */
	uint64_t used; /* so far it is known; over rekeys */
	struct env_timer timer;
	bool in_kernel;
	bool up; /* its event was sent */
	bool replaced; /* another generation took its place */
	struct table_node by_spi_in, by_spi_out, by_id, by_unique;
};

/* What a version of IKE can do; all of it on behalf of the engine. */
struct ike_version_ops {
	uint8_t major; /* as in the header: 1, 2 */

	/* One of that version, for which all is still to do; NULL if it can't. */
	struct ike_sa *(*create)(struct engine *engine);
	void (*destroy)(struct ike_sa *sa); /* the memory, not the peer's */

	/* It is going: so does what was being made with it. */
	void (*abandon)(struct ike_sa *sa);

	/* The path is known: send the first message. */
	void (*start)(struct ike_sa *sa);

	/* The first message anew, on another path, as a new IKE SA. */
	void (*restart)(struct ike_sa *sa);

	/* There is a task; begin with it if nothing else is on its way. */
	void (*kick)(struct ike_sa *sa);

	/* Nobody answers what is on its way. */
	void (*gave_up)(struct ike_sa *sa);

	void (*input)(struct engine *engine, const struct ike_path *path,
		      struct span message);
	void (*auth_done)(struct ike_sa *sa,
			  const struct env_auth_reply *reply);

	/* See engine_unknown_spi(); may be NULL. */
	void (*unknown_spi)(struct engine *engine, const struct ike_path *path,
			    uint8_t protocol, uint32_t spi);

	/* Of what is sent now: "IKE_SA_INIT". */
	const char *(*doing)(const struct ike_sa *sa);

	/* Good-bye without waiting for an answer, if that can be said now. */
	void (*farewell)(struct ike_sa *sa);
};

/* The TCP connection of who has made it, see tcp.c. */
struct ike_tcp {
	bool ours; /* we have made it, so we make it again */
	bool wanted; /* it is being made */
	size_t at; /* in tcp_ports */
	unsigned int tries; /* to make it again */
	uint64_t since; /* it is open, env_now() */
	struct env_timer timer; /* of the next try */
};

enum { MOVE_ADDRS_MAX = 8, MOVE_VERIFIED_MAX = 4 };

/* Addresses that change (RFC 4555), see move.c. */
struct ike_move {
	bool able; /* both ends know how to */
	bool mover; /* we made the first of these IKE SAs: we decide */
	bool pending; /* the peer is to be told of another path */
	bool peer_left; /* it is not any more where path.remote is */
	bool unmoved; /* the kernel is still to be told of the path */
	/* Where the peer is as well, by what it says. */
	size_t n_remotes;
	struct addr remotes[MOVE_ADDRS_MAX];
	/* What it was told of ours. */
	size_t n_told;
	struct addr told[MOVE_ADDRS_MAX];
	/* Where it was proved to be; the oldest makes room. */
	size_t n_verified;
	struct addr verified[MOVE_VERIFIED_MAX];
	struct env_pair refused; /* by the peer: not this one again */
};

/* Its place among those that begin to connect, see pace.c. */
struct ike_pace {
	struct pace_list *list; /* NULL if it is in none */
	struct ike_sa *next, *prev;
	uint64_t until; /* then others need not wait for it */
};

/* What protects it, and what its keys are made of. */
struct ike_algs {
	uint16_t encr, encr_bits, integ, prf, dh;
	uint16_t addke[PROPOSAL_ADDKE_MAX]; /* KE_NONE where there is none */
	bool ppk; /* its keys have one in them */
};

/* Inner addresses (RFC 7296, 2.19), see sa_vip.c. */
struct ike_vips {
	struct addrs local, remote;
	struct addrs asked; /* by us if we are the initiator */
	struct lease *leases[VIPS_MAX]; /* of remote */
	struct vip_names *names; /* that came with local, or NULL */
};

struct ike_sa {
	struct ike_sa *next, *prev; /* of the engine */
	struct engine *engine;
	const struct ike_version_ops *ops;
	struct conn *conn; /* counted; NULL with a responder that has none yet */
	uint32_t unique;
	uint32_t peer; /* id on the device */
	char interface[16];
	unsigned int version;
	bool initiator;
	enum ike_state state;
	uint64_t spi_i, spi_r;
	struct ike_path path;
	bool nat_here, nat_there;
	enum conf_encap encap;
	struct ident local_id, remote_id;
	struct ident eap_id; /* the peer's in EAP, IDENT_ANY if it has none */
	struct ike_vips vips;
	struct ike_algs algs;
	bool resumed; /* it, or one before it that was rekeyed (RFC 5723) */
	uint64_t established;
	uint64_t rekey_at, reauth_at, expire_at; /* env_now(), 0 for never */
	unsigned int tries; /* retransmissions of what is on its way */
	char waits_for[128]; /* "answer to IKE_SA_INIT from 203.0.113.5:500" */
	struct child_sa *children;
	size_t n_children;

	/* What follows is for core/ and the versions only. */
	struct table_node by_spi, by_cookie, by_unique, by_peer, by_init,
		by_from, by_conn;
	struct env_timer timer; /* the next of all the times */
	uint64_t start_at; /* of the next try to connect */
	uint64_t give_up_at; /* what it is at must be over then */
	uint64_t last_in; /* something authentic came, or it was made */
	bool heard; /* it came */
	uint64_t quiet_until; /* the peer may not know of it yet: no tasks */
	struct retx retx;
	struct ike_tcp tcp;
	struct ike_move move;
	struct ike_pace pace;
	struct task_queue tasks;
	struct task *active; /* what is on its way */
	struct waiter *waiters; /* for that it is up */
	struct waiter *closers; /* for that it is gone */
	struct addr remotes[CONF_ADDRS_MAX];
	size_t n_remotes, remote_at;
	unsigned int attempt; /* of keyingtries */
	uint32_t reauth_of; /* unique id of the one that it replaces */
	uint32_t resumes; /* unique id of the one that the peer has lost */
	bool no_ppk; /* there is none of that name, as the one before has found */
	bool half_open; /* it is counted as one */
	bool gone;
	bool lost; /* and nobody wanted that: a ticket is for then */
	struct ticket_mark tickets[TICKET_KEYS]; /* that the peer has of it */
	bool orphaned; /* in rekeying the one that does not count: not shown */
	char refused[256]; /* what somebody said without protection */
};

/*
 * The text for people of what it waits for, made now; what is in waits_for is
 * of the last message sent. Returns @buf.
 */
const char *ike_sa_waits(const struct ike_sa *sa, char *buf, size_t size);

const char *ike_state_name(enum ike_state state); /* as VICI shows it */
const char *child_state_name(enum child_state state);

#endif
