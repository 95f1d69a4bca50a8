// SPDX-License-Identifier: GPL-2.0-or-later
/* See ikev2_pair.h. */
#include "ikev2_pair.h"

#include <stdio.h>
#include <stdlib.h>

static struct pair_end *end_of(void *world)
{
	return world;
}

static uint64_t world_now(void *world)
{
	return end_of(world)->pair->now;
}

/* Repeatable, and good enough for SPIs and nonces of tests. */
static int world_random(void *world, void *out, size_t len)
{
	struct pair *pair = end_of(world)->pair;
	uint8_t *at = out;

	for (size_t i = 0; i < len; i++) {
		pair->random ^= pair->random << 13;
		pair->random ^= pair->random >> 7;
		pair->random ^= pair->random << 17;
		at[i] = (uint8_t)(pair->random >> 24);
	}
	return 0;
}

static void world_set_timer(void *world, struct env_timer *timer)
{
	struct pair_end *end = end_of(world);
	size_t i = 0;

	while (i < end->n_timers && end->timers[i] != timer)
		i++;
	if (i < end->n_timers && !timer->at) {
		end->timers[i] = end->timers[--end->n_timers];
	} else if (i == end->n_timers && timer->at) {
		if (end->n_timers == PAIR_TIMERS_MAX)
			abort();
		end->timers[end->n_timers++] = timer;
	}
}

static void queue(struct pair *pair, struct pair_packet *packet)
{
	struct pair_packet **at = &pair->packets;

	while (*at && (*at)->due <= packet->due)
		at = &(*at)->next;
	packet->next = *at;
	*at = packet;
}

static void free_packet(struct pair_packet *packet)
{
	buf_free(&packet->octets);
	free(packet);
}

static bool is_addr(const struct addr *a, const struct addr *b)
{
	return addr_compare(a, b) == 0;
}

static bool is_of(const struct pair_end *end, const struct addr *addr)
{
	bool found = is_addr(&end->addr, addr);

	for (size_t i = 0; !found && i < end->n_more; i++)
		found = is_addr(&end->more[i], addr);
	return found;
}

/* All is numbered from 1, and the same at both ends. */
static bool tcp_is_open(const struct pair *pair, uint32_t socket)
{
	return socket && socket <= pair->n_tcp && pair->tcp[socket - 1];
}

/* Where it arrives, and from where it seems to come. */
static bool route(struct pair *pair, struct pair_end *from,
		  const struct ike_path *path, struct pair_packet *packet)
{
	struct pair_end *to = &pair->ends[!from->i];
	bool through = to->behind_nat && is_addr(&path->remote, &to->nat_addr);

	if ((!through && !is_of(to, &path->remote)) ||
	    (path->local.len && !is_of(from, &path->local)))
		return false;
	packet->to = to->i;
	packet->path = (struct ike_path){
		.local = through ? to->addr : path->remote,
		.remote = from->behind_nat ? from->nat_addr :
			  path->local.len  ? path->local :
					     from->addr,
		.local_port = path->remote_port,
		.remote_port = path->local_port,
		.socket = path->tcp    ? path->socket :
			  path->marker ? 2 :
					 1,
		.marker = path->marker,
		.tcp = path->tcp,
	};
	if (through)
		packet->path.local_port =
			(uint16_t)(path->remote_port - to->nat_ports);
	if (from->behind_nat)
		packet->path.remote_port =
			(uint16_t)(path->local_port + from->nat_ports);
	return true;
}

static void world_send(void *world, const struct ike_path *path,
		       struct span message)
{
	struct pair_end *end = end_of(world);
	struct pair *pair = end->pair;
	struct pair_packet *packet = calloc(1, sizeof(*packet));
	struct err err;

	if (!packet)
		abort();
	packet->nth = pair->sent++;
	packet->due = pair->now + PAIR_LATENCY_MS;
	if (message.len > pair->largest)
		pair->largest = message.len;
	buf_add_span(&packet->octets, message);
	if (ike_header_parse(message, &packet->header, &err))
		printf("# a message that can't be read was sent\n");
	if (pair->mute || (pair->no_udp && !path->tcp) ||
	    (path->tcp && !tcp_is_open(pair, path->socket)) ||
	    !route(pair, end, path, packet) ||
	    (pair->hook && !pair->hook(pair, packet)))
		free_packet(packet);
	else
		queue(pair, packet);
}

