// SPDX-License-Identifier: GPL-2.0-or-later
/* Connections as VICI loads and shows them. */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "../conf/conn.h"
#include "../crypto/prf.h"
#include "../keys/auth.h"
#include "ctl_client.h"

static void put_texts(struct setting *parent, const char *name,
		      const struct conf_texts *texts)
{
	struct setting *to = ctl_list(parent, name);

	for (size_t i = 0; i < texts->n; i++)
		ctl_put(to, NULL, "%s", texts->texts[i]);
}

static void put_ident(struct setting *to, const char *name,
		      const struct ident *id)
{
	char text[IDENT_TEXT_SIZE];

	if (id->type != IDENT_ANY)
		ctl_put(to, name, "%s", ident_show(id, text));
}

/* Certificates by their subjects; of files there is only the name here. */
static void put_certs(struct setting *parent, const char *name,
		      const struct conf_texts *texts)
{
	struct setting *to = ctl_list(parent, name);
	char subject[IDENT_TEXT_SIZE];

	for (size_t i = 0; i < texts->n; i++) {
		const char *text = texts->texts[i];

		if (*text != '/' &&
		    keys_show_cert(text, subject, sizeof(subject)))
			text = subject;
		ctl_put(to, NULL, "%s", *text == '-' ? "no certificate" : text);
	}
}

/* How sure one has to be, as strongSwan says it: relaxed, not at all. */
static void put_revocation(struct setting *to, enum conf_revocation policy)
{
	if (policy != REVOCATION_RELAXED)
		ctl_put(to, "revocation", "%s",
			policy == REVOCATION_STRICT ? "GOOD" : "SKIPPED");
}

static const char *auth_class(enum conf_auth auth)
{
	switch (auth) {
	case AUTH_WITH_PSK:
		return "pre-shared key";
	case AUTH_WITH_PUBKEY:
		return "public key";
	case AUTH_WITH_EAP:
		return "EAP";
	default:
		return "any";
	}
}

/* "EAP_MSCHAPV2", as strongSwan writes it. */
static void put_eap(struct setting *to, const char *method)
{
	char text[32] = "";

	/* Behind a colon is what its certificates must be like. */
	for (size_t i = 0;
	     i < sizeof(text) - 1 && method[i] && method[i] != ':'; i++)
		text[i] = (char)toupper((unsigned char)method[i]);
	ctl_put(to, "eap-type", "EAP_%s", text);
}

static void put_round(struct setting *parent, const char *side, size_t number,
		      const struct conf_round *round)
{
	struct setting *to;
	char name[32];

	snprintf(name, sizeof(name), "%s-%zu", side, number);
	to = ctl_section(parent, name);
	put_ident(to, "id", &round->id);
	ctl_put(to, "class", "%s", auth_class(round->auth));
	if (round->auth == AUTH_WITH_EAP &&
	    strncmp(round->method, "eap-", 4) == 0)
		put_eap(to, round->method + 4);
	put_revocation(to, round->revocation);
	put_ident(to, "eap_id", &round->eap_id);
	put_ident(to, "aaa_id", &round->aaa_id);
	put_ident(to, "ca_id", &round->ca_id);
	ctl_list(to, "groups");
	put_texts(to, "cert_policy", &round->policies);
	put_certs(to, "certs", &round->certs);
	put_certs(to, "cacerts", &round->cacerts);
}

static void put_child(struct setting *parent, const struct child_conf *child)
{
	static const char *const dpd[] = { [DPD_NONE] = "none",
					   [DPD_CLEAR] = "none",
					   [DPD_TRAP] = "trap",
					   [DPD_RESTART] = "start" };
	static const char *const close[] = { "none", "trap", "start",
					     "trap|start" };
	struct setting *to = ctl_section(parent, child->name);

	ctl_put(to, "mode", "%s",
		child->mode == MODE_TRANSPORT ? "TRANSPORT" : "TUNNEL");
	ctl_put(to, "rekey_time", "%" PRIu64, child->rekey_time);
	ctl_put(to, "rekey_bytes", "%" PRIu64, child->rekey_bytes);
	ctl_put(to, "rekey_packets", "%" PRIu64, child->rekey_packets);
	ctl_put(to, "dpd_action", "%s", dpd[child->dpd_action]);
	ctl_put(to, "close_action", "%s", close[child->close_action & 3]);
	ctl_put_ts(to, "local-ts", &child->local_ts);
	ctl_put_ts(to, "remote-ts", &child->remote_ts);
	if (child->priority)
		ctl_put(to, "priority", "%u", child->priority);
}

