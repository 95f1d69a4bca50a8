// SPDX-License-Identifier: GPL-2.0-or-later
/* adit peer: remote gateways. */
#include "cmd.h"
#include "show.h"

#define ID(text, ...) OPT_ATTR(peer, PEER_ID, "id", "ID", text, __VA_ARGS__)

/* Several rows, which the formatter takes for one expression. */
/* clang-format off */
#define SETTINGS \
	OPT_ATTR(peer, PEER_REMOTE, "remote", "ADDR", \
		 "the gateway's address; any: not known yet"), \
	OPT_ATTR(peer, PEER_LOCAL, "local", "ADDR", \
		 "our address; any: the route picks it"), \
	OPT_ATTR(peer, PEER_ENCAP, "encap", "{ none | udp | tcp }", \
		 "what carries ESP"), \
	OPT_ATTR(peer, PEER_LOCAL_PORT, "sport", "PORT", \
		 "our port, with an encapsulation"), \
	OPT_ATTR(peer, PEER_REMOTE_PORT, "dport", "PORT", \
		 "the gateway's port, with an encapsulation")
/* clang-format on */

static const struct opt add_opts[] = {
	OPT_DEV(peer, PEER),
	ID("its number; else the lowest free one, which is printed"),
	SETTINGS,
};

static const struct opt set_opts[] = {
	OPT_DEV(peer, PEER),
	ID("its number, 0 for the one of ip link", .flags = OPT_REQUIRED),
	SETTINGS,
};

static const struct opt del_opts[] = {
	OPT_DEV(peer, PEER),
	ID("its number", .flags = OPT_REQUIRED),
};

static const struct opt show_opts[] = {
	SHOW_DEV(peer, PEER),
	ID("only this one"),
};

static const struct cmd subs[] = {
	{
		.word = "show",
		.help = "list peers, one a line",
		.opts = CMD_OPTS(show_opts),
		.genl = ADIT_CMD_PEER_GET,
		.run = show_list,
	},
	{
		.word = "add",
		.help = "add a peer",
		.opts = CMD_OPTS(add_opts),
		.genl = ADIT_CMD_PEER_NEW,
		.run = run_ask,
	},
	{
		.word = "set",
		.help = "change a peer; its children and SAs stay",
		.opts = CMD_OPTS(set_opts),
		.genl = ADIT_CMD_PEER_SET,
		.run = run_do,
	},
	{
		.word = "del",
		.help = "remove a peer with its children and SAs",
		.opts = CMD_OPTS(del_opts),
		.genl = ADIT_CMD_PEER_DEL,
		.run = run_do,
	},
	CMD_ALIAS("delete", del_opts, ADIT_CMD_PEER_DEL, run_do),
	CMD_ALIAS("list", show_opts, ADIT_CMD_PEER_GET, show_list),
};

const struct cmd cmd_peer = {
	.word = "peer",
	.help = "remote gateways of an interface",
	.more = "A peer is one remote gateway and how it is reached. Peer 0 is the one that\n"
		"ip link made with the interface.\n",
	CMD_SUBS(subs),
	.fallback = &subs[0],
};
