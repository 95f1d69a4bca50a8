/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The engine from inside: what core/ and the versions of IKE share, and nobody
 * else needs.
 */
#ifndef ADITD_CORE_INNER_H
#define ADITD_CORE_INNER_H

#include "cookie.h"
#include "counter.h"
#include "engine.h"
#include "pool.h"
#include "ticket.h"
#include "ticket_key.h"

enum {
	VERSIONS_MAX = 2,
	CHILDREN_MAX = 256, /* of an IKE SA */
	HALF_OPEN_MS = 30 * 1000,
};

/* A connection, and what it has on the device as long as it is configured. */
struct conn_child {
	struct conn_child *next;
	uint32_t id;
	bool trapped;
	char name[CONF_NAME_MAX];
};

/* Addresses of a connection, read once; how well one in there fits. */
struct conn_range {
	struct addr first, last;
	unsigned int fits;
};

struct conn_ranges {
	size_t n;
	struct conn_range *list;
};

struct conn_slot {
	struct conn_slot *next;
	struct table_node by_name, by_remote;
	uint64_t nth; /* of all that were ever added */
	struct conn *conn;
	uint32_t edition; /* another one each time that it is loaded */
	struct ticket *ticket; /* to resume with, see ticket.h; or NULL */
	struct conn_ranges local, remote;
	uint32_t peer;
	struct conn_child *children;
	uint64_t counts[COUNTS];
};

/* The addresses of this host, outside of tunnels. */
struct engine_locals {
	size_t n;
	struct addr list[ENGINE_ADDRS_MAX];
};

/* Of TCP, that connections are taken at. */
struct engine_ports {
	size_t n;
	uint16_t list[16];
};

/* Those whose turn it is not yet; and those that have begun, see pace.c. */
struct pace_list {
	struct ike_sa *first, *last;
	size_t n;
};

struct pace {
	struct pace_list waiting, begun;
	struct env_timer
		timer; /* until the first that has begun does not count */
	bool busy;
};

struct engine {
	struct env env;
	const struct ike_version_ops *versions[VERSIONS_MAX];
	struct ike_sa *first;
	size_t n_sas;
	struct ike_sa *dead; /* freed when the last call into us is over */
	struct child_sa *dead_children;
	unsigned int depth;
	bool closing;
	struct conn_slot *slots, **slots_end;
	uint64_t n_slots; /* ever */
	struct table slot_name; /* the same, by a hash of the name */
	struct table
		slot_remote; /* by a hash of the first identity of the peer */
	struct table by_spi; /* IKE SAs by our own SPI */
	struct table by_cookie; /* those that wait for something of outside */
	struct table by_unique, by_peer;
	struct table by_init; /* half-open ones, by the initiator's SPI */
	struct table by_from; /* the same, by where the peer is */
	struct table by_conn; /* by a hash of the connection's name */
	struct table child_in, child_out, child_id, child_unique;
	uint32_t last_unique, last_child, last_peer, last_id, last_cookie,
		last_session, last_edition;
	struct cookies cookies;
	struct ticket_keys tickets;
	struct pace pace;
	struct pools pools;
	struct engine_ports ports;
	struct engine_locals locals;
	bool has_secret;
	uint8_t secret[ENGINE_SECRET_LEN]; /* see engine_set_secret() */
	struct limit errors; /* of unprotected ones */
	struct history history;
	uint64_t counts[COUNTS];
	struct engine_counter shown[COUNTS];
};

/* Around all calls from outside. */
void engine_enter(struct engine *engine);
void engine_leave(struct engine *engine);

/* Of the daemon; and of the SA's connection, too, if it has one. */
void counter_add(struct engine *engine, enum counter counter);
void ike_sa_count(const struct ike_sa *sa, enum counter counter);
uint64_t engine_now(const struct engine *engine);
int engine_random(const struct engine *engine, void *out, size_t len);
const struct ike_version_ops *engine_version(const struct engine *engine,
					     unsigned int major);

/* Something failed that a person may want to know of; @sa may be NULL. */
void engine_fail(struct engine *engine, const struct ike_sa *sa,
		 const char *conn, const char *text, const char *hint);
void engine_log(struct engine *engine, enum env_level level,
		const struct ike_sa *sa, const char *fmt, ...)
	PRINTF_LIKE(4, 5);

