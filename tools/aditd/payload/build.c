// SPDX-License-Identifier: GPL-2.0-or-later
/* See v2.h: building messages, what the other files read. */
#include "v2.h"

enum { GENERIC_LEN = 4, NEXT_IN_HEADER = 16, LENGTH_IN_HEADER = 24 };

void build_start(struct build *build, const struct ike_header *header)
{
	*build = (struct build){ .next_at = NEXT_IN_HEADER };
	ike_header_build(&build->buf, header);
	buf_put_u8(&build->buf, NEXT_IN_HEADER, PAYLOAD_NONE);
}

void build_start_inner(struct build *build)
{
	*build = (struct build){ .next_at = BUILD_NOWHERE };
}

void build_open(struct build *build, uint8_t type)
{
	if (!build->first)
		build->first = type;
	if (build->next_at != BUILD_NOWHERE)
		buf_put_u8(&build->buf, build->next_at, type);
	build->open_at = build->buf.len;
	build->next_at = build->open_at;
	buf_extend(&build->buf, GENERIC_LEN);
}

void build_close(struct build *build)
{
	size_t len = build->buf.len - build->open_at;

	if (len > UINT16_MAX)
		build->buf.failed = true;
	buf_put_u16(&build->buf, build->open_at + 2, (uint16_t)len);
}

uint8_t build_first(const struct build *build)
{
	return build->first;
}

void build_span(struct build *build, uint8_t type, struct span body)
{
	build_open(build, type);
	buf_add_span(&build->buf, body);
	build_close(build);
}

void build_ke(struct build *build, uint16_t method, struct span share)
{
	build_open(build, PAYLOAD_KE);
	buf_add_u16(&build->buf, method);
	buf_add_u16(&build->buf, 0);
	buf_add_span(&build->buf, share);
	build_close(build);
}

void build_notify(struct build *build, uint8_t protocol, struct span spi,
		  uint16_t type, struct span data)
{
	build_open(build, PAYLOAD_NOTIFY);
	if (spi.len > UINT8_MAX)
		build->buf.failed = true;
	buf_add_u8(&build->buf, protocol);
	buf_add_u8(&build->buf, (uint8_t)spi.len);
	buf_add_u16(&build->buf, type);
	buf_add_span(&build->buf, spi);
	buf_add_span(&build->buf, data);
	build_close(build);
}

void build_auth(struct build *build, uint8_t method, struct span data)
{
	build_open(build, PAYLOAD_AUTH);
	buf_add_u8(&build->buf, method);
	buf_extend(&build->buf, 3);
	buf_add_span(&build->buf, data);
	build_close(build);
}

void build_cert(struct build *build, uint8_t encoding, struct span data)
{
	build_open(build, PAYLOAD_CERT);
	buf_add_u8(&build->buf, encoding);
	buf_add_span(&build->buf, data);
	build_close(build);
}

/* How many there are follows from their length; 0 of IKE's. */
void build_ts(struct build *build, uint8_t type, const struct ts_list *list)
{
	build_open(build, type);
	ts_to_wire(list, &build->buf);
	build_close(build);
}

void build_delete(struct build *build, uint8_t protocol, uint8_t spi_len,
		  struct span spis)
{
	build_open(build, PAYLOAD_DELETE);
	buf_add_u8(&build->buf, protocol);
	buf_add_u8(&build->buf, spi_len);
	buf_add_u16(&build->buf, spi_len ? (uint16_t)(spis.len / spi_len) : 0);
	buf_add_span(&build->buf, spis);
	build_close(build);
}

int build_finish(struct build *build)
{
	if (build->buf.failed || build->buf.len > IKE_MESSAGE_MAX)
		return -1;
	buf_put_u32(&build->buf, LENGTH_IN_HEADER, (uint32_t)build->buf.len);
	return 0;
}

void build_free(struct build *build)
{
	buf_free(&build->buf);
}