void pair_copy(struct pair *pair, const struct pair_packet *packet,
	       uint64_t later)
{
	struct pair_packet *copy = calloc(1, sizeof(*copy));

	if (!copy)
		abort();
	*copy = *packet;
	copy->octets = BUF_INIT;
	buf_add_span(&copy->octets, buf_span(&packet->octets));
	copy->due += later;
	queue(pair, copy);
}

/* Keys of the one that sent it. */
static struct ikev2_sa *sender_of(struct pair *pair,
				  const struct pair_packet *packet)
{
	const struct ike_header *header = &packet->header;
	uint64_t own = header->flags & IKE_FLAG_INITIATOR ? header->spi_i :
							    header->spi_r;

	return v2_sa(table_find(&pair->ends[!packet->to].engine->by_spi, own));
}

void pair_edit(struct pair *pair, struct pair_packet *packet,
	       void (*edit)(struct buf *plain, uint8_t *first))
{
	size_t clear = IKE_HEADER_LEN + 4 +
		       (packet->header.next == PAYLOAD_SKF ? 4 : 0);
	struct ikev2_sa *sa = sender_of(pair, packet);
	struct buf plain = BUF_INIT;
	struct seal seal;
	bool from_i;
	size_t len;

	if (!sa || !sa->keys.ei.len || packet->octets.len < clear)
		return;
	from_i = sa->ike.initiator;
	seal = (struct seal){
		.encr = sa->ike.algs.encr,
		.bits = sa->ike.algs.encr_bits,
		.integ = sa->ike.algs.integ,
		.encr_key = buf_span(from_i ? &sa->keys.ei : &sa->keys.er),
		.integ_key = buf_span(from_i ? &sa->keys.ai : &sa->keys.ar),
	};
	if (!seal_open(&seal, buf_span(&packet->octets), clear, &plain)) {
		edit(&plain, &packet->octets.data[IKE_HEADER_LEN]);
		len = clear + plain.len + seal_overhead(&seal, plain.len);
		buf_cut(&packet->octets, clear);
		buf_put_u32(&packet->octets, 24, (uint32_t)len);
		buf_put_u16(&packet->octets, IKE_HEADER_LEN + 2,
			    (uint16_t)(len - IKE_HEADER_LEN));
		buf_add_span(&packet->octets, buf_span(&plain));
		if (seal_message(&seal, sa->sealed++, &packet->octets, clear))
			abort();
	}
	buf_free(&plain);
}

static struct pair_call *add_call(struct pair_end *end, uint32_t cookie)
{
	struct pair_call **at = &end->pair->calls, *call;

	call = calloc(1, sizeof(*call));
	if (!call)
		abort();
	call->end = end->i;
	call->cookie = cookie;
	call->due = end->pair->now + 1;
	while (*at)
		at = &(*at)->next;
	*at = call;
	return call;
}

static void world_resolve(void *world, const struct conn *conn, uint32_t cookie)
{
	(void)conn;
	add_call(end_of(world), cookie)->resolve = true;
}

static void world_route(void *world, const struct env_pair *pairs, size_t n,
			uint32_t cookie)
{
	struct pair_call *call = add_call(end_of(world), cookie);

	if (n > ARRAY_SIZE(call->pairs))
		abort();
	memcpy(call->pairs, pairs, n * sizeof(*pairs));
	call->n_pairs = n;
}

/* The first address of that family, if it may be any. */
static void find_way(const struct pair_end *end, struct env_pair *pair)
{
	if (pair->local.len) {
		if (!is_of(end, &pair->local))
			pair->local.len = 0;
		return;
	}
	if (end->addr.len == pair->remote.len)
		pair->local = end->addr;
	for (size_t i = 0; !pair->local.len && i < end->n_more; i++)
		if (end->more[i].len == pair->remote.len)
			pair->local = end->more[i];
}

static void answer_route(struct pair *pair, struct pair_call *call)
{
	struct pair_end *end = &pair->ends[call->end];

	for (size_t i = 0; i < call->n_pairs; i++)
		find_way(end, &call->pairs[i]);
	engine_routed(end->engine, call->cookie, call->pairs, call->n_pairs);
}

