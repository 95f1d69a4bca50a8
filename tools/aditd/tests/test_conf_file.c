// SPDX-License-Identifier: GPL-2.0-or-later
/* The syntax of configuration files. */
#include "../conf/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../tests/tap.h"
#include "conf_show.h"

static const struct {
	const char *text;
	const char *shown; /* or the error */
} texts[] = {
	{ "", "" },
	{ "# only a comment", "" },
	{ "a = b", "a=b" },
	{ "a=b", "a=b" },
	{ "a = b # c\n\n c=d\r\n", "a=b c=d" },
	{ "a = one two,  three ", "a=one two,  three" },
	{ "a = b#c", "a=b" },
	{ "s { a = b }", "s{a=b}" },
	{ "s{a=b}t{}", "s{a=b} t{}" },
	{ "s\n{\n\ta = b\n\tu { c = 1\n }\n}\n", "s{a=b u{c=1}}" },
	{ "log./var/x.log { a = 1 }", "log./var/x.log{a=1}" },
	{ "C::/x { a = 1 }", "C:/x{a=1}" },
	{ "include { a = 1 }\ninclude = 2b",
	  "t:2: 'include' is a section since t:1, so it has no value" },
	/* Quotes. */
	{ "a = \"b # } c\"", "a=b # } c" },
	{ "a = \"x\\t\\n\\r\\\"\\\\\\y\"", "a=x\t\n\r\"\\y" },
	{ "a = \"one\ntwo\"", "a=one\ntwo" },
	{ "a = \"one\\\ntwo\"", "a=onetwo" },
	{ "a = \"b\" c \"d\"  ", "a=b c d" },
	{ "a = \" b \"", "a= b " },
	/* Later wins, in the place of the first; sections are one. */
	{ "a = 1\nb = 2\na = 3", "a=3 b=2" },
	{ "s { a = 1 }\nt { }\ns { b = 2\n a = 3 }", "s{a=3 b=2} t{}" },
	{ "a = 1\na =\nb = \"\"", "" },
	/* Inheritance. */
	{ "d { a = 1\n b = 2 }\nc : d { b = 3\n }", "d{a=1 b=2} c{b=3 a=1}" },
	{ "c : d { }\nd { a = 1 }", "c{a=1} d{a=1}" },
	{ "c : d, e { }\nd { a = 1 }\ne { a = 2\n b = 2 }",
	  "c{a=1 b=2} d{a=1} e{a=2 b=2}" },
	{ "c : d { a = }\nd { a = 1\n b = 2 }", "c{b=2} d{a=1 b=2}" },
	{ "c : d { s { x = 1 } }\nd { s { x = 2\n y = 2 } t { } }",
	  "c{s{x=1 y=2} t{}} d{s{x=2 y=2} t{}}" },
	{ "c : d { }\nd : e { }\ne { s { a = 1 } }",
	  "c{s{a=1}} d{s{a=1}} e{s{a=1}}" },
	{ "x { a { k = 1 } b : x.a { } }", "x{a{k=1} b{k=1}}" },
	{ "v.w { y { k = 1 } }\nb : v.w.y { }", "v.w{y{k=1}} b{k=1}" },
	{ "c : d {}\nc : e {}\nd { a = 1 }\ne { b = 1 }",
	  "c{a=1 b=1} d{a=1} e{b=1}" },
	/* What is wrong. */
	{ "a",
	  "t:1: expected '=', '{' or ':' behind a name, found the end of the file" },
	{ "a\n b = 1",
	  "t:2: expected '=', '{' or ':' behind a name, found 'b'" },
	{ "}", "t:1: expected a name, found '}'" },
	{ "s {\n a = 1\n\n",
	  "t:4: expected '}' for section 's' of line 1, found the end of the file" },
	{ "s { a = 1 } }", "t:1: expected a name, found '}'" },
	{ "\n= 5", "t:2: expected a name, found '='" },
	{ "\"a\" = 5", "t:1: expected a name, found '\"a\"'" },
	{ "a = \"b\n\n", "t:1: the quote is not closed" },
	{ "a = \"b\\",
	  "t:1: expected something behind the '\\', found the end of the file" },
	{ "a = 1\na { }",
	  "t:2: 'a' is a value since t:1, so it is no section" },
	{ "a { }\n\na = 1",
	  "t:3: 'a' is a section since t:1, so it has no value" },
	{ "a : { }", "t:1: expected a name, found '{'" },
	{ "a : b c = 1", "t:1: expected '{', found 'c'" },
	{ "include x", "t:1: 'include' is not for here" },
	{ "include ", "t:1: expected a file name behind 'include'" },
	{ "\n\na : b {}",
	  "t:3: 'a' is to inherit from 'b', but there is no such section; names begin at the top, as in connections.NAME" },
	{ "a : a {}", "t:1: 'a' inherits from itself by way of 'a'" },
	{ "a : b {}\nb : a {}", "t:2: 'b' inherits from itself by way of 'a'" },
	{ "a { b : a {} }", "t:1: 'b' inherits from itself by way of 'a'" },
	{ "a : a.b { b { } }",
	  "t:1: 'a' inherits from itself by way of 'a.b'" },
	{ "p : q.r {}\nq { r : q {} }",
	  "t:2: 'r' inherits from what it is part of" },
	{ "a : b { x = 1 }\nb { x { } }",
	  "t:1: 'x' is a section in one place and a value in the other, at t:2" },
	{ "a{a{a{a{a{a{a{a{a{a{a{a{a{}}}}}}}}}}}}}",
	  "t:1: section 'a' is nested too deep" },
};

