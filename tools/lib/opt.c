// SPDX-License-Identifier: GPL-2.0-or-later
/* See opt.h. */
#include "opt.h"

#include <stdio.h>
#include <string.h>

#include "word.h"

enum {
	USAGE_WIDTH = 78,
	HELP_COLUMN = 22,
	MAX_ROWS = 64,
};

static bool same_target(const struct opt *a, const struct opt *b)
{
	if (a == b)
		return true;
	return a->set && a->set == b->set && a->attr == b->attr &&
	       a->offset == b->offset;
}

/* Whether a row of the same target was seen; -1 or its index. */
static int seen_target(const struct opts *opts, const struct opt *opt,
		       const bool *seen)
{
	for (size_t i = 0; i < opts->n; i++)
		if (seen[i] && same_target(&opts->rows[i], opt))
			return (int)i;
	return -1;
}

static const struct opt *find(const struct opts *opts, const char *word,
			      struct err *err)
{
	int row = word_find(word, opts->rows, opts->n, sizeof(*opts->rows),
			    offsetof(struct opt, word), "word", err);

	return row < 0 ? NULL : &opts->rows[row];
}

static int apply(const struct opt *opt, void *args, const char *arg,
		 struct err *err)
{
	const struct field *field;
	void *obj = (char *)args + opt->offset;

	if (opt->parse)
		return opt->parse(opt, args, arg, err);
	field = field_find(opt->set, opt->attr);
	if (!field)
		return err_set(err, ERR_USAGE, "'%s' has no row", opt->word);
	if (opt->arg)
		return field_parse(field, obj, arg, err);
	field_set_number(field, obj, opt->value);
	return 0;
}

static bool exact(const struct opts *opts, const char *word)
{
	for (size_t i = 0; i < opts->n; i++)
		if (strcmp(opts->rows[i].word, word) == 0)
			return true;
	return false;
}

/* What a word that is none of ours is for. */
static const struct opt *plain_row(const struct opts *opts, const bool *seen)
{
	for (size_t i = 0; i < opts->n; i++)
		if (opts->rows[i].flags & OPT_PLAIN && !seen[i])
			return &opts->rows[i];
	return NULL;
}

static bool shown(const struct opt *opt)
{
	return !(opt->flags & OPT_ALIAS);
}

/* "child ID", "DEV", "in | out": the rows from @i on with one target. */
static size_t usage_part(const struct opts *opts, size_t i, char *buf,
			 size_t size, unsigned int *words)
{
	const struct opt *opt = &opts->rows[i];
	size_t len = 0;

	buf[0] = '\0';
	for (*words = 0; i < opts->n && same_target(opt, &opts->rows[i]); i++) {
		const struct opt *row = &opts->rows[i];

		if (!shown(row) || len >= size)
			continue;
		len += (size_t)snprintf(
			buf + len, size - len, "%s%s%s%s", *words ? " | " : "",
			row->flags & OPT_PLAIN ? "" : row->word,
			row->arg && !(row->flags & OPT_PLAIN) ? " " : "",
			row->arg ? row->arg : "");
		++*words;
	}
	return i;
}

static int check_required(const struct opts *opts, const bool *seen,
			  struct err *err)
{
	unsigned int words;
	char part[128];

	for (size_t i = 0; i < opts->n; i++) {
		const struct opt *opt = &opts->rows[i];

		if (!(opt->flags & OPT_REQUIRED) ||
		    seen_target(opts, opt, seen) >= 0)
			continue;
		usage_part(opts, i, part, sizeof(part), &words);
		return err_set(err, ERR_USAGE,
			       opt->flags & OPT_PLAIN ? "%s is missing" :
							"'%s' is missing",
			       part);
	}
	return 0;
}

/* How many words were used, -1 for an error. */
static int parse_one(const struct opts *opts, int argc, char **argv, void *args,
		     bool *seen, struct err *err)
{
	const struct opt *opt = plain_row(opts, seen);
	bool bare = opt && !exact(opts, argv[0]);
	const char *arg = NULL;
	int used = 1, other;

	if (!bare)
		opt = find(opts, argv[0], err);
	if (!opt)
		return -1;
	other = seen_target(opts, opt, seen);
	if (other >= 0 && opts->rows[other].word == opt->word)
		return err_set(err, ERR_USAGE, "'%s' is given twice",
			       opt->word);
	if (other >= 0)
		return err_set(err, ERR_USAGE, "'%s' does not go with '%s'",
			       opt->word, opts->rows[other].word);
	if (bare)
		arg = argv[0];
	else if (opt->arg) {
		if (argc < 2)
			return err_set(err, ERR_USAGE,
				       "%s is missing after '%s'", opt->arg,
				       opt->word);
		arg = argv[1];
		used = 2;
	}
	if (apply(opt, args, arg, err))
		return err->kind == ERR_USAGE && !bare ?
			       err_prefix(err, "%s: ", opt->word) :
			       -1;
	seen[opt - opts->rows] = true;
	return used;
}

int opt_parse(const struct opts *opts, int argc, char **argv, void *args,
	      struct err *err)
{
	bool seen[MAX_ROWS] = { false };

	while (argc > 0) {
		int used = parse_one(opts, argc, argv, args, seen, err);

		if (used < 0)
			return -1;
		argc -= used;
		argv += used;
	}
	return check_required(opts, seen, err);
}

/* Text that is wrapped between its parts. */
struct wrap {
	char *buf;
	size_t size, len, column, indent;
};

