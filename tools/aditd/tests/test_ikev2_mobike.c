// SPDX-License-Identifier: GPL-2.0-or-later
/* Addresses that change under an IKE SA (RFC 4555): ours, the peer's, both. */
#include <stdlib.h>

#include "../../tests/tap.h"
#include "ikev2_pair.h"

static const struct addr other_a = { 4, { 192, 0, 2, 11 } };
static const struct addr third_a = { 4, { 192, 0, 2, 21 } };
static const struct addr other_b = { 4, { 192, 0, 2, 12 } };
static const struct addr v6_a = { 16, { 0x20, 0x01, 0x0d, 0xb8, [15] = 1 } };
static const struct addr v6_b = { 16, { 0x20, 0x01, 0x0d, 0xb8, [15] = 2 } };
static const struct addr public = { 4, { 203, 0, 113, 7 } };

static bool is(const struct addr *a, const struct addr *b)
{
	return addr_compare(a, b) == 0;
}

static void load(struct pair *pair)
{
	for (unsigned int end = 0; end < 2; end++) {
		struct conn *conn = pair_usual(pair, end);

		conn->mobike = true;
		pair_network(pair, end);
		pair_load(pair, end, conn);
	}
}

static struct pair *begin(void)
{
	struct pair *pair = pair_new();

	load(pair);
	CHECK(pair_up(pair));
	CHECK(pair_ike(pair, PAIR_A)->move.able);
	CHECK(pair_ike(pair, PAIR_B)->move.able);
	return pair;
}

/* Both have more than one, and of both families. */
static struct pair *begin_with_more(void)
{
	struct pair *pair = pair_new();

	pair->ends[PAIR_A].more[0] = v6_a;
	pair->ends[PAIR_A].n_more = 1;
	pair->ends[PAIR_B].more[0] = v6_b;
	pair->ends[PAIR_B].more[1] = other_b;
	pair->ends[PAIR_B].n_more = 2;
	load(pair);
	CHECK(pair_up(pair));
	return pair;
}

/* Do both ends use that pair of addresses, in the kernel, too? */
static bool is_between(struct pair *pair, const struct addr *a,
		       const struct addr *b)
{
	const struct addr *ends[2] = { a, b };
	bool good = pair_agrees(pair);

	for (unsigned int end = 0; end < 2; end++) {
		const struct ike_sa *sa = pair_ike(pair, end);
		const struct ike_path *moved = &pair->ends[end].moved;

		good = good && sa && is(&sa->path.local, ends[end]) &&
		       is(&sa->path.remote, ends[!end]) &&
		       is(&moved->local, ends[end]) &&
		       is(&moved->remote, ends[!end]) && !sa->move.unmoved &&
		       !sa->move.pending;
	}
	return good;
}

static bool is_alive(struct pair *pair)
{
	unsigned int sas = pair_ike(pair, PAIR_A)->unique;

	for (unsigned int end = 0; end < 2; end++) {
		ike_sa_want(pair_ike(pair, end), TASK_LIVENESS, 0);
		pair_settle(pair);
		if (!pair_ike(pair, end) || pair_ike(pair, end)->retx.running)
			return false;
	}
	return pair_ike(pair, PAIR_A)->unique == sas && pair_agrees(pair);
}

static void is_negotiated(void)
{
	struct pair *pair = begin_with_more();
	const struct ike_sa *a = pair_ike(pair, PAIR_A);
	const struct ike_sa *b = pair_ike(pair, PAIR_B);

	CHECK(a->move.mover && !b->move.mover);
	/* A NAT may come later. */
	CHECK(a->path.remote_port == 4500 && a->path.marker);
	CHECK(a->encap == ENCAP_NONE && b->encap == ENCAP_NONE);
	CHECK(a->move.n_remotes == 2 && is(&a->move.remotes[0], &v6_b));
	CHECK(b->move.n_remotes == 1 && is(&b->move.remotes[0], &v6_a));
	pair_free(pair);
}

