// SPDX-License-Identifier: GPL-2.0-or-later
/* adit show: the tree of an interface, and whether it works. */
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/word.h"
#include "layout.h"
#include "show.h"
#include "tree.h"

static int show_tree(struct run *run, struct adit_dev *dev)
{
	struct tree tree;
	int rc;

	rc = tree_read(&tree, &run->nl, dev, &run->err);
	if (!rc && run->json)
		print_json_item(run, tree_json(&tree));
	else if (!rc)
		tree_print(run, &tree);
	tree_free(&tree);
	return rc;
}

static int show_trees(struct run *run, uint32_t ifindex)
{
	struct adit_objects devices;
	int rc;

	rc = show_devices(run, ifindex, &devices);
	if (!rc && !devices.n && !run->json)
		fputs("adit: there is no adit interface here\n", stderr);
	if (!rc && run->json)
		print_json_begin(run);
	for (size_t i = 0; !rc && i < devices.n; i++) {
		if (i && !run->json)
			putchar('\n');
		rc = show_tree(run, adit_objects_at(&devices, i));
	}
	if (!rc && run->json)
		print_json_end(run);
	adit_objects_free(&devices);
	return rc;
}

static int run_dev(struct run *run, const struct cmd *cmd, int argc,
		   char **argv)
{
	struct adit_dev dev = { 0 };

	if (opt_parse(&cmd->opts, argc, argv, &dev, &run->err) ||
	    run_connect(run))
		return -1;
	return show_trees(run, dev.ifindex);
}

static int run_net(struct run *run, const struct cmd *cmd, int argc,
		   char **argv)
{
	struct adit_net ask = { 0 }, net = { 0 };

	if (opt_parse(&cmd->opts, argc, argv, &ask, &run->err) ||
	    run_connect(run) ||
	    adit_ask(&run->nl, ADIT_CMD_NET_GET, &ask, &net, &run->err))
		return -1;
	if (run->json) {
		print_json(run, json_of(&set_net, &net));
		return 0;
	}
	for (size_t i = 0; i < layout_net.n; i++) {
		char buf[PART_SIZE];

		if (*part_show(&layout_net.parts[i], &set_net, &net, buf))
			puts(buf);
	}
	return 0;
}

static const struct opt dev_opts[] = {
	SHOW_DEV(dev, DEV),
};

static const struct opt net_opts[] = {
	SHOW_DEV(net, NET),
};

static const struct cmd whats[] = {
	{
		.word = "algorithms",
		.help = "what SAs can be made of here",
		.genl = ADIT_CMD_ALG_GET,
		.run = show_list,
	},
	{
		.word = "net",
		.help = "counters of the namespace, with DEV of its own",
		.opts = CMD_OPTS(net_opts),
		.run = run_net,
	},
};

static const struct cmd show_dev = {
	.word = "show",
	.opts = CMD_OPTS(dev_opts),
	.run = run_dev,
};

/* An interface may have any name, so it wins over an abbreviation. */
static const struct cmd *what(struct run *run, const char *word)
{
	int row;

	for (size_t i = 0; i < ARRAY_SIZE(whats); i++)
		if (strcmp(whats[i].word, word) == 0)
			return &whats[i];
	if (strcmp(word, "dev") == 0 || if_nametoindex(word))
		return &show_dev;
	row = word_find(word, whats, ARRAY_SIZE(whats), sizeof(*whats),
			offsetof(struct cmd, word), "word", &run->err);
	return row < 0 ? &show_dev : &whats[row];
}

static int show(struct run *run, const struct cmd *cmd, int argc, char **argv)
{
	const struct cmd *which = argc ? what(run, argv[0]) : &show_dev;
	bool named = which != &show_dev;

	(void)cmd;
	return which->run(run, which, argc - named, argv + named);
}

static const struct opt show_opts[] = {
	SHOW_DEV(dev, DEV),
	{ .word = "algorithms", .help = "what SAs can be made of here" },
	{ .word = "net",
	  .help = "counters of the namespace, with DEV of its own" },
};

const struct cmd cmd_show = {
	.word = "show",
	.help = "interfaces and all that is in them, and if they work",
	.more = "The first words after a name say whether traffic can flow: what is in capitals\n"
		"stops it. -s adds counters and the reasons of drops, -j prints JSON.\n",
	.opts = CMD_OPTS(show_opts),
	.run = show,
};
