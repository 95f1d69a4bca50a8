// SPDX-License-Identifier: GPL-2.0-or-later
/* Folders of configuration, and the commands that they become. */
#include "../conf/load.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../lib/vici.h"
#include "../../tests/tap.h"
#include "conf_show.h"

static char folder[] = "/tmp/adit-load-XXXXXX";

static void put(const char *name, mode_t mode, const char *text)
{
	char path[128];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "w");
	fputs(text, file);
	fclose(file);
	chmod(path, mode);
}

static void make_folder(const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	mkdir(path, 0700);
}

enum { ALL_SIZE = 65536 };

static void append(char *all, const char *text, size_t len)
{
	size_t at = strlen(all);

	snprintf(all + at, ALL_SIZE - at, "%.*s", (int)len, text);
}

/* What is loaded, a line each, or the error; the folder is called DIR. */
static void loads(const char *shown)
{
	static char all[ALL_SIZE], text[ALL_SIZE];
	struct conf_load load;
	struct err err;
	const char *at, *rest;

	all[0] = '\0';
	if (conf_load(&load, folder, &err)) {
		snprintf(all, sizeof(all), "%s", err.text);
	} else {
		for (struct conf_command *i = load.first; i; i = i->next) {
			struct buf packet = BUF_INIT;
			char line[SHOW_SIZE];

			append(all, i->name, SHOW_SIZE);
			append(all, " ", 1);
			append(all, show_settings(i->settings, line),
			       SHOW_SIZE);
			append(all, "\n", 1);
			vici_encode(&packet, VICI_CMD_REQUEST, i->name,
				    i->settings);
			CHECK(!packet.failed);
			buf_free(&packet);
		}
		for (struct conf_refusal *i = load.refusals; i; i = i->next) {
			append(all, "not ", 4);
			append(all, i->name, SHOW_SIZE);
			append(all, ": ", 2);
			append(all, i->err.text, SHOW_SIZE);
			append(all, "\n", 1);
		}
	}
	conf_load_free(&load);
	text[0] = '\0';
	rest = all;
	while ((at = strstr(rest, folder))) {
		append(text, rest, (size_t)(at - rest));
		append(text, "DIR", 3);
		rest = at + strlen(folder);
	}
	append(text, rest, ALL_SIZE);
	CHECK_TEXT(text, shown);
}

static const char conns[] =
	"common { version = 2\n remote { auth = psk\n } }\n"
	"connections {\n"
	" home : common { remote_addrs = a.example.org, 192.0.2.1\n"
	"  local { certs = moon.pem\n }\n"
	"  children { net { local_ts = 10.1.0.0/16 , 10.3.0.0/16\n } } }\n"
	"}\n"
	"pools { p { addrs = 10.9.0.0/24\n dns = 10.9.0.1, 10.9.0.2\n 25 = a,b\n } }\n"
	"authorities { x { cacert = ca.pem\n crl_uris = http://x/a.crl\n } }\n"
	"include conf.d/*.conf\n";

static void whole(void)
{
	CHECK(mkdtemp(folder));
	make_folder("conf.d");
	make_folder("x509");
	make_folder("x509ca");
	make_folder("private");
	put("swanctl.conf", 0644, conns);
	put("x509/moon.pem", 0644, "-----BEGIN M");
	put("x509ca/ca.pem", 0644, "-----BEGIN C");
	put("private/moon.key", 0600, "KEY");
	put("conf.d/s.conf", 0600,
	    "secrets { ike-1 { id = moon@example.org\n id-2 = 192.0.2.1\n secret = \"s t\"\n }\n"
	    " eap { secret = 0x6162\n id = carol\n}\n ppk-x { secret = 0sYWJjZA==\n id = p\n }\n"
	    " private { file = moon.key\n secret = 0sYWI\n } }");
	loads("load-shared id=ike-1 type=IKE data=s t owners[moon@example.org,192.0.2.1]\n"
	      "load-shared id=eap type=EAP data=ab owners[carol]\n"
	      "load-shared id=ppk-x type=PPK data=abcd owners[p]\n"
	      "load-cert type=X509 flag=NONE data=-----BEGIN M file=DIR/x509/moon.pem\n"
	      "load-cert type=X509 flag=CA data=-----BEGIN C file=DIR/x509ca/ca.pem\n"
	      "load-key type=any data=KEY file=DIR/private/moon.key secrets[ab]\n"
	      "load-authority x{cacert=-----BEGIN C crl_uris[http://x/a.crl]}\n"
	      "load-pool p{addrs=10.9.0.0/24 dns[10.9.0.1,10.9.0.2] 25[a,b]}\n"
	      "load-conn home{remote_addrs[a.example.org,192.0.2.1] local{certs[-----BEGIN M]}"
	      " children{net{local_ts[10.1.0.0/16,10.3.0.0/16]}} version=2 remote{auth=psk}}\n");
}

