// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * IKE in TCP (RFC 9329): when it is tried, and what becomes of an IKE SA whose
 * connection is lost.
 */
#include <stdio.h>
#include <stdlib.h>

#include "../../tests/tap.h"
#include "ikev2_pair.h"

/* Ports as "4500 443". */
static void set_ports(struct conn *conn, const char *text)
{
	char *copy = strdup(text);
	char *save, *word;

	if (!copy)
		abort();
	conn->tcp_ports.texts = calloc(4, sizeof(*conn->tcp_ports.texts));
	if (!conn->tcp_ports.texts)
		abort();
	for (word = strtok_r(copy, " ", &save); word;
	     word = strtok_r(NULL, " ", &save))
		conn->tcp_ports.texts[conn->tcp_ports.n++] = strdup(word);
	free(copy);
}

static void load(struct pair *pair, enum conf_encap encap, const char *ports)
{
	for (unsigned int i = 0; i < 2; i++) {
		struct conn *conn = pair_usual(pair, i);

		conn->encap = encap;
		set_ports(conn, ports);
		conn->dpd_delay = 30;
		pair_load(pair, i, conn);
	}
}

static bool is_tcp(struct pair *pair)
{
	for (unsigned int i = 0; i < 2; i++) {
		struct ike_sa *sa = pair_ike(pair, i);

		if (!sa || sa->encap != ENCAP_TCP || !sa->path.tcp ||
		    sa->path.socket != pair_tcp(pair) ||
		    pair->ends[i].states[0].child.encap != ENCAP_TCP ||
		    !pair->ends[i].states[0].child.path.tcp)
			return false;
	}
	return pair_agrees(pair);
}

static void at_once(void)
{
	struct pair *pair = pair_new();

	pair->no_udp = true;
	load(pair, ENCAP_TCP, "443");
	CHECK(pair_up(pair));
	CHECK(is_tcp(pair));
	CHECK(pair->ends[PAIR_A].tcp_asked == 1);
	CHECK(pair->ends[PAIR_A].tcp_port == 443);
	CHECK(!pair_ike(pair, PAIR_A)->nat_here);
	CHECK(!pair_ike(pair, PAIR_B)->nat_there);
	pair_free(pair);
}

static void default_port(void)
{
	struct pair *pair = pair_new();

	load(pair, ENCAP_TCP, "");
	CHECK(pair->ends[PAIR_B].n_ports == 1);
	CHECK(pair->ends[PAIR_B].ports[0] == 4500);
	CHECK(pair_up(pair));
	CHECK(is_tcp(pair));
	CHECK(pair->ends[PAIR_A].tcp_port == 4500);
	pair_free(pair);
}

static void next_port(void)
{
	struct pair *pair = pair_new();

	pair->tcp_refuses = 1;
	load(pair, ENCAP_TCP, "4500 443");
	CHECK(pair->ends[PAIR_B].n_ports == 2);
	CHECK(pair_up(pair));
	CHECK(pair->ends[PAIR_A].tcp_asked == 2);
	CHECK(pair->ends[PAIR_A].tcp_port == 443);
	CHECK(is_tcp(pair));
	pair_free(pair);
}

static void no_port(void)
{
	struct pair *pair = pair_new();

	pair->tcp_refuses = 2;
	load(pair, ENCAP_TCP, "4500 443");
	CHECK(!pair_up(pair));
	CHECK_TEXT(pair_why(pair, PAIR_A, "net"), "refused");
	CHECK(!engine_first(pair->ends[PAIR_A].engine));
	pair_free(pair);
}

static void falls_back(void)
{
	struct pair *pair = pair_new();
	uint64_t spi;

	pair->no_udp = true;
	load(pair, ENCAP_AUTO, "443");
	pair_initiate(pair, PAIR_A, "net", "net");
	pair_run(pair, 10 * 1000ULL);
	CHECK(!pair->ends[PAIR_A].tcp_asked);
	spi = engine_first(pair->ends[PAIR_A].engine)->spi_i;
	/* After the second retransmission: 4 s and 7.2 s. */
	pair_run(pair, 3 * 1000ULL);
	CHECK(pair->ends[PAIR_A].tcp_asked == 1);
	CHECK(pair->ends[PAIR_A].done == 1 && !pair->ends[PAIR_A].result);
	CHECK(is_tcp(pair));
	/* RFC 9329, 5.1: with a new SPI. */
	CHECK(pair_ike(pair, PAIR_A)->spi_i != spi);
	CHECK(pair_ikes(pair, PAIR_A, IKE_ESTABLISHED) == 1);
	pair_free(pair);
}

static bool no_auth_in_udp(struct pair *pair, struct pair_packet *packet)
{
	(void)pair;
	return packet->path.tcp || packet->header.exchange != EXCHANGE_IKE_AUTH;
}

