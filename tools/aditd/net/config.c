// SPDX-License-Identifier: GPL-2.0-or-later
/* See config.h. */
#include "config.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "../../lib/vici.h"
#include "../conf/load.h"
#include "check.h"

/* A connection, pool or authority as it was told. */
struct config_item {
	struct config_item *next;
	const char *command; /* "load-conn" */
	char *name;
	char *interface; /* NULL if it names none */
	struct buf packet;
	bool same; /* as before */
	uint32_t cookie; /* it was told with */
	bool failed; /* it was told, and is not loaded */
};

/* Who is told, and how it is taken back. */
static const struct {
	const char *command, *undo;
	enum role to;
} commands[] = {
	{ "load-shared", NULL, ROLE_KEYS },
	{ "load-key", NULL, ROLE_KEYS },
	{ "load-pkcs12", NULL, ROLE_KEYS },
	{ "load-cert", NULL, ROLE_KEYS },
	{ "load-authority", NULL, ROLE_KEYS },
	{ "load-pool", "unload-pool", ROLE_IKE },
	{ "load-conn", "unload-conn", ROLE_IKE },
};

static size_t row_of(const char *command)
{
	size_t i = 0;

	while (i < ARRAY_SIZE(commands) &&
	       strcmp(commands[i].command, command) != 0)
		i++;
	return i;
}

static bool is_for(const struct conf_command *command, enum role to)
{
	size_t row = row_of(command->name);

	return row < ARRAY_SIZE(commands) && commands[row].to == to;
}

/* --------------------------------------------------------------------- items */

static void free_items(struct config_item *item)
{
	while (item) {
		struct config_item *next = item->next;

		free(item->name);
		free(item->interface);
		buf_free(&item->packet);
		free(item);
		item = next;
	}
}

static struct config_item *find(struct config_item *item,
				const struct config_item *like)
{
	while (item && (strcmp(item->command, like->command) != 0 ||
			strcmp(item->name, like->name) != 0))
		item = item->next;
	return item;
}

static struct config_item *item_of(const struct conf_command *command)
{
	const struct setting *section = command->settings->first;
	struct config_item *item = calloc(1, sizeof(*item));
	const char *interface;

	if (!item || !section || !section->name) {
		free(item);
		return NULL;
	}
	interface = setting_text(section, "interface", NULL);
	item->command = commands[row_of(command->name)].command;
	item->name = strdup(section->name);
	item->interface = interface ? strdup(interface) : NULL;
	vici_encode(&item->packet, VICI_CMD_REQUEST, command->name,
		    command->settings);
	if (item->name && !item->packet.failed)
		return item;
	free_items(item);
	return NULL;
}

static struct config_item *copy_item(const struct config_item *from)
{
	struct config_item *item = calloc(1, sizeof(*item));

	if (!item)
		return NULL;
	item->command = from->command;
	item->name = strdup(from->name);
	item->interface = from->interface ? strdup(from->interface) : NULL;
	item->same = true;
	item->failed = from->failed;
	buf_add(&item->packet, from->packet.data, from->packet.len);
	if (item->name && !item->packet.failed &&
	    (item->interface || !from->interface))
		return item;
	free_items(item);
	return NULL;
}

/* What is refused now, and was not before, is as it was. */
static int keep_refused(struct config *config, const struct conf_load *load,
			struct config_item **end, struct err *err)
{
	const struct conf_refusal *i;

	for (i = load->refusals; i; i = i->next) {
		const struct config_item like = { .command = i->command,
						  .name = i->name };
		const struct config_item *old = find(config->items, &like);

		if (!old)
			continue;
		*end = copy_item(old);
		if (!*end)
			return err_set(err, ERR_REFUSED, "no memory");
		end = &(*end)->next;
	}
	return 0;
}

/* In the order of the files. */
static int make_items(struct config *config, const struct conf_load *load,
		      struct err *err)
{
	struct config_item **end = &config->next;
	const struct conf_command *command;

