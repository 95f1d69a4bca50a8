// SPDX-License-Identifier: GPL-2.0-or-later
/* adit up, down, rekey, why, log, reload: commands to the daemon. */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "../lib/quantity.h"
#include "ike.h"
#include "print.h"

int parse_text(const struct opt *opt, void *args, const char *arg,
	       struct err *err)
{
	const char **to = (void *)((char *)args + opt->offset);

	(void)err;
	*to = arg;
	return 0;
}

int parse_timeout(const struct opt *opt, void *args, const char *arg,
		  struct err *err)
{
	struct ike_args *ike = args;

	(void)opt;
	return quantity_parse_seconds(&ike->timeout, arg, err);
}

int ike_connect(struct vici_client *client, const struct run *run,
		struct err *err)
{
	*client = (struct vici_client){ .fd = -1 };
	return vici_connect(client, run->uri ? run->uri : VICI_URI, err);
}

struct setting *ike_request(void)
{
	return setting_new(NULL, SETTING_SECTION, NULL, span_of(NULL, 0));
}

void ike_put(struct setting *request, const char *name, const char *value)
{
	if (request && value)
		setting_new(request, SETTING_VALUE, name, span_of_text(value));
}

void ike_print_names(const struct run *run)
{
	struct setting *request, *answer = NULL, *names;
	struct vici_client client;
	struct err ignored;

	if (ike_connect(&client, run, &ignored))
		return;
	request = ike_request();
	ike_put(request, "adit", "yes");
	if (!vici_ask(&client, "get-conns", request, &answer, &ignored)) {
		names = setting_find(answer, "conns");
		for (const struct setting *i = names ? names->first : NULL; i;
		     i = i->next)
			puts((const char *)i->data);
	}
	setting_free(request);
	setting_free(answer);
	vici_disconnect(&client);
}

/* Who a command is about, while it is waited for. */
struct talk {
	const struct run *run;
	const char *conn; /* NULL if nobody is told what it waits for */
	bool has_line; /* on the terminal, to be written over */
};

static void clear_line(struct talk *talk)
{
	if (talk->has_line)
		printf("\r\033[K");
	talk->has_line = false;
}

/* Lines of the daemon, as they come. */
static void show_line(void *arg, const char *name,
		      const struct setting *settings)
{
	const char *conn = setting_text(settings, "ikesa-name", "");
	struct talk *talk = arg;
	const struct run *run = talk->run;
	char stamp[32] = "";
	time_t now = time(NULL);
	struct tm tm;

	if (strcmp(name, "log") == 0) {
		localtime_r(&now, &tm);
		strftime(stamp, sizeof(stamp), "%H:%M:%S ", &tm);
	}
	if (run->json)
		return;
	clear_line(talk);
	printf("%s%s%s%s\n", stamp, conn, *conn ? ": " : "",
	       setting_text(settings, "msg", ""));
	fflush(stdout);
}

static int line_width(void)
{
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || size.ws_col < 2)
		return 79;
	return size.ws_col - 1;
}

static void show_waiting(void *arg, const char *name,
			 const struct setting *settings)
{
	const struct setting *sa = settings->first;
	const char *text = sa ? setting_text(sa, "waits-for", "") : "";
	struct talk *talk = arg;
	char line[256];

	(void)name;
	if (!*text)
		return;
	clear_line(talk);
	snprintf(line, sizeof(line), "waiting: %s", text);
	/* What does not fit into a line could not be written over. */
	printf("%.*s", line_width(), line);
	fflush(stdout);
	talk->has_line = true;
}

/* On a connection of its own, since the other one waits. */
static void ask_waiting(void *arg)
{
	struct setting *request = ike_request(), *answer = NULL;
	struct talk *talk = arg;
	struct vici_client client;
	struct err ignored;

	ike_put(request, "ike", talk->conn);
	ike_put(request, "adit", "yes");
	if (!ike_connect(&client, talk->run, &ignored)) {
		client.event = show_waiting;
		client.arg = talk;
		if (!vici_register(&client, "list-sa", &ignored))
			vici_ask(&client, "list-sas", request, &answer,
				 &ignored);
		vici_disconnect(&client);
	}
	setting_free(request);
	setting_free(answer);
}

static int ask(struct run *run, const char *command,
	       const struct setting *request, const char *event,
	       struct setting **answer)
{
	struct talk talk = { .run = run };
	struct vici_client client;
	int rc;

