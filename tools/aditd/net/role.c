// SPDX-License-Identifier: GPL-2.0-or-later
/* See role.h: how the net process starts, runs, and ends all of them. */
#include "role.h"

#include <errno.h>
#include <event2/event.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../proc/loop.h"
#include "../proc/sandbox.h"
#include "listen.h"
#include "net.h"
#include "state.h"

enum {
	FLUSH_MS = 500,
	/* A sanitizer may have much to look at. */
	END_MS = 10000,
};

void net_stop(struct net *net, bool failed)
{
	net->failed |= failed;
	event_base_loopbreak(net->base);
}

/* ------------------------------------------------------------- configuration */

/*
 * Commands and packets that came before the configuration was there would find
 * no connections: they wait for it.
 */
static void begin_service(struct net *net)
{
	struct err err;

	if (listen_publish(net->start->vici, &err)) {
		log_text(&net->log, LEVEL_ERROR, "", err.text);
		net_stop(net, true);
		return;
	}
	socks_pause(&net->socks, false);
	net->configured = true;
	notify("READY=1");
}

static void loaded(void *arg, bool good, const char *text)
{
	struct net *net = arg;
	struct err err;

	if (net->reload_cookie)
		chan_send_done(&net->ike.chan, net->reload_cookie,
			       good ? 0 : -1, text, &err);
	net->reload_cookie = 0;
	log_put(&net->log, LEVEL_INFO, "configuration %s is in use",
		net->start->config);
	if (!net->configured)
		begin_service(net);
}

static void refuse_reload(struct net *net, uint32_t cookie, const char *text)
{
	struct err err;

	log_put(&net->log, LEVEL_ERROR, "%s; the configuration is as before",
		text);
	if (cookie)
		chan_send_done(&net->ike.chan, cookie, -1, text, &err);
}

void net_reload(struct net *net, uint32_t cookie)
{
	struct err err;

	if (net->config.done) {
		refuse_reload(net, cookie,
			      "the configuration is being read already");
		return;
	}
	/* If nothing has changed, it is loaded before this is back. */
	net->reload_cookie = cookie;
	if (!config_load(&net->config, loaded, net, &err))
		return;
	net->reload_cookie = 0;
	refuse_reload(net, cookie, err.text);
}

/* ----------------------------------------------------------------- processes */

/* Before the first packet can come. */
static void tell_first(struct net *net)
{
	const struct msg_secret msg = { SPAN(net->secret) };
	struct err err;

	if (net->has_secret &&
	    chan_send(&net->ike.chan, MSG_SECRET, &msg, &err))
		log_text(&net->log, LEVEL_ERROR, "", err.text);
	explicit_bzero(net->secret, sizeof(net->secret));
	serve_network(net);
}

static void on_ready(struct net *net, struct proc *proc)
{
	struct err err;

	if (proc->ready)
		return;
	proc->ready = true;
	if (!net->ike.ready || !net->keys.ready)
		return;
	log_put(&net->log, LEVEL_INFO, "aditd runs");
	tell_first(net);
	if (config_load(&net->config, loaded, net, &err)) {
		log_text(&net->log, LEVEL_ERROR, "", err.text);
		net_stop(net, true);
	}
}

static int on_message(struct chan *chan, enum msg_type type,
		      const union msg_any *msg, struct err *err)
{
	struct net *net = chan->arg;
	struct proc *proc = chan->other == ROLE_IKE ? &net->ike : &net->keys;

	switch (type) {
	case MSG_READY:
		on_ready(net, proc);
		return 0;
	case MSG_LOG:
		log_from(&net->log, proc->role, &msg->log);
		return 0;
	case MSG_SETTINGS_DONE:
		config_answer(&net->config, &msg->settings_done);
		return 0;
	case MSG_CLOSED:
		net_stop(net, !net->closing);
		return 0;
	default:
		return proc->role == ROLE_IKE ? serve_ike(net, type, msg, err) :
						serve_keys(net, type, msg, err);
	}
}

static void on_broken(struct chan *chan, const char *why)
{
	struct net *net = chan->arg;

	/* How it ended is said by its status, if that is known soon. */
	if (why)
		log_put(&net->log, LEVEL_ERROR,
			"the %s process does what it never should: %s",
			role_name(chan->other), why);
	net_stop(net, true);
}

