// SPDX-License-Identifier: GPL-2.0-or-later
/* See conf.h. */
#include "conf.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

static void free_texts(struct conf_texts *texts)
{
	for (size_t i = 0; i < texts->n; i++)
		free(texts->texts[i]);
	free(texts->texts);
}

static void free_round(struct conf_round *round)
{
	free(round->method);
	ident_free(&round->id);
	ident_free(&round->cert_id);
	ident_free(&round->eap_id);
	ident_free(&round->aaa_id);
	ident_free(&round->ca_id);
	free_texts(&round->certs);
	free_texts(&round->cacerts);
	buf_free(&round->ca_ids);
	free_texts(&round->pubkeys);
	free_texts(&round->policies);
}

static void free_child(struct child_conf *child)
{
	free(child->name);
	free(child);
}

static void free_conn(struct conn *conn)
{
	struct child_conf *child, *next;

	for (child = conn->children; child; child = next) {
		next = child->next;
		free_child(child);
	}
	for (size_t i = 0; i < CONF_ROUNDS_MAX; i++) {
		free_round(&conn->local[i]);
		free_round(&conn->remote[i]);
	}
	free_texts(&conn->local_addrs);
	free_texts(&conn->remote_addrs);
	free_texts(&conn->tcp_ports);
	free_texts(&conn->vips);
	free_texts(&conn->pools);
	free(conn->name);
	free(conn->interface);
	/* It may have a password. */
	if (conn->proxy)
		explicit_bzero(conn->proxy, strlen(conn->proxy));
	free(conn->proxy);
	free(conn->ppk_id);
	free(conn);
}

/* Not realloc(): what it gives back is a hole that the next one is too big for. */
static void *keep(void *object, size_t at, const struct proposals *proposals)
{
	size_t size = at + offsetof(struct proposals, list) +
		      proposals->n * sizeof(proposals->list[0]);
	void *kept = malloc(size);

	if (!kept)
		return object;
	memcpy(kept, object, size);
	free(object);
	return kept;
}

struct conn *conn_keep(struct conn *conn)
{
	return keep(conn, offsetof(struct conn, proposals), &conn->proposals);
}

struct child_conf *child_conf_keep(struct child_conf *child)
{
	return keep(child, offsetof(struct child_conf, proposals),
		    &child->proposals);
}

struct conn *conn_get(struct conn *conn)
{
	conn->refs++;
	return conn;
}

void conn_put(struct conn *conn)
{
	if (conn && !--conn->refs)
		free_conn(conn);
}

const struct child_conf *conn_child(const struct conn *conn, const char *name)
{
	for (const struct child_conf *i = conn->children; i; i = i->next)
		if (strcmp(i->name, name) == 0)
			return i;
	return NULL;
}