static void is_not_negotiated(void)
{
	for (unsigned int without = 0; without < 2; without++) {
		struct pair *pair = pair_new();
		struct conn *conn = pair_usual(pair, !without);
		unsigned int unique;

		conn->mobike = true;
		pair_load(pair, !without, conn);
		pair_load(pair, without, pair_usual(pair, without));
		CHECK(pair_up(pair));
		CHECK(!pair_ike(pair, PAIR_A)->move.able);
		CHECK(!pair_ike(pair, PAIR_B)->move.able);
		unique = pair_ike(pair, PAIR_A)->unique;
		pair->ends[PAIR_A].more[0] = other_a;
		pair->ends[PAIR_A].n_more = 1;
		pair_network(pair, PAIR_A);
		pair_settle(pair);
		CHECK(pair->ends[PAIR_A].moves == 0);
		CHECK(pair_ike(pair, PAIR_A)->unique == unique);
		pair_free(pair);
	}
}

static void initiator_moves(void)
{
	struct pair *pair = begin();
	struct addr b = pair->ends[PAIR_B].addr;

	pair->ends[PAIR_A].addr = other_a;
	pair_network(pair, PAIR_A);
	pair_settle(pair);
	CHECK(is_between(pair, &other_a, &b));
	CHECK(pair->ends[PAIR_A].moves == 1);
	CHECK(pair->ends[PAIR_B].moves == 1);
	CHECK(pair_ike(pair, PAIR_B)->move.n_verified == 2);
	CHECK(is_alive(pair));
	/* Nothing has changed: nothing is said. */
	pair->sent = 0;
	pair_network(pair, PAIR_A);
	pair_network(pair, PAIR_B);
	pair_settle(pair);
	CHECK(pair->sent == 0);
	pair_free(pair);
}

/* Not where the routes go, but where it was configured to be. */
static void configured_address_stays(void)
{
	struct pair *pair = pair_new();
	struct conn *conn = pair_usual(pair, PAIR_A);

	conn->mobike = true;
	free(conn->local_addrs.texts[0]);
	conn->local_addrs.texts[0] = strdup("192.0.2.1");
	pair_load(pair, PAIR_A, conn);
	conn = pair_usual(pair, PAIR_B);
	conn->mobike = true;
	pair_load(pair, PAIR_B, conn);
	CHECK(pair_up(pair));
	pair->ends[PAIR_A].more[0] = pair->ends[PAIR_A].addr;
	pair->ends[PAIR_A].n_more = 1;
	pair->ends[PAIR_A].addr = other_a;
	pair_network(pair, PAIR_A);
	pair_settle(pair);
	CHECK(pair->ends[PAIR_A].moves == 0);
	CHECK(pair_ike(pair, PAIR_B)->move.n_remotes == 0);
	/* Nor when that is gone. */
	pair->ends[PAIR_A].n_more = 0;
	pair_network(pair, PAIR_A);
	pair_settle(pair);
	CHECK(pair->ends[PAIR_A].moves == 0);
	pair_free(pair);
}

/* The n-th message from now on gets lost. */
static bool lose(struct pair *pair, struct pair_packet *packet)
{
	(void)packet;
	return pair->hook_count++ != pair->hook_arg;
}

static void messages_get_lost(void)
{
	for (unsigned int n = 0; n < 6; n++) {
		struct pair *pair = begin();
		struct addr b = pair->ends[PAIR_B].addr;

		pair->hook = lose;
		pair->hook_arg = n;
		pair->ends[PAIR_A].addr = other_a;
		pair_network(pair, PAIR_A);
		pair_run(pair, 20 * 1000ULL);
		CHECK(is_between(pair, &other_a, &b));
		pair->hook = NULL;
		CHECK(is_alive(pair));
		pair_free(pair);
	}
}

static bool no_update(struct pair *pair, struct pair_packet *packet)
{
	(void)packet;
	pair->hook_count++;
	return false;
}

