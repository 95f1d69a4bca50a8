// SPDX-License-Identifier: GPL-2.0-or-later
/* See resolve.h. */
#include "resolve.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "helper.h"
#include "local.h"
#include "names.h"

enum {
	HELPERS = 8, /* at once */
	WAITING = 4096,
	SECONDS = 30, /* for all names of a connection */
	ANSWER_MAX = 4096,
};

/* A question; the words are copies. */
struct question {
	struct resolver *resolver;
	struct msg_resolve msg;
	char *words[2 * CONF_ADDRS_MAX];
};

struct resolver {
	struct helpers helpers;
	resolve_fn done;
	void *arg;
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

static void help(void *arg, int to)
{
	const struct question *question = arg;
	struct names_answer answer;
	struct buf buf = BUF_INIT;
	char text[256];
	struct err err;

	helper_be_nobody();
	read_words(&question->msg, true, &answer, text, sizeof(text));
	if (wire_put(&buf, &names_set, &answer, &err) ||
	    write(to, buf.data, buf.len) != (ssize_t)buf.len)
		_exit(1);
}

static void free_question(void *arg)
{
	struct question *question = arg;

	for (size_t i = 0; i < ARRAY_SIZE(question->words); i++)
		free(question->words[i]);
	free(question);
}

static void helped(void *arg, struct span octets)
{
	struct question *question = arg;
	struct names_answer answer = { 0 };
	struct err err;

	if (wire_take(octets, &names_set, &answer, &err))
		fail(question->resolver, question->msg.cookie,
		     "the names could not be looked up in time");
	else
		finish(question->resolver, question->msg.cookie, &answer);
	free_question(question);
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
	struct helper_task task = { help, helped, free_question, NULL };
	struct question *question;
	struct names_answer answer;
	char text[256];

	if (!has_names(msg)) {
		read_words(msg, false, &answer, text, sizeof(text));
		finish(resolver, msg->cookie, &answer);
		return;
	}
	question = copy(resolver, msg);
	task.arg = question;
	if (question && !helpers_add(&resolver->helpers, &task))
		return;
	if (question)
		free_question(question);
	fail(resolver, msg->cookie, "too many names are looked up now");
}

bool resolver_ended(struct resolver *resolver, pid_t pid)
{
	return helpers_ended(&resolver->helpers, pid);
}

struct resolver *resolver_new(struct event_base *base, resolve_fn done,
			      void *arg)
{
	struct resolver *resolver = calloc(1, sizeof(*resolver));

	if (!resolver)
		return NULL;
	resolver->helpers = (struct helpers){
		.base = base,
		.at_once = HELPERS,
		.waiting_max = WAITING,
		.seconds = SECONDS,
		.answer_max = ANSWER_MAX,
	};
	resolver->done = done;
	resolver->arg = arg;
	return resolver;
}

void resolver_free(struct resolver *resolver)
{
	if (!resolver)
		return;
	helpers_free(&resolver->helpers);
	free(resolver);
}
