// SPDX-License-Identifier: GPL-2.0-or-later
/* See crypto_hex.h. */
#include "crypto_hex.h"

#include <ctype.h>
#include <stdio.h>

static unsigned int digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned int)(c - '0');
	return (unsigned int)(tolower((unsigned char)c) - 'a' + 10);
}

void hex_add(struct buf *buf, const char *digits)
{
	unsigned int value = 0;
	bool half = false;

	for (; *digits; digits++) {
		if (!isxdigit((unsigned char)*digits))
			continue;
		value = value << 4 | digit_value(*digits);
		if (half)
			buf_add_u8(buf, (uint8_t)value);
		half = !half;
	}
}

struct buf hex(const char *digits)
{
	struct buf buf = BUF_INIT;

	hex_add(&buf, digits);
	return buf;
}

bool hex_equal(struct span got, const char *want)
{
	struct buf buf = hex(want);
	bool same = span_equal(got, buf_span(&buf));

	buf_free(&buf);
	if (same)
		return true;
	printf("# got ");
	for (size_t i = 0; i < got.len; i++)
		printf("%02x", got.data[i]);
	printf("\n# want %s\n", want);
	return false;
}
