// SPDX-License-Identifier: GPL-2.0-or-later
/* Messages between processes: what comes out is what went in, or nothing. */
#include "../proc/msg.h"

#include <linux/adit.h>
#include <stdlib.h>

#include "../../lib/vici.h"
#include "../../tests/tap.h"
#include "../proto/v2.h"

static const struct addr v4_a = { 4, { 192, 0, 2, 1 } };
static const struct addr v4_b = { 4, { 192, 0, 2, 2 } };
static const struct addr v6 = { 16, { 0x20, 1, 0xd, 0xb8 } };

/* Encode, look at the header, decode; -1 if either refuses. */
static int pass(enum msg_type type, const void *msg, struct buf *buf,
		union msg_any *out, struct err *err)
{
	unsigned int got;
	size_t len;

	if (msg_encode(buf, type, msg, err))
		return -1;
	CHECK(msg_header(buf_span(buf), &got, &len));
	CHECK(got == type);
	CHECK(len == buf->len - MSG_HEADER_LEN);
	return msg_decode(type, span_of(buf->data + MSG_HEADER_LEN, len), out,
			  err);
}

static bool passes(enum msg_type type, const void *msg)
{
	union msg_any *out = malloc(sizeof(*out));
	struct buf buf = BUF_INIT;
	struct err err;
	int rc = pass(type, msg, &buf, out, &err);

	free(out);
	buf_free(&buf);
	return rc == 0;
}

static void packet(void)
{
	static const uint8_t octets[] = { 1, 2, 3 };
	struct msg_packet msg = {
		.path = { v4_a, v4_b, 500, 4500, 7, true, false },
		.message = SPAN(octets),
	};
	struct buf buf = BUF_INIT;
	static union msg_any out;
	struct err err;

	CHECK(!pass(MSG_SEND, &msg, &buf, &out, &err));
	CHECK(!addr_compare(&out.packet.path.local, &v4_a));
	CHECK(!addr_compare(&out.packet.path.remote, &v4_b));
	CHECK(out.packet.path.remote_port == 4500);
	CHECK(out.packet.path.socket == 7);
	CHECK(out.packet.path.marker && !out.packet.path.tcp);
	CHECK(span_equal(out.packet.message, msg.message));
	buf_free(&buf);
	msg.path.local = v6;
	CHECK(!passes(MSG_SEND, &msg));
	msg.path.local = (struct addr){ 0 };
	CHECK(passes(MSG_SEND, &msg));
	msg.path.remote_port = 0;
	CHECK(!passes(MSG_SEND, &msg));
}

static struct child_conf conf = {
	.life_bytes = 1000,
	.replay_window = 64,
	.sha256_96 = true,
};
static struct ts_list ts = {
	.n = 1,
	.ts = { { .start = { 4, { 10, 0, 0, 0 } },
		  .end = { 4, { 10, 0, 0, 255 } },
		  .port_end = 65535 } },
};
static const uint8_t key[] = { 9, 8, 7, 6 };

static struct env_child sample_child(void)
{
	return (struct env_child){
		.interface = "vpn0",
		.peer = 1,
		.child = 2,
		.path = { v4_a, v4_b, 4500, 4500, 2, true, false },
		.encap = ENCAP_UDP,
		.conf = &conf,
		.mode = MODE_TUNNEL,
		.protocol = PROTOCOL_ESP,
		.spi_in = 0x1000,
		.spi_out = 0xfffffffe,
		.encr = 20,
		.encr_bits = 256,
		.esn = true,
		.encr_key_in = SPAN(key),
		.encr_key_out = SPAN(key),
		.local_ts = &ts,
		.remote_ts = &ts,
		.cookie = 77,
	};
}

static bool child_passes(const struct env_child *child)
{
	struct msg_child msg;

	msg_child_of(&msg, child, INSTALL_OUT, true);
	return passes(MSG_CHILD_INSTALL, &msg);
}

