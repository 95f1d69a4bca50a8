// SPDX-License-Identifier: GPL-2.0-or-later
/* See eap_ends.h: packets. */
#include "eap_ends.h"

#include "../proto/v2.h"

int eap_packet_read(struct span from, struct eap_packet *packet)
{
	uint16_t length;

	*packet = (struct eap_packet){ 0 };
	if (!span_take_u8(&from, &packet->code) ||
	    !span_take_u8(&from, &packet->id) ||
	    !span_take_u16(&from, &length) || length < 4 ||
	    !span_take(&from, length - 4U, &packet->data))
		return -1;
	if (packet->code == EAP_CODE_SUCCESS ||
	    packet->code == EAP_CODE_FAILURE)
		return 0;
	return span_take_u8(&packet->data, &packet->type) ? 0 : -1;
}

void eap_packet_put(struct buf *to, uint8_t code, uint8_t id, uint8_t type,
		    struct span data)
{
	bool has_type = code == EAP_CODE_REQUEST || code == EAP_CODE_RESPONSE;

	buf_add_u8(to, code);
	buf_add_u8(to, id);
	buf_add_u16(to, (uint16_t)(4 + has_type + data.len));
	if (has_type)
		buf_add_u8(to, type);
	buf_add_span(to, data);
}