/* Away again before the peer has answered: only the last place counts. */
static void moves_twice(void)
{
	for (unsigned int late = 0; late < 2; late++) {
		struct pair *pair = begin();
		struct addr b = pair->ends[PAIR_B].addr;

		if (late)
			pair->hook = no_update;
		pair->ends[PAIR_A].addr = other_a;
		pair_network(pair, PAIR_A);
		pair_run(pair, late ? 1000 : 12);
		pair->hook = NULL;
		pair->ends[PAIR_A].addr = third_a;
		pair_network(pair, PAIR_A);
		pair_run(pair, 20 * 1000ULL);
		CHECK(is_between(pair, &third_a, &b));
		CHECK(is_alive(pair));
		pair_free(pair);
	}
}

static void goes_to_ipv6(void)
{
	struct pair *pair = begin_with_more();
	struct ike_path *moved = &pair->ends[PAIR_B].moved;

	/* The only address of IPv4 is gone. */
	pair->ends[PAIR_A].addr = v6_a;
	pair->ends[PAIR_A].n_more = 0;
	pair_network(pair, PAIR_A);
	pair_run(pair, 20 * 1000ULL);
	CHECK(is_between(pair, &v6_a, &v6_b));
	CHECK(moved->remote_port == 4500 && moved->marker);
	CHECK(is_alive(pair));
	pair_free(pair);
}

static bool only_ipv6(struct pair *pair, struct pair_packet *packet)
{
	(void)pair;
	return packet->path.local.len == 16;
}

/* Nothing has changed here, but the path is dead: 3.10. */
static void path_dies(void)
{
	struct pair *pair = begin_with_more();

	pair->hook = only_ipv6;
	ike_sa_want(pair_ike(pair, PAIR_A), TASK_LIVENESS, 0);
	pair_run(pair, 60 * 1000ULL);
	CHECK(is_between(pair, &v6_a, &v6_b));
	CHECK(is_alive(pair));
	pair_free(pair);
}

static void responder_moves(void)
{
	struct pair *pair = begin_with_more();
	struct addr a = pair->ends[PAIR_A].addr;

	/* It says where it is now, and the initiator goes there. */
	pair->ends[PAIR_B].addr = other_b;
	pair->ends[PAIR_B].n_more = 1;
	pair_network(pair, PAIR_B);
	pair_run(pair, 20 * 1000ULL);
	CHECK(is_between(pair, &a, &other_b));
	CHECK(is_alive(pair));
	pair_free(pair);
}

/* The same with no more than one address at a time. */
static void responder_moves_alone(void)
{
	struct pair *pair = begin();
	struct addr a = pair->ends[PAIR_A].addr;

	pair->ends[PAIR_B].addr = other_b;
	pair_network(pair, PAIR_B);
	pair_run(pair, 20 * 1000ULL);
	CHECK(is_between(pair, &a, &other_b));
	CHECK(is_alive(pair));
	pair_free(pair);
}

static void both_move(void)
{
	struct pair *pair = begin_with_more();

	pair->ends[PAIR_A].addr = other_a;
	pair->ends[PAIR_B].addr = other_b;
	pair->ends[PAIR_B].n_more = 1;
	pair_network(pair, PAIR_A);
	pair_network(pair, PAIR_B);
	pair_run(pair, 120 * 1000ULL);
	/* Which of its places is found first does not matter. */
	CHECK(is_between(pair, &pair_ike(pair, PAIR_A)->path.local,
			 &pair_ike(pair, PAIR_A)->path.remote));
	CHECK(is_alive(pair));
	pair_free(pair);
}

static void addresses_come(void)
{
	struct pair *pair = begin();

	for (unsigned int end = 0; end < 2; end++) {
		pair->ends[end].more[0] = end ? v6_b : v6_a;
		pair->ends[end].n_more = 1;
		pair_network(pair, end);
		pair_settle(pair);
		CHECK(pair_ike(pair, !end)->move.n_remotes == 1);
		pair->ends[end].n_more = 0;
		pair_network(pair, end);
		pair_settle(pair);
		CHECK(pair_ike(pair, !end)->move.n_remotes == 0);
	}
	CHECK(pair->ends[PAIR_A].moves == 0 && pair->ends[PAIR_B].moves == 0);
	pair_free(pair);
}

