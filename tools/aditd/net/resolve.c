// SPDX-License-Identifier: GPL-2.0-or-later
/* See resolve.h. */
#include "resolve.h"

#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "local.h"
#include "names.h"

enum {
	HELPERS = 8, /* at once */
	WAITING = 4096,
	SECONDS = 30, /* for all names of a connection */
	ANSWER_MAX = 4096,
	NOBODY = 65534,
};

/* A question; the words are copies. */
struct question {
	struct question *next;
	struct resolver *resolver;
	struct msg_resolve msg;
	char *words[2 * CONF_ADDRS_MAX];
	/* While a helper is at it. */
	pid_t pid;
	int fd;
	struct event *readable;
	struct buf answer;
};

struct resolver {
	struct event_base *base;
	resolve_fn done;
	void *arg;
	struct question *running, *waiting;
	size_t n_running, n_waiting;
};

/* ------------------------------------------------------------------- answers */

/* Only what is of the family that the first local address has, if it is set. */
static size_t choose(const struct names_answer *answer, struct addr *remotes)
{
	uint8_t len = answer->n_local ? answer->local[0].len : 0;
	bool both = false;
	size_t n = 0;

	for (size_t i = 0; i < answer->n_local; i++)
		both |= answer->local[i].len != len;
	for (size_t i = 0; i < answer->n_remote; i++)
		if (!len || both || answer->remote[i].len == len)
			remotes[n++] = answer->remote[i];
	return n;
}

static bool choose_local(const struct names_answer *answer,
			 const struct addr *remote, struct addr *local)
{
	for (size_t i = 0; i < answer->n_local; i++) {
		*local = answer->local[i];
		if (local->len == remote->len)
			return true;
	}
	return false;
}

static void finish(struct resolver *resolver, uint32_t cookie,
		   const struct names_answer *answer)
{
	struct msg_resolved msg = { .cookie = cookie, .text = answer->text };
	struct err err;

	msg.n = choose(answer, msg.remotes);
	if (msg.n && !choose_local(answer, &msg.remotes[0], &msg.local) &&
	    local_source(&msg.remotes[0], &msg.local, &err)) {
		msg.n = 0;
		msg.text = err.text;
	}
	if (!msg.n && (!msg.text || !*msg.text))
		msg.text =
			answer->n_remote ?
				"local_addrs and remote_addrs are of two families" :
				"remote_addrs has no address to connect to";
	resolver->done(resolver->arg, &msg);
}

static void fail(struct resolver *resolver, uint32_t cookie, const char *text)
{
	const struct names_answer answer = { .text = text };

	finish(resolver, cookie, &answer);
}

/* ------------------------------------------------------------------- helpers */

static void read_words(const struct msg_resolve *msg, bool look_up,
		       struct names_answer *answer, char *text, size_t size)
{
	*text = '\0';
	*answer = (struct names_answer){ .text = text };
	names_read(msg->local, msg->n_local, look_up, answer->local,
		   &answer->n_local, text, size);
	names_read(msg->remote, msg->n_remote, look_up, answer->remote,
		   &answer->n_remote, text, size);
}

/* It has nothing but a pipe and the way to name servers. */
static void be_nobody(void)
{
	if (geteuid())
		return;
	if (setgroups(0, NULL) || setresgid(NOBODY, NOBODY, NOBODY) ||
	    setresuid(NOBODY, NOBODY, NOBODY))
		/* In a user namespace there may be no other. */
		if (errno != EINVAL && errno != EPERM)
			_exit(1);
}

static void help(const struct msg_resolve *msg, int fd)
{
	struct names_answer answer;
	struct buf buf = BUF_INIT;
	char text[256];
	struct err err;

	/* First, as others could be between it and the end. */
	if (dup2(fd, STDIN_FILENO) < 0 || close_range(3, ~0U, 0))
		_exit(1);
	be_nobody();
	alarm(SECONDS);
	read_words(msg, true, &answer, text, sizeof(text));
	if (wire_put(&buf, &names_set, &answer, &err) ||
	    write(STDIN_FILENO, buf.data, buf.len) != (ssize_t)buf.len)
		_exit(1);
	_exit(0);
}

static void free_question(struct question *question)
{
	if (question->readable)
		event_free(question->readable);
	if (question->fd >= 0)
		close(question->fd);
	for (size_t i = 0; i < ARRAY_SIZE(question->words); i++)
		free(question->words[i]);
	buf_free(&question->answer);
	free(question);
}

static void unlink_question(struct question **at, struct question *question)
{
	while (*at != question)
		at = &(*at)->next;
	*at = question->next;
}