void pair_network(struct pair *pair, unsigned int end)
{
	struct addr list[1 + PAIR_MORE_MAX];
	size_t n = 0;

	if (pair->ends[end].addr.len)
		list[n++] = pair->ends[end].addr;
	for (size_t i = 0; i < pair->ends[end].n_more; i++)
		list[n++] = pair->ends[end].more[i];
	engine_network(pair->ends[end].engine, list, n);
}

static void world_tcp_connect(void *world, const struct ike_path *path,
			      const char *proxy, uint32_t cookie)
{
	struct pair_end *end = end_of(world);
	struct pair_call *call = add_call(end, cookie);

	(void)proxy;
	call->tcp = true;
	call->path = *path;
	call->due = end->pair->now + 2ULL * PAIR_LATENCY_MS;
	end->tcp_asked++;
	end->tcp_port = path->remote_port;
}

static void tcp_end(struct pair *pair, uint32_t socket, unsigned int skip)
{
	if (!tcp_is_open(pair, socket))
		return;
	pair->tcp[socket - 1] = false;
	for (unsigned int i = 0; i < 2; i++)
		if (i != skip)
			engine_tcp_closed(pair->ends[i].engine, 0, socket,
					  "the connection has ended");
}

static void world_tcp_close(void *world, uint32_t socket)
{
	struct pair_end *end = end_of(world);

	end->tcp_closed++;
	/* What was said before arrives; the other end need not be told. */
	if (tcp_is_open(end->pair, socket))
		end->pair->tcp[socket - 1] = false;
}

static void world_tcp_listen(void *world, const uint16_t *ports, size_t n)
{
	struct pair_end *end = end_of(world);

	end->n_ports = n;
	memcpy(end->ports, ports, n * sizeof(*ports));
}

uint32_t pair_tcp(const struct pair *pair)
{
	return (uint32_t)pair->n_tcp;
}

void pair_tcp_kill(struct pair *pair, uint32_t socket)
{
	tcp_end(pair, socket, 2);
}

static void answer_tcp(struct pair *pair, const struct pair_call *call)
{
	struct engine *engine = pair->ends[call->end].engine;
	struct ike_path path = call->path;

	if (pair->tcp_refuses) {
		pair->tcp_refuses--;
		engine_tcp_closed(engine, call->cookie, 0, "refused");
		return;
	}
	if (pair->n_tcp == PAIR_TCP_MAX)
		abort();
	pair->tcp[pair->n_tcp++] = true;
	path.socket = (uint32_t)pair->n_tcp;
	path.local = pair->ends[call->end].addr;
	path.local_port = (uint16_t)(40000 + pair->n_tcp);
	engine_tcp_open(engine, call->cookie, &path);
}

/* prf(prf(Shared Secret, "Key Pad for IKEv2"), octets) */
static void psk(const char *secret, const struct env_auth *auth,
		struct buf *out)
{
	uint8_t padded[PRF_LEN_MAX], value[PRF_LEN_MAX];
	struct span pad = span_of_text("Key Pad for IKEv2");

	if (prf(auth->prf, span_of_text(secret), &pad, 1, padded) ||
	    prf(auth->prf, span_of(padded, prf_len(auth->prf)), &auth->octets,
		1, value))
		abort();
	buf_add(out, value, prf_len(auth->prf));
}

static void eap_packet(struct pair_call *call, uint8_t code, uint8_t id)
{
	buf_add_u8(&call->packet, code);
	buf_add_u8(&call->packet, id);
	buf_add_u16(&call->packet, 4);
}

/* A method that has no data: so many requests are answered. */
static void eap_serve(struct pair_end *end, const struct env_auth *auth,
		      struct pair_call *call)
{
	uint8_t id = auth->packet.len > 1 ? auth->packet.data[1] : 0;
	bool last = id >= end->eap_steps;

	call->eap_done = auth->packet.len && last && !end->eap_refuses;
	call->good = !auth->packet.len || !last || !end->eap_refuses;
	/* It knows it one packet before. */
	call->warns = end->eap_refuses && id + 1U >= end->eap_steps;
	if (auth->packet.len && last)
		eap_packet(call,
			   call->good ? EAP_CODE_SUCCESS : EAP_CODE_FAILURE,
			   id);
	else
		eap_packet(call, EAP_CODE_REQUEST, id + 1);
}

static void eap_answer(const struct env_auth *auth, struct pair_call *call)
{
	uint8_t code = auth->packet.len > 1 ? auth->packet.data[0] : 0;

	call->eap_done = code == EAP_CODE_SUCCESS;
	call->good = call->eap_done || code == EAP_CODE_REQUEST;
	if (code == EAP_CODE_REQUEST)
		eap_packet(call, EAP_CODE_RESPONSE, auth->packet.data[1]);
}