static void nat_comes_and_goes(void)
{
	struct pair *pair = begin();
	struct pair_end *a = &pair->ends[PAIR_A], *b = &pair->ends[PAIR_B];

	a->addr = other_a;
	a->behind_nat = true;
	a->nat_addr = public;
	a->nat_ports = 10000;
	pair_network(pair, PAIR_A);
	pair_settle(pair);
	CHECK(a->moved_encap == ENCAP_UDP && b->moved_encap == ENCAP_UDP);
	CHECK(is(&b->moved.remote, &public) && b->moved.remote_port == 14500);
	CHECK(pair_ike(pair, PAIR_A)->nat_here);
	CHECK(pair_ike(pair, PAIR_B)->nat_there);
	CHECK(is_alive(pair));
	a->addr = third_a;
	a->behind_nat = false;
	pair_network(pair, PAIR_A);
	pair_settle(pair);
	CHECK(a->moved_encap == ENCAP_NONE && b->moved_encap == ENCAP_NONE);
	CHECK(is_between(pair, &third_a, &b->addr));
	CHECK(!pair_ike(pair, PAIR_A)->nat_here);
	CHECK(!pair_ike(pair, PAIR_B)->nat_there);
	pair_free(pair);
}

/* Without traffic only asking shows it (3.8). */
static void nat_forgets(void)
{
	struct pair *pair = pair_new();
	struct pair_end *a = &pair->ends[PAIR_A], *b = &pair->ends[PAIR_B];

	a->behind_nat = true;
	a->nat_addr = public;
	a->nat_ports = 10000;
	load(pair);
	CHECK(pair_up(pair));
	CHECK(is_alive(pair));
	a->nat_ports = 20000;
	CHECK(b->moves == 0);
	ike_sa_want(pair_ike(pair, PAIR_A), TASK_LIVENESS, 0);
	pair_settle(pair);
	CHECK(b->moves == 1 && b->moved.remote_port == 24500);
	CHECK(pair_ike(pair, PAIR_B)->path.remote_port == 24500);
	pair_free(pair);
}

static void no_nats_are_allowed(void)
{
	struct pair *pair = pair_new();
	struct conn *conn = pair_usual(pair, PAIR_A);
	struct pair_end *a = &pair->ends[PAIR_A];
	struct addr b = pair->ends[PAIR_B].addr;

	conn->mobike = true;
	conn->encap = ENCAP_NONE;
	pair_load(pair, PAIR_A, conn);
	conn = pair_usual(pair, PAIR_B);
	conn->mobike = true;
	pair_load(pair, PAIR_B, conn);
	CHECK(pair_up(pair));
	a->addr = other_a;
	pair_network(pair, PAIR_A);
	pair_settle(pair);
	CHECK(is_between(pair, &other_a, &b));
	a->addr = third_a;
	a->behind_nat = true;
	a->nat_addr = public;
	pair_network(pair, PAIR_A);
	pair_settle(pair);
	CHECK(strstr(pair_why(pair, PAIR_A, "net"), "UNEXPECTED_NAT_DETECTED"));
	CHECK(is(&pair_ike(pair, PAIR_B)->path.remote, &other_a));
	pair_free(pair);
}

static bool is_in(struct pair *pair, bool tcp, enum conf_encap encap)
{
	bool good = pair_agrees(pair);

	for (unsigned int end = 0; end < 2; end++) {
		const struct ike_sa *sa = pair_ike(pair, end);
		const struct pair_end *of = &pair->ends[end];

		good = good && sa && sa->path.tcp == tcp &&
		       sa->encap == encap && of->moved.tcp == tcp &&
		       of->moved_encap == encap && !sa->move.unmoved;
	}
	return good;
}

