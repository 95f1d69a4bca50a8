// SPDX-License-Identifier: GPL-2.0-or-later
/* Options of connections, what is read of them and what is refused. */
#include "../conf/conn.h"

#include <stdlib.h>

#include "../../tests/tap.h"
#include "../conf/option.h"
#include "conf_show.h"

/* The first section of the text. */
static struct conn *read_text(const char *text, struct err *err)
{
	struct setting *root = parse_settings(text, err);
	struct conn *conn = NULL;

	if (root && conf_conn_read(root->first, &conn, err))
		conn = NULL;
	setting_free(root);
	return conn;
}

static void defaults(void)
{
	struct err err;
	struct conn *conn = read_text("home { children { net { } } }", &err);
	const struct child_conf *child;

	if (!CHECK(conn)) {
		printf("# %s\n", err.text);
		return;
	}
	child = conn_child(conn, "net");
	CHECK_TEXT(conn->name, "home");
	CHECK_TEXT(conn->interface, "");
	CHECK(conn->version == 0 && conn->local_port == 500 &&
	      conn->remote_port == 500);
	CHECK(conn->local_addrs.n == 1 && conn->remote_addrs.n == 1);
	CHECK_TEXT(conn->remote_addrs.texts[0], "%any");
	CHECK(conn->proposals.n && conn->encap == ENCAP_AUTO);
	CHECK(!conn->tcp_ports.n && !conn->proxy && !conn->vips.n);
	CHECK(conn->mobike && conn->fragmentation == FRAG_YES &&
	      conn->childless == CHILDLESS_ALLOW && conn->unique == UNIQUE_NO &&
	      conn->keyingtries == 1);
	CHECK(conn->send_cert == SEND_CERT_IFASKED && conn->send_certreq);
	CHECK(!conn->dpd_delay && !conn->reauth_time &&
	      conn->rekey_time == 14400 && conn->over_time == 1440 &&
	      conn->rand_time == 1440);
	CHECK(conn->local_n == 1 && conn->local[0].auth == AUTH_WITH_PUBKEY);
	CHECK(conn->remote_n == 1 && conn->remote[0].id.type == IDENT_ANY);
	if (!CHECK(child && !conn_child(conn, "other")))
		return;
	CHECK(child->proposals.n && child->local_ts.n == 1 &&
	      child->local_ts.ts[0].dynamic && child->remote_ts.ts[0].dynamic);
	CHECK(child->rekey_time == 3600 && child->life_time == 3960 &&
	      child->rand_time == 360);
	CHECK(!child->rekey_bytes && !child->life_bytes && !child->rand_bytes);
	CHECK(child->mode == MODE_TUNNEL && child->dpd_action == DPD_CLEAR &&
	      child->start == START_NONE && child->replay_window == 4096 &&
	      child->copy_df && child->copy_dscp == COPY_DSCP_OUT);
	conn_put(conn);
}