static void world_auth(void *world, const struct env_auth *auth)
{
	struct pair_end *end = end_of(world);
	struct pair_call *call;

	if (auth->session > end->eap_last) {
		end->eap_last = auth->session;
		end->eap_open++;
	}
	if (auth->eap == EAP_END) {
		end->eap_open--;
		return;
	}
	call = add_call(end, auth->cookie);
	call->good = true;
	call->method = AUTH_PSK;
	call->text = "the peer has another secret";
	if (auth->eap == EAP_SERVER || auth->eap == EAP_PEER) {
		call->text = "wrong password";
		if (auth->eap == EAP_SERVER)
			eap_serve(end, auth, call);
		else
			eap_answer(auth, call);
		end->eap_revocation = auth->revocation;
		return;
	}
	psk(auth->eap == EAP_MSK ? end->msk : end->secret, auth, &call->auth);
	if (!auth->verify)
		return;
	call->good = auth->method == AUTH_PSK &&
		     crypto_equal(buf_span(&call->auth), auth->auth);
	end->certs_seen += (unsigned int)auth->n_certs;
}

static void world_ppk(void *world, const struct env_ppk *ppk)
{
	struct pair_end *end = end_of(world);
	struct pair_call *call = add_call(end, ppk->cookie);
	struct span rest = ppk->keys, key;

	call->text = "there is no such PPK";
	if (!end->ppk || !span_equal(ppk->id, span_of_text(end->ppk_id)))
		return;
	while (rest.len) {
		if (!span_take(&rest, prf_len(ppk->prf), &key) ||
		    prf_plus(ppk->prf, span_of_text(end->ppk), &key, 1, key.len,
			     &call->auth))
			abort();
	}
	call->good = true;
}

static void world_certreqs(void *world, struct buf *out)
{
	const struct pair_end *end = end_of(world);

	if (end->cas)
		buf_add_span(out, span_of_text(end->cas));
}

static bool world_has_ppk(void *world)
{
	return end_of(world)->ppk;
}

static struct pair_state *find_state(struct pair_end *end, uint32_t spi_in)
{
	for (size_t i = 0; i < PAIR_STATES_MAX; i++)
		if (end->states[i].in && end->states[i].child.spi_in == spi_in)
			return &end->states[i];
	return NULL;
}

static void send_with(struct pair_end *end, struct pair_state *state)
{
	for (size_t i = 0; i < PAIR_STATES_MAX; i++)
		if (end->states[i].child.child == state->child.child)
			end->states[i].out = false;
	state->out = true;
}

static void keep_key(struct pair_state *state, size_t i, struct span key)
{
	if (key.len > sizeof(state->keys[i]))
		abort();
	memcpy(state->keys[i], key.data, key.len);
	state->lens[i] = key.len;
}

static void check_lossless(struct pair *pair)
{
	if (pair->lossless && !pair_agrees(pair))
		pair->lost++;
}

static void world_child_install(void *world, const struct env_child *child,
				enum env_install how)
{
	struct pair_end *end = end_of(world);
	struct pair_state *state = find_state(end, child->spi_in);
	size_t i = 0;

	if (how == INSTALL_OUT) {
		if (!state)
			printf("# INSTALL_OUT of an SA that is not there\n");
		else
			send_with(end, state);
		check_lossless(end->pair);
		return;
	}
	while (i < PAIR_STATES_MAX && end->states[i].in)
		i++;
	if (state || i == PAIR_STATES_MAX)
		abort();
	state = &end->states[i];
	*state = (struct pair_state){ .in = true, .child = *child };
	state->local_ts = *child->local_ts;
	state->remote_ts = *child->remote_ts;
	keep_key(state, 0, child->encr_key_in);
	keep_key(state, 1, child->integ_key_in);
	keep_key(state, 2, child->encr_key_out);
	keep_key(state, 3, child->integ_key_out);
	if (how == INSTALL_BOTH)
		send_with(end, state);
	check_lossless(end->pair);
}