/* IKE_SA_INIT gets through, and what is larger, or for port 4500, does not. */
static void auth_falls_back(void)
{
	struct pair *pair = pair_new();
	struct ike_sa *first;
	uint64_t spi;

	pair->hook = no_auth_in_udp;
	load(pair, ENCAP_AUTO, "443");
	pair_initiate(pair, PAIR_A, "net", "net");
	pair_initiate(pair, PAIR_A, "net", NULL);
	pair_run(pair, 10 * 1000ULL);
	CHECK(!pair->ends[PAIR_A].tcp_asked);
	first = engine_first(pair->ends[PAIR_A].engine);
	CHECK(first->state == IKE_AUTHENTICATING);
	spi = first->spi_i;
	pair_run(pair, 3 * 1000ULL);
	CHECK(pair->ends[PAIR_A].tcp_asked == 1);
	/* Who waited was not told that it failed. */
	CHECK(pair->ends[PAIR_A].done == 2 && !pair->ends[PAIR_A].result);
	CHECK(is_tcp(pair));
	CHECK(pair_ike(pair, PAIR_A)->spi_i != spi);
	/* What the responder has of the first one ends by itself. */
	pair_run(pair, 60 * 1000ULL);
	CHECK(pair_ikes(pair, PAIR_A, IKE_ESTABLISHED) == 1);
	CHECK(pair_ikes(pair, PAIR_B, IKE_ESTABLISHED) == 1);
	CHECK(pair_ikes(pair, PAIR_A, IKE_AUTHENTICATING) == 0);
	CHECK(pair_ikes(pair, PAIR_B, IKE_CONNECTING) == 0);
	CHECK(pair_children(pair, PAIR_A, CHILD_INSTALLED) == 1);
	CHECK(is_tcp(pair));
	pair_free(pair);
}

/* Neither gets through, or only UDP does while TCP is being tried. */
static void auth_without_tcp(void)
{
	struct pair *pair = pair_new();

	pair->hook = no_auth_in_udp;
	pair->tcp_refuses = 1000;
	load(pair, ENCAP_AUTO, "4500 443");
	pair_initiate(pair, PAIR_A, "net", "net");
	pair_run(pair, 20 * 1000ULL);
	CHECK(pair->ends[PAIR_A].tcp_asked == 2);
	pair->hook = NULL;
	pair_run(pair, 20 * 1000ULL);
	CHECK(pair->ends[PAIR_A].done == 1 && !pair->ends[PAIR_A].result);
	CHECK(!pair_ike(pair, PAIR_A)->path.tcp);
	pair_free(pair);
}

/* UDP is answered while the connection is being made: that is not needed. */
static void udp_wins(void)
{
	struct pair *pair = pair_new();

	pair->no_udp = true;
	load(pair, ENCAP_AUTO, "443");
	pair_initiate(pair, PAIR_A, "net", "net");
	pair_run(pair, 4 * 1000ULL);
	pair->no_udp = false;
	pair->tcp_refuses = 1000;
	pair_run(pair, 60 * 1000ULL);
	CHECK(pair->ends[PAIR_A].done == 1 && !pair->ends[PAIR_A].result);
	CHECK(!pair_ike(pair, PAIR_A)->path.tcp);
	pair_free(pair);
}

/* TCP is not let through either: UDP goes on to its end. */
static void tcp_fails_too(void)
{
	struct pair *pair = pair_new();

	pair->no_udp = true;
	pair->tcp_refuses = 1000;
	load(pair, ENCAP_AUTO, "4500 443");
	pair_initiate(pair, PAIR_A, "net", "net");
	pair_run(pair, 60 * 1000ULL);
	CHECK(pair->ends[PAIR_A].tcp_asked == 2);
	CHECK(!pair->ends[PAIR_A].done);
	pair->no_udp = false;
	pair_run(pair, 60 * 1000ULL);
	CHECK(pair->ends[PAIR_A].done == 1 && !pair->ends[PAIR_A].result);
	CHECK(!pair_ike(pair, PAIR_A)->path.tcp);
	pair_free(pair);
}

static void not_asked_for(void)
{
	struct pair *pair = pair_new();

	pair->no_udp = true;
	load(pair, ENCAP_AUTO, "");
	CHECK(!pair->ends[PAIR_B].n_ports);
	pair_initiate(pair, PAIR_A, "net", "net");
	pair_run(pair, 300 * 1000ULL);
	CHECK(!pair->ends[PAIR_A].tcp_asked);
	CHECK(pair->ends[PAIR_A].result == -1);
	pair_free(pair);
}

