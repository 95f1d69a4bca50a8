// SPDX-License-Identifier: GPL-2.0-or-later
/* The secret that outlives the daemon: whose it is, and who may read it. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../tests/tap.h"
#include "../net/state.h"

static char folder[] = "/tmp/adit-state.XXXXXX";
static char inner[64], file[96];

static int get(const char *vici, uint8_t *secret, struct err *err)
{
	return state_secret(inner, vici, secret, err);
}

static void begin(void)
{
	unlink(file);
	rmdir(inner);
}

static void is_kept(void)
{
	uint8_t first[ENGINE_SECRET_LEN], second[ENGINE_SECRET_LEN];
	struct stat stat_of;
	struct err err;

	begin();
	CHECK(!get("unix:///a", first, &err));
	CHECK(!get("unix:///a", second, &err));
	CHECK(memcmp(first, second, sizeof(first)) == 0);
	CHECK(!stat(file, &stat_of) && (stat_of.st_mode & 07777) == 0600);
	CHECK(!stat(inner, &stat_of) && (stat_of.st_mode & 07777) == 0700);
	/* Another daemon of the host must not say that this one is gone. */
	CHECK(!get("unix:///b", second, &err));
	CHECK(memcmp(first, second, sizeof(first)) != 0);
	/* Another one altogether. */
	begin();
	CHECK(!get("unix:///a", second, &err));
	CHECK(memcmp(first, second, sizeof(first)) != 0);
}

static void is_refused(void)
{
	uint8_t secret[ENGINE_SECRET_LEN];
	struct err err;

	begin();
	CHECK(!get("unix:///a", secret, &err));
	CHECK(!chmod(file, 0640));
	CHECK(get("unix:///a", secret, &err));
	CHECK(strstr(err.text, "chmod 600"));
	CHECK(!chmod(file, 0600));
	CHECK(!truncate(file, ENGINE_SECRET_LEN - 1));
	CHECK(get("unix:///a", secret, &err));
	CHECK(strstr(err.text, "length"));
	/* A link of somebody's to what is long enough. */
	CHECK(!unlink(file) && !symlink("/proc/self/exe", file));
	CHECK(get("unix:///a", secret, &err));
	CHECK(!unlink(file) && !mkfifo(file, 0600));
	CHECK(get("unix:///a", secret, &err));
	CHECK(state_secret("/nowhere/at/all", "unix:///a", secret, &err));
	begin();
}

static const struct tap_test tests[] = {
	{ "it is made once, for each daemon another", is_kept },
	{ "what others could know, or have put there", is_refused },
};

int main(void)
{
	int ret;

	if (!mkdtemp(folder))
		return EXIT_FAILURE;
	snprintf(inner, sizeof(inner), "%s/state", folder);
	snprintf(file, sizeof(file), "%s/qcd-secret", inner);
	ret = tap_main(tests, ARRAY_SIZE(tests));
	rmdir(folder);
	return ret;
}
