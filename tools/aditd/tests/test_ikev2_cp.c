// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Configuration payloads (RFC 7296, 2.19; RFC 8598): A asks for inner addresses,
 * B gives them from pools; and what either says when the other does not do as
 * it should. A pool with attributes of any kind is a hostile responder.
 */
#include <stdio.h>
#include <stdlib.h>

#include "../../tests/tap.h"
#include "ikev2_pair.h"

static struct addr addr(const char *text)
{
	struct addr out = { 0 };
	struct err err;

	if (addr_parse_digits(&out, text, &err))
		abort();
	return out;
}

static const char *nth(size_t i)
{
	static char text[32];

	snprintf(text, sizeof(text), "row %zu", i);
	return text;
}

static struct pool_conf *pool(const char *name, const char *first,
			      uint32_t size)
{
	struct pool_conf *conf = calloc(1, sizeof(*conf));

	if (!conf)
		abort();
	snprintf(conf->name, sizeof(conf->name), "%s", name);
	conf->base = addr(first);
	conf->first = conf->base;
	conf->size = size;
	return conf;
}

static void attribute(struct pool_conf *conf, uint16_t type, const void *value,
		      size_t len)
{
	struct pool_attribute *to = &conf->attributes[conf->n_attributes++];

	to->type = type;
	buf_add(&to->value, value, len);
}

static void load_pool(struct pair *pair, struct pool_conf *conf)
{
	struct err err;

	CHECK(!engine_pool_add(pair->ends[PAIR_B].engine, conf, &err));
}

/* A connection of A that asks for these; of B that gives from these. */
static struct conn *client(struct pair *pair, const char *name,
			   const char *const *vips)
{
	struct conn *conn =
		pair_conn(pair, PAIR_A, name, "aes128gcm16-prfsha256-x25519");

	pair_child(conn, name, "aes128gcm16-x25519", "dynamic",
		   "10.2.0.0/16,fd02::/16");
	for (; *vips; vips++)
		pair_add_text(&conn->vips, *vips);
	return conn;
}

static struct conn *server(struct pair *pair, const char *const *pools)
{
	struct conn *conn =
		pair_conn(pair, PAIR_B, "net", "aes128gcm16-prfsha256-x25519");

	pair_child(conn, "net", "aes128gcm16-x25519", "10.2.0.0/16,fd02::/16",
		   "dynamic");
	ident_free(&conn->remote[0].id);
	for (; *pools; pools++)
		pair_add_text(&conn->pools, *pools);
	return conn;
}

static const char *const any4[] = { "0.0.0.0", NULL };
static const char *const any6[] = { "::", NULL };
static const char *const both[] = { "0.0.0.0", "::", NULL };
static const char *const pool4[] = { "four", NULL };
static const char *const pools46[] = { "four", "six", NULL };
static const char *const no_pools[] = { NULL };

static struct pair *pair_with(const char *const *vips, const char *const *pools)
{
	struct pair *pair = pair_new();

	load_pool(pair, pool("four", "10.3.0.1", 2));
	load_pool(pair, pool("six", "fd03::1", 2));
	pair_load(pair, PAIR_A, client(pair, "net", vips));
	pair_load(pair, PAIR_B, server(pair, pools));
	return pair;
}

static bool has_ts(const struct ts_list *list, const char *want)
{
	char text[256] = "";

	ts_show_list(list, text, sizeof(text));
	if (strcmp(text, want) == 0)
		return true;
	printf("# %s\n", text);
	return false;
}

static bool is_vip(const struct addrs *vips, size_t at, const char *want)
{
	struct addr wanted = addr(want);

	return at < vips->n && addr_compare(&vips->list[at], &wanted) == 0;
}

static size_t online(const struct pair *pair, const char *name)
{
	return pool_find(&pair->ends[PAIR_B].engine->pools, name)->n_online;
}

/* ------------------------------------------------------------------- given */

static void ipv4(void)
{
	struct pair *pair = pair_with(any4, pool4);

	CHECK(pair_up(pair));
	CHECK(pair_ike(pair, PAIR_A)->vips.local.n == 1);
	CHECK(is_vip(&pair_ike(pair, PAIR_A)->vips.local, 0, "10.3.0.1"));
	CHECK(is_vip(&pair_ike(pair, PAIR_B)->vips.remote, 0, "10.3.0.1"));
	CHECK(is_vip(&pair->ends[PAIR_A].vips, 0, "10.3.0.1"));
	CHECK(!pair->ends[PAIR_B].inners);
	CHECK(has_ts(&pair_child_sa(pair, PAIR_A)->local_ts, "10.3.0.1/32"));
	CHECK(has_ts(&pair_child_sa(pair, PAIR_B)->remote_ts, "10.3.0.1/32"));
	CHECK(online(pair, "four") == 1);
	pair_free(pair);
}