static void put_conn(struct setting *parent, const struct conn *conn)
{
	static const char *const versions[] = { "IKEv1/2", "IKEv1", "IKEv2" };
	static const char *const uniques[] = {
		[UNIQUE_NO] = "UNIQUE_NO",
		[UNIQUE_NEVER] = "UNIQUE_NEVER",
		[UNIQUE_KEEP] = "UNIQUE_KEEP",
		[UNIQUE_REPLACE] = "UNIQUE_REPLACE",
	};
	struct setting *to = ctl_section(parent, conn->name);
	struct setting *children;

	put_texts(to, "local_addrs", &conn->local_addrs);
	put_texts(to, "remote_addrs", &conn->remote_addrs);
	ctl_put(to, "version", "%s", versions[conn->version % 3]);
	ctl_put(to, "reauth_time", "%" PRIu64, conn->reauth_time);
	ctl_put(to, "rekey_time", "%" PRIu64, conn->rekey_time);
	ctl_put(to, "unique", "%s", uniques[conn->unique]);
	if (conn->dpd_delay)
		ctl_put(to, "dpd_delay", "%" PRIu64, conn->dpd_delay);
	if (conn->ppk_id)
		ctl_put(to, "ppk_id", "%s", conn->ppk_id);
	if (conn->ppk_required)
		ctl_put(to, "ppk_required", "yes");
	if (conn->resumption)
		ctl_put(to, "resumption", "yes");
	for (size_t i = 0; i < conn->local_n; i++)
		put_round(to, "local", i + 1, &conn->local[i]);
	for (size_t i = 0; i < conn->remote_n; i++)
		put_round(to, "remote", i + 1, &conn->remote[i]);
	children = ctl_section(to, "children");
	for (const struct child_conf *i = conn->children; i; i = i->next)
		put_child(children, i);
}

static struct setting *conn_item(struct ctl_client *client, size_t at)
{
	struct conn **conns = client->stream.items;
	struct setting *root = ctl_root();

	put_conn(root, conns[at]);
	return root;
}

static void conns_done(struct ctl_client *client)
{
	struct conn **conns = client->stream.items;

	for (size_t i = 0; i < client->stream.n; i++)
		conn_put(conns[i]);
	free(conns);
}

static size_t count_conns(struct ctl *ctl)
{
	size_t n = 0;

	while (engine_conn_at(ctl->engine, n))
		n++;
	return n;
}

void ctl_list_conns(struct ctl_client *client, const struct setting *request)
{
	struct ctl_stream stream = { .event = CTL_LIST_CONN,
				     .item = conn_item,
				     .done = conns_done };
	struct engine *engine = client->ctl->engine;
	const char *ike = ctl_name(request, "ike");
	struct conn **conns, *conn;

	conns = calloc(count_conns(client->ctl) + 1, sizeof(struct conn *));
	if (!conns) {
		ctl_answer_result(client, "no memory");
		return;
	}
	for (size_t i = 0; (conn = engine_conn_at(engine, i)); i++)
		if (!ike || strcmp(conn->name, ike) == 0)
			conns[stream.n++] = conn_get(conn);
	stream.items = conns;
	ctl_stream(client, &stream);
}

/* How a connection came: what was said of it, and by whom. */
struct loaded {
	uint8_t hash[32];
	uint8_t of_files;
};

static bool is_of_files(const struct ctl *ctl, const char *name)
{
	const struct setting *found = setting_find(ctl->loaded, name);
	struct loaded loaded;

	if (!found)
		return false;
	memcpy(&loaded, found->data, sizeof(loaded));
	return loaded.of_files;
}

/*
 * Those that VICI has brought, as strongSwan has it: swanctl unloads all of them
 * that are not in its own files. With "adit = yes" all.
 */
void ctl_get_conns(struct ctl_client *client, const struct setting *request)
{
	struct setting *answer = ctl_root();
	struct setting *list = ctl_list(answer, "conns");
	bool all = ctl_yes(request, "adit");
	const struct conn *conn;

	for (size_t i = 0; (conn = engine_conn_at(client->ctl->engine, i)); i++)
		if (all || !is_of_files(client->ctl, conn->name))
			ctl_put(list, NULL, "%s", conn->name);
	ctl_answer(client, answer);
}

/* They may go while the list is read, so it is made at once, as text. */
static struct setting *policy_item(struct ctl_client *client, size_t at)
{
	struct setting **items = client->stream.items;
	struct setting *item = items[at];

	items[at] = NULL;
	return item;
}

static void policies_done(struct ctl_client *client)
{
	struct setting **items = client->stream.items;

	for (size_t i = 0; i < client->stream.n; i++)
		setting_free(items[i]);
	free(items);
}

/* The first that is an address; else "dynamic" stays. */
static void put_resolved_ts(struct setting *to, const char *name,
			    const struct ts_list *list,
			    const struct conf_texts *addrs)
{
	struct ts_list *resolved = calloc(1, sizeof(*resolved));
	struct addr addr = { .len = 4 };
	struct err ignored;
	size_t i = 0;

	while (i < addrs->n &&
	       addr_parse_digits(&addr, addrs->texts[i], &ignored))
		i++;
	if (resolved && i < addrs->n)
		ts_resolve(list, &addr, 1, resolved);
	ctl_put_ts(to, name, resolved && resolved->n ? resolved : list);
	free(resolved);
}

static struct setting *show_policy(const struct engine_trapped *trapped)
{
	char name[2 * CONF_NAME_MAX + 2];
	struct setting *root = ctl_root();
	struct setting *to;

