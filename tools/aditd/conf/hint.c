// SPDX-License-Identifier: GPL-2.0-or-later
/* See hint.h. */
#include "hint.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "../proto/v2.h"
#include "creds.h"
#include "option.h"

static void say(struct loading *loading, const struct setting *setting,
		const char *fmt, ...) PRINTF_LIKE(3, 4);

/* Without memory there is one hint less. */
static void say(struct loading *loading, const struct setting *setting,
		const char *fmt, ...)
{
	struct conf_hint *hint = calloc(1, sizeof(*hint));
	char text[400];
	va_list args;

	if (!hint)
		return;
	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	setting_err(setting, &hint->err, "%s", text);
	*loading->load->hints_end = hint;
	loading->load->hints_end = &hint->next;
}

/* ------------------------------------------------------------------- secrets */

void hint_add_psk(struct loading *loading, const struct setting *owners)
{
	struct hinting *hinting = &loading->hinting;

	hinting->has_psk = true;
	hinting->psk_for_all |= !owners->first;
	for (const struct setting *i = owners->first; i; i = i->next) {
		struct ident *list =
			realloc(hinting->owners,
				(hinting->n_owners + 1) * sizeof(*list));
		struct err err;

		if (!list)
			return;
		hinting->owners = list;
		if (!ident_parse(&list[hinting->n_owners],
				 (const char *)i->data, &err))
			hinting->n_owners++;
	}
}

/* Who has no id of its own is called by its address. */
static bool may_own(const struct ident *owner, const struct ident *id)
{
	if (owner->type == IDENT_ANY)
		return true;
	if (id->type == IDENT_ANY)
		return owner->type == ID_IPV4_ADDR ||
		       owner->type == ID_IPV6_ADDR ||
		       owner->type == IDENT_IPV4_RANGE ||
		       owner->type == IDENT_IPV6_RANGE;
	return ident_match(id, owner);
}

static void check_psk(struct loading *loading, const struct setting *setting,
		      const struct conn *conn)
{
	const struct ident *local = &conn->local[0].id;
	const struct ident *remote = &conn->remote[0].id;
	const struct hinting *hinting = &loading->hinting;
	char who[IDENT_TEXT_SIZE], peer[IDENT_TEXT_SIZE];

	if (!hinting->has_psk) {
		say(loading, setting,
		    "%s: auth = psk, but there is no pre-shared key: secrets { ike-%s { secret = ... } }",
		    conn->name, conn->name);
		return;
	}
	ident_show(remote, peer);
	/* Of who may be anybody the secret may be anybody's. */
	if (hinting->psk_for_all || remote->type == IDENT_ANY ||
	    strchr(peer, '*'))
		return;
	for (size_t i = 0; i < hinting->n_owners; i++)
		if (may_own(&hinting->owners[i], local) ||
		    may_own(&hinting->owners[i], remote))
			return;
	say(loading, setting,
	    "%s: auth = psk, but no pre-shared key has an id of %.100s or %.100s",
	    conn->name,
	    local->type == IDENT_ANY ? "our address" : ident_show(local, who),
	    peer);
}

/* -------------------------------------------------------------- certificates */

static bool has_key(const struct conf_load *load)
{
	for (const struct conf_command *i = load->first; i; i = i->next)
		if (strcmp(i->name, "load-key") == 0 ||
		    strcmp(i->name, "load-pkcs12") == 0)
			return true;
	return false;
}

static bool has_ca(const struct conf_load *load)
{
	for (const struct conf_command *i = load->first; i; i = i->next)
		if (strcmp(i->name, "load-authority") == 0 ||
		    strcmp(setting_text(i->settings, "flag", ""), "CA") == 0)
			return true;
	return false;
}

/* pubkey is what is meant if nothing is said, so nobody may have meant it. */
static void check_certs(struct loading *loading, const struct setting *setting,
			const struct conn *conn)
{
	const struct conf_round *remote = &conn->remote[0];

	if (conn->local[0].auth == AUTH_WITH_PUBKEY && !has_key(loading->load))
		say(loading, setting,
		    "%s: we authenticate with a certificate, but there is no private key in private/; for a pre-shared key say auth = psk in local",
		    conn->name);
	if (remote->auth == AUTH_WITH_PUBKEY && !remote->certs.n &&
	    !remote->cacerts.n && !remote->pubkeys.n && !has_ca(loading->load))
		say(loading, setting,
		    "%s: the peer authenticates with a certificate, but there is no CA in x509ca/; for a pre-shared key say auth = psk in remote",
		    conn->name);
}

