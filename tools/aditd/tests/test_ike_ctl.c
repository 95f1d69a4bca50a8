// SPDX-License-Identifier: GPL-2.0-or-later
/* The control socket, by what a client sends and gets. */
#include "ike_ctl_client.h"
#include "keys_pki.h"

static void packets(void)
{
	int fd;

	start();
	fd = new_client();
	CHECK_TEXT(ask(fd, "redirect", ""), "unknown {}\n");
	send_packet(fd, VICI_EVENT_REGISTER, "log", NULL);
	CHECK_TEXT(get(fd), "confirmed {}\n");
	send_packet(fd, VICI_EVENT_REGISTER, "lgo", NULL);
	CHECK_TEXT(get(fd), "no such event {}\n");
	ctl_log(ctl, LEVEL_INFO, NULL, "hello");
	ctl_log(ctl, LEVEL_DEBUG, NULL, "not this");
	CHECK_TEXT(get(fd),
		   "event log {group=IKE level=1 thread=1 msg=hello}\n");
	send_packet(fd, VICI_EVENT_UNREGISTER, "log", NULL);
	CHECK_TEXT(get(fd), "confirmed {}\n");
	ctl_log(ctl, LEVEL_INFO, NULL, "hello");
	CHECK_TEXT(get(fd), "");
	/* An answer is not for us. */
	send_packet(fd, VICI_CMD_RESPONSE, NULL, "");
	CHECK_TEXT(get(fd), "closed");
	close(fd);
	stop();
}

