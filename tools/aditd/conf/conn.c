// SPDX-License-Identifier: GPL-2.0-or-later
/* See conn.h. */
#include "conn.h"

#include <linux/adit.h>
#include <stdlib.h>

#include "../core/vip.h"
#include "../proto/ike.h"
#include "../proto/v2.h"
#include "option.h"
#include "value.h"

static int no_memory(const struct setting *setting, struct err *err)
{
	return setting_err(setting, err, "no memory");
}

static int copy_name(const struct setting *setting, char **name,
		     struct err *err)
{
	if (!*setting->name || strlen(setting->name) >= CONF_NAME_MAX)
		return setting_err(setting, err,
				   "'%.80s' has not 1 to %d characters",
				   setting->name, CONF_NAME_MAX - 1);
	*name = strdup(setting->name);
	return *name ? 0 : no_memory(setting, err);
}

static uint64_t tenth(uint64_t value)
{
	/* At least one of whatever it is. */
	return value && value < 10 ? 1 : value / 10;
}

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/*
 * What is not said of the soft limit, the hard limit and the random part
 * between, by what is said.
 */
static void complete(uint64_t *rekey, uint64_t *life, uint64_t *rand,
		     uint64_t standard)
{
	if (*rekey == CONF_UNSET)
		*rekey = *life == CONF_UNSET || !*life ? standard :
							 *life * 10 / 11;
	if (*life == CONF_UNSET)
		*life = *rekey + tenth(*rekey);
	if (*rand == CONF_UNSET)
		*rand = *life > *rekey ? *life - *rekey : 0;
	*rand = least(*rand, *rekey);
}

static int check_limits(const struct setting *setting, const char *what,
			uint64_t rekey, uint64_t life, struct err *err)
{
	if (!life || rekey < life || !rekey)
		return 0;
	return setting_err(
		setting, err,
		"%s: life_%s has to be more than rekey_%s, or it ends before it has new keys",
		setting->name, what, what);
}

static int complete_child(const struct setting *setting,
			  struct child_conf *child, struct err *err)
{
	complete(&child->rekey_time, &child->life_time, &child->rand_time,
		 3600);
	complete(&child->rekey_bytes, &child->life_bytes, &child->rand_bytes,
		 0);
	complete(&child->rekey_packets, &child->life_packets,
		 &child->rand_packets, 0);
	if (!child->proposals.n)
		proposal_defaults(&child->proposals, PROTOCOL_ESP);
	if (check_limits(setting, "time", child->rekey_time, child->life_time,
			 err) ||
	    check_limits(setting, "bytes", child->rekey_bytes,
			 child->life_bytes, err) ||
	    check_limits(setting, "packets", child->rekey_packets,
			 child->life_packets, err))
		return -1;
	return 0;
}

static int read_child(const struct setting *setting, struct child_conf *child,
		      struct err *err)
{
	if (copy_name(setting, &child->name, err) ||
	    conf_fill(&conf_child_section, setting, child, err))
		return -1;
	return complete_child(setting, child, err);
}

static int read_children(const struct setting *children, struct conn *conn,
			 struct err *err)
{
	struct child_conf **end = &conn->children;

	for (const struct setting *i = children->first; i; i = i->next) {
		if (i->kind != SETTING_SECTION)
			return setting_err(
				i, err,
				"'%.64s' is no child, write '%.64s { ... }'",
				i->name, i->name);
		*end = calloc(1, sizeof(**end));
		if (!*end)
			return no_memory(i, err);
		if (read_child(i, *end, err))
			return -1;
		*end = child_conf_keep(*end);
		end = &(*end)->next;
	}
	return 0;
}

/* cert<suffix> { file = ... }, as good as one of the list. */
static int read_cert(const struct setting *setting, struct conf_texts *list,
		     struct err *err)
{
	static const struct conf_option row = { .name = "file",
						.type = CONF_CERTS };
	const struct setting *file = setting_find(setting, "file");
	struct err why;

	if (conf_fill(&conf_token_section, setting, NULL, err))
		return -1;
	if (!file)
		return setting_err(setting, err,
				   "%s: 'file' is missing, the name of it",
				   setting->name);
	if (conf_value(&row, span_of(file->data, file->len), list, &why))
		return setting_err(file, err, "file: %s", why.text);
	return 0;
}

static int read_round(const struct conf_section *section,
		      const struct setting *setting, struct conf_round *round,
		      struct err *err)
{
	if (conf_fill(section, setting, round, err))
		return -1;
	round->ask_eap_id = setting_find(setting, "eap_id") &&
			    round->eap_id.type == IDENT_ANY;
	for (const struct setting *i = setting->first; i; i = i->next) {
		struct conf_texts *list = strncmp(i->name, "ca", 2) == 0 ?
						  &round->cacerts :
						  &round->certs;

		if (i->kind == SETTING_SECTION && read_cert(i, list, err))
			return -1;
	}
	return 0;
}

