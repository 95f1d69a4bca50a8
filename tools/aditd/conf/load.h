/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A whole configuration: a folder with swanctl.conf and conf.d/, keys and
 * certificates beside them, as the commands of VICI that load it. All of it is
 * checked here, where there are lines to point at; who gets the commands reads
 * them again.
 *
 * They are what swanctl would send, lists in the place of commas and files in
 * the place of their names, but that passwords of keys come with the keys:
 *
 *	load-shared { id, type = IKE|EAP|NTLM|PPK, data, owners[] }
 *	load-key { type = any|rsa|ecdsa|pkcs8, data, file, secrets[] }
 *	load-pkcs12 { data, file, secrets[] }
 *	load-cert { type = X509|X509_CRL|PUBKEY, flag = NONE|CA|OCSP, data, file }
 *	load-authority { NAME { cacert = data, crl_uris[], ocsp_uris[] } }
 *	load-pool { NAME { addrs, dns[], ... } }
 *	load-conn { NAME { ... } }
 */
#ifndef ADITD_CONF_LOAD_H
#define ADITD_CONF_LOAD_H

#include "file.h"

enum { CONF_KEY_FILE_MAX = 65535 }; /* what a value of VICI can be */

struct conf_command {
	struct conf_command *next;
	const char *name;
	struct setting *settings;
};

/* A section that is not loaded for what is wrong in it; all others are. */
struct conf_refusal {
	struct conf_refusal *next;
	const char *command;
	char *name;
	struct err err;
};

/* What is allowed, but hardly what was meant. */
struct conf_hint {
	struct conf_hint *next;
	struct err err;
};

struct conf_load {
	struct conf_command *first, **end;
	struct conf_refusal *refusals, **refusals_end;
	struct conf_hint *hints, **hints_end;
	struct conf_files files; /* all that was read */
};

/*
 * Give @load to conf_load_free() whatever the outcome. What is wrong in a
 * connection, a pool or an authority is a refusal, all else is an error.
 */
int conf_load(struct conf_load *load, const char *folder, struct err *err);
void conf_load_free(struct conf_load *load);

#endif
