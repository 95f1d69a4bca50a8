// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What both ends say of a Child SA with notifies beside its mode: compression
 * (RFC 7296, 2.22), and that padding for traffic flow confidentiality is not
 * understood (1.3.1).
 */
#include "v2.h"

enum {
	CPI_DEFLATE = IPCOMP_DEFLATE, /* as good as one of its own */
	CPI_FIRST = 256, /* RFC 3173, 3.3: below it are those of algorithms */
	CPI_LAST = 61439, /* and above it private ones */
};

static uint16_t new_cpi(const struct child_sa *child)
{
	uint16_t random;

	if (engine_random(child->ike->engine, &random, sizeof(random)))
		return CPI_DEFLATE;
	return (uint16_t)(CPI_FIRST + random % (CPI_LAST - CPI_FIRST + 1));
}

static void add_ipcomp(const struct child_sa *child, struct build *out)
{
	const uint8_t data[] = { (uint8_t)(child->cpi_in >> 8),
				 (uint8_t)child->cpi_in, IPCOMP_DEFLATE };

	build_notify(out, PROTOCOL_NONE, span_of(NULL, 0),
		     NOTIFY_IPCOMP_SUPPORTED, SPAN(data));
}

/* The CPI that the peer takes DEFLATE with; 0 if it does not. */
static uint16_t find_cpi(const struct chain *chain)
{
	const struct payload *payload = NULL;
	struct payload_notify notify;
	struct err ignored;
	uint8_t transform;
	uint16_t cpi;

	/* One for each algorithm. */
	while ((payload = chain_find(chain, PAYLOAD_NOTIFY, payload))) {
		if (payload_notify(payload->body, &notify, &ignored) ||
		    notify.type != NOTIFY_IPCOMP_SUPPORTED ||
		    !span_take_u16(&notify.data, &cpi) ||
		    !span_take_u8(&notify.data, &transform) ||
		    transform != IPCOMP_DEFLATE)
			continue;
		if (cpi == CPI_DEFLATE || cpi >= CPI_FIRST)
			return cpi;
	}
	return 0;
}

static void read_tfc(struct child_sa *child, const struct chain *chain)
{
	struct payload_notify notify;

	child->no_tfc = chain_notify(
		chain, NOTIFY_ESP_TFC_PADDING_NOT_SUPPORTED, &notify);
}

void v2_traits_offer(struct child_sa *child, struct build *out)
{
	if (!child->conf->ipcomp)
		return;
	child->cpi_in = new_cpi(child);
	add_ipcomp(child, out);
}

void v2_traits_answered(struct child_sa *child, const struct chain *chain)
{
	read_tfc(child, chain);
	child->cpi_out = child->cpi_in ? find_cpi(chain) : 0;
	if (!child->cpi_in || child->cpi_out)
		return;
	child->cpi_in = 0;
	ike_sa_log(child->ike, LEVEL_INFO,
		   "child %s: the peer does not compress (IPComp), nor do we",
		   child->conf->name);
}

void v2_traits_choose(struct child_sa *child, const struct chain *chain)
{
	read_tfc(child, chain);
	if (child->conf->ipcomp)
		child->cpi_out = find_cpi(chain);
	if (child->cpi_out)
		child->cpi_in = new_cpi(child);
}

void v2_traits_answer(const struct child_sa *child, struct build *out)
{
	if (child->cpi_in)
		add_ipcomp(child, out);
}