	if (ike_connect(&client, run, &run->err))
		return -1;
	client.event = show_line;
	client.arg = &talk;
	if (strcmp(command, "initiate") == 0)
		talk.conn = setting_text(request, "ike", NULL);
	if (talk.conn && !run->json && isatty(STDOUT_FILENO))
		client.quiet = ask_waiting;
	rc = event ? vici_register(&client, event, &run->err) : 0;
	if (!rc)
		rc = vici_ask(&client, command, request, answer, &run->err);
	clear_line(&talk);
	vici_disconnect(&client);
	return rc;
}

/* Ask for it with what the words of the command say, but of that child. */
static int command_child(struct run *run, const struct ike_args *args,
			 const char *command, const char *child)
{
	struct setting *request, *answer = NULL;
	char milliseconds[32];
	int rc;

	request = ike_request();
	ike_put(request, "ike", args->name);
	ike_put(request, "child", child);
	if (args->timeout) {
		snprintf(milliseconds, sizeof(milliseconds), "%" PRIu64,
			 args->timeout * 1000);
		ike_put(request, "timeout", milliseconds);
	}
	ike_put(request, "loglevel", run->verbose ? "2" : "1");
	rc = ask(run, command, request, "control-log", &answer);
	if (rc && run->err.kind == ERR_REFUSED)
		err_prefix(&run->err, "%s: ", args->name);
	setting_free(request);
	setting_free(answer);
	return rc;
}

static int control(struct run *run, const struct cmd *cmd, int argc,
		   char **argv, const char *command)
{
	struct ike_args args = { 0 };

	if (opt_parse(&cmd->opts, argc, argv, &args, &run->err))
		return -1;
	return command_child(run, &args, command, args.child);
}

/* Keep the children's part of a connection. */
static void keep_children(void *arg, const char *name,
			  const struct setting *settings)
{
	struct setting **children = arg, *found;

	(void)name;
	if (*children || !settings->first)
		return;
	found = setting_find(settings->first, "children");
	if (found)
		*children = setting_copy(NULL, found);
}

/* NULL without an error if there are none, as when it is not known. */
static int find_children(struct run *run, const char *name,
			 struct setting **children)
{
	struct setting *request = ike_request(), *answer = NULL;
	struct vici_client client;
	int rc;

	ike_put(request, "ike", name);
	rc = ike_connect(&client, run, &run->err);
	client.event = keep_children;
	client.arg = children;
	rc = rc || vici_register(&client, "list-conn", &run->err) ||
	     vici_ask(&client, "list-conns", request, &answer, &run->err);
	vici_disconnect(&client);
	setting_free(request);
	setting_free(answer);
	return rc ? -1 : 0;
}

/* VICI brings up the IKE SA or a child of it; a tunnel has them all. */
static int up(struct run *run, const struct cmd *cmd, int argc, char **argv)
{
	struct setting *children = NULL;
	struct ike_args args = { 0 };
	int rc = 0;

	if (opt_parse(&cmd->opts, argc, argv, &args, &run->err))
		return -1;
	if (args.child)
		return command_child(run, &args, "initiate", args.child);
	if (find_children(run, args.name, &children))
		return -1;
	if (!children || !children->first)
		rc = command_child(run, &args, "initiate", NULL);
	for (const struct setting *i = children ? children->first : NULL;
	     i && !rc; i = i->next)
		rc = command_child(run, &args, "initiate", i->name);
	setting_free(children);
	return rc;
}

static int down(struct run *run, const struct cmd *cmd, int argc, char **argv)
{
	return control(run, cmd, argc, argv, "terminate");
}

static int rekey(struct run *run, const struct cmd *cmd, int argc, char **argv)
{
	return control(run, cmd, argc, argv, "rekey");
}

static void print_failures(const char *name, const struct setting *failures)
{
	if (!failures || !failures->first) {
		printf("%s: nothing failed\n", name);
		return;
	}
	for (const struct setting *i = failures->first; i; i = i->next) {
		const char *ago = setting_text(i, "ago", "0");
		const char *hint = setting_text(i, "hint", "");
		char text[QUANTITY_TEXT_SIZE];

		printf("%s ago: %s\n",
		       quantity_seconds_near(strtoull(ago, NULL, 10), text),
		       setting_text(i, "text", ""));
		if (*hint)
			printf("    %s\n", hint);
	}
}

static void json_failures(const struct run *run, const struct setting *failures)
{
	struct json_object *list = json_object_new_array();

	for (const struct setting *i = failures ? failures->first : NULL; i;
	     i = i->next) {
		struct json_object *one = json_object_new_object();

		json_add(one, "ago",
			 json_object_new_int64(strtoll(
				 setting_text(i, "ago", "0"), NULL, 10)));
		json_add(one, "text",
			 json_object_new_string(setting_text(i, "text", "")));
		json_add(one, "hint",
			 json_object_new_string(setting_text(i, "hint", "")));
		json_object_array_add(list, one);
	}
	print_json(run, list);
}

