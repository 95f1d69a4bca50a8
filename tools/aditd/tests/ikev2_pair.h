/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two engines in a world of their own: a clock that is set, packets in a queue
 * that a test may drop, copy and delay, a kernel that remembers what it was
 * told and checks that both ends were told the same, and keys with a PSK.
 */
#ifndef ADITD_TESTS_IKEV2_PAIR_H
#define ADITD_TESTS_IKEV2_PAIR_H

#include "../core/engine.h"
#include "../core/inner.h"
#include "../ikev2/v2.h"

enum {
	PAIR_A,
	PAIR_B,
	PAIR_TIMERS_MAX = 512,
	PAIR_STATES_MAX = 64,
	PAIR_EVENTS = EVENT_CHANGED + 1,
	PAIR_LATENCY_MS = 10,
	PAIR_TCP_MAX = 32,
	PAIR_MORE_MAX = 3,
};

/* One datagram on its way. */
struct pair_packet {
	struct pair_packet *next;
	unsigned int to;
	uint64_t due;
	struct ike_path path; /* as the receiver sees it */
	struct buf octets;
	struct ike_header header;
	size_t nth; /* of all that were sent, from 0 */
};

/* Something that is answered later. */
struct pair_call {
	struct pair_call *next;
	unsigned int end;
	uint64_t due;
	uint32_t cookie;
	bool resolve;
	bool tcp;
	struct ike_path path; /* of a TCP connection */
	struct env_pair pairs[32]; /* of a question for ways */
	size_t n_pairs;
	bool good;
	uint8_t method;
	struct buf auth;
	struct buf packet; /* of EAP */
	bool eap_done;
	bool warns; /* what is wrong is known, and told later */
	const char *text; /* if it is not good */
};

/* What the kernel of one end has: both SAs of a generation. */
struct pair_state {
	bool in, out; /* there; @out: it is the one that sends */
	struct env_child child;
	uint8_t keys[4][128]; /* encr in, integ in, encr out, integ out */
	size_t lens[4];
	struct ts_list local_ts, remote_ts;
};

struct pair_trap {
	uint32_t child;
	bool on;
};

struct pair_end {
	struct pair *pair;
	unsigned int i;
	struct engine *engine;
	struct addr addr;
	struct addr more[PAIR_MORE_MAX]; /* that it has as well */
	size_t n_more;
	const char *secret;
	const char *cert; /* sent as CERT */
	const char *cas; /* key ids of those that it trusts, 20 octets each */
	const char *msk; /* what EAP agrees on */
	unsigned int eap_steps; /* requests of the server until it is content */
	bool eap_refuses; /* and then it is not */
	enum conf_revocation eap_revocation; /* as it was asked for */
	unsigned int eap_open; /* sessions that have not been ended */
	uint32_t eap_last; /* the newest of them */
	const char *ppk_id, *ppk; /* the one that it has */
	struct env_timer *timers[PAIR_TIMERS_MAX];
	size_t n_timers;
	struct pair_state states[PAIR_STATES_MAX];
	struct pair_trap traps[32];
	size_t n_traps;
	unsigned int events[PAIR_EVENTS];
	unsigned int certs_seen, peers_removed, moves;
	unsigned int idle_asked; /* times, and about which */
	uint32_t idle_cookie;
	struct ike_path moved; /* to where, the last time */
	enum conf_encap moved_encap;
	unsigned int inners; /* times, and what was said last */
	struct addrs vips;
	struct vip_names names;
	bool behind_nat; /* addresses of what it sends are another's */
	struct addr nat_addr;
	uint16_t nat_ports; /* added to its ports */
	unsigned int resolve_fails;
	unsigned int tcp_asked, tcp_closed; /* times */
	uint16_t tcp_port; /* of the last one */
	size_t n_ports; /* where it listens, as the engine said */
	uint16_t ports[16];
	char last_error[1024];
	unsigned int errors; /* times that there was one */
	/* The last line of the log that has this in it. */
	const char *watch;
	char watched[512];
	int done; /* calls of pair_done, and the last of what they said */
	int result;
	char text[512];
};