static void child(void)
{
	struct env_child in = sample_child();
	struct buf buf = BUF_INIT;
	struct msg_child msg;
	static union msg_any out;
	struct err err;

	msg_child_of(&msg, &in, INSTALL_OUT, true);
	CHECK(!pass(MSG_CHILD_INSTALL, &msg, &buf, &out, &err));
	CHECK(out.child.how == INSTALL_OUT && out.child.whole);
	CHECK_TEXT(out.child.child.interface, "vpn0");
	CHECK(out.child.child.spi_out == 0xfffffffe);
	CHECK(out.child.child.encap == ENCAP_UDP);
	CHECK(out.child.child.esn);
	CHECK(out.child.child.conf->life_bytes == 1000);
	CHECK(out.child.child.conf->replay_window == 64);
	CHECK(out.child.child.conf->sha256_96);
	CHECK(span_equal(out.child.child.encr_key_out, in.encr_key_out));
	CHECK(!addr_compare(&out.child.child.remote_ts->ts[0].end,
			    &ts.ts[0].end));
	CHECK(out.child.child.cookie == 77);
	buf_free(&buf);
}

/* Each of these is one value that the kernel must never be asked for. */
static void child_refused(void)
{
	static uint8_t long_key[ADIT_MAX_KEY_LEN + 1];
	struct env_child c;

#define REFUSED(change)                   \
	do {                              \
		c = sample_child();       \
		change;                   \
		CHECK(!child_passes(&c)); \
	} while (0)
	c = sample_child();
	CHECK(child_passes(&c));
	REFUSED(c.interface = "");
	REFUSED(c.interface = "../etc/passwd");
	REFUSED(c.interface = "sixteen-letters-");
	REFUSED(c.interface = "a b");
	REFUSED(c.interface = "-rf");
	REFUSED(c.interface = "..");
	REFUSED(c.peer = 0);
	REFUSED(c.child = 0);
	REFUSED(c.encap = 99);
	REFUSED(c.mode = 7);
	REFUSED(c.protocol = PROTOCOL_IKE);
	REFUSED(c.spi_in = 255);
	REFUSED(c.spi_out = 1);
	REFUSED(c.path.remote = v6);
	REFUSED(c.encr_key_in = SPAN(long_key));
#undef REFUSED
}

static void selectors(void)
{
	struct env_child c = sample_child();
	struct ts_list bad = ts, opaque = ts;

	c.remote_ts = &bad;
	CHECK(child_passes(&c));
	bad.ts[0].end = v6;
	CHECK(!child_passes(&c));
	bad = ts;
	bad.ts[0].start.octets[3] = 255;
	bad.ts[0].end.octets[3] = 1;
	CHECK(!child_passes(&c));
	bad = ts;
	bad.ts[0].port_start = 90;
	bad.ts[0].port_end = 80;
	CHECK(!child_passes(&c));
	opaque.ts[0].port_start = 65535;
	opaque.ts[0].port_end = 0;
	c.remote_ts = &opaque;
	CHECK(child_passes(&c));
	opaque.n = TS_MAX + 1;
	CHECK(!child_passes(&c));
}