static void ipv6(void)
{
	struct pair *pair = pair_with(any6, pools46);

	CHECK(pair_up(pair));
	CHECK(pair->ends[PAIR_A].vips.n == 1);
	CHECK(is_vip(&pair->ends[PAIR_A].vips, 0, "fd03::1"));
	CHECK(has_ts(&pair_child_sa(pair, PAIR_A)->local_ts, "fd03::1/128"));
	CHECK(online(pair, "six") == 1 && !online(pair, "four"));
	pair_free(pair);
}

static void both_families(void)
{
	struct pair *pair = pair_with(both, pools46);

	CHECK(pair_up(pair));
	CHECK(pair->ends[PAIR_A].vips.n == 2);
	CHECK(has_ts(&pair_child_sa(pair, PAIR_A)->local_ts,
		     "10.3.0.1/32 fd03::1/128"));
	pair_free(pair);
}

/* One of two is better than none. */
static void one_of_two(void)
{
	struct pair *pair = pair_with(both, pool4);

	CHECK(pair_up(pair));
	CHECK(pair->ends[PAIR_A].vips.n == 1);
	/* Of the gateway's networks there are those that it can speak to. */
	for (size_t i = 0; i < 2; i++) {
		const struct child_sa *child = pair_child_sa(pair, i);
		bool a_side = i == PAIR_A;

		CHECK(has_ts(a_side ? &child->local_ts : &child->remote_ts,
			     "10.3.0.1/32"));
		CHECK(has_ts(a_side ? &child->remote_ts : &child->local_ts,
			     "10.2.0.0/16"));
	}
	pair_free(pair);
}

static void again(void)
{
	static const char *const wishes[] = { "10.3.0.2", NULL };
	struct pair *pair = pair_with(any4, pool4);
	const struct engine_pick all = { 0 };

	CHECK(pair_up(pair));
	engine_terminate(pair->ends[PAIR_A].engine, &all, false, NULL, NULL);
	pair_settle(pair);
	CHECK(!pair->ends[PAIR_A].vips.n && !online(pair, "four"));
	CHECK(pool_find(&pair->ends[PAIR_B].engine->pools, "four")->n == 1);
	/* Its own one, whatever it wishes. */
	pair_load(pair, PAIR_A, client(pair, "net", wishes));
	pair->ends[PAIR_A].done = 0;
	CHECK(pair_up(pair));
	CHECK(is_vip(&pair->ends[PAIR_A].vips, 0, "10.3.0.1"));
	CHECK(online(pair, "four") == 1);
	pair_free(pair);
}

static struct conn *another(struct pair *pair, const char *name, const char *id)
{
	struct conn *conn = client(pair, name, any4);
	struct err err;

	ident_free(&conn->local[0].id);
	CHECK(!ident_parse(&conn->local[0].id, id, &err));
	return conn;
}

/* The one that is offline longest loses it to who comes new. */
static void reassigned(void)
{
	struct engine_pick pick = { .ike = "net" };
	struct pair *pair = pair_with(any4, pool4);
	struct pair_end *a = &pair->ends[PAIR_A];

	pair_load(pair, PAIR_A, another(pair, "two", "c.example"));
	pair_load(pair, PAIR_A, another(pair, "three", "d.example"));
	CHECK(pair_up(pair));
	pair_initiate(pair, PAIR_A, "two", "two");
	pair_settle(pair);
	CHECK(is_vip(&a->vips, 0, "10.3.0.2") && online(pair, "four") == 2);
	engine_terminate(a->engine, &pick, false, NULL, NULL);
	pair_settle(pair);
	pair_initiate(pair, PAIR_A, "three", "three");
	pair_settle(pair);
	CHECK(is_vip(&a->vips, 0, "10.3.0.1") && online(pair, "four") == 2);
	pair_free(pair);
}

