/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The control socket from inside; of ctl*.c only. */
#ifndef ADITD_IKE_CTL_CLIENT_H
#define ADITD_IKE_CTL_CLIENT_H

#include "../../lib/vici.h"
#include "ctl.h"

struct bufferevent;
struct event;

enum ctl_event_id {
	CTL_LOG,
	CTL_CONTROL_LOG,
	CTL_LIST_SA,
	CTL_LIST_POLICY,
	CTL_LIST_CONN,
	CTL_LIST_CERT,
	CTL_LIST_AUTHORITY,
	CTL_IKE_UPDOWN,
	CTL_IKE_REKEY,
	CTL_IKE_UPDATE,
	CTL_CHILD_UPDOWN,
	CTL_CHILD_REKEY,
	CTL_EVENTS,
};

struct ctl_client;

/*
 * A list that is streamed: the n-th item as an event, or nothing if it is gone
 * by now.
 */
struct ctl_stream {
	enum ctl_event_id event;
	size_t n, at;
	void *items;
	struct setting *(*item)(struct ctl_client *client, size_t at);
	void (*done)(struct ctl_client *client); /* with the items */
};

/* What the kernel counted, while the list of SAs is made of it. */
struct ctl_counter {
	char interface[IF_NAMESIZE];
	uint32_t spi;
	bool inbound;
	uint64_t bytes, packets, idle_seconds;
};

struct ctl_counters {
	size_t n, room;
	struct ctl_counter *list;
};

/* What is initiated or terminated; it may outlive its client. */
struct ctl_wait {
	struct ctl_wait *next, *prev;
	struct ctl *ctl;
	struct ctl_client *client; /* NULL if it does not wait any more */
	struct event *timer;
	unsigned int milliseconds;
	long level; /* of control-log; -1 for nothing of it */
	size_t matches; /* of terminate */
	bool terminate;
	char ike[CONF_NAME_MAX], child[CONF_NAME_MAX];
};

struct ctl_client {
	struct ctl_client *next, *prev;
	struct ctl *ctl;
	struct bufferevent *stream_end;
	struct event *again; /* there may be more to do */
	uint32_t events; /* registered, a bit each */
	bool busy; /* a command that is not answered yet */
	bool closing; /* freed as soon as nobody uses it */
	struct setting *request; /* of the command */
	struct ctl_stream stream;
	struct ctl_counters counters;
	struct ctl_wait *wait;
	const struct ctl_command *command; /* that is being answered */
	char from[24]; /* where its list goes on, "" for its end */
};

struct ctl {
	struct event_base *base;
	struct engine *engine;
	const struct ctl_ops *ops;
	void *world;
	struct event *listen, *reaper;
	int fd;
	struct ctl_client *clients;
	size_t n_clients;
	struct ctl_wait *waits;
	struct ctl_settling *settling;
	struct setting *loaded; /* of each connection that came, struct loaded */
	struct setting *pools; /* names of those that files have */
	uint64_t started;
	int64_t started_at; /* seconds since 1970 */
};

/* ctl.c */
void ctl_close(struct ctl_client *client);
void ctl_send_event(struct ctl_client *client, enum ctl_event_id event,
		    const struct setting *settings);
bool ctl_wants(const struct ctl_client *client, enum ctl_event_id event);

/* The end of a command; @settings may be NULL and is freed. */
void ctl_answer(struct ctl_client *client, struct setting *settings);
/* success = yes, or no with errmsg = @text. */
void ctl_answer_result(struct ctl_client *client, const char *text);
void ctl_stream(struct ctl_client *client, const struct ctl_stream *stream);

/* ctl_settle.c: @then is called once, in the order of the calls. */
typedef void (*ctl_settled_fn)(struct ctl *ctl, void *arg);
void ctl_settle(struct ctl *ctl, ctl_settled_fn then, void *arg);
void ctl_settle_free(struct ctl *ctl);

/* ctl_command.c */
enum ctl_how { CTL_HERE, CTL_NET, CTL_KEYS };