struct pair {
	uint64_t now;
	struct pair_end ends[2];
	struct pair_packet *packets;
	struct pair_call *calls;
	size_t sent; /* datagrams */
	size_t largest;
	uint64_t random; /* state of a small generator */
	bool real_random;
	bool mute; /* no packets pass at all */
	bool no_udp;
	unsigned int tcp_refuses; /* so many times */
	bool tcp[PAIR_TCP_MAX]; /* is it open? */
	size_t n_tcp;
	/* Keep it: what is sent has a receiver at any time. */
	bool lossless;
	unsigned int lost; /* times that it had none */
	/* Say no to drop it; may change when it is due, or send copies. */
	bool (*hook)(struct pair *pair, struct pair_packet *packet);
	unsigned int hook_count;
	unsigned int hook_arg;
};

struct pair *pair_new(void);
void pair_free(struct pair *pair);

/* The number of the newest TCP connection; both ends see that one has ended. */
uint32_t pair_tcp(const struct pair *pair);
void pair_tcp_kill(struct pair *pair, uint32_t socket);

/* It has these addresses now, and hears of that. */
void pair_network(struct pair *pair, unsigned int end);

/* It crashes and starts anew, with nothing but its secret. */
void pair_restart(struct pair *pair, unsigned int end);

/* Until that much time is over, or nothing will ever happen. */
void pair_run(struct pair *pair, uint64_t ms);

/* Until nothing is on its way any more; timers do not count. */
void pair_settle(struct pair *pair);
void pair_copy(struct pair *pair, const struct pair_packet *packet,
	       uint64_t later);

/* Change what is sealed in it, as only the sender could; in a hook. */
void pair_edit(struct pair *pair, struct pair_packet *packet,
	       void (*edit)(struct buf *plain, uint8_t *first));

/* A connection of that end to the other one, with a PSK; counted once. */
struct conn *pair_conn(struct pair *pair, unsigned int end, const char *name,
		       const char *proposals);
struct child_conf *pair_child(struct conn *conn, const char *name,
			      const char *proposals, const char *local_ts,
			      const char *remote_ts);
void pair_load(struct pair *pair, unsigned int end, struct conn *conn);

/* Add a word to such a list of a connection. */
void pair_add_text(struct conf_texts *texts, const char *word);

/* With the PPK of that identity. */
void pair_ppk(struct conn *conn, const char *id, bool required);

/* Both ends with a connection "net" that has a child "net"; and up. */
struct conn *pair_usual(struct pair *pair, unsigned int end);

/* The same, with these key exchanges. */
struct conn *pair_more(struct pair *pair, unsigned int end, const char *ike,
		       const char *child);
void pair_load_usual(struct pair *pair);
bool pair_up(struct pair *pair);
void pair_initiate(struct pair *pair, unsigned int end, const char *conn,
		   const char *child);
void pair_done(void *arg, int result, const char *text);

size_t pair_ikes(const struct pair *pair, unsigned int end,
		 enum ike_state state);
size_t pair_children(const struct pair *pair, unsigned int end,
		     enum child_state state);
struct ike_sa *pair_ike(const struct pair *pair, unsigned int end);
struct child_sa *pair_child_sa(const struct pair *pair, unsigned int end);

/* SAs in the kernel of that end; those that send. */
size_t pair_installed(const struct pair *pair, unsigned int end);
size_t pair_senders(const struct pair *pair, unsigned int end);

/*
 * Does each that sends have its receiver at the other end: same SPI, keys,
 * algorithms and selectors? And is each child of an SA in the kernel?
 */
bool pair_agrees(const struct pair *pair);

/* The last failure of that connection, "" if there is none. */
const char *pair_why(struct pair *pair, unsigned int end, const char *conn);
uint64_t pair_count(struct pair *pair, unsigned int end, const char *name);

#endif