static void on_room(struct chan *chan)
{
	struct net *net = chan->arg;

	socks_pause(&net->socks, !net->configured);
	tcp_pause(&net->tcp, false);
}

static const struct chan_ops ike_ops = { on_message, on_broken, on_room };
static const struct chan_ops keys_ops = { on_message, on_broken, NULL };

/* What ended, if it is one of ours. */
static void reap(struct net *net, pid_t pid, int status)
{
	struct proc *const procs[] = { &net->ike, &net->keys };
	char text[160];

	for (size_t i = 0; i < ARRAY_SIZE(procs); i++) {
		if (procs[i]->pid != pid)
			continue;
		procs[i]->pid = 0;
		proc_show_end(status, text, sizeof(text));
		log_put(&net->log, LEVEL_ERROR,
			"the %s process %s; all is stopped",
			role_name(procs[i]->role), text);
		net_stop(net, true);
		return;
	}
	if (!dns_ended(net->dns, pid) && !resolver_ended(net->resolver, pid) &&
	    !fetcher_ended(net->fetcher, pid) && net->tcp.resolver)
		resolver_ended(net->tcp.resolver, pid);
}

void net_reap(struct net *net)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		reap(net, pid, status);
}

static int start_one(struct net *net, struct proc *proc, int ours, int theirs,
		     int peer, int vici, struct err *err)
{
	const struct proc_start start = {
		.role = proc->role,
		.net_fd = theirs,
		.peer_fd = peer,
		.vici_fd = vici,
		.level = net->log.level,
		.root = net->start->root,
	};

	if (chan_open(&proc->chan, net->base, ours, ROLE_NET, proc->role,
		      proc->role == ROLE_IKE ? &ike_ops : &keys_ops, net, err))
		return -1;
	proc->pid = proc_start(&start, err);
	return proc->pid < 0 ? -1 : 0;
}

static int start_all(struct net *net, struct err *err)
{
	int vici = listen_open(net->start->vici, err);
	int to_ike[2], to_keys[2], between[2];
	int rc;

	if (vici < 0 || proc_pair(to_ike, err) || proc_pair(to_keys, err) ||
	    proc_pair(between, err))
		return -1;
	rc = start_one(net, &net->ike, to_ike[0], to_ike[1], between[0], vici,
		       err) ||
	     start_one(net, &net->keys, to_keys[0], to_keys[1], between[1], -1,
		       err);
	close(vici);
	close(to_ike[1]);
	close(to_keys[1]);
	close(between[0]);
	close(between[1]);
	return rc ? -1 : 0;
}

/* ---------------------------------------------------------------------- life */

static bool has_interface(void *arg, const char *name)
{
	return config_has_interface(arg, name);
}

static void init(struct net *net, const struct net_start *start)
{
	*net = (struct net){
		.start = start,
		.ike = { .role = ROLE_IKE, .chan.fd = -1 },
		.keys = { .role = ROLE_KEYS, .chan.fd = -1 },
		.watch.fd = -1,
	};
	log_init(&net->log, ROLE_NET, start->level);
	net->config = (struct config){
		.folder = start->config,
		.log = &net->log,
		.ike = &net->ike.chan,
		.keys = &net->keys.chan,
		.cookie = 1,
	};
}

static int open_kernel(struct net *net, struct err *err)
{
	if (devices_open(&net->devices, &net->log, err) ||
	    kernel_open(&net->kernel, &net->devices, &net->socks, &net->tcp,
			&net->log, err) ||
	    tcp_open(&net->tcp, net->base, &net->log, &net->kernel.nl,
		     &serve_tcp, net, err) ||
	    socks_open(&net->socks, net->base, &net->log, serve_input, net,
		       err) ||
	    socks_hand_over(&net->socks, &net->kernel.nl, err))
		return -1;
	net->kernel.dns = net->dns;
	socks_pause(&net->socks, true);
	net->devices.is_configured = has_interface;
	net->devices.arg = &net->config;
	net->events.events.event = serve_event;
	net->events.events.arg = net;
	net->events.log = &net->log;
	if (module_listen(&net->events, net->base, err))
		return -1;
	return watch_open(&net->watch, net->base, &net->devices, serve_network,
			  net, err);
}

