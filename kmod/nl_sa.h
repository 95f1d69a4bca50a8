/* SPDX-License-Identifier: GPL-2.0-only */
/* What requests about SAs say. */
#ifndef ADIT_NL_SA_H
#define ADIT_NL_SA_H

#include "nl.h"

/**
 * struct adit_sa_id - which SA a request is about
 * @child: its child; borrowed
 * @dir: ADIT_DIR_*
 * @xform: its protocol
 * @spi: its SPI
 */
struct adit_sa_id {
	struct adit_child *child;
	u8 dir;
	const struct adit_xform *xform;
	__be32 spi;
};

/**
 * struct adit_sa_config - what a request says of a new SA, besides its id
 * @keys: its keys
 * @soft: soft limits
 * @hard: hard limits
 * @ah: the AH SA around it, or NULL; borrowed
 * @cpi: of IPComp inside of it, or 0
 * @esn: whether sequence numbers have 64 bits
 * @active: used at once
 * @window: of an inbound one, packets
 * @tfc_padding: of an outbound one, octets or ADIT_TFC_MTU
 * @nat_oa: of an inbound one, original addresses
 */
struct adit_sa_config {
	struct adit_keys keys;
	struct adit_limits soft;
	struct adit_limits hard;
	struct adit_sa_out *ah;
	u16 cpi;
	bool esn;
	bool active;
	u32 window;
	u32 tfc_padding;
	struct adit_nat_oa nat_oa;
};

int adit_nl_read_sa_child(struct genl_info *info, struct adit_child **child);
int adit_nl_read_sa_proto(struct genl_info *info,
			  const struct adit_child *child,
			  const struct adit_xform **xform);
int adit_nl_read_sa_spi(struct genl_info *info, __be32 *spi);
int adit_nl_read_sa_id(struct genl_info *info, struct adit_sa_id *id);
int adit_nl_read_sa_limits(struct genl_info *info, struct adit_limits *soft,
			   struct adit_limits *hard);
int adit_nl_check_sequence(struct genl_info *info, u8 dir, bool esn);
int adit_nl_read_tfc_padding(struct genl_info *info,
			     const struct adit_sa_id *id, u16 cpi, u32 *octets);
int adit_nl_read_sa_config(struct genl_info *info, const struct adit_sa_id *id,
			   struct adit_sa_config *config);

#endif
