// SPDX-License-Identifier: GPL-2.0-or-later
/* The commands of the control socket, a row each. */
#include <stdio.h>
#include <stdlib.h>

#include "ctl_client.h"

/* The credentials are others now. */
static int forget_tickets(struct ctl *ctl, const struct setting *request,
			  enum ctl_origin origin, struct err *err)
{
	(void)request;
	(void)origin;
	(void)err;
	engine_forget_tickets(ctl->engine);
	return 0;
}

/* What the net process says when it has read files; of most clients may, too. */
static int load_of(struct ctl *ctl, const char *command,
		   const struct setting *settings, enum ctl_origin origin,
		   struct err *err)
{
	static const struct {
		const char *command;
		int (*run)(struct ctl *ctl, const struct setting *request,
			   enum ctl_origin origin, struct err *err);
	} rows[] = {
		{ "load-conn", ctl_conn_add },
		{ "load-pool", ctl_pool_add },
		{ "unload-conn", ctl_conn_remove },
		{ "unload-pool", ctl_pool_remove },
		{ "forget-tickets", forget_tickets },
	};

	err->text[0] = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (strcmp(command, rows[i].command) == 0)
			return rows[i].run(ctl, settings, origin, err);
	return err_set(err, ERR_USAGE, "'%s' is not for here", command);
}

int ctl_load(struct ctl *ctl, const char *command,
	     const struct setting *settings, struct err *err)
{
	return load_of(ctl, command, settings, CTL_OF_FILES, err);
}

static void load(struct ctl_client *client, const struct setting *request)
{
	struct err err;
	int rc = load_of(client->ctl, client->command->name, request,
			 CTL_OF_CLIENT, &err);

	ctl_answer_result(client, rc ? err.text : NULL);
}

static const struct ctl_command commands[] = {
	{ "version", CTL_HERE, ctl_version, 0, "what daemon this is" },
	{ "stats", CTL_HERE, ctl_stats, 0, "how it fares" },
	{ "reload-settings", CTL_NET, NULL, 0, "read the files again" },
	{ "initiate", CTL_HERE, ctl_initiate, 0, "bring something up" },
	{ "terminate", CTL_HERE, ctl_terminate, 0, "take something down" },
	{ "rekey", CTL_HERE, ctl_rekey, 0, "new keys" },
	{ "install", CTL_HERE, ctl_install, 0, "wait for its packets" },
	{ "uninstall", CTL_HERE, ctl_uninstall, 0, "not any more" },
	{ "list-sas", CTL_HERE, ctl_list_sas, 0, "what is up" },
	{ "list-policies", CTL_HERE, ctl_list_policies, 0,
	  "what waits for packets" },
	{ "list-conns", CTL_HERE, ctl_list_conns, 0, "what is configured" },
	{ "get-conns", CTL_HERE, ctl_get_conns, 0, "its names" },
	{ "list-certs", CTL_KEYS, NULL, CTL_LIST_CERT, "certificates" },
	{ "list-authorities", CTL_KEYS, NULL, CTL_LIST_AUTHORITY, "CAs" },
	{ "get-authorities", CTL_KEYS, NULL, 0, "their names" },
	{ "load-conn", CTL_HERE, load, 0, "a connection" },
	{ "unload-conn", CTL_HERE, load, 0, "without it" },
	{ "load-cert", CTL_KEYS, NULL, 0, "a certificate or CRL" },
	{ "load-key", CTL_KEYS, NULL, 0, "a private key" },
	{ "unload-key", CTL_KEYS, NULL, 0, "without it" },
	{ "get-keys", CTL_KEYS, NULL, 0, "ids of private keys" },
	{ "load-token", CTL_KEYS, NULL, 0, "why there is none" },
	{ "load-shared", CTL_KEYS, NULL, 0, "a secret" },
	{ "unload-shared", CTL_KEYS, NULL, 0, "without it", true },
	{ "get-shared", CTL_KEYS, NULL, 0, "ids of secrets" },
	{ "load-pkcs12", CTL_KEYS, NULL, 0, "keys and certificates" },
	{ "flush-certs", CTL_KEYS, NULL, 0, "forget what was fetched" },
	{ "clear-creds", CTL_KEYS, NULL, 0, "forget all secrets and keys",
	  true },
	{ "load-authority", CTL_KEYS, NULL, 0, "more about a CA" },
	{ "unload-authority", CTL_KEYS, NULL, 0, "without it", true },
	{ "load-pool", CTL_HERE, load, 0, "inner addresses" },
	{ "unload-pool", CTL_HERE, load, 0, "without them" },
	{ "get-pools", CTL_HERE, ctl_get_pools, 0, "inner addresses" },
	{ "get-algorithms", CTL_HERE, ctl_algorithms, 0, "what it can do" },
	{ "get-counters", CTL_HERE, ctl_get_counters, 0, "messages" },
	{ "reset-counters", CTL_HERE, ctl_reset_counters, 0, "from 0 again" },
	{ "get-failures", CTL_HERE, ctl_get_failures, 0,
	  "what failed last, and why" },
};

