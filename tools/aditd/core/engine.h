/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * All IKE SAs of a daemon, and the calls into them: from the network, the
 * kernel, the keys process, timers and the control socket.
 */
#ifndef ADITD_CORE_ENGINE_H
#define ADITD_CORE_ENGINE_H

#include "history.h"
#include "sa.h"

struct engine;

struct engine *engine_new(const struct env *env);

/* A version of IKE that it speaks from now on: ikev2/v2.h has one. */
void engine_add_version(struct engine *engine,
			const struct ike_version_ops *ops);

/*
 * A secret that outlives the daemon, so that peers can be told that a new one
 * knows nothing of their SAs (RFC 6290); without it they are not.
 */
enum { ENGINE_SECRET_LEN = 32 };
void engine_set_secret(struct engine *engine,
		       const uint8_t secret[ENGINE_SECRET_LEN]);

/*
 * Who got a ticket (RFC 5723) may be one whose secret or CA is no more: all of
 * them have to authenticate anew when they come back.
 */
void engine_forget_tickets(struct engine *engine);

/* Without a word to the peers; engine_close_all() says good-bye before. */
void engine_free(struct engine *engine);
void engine_close_all(struct engine *engine);

/* Connections. A conn of the same name is replaced; SAs keep theirs. */
int engine_conn_add(struct engine *engine, struct conn *conn, struct err *err);
bool engine_conn_remove(struct engine *engine, const char *name);
struct conn *engine_conn(struct engine *engine, const char *name);
struct conn *engine_conn_at(struct engine *engine, size_t i);

/* From the network, without the marker. */
void engine_input(struct engine *engine, const struct ike_path *path,
		  struct span message);

/* From the keys process. */
void engine_auth_done(struct engine *engine, uint32_t cookie,
		      const struct env_auth_reply *reply);

/* From the resolver; @n is 0 if there is no address, @text says why. */
void engine_resolved(struct engine *engine, uint32_t cookie,
		     const struct addr *local, const struct addr *remotes,
		     size_t n, const char *text);

/* From the kernel. */
void engine_acquire(struct engine *engine, const char *interface,
		    uint32_t child, const struct ts *source,
		    const struct ts *destination);
void engine_expire(struct engine *engine, uint32_t spi, bool inbound,
		   bool hard);

/* The answer to child_idle(): milliseconds, UINT64_MAX if it never was used. */
void engine_idle(struct engine *engine, uint32_t cookie, uint64_t ms);
void engine_moved(struct engine *engine, const char *interface, uint32_t peer,
		  const struct ike_path *path);

/*
 * From the kernel: a packet that came so is for an SPI that no SA has. Without
 * encapsulation the path has no ports.
 */
void engine_unknown_spi(struct engine *engine, const struct ike_path *path,
			uint8_t protocol, uint32_t spi);

/* From the network: a TCP connection that was asked for; its path is all known. */
void engine_tcp_open(struct engine *engine, uint32_t cookie,
		     const struct ike_path *path);

/* One that could not be made, with its cookie; or whose socket is no more. */
void engine_tcp_closed(struct engine *engine, uint32_t cookie, uint32_t socket,
		       const char *text);
void engine_install_failed(struct engine *engine, uint32_t cookie,
			   const char *text);

/* What env's route() asked for: without a local address there is no way. */
void engine_routed(struct engine *engine, uint32_t cookie,
		   const struct env_pair *pairs, size_t n);

/* Addresses or routes of the host have changed; these it has. */
enum { ENGINE_ADDRS_MAX = 16 };
void engine_network(struct engine *engine, const struct addr *list, size_t n);

/*
 * From the control socket. @done is called once: with 0 when it is up or gone,
 * else with -1 and why; NULL to not wait. @log gets what is logged meanwhile.
 */
typedef void (*engine_done_fn)(void *arg, int result, const char *text);
int engine_initiate(struct engine *engine, const char *conn, const char *child,
		    engine_done_fn done, void *arg, struct err *err);

/* What to terminate or to rekey; a 0 or NULL is "any". */
struct engine_pick {
	const char *ike;
	const char *child;
	uint32_t ike_id;
	uint32_t child_id;
};

/* The number of SAs that fit. */
size_t engine_terminate(struct engine *engine, const struct engine_pick *pick,
			bool force, engine_done_fn done, void *arg);
size_t engine_rekey(struct engine *engine, const struct engine_pick *pick,
		    bool reauth);

/*
 * Pools of inner addresses, see pool.h. @conf is the engine's then. One whose
 * addresses are in use can't have others, nor be removed.
 */
struct pool;
struct pool_conf;
int engine_pool_add(struct engine *engine, struct pool_conf *conf,
		    struct err *err);
int engine_pool_remove(struct engine *engine, const char *name,
		       struct err *err);
const struct pool *engine_pools(const struct engine *engine); /* the first */

/* All IKE SAs; borrowed. */
struct ike_sa *engine_first(struct engine *engine);
struct ike_sa *engine_ike(struct engine *engine, uint32_t unique);

/*
 * A child's packets shall bring it up, or not any more (VICI's install and
 * uninstall). Connections with START_TRAP have that from the start.
 */
int engine_trap(struct engine *engine, const char *conn, const char *child,
		bool on, struct err *err);

/* The children that wait for packets; false at the end. */
struct engine_trapped {
	const struct conn *conn;
	const struct child_conf *child;
	uint32_t id; /* of the child on the device */
	uint32_t peer;
	char interface[16];
};

bool engine_trapped_at(struct engine *engine, size_t i,
		       struct engine_trapped *out);

/* The last failures of a connection, newest first, for "adit why". */
size_t engine_failures(struct engine *engine, const char *conn,
		       const struct engine_failure **list);

/* Counters as VICI's get-counters has them: "ike-init-in-req", ... */
struct engine_counter {
	const char *name;
	uint64_t value;
};

/*
 * Of a connection, 0 if there is none of that name, or with NULL of the daemon;
 * the array is the engine's.
 */
size_t engine_counters(struct engine *engine, const char *conn,
		       const struct engine_counter **list);
void engine_counters_reset(struct engine *engine, const char *conn);

#endif