static void world_child_remove(void *world, const struct env_child *child,
			       bool whole)
{
	struct pair_end *end = end_of(world);
	struct pair_state *state = find_state(end, child->spi_in);

	if (state)
		*state = (struct pair_state){ 0 };
	else
		printf("# an SA is removed that is not there\n");
	for (size_t i = 0; whole && i < PAIR_STATES_MAX; i++)
		if (end->states[i].in &&
		    end->states[i].child.child == child->child)
			printf("# a child is removed that has SAs\n");
	check_lossless(end->pair);
}

static void world_child_trap(void *world, const struct env_child *child,
			     bool on)
{
	struct pair_end *end = end_of(world);
	size_t i = 0;

	while (i < end->n_traps && end->traps[i].child != child->child)
		i++;
	if (i == ARRAY_SIZE(end->traps))
		abort();
	if (i == end->n_traps)
		end->n_traps++;
	end->traps[i] = (struct pair_trap){ child->child, on };
}

static void world_peer_move(void *world, const char *interface, uint32_t peer,
			    const struct ike_path *path, enum conf_encap encap)
{
	struct pair_end *end = end_of(world);

	(void)interface;
	(void)peer;
	end->moved = *path;
	end->moved_encap = encap;
	end->moves++;
}

static void world_peer_remove(void *world, const char *interface, uint32_t peer)
{
	(void)interface;
	(void)peer;
	end_of(world)->peers_removed++;
}

static void world_inner(void *world, const struct env_inner *inner)
{
	struct pair_end *end = end_of(world);

	end->inners++;
	end->vips = inner->vips;
	end->names = inner->names ? *inner->names : (struct vip_names){ 0 };
}

static void world_log(void *world, enum env_level level,
		      const struct ike_sa *sa, const char *text)
{
	struct pair_end *end = end_of(world);

	if (level == LEVEL_ERROR) {
		snprintf(end->last_error, sizeof(end->last_error), "%s", text);
		end->errors++;
	}
	if (end->watch && strstr(text, end->watch))
		snprintf(end->watched, sizeof(end->watched), "%s", text);
	if (getenv("PAIR_LOG"))
		printf("# %7llu %c%u %s\n", (unsigned long long)end->pair->now,
		       'A' + end->i, sa ? sa->unique : 0, text);
}

static void world_event(void *world, enum env_event event, struct ike_sa *ike,
			struct child_sa *child)
{
	(void)ike;
	(void)child;
	end_of(world)->events[event]++;
}

static void world_child_idle(void *world, const char *interface, uint32_t child,
			     uint32_t cookie)
{
	struct pair_end *end = end_of(world);

	(void)interface;
	(void)child;
	end->idle_asked++;
	end->idle_cookie = cookie;
}

static const struct env_ops ops = {
	.now = world_now,
	.random = world_random,
	.set_timer = world_set_timer,
	.send = world_send,
	.resolve = world_resolve,
	.route = world_route,
	.child_install = world_child_install,
	.child_idle = world_child_idle,
	.child_remove = world_child_remove,
	.child_trap = world_child_trap,
	.peer_move = world_peer_move,
	.peer_remove = world_peer_remove,
	.inner = world_inner,
	.tcp_connect = world_tcp_connect,
	.tcp_close = world_tcp_close,
	.tcp_listen = world_tcp_listen,
	.auth = world_auth,
	.ppk = world_ppk,
	.has_ppk = world_has_ppk,
	.certreqs = world_certreqs,
	.log = world_log,
	.event = world_event,
};

static void start(struct pair_end *end)
{
	const struct env env = { .ops = &ops, .world = end };

	end->engine = engine_new(&env);
	if (!end->engine)
		abort();
	engine_add_version(end->engine, &ikev2_ops);
}

void pair_restart(struct pair *pair, unsigned int end)
{
	engine_free(pair->ends[end].engine);
	start(&pair->ends[end]);
}

struct pair *pair_new(void)
{
	struct pair *pair = calloc(1, sizeof(*pair));

	if (!pair)
		abort();
	pair->now = 1000000;
	pair->random = 88172645463325252ULL;
	for (unsigned int i = 0; i < 2; i++) {
		struct pair_end *end = &pair->ends[i];

		end->pair = pair;
		end->i = i;
		end->secret = "a secret of both";
		end->msk = "a key of both";
		end->eap_steps = 2;
		end->addr = (struct addr){ 4, { 192, 0, 2, (uint8_t)(i + 1) } };
		start(end);
	}
	return pair;
}