static void values(void)
{
	static const char text[] =
		"home {\n"
		" version = 2\n remote_addrs = gw.example.org , 192.0.2.7\n local_addrs = ::1, 10.0.0.0/8, 192.0.2.1-192.0.2.9, %any, 4-2.org, fd00::/8, 0.0.0.0/0\n"
		" local_port = 4500\n remote_port = 1500\n keepalive = 1m\n proposals = aes256gcm16-prfsha384-ecp384, aes128-sha256-modp2048\n"
		" interface = adit7\n encap = tcp\n tcp_ports = 443\n"
		" proxy = http://u:p@proxy:3128\n vips = 0.0.0.0, ::\n dscp = 101110\n"
		" mobike = no\n dpd_delay = 30\n keyingtries = 0\n unique = replace\n"
		" reauth_time = 1d\n rand_time = 2 M\n fragmentation = accept\n"
		" local { auth = psk\n id = moon@example.org }\n"
		" remote-2 { auth = eap-mschapv2\n eap_id = carol\n round = 2 }\n"
		" remote-3 { auth = eap-dynamic\n eap_id = %any\n round = 3 }\n"
		" remote-1 { auth = ike:pubkey-sha384\n id = sun.example.org\n round = 1\n revocation = strict }\n"
		" children { a { local_ts = 10.1.0.0/16[tcp/80],10.3.0.0/24\n remote_ts = 10.2.0.0/16\n"
		"   start_action = trap|start\n close_action = restart\n dpd_action = restart\n"
		"   rekey_time = 10m\n rekey_bytes = 1G\n life_packets = 1000\n mode = transport\n"
		"   esp_proposals = aes128gcm16\n tfc_padding = mtu\n copy_dscp = yes\n policies = yes\n mark_in = 0\n hw_offload = auto }\n"
		"  b { ah_proposals = sha256-modp2048 } } }";
	struct err err;
	struct conn *conn = read_text(text, &err);
	const struct child_conf *a, *b;

	if (!CHECK(conn)) {
		printf("# %s\n", err.text);
		return;
	}
	CHECK(conn->local_addrs.n == 7 && conn->remote_addrs.n == 2);
	CHECK_TEXT(conn->remote_addrs.texts[0], "gw.example.org");
	CHECK_TEXT(conn->remote_addrs.texts[1], "192.0.2.7");
	CHECK(conn->version == 2 && conn->local_port == 4500 &&
	      conn->remote_port == 1500 && conn->keepalive == 60 &&
	      conn->proposals.n == 2 && conn->encap == ENCAP_TCP &&
	      conn->tcp_ports.n == 1 && conn->vips.n == 2 &&
	      conn->dscp == 0x2e && !conn->mobike && conn->dpd_delay == 30 &&
	      !conn->keyingtries && conn->unique == UNIQUE_REPLACE &&
	      conn->fragmentation == FRAG_ACCEPT);
	CHECK(conn->reauth_time == 86400 && !conn->rekey_time &&
	      conn->over_time == 8640 && conn->rand_time == 120);
	CHECK(conn->local[0].auth == AUTH_WITH_PSK && conn->remote_n == 3);
	CHECK_TEXT(conn->remote[0].method, "ike:pubkey-sha384");
	CHECK(conn->remote[0].revocation == REVOCATION_STRICT);
	CHECK(conn->remote[1].auth == AUTH_WITH_EAP &&
	      !conn->remote[1].ask_eap_id && !conn->remote[0].ask_eap_id);
	CHECK(conn->remote[2].auth == AUTH_WITH_EAP &&
	      conn->remote[2].ask_eap_id);
	a = conn_child(conn, "a");
	b = conn_child(conn, "b");
	CHECK(a->local_ts.n == 2 && a->start == (START_TRAP | START_START) &&
	      a->close_action == START_START && a->dpd_action == DPD_RESTART);
	CHECK(a->rekey_time == 600 && a->life_time == 660 &&
	      a->rand_time == 60);
	CHECK(a->rekey_bytes == 1ULL << 30 && a->life_packets == 1000 &&
	      a->rekey_packets == 909 && a->rand_packets == 91);
	CHECK(a->mode == MODE_TRANSPORT && a->proposals.n == 1 &&
	      a->tfc_padding == CONF_TFC_MTU && a->copy_dscp == 3);
	CHECK(b->proposals.n == 1);
	conn_put(conn);
}