static void malformed(void)
{
	static const struct {
		const char *octets;
		size_t len;
	} rows[] = {
		{ "\0\0\0\0", 4 },   { "\377\377\377\377", 4 },
		{ "\0\10\0\1", 4 },  { "\0\0\0\1\10", 5 },
		{ "\0\0\0\1\0", 5 }, { "\0\0\0\4\0\1v\1", 8 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		int fd, other;

		start();
		fd = new_client();
		other = new_client();
		CHECK(write(fd, rows[i].octets, rows[i].len) > 0);
		CHECK_TEXT(get(fd), "closed");
		CHECK_TEXT(ask(other, "get-conns", ""), "answer {conns[]}\n");
		close(fd);
		close(other);
		stop();
	}
}

/* A packet may come in pieces, and several at once. */
static void pieces(void)
{
	static const char two[] =
		"\0\0\0\13\0\11get-conns\0\0\0\13\0\11get-conns";
	int fd;

	start();
	fd = new_client();
	for (size_t i = 0; i < 14; i++) {
		CHECK(write(fd, two + i, 1) == 1);
		turn();
	}
	CHECK_TEXT(get(fd), "");
	CHECK(write(fd, two + 14, 16) == 16);
	CHECK_TEXT(get(fd), "answer {conns[]}\nanswer {conns[]}\n");
	close(fd);
	stop();
}

static void connections(void)
{
	int fd;

	start();
	fd = new_client();
	CHECK_TEXT(ask(fd, "load-conn", home), "answer {success=yes}\n");
	CHECK_TEXT(
		ask(fd, "load-conn", "home { remote_adrs = x }"),
		"answer {success=no errmsg=home: unknown option 'remote_adrs', did you mean 'remote_addrs'?}\n");
	CHECK(strstr(
		ask(fd, "load-conn",
		    "home { remote { cacerts = \"-----BEGIN CERTIFICATE-----\" } }"),
		"home: remote: cacerts: "));
	CHECK_TEXT(ask(fd, "load-conn", ""),
		   "answer {success=no errmsg=no connection to load}\n");
	CHECK_TEXT(ask(fd, "get-conns", ""), "answer {conns[home]}\n");
	/* The same again is left alone; another one is not. */
	CHECK(mock.adds == 1);
	ask(fd, "load-conn", home);
	CHECK(mock.adds == 1);
	ask(fd, "load-conn", "home { }");
	CHECK(mock.adds == 2);
	ask(fd, "load-conn", home);
	CHECK(mock.adds == 3);
	send_packet(fd, VICI_EVENT_REGISTER, "list-conn", NULL);
	send_packet(fd, VICI_EVENT_REGISTER, "list-policy", NULL);
	get(fd);
	CHECK_TEXT(
		ask(fd, "list-conns", ""),
		"event list-conn {home{local_addrs[%any] remote_addrs[192.0.2.1] version=IKEv1/2 reauth_time=0 rekey_time=14400 unique=UNIQUE_NO"
		" local-1{id=a.example class=pre-shared key groups[] cert_policy[] certs[] cacerts[]}"
		" remote-1{id=b.example class=pre-shared key groups[] cert_policy[] certs[] cacerts[]}"
		" children{net{mode=TUNNEL rekey_time=3600 rekey_bytes=0 rekey_packets=0 dpd_action=none close_action=none local-ts[10.1.0.0/16] remote-ts[10.2.0.0/16]}}}}\n"
		"answer {}\n");
	CHECK_TEXT(ask(fd, "list-conns", "ike = other"), "answer {}\n");
	CHECK_TEXT(
		ask(fd, "list-policies", "trap = yes"),
		"event list-policy {home/net{child=net ike=home mode=TUNNEL local-ts[10.1.0.0/16] remote-ts[10.2.0.0/16]}}\n"
		"answer {}\n");
	CHECK_TEXT(ask(fd, "list-policies", "drop = yes"), "answer {}\n");
	CHECK_TEXT(ask(fd, "unload-conn", "name = home"),
		   "answer {success=yes}\n");
	CHECK_TEXT(
		ask(fd, "unload-conn", "name = home"),
		"answer {success=no errmsg=there is no connection 'home' to unload}\n");
	close(fd);
	stop();
}

/* Without an id, but with a certificate, it is whom that is of. */
static void identity(void)
{
	struct pki end = pki_make(&(struct pki_spec){ .cn = "b" });
	struct buf pem = pki_cert_pem(&end);
	char text[8192], id[IDENT_TEXT_SIZE];
	int fd;

	snprintf(text, sizeof(text), "home { local { certs = \"%.*s\"\n } }",
		 (int)pem.len, (const char *)pem.data);
	start();
	fd = new_client();
	CHECK_TEXT(ask(fd, "load-conn", text), "answer {success=yes}\n");
	CHECK(mock.conns[0]->local[0].id.type == IDENT_ANY);
	CHECK_TEXT(ident_show(&mock.conns[0]->local[0].cert_id, id),
		   "C=CH, O=adit, CN=b");
	close(fd);
	stop();
	buf_free(&pem);
	pki_free(&end);
}

/* Whom a connection takes, as strongSwan's daemon shows it. */
static void rounds(void)
{
	struct pki end = pki_make(&(struct pki_spec){ .cn = "b" });
	struct buf pem = pki_cert_pem(&end);
	char text[8192];
	int fd;

	snprintf(
		text, sizeof(text),
		"home { local { auth = eap-tls:ecdsa-384\n }\n"
		" remote { certs = \"%s\", /x509/c.pem\n revocation = ifuri\n }\n"
		" remote-2 { revocation = strict\n } }",
		(const char *)pem.data);
	start();
	fd = new_client();
	CHECK_TEXT(ask(fd, "load-conn", text), "answer {success=yes}\n");
	send_packet(fd, VICI_EVENT_REGISTER, "list-conn", NULL);
	get(fd);
	CHECK_TEXT(
		ask(fd, "list-conns", ""),
		"event list-conn {home{local_addrs[%any] remote_addrs[%any] version=IKEv1/2 reauth_time=0 rekey_time=14400 unique=UNIQUE_NO"
		" local-1{class=EAP eap-type=EAP_TLS groups[] cert_policy[] certs[] cacerts[]}"
		" remote-1{class=public key revocation=SKIPPED groups[] cert_policy[] certs[C=CH, O=adit, CN=b,/x509/c.pem] cacerts[]}"
		" remote-2{class=public key revocation=GOOD groups[] cert_policy[] certs[] cacerts[]}"
		" children{}}}\n"
		"answer {}\n");
	ask(fd, "load-token", "handle = 01");
	CHECK_TEXT(outside.asked, "2 load-token handle=01");
	close(fd);
	stop();
	buf_free(&pem);
	pki_free(&end);
}

static void others(void)
{
	struct setting *answer, *more;
	struct err err;
	int fd;

	start();
	fd = new_client();
	CHECK_TEXT(ask(fd, "load-shared", "type = IKE\n data = x"), "");
	CHECK_TEXT(outside.asked, "2 load-shared type=IKE data=x");
	outside.done(outside.arg, true, "", NULL);
	CHECK_TEXT(get(fd), "answer {success=yes}\n");
	ask(fd, "load-key", "type = rsa");
	outside.done(outside.arg, false, "no key", NULL);
	CHECK_TEXT(get(fd), "answer {success=no errmsg=no key}\n");
	ask(fd, "reload-settings", "");
	CHECK_TEXT(outside.asked, "0 reload-settings ");
	outside.done(outside.arg, true, "", NULL);
	get(fd);
	/* Whose secret is no more has no ticket any more. */
	CHECK(!mock.forgets);
	ask(fd, "unload-shared", "id = x");
	outside.done(outside.arg, true, "", NULL);
	get(fd);
	CHECK(mock.forgets == 1);
	/* Lists are streamed. */
	send_packet(fd, VICI_EVENT_REGISTER, "list-cert", NULL);
	send_packet(fd, VICI_EVENT_REGISTER, "list-authority", NULL);
	get(fd);
	ask(fd, "list-certs", "");
	answer = parse_settings(
		"certs { 0 { type = X509\n } 1 { type = X509\n flag = CA\n } }",
		&err);
	outside.done(outside.arg, true, "", answer);
	CHECK_TEXT(
		get(fd),
		"event list-cert {type=X509}\nevent list-cert {type=X509 flag=CA}\nanswer {}\n");
	/* What does not fit into one answer of keys comes with others. */
	ask(fd, "list-certs", "type = X509");
	more = parse_settings("certs { 0 { type = X509\n } }\n next = 1", &err);
	outside.done(outside.arg, true, "", more);
	CHECK_TEXT(outside.asked, "2 list-certs type=X509 from=1");
	setting_free(more);
	more = parse_settings("certs { 1 { type = X509\n } }\n next = 2", &err);
	outside.done(outside.arg, true, "", more);
	CHECK_TEXT(outside.asked, "2 list-certs type=X509 from=2");
	setting_free(more);
	outside.done(outside.arg, true, "", answer);
	CHECK_TEXT(
		get(fd),
		"event list-cert {type=X509}\nevent list-cert {type=X509}\n"
		"event list-cert {type=X509}\nevent list-cert {type=X509 flag=CA}\nanswer {}\n");
	ask(fd, "list-authorities", "");
	outside.done(outside.arg, true, "", answer);
	CHECK(strstr(get(fd), "event list-authority {0{type=X509}}\n"));
	setting_free(answer);
	/* Who is gone is forgotten. */
	ask(fd, "get-keys", "");
	close(fd);
	turn();
	CHECK(outside.forgotten == 1);
	stop();
}

/* Of the net process, which has read the files. */
static const char *loads(const char *name, const char *settings)
{
	static struct err err;
	struct setting *tree = parse_settings(settings, &err);

	ctl_load(ctl, name, tree, &err);
	setting_free(tree);
	return err.text;
}

static void lease_address(const char *pool, const char *identity)
{
	char *names[] = { (char *)pool };
	const struct conf_texts list = { 1, names };
	const struct addr any = { .len = 4 };
	struct ident id = { 0 };
	struct err err;

	CHECK(!ident_parse(&id, identity, &err));
	CHECK(pools_lease(&mock.pools, &list, &id, &any) != NULL);
	ident_free(&id);
}

static void itself(void)
{
	const char *text;
	int fd;

	start();
	fd = new_client();
	CHECK(strstr(ask(fd, "version", ""), "answer {daemon=aditd version="));
	outside.now += 125000;
	text = ask(fd, "stats", "");
	CHECK(strstr(text, "answer {uptime{running=2 minutes since="));
	CHECK(strstr(text, " ikesas{total=0 half-open=0} "));
	text = ask(fd, "get-algorithms", "");
	CHECK(strstr(text, "aead{") && strstr(text, "AES_GCM_16=openssl"));
	mock.counters[0] = (struct engine_counter){ "ike-init-in-req", 5 };
	mock.counters[1] = (struct engine_counter){ "invalid", 1 };
	CHECK_TEXT(
		ask(fd, "get-counters", ""),
		"answer {counters{{ike-init-in-req=5 invalid=1}} success=yes}\n");
	CHECK_TEXT(ask(fd, "reset-counters", ""), "answer {success=yes}\n");
	CHECK_TEXT(
		ask(fd, "get-counters", ""),
		"answer {counters{{ike-init-in-req=0 invalid=0}} success=yes}\n");
	/* Of one connection. */
	mock.conn_counters[0] = (struct engine_counter){ "ike-init-in-req", 3 };
	mock.conn_counters[1] = (struct engine_counter){ "invalid", 0 };
	CHECK_TEXT(
		ask(fd, "get-counters", "name=home"),
		"answer {counters{home{ike-init-in-req=3 invalid=0}} success=yes}\n");
	CHECK_TEXT(ask(fd, "reset-counters", "name=home"),
		   "answer {success=yes}\n");
	CHECK_TEXT(
		ask(fd, "get-counters", "name=home"),
		"answer {counters{home{ike-init-in-req=0 invalid=0}} success=yes}\n");
	CHECK_TEXT(ask(fd, "get-counters", "all=yes"),
		   "answer {counters{} success=yes}\n");
	CHECK(strstr(ask(fd, "get-counters", "name=nothing"), "no connection"));
	CHECK(strstr(ask(fd, "reset-counters", "name=nothing"),
		     "no connection"));
	mock.failure = (struct engine_failure){ 90000, "no common proposal",
						"add aes128" };
	outside.now = 100000;
	CHECK_TEXT(
		ask(fd, "get-failures", "ike = home"),
		"answer {failures{0{ago=10 text=no common proposal hint=add aes128}} success=yes}\n");
	CHECK_TEXT(
		ask(fd, "get-failures", "ike = other"),
		"answer {success=no errmsg=there is no connection 'other'}\n");
	CHECK_TEXT(
		ask(fd, "load-pool",
		    "p { addrs = 10.9.0.0/24\n } q { addrs = 2001:db8::10-2001:db8::1f\n }"),
		"answer {success=yes}\n");
	CHECK_TEXT(
		ask(fd, "load-pool", "r { addrs = dynamic }"),
		"answer {success=no errmsg=r: addrs: 'dynamic' is no subnet or range}\n");
	CHECK_TEXT(
		ask(fd, "get-pools", ""),
		"answer {p{base=10.9.0.0 size=254 online=0 offline=0} q{base=2001:db8::10 size=16 online=0 offline=0}}\n");
	lease_address("p", "carol@example.org");
	CHECK_TEXT(
		ask(fd, "get-pools", "name = p\nleases = yes"),
		"answer {p{base=10.9.0.0 size=254 online=1 offline=0 leases{0{address=10.9.0.1 identity=carol@example.org status=online}}}}\n");
	CHECK_TEXT(
		ask(fd, "unload-pool", "name = p"),
		"answer {success=no errmsg=pool 'p': 1 of its addresses are in use}\n");
	lease_put(pool_find(&mock.pools, "p")->first);
	CHECK_TEXT(
		ask(fd, "get-pools", "name = p\nleases = yes"),
		"answer {p{base=10.9.0.0 size=254 online=0 offline=1 leases{0{address=10.9.0.1 identity=carol@example.org status=offline}}}}\n");
	CHECK_TEXT(ask(fd, "unload-pool", "name = p"),
		   "answer {success=yes}\n");
	CHECK(!pool_find(&mock.pools, "p") && pool_find(&mock.pools, "q"));
	pools_free(&mock.pools);
	CHECK_TEXT(loads("load-conn", home), "");
	/* What files have is no client's. */
	CHECK_TEXT(ask(fd, "get-conns", ""), "answer {conns[]}\n");
	CHECK_TEXT(ask(fd, "get-conns", "adit = yes"),
		   "answer {conns[home]}\n");
	ask(fd, "load-conn", home);
	CHECK_TEXT(ask(fd, "get-conns", ""), "answer {conns[]}\n");
	CHECK_TEXT(
		ask(fd, "unload-conn", "name = home"),
		"answer {success=no errmsg=connection 'home' is of the configuration files, so it stays}\n");
	ask(fd, "load-conn", "home { }");
	CHECK_TEXT(ask(fd, "get-conns", ""), "answer {conns[home]}\n");
	CHECK(mock.n_conns == 1);
	CHECK_TEXT(loads("unload-conn", "name = home"), "");
	CHECK(!mock.n_conns);
	CHECK_TEXT(loads("unload-pool", "name = p"),
		   "there is no pool 'p' to unload");
	CHECK_TEXT(loads("load-pool", "p { addrs = 10.9.0.0/24\n }"), "");
	CHECK_TEXT(
		ask(fd, "unload-pool", "name = p"),
		"answer {success=no errmsg=pool 'p' is of the configuration files, so it stays}\n");
	CHECK_TEXT(loads("unload-pool", "name = p"), "");
	ask(fd, "load-pool", "p { addrs = 10.9.0.0/24\n }");
	CHECK_TEXT(ask(fd, "unload-pool", "name = p"),
		   "answer {success=yes}\n");
	pools_free(&mock.pools);
	CHECK_TEXT(loads("forget-tickets", ""), "");
	CHECK(mock.forgets == 1);
	CHECK_TEXT(loads("stats", ""), "'stats' is not for here");
	close(fd);
	stop();
}

/* What waits for a client that does not read, in octets. */
static size_t backlog(int fd)
{
	size_t all = 0;
	ssize_t got;

	do {
		static char part[65536];

		turn();
		got = read(fd, part, sizeof(part));
		if (got > 0)
			all += (size_t)got;
	} while (got > 0);
	return all;
}

static void slow(void)
{
	char line[1000];
	size_t all;
	int fd, other;

	start();
	memset(line, 'x', sizeof(line) - 1);
	line[sizeof(line) - 1] = '\0';
	fd = new_client();
	other = new_client();
	send_packet(fd, VICI_EVENT_REGISTER, "log", NULL);
	turn();
	for (unsigned int i = 0; i < 20000; i++)
		ctl_log(ctl, LEVEL_INFO, NULL, line);
	all = backlog(fd);
	CHECK(all > CTL_OUT_HIGH / 2 && all < 2UL * CTL_OUT_HIGH);
	CHECK_TEXT(ask(other, "get-conns", ""), "answer {conns[]}\n");
	close(fd);
	close(other);
	stop();
}

static void floods(void)
{
	static const uint8_t ask_stats[] = { 0,	  0,   0,   7,	 0,  5,
					     's', 't', 'a', 't', 's' };
	static uint8_t many_stats[1000 * sizeof(ask_stats)];
	struct child_sa child;
	struct ike_sa sa;
	size_t sent = 0;
	ssize_t put;
	int fd;

	start();
	fd = new_client();
	ask(fd, "load-conn", home);
	fill_sa(&sa, &child);
	send_packet(fd, VICI_EVENT_REGISTER, "child-updown", NULL);
	turn();
	/* News that nobody reads end the connection, not the memory. */
	for (unsigned int i = 0; i < 10000; i++)
		ctl_event(ctl, EVENT_CHILD_UP, &sa, &child);
	backlog(fd);
	CHECK_TEXT(get(fd), "closed");
	close(fd);
	/* So are requests whose answers nobody reads. */
	fd = new_client();
	for (size_t i = 0; i < sizeof(many_stats); i += sizeof(ask_stats))
		memcpy(many_stats + i, ask_stats, sizeof(ask_stats));
	do {
		put = write(fd, many_stats, sizeof(many_stats));
		sent += put > 0 ? (size_t)put : 0;
		turn();
	} while (put > 0 && sent < 64UL * CTL_OUT_HIGH);
	CHECK(put < 0 && errno == EAGAIN);
	CHECK(sent < 2UL * VICI_PACKET_MAX);
	close(fd);
	turn();
	stop();
}

static void many(void)
{
	int fds[CTL_CLIENTS_MAX], pair[2];

	start();
	for (size_t i = 0; i < CTL_CLIENTS_MAX; i++)
		fds[i] = new_client();
	CHECK(!socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair));
	CHECK(ctl_add_client(ctl, pair[1]));
	CHECK_TEXT(get(pair[0]), "closed");
	close(fds[0]);
	turn();
	fds[0] = new_client();
	CHECK_TEXT(ask(fds[0], "get-conns", ""), "answer {conns[]}\n");
	for (size_t i = 0; i < CTL_CLIENTS_MAX; i++)
		close(fds[i]);
	close(pair[0]);
	stop();
}

static const struct tap_test tests[] = {
	{ "packets, events that are registered, and unknown ones", packets },
	{ "what is malformed ends that client only", malformed },
	{ "packets come in pieces", pieces },
	{ "connections are loaded, listed and unloaded", connections },
	{ "the identity of a certificate", identity },
	{ "who a connection takes", rounds },
	{ "what other processes do, and lists of theirs", others },
	{ "the daemon itself: version, stats, counters, failures, pools",
	  itself },
	{ "a slow client loses log lines", slow },
	{ "a client that never reads costs no memory", floods },
	{ "there are so many clients and no more", many },
};

TAP_MAIN(tests)