static void wrap_add(struct wrap *wrap, const char *part)
{
	size_t len = strlen(part);
	int n;

	if (wrap->len >= wrap->size)
		return;
	if (wrap->column + 1 + len > USAGE_WIDTH) {
		n = snprintf(wrap->buf + wrap->len, wrap->size - wrap->len,
			     "\n%*s%s", (int)wrap->indent, "", part);
		wrap->column = wrap->indent + len;
	} else {
		n = snprintf(wrap->buf + wrap->len, wrap->size - wrap->len,
			     "%s%s", wrap->column ? " " : "", part);
		wrap->column += len + (wrap->column ? 1 : 0);
	}
	wrap->len += (size_t)n;
}

void opt_usage(const struct opts *opts, const char *command, char *buf,
	       size_t size)
{
	struct wrap wrap = { .buf = buf, .size = size, .indent = 8 };
	char part[128], bracketed[144];
	unsigned int words;

	wrap_add(&wrap, "Usage:");
	wrap_add(&wrap, command);
	for (size_t i = 0; i < opts->n;) {
		const struct opt *opt = &opts->rows[i];

		i = usage_part(opts, i, part, sizeof(part), &words);
		if (!words)
			continue;
		if (!(opt->flags & OPT_REQUIRED))
			snprintf(bracketed, sizeof(bracketed), "[ %s ]", part);
		else if (words > 1)
			snprintf(bracketed, sizeof(bracketed), "{ %s }", part);
		else
			snprintf(bracketed, sizeof(bracketed), "%s", part);
		wrap_add(&wrap, bracketed);
	}
}

/* "ENCR: null, aes-cbc, ..." where the argument does not list them itself. */
static size_t help_names(const struct opt *opt, char *buf, size_t size)
{
	const struct field *field = opt->set ? field_find(opt->set, opt->attr) :
					       NULL;
	struct wrap wrap = { .buf = buf, .size = size, .indent = 2 };
	char part[64];

	buf[0] = '\0';
	if (!field || field->look != LOOK_NAME || !opt->arg ||
	    opt->arg[0] == '{')
		return 0;
	snprintf(part, sizeof(part), "\n%.*s is one of",
		 (int)strcspn(opt->arg, "["), opt->arg);
	wrap_add(&wrap, part);
	for (size_t i = 0; i < field->names->n; i++) {
		snprintf(part, sizeof(part), "%s%s", field->names->rows[i].word,
			 i + 1 < field->names->n ? "," : "\n");
		wrap_add(&wrap, part);
	}
	return wrap.len;
}

void opt_help(const struct opts *opts, char *buf, size_t size)
{
	size_t len = 0;
	char part[128];

	buf[0] = '\0';
	for (size_t i = 0; i < opts->n && len < size; i++) {
		const struct opt *opt = &opts->rows[i];

		if (!shown(opt))
			continue;
		if (opt->flags & OPT_PLAIN)
			snprintf(part, sizeof(part), "%s", opt->arg);
		else
			snprintf(part, sizeof(part), "%s%s%s", opt->word,
				 opt->arg ? " " : "", opt->arg ? opt->arg : "");
		/* A long one has its line for itself. */
		if (strlen(part) >= HELP_COLUMN) {
			len += (size_t)snprintf(buf + len, size - len, "  %s\n",
						part);
			part[0] = '\0';
			if (len >= size)
				return;
		}
		len += (size_t)snprintf(buf + len, size - len, "  %-*s%s\n",
					HELP_COLUMN, part, opt->help);
	}
	for (size_t i = 0; i < opts->n && len < size; i++)
		len += help_names(&opts->rows[i], buf + len, size - len);
}

static void complete_arg(const struct opt *opt, opt_offer_fn offer, void *arg)
{
	const struct field *field = opt->set ? field_find(opt->set, opt->attr) :
					       NULL;

	if (field && !opt->parse && field->look == LOOK_NAME) {
		for (size_t i = 0; i < field->names->n; i++)
			offer(opt, field->names->rows[i].word, arg);
	} else if (field && !opt->parse && field->look == LOOK_BOOL) {
		offer(opt, "on", arg);
		offer(opt, "off", arg);
	} else {
		offer(opt, NULL, arg);
	}
}

/* What the words say so far; it does not matter if that is wrong. */
static void take(const struct opt *opt, void *obj, const char *arg)
{
	struct err ignored;

	if (opt->set && !opt->parse)
		apply(opt, obj, arg, &ignored);
}

void opt_complete(const struct opts *opts, int argc, char **argv, void *obj,
		  opt_offer_fn offer, void *arg)
{
	bool seen[MAX_ROWS] = { false };
	size_t n = opts->n;
	const struct opt *opt;
	struct err err;

	for (int i = 0; i < argc; i++) {
		opt = plain_row(opts, seen);
		if (!opt || exact(opts, argv[i])) {
			opt = find(opts, argv[i], &err);
			if (!opt)
				return;
			if (opt->arg && ++i == argc) {
				complete_arg(opt, offer, arg);
				return;
			}
		}
		seen[opt - opts->rows] = true;
		take(opt, obj, argv[i]);
	}
	opt = plain_row(opts, seen);
	if (opt) {
		complete_arg(opt, offer, arg);
		/* Then only what may stand before it. */
		if (opt->flags & OPT_REQUIRED)
			n = (size_t)(opt - opts->rows);
	}
	for (size_t i = 0; i < n; i++)
		if (shown(&opts->rows[i]) &&
		    seen_target(opts, &opts->rows[i], seen) < 0)
			offer(&opts->rows[i], opts->rows[i].word, arg);
}
