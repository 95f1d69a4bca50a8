// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What people and programs see, compared with files in golden/. After a wanted
 * change: make -C tools golden, and look at the difference.
 */
#include <stdlib.h>
#include <unistd.h>

#include "../adit/layout.h"
#include "../adit/print.h"
#include "sample.h"
#include "tap.h"

/* Runs @print with standard output in a string; free it. */
static char *capture(void (*print)(void))
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = stdout;

	stdout = open_memstream(&text, &size);
	print();
	fclose(stdout);
	stdout = out;
	return text;
}

static char *read_golden(const char *path)
{
	FILE *file = fopen(path, "re");
	static char text[65536];
	size_t len;

	if (!file)
		return NULL;
	len = fread(text, 1, sizeof(text) - 1, file);
	fclose(file);
	text[len] = '\0';
	return text;
}

static void write_golden(const char *path, const char *text)
{
	FILE *file = fopen(path, "we");

	CHECK(file && fputs(text, file) >= 0 && !fclose(file));
}

/* The first line that differs. */
static void compare(const char *got, const char *want, const char *name)
{
	const char *end;

	for (; *got && *got == *want; got++, want++)
		;
	if (*got == *want)
		return;
	end = strchr(want, '\n');
	printf("# %s: want \"%.*s\"\n", name,
	       end ? (int)(end - want) : (int)strlen(want), want);
	end = strchr(got, '\n');
	printf("# %s: got  \"%.*s\"\n", name,
	       end ? (int)(end - got) : (int)strlen(got), got);
	tap_failed_checks++;
}

static void golden(void (*print)(void), const char *name)
{
	char *text = capture(print);
	const char *want;
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", GOLDEN_DIR, name);
	if (getenv("UPDATE_GOLDEN")) {
		write_golden(path, text);
	} else {
		want = read_golden(path);
		if (CHECK_ROW(want != NULL, path))
			compare(text, want, name);
	}
	free(text);
}

static struct run run;

static void print_tree(void)
{
	struct tree tree;

	sample_tree(&tree);
	tree_print(&run, &tree);
	tree_free(&tree);
}

static void print_tree_json(void)
{
	struct tree tree;

	sample_tree(&tree);
	print_json(&run, tree_json(&tree));
	tree_free(&tree);
}

static void print_lists(void)
{
	struct tree tree;
	const struct adit_objects *all[] = { &tree.peers, &tree.sockets,
					     &tree.children, &tree.sas };

	sample_tree(&tree);
	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		const struct layout *layout = layout_of_list(all[i]->set);

		print_table(layout->parts, layout->n, all[i]->set,
			    all[i]->items, all[i]->n, 0, NULL);
	}
	tree_free(&tree);
}

static const struct adit_acquire acquire = {
	.has = ~0ULL,
	.ifindex = 1,
	.ifname = "vpn0",
	.peer = 1,
	.child = 2,
	.source = { 4, { 10, 1, 0, 1 } },
	.destination = { 4, { 10, 2, 0, 1 } },
	.proto = 6,
	.source_port = 40000,
	.destination_port = 443,
};

static const struct adit_expire expire = {
	.has = ~0ULL,
	.ifindex = 1,
	.ifname = "vpn0",
	.peer = 1,
	.child = 2,
	.dir = ADIT_DIR_OUT,
	.proto = 50,
	.spi = 0xc0000012,
	.hard = 0,
	.limit = ADIT_LIMIT_BYTES,
};

static const struct adit_unknown_spi unknown_spi = {
	.has = ~0ULL,
	.proto = 50,
	.spi = 0xc0000013,
	.source = { 4, { 198, 51, 100, 1 } },
	.destination = { 4, { 192, 0, 2, 1 } },
	.encap = ADIT_ENCAP_UDP,
	.source_port = 4500,
	.socket = 1,
};

static void print_events(void)
{
	struct tree tree;

	sample_tree(&tree);
	fputs("acquire", stdout);
	print_event(&set_acquire, &acquire);
	fputs("\nexpire", stdout);
	print_event(&set_expire, &expire);
	fputs("\nunknown-spi", stdout);
	print_event(&set_unknown_spi, &unknown_spi);
	fputs("\npeer", stdout);
	print_event(&set_peer, tree.peers.items);
	fputs("\nsocket-del", stdout);
	print_event(&set_socket, adit_objects_at(&tree.sockets, 4));
	fputs("\nchild", stdout);
	print_event(&set_child, tree.children.items);
	fputs("\nsa", stdout);
	print_event(&set_sa, tree.sas.items);
	putchar('\n');
	tree_free(&tree);
}

static void print_items(void)
{
	print_json_begin(&run);
	print_json_item(&run, json_of(&set_acquire, &acquire));
	print_json_item(&run, json_of(&set_expire, &expire));
	print_json_item(&run, json_of(&set_unknown_spi, &unknown_spi));
	print_json_end(&run);
	print_json_begin(&run);
	print_json_end(&run);
}

static void as_text(void)
{
	struct err err;

	run = (struct run){ 0 };
	CHECK(!print_set_color("never", &err));
	golden(print_tree, "show.txt");
	run.stats = true;
	golden(print_tree, "show-stats.txt");
}

static void color(void)
{
	struct err err;

	run = (struct run){ 0 };
	CHECK(!print_set_color("always", &err));
	golden(print_tree, "show-color.txt");
	CHECK(!print_set_color("never", &err));
	CHECK(print_set_color("perhaps", &err) == -1);
}

static void no_color(void)
{
	struct err err;

	/* Standard output is no terminal here, whatever NO_COLOR says. */
	setenv("NO_COLOR", "1", 1);
	CHECK(!print_set_color("auto", &err));
	run = (struct run){ 0 };
	golden(print_tree, "show.txt");
}

static void json(void)
{
	run = (struct run){ .json = true, .pretty = true };
	golden(print_tree_json, "show.json");
	golden(print_items, "items-pretty.json");
	run.pretty = false;
	golden(print_items, "items.json");
}

static void lists(void)
{
	run = (struct run){ 0 };
	golden(print_lists, "lists.txt");
}

static void events(void)
{
	run = (struct run){ 0 };
	golden(print_events, "events.txt");
}

/* Keys are in the objects of the sample; no output may have them. */
static void no_keys(void)
{
	void (*const prints[])(void) = { print_tree, print_tree_json,
					 print_lists, print_events };

	run = (struct run){ .stats = true };
	for (size_t i = 0; i < ARRAY_SIZE(prints); i++) {
		char *out = capture(prints[i]);

		CHECK(!strstr(out, "hush") && !strstr(out, "68757368"));
		free(out);
	}
}

static const struct tap_test tests[] = {
	{ "the tree as text", as_text },
	{ "the tree in colour", color },
	{ "no colour with NO_COLOR", no_color },
	{ "the tree as JSON", json },
	{ "lists as text", lists },
	{ "events as text", events },
	{ "keys are never printed", no_keys },
};

TAP_MAIN(tests)
