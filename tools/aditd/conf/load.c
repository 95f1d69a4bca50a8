// SPDX-License-Identifier: GPL-2.0-or-later
/* See load.h. */
#include "load.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "../../lib/word.h"
#include "conn.h"
#include "creds.h"
#include "option.h"
#include "pool.h"

static int no_memory(struct loading *loading)
{
	return err_set(loading->err, ERR_USAGE, "%s: no memory",
		       loading->folder);
}

struct setting *load_command(struct loading *loading, const char *name)
{
	struct conf_command *command = calloc(1, sizeof(*command));

	if (!command) {
		no_memory(loading);
		return NULL;
	}
	command->name = name;
	command->settings =
		setting_new(NULL, SETTING_SECTION, NULL, span_of(NULL, 0));
	if (!command->settings) {
		free(command);
		no_memory(loading);
		return NULL;
	}
	*loading->load->end = command;
	loading->load->end = &command->next;
	return command->settings;
}

struct setting *load_value(struct loading *loading, struct setting *section,
			   const char *name, struct span value,
			   const struct setting *like)
{
	struct setting *new =
		like ? setting_new_at(section, SETTING_VALUE, name, value,
				      like) :
		       setting_new(section, SETTING_VALUE, name, value);

	if (!new)
		no_memory(loading);
	return new;
}

struct setting *load_list(struct loading *loading, struct setting *section,
			  const char *name)
{
	struct setting *new =
		setting_new(section, SETTING_LIST, name, span_of(NULL, 0));

	if (!new)
		no_memory(loading);
	return new;
}

/* Which options are names of files, and in which folder those are. */
static const struct {
	const char *option, *folder;
} file_options[] = {
	{ "certs", "x509" },
	{ "cacerts", "x509ca" },
	{ "cacert", "x509ca" },
	{ "pubkeys", "pubkey" },
};

static const char *folder_of(const char *option)
{
	for (size_t i = 0; i < ARRAY_SIZE(file_options); i++)
		if (strcmp(file_options[i].option, option) == 0)
			return file_options[i].folder;
	return NULL;
}

/* The file that @name is of, instead of its name. */
static int add_file(struct loading *loading, struct setting *parent,
		    const char *as, const char *folder,
		    const struct setting *name)
{
	const char *file = (const char *)name->data;
	struct buf data = BUF_INIT;
	char path[4096];
	int rc;

	if (*file == '/')
		snprintf(path, sizeof(path), "%s", file);
	else
		snprintf(path, sizeof(path), "%s/%s/%s", loading->folder,
			 folder, file);
	rc = load_file(loading, path, false, &data);
	if (rc && name->file)
		err_prefix(loading->err, "%s:%u: ", name->file, name->line);
	if (!rc && !load_value(loading, parent, as, buf_span(&data), name))
		rc = -1;
	buf_free(&data);
	return rc;
}

static int shape_list(struct loading *loading, struct setting *to,
		      const struct setting *value)
{
	struct setting *parts, *list;
	const char *folder = folder_of(value->name);
	int rc = 0;

	list = setting_new_at(to, SETTING_LIST, value->name, span_of(NULL, 0),
			      value);
	parts = setting_new(NULL, SETTING_LIST, NULL, span_of(NULL, 0));
	if (!list || !parts || conf_split(folder ? parts : list, value)) {
		setting_free(parts);
		return no_memory(loading);
	}
	for (const struct setting *i = parts->first; i && !rc; i = i->next)
		rc = add_file(loading, list, NULL, folder, i);
	setting_free(parts);
	return rc;
}

static int shape_value(struct loading *loading,
		       const struct conf_section *section, struct setting *to,
		       const struct setting *value)
{
	const struct conf_option *option = NULL;

	for (size_t i = 0; i < section->n && !option; i++)
		if (conf_is_section(section->options[i].name, value->name))
			option = &section->options[i];
	hint_value(loading, section, value);
	if (option ? conf_is_list(option) : section->others)
		return shape_list(loading, to, value);
	if (option && folder_of(value->name))
		return add_file(loading, to, value->name,
				folder_of(value->name), value);
	if (load_value(loading, to, value->name,
		       span_of(value->data, value->len), value))
		return 0;
	return -1;
}