static void exhausted(void)
{
	struct pair *pair = pair_with(any4, pool4);
	struct pair_end *a = &pair->ends[PAIR_A];

	pair_load(pair, PAIR_A, another(pair, "two", "c.example"));
	pair_load(pair, PAIR_A, another(pair, "three", "d.example"));
	CHECK(pair_up(pair));
	pair_initiate(pair, PAIR_A, "two", "two");
	pair_settle(pair);
	a->done = 0;
	pair_initiate(pair, PAIR_A, "three", "three");
	pair_settle(pair);
	CHECK(a->done == 1 && a->result);
	CHECK_TEXT(
		a->text,
		"child three: the peer answered INTERNAL_ADDRESS_FAILURE (36)");
	/* The IKE SA stays, and the others are as they were. */
	CHECK(pair_ikes(pair, PAIR_A, IKE_ESTABLISHED) == 3);
	CHECK(pair_ikes(pair, PAIR_B, IKE_ESTABLISHED) == 3);
	CHECK(pair_children(pair, PAIR_B, CHILD_INSTALLED) == 2);
	CHECK_TEXT(
		pair_why(pair, PAIR_B, "net"),
		"child refused: d.example asks for an inner address; pool four has none left");
	CHECK(pair_agrees(pair));
	/* Without an address there is no child later, either. */
	pair_initiate(pair, PAIR_A, "three", "three");
	pair_settle(pair);
	CHECK(pair_children(pair, PAIR_A, CHILD_INSTALLED) == 2);
	pair_free(pair);
}

static void names(void)
{
	static const uint8_t server4[] = { 10, 2, 0, 53 };
	struct pair *pair = pair_new();
	struct pool_conf *conf = pool("four", "10.3.0.1", 2);
	const struct pair_end *a = &pair->ends[PAIR_A];

	attribute(conf, CP_INTERNAL_IP4_DNS, server4, 4);
	attribute(conf, CP_INTERNAL_DNS_DOMAIN, "Example.ORG.", 12);
	load_pool(pair, conf);
	pair_load(pair, PAIR_A, client(pair, "net", any4));
	pair_load(pair, PAIR_B, server(pair, pool4));
	CHECK(pair_up(pair));
	CHECK(is_vip(&a->names.servers, 0, "10.2.0.53"));
	CHECK(a->names.n_domains == 1);
	CHECK_TEXT(a->names.domains[0], "example.org");
	pair_free(pair);
}

/* ------------------------------------------------------------ over its life */

static void rekeyed(void)
{
	struct pair *pair = pair_with(any4, pool4);
	const struct engine_pick all = { 0 }, net = { .child = "net" };
	unsigned int end;

	CHECK(pair_up(pair));
	for (end = PAIR_A; end <= PAIR_B; end++) {
		engine_rekey(pair->ends[end].engine, &all, false);
		pair_run(pair, 200 * 1000ULL);
		engine_rekey(pair->ends[!end].engine, &net, false);
		pair_run(pair, 200 * 1000ULL);
		CHECK(pair_agrees(pair));
		CHECK(is_vip(&pair_ike(pair, PAIR_A)->vips.local, 0,
			     "10.3.0.1"));
		CHECK(is_vip(&pair_ike(pair, PAIR_B)->vips.remote, 0,
			     "10.3.0.1"));
		CHECK(is_vip(&pair->ends[PAIR_A].vips, 0, "10.3.0.1"));
		CHECK(online(pair, "four") == 1);
		CHECK(has_ts(&pair_child_sa(pair, PAIR_A)->local_ts,
			     "10.3.0.1/32"));
	}
	engine_terminate(pair->ends[PAIR_B].engine, &all, false, NULL, NULL);
	pair_settle(pair);
	CHECK(!online(pair, "four") && !pair->ends[PAIR_A].vips.n);
	pair_free(pair);
}

static void reauthenticated(void)
{
	struct pair *pair = pair_with(any4, pool4);
	const struct engine_pick all = { 0 };

	CHECK(pair_up(pair));
	pair->lossless = true;
	engine_rekey(pair->ends[PAIR_A].engine, &all, true);
	pair_run(pair, 10 * 1000ULL);
	CHECK(pair_ikes(pair, PAIR_B, IKE_ESTABLISHED) == 1);
	CHECK(pair_agrees(pair) && !pair->lost);
	CHECK(is_vip(&pair->ends[PAIR_A].vips, 0, "10.3.0.1"));
	CHECK(pool_find(&pair->ends[PAIR_B].engine->pools, "four")->n == 1);
	CHECK(online(pair, "four") == 1);
	pair_free(pair);
}