/* --------------------------------------------------------------------- pools */

static struct addr last_of(const struct pool_conf *conf)
{
	struct addr addr = conf->first;
	uint64_t n = conf->size - 1;

	for (unsigned int i = addr.len; i-- && n; n >>= 8) {
		n += addr.octets[i];
		addr.octets[i] = (uint8_t)n;
	}
	return addr;
}

static bool overlap(const struct hint_pool *a, const struct hint_pool *b)
{
	return a->first.len == b->first.len &&
	       addr_compare(&a->first, &b->last) <= 0 &&
	       addr_compare(&b->first, &a->last) <= 0;
}

void hint_pool(struct loading *loading, const struct setting *setting,
	       const struct pool_conf *conf)
{
	struct hinting *hinting = &loading->hinting;
	struct hint_pool *list =
		realloc(hinting->pools, (hinting->n_pools + 1) * sizeof(*list));
	struct hint_pool *new;

	if (!list)
		return;
	hinting->pools = list;
	new = &list[hinting->n_pools++];
	*new = (struct hint_pool){ .first = conf->first,
				   .last = last_of(conf) };
	snprintf(new->name, sizeof(new->name), "%s", conf->name);
	for (const struct hint_pool *i = list; i < new; i++)
		if (overlap(i, new))
			say(loading, setting,
			    "%s: has addresses of pool %s, too: two peers may get the same one",
			    new->name, i->name);
}

static void check_pools(struct loading *loading, const struct setting *setting,
			const struct conn *conn)
{
	const struct hinting *hinting = &loading->hinting;
	const struct setting *pools = setting_find(setting, "pools");

	for (size_t i = 0; i < conn->pools.n; i++) {
		size_t k = 0;

		while (k < hinting->n_pools &&
		       strcmp(hinting->pools[k].name, conn->pools.texts[i]) !=
			       0)
			k++;
		if (k == hinting->n_pools)
			say(loading, pools ? pools : setting,
			    "%s: there is no pool '%.64s'", conn->name,
			    conn->pools.texts[i]);
	}
}

/* --------------------------------------------------------------------- start */

/* A host, not a net, a range or anybody. */
static bool is_host(const char *text)
{
	bool digits = !text[strspn(text, "0123456789abcdefABCDEF.:-")];

	return *text != '%' && !strchr(text, '/') &&
	       !(digits && strchr(text, '-'));
}

static void check_start(struct loading *loading, const struct setting *setting,
			const struct conn *conn)
{
	for (size_t i = 0; i < conn->remote_addrs.n; i++)
		if (is_host(conn->remote_addrs.texts[i]))
			return;
	for (const struct child_conf *i = conn->children; i; i = i->next)
		if (i->start & START_START)
			say(loading, setting,
			    "%s: start_action = start of %s, but remote_addrs has no host to connect to",
			    conn->name, i->name);
}

void hint_conn(struct loading *loading, const struct setting *setting,
	       const struct conn *conn)
{
	if (conn->local[0].auth == AUTH_WITH_PSK ||
	    conn->remote[0].auth == AUTH_WITH_PSK)
		check_psk(loading, setting, conn);
	check_certs(loading, setting, conn);
	check_pools(loading, setting, conn);
	check_start(loading, setting, conn);
}

/* ---------------------------------------------------------------------- lines */

/* A blank, the option, and "=": "id*" is one with any suffix. */
static bool has_setting(const char *text, const char *option)
{
	size_t len = strcspn(option, "*");

	for (const char *at = text; *at; at++) {
		const char *end = at + 1;

		if (!isblank((unsigned char)*at) ||
		    strncmp(end, option, len) != 0)
			continue;
		end += len;
		if (option[len])
			end += strspn(end, "-_0123456789");
		end += strspn(end, " \t");
		if (*end == '=')
			return true;
	}
	return false;
}

void hint_value(struct loading *loading, const struct conf_section *section,
		const struct setting *setting)
{
	const char *text = (const char *)setting->data;

	if (memchr(text, '\0', setting->len))
		return;
	for (size_t i = 0; i < section->n; i++) {
		const char *option = section->options[i].name;

		if (!has_setting(text, option))
			continue;
		say(loading, setting,
		    "'%.64s =' is in the value of '%.64s': each setting has a line of its own",
		    option, setting->name);
		return;
	}
}

void hint_free(struct hinting *hinting)
{
	for (size_t i = 0; i < hinting->n_owners; i++)
		ident_free(&hinting->owners[i]);
	free(hinting->owners);
	free(hinting->pools);
	*hinting = (struct hinting){ 0 };
}
