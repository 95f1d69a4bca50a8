/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pools of inner addresses: a section of settings to what the core works with. */
#ifndef ADITD_CONF_POOL_H
#define ADITD_CONF_POOL_H

#include "../../lib/setting.h"
#include "../core/pool.h"

/* To be freed with pool_conf_free(). */
int conf_pool_read(const struct setting *setting, struct pool_conf **conf,
		   struct err *err);

#endif
