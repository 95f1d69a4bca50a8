/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Connections, from settings to what the engine works with. */
#ifndef ADITD_CONF_CONN_H
#define ADITD_CONF_CONN_H

#include "../../lib/setting.h"
#include "../core/conf.h"

/*
 * @setting is a section with the connection's name, of a file or of a message
 * of VICI; the connection is counted once.
 */
int conf_conn_read(const struct setting *setting, struct conn **conn,
		   struct err *err);

#endif