	for (command = load->first; command; command = command->next) {
		const struct config_item *old;

		if (!is_for(command, ROLE_IKE))
			continue;
		*end = item_of(command);
		if (!*end)
			return err_set(err, ERR_REFUSED,
				       "%s: too long, or no memory",
				       command->name);
		old = find(config->items, *end);
		(*end)->same = old && !old->failed &&
			       span_equal(buf_span(&old->packet),
					  buf_span(&(*end)->packet));
		end = &(*end)->next;
	}
	return keep_refused(config, load, end, err);
}

/* ------------------------------------------------------------------- telling */

static int tell(struct config *config, struct chan *to, const char *command,
		const struct setting *settings, struct err *err)
{
	if (chan_send_settings(to, config->cookie, command, settings, err))
		return -1;
	config->cookie++;
	config->pending++;
	return 0;
}

static int hash(const struct conf_load *load, uint8_t out[32])
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	const struct conf_command *command;
	bool good = ctx && EVP_DigestInit_ex(ctx, EVP_sha256(), NULL);

	for (command = load->first; command; command = command->next) {
		struct buf packet = BUF_INIT;

		if (!is_for(command, ROLE_KEYS))
			continue;
		vici_encode(&packet, VICI_CMD_REQUEST, command->name,
			    command->settings);
		good = good && !packet.failed &&
		       EVP_DigestUpdate(ctx, packet.data, packet.len);
		buf_free(&packet);
	}
	good = good && EVP_DigestFinal_ex(ctx, out, NULL);
	EVP_MD_CTX_free(ctx);
	return good ? 0 : -1;
}

/* All or nothing of them: an old secret must not be good any more. */
static int tell_keys(struct config *config, const struct conf_load *load,
		     struct err *err)
{
	const struct conf_command *command;
	uint8_t now[32];

	if (hash(load, now))
		return err_set(err, ERR_REFUSED,
			       "credentials: too long, or no memory");
	if (config->has_credentials &&
	    memcmp(now, config->credentials, sizeof(now)) == 0)
		return 0;
	memcpy(config->credentials, now, sizeof(now));
	config->has_credentials = true;
	if (tell(config, config->keys, "reload-begin", NULL, err))
		return -1;
	for (command = load->first; command; command = command->next)
		if (is_for(command, ROLE_KEYS) &&
		    tell(config, config->keys, command->name, command->settings,
			 err))
			return -1;
	if (tell(config, config->keys, "reload-end", NULL, err))
		return -1;
	return tell(config, config->ike, "forget-tickets", NULL, err);
}

static int undo(struct config *config, const struct config_item *item,
		struct err *err)
{
	const char *command = commands[row_of(item->command)].undo;
	struct setting *root =
		setting_new(NULL, SETTING_SECTION, NULL, span_of(NULL, 0));
	int rc = -1;

	if (root &&
	    setting_new(root, SETTING_VALUE, "name", span_of_text(item->name)))
		rc = tell(config, config->ike, command, root, err);
	setting_free(root);
	return rc;
}

static int tell_packet(struct config *config, struct config_item *item,
		       struct err *err)
{
	const struct msg_settings msg = {
		.cookie = config->cookie,
		.packet = span_of(item->packet.data + 4, item->packet.len - 4),
	};

	if (chan_send(config->ike, MSG_SETTINGS, &msg, err))
		return -1;
	item->cookie = config->cookie++;
	config->pending++;
	return 0;
}

static int tell_ike(struct config *config, struct err *err)
{
	struct config_item *item;

	for (item = config->items; item; item = item->next)
		if (!find(config->next, item) && undo(config, item, err))
			return -1;
	for (item = config->next; item; item = item->next)
		if (!item->same && tell_packet(config, item, err))
			return -1;
	free_items(config->items);
	config->items = config->next;
	config->next = NULL;
	return 0;
}

static void finish(struct config *config)
{
	config_done_fn done = config->done;

	config->done = NULL;
	if (done)
		done(config->arg, !config->failures, config->failure);
}

static void go_on(struct config *config)
{
	struct err err;

	if (config->pending)
		return;
	if (config->to_keys) {
		config->to_keys = false;
		if (tell_ike(config, &err)) {
			config->failures++;
			snprintf(config->failure, sizeof(config->failure), "%s",
				 err.text);
		}
	}
	if (!config->pending)
		finish(config);
}

