// SPDX-License-Identifier: GPL-2.0-or-later
/* See quantity.h. */
#include "quantity.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

struct unit {
	char letter;
	uint64_t factor;
};

/* Both the larger first. */
static const struct unit byte_units[] = {
	{ 'T', 1ULL << 40 },
	{ 'G', 1ULL << 30 },
	{ 'M', 1ULL << 20 },
	{ 'K', 1ULL << 10 },
};

static const struct unit time_units[] = {
	{ 'w', 7ULL * 24 * 3600 },
	{ 'd', 24ULL * 3600 },
	{ 'h', 3600 },
	{ 'm', 60 },
	{ 's', 1 },
};

static int digit_of(char c, unsigned int base)
{
	int digit = -1;

	if (c >= '0' && c <= '9')
		digit = c - '0';
	else if (c >= 'a' && c <= 'f')
		digit = c - 'a' + 10;
	else if (c >= 'A' && c <= 'F')
		digit = c - 'A' + 10;
	return digit < (int)base ? digit : -1;
}

/* Where the number ends, NULL if there is none or it does not fit. */
static const char *scan(const char *word, unsigned int base, uint64_t *value)
{
	const char *start = word;

	for (*value = 0; digit_of(*word, base) >= 0; word++) {
		uint64_t digit = (uint64_t)digit_of(*word, base);

		if (__builtin_mul_overflow(*value, base, value) ||
		    __builtin_add_overflow(*value, digit, value))
			return NULL;
	}
	return word == start ? NULL : word;
}

int quantity_parse(uint64_t *value, const char *word, uint64_t min,
		   uint64_t max, struct err *err)
{
	bool hex = word[0] == '0' && (word[1] == 'x' || word[1] == 'X');
	const char *end = scan(hex ? word + 2 : word, hex ? 16 : 10, value);

	if (!end || *end)
		return err_set(err, ERR_USAGE, "'%.64s' is not a number", word);
	if (*value >= min && *value <= max)
		return 0;
	if (hex)
		return err_set(err, ERR_USAGE,
			       "%s is not in 0x%" PRIx64 " to 0x%" PRIx64, word,
			       min, max);
	return err_set(err, ERR_USAGE, "%s is not in %" PRIu64 " to %" PRIu64,
		       word, min, max);
}

static const struct unit *unit_of(int letter, const struct unit *units,
				  size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (units[i].letter == letter)
			return &units[i];
	return NULL;
}

/* swanctl.conf may have blanks before a unit. */
static const char *skip_blanks(const char *at)
{
	return at + strspn(at, " ");
}

int quantity_parse_bytes(uint64_t *value, const char *word, struct err *err)
{
	const char *end = scan(word, 10, value);

	if (end && !*end)
		return 0;
	if (end)
		end = skip_blanks(end);
	if (end && *end && !end[1]) {
		const struct unit *unit = unit_of(toupper(*end), byte_units,
						  ARRAY_SIZE(byte_units));

		if (unit &&
		    !__builtin_mul_overflow(*value, unit->factor, value))
			return 0;
	}
	return err_set(err, ERR_USAGE,
		       "'%.64s' is not a number of octets like 4096, 10M or 1G",
		       word);
}

int quantity_parse_seconds(uint64_t *value, const char *word, struct err *err)
{
	uint64_t below = UINT64_MAX;
	const char *at = word;
	uint64_t part;

	*value = 0;
	do {
		const struct unit *unit;

		at = scan(at, 10, &part);
		if (!at)
			break;
		if (!*at && below == UINT64_MAX) {
			*value = part;
			return 0;
		}
		at = skip_blanks(at);
		unit = unit_of(tolower(*at), time_units,
			       ARRAY_SIZE(time_units));
		if (!unit || unit->factor >= below ||
		    __builtin_mul_overflow(part, unit->factor, &part) ||
		    __builtin_add_overflow(*value, part, value))
			break;
		below = unit->factor;
		at = skip_blanks(at + 1);
		if (!*at)
			return 0;
	} while (true);
	return err_set(err, ERR_USAGE,
		       "'%.64s' is not a time like 90, 30m, 8h or 1d12h", word);
}

const char *quantity_bytes(uint64_t value, char buf[QUANTITY_TEXT_SIZE])
{
	for (size_t i = 0; value && i < ARRAY_SIZE(byte_units); i++) {
		if (value % byte_units[i].factor)
			continue;
		snprintf(buf, QUANTITY_TEXT_SIZE, "%" PRIu64 "%c",
			 value / byte_units[i].factor, byte_units[i].letter);
		return buf;
	}
	snprintf(buf, QUANTITY_TEXT_SIZE, "%" PRIu64, value);
	return buf;
}

const char *quantity_bytes_near(uint64_t value, char buf[QUANTITY_TEXT_SIZE])
{
	for (size_t i = 0; i < ARRAY_SIZE(byte_units); i++) {
		double part = (double)value / (double)byte_units[i].factor;

		if (part < 1)
			continue;
		snprintf(buf, QUANTITY_TEXT_SIZE, "%.*f%c",
			 part < 10  ? 2 :
			 part < 100 ? 1 :
				      0,
			 part, byte_units[i].letter);
		return buf;
	}
	snprintf(buf, QUANTITY_TEXT_SIZE, "%" PRIu64, value);
	return buf;
}

static const char *show_seconds(uint64_t value, unsigned int parts,
				char buf[QUANTITY_TEXT_SIZE])
{
	size_t len = 0;

	for (size_t i = 0; i < ARRAY_SIZE(time_units) && parts; i++) {
		uint64_t part = value / time_units[i].factor;

		if (len)
			parts--;
		if (!part || !parts)
			continue;
		len += (size_t)snprintf(buf + len, QUANTITY_TEXT_SIZE - len,
					"%" PRIu64 "%c", part,
					time_units[i].letter);
		value %= time_units[i].factor;
	}
	if (!len)
		snprintf(buf, QUANTITY_TEXT_SIZE, "0s");
	return buf;
}

const char *quantity_seconds(uint64_t value, char buf[QUANTITY_TEXT_SIZE])
{
	return show_seconds(value, ARRAY_SIZE(time_units), buf);
}

const char *quantity_seconds_near(uint64_t value, char buf[QUANTITY_TEXT_SIZE])
{
	return show_seconds(value, 2, buf);
}