/* A stranger gets nowhere, which costs a line of the log; false: not this one. */
bool engine_may_tell(struct engine *engine);

/* conns.c */
struct conn_slot *conn_slot(const struct engine *engine, const char *name);
struct conn_child *conn_slot_child(struct conn_slot *slot, const char *name);
bool conn_child_is_trapped(const struct engine *engine, uint32_t id);
bool conn_peer_is_trapped(const struct engine *engine, uint32_t peer);
void conn_trap(struct engine *engine, struct conn_slot *slot,
	       const struct child_conf *conf, bool on);
void conn_device(const struct conn *conn, char out[16]);
uint64_t conn_key(const char *name); /* of tables */

/* The IKE SAs of a connection of that name; after NULL the first. */
struct ike_sa *conn_next_sa(const struct engine *engine, const char *name,
			    const struct ike_sa *after);

/* choose.c: which connection fits. */

/* Of the slot's connection, which is new; -1 without memory. */
int conn_slot_read_addrs(struct conn_slot *slot);

/* How well do addresses fit? 0: not at all. Nothing can be better than the best. */
enum { CONN_FITS_BEST = 15 };
unsigned int conn_slot_match(const struct conn_slot *slot,
			     const struct ike_path *path);
bool conn_match_local(const struct conn *conn, const struct addr *local);

/*
 * The best one for a responder, of those that fit the addresses, the IDs
 * (@local may be NULL: none was asked for) and how the peer authenticates. The
 * error says what the nearest one wants.
 */
struct conn *conn_choose(const struct engine *engine,
			 const struct ike_path *path,
			 const struct ident *remote, const struct ident *local,
			 enum conf_auth how, struct err *err);

/* sa.c */
uint64_t ike_sa_now(const struct ike_sa *sa);
void ike_sa_timer(struct ike_sa *sa, struct env_timer *timer);
void ike_sa_log(const struct ike_sa *sa, enum env_level level, const char *fmt,
		...) PRINTF_LIKE(3, 4);
void ike_sa_say_waiting(struct ike_sa *sa);

/* Into the lists; its SPI is given to it. -1 without memory or random. */
int ike_sa_add(struct engine *engine, struct ike_sa *sa,
	       const struct ike_version_ops *ops);

/*
 * Out of them, with its children, the memory goes a bit later. Who waits for
 * it is told.
 */
void ike_sa_remove(struct ike_sa *sa, const char *text);

/* Another SPI of our own, before the peer knows it. -1 without random. */
int ike_sa_new_spi(struct ike_sa *sa);
void ike_sa_set_state(struct ike_sa *sa, enum ike_state state);

/* Set the timer to what is next. */
void ike_sa_schedule(struct ike_sa *sa);

/* Authenticated: the device's ids, the times, INITIAL_CONTACT and the like. */
void ike_sa_established(struct ike_sa *sa, bool initial_contact);

/* Who the peer is: a name in EAP says more than where it comes from. */
const struct ident *ike_sa_peer_id(const struct ike_sa *sa);

/* Is there one that the unique policy keeps against the new one? */
bool ike_sa_is_unwanted(const struct ike_sa *sa);
bool ike_sa_has_twin(const struct ike_sa *sa);

/* Is @sa the next one between the same two, from the same place? */
bool ike_sa_follows(const struct ike_sa *sa, const struct ike_sa *other);

/*
 * Establishing failed: what is asked for is told, a new try begun where
 * keyingtries wants that, and this one is removed.
 */
void ike_sa_fail(struct ike_sa *sa, const char *text, const char *hint);

/* Nobody is there any more: the children's dpd_action. */
void ike_sa_lost(struct ike_sa *sa, const char *text);

/* The peer has closed it: the children's close_action. */
void ike_sa_closed(struct ike_sa *sa);

/* For tasks; -1 if there are too many. */
int ike_sa_want(struct ike_sa *sa, enum task_kind kind, uint32_t child);
struct ike_sa *ike_sa_of_cookie(struct engine *engine, uint32_t cookie);
uint32_t ike_sa_cookie(struct ike_sa *sa); /* the old one is void */
void ike_sa_uncookie(struct ike_sa *sa);

/* Times of rekeying and so on, from the configuration; with randomness. */
void ike_sa_set_times(struct ike_sa *sa);
uint64_t time_after(struct engine *engine, uint64_t seconds, uint64_t rand);

