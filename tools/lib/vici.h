/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * VICI, the control protocol of strongSwan's daemon: packets with a type and
 * perhaps a name, and settings behind it. Over a stream each has its length in
 * front, 32 bits in network byte order. Pure.
 */
#ifndef ADIT_VICI_H
#define ADIT_VICI_H

#include "buf.h"
#include "setting.h"

enum vici_packet {
	VICI_CMD_REQUEST = 0,
	VICI_CMD_RESPONSE = 1,
	VICI_CMD_UNKNOWN = 2,
	VICI_EVENT_REGISTER = 3,
	VICI_EVENT_UNREGISTER = 4,
	VICI_EVENT_CONFIRM = 5,
	VICI_EVENT_UNKNOWN = 6,
	VICI_EVENT = 7,
};

enum {
	VICI_PACKET_MAX = 512 * 1024,
	VICI_DEPTH_MAX = 16,
};

/* Has the type a name? */
bool vici_is_named(uint8_t type);

/*
 * Read one packet, without the length in front. @name is a view of @packet, of
 * length 0 if the type has none; @settings is the root section, to be freed,
 * or NULL if the type has none.
 */
int vici_decode(struct span packet, uint8_t *type, struct span *name,
		struct setting **settings, struct err *err);

/* Append a packet with its length in front; @settings may be NULL. */
void vici_encode(struct buf *buf, uint8_t type, const char *name,
		 const struct setting *settings);

#endif