static void crashes(void)
{
	struct pair *pair = pair_with(any4, pool4);
	struct ike_sa *sa;

	CHECK(pair_up(pair));
	/* A forgets everything, and comes from another port. */
	engine_enter(pair->ends[PAIR_A].engine);
	sa = pair_ike(pair, PAIR_A);
	ike_sa_remove(sa, "crash");
	engine_leave(pair->ends[PAIR_A].engine);
	pair->ends[PAIR_A].done = 0;
	pair->ends[PAIR_A].behind_nat = true;
	pair->ends[PAIR_A].nat_addr = addr("203.0.113.7");
	CHECK(pair_up(pair));
	CHECK(is_vip(&pair->ends[PAIR_A].vips, 0, "10.3.0.1"));
	CHECK(online(pair, "four") == 1);
	pair_free(pair);
}

static bool lose_some(struct pair *pair, struct pair_packet *packet)
{
	(void)packet;
	return pair->hook_count++ % 3;
}

static void lossy(void)
{
	struct pair *pair = pair_with(any4, pool4);

	pair->hook = lose_some;
	pair_initiate(pair, PAIR_A, "net", "net");
	pair_run(pair, 60 * 1000ULL);
	CHECK(pair->ends[PAIR_A].done == 1 && !pair->ends[PAIR_A].result);
	CHECK(pool_find(&pair->ends[PAIR_B].engine->pools, "four")->n == 1);
	CHECK(pair_agrees(pair));
	pair_free(pair);
}

static void trapped(void)
{
	struct pair *pair = pair_new();
	struct conn *conn = client(pair, "net", any4);
	struct ts from = { .port_end = UINT16_MAX }, to = from;

	load_pool(pair, pool("four", "10.3.0.1", 2));
	conn->children->start = START_TRAP;
	pair_load(pair, PAIR_A, conn);
	pair_load(pair, PAIR_B, server(pair, pool4));
	CHECK(pair->ends[PAIR_A].n_traps == 1);
	from.start = from.end = pair->ends[PAIR_A].addr;
	to.start = to.end = addr("10.2.0.9");
	engine_acquire(pair->ends[PAIR_A].engine, "adit-net",
		       pair->ends[PAIR_A].traps[0].child, &from, &to);
	pair_settle(pair);
	CHECK(pair_children(pair, PAIR_A, CHILD_INSTALLED) == 1);
	CHECK(has_ts(&pair_child_sa(pair, PAIR_A)->local_ts, "10.3.0.1/32"));
	pair_free(pair);
}

/* ------------------------------------------------------------------ refused */

static void refused(struct pair *pair, const char *why_a, const char *why_b)
{
	pair_initiate(pair, PAIR_A, "net", "net");
	pair_settle(pair);
	CHECK(pair->ends[PAIR_A].done == 1 && pair->ends[PAIR_A].result);
	CHECK_TEXT(pair_why(pair, PAIR_A, "net"), why_a);
	CHECK_TEXT(pair_why(pair, PAIR_B, "net"), why_b);
	CHECK(pair_ikes(pair, PAIR_A, IKE_ESTABLISHED) == 1);
	CHECK(pair_ikes(pair, PAIR_B, IKE_ESTABLISHED) == 1);
	CHECK(!pair_installed(pair, PAIR_A) && !pair_installed(pair, PAIR_B));
	CHECK(!pair->ends[PAIR_A].vips.n);
	pair_free(pair);
}

static void no_pool(void)
{
	static const char *const missing[] = { "five", NULL };

	refused(pair_with(any4, no_pools),
		"child net: the peer answered INTERNAL_ADDRESS_FAILURE (36)",
		"child refused: a.example asks for an inner address; connection net has no pools");
	refused(pair_with(any4, missing),
		"child net: the peer answered INTERNAL_ADDRESS_FAILURE (36)",
		"child refused: a.example asks for an inner address; there is no pool 'five'");
	refused(pair_with(no_pools, pool4),
		"child net: the peer answered FAILED_CP_REQUIRED (37)",
		"child refused: the peer does not ask for an inner address, and connection net has pools");
}

static void childless(void)
{
	struct pair *pair = pair_new();
	struct conn *conn = client(pair, "net", any4);

	conn->childless = CHILDLESS_FORCE;
	load_pool(pair, pool("four", "10.3.0.1", 2));
	pair_load(pair, PAIR_A, conn);
	pair_load(pair, PAIR_B, server(pair, pool4));
	CHECK(pair_up(pair));
	CHECK(has_ts(&pair_child_sa(pair, PAIR_A)->local_ts, "10.3.0.1/32"));
	pair_free(pair);
}

