// SPDX-License-Identifier: GPL-2.0-or-later
/* adit child: Child SAs over all their rekeys. */
#include "cmd.h"
#include "show.h"

#define ID(text, ...) OPT_ATTR(child, CHILD_ID, "id", "ID", text, __VA_ARGS__)

/* Several rows, which the formatter takes for one expression. */
/* clang-format off */
#define SETTINGS \
	OPT_ATTR(child, CHILD_LOCAL_TS, "local-ts", "TS[,TS...]", \
		 "what may be the source of what we send"), \
	OPT_ATTR(child, CHILD_REMOTE_TS, "remote-ts", "TS[,TS...]", \
		 "what may be its destination"), \
	OPT_ATTR(child, CHILD_PRIORITY, "priority", "N", \
		 "the lower wins among equally specific selectors"), \
	OPT_ATTR(child, CHILD_HOLD_SECONDS, "hold", "TIME", \
		 "how long packets wait for an SA; 30s if not given"), \
	OPT_ATTR(child, CHILD_ICMP_ERRORS, "icmp-errors", "{ on | off }", \
		 "pass errors about selected packets; on if not given")
/* clang-format on */

static const struct opt add_opts[] = {
	OPT_DEV(child, CHILD),
	ID("its number; else the lowest free one, which is printed"),
	OPT_ATTR(child, CHILD_PEER, "peer", "ID",
		 "the peer that it belongs to; 0 if not given"),
	OPT_ATTR(child, CHILD_MODE, "mode", "{ tunnel | transport }",
		 "RFC 4301, 4.1; tunnel if not given"),
	OPT_ATTR(child, CHILD_PROTOCOLS, "protocols", "{ esp | ah | ah-esp }",
		 "what protects each packet; esp if not given"),
	SETTINGS,
};

static const struct opt set_opts[] = {
	OPT_DEV(child, CHILD),
	ID("its number", .flags = OPT_REQUIRED),
	SETTINGS,
};

static const struct opt del_opts[] = {
	OPT_DEV(child, CHILD),
	ID("its number", .flags = OPT_REQUIRED),
};

static const struct opt dummy_opts[] = {
	OPT_DEV(child, CHILD),
	ID("its number", .flags = OPT_REQUIRED),
	OPT_ATTR(child, CHILD_DUMMY_LENGTH, "length", "OCTETS",
		 "octets in the packet; 64 if not given"),
};

static const struct opt show_opts[] = {
	SHOW_DEV(child, CHILD),
	ID("only this one"),
};

static const struct cmd subs[] = {
	{
		.word = "show",
		.help = "list children, one a line",
		.opts = CMD_OPTS(show_opts),
		.genl = ADIT_CMD_CHILD_GET,
		.run = show_list,
	},
	{
		.word = "add",
		.help = "add a child to a peer",
		.opts = CMD_OPTS(add_opts),
		.genl = ADIT_CMD_CHILD_NEW,
		.run = run_ask,
	},
	{
		.word = "set",
		.help = "change a child; its SAs stay",
		.opts = CMD_OPTS(set_opts),
		.genl = ADIT_CMD_CHILD_SET,
		.run = run_do,
	},
	{
		.word = "del",
		.help = "remove a child with its SAs",
		.opts = CMD_OPTS(del_opts),
		.genl = ADIT_CMD_CHILD_DEL,
		.run = run_do,
	},
	{
		.word = "dummy",
		.help = "send a dummy packet, which the other end drops",
		.opts = CMD_OPTS(dummy_opts),
		.genl = ADIT_CMD_DUMMY_SEND,
		.run = run_do,
	},
	CMD_ALIAS("delete", del_opts, ADIT_CMD_CHILD_DEL, run_do),
	CMD_ALIAS("list", show_opts, ADIT_CMD_CHILD_GET, show_list),
};

const struct cmd cmd_child = {
	.word = "child",
	.help = "Child SAs of a peer: mode and traffic selectors",
	.more = "A child is one Child SA (RFC 7296) over all its rekeys.\n"
		"\n"
		"TS is a traffic selector as in swanctl.conf: ADDR, ADDR/PLEN, ADDR-ADDR or any,\n"
		"then maybe [PROTO], [PROTO/PORT] or [PROTO/PORT-PORT]; for example\n"
		"10.1.0.0/16, fd00::/8[tcp] or 10.0.0.1-10.0.0.9[udp/5000-5010].\n"
		"Without selectors a child carries everything.\n",
	CMD_SUBS(subs),
	.fallback = &subs[0],
};