/* RFC 9329, 8: first in UDP, wherever it goes. */
static void udp_is_blocked(void)
{
	struct pair *pair = pair_new();
	unsigned int unique;

	for (unsigned int end = 0; end < 2; end++) {
		struct conn *conn = pair_usual(pair, end);

		conn->mobike = true;
		conn->tcp_ports.texts = calloc(2, sizeof(char *));
		conn->tcp_ports.texts[0] = strdup("4500");
		conn->tcp_ports.n = 1;
		pair_load(pair, end, conn);
	}
	CHECK(pair_up(pair));
	unique = pair_ike(pair, PAIR_A)->unique;
	pair->no_udp = true;
	pair->ends[PAIR_A].addr = other_a;
	pair_network(pair, PAIR_A);
	pair_run(pair, 30 * 1000ULL);
	CHECK(is_in(pair, true, ENCAP_TCP));
	CHECK(is_alive(pair));
	pair->no_udp = false;
	pair->ends[PAIR_A].addr = third_a;
	pair_network(pair, PAIR_A);
	pair_run(pair, 5 * 1000ULL);
	CHECK(is_in(pair, false, ENCAP_NONE));
	CHECK(is_alive(pair));
	/* And from one network without UDP to another. */
	for (unsigned int i = 0; i < 2; i++) {
		pair->no_udp = true;
		pair->ends[PAIR_A].addr = i ? third_a : other_a;
		pair_network(pair, PAIR_A);
		pair_run(pair, 30 * 1000ULL);
		CHECK(is_in(pair, true, ENCAP_TCP));
	}
	CHECK(is_alive(pair));
	CHECK(pair_ike(pair, PAIR_A)->unique == unique);
	pair_free(pair);
}

/* What a rekeyed IKE SA knows, and who decides of addresses then. */
static void rekeyed(void)
{
	for (unsigned int who = 0; who < 2; who++) {
		struct pair *pair = begin_with_more();
		struct addr b = pair->ends[PAIR_B].addr;

		ike_sa_want(pair_ike(pair, who), TASK_IKE_REKEY, 0);
		pair_run(pair, 90 * 1000ULL);
		CHECK(pair_ike(pair, PAIR_A)->move.mover);
		CHECK(!pair_ike(pair, PAIR_B)->move.mover);
		CHECK(pair_ike(pair, PAIR_A)->move.n_remotes == 2);
		pair->ends[PAIR_A].addr = other_a;
		pair_network(pair, PAIR_A);
		pair_settle(pair);
		CHECK(is_between(pair, &other_a, &b));
		pair_free(pair);
	}
}

static void rekeyed_while_moving(void)
{
	for (unsigned int who = 0; who < 2; who++) {
		for (unsigned int ms = 0; ms < 60; ms += 5) {
			struct pair *pair = begin();
			struct addr b = pair->ends[PAIR_B].addr;

			pair->ends[PAIR_A].addr = other_a;
			pair_network(pair, PAIR_A);
			pair_run(pair, ms);
			ike_sa_want(pair_ike(pair, who), TASK_IKE_REKEY, 0);
			pair_run(pair, 90 * 1000ULL);
			CHECK(is_between(pair, &other_a, &b));
			CHECK(pair_ikes(pair, PAIR_A, IKE_ESTABLISHED) == 1);
			CHECK(pair_ikes(pair, PAIR_B, IKE_ESTABLISHED) == 1);
			pair_free(pair);
		}
	}
}

/* Packets on the way to B seem to come from elsewhere. */
static bool from_victim(struct pair *pair, struct pair_packet *packet)
{
	(void)pair;
	if (packet->to == PAIR_B)
		packet->path.remote = public;
	return true;
}

static void victim_is_not_flooded(void)
{
	struct pair *pair = begin();

	pair->hook = from_victim;
	pair->ends[PAIR_A].addr = other_a;
	pair_network(pair, PAIR_A);
	pair_run(pair, 60 * 1000ULL);
	CHECK(pair->ends[PAIR_B].moves == 0);
	CHECK(pair_ike(pair, PAIR_B)->move.unmoved);
	pair_run(pair, 300 * 1000ULL);
	CHECK(!pair_ike(pair, PAIR_B));
	pair_free(pair);
}

/* -------------------------------------------------------------------- hostile */