/* The same SAs go on, and the responder learns where. */
static void is_made_again(void)
{
	struct pair *pair = pair_new();
	uint64_t spi;

	load(pair, ENCAP_TCP, "443");
	CHECK(pair_up(pair));
	spi = pair_ike(pair, PAIR_A)->spi_i;
	pair->tcp_refuses = 3;
	pair_tcp_kill(pair, 1);
	pair_run(pair, 20 * 1000ULL);
	CHECK(pair_tcp(pair) == 2);
	CHECK(pair_ike(pair, PAIR_A)->path.socket == 2);
	CHECK(pair_ike(pair, PAIR_B)->path.socket == 2);
	CHECK(pair_ike(pair, PAIR_A)->spi_i == spi);
	CHECK(pair->ends[PAIR_A].moves == 1);
	CHECK(pair->ends[PAIR_B].moves == 1);
	CHECK(pair_installed(pair, PAIR_A) == 1);
	CHECK(pair_agrees(pair));
	pair_free(pair);
}

/* Of whom the rekeyed IKE SA is, who has connected connects. */
static void rekeyed_by_the_other(void)
{
	const struct engine_pick all = { .ike = "net" };
	struct pair *pair = pair_new();

	load(pair, ENCAP_TCP, "443");
	CHECK(pair_up(pair));
	engine_rekey(pair->ends[PAIR_B].engine, &all, false);
	pair_settle(pair);
	CHECK(!pair_ike(pair, PAIR_A)->initiator);
	CHECK(pair_ike(pair, PAIR_A)->path.socket == 1);
	CHECK(!pair->ends[PAIR_A].tcp_closed);
	pair_tcp_kill(pair, 1);
	pair_run(pair, 5 * 1000ULL);
	CHECK(pair->ends[PAIR_A].tcp_asked == 2);
	CHECK(!pair->ends[PAIR_B].tcp_asked);
	CHECK(pair_ike(pair, PAIR_B)->path.socket == 2);
	pair_free(pair);
}

/* Nothing is sent twice; a connection that is silent is given up. */
static void silent(void)
{
	struct pair *pair = pair_new();
	size_t sent;

	load(pair, ENCAP_TCP, "443");
	CHECK(pair_up(pair));
	sent = pair->sent;
	pair->mute = true;
	pair_run(pair, 30 * 1000ULL + 5 * 1000ULL);
	/* Either end asks once whether the other one lives. */
	CHECK(pair->sent == sent + 2);
	CHECK(pair->ends[PAIR_A].tcp_asked == 1);
	pair_run(pair, 7 * 1000ULL);
	CHECK(pair->ends[PAIR_A].tcp_asked == 2);
	CHECK(pair->ends[PAIR_A].tcp_closed == 1);
	pair->mute = false;
	pair_tcp_kill(pair, 2);
	pair_run(pair, 20 * 1000ULL);
	CHECK(pair_ike(pair, PAIR_A)->path.socket == 3);
	CHECK(pair_ike(pair, PAIR_B)->path.socket == 3);
	pair_free(pair);
}

/* A peer that takes connections and never answers is dead in the end. */
static void dead(void)
{
	struct pair *pair = pair_new();

	load(pair, ENCAP_TCP, "443");
	CHECK(pair_up(pair));
	pair->mute = true;
	pair_run(pair, 300 * 1000ULL);
	CHECK(!pair_ikes(pair, PAIR_A, IKE_ESTABLISHED));
	CHECK(!pair_ikes(pair, PAIR_B, IKE_ESTABLISHED));
	pair_free(pair);
}

static void closes(void)
{
	const struct engine_pick all = { .ike = "net" };
	struct pair *pair = pair_new();

	load(pair, ENCAP_TCP, "443");
	CHECK(pair_up(pair));
	engine_terminate(pair->ends[PAIR_A].engine, &all, false, NULL, NULL);
	pair_settle(pair);
	CHECK(!engine_first(pair->ends[PAIR_A].engine));
	CHECK(!engine_first(pair->ends[PAIR_B].engine));
	CHECK(pair->ends[PAIR_A].tcp_closed == 1);
	pair_free(pair);
}

static const struct tap_test tests[] = {
	{ "encap = tcp", at_once },
	{ "4500 if no port is said", default_port },
	{ "the next port if one is closed", next_port },
	{ "all ports are closed", no_port },
	{ "UDP is not answered", falls_back },
	{ "IKE_AUTH in UDP is not answered", auth_falls_back },
	{ "IKE_AUTH is not answered, and there is no TCP", auth_without_tcp },
	{ "UDP is answered meanwhile", udp_wins },
	{ "neither UDP nor TCP is answered, then UDP is", tcp_fails_too },
	{ "without tcp_ports only UDP", not_asked_for },
	{ "a connection is made again", is_made_again },
	{ "an IKE SA that the acceptor has rekeyed", rekeyed_by_the_other },
	{ "a connection that is silent", silent },
	{ "a peer that is dead", dead },
	{ "the connection goes with its IKE SA", closes },
};

TAP_MAIN(tests)
