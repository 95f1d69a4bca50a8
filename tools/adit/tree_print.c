// SPDX-License-Identifier: GPL-2.0-or-later
/* The tree of an interface for people. */
#include <stdio.h>

#include "layout.h"
#include "tree.h"
#include "verdict.h"

static enum color color_of(enum verdict_level level)
{
	switch (level) {
	case VERDICT_GOOD:
		return COLOR_GOOD;
	case VERDICT_WARN:
		return COLOR_WARN;
	case VERDICT_NONE:
		return COLOR_FAINT;
	default:
		return COLOR_BAD;
	}
}

static void print_verdict(const struct verdict *verdict)
{
	fputs(": ", stdout);
	print_colored(color_of(verdict->level), 0, verdict->text);
}

static void print_title(const char *before, const char *name)
{
	char title[64];

	snprintf(title, sizeof(title), "%s%s", before, name);
	print_colored(COLOR_NAME, 0, title);
}

static void print_sa_stats(const void *obj)
{
	const struct adit_sa *sa = obj;

	print_table(layout_sa_more.parts, layout_sa_more.n, &set_sa, sa, 1, 11,
		    NULL);
	print_stats(&sa->stats, sa->dir == ADIT_DIR_OUT ? STATS_TX : STATS_RX,
		    11);
}

static void print_child(const struct run *run, const struct tree *tree,
			const struct adit_child *child,
			const struct adit_peer *peer)
{
	size_t n;
	const struct adit_sa *sas = tree_sas(tree, child, &n);
	struct verdict verdict =
		verdict_child(child, peer, tree_socket(tree, peer), sas, n);
	char id[16];

	snprintf(id, sizeof(id), "%u", child->id);
	print_title("    child ", id);
	print_verdict(&verdict);
	fputs(", ", stdout);
	layout_selectors(&child->local_ts);
	fputs(" -> ", stdout);
	layout_selectors(&child->remote_ts);
	print_parts(layout_child.parts, layout_child.n, &set_child, child,
		    ", ");
	putchar('\n');
	if (run->stats)
		print_stats(&child->stats, STATS_TX | STATS_RX, 6);
	print_table(layout_sa.parts, layout_sa.n, &set_sa, sas, n, 6,
		    run->stats ? print_sa_stats : NULL);
}

static void print_peer(const struct run *run, const struct tree *tree,
		       const struct adit_peer *peer)
{
	const struct adit_socket *socket = tree_socket(tree, peer);
	struct verdict verdict = verdict_peer(peer, socket);
	const struct adit_child *children;
	char id[16];
	size_t n;

	snprintf(id, sizeof(id), "%u", peer->id);
	print_title("  peer ", id);
	if (*verdict.text)
		print_verdict(&verdict);
	/* The first part comes right behind the title if there is no verdict. */
	print_parts(layout_peer.parts, layout_peer.n, &set_peer, peer,
		    *verdict.text ? ", " : ": ");
	print_parts(layout_peer_way.parts, layout_peer_way.n, &set_peer, peer,
		    ", ");
	/* Those of UDP have but one state. */
	if (socket && socket->encap == ADIT_ENCAP_TCP)
		print_parts(layout_socket_state.parts, layout_socket_state.n,
			    &set_socket, socket, " ");
	print_parts(layout_peer_more.parts, layout_peer_more.n, &set_peer, peer,
		    ", ");
	putchar('\n');
	if (run->stats)
		print_stats(&peer->stats, STATS_TX | STATS_RX, 4);
	children = tree_children(tree, peer, &n);
	for (size_t i = 0; i < n; i++)
		print_child(run, tree, &children[i], peer);
}

static void print_count(uint32_t n, const char *one, const char *many)
{
	printf(", %u %s", n, n == 1 ? one : many);
}

void tree_print(const struct run *run, const struct tree *tree)
{
	const struct adit_dev *dev = tree->dev;
	struct verdict verdict =
		verdict_dev(tree->up, tree_ready(tree), tree->children.n);

	print_title("", dev->ifname);
	print_verdict(&verdict);
	print_count(dev->peers, "peer", "peers");
	print_count(dev->children, "child", "children");
	print_count(dev->sas, "SA", "SAs");
	print_parts(layout_dev.parts, layout_dev.n, &set_dev, dev, ", ");
	putchar('\n');
	if (run->stats)
		print_stats(&dev->stats, STATS_TX | STATS_RX, 2);
	for (size_t i = 0; i < tree->peers.n; i++)
		print_peer(run, tree, adit_objects_at(&tree->peers, i));
}