struct say {
	uint16_t type;
	size_t len;
	uint8_t data[68];
};

static void say(struct pair *pair, unsigned int end, const struct say *list,
		size_t n)
{
	struct span none = { 0 };
	struct build out;

	build_start_inner(&out);
	for (size_t i = 0; i < n; i++)
		build_notify(&out, PROTOCOL_NONE, none, list[i].type,
			     span_of(list[i].data, list[i].len));
	v2_request(v2_sa(pair_ike(pair, end)), EXCHANGE_INFORMATIONAL, &out);
	pair_settle(pair);
}

static void malformed(void)
{
	static const struct say bad[] = {
		{ NOTIFY_UPDATE_SA_ADDRESSES, 1, { 1 } },
		{ NOTIFY_ADDITIONAL_IP4_ADDRESS, 0, { 0 } },
		{ NOTIFY_ADDITIONAL_IP4_ADDRESS, 16, { 1 } },
		{ NOTIFY_ADDITIONAL_IP6_ADDRESS, 4, { 1 } },
		{ NOTIFY_NO_ADDITIONAL_ADDRESSES, 4, { 1 } },
		{ NOTIFY_COOKIE2, 7, { 1 } },
		{ NOTIFY_COOKIE2, 65, { 1 } },
		{ NOTIFY_NO_NATS_ALLOWED, 11, { 1 } },
		{ NOTIFY_NAT_DETECTION_SOURCE_IP, 0, { 0 } },
	};
	struct pair *pair = begin();

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		for (unsigned int end = 0; end < 2; end++) {
			uint64_t before = pair_count(pair, end, "invalid");

			say(pair, !end, &bad[i], 1);
			CHECK(pair_count(pair, end, "invalid") == before + 1);
		}
	}
	CHECK(is_alive(pair));
	CHECK(pair->ends[PAIR_A].moves == 0 && pair->ends[PAIR_B].moves == 0);
	pair_free(pair);
}

static void addresses_of_nobody(void)
{
	static const struct say list[] = {
		{ NOTIFY_NO_ADDITIONAL_ADDRESSES, 0, { 0 } },
		{ NOTIFY_ADDITIONAL_IP4_ADDRESS, 4, { 0 } },
		{ NOTIFY_ADDITIONAL_IP4_ADDRESS, 4, { 127, 0, 0, 1 } },
		{ NOTIFY_ADDITIONAL_IP4_ADDRESS, 4, { 224, 0, 0, 1 } },
		{ NOTIFY_ADDITIONAL_IP4_ADDRESS, 4, { 255, 255, 255, 255 } },
		{ NOTIFY_ADDITIONAL_IP6_ADDRESS, 16, { 0 } },
		{ NOTIFY_ADDITIONAL_IP6_ADDRESS, 16, { [15] = 1 } },
		{ NOTIFY_ADDITIONAL_IP6_ADDRESS, 16, { 0xff, 2, [15] = 1 } },
		{ NOTIFY_ADDITIONAL_IP6_ADDRESS, 16, { 0xfe, 0x80, [15] = 1 } },
	};
	struct say many[40];
	struct pair *pair = begin();

	say(pair, PAIR_B, list, ARRAY_SIZE(list));
	CHECK(pair_ike(pair, PAIR_A)->move.n_remotes == 0);
	for (size_t i = 0; i < ARRAY_SIZE(many); i++)
		many[i] = (struct say){ NOTIFY_ADDITIONAL_IP4_ADDRESS,
					4,
					{ 10, 0, 0, (uint8_t)i } };
	say(pair, PAIR_B, many, ARRAY_SIZE(many));
	CHECK(pair_ike(pair, PAIR_A)->move.n_remotes == MOVE_ADDRS_MAX);
	CHECK(is_alive(pair));
	pair_free(pair);
}

