// SPDX-License-Identifier: GPL-2.0-or-later
/* adit status: a line for each connection, and why it is not up. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/quantity.h"
#include "ike.h"
#include "print.h"

/* All that the daemon told, sections by the connection's name. */
struct status {
	struct setting *conns, *sas; /* of sas several may have one name */
};

static void on_event(void *arg, const char *name,
		     const struct setting *settings)
{
	struct status *status = arg;
	struct setting *to = strcmp(name, "list-sa") == 0 ? status->sas :
							    status->conns;

	if (settings->first)
		setting_copy(to, settings->first);
}

static int ask_list(struct vici_client *client, const char *event,
		    const char *command, const struct setting *request,
		    struct err *err)
{
	struct setting *answer;

	if (vici_register(client, event, err) ||
	    vici_ask(client, command, request, &answer, err))
		return -1;
	setting_free(answer);
	return 0;
}

static int gather(struct run *run, const char *name, struct status *status)
{
	struct setting *request = ike_request();
	struct vici_client client;
	int rc;

	ike_put(request, "ike", name);
	ike_put(request, "adit", "yes");
	rc = ike_connect(&client, run, &run->err);
	client.event = on_event;
	client.arg = status;
	if (!rc)
		rc = ask_list(&client, "list-conn", "list-conns", request,
			      &run->err);
	if (!rc)
		rc = ask_list(&client, "list-sa", "list-sas", request,
			      &run->err);
	vici_disconnect(&client);
	setting_free(request);
	return rc;
}

static uint64_t number(const struct setting *section, const char *name)
{
	return strtoull(setting_text(section, name, "0"), NULL, 10);
}

static void print_items(const struct setting *section, const char *name)
{
	const struct setting *list = setting_find(section, name);
	const char *before = "";

	for (const struct setting *i = list ? list->first : NULL; i;
	     i = i->next) {
		printf("%s%s", before, (const char *)i->data);
		before = ",";
	}
}

static void print_ts(const struct setting *child)
{
	print_items(child, "local-ts");
	fputs(" = ", stdout);
	print_items(child, "remote-ts");
}

/* Inner addresses that one end has of the other: ", 10.3.0.1 here". */
static void print_vips(const struct setting *sa, const char *name,
		       const char *where)
{
	if (!setting_find(sa, name))
		return;
	fputs(", ", stdout);
	print_items(sa, name);
	printf(" %s", where);
}

/* "adit0 over UDP 192.0.2.1:4500" */
static void print_path(const struct setting *sa)
{
	const char *encap = setting_text(sa, "encapsulation", "none");
	const char *host = setting_text(sa, "remote-host", "");

	printf("%s %s", setting_text(sa, "interface", ""), host);
	if (strcmp(encap, "none") != 0)
		printf(" over %s port %s",
		       strcmp(encap, "tcp") == 0 ? "TCP" : "UDP",
		       setting_text(sa, "remote-port", ""));
	if (setting_find(sa, "nat-any"))
		fputs(" (NAT)", stdout);
	print_vips(sa, "local-vips", "here");
	print_vips(sa, "remote-vips", "there");
}

static void print_child(const struct setting *child)
{
	char since[QUANTITY_TEXT_SIZE], rekey[QUANTITY_TEXT_SIZE];
	char in[QUANTITY_TEXT_SIZE], out[QUANTITY_TEXT_SIZE];

	fputs("  ", stdout);
	print_ts(child);
	printf("  for %s",
	       quantity_seconds_near(number(child, "install-time"), since));
	if (setting_find(child, "rekey-time"))
		printf(", rekey in %s",
		       quantity_seconds_near(number(child, "rekey-time"),
					     rekey));
	printf(", in %s, out %s\n",
	       quantity_bytes_near(number(child, "bytes-in"), in),
	       quantity_bytes_near(number(child, "bytes-out"), out));
}

static void print_all(const struct setting *section, int indent)
{
	for (const struct setting *i = section->first; i; i = i->next) {
		if (i->kind != SETTING_VALUE && !i->first)
			continue;
		if (i->kind == SETTING_SECTION) {
			printf("%*s%s:\n", indent, "", i->name);
			print_all(i, indent + 4);
			continue;
		}
		printf("%*s%s ", indent, "", i->name);
		if (i->kind == SETTING_LIST)
			print_items(section, i->name);
		else
			fputs((const char *)i->data, stdout);
		putchar('\n');
	}
}

/* The only one on the line of its connection, several below it. */
static void print_children(const struct setting *sa)
{
	const struct setting *children = setting_find(sa, "child-sas");

	if (!children || !children->first) {
		putchar('\n');
		return;
	}
	if (!children->first->next) {
		print_child(children->first);
		return;
	}
	putchar('\n');
	for (const struct setting *i = children->first; i; i = i->next) {
		printf("    %s:", setting_text(i, "name", ""));
		print_child(i);
	}
}

