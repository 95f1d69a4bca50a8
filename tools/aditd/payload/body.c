// SPDX-License-Identifier: GPL-2.0-or-later
/* See v2.h: bodies of payloads. Of SA payloads see sa.c. */
#include "v2.h"

/* RFC 7296, 2.10 */
enum { NONCE_MIN = 16, NONCE_MAX = 256 };

static int too_short(const char *name, struct err *err)
{
	return err_set(err, ERR_REFUSED, "%s payload is too short", name);
}

/*
 * RFC 7296, 3.4:
 *
 *	+-------------------------------+-------------------------------+
 *	|   Diffie-Hellman Group Num    |           RESERVED            |
 *	+-------------------------------+-------------------------------+
 *	~                       Key Exchange Data                       ~
 *	+---------------------------------------------------------------+
 */
int payload_ke(struct span body, struct payload_ke *out, struct err *err)
{
	uint16_t reserved;

	if (!span_take_u16(&body, &out->method) ||
	    !span_take_u16(&body, &reserved) || !body.len)
		return too_short("KE", err);
	out->share = body;
	return 0;
}

/*
 * RFC 7296, 3.10:
 *
 *	+---------------+---------------+-------------------------------+
 *	|  Protocol ID  |   SPI Size    |      Notify Message Type      |
 *	+---------------+---------------+-------------------------------+
 *	~           Security Parameter Index, Notification Data         ~
 *	+---------------------------------------------------------------+
 */
int payload_notify(struct span body, struct payload_notify *out,
		   struct err *err)
{
	uint8_t spi_len;

	if (!span_take_u8(&body, &out->protocol) ||
	    !span_take_u8(&body, &spi_len) ||
	    !span_take_u16(&body, &out->type) ||
	    !span_take(&body, spi_len, &out->spi))
		return too_short("Notify", err);
	out->data = body;
	return 0;
}

/*
 * RFC 7296, 3.11:
 *
 *	+---------------+---------------+-------------------------------+
 *	|  Protocol ID  |   SPI Size    |          Num of SPIs          |
 *	+---------------+---------------+-------------------------------+
 *	~               Security Parameter Index(es) (SPI)              ~
 *	+---------------------------------------------------------------+
 */
int payload_delete(struct span body, struct payload_delete *out,
		   struct err *err)
{
	uint8_t want;

	if (!span_take_u8(&body, &out->protocol) ||
	    !span_take_u8(&body, &out->spi_len) ||
	    !span_take_u16(&body, &out->count))
		return too_short("Delete", err);
	if (out->protocol < PROTOCOL_IKE || out->protocol > PROTOCOL_ESP)
		return err_set(err, ERR_REFUSED,
			       "Delete payload of unknown protocol %u",
			       out->protocol);
	want = out->protocol == PROTOCOL_IKE ? 0 : 4;
	if (out->spi_len != want)
		return err_set(
			err, ERR_REFUSED,
			"Delete payload has SPIs of %u octets instead of %u",
			out->spi_len, want);
	if (body.len != (size_t)out->spi_len * out->count)
		return err_set(
			err, ERR_REFUSED,
			"Delete payload of %u SPIs has %zu octets of them",
			out->count, body.len);
	out->spis = body;
	return 0;
}

/*
 * RFC 7296, 3.8:
 *
 *	+---------------+-----------------------------------------------+
 *	| Auth Method   |                RESERVED                       |
 *	+---------------+-----------------------------------------------+
 *	~                      Authentication Data                      ~
 *	+---------------------------------------------------------------+
 */
int payload_auth(struct span body, struct payload_auth *out, struct err *err)
{
	struct span reserved;

	if (!span_take_u8(&body, &out->method) ||
	    !span_take(&body, 3, &reserved) || !body.len)
		return too_short("AUTH", err);
	out->data = body;
	return 0;
}

/*
 * RFC 7296, 3.6 and 3.7, which have the same form:
 *
 *	+---------------+
 *	| Cert Encoding |
 *	+---------------+-----------------------------------------------+
 *	~         Certificate Data, or Certification Authority          ~
 *	+---------------------------------------------------------------+
 */
int payload_cert(struct span body, struct payload_cert *out, struct err *err)
{
	if (!span_take_u8(&body, &out->encoding))
		return too_short("CERT", err);
	out->data = body;
	return 0;
}

int payload_nonce(struct span body, struct span *out, struct err *err)
{
	if (body.len < NONCE_MIN || body.len > NONCE_MAX)
		return err_set(err, ERR_REFUSED,
			       "nonce of %zu octets, not of %u to %u", body.len,
			       NONCE_MIN, NONCE_MAX);
	*out = body;
	return 0;
}

/*
 * RFC 7383, 2.5:
 *
 *	+-------------------------------+-------------------------------+
 *	|        Fragment Number        |        Total Fragments        |
 *	+-------------------------------+-------------------------------+
 *	~         Initialization Vector, Encrypted content, ...         ~
 *	+---------------------------------------------------------------+
 */
int payload_skf(struct span body, struct payload_skf *out, struct err *err)
{
	if (!span_take_u16(&body, &out->number) ||
	    !span_take_u16(&body, &out->total))
		return too_short("SKF", err);
	if (!out->number || out->number > out->total)
		return err_set(err, ERR_REFUSED, "fragment %u of %u",
			       out->number, out->total);
	out->sealed = body;
	return 0;
}
