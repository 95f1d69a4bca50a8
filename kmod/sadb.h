/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The security association database of a namespace (RFC 4301, 4.4.2).
 *
 * Inbound an SPI and a protocol name one SA. Outbound the peers choose the
 * SPIs, so that several SAs may have the same; they are looked up only when an
 * ICMP error comes back.
 */
#ifndef ADIT_SADB_H
#define ADIT_SADB_H

#include <linux/atomic.h>
#include <linux/rhashtable.h>

#include "sa.h"

/**
 * struct adit_sadb - the SAs of a namespace
 * @in: inbound SAs by SPI and protocol
 * @out: outbound SAs by SPI and protocol
 * @count: SAs in both
 */
struct adit_sadb {
	struct rhashtable in;
	struct rhltable out;
	atomic_t count;
};

int adit_sadb_init(struct adit_sadb *sadb);
void adit_sadb_uninit(struct adit_sadb *sadb);

int adit_sadb_insert_in(struct adit_sadb *sadb, struct adit_sa_in *in);
int adit_sadb_insert_out(struct adit_sadb *sadb, struct adit_sa_out *out);
void adit_sadb_remove(struct adit_sadb *sadb, struct adit_sa *sa);

struct adit_sa_in *adit_sadb_lookup_in(struct adit_sadb *sadb, u8 proto,
				       __be32 spi);
struct rhlist_head *adit_sadb_lookup_out(struct adit_sadb *sadb, u8 proto,
					 __be32 spi);

#endif
