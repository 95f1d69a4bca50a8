// SPDX-License-Identifier: GPL-2.0-or-later
/* See v2.h: the header, and the chain of payloads behind it. */
#include "v2.h"

/*
 * RFC 7296, 3.1:
 *
 *	                     1                   2                   3
 *	 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *	|                       IKE SA Initiator's SPI                  |
 *	|                                                               |
 *	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *	|                       IKE SA Responder's SPI                  |
 *	|                                                               |
 *	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *	|  Next Payload | MjVer | MnVer | Exchange Type |     Flags     |
 *	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *	|                          Message ID                           |
 *	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *	|                            Length                             |
 *	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */
int ike_header_parse(struct span message, struct ike_header *header,
		     struct err *err)
{
	struct span at = message;

	if (!span_take_u64(&at, &header->spi_i) ||
	    !span_take_u64(&at, &header->spi_r) ||
	    !span_take_u8(&at, &header->next) ||
	    !span_take_u8(&at, &header->version) ||
	    !span_take_u8(&at, &header->exchange) ||
	    !span_take_u8(&at, &header->flags) ||
	    !span_take_u32(&at, &header->id) ||
	    !span_take_u32(&at, &header->length))
		return err_set(
			err, ERR_REFUSED,
			"message of %zu octets is too short for a header",
			message.len);
	if (header->length != message.len)
		return err_set(err, ERR_REFUSED,
			       "message of %zu octets says it has %u",
			       message.len, header->length);
	return 0;
}

void ike_header_build(struct buf *buf, const struct ike_header *header)
{
	buf_add_u64(buf, header->spi_i);
	buf_add_u64(buf, header->spi_r);
	buf_add_u8(buf, header->next);
	buf_add_u8(buf, header->version);
	buf_add_u8(buf, header->exchange);
	buf_add_u8(buf, header->flags);
	buf_add_u32(buf, header->id);
	buf_add_u32(buf, header->length);
}

static bool is_known(uint8_t type)
{
	return (type >= PAYLOAD_SA && type <= PAYLOAD_EAP) ||
	       type == PAYLOAD_SKF;
}

enum { GENERIC_LEN = 4, CRITICAL = 0x80 };

/*
 * RFC 7296, 3.2:
 *
 *	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *	| Next Payload  |C|  RESERVED   |         Payload Length        |
 *	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */
static int take(struct span *octets, struct payload *payload, uint8_t *next,
		struct err *err)
{
	uint16_t length;
	uint8_t flags;

	if (!span_take_u8(octets, next) || !span_take_u8(octets, &flags) ||
	    !span_take_u16(octets, &length))
		return err_set(err, ERR_REFUSED,
			       "message ends in the header of payload %u",
			       payload->type);
	if (length < GENERIC_LEN ||
	    !span_take(octets, length - GENERIC_LEN, &payload->body))
		return err_set(err, ERR_REFUSED,
			       "payload %u says it has %u octets, %zu are left",
			       payload->type, length,
			       octets->len + GENERIC_LEN);
	payload->critical = flags & CRITICAL;
	return 0;
}

int chain_parse(struct chain *chain, uint8_t first, struct span octets,
		uint8_t *critical, struct err *err)
{
	uint8_t type = first;

	chain->n = 0;
	chain->inner = 0;
	*critical = 0;
	while (type) {
		struct payload *payload = &chain->payloads[chain->n];

		if (chain->n >= CHAIN_MAX)
			return err_set(err, ERR_REFUSED,
				       "message of more than %u payloads",
				       CHAIN_MAX);
		*payload = (struct payload){ .type = type };
		if (take(&octets, payload, &type, err))
			return -1;
		if (payload->critical && !is_known(payload->type)) {
			*critical = payload->type;
			return err_set(err, ERR_REFUSED,
				       "critical payload %u is not known",
				       payload->type);
		}
		chain->n++;
		if (payload->type != PAYLOAD_SK && payload->type != PAYLOAD_SKF)
			continue;
		chain->inner = type;
		type = PAYLOAD_NONE;
	}
	if (octets.len)
		return err_set(err, ERR_REFUSED,
			       "%zu octets behind the last payload",
			       octets.len);
	return 0;
}

const struct payload *chain_find(const struct chain *chain, uint8_t type,
				 const struct payload *after)
{
	for (size_t i = after ? (size_t)(after - chain->payloads) + 1 : 0;
	     i < chain->n; i++)
		if (chain->payloads[i].type == type)
			return &chain->payloads[i];
	return NULL;
}

bool chain_notify(const struct chain *chain, uint16_t type,
		  struct payload_notify *out)
{
	const struct payload *payload = NULL;
	struct err ignored;

	while ((payload = chain_find(chain, PAYLOAD_NOTIFY, payload)))
		if (!payload_notify(payload->body, out, &ignored) &&
		    out->type == type)
			return true;
	return false;
}
