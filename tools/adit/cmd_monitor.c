// SPDX-License-Identifier: GPL-2.0-or-later
/* adit monitor: events, one a line. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "print.h"

/* Only there to end the waiting. */
static void stop(int signal)
{
	(void)signal;
}

/* Local time with its offset, as RFC 3339 has it. */
static void stamp(char *buf, size_t size)
{
	struct timespec now;
	char seconds[32], zone[16];
	struct tm tm;

	clock_gettime(CLOCK_REALTIME, &now);
	localtime_r(&now.tv_sec, &tm);
	strftime(seconds, sizeof(seconds), "%Y-%m-%dT%H:%M:%S", &tm);
	strftime(zone, sizeof(zone), "%z", &tm);
	snprintf(buf, size, "%s.%06ld%.3s:%s", seconds, now.tv_nsec / 1000,
		 zone, zone + 3);
}

/* "peer-del" of "peer-del-ntf". */
static void event_name(unsigned int cmd, char *buf, size_t size)
{
	const char *word = names_word(&names_cmd, cmd);
	size_t len;

	snprintf(buf, size, "%s", word ? word : "unknown");
	len = strlen(buf);
	if (len > 4 && strcmp(buf + len - 4, "-ntf") == 0)
		buf[len - 4] = '\0';
}

static void print_line(const struct run *run, const char *event,
		       const struct field_set *set, const void *obj)
{
	struct json_object *line;
	char time[80];

	stamp(time, sizeof(time));
	if (!run->json) {
		printf("%s %s", time, event);
		if (set)
			print_event(set, obj);
		putchar('\n');
	} else {
		line = json_object_new_object();
		json_add(line, "time", json_object_new_string(time));
		json_add(line, "event", json_object_new_string(event));
		if (set)
			json_add_fields(line, set, obj);
		print_json(run, line);
	}
	fflush(stdout);
}

static void on_event(unsigned int cmd, void *obj, void *arg)
{
	char name[32];

	event_name(cmd, name, sizeof(name));
	print_line(arg, name, model_set_of(cmd), obj);
}

static void on_lost(void *arg)
{
	print_line(arg, "lost", NULL, NULL);
	fputs("adit: events were lost, more came than could be read\n", stderr);
}

struct groups {
	bool config, acquire, expire, unknown_spi;
};

static int parse_group(const struct opt *opt, void *args, const char *arg,
		       struct err *err)
{
	(void)arg;
	(void)err;
	*((bool *)args + opt->value) = true;
	return 0;
}

static const struct opt opts[] = {
	{ .word = ADIT_MCGRP_ACQUIRE,
	  .help = "a child needs an outbound SA",
	  .value = offsetof(struct groups, acquire),
	  .parse = parse_group },
	{ .word = ADIT_MCGRP_EXPIRE,
	  .help = "an SA has reached a limit",
	  .value = offsetof(struct groups, expire),
	  .parse = parse_group },
	{ .word = ADIT_MCGRP_UNKNOWN_SPI,
	  .help = "a packet is for no SA here",
	  .value = offsetof(struct groups, unknown_spi),
	  .parse = parse_group },
	{ .word = ADIT_MCGRP_CONFIG,
	  .help = "peers, sockets, children, SAs: new, changed, gone",
	  .value = offsetof(struct groups, config),
	  .parse = parse_group },
};

static int join(struct adit_nl *nl, const struct groups *groups,
		struct err *err)
{
	bool all = !groups->config && !groups->acquire && !groups->expire &&
		   !groups->unknown_spi;
	const char *names[ARRAY_SIZE(opts)];
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(opts); i++)
		if (all || *((const bool *)groups + opts[i].value))
			names[n++] = opts[i].word;
	return adit_nl_join(nl, names, n, err);
}

/* Signals stay blocked but while waiting, so that none is missed. */
static void catch_signals(sigset_t *unblock)
{
	static const int signals[] = { SIGINT, SIGTERM };
	struct sigaction action = { .sa_handler = stop };
	sigset_t block;

	sigemptyset(&block);
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++) {
		sigaddset(&block, signals[i]);
		sigaction(signals[i], &action, NULL);
	}
	sigprocmask(SIG_BLOCK, &block, unblock);
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
		sigdelset(unblock, signals[i]);
}

static int monitor(struct run *run, const struct cmd *cmd, int argc,
		   char **argv)
{
	struct groups groups = { 0 };
	struct adit_nl nl = { 0 };
	sigset_t unblock;
	int rc;

	/* Of its own: requests would not get along with events. */
	if (opt_parse(&cmd->opts, argc, argv, &groups, &run->err) ||
	    adit_nl_open(&nl, &run->err))
		return -1;
	rc = join(&nl, &groups, &run->err);
	if (!rc) {
		catch_signals(&unblock);
		print_line(run, "listening", NULL, NULL);
		rc = adit_nl_listen(&nl, &unblock, on_event, on_lost, run,
				    &run->err);
	}
	adit_nl_close(&nl);
	return rc;
}

const struct cmd cmd_monitor = {
	.word = "monitor",
	.help = "print events as they come, until SIGINT or SIGTERM",
	.more = "Without a word all events are printed. The first line, \"listening\", says that\n"
		"none is missed from then on; \"lost\" says that some were.\n",
	.opts = CMD_OPTS(opts),
	.run = monitor,
};