static void auth(void)
{
	static uint8_t name[] = "a.example", octets[200] = { 5 };
	static char *files[] = { (char *)"a.pem", (char *)"b.pem" };
	struct conf_round round = {
		.auth = AUTH_WITH_PUBKEY,
		.method = (char *)"pubkey",
		.certs = { 2, files },
		.ask_eap_id = true,
	};
	struct conn conn = { .name = (char *)"home" };
	const struct ident id = { 2, sizeof(name) - 1, name };
	const struct span certs[] = { SPAN(octets), SPAN(key) };
	const struct env_auth in = {
		.cookie = 5,
		.eap = EAP_SERVER,
		.session = 8,
		.packet = SPAN(key),
		.verify = true,
		.conn = &conn,
		.round = &round,
		.local = &id,
		.remote = &id,
		.octets = SPAN(octets),
		.certs = certs,
		.n_certs = 2,
	};
	static struct msg_auth msg;
	struct buf buf = BUF_INIT;
	static union msg_any out;
	const struct env_auth *got = &out.auth.auth;
	struct err err;

	msg_auth_of(&msg, &in);
	CHECK(!pass(MSG_AUTH, &msg, &buf, &out, &err));
	CHECK(got->cookie == 5 && got->verify);
	CHECK(got->eap == EAP_SERVER && got->session == 8 &&
	      got->round->ask_eap_id && span_equal(got->packet, SPAN(key)));
	CHECK_TEXT(got->conn->name, "home");
	CHECK(got->round->auth == AUTH_WITH_PUBKEY);
	CHECK_TEXT(got->round->method, "pubkey");
	CHECK(got->round->certs.n == 2);
	CHECK_TEXT(got->round->certs.texts[1], "b.pem");
	CHECK(got->remote->type == 2 && got->remote->len == 9);
	CHECK(!memcmp(got->remote->data, name, 9));
	CHECK(got->n_certs == 2 && span_equal(got->certs[1], SPAN(key)));
	buf_free(&buf);
	msg.auth.certreqs = span_of(octets, 30);
	CHECK(!passes(MSG_AUTH, &msg));
	msg.auth.certreqs.len = 20;
	CHECK(passes(MSG_AUTH, &msg));
	msg.auth.eap = (enum env_eap)(EAP_END + 1);
	CHECK(!passes(MSG_AUTH, &msg));
}

static void fetched(void)
{
	static uint8_t much[MSG_FETCH_MAX + 1];
	struct msg_fetch ask = { .cookie = 1,
				 .uri = "http://a/",
				 .type = "a/b",
				 .post = SPAN(key),
				 .max = 10 };
	struct msg_fetched got = { .cookie = 1,
				   .good = true,
				   .text = "",
				   .octets = span_of(much, MSG_FETCH_MAX) };
	struct buf buf = BUF_INIT;
	static union msg_any out;
	struct err err;

	CHECK(!pass(MSG_FETCH, &ask, &buf, &out, &err));
	CHECK_TEXT(out.fetch.uri, "http://a/");
	CHECK(span_equal(out.fetch.post, SPAN(key)) && out.fetch.max == 10);
	buf_free(&buf);
	ask.max = MSG_FETCH_MAX + 1;
	CHECK(!passes(MSG_FETCH, &ask));
	ask.max = 1;
	ask.uri = "http://a/\x1b";
	CHECK(!passes(MSG_FETCH, &ask));
	CHECK(!pass(MSG_FETCHED, &got, &buf, &out, &err));
	CHECK(out.fetched.good && out.fetched.octets.len == MSG_FETCH_MAX);
	buf_free(&buf);
	got.octets.len++;
	CHECK(!passes(MSG_FETCHED, &got));
	CHECK(msg_check_header(MSG_FETCH, 10, ROLE_IKE, ROLE_NET, &err));
	CHECK(msg_check_header(MSG_FETCHED, 10, ROLE_NET, ROLE_IKE, &err));
}

static void ppk(void)
{
	static uint8_t keys[200];
	struct msg_ppk msg = {
		.ppk = {
			.cookie = 7,
			.id = span_of_text("p"),
			.prf = 5,
			.keys = span_of(keys, 96),
		},
	};
	struct buf buf = BUF_INIT;
	static union msg_any out;
	struct err err;

	CHECK(!pass(MSG_PPK, &msg, &buf, &out, &err));
	CHECK(out.ppk.ppk.cookie == 7 && out.ppk.ppk.prf == 5);
	CHECK(span_equal(out.ppk.ppk.id, msg.ppk.id));
	CHECK(span_equal(out.ppk.ppk.keys, msg.ppk.keys));
	buf_free(&buf);
	msg.ppk.keys.len = sizeof(keys);
	CHECK(!passes(MSG_PPK, &msg));
	CHECK(msg_check_header(MSG_PPK, 10, ROLE_KEYS, ROLE_IKE, &err));
	CHECK(msg_check_header(MSG_PPK, 10, ROLE_NET, ROLE_KEYS, &err));
}

