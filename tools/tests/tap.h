/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A test program is a table of functions; each is one line of KTAP. A check
 * that fails says where and goes on, so that one run shows all that is wrong.
 */
#ifndef ADIT_TAP_H
#define ADIT_TAP_H

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "../lib/util.h"

struct tap_test {
	const char *name;
	void (*run)(void);
};

static unsigned int tap_failed_checks;

__attribute__((unused)) static bool tap_check(bool good, const char *file,
					      int line, const char *what)
{
	if (!good) {
		tap_failed_checks++;
		printf("# %s:%d: %s\n", file, line, what);
	}
	return good;
}

__attribute__((unused)) static void tap_text(const char *got, const char *want,
					     const char *file, int line)
{
	if (strcmp(got, want) == 0)
		return;
	tap_failed_checks++;
	printf("# %s:%d: got '%s', want '%s'\n", file, line, got, want);
}

/* For a table of cases, the row that failed. */
#define CHECK(good) tap_check((good), __FILE__, __LINE__, #good)
#define CHECK_ROW(good, row)                             \
	(tap_check((good), __FILE__, __LINE__, #good) || \
	 (printf("# in row: %s\n", (row)), false))
#define CHECK_TEXT(got, want) tap_text((got), (want), __FILE__, __LINE__)

static int tap_main(const struct tap_test *tests, size_t n)
{
	bool failed = false;

	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("KTAP version 1\n1..%zu\n", n);
	for (size_t i = 0; i < n; i++) {
		tap_failed_checks = 0;
		tests[i].run();
		printf("%sok %zu %s\n", tap_failed_checks ? "not " : "", i + 1,
		       tests[i].name);
		failed |= tap_failed_checks != 0;
	}
	return failed;
}

#define TAP_MAIN(tests)                                    \
	int main(void)                                     \
	{                                                  \
		return tap_main(tests, ARRAY_SIZE(tests)); \
	}

#endif