static void refuses(void)
{
	put("conf.d/s.conf", 0640, "secrets { ike { secret = x\n } }");
	loads("DIR/conf.d/s.conf: has secrets, but others can read it (mode 640); do: chmod 600 DIR/conf.d/s.conf");
	put("conf.d/s.conf", 0600, "\nsecrets { ik { secret = x\n } }");
	loads("DIR/conf.d/s.conf:2: secrets: 'ik' does not begin with ike, eap, xauth, ntlm, ppk, private, rsa, ecdsa, pkcs8 or pkcs12");
	put("conf.d/s.conf", 0600, "secrets { ike { sceret = x\n } }");
	loads("DIR/conf.d/s.conf:1: unknown option 'sceret', did you mean 'secret'?");
	put("conf.d/s.conf", 0600, "secrets { ike { } }");
	loads("DIR/conf.d/s.conf:1: ike: 'secret' is missing");
	put("conf.d/s.conf", 0600, "secrets { ike { secret = 0x123\n} }");
	loads("DIR/conf.d/s.conf:1: secret: is not hexadecimal behind its 0x");
	put("conf.d/s.conf", 0600, "secrets { ike { secret = 0sA\n} }");
	loads("DIR/conf.d/s.conf:1: secret: is not Base64 behind its 0s");
	put("conf.d/s.conf", 0600, "secrets { pkcs12 { secret = a\n} }");
	loads("DIR/conf.d/s.conf:1: pkcs12: 'file' is missing, which key it opens");
	put("conf.d/s.conf", 0600,
	    "secrets { token { handle = 1\nsecret = 1\n} }");
	loads("DIR/conf.d/s.conf:1: 'handle' is not for adit: keys on PKCS#11 tokens are not supported; use a key file");
	put("conf.d/s.conf", 0600, "conections { }");
	loads("DIR/conf.d/s.conf:1: unknown section 'conections', did you mean 'connections'?");
	put("conf.d/s.conf", 0600, "");
	put("private/moon.key", 0604, "KEY");
	loads("DIR/private/moon.key: has secrets, but others can read it (mode 604); do: chmod 600 DIR/private/moon.key");
}

/* What is wrong in one section is of no harm to the others. */
static void refuses_one(void)
{
	put("private/moon.key", 0600, "KEY");
	put("x509/moon.pem", 0644, "M");
	put("swanctl.conf", 0644, "include conf.d/*.conf\n");
	put("conf.d/s.conf", 0600,
	    "pools { q { dns = 1.1.1.1\n }\n p { addrs = 10.9.0.0/24\n } }\n"
	    "authorities { y { }\n }\n"
	    "connections { one { }\n"
	    "bad { local { certs = sun.pem\n } }\n"
	    "two { }\n"
	    "worse {\n children { net { local_ts = 10.0.0.0/8\n loacl_ts = 1\n} } } }\n");
	loads("load-cert type=X509 flag=NONE data=M file=DIR/x509/moon.pem\n"
	      "load-cert type=X509 flag=CA data=-----BEGIN C file=DIR/x509ca/ca.pem\n"
	      "load-key type=any data=KEY file=DIR/private/moon.key secrets[]\n"
	      "load-pool p{addrs=10.9.0.0/24}\n"
	      "load-conn one{}\nload-conn two{}\n"
	      "not y: DIR/conf.d/s.conf:5: y: 'cacert' is missing, the CA's certificate\n"
	      "not q: DIR/conf.d/s.conf:1: q: 'addrs' is missing, what to give addresses from\n"
	      "not bad: DIR/conf.d/s.conf:8: DIR/x509/sun.pem: No such file or directory\n"
	      "not worse: DIR/conf.d/s.conf:13: unknown option 'loacl_ts', did you mean 'local_ts'?\n");
}

/* What is said of it, a line each, or the error. */
static void hints_at(const char *text, const char *want, int line)
{
	char all[4096] = "", prefix[64];
	struct conf_load load;
	struct err err;

	put("swanctl.conf", 0600, text);
	snprintf(prefix, sizeof(prefix), "%s/swanctl.conf:", folder);
	if (conf_load(&load, folder, &err))
		snprintf(all, sizeof(all), "%s", err.text);
	for (struct conf_hint *i = load.hints; i; i = i->next) {
		size_t len = strlen(all);

		if (strncmp(i->err.text, prefix, strlen(prefix)) == 0)
			snprintf(all + len, sizeof(all) - len, "%s\n",
				 i->err.text + strlen(prefix));
	}
	tap_text(all, want, __FILE__, line);
	conf_load_free(&load);
}