struct ctl_command {
	const char *name;
	enum ctl_how how;
	/* Of CTL_HERE; answers now or later. */
	void (*run)(struct ctl_client *client, const struct setting *request);
	/* Of another process: stream what it answers; 0 (CTL_LOG) for no. */
	enum ctl_event_id relay;
	const char *help;
	bool revokes; /* so that who was let in before may not be any more */
};

const struct ctl_command *ctl_command(struct span name);
/* The list that is streamed is at its end; is there more of it? */
bool ctl_relay_more(struct ctl_client *client);
void ctl_run(struct ctl_client *client, const struct ctl_command *command);

/* ctl_tree.c: all of it bears a NULL section, as there is without memory. */
struct setting *ctl_root(void);
struct setting *ctl_section(struct setting *parent, const char *name);
struct setting *ctl_list(struct setting *parent, const char *name);
void ctl_put(struct setting *parent, const char *name, const char *fmt, ...)
	PRINTF_LIKE(3, 4);
/* A list of their texts. */
void ctl_put_ts(struct setting *parent, const char *name,
		const struct ts_list *list);
bool ctl_yes(const struct setting *request, const char *name);
uint32_t ctl_number(const struct setting *request, const char *name);
/* NULL if it is not there or empty. */
const char *ctl_name(const struct setting *request, const char *name);

/* ctl_sa.c */
enum { CTL_WITH_ADIT = 1 << 0 };
void ctl_put_hosts(struct setting *to, const struct ike_sa *sa);
const char *ctl_sa_name(const struct ike_sa *sa);
struct setting *ctl_put_sa(struct ctl *ctl, struct setting *parent,
			   const char *name, const struct ike_sa *sa,
			   unsigned int flags);
void ctl_put_child(struct ctl *ctl, struct setting *parent, const char *name,
		   const struct child_sa *child,
		   const struct ctl_counters *counters);
void ctl_list_sas(struct ctl_client *client, const struct setting *request);

/* ctl_conn.c */
void ctl_list_conns(struct ctl_client *client, const struct setting *request);
void ctl_list_policies(struct ctl_client *client,
		       const struct setting *request);
void ctl_get_conns(struct ctl_client *client, const struct setting *request);
/* From a client, or of files, which are no client's to take back. */
enum ctl_origin { CTL_OF_CLIENT, CTL_OF_FILES };
int ctl_conn_add(struct ctl *ctl, const struct setting *request,
		 enum ctl_origin origin, struct err *err);
int ctl_conn_remove(struct ctl *ctl, const struct setting *request,
		    enum ctl_origin origin, struct err *err);

/* ctl_pool.c */
void ctl_get_pools(struct ctl_client *client, const struct setting *request);
int ctl_pool_add(struct ctl *ctl, const struct setting *request,
		 enum ctl_origin origin, struct err *err);
int ctl_pool_remove(struct ctl *ctl, const struct setting *request,
		    enum ctl_origin origin, struct err *err);

/* ctl_control.c */
void ctl_initiate(struct ctl_client *client, const struct setting *request);
void ctl_terminate(struct ctl_client *client, const struct setting *request);
void ctl_rekey(struct ctl_client *client, const struct setting *request);
void ctl_install(struct ctl_client *client, const struct setting *request);
void ctl_uninstall(struct ctl_client *client, const struct setting *request);
void ctl_wait_forget(struct ctl_client *client);
void ctl_wait_free(struct ctl_wait *wait);
bool ctl_wait_wants(const struct ctl_wait *wait, unsigned int level,
		    const struct ike_sa *sa);

/* ctl_info.c */
void ctl_version(struct ctl_client *client, const struct setting *request);
void ctl_stats(struct ctl_client *client, const struct setting *request);
void ctl_algorithms(struct ctl_client *client, const struct setting *request);
void ctl_get_counters(struct ctl_client *client, const struct setting *request);
void ctl_reset_counters(struct ctl_client *client,
			const struct setting *request);
void ctl_get_failures(struct ctl_client *client, const struct setting *request);

#endif
