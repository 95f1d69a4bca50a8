/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of the protocol's numbers, made from the lists in v2.h. */
#ifndef ADITD_PROTO_NAMES_H
#define ADITD_PROTO_NAMES_H

#include <stdint.h>

/* Never NULL; "unknown" if there is none, so that the number belongs beside it. */
const char *v2_exchange_name(uint8_t exchange);
const char *v2_payload_name(uint8_t payload);
const char *v2_notify_name(uint16_t notify);
const char *v2_auth_name(uint8_t method);
const char *v2_id_name(uint8_t type);
const char *v2_protocol_name(uint8_t protocol);
const char *v2_transform_name(uint8_t type);

#endif