/* In the order of their numbers, or else as they are written. */
static void sort_rounds(struct conf_round *rounds, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		struct conf_round round = rounds[i];
		size_t at = i;

		for (; at && rounds[at - 1].round > round.round; at--)
			rounds[at] = rounds[at - 1];
		rounds[at] = round;
	}
}

/* A side that has no section says what an empty one would say. */
static int read_rounds(const struct conf_section *section,
		       const struct setting *setting, const char *pattern,
		       struct conf_round *rounds, size_t *n, struct err *err)
{
	const struct setting none = { .kind = SETTING_SECTION,
				      .name = setting->name,
				      .file = setting->file,
				      .line = setting->line };

	for (const struct setting *i = setting->first; i; i = i->next) {
		if (i->kind != SETTING_SECTION ||
		    !conf_is_section(pattern, i->name))
			continue;
		if (*n == CONF_ROUNDS_MAX)
			return setting_err(
				i, err, "more than %d rounds of authentication",
				CONF_ROUNDS_MAX);
		if (read_round(section, i, &rounds[(*n)++], err))
			return -1;
	}
	if (!*n)
		return read_round(section, &none, &rounds[(*n)++], err);
	sort_rounds(rounds, *n);
	return 0;
}

static void complete_conn(struct conn *conn)
{
	uint64_t longer;

	if (conn->rekey_time == CONF_UNSET)
		conn->rekey_time = conn->reauth_time ? 0 : 4 * 3600;
	longer = conn->rekey_time > conn->reauth_time ? conn->rekey_time :
							conn->reauth_time;
	if (conn->over_time == CONF_UNSET)
		conn->over_time = tenth(longer);
	if (conn->rand_time == CONF_UNSET)
		conn->rand_time = least(conn->over_time, longer);
}

static int check_vips(const struct setting *setting, const struct conn *conn,
		      struct err *err)
{
	struct addr addr;
	struct err why;

	for (size_t i = 0; i < conn->vips.n; i++)
		if (addr_parse_digits(&addr, conn->vips.texts[i], &why))
			return setting_err(
				setting, err,
				"%s: vips: '%.64s' is no address; 0.0.0.0 or :: asks for any",
				setting->name, conn->vips.texts[i]);
	if (conn->vips.n > VIPS_MAX)
		return setting_err(setting, err, "%s: vips: more than %d",
				   setting->name, VIPS_MAX);
	return 0;
}

/* The daemon has these sockets, which all connections share. */
static int check_ports(const struct setting *setting, const struct conn *conn,
		       struct err *err)
{
	const struct setting *local = setting_find(setting, "local_port");

	if (conn->local_port != IKE_PORT && conn->local_port != IKE_NATT_PORT)
		return setting_err(
			local, err,
			"local_port: %u is none of %d and %d, which the daemon has; remote_port can be any",
			conn->local_port, IKE_PORT, IKE_NATT_PORT);
	if (conn->local_port == IKE_NATT_PORT && conn->remote_port == IKE_PORT)
		return setting_err(
			local, err,
			"local_port: %d does not go with remote_port %d, where nobody expects the non-ESP marker (RFC 3948, 2.2); say remote_port = %d, too",
			IKE_NATT_PORT, IKE_PORT, IKE_NATT_PORT);
	return 0;
}

static int check_conn(const struct setting *setting, const struct conn *conn,
		      struct err *err)
{
	if (check_ports(setting, conn, err) || check_vips(setting, conn, err))
		return -1;
	if (conn->keepalive > ADIT_MAX_KEEPALIVE)
		return setting_err(setting_find(setting, "keepalive"), err,
				   "keepalive: at most %d s",
				   ADIT_MAX_KEEPALIVE);
	return 0;
}

static int read_conn(const struct setting *setting, struct conn *conn,
		     struct err *err)
{
	const struct setting *children = setting_find(setting, "children");

	if (copy_name(setting, &conn->name, err) ||
	    conf_fill(&conf_conn_section, setting, conn, err) ||
	    check_conn(setting, conn, err) ||
	    read_rounds(&conf_local_section, setting, "local*", conn->local,
			&conn->local_n, err) ||
	    read_rounds(&conf_remote_section, setting, "remote*", conn->remote,
			&conn->remote_n, err) ||
	    (children && read_children(children, conn, err)))
		return -1;
	complete_conn(conn);
	if (!conn->interface)
		conn->interface = strdup("");
	return conn->interface ? 0 : no_memory(setting, err);
}

int conf_conn_read(const struct setting *setting, struct conn **conn,
		   struct err *err)
{
	struct conn *new;

	if (setting->kind != SETTING_SECTION)
		return setting_err(
			setting, err,
			"'%.64s' is no connection, write '%.64s { ... }'",
			setting->name, setting->name);
	new = calloc(1, sizeof(*new));
	if (!new)
		return no_memory(setting, err);
	new->refs = 1;
	if (read_conn(setting, new, err)) {
		conn_put(new);
		/* Of a message there is no line to point at. */
		return setting->file ?
			       -1 :
			       err_prefix(err, "%.64s: ", setting->name);
	}
	*conn = conn_keep(new);
	return 0;
}