static int why(struct run *run, const struct cmd *cmd, int argc, char **argv)
{
	struct ike_args args = { 0 };
	struct setting *request, *answer = NULL;
	const struct setting *failures;
	int rc;

	if (opt_parse(&cmd->opts, argc, argv, &args, &run->err))
		return -1;
	request = ike_request();
	ike_put(request, "ike", args.name);
	rc = ask(run, "get-failures", request, NULL, &answer);
	if (!rc) {
		failures = setting_find(answer, "failures");
		if (run->json)
			json_failures(run, failures);
		else
			print_failures(args.name ?
					       args.name :
					       "peers that fit no connection",
				       failures);
	}
	setting_free(request);
	setting_free(answer);
	return rc;
}

static int reload(struct run *run, const struct cmd *cmd, int argc, char **argv)
{
	struct setting *answer = NULL;
	int rc;

	if (opt_parse(&cmd->opts, argc, argv, NULL, &run->err))
		return -1;
	rc = ask(run, "reload-settings", NULL, NULL, &answer);
	setting_free(answer);
	return rc;
}

static void stop(int signal)
{
	(void)signal;
}

/* An object for each; what is up or down is for programs. */
static void print_notice(void *arg, const char *name,
			 const struct setting *settings)
{
	struct json_object *one = ike_json(settings);
	const struct talk *talk = arg;

	json_add(one, "event", json_object_new_string(name));
	print_json(talk->run, one);
	fflush(stdout);
}

static int register_events(struct run *run, struct vici_client *client)
{
	static const char *const events[] = {
		"log", "ike-updown", "child-updown", "ike-rekey", "child-rekey",
	};

	client->event = run->json ? print_notice : show_line;
	for (size_t i = 0; i < (run->json ? ARRAY_SIZE(events) : 1); i++)
		if (vici_register(client, events[i], &run->err))
			return -1;
	return 0;
}

static int follow(struct run *run, const struct cmd *cmd, int argc, char **argv)
{
	const struct sigaction action = { .sa_handler = stop };
	struct talk talk = { .run = run };
	struct vici_client client;
	int rc;

	if (opt_parse(&cmd->opts, argc, argv, NULL, &run->err) ||
	    ike_connect(&client, run, &run->err))
		return -1;
	client.arg = &talk;
	/* Without SA_RESTART: it ends the waiting. */
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	rc = register_events(run, &client);
	if (!rc)
		rc = vici_listen(&client, &run->err);
	vici_disconnect(&client);
	return rc;
}

static const struct opt control_opts[] = {
	OPT_CONN(OPT_REQUIRED),
	OPT_CHILD,
	{ .word = "timeout",
	  .arg = "TIME",
	  .help = "wait no longer for it",
	  .parse = parse_timeout },
};

static const struct opt rekey_opts[] = {
	OPT_CONN(OPT_REQUIRED),
	OPT_CHILD,
};

static const struct opt why_opts[] = {
	OPT_CONN(0),
};

const struct cmd cmd_up = {
	.word = "up",
	.help = "bring a connection up, and say how it goes",
	.opts = CMD_OPTS(control_opts),
	.run = up,
};

const struct cmd cmd_down = {
	.word = "down",
	.help = "take a connection down",
	.opts = CMD_OPTS(control_opts),
	.run = down,
};

const struct cmd cmd_rekey = {
	.word = "rekey",
	.help = "new keys for a connection",
	.more = "With CHILD of that one, else of the IKE SA.\n",
	.opts = CMD_OPTS(rekey_opts),
	.run = rekey,
};

const struct cmd cmd_why = {
	.word = "why",
	.help = "what failed last with a connection, newest first",
	.more = "Without NAME: of peers that fit no connection.\n",
	.opts = CMD_OPTS(why_opts),
	.run = why,
};

const struct cmd cmd_log = {
	.word = "log",
	.help = "print what the daemon says, until SIGINT or SIGTERM",
	.more = "With -j an object a line, and beside the log what comes and goes: events\n"
		"ike-updown, child-updown, ike-rekey and child-rekey, as VICI has them.\n",
	.run = follow,
};

const struct cmd cmd_reload = {
	.word = "reload",
	.help = "have the daemon read its configuration again",
	.more = "Connections that are as they were stay up.\n",
	.run = reload,
};