static const struct {
	const char *text, *error;
} refusals[] = {
	{ "h {\n remote_adrs = 1.2.3.4 }",
	  "t:2: unknown option 'remote_adrs', did you mean 'remote_addrs'?" },
	{ "h {\n remote_add = 1.2.3.4 }",
	  "t:2: unknown option 'remote_add', did you mean 'remote_addrs'?" },
	{ "h { remote { id = a\n\n ath = psk } }",
	  "t:3: unknown option 'ath', did you mean 'auth'?" },
	{ "h { loacl { } }",
	  "t:1: unknown section 'loacl' in connections.<conn>, known are: local*, remote*, children" },
	{ "h { version { } }",
	  "t:1: 'version' is an option, write 'version = ...'" },
	{ "h { children = 3 }",
	  "t:1: unknown option 'children', did you mean 'childless'?" },
	{ "h { children { a = b } }",
	  "t:1: 'a' is no child, write 'a { ... }'" },
	{ "h { children { a { local_ts { } } } }",
	  "t:1: 'local_ts' is an option, write 'local_ts = ...'" },
	{ "h = 1", "t:1: 'h' is no connection, write 'h { ... }'" },
	{ "h {\nlocal_port = 1500 }",
	  "t:2: local_port: 1500 is none of 500 and 4500, which the daemon has; remote_port can be any" },
	{ "h {\nlocal_port = 4500 }",
	  "t:2: local_port: 4500 does not go with remote_port 500, where nobody expects the non-ESP marker (RFC 3948, 2.2); say remote_port = 4500, too" },
	{ "h {\nkeepalive = 2h }", "t:2: keepalive: at most 3600 s" },
	{ "h {\nremote_addrs = fe80::1%eth0 }",
	  "t:2: remote_addrs: 'fe80::1%eth0' is of one link only, which the underlay's routes do not know; give the hosts other addresses, as fd00::1" },
	{ "h { children { a {\nupdown = /bin/x } } }",
	  "t:2: 'updown' is not for adit: no program is run; 'adit log -j' and VICI's child-updown say when it comes and goes, and a firewall can name the interface" },
	{ "h { children { a {\nhw_offload = packet } } }",
	  "t:2: hw_offload: 'packet' is not for adit: adit encrypts on the CPU; use auto, or leave it out" },
	{ "h {\nversion = 1 }",
	  "t:2: version: '1' is not for adit: it belongs to IKEv1, which is not there yet; leave it out, or use 2" },
	{ "h { aggressive = yes }",
	  "t:1: 'aggressive' is not for adit: it belongs to IKEv1, which is not there yet" },
	{ "h { unique = replaec }",
	  "t:1: unique: unknown value 'replaec', did you mean 'replace'?" },
	{ "h { unique = rep }",
	  "t:1: unique: unknown value 'rep', did you mean 'replace'?" },
	{ "h { mobike = maybe }",
	  "t:1: mobike: 'maybe' is neither yes nor no" },
	{ "h { local_port = 65536 }",
	  "t:1: local_port: 65536 is not in 0 to 65535" },
	{ "h { dpd_delay = soon }",
	  "t:1: dpd_delay: 'soon' is not a time like 90, 30m, 8h or 1d12h" },
	{ "h { dscp = 101 }",
	  "t:1: dscp: '101' is not six binary digits like 101110" },
	{ "h { remote_addrs = 192.0.2.300 }",
	  "t:1: remote_addrs: '192.0.2.300' is no address, net or range" },
	{ "h { remote_addrs = 192.0.2.1:500 }",
	  "t:1: remote_addrs: '192.0.2.1:500' is no address, net or range; ports are options of their own" },
	{ "h { local_addrs = 2001:db8::/129 }",
	  "t:1: local_addrs: '2001:db8::/129' is no address, net or range" },
	{ "h { local_addrs = 192.0.2.9-192.0.2.1 }",
	  "t:1: local_addrs: '192.0.2.9-192.0.2.1' is no address, net or range" },
	{ "h { remote_addrs = 192.0.2.1 192.0.2.2 }",
	  "t:1: remote_addrs: '192.0.2.1 192.0.2.2' is no address, name, A.B.C.D/LEN or range; values of a list have a ',' between them" },
	{ "h { version = 3 }",
	  "t:1: version: unknown value '3', known are: 0, 1, 2, ikev2" },
	{ "h { remote_addrs = 1.2.3.4;5.6.7.8 }",
	  "t:1: remote_addrs: '1.2.3.4;5.6.7.8' is no address, name, A.B.C.D/LEN or range" },
	{ "h { interface = much-too-long-name }",
	  "t:1: interface: 'much-too-long-name' is not the name of an interface: " },
	{ "h { tcp_ports = 443, http }",
	  "t:1: tcp_ports: 'http' is not a number" },
	{ "h { proposals = aes256gcm16-foo }", "t:1: proposals: " },
	{ "h { local { auth = pks } }",
	  "t:1: auth: unknown value 'pks', did you mean 'psk'?" },
	{ "h { local { auth = xauth-pam } }",
	  "t:1: auth: 'xauth' is not for adit: " },
	{ "h { local { auth = eap-ttls } }",
	  "t:1: auth: 'ttls' is not for adit: EAP-TTLS is not there; use eap-tls" },
	{ "h { local { certs = moon.pem } }",
	  "t:1: certs: 'moon.pem' is no PEM, DER or absolute file name" },
	{ "h { remote { cert1 { handle = 1234 } } }",
	  "t:1: 'handle' is not for adit: keys on PKCS#11 tokens are not supported; use a key file" },
	{ "h { remote { cacert { } } }",
	  "t:1: cacert: 'file' is missing, the name of it" },
	{ "h { children { a { mode = pass } } }",
	  "t:1: mode: 'pass' is not for adit: " },
	{ "h { children { a { mark_in = 42 } } }",
	  "t:1: 'mark_in' is not for adit: " },
	{ "h { children { a { local_ts = 10.0.0.0/33 } } }",
	  "t:1: local_ts: " },
	{ "h { children { a { start_action = trap|strat } } }",
	  "t:1: start_action: unknown value 'strat', did you mean 'start'?" },
	{ "h { children { a { rekey_time = 1h\n life_time = 30m } } }",
	  "t:1: a: life_time has to be more than rekey_time, or it ends before it has new keys" },
	{ "h { children { a { replay_window = 100000 } } }",
	  "t:1: replay_window: 100000 is not in 0 to 65536" },
	{ "h { local1 { } local2 { } local3 { } local4 { } local5 { } }",
	  "t:1: more than 4 rounds of authentication" },
};

