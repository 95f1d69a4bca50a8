// SPDX-License-Identifier: GPL-2.0-or-later
/* What is told of a configuration, and what again. */
#include "../net/config.h"

#include <event2/event.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../tests/tap.h"
#include "../proc/log.h"
#include "../proc/loop.h"
#include "../proc/proc.h"
#include "keys_pki.h"

static char folder[] = "/tmp/adit-config-XXXXXX";

static int no_message(struct chan *chan, enum msg_type type,
		      const union msg_any *msg, struct err *err)
{
	(void)chan;
	(void)type;
	(void)msg;
	(void)err;
	return 0;
}

static void no_end(struct chan *chan, const char *why)
{
	(void)chan;
	(void)why;
}

static const struct chan_ops ops = { .message = no_message, .broken = no_end };

/* The net process, and the ends of the others. */
struct world {
	struct event_base *base;
	struct chan ike, keys;
	int others[2];
	struct log log;
	struct config config;
	unsigned int done;
	bool good;
	char text[512];
};

static void is_done(void *arg, bool good, const char *text)
{
	struct world *world = arg;

	world->done++;
	world->good = good;
	snprintf(world->text, sizeof(world->text), "%s", text);
}

static void put(const char *name, const char *text)
{
	char path[128];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "w");
	fputs(text, file);
	fclose(file);
	chmod(path, 0600);
}

static void write_file(const char *text)
{
	put("swanctl.conf", text);
}

