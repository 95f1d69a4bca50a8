// SPDX-License-Identifier: GPL-2.0-or-later
/* Numbers, sizes and times. */
#include "../lib/quantity.h"
#include "tap.h"

struct row {
	const char *word;
	bool good;
	uint64_t value;
};

static void numbers(void)
{
	static const struct row rows[] = {
		{ "0", true, 0 },
		{ "10", true, 10 },
		{ "0x1f", true, 31 },
		{ "0XFF", true, 255 },
		{ "18446744073709551615", true, UINT64_MAX },
		{ "0xffffffffffffffff", true, UINT64_MAX },
		{ "18446744073709551616", false, 0 },
		{ "0x10000000000000000", false, 0 },
		{ "", false, 0 },
		{ "0x", false, 0 },
		{ "-1", false, 0 },
		{ "+1", false, 0 },
		{ " 1", false, 0 },
		{ "1 ", false, 0 },
		{ "ff", false, 0 },
		{ "1e3", false, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct err err;
		uint64_t value;
		int rc = quantity_parse(&value, rows[i].word, 0, UINT64_MAX,
					&err);

		CHECK_ROW((rc == 0) == rows[i].good, rows[i].word);
		CHECK_ROW(rc || value == rows[i].value, rows[i].word);
	}
}

static void ranges(void)
{
	struct err err;
	uint64_t value;

	CHECK(!quantity_parse(&value, "5", 5, 9, &err));
	CHECK(!quantity_parse(&value, "9", 5, 9, &err));
	CHECK(quantity_parse(&value, "4", 5, 9, &err));
	CHECK_TEXT(err.text, "4 is not in 5 to 9");
	CHECK(quantity_parse(&value, "0xa", 5, 9, &err));
	CHECK_TEXT(err.text, "0xa is not in 0x5 to 0x9");
}

static void sizes(void)
{
	static const struct row rows[] = {
		{ "0", true, 0 },
		{ "4096", true, 4096 },
		{ "10K", true, 10240 },
		{ "10k", true, 10240 },
		{ "10M", true, 10485760 },
		{ "10 M", true, 10485760 },
		{ "10 ", false, 0 },
		{ "1G", true, 1073741824 },
		{ "2T", true, 2199023255552 },
		{ "16777215T", true, UINT64_MAX - (1ULL << 40) + 1 },
		{ "16777216T", false, 0 },
		{ "M", false, 0 },
		{ "10MB", false, 0 },
		{ "1.5G", false, 0 },
		{ "10X", false, 0 },
		{ "", false, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char buf[QUANTITY_TEXT_SIZE];
		uint64_t value, again;
		struct err err;
		int rc = quantity_parse_bytes(&value, rows[i].word, &err);

		CHECK_ROW((rc == 0) == rows[i].good, rows[i].word);
		if (rc)
			continue;
		CHECK_ROW(value == rows[i].value, rows[i].word);
		CHECK(!quantity_parse_bytes(&again, quantity_bytes(value, buf),
					    &err));
		CHECK_ROW(again == value, buf);
	}
}

static void times(void)
{
	static const struct row rows[] = {
		{ "0", true, 0 },
		{ "90", true, 90 },
		{ "90s", true, 90 },
		{ "30m", true, 1800 },
		{ "8h", true, 28800 },
		{ "1d12h", true, 129600 },
		{ "1w", true, 604800 },
		{ "1h30m5s", true, 5405 },
		{ "18446744073709551615", true, UINT64_MAX },
		{ "1h30", false, 0 },
		{ "30m1h", false, 0 },
		{ "1h1h", false, 0 },
		{ "h", false, 0 },
		/* As swanctl.conf has them. */
		{ "8 h", true, 28800 },
		{ "8H", true, 28800 },
		{ "1h 30m", true, 5400 },
		{ "8 ", false, 0 },
		{ "8 hours", false, 0 },
		{ "8x", false, 0 },
		{ "", false, 0 },
		{ "99999999999999999999w", false, 0 },
		{ "30500568904944w", false, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char buf[QUANTITY_TEXT_SIZE];
		uint64_t value, again;
		struct err err;
		int rc = quantity_parse_seconds(&value, rows[i].word, &err);

		CHECK_ROW((rc == 0) == rows[i].good, rows[i].word);
		if (rc)
			continue;
		CHECK_ROW(value == rows[i].value, rows[i].word);
		CHECK(!quantity_parse_seconds(
			&again, quantity_seconds(value, buf), &err));
		CHECK_ROW(again == value, buf);
	}
}

static void near(void)
{
	char buf[QUANTITY_TEXT_SIZE];

	CHECK_TEXT(quantity_seconds_near(0, buf), "0s");
	CHECK_TEXT(quantity_seconds_near(61, buf), "1m1s");
	CHECK_TEXT(quantity_seconds_near(3605, buf), "1h");
	CHECK_TEXT(quantity_seconds_near(90061, buf), "1d1h");
	CHECK_TEXT(quantity_bytes_near(1023, buf), "1023");
	CHECK_TEXT(quantity_bytes_near(1024, buf), "1.00K");
	CHECK_TEXT(quantity_bytes_near(1536 << 10, buf), "1.50M");
	CHECK_TEXT(quantity_bytes_near(100ULL << 30, buf), "100G");
}

static const struct tap_test tests[] = {
	{ "numbers are read", numbers },
	{ "numbers out of range are refused", ranges },
	{ "sizes are read and written", sizes },
	{ "times are read and written", times },
	{ "sizes and times are rounded for people", near },
};

TAP_MAIN(tests)