/* A counted reference of @conn becomes the SA's. */
void ike_sa_set_conn(struct ike_sa *sa, struct conn *conn);
void ike_sa_half_open(struct ike_sa *sa, bool on);
bool engine_has_many_of(const struct engine *engine, const struct addr *from);

/* start.c: an initiator's way to its first message. */
struct ike_sa *ike_sa_initiate(struct engine *engine, struct conn *conn);
void ike_sa_begin(struct ike_sa *sa); /* resolves, then ops->start() */

/* pace.c: the same, but not too many at once. */
void pace_init(struct engine *engine);
void pace_stop(struct engine *engine);
void pace_begin(struct ike_sa *sa);
void pace_hurry(struct ike_sa *sa); /* somebody waits for it */
void pace_end(struct ike_sa *sa); /* it is up, or gone */

/* Before it is up: another IKE SA in its place, with all that waits for it. */
void ike_sa_anew(struct ike_sa *sa, const struct ike_path *path);
struct task *ike_sa_want_child(struct ike_sa *sa, const struct child_conf *conf,
			       const struct ts *source,
			       const struct ts *destination);
int engine_start_child(struct engine *engine, struct conn *conn,
		       const char *child, const struct ts *source,
		       const struct ts *destination, engine_done_fn done,
		       void *arg, struct err *err);
void ike_sa_reauth(struct ike_sa *sa);
void ike_sa_reauth_done(struct ike_sa *sa);

/* sa_vip.c: inner addresses. What is configured, and 0.0.0.0 or :: instead. */
void conn_vips(const struct conn *conn, struct addrs *out);
void conn_vip_families(const struct conn *conn, struct addrs *out);

/* What "dynamic" is in a selector; @room is for what has to be put somewhere. */
const struct addrs *ike_sa_hosts(const struct ike_sa *sa, bool local,
				 struct addrs *room);

/* Give the peer what it asked for, as far as there is something. */
void ike_sa_lease_vips(struct ike_sa *sa);
void ike_sa_release_vips(struct ike_sa *sa);
int ike_sa_inherit_vips(struct ike_sa *sa, const struct ike_sa *old);

/* Tell the world what we have of that peer now. */
void ike_sa_install_vips(const struct ike_sa *sa);

/* tcp.c: IKE SAs over TCP. */
void ike_tcp_connect(struct ike_sa *sa); /* then ops->start() */
void ike_tcp_fall_back(struct ike_sa *sa); /* UDP is not answered */
void ike_tcp_silent(struct ike_sa *sa); /* nor is TCP, see retx.c */
void ike_tcp_follow(struct ike_sa *sa, const struct ike_path *path);
void ike_tcp_end(struct ike_sa *sa);
void ike_tcp_use(struct ike_sa *sa, const struct ike_path *path, bool device);
void ike_tcp_moved(struct ike_sa *sa); /* it can't be where we are now */
bool conn_may_use_tcp(const struct conn *conn);
void engine_tcp_listen(struct engine *engine); /* such ones have changed */

/* move.c: addresses that change (RFC 4555). */

/* Of ours, those besides the one in use that the peer may know. */
size_t ike_move_others(const struct ike_sa *sa,
		       struct addr list[MOVE_ADDRS_MAX]);

/* Has something changed? Asks, and engine_routed() goes on. */
void ike_move_look(struct ike_sa *sa);

/* Nobody answers: what is on its way goes by all other ways, too (3.5, 3.10). */
void ike_move_silent(struct ike_sa *sa);

/* The answer came another way than what is in use: then that is good. */
void ike_move_answered(struct ike_sa *sa, const struct ike_path *path);

/* To that path; the device follows at once, or with ike_move_device(). */
void ike_move_to(struct ike_sa *sa, const struct ike_path *path, bool device);
void ike_move_device(struct ike_sa *sa);

/* The list of our addresses, if the peer knows another one. */
void ike_move_tell(struct ike_sa *sa);

/* The peer does not take the path in use. */
void ike_move_refused(struct ike_sa *sa);

bool ike_move_is_verified(const struct ike_sa *sa, const struct addr *remote);
void ike_move_verified(struct ike_sa *sa, const struct addr *remote);

/* child.h has those of Child SAs. */

#endif
