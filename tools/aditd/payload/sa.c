// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * See v2.h: SA payloads (RFC 7296, 3.3). What is malformed is an error; what is
 * only not known makes the transform, or the proposal, one that is not chosen
 * (3.3.6).
 */
#include "v2.h"

enum { PROPOSAL_LEN = 8, TRANSFORM_LEN = 8, ATTRIBUTE_LEN = 4, SPI_MAX = 8 };

/*
 * RFC 7296, 3.3.5:
 *
 *	+-+-----------------------------+-------------------------------+
 *	|A|       Attribute Type        |  AF=0: Attribute Length       |
 *	|F|                             |  AF=1: Attribute Value        |
 *	+-+-----------------------------+-------------------------------+
 *	~                   AF=0: Attribute Value                       ~
 *	+---------------------------------------------------------------+
 */
static int take_attribute(struct span *at, uint16_t *bits, struct err *err)
{
	uint16_t type, value;
	struct span ignored;

	if (!span_take_u16(at, &type) || !span_take_u16(at, &value) ||
	    (!(type & ATTRIBUTE_TV) && !span_take(at, value, &ignored)))
		return err_set(err, ERR_REFUSED,
			       "transform ends within an attribute");
	if (type == (ATTRIBUTE_TV | ATTRIBUTE_KEY_LENGTH) && value && !*bits)
		*bits = value;
	else
		*bits = TRANSFORM_BITS_UNKNOWN;
	return 0;
}

/* The octet in front of a substructure says whether another one follows. */
static int check_more(const char *name, uint8_t more, uint8_t yes, bool follows,
		      struct err *err)
{
	if (more == (follows ? yes : SUBSTRUCTURE_LAST))
		return 0;
	return err_set(err, ERR_REFUSED, "%s says %u, but %s follows", name,
		       more, follows ? "another one" : "none");
}

/*
 * RFC 7296, 3.3.2:
 *
 *	+---------------+---------------+-------------------------------+
 *	| Last Substruc |   RESERVED    |        Transform Length       |
 *	+---------------+---------------+-------------------------------+
 *	|Transform Type |   RESERVED    |          Transform ID         |
 *	+---------------+---------------+-------------------------------+
 *	~                      Transform Attributes                     ~
 *	+---------------------------------------------------------------+
 */
static int take_transform(struct span *at, bool follows, struct transform *t,
			  struct err *err)
{
	struct span attributes;
	uint8_t more, reserved;
	uint16_t length;

	*t = (struct transform){ 0 };
	if (!span_take_u8(at, &more) || !span_take_u8(at, &reserved) ||
	    !span_take_u16(at, &length) || !span_take_u8(at, &t->type) ||
	    !span_take_u8(at, &reserved) || !span_take_u16(at, &t->id) ||
	    length < TRANSFORM_LEN ||
	    !span_take(at, length - TRANSFORM_LEN, &attributes))
		return err_set(err, ERR_REFUSED,
			       "proposal ends within a transform");
	if (check_more("transform", more, TRANSFORM_MORE, follows, err))
		return -1;
	while (attributes.len)
		if (take_attribute(&attributes, &t->bits, err))
			return -1;
	return 0;
}

static int check_spi(uint8_t protocol, uint8_t len, struct err *err)
{
	switch (protocol) {
	case PROTOCOL_IKE:
		if (!len || len == 8)
			return 0;
		break;
	case PROTOCOL_AH:
	case PROTOCOL_ESP:
		if (len == 4)
			return 0;
		break;
	default:
		return 0;
	}
	return err_set(err, ERR_REFUSED,
		       "proposal of protocol %u has an SPI of %u octets",
		       protocol, len);
}

static bool is_known(uint8_t protocol)
{
	return protocol == PROTOCOL_IKE || protocol == PROTOCOL_AH ||
	       protocol == PROTOCOL_ESP;
}

/* @keep is false if there is more in it than there is room for. */
static int take_transforms(struct span at, uint8_t n, struct proposal *out,
			   bool *keep, struct err *err)
{
	struct transform t;

	if (!n)
		return err_set(err, ERR_REFUSED,
			       "proposal %u has no transforms", out->number);
	*keep = true;
	for (unsigned int i = 1; i <= n; i++) {
		if (take_transform(&at, i < n, &t, err))
			return -1;
		if (proposal_add(out, t.type, t.id, t.bits))
			*keep = false;
	}
	if (at.len)
		return err_set(err, ERR_REFUSED,
			       "proposal %u has %zu octets too many",
			       out->number, at.len);
	return 0;
}

