// SPDX-License-Identifier: GPL-2.0-or-later
/* See history.h. */
#include "history.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct history_of {
	struct history_of *next;
	char *conn;
	size_t n;
	struct engine_failure list[HISTORY_MAX]; /* newest first */
};

static struct history_of *find(const struct history *history, const char *conn)
{
	struct history_of *of = history->first;

	while (of && strcmp(of->conn, conn) != 0)
		of = of->next;
	return of;
}

static struct history_of *make(struct history *history, const char *conn)
{
	struct history_of *of;

	if (history->n >= HISTORY_CONNS_MAX)
		return NULL;
	of = calloc(1, sizeof(*of));
	if (!of)
		return NULL;
	of->conn = strdup(conn);
	if (!of->conn) {
		free(of);
		return NULL;
	}
	of->next = history->first;
	history->first = of;
	history->n++;
	return of;
}

/* Where the same text is already, or else the last place. */
static size_t place_of(const struct history_of *of,
		       const struct engine_failure *failure)
{
	for (size_t i = 0; i < of->n; i++)
		if (strcmp(of->list[i].text, failure->text) == 0)
			return i;
	return of->n < HISTORY_MAX ? of->n : HISTORY_MAX - 1;
}

void history_add(struct history *history, const char *conn, uint64_t at,
		 const char *text, const char *hint)
{
	struct history_of *of = find(history, conn);
	struct engine_failure failure = { .at = at };
	size_t place;

	if (!of)
		of = make(history, conn);
	if (!of)
		return;
	snprintf(failure.text, sizeof(failure.text), "%s", text);
	snprintf(failure.hint, sizeof(failure.hint), "%s", hint ? hint : "");
	place = place_of(of, &failure);
	if (place == of->n)
		of->n++;
	memmove(of->list + 1, of->list, place * sizeof(*of->list));
	of->list[0] = failure;
}

size_t history_list(const struct history *history, const char *conn,
		    const struct engine_failure **list)
{
	const struct history_of *of = find(history, conn);

	*list = of ? of->list : NULL;
	return of ? of->n : 0;
}

static void free_one(struct history_of *of)
{
	free(of->conn);
	free(of);
}

void history_forget(struct history *history, const char *conn)
{
	struct history_of **at = &history->first, *of;

	while (*at && strcmp((*at)->conn, conn) != 0)
		at = &(*at)->next;
	of = *at;
	if (!of)
		return;
	*at = of->next;
	history->n--;
	free_one(of);
}

void history_free(struct history *history)
{
	struct history_of *of, *next;

	for (of = history->first; of; of = next) {
		next = of->next;
		free_one(of);
	}
	*history = (struct history){ 0 };
}
