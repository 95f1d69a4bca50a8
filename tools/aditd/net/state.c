// SPDX-License-Identifier: GPL-2.0-or-later
/* See state.h. */
#include "state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../crypto/prf.h"
#include "../proto/v2.h"

enum { PATH_SIZE = 512 };

static const char name[] = "qcd-secret";

static int fail(const char *path, const char *why, struct err *err)
{
	return err_set(
		err, ERR_REFUSED,
		"%.200s: %s; peers that wait for an answer are not told when the daemon has crashed",
		path, why);
}

/* Nobody else may have it, or have chosen it. */
static const char *check(int fd)
{
	struct stat stat;

	if (fstat(fd, &stat))
		return strerror(errno);
	if (!S_ISREG(stat.st_mode))
		return "it is no file";
	if (stat.st_uid != geteuid())
		return "it is somebody else's";
	if (stat.st_mode & 077)
		return "others can read it: chmod 600, or remove it";
	return stat.st_size == ENGINE_SECRET_LEN ? NULL :
						   "it has another length";
}

/* 1 if there is none. */
static int load(const char *path, uint8_t *secret, struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	const char *why;

	if (fd < 0 && errno == ENOENT)
		return 1;
	if (fd < 0)
		return fail(path, strerror(errno), err);
	why = check(fd);
	if (!why &&
	    read(fd, secret, ENGINE_SECRET_LEN) != (ssize_t)ENGINE_SECRET_LEN)
		why = "it can't be read";
	close(fd);
	return why ? fail(path, why, err) : 0;
}

static bool write_whole(int fd, const uint8_t *secret)
{
	return write(fd, secret, ENGINE_SECRET_LEN) ==
		       (ssize_t)ENGINE_SECRET_LEN &&
	       !fsync(fd);
}

/* It is there as a whole, or not at all; who is first of two wins. */
static int make(const char *path, uint8_t *secret, struct err *err)
{
	char fresh[PATH_SIZE + 32];
	bool good;
	int fd;

	snprintf(fresh, sizeof(fresh), "%s.%d", path, (int)getpid());
	if (crypto_random(secret, ENGINE_SECRET_LEN))
		return fail(path, "there are no random numbers", err);
	unlink(fresh);
	fd = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return fail(path, strerror(errno), err);
	good = write_whole(fd, secret) &&
	       (!link(fresh, path) || errno == EEXIST);
	if (!good)
		fail(path, strerror(errno), err);
	close(fd);
	unlink(fresh);
	return good ? 0 : -1;
}

static int own(const char *vici, uint8_t *secret)
{
	const struct span parts[] = { span_of_text("QCD"), span_of_text(vici) };
	uint8_t whole[ENGINE_SECRET_LEN];
	int rc;

	memcpy(whole, secret, sizeof(whole));
	rc = prf(PRF_HMAC_SHA2_256, SPAN(whole), parts, ARRAY_SIZE(parts),
		 secret);
	explicit_bzero(whole, sizeof(whole));
	return rc;
}

int state_secret(const char *folder, const char *vici,
		 uint8_t secret[ENGINE_SECRET_LEN], struct err *err)
{
	char path[PATH_SIZE];
	int rc;

	if (snprintf(path, sizeof(path), "%s/%s", folder, name) >=
	    (int)sizeof(path))
		return fail(folder, "the name is too long", err);
	if (mkdir(folder, 0700) && errno != EEXIST)
		return fail(folder, strerror(errno), err);
	rc = load(path, secret, err);
	if (rc > 0)
		rc = make(path, secret, err) ? -1 : load(path, secret, err);
	if (rc)
		return -1;
	return own(vici, secret) ? fail(path, "libcrypto fails", err) : 0;
}