/* Without it only a restart after a crash takes longer to be noticed. */
static void open_state(struct net *net)
{
	struct err err;

	net->has_secret = !state_secret(net->start->state, net->start->vici,
					net->secret, &err);
	if (!net->has_secret)
		log_text(&net->log, LEVEL_ERROR, "", err.text);
}

static int open_dns(struct net *net, struct err *err)
{
	net->dns = dns_new(net->base, &net->log, err);
	return net->dns ? 0 : -1;
}

static int open_all(struct net *net, struct err *err)
{
	const struct sandbox sandbox = { ROLE_NET, net->start->root };

	net->base = loop_new();
	net->resolver =
		net->base ? resolver_new(net->base, serve_resolved, net) : NULL;
	net->fetcher = net->base ? fetcher_new(net->base, serve_fetched, net) :
				   NULL;
	if (!net->resolver || !net->fetcher)
		return err_set(err, ERR_REFUSED, "out of memory");
	sandbox_prepare(ROLE_NET);
	/* What is wrong in the files is said before anything is touched. */
	if (config_check(&net->config, false, err) || signals_catch(net, err) ||
	    (!geteuid() && sandbox_make_root(net->start->root, err)) ||
	    open_dns(net, err) || open_kernel(net, err) || start_all(net, err))
		return -1;
	open_state(net);
	if (net->start->pid && pid_file_write(net->start->pid, err))
		return -1;
	return sandbox_enter(&sandbox, &net->log, err);
}

/* Without its channels a process ends by itself; or it is made to. */
static void end_process(struct net *net, struct proc *proc)
{
	uint64_t end = loop_now() + END_MS;
	int status;

	if (proc->chan.fd >= 0) {
		chan_flush(&proc->chan, FLUSH_MS);
		chan_close(&proc->chan);
	}
	while (proc->pid > 0 && !waitpid(proc->pid, &status, WNOHANG)) {
		const struct timespec wait = { 0, 5000000 };

		if (loop_now() > end) {
			log_put(&net->log, LEVEL_ERROR,
				"the %s process does not end: killed",
				role_name(proc->role));
			kill(proc->pid, SIGKILL);
			end = UINT64_MAX;
		}
		nanosleep(&wait, NULL);
	}
	proc->pid = 0;
}

static void close_all(struct net *net)
{
	/* Why a channel broke is in the status of who had its other end. */
	if (net->failed)
		nanosleep(&(struct timespec){ 0, 50000000 }, NULL);
	if (net->resolver && net->fetcher)
		net_reap(net);
	end_process(net, &net->ike);
	end_process(net, &net->keys);
	resolver_free(net->resolver);
	fetcher_free(net->fetcher);
	watch_close(&net->watch);
	module_unlisten(&net->events);
	kernel_close(&net->kernel);
	dns_free(net->dns);
	tcp_close_all(&net->tcp);
	socks_close(&net->socks);
	devices_close(&net->devices);
	config_free(&net->config);
	signals_release(net);
	if (net->base)
		event_base_free(net->base);
	if (net->ike.ready)
		listen_remove(net->start->vici);
	if (net->ike.ready && net->start->pid)
		unlink(net->start->pid);
}

int net_run(const struct net_start *start)
{
	struct net net;
	struct err err;

	init(&net, start);
	if (open_all(&net, &err)) {
		log_text(&net.log, LEVEL_ERROR, "", err.text);
		net.failed = true;
	} else {
		event_base_dispatch(net.base);
	}
	close_all(&net);
	log_put(&net.log, LEVEL_INFO, net.failed ? "stopped" : "ended");
	return net.failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

int net_check(const struct net_start *start)
{
	struct net net;
	struct err err;
	int rc;

	init(&net, start);
	rc = config_check(&net.config, true, &err);
	if (rc)
		log_text(&net.log, LEVEL_ERROR, "", err.text);
	return rc ? EXIT_FAILURE : EXIT_SUCCESS;
}