/* ------------------------------------------------------------------ hostile */

/* What A makes of a responder that gives such an attribute instead. */
static struct pair *hostile(uint16_t type, const void *value, size_t len)
{
	struct pair *pair = pair_new();
	struct pool_conf *conf = pool("four", "10.3.0.1", 2);

	attribute(conf, type, value, len);
	load_pool(pair, conf);
	pair_load(pair, PAIR_A, client(pair, "net", any4));
	pair_load(pair, PAIR_B, server(pair, pool4));
	return pair;
}

static void hostile_attributes(void)
{
	static const struct {
		uint16_t type;
		const char *value;
		size_t len;
	} rows[] = {
		{ CP_INTERNAL_IP4_ADDRESS, "\x0a\x03\x00\x09", 4 },
		{ CP_INTERNAL_IP4_ADDRESS, "\x0a\x03\x00", 3 },
		{ CP_INTERNAL_IP6_ADDRESS,
		  "\xfd\x03\0\0\0\0\0\0\0\0\0\0\0\0\0\x09\x80", 17 },
		{ CP_INTERNAL_IP6_ADDRESS, "\xff", 1 },
		{ CP_INTERNAL_IP4_DNS, "\x7f\0\0\x01", 4 },
		{ CP_INTERNAL_IP4_DNS, "\xe0\0\0\x01", 4 },
		{ CP_INTERNAL_IP4_DNS, "\x0a", 1 },
		{ CP_INTERNAL_IP4_DNS, "", 0 },
		{ CP_INTERNAL_IP6_DNS, "\xfe\x80\0\0\0\0\0\0\0\0\0\0\0\0\0\x01",
		  16 },
		{ CP_INTERNAL_DNS_DOMAIN, "a\nnameserver 6.6.6.6", 20 },
		{ CP_INTERNAL_DNS_DOMAIN, "-rf", 3 },
		{ CP_INTERNAL_DNS_DOMAIN, "a..b", 4 },
		{ CP_INTERNAL_DNS_DOMAIN, ".", 1 },
		{ CP_INTERNAL_DNSSEC_TA, "\0\1\2", 3 },
		{ 0x7fff, "whatever", 8 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct pair *pair =
			hostile(rows[i].type, rows[i].value, rows[i].len);
		const struct pair_end *a = &pair->ends[PAIR_A];

		CHECK_ROW(pair_up(pair), nth(i));
		CHECK_ROW(a->vips.n == 1, nth(i));
		CHECK_ROW(is_vip(&a->vips, 0, "10.3.0.1"), nth(i));
		CHECK_ROW(!a->names.servers.n && !a->names.n_domains, nth(i));
		pair_free(pair);
	}
}

/* Addresses that would cut us off, or that no host has. */
static void hostile_addresses(void)
{
	static const char *const rows[] = { "127.0.0.1", "224.0.0.5",
					    "255.255.255.255", "0.0.0.9" };
	struct pair *pair;
	char gateway[ADDR_TEXT_SIZE];

	for (size_t i = 0; i <= ARRAY_SIZE(rows); i++) {
		pair = pair_new();
		addr_digits(&pair->ends[PAIR_B].addr, gateway);
		load_pool(pair,
			  pool("four", i < ARRAY_SIZE(rows) ? rows[i] : gateway,
			       1));
		pair_load(pair, PAIR_A, client(pair, "net", any4));
		pair_load(pair, PAIR_B, server(pair, pool4));
		pair_initiate(pair, PAIR_A, "net", "net");
		pair_settle(pair);
		CHECK_ROW(!pair->ends[PAIR_A].vips.n, nth(i));
		CHECK_ROW(!pair_installed(pair, PAIR_A), nth(i));
		CHECK_ROW(!pair_installed(pair, PAIR_B), nth(i));
		CHECK_TEXT(
			pair_why(pair, PAIR_A, "net"),
			"child net: the peer gave no inner address, and we asked for one");
		pair_free(pair);
	}
}

static void many_attributes(void)
{
	struct pair *pair = pair_new();
	struct pool_conf *conf = pool("four", "10.3.0.1", 2);
	const struct pair_end *a = &pair->ends[PAIR_A];

	for (unsigned int i = 0; i < POOL_ATTRIBUTES_MAX; i++) {
		const uint8_t server4[] = { 10, 2, 0, (uint8_t)(1 + i) };
		char domain[16];

		snprintf(domain, sizeof(domain), "d%u.org", i);
		if (i % 2)
			attribute(conf, CP_INTERNAL_IP4_DNS, server4, 4);
		else
			attribute(conf, CP_INTERNAL_DNS_DOMAIN, domain,
				  strlen(domain));
	}
	load_pool(pair, conf);
	pair_load(pair, PAIR_A, client(pair, "net", any4));
	pair_load(pair, PAIR_B, server(pair, pool4));
	CHECK(pair_up(pair));
	CHECK(a->names.servers.n == VIPS_MAX);
	CHECK(a->names.n_domains == DOMAINS_MAX);
	pair_free(pair);
}

/* A that asks for more than there is: it gets no more than a few. */
static void greedy(void)
{
	static const char *const many[] = { "0.0.0.0", "0.0.0.0", "0.0.0.0",
					    "0.0.0.0", NULL };
	struct pair *pair = pair_with(many, pool4);
	const struct engine_pick all = { 0 };

	CHECK(pair_up(pair));
	CHECK(pair->ends[PAIR_A].vips.n == 2 && online(pair, "four") == 2);
	engine_terminate(pair->ends[PAIR_A].engine, &all, false, NULL, NULL);
	pair_settle(pair);
	CHECK(!online(pair, "four"));
	pair_free(pair);
}

/* -------------------------------------------------------------------- pools */

static void pools_change(void)
{
	struct pair *pair = pair_with(any4, pool4);
	struct engine *b = pair->ends[PAIR_B].engine;
	const struct engine_pick all = { 0 };
	struct err err;

	CHECK(pair_up(pair));
	CHECK(engine_pool_add(b, pool("four", "10.4.0.1", 2), &err));
	CHECK(engine_pool_remove(b, "four", &err));
	CHECK_TEXT(err.text, "pool 'four': 1 of its addresses are in use");
	/* Only what is told with them. */
	CHECK(!engine_pool_add(b, pool("four", "10.3.0.1", 2), &err));
	CHECK(online(pair, "four") == 1);
	engine_terminate(pair->ends[PAIR_A].engine, &all, false, NULL, NULL);
	pair_settle(pair);
	CHECK(!engine_pool_add(b, pool("four", "10.4.0.1", 2), &err));
	CHECK(!engine_pool_remove(b, "four", &err));
	CHECK(engine_pool_remove(b, "four", &err));
	pair_free(pair);
}

static void domains(void)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{ "example.org", "example.org" },
		{ "EXAMPLE.org.", "example.org" },
		{ "_tcp.a-b.c", "_tcp.a-b.c" },
		{ "", NULL },
		{ "a b", NULL },
		{ ".a", NULL },
		{ "a\"b", NULL },
		{ "..", NULL },
	};
	char out[DOMAIN_SIZE], longest[300];

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		bool good = domain_read(span_of_text(rows[i].text), out);

		CHECK_ROW(good == !!rows[i].want, nth(i));
		if (good && rows[i].want)
			CHECK_TEXT(out, rows[i].want);
	}
	memset(longest, 'a', sizeof(longest));
	CHECK(!domain_read(span_of(longest, 64), out));
	for (size_t i = 63; i < sizeof(longest); i += 64)
		longest[i] = '.';
	CHECK(domain_read(span_of(longest, 253), out));
	CHECK(!domain_read(span_of(longest, 254), out));
}

static const struct tap_test tests[] = {
	{ "an IPv4 address", ipv4 },
	{ "an IPv6 address", ipv6 },
	{ "of both families", both_families },
	{ "of one family, where both were asked for", one_of_two },
	{ "the same again after reconnecting", again },
	{ "of who is offline longest", reassigned },
	{ "a pool that has none left", exhausted },
	{ "name servers and domains", names },
	{ "inherited when all is rekeyed", rekeyed },
	{ "and when it is authenticated once more", reauthenticated },
	{ "a client that crashed gets the same", crashes },
	{ "on a path that loses every third packet", lossy },
	{ "on demand", trapped },
	{ "no pools, no such pool, nothing asked for", no_pool },
	{ "without a child at first", childless },
	{ "hostile attributes", hostile_attributes },
	{ "hostile addresses", hostile_addresses },
	{ "more attributes than are taken", many_attributes },
	{ "more addresses asked for than there are", greedy },
	{ "pools that are changed and removed", pools_change },
	{ "names of domains", domains },
};

TAP_MAIN(tests)
