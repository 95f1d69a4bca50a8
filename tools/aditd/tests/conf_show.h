/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Settings as one line, for tests to compare. */
#ifndef ADITD_TESTS_CONF_SHOW_H
#define ADITD_TESTS_CONF_SHOW_H

#include "../../lib/setting.h"

enum { SHOW_SIZE = 8192 };

/* "a=1 s{b=2 l[x,y]}"; returns @buf. */
const char *show_settings(const struct setting *section, char buf[SHOW_SIZE]);

/* The settings that a text has, with what they inherit; NULL if it is bad. */
struct setting *parse_settings(const char *text, struct err *err);

#endif
