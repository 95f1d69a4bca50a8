// SPDX-License-Identifier: GPL-2.0-or-later
/* adit genpsk and check: what is done before there is a daemon. */
#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/wait.h>

#include "ike.h"

extern char **environ;

enum { PSK_LEN = 32, PSK_TEXT_SIZE = 2 + (PSK_LEN + 2) / 3 * 4 + 2 };

/* As swanctl.conf takes it: 0s and Base64. */
static size_t encode(const uint8_t key[PSK_LEN], char text[PSK_TEXT_SIZE])
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
		"0123456789+/";
	size_t len = 0;

	text[len++] = '0';
	text[len++] = 's';
	for (size_t i = 0; i < PSK_LEN; i += 3) {
		uint32_t three = (uint32_t)key[i] << 16;

		if (i + 1 < PSK_LEN)
			three |= (uint32_t)key[i + 1] << 8;
		if (i + 2 < PSK_LEN)
			three |= key[i + 2];
		text[len++] = digits[three >> 18];
		text[len++] = digits[three >> 12 & 63];
		text[len++] =
			(char)(i + 1 < PSK_LEN ? digits[three >> 6 & 63] : '=');
		text[len++] =
			(char)(i + 2 < PSK_LEN ? digits[three & 63] : '=');
	}
	text[len++] = '\n';
	return len;
}

static int genpsk(struct run *run, const struct cmd *cmd, int argc, char **argv)
{
	char text[PSK_TEXT_SIZE];
	uint8_t key[PSK_LEN];
	int rc = 0;

	if (opt_parse(&cmd->opts, argc, argv, NULL, &run->err))
		return -1;
	if (getrandom(key, sizeof(key), 0) != sizeof(key))
		rc = err_set(&run->err, ERR_REFUSED, "getrandom: %s",
			     strerror(errno));
	if (!rc)
		rc = run_write_secret(run, text, encode(key, text), &run->err);
	explicit_bzero(key, sizeof(key));
	explicit_bzero(text, sizeof(text));
	return rc;
}

/* Where the daemon is: beside us, or where daemons are, or NULL for PATH. */
static const char *daemon_path(char *path, size_t size)
{
	static const char *const folders[] = { "/usr/local/sbin", "/usr/sbin" };
	ssize_t len = readlink("/proc/self/exe", path, size - 1);
	char *slash;

	if (len > 0) {
		path[len] = '\0';
		slash = strrchr(path, '/');
		len = slash ? slash + 1 - path : 0;
		snprintf(path + len, size - (size_t)len, "aditd");
		if (access(path, X_OK) == 0)
			return path;
	}
	for (size_t i = 0; i < ARRAY_SIZE(folders); i++) {
		snprintf(path, size, "%s/aditd", folders[i]);
		if (access(path, X_OK) == 0)
			return path;
	}
	return NULL;
}

static int start_daemon(pid_t *pid, char **words, struct err *err)
{
	char beside[4096];
	const char *path = daemon_path(beside, sizeof(beside));
	int failed =
		path ? posix_spawn(pid, path, NULL, NULL, words, environ) :
		       posix_spawnp(pid, words[0], NULL, NULL, words, environ);

	if (failed == ENOENT)
		return err_set(
			err, ERR_MISSING,
			"the daemon aditd, which reads the configuration, is not installed: it is neither beside adit nor in PATH");
	if (failed)
		return err_set(err, ERR_MISSING, "aditd: %s", strerror(failed));
	return 0;
}

/* The daemon itself reads it, so that there is one opinion only. */
static int check(struct run *run, const struct cmd *cmd, int argc, char **argv)
{
	struct ike_args args = { .folder = "/etc/adit" };
	char name[] = "aditd", check_word[] = "--check", config[] = "--config";
	char *words[] = { name, check_word, config, NULL, NULL };
	int status;
	char folder[4096];
	pid_t pid;

	if (opt_parse(&cmd->opts, argc, argv, &args, &run->err))
		return -1;
	snprintf(folder, sizeof(folder), "%s", args.folder);
	words[3] = folder;
	if (start_daemon(&pid, words, &run->err))
		return -1;
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return err_set(&run->err, ERR_MISSING, "aditd: %s",
				       strerror(errno));
	if (!WIFEXITED(status) || WEXITSTATUS(status))
		return err_set(&run->err, ERR_USAGE, "%s: not loaded like this",
			       folder);
	return 0;
}

static const struct opt check_opts[] = {
	{ .word = "folder",
	  .arg = "DIR",
	  .help = "the configuration, /etc/adit if not given",
	  .flags = OPT_PLAIN,
	  .parse = parse_text,
	  .offset = offsetof(struct ike_args, folder) },
};

const struct cmd cmd_genpsk = {
	.word = "genpsk",
	.help = "print a fresh preshared key, 256 bits in Base64",
	.more = "It is for 'secret = ' of swanctl.conf. With -o FILE it goes into a new file\n"
		"that only its owner can read.\n",
	.run = genpsk,
};

const struct cmd cmd_check = {
	.word = "check",
	.help = "read a configuration and say what is wrong in it",
	.opts = CMD_OPTS(check_opts),
	.run = check,
};
