// SPDX-License-Identifier: GPL-2.0-or-later
/* See log.h. */
#include "log.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "chan.h"

static const struct {
	const char *name;
	int priority; /* syslog's */
} levels[] = {
	[LEVEL_ERROR] = { "error", 3 },
	[LEVEL_INFO] = { "info", 6 },
	[LEVEL_DETAIL] = { "detail", 6 },
	[LEVEL_DEBUG] = { "debug", 7 },
};

const char *log_level_name(enum env_level level)
{
	return levels[level].name;
}

int log_level_parse(const char *word, enum env_level *level, struct err *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(levels); i++) {
		if (strcmp(word, levels[i].name) != 0)
			continue;
		*level = (enum env_level)i;
		return 0;
	}
	return err_set(err, ERR_USAGE,
		       "'%.32s' is no level: error, info, detail or debug",
		       word);
}

void log_init(struct log *log, enum role role, enum env_level level)
{
	*log = (struct log){
		.role = role,
		.level = level,
		.times = isatty(STDERR_FILENO),
		.priorities = getenv("JOURNAL_STREAM") && !isatty(2),
	};
}

/* One line whatever is in it: texts may have foreign octets. */
static void make_line(char *line)
{
	for (; *line; line++)
		if ((unsigned char)*line < 0x20 || *line == 0x7f)
			*line = *line == '\n' || *line == '\t' ? ' ' : '?';
}

static void write_line(const struct log *log, enum role role,
		       enum env_level level, const char *what, const char *text)
{
	char line[MSG_TEXT_MAX + MSG_NAME_MAX + 64];
	char when[32] = "", priority[8] = "";
	time_t now = time(NULL);
	struct tm tm;
	int n;

	if (log->times && localtime_r(&now, &tm))
		strftime(when, sizeof(when), "%H:%M:%S ", &tm);
	if (log->priorities)
		snprintf(priority, sizeof(priority), "<%d>",
			 levels[level].priority);
	n = snprintf(line, sizeof(line) - 1, "%s%s%s %s: %s%s%s", priority,
		     when, levels[level].name, role_name(role), what,
		     *what ? ": " : "", text);
	if (n < 0)
		return;
	make_line(line);
	n = (int)strlen(line);
	line[n++] = '\n';
	/* In one go, and nobody to tell if it fails. */
	if (write(STDERR_FILENO, line, (size_t)n) < 0)
		return;
}

void log_from(struct log *log, enum role from, const struct msg_log *msg)
{
	if (msg->level <= log->level)
		write_line(log, from, msg->level, msg->what, msg->text);
}

static void send_line(const struct log *log, enum env_level level,
		      const char *what, const char *text)
{
	char words[MSG_TEXT_MAX], name[MSG_NAME_MAX];
	const struct msg_log msg = { level, name, words };
	struct err err;

	snprintf(words, sizeof(words), "%s", text);
	snprintf(name, sizeof(name), "%s", what);
	make_line(words);
	make_line(name);
	chan_send(log->to, MSG_LOG, &msg, &err);
}

void log_text(struct log *log, enum env_level level, const char *what,
	      const char *text)
{
	if (level > log->level)
		return;
	if (log->to)
		send_line(log, level, what, text);
	else
		write_line(log, log->role, level, what, text);
}

void log_put(struct log *log, enum env_level level, const char *fmt, ...)
{
	char text[MSG_TEXT_MAX];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	log_text(log, level, "", text);
}