/* Sections in a section, by their names. */
static const struct {
	const struct conf_section *in;
	const char *pattern;
	const struct conf_section *is;
} nested[] = {
	{ &conf_conn_section, "local*", &conf_local_section },
	{ &conf_conn_section, "remote*", &conf_remote_section },
	{ &conf_local_section, "cert*", &conf_token_section },
	{ &conf_remote_section, "cert*", &conf_token_section },
	{ &conf_remote_section, "cacert*", &conf_token_section },
};

static const struct conf_section children = {
	.path = "connections.<conn>.children",
};

static const struct conf_section *section_in(const struct conf_section *section,
					     const char *name)
{
	if (section == &children)
		return &conf_child_section;
	if (section == &conf_conn_section && strcmp(name, "children") == 0)
		return &children;
	for (size_t i = 0; i < ARRAY_SIZE(nested); i++)
		if (nested[i].in == section &&
		    conf_is_section(nested[i].pattern, name))
			return nested[i].is;
	return NULL;
}

/* As swanctl would send it; what is not known stays, and is refused later. */
static int shape(struct loading *loading, const struct conf_section *section,
		 struct setting *to, const struct setting *from)
{
	static const struct conf_section unknown = { .path = "" };
	int rc = 0;

	for (const struct setting *i = from->first; i && !rc; i = i->next) {
		const struct conf_section *inner;
		struct setting *new;

		if (i->kind == SETTING_VALUE) {
			rc = shape_value(loading, section, to, i);
			continue;
		}
		inner = section_in(section, i->name);
		new = setting_new_at(to, i->kind, i->name, span_of(NULL, 0), i);
		rc = new ? shape(loading, inner ? inner : &unknown, new, i) :
			   no_memory(loading);
	}
	return rc;
}

static int check_conn(struct loading *loading, const struct setting *setting)
{
	struct conn *conn;

	if (conf_conn_read(setting, &conn, loading->err))
		return -1;
	hint_conn(loading, setting, conn);
	conn_put(conn);
	return 0;
}

static int check_pool(struct loading *loading, const struct setting *setting)
{
	struct pool_conf *conf;

	if (conf_pool_read(setting, &conf, loading->err))
		return -1;
	hint_pool(loading, setting, conf);
	pool_conf_free(conf);
	return 0;
}

static int check_authority(struct loading *loading,
			   const struct setting *setting)
{
	if (conf_fill(&conf_authority_section, setting, NULL, loading->err))
		return -1;
	if (setting_find(setting, "cacert") || setting_find(setting, "file"))
		return 0;
	return setting_err(setting, loading->err,
			   "%s: 'cacert' is missing, the CA's certificate",
			   setting->name);
}

/* Sections of the root whose sections are commands. */
static const struct section_row {
	const char *name; /* of the root's section */
	const char *command; /* NULL if somebody else makes them */
	const struct conf_section *section;
	int (*check)(struct loading *loading, const struct setting *setting);
} rows[] = {
	{ "secrets", NULL, NULL, NULL },
	{ "authorities", "load-authority", &conf_authority_section,
	  check_authority },
	{ "pools", "load-pool", &conf_pool_section, check_pool },
	{ "connections", "load-conn", &conf_conn_section, check_conn },
};

/* Checked as it is sent, which is where errors of both are found. */
static int load_one(struct loading *loading, const struct section_row *row,
		    const struct setting *setting)
{
	struct setting *settings, *shaped;

	if (setting->kind != SETTING_SECTION)
		return setting_err(
			setting, loading->err,
			"'%.64s' is no section of %s, write '%.64s { ... }'",
			setting->name, row->name, setting->name);
	settings = load_command(loading, row->command);
	if (!settings)
		return -1;
	shaped = setting_new_at(settings, SETTING_SECTION, setting->name,
				span_of(NULL, 0), setting);
	if (!shaped)
		return no_memory(loading);
	if (shape(loading, row->section, shaped, setting))
		return -1;
	return row->check(loading, shaped);
}

static void free_command(struct conf_command *command)
{
	setting_free(command->settings);
	free(command);
}