const struct ctl_command *ctl_command(struct span name)
{
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		if (span_equal(name, span_of_text(commands[i].name)))
			return &commands[i];
	return NULL;
}

/*
 * Of a list that another process has: the sections of its only section are the
 * items.
 */
static struct setting *relay_item(struct ctl_client *client, size_t at)
{
	struct setting *list = client->stream.items;
	struct setting *item = list->first;
	struct setting *event;

	(void)at;
	setting_take(list, item);
	if (client->stream.event == CTL_LIST_CERT)
		return item;
	/* Of an authority, whose name is that of the section. */
	event = ctl_root();
	if (!event || !setting_copy(event, item)) {
		setting_free(event);
		event = NULL;
	}
	setting_free(item);
	return event;
}

static void relay_done(struct ctl_client *client)
{
	setting_free(client->stream.items);
}

static void relay(struct ctl_client *client, const struct setting *answer)
{
	struct ctl_stream stream = { .event = client->command->relay,
				     .item = relay_item,
				     .done = relay_done };
	struct setting *copy = setting_copy(NULL, answer->first);

	if (!copy) {
		ctl_answer_result(client, "no memory");
		return;
	}
	for (struct setting *i = copy->first; i; i = i->next)
		stream.n++;
	stream.items = copy;
	snprintf(client->from, sizeof(client->from), "%s",
		 setting_text(answer, "next", ""));
	ctl_stream(client, &stream);
}

static void on_done(void *arg, bool good, const char *text,
		    const struct setting *answer)
{
	struct ctl_client *client = arg;

	if (client->closing)
		return;
	if (!good)
		ctl_answer_result(client, text && *text ? text : "it failed");
	else if (client->command->relay && answer && answer->first)
		relay(client, answer);
	else if (client->command->relay)
		ctl_answer(client, NULL);
	else if (answer && answer->first)
		ctl_answer(client, setting_copy(NULL, answer));
	else
		ctl_answer_result(client, NULL);
}

void ctl_run(struct ctl_client *client, const struct ctl_command *command)
{
	struct ctl *ctl = client->ctl;
	enum role to = command->how == CTL_NET ? ROLE_NET : ROLE_KEYS;
	struct err err;

	client->command = command;
	if (command->how == CTL_HERE) {
		command->run(client, client->request);
		return;
	}
	if (command->revokes)
		engine_forget_tickets(ctl->engine);
	if (ctl->ops->command(ctl->world, to, command->name, client->request,
			      on_done, client, &err))
		ctl_answer_result(client, err.text);
}

bool ctl_relay_more(struct ctl_client *client)
{
	struct setting *from;

	if (!*client->from)
		return false;
	from = setting_find(client->request, "from");
	if (from) {
		setting_take(client->request, from);
		setting_free(from);
	}
	ctl_put(client->request, "from", "%s", client->from);
	client->from[0] = '\0';
	ctl_run(client, client->command);
	return true;
}