static void free_call(struct pair_call *call)
{
	buf_free(&call->auth);
	buf_free(&call->packet);
	free(call);
}

void pair_free(struct pair *pair)
{
	pair->lossless = false;
	for (unsigned int i = 0; i < 2; i++) {
		engine_free(pair->ends[i].engine);
		if (pair->ends[i].n_timers)
			printf("# %zu timers are left\n",
			       pair->ends[i].n_timers);
		if (pair_installed(pair, i))
			printf("# SAs are left in the kernel\n");
		if (pair->ends[i].eap_open)
			printf("# %u sessions of EAP are left\n",
			       pair->ends[i].eap_open);
	}
	while (pair->packets) {
		struct pair_packet *packet = pair->packets;

		pair->packets = packet->next;
		free_packet(packet);
	}
	while (pair->calls) {
		struct pair_call *call = pair->calls;

		pair->calls = call->next;
		free_call(call);
	}
	free(pair);
}

static void answer(struct pair *pair)
{
	struct pair_call *call = pair->calls;
	struct pair_end *end = &pair->ends[call->end];
	struct pair_end *other = &pair->ends[!call->end];
	struct span cert = span_of_text(end->cert ? end->cert : "");
	struct env_auth_reply reply = {
		.good = call->good,
		.method = call->method,
		.auth = buf_span(&call->auth),
		.certs = &cert,
		.n_certs = end->cert ? 1 : 0,
		.packet = buf_span(&call->packet),
		.eap_done = call->eap_done,
		.eap_id = call->eap_done ? "carol" : "",
		.text = call->good && !call->warns ? "" : call->text,
	};
	struct addr remote = other->behind_nat ? other->nat_addr : other->addr;

	pair->calls = call->next;
	if (call->n_pairs)
		answer_route(pair, call);
	else if (call->tcp)
		answer_tcp(pair, call);
	else if (!call->resolve)
		engine_auth_done(end->engine, call->cookie, &reply);
	else if (end->resolve_fails)
		engine_resolved(end->engine, call->cookie, NULL, NULL, 0,
				"peer.example has no address");
	else
		engine_resolved(end->engine, call->cookie, &end->addr, &remote,
				1, NULL);
	if (call->resolve && end->resolve_fails)
		end->resolve_fails--;
	free_call(call);
}

static void deliver(struct pair *pair)
{
	struct pair_packet *packet = pair->packets;

	pair->packets = packet->next;
	engine_input(pair->ends[packet->to].engine, &packet->path,
		     buf_span(&packet->octets));
	free_packet(packet);
}

static struct env_timer *next_timer(struct pair *pair, struct pair_end **of)
{
	struct env_timer *next = NULL;

	for (unsigned int i = 0; i < 2; i++) {
		for (size_t j = 0; j < pair->ends[i].n_timers; j++) {
			if (next && pair->ends[i].timers[j]->at >= next->at)
				continue;
			next = pair->ends[i].timers[j];
			*of = &pair->ends[i];
		}
	}
	return next;
}

/* The next thing that happens until @last; false if nothing does. */
static bool step(struct pair *pair, uint64_t last, bool timers)
{
	struct pair_end *of = NULL;
	struct env_timer *timer = timers ? next_timer(pair, &of) : NULL;
	uint64_t packet = pair->packets ? pair->packets->due : UINT64_MAX;
	uint64_t call = pair->calls ? pair->calls->due : UINT64_MAX;
	uint64_t ring = timer ? timer->at : UINT64_MAX;
	uint64_t at = packet < call ? packet : call;

	if (ring < at)
		at = ring;
	if (at == UINT64_MAX || at > last)
		return false;
	if (at > pair->now)
		pair->now = at;
	if (at == call) {
		answer(pair);
	} else if (at == packet) {
		deliver(pair);
	} else {
		timer->at = 0;
		world_set_timer(of, timer);
		timer->ring(timer);
	}
	return true;
}

void pair_run(struct pair *pair, uint64_t ms)
{
	uint64_t last = pair->now + ms;

	while (step(pair, last, true))
		;
	pair->now = last;
}

void pair_settle(struct pair *pair)
{
	while (step(pair, UINT64_MAX - 1, false))
		;
}

static char *text_copy(const char *text)
{
	char *ret = strdup(text);

	if (!ret)
		abort();
	return ret;
}

void pair_ppk(struct conn *conn, const char *id, bool required)
{
	conn->ppk_id = text_copy(id);
	conn->ppk_required = required;
}