static void print_sa(const struct run *run, const struct setting *sa)
{
	const char *state = setting_text(sa, "state", "");
	bool up = strcmp(state, "ESTABLISHED") == 0;

	printf("%s: ", sa->name);
	print_colored(up ? COLOR_GOOD : COLOR_WARN, 0, up ? "up" : state);
	fputs("  ", stdout);
	print_path(sa);
	print_children(sa);
	if (!up && setting_find(sa, "waits-for"))
		printf("    waiting: %s\n", setting_text(sa, "waits-for", ""));
	if (run->verbose)
		print_all(sa, 4);
}

static void print_down(const struct run *run, const struct setting *conn)
{
	printf("%s: ", conn->name);
	print_colored(COLOR_FAINT, 0, "down");
	fputs("  ", stdout);
	print_items(conn, "remote_addrs");
	printf("  (adit up %s; adit why %s)\n", conn->name, conn->name);
	if (run->verbose)
		print_all(conn, 4);
}

static void print_text(const struct run *run, const struct status *status)
{
	for (const struct setting *i = status->sas->first; i; i = i->next)
		print_sa(run, i);
	for (const struct setting *i = status->conns->first; i; i = i->next)
		if (!setting_find(status->sas, i->name))
			print_down(run, i);
}

/* VICI has only texts; these are numbers. */
static bool is_number(const char *name)
{
	static const char *const numbers[] = {
		"uniqueid",  "version",	     "local-port",  "remote-port",
		"tries",     "established",  "rekey-time",  "reauth-time",
		"life-time", "install-time", "bytes-in",    "bytes-out",
		"reqid",     "packets-in",   "packets-out", "use-in",
		"use-out",   "encr-keysize", "rekey_time",  "reauth_time",
	};

	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
		if (strcmp(name, numbers[i]) == 0)
			return true;
	return false;
}

static struct json_object *json_value(const struct setting *value)
{
	const char *text = (const char *)value->data;

	if (value->name && is_number(value->name) && *text >= '0' &&
	    *text <= '9' && !text[strspn(text, "0123456789")])
		return json_object_new_int64(strtoll(text, NULL, 10));
	return json_object_new_string(text);
}

struct json_object *ike_json(const struct setting *section)
{
	struct json_object *to = json_object_new_object();

	for (const struct setting *i = section->first; i; i = i->next) {
		struct json_object *list;

		if (i->kind == SETTING_VALUE) {
			json_add(to, i->name, json_value(i));
			continue;
		}
		if (i->kind == SETTING_SECTION) {
			json_add(to, i->name, ike_json(i));
			continue;
		}
		list = json_object_new_array();
		for (const struct setting *j = i->first; j; j = j->next)
			json_object_array_add(list, json_value(j));
		json_add(to, i->name, list);
	}
	return to;
}

static struct json_object *json_named(const struct setting *list)
{
	struct json_object *to = json_object_new_array();

	for (const struct setting *i = list->first; i; i = i->next) {
		struct json_object *one = ike_json(i);

		json_add(one, "name", json_object_new_string(i->name));
		json_object_array_add(to, one);
	}
	return to;
}

static void print_status_json(const struct run *run,
			      const struct status *status)
{
	struct json_object *all = json_object_new_object();

	json_add(all, "connections", json_named(status->conns));
	json_add(all, "sas", json_named(status->sas));
	print_json(run, all);
}

static int show_status(struct run *run, const struct cmd *cmd, int argc,
		       char **argv)
{
	struct ike_args args = { 0 };
	struct status status = { 0 };
	int rc;

	if (opt_parse(&cmd->opts, argc, argv, &args, &run->err))
		return -1;
	status.conns = ike_request();
	status.sas = ike_request();
	rc = gather(run, args.name, &status);
	if (!rc && args.name && !status.conns->first && !status.sas->first)
		rc = err_set(&run->err, ERR_USAGE,
			     "there is no connection '%.64s'", args.name);
	if (!rc && run->json)
		print_status_json(run, &status);
	else if (!rc)
		print_text(run, &status);
	setting_free(status.conns);
	setting_free(status.sas);
	return rc;
}

static const struct opt opts[] = {
	OPT_CONN(0),
};

const struct cmd cmd_status = {
	.word = "status",
	.help = "connections: if they are up, how they are reached, their traffic",
	.more = "One that is not up says what it waits for. -v shows all that is known, -j\n"
		"prints JSON.\n",
	.opts = CMD_OPTS(opts),
	.run = show_status,
};
