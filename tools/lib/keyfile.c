// SPDX-License-Identifier: GPL-2.0-or-later
/* See keyfile.h. */
#include "keyfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* -1 if it is no hex digit; the same time whatever the digit is. */
static int nibble(unsigned char c)
{
	int digit = c - '0';
	int letter = (c | 0x20) - 'a';
	/* The sign bit is set if it is below the range or above. */
	int is_digit = 1 - (int)((unsigned int)(digit | (9 - digit)) >> 31);
	int is_letter = 1 - (int)((unsigned int)(letter | (5 - letter)) >> 31);

	return is_digit * (digit + 1) + is_letter * (letter + 11) - 1;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static int parse_word(struct secret *secret, const char *word, size_t len,
		      unsigned int line, struct err *err)
{
	int bad = 0;

	if (len >= 2 && word[0] == '0' && (word[1] | 0x20) == 'x') {
		word += 2;
		len -= 2;
	}
	if (!len || len % 2)
		return err_set(err, ERR_USAGE,
			       "line %u: odd number of hex digits", line);
	if (len > 2 * sizeof(secret->octets))
		return err_set(err, ERR_USAGE,
			       "line %u: a key has at most %zu octets", line,
			       sizeof(secret->octets));
	for (size_t i = 0; i < len / 2; i++) {
		int high = nibble((unsigned char)word[2 * i]);
		int low = nibble((unsigned char)word[2 * i + 1]);

		bad |= high | low;
		secret->octets[i] =
			(uint8_t)((unsigned int)high << 4 | (unsigned int)low);
	}
	if (bad < 0)
		return err_set(
			err, ERR_USAGE,
			"line %u: there is something else than hex digits",
			line);
	secret->len = (uint16_t)(len / 2);
	return 0;
}

int keyfile_parse(struct keyfile *keys, const char *text, size_t len,
		  struct err *err)
{
	unsigned int line = 1;
	size_t i = 0;

	*keys = (struct keyfile){ 0 };
	while (i < len) {
		size_t start = i;

		if (text[i] == '#') {
			while (i < len && text[i] != '\n')
				i++;
			continue;
		}
		if (is_blank(text[i])) {
			line += text[i++] == '\n';
			continue;
		}
		while (i < len && !is_blank(text[i]) && text[i] != '#')
			i++;
		if (keys->n == KEYFILE_WORDS)
			return err_set(err, ERR_USAGE,
				       "line %u: more than two keys", line);
		if (parse_word(&keys->words[keys->n], text + start, i - start,
			       line, err))
			return -1;
		keys->n++;
	}
	if (!keys->n)
		return err_set(err, ERR_USAGE, "there is no key");
	return 0;
}

static int check_mode(int fd, struct err *err)
{
	struct stat st;

	if (fstat(fd, &st))
		return err_set(err, ERR_USAGE, "%s", strerror(errno));
	if (S_ISDIR(st.st_mode))
		return err_set(err, ERR_USAGE, "is a directory");
	if (S_ISREG(st.st_mode) && st.st_mode & (S_IRWXG | S_IRWXO))
		return err_set(
			err, ERR_USAGE,
			"others than its owner may use it (mode %04o), try: chmod 600",
			st.st_mode & 07777U);
	return 0;
}

static int read_all(struct keyfile *keys, int fd, struct err *err)
{
	char text[KEYFILE_SIZE_MAX + 1];
	size_t len = 0;
	ssize_t n;
	int rc;

	do {
		n = read(fd, text + len, sizeof(text) - len);
		if (n > 0)
			len += (size_t)n;
	} while ((n > 0 && len < sizeof(text)) || (n < 0 && errno == EINTR));
	if (n < 0)
		rc = err_set(err, ERR_USAGE, "%s", strerror(errno));
	else if (len > KEYFILE_SIZE_MAX)
		rc = err_set(err, ERR_USAGE, "is larger than %d octets",
			     KEYFILE_SIZE_MAX);
	else
		rc = keyfile_parse(keys, text, len, err);
	explicit_bzero(text, sizeof(text));
	return rc;
}

/* Somebody may take the word for the key itself; then nothing repeats it. */
static bool looks_like_key(const char *path)
{
	enum { SHORTEST = 16 };

	return strlen(path) >= SHORTEST &&
	       !path[strspn(path, "0123456789abcdefABCDEFxX")];
}

static int cannot_open(const char *path, struct err *err)
{
	if (errno == ENOENT && looks_like_key(path))
		return err_set(
			err, ERR_USAGE,
			"a key on the command line can be seen by others: put it into a file, or give - for standard input");
	return err_set(err, ERR_USAGE, "key file %.128s: %s", path,
		       strerror(errno));
}

int keyfile_read(struct keyfile *keys, const char *path, struct err *err)
{
	bool is_stdin = strcmp(path, "-") == 0;
	int fd = STDIN_FILENO;
	int rc;

	*keys = (struct keyfile){ 0 };
	if (!is_stdin)
		fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return cannot_open(path, err);
	rc = is_stdin ? 0 : check_mode(fd, err);
	if (!rc)
		rc = read_all(keys, fd, err);
	if (!is_stdin)
		close(fd);
	if (rc) {
		keyfile_wipe(keys);
		err_prefix(err, "key file %.128s: ", is_stdin ? "-" : path);
	}
	return rc;
}

void keyfile_wipe(struct keyfile *keys)
{
	explicit_bzero(keys, sizeof(*keys));
}
