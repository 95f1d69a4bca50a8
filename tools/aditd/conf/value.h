/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One value of an option, from text to what the daemon works with. */
#ifndef ADITD_CONF_VALUE_H
#define ADITD_CONF_VALUE_H

#include "option.h"

/*
 * @value is the text, or an item of a list; @field is where it goes. Lists call
 * it for each item. Errors do not say which option it is.
 */
int conf_value(const struct conf_option *option, struct span value, void *field,
	       struct err *err);

/* Nothing as yet: what a field is before its values come. */
void conf_value_init(const struct conf_option *option, void *field);

/* -1 if it is neither. */
int conf_yesno(const char *text);

#endif
