// SPDX-License-Identifier: GPL-2.0-or-later
/* Test points in KTAP. */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tap.h"

unsigned int tap_steps = 200000;

static unsigned int checks, failures;

/* A row that fails says so; of hundreds that do, the first are enough. */
bool tap_check(bool ok, const char *file, int line, const char *format, ...)
{
	va_list args;

	checks++;
	if (ok)
		return true;
	if (++failures <= 10) {
		printf("# %s:%d: ", file, line);
		va_start(args, format);
		vprintf(format, args);
		va_end(args);
		printf("\n");
	}
	return false;
}

int tap_main(int argc, char **argv, const char *subject,
	     const struct tap_test *tests, unsigned int count)
{
	unsigned int i, failed = 0;

	if (argc > 1 && !strcmp(argv[1], "-q"))
		tap_steps = 20000;
	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("KTAP version 1\n1..%u\n", count);
	for (i = 0; i < count; i++) {
		checks = 0;
		failures = 0;
		tests[i].run();
		/* A point that checks nothing has proved nothing. */
		if (failures || !checks)
			failed++;
		printf("%sok %u - %s: %s (%u checks)\n",
		       failures || !checks ? "not " : "", i + 1, subject,
		       tests[i].name, checks);
	}
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