void pair_add_text(struct conf_texts *texts, const char *word)
{
	texts->texts =
		reallocarray(texts->texts, texts->n + 1, sizeof(*texts->texts));
	if (!texts->texts)
		abort();
	texts->texts[texts->n++] = text_copy(word);
}

struct conn *pair_conn(struct pair *pair, unsigned int end, const char *name,
		       const char *proposals)
{
	struct conn *conn = calloc(1, sizeof(*conn));
	char local[ADDR_TEXT_SIZE], remote[ADDR_TEXT_SIZE];
	struct err err;

	if (!conn)
		abort();
	conn->refs = 1;
	conn->name = text_copy(name);
	conn->interface = text_copy("");
	addr_digits(&pair->ends[end].addr, local);
	addr_digits(&pair->ends[!end].addr, remote);
	pair_add_text(&conn->local_addrs, "%any");
	pair_add_text(&conn->remote_addrs, "%any");
	conn->keyingtries = 1;
	conn->local_n = 1;
	conn->remote_n = 1;
	if (proposal_parse(&conn->proposals, PROTOCOL_IKE, proposals, &err) ||
	    ident_parse(&conn->local[0].id, end ? "b.example" : "a.example",
			&err) ||
	    ident_parse(&conn->remote[0].id, end ? "a.example" : "b.example",
			&err)) {
		printf("# %s\n", err.text);
		abort();
	}
	return conn;
}

struct child_conf *pair_child(struct conn *conn, const char *name,
			      const char *proposals, const char *local_ts,
			      const char *remote_ts)
{
	struct child_conf *child = calloc(1, sizeof(*child)), **at;
	struct err err;

	if (!child)
		abort();
	child->name = text_copy(name);
	if (proposal_parse(&child->proposals, PROTOCOL_ESP, proposals, &err) ||
	    ts_parse(&child->local_ts, local_ts, &err) ||
	    ts_parse(&child->remote_ts, remote_ts, &err)) {
		printf("# %s\n", err.text);
		abort();
	}
	at = &conn->children;
	while (*at)
		at = &(*at)->next;
	*at = child;
	return child;
}

void pair_load(struct pair *pair, unsigned int end, struct conn *conn)
{
	struct err err;

	if (engine_conn_add(pair->ends[end].engine, conn, &err))
		printf("# %s\n", err.text);
	conn_put(conn);
}

struct conn *pair_usual(struct pair *pair, unsigned int end)
{
	struct conn *conn =
		pair_conn(pair, end, "net", "aes128gcm16-prfsha256-x25519");

	pair_child(conn, "net", "aes128gcm16-x25519",
		   end ? "10.2.0.0/16" : "10.1.0.0/16",
		   end ? "10.1.0.0/16" : "10.2.0.0/16");
	return conn;
}

struct conn *pair_more(struct pair *pair, unsigned int end, const char *ike,
		       const char *child)
{
	char text[128];
	struct conn *conn;

	snprintf(text, sizeof(text), "aes128gcm16-prfsha256-%s", ike);
	conn = pair_conn(pair, end, "net", text);
	snprintf(text, sizeof(text), "aes128gcm16-%s", child);
	pair_child(conn, "net", text, end ? "10.2.0.0/16" : "10.1.0.0/16",
		   end ? "10.1.0.0/16" : "10.2.0.0/16");
	return conn;
}

void pair_load_usual(struct pair *pair)
{
	pair_load(pair, PAIR_A, pair_usual(pair, PAIR_A));
	pair_load(pair, PAIR_B, pair_usual(pair, PAIR_B));
}

void pair_done(void *arg, int result, const char *text)
{
	struct pair_end *end = arg;

	end->done++;
	end->result = result;
	snprintf(end->text, sizeof(end->text), "%s", text);
}

void pair_initiate(struct pair *pair, unsigned int end, const char *conn,
		   const char *child)
{
	struct pair_end *of = &pair->ends[end];
	struct err err;

	if (engine_initiate(of->engine, conn, child, pair_done, of, &err))
		printf("# initiate: %s\n", err.text);
}

