/* SPDX-License-Identifier: GPL-2.0-only */
/* The interface's MTU. */
#ifndef ADIT_MTU_H
#define ADIT_MTU_H

struct adit_dev;
struct net_device;

void adit_mtu_init(struct adit_dev *adit);
void adit_mtu_stop(struct adit_dev *adit);
int adit_mtu_set(struct net_device *dev, int mtu);
void adit_mtu_guess(struct adit_dev *adit);
void adit_mtu_fit(struct adit_dev *adit, unsigned int mtu);
void adit_mtu_fit_later(struct adit_dev *adit, unsigned int mtu);
void adit_mtu_fit_anew(struct adit_dev *adit);

int adit_mtu_module_init(void);
void adit_mtu_module_exit(void);

#endif