static void next_question(struct resolver *resolver);

static void end(struct question *question)
{
	struct resolver *resolver = question->resolver;
	struct names_answer answer = { 0 };
	struct err err;

	unlink_question(&resolver->running, question);
	resolver->n_running--;
	if (wire_take(buf_span(&question->answer), &names_set, &answer, &err))
		fail(resolver, question->msg.cookie,
		     "the names could not be looked up in time");
	else
		finish(resolver, question->msg.cookie, &answer);
	free_question(question);
	next_question(resolver);
}

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct question *question = arg;
	uint8_t octets[1024];
	ssize_t n = read(fd, octets, sizeof(octets));

	(void)what;
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n > 0 && question->answer.len < ANSWER_MAX)
		buf_add(&question->answer, octets, (size_t)n);
	if (n <= 0)
		end(question);
}

static int start(struct question *question)
{
	struct resolver *resolver = question->resolver;
	int fds[2];

	if (pipe2(fds, O_CLOEXEC | O_NONBLOCK))
		return -1;
	question->pid = fork();
	if (!question->pid)
		help(&question->msg, fds[1]);
	close(fds[1]);
	question->fd = fds[0];
	question->readable = event_new(resolver->base, fds[0],
				       EV_READ | EV_PERSIST, on_readable,
				       question);
	if (question->pid < 0 || !question->readable ||
	    event_add(question->readable, NULL))
		return -1;
	question->next = resolver->running;
	resolver->running = question;
	resolver->n_running++;
	return 0;
}

static void start_or_fail(struct question *question)
{
	if (!start(question))
		return;
	fail(question->resolver, question->msg.cookie,
	     "the names cannot be looked up: no process for it");
	free_question(question);
}

static void next_question(struct resolver *resolver)
{
	struct question *question = resolver->waiting;

	if (!question || resolver->n_running >= HELPERS)
		return;
	resolver->waiting = question->next;
	resolver->n_waiting--;
	start_or_fail(question);
}

/* ----------------------------------------------------------------- questions */

static bool has_names(const struct msg_resolve *msg)
{
	for (size_t i = 0; i < msg->n_local; i++)
		if (!names_is_literal(msg->local[i]))
			return true;
	for (size_t i = 0; i < msg->n_remote; i++)
		if (!names_is_literal(msg->remote[i]))
			return true;
	return false;
}

static struct question *copy(struct resolver *resolver,
			     const struct msg_resolve *msg)
{
	struct question *question = calloc(1, sizeof(*question));
	size_t n = 0;

	if (!question)
		return NULL;
	question->resolver = resolver;
	question->fd = -1;
	question->msg = *msg;
	for (size_t i = 0; i < msg->n_local + msg->n_remote; i++) {
		const char **word =
			i < msg->n_local ?
				&question->msg.local[i] :
				&question->msg.remote[i - msg->n_local];

		question->words[n] = strdup(*word);
		*word = question->words[n++];
		if (!*word) {
			free_question(question);
			return NULL;
		}
	}
	return question;
}

void resolver_ask(struct resolver *resolver, const struct msg_resolve *msg)
{
	struct question **at = &resolver->waiting, *question;
	struct names_answer answer;
	char text[256];

	if (!has_names(msg)) {
		read_words(msg, false, &answer, text, sizeof(text));
		finish(resolver, msg->cookie, &answer);
		return;
	}
	question = resolver->n_waiting < WAITING ? copy(resolver, msg) : NULL;
	if (!question) {
		fail(resolver, msg->cookie, "too many names are looked up now");
		return;
	}
	while (*at)
		at = &(*at)->next;
	*at = question;
	resolver->n_waiting++;
	next_question(resolver);
}

bool resolver_ended(struct resolver *resolver, pid_t pid)
{
	struct question *question = resolver->running;

	while (question && question->pid != pid)
		question = question->next;
	/* What it said is read until its end. */
	if (question)
		question->pid = 0;
	return question;
}

struct resolver *resolver_new(struct event_base *base, resolve_fn done,
			      void *arg)
{
	struct resolver *resolver = calloc(1, sizeof(*resolver));

	if (!resolver)
		return NULL;
	resolver->base = base;
	resolver->done = done;
	resolver->arg = arg;
	return resolver;
}

static void free_questions(struct question *question)
{
	while (question) {
		struct question *next = question->next;

		if (question->pid > 0)
			kill(question->pid, SIGKILL);
		free_question(question);
		question = next;
	}
}

void resolver_free(struct resolver *resolver)
{
	if (!resolver)
		return;
	free_questions(resolver->running);
	free_questions(resolver->waiting);
	free(resolver);
}