/* It goes, with what was made of it. */
static int refuse(struct loading *loading, const struct section_row *row,
		  const struct setting *setting, struct conf_command **at)
{
	struct conf_refusal *refusal = calloc(1, sizeof(*refusal));

	if (*at)
		free_command(*at);
	*at = NULL;
	loading->load->end = at;
	if (!refusal)
		return no_memory(loading);
	refusal->command = row->command;
	refusal->name = strdup(setting->name);
	refusal->err = *loading->err;
	*loading->load->refusals_end = refusal;
	loading->load->refusals_end = &refusal->next;
	return refusal->name ? 0 : no_memory(loading);
}

static int load_rows(struct loading *loading)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct setting *section =
			setting_find(loading->root, rows[i].name);

		if (!section || !rows[i].command)
			continue;
		for (const struct setting *s = section->first; s; s = s->next) {
			struct conf_command **at = loading->load->end;

			if (load_one(loading, &rows[i], s) &&
			    refuse(loading, &rows[i], s, at))
				return -1;
		}
	}
	return 0;
}

/*
 * Sections of other names are there to be inherited from, so they are no
 * mistake, unless they look like one.
 */
static int check_root(struct loading *loading)
{
	for (const struct setting *i = loading->root->first; i; i = i->next) {
		const char *name = i->name;

		for (size_t j = 0; j < ARRAY_SIZE(rows); j++) {
			unsigned int distance =
				word_distance(name, rows[j].name);

			if (!distance && i->kind != SETTING_SECTION)
				return setting_err(
					i, loading->err,
					"'%s' is a section, write '%s { ... }'",
					name, name);
			if (distance && distance <= 2)
				return setting_err(
					i, loading->err,
					"unknown section '%s', did you mean '%s'?",
					name, rows[j].name);
		}
	}
	return 0;
}

/* What swanctl.conf itself included is not read again. */
static int read_conf_d(struct loading *loading, struct setting *root)
{
	glob_t found = { 0 };
	char pattern[4096];
	int rc = 0;

	snprintf(pattern, sizeof(pattern), "%s/conf.d/*.conf", loading->folder);
	if (glob(pattern, 0, NULL, &found))
		found.gl_pathc = 0;
	for (size_t i = 0; i < found.gl_pathc && !rc; i++)
		if (!conf_files_find(&loading->load->files, found.gl_pathv[i]))
			rc = conf_file_read(root, found.gl_pathv[i],
					    &loading->load->files,
					    loading->err);
	globfree(&found);
	return rc;
}

static int read_root(struct loading *loading, struct setting *root)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/swanctl.conf", loading->folder);
	/* There may be only conf.d. */
	if (access(path, F_OK) == 0) {
		if (conf_file_read(root, path, &loading->load->files,
				   loading->err))
			return -1;
	} else if (access(loading->folder, X_OK)) {
		return err_set(loading->err, ERR_USAGE,
			       "%s: there is no such folder", loading->folder);
	}
	if (read_conf_d(loading, root) || conf_inherit(root, loading->err))
		return -1;
	return 0;
}

int conf_load(struct conf_load *load, const char *folder, struct err *err)
{
	struct loading loading = { .load = load, .folder = folder, .err = err };
	struct setting *root;
	int rc;

	*load = (struct conf_load){ .end = &load->first,
				    .refusals_end = &load->refusals,
				    .hints_end = &load->hints };
	root = setting_new(NULL, SETTING_SECTION, NULL, span_of(NULL, 0));
	if (!root)
		return no_memory(&loading);
	loading.root = root;
	rc = read_root(&loading, root);
	if (!rc)
		rc = check_root(&loading);
	if (!rc)
		rc = load_secrets(&loading);
	if (!rc)
		rc = load_folders(&loading);
	if (!rc)
		rc = load_rows(&loading);
	hint_free(&loading.hinting);
	setting_free(root);
	return rc;
}

void conf_load_free(struct conf_load *load)
{
	struct conf_command *i, *next;

	for (i = load->first; i; i = next) {
		next = i->next;
		free_command(i);
	}
	while (load->refusals) {
		struct conf_refusal *refusal = load->refusals;

		load->refusals = refusal->next;
		free(refusal->name);
		free(refusal);
	}
	while (load->hints) {
		struct conf_hint *hint = load->hints;

		load->hints = hint->next;
		free(hint);
	}
	conf_files_free(&load->files);
	*load = (struct conf_load){ .end = &load->first,
				    .refusals_end = &load->refusals,
				    .hints_end = &load->hints };
}