static void auth_done(void)
{
	const struct span certs[] = { SPAN(key) };
	const struct env_auth_reply in = {
		.good = true,
		.method = 14,
		.auth = SPAN(key),
		.certs = certs,
		.n_certs = 1,
		.packet = SPAN(key),
		.eap_done = true,
		.eap_id = "carol",
	};
	static struct msg_auth_done msg;
	struct buf buf = BUF_INIT;
	static union msg_any out;
	struct err err;

	msg_auth_done_of(&msg, 9, &in);
	CHECK(!pass(MSG_AUTH_DONE, &msg, &buf, &out, &err));
	CHECK(out.auth_done.cookie == 9);
	CHECK(out.auth_done.reply.good && out.auth_done.reply.method == 14);
	CHECK(out.auth_done.reply.n_certs == 1);
	CHECK(span_equal(out.auth_done.reply.certs[0], SPAN(key)));
	CHECK_TEXT(out.auth_done.reply.text, "");
	CHECK(out.auth_done.reply.eap_done &&
	      span_equal(out.auth_done.reply.packet, SPAN(key)));
	CHECK_TEXT(out.auth_done.reply.eap_id, "carol");
	buf_free(&buf);
}

static void resolve(void)
{
	static char *words[] = { (char *)"a.example", (char *)"192.0.2.9" };
	const struct conn conn = { .remote_addrs = { 2, words } };
	struct msg_resolved answer = { 3, v4_a, 2, { v4_b, v6 }, "" };
	struct msg_resolve msg;
	struct buf buf = BUF_INIT;
	static union msg_any out;
	struct err err;

	msg_resolve_of(&msg, &conn, 3);
	CHECK(!pass(MSG_RESOLVE, &msg, &buf, &out, &err));
	CHECK(out.resolve.n_local == 0 && out.resolve.n_remote == 2);
	CHECK_TEXT(out.resolve.remote[1], "192.0.2.9");
	buf_free(&buf);
	CHECK(!pass(MSG_RESOLVED, &answer, &buf, &out, &err));
	CHECK(out.resolved.n == 2);
	CHECK(!addr_compare(&out.resolved.remotes[1], &v6));
	buf_free(&buf);
	answer.remotes[1].len = 0;
	CHECK(!passes(MSG_RESOLVED, &answer));
}

static void inner_addresses(void)
{
	static struct vip_names names = {
		.servers = { 1, { { 4, { 10, 2, 0, 53 } } } },
		.n_domains = 1,
		.domains = { "example.org" },
	};
	struct env_inner from = {
		.interface = "adit-net",
		.peer = 7,
		.vips = { 1, { { 4, { 10, 3, 0, 1 } } } },
		.names = &names,
	};
	struct buf buf = BUF_INIT;
	struct msg_inner msg;
	union msg_any out;
	struct err err;

	memset(&out, 0, sizeof(out));
	msg_inner_of(&msg, &from);
	if (!CHECK(!pass(MSG_INNER, &msg, &buf, &out, &err)))
		return;
	CHECK(out.inner.peer == 7 && out.inner.vips.n == 1);
	CHECK(!addr_compare(&out.inner.servers.list[0],
			    &names.servers.list[0]));
	CHECK(out.inner.n_domains == 1);
	CHECK_TEXT(out.inner.domains[0], "example.org");
	buf_free(&buf);
	msg.domains[0] = "a\nnameserver 10.6.6.6";
	CHECK(!passes(MSG_INNER, &msg));
	msg.domains[0] = "-x";
	CHECK(!passes(MSG_INNER, &msg));
	msg.n_domains = 0;
	CHECK(passes(MSG_INNER, &msg));
	msg.servers.list[0].octets[0] = 127;
	CHECK(!passes(MSG_INNER, &msg));
	msg.servers.n = 0;
	msg.vips.list[0].octets[0] = 224;
	CHECK(!passes(MSG_INNER, &msg));
}

