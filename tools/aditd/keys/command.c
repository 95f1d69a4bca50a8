// SPDX-License-Identifier: GPL-2.0-or-later
/* See command.h: which there are. */
#include "command_call.h"

#include <stdio.h>

#include "../../lib/util.h"

int command_no_memory(struct command_call *call)
{
	return err_set(call->err, ERR_REFUSED, "out of memory");
}

const struct setting *command_need(struct command_call *call, const char *name)
{
	const struct setting *item = setting_find(call->settings, name);

	if (item && item->kind == SETTING_VALUE)
		return item;
	err_set(call->err, ERR_USAGE, "'%s' is missing", name);
	return NULL;
}

struct span command_data(const struct setting *item)
{
	return span_of(item->data, item->len);
}

int command_blame(struct command_call *call, int rc)
{
	const char *file = setting_text(call->settings, "file", NULL);

	if (rc && file)
		err_prefix(call->err, "%.200s: ", file);
	return rc;
}

size_t command_texts(const struct setting *section, const char *name,
		     const char *texts[COMMAND_TEXTS_MAX])
{
	const struct setting *list = setting_find(section, name);
	size_t n = 0;

	if (!list || list->kind != SETTING_LIST)
		return 0;
	for (const struct setting *i = list->first; i && n < COMMAND_TEXTS_MAX;
	     i = i->next)
		texts[n++] = (const char *)i->data;
	return n;
}

struct setting *command_add_list(struct setting *answer, const char *name)
{
	return setting_new(answer, SETTING_LIST, name, span_of(NULL, 0));
}

/* Only of what it has brought itself has a client a say, as with strongSwan. */
int command_of_files(struct command_call *call, const char *what,
		     const char *name)
{
	return err_set(call->err, ERR_REFUSED,
		       "%s '%.100s' is of the configuration files, so it stays",
		       what, name);
}

/* Authorities are none of them: they stay, with their certificates. */
static int clear_creds(struct command_call *call)
{
	keys_drop_vici(call->store);
	return 0;
}

static const struct command command_all[] = {
	{ "clear-creds", clear_creds },
	{ 0 },
};

static const struct command *find(struct span name)
{
	const struct command *const tables[] = { command_secrets, command_certs,
						 command_all };

	for (size_t i = 0; i < ARRAY_SIZE(tables); i++)
		for (const struct command *c = tables[i]; c->name; c++)
			if (span_equal(span_of_text(c->name), name))
				return c;
	return NULL;
}

bool keys_has_command(struct span name)
{
	return find(name);
}

int keys_command(struct keys_store *store, struct span name,
		 const struct setting *settings, struct setting *answer,
		 struct err *err)
{
	struct command_call call = { store, settings, answer, err };
	const struct command *command = find(name);

	if (!command)
		return err_set(err, ERR_USAGE,
			       "there is no such command of keys");
	return command->run(&call);
}
