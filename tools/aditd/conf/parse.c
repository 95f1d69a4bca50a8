// SPDX-License-Identifier: GPL-2.0-or-later
/* The syntax of strongswan.conf(5): sections, values, includes. Pure. */
#include <stdlib.h>

#include "../../lib/buf.h"
#include "file.h"

struct parser {
	const struct conf_parse *how;
	struct span text; /* what is left */
	struct setting here; /* only for its file and line */
	struct err *err;
};

static int peek(const struct parser *parser)
{
	return parser->text.len ? parser->text.data[0] : -1;
}

static int next(struct parser *parser)
{
	uint8_t c;

	if (!span_take_u8(&parser->text, &c))
		return -1;
	parser->here.line += c == '\n';
	return c;
}

static bool is_blank(int c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* Dots are in names of log files and the like. */
static bool is_name(int c)
{
	return c > ' ' && c != 0x7f && !strchr(",:{}=\"#", c);
}

static void skip_comment(struct parser *parser)
{
	while (peek(parser) != -1 && peek(parser) != '\n')
		next(parser);
}

static void skip_blanks(struct parser *parser)
{
	while (is_blank(peek(parser)))
		next(parser);
}

/* Also over lines and comments. */
static void skip(struct parser *parser)
{
	for (;;) {
		skip_blanks(parser);
		if (peek(parser) == '#')
			skip_comment(parser);
		else if (peek(parser) == '\n')
			next(parser);
		else
			return;
	}
}

/* What is there instead of what was expected, as far as it can be printed. */
static int expected(struct parser *parser, const char *what)
{
	char found[24];
	size_t len = 0;

	while (len < sizeof(found) - 1 && len < parser->text.len &&
	       parser->text.data[len] > ' ' && parser->text.data[len] < 0x7f) {
		found[len] = (char)parser->text.data[len];
		len++;
	}
	found[len] = '\0';
	if (len)
		return setting_err(&parser->here, parser->err,
				   "expected %s, found '%s'", what, found);
	return setting_err(&parser->here, parser->err, "expected %s, found %s",
			   what,
			   peek(parser) == -1	? "the end of the file" :
			   peek(parser) == '\n' ? "the end of the line" :
						  "something unprintable");
}

static int no_memory(struct parser *parser)
{
	return setting_err(&parser->here, parser->err, "no memory");
}

/* A colon is written as two. */
static int read_name(struct parser *parser, struct buf *name)
{
	for (;;) {
		if (is_name(peek(parser))) {
			buf_add_u8(name, (uint8_t)next(parser));
		} else if (peek(parser) == ':' && parser->text.len > 1 &&
			   parser->text.data[1] == ':') {
			next(parser);
			buf_add_u8(name, (uint8_t)next(parser));
		} else {
			break;
		}
	}
	if (!name->len)
		return expected(parser, "a name");
	if (name->len > 255)
		return setting_err(&parser->here, parser->err,
				   "a name of more than 255 characters");
	buf_add_u8(name, '\0');
	return name->failed ? no_memory(parser) : 0;
}

static int read_escape(struct parser *parser, struct buf *value)
{
	int c = next(parser);

	switch (c) {
	case -1:
		return expected(parser, "something behind the '\\'");
	case 'n':
		buf_add_u8(value, '\n');
		break;
	case 'r':
		buf_add_u8(value, '\r');
		break;
	case 't':
		buf_add_u8(value, '\t');
		break;
	case '\n':
		/* The line goes on in the next one. */
		break;
	default:
		buf_add_u8(value, (uint8_t)c);
		break;
	}
	return 0;
}

static int read_quoted(struct parser *parser, struct buf *value)
{
	struct setting start = parser->here;
	int c;

	next(parser);
	while ((c = next(parser)) != '"') {
		if (c == -1)
			return setting_err(&start, parser->err,
					   "the quote is not closed");
		if (c == '\\') {
			if (read_escape(parser, value))
				return -1;
		} else if (c) {
			buf_add_u8(value, (uint8_t)c);
		} else {
			return setting_err(&parser->here, parser->err,
					   "a NUL in a text");
		}
	}
	return 0;
}

/*
 * To the end of the line, a comment, or a brace: words as they stand, quoted
 * texts, and the blanks between them.
 */
static int read_value(struct parser *parser, struct buf *value)
{
	size_t end = 0; /* of what is no blank */

	skip_blanks(parser);
	for (;;) {
		int c = peek(parser);

		if (c == -1 || c == '\n' || c == '#' || c == '}')
			break;
		if (!c)
			return setting_err(&parser->here, parser->err,
					   "a NUL in a text");
		if (c == '"') {
			if (read_quoted(parser, value))
				return -1;
		} else {
			buf_add_u8(value, (uint8_t)next(parser));
		}
		if (!is_blank(c))
			end = value->len;
	}
	buf_cut(value, end);
	return value->failed ? no_memory(parser) : 0;
}

/* A value replaces the one that is there, in its place. */
static int set_value(struct parser *parser, struct setting *section,
		     const char *name, struct span value,
		     const struct setting *at)
{
	struct setting *old = setting_find(section, name);
	struct setting *new;

	if (old && old->kind != SETTING_VALUE)
		return setting_err(
			at, parser->err,
			"'%s' is a section since %s:%u, so it has no value",
			name, old->file ? old->file : "", old->line);
	new = setting_new_at(old ? NULL : section, SETTING_VALUE, name, value,
			     at);
	if (!new)
		return no_memory(parser);
	if (old)
		setting_replace(section, old, new);
	return 0;
}

static int parse_value(struct parser *parser, struct setting *section,
		       const char *name, const struct setting *at)
{
	struct buf value = BUF_INIT;
	int rc;

	next(parser);
	rc = read_value(parser, &value);
	if (!rc)
		rc = set_value(parser, section, name, buf_span(&value), at);
	buf_free(&value);
	return rc;
}

/* "other, some.third" behind the colon. */
static int parse_inherits(struct parser *parser, struct setting *section)
{
	struct setting *list = setting_find(section, CONF_INHERITS);

	next(parser);
	if (!list)
		list = setting_new(section, SETTING_LIST, CONF_INHERITS,
				   span_of(NULL, 0));
	if (!list)
		return no_memory(parser);
	for (;;) {
		struct buf name = BUF_INIT;
		struct setting *item = NULL;

		skip(parser);
		if (!read_name(parser, &name)) {
			item = setting_new_at(list, SETTING_VALUE, NULL,
					      span_of(name.data, name.len - 1),
					      &parser->here);
			if (!item)
				no_memory(parser);
		}
		buf_free(&name);
		if (!item)
			return -1;
		skip(parser);
		if (peek(parser) != ',')
			return 0;
		next(parser);
	}
}

static int parse_body(struct parser *parser, struct setting *section,
		      unsigned int depth);

static int parse_section(struct parser *parser, struct setting *parent,
			 const char *name, unsigned int depth,
			 const struct setting *at)
{
	struct setting *section = setting_find(parent, name);

	if (depth == CONF_DEPTH_MAX)
		return setting_err(at, parser->err,
				   "section '%s' is nested too deep", name);
	if (section && section->kind != SETTING_SECTION)
		return setting_err(
			at, parser->err,
			"'%s' is a value since %s:%u, so it is no section",
			name, section->file ? section->file : "",
			section->line);
	if (!section)
		section = setting_new_at(parent, SETTING_SECTION, name,
					 span_of(NULL, 0), at);
	if (!section)
		return no_memory(parser);
	if (peek(parser) == ':' && parse_inherits(parser, section))
		return -1;
	if (peek(parser) != '{')
		return expected(parser, "'{'");
	next(parser);
	if (parse_body(parser, section, depth + 1))
		return -1;
	if (peek(parser) != '}')
		return setting_err(
			&parser->here, parser->err,
			"expected '}' for section '%s' of line %u, found the end of the file",
			name, at->line);
	next(parser);
	return 0;
}

static int include(struct parser *parser, struct setting *section,
		   const char *pattern, const struct setting *at)
{
	const struct conf_parse *how = parser->how;

	if (!*pattern)
		return setting_err(at, parser->err,
				   "expected a file name behind 'include'");
	if (!how->include)
		return setting_err(at, parser->err,
				   "'include' is not for here");
	return how->include(how->arg, section, pattern, at, parser->err);
}

static int parse_include(struct parser *parser, struct setting *section,
			 const struct setting *at)
{
	struct buf pattern = BUF_INIT;
	int rc = read_value(parser, &pattern);

	buf_add_u8(&pattern, '\0');
	if (!rc && pattern.data && !pattern.failed)
		rc = include(parser, section, (const char *)pattern.data, at);
	else if (!rc)
		rc = no_memory(parser);
	buf_free(&pattern);
	return rc;
}

static int parse_named(struct parser *parser, struct setting *section,
		       const char *name, unsigned int depth)
{
	struct setting at = parser->here;
	bool blank = is_blank(peek(parser));

	skip_blanks(parser);
	if (peek(parser) == '=')
		return parse_value(parser, section, name, &at);
	if (strcmp(name, "include") == 0 && peek(parser) != '{' &&
	    (blank || peek(parser) == '"'))
		return parse_include(parser, section, &at);
	/* The brace may stand on a line of its own. */
	skip(parser);
	if (peek(parser) == '{' || peek(parser) == ':')
		return parse_section(parser, section, name, depth, &at);
	return expected(parser, "'=', '{' or ':' behind a name");
}

/* To the brace that closes it, or the end of the file. */
static int parse_body(struct parser *parser, struct setting *section,
		      unsigned int depth)
{
	for (;;) {
		struct buf name = BUF_INIT;
		int rc;

		skip(parser);
		if (peek(parser) == -1 || (peek(parser) == '}' && depth))
			return 0;
		rc = read_name(parser, &name);
		if (!rc && name.data)
			rc = parse_named(parser, section,
					 (const char *)name.data, depth);
		buf_free(&name);
		if (rc)
			return -1;
	}
}

/* The level that @section has is not known here: an include begins anew. */
int conf_parse(struct setting *root, struct span text,
	       const struct conf_parse *how, struct err *err)
{
	struct parser parser = { .how = how, .text = text, .err = err };
	char *file = strdup(how->file);
	int rc;

	if (!file)
		return err_set(err, ERR_USAGE, "no memory");
	parser.here.file = file;
	parser.here.line = 1;
	rc = parse_body(&parser, root, 0);
	free(file);
	return rc;
}
