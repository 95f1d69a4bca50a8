/* SPDX-License-Identifier: GPL-2.0-only */
/* The rtnetlink kind of the interface. */
#ifndef ADIT_LINK_H
#define ADIT_LINK_H

int adit_link_module_init(void);
void adit_link_module_exit(void);

#endif
