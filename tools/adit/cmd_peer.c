// SPDX-License-Identifier: GPL-2.0-or-later
/* adit peer: remote gateways. */
#include <string.h>

#include "../lib/quantity.h"
#include "cmd.h"
#include "opt_end.h"
#include "show.h"

#define ID(text, ...) OPT_ATTR(peer, PEER_ID, "id", "ID", text, __VA_ARGS__)

/* A time, or "off" for 0. */
static int parse_keepalive(const struct opt *opt, void *args, const char *arg,
			   struct err *err)
{
	uint64_t seconds = 0;

	if (strcmp(arg, "off") != 0 &&
	    quantity_parse_seconds(&seconds, arg, err))
		return -1;
	if (seconds > ADIT_MAX_KEEPALIVE)
		return err_set(err, ERR_USAGE, "%s is more than 1h", arg);
	field_set_number(field_find(opt->set, opt->attr), args, seconds);
	return 0;
}

/* Several rows, which the formatter takes for one expression. */
/* clang-format off */
#define PORT(a, w, text) \
	OPT_ATTR(peer, PEER_##a, w, "PORT", text, .parse = opt_parse_port)

#define SETTINGS \
	OPT_ATTR(peer, PEER_REMOTE, "remote", "ADDR[:PORT]", \
		 "the gateway's address; any: not known yet", \
		 .parse = opt_parse_end), \
	OPT_ATTR(peer, PEER_LOCAL, "local", "ADDR[:PORT]", \
		 "our address; any: the route picks it", \
		 .parse = opt_parse_end), \
	OPT_ATTR(peer, PEER_ENCAP, "encap", "{ none | udp | tcp }", \
		 "what carries ESP; none is plain IP"), \
	PORT(REMOTE_PORT, "remote-port", \
	     "the gateway's UDP or TCP port; 4500 if not given"), \
	PORT(LOCAL_PORT, "local-port", "our port; 4500 if not given"), \
	OPT_ATTR(peer, PEER_SOCKET, "socket", "ID", \
		 "one of \"adit socket\"; found or opened if not given"), \
	OPT_ATTR(peer, PEER_KEEPALIVE, "keepalive", "{ TIME | off }", \
		 "with udp, keeps a NAT open; 20s if not given", \
		 .parse = parse_keepalive), \
	OPT_ATTR(peer, PEER_ROAM, "roam", "{ on | off }", \
		 "follow the gateway; on with udp and tcp")
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
