// SPDX-License-Identifier: GPL-2.0-or-later
/* aditd: options, and which of its processes this is. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ike/role.h"
#include "keys/role.h"
#include "net/role.h"
#include "proc/log.h"
#include "proc/proc.h"

#ifndef ADIT_VERSION
#define ADIT_VERSION "unknown"
#endif

struct options {
	struct net_start net;
	const char *role; /* NULL for the one that starts the others */
	bool check;
};

enum { OPT_ROLE = 256, OPT_ROOT, OPT_CHECK };

static const struct option long_options[] = {
	{ "config", required_argument, NULL, 'c' },
	{ "vici", required_argument, NULL, 'v' },
	{ "pid", required_argument, NULL, 'p' },
	{ "state", required_argument, NULL, 's' },
	{ "log", required_argument, NULL, 'l' },
	{ "check", no_argument, NULL, OPT_CHECK },
	{ "version", no_argument, NULL, 'V' },
	{ "help", no_argument, NULL, 'h' },
	/* For those that are started by it. */
	{ "role", required_argument, NULL, OPT_ROLE },
	{ "root", required_argument, NULL, OPT_ROOT },
	{ NULL, 0, NULL, 0 },
};

static const char help[] =
	"Usage: aditd [OPTION...]\n"
	"Negotiates the keys of IPsec tunnels with IKEv2, and stays in the foreground.\n"
	"\n"
	"  --config DIR   swanctl.conf, conf.d/ and keys (default: /etc/adit)\n"
	"  --vici URI     control socket (default: unix:///run/adit/vici)\n"
	"  --pid FILE     write the process id there\n"
	"  --state DIR    what the next daemon is to know (default: /var/lib/adit)\n"
	"  --log LEVEL    error, info (default), detail or debug\n"
	"  --root DIR     empty folder to lock processes into (default: /run/adit/empty)\n"
	"  --check        only read the configuration and say what is wrong\n"
	"  --version      show the version\n"
	"\n"
	"SIGHUP reads the configuration again; SIGTERM closes all SAs and ends.\n"
	"See aditd(8).\n";

static void show(const char *text)
{
	fputs(text, stdout);
	exit(fflush(stdout) ? EXIT_FAILURE : EXIT_SUCCESS);
}

/* Exits if that is all there was to do. */
static int take_option(struct options *options, int option, struct err *err)
{
	switch (option) {
	case 'c':
		options->net.config = optarg;
		return 0;
	case 'v':
		options->net.vici = optarg;
		return 0;
	case 'p':
		options->net.pid = optarg;
		return 0;
	case 's':
		options->net.state = optarg;
		return 0;
	case 'l':
		return log_level_parse(optarg, &options->net.level, err);
	case OPT_CHECK:
		options->check = true;
		return 0;
	case OPT_ROLE:
		options->role = optarg;
		return 0;
	case OPT_ROOT:
		options->net.root = optarg;
		return 0;
	case 'V':
		show("aditd " ADIT_VERSION "\n");
		return 0;
	case 'h':
		show(help);
		return 0;
	default:
		return err_set(err, ERR_USAGE, "see aditd --help");
	}
}

static int take_options(struct options *options, int argc, char **argv,
			struct err *err)
{
	int option;

	while ((option = getopt_long(argc, argv, "", long_options, NULL)) >= 0)
		if (take_option(options, option, err))
			return -1;
	if (optind == argc)
		return 0;
	return err_set(err, ERR_USAGE, "'%.64s': there are only options",
		       argv[optind]);
}

static int run_ike(const struct options *options)
{
	const struct ike_start start = {
		.net_fd = PROC_NET_FD,
		.keys_fd = PROC_PEER_FD,
		.vici_fd = PROC_VICI_FD,
		.level = options->net.level,
		.root = options->net.root,
	};

	return ike_run(&start);
}

static int run_keys(const struct options *options)
{
	const struct keys_start start = {
		.net_fd = PROC_NET_FD,
		.ike_fd = PROC_PEER_FD,
		.level = options->net.level,
		.root = options->net.root,
	};

	return keys_run(&start);
}

int main(int argc, char **argv)
{
	struct options options = {
		.net = { .config = "/etc/adit",
			 .vici = "unix:///run/adit/vici",
			 .state = "/var/lib/adit",
			 .root = "/run/adit/empty",
			 .level = LEVEL_INFO },
	};
	struct err err;

	if (take_options(&options, argc, argv, &err)) {
		fprintf(stderr, "aditd: %s\n", err.text);
		return EXIT_FAILURE;
	}
	if (options.role && strcmp(options.role, role_name(ROLE_IKE)) == 0)
		return run_ike(&options);
	if (options.role && strcmp(options.role, role_name(ROLE_KEYS)) == 0)
		return run_keys(&options);
	if (options.role) {
		fprintf(stderr, "aditd: --role is for aditd itself\n");
		return EXIT_FAILURE;
	}
	return options.check ? net_check(&options.net) : net_run(&options.net);
}