static void tcp(void)
{
	struct msg_tcp_connect connect = {
		7,
		{ .remote = v4_b, .remote_port = 443, .tcp = true },
		"http://p"
	};
	const struct msg_tcp_listen listen = { 2, { 4500, 443 } };
	const struct msg_tcp_listen nowhere = { 1, { 0 } };
	struct msg_tcp_open open = { .cookie = 7,
				     .path = { .remote = v4_b,
					       .remote_port = 443,
					       .socket = 1001,
					       .tcp = true } };
	const struct msg_tcp_closed closed = { 0, 1001, "it ended" };
	struct buf buf = BUF_INIT;
	union msg_any out;
	struct err err;

	memset(&out, 0, sizeof(out));
	if (!CHECK(!pass(MSG_TCP_CONNECT, &connect, &buf, &out, &err)))
		return;
	CHECK(out.tcp_connect.cookie == 7 && out.tcp_connect.path.tcp);
	CHECK(out.tcp_connect.proxy &&
	      strcmp(out.tcp_connect.proxy, "http://p") == 0);
	buf_free(&buf);
	connect.path.remote_port = 0;
	CHECK(!passes(MSG_TCP_CONNECT, &connect));
	CHECK(!pass(MSG_TCP_LISTEN, &listen, &buf, &out, &err));
	CHECK(out.tcp_listen.n == 2 && out.tcp_listen.ports[1] == 443);
	buf_free(&buf);
	CHECK(!passes(MSG_TCP_LISTEN, &nowhere));
	CHECK(passes(MSG_TCP_OPEN, &open));
	open.path.socket = 0;
	CHECK(!passes(MSG_TCP_OPEN, &open));
	CHECK(!pass(MSG_TCP_CLOSED, &closed, &buf, &out, &err));
	CHECK(out.tcp_closed.socket == 1001);
	CHECK_TEXT(out.tcp_closed.text, "it ended");
	buf_free(&buf);
}

static void events(void)
{
	const struct msg_acquire acquire = { "vpn0", 3, ts, ts };
	const struct msg_expire early = { 255, true, false };
	struct msg_expire expire = { 0x100, true, false };
	struct msg_peer peer = {
		.interface = "vpn0",
		.peer = 1,
		.path = { .remote = v6, .remote_port = 9 },
		.encap = ENCAP_UDP,
	};

	struct msg_unknown_spi unknown = {
		.path = { .local = v6, .remote = v6 },
		.protocol = PROTOCOL_ESP,
		.spi = 0x100,
	};

	CHECK(passes(MSG_UNKNOWN_SPI, &unknown));
	unknown.protocol = PROTOCOL_IKE;
	CHECK(!passes(MSG_UNKNOWN_SPI, &unknown));
	unknown.protocol = PROTOCOL_AH;
	unknown.path.remote.len = 0;
	CHECK(!passes(MSG_UNKNOWN_SPI, &unknown));
	CHECK(passes(MSG_ACQUIRE, &acquire));
	CHECK(passes(MSG_EXPIRE, &expire));
	CHECK(!passes(MSG_EXPIRE, &early));
	CHECK(passes(MSG_MOVED, &peer));
	CHECK(passes(MSG_PEER_REMOVE, &peer));
	peer.peer = 0;
	CHECK(!passes(MSG_PEER_MOVE, &peer));
}

