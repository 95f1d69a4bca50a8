// SPDX-License-Identifier: GPL-2.0-or-later
/* See check.h. */
#include "check.h"

#include "../conf/conn.h"
#include "../keys/auth.h"
#include "../keys/command.h"
#include "../keys/load.h"
#include "../keys/mschap.h"

struct checking {
	struct log *log;
	struct keys_store store;
	size_t failed;
};

/* FILE:LINE, unless it begins with a file already. */
static void say(struct checking *checking, enum env_level level,
		const struct setting *at, const char *text)
{
	struct err err;

	checking->failed += level == LEVEL_ERROR;
	if (at && at->file && *text != '/') {
		setting_err(at, &err, "%s", text);
		text = err.text;
	}
	log_text(checking->log, level, "", text);
}

/* Keys, certificates, secrets, as keys will read them. */
static void check_keys(struct checking *checking,
		       const struct conf_command *command)
{
	struct setting *answer =
		setting_new(NULL, SETTING_SECTION, NULL, span_of(NULL, 0));
	const struct setting *at = command->settings->first;
	struct err err = { 0 };

	while (at && !at->file)
		at = at->next;
	if (answer &&
	    keys_command(&checking->store, span_of_text(command->name),
			 command->settings, answer, &err))
		say(checking, LEVEL_ERROR, at, err.text);
	setting_free(answer);
}

/* --------------------------------------------------------------- connections */

static void check_pair(struct checking *checking, const struct setting *at,
		       const struct conn *conn, X509 *cert)
{
	char subject[IDENT_TEXT_SIZE], text[IDENT_TEXT_SIZE + 128];

	if (keys_private_of(&checking->store, X509_get0_pubkey(cert)))
		return;
	snprintf(text, sizeof(text),
		 "%s: the private key of our certificate %s is not in private/",
		 conn->name, x509_show(cert, subject, sizeof(subject)));
	say(checking, LEVEL_INFO, at, text);
}

static void check_certs(struct checking *checking, const struct setting *at,
			const struct conn *conn, const char *what,
			const struct conf_texts *certs)
{
	struct err err;

	for (size_t i = 0; i < certs->n; i++) {
		X509 *cert;

		if (*certs->texts[i] == '/')
			continue;
		cert = keys_read_cert(span_of_text(certs->texts[i]), &err);
		if (!cert) {
			err_prefix(&err, "%s: %s: ", conn->name, what);
			say(checking, LEVEL_ERROR, at, err.text);
		} else if (strncmp(what, "local", 5) == 0) {
			check_pair(checking, at, conn, cert);
		}
		X509_free(cert);
	}
}

static void check_conn(struct checking *checking, const struct setting *at)
{
	struct conn *conn;
	struct err err;

	/* It was read before. */
	if (!at || conf_conn_read(at, &conn, &err))
		return;
	for (size_t i = 0; i < conn->local_n; i++)
		check_certs(checking, at, conn, "local: certs",
			    &conn->local[i].certs);
	for (size_t i = 0; i < conn->remote_n; i++) {
		check_certs(checking, at, conn, "remote: certs",
			    &conn->remote[i].certs);
		check_certs(checking, at, conn, "remote: cacerts",
			    &conn->remote[i].cacerts);
	}
	conn_put(conn);
}

size_t check_loaded(const struct conf_load *load, struct log *log)
{
	struct checking checking = { .log = log };
	struct mschap_providers providers;

	mschap_load(&providers);
	for (const struct conf_command *i = load->first; i; i = i->next)
		if (keys_has_command(span_of_text(i->name)))
			check_keys(&checking, i);
		else if (strcmp(i->name, "load-conn") == 0)
			check_conn(&checking, i->settings->first);
	keys_clear(&checking.store);
	mschap_unload(&providers);
	return checking.failed;
}