/*
 * RFC 7296, 3.3.1:
 *
 *	+---------------+---------------+-------------------------------+
 *	| Last Substruc |   RESERVED    |         Proposal Length       |
 *	+---------------+---------------+---------------+---------------+
 *	| Proposal Num  |  Protocol ID  |    SPI Size   |Num  Transforms|
 *	+---------------+---------------+---------------+---------------+
 *	~                        SPI, <Transforms>                      ~
 *	+---------------------------------------------------------------+
 */
static int take_proposal(struct span *at, struct proposal *out, bool *keep,
			 struct err *err)
{
	uint8_t more, reserved, transforms;
	struct span body, spi;
	uint16_t length;

	*out = (struct proposal){ 0 };
	if (!span_take_u8(at, &more) || !span_take_u8(at, &reserved) ||
	    !span_take_u16(at, &length) || !span_take_u8(at, &out->number) ||
	    !span_take_u8(at, &out->protocol) ||
	    !span_take_u8(at, &out->spi_len) ||
	    !span_take_u8(at, &transforms) || length < PROPOSAL_LEN ||
	    !span_take(at, length - PROPOSAL_LEN, &body) ||
	    !span_take(&body, out->spi_len, &spi))
		return err_set(err, ERR_REFUSED,
			       "SA payload ends within a proposal");
	if (check_more("proposal", more, PROPOSAL_MORE, at->len, err) ||
	    check_spi(out->protocol, out->spi_len, err) ||
	    take_transforms(body, transforms, out, keep, err))
		return -1;
	if (is_known(out->protocol))
		memcpy(out->spi, spi.data, spi.len);
	else
		*keep = false;
	return 0;
}

/* One that answers has the number that was chosen; else they count from 1. */
static int check_number(uint8_t number, unsigned int i, bool only,
			struct err *err)
{
	if (number && (number == i || only))
		return 0;
	return err_set(err, ERR_REFUSED, "proposal %u has the number %u", i,
		       number);
}

int payload_sa(struct span body, struct proposals *out, struct err *err)
{
	out->n = 0;
	if (!body.len)
		return err_set(err, ERR_REFUSED,
			       "SA payload without proposals");
	for (unsigned int i = 1; body.len; i++) {
		struct proposal proposal;
		bool keep = false;

		if (take_proposal(&body, &proposal, &keep, err) ||
		    check_number(proposal.number, i, i == 1 && !body.len, err))
			return -1;
		if (keep && out->n < PROPOSALS_MAX)
			out->list[out->n++] = proposal;
	}
	return 0;
}

static void build_transform(struct buf *buf, const struct transform *t,
			    bool last)
{
	bool key = t->bits && t->bits != TRANSFORM_BITS_UNKNOWN;

	buf_add_u8(buf, last ? SUBSTRUCTURE_LAST : TRANSFORM_MORE);
	buf_add_u8(buf, 0);
	buf_add_u16(buf, TRANSFORM_LEN + (key ? ATTRIBUTE_LEN : 0));
	buf_add_u8(buf, t->type);
	buf_add_u8(buf, 0);
	buf_add_u16(buf, t->id);
	if (!key)
		return;
	buf_add_u16(buf, ATTRIBUTE_TV | ATTRIBUTE_KEY_LENGTH);
	buf_add_u16(buf, t->bits);
}

static void build_proposal(struct buf *buf, const struct proposal *proposal,
			   bool last)
{
	size_t start = buf->len;

	buf_add_u8(buf, last ? SUBSTRUCTURE_LAST : PROPOSAL_MORE);
	buf_add_u8(buf, 0);
	buf_add_u16(buf, 0);
	buf_add_u8(buf, proposal->number);
	buf_add_u8(buf, proposal->protocol);
	buf_add_u8(buf, proposal->spi_len);
	buf_add_u8(buf, proposal->n);
	buf_add(buf, proposal->spi, proposal->spi_len);
	for (size_t i = 0; i < proposal->n; i++)
		build_transform(buf, &proposal->transforms[i],
				i + 1 == proposal->n);
	buf_put_u16(buf, start + 2, (uint16_t)(buf->len - start));
}

void build_sa(struct build *build, const struct proposals *proposals)
{
	build_open(build, PAYLOAD_SA);
	for (size_t i = 0; i < proposals->n; i++)
		build_proposal(&build->buf, &proposals->list[i],
			       i + 1 == proposals->n);
	build_close(build);
}
