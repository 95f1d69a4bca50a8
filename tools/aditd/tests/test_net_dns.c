// SPDX-License-Identifier: GPL-2.0-or-later
/* Name servers in /etc/resolv.conf: in front of the others, and away again. */
#include "../net/dns_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "../../tests/tap.h"

enum { US = 100, ALIVE = 200, DEAD = 300 };

static const char before[] = "# by an admin\nsearch example.net\n"
			     "nameserver 192.0.2.53\n";
static const struct addrs none;
static const struct addrs two = { 2,
				  { { 4, { 10, 2, 0, 53 } },
				    { 16, { 0xfd, 2, [15] = 0x53 } } } };

static bool is_there(pid_t pid)
{
	return pid != DEAD;
}

static const char *edit(const char *old, pid_t pid, const struct addrs *servers)
{
	static char text[4096];
	struct buf out = BUF_INIT;

	dns_text(span_of_text(old), pid, servers, is_there, &out);
	snprintf(text, sizeof(text), "%.*s", (int)out.len,
		 out.data ? (const char *)out.data : "");
	buf_free(&out);
	return text;
}

static void in_front(void)
{
	char first[4096], second[4096];

	snprintf(first, sizeof(first), "%s", edit(before, US, &two));
	CHECK_TEXT(
		first,
		"# Name servers of aditd, process 100: they go with its connections\n"
		"nameserver 10.2.0.53\nnameserver fd02::53\n"
		"# End of aditd's, process 100\n"
		"# by an admin\nsearch example.net\nnameserver 192.0.2.53\n");
	/* Again the same, and of another daemon. */
	CHECK_TEXT(edit(first, US, &two), first);
	snprintf(second, sizeof(second), "%s", edit(first, ALIVE, &two));
	CHECK(strstr(second, first) == second + strlen(second) - strlen(first));
	CHECK_TEXT(edit(second, ALIVE, &none), first);
	CHECK_TEXT(edit(first, US, &none), before);
}

static void left_over(void)
{
	char text[4096], cut[4096], *end;

	snprintf(text, sizeof(text), "%s", edit(before, DEAD, &two));
	CHECK_TEXT(edit(text, US, &none), before);
	/* Somebody has edited it: what is not known to be ours stays. */
	snprintf(cut, sizeof(cut), "%s", text);
	end = strstr(cut, "# End");
	if (!CHECK(end != NULL))
		return;
	*end = '\0';
	CHECK_TEXT(edit(cut, US, &none),
		   "nameserver 10.2.0.53\nnameserver fd02::53\n");
	CHECK_TEXT(edit("nameserver 192.0.2.53", US, &none),
		   "nameserver 192.0.2.53");
	CHECK_TEXT(edit("", US, &none), "");
}

static void file(void)
{
	char path[] = "/tmp/test_net_dns.XXXXXX", text[4096] = "";
	int fd = mkstemp(path);

	if (!CHECK(fd >= 0))
		return;
	CHECK(write(fd, before, strlen(before)) == (ssize_t)strlen(before));
	CHECK(!dns_file(path, US, &two, is_there));
	CHECK(pread(fd, text, sizeof(text) - 1, 0) > 0);
	CHECK_TEXT(text, edit(before, US, &two));
	CHECK(!dns_file(path, US, &none, is_there));
	memset(text, 0, sizeof(text));
	CHECK(pread(fd, text, sizeof(text) - 1, 0) > 0);
	CHECK_TEXT(text, before);
	close(fd);
	unlink(path);
	/* Nothing to remove, nothing made. */
	CHECK(!dns_file(path, US, &none, is_there));
	CHECK(access(path, F_OK));
	CHECK(dns_file("/nowhere/resolv.conf", US, &two, is_there));
}

static const struct tap_test tests[] = {
	{ "in front of the others, and away again", in_front },
	{ "what a daemon left that was killed", left_over },
	{ "in a file", file },
};

TAP_MAIN(tests)
