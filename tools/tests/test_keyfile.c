// SPDX-License-Identifier: GPL-2.0-or-later
/* Key files, and every way to refuse one. */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../lib/keyfile.h"
#include "tap.h"

#define HEX_16 "000102030405060708090a0b0c0d0e0f"
#define HEX_128 HEX_16 HEX_16 HEX_16 HEX_16 HEX_16 HEX_16 HEX_16 HEX_16

static void good(void)
{
	static const struct {
		const char *text;
		size_t n;
		unsigned int len[2];
	} rows[] = {
		{ HEX_16, 1, { 16, 0 } },
		{ HEX_16 "\n", 1, { 16, 0 } },
		{ "0x" HEX_16, 1, { 16, 0 } },
		{ "0X" HEX_16, 1, { 16, 0 } },
		{ "# a comment\n\n\t " HEX_16 " # another\n0xAaBb\r\n",
		  2,
		  { 16, 2 } },
		{ HEX_16 "#comment " HEX_16, 1, { 16, 0 } },
		{ HEX_16 " " HEX_16, 2, { 16, 16 } },
		{ HEX_128, 1, { 128, 0 } },
		{ "00", 1, { 1, 0 } },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct keyfile keys;
		struct err err = { 0 };

		if (!CHECK_ROW(!keyfile_parse(&keys, rows[i].text,
					      strlen(rows[i].text), &err),
			       rows[i].text)) {
			printf("# %s\n", err.text);
			continue;
		}
		CHECK_ROW(keys.n == rows[i].n, rows[i].text);
		CHECK_ROW(keys.words[0].len == rows[i].len[0], rows[i].text);
		CHECK_ROW(keys.words[1].len == rows[i].len[1], rows[i].text);
	}
}

static void octets(void)
{
	static const char text[] = "0123456789abcdefABCDEF";
	static const uint8_t want[] = { 0x01, 0x23, 0x45, 0x67, 0x89, 0xab,
					0xcd, 0xef, 0xab, 0xcd, 0xef };
	struct keyfile keys;
	struct err err;

	CHECK(!keyfile_parse(&keys, text, strlen(text), &err));
	CHECK(keys.words[0].len == sizeof(want));
	CHECK(!memcmp(keys.words[0].octets, want, sizeof(want)));
	keyfile_wipe(&keys);
	CHECK(keys.n == 0 && keys.words[0].octets[1] == 0);
}

static void refusals(void)
{
	static const struct {
		const char *text, *error;
	} rows[] = {
		{ "", "there is no key" },
		{ "# only a comment\n", "there is no key" },
		{ " \n\n", "there is no key" },
		{ "0x", "line 1: odd number of hex digits" },
		{ "\n123", "line 2: odd number of hex digits" },
		{ "secret", "line 1: there is something else than hex digits" },
		{ "0x0x11", "line 1: there is something else than hex digits" },
		{ "aa gg", "line 1: there is something else than hex digits" },
		{ "aa\nbb\ncc", "line 3: more than two keys" },
		{ HEX_128 "00", "line 1: a key has at most 128 octets" },
		{ "/:@G`g", "line 1: there is something else than hex digits" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct keyfile keys;
		struct err err = { 0 };

		CHECK_ROW(keyfile_parse(&keys, rows[i].text,
					strlen(rows[i].text), &err) == -1,
			  rows[i].text);
		CHECK_TEXT(err.text, rows[i].error);
	}
}

/* Every octet that is no hex digit, at both places. */
static void every_octet(void)
{
	static const char digits[] = "0123456789abcdefABCDEF";

	for (int c = 1; c < 256; c++) {
		bool is_digit = strchr(digits, c) != NULL;
		char texts[2][3] = { { (char)c, '0' }, { '0', (char)c } };

		if (strchr(" \t\r\n#", c))
			continue;
		for (size_t i = 0; i < 2; i++) {
			struct keyfile keys;
			struct err err;
			int rc = keyfile_parse(&keys, texts[i], 2, &err);

			CHECK_ROW((rc == 0) == is_digit, texts[i]);
		}
	}
}

static int read_with_mode(mode_t mode, const char *text, struct err *err)
{
	char path[] = "/tmp/adit-test-XXXXXX";
	struct keyfile keys;
	int fd = mkstemp(path);
	int rc;

	if (fd < 0)
		return -2;
	CHECK(write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	CHECK(!fchmod(fd, mode));
	close(fd);
	rc = keyfile_read(&keys, path, err);
	unlink(path);
	return rc;
}

static void files(void)
{
	char large[KEYFILE_SIZE_MAX + 8];
	struct keyfile keys;
	struct err err;

	CHECK(!read_with_mode(0600, HEX_16, &err));
	CHECK(!read_with_mode(0400, HEX_16, &err));
	for (mode_t bit = 01; bit <= 040; bit <<= 1) {
		CHECK(read_with_mode(0600 | bit, HEX_16, &err) == -1);
		CHECK(strstr(err.text, "chmod 600"));
	}
	memset(large, ' ', sizeof(large));
	large[sizeof(large) - 1] = '\0';
	CHECK(read_with_mode(0600, large, &err) == -1);
	CHECK(strstr(err.text, "larger than"));
	CHECK(keyfile_read(&keys, "/nonexistent", &err) == -1);
	CHECK_TEXT(err.text,
		   "key file /nonexistent: No such file or directory");
	CHECK(keyfile_read(&keys, "/", &err) == -1);
	CHECK_TEXT(err.text, "key file /: is a directory");
}

/* A shell's <(...), of which the mode says nothing. */
static void pipes(void)
{
	struct keyfile keys;
	struct err err;
	char path[32];
	int fds[2];

	CHECK(!pipe(fds));
	CHECK(write(fds[1], HEX_16, strlen(HEX_16)) == 32);
	close(fds[1]);
	snprintf(path, sizeof(path), "/dev/fd/%d", fds[0]);
	CHECK(!keyfile_read(&keys, path, &err));
	CHECK(keys.n == 1 && keys.words[0].len == 16);
	close(fds[0]);
}

static const struct tap_test tests[] = {
	{ "key files are read", good },
	{ "hex digits become octets", octets },
	{ "bad key files are refused", refusals },
	{ "nothing but hex digits passes", every_octet },
	{ "a file that others may use is refused", files },
	{ "a pipe is read", pipes },
};

TAP_MAIN(tests)
