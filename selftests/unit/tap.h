/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Test points in KTAP; a point is made of many checks. */
#ifndef ADIT_UNIT_TAP_H
#define ADIT_UNIT_TAP_H

#include <stdbool.h>

/**
 * struct tap_test - a test point
 * @name: what it shows
 * @run: calls check() for each row
 */
struct tap_test {
	const char *name;
	void (*run)(void);
};

/* Steps of randomised tests; less with -q. */
extern unsigned int tap_steps;

#define check(ok, ...) tap_check(ok, __FILE__, __LINE__, __VA_ARGS__)

bool tap_check(bool ok, const char *file, int line, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
int tap_main(int argc, char **argv, const char *subject,
	     const struct tap_test *tests, unsigned int count);

#endif
