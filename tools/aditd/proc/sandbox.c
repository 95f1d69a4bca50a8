// SPDX-License-Identifier: GPL-2.0-or-later
/* See sandbox.h. */
#include "sandbox.h"

#include <cap-ng.h>
#include <errno.h>
#include <grp.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <pwd.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "calls.h"

/* What net keeps; the others have none. */
static const struct {
	unsigned int capability;
} kept[] = {
	{ CAP_NET_ADMIN }, /* tunnels, routes, marks of sockets */
	{ CAP_NET_BIND_SERVICE }, /* ports 500 and 4500 again, and TCP 443 */
	{ CAP_KILL }, /* a process of another user that does not end */
	{ CAP_SETUID }, /* the resolver becomes nobody */
	{ CAP_SETGID }, /* the same */
};

static const struct {
	int resource;
	rlim_t limit;
	unsigned int who;
} limits[] = {
	{ RLIMIT_CORE, 0, ALL }, /* keys are not for disks */
	{ RLIMIT_FSIZE, 0, LOCKED }, /* there is no file to write */
	{ RLIMIT_NOFILE, 1024, IKE }, /* clients of the control socket */
	{ RLIMIT_NOFILE, 32, KEYS }, /* its channels */
	/* Counts what the user has elsewhere too, but 0 is 0. */
	{ RLIMIT_NPROC, 0, LOCKED }, /* it starts nothing */
};

static int fail(struct err *err, const char *what)
{
	return err_set(err, ERR_REFUSED, "%s: %s", what, strerror(errno));
}

int sandbox_make_root(const char *path, struct err *err)
{
	char part[256];
	struct stat st;

	for (const char *at = strchr(path + 1, '/'); at;
	     at = strchr(at + 1, '/')) {
		snprintf(part, sizeof(part), "%.*s", (int)(at - path), path);
		if (mkdir(part, 0755) && errno != EEXIST)
			return fail(err, part);
	}
	if (mkdir(path, 0555) && errno != EEXIST)
		return fail(err, path);
	if (stat(path, &st))
		return fail(err, path);
	if (S_ISDIR(st.st_mode) && !st.st_uid && !(st.st_mode & 022))
		return 0;
	return err_set(err, ERR_REFUSED,
		       "%s is no folder of root's that only root can write to",
		       path);
}

void sandbox_prepare(enum role role)
{
	char name[16];
	uint8_t octets[16];
	time_t now = time(NULL);
	struct tm tm;

	/* It was started as /proc/self/exe. */
	snprintf(name, sizeof(name), "aditd-%s", role_name(role));
	if (role != ROLE_NET)
		prctl(PR_SET_NAME, name);
	OPENSSL_init_crypto(OPENSSL_INIT_LOAD_CRYPTO_STRINGS |
				    OPENSSL_INIT_ADD_ALL_CIPHERS |
				    OPENSSL_INIT_ADD_ALL_DIGESTS |
				    OPENSSL_INIT_LOAD_CONFIG,
			    NULL);
	/* Each of them reads something the first time. */
	RAND_bytes(octets, sizeof(octets));
	EVP_MD_free(EVP_MD_fetch(NULL, "SHA256", NULL));
	localtime_r(&now, &tm);
	(void)strerror(EAGAIN);
}

/* Somebody who has nothing. */
static const struct passwd *find_user(void)
{
	const struct passwd *user = getpwnam("adit");

	return user ? user : getpwnam("nobody");
}

int sandbox_user(const struct sandbox *sandbox, struct log *log,
		 struct err *err)
{
	const struct passwd *user = find_user();

	if (geteuid()) {
		log_put(log, LEVEL_INFO,
			"not started as root: no other user, no chroot");
		return 0;
	}
	/* The sanitizer reads /proc when it finds something. */
	if (!CALLS_SANITIZED && (chroot(sandbox->root) || chdir("/")))
		return fail(err, sandbox->root);
	if (!user) {
		log_put(log, LEVEL_INFO,
			"there is no user 'adit' or 'nobody': still root");
		return 0;
	}
	if (!setgroups(0, NULL) &&
	    !setresgid(user->pw_gid, user->pw_gid, user->pw_gid) &&
	    !setresuid(user->pw_uid, user->pw_uid, user->pw_uid))
		return 0;
	/* In a user namespace there may be no other. */
	if (errno != EINVAL && errno != EPERM)
		return fail(err, user->pw_name);
	log_put(log, LEVEL_INFO, "cannot become user '%s' here: %s",
		user->pw_name, strerror(errno));
	return 0;
}

static int choose_capabilities(enum role role, struct err *err)
{
	capng_clear(CAPNG_SELECT_BOTH);
	for (size_t i = 0; role == ROLE_NET && i < ARRAY_SIZE(kept); i++)
		if (capng_update(CAPNG_ADD,
				 CAPNG_EFFECTIVE | CAPNG_PERMITTED |
					 CAPNG_BOUNDING_SET,
				 kept[i].capability))
			return err_set(err, ERR_REFUSED, "capabilities");
	return 0;
}

/* What no program can get back; while there is the right to say so. */
static int bound_capabilities(enum role role, struct err *err)
{
	if (choose_capabilities(role, err))
		return -1;
	if (!capng_apply(CAPNG_SELECT_BOUNDS) || geteuid())
		return 0;
	return err_set(err, ERR_REFUSED, "capabilities cannot be bounded");
}

static int drop_capabilities(enum role role, struct err *err)
{
	if (choose_capabilities(role, err))
		return -1;
	if (!capng_apply(CAPNG_SELECT_CAPS))
		return 0;
	return err_set(err, ERR_REFUSED, "capabilities cannot be dropped");
}

int sandbox_limits(const struct sandbox *sandbox, struct err *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(limits); i++) {
		const struct rlimit limit = { limits[i].limit,
					      limits[i].limit };

		if (!(limits[i].who & 1U << sandbox->role))
			continue;
		/* It looks for leaks in a thread, and writes to a file. */
		if (CALLS_SANITIZED && limits[i].resource != RLIMIT_CORE)
			continue;
		if (setrlimit((__rlimit_resource_t)limits[i].resource, &limit))
			return fail(err, "resource limits");
	}
	/* No other process of this user can look into it. */
	if (!CALLS_SANITIZED && prctl(PR_SET_DUMPABLE, 0))
		return fail(err, "dumpable");
	return 0;
}

int sandbox_calls(enum role role, struct log *log, struct err *err)
{
	int failed;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return fail(err, "no_new_privs");
	if (!calls_restrict(role, &failed))
		return 0;
	errno = failed;
	if (failed != ENOSYS && failed != EINVAL)
		return fail(err, "seccomp");
	log_put(log, LEVEL_INFO,
		"the kernel cannot restrict system calls (seccomp: %s)",
		strerror(failed));
	return 0;
}

int sandbox_enter(const struct sandbox *sandbox, struct log *log,
		  struct err *err)
{
	enum role role = sandbox->role;

	if (bound_capabilities(role, err) ||
	    (role != ROLE_NET && sandbox_user(sandbox, log, err)) ||
	    drop_capabilities(role, err) || sandbox_limits(sandbox, err) ||
	    sandbox_calls(role, log, err))
		return err_prefix(
			err, "restricting the %s process: ", role_name(role));
	return 0;
}
