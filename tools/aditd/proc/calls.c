// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * See calls.h. A row has the call, who may use it, with which argument, and, for
 * who reads it, why it is needed at all. A call that is in no row ends the process with SIGSYS
 * and a line in the kernel's log.
 */
#include "calls.h"

#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>

enum {
	/* Only if the sanitizer is in the program. */
	SANITIZER = 1 << (ROLE_FETCH + 1),
};

/* How an argument is looked at. */
enum look { ANY, EQUAL, WITHOUT /* none of these bits */ };

struct call {
	int nr;
	unsigned int who;
	unsigned int error; /* if not 0: it fails with that, and goes on */
	enum look look;
	unsigned int argument;
	uint64_t value;
};

#define CALL(name, who, why)                        \
	{                                           \
		SCMP_SYS(name), (who), 0, ANY, 0, 0 \
	}
#define CALL_IF(name, who, why, look, argument, value)                \
	{                                                             \
		SCMP_SYS(name), (who), 0, (look), (argument), (value) \
	}
/* With a sanitizer that needs it, it does not fail. */
#define FAILS(name, who, error, why)                      \
	{                                                 \
		SCMP_SYS(name), (who), (error), ANY, 0, 0 \
	}

static const struct call calls[] = {
	/* The loop, and the channels between the processes. */
	CALL(epoll_wait, ALL, "the loop waits"),
	CALL(epoll_pwait, ALL, "the loop waits, where there is no epoll_wait"),
	CALL(epoll_pwait2, ALL, "the loop waits, in nanoseconds"),
	CALL(epoll_ctl, ALL, "what the loop waits for"),
	CALL(clock_gettime, EACH, "the clock, where the vDSO has none"),
	CALL(gettimeofday, ALL, "the same, in libevent"),
	CALL(time, ALL, "the same, in libcrypto"),
	CALL(read, EACH, "channels"),
	CALL(readv, ALL, "libevent's buffers"),
	CALL(write, EACH, "channels; stderr of who dies"),
	CALL(writev, ALL, "libevent's buffers"),
	CALL(sendto, ALL, "send() to channels"),
	CALL(recvfrom, ALL, "recv()"),
	CALL(close, EACH, "what is not needed any more"),
	CALL(poll, ALL, "the last messages of who ends"),
	CALL(ppoll, ALL, "the same"),
	CALL(rt_sigreturn, EACH, "signal handlers return"),
	CALL(rt_sigprocmask, ALL, "libevent around its handlers, abort()"),
	CALL(rt_sigaction, ALL, "libevent's handlers"),
	CALL(restart_syscall, EACH,
	     "a call goes on after the process was stopped"),
	CALL(exit, EACH, "the end"),
	CALL(exit_group, EACH, "the end"),

	/* Memory; none of it is code. */
	CALL(brk, EACH, "malloc()"),
	CALL_IF(mmap, LOCKED | FETCH, "malloc()", WITHOUT, 2, PROT_EXEC),
	CALL(mmap, NET, "modules that nsswitch.conf names are code"),
	CALL_IF(mprotect, LOCKED | FETCH, "malloc()", WITHOUT, 2, PROT_EXEC),
	CALL(mprotect, NET, "modules that nsswitch.conf names are code"),
	CALL(munmap, EACH, "free()"),
	CALL(mremap, EACH, "realloc()"),
	CALL(madvise, EACH, "free() gives memory back"),
	CALL(futex, EACH, "locks of libcrypto and libc"),
	CALL(getrandom, EACH, "keys and nonces, also of malloc()"),

	/* What libraries ask, and abort(), so that a crash looks like one. */
	CALL(getpid, EACH, "libcrypto looks for forks"),
	CALL(gettid, EACH, "abort()"),
	CALL_IF(tgkill, EACH, "abort()", EQUAL, 2, SIGABRT),
	CALL(uname, ALL, "libc at first use of a locale or the resolver"),
	CALL(sysinfo, ALL, "qsort() in libc"),
	CALL(getuid, ALL, "libcrypto's getenv() asks whether it is setuid"),
	CALL(geteuid, ALL, "the same"),
	CALL(getgid, ALL, "the same"),
	CALL(getegid, ALL, "the same"),
	FAILS(open, LOCKED | SANITIZER, ENOENT, "the folder is empty anyway"),
	FAILS(openat, LOCKED | SANITIZER, ENOENT, "the same"),
	FAILS(stat, LOCKED | SANITIZER, ENOENT, "the same"),
	FAILS(newfstatat, LOCKED | SANITIZER, ENOENT, "the same"),
	FAILS(access, LOCKED | SANITIZER, ENOENT, "the same"),
	FAILS(readlink, LOCKED | SANITIZER, ENOENT, "the same"),
	CALL(fstat, ALL, "stdio looks at what it writes to"),

	/* The control socket, which ike inherits, and its clients. */
	CALL(accept4, IKE, "clients of the control socket"),
	CALL(accept, IKE, "the same, where libevent falls back"),
	CALL(recvmsg, IKE, "clients of the control socket"),
	CALL(sendmsg, IKE, "clients of the control socket"),
	CALL(getsockopt, IKE, "whether writing to a client failed"),
	CALL(shutdown, IKE, "a client is told that there is no more"),
	CALL_IF(ioctl, IKE, "how much a client has written", EQUAL, 1,
		FIONREAD),
	CALL_IF(fcntl, IKE, "clients are not waited for", EQUAL, 1, F_GETFL),
	CALL_IF(fcntl, IKE, "clients are not waited for", EQUAL, 1, F_SETFL),
	CALL_IF(fcntl, IKE, "clients are not inherited", EQUAL, 1, F_GETFD),
	CALL_IF(fcntl, IKE, "clients are not inherited", EQUAL, 1, F_SETFD),

	/* UDP, netlink, and the names of peers. */
	CALL(socket, NET, "netlink, routes to peers, the resolver"),
	CALL(socketpair, NET, "the resolver's answer"),
	CALL(pipe2, NET, "the resolver's answer"),
	CALL(bind, NET, "netlink, local addresses"),
	CALL(connect, NET, "routes to peers, the resolver"),
	CALL(getsockname, NET, "local addresses, netlink's port"),
	CALL(getpeername, NET, "TCP connections"),
	CALL(listen, NET, "TCP connections"),
	CALL(accept4, NET, "TCP connections"),
	CALL(shutdown, NET, "TCP connections"),
	CALL(setsockopt, NET, "sockets"),
	CALL(getsockopt, NET, "sockets"),
	CALL(sendmsg, NET, "UDP with a source address, netlink"),
	CALL(recvmsg, NET, "UDP with a destination address, netlink"),
	CALL(recvmmsg, NET, "the same, many at once"),
	CALL(sendmmsg, NET, "the resolver"),
	CALL(ioctl, NET, "names of interfaces, FIONREAD"),
	CALL(fcntl, NET, "sockets do not wait"),
	CALL(select, NET, "libnl"),
	CALL(pselect6, NET, "libnl"),

	/* Files: the configuration is read again. */
	CALL(open, NET, "the configuration"),
	CALL(openat, NET, "the configuration"),
	CALL(lseek, NET, "the configuration"),
	CALL(pread64, NET, "modules of nsswitch.conf"),
	CALL(getdents64, NET, "include of a folder"),
	CALL(stat, NET, "who can read a file of secrets"),
	CALL(lstat, NET, "the same"),
	CALL(newfstatat, NET, "the same"),
	CALL(statx, NET, "the same"),
	CALL(statfs, NET, "the resolver"),
	CALL(access, NET, "the resolver"),
	CALL(faccessat, NET, "the resolver"),
	CALL(readlink, NET, "include of a folder"),
	CALL(readlinkat, NET, "include of a folder"),
	CALL(getcwd, NET, "include of a folder"),
	CALL(rename, NET,
	     "the control socket, when there is somebody behind it"),
	CALL(unlink, NET, "the control socket and the PID file at the end"),
	CALL(unlinkat, NET, "the same"),
	CALL(dup, NET, "stdio"),
	CALL(dup2, NET, "the pipe of the resolver"),
	CALL(dup3, NET, "the same"),

	/* Children: ike and keys are waited for; who resolves and fetches helps. */
	CALL(clone, NET, "helpers"),
	CALL(clone3, NET, "helpers"),
	CALL(fork, NET, "helpers, where there is no clone"),
	CALL(set_robust_list, NET, "a helper after its fork"),
	CALL(rseq, NET, "the same"),
	CALL(wait4, NET, "children that ended"),
	CALL(kill, NET, "children that do not end"),
	CALL(close_range, NET, "helpers inherit nothing"),
	CALL(prctl, NET, "helpers give up what they do not need"),
	CALL(seccomp, NET, "who fetches gives up the most of this list"),
	CALL(capget, NET, "the same"),
	CALL(capset, NET, "the same"),
	CALL(setgroups, NET, "the same"),
	CALL(setresuid, NET, "the same"),
	CALL(setresgid, NET, "the same"),
	CALL(getresuid, NET, "the same"),
	CALL(getresgid, NET, "the same"),
	CALL(prlimit64, NET, "the same"),
	CALL(alarm, NET, "a helper that hangs"),
	CALL(setitimer, NET, "the same"),
	CALL(nanosleep, NET, "the resolver waits"),
	CALL(clock_nanosleep, NET, "the resolver waits"),

	/* Reports of errors and leaks look at the process from outside. */
	CALL(sigaltstack, ALL | SANITIZER, "handlers of the sanitizer"),
	CALL(sched_yield, ALL | SANITIZER, "its locks"),
	CALL(clone, LOCKED | SANITIZER, "it looks for leaks in a thread"),
	CALL(ptrace, ALL | SANITIZER, "the same"),
	CALL(wait4, LOCKED | SANITIZER, "the same"),
	CALL(prctl, LOCKED | SANITIZER, "the same"),
	CALL(sched_getaffinity, ALL | SANITIZER, "the same"),
	CALL(getdents64, LOCKED | SANITIZER, "the same"),
	CALL(getdents, ALL | SANITIZER, "the same"),
	CALL(lseek, LOCKED | SANITIZER, "the same"),
	CALL(prlimit64, LOCKED | SANITIZER, "the size of the stack"),
	CALL(getrlimit, ALL | SANITIZER, "the same"),
	CALL(getppid, ALL | SANITIZER, "its tracer"),
	CALL_IF(ioctl, IKE | SANITIZER, "colours, if it is a terminal", EQUAL,
		1, TCGETS),
	CALL(ioctl, KEYS | SANITIZER, "the same"),
	CALL(fcntl, KEYS | SANITIZER, "the same"),
};