static int drop(const char *path, const struct stat *st, int type,
		struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static void start(struct world *world)
{
	struct err err;
	int fds[2];

	*world = (struct world){ .base = loop_new() };
	log_init(&world->log, ROLE_NET, LEVEL_ERROR);
	CHECK(!proc_pair(fds, &err));
	world->others[0] = fds[1];
	CHECK(!chan_open(&world->ike, world->base, fds[0], ROLE_NET, ROLE_IKE,
			 &ops, world, &err));
	CHECK(!proc_pair(fds, &err));
	world->others[1] = fds[1];
	CHECK(!chan_open(&world->keys, world->base, fds[0], ROLE_NET, ROLE_KEYS,
			 &ops, world, &err));
	world->config = (struct config){ .folder = folder,
					 .log = &world->log,
					 .ike = &world->ike,
					 .keys = &world->keys,
					 .cookie = 1 };
	snprintf(folder, sizeof(folder), "/tmp/adit-config-XXXXXX");
	CHECK(mkdtemp(folder));
}

static void stop(struct world *world)
{
	config_free(&world->config);
	chan_close(&world->ike);
	chan_close(&world->keys);
	event_base_free(world->base);
	close(world->others[0]);
	close(world->others[1]);
	CHECK(!nftw(folder, drop, 8, FTW_DEPTH | FTW_PHYS));
}

/* How many it is told, of which that one fails, from 1; 0 for none. */
static unsigned int load(struct world *world, unsigned int fails)
{
	unsigned int told = 0;
	struct err err;

	world->done = 0;
	CHECK(!config_load(&world->config, is_done, world, &err));
	while (world->config.pending && told < 100) {
		struct msg_settings_done answer = {
			.cookie = world->config.first_cookie + told,
			.text = "bad",
		};

		answer.good = ++told != fails;
		CHECK(config_answer(&world->config, &answer));
	}
	CHECK(world->done == 1);
	CHECK_TEXT(world->text, fails ? "bad" : "");
	CHECK(world->good == !fails);
	return told;
}

/* Begin, the secret, end, tickets; then pool and connections. */
static void again(void)
{
	struct world world;

	start(&world);
	write_file(
		"secrets { ike { secret = x\n } }\n"
		"pools { p { addrs = 10.0.0.0/24\n } }\n"
		"connections { a { remote_addrs = 192.0.2.1\n }\n b { } }\n");
	CHECK(load(&world, 0) == 7);
	CHECK(load(&world, 0) == 0);
	/* A secret that keys could not take: all of keys' is told again. */
	write_file(
		"secrets { ike { secret = y\n } }\n"
		"pools { p { addrs = 10.0.0.0/24\n } }\n"
		"connections { a { remote_addrs = 192.0.2.1\n }\n b { } }\n");
	CHECK(load(&world, 2) == 4);
	CHECK(load(&world, 2) == 4);
	CHECK(load(&world, 0) == 4);
	CHECK(load(&world, 0) == 0);
	/* A connection that ike could not: only that one. */
	write_file(
		"secrets { ike { secret = y\n } }\n"
		"pools { p { addrs = 10.0.0.0/24\n } }\n"
		"connections { a { remote_addrs = 192.0.2.3\n }\n b { } }\n");
	CHECK(load(&world, 1) == 1);
	CHECK(load(&world, 1) == 1);
	CHECK(load(&world, 0) == 1);
	CHECK(load(&world, 0) == 0);
	stop(&world);
}

/* What --check says, and whether it is content. */
static bool checks(struct world *world, char *said, size_t size)
{
	FILE *file = tmpfile();
	int saved = dup(STDERR_FILENO);
	struct err err;
	size_t len;
	bool good;

	world->log.level = LEVEL_INFO;
	dup2(fileno(file), STDERR_FILENO);
	good = !config_check(&world->config, true, &err);
	dup2(saved, STDERR_FILENO);
	close(saved);
	rewind(file);
	len = fread(said, 1, size - 1, file);
	said[len] = '\0';
	fclose(file);
	return good;
}

/* Keys and certificates, as the keys process would find them. */
static void credentials(void)
{
	struct pki ca = pki_make(&(struct pki_spec){ .cn = "ca", .ca = true });
	struct pki me =
		pki_make(&(struct pki_spec){ .cn = "e", .issuer = &ca });
	struct buf ca_pem = pki_cert_pem(&ca), pem = pki_cert_pem(&me);
	struct buf key = pki_key_pem(&me, NULL), other = pki_key_pem(&ca, NULL);
	static const char *const folders[] = { "x509", "x509ca", "private" };
	char path[128], said[2048];
	struct world world;

	start(&world);
	for (size_t i = 0; i < ARRAY_SIZE(folders); i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, folders[i]);
		CHECK(!mkdir(path, 0700));
	}
	put("x509/me.pem", (char *)pem.data);
	put("x509ca/ca.pem", (char *)ca_pem.data);
	put("private/me.key", (char *)key.data);
	write_file(
		"connections { a { remote_addrs = 192.0.2.1\n"
		" local { certs = me.pem\n } remote { cacerts = ca.pem\n } } }\n"
		"secrets { ntlm { id = x\n secret = 0x00112233445566778899aabbccddeeff\n } }\n");
	CHECK(checks(&world, said, sizeof(said)));
	CHECK_TEXT(said, "");
	put("private/me.key", (char *)other.data);
	CHECK(checks(&world, said, sizeof(said)));
	CHECK(strstr(said,
		     "swanctl.conf:1: a: the private key of our "
		     "certificate C=CH, O=adit, CN=e is not in private/"));
	put("private/me.key", "rubbish");
	CHECK(!checks(&world, said, sizeof(said)));
	CHECK(strstr(said, "private/me.key: is no private key"));
	put("private/me.key", (char *)key.data);
	put("x509ca/e.pem", (char *)pem.data);
	CHECK(!checks(&world, said, sizeof(said)));
	CHECK(strstr(said, "x509ca/e.pem: is not the certificate of a CA"));
	put("x509ca/e.pem", (char *)ca_pem.data);
	put("x509ca/ca.pem",
	    "-----BEGIN CERTIFICATE-----\nrubbish\n-----END CERTIFICATE-----\n");
	CHECK(!checks(&world, said, sizeof(said)));
	CHECK(strstr(said, "x509ca/ca.pem: has no certificate in it"));
	CHECK(strstr(said, "swanctl.conf:1: a: remote: cacerts: has no "
			   "certificate in it"));
	put("x509ca/ca.pem", (char *)ca_pem.data);
	write_file("secrets { eap { id = y\n secret = z\n }\n"
		   "ntlm { id = x\n secret = 0x0011\n } }\n");
	CHECK(!checks(&world, said, sizeof(said)));
	CHECK(strstr(said, "swanctl.conf:4: an NTLM hash has 16 octets"));
	stop(&world);
	buf_free(&ca_pem);
	buf_free(&pem);
	buf_free(&key);
	buf_free(&other);
	pki_free(&me);
	pki_free(&ca);
}

static const struct tap_test tests[] = {
	{ "what failed is told again, and nothing else", again },
	{ "keys and certificates are checked", credentials },
};

TAP_MAIN(tests)