bool pair_up(struct pair *pair)
{
	pair_initiate(pair, PAIR_A, "net", "net");
	pair_settle(pair);
	return pair->ends[PAIR_A].done == 1 && !pair->ends[PAIR_A].result &&
	       pair_ikes(pair, PAIR_A, IKE_ESTABLISHED) == 1 &&
	       pair_ikes(pair, PAIR_B, IKE_ESTABLISHED) == 1 &&
	       pair_children(pair, PAIR_A, CHILD_INSTALLED) == 1 &&
	       pair_children(pair, PAIR_B, CHILD_INSTALLED) == 1 &&
	       pair_agrees(pair);
}

size_t pair_ikes(const struct pair *pair, unsigned int end,
		 enum ike_state state)
{
	const struct ike_sa *sa = engine_first(pair->ends[end].engine);
	size_t n = 0;

	for (; sa; sa = sa->next)
		n += sa->state == state;
	return n;
}

size_t pair_children(const struct pair *pair, unsigned int end,
		     enum child_state state)
{
	const struct ike_sa *sa = engine_first(pair->ends[end].engine);
	size_t n = 0;

	for (; sa; sa = sa->next)
		for (const struct child_sa *child = sa->children; child;
		     child = child->next)
			n += child->state == state;
	return n;
}

struct ike_sa *pair_ike(const struct pair *pair, unsigned int end)
{
	struct ike_sa *sa = engine_first(pair->ends[end].engine);

	while (sa && (sa->state != IKE_ESTABLISHED || sa->orphaned))
		sa = sa->next;
	return sa;
}

struct child_sa *pair_child_sa(const struct pair *pair, unsigned int end)
{
	struct ike_sa *sa = pair_ike(pair, end);
	struct child_sa *child = sa ? sa->children : NULL;

	while (child && child->state != CHILD_INSTALLED)
		child = child->next;
	return child;
}

size_t pair_installed(const struct pair *pair, unsigned int end)
{
	size_t n = 0;

	for (size_t i = 0; i < PAIR_STATES_MAX; i++)
		n += pair->ends[end].states[i].in;
	return n;
}

size_t pair_senders(const struct pair *pair, unsigned int end)
{
	size_t n = 0;

	for (size_t i = 0; i < PAIR_STATES_MAX; i++)
		n += pair->ends[end].states[i].out;
	return n;
}

static bool is_key(const struct pair_state *a, size_t i,
		   const struct pair_state *b, size_t j)
{
	return a->lens[i] == b->lens[j] &&
	       memcmp(a->keys[i], b->keys[j], a->lens[i]) == 0;
}

static bool hears(const struct pair_state *b, const struct pair_state *a)
{
	return b->in && b->child.spi_in == a->child.spi_out &&
	       b->child.spi_out == a->child.spi_in && is_key(a, 2, b, 0) &&
	       is_key(a, 3, b, 1) && is_key(a, 0, b, 2) && is_key(a, 1, b, 3) &&
	       a->child.encr == b->child.encr &&
	       a->child.encr_bits == b->child.encr_bits &&
	       a->child.integ == b->child.integ &&
	       a->child.esn == b->child.esn && a->child.mode == b->child.mode &&
	       a->child.protocol == b->child.protocol &&
	       (a->child.mode == MODE_TRANSPORT ||
		(ts_list_equal(&a->local_ts, &b->remote_ts) &&
		 ts_list_equal(&a->remote_ts, &b->local_ts)));
}

static bool is_heard(const struct pair_end *end, const struct pair_state *state)
{
	for (size_t i = 0; i < PAIR_STATES_MAX; i++)
		if (hears(&end->states[i], state))
			return true;
	return false;
}

bool pair_agrees(const struct pair *pair)
{
	for (unsigned int i = 0; i < 2; i++)
		for (size_t j = 0; j < PAIR_STATES_MAX; j++)
			if (pair->ends[i].states[j].out &&
			    !is_heard(&pair->ends[!i],
				      &pair->ends[i].states[j]))
				return false;
	return true;
}

const char *pair_why(struct pair *pair, unsigned int end, const char *conn)
{
	const struct engine_failure *list;

	return engine_failures(pair->ends[end].engine, conn, &list) ?
		       list[0].text :
		       "";
}

uint64_t pair_count(struct pair *pair, unsigned int end, const char *name)
{
	const struct engine_counter *list;
	size_t n = engine_counters(pair->ends[end].engine, NULL, &list);

	for (size_t i = 0; i < n; i++)
		if (strcmp(list[i].name, name) == 0)
			return list[i].value;
	printf("# there is no counter %s\n", name);
	return 0;
}
