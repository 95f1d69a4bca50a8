/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the server and the peer of EAP share: packets, and which method it is.
 * RFC 3748, 4:
 *
 *	+---------------+---------------+-------------------------------+
 *	|     Code      |  Identifier   |            Length             |
 *	+---------------+---------------+-------------------------------+
 *	|     Type      |  Type-Data, of requests and responses
 *	+---------------+-----------------------------------------------+
 */
#ifndef ADITD_KEYS_EAP_ENDS_H
#define ADITD_KEYS_EAP_ENDS_H

#include "eap.h"

enum { EAP_TYPES_TEXT_SIZE = 160 };

struct eap_packet {
	uint8_t code, id, type;
	struct span data;
};

/* What is behind its length is padding, of other links than IKE. */
int eap_packet_read(struct span from, struct eap_packet *packet);
void eap_packet_put(struct buf *to, uint8_t code, uint8_t id, uint8_t type,
		    struct span data);

/* Of no list, which has no data, are all. */
bool eap_is_listed(uint8_t type, struct span types);

/* The first that is allowed, possible and listed becomes the session's. */
int eap_choose(struct eap_session *session, struct span types);

/* Append the types of all that are; @why says what the others miss. */
void eap_add_possible(const struct eap_session *session, struct buf *types,
		      struct err *why);

/* "13 (tls), 26 (mschapv2)", or "none". */
const char *eap_show_types(struct span types, char text[EAP_TYPES_TEXT_SIZE]);

/* Take session->auth's packet, if there is one, and make the next one. */
void eap_serve(struct eap_session *session, struct keys_reply *reply);
void eap_answer(struct eap_session *session, struct keys_reply *reply);

#endif
