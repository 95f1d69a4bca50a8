/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the other processes would say of a configuration, before there are any:
 * of --check only, which runs as who asks and reads what that one has written.
 */
#ifndef ADITD_NET_CHECK_H
#define ADITD_NET_CHECK_H

#include "../conf/load.h"
#include "../proc/log.h"

/* How many would not be loaded; each is in the log. */
size_t check_loaded(const struct conf_load *load, struct log *log);

#endif