static void responder_does_not_decide(void)
{
	static const struct say update[] = {
		{ NOTIFY_UPDATE_SA_ADDRESSES, 0, { 0 } },
		{ NOTIFY_COOKIE2, 8, { 1, 2, 3 } },
	};
	struct pair *pair = begin();
	struct addr b = pair->ends[PAIR_B].addr;

	pair->ends[PAIR_B].more[0] = other_b;
	pair->ends[PAIR_B].n_more = 1;
	pair_ike(pair, PAIR_B)->path.local = other_b;
	say(pair, PAIR_B, update, ARRAY_SIZE(update));
	CHECK(is(&pair_ike(pair, PAIR_A)->path.remote, &b));
	CHECK(pair->ends[PAIR_A].moves == 0);
	pair_free(pair);
}

/* What was seen of the request is not what is answered. */
static bool other_cookie(struct pair *pair, struct pair_packet *packet)
{
	struct ike_sa *sa = pair_ike(pair, pair->hook_arg);

	if (packet->to == pair->hook_arg &&
	    packet->header.exchange == EXCHANGE_INFORMATIONAL &&
	    packet->header.flags & IKE_FLAG_RESPONSE && sa)
		v2_sa(sa)->mobike.cookie2[0] ^= 1;
	return true;
}

static void cookie2_is_wrong(void)
{
	for (unsigned int end = 0; end < 2; end++) {
		struct pair *pair = begin();

		pair->hook = other_cookie;
		pair->hook_arg = end;
		pair->ends[PAIR_A].addr = other_a;
		pair_network(pair, PAIR_A);
		pair_settle(pair);
		CHECK(!pair_ike(pair, PAIR_A));
		CHECK(!pair_ike(pair, PAIR_B));
		CHECK(strstr(pair_why(pair, end, "net"), "COOKIE2"));
		pair_free(pair);
	}
}

/* An answer that somebody sends on from elsewhere moves nothing. */
static bool from_elsewhere(struct pair *pair, struct pair_packet *packet)
{
	if (packet->to == PAIR_A) {
		pair->hook_count++;
		packet->path.remote = public;
	}
	return true;
}

static void repeated_from_elsewhere(void)
{
	struct pair *pair = begin();

	pair->hook = from_elsewhere;
	ike_sa_want(pair_ike(pair, PAIR_A), TASK_LIVENESS, 0);
	pair_settle(pair);
	CHECK(pair->hook_count == 1);
	CHECK(!pair_ike(pair, PAIR_A)->retx.running);
	CHECK(pair->ends[PAIR_A].moves == 0);
	CHECK(is(&pair_ike(pair, PAIR_A)->path.remote,
		 &pair->ends[PAIR_B].addr));
	pair_free(pair);
}

static const struct tap_test tests[] = {
	{ "both say that they have it, and where they are", is_negotiated },
	{ "one of them has it not", is_not_negotiated },
	{ "the initiator has another address", initiator_moves },
	{ "an address that is configured is not left",
	  configured_address_stays },
	{ "any of the messages gets lost", messages_get_lost },
	{ "it moves again before there is an answer", moves_twice },
	{ "from IPv4 to IPv6", goes_to_ipv6 },
	{ "the path is dead: another one is found", path_dies },
	{ "the responder has another address", responder_moves },
	{ "the responder has one only", responder_moves_alone },
	{ "both have others at the same time", both_move },
	{ "addresses that come and go are told", addresses_come },
	{ "into a NAT and out of it", nat_comes_and_goes },
	{ "a NAT has forgotten us", nat_forgets },
	{ "NO_NATS_ALLOWED", no_nats_are_allowed },
	{ "to where UDP is blocked, and back", udp_is_blocked },
	{ "rekeyed before", rekeyed },
	{ "rekeyed at the same time", rekeyed_while_moving },
	{ "nothing goes to who has not answered", victim_is_not_flooded },
	{ "malformed notifies", malformed },
	{ "addresses that no host has, and too many", addresses_of_nobody },
	{ "the responder does not decide", responder_does_not_decide },
	{ "another COOKIE2 than was asked with", cookie2_is_wrong },
	{ "an answer is repeated from elsewhere", repeated_from_elsewhere },
};

TAP_MAIN(tests)
