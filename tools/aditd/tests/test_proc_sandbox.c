// SPDX-License-Identifier: GPL-2.0-or-later
/* Calls that a process does not need end it; those that it needs do not. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../tests/tap.h"
#include "../crypto/prf.h"
#include "../proc/sandbox.h"

enum { FINE = 33 };

/* Raw, and never back: what the sanitizer does at exit is not asked for. */
static void leave(int status)
{
	syscall(SYS_exit_group, status);
}

/* How a child ends that does this behind the restrictions of the role. */
static int end_of(enum role role, void (*act)(void))
{
	pid_t pid = fork();
	struct log log;
	struct err err;
	int status;

	if (!pid) {
		log_init(&log, role, LEVEL_ERROR);
		if (sandbox_calls(role, &log, &err))
			leave(1);
		act();
		leave(FINE);
	}
	waitpid(pid, &status, 0);
	return status;
}

static bool kernel_can(void)
{
	return prctl(PR_GET_SECCOMP, 0, 0, 0, 0) == 0;
}

static bool is_killed(int status)
{
	return !kernel_can() ||
	       (WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS);
}

static bool is_fine(int status)
{
	return WIFEXITED(status) && WEXITSTATUS(status) == FINE;
}

static void do_nothing(void)
{
}

static void do_socket(void)
{
	syscall(SYS_socket, AF_INET, SOCK_DGRAM, 0);
}

static void do_exec(void)
{
	syscall(SYS_execve, "/bin/true", NULL, NULL);
}

static void do_code(void)
{
	syscall(SYS_mmap, NULL, 4096, PROT_READ | PROT_EXEC,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static void do_kill(void)
{
	syscall(SYS_kill, 1, 0);
}

static void do_setuid(void)
{
	syscall(SYS_setuid, 0);
}

static void do_chroot(void)
{
	syscall(SYS_chroot, "/");
}

static void do_mount(void)
{
	syscall(SYS_mount, NULL, "/", NULL, 0, NULL);
}

static void do_bpf(void)
{
	syscall(SYS_bpf, 0, NULL, 0);
}

static void do_accept(void)
{
	syscall(SYS_accept4, -1, NULL, NULL, 0);
}

static void do_write_file(void)
{
	if (syscall(SYS_openat, AT_FDCWD, "/etc/passwd", O_RDWR) >= 0)
		leave(2);
}

/* All that a helper does with what a server says. */
static void do_octets(void)
{
	uint8_t octet;
	void *memory = malloc(1 << 20);

	if (!memory || read(-1, &octet, 1) != -1 || write(-1, "", 1) != -1)
		leave(7);
	free(memory);
}

/* What the locked processes live of. */
static void do_work(void)
{
	struct pollfd fd = { -1, POLLIN, 0 };
	uint8_t octets[64];
	void *memory;

	memory = malloc(4 << 20);
	if (!memory)
		leave(3);
	free(memory);
	if (crypto_random(octets, sizeof(octets)))
		leave(4);
	if (prf(5, SPAN(octets), &SPAN(octets), 1, octets))
		leave(5);
	poll(&fd, 1, 1);
}

static void do_abort(void)
{
	/* What abort() does, without the sanitizer's handler. */
	syscall(SYS_tgkill, getpid(), syscall(SYS_gettid), SIGABRT);
}

struct row {
	const char *name;
	void (*act)(void);
	bool net, ike, keys, fetch; /* may do it */
};

static const struct row rows[] = {
	{ "nothing", do_nothing, true, true, true, true },
	{ "octets", do_octets, true, true, true, true },
	{ "work", do_work, true, true, true, false },
	{ "socket", do_socket, true, false, false, false },
	{ "exec", do_exec, false, false, false, false },
	{ "code", do_code, true, false, false, false },
	{ "kill", do_kill, true, false, false, false },
	{ "setuid", do_setuid, false, false, false, false },
	{ "chroot", do_chroot, false, false, false, false },
	{ "mount", do_mount, false, false, false, false },
	{ "bpf", do_bpf, false, false, false, false },
	{ "accept", do_accept, true, true, false, false },
};

static void calls(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const bool may[] = { rows[i].net, rows[i].ike, rows[i].keys,
				     rows[i].fetch };

		for (int role = 0; role <= ROLE_FETCH; role++) {
			int status = end_of((enum role)role, rows[i].act);

			CHECK_ROW(may[role] ? is_fine(status) :
					      is_killed(status),
				  rows[i].name);
		}
	}
}

static void crash_is_a_crash(void)
{
	int status = end_of(ROLE_IKE, do_abort);

	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}

/* The whole of it, which only root can. */
static void all_of_it(void)
{
	char root[] = "/tmp/adit-test-XXXXXX";
	pid_t pid;
	int status;

	if (geteuid() || !mkdtemp(root)) {
		printf("# not root: skipped\n");
		return;
	}
	pid = fork();
	if (!pid) {
		const struct sandbox sandbox = { ROLE_IKE, root };
		struct log log;
		struct err err;

		log_init(&log, ROLE_IKE, LEVEL_ERROR);
		sandbox_prepare(ROLE_IKE);
		if (sandbox_enter(&sandbox, &log, &err)) {
			printf("# %s\n", err.text);
			fflush(stdout);
			leave(1);
		}
		if (!geteuid())
			leave(6);
		do_work();
		do_write_file();
		leave(FINE);
	}
	waitpid(pid, &status, 0);
	CHECK(is_fine(status));
	rmdir(root);
}

static void root_folder(void)
{
	char base[] = "/tmp/adit-test-XXXXXX";
	char path[64];
	struct err err;

	if (geteuid() || !mkdtemp(base)) {
		printf("# not root: skipped\n");
		return;
	}
	snprintf(path, sizeof(path), "%s/a/empty", base);
	CHECK(!sandbox_make_root(path, &err));
	CHECK(!sandbox_make_root(path, &err));
	if (chmod(path, 0777))
		return;
	CHECK(sandbox_make_root(path, &err));
	rmdir(path);
	snprintf(path, sizeof(path), "%s/a", base);
	rmdir(path);
	rmdir(base);
}

static const struct tap_test tests[] = {
	{ "calls", calls },
	{ "crash_is_a_crash", crash_is_a_crash },
	{ "all_of_it", all_of_it },
	{ "root_folder", root_folder },
};

TAP_MAIN(tests)