static void network(void)
{
	static const uint8_t secret[ENGINE_SECRET_LEN] = { 1 };
	struct msg_route route = { .cookie = 7,
				   .n = 2,
				   .pairs = { { .remote = v6 },
					      { v4_a, v4_b } } };
	struct msg_network now = { .n = 2, .addrs = { v4_a, v6 } };
	const struct msg_secret long_lived = { SPAN(secret) };
	struct buf buf = BUF_INIT;
	union msg_any out = { 0 };
	struct err err;

	CHECK(!pass(MSG_ROUTE, &route, &buf, &out, &err));
	CHECK(out.route.n == 2 && !out.route.pairs[0].local.len);
	CHECK(addr_compare(&out.route.pairs[1].remote, &v4_b) == 0);
	buf_free(&buf);
	CHECK(passes(MSG_ROUTED, &route));
	route.pairs[0].local = v4_a;
	CHECK(!passes(MSG_ROUTE, &route));
	route.pairs[0] = (struct env_pair){ 0 };
	CHECK(!passes(MSG_ROUTED, &route));
	CHECK(passes(MSG_NETWORK, &now));
	now.addrs[1].len = 0;
	CHECK(!passes(MSG_NETWORK, &now));
	CHECK(passes(MSG_SECRET, &long_lived));
}

static void counters(void)
{
	static struct msg_counters_are msg = { .cookie = 1, .more = true };
	struct buf buf = BUF_INIT;
	static union msg_any out;
	struct err err;

	msg.n = MSG_COUNTERS_MAX;
	for (size_t i = 0; i < msg.n; i++)
		msg.counters[i] = (struct msg_counter){
			"fifteen-letters", 1, 0x100 + (uint32_t)i, true, i, 2,
			UINT64_MAX,
		};
	CHECK(!pass(MSG_COUNTERS_ARE, &msg, &buf, &out, &err));
	CHECK(out.counters_are.n == MSG_COUNTERS_MAX);
	CHECK(out.counters_are.counters[100].bytes == 100);
	CHECK(out.counters_are.counters[100].idle_seconds == UINT64_MAX);
	buf_free(&buf);
}

static void settings(void)
{
	struct setting *root =
		setting_new(NULL, SETTING_SECTION, NULL, span_of(NULL, 0));
	struct msg_settings msg = { .cookie = 4 };
	struct setting *tree = NULL;
	struct buf inner = BUF_INIT, buf = BUF_INIT;
	static union msg_any out;
	struct span name;
	struct err err;

	setting_new(root, SETTING_VALUE, "data", SPAN(key));
	vici_encode(&inner, VICI_CMD_REQUEST, "load-key", root);
	msg.packet = span_of(inner.data + 4, inner.len - 4);
	CHECK(!pass(MSG_SETTINGS, &msg, &buf, &out, &err));
	CHECK(!msg_settings_read(&out.settings, &name, &tree, &err));
	CHECK(span_equal(name, span_of_text("load-key")));
	CHECK(tree && setting_find(tree, "data"));
	setting_free(tree);
	inner.data[4] = VICI_CMD_RESPONSE;
	CHECK(msg_settings_read(&msg, &name, &tree, &err));
	CHECK(!tree);
	setting_free(root);
	buf_free(&inner);
	buf_free(&buf);
}

static void texts(void)
{
	struct msg_log msg = { LEVEL_INFO, "home", "all is well" };

	CHECK(passes(MSG_LOG, &msg));
	msg.text = "two\nlines";
	CHECK(passes(MSG_LOG, &msg));
	msg.text = "\033[2J";
	CHECK(!passes(MSG_LOG, &msg));
	msg.text = NULL;
	CHECK(passes(MSG_LOG, &msg));
	msg.level = MSG_LEVEL_MAX + 1;
	CHECK(!passes(MSG_LOG, &msg));
}