static bool concerns(const struct call *call, enum role role)
{
	if (!(call->who & 1U << role))
		return false;
	return CALLS_SANITIZED || call->error || !(call->who & SANITIZER);
}

static uint32_t action_of(const struct call *call)
{
	if (!call->error || (CALLS_SANITIZED && call->who & SANITIZER))
		return SCMP_ACT_ALLOW;
	return SCMP_ACT_ERRNO(call->error);
}

static int add(scmp_filter_ctx filter, const struct call *call)
{
	uint32_t action = action_of(call);

	switch (call->look) {
	case EQUAL:
		return seccomp_rule_add(filter, action, call->nr, 1,
					SCMP_CMP(call->argument, SCMP_CMP_EQ,
						 call->value));
	case WITHOUT:
		return seccomp_rule_add(filter, action, call->nr, 1,
					SCMP_CMP(call->argument,
						 SCMP_CMP_MASKED_EQ,
						 call->value, 0));
	default:
		return seccomp_rule_add(filter, action, call->nr, 0);
	}
}

int calls_restrict(enum role role, int *failed)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
	int rc = filter ? 0 : -ENOMEM;

	for (size_t i = 0; !rc && i < ARRAY_SIZE(calls); i++)
		if (concerns(&calls[i], role))
			rc = add(filter, &calls[i]);
	if (!rc)
		rc = seccomp_load(filter);
	seccomp_release(filter);
	*failed = -rc;
	return rc ? -1 : 0;
}