#define HINTS(text, want) hints_at((text), (want), __LINE__)

#define PSK "local { auth = psk\n } remote { auth = psk\n "
#define TO_PSK " remote_addrs = 192.0.2.1\n " PSK

static void hints(void)
{
	put("conf.d/s.conf", 0600, "");
	HINTS("connections { home {" TO_PSK "} } }",
	      "1: home: auth = psk, but there is no pre-shared key: secrets { ike-home { secret = ... } }\n");
	HINTS("connections { home {" TO_PSK
	      "} } }\nsecrets { ike { secret = x\n } }",
	      "");
	HINTS("connections { home {" TO_PSK
	      "id = you\n} } }\nsecrets { ike { secret = x\n id = me\n} }",
	      "1: home: auth = psk, but no pre-shared key has an id of our address or you\n");
	HINTS("connections { home {" TO_PSK
	      "id = you\n} } }\nsecrets { ike { secret = x\n id = me\n id2 = you\n} }",
	      "");
	/* It is our address, perhaps; or the peer is anybody. */
	HINTS("connections { home {" TO_PSK
	      "id = you\n} } }\nsecrets { ike { secret = x\n id = 10.0.0.1\n} }",
	      "");
	HINTS("connections { home {" TO_PSK
	      "id = *.org\n} } }\nsecrets { ike { secret = x\n id = a.com\n} }",
	      "");
	HINTS("connections { home { pools = p, q\n" PSK
	      "} } }\nsecrets { ike { secret = x\n } }\n"
	      "pools { p { addrs = 10.0.0.0/24\n }\n o { addrs = 10.0.1.0/24\n }\n"
	      " r { addrs = 10.0.0.254-10.0.1.1\n } }",
	      "11: r: has addresses of pool p, too: two peers may get the same one\n"
	      "11: r: has addresses of pool o, too: two peers may get the same one\n"
	      "1: home: there is no pool 'q'\n");
	HINTS("secrets { ike { secret = x\n } }\nconnections { home {" PSK
	      "} children { net {\n start_action = trap|start\n } } } }",
	      "3: home: start_action = start of net, but remote_addrs has no host to connect to\n");
	HINTS("secrets { ike { secret = x id2 = you\n } }\n"
	      "connections { home { local { id = me auth = psk\n }\n"
	      " remote { id = C=CH, CN = auth\n } } }",
	      "1: 'id* =' is in the value of 'secret': each setting has a line of its own\n"
	      "3: 'auth =' is in the value of 'id': each setting has a line of its own\n");
}

/* With nothing said of auth it is pubkey. */
static void hints_of_certs(void)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/private/moon.key", folder);
	CHECK(!remove(path));
	HINTS("connections { home { remote { auth = psk\n } } }\nsecrets { ike { secret = x\n } }",
	      "1: home: we authenticate with a certificate, but there is no private key in private/; for a pre-shared key say auth = psk in local\n");
	snprintf(path, sizeof(path), "%s/x509ca/ca.pem", folder);
	CHECK(!remove(path));
	HINTS("connections { home { local { auth = psk\n } } }\nsecrets { ike { secret = x\n } }",
	      "1: home: the peer authenticates with a certificate, but there is no CA in x509ca/; for a pre-shared key say auth = psk in remote\n");
	HINTS("connections { home { local { auth = psk\n } remote { certs = moon.pem\n } } }\nsecrets { ike { secret = x\n } }",
	      "");
}

static int drop(const char *path, const struct stat *st, int type,
		struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static void clean(void)
{
	struct conf_load load;
	struct err err;

	CHECK(!nftw(folder, drop, 8, FTW_DEPTH | FTW_PHYS));
	CHECK(conf_load(&load, folder, &err));
	CHECK(strstr(err.text, "there is no such folder"));
	conf_load_free(&load);
}

static const struct tap_test tests[] = {
	{ "a folder becomes the commands that swanctl would send", whole },
	{ "what is wrong, and what others can read, is refused by name",
	  refuses },
	{ "sections that are refused alone", refuses_one },
	{ "what was hardly meant", hints },
	{ "certificates that are not there", hints_of_certs },
	{ "nothing is left behind", clean },
};

TAP_MAIN(tests)
