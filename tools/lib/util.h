/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The few macros that every file needs. */
#ifndef ADIT_UTIL_H
#define ADIT_UTIL_H

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#define BIT64(n) (1ULL << (n))

#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))

#endif
