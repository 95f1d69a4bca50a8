// SPDX-License-Identifier: GPL-2.0-or-later
/* adit socket: what peers are reached through but for IP itself. */
#include <sys/stat.h>

#include "cmd.h"
#include "opt_end.h"
#include "show.h"

#define ID(text, ...) OPT_ATTR(socket, SOCKET_ID, "id", "ID", text, __VA_ARGS__)

#define NEW_ID ID("its number; else the lowest free one, which is printed")

#define END(a, w, text, ...)                                 \
	OPT_ATTR(socket, SOCKET_##a, w, "ADDR[:PORT]", text, \
		 .parse = opt_parse_end_strict, __VA_ARGS__)

static const struct opt udp_opts[] = {
	END(LOCAL, "local", "what it is bound to; port 4500 if not given",
	    .flags = OPT_PLAIN | OPT_REQUIRED),
	NEW_ID,
};

static const struct opt tcp_opts[] = {
	OPT_ATTR(socket, SOCKET_LISTEN, "listen", NULL,
		 "wait for connections there, else connect to it", .value = 1),
	END(REMOTE, "remote", "the address; port 4500 if not given",
	    .flags = OPT_PLAIN | OPT_REQUIRED),
	END(LOCAL, "local", "our end of a connection; any if not given"),
	NEW_ID,
};

static const struct opt fd_opts[] = {
	OPT_ATTR(socket, SOCKET_FD, "fd", "N",
		 "its descriptor, which adit inherits",
		 .flags = OPT_PLAIN | OPT_REQUIRED),
	OPT_ATTR(socket, SOCKET_MARKER, "marker", "{ on | off }",
		 "off: all of it is IKE; on but for UDP port 500"),
	NEW_ID,
};

static const struct opt del_opts[] = {
	ID("its number", .flags = OPT_PLAIN | OPT_REQUIRED),
};

static const struct opt show_opts[] = {
	ID("only this one", .flags = OPT_PLAIN),
};

static void set_encap(struct adit_socket *socket, uint8_t encap)
{
	socket->encap = encap;
	socket->has |= BIT64(ADIT_A_SOCKET_ENCAP);
}

static int add_udp(struct run *run, const struct cmd *cmd, int argc,
		   char **argv)
{
	union adit_object obj = { 0 };

	if (opt_parse(&cmd->opts, argc, argv, &obj, &run->err))
		return -1;
	set_encap(&obj.socket, ADIT_ENCAP_UDP);
	return ask_for(run, cmd, &obj);
}

/* The address of a socket that listens is its own. */
static int turn(struct adit_socket *socket, struct err *err)
{
	bool has_port = field_has(socket, ADIT_A_SOCKET_REMOTE_PORT);

	if (field_has(socket, ADIT_A_SOCKET_LOCAL))
		return err_set(err, ERR_USAGE,
			       "'local' does not go with 'listen'");
	socket->local = socket->remote;
	socket->local_port = socket->remote_port;
	socket->has &= ~(BIT64(ADIT_A_SOCKET_REMOTE) |
			 BIT64(ADIT_A_SOCKET_REMOTE_PORT));
	socket->has |= BIT64(ADIT_A_SOCKET_LOCAL);
	if (has_port)
		socket->has |= BIT64(ADIT_A_SOCKET_LOCAL_PORT);
	return 0;
}

static int add_tcp(struct run *run, const struct cmd *cmd, int argc,
		   char **argv)
{
	union adit_object obj = { 0 };

	if (opt_parse(&cmd->opts, argc, argv, &obj, &run->err) ||
	    (obj.socket.listen && turn(&obj.socket, &run->err)))
		return -1;
	set_encap(&obj.socket, ADIT_ENCAP_TCP);
	return ask_for(run, cmd, &obj);
}

/* Before a socket of our own could get the number. */
static int check_fd(const struct adit_socket *socket, struct err *err)
{
	struct stat stat;

	if (fstat((int)socket->fd, &stat))
		return err_set(
			err, ERR_USAGE,
			"there is no descriptor %u, open one in the shell, like: exec %u<>/dev/udp/192.0.2.1/4500",
			socket->fd, socket->fd);
	if (!S_ISSOCK(stat.st_mode))
		return err_set(err, ERR_USAGE, "descriptor %u is no socket",
			       socket->fd);
	return 0;
}

static int add_fd(struct run *run, const struct cmd *cmd, int argc, char **argv)
{
	union adit_object obj = { 0 };

	if (opt_parse(&cmd->opts, argc, argv, &obj, &run->err) ||
	    check_fd(&obj.socket, &run->err))
		return -1;
	return ask_for(run, cmd, &obj);
}

static const struct cmd kinds[] = {
	{
		.word = "udp",
		.help = "have the module open a UDP socket (RFC 3948)",
		.opts = CMD_OPTS(udp_opts),
		.genl = ADIT_CMD_SOCKET_NEW,
		.run = add_udp,
	},
	{
		.word = "tcp",
		.help = "have it listen or connect with TCP (RFC 9329)",
		.opts = CMD_OPTS(tcp_opts),
		.genl = ADIT_CMD_SOCKET_NEW,
		.run = add_tcp,
	},
	{
		.word = "fd",
		.help = "hand over a socket that is open already",
		.more = "ESP stays in the kernel from then on; IKE messages are read and written as\n"
			"before, by whoever has the socket. It goes when they close it.\n",
		.opts = CMD_OPTS(fd_opts),
		.genl = ADIT_CMD_SOCKET_NEW,
		.run = add_fd,
	},
};

static const struct cmd subs[] = {
	{
		.word = "show",
		.help = "list sockets, one a line",
		.opts = CMD_OPTS(show_opts),
		.genl = ADIT_CMD_SOCKET_GET,
		.run = show_list,
	},
	{
		.word = "add",
		.help = "add a socket",
		CMD_SUBS(kinds),
	},
	{
		.word = "del",
		.help = "close a socket or give it back; its peers wait",
		.opts = CMD_OPTS(del_opts),
		.genl = ADIT_CMD_SOCKET_DEL,
		.run = run_do,
	},
	CMD_ALIAS("delete", del_opts, ADIT_CMD_SOCKET_DEL, run_do),
	CMD_ALIAS("list", show_opts, ADIT_CMD_SOCKET_GET, show_list),
};

const struct cmd cmd_socket = {
	.word = "socket",
	.help = "UDP and TCP sockets that peers are reached through",
	.more = "Sockets belong to the network namespace, and any number of peers and interfaces\n"
		"share one. A peer with encap udp finds or opens its own; it takes a socket here\n"
		"to listen with TCP, for another port, or for one that a daemon has opened.\n"
		"\n"
		"ADDR[:PORT] is like 192.0.2.1:4500 or [2001:db8::1]:4500.\n",
	CMD_SUBS(subs),
	.fallback = &subs[0],
};