/* Who may say what to whom. */
static void directions(void)
{
	struct err err;

	CHECK(!msg_check_header(MSG_CHILD_INSTALL, 10, ROLE_IKE, ROLE_NET,
				&err));
	CHECK(msg_check_header(MSG_CHILD_INSTALL, 10, ROLE_KEYS, ROLE_NET,
			       &err));
	CHECK(msg_check_header(MSG_INPUT, 10, ROLE_IKE, ROLE_NET, &err));
	CHECK(msg_check_header(MSG_AUTH, 10, ROLE_KEYS, ROLE_IKE, &err));
	CHECK(msg_check_header(MSG_AUTH_DONE, 10, ROLE_IKE, ROLE_KEYS, &err));
	CHECK(msg_check_header(MSG_CLOSED, 1, ROLE_IKE, ROLE_NET, &err));
	CHECK(msg_check_header(0, 0, ROLE_IKE, ROLE_NET, &err));
	CHECK(msg_check_header(MSG_TYPES, 0, ROLE_IKE, ROLE_NET, &err));
	CHECK(msg_check_header(UINT32_MAX, 0, ROLE_IKE, ROLE_NET, &err));
	CHECK(msg_check_header(MSG_SEND, SIZE_MAX, ROLE_IKE, ROLE_NET, &err));
}

/* What is cut anywhere, or too long, is refused. */
static void cuts(void)
{
	struct env_child in = sample_child();
	struct buf buf = BUF_INIT;
	static union msg_any out;
	struct msg_child msg;
	struct err err;
	size_t len;

	msg_child_of(&msg, &in, INSTALL_BOTH, false);
	CHECK(!msg_encode(&buf, MSG_CHILD_INSTALL, &msg, &err));
	len = buf.len - MSG_HEADER_LEN;
	for (size_t i = 0; i < len; i++) {
		uint8_t *copy = malloc(i + 1);

		memcpy(copy, buf.data + MSG_HEADER_LEN, i);
		CHECK(msg_decode(MSG_CHILD_INSTALL, span_of(copy, i), &out,
				 &err));
		free(copy);
	}
	buf_add_u8(&buf, 0);
	CHECK(msg_decode(MSG_CHILD_INSTALL,
			 span_of(buf.data + MSG_HEADER_LEN, len + 1), &out,
			 &err));
	buf_free(&buf);
}

/* What has no memory for more proposals than it has is not copied whole. */
static void short_ones(void)
{
	static struct msg_auth auth_msg;
	static struct msg_child child_msg;
	struct conn *conn = calloc(1, sizeof(*conn));
	struct child_conf *short_child = calloc(1, sizeof(*short_child));

	CHECK(conn && short_child);
	if (!conn || !short_child)
		abort();
	conn->refs = 1;
	conn->name = strdup("home");
	short_child->name = strdup("net");
	short_child->life_time = 7;
	conn->children = child_conf_keep(short_child);
	conn = conn_keep(conn);
	msg_auth_of(&auth_msg, &(struct env_auth){ .conn = conn,
						   .round = &conn->local[0] });
	CHECK(auth_msg.conn.name == conn->name);
	msg_child_of(&child_msg, &(struct env_child){ .conf = conn->children },
		     INSTALL_BOTH, false);
	CHECK(child_msg.conf.life_time == 7);
	conn_put(conn);
}

static const struct tap_test tests[] = {
	{ "packet", packet },
	{ "child", child },
	{ "child_refused", child_refused },
	{ "selectors", selectors },
	{ "auth", auth },
	{ "what is fetched", fetched },
	{ "ppk", ppk },
	{ "auth_done", auth_done },
	{ "resolve", resolve },
	{ "inner addresses and name servers", inner_addresses },
	{ "TCP connections", tcp },
	{ "events", events },
	{ "ways, addresses, the secret", network },
	{ "counters", counters },
	{ "settings", settings },
	{ "texts", texts },
	{ "directions", directions },
	{ "cuts", cuts },
	{ "connections with few proposals", short_ones },
};

TAP_MAIN(tests)