	snprintf(name, sizeof(name), "%s/%s", trapped->conn->name,
		 trapped->child->name);
	to = ctl_section(root, name);
	ctl_put(to, "child", "%s", trapped->child->name);
	ctl_put(to, "ike", "%s", trapped->conn->name);
	ctl_put(to, "mode", "%s",
		trapped->child->mode == MODE_TRANSPORT ? "TRANSPORT" :
							 "TUNNEL");
	put_resolved_ts(to, "local-ts", &trapped->child->local_ts,
			&trapped->conn->local_addrs);
	put_resolved_ts(to, "remote-ts", &trapped->child->remote_ts,
			&trapped->conn->remote_addrs);
	return root;
}

static bool is_policy_asked(const struct setting *request,
			    const struct engine_trapped *trapped)
{
	const char *child = ctl_name(request, "child");
	const char *ike = ctl_name(request, "ike");

	return (!child || strcmp(child, trapped->child->name) == 0) &&
	       (!ike || strcmp(ike, trapped->conn->name) == 0);
}

void ctl_list_policies(struct ctl_client *client, const struct setting *request)
{
	struct ctl_stream stream = { .event = CTL_LIST_POLICY,
				     .item = policy_item,
				     .done = policies_done };
	struct engine *engine = client->ctl->engine;
	struct engine_trapped trapped;
	struct setting **items;
	size_t n = 0;

	if (ctl_yes(request, "trap"))
		while (engine_trapped_at(engine, n, &trapped))
			n++;
	items = calloc(n + 1, sizeof(struct setting *));
	if (!items) {
		ctl_answer_result(client, "no memory");
		return;
	}
	for (size_t i = 0; i < n && engine_trapped_at(engine, i, &trapped); i++)
		if (is_policy_asked(request, &trapped))
			items[stream.n++] = show_policy(&trapped);
	stream.items = items;
	ctl_stream(client, &stream);
}

/* Of all that was said of it, in the order it was said. */
static int hash_conn(const struct setting *setting, uint8_t out[32])
{
	struct buf packet = BUF_INIT;
	int rc = -1;

	vici_encode(&packet, VICI_CMD_RESPONSE, NULL, setting);
	if (!packet.failed) {
		struct span octets = buf_span(&packet);

		rc = hash(HASH_SHA2_256, &octets, 1, out);
	}
	buf_free(&packet);
	return rc;
}

static void forget_hash(struct ctl *ctl, const char *name)
{
	struct setting *old = setting_find(ctl->loaded, name);

	if (!old)
		return;
	setting_take(ctl->loaded, old);
	setting_free(old);
}

/* Checked where there is what checks it: as a file it may be anything. */
static int read_certs(struct conn *conn, struct err *err)
{
	for (size_t i = 0; i < conn->local_n; i++)
		keys_read_cert_id(&conn->local[i]);
	for (size_t i = 0; i < conn->remote_n; i++)
		if (keys_read_ca_ids(&conn->remote[i], err)) {
			err_prefix(err, "%s: remote: cacerts: ", conn->name);
			return -1;
		}
	return 0;
}

/* What is loaded again as it is stays as it is, and so do its SAs. */
static int add_conn(struct ctl *ctl, const struct setting *setting,
		    enum ctl_origin origin, struct err *err)
{
	const struct setting *old = setting_find(ctl->loaded, setting->name);
	struct loaded now = { .of_files = origin == CTL_OF_FILES };
	bool hashed;
	struct conn *conn;
	int rc;

	if (conf_conn_read(setting, &conn, err))
		return -1;
	if (read_certs(conn, err)) {
		conn_put(conn);
		return -1;
	}
	hashed = !hash_conn(setting, now.hash);
	if (hashed && old && engine_conn(ctl->engine, conn->name) &&
	    span_equal(SPAN(now.hash), span_of(old->data, sizeof(now.hash)))) {
		conn_put(conn);
		return 0;
	}
	forget_hash(ctl, conn->name);
	rc = engine_conn_add(ctl->engine, conn, err);
	if (!rc && hashed)
		setting_new(ctl->loaded, SETTING_VALUE, conn->name,
			    span_of((const uint8_t *)&now, sizeof(now)));
	conn_put(conn);
	return rc;
}

int ctl_conn_add(struct ctl *ctl, const struct setting *request,
		 enum ctl_origin origin, struct err *err)
{
	if (!request->first)
		return err_set(err, ERR_USAGE, "no connection to load");
	for (const struct setting *i = request->first; i; i = i->next)
		if (add_conn(ctl, i, origin, err))
			return -1;
	return 0;
}

int ctl_conn_remove(struct ctl *ctl, const struct setting *request,
		    enum ctl_origin origin, struct err *err)
{
	const char *name = ctl_name(request, "name");

	if (name && origin == CTL_OF_CLIENT && is_of_files(ctl, name))
		return err_set(
			err, ERR_REFUSED,
			"connection '%.64s' is of the configuration files, so it stays",
			name);
	if (name)
		forget_hash(ctl, name);
	if (name && engine_conn_remove(ctl->engine, name))
		return 0;
	return err_set(err, ERR_USAGE,
		       "there is no connection '%.64s' to unload",
		       name ? name : "");
}