/* What did not go well is told again the next time, though it is as it was. */
static void forget(struct config *config, uint32_t cookie)
{
	struct config_item *item;

	if (config->to_keys)
		config->has_credentials = false;
	for (item = config->items; item && !config->to_keys; item = item->next)
		item->failed |= item->cookie == cookie;
}

bool config_answer(struct config *config, const struct msg_settings_done *msg)
{
	if (!config->pending || msg->cookie < config->first_cookie ||
	    msg->cookie >= config->cookie)
		return false;
	config->pending--;
	if (!msg->good) {
		log_put(config->log, LEVEL_ERROR, "configuration: %s",
			msg->text);
		if (!config->failures++)
			snprintf(config->failure, sizeof(config->failure), "%s",
				 msg->text);
		forget(config, msg->cookie);
	}
	go_on(config);
	return true;
}

/* ------------------------------------------------------------------- reading */

/* A host that is controlled by VICI alone has no files. */
static bool is_there(const struct config *config)
{
	return !access(config->folder, F_OK);
}

static int read_folder(const struct config *config, struct conf_load *load,
		       struct err *err)
{
	*load = (struct conf_load){ 0 };
	if (!is_there(config)) {
		log_put(config->log, LEVEL_INFO, "there is no folder %s",
			config->folder);
		return 0;
	}
	if (conf_load(load, config->folder, err))
		return -1;
	for (const struct conf_hint *i = load->hints; i; i = i->next)
		log_text(config->log, LEVEL_INFO, "", i->err.text);
	return 0;
}

/* How many there are; each is in the log. */
static size_t log_refusals(const struct config *config,
			   const struct conf_load *load)
{
	const struct conf_refusal *i;
	size_t n = 0;

	for (i = load->refusals; i; i = i->next, n++)
		log_put(config->log, LEVEL_ERROR, "%s; '%s' is not loaded",
			i->err.text, i->name);
	return n;
}

int config_check(const struct config *config, bool whole, struct err *err)
{
	struct conf_load load;
	size_t n;
	int rc;

	if (whole && !is_there(config))
		return err_set(err, ERR_USAGE, "%s: there is no such folder",
			       config->folder);
	rc = read_folder(config, &load, err);
	n = !rc && whole ? log_refusals(config, &load) +
				   check_loaded(&load, config->log) :
			   0;
	if (n)
		rc = err_set(err, ERR_USAGE,
			     "%zu %s would not be loaded, all others would be",
			     n,
			     n == 1 ? "section or file" : "sections or files");
	conf_load_free(&load);
	return rc;
}

/* Of several the first one is told, and how many there are. */
static void fail_refused(struct config *config, const struct conf_load *load)
{
	size_t n = log_refusals(config, load);

	config->failures = n;
	if (n == 1)
		snprintf(config->failure, sizeof(config->failure), "%s",
			 load->refusals->err.text);
	else if (n)
		snprintf(config->failure, sizeof(config->failure),
			 "%.400s (and %zu more, see the log)",
			 load->refusals->err.text, n - 1);
}

int config_load(struct config *config, config_done_fn done, void *arg,
		struct err *err)
{
	struct conf_load load;
	int rc;

	if (config->done)
		return err_set(err, ERR_REFUSED,
			       "the configuration is being read already");
	rc = read_folder(config, &load, err) || make_items(config, &load, err);
	config->first_cookie = config->cookie;
	config->failures = 0;
	config->failure[0] = '\0';
	if (!rc) {
		fail_refused(config, &load);
		rc = tell_keys(config, &load, err);
	}
	conf_load_free(&load);
	if (rc) {
		free_items(config->next);
		config->next = NULL;
		return -1;
	}
	config->done = done;
	config->arg = arg;
	config->to_keys = true;
	go_on(config);
	return 0;
}

bool config_has_interface(const struct config *config, const char *name)
{
	const struct config_item *item;

	for (item = config->items; item; item = item->next)
		if (item->interface && strcmp(item->interface, name) == 0)
			return true;
	return false;
}

void config_free(struct config *config)
{
	free_items(config->items);
	free_items(config->next);
	config->items = NULL;
	config->next = NULL;
}