static void refuses(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(refusals); i++) {
		struct err err = { 0 };
		struct conn *conn = read_text(refusals[i].text, &err);
		size_t len = strlen(refusals[i].error);

		CHECK_ROW(!conn, refusals[i].text);
		/* Where it goes on with what others say, the beginning. */
		if (strncmp(err.text, refusals[i].error, len) != 0)
			CHECK_TEXT(err.text, refusals[i].error);
		conn_put(conn);
	}
}

/* load-conn has lists, octets, and nothing to point at. */
static void message(void)
{
	struct setting *root =
		setting_new(NULL, SETTING_SECTION, "gw", span_of(NULL, 0));
	static const uint8_t der[] = { 0x30, 0x82, 0x00, 0x03, 1, 0, 3 };
	struct setting *list, *round, *value;
	struct conn *conn;
	struct err err;

	list = setting_new(root, SETTING_LIST, "remote_addrs",
			   span_of(NULL, 0));
	setting_new(list, SETTING_VALUE, NULL, span_of_text("192.0.2.1"));
	setting_new(list, SETTING_VALUE, NULL, span_of_text("192.0.2.2"));
	round = setting_new(root, SETTING_SECTION, "local-1", span_of(NULL, 0));
	list = setting_new(round, SETTING_LIST, "certs", span_of(NULL, 0));
	setting_new(list, SETTING_VALUE, NULL, SPAN(der));
	setting_new(round, SETTING_VALUE, "id", span_of_text(""));
	value = setting_new(root, SETTING_VALUE, "mobike", span_of_text("no"));
	if (CHECK(!conf_conn_read(root, &conn, &err))) {
		CHECK(conn->remote_addrs.n == 2 && !conn->mobike);
		CHECK_TEXT(
			conn->local[0].certs.texts[0],
			"-----BEGIN CERTIFICATE-----\nMIIAAwEAAw==\n-----END CERTIFICATE-----\n");
		conn_put(conn_get(conn));
		conn_put(conn);
	}
	value->kind = SETTING_LIST;
	CHECK(conf_conn_read(root, &conn, &err));
	CHECK_TEXT(err.text, "gw: 'mobike' is one value, not a list");
	value->kind = SETTING_VALUE;
	value->len = 3;
	value->data = realloc(value->data, 4);
	memcpy(value->data, "n\0o", 4);
	CHECK(conf_conn_read(root, &conn, &err));
	CHECK_TEXT(err.text, "gw: mobike: a NUL in the text");
	setting_free(root);
}

/* Each default is a value that is taken, and each refusal has its reason. */
static void rows(void)
{
	for (size_t i = 0; i < conf_n_sections; i++) {
		const struct conf_section *section = conf_sections[i];

		for (size_t j = 0; j < section->n; j++) {
			const struct conf_option *o = &section->options[j];
			bool refused = o->type == CONF_REFUSED ||
				       o->type == CONF_IGNORED;

			CHECK_ROW(o->help, o->name);
			CHECK_ROW(refused == !!o->refused, o->name);
			CHECK_ROW(!(o->standard && o->otherwise), o->name);
			CHECK_ROW((o->type == CONF_WORD ||
				   o->type == CONF_BITS ||
				   o->type == CONF_AUTH) <= !!o->n_words,
				  o->name);
		}
	}
}

static const struct tap_test tests[] = {
	{ "defaults are swanctl.conf's", defaults },
	{ "each kind of value is read", values },
	{ "what is wrong is refused: where, the word, what was meant",
	  refuses },
	{ "messages of VICI are the same", message },
	{ "rows are complete", rows },
};

TAP_MAIN(tests)