static void syntax(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct err err = { 0 };
		struct setting *root = parse_settings(texts[i].text, &err);
		char buf[SHOW_SIZE];

		CHECK_TEXT(root ? show_settings(root, buf) : err.text,
			   texts[i].shown);
		setting_free(root);
	}
}

static void places(void)
{
	struct err err;
	struct setting *root = parse_settings(
		"\nd {\n  a = \"1\n\"\n b = 1 }\nc : d { }\n", &err);
	struct setting *inherited = setting_find(setting_find(root, "c"), "b");

	CHECK(setting_find(setting_find(root, "d"), "a")->line == 3);
	CHECK(inherited->line == 5);
	CHECK_TEXT(inherited->file, "t");
	setting_free(root);
}

/* Doubled in each line: it must not grow until there is no memory. */
static void explodes(void)
{
	struct setting *root;
	struct err err;
	char text[4096];
	int len = snprintf(text, sizeof(text), "s0 { x = 1 }\n");

	for (int i = 1; i < 32; i++)
		len += snprintf(text + len, sizeof(text) - (size_t)len,
				"s%d { a : s%d { }\n b : s%d { } }\n", i, i - 1,
				i - 1);
	root = parse_settings(text, &err);
	CHECK(!root);
	CHECK(strstr(err.text, "too deep") || strstr(err.text, "more than"));
	setting_free(root);
}

static char folder[] = "/tmp/adit-conf-XXXXXX";

static void put(const char *name, const char *text)
{
	char path[64];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "w");
	fputs(text, file);
	fclose(file);
}

static const char *name_of(const char *path)
{
	return path + strlen(folder) + 1;
}

static void read_folder(const char *shown)
{
	struct setting *root =
		setting_new(NULL, SETTING_SECTION, NULL, span_of(NULL, 0));
	struct conf_files files = { 0 };
	char buf[SHOW_SIZE], path[64];
	struct err err;

	snprintf(path, sizeof(path), "%s/main", folder);
	if (conf_file_read(root, path, &files, &err) ||
	    conf_inherit(root, &err))
		CHECK_TEXT(name_of(err.text), shown);
	else
		CHECK_TEXT(show_settings(root, buf), shown);
	conf_files_free(&files);
	setting_free(root);
}

static void includes(void)
{
	char path[64];

	CHECK(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/d", folder);
	mkdir(path, 0700);
	put("d/1.conf", "x = 1\ny = 1");
	put("d/2.conf", "x = 2\nt { z = 1 }");
	put("main", "s {\n include d/*.conf\n y = 3 }\ninclude \"d/1.conf\"\n");
	read_folder("s{x=2 y=3 t{z=1}} x=1 y=1");
	/* What is in none is no mistake, but a name is. */
	put("main", "include e/*.conf\n");
	read_folder("");
	put("main", "\ninclude e.conf\n");
	snprintf(path, sizeof(path), "main:2: there is no file '%s/e.conf'",
		 folder);
	read_folder(path);
	put("main", "include d\n");
	read_folder("d: not a file");
	put("main", "include main\n");
	read_folder("main:1: files include each other too deep");
	put("main", "include d/1.conf\ninclude main\ninclude main\n");
	read_folder("main:1: files include each other too deep");
	put("d/2.conf", "\nw {");
	put("main", "include d/*\n");
	read_folder(
		"d/2.conf:2: expected '}' for section 'w' of line 2, found the end of the file");
}

static void clean(void)
{
	static const char *const names[] = { "d/1.conf", "d/2.conf", "d",
					     "main", "." };
	char path[64];

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
		if (unlink(path))
			rmdir(path);
	}
	rmdir(folder);
	CHECK(access(folder, F_OK));
}

static const struct tap_test tests[] = {
	{ "sections, values, quotes, inheritance, and what is wrong", syntax },
	{ "settings know where they were written", places },
	{ "inheritance that explodes is stopped", explodes },
	{ "files include others", includes },
	{ "nothing is left behind", clean },
};

TAP_MAIN(tests)
